package wechat

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// change sends an effect whose answer says nothing more.
func (c *client) change(ctx context.Context, path, no string, p object) error {
	_, err := c.Call(ctx, true, path, p, &struct{}{})
	return wire.NotFound(err, no)
}

// company is the platform's id of our carrier.
func (c *client) company(ctx context.Context, s channel.ShipRequest) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), channel.FirstOf(s.Carrier, s.CarrierName), func(ctx context.Context) ([]wire.Company, error) {
		var l struct {
			List []struct {
				ID   wire.Text `json:"delivery_id"`
				Name wire.Text `json:"delivery_name"`
			} `json:"company_list"`
		}
		if _, err := c.Call(ctx, false, "/channels/ec/order/deliverycompanylist/new/get", object{"ewaybill_only": false}, &l); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range l.List {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.ID.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.ID, err
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

// piece is so many of a product's SKU in a parcel.
type piece struct {
	Product wire.Text `json:"product_id"`
	SKU     wire.Text `json:"sku_id"`
	Count   int64     `json:"product_cnt"`
}

// parcel is a delivery as the platform takes it.
type parcel struct {
	Company  string  `json:"delivery_id"`
	Waybill  string  `json:"waybill_id"`
	Kind     int     `json:"deliver_type"`
	Products []piece `json:"product_infos"`
}

// The deliver_type of parcels with a waybill, and of goods that need none.
const (
	express = 1
	virtual = 3
)

// Ship implements channel.Shipper. The platform wants to know what a parcel holds;
// of one that holds the rest, the order tells what that is.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	p := parcel{Company: company, Waybill: s.Waybill, Kind: express}
	if p.Products, err = c.pieces(ctx, s); err != nil {
		return err
	}
	return c.change(ctx, "/channels/ec/order/delivery/send", s.OrderNo, object{"order_id": s.OrderNo, "delivery_list": []parcel{p}})
}

// ShipWithoutNumber implements channel.NumberlessShipper. The platform takes it for goods
// that need no delivery (deliver_method 1), and refuses others in its own words.
func (c *client) ShipWithoutNumber(ctx context.Context, s channel.ShipRequest) error {
	o, err := c.order(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	rest := left(o)
	if len(rest) == 0 {
		return channel.Told(channel.ErrDone, o.Status.String(), "nothing is left to ship")
	}
	return c.change(ctx, "/channels/ec/order/delivery/send", s.OrderNo, object{"order_id": s.OrderNo, "delivery_list": []parcel{{Kind: virtual, Products: rest}}})
}

// pieces are what a parcel holds. An order that came from a file may know the product
// of a line without its SKU.
func (c *client) pieces(ctx context.Context, s channel.ShipRequest) ([]piece, error) {
	var out []piece
	whole := len(s.Lines) > 0
	for _, l := range s.Lines {
		product, sku := l.ItemNo, l.SKUNo
		if product == "" || sku == "" {
			if a, b := splitLineNo(l.LineNo); b != "" {
				product, sku = a, b
			}
		}
		whole = whole && sku != ""
		out = append(out, piece{wire.Text(product), wire.Text(sku), l.Quantity})
	}
	if whole {
		return out, nil
	}
	o, err := c.order(ctx, s.OrderNo)
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		if out = left(o); len(out) == 0 {
			return nil, channel.Told(channel.ErrDone, o.Status.String(), "nothing is left to ship")
		}
	}
	for i := range out {
		for _, l := range o.Detail.Products {
			if out[i].SKU == "" && l.ProductID == out[i].Product {
				out[i].SKU = l.SKUID
			}
		}
		if out[i].SKU == "" {
			return nil, channel.Told(channel.ErrRefused, "line", "the order has no such product")
		}
	}
	return out, nil
}

// left is what no parcel holds and no case has taken back.
func left(o apiOrder) []piece {
	var out []piece
	for i, sent := range sentOf(o) {
		l := o.Detail.Products[i]
		if n := l.Count.N - sent - l.Returned.N; n > 0 {
			out = append(out, piece{l.ProductID, l.SKUID, n})
		}
	}
	return out
}

// ChangeWaybill implements channel.WaybillChanger. The platform takes all parcels of
// an order again; the others stay as they are.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	o, err := c.order(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	known := o.Detail.Delivery.Parcels
	at := slices.IndexFunc(known, func(p apiParcel) bool { return p.Waybill.String() == oldWaybill })
	if at < 0 && len(known) == 1 {
		at = 0
	}
	if at < 0 {
		return channel.ErrNotFound.With("no", oldWaybill)
	}
	var all []parcel
	for i, p := range known {
		one := parcel{Company: p.Company.String(), Waybill: p.Waybill.String(), Kind: max(express, int(p.Kind.N))}
		if i == at {
			one.Company, one.Waybill = company, s.Waybill
		}
		for _, l := range p.Products {
			one.Products = append(one.Products, piece{l.ProductID, l.SKUID, l.Count.N})
		}
		all = append(all, one)
	}
	return c.change(ctx, "/channels/ec/order/deliveryinfo/update", s.OrderNo, object{"order_id": s.OrderNo, "delivery_list": all})
}

// WriteMemo implements channel.MemoWriter. Flags are the back office's alone.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.change(ctx, "/channels/ec/order/merchantnotes/update", m.OrderNo, object{"order_id": m.OrderNo, "merchant_notes": m.Text})
}

// AnswerAddressChange implements channel.AddressAnswerer. The platform takes no reason.
func (c *client) AnswerAddressChange(ctx context.Context, a channel.AddressAnswer) error {
	path := "/channels/ec/order/addressmodify/reject"
	if a.Accept {
		path = "/channels/ec/order/addressmodify/accept"
	}
	return c.change(ctx, path, a.OrderNo, object{"order_id": a.OrderNo})
}

// ChangeAddress implements channel.AddressChanger. A town is a part of the detail.
func (c *client) ChangeAddress(ctx context.Context, no string, r channel.Receiver) error {
	return c.change(ctx, "/channels/ec/order/address/update", no, object{"order_id": no, "user_address": object{"user_name": r.Name, "postal_code": r.Zip,
		"province_name": r.Province, "city_name": r.City, "county_name": r.District, "detail_info": r.Town + r.Detail, "tel_number": r.Phone}})
}

// ChangePrice implements channel.PriceChanger.
func (c *client) ChangePrice(ctx context.Context, p channel.PriceChange) error {
	lines := []object{}
	for _, l := range p.Lines {
		if l.Was != l.Now {
			product, sku := splitLineNo(l.LineNo)
			lines = append(lines, object{"product_id": product, "sku_id": sku, "change_price": l.Now})
		}
	}
	return c.change(ctx, "/channels/ec/order/price/update", p.OrderNo, object{"order_id": p.OrderNo, "change_express": true, "express_fee": p.Freight, "change_order_infos": lines})
}

// setStock is the diff_type of a stock in full.
const setStock = 3

// PushStock implements channel.StockPusher: a call sets one SKU.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		if l.ItemNo == "" || l.SKUNo == "" {
			out[i] = channel.Told(channel.ErrRefused, "stock", "the listing has no product and SKU number")
			continue
		}
		out[i] = c.change(ctx, "/channels/ec/product/stock/update", l.SKUNo, object{"product_id": l.ItemNo, "sku_id": l.SKUNo, "diff_type": setStock, "num": l.Quantity})
	}
	return out, nil
}

// Decrypt implements channel.Decrypter. The platform masks the receivers of orders
// that ended; it opens them by order, and asks for no purpose.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	plain := map[string]apiAddress{}
	out := make([]string, len(ciphers))
	for i, one := range ciphers {
		a, ok := plain[one.OrderNo]
		if !ok {
			var answer struct {
				Address apiAddress `json:"address_info"`
			}
			if _, err := c.Call(ctx, false, "/channels/ec/order/sensitiveinfo/decode", object{"order_id": one.OrderNo}, &answer); err != nil {
				return nil, wire.NotFound(err, one.OrderNo)
			}
			a = answer.Address
			plain[one.OrderNo] = a
		}
		switch one.Field {
		case "name":
			out[i] = a.Name.String()
		case "phone":
			out[i] = a.phone()
		case "address":
			out[i] = a.Detail.String()
		}
	}
	return out, nil
}

// lineNo names a line, for which the platform has no number of its own: a product's
// SKU stands in an order once, and once more as a gift.
func lineNo(product, sku string, gift bool, before int) string {
	no := product + "-" + sku
	if gift {
		no += "-gift"
	}
	if before > 0 {
		no += strings.Repeat("+", before)
	}
	return no
}

// splitLineNo is the product and SKU of a line.
func splitLineNo(no string) (product, sku string) {
	product, rest, _ := strings.Cut(no, "-")
	sku, _, _ = strings.Cut(rest, "-")
	return product, strings.TrimRight(sku, "+")
}
