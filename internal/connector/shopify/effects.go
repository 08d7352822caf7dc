package shopify

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// look reads an order before it is changed: effects go by its id.
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

// Ship implements channel.Shipper: a fulfilment of what each place has to send.
func (c *client) Ship(ctx context.Context, r channel.ShipRequest) error {
	s, err := c.look(ctx, r.OrderNo)
	if err != nil {
		return err
	}
	if s.has(r.Waybill) != "" {
		return channel.Told(channel.ErrDone, "waybill", "the order has this waybill")
	}
	return c.fulfil(ctx, s, r.Lines, map[string]any{"tracking_info": tracking{r.Waybill, company(r)}})
}

// ShipWithoutNumber implements channel.NumberlessShipper: a fulfilment of all that is left,
// without tracking.
func (c *client) ShipWithoutNumber(ctx context.Context, r channel.ShipRequest) error {
	s, err := c.look(ctx, r.OrderNo)
	if err != nil {
		return err
	}
	return c.fulfil(ctx, s, nil, map[string]any{})
}

// fulfil sends a fulfilment of those lines, or of all that is left for none.
func (c *client) fulfil(ctx context.Context, s *storeOrder, lines []channel.ParcelLine, body map[string]any) error {
	var l struct {
		Orders []fulfilmentOrder `json:"fulfillment_orders"`
	}
	if _, err := c.call(ctx, http.MethodGet, "/orders/"+s.ID.String()+"/fulfillment_orders.json", nil, nil, &l); err != nil {
		return err
	}
	parts, err := pieces(l.Orders, lines)
	if err != nil {
		return err
	}
	body["line_items_by_fulfillment_order"], body["notify_customer"] = parts, false
	return c.fulfilment(ctx, "/fulfillments.json", body)
}

func company(r channel.ShipRequest) string { return channel.FirstOf(r.CarrierName, r.Carrier) }

func (c *client) fulfilment(ctx context.Context, path string, body map[string]any) error {
	var made struct {
		Fulfillment struct {
			ID wire.Text `json:"id"`
		} `json:"fulfillment"`
	}
	if _, err := c.call(ctx, http.MethodPost, path, nil, map[string]any{"fulfillment": body}, &made); err != nil {
		return err
	}
	if made.Fulfillment.ID == "" {
		return channel.ErrUnknownOutcome
	}
	return nil
}

// has is the fulfilment with that waybill.
func (s *storeOrder) has(waybill string) string {
	for _, f := range s.Fulfilments {
		if f.Status != "cancelled" && (f.No.String() == waybill || slices.Contains(f.Nos, wire.Text(waybill))) {
			return f.ID.String()
		}
	}
	return ""
}

// pieces finds the lines of a parcel among what is to be sent, all of it for none.
// Errors: ErrDone where nothing is left, ErrRefused.
func pieces(orders []fulfilmentOrder, lines []channel.ParcelLine) ([]fulfilmentLines, error) {
	want := map[string]int64{}
	for _, l := range lines {
		want[l.LineNo] += l.Quantity
	}
	var out []fulfilmentLines
	status := "closed"
	for _, o := range orders {
		if o.Status != "open" && o.Status != "in_progress" {
			if o.Status != "closed" {
				status = o.Status
			}
			continue
		}
		part := fulfilmentLines{ID: o.ID}
		for _, l := range o.Lines {
			n := l.Left.N
			if len(lines) > 0 {
				n = min(n, want[l.Line.String()])
				want[l.Line.String()] -= n
			}
			if n > 0 {
				part.Lines = append(part.Lines, pieceOfLine{l.ID, n})
			}
		}
		if len(part.Lines) > 0 {
			out = append(out, part)
		}
	}
	for no, n := range want {
		if n > 0 && len(out) > 0 {
			return nil, channel.Told(channel.ErrRefused, "line", "line "+no+" has fewer pieces left")
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case status == "closed":
		return nil, channel.Told(channel.ErrDone, "fulfillment_order", "nothing is left to ship")
	}
	return nil, channel.Told(channel.ErrRefused, "fulfillment_order", "the fulfillment order is "+status)
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, r channel.ShipRequest, _, oldWaybill string) error {
	s, err := c.look(ctx, r.OrderNo)
	if err != nil {
		return err
	}
	if s.has(r.Waybill) != "" {
		return channel.Told(channel.ErrDone, "waybill", "the order has this waybill")
	}
	id := s.has(oldWaybill)
	if id == "" {
		return channel.Told(channel.ErrRefused, "waybill", "the order has no such waybill")
	}
	return c.fulfilment(ctx, "/fulfillments/"+id+"/update_tracking.json", map[string]any{"notify_customer": false, "tracking_info": tracking{r.Waybill, company(r)}})
}

// CloseOrder implements channel.Closer. Paid orders are not cancelled: that refunds.
func (c *client) CloseOrder(ctx context.Context, orderNo, _ string) error {
	s, err := c.look(ctx, orderNo)
	if err != nil {
		return err
	}
	switch {
	case s.Cancelled != "":
		return channel.Told(channel.ErrDone, "cancelled", "the order is cancelled")
	case s.Financial != "pending" && s.Financial != "voided" && s.Financial != "expired":
		return channel.Told(channel.ErrRefused, "financial_status", "the order is "+s.Financial.String())
	}
	return c.changed(ctx, http.MethodPost, "/orders/"+s.ID.String()+"/cancel.json", map[string]any{"reason": "other", "email": false})
}

// changed sends a change whose answer is the order.
func (c *client) changed(ctx context.Context, method, path string, body any) error {
	var now struct {
		Order struct {
			ID wire.Text `json:"id"`
		} `json:"order"`
	}
	if _, err := c.call(ctx, method, path, nil, body, &now); err != nil {
		return err
	}
	if now.Order.ID == "" {
		return channel.ErrUnknownOutcome
	}
	return nil
}

func (c *client) put(ctx context.Context, s *storeOrder, change map[string]any) error {
	change["id"] = json.Number(s.ID.String())
	return c.changed(ctx, http.MethodPut, "/orders/"+s.ID.String()+".json", map[string]any{"order": change})
}

// WriteMemo implements channel.MemoWriter: a note attribute; the others stay. A store
// has no flags.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	s, err := c.look(ctx, m.OrderNo)
	if err != nil {
		return err
	}
	list := append(slices.DeleteFunc(s.Attributes, func(p pair) bool { return p.Name == memoName }), pair{memoName, wire.Text(m.Text)})
	return c.put(ctx, s, map[string]any{"note_attributes": list})
}

// ChangeAddress implements channel.AddressChanger.
func (c *client) ChangeAddress(ctx context.Context, orderNo string, r channel.Receiver) error {
	s, err := c.look(ctx, orderNo)
	if err != nil {
		return err
	}
	if s.Cancelled != "" || s.Fulfilment == "fulfilled" {
		return channel.Told(channel.ErrRefused, "fulfillment_status", "the order is "+channel.FirstOf(s.Fulfilment.String(), "cancelled"))
	}
	return c.put(ctx, s, map[string]any{"shipping_address": map[string]any{"name": r.Name, "first_name": r.Name, "last_name": "", "phone": r.Phone, "country_code": "CN",
		"province": r.Province, "city": r.City, "address1": r.District + r.Town + r.Detail, "address2": "", "zip": r.Zip, "company": ""}})
}

// PushStock implements channel.StockPusher, variant by variant, at the store's first
// location.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	where, err := c.place(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]error, len(levels))
	for i, l := range levels {
		out[i] = c.pushLevel(ctx, where, l)
	}
	return out, nil
}

func (c *client) place(ctx context.Context) (json.Number, error) {
	c.mu.Lock()
	known := c.location
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	var l struct {
		Locations []struct {
			ID     json.Number `json:"id"`
			Active *bool       `json:"active"`
		} `json:"locations"`
	}
	if _, err := c.call(ctx, http.MethodGet, "/locations.json", nil, nil, &l); err != nil {
		return "", err
	}
	for _, one := range l.Locations {
		if one.Active == nil || *one.Active {
			c.mu.Lock()
			c.location = one.ID
			c.mu.Unlock()
			return one.ID, nil
		}
	}
	return "", channel.Told(channel.ErrRefused, "location", "the store has no location")
}

func (c *client) pushLevel(ctx context.Context, where json.Number, l channel.StockLevel) error {
	if _, err := strconv.ParseUint(l.SKUNo, 10, 63); err != nil {
		return channel.ErrNotFound.With("no", channel.FirstOf(l.SKUNo, l.Code))
	}
	var v struct {
		Variant struct {
			Item json.Number `json:"inventory_item_id"`
		} `json:"variant"`
	}
	if _, err := c.call(ctx, http.MethodGet, "/variants/"+l.SKUNo+".json", nil, nil, &v); err != nil {
		return err
	}
	var now struct {
		Level struct {
			Available wire.Int `json:"available"`
		} `json:"inventory_level"`
	}
	_, err := c.call(ctx, http.MethodPost, "/inventory_levels/set.json", nil, map[string]any{"location_id": where, "inventory_item_id": v.Variant.Item, "available": l.Quantity}, &now)
	return err
}
