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
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			c := &chaos{house: h, r: r, round: round, start: map[string]int64{}, east: east}
			h.skus = map[string]id.ID{}
			for _, s := range []string{"A", "B"} {
				code := fmt.Sprintf("%s%d", s, round)
				c.start[code] = rapid.Int64Range(0, 12).Draw(r, "stock "+s)
				h.sku(code, c.start[code])
				if more := rapid.Int64Range(0, 8).Draw(r, "stock there "+s); more > 0 {
					h.receive(code, east, more)
					c.start[code] += more
				}
				c.codes = append(c.codes, code)
			}
			r.Repeat(map[string]func(*rapid.T){
				"order": c.newOrder, "ship": c.ship, "ship part": c.shipPart, "allocate": c.allocate, "refund": c.refund, "close": c.close,
				"split": c.split, "merge": c.merge, "unmerge": c.unmerge, "undo": c.undo, "ship a fulfillment order": c.shipOrder, "seal": c.seal, "": c.check,
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
	if rapid.Bool().Draw(r, "approve") {
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
		_, err := c.s.ShipTx(ctx, tx, []ShipInput{in, in})
		return err
	})
	if err != nil {
		r.Fatalf("ship: %v", err)
	}
}

func (c *chaos) allocate(r *rapid.T) {
	if _, err := c.s.Allocate(c.ctx, AllocateInput{OrderID: c.ids[c.pick(r)], WarehouseID: rapid.SampledFrom([]id.ID{0, c.wh, c.east}).Draw(r, "where")}); err != nil && !refusal(err) {
		r.Fatalf("allocate: %v", err)
	}
}

func (c *chaos) close(r *rapid.T) {
	if _, err := c.order.Close(c.ctx, order.CloseInput{OrderID: c.ids[c.pick(r)], Reason: "buyer_cancelled"}); err != nil && !refusal(err) {
		r.Fatalf("close: %v", err)
	}
}

// refund is what the channel's later file says.
func (c *chaos) refund(r *rapid.T) {
	d := &c.docs[c.pick(r)]
	to := rapid.SampledFrom([]order.RefundState{order.RefundInProgress, order.RefundDone, order.RefundRejected}).Draw(r, "refund")
	d.RefundState = to
	for i := range d.Lines {
		d.Lines[i].RefundState = to
	}
	if to == order.RefundDone {
		d.Status = order.ChannelClosed
	}
	c.put(*d)
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
}

func (c *chaos) merge(r *rapid.T) {
	all := c.fulfillmentOrders(r, StateOpen)
	var some []id.ID
	for _, f := range all {
		if rapid.Bool().Draw(r, "this one") {
			some = append(some, f.ID)
		}
	}
	e, err := c.s.Merge(c.ctx, MergeInput{IDs: some})
	c.edited(r, e, err)
}

func (c *chaos) unmerge(r *rapid.T) {
	if f, ok := c.one(r); ok {
		e, err := c.s.Unmerge(c.ctx, UnmergeInput{ID: f.ID})
		c.edited(r, e, err)
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
			if _, err := c.s.ShipOrder(c.ctx, in); err != nil && !refusal(err) {
				r.Fatalf("ship: %v", err)
			}
		}
	}
}

func (c *chaos) seal(r *rapid.T) {
	if f, ok := c.one(r); ok {
		if _, err := c.s.Seal(c.ctx, SealInput{IDs: []id.ID{f.ID}, Reason: rapid.SampledFrom([]string{"", SealPrint}).Draw(r, "seal")}); err != nil {
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
