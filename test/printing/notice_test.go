package printing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/printed"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// listener is a channel that wants to hear what was printed, and the door to it.
type listener struct {
	channel.Client
	shop  id.ID
	heard []string
	fails func(no string) error
	met   []error
}

func (l *listener) Open(_ context.Context, shopID id.ID) (channel.Client, error) {
	l.shop = shopID
	return l, nil
}
func (l *listener) Told(_ context.Context, _ id.ID, err error) { l.met = append(l.met, err) }
func (l *listener) TellPrinted(_ context.Context, w channel.WaybillName, again bool) error {
	if l.fails != nil {
		if err := l.fails(w.No); err != nil {
			return err
		}
	}
	l.heard = append(l.heard, fmt.Sprint(w.No, " ", again))
	return nil
}

func TestAChannelHearsOfItsLabelsThatCameOutAndOfNoOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newPackingHouse(t, d, "wechat")
		mall := &listener{}
		printed.New(h.k, mall, h.accounts, h.numbers, h.prints)
		s := h.station("一号台")
		stop := s.run()
		settle := func() {
			t.Helper()
			h.must(h.k.Runner.Drain(h.ctx))
			h.must(h.k.Jobs.Drain(h.ctx))
		}
		settle()
		parcels := h.parcels(3, h.theirs)
		closed := func(batch id.ID, want map[print.LabelState]int) []string {
			t.Helper()
			until(t, func() bool { return fmt.Sprint(h.states(batch)) == fmt.Sprint(want) })
			settle()
			_, labels, err := h.prints.Get(h.ctx, batch)
			h.must(err)
			var nos []string
			for _, l := range labels {
				nos = append(nos, fmt.Sprint(l.WaybillNo, " ", l.Copy > 1))
			}
			return nos
		}

		// The first call meets silence: the batch is told from that label on.
		down := true
		mall.fails = func(string) error {
			if down {
				down = false
				return channel.ErrUnknownOutcome
			}
			return nil
		}
		nos := closed(h.batch(parcels, s.id, "面单机 1"), map[print.LabelState]int{print.Printed: 3})
		if len(mall.heard) != 0 {
			t.Errorf("heard %v", mall.heard)
		}
		kittest.Clock(h.k).Advance(time.Minute)
		settle()
		if !slices.Equal(mall.heard, nos) || mall.shop != h.shop.ID {
			t.Errorf("heard %v of shop %d, want %v", mall.heard, mall.shop, nos)
		}
		settle()
		if len(mall.heard) != 3 {
			t.Errorf("heard twice: %v", mall.heard)
		}

		// A label that it refuses stops no other; what is printed again is said to be so.
		mall.heard = nil
		refused := nos[0]
		mall.fails = func(no string) error {
			if no+" false" == refused {
				return channel.Told(channel.ErrRefused, "10025010", "电子面单不存在")
			}
			return nil
		}
		again, err := h.prints.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: parcels, TemplateID: 1, AgentID: s.id, Printer: "面单机 1", Again: true, Reason: "面单破损"})
		h.must(err)
		h.must(h.k.Jobs.Drain(h.ctx))
		nos = closed(again.Batch.ID, map[print.LabelState]int{print.Printed: 3})
		if want := nos[1:]; !slices.Equal(mall.heard, want) || len(want) != 2 || want[0][len(want[0])-4:] != "true" {
			t.Errorf("heard %v, want %v", mall.heard, want)
		}
		var failed int64
		h.must(d.QueryRow(h.ctx, `SELECT SUM(failed_count) FROM job_job WHERE merchant_id = ? AND kind = 'printed.tell' AND state = ?`, kittest.Merchant, job.Succeeded).Scan(&failed))
		if failed != 1 {
			t.Errorf("%d refusals are written down", failed)
		}

		// Our own labels are nobody's business.
		mall.heard = nil
		paper := h.batch(h.parcels(1, h.own), 0, "")
		_, err = h.prints.Told(h.ctx, print.ToldInput{BatchID: paper, From: 1, To: 1, Printed: true})
		h.must(err)
		closed(paper, map[print.LabelState]int{print.Printed: 1})
		if len(mall.heard) != 0 {
			t.Errorf("heard %v", mall.heard)
		}
		h.must(stop())
	})
}
