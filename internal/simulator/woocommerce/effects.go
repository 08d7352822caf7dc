package woocommerce

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type metaData struct {
	Key   string
	Value any
}

type change struct {
	Status   string
	Meta     []metaData `json:"meta_data"`
	Shipping *struct {
		First   string `json:"first_name"`
		Last    string `json:"last_name"`
		Address string `json:"address_1"`
		City    string
		State   string
		Phone   string
	}
	Lines []struct {
		ID    json.Number
		Total string
	} `json:"line_items"`
	Freight []struct{ Total string } `json:"shipping_lines"`
}

// putOrder changes status, receiver or prices. Tracking meta data alone changes the
// waybill of an order that is shipped.
func putOrder(c *call) (answer, error) {
	var in change
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	for _, step := range []func(*call, *world.Order, change) error{reprice, readdress, track, restate} {
		if err := step(c, c.t.Order(o.No), in); err != nil {
			return answer{}, err
		}
	}
	return getOrder(c)
}

func reprice(c *call, o *world.Order, in change) error {
	if len(in.Lines) == 0 && len(in.Freight) == 0 {
		return nil
	}
	paid, freight := map[string]int64{}, int64(-1)
	for _, l := range in.Lines {
		fen, ok := yuan(l.Total)
		if !ok || o.Line(l.ID.String()) == nil {
			return fail(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): line_items")
		}
		paid[l.ID.String()] = fen
	}
	if len(in.Freight) > 0 {
		fen, ok := yuan(in.Freight[0].Total)
		if !ok {
			return fail(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): shipping_lines")
		}
		freight = fen
	}
	return c.t.Reprice(o.No, "", paid, freight)
}

func readdress(c *call, o *world.Order, in change) error {
	if in.Shipping == nil {
		return nil
	}
	a := in.Shipping
	return c.t.Readdress(o.No, "", world.Person{Name: a.Last + a.First, Phone: a.Phone, Province: a.State, City: a.City, Detail: a.Address})
}

// waybill reads the tracking of usual plugins out of meta data.
func (in change) waybill() (carrier, no string) {
	for _, m := range in.Meta {
		s, _ := m.Value.(string)
		switch strings.Trim(m.Key, "_") {
		case "tracking_number":
			no = s
		case "tracking_provider":
			carrier = s
		case "wc_shipment_tracking_items":
			if list, ok := m.Value.([]any); ok && len(list) > 0 {
				item, _ := list[len(list)-1].(map[string]any)
				no, _ = item["tracking_number"].(string)
				carrier, _ = item["tracking_provider"].(string)
				if custom, _ := item["custom_tracking_provider"].(string); custom != "" {
					carrier = custom
				}
			}
		}
	}
	return carrier, no
}

func track(c *call, o *world.Order, in change) error {
	carrier, no := in.waybill()
	if no == "" || len(o.Parcels) == 0 || o.Parcels[len(o.Parcels)-1].Waybill == no {
		return nil
	}
	return c.t.Rewaybill(o.No, "", "", carrier, no)
}

func restate(c *call, o *world.Order, in change) error {
	switch in.Status {
	case "", statusOf(o):
		return nil
	case "completed":
		carrier, no := in.waybill()
		_, err := c.t.Ship(o.No, world.Shipment{Carrier: carrier, Waybill: no, Numberless: no == "", RejectRefund: true})
		return err
	case "cancelled":
		return c.t.Close(o.No, "", "")
	}
	return fail(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): status")
}

// yuan reads an amount exactly, false for anything else.
func yuan(s string) (int64, bool) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 2 || strings.HasPrefix(s, "-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return n, err == nil
}

func addNote(c *call) (answer, error) {
	var in struct {
		Note     string
		Customer bool `json:"customer_note"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	if in.Customer {
		err = c.t.Tell(o.No, "", in.Note)
	} else {
		err = c.t.Memo(o.No, "", &in.Note, nil)
	}
	if err != nil {
		return answer{}, err
	}
	o = c.t.Order(o.No)
	if in.Customer {
		return answer{http.StatusCreated, note(o, in.Note, true), -1, 1}, nil
	}
	return answer{http.StatusCreated, note(o, o.Memo, false), -1, 1}, nil
}

// addRefund refunds what a buyer asked for outside the site, or the first line of an
// order that is not shipped.
func addRefund(c *call) (answer, error) {
	var in struct {
		Amount, Reason string
		Lines          []struct{ ID json.Number } `json:"line_items"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	fen, ok := yuan(in.Amount)
	if !ok || fen == 0 || fen > o.BuyerPaid()-o.Refunded {
		return answer{}, fail(http.StatusBadRequest, "woocommerce_rest_invalid_order_refund", "Invalid refund amount.")
	}
	fits := func() *world.Case {
		for _, x := range c.t.CasesOf(o.No) {
			if x.State == world.CaseRequested && x.Kind == "refund" && x.Refund >= fen && (len(in.Lines) == 0 || x.LineNo == in.Lines[0].ID.String()) {
				return x
			}
		}
		return nil
	}
	x := fits()
	if x == nil && len(o.Parcels) == 0 && o.Refund != world.RefundOpen && c.t.Perform(o.No, world.ActAskRefund) == nil {
		if x = fits(); x == nil {
			_ = c.t.Perform(o.No, world.ActTakeBack) // the request just made
		}
	}
	if x == nil {
		return answer{}, fail(http.StatusInternalServerError, "woocommerce_rest_cannot_create_order_refund", "Cannot create order refund, please try again.")
	}
	if err := c.t.Decide(world.Decision{CaseNo: x.No, Approve: true, Amount: fen, Reason: in.Reason}); err != nil {
		return answer{}, err
	}
	return answer{http.StatusCreated, refundOf(c.t.Case(x.No)), -1, 1}, nil
}

func setStock(c *call, l world.Listing, quantity *int64) error {
	if quantity == nil {
		return fail(http.StatusBadRequest, "rest_missing_callback_param", "Missing parameter(s): stock_quantity")
	}
	return c.t.SetStock(world.Level{SKUNo: l.SKUNo, Quantity: *quantity})
}

func putVariation(c *call) (answer, error) {
	var in struct {
		Quantity *int64 `json:"stock_quantity"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	l, _, err := c.listing()
	if err == nil {
		err = setStock(c, l, in.Quantity)
	}
	if err != nil {
		return answer{}, err
	}
	return getVariation(c)
}

func batchVariations(c *call) (answer, error) {
	var in struct {
		Update []struct {
			ID       int
			Quantity *int64 `json:"stock_quantity"`
		}
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	out := []obj{}
	for _, u := range in.Update {
		c.r.SetPathValue("variation", strconv.Itoa(u.ID))
		l, i, err := c.listing()
		if err == nil {
			err = setStock(c, l, u.Quantity)
		}
		if err != nil {
			out = append(out, obj{"id": u.ID, "error": obj{"code": "woocommerce_rest_product_variation_invalid_id", "message": err.Error(), "data": obj{"status": 400}}})
			continue
		}
		l.Stock = *u.Quantity
		out = append(out, variation(l, i))
	}
	return one(obj{"update": out}), nil
}
