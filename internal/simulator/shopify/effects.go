package shopify

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// location is the only place that goods are sent from.
const location = 655441491

// putOrder writes the seller's note, which is a note attribute or the tags, or the
// receiver.
func putOrder(c *call) (answer, error) {
	var in struct {
		Order struct {
			Tags     *string
			Details  []struct{ Name, Value string } `json:"note_attributes"`
			Shipping *struct {
				Name, Phone, Address1, City, Province string
			} `json:"shipping_address"`
		}
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	if in.Order.Tags != nil {
		if err := c.t.Memo(o.No, "", in.Order.Tags, nil); err != nil {
			return answer{}, err
		}
	}
	for _, d := range in.Order.Details {
		if d.Name != sellerNote {
			continue
		}
		if err := c.t.Memo(o.No, "", &d.Value, nil); err != nil {
			return answer{}, err
		}
	}
	if a := in.Order.Shipping; a != nil {
		if err := c.t.Readdress(o.No, "", world.Person{Name: a.Name, Phone: a.Phone, Province: a.Province, City: a.City, Detail: a.Address1}); err != nil {
			return answer{}, err
		}
	}
	return getOrder(c)
}

func cancel(c *call) (answer, error) {
	o, err := c.order()
	if err == nil {
		err = c.t.Close(o.No, "", "")
	}
	if err != nil {
		return answer{}, err
	}
	return getOrder(c)
}

// other is the number of an order's or line's fulfilment order: its own with another
// first digit.
func other(no string) string { return "5" + no[1:] }

func own(no string) string {
	if len(no) < 2 || no[0] != '5' {
		return ""
	}
	return "4" + no[1:]
}

func fulfillmentOrders(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	lines, left := []obj{}, int64(0)
	for _, l := range o.Lines {
		n := l.Quantity - l.Sent
		if l.Status == world.Closed {
			n = 0
		}
		left += n
		lines = append(lines, obj{"id": num(other(l.No)), "fulfillment_order_id": num(other(o.No)), "quantity": l.Quantity, "line_item_id": num(l.No),
			"inventory_item_id": num(l.SKUNo), "variant_id": num(l.SKUNo), "fulfillable_quantity": n})
	}
	status := "open"
	switch {
	case o.Status == world.Closed:
		status = "cancelled"
	case left == 0:
		status = "closed"
	case o.Unpaid():
		status = "on_hold"
	}
	return answer{status: http.StatusOK, body: obj{"fulfillment_orders": []obj{{"id": num(other(o.No)), "order_id": num(o.No), "assigned_location_id": location,
		"request_status": "unsubmitted", "status": status, "line_items": lines}}}}, nil
}

type tracking struct{ Number, Company string }

// fulfill ships the lines of a fulfilment order, or all that is left. A refund that
// was asked for elsewhere does not stop it.
func fulfill(c *call) (answer, error) {
	var in struct {
		Fulfillment struct {
			Lines []struct {
				ID    json.Number `json:"fulfillment_order_id"`
				Items []struct {
					ID       json.Number
					Quantity int64
				} `json:"fulfillment_order_line_items"`
			} `json:"line_items_by_fulfillment_order"`
			Tracking tracking `json:"tracking_info"`
		}
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	if len(in.Fulfillment.Lines) != 1 {
		return answer{}, fail(http.StatusUnprocessableEntity, obj{"base": []string{"line_items_by_fulfillment_order must name one fulfillment order"}})
	}
	f := in.Fulfillment.Lines[0]
	o := c.t.Order(own(f.ID.String()))
	if o == nil {
		return answer{}, fail(http.StatusNotFound, "Not Found")
	}
	s := world.Shipment{Carrier: in.Fulfillment.Tracking.Company, Waybill: in.Fulfillment.Tracking.Number, RejectRefund: true}
	s.Numberless = s.Waybill == ""
	for _, i := range f.Items {
		s.Lines = append(s.Lines, world.ParcelLine{No: own(i.ID.String()), Quantity: i.Quantity})
	}
	if _, err := c.t.Ship(o.No, s); err != nil {
		return answer{}, err
	}
	o = c.t.Order(o.No)
	return answer{status: http.StatusCreated, body: obj{"fulfillment": renderFulfilment(o, len(o.Parcels)-1)}}, nil
}

func updateTracking(c *call) (answer, error) {
	var in struct {
		Fulfillment struct {
			Tracking tracking `json:"tracking_info"`
		}
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil || id < 101 {
		return answer{}, fail(http.StatusNotFound, "Not Found")
	}
	found := c.t.Orders(uint64(id/100)-1, 1) // #nosec G115 -- positive
	i := int(id%100) - 1
	if len(found) == 0 || i < 0 || i >= len(found[0].Parcels) {
		return answer{}, fail(http.StatusNotFound, "Not Found")
	}
	o := found[0]
	if err := c.t.Rewaybill(o.No, "", o.Parcels[i].Waybill, in.Fulfillment.Tracking.Company, in.Fulfillment.Tracking.Number); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: obj{"fulfillment": renderFulfilment(c.t.Order(o.No), i)}}, nil
}

func locations(*call) (answer, error) {
	return answer{status: http.StatusOK, body: obj{"locations": []obj{{"id": location, "name": "仓库", "active": true}}}}, nil
}

// variant is a SKU; its stock goes by the number of its inventory item.
func variant(c *call) (answer, error) {
	no := strings.TrimSuffix(c.r.PathValue("id"), ".json")
	for _, l := range c.t.Listings() {
		if l.SKUNo == no {
			return answer{status: http.StatusOK, body: obj{"variant": obj{"id": num(l.SKUNo), "product_id": num(l.ItemNo), "sku": l.Code, "inventory_item_id": num(l.SKUNo),
				"inventory_quantity": l.Stock}}}, nil
		}
	}
	return answer{}, fail(http.StatusNotFound, "Not Found")
}

func levels(c *call) (answer, error) {
	out := []obj{}
	for _, l := range c.t.Listings() {
		if asked := c.r.URL.Query().Get("inventory_item_ids"); asked == "" || asked == l.SKUNo {
			out = append(out, obj{"inventory_item_id": num(l.SKUNo), "location_id": location, "available": l.Stock})
		}
	}
	return answer{status: http.StatusOK, body: obj{"inventory_levels": out}}, nil
}

func setLevel(c *call) (answer, error) {
	var in struct {
		Item      json.Number `json:"inventory_item_id"`
		Available *int64
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	if in.Available == nil {
		return answer{}, fail(http.StatusUnprocessableEntity, obj{"available": []string{"can't be blank"}})
	}
	if err := c.t.SetStock(world.Level{SKUNo: in.Item.String(), Quantity: *in.Available}); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: obj{"inventory_level": obj{"inventory_item_id": in.Item, "location_id": location, "available": *in.Available}}}, nil
}
