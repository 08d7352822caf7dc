package waiting

import (
	"flag"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// Whatever is ordered, agreed, replaced, released, received and closed, in any order:
// exactly those wait who lack something and were looked at, each lacks no more than it
// still wants, an order with an agreed refund is given nothing, and stock agrees with its
// papers.
func TestExactlyThoseWaitWhoLackSomething(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "5"); err != nil { // each is some twenty commits on a real database
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.policy(allocate.ShortPartial)
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			c := &crowd{floor: x, round: round, routed: map[id.ID]bool{}, refunds: map[id.ID]int64{}, codes: map[string]id.ID{}}
			for _, s := range []string{"A", "B", "SET"} {
				c.codes[s] = x.SKU(x.ctx, fmt.Sprintf("%s%d", s, round), 0)
			}
			set, err := x.Catalog.SKUsTx(x.ctx, d, []id.ID{c.codes["SET"]})
			if err == nil {
				_, err = x.Catalog.SetComponents(x.ctx, catalog.ComponentsInput{SKUID: c.codes["SET"], Version: set[c.codes["SET"]].Version,
					Components: []catalog.Component{{SKUID: c.codes["A"], Quantity: 1, Share: 1}, {SKUID: c.codes["B"], Quantity: 2, Share: 1}}})
			}
			if err != nil {
				r.Fatal(err)
			}
			r.Repeat(map[string]func(*rapid.T){"order": c.newOrder, "approve": c.approveOne, "agree": c.agree, "replace": c.replace, "receive": c.receive,
				"release": c.release, "close": c.closeOne, "": c.check})
			if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
				r.Fatalf("stock: %v %v", found, err)
			}
		})
	})
}

type crowd struct {
	*floor
	round   int
	codes   map[string]id.ID
	ids     []id.ID
	routed  map[id.ID]bool
	refunds map[id.ID]int64 // what was allocated when the refund was agreed
}

func (c *crowd) newOrder(r *rapid.T) {
	if len(c.ids) >= 5 {
		return
	}
	var lines []order.Line
	for _, s := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "SET"}), 1, 3, rapid.ID[string]).Draw(r, "goods") {
		lines = append(lines, ordertest.Line(fmt.Sprintf("%s%d", s, c.round), rapid.Int64Range(1, 3).Draw(r, "n"), 100))
	}
	c.ids = append(c.ids, c.order(fmt.Sprintf("Q-%d-%d", c.round, len(c.ids)), rapid.Int64Range(0, 9).Draw(r, "due"), lines...))
}

// one is one of the orders, 0 while there is none.
func (c *crowd) one(r *rapid.T) id.ID {
	if len(c.ids) == 0 {
		return 0
	}
	return rapid.SampledFrom(c.ids).Draw(r, "which")
}

func (c *crowd) approveOne(r *rapid.T) {
	o := c.one(r)
	if o == 0 {
		return
	}
	if now := c.Load(c.ctx, o); len(now.Blocking()) > 0 || now.State != order.AwaitingApproval {
		return
	}
	c.approve(o)
	c.route(o)
	c.routed[o] = true
}

// allowed lets a refusal pass.
func allowed(r *rapid.T, err error) bool {
	if err != nil && errs.As(err) == nil {
		r.Fatal(err)
	}
	return err == nil
}

func allocated(o order.Order) (n int64) {
	for _, l := range o.Lines {
		n += l.Allocated
	}
	return n
}

func (c *crowd) agree(r *rapid.T) {
	o := c.one(r)
	in := AgreeInput{OrderIDs: []id.ID{o}, Agreed: rapid.SampledFrom([]string{AgreedWait, AgreedRefund}).Draw(r, "agreed")}
	if _, err := c.s.Agree(c.ctx, in); !allowed(r, err) {
		return
	}
	if delete(c.refunds, o); in.Agreed == AgreedRefund {
		c.refunds[o] = allocated(c.Load(c.ctx, o))
	}
}

func (c *crowd) replace(r *rapid.T) {
	o := c.one(r)
	if o == 0 {
		return
	}
	now := c.Load(c.ctx, o)
	l := rapid.SampledFrom(now.Lines).Draw(r, "line")
	_, err := c.s.Replace(c.ctx, ReplaceInput{OrderID: o, Lines: []Swap{{LineID: l.ID, SKUID: c.codes[rapid.SampledFrom([]string{"A", "B", "SET"}).Draw(r, "to")]}}})
	if allowed(r, err) {
		delete(c.refunds, o)
		c.settle()
	}
}

func (c *crowd) receive(r *rapid.T) {
	err := c.Stock.Receive(c.ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: c.codes[rapid.SampledFrom([]string{"A", "B"}).Draw(r, "what")],
		WarehouseID: c.Warehouse, Quantity: rapid.Int64Range(1, 4).Draw(r, "pieces")}}})
	if err != nil {
		r.Fatal(err)
	}
	c.settle()
}

func (c *crowd) release(r *rapid.T) {
	if _, err := c.s.Release(c.ctx, ReleaseInput{OrderIDs: c.ids}); err != nil {
		r.Fatal(err)
	}
	c.settle()
}

func (c *crowd) closeOne(r *rapid.T) {
	if o := c.one(r); o != 0 {
		_, err := c.Orders.Close(c.ctx, order.CloseInput{OrderID: o, Reason: "other"})
		allowed(r, err)
		c.settle()
	}
}

func (c *crowd) check(r *rapid.T) {
	all, _, err := c.s.List(c.ctx, Filter{}, "", 200)
	if err != nil {
		r.Fatal(err)
	}
	waits := map[id.ID]Wait{}
	for _, w := range all {
		waits[w.OrderID] = w
	}
	for _, i := range c.ids {
		o := c.Load(c.ctx, i)
		var lacks int64
		wants := map[id.ID]int64{}
		for _, l := range o.Lines {
			if n := l.Ordered - l.Cancelled - max(l.Allocated, l.Shipped); n > 0 {
				lacks += n
				wants[l.ID] = n
			}
		}
		w, listed := waits[i]
		should := o.ClosedAt == 0 && lacks > 0 && (o.OnHold(order.HoldOutOfStock) || c.routed[i])
		if listed != should {
			r.Fatalf("order %s (%s, %d unallocated, holds %v): listed is %v", o.ChannelOrderNo, o.State, lacks, o.Holds, listed)
		}
		for _, p := range w.Missing {
			if p.Pieces < 1 || p.Pieces > 2*wants[p.LineID] {
				r.Fatalf("order %s lacks %+v of %v", o.ChannelOrderNo, p, wants)
			}
		}
		if was, agreed := c.refunds[i]; agreed && allocated(o) > was && o.ClosedAt == 0 {
			r.Fatalf("order %s was given %d after %d, though a refund was agreed", o.ChannelOrderNo, allocated(o), was)
		}
	}
}
