package fulfillment

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Many people split, merge, allocate, seal, close and ship the same orders at the same
// time: nothing ships twice, goods add up, and every fulfillment order holds what its
// orders say.
func TestManyHandsOnTheSameOrdersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := &chaos{house: h, round: 1, start: map[string]int64{}, east: h.warehouse("EAST"), codes: []string{"R1", "R2"}}
		for _, code := range c.codes {
			h.sku(code, 30)
			h.receive(code, c.east, 30)
			c.start[code] = 60
		}
		for i := range 10 {
			doc := h.doc(fmt.Sprintf("R-%d", i), item{c.codes[i%2], int64(1 + i%3)}, item{c.codes[(i+1)%2], 2})
			doc.Receiver.Detail = fmt.Sprintf("文三路 %d 号", i%2) // two doors, so that orders meet
			doc.Receiver.Phone = "13800138000"
			o := h.put(doc)[0]
			h.allocated(o)
			c.ids = append(c.ids, o)
		}
		done := make([]map[string]int, 6)
		var hands sync.WaitGroup
		for n := range done {
			done[n] = map[string]int{}
			hands.Go(func() { c.work(t, rand.New(rand.NewPCG(7, uint64(n))), n, done[n]) })
		}
		hands.Wait()
		c.linked(t)
		c.sums(t)
		c.sound()
		total := map[string]int{}
		for _, one := range done {
			for what, n := range one {
				total[what] += n
			}
		}
		for _, what := range []string{"ship", "split", "merge"} {
			if total[what] == 0 {
				t.Errorf("no %s went through: %v", what, total)
			}
		}
	})
}

// work does things to orders as they come. What is refused because somebody was faster
// is no fault; anything else is.
func (c *chaos) work(t *testing.T, r *rand.Rand, n int, done map[string]int) {
	for step := range 30 {
		o := c.ids[r.IntN(len(c.ids))]
		all, _, err := c.s.List(c.ctx, OrderFilter{State: StateOpen})
		if err != nil {
			t.Error(err)
			return
		}
		what := ""
		switch r.IntN(8) {
		case 0:
			what = "allocate"
			_, err = c.s.Allocate(c.ctx, AllocateInput{OrderID: o, WarehouseID: []id.ID{0, c.wh, c.east}[r.IntN(3)]})
		case 1:
			what = "close"
			if n == 0 && step%10 == 9 {
				_, err = c.order.Close(c.ctx, order.CloseInput{OrderID: o, Reason: "buyer_cancelled"})
			}
		case 2, 3:
			if len(all) > 0 {
				what = "split"
				f := all[r.IntN(len(all))]
				_, err = c.s.Split(c.ctx, SplitInput{ID: f.ID, Parts: []SplitPart{{Lines: []order.LineQty{{LineID: f.Lines[r.IntN(len(f.Lines))].LineID, Quantity: 1}}}}})
			}
		case 4, 5:
			what = "merge"
			var some []id.ID
			for _, f := range all {
				if f.ReceiverGroup == all[0].ReceiverGroup && f.WarehouseID == all[0].WarehouseID && r.IntN(2) == 0 {
					some = append(some, f.ID)
				}
			}
			_, err = c.s.Merge(c.ctx, MergeInput{IDs: some})
		case 6:
			if len(all) > 0 {
				what = "unmerge"
				_, err = c.s.Unmerge(c.ctx, UnmergeInput{ID: all[r.IntN(len(all))].ID})
			}
		case 7:
			if len(all) > 0 && step > 10 {
				what = "ship"
				_, err = c.s.ShipOrder(c.ctx, ShipOrderInput{ID: all[r.IntN(len(all))].ID, WaybillNo: yt(n*1000 + step)})
			}
		}
		switch {
		case err == nil && what != "":
			done[what]++
		case err != nil && !refusal(err):
			t.Errorf("%s: %v", what, err)
			return
		}
	}
}
