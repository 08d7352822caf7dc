package print_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/print"
)

func TestARunIssuesTheNumbersThatAreMissingAndStartsABatchForEachAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var ids []id.ID
		for _, no := range []string{"1", "2", "3"} {
			ids = append(ids, h.allocated(h.doc(no, "A", 1)))
		}
		there := h.placed(h.doc("4", "B", 2), h.own)
		changed := h.placed(h.doc("5", "A", 2), h.own)
		if _, err := h.order.Note(h.ctx, order.NoteInput{OrderID: h.orderOf(changed), SellerNote: "加一张贺卡"}); err != nil {
			t.Fatal(err)
		}
		h.must(h.k.Runner.Drain(h.ctx)) // fulfillment hears of the note
		gone := h.doc("6", "A", 1)
		refunded := h.allocated(gone)
		gone.RefundState = order.RefundInProgress
		h.put(gone)
		masked := h.allocated(h.doc("7", "A", 1))
		h.masked = map[id.ID]bool{masked: true}

		all := append(slices.Clone(ids), there, changed, refunded, masked)
		j := h.run(print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: all}, AccountID: h.own})
		if j.State != job.Succeeded || j.Total != 7 || j.Done != 7 || j.OKCount != 5 || j.FailedCount != 2 {
			t.Fatalf("%s %d/%d, %d good, %d bad", j.State, j.Done, j.Total, j.OKCount, j.FailedCount)
		}
		if bad := h.rows(j); bad[refunded] != "order.refund_open" || bad[masked] != "issue.masked_receiver" {
			t.Errorf("reasons: %v", bad)
		}
		made := h.batches(j)
		if len(made) != 1 {
			t.Fatalf("batches: %v", made)
		}
		_, labels := h.get(made[0])
		if len(labels) != 5 {
			t.Fatalf("%d labels", len(labels))
		}
		for _, l := range labels {
			if f, err := h.ship.Get(h.ctx, l.FulfillmentOrderID); err != nil || f.Version != l.Version {
				t.Errorf("label %d stands for version %d: %+v %v", l.Sequence, l.Version, f, err)
			}
		}
		h.masked = nil
		again, err := h.k.Jobs.RetryFailed(h.ctx, j.ID)
		h.must(err)
		if again = h.ended(again.ID); again.OKCount != 1 || again.FailedCount != 1 || len(h.batches(again)) != 1 {
			t.Errorf("only what failed is tried again: %+v", again)
		}
	})
}

func TestARunSplitsByAccountAndGivesUpOnNumbersThatDoNotCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		own, theirs := h.placed(h.doc("1", "A", 1), h.own), h.placed(h.doc("2", "A", 1), h.channel)
		agent, _ := h.agent("后仓")
		in := print.StartInput{FulfillmentOrderIDs: []id.ID{own, theirs}, AgentID: agent.ID, Printer: "P1"}
		n, err := h.s.Run(h.ctx, print.RunInput{StartInput: withTemplate(in)})
		h.must(err)
		h.drain()
		j, err := h.k.Jobs.Get(h.ctx, n)
		h.must(err)
		first := h.batches(j)
		if j.State != job.Waiting || len(first) != 1 {
			t.Fatalf("one batch holds the printer, the other waits for it: %+v", j)
		}
		h.must(h.s.Stop(h.ctx, first[0]))
		if j = h.ended(n); j.OKCount != 2 || len(h.batches(j)) != 2 {
			t.Fatalf("%+v", j)
		}

		silent := h.allocated(h.doc("3", "A", 1))
		h.silent = true
		j = h.run(print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: []id.ID{silent}}, AccountID: h.own})
		if j.FailedCount != 1 || h.rows(j)[silent] != "print.no_number_yet" || len(h.batches(j)) != 0 {
			t.Errorf("%s %v %v", j.State, j.ErrorCode, h.rows(j))
		}
	})
}

func withTemplate(in print.StartInput) print.StartInput {
	in.TemplateID = 1
	return in
}

func TestWithoutTheRightToIssueOnlyWhatHasANumberIsPrinted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		has, lacks := h.placed(h.doc("1", "A", 1), h.own), h.allocated(h.doc("2", "A", 1))
		h.ctx = kittest.As(h.ctx, packing.PermitPrint, packing.PermitRead)
		j := h.run(print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: []id.ID{has, lacks}}})
		if bad := h.rows(j); j.OKCount != 1 || bad[lacks] != actor.ErrForbidden.Code {
			t.Errorf("%+v %v", j, bad)
		}
		if _, err := h.s.Run(h.ctx, print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: []id.ID{has}, TemplateID: 1, Ship: true}}); code(err) != actor.ErrForbidden.Code {
			t.Errorf("shipping needs its own right: %v", err)
		}
	})
}

func TestAParcelOfSeveralPiecesHasALabelForEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.allocated(h.doc("1", "A", 3))
		j := h.run(print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: []id.ID{one}, Ship: true}, AccountID: h.own, Pieces: 3})
		_, all := h.get(h.batches(j)[0])
		if len(all) != 3 || all[0].Piece != 1 || all[2].Piece != 3 || all[0].WaybillNo == all[2].WaybillNo {
			t.Fatalf("%+v", all)
		}
		if sum := print.Summary(all); len(sum) != 1 || sum[0].Quantity != 3 {
			t.Errorf("goods are counted once: %+v", sum)
		}
		told := func(from, to int64) {
			if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: all[0].BatchID, From: from, To: to, Printed: true}); err != nil {
				t.Fatal(err)
			}
			h.drain()
		}
		told(1, 2)
		if f, err := h.ship.Get(h.ctx, one); err != nil || f.State != fulfillment.StateOpen {
			t.Fatalf("a piece is missing, and it is %s %v", f.State, err)
		}
		told(3, 3)
		if f, err := h.ship.Get(h.ctx, one); err != nil || f.State != fulfillment.StateShipped {
			t.Errorf("all pieces are printed, and it is %s %v", f.State, err)
		}
	})
}

func TestWhatIsPrintedShipsWhereItWasStartedSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.orders(2, "A", h.own)
		late := h.doc("late", "A", 9)
		refunded := h.placed(late, h.own)
		b := h.start(print.StartInput{FulfillmentOrderIDs: append(slices.Clone(ids), refunded), Ship: true}).Batch
		late.RefundState = order.RefundInProgress
		h.put(late)
		for from := int64(1); from <= 2; from++ {
			if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b.ID, From: from, To: 1 + 2*(from-1), Printed: true}); err != nil {
				t.Fatal(err)
			}
		}
		h.drain()
		_, all := h.get(b.ID)
		shipped, stopped := 0, 0
		for _, l := range all {
			f, err := h.ship.Get(h.ctx, l.FulfillmentOrderID)
			h.must(err)
			switch {
			case l.FulfillmentOrderID == refunded:
				if l.ShipCode == "order.refund_open" && l.ShippedAt == 0 && f.State == fulfillment.StateOpen {
					stopped++
				}
			case f.State == fulfillment.StateShipped && f.Carrier == "ZTO" && l.ShippedAt != 0:
				shipped++
			}
		}
		if shipped != 2 || stopped != 1 {
			t.Errorf("%d shipped, %d stopped: %+v", shipped, stopped, all)
		}
		if names := h.events("print."); names != "batch_started batch_closed" {
			t.Errorf("events: %s", names)
		}

		paper := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{h.placed(h.doc("paper", "A", 1), h.own)}}).Batch
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: paper.ID, From: 1, To: 1, Printed: true}); err != nil {
			t.Fatal(err)
		}
		h.drain()
		if _, l := h.get(paper.ID); l[0].ShippedAt != 0 {
			t.Error("shipped though nobody asked")
		}
		if _, err := h.s.Reprint(h.ctx, print.ReprintInput{BatchID: paper.ID, From: 1, To: 1, Reason: "卡纸"}); err != nil {
			t.Fatal(err)
		}
		if names := h.events("print."); !strings.HasSuffix(names, "batch_started labels_reprinted") {
			t.Errorf("events: %s", names)
		}
	})
}

func TestWhatIsUrgedIsPrintedFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		plain, stacked := h.placed(h.doc("1", "A", 1), h.own), h.placed(h.doc("2", "A", 1), h.own)
		due := h.doc("3", "B", 1)
		due.ShipByAt = h.now() + 3_600_000
		first, urged := h.placed(due, h.own), h.placed(h.doc("4", "B", 2), h.own)
		if _, err := h.ship.Urge(h.ctx, fulfillment.UrgeInput{OrderID: h.orderOf(urged), Urgency: fulfillment.UrgencyBuyer}); err != nil {
			t.Fatal(err)
		}
		// Whoever looks at a part looks at what is urged, then at what is due.
		for most, want := range map[int][]id.ID{1: {urged}, 2: {urged, first}, 3: {urged, first, plain}} {
			if got, err := h.s.IDs(h.ctx, print.QueueFilter{Bucket: print.Unprinted}, most); err != nil || !slices.Equal(got, want) {
				t.Errorf("the first %d: %v %v, want %v", most, got, err, want)
			}
		}
		q, err := h.s.Queue(h.ctx, print.QueueFilter{})
		h.must(err)
		var got []id.ID
		for _, w := range q.Rows {
			got = append(got, w.FulfillmentOrder.ID)
		}
		if want := []id.ID{urged, plain, stacked, first}; !slices.Equal(got, want) {
			t.Errorf("the queue: %v, want %v", got, want)
		}
		b := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{plain, stacked, first, urged}}).Batch
		if _, labels := h.get(b.ID); len(labels) != 4 || labels[0].FulfillmentOrderID != urged || labels[3].FulfillmentOrderID != first {
			t.Errorf("the labels: %+v", labels)
		}
	})
}

func TestAWaveIsPrintedWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.placed(h.doc("1", "A", 1), h.own)
		one, two := h.placed(h.doc("2", "A", 1), h.own), h.placed(h.doc("3", "A", 1), h.own)
		h.baskets = map[id.ID]print.Place{one: {Wave: "W1121-1", Basket: "2"}, two: {Wave: "W1121-1", Basket: "1"}}
		// However much waits before them, and of one basket the goods are gone.
		if got, err := h.s.IDs(h.ctx, print.QueueFilter{Bucket: print.Unprinted, Wave: "W1121-1"}, 1); err != nil || !slices.Equal(got, []id.ID{two, one}) {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestTheQueueShowsEachParcelWhereItStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		fresh := h.allocated(h.doc("1", "B", 1))
		noted := h.doc("2", "A", 2)
		if _, err := h.order.Note(h.ctx, order.NoteInput{OrderID: h.put(noted), SellerNote: "加一张贺卡"}); err != nil {
			t.Fatal(err)
		}
		numbered := h.placed(noted, h.own)
		printing, printed := h.placed(h.doc("3", "A", 1), h.own), h.placed(h.doc("4", "A", 1), h.own)
		refund := h.doc("5", "A", 1)
		troubled := h.placed(refund, h.own)
		refund.RefundState = order.RefundInProgress
		h.put(refund)
		h.baskets = map[id.ID]print.Place{numbered: {Wave: "W1121-1", Basket: "7"}}
		h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{printing}})
		b := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{printed}}).Batch
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b.ID, From: 1, To: 1, Printed: true}); err != nil {
			t.Fatal(err)
		}

		look := func(f print.QueueFilter) (out []id.ID, q print.Queue) {
			t.Helper()
			q, err := h.s.Queue(h.ctx, f)
			h.must(err)
			for _, w := range q.Rows {
				out = append(out, w.FulfillmentOrder.ID)
			}
			return out, q
		}
		got, q := look(print.QueueFilter{})
		want := map[print.Bucket]int64{print.Unprinted: 2, print.Printing: 1, print.PrintedNow: 1, print.Troubled: 1}
		for _, bucket := range print.Buckets {
			if q.Counts[bucket] != want[bucket] {
				t.Errorf("%s: %d, want %d", bucket, q.Counts[bucket], want[bucket])
			}
		}
		if !slices.Equal(got, []id.ID{fresh, numbered}) { // what has no carrier yet comes first
			t.Fatalf("unprinted: %v", got)
		}
		if w := q.Rows[1]; w.Number != print.NumberThere || w.Carrier != "ZTO" || w.AccountID != h.own || len(w.Nos) != 1 || w.Quantity != 2 || w.Place.String() != "W1121-1 #7" ||
			!slices.Equal(w.SellerNotes, []string{"加一张贺卡"}) || w.Receiver == "" || strings.Contains(w.Receiver, "沈知夏") {
			t.Errorf("%+v", w)
		}
		if w := q.Rows[0]; w.Number != print.NoNumber || w.Carrier != "" || w.Items[0].Code != "B" {
			t.Errorf("%+v", w)
		}
		if got, _ := look(print.QueueFilter{Narrow: true, Carrier: "ZTO"}); !slices.Equal(got, []id.ID{numbered}) {
			t.Errorf("of one carrier: %v", got)
		}
		if got, _ := look(print.QueueFilter{Wave: "W1121-1"}); !slices.Equal(got, []id.ID{numbered}) {
			t.Errorf("of one wave: %v", got)
		}
		if got, q := look(print.QueueFilter{Bucket: print.Troubled}); !slices.Equal(got, []id.ID{troubled}) || q.Rows[0].Err.Code != "order.refund_open" {
			t.Errorf("in trouble: %v", got)
		}
		if got, q := look(print.QueueFilter{Bucket: print.PrintedNow}); !slices.Equal(got, []id.ID{printed}) || q.Rows[0].BatchCode != b.Code() {
			t.Errorf("printed: %v", got)
		}
		for _, f := range []print.QueueFilter{{Bucket: print.PrintedNow}, {Bucket: print.PrintedNow, Narrow: true, Carrier: "NOSUCH"}, {Bucket: print.PrintedNow, Wave: "W1"}} {
			want := []id.ID{printed}
			if f.Narrow || f.Wave != "" {
				want = nil
			}
			if got, err := h.s.IDs(h.ctx, f, 1000); err != nil || !slices.Equal(got, want) {
				t.Errorf("%+v: %v %v", f, got, err)
			}
		}
		if got, _ := look(print.QueueFilter{Bucket: print.Printing}); !slices.Equal(got, []id.ID{printing}) {
			t.Errorf("printing: %v", got)
		}
		at, err := h.s.Where(h.ctx, h.k.DB, []id.ID{printed, fresh})
		if err != nil || len(at) != 1 || at[printed] != (print.Spot{Batch: b.Code(), Sequence: 1}) {
			t.Errorf("labels lie at %v, %v", at, err)
		}
	})
}
