package woocommerce

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// look reads an order before it is changed: a store lets everything be set to
// everything, and knows an order by its id only.
func (c *client) look(ctx context.Context, no string) (*storeOrder, error) {
	i, err := c.Get(ctx, no)
	if err != nil {
		return nil, err
	}
	s, err := parse(i.Raw)
	if err != nil {
		return nil, channel.Told(channel.ErrAnswer, "order", "an unreadable order").Because(err)
	}
	return s, nil
}

func (c *client) put(ctx context.Context, s *storeOrder, change map[string]any) error {
	var now struct {
		ID wire.Text `json:"id"`
	}
	if _, err := c.call(ctx, http.MethodPut, "/orders/"+s.ID.String(), nil, change, &now); err != nil {
		return err
	}
	if now.ID != s.ID {
		return channel.ErrUnknownOutcome
	}
	return nil
}

// refused says that an order's status allows no such thing.
func refused(s *storeOrder) error {
	return channel.Told(channel.ErrRefused, "status", "the order is "+s.Status)
}

// unpaid tells whether an order awaits its payment. What a status of the store's own
// allows is left to the store.
func unpaid(s *storeOrder) bool {
	st, known := words[s.Status]
	return s.Paid == "" && (!known || st == channel.PendingPayment)
}

// Ship implements channel.Shipper: the order is completed and bears its parcels as
// the Shipment Tracking extension writes them.
func (c *client) Ship(ctx context.Context, r channel.ShipRequest) error {
	s, err := c.look(ctx, r.OrderNo)
	if err != nil {
		return err
	}
	if err := shippable(s); err != nil {
		return err
	}
	all := r.All
	if len(all) == 0 {
		all = []channel.Parcel{{Carrier: r.Carrier, CarrierName: r.CarrierName, Waybill: r.Waybill}}
	}
	var list []tracking
	for _, p := range all {
		list = append(list, c.track(p.Carrier, p.CarrierName, p.Waybill))
	}
	return c.put(ctx, s, map[string]any{"status": "completed", "meta_data": tracked(list)})
}

// shippable is ErrDone for an order that is completed and ErrRefused for one that is unpaid
// or closed.
func shippable(s *storeOrder) error {
	switch words[s.Status] {
	case channel.Completed:
		return channel.Told(channel.ErrDone, "status", s.Status)
	case channel.PendingPayment, channel.Closed:
		return refused(s)
	}
	return nil
}

// ShipWithoutNumber implements channel.NumberlessShipper: the order is completed, and what is
// written of parcels stays.
func (c *client) ShipWithoutNumber(ctx context.Context, r channel.ShipRequest) error {
	s, err := c.look(ctx, r.OrderNo)
	if err == nil {
		err = shippable(s)
	}
	if err != nil {
		return err
	}
	return c.put(ctx, s, map[string]any{"status": "completed"})
}

func (c *client) track(carrier, name, waybill string) tracking {
	return tracking{Custom: channel.FirstOf(name, carrier), No: wire.Text(waybill), Shipped: wire.Text(strconv.FormatInt(clock.Millis(c.Clock)/second, 10)),
		ID: wire.Text(waybill)}
}

func tracked(list []tracking) []map[string]any {
	return []map[string]any{{"key": trackingItems, "value": list}}
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, r channel.ShipRequest, _, oldWaybill string) error {
	s, err := c.look(ctx, r.OrderNo)
	if err != nil {
		return err
	}
	list, there := trackings(s.Meta), false
	for i := range list {
		switch list[i].No.String() {
		case r.Waybill:
			return channel.Told(channel.ErrDone, "waybill", "the order has this waybill")
		case oldWaybill:
			list[i], there = c.track(r.Carrier, r.CarrierName, r.Waybill), true
		}
	}
	if !there {
		return channel.Told(channel.ErrRefused, "waybill", "the order has no such waybill")
	}
	return c.put(ctx, s, map[string]any{"meta_data": tracked(list)})
}

// CloseOrder implements channel.Closer. The reason becomes no note: the buyer might
// be sent it.
func (c *client) CloseOrder(ctx context.Context, orderNo, _ string) error {
	s, err := c.look(ctx, orderNo)
	if err != nil {
		return err
	}
	switch {
	case words[s.Status] == channel.Closed:
		return channel.Told(channel.ErrDone, "status", s.Status)
	case !unpaid(s):
		return refused(s)
	}
	return c.put(ctx, s, map[string]any{"status": "cancelled"})
}

// WriteMemo implements channel.MemoWriter: a private note. Notes are added and never
// replaced, so the same one is not added again. A store has no flags.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	if strings.TrimSpace(m.Text) == "" {
		return channel.ErrUnsupported
	}
	s, err := c.look(ctx, m.OrderNo)
	if err != nil {
		return err
	}
	return c.note(ctx, s, m.Text, false)
}

// TellBuyer implements channel.BuyerMessenger: a note to the customer, which the store
// sends by mail.
func (c *client) TellBuyer(ctx context.Context, m channel.BuyerMessage) error {
	s, err := c.look(ctx, m.OrderNo)
	if err != nil {
		return err
	}
	return c.note(ctx, s, m.Text, true)
}

// note adds a note that is not the newest one of its kind already.
func (c *client) note(ctx context.Context, s *storeOrder, text string, customer bool) error {
	path, kind := "/orders/"+s.ID.String()+"/notes", "internal"
	if customer {
		kind = "customer"
	}
	var notes []struct {
		Note string `json:"note"`
	}
	if _, err := c.call(ctx, http.MethodGet, path, url.Values{"type": {kind}}, nil, &notes); err != nil {
		return err
	}
	if len(notes) > 0 && notes[0].Note == text { // newest first
		return nil
	}
	var added struct {
		ID wire.Text `json:"id"`
	}
	_, err := c.call(ctx, http.MethodPost, path, nil, map[string]any{"note": text, "customer_note": customer}, &added)
	return err
}

// ChangeAddress implements channel.AddressChanger.
func (c *client) ChangeAddress(ctx context.Context, orderNo string, r channel.Receiver) error {
	s, err := c.look(ctx, orderNo)
	if err != nil {
		return err
	}
	if st := words[s.Status]; st == channel.Completed || st == channel.Closed {
		return refused(s)
	}
	state := r.Province
	if was := s.Shipping.State.String(); was == "" || province(was) != was {
		state = regionCode(state)
	}
	return c.put(ctx, s, map[string]any{"shipping": map[string]string{"first_name": r.Name, "last_name": "", "company": "", "country": "CN", "state": state, "city": r.City,
		"address_1": r.District + r.Town + r.Detail, "address_2": "", "postcode": r.Zip, "phone": r.Phone}})
}

type pricedLine struct {
	ID    json.Number `json:"id"`
	Total string      `json:"total"`
}

// ChangePrice implements channel.PriceChanger.
func (c *client) ChangePrice(ctx context.Context, p channel.PriceChange) error {
	s, err := c.look(ctx, p.OrderNo)
	if err != nil {
		return err
	}
	if !unpaid(s) {
		return refused(s)
	}
	lines := []pricedLine{}
	for _, l := range p.Lines {
		if _, err := strconv.ParseUint(l.LineNo, 10, 63); err != nil {
			return channel.Told(channel.ErrRefused, "line", "no line "+strconv.Quote(l.LineNo))
		}
		lines = append(lines, pricedLine{json.Number(l.LineNo), money.Fen(l.Now).Yuan()})
	}
	change := map[string]any{"line_items": lines}
	switch {
	case len(s.ShippingLines) == 0 && p.Freight > 0:
		change["shipping_lines"] = []map[string]string{{"method_id": "other", "method_title": "运费", "total": money.Fen(p.Freight).Yuan()}}
	case len(s.ShippingLines) > 0:
		freight := []map[string]any{}
		for i, l := range s.ShippingLines { // the first bears all of it
			total := money.Fen(0)
			if i == 0 {
				total = money.Fen(p.Freight)
			}
			freight = append(freight, map[string]any{"id": json.Number(l.ID.String()), "total": total.Yuan()})
		}
		change["shipping_lines"] = freight
	}
	return c.put(ctx, s, change)
}

// PushStock implements channel.StockPusher: product by product, variation by
// variation.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		out[i] = c.pushLevel(ctx, l)
	}
	return out, nil
}

func (c *client) pushLevel(ctx context.Context, l channel.StockLevel) error {
	item, variation := l.ItemNo, l.SKUNo
	if item == "" {
		var err error
		if item, variation, err = c.product(ctx, l.Code); err != nil {
			return err
		}
	}
	path := "/products/" + url.PathEscape(item)
	if variation != "" && variation != item {
		path += "/variations/" + url.PathEscape(variation)
	}
	var now struct {
		Quantity wire.Int `json:"stock_quantity"`
	}
	_, err := c.call(ctx, http.MethodPut, path, nil, map[string]any{"manage_stock": true, "stock_quantity": l.Quantity}, &now)
	return err
}

// product finds a product, or a variation of one, by the merchant's code.
func (c *client) product(ctx context.Context, code string) (item, variation string, err error) {
	var found []struct {
		ID     wire.Text `json:"id"`
		Parent wire.Text `json:"parent_id"`
		SKU    wire.Text `json:"sku"`
	}
	if code == "" {
		return "", "", channel.ErrNotFound.With("no", code)
	}
	if _, err := c.call(ctx, http.MethodGet, "/products", url.Values{"sku": {code}}, nil, &found); err != nil {
		return "", "", err
	}
	for _, p := range found {
		if p.SKU.String() != code {
			continue
		}
		if p.Parent != "" && p.Parent != "0" {
			return p.Parent.String(), p.ID.String(), nil
		}
		return p.ID.String(), "", nil
	}
	return "", "", channel.ErrNotFound.With("no", code)
}
