package openmall

import (
	"net/http"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type quantity struct {
	No       string
	Quantity int64
}

func ship(c *call, key string) (any, error) {
	var in struct {
		Carrier, Waybill, Way string
		Lines                 []quantity
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	bare := in.Way == "virtual" || in.Way == "self_pickup" || in.Way == "same_city"
	if (in.Carrier == "" || in.Waybill == "") != bare || in.Way != "" && !bare {
		return nil, fail(http.StatusBadRequest, "invalid", "carrier, waybill, way")
	}
	no := c.r.PathValue("no")
	s := world.Shipment{Key: key, Carrier: in.Carrier, Waybill: in.Waybill, Numberless: bare, Way: in.Way}
	for _, l := range in.Lines {
		s.Lines = append(s.Lines, world.ParcelLine(l))
	}
	if o := c.t.Order(no); o != nil && !bare && (o.Status == world.Shipped || o.Status == world.Delivered) && !sentBy(o, key) {
		s.Append = true
	}
	shipment, err := c.t.Ship(no, s)
	if err != nil {
		return nil, err
	}
	return obj{"shipment_no": shipment}, nil
}

// sentBy tells whether the request that comes again has shipped lines already; one
// that added a parcel to a complete order has none, and comes again as it came.
func sentBy(o *world.Order, key string) bool {
	for _, p := range o.Parcels {
		if p.Key == key && len(p.Lines) > 0 {
			return true
		}
	}
	return false
}

func changeWaybill(c *call, key string) (any, error) {
	var in struct{ Carrier, Waybill string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return obj{}, c.t.Rewaybill(c.r.PathValue("no"), key, c.r.PathValue("waybill"), in.Carrier, in.Waybill)
}

func memo(c *call, key string) (any, error) {
	var in struct {
		Text string
		Flag int
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len([]rune(in.Text)) > 500 || in.Flag < 0 || in.Flag > 5 {
		return nil, fail(http.StatusBadRequest, "invalid", "text has 500 characters, flag is 0 to 5")
	}
	return obj{}, c.t.Memo(c.r.PathValue("no"), key, &in.Text, &in.Flag)
}

func closeOrder(c *call, key string) (any, error) {
	var in struct{ Reason string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return obj{}, c.t.Close(c.r.PathValue("no"), key, in.Reason)
}

func readdress(c *call, key string) (any, error) {
	var in struct{ Receiver world.Person }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Receiver.Name == "" || in.Receiver.Phone == "" || in.Receiver.Detail == "" {
		return nil, fail(http.StatusBadRequest, "invalid", "receiver")
	}
	return obj{}, c.t.Readdress(c.r.PathValue("no"), key, in.Receiver)
}

func answerAddress(c *call, key string) (any, error) {
	var in struct {
		Accept *bool
		Reason string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Accept == nil {
		return nil, fail(http.StatusBadRequest, "invalid", "accept")
	}
	return obj{}, c.t.AnswerWish(c.r.PathValue("no"), key, *in.Accept, in.Reason)
}

func reprice(c *call, key string) (any, error) {
	var in struct {
		Lines []struct {
			No   string
			Paid int64
		}
		Freight *int64
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	paid := map[string]int64{}
	for _, l := range in.Lines {
		paid[l.No] = l.Paid
	}
	freight := int64(-1)
	if in.Freight != nil {
		freight = *in.Freight
	}
	return obj{}, c.t.Reprice(c.r.PathValue("no"), key, paid, freight)
}

func setStock(c *call, key string) (any, error) {
	var in struct {
		Levels []struct {
			ItemNo   string `json:"item_no"`
			SKUNo    string `json:"sku_no"`
			Code     string
			Quantity int64
		}
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.Levels) == 0 || len(in.Levels) > 50 {
		return nil, fail(http.StatusBadRequest, "invalid", "1 to 50 levels")
	}
	out := []obj{}
	for i, l := range in.Levels {
		err := c.t.SetStock(world.Level{Key: key + "/" + strconv.Itoa(i), ItemNo: l.ItemNo, SKUNo: l.SKUNo, Code: l.Code, Quantity: l.Quantity})
		if err != nil {
			out = append(out, obj{"ok": false, "code": string(world.KindOf(err)), "message": err.Error()})
			continue
		}
		out = append(out, obj{"ok": true})
	}
	return obj{"results": out}, nil
}

func decide(c *call, key string) (any, error) {
	var in struct {
		Version, Reason string
		Approve         *bool
		Amount          int64
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Approve == nil {
		return nil, fail(http.StatusBadRequest, "invalid", "approve")
	}
	var version int64
	if in.Version != "" {
		var err error
		if version, err = strconv.ParseInt(in.Version, 10, 64); err != nil || version == 0 {
			return nil, fail(http.StatusConflict, "refused", "version is not the case's")
		}
	}
	no := c.r.PathValue("no")
	if err := c.t.Decide(world.Decision{Key: key, CaseNo: no, Approve: *in.Approve, Amount: in.Amount, Reason: in.Reason, Version: version}); err != nil {
		return nil, err
	}
	return obj{"state": c.t.Case(no).State}, nil
}

func reply(c *call, key string) (any, error) {
	var in struct{ Text string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	no := c.r.PathValue("no")
	return obj{}, c.t.Reply(func(r world.Review) bool { return r.No == no }, key, in.Text)
}
