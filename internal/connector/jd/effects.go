package jd

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// change sends an effect on an order whose answer says nothing more.
func (c *client) change(ctx context.Context, method, no, what, wrapped string, body object) error {
	body["orderId"] = json.Number(no)
	q := request{method: method, path: "/sp-order/v0/orders/{orderId}/" + what, in: names{"orderId": no}, body: object{wrapped: body}, effect: true}
	_, _, err := c.call(ctx, q, &json.RawMessage{})
	return wire.NotFound(err, no)
}

// company is the platform's number of our carrier.
func (c *client) company(ctx context.Context, s channel.ShipRequest) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), channel.FirstOf(s.Carrier, s.CarrierName), func(ctx context.Context) ([]wire.Company, error) {
		var list []struct {
			ID   wire.Text `json:"id"`
			Code wire.Text `json:"providerCode"`
			Name wire.Text `json:"providerName"`
		}
		if _, _, err := c.call(ctx, request{method: http.MethodGet, path: "/sp-order/v0/carriers"}, &list); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range list {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.Code.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.ID, err
}

// goods are so many of a line in a package.
type goods struct {
	SKU   json.Number `json:"skuId,omitempty"`
	UUID  string      `json:"skuUuid,omitempty"`
	Count int64       `json:"skuNum"`
}

type parcel struct {
	Company  string  `json:"companyId"`
	Waybill  string  `json:"waybillCode"`
	Shipment int64   `json:"shipmentId,omitempty"`
	Goods    []goods `json:"outboundGoodsFacetDTOList,omitempty"`
}

// Ship implements channel.Shipper. A package that names no goods holds what is left.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	p := parcel{Company: company, Waybill: s.Waybill}
	for _, l := range s.Lines {
		p.Goods = append(p.Goods, goods{json.Number(l.SKUNo), l.LineNo, l.Quantity})
	}
	return c.change(ctx, http.MethodPost, s.OrderNo, "shipments", "orderShipmentDTO", object{"packageInfoList": []parcel{p}})
}

// ChangeWaybill implements channel.WaybillChanger. A shipment is known by its number
// at the platform, which the order tells.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	o, err := c.order(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	p := parcel{Company: company, Waybill: s.Waybill}
	known := o.Transport.Shipments
	for _, one := range known {
		if one.Waybill.String() == oldWaybill {
			p.Shipment = one.ID.N
		}
	}
	if p.Shipment == 0 && len(known) > 1 {
		return channel.ErrNotFound.With("no", oldWaybill)
	}
	if p.Shipment == 0 && len(known) == 1 {
		p.Shipment = known[0].ID.N
	}
	return c.change(ctx, http.MethodPut, s.OrderNo, "shipments", "orderShipmentDTO", object{"packageInfoList": []parcel{p}})
}

// order asks for an order and reads it.
func (c *client) order(ctx context.Context, no string) (apiOrder, error) {
	i, err := c.Get(ctx, no)
	if err != nil {
		return apiOrder{}, err
	}
	var o apiOrder
	return o, wire.Decode(i.Raw, &o)
}

// WriteMemo implements channel.MemoWriter. The platform counts flags as we do.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.change(ctx, http.MethodPut, m.OrderNo, "vender-remarks", "orderVenderRemarkDTO", object{"remark": m.Text, "flagId": m.Flag})
}

// ChangeAddress implements channel.AddressChanger within the areas the order names:
// others have numbers that only the platform knows.
func (c *client) ChangeAddress(ctx context.Context, no string, r channel.Receiver) error {
	o, err := c.order(ctx, no)
	if err != nil {
		return err
	}
	now := o.Consignee
	if !sameArea(r.Province, now.Province.String()) || !sameArea(r.City, now.City.String()) || !sameArea(r.District, now.County.String()) || r.Town != "" && !sameArea(r.Town, now.Town.String()) {
		return channel.Told(channel.ErrRefused, "area", "another area has to be chosen in the back office")
	}
	return c.change(ctx, http.MethodPut, no, "consignees", "orderConsigneeDTO", object{"customerName": r.Name, "customerPhone": r.Phone, "detailAddress": r.Detail,
		"provinceId": now.ProvinceID.N, "cityId": now.CityID.N, "countyId": now.CountyID.N, "townId": now.TownID.N})
}

// sameArea: the platform writes 浙江 where others write 浙江省.
func sameArea(a, b string) bool {
	return a != "" && b != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// PushStock implements channel.StockPusher: a call sets one SKU, under our key.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		if l.SKUNo == "" {
			out[i] = channel.Told(channel.ErrRefused, "stock", "the listing has no SKU number")
			continue
		}
		body := object{"stockRfID": l.Key, "putSkuStockList": []object{{"skuId": json.Number(l.SKUNo), "stockNum": l.Quantity}}}
		_, _, err := c.call(ctx, request{method: http.MethodPut, path: "/sp-product/v0/sku-stocks/batch", body: body, effect: true}, &json.RawMessage{})
		out[i] = wire.NotFound(err, l.SKUNo)
	}
	return out, nil
}
