package fulfillment

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"pgregory.net/rapid"
)

// Whatever is imported, allocated, shipped, closed and refunded, in any order: goods on
// hand and goods in parcels add up to what there was, no line ships more than it
// asked for, and stock agrees with its papers.
func TestGoodsAreConserved(t *testing.T) {
	// Each round is some thirty commits on a real database: fewer rounds than usual.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		east := h.warehouse("EAST")
		round, reached := 0, map[string]int{}
		// What was really done, and not only asked for: go test -v shows it.
		defer func() { t.Logf("in %d rounds: %v", round, reached) }()
		rapid.Check(t, func(r *rapid.T) {
			round++
			c := &chaos{house: h, r: r, round: round, start: map[string]int64{}, east: east, reached: reached}
			h.skus = map[string]id.ID{}
			for _, s := range []string{"A", "B"} {
				code := fmt.Sprintf("%s%d", s, round)
				c.start[code] = rapid.Int64Range(2, 24).Draw(r, "stock "+s)
				h.sku(code, c.start[code])
				if more := rapid.Int64Range(0, 8).Draw(r, "stock there "+s); more > 0 {
					h.receive(code, east, more)
					c.start[code] += more
				}
				c.codes = append(c.codes, code)
			}
			for range rapid.IntRange(0, 3).Draw(r, "orders to begin with") {
				c.newOrder(r)
				c.allocateTo(r, len(c.ids)-1, 0)
			}
			// Edits stand twice, so that one follows another.
			r.Repeat(map[string]func(*rapid.T){
				"order": c.newOrder, "ship": c.ship, "ship part": c.shipPart, "allocate": c.allocate, "route": c.route, "refund": c.refund, "close": c.close, "note": c.note, "urge": c.urge,
				"revoke": c.revoke, "split": c.split, "split more": c.split, "merge": c.merge, "merge more": c.merge, "unmerge": c.unmerge, "undo": c.undo, "undo more": c.undo,
				"ship a fulfillment order": c.shipOrder, "seal": c.seal, "": c.check,
			})
			if found, err := c.stock.Verify(c.ctx); err != nil || len(found) > 0 {
				r.Fatalf("verify: %v %v", found, err)
			}
		})
	})
}

type chaos struct {
	*house
	r     *rapid.T
	round int
	codes []string
	start map[string]int64
	docs  []order.Document
	ids   []id.ID
	waybs int
	east  id.ID
	edits []id.ID

	reached map[string]int
}

// did counts what was done to a fulfillment order, by what it was before.
func (c *chaos) did(what string, f *FulfillmentOrder) {
	c.reached[what]++
	if f == nil {
		return
	}
	if f.OrderCount > 1 {
		c.reached[what+" of merged"]++
	}
	if f.shipped() {
		c.reached[what+" of partly shipped"]++
	}
}

func (c *chaos) newOrder(r *rapid.T) {
	if len(c.docs) >= 6 {
		return
	}
	d := c.doc(fmt.Sprintf("P-%d-%d", c.round, len(c.docs)), item{rapid.SampledFrom(c.codes).Draw(r, "sku"), rapid.Int64Range(1, 4).Draw(r, "n")},
		item{rapid.SampledFrom(c.codes).Draw(r, "sku 2"), rapid.Int64Range(1, 4).Draw(r, "n 2")})
	d.Receiver.Detail = rapid.SampledFrom([]string{"文三路 1 号", "文三路 2 号"}).Draw(r, "door") // few doors, so that orders meet
	c.docs = append(c.docs, d)
	i := c.put(d)[0]
	c.ids = append(c.ids, i)
	if rapid.IntRange(0, 3).Draw(r, "approve") > 0 {
		if _, err := c.order.Approve(c.ctx, order.ApproveInput{OrderID: i}); err != nil && !refusal(err) {
			r.Fatalf("approve: %v", err)
		}
	}
}

// pick chooses an order; with none there is one to begin with.
func (c *chaos) pick(r *rapid.T) int {
	if len(c.ids) == 0 {
		c.newOrder(r)
	}
	return rapid.IntRange(0, len(c.ids)-1).Draw(r, "which")
}

// wb is a new waybill number, or one that was used before.
func (c *chaos) wb(r *rapid.T) string {
	c.waybs++
	return yt(c.round*1000 + rapid.IntRange(1, c.waybs).Draw(r, "waybill"))
}

func (c *chaos) ship(r *rapid.T) {
	c.shipAs(r, ShipInput{OrderID: c.ids[c.pick(r)], WaybillNo: c.wb(r)})
}

func (c *chaos) shipPart(r *rapid.T) {
	o := c.load(c.ids[c.pick(r)])
	l := o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(r, "line")]
	c.shipAs(r, ShipInput{OrderID: o.ID, WaybillNo: c.wb(r), Lines: []order.LineQty{{LineID: l.ID, Quantity: rapid.Int64Range(1, 4).Draw(r, "pieces")}}})
}

func (c *chaos) shipAs(r *rapid.T, in ShipInput) {
	err := c.k.DB.InTx(c.ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err := c.s.ShipTx(ctx, tx, []ShipInput{in, in})
		if err == nil && out[0].Err == nil {
			c.did("ship by order", nil)
		}
		return err
	})
	if err != nil {
		r.Fatalf("ship: %v", err)
	}
}

func (c *chaos) allocate(r *rapid.T) {
	c.allocateTo(r, c.pick(r), rapid.SampledFrom([]id.ID{0, c.wh, c.east}).Draw(r, "where"))
}

func (c *chaos) allocateTo(r *rapid.T, at int, warehouse id.ID) {
	switch _, err := c.s.Allocate(c.ctx, AllocateInput{OrderID: c.ids[at], WarehouseID: warehouse}); {
	case err == nil:
		c.did("allocate", nil)
	case !refusal(err):
		r.Fatalf("allocate: %v", err)
	}
}

// route lets the rules place an order again.
func (c *chaos) route(r *rapid.T) {
	err := c.k.DB.InTx(c.ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err := c.s.routeEachTx(ctx, tx, []id.ID{c.ids[c.pick(r)]})
		if err == nil && out[0].err == nil && !out[0].Unchanged {
			c.did("route", nil)
		}
		return err
	})
	if err != nil {
		r.Fatalf("route: %v", err)
	}
}

// note changes what papers say.
func (c *chaos) note(r *rapid.T) {
	one := c.ids[c.pick(r)]
	c.didEach("note", c.openOrders(r, one))
	if _, err := c.order.Note(c.ctx, order.NoteInput{OrderID: one, SellerNote: rapid.SampledFrom([]string{"", "加一张贺卡"}).Draw(r, "note")}); err != nil {
		r.Fatalf("note: %v", err)
	}
}

// urge changes who goes first, and no paper.
func (c *chaos) urge(r *rapid.T) {
	one := c.ids[c.pick(r)]
	open := c.openOrders(r, one)
	c.didEach("urge", open)
	if _, err := c.s.Urge(c.ctx, UrgeInput{OrderID: one, Urgency: rapid.SampledFrom([]int64{UrgencyNone, UrgencyBuyer, UrgencyPerson}).Draw(r, "urgency")}); err != nil {
		r.Fatalf("urge: %v", err)
	}
	for _, f := range open {
		if now := c.get(f.ID); now.Version != f.Version {
			r.Fatalf("urged, and version %d is %d", f.Version, now.Version)
		}
	}
}

func (c *chaos) revoke(r *rapid.T) {
	one := c.ids[c.pick(r)]
	open := c.openOrders(r, one)
	switch _, err := c.order.RevokeApproval(c.ctx, order.ApproveInput{OrderID: one}); {
	case err == nil:
		c.didEach("revoke", open)
		if rapid.IntRange(0, 3).Draw(r, "and approve again") > 0 {
			if _, err := c.order.Approve(c.ctx, order.ApproveInput{OrderID: one}); err != nil && !refusal(err) {
				r.Fatalf("approve: %v", err)
			}
		}
	case !refusal(err):
		r.Fatalf("revoke: %v", err)
	}
}

func (c *chaos) close(r *rapid.T) {
	if rapid.IntRange(0, 2).Draw(r, "really") > 0 {
		return // else few live to see anything
	}
	one := c.ids[c.pick(r)]
	open := c.openOrders(r, one)
	switch _, err := c.order.Close(c.ctx, order.CloseInput{OrderID: one, Reason: "buyer_cancelled"}); {
	case err == nil:
		c.didEach("close", open)
	case !refusal(err):
		r.Fatalf("close: %v", err)
	}
}

// refund is what the channel's later file says.
func (c *chaos) refund(r *rapid.T) {
	at := c.pick(r)
	d := &c.docs[at]
	to := order.RefundInProgress
	if d.RefundState == to {
		to = rapid.SampledFrom([]order.RefundState{order.RefundDone, order.RefundRejected, order.RefundRejected}).Draw(r, "refund")
	}
	if to == order.RefundDone {
		d.Status = order.ChannelClosed
	}
	c.didEach("refund "+string(to), c.openOrders(r, c.ids[at]))
	c.refundTo(d, to)
	if to == order.RefundInProgress && rapid.Bool().Draw(r, "and refuse it") {
		c.house.follow()
		c.refundTo(d, order.RefundRejected)
	}
}

func (c *chaos) refundTo(d *order.Document, to order.RefundState) {
	d.RefundState = to
	for i := range d.Lines {
		d.Lines[i].RefundState = to
	}
	c.put(*d)
}

// openOrders are the open fulfillment orders of one order.
func (c *chaos) openOrders(r failer, one id.ID) []FulfillmentOrder {
	all, _, err := c.s.List(c.ctx, OrderFilter{OrderID: one, State: StateOpen})
	if err != nil {
		r.Fatal(err)
	}
	return all
}

func (c *chaos) didEach(what string, all []FulfillmentOrder) {
	c.reached[what]++
	for i := range all {
		c.did(what+" with parcels", &all[i])
	}
}

func (c *chaos) check(r *rapid.T) { c.sums(r) }

// failer is a test of either kind.
type failer interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

func (c *chaos) sums(r failer) {
	c.linked(r)
	for _, code := range c.codes {
		on, held := c.onHand(code)
		var left int64
		err := c.k.DB.QueryRow(c.ctx, `SELECT COALESCE(SUM(pl.quantity), 0) FROM fulfillment_parcel_line pl JOIN order_line l ON l.merchant_id = pl.merchant_id AND l.id = pl.line_id
			WHERE pl.merchant_id = 1 AND l.sku_id = ?`, c.skus[code]).Scan(&left)
		if err != nil {
			r.Fatal(err)
		}
		if on+left != c.start[code] || held < 0 || held > on {
			r.Fatalf("%s: started with %d; %d on hand (%d reserved) and %d in parcels", code, c.start[code], on, held, left)
		}
	}
	for _, i := range c.ids {
		o := c.load(i)
		for _, l := range o.Lines {
			var packed int64
			if err := c.k.DB.QueryRow(c.ctx, `SELECT COALESCE(SUM(quantity), 0) FROM fulfillment_parcel_line WHERE merchant_id = 1 AND line_id = ?`, l.ID).Scan(&packed); err != nil {
				r.Fatal(err)
			}
			if packed != l.Shipped || l.Shipped > l.Ordered {
				r.Fatalf("line of %s: %d in parcels, %d shipped, %d ordered", o.ChannelOrderNo, packed, l.Shipped, l.Ordered)
			}
		}
	}
}

// fulfillmentOrders are those of the round's orders, in one state.
func (c *chaos) fulfillmentOrders(r failer, state OrderState) []FulfillmentOrder {
	var out []FulfillmentOrder
	for _, o := range c.ids {
		all, _, err := c.s.List(c.ctx, OrderFilter{OrderID: o, State: state})
		if err != nil {
			r.Fatal(err)
		}
		for _, f := range all {
			if !slices.ContainsFunc(out, func(x FulfillmentOrder) bool { return x.ID == f.ID }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// one chooses an open fulfillment order; false when there is none.
func (c *chaos) one(r *rapid.T) (FulfillmentOrder, bool) {
	all := c.fulfillmentOrders(r, StateOpen)
	if len(all) == 0 {
		return FulfillmentOrder{}, false
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(r, "fulfillment order")], true
}

func (c *chaos) edited(r *rapid.T, e Edited, err error) {
	if err != nil && !refusal(err) {
		r.Fatal(err)
	}
	if err == nil {
		c.edits = append(c.edits, e.EditID)
	}
}

func (c *chaos) split(r *rapid.T) {
	f, ok := c.one(r)
	if !ok {
		return
	}
	l := f.Lines[rapid.IntRange(0, len(f.Lines)-1).Draw(r, "line")]
	e, err := c.s.Split(c.ctx, SplitInput{ID: f.ID, Parts: []SplitPart{{WarehouseID: rapid.SampledFrom([]id.ID{0, c.east}).Draw(r, "where"),
		Lines: []order.LineQty{{LineID: l.LineID, Quantity: rapid.Int64Range(1, 3).Draw(r, "pieces")}}}}})
	c.edited(r, e, err)
	if err == nil {
		c.did("split", &f)
	}
}

func (c *chaos) merge(r *rapid.T) {
	all := c.fulfillmentOrders(r, StateOpen)
	var some []id.ID
	near := rapid.IntRange(0, 3).Draw(r, "who could meet") > 0
	for _, f := range all {
		if near && (f.ReceiverGroup != all[0].ReceiverGroup || f.WarehouseID != all[0].WarehouseID || f.Sealed != "") {
			continue
		}
		if near || rapid.Bool().Draw(r, "this one") {
			some = append(some, f.ID)
		}
	}
	e, err := c.s.Merge(c.ctx, MergeInput{IDs: some})
	if c.edited(r, e, err); err == nil {
		c.did("merge", nil)
	}
}

func (c *chaos) unmerge(r *rapid.T) {
	if f, ok := c.one(r); ok {
		e, err := c.s.Unmerge(c.ctx, UnmergeInput{ID: f.ID})
		if c.edited(r, e, err); err == nil {
			c.did("unmerge", &f)
		}
	}
}

// undo takes an edit back, and its former fulfillment orders hold what they held.
func (c *chaos) undo(r *rapid.T) {
	if len(c.edits) == 0 {
		return
	}
	e := rapid.SampledFrom(c.edits).Draw(r, "edit")
	before, _, err := c.s.sides(c.ctx, c.k.DB, 1, e)
	if err != nil {
		r.Fatal(err)
	}
	was := map[id.ID][]FulfillmentLine{}
	for _, f := range before {
		was[f] = c.get(f).Lines
	}
	if _, err = c.s.Undo(c.ctx, e); err != nil && !refusal(err) {
		r.Fatal(err)
	} else if err == nil {
		c.did("undo", nil)
	}
	for _, f := range before {
		if got := c.get(f); err == nil && (got.State != StateOpen || !slices.Equal(got.Lines, was[f])) {
			r.Fatalf("undone: %+v, had %+v", got, was[f])
		}
	}
}

func (c *chaos) shipOrder(r *rapid.T) {
	if f, ok := c.one(r); ok {
		in := ShipOrderInput{ID: f.ID, WaybillNo: c.wb(r)}
		for range 2 {
			if _, err := c.s.ShipOrder(c.ctx, in); err == nil {
				c.did("ship", &f)
			} else if !refusal(err) {
				r.Fatalf("ship: %v", err)
			}
		}
	}
}

func (c *chaos) seal(r *rapid.T) {
	if f, ok := c.one(r); ok {
		c.did("seal", &f)
		if _, err := c.s.Seal(c.ctx, SealInput{IDs: []id.ID{f.ID}, Reason: rapid.SampledFrom([]string{"", "", SealPrint}).Draw(r, "seal")}); err != nil {
			r.Fatal(err)
		}
	}
}

// linked: once events are heard, each line's open fulfillment orders hold exactly what
// the order says is allocated and has not shipped, and so does the stock where they are.
func (c *chaos) linked(r failer) {
	c.house.follow()
	left := map[id.ID]int64{}
	there := map[id.ID]map[id.ID]int64{} // by warehouse and line
	for _, f := range c.fulfillmentOrders(r, StateOpen) {
		if there[f.WarehouseID] == nil {
			there[f.WarehouseID] = map[id.ID]int64{}
		}
		for _, l := range f.Lines {
			left[l.LineID] += l.Left()
			there[f.WarehouseID][l.LineID] += l.Left()
		}
		if err := c.s.GuardTx(c.ctx, c.k.DB, f.ID, f.Version); code(err) == ErrContentChanged.Code || code(err) == ErrDropped.Code {
			r.Fatalf("%d does not follow its orders: %v", f.ID, err)
		}
	}
	for _, i := range c.ids {
		o := c.load(i)
		held, err := c.stock.ReservedTx(c.ctx, c.k.DB, []id.ID{i})
		if err != nil {
			r.Fatal(err)
		}
		for _, l := range o.Lines {
			if left[l.ID] != l.Allocated-l.Shipped {
				r.Fatalf("line of %s: %d in open fulfillment orders; %d allocated, %d shipped", o.ChannelOrderNo, left[l.ID], l.Allocated, l.Shipped)
			}
			for wh, lines := range there {
				var n int64
				for _, h := range held {
					if h.LineID == l.ID && h.WarehouseID == wh {
						n += h.Quantity
					}
				}
				if n < lines[l.ID] {
					r.Fatalf("line of %s: %d reserved where %d are to leave from", o.ChannelOrderNo, n, lines[l.ID])
				}
			}
		}
	}
}
