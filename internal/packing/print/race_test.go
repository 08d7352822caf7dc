package print_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// Two windows print overlapping choices at the same moment: each label is given to paper
// by one of them, whatever the order they were chosen in, and the other hears of it.
func TestTwoWindowsAtOnceGiveEachLabelToPaperOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		all := h.orders(9, "A", h.own)
		for round := range 4 {
			back := slices.Clone(all[3:])
			slices.Reverse(back)
			var mu sync.Mutex
			var wg sync.WaitGroup
			var made []id.ID
			for _, ids := range [][]id.ID{all[:6], back, all} {
				wg.Add(1)
				go func() {
					defer wg.Done()
					out, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 1, Keep: true})
					if c := code(err); c != "" && c != "print.printed_just_now" {
						t.Errorf("round %d: %v", round, err)
					}
					mu.Lock()
					defer mu.Unlock()
					if out.Batch.ID != 0 {
						made = append(made, out.Batch.ID)
					}
				}()
			}
			wg.Wait()
			h.drain()
			given := map[id.ID]int{}
			for _, b := range made {
				_, labels := h.get(b)
				for _, l := range labels {
					if given[l.WaybillID]++; l.Copy != 1 {
						t.Errorf("round %d: %+v", round, l)
					}
				}
				// None of them came out, so that the next round begins anew.
				if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b, From: 1, To: 9}); err != nil {
					t.Fatal(err)
				}
			}
			for one, n := range given {
				if n != 1 {
					t.Errorf("round %d: %s is in %d batches", round, one, n)
				}
			}
			if len(made) == 0 {
				t.Errorf("round %d: nobody prints anything", round)
			}
		}
	})
}
