package fulfillment

import (
	"context"
	"flag"
	"fmt"
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
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			c := &chaos{house: h, r: r, round: round, start: map[string]int64{}}
			h.skus = map[string]id.ID{}
			for _, s := range []string{"A", "B"} {
				code := fmt.Sprintf("%s%d", s, round)
				c.start[code] = rapid.Int64Range(0, 12).Draw(r, "stock "+s)
				h.sku(code, c.start[code])
				c.codes = append(c.codes, code)
			}
			r.Repeat(map[string]func(*rapid.T){
				"order": c.newOrder, "ship": c.ship, "ship part": c.shipPart, "allocate": c.allocate, "refund": c.refund, "close": c.close, "": c.check,
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
}

func (c *chaos) newOrder(r *rapid.T) {
	if len(c.docs) >= 6 {
		return
	}
	d := c.doc(fmt.Sprintf("P-%d-%d", c.round, len(c.docs)), item{rapid.SampledFrom(c.codes).Draw(r, "sku"), rapid.Int64Range(1, 4).Draw(r, "n")},
		item{rapid.SampledFrom(c.codes).Draw(r, "sku 2"), rapid.Int64Range(1, 4).Draw(r, "n 2")})
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
	if _, err := c.s.Allocate(c.ctx, AllocateInput{OrderID: c.ids[c.pick(r)]}); err != nil && !refusal(err) {
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

func (c *chaos) check(r *rapid.T) {
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
