package wire

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/simulator/kuaishou"
	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/xhs"
)

func kuaishouAndXhs() []world.Platform { return []world.Platform{kuaishou.Platform(), xhs.Platform()} }

// asTold is the truth as far as the platform can tell it: both number the lines in
// their own way, and have fewer words than the world.
func asTold(p world.Platform, o world.Order) *world.Order {
	o.Lines = slices.Clone(o.Lines)
	numbers := map[string]int{}
	for _, l := range o.Lines {
		numbers[l.SKUNo]++
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		switch {
		case p.Code == kuaishou.Platform().Code && i == 0:
			l.No = o.No
		case p.Code == xhs.Platform().Code && numbers[l.SKUNo] == 1:
			l.No = l.SKUNo
		}
	}
	switch {
	case p.Code == kuaishou.Platform().Code && o.Refund == world.RefundRejected:
		// A refused request stays one until the buyer takes it back.
		o.Refund = world.RefundOpen
	case p.Code == xhs.Platform().Code && o.Status == world.PartlyPaid:
		o.Status, o.PaidAt = world.PendingPayment, 0
	case p.Code == xhs.Platform().Code && o.Status == world.Delivered:
		o.Status = world.Shipped
	}
	return &o
}

// gather lists a window to its end, by cursor or from the last page to the first.
func (st *stand) gather(t *testing.T, q channel.Query, list func(channel.Query) (channel.Page, error)) map[string]channel.Item {
	t.Helper()
	out := map[string]channel.Item{}
	add := func(p channel.Page) {
		if p.ServerAt == 0 {
			t.Error("no clock")
		}
		for _, i := range p.Items {
			out[i.No] = i
		}
	}
	q.Page, q.Size = 1, 20
	p, err := list(q)
	if err != nil {
		t.Fatal(err)
	}
	if st.m.API.Limits.Cursor {
		for add(p); p.More; add(p) {
			q.Cursor = p.Next
			if p, err = list(q); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	for n := (p.Total + q.Size - 1) / q.Size; n >= 1; n-- {
		q.Page = n
		if p, err = list(q); err != nil {
			t.Fatal(err)
		}
		add(p)
	}
	return out
}

func (st *stand) orders(t *testing.T, by channel.Stream, from, to int64) map[string]channel.Item {
	t.Helper()
	span := st.m.API.Limits.ModifiedSpan
	if by == channel.ByCreated {
		span = st.m.API.Limits.CreatedSpan
	}
	out := map[string]channel.Item{}
	for lo := from; lo < to; lo += span {
		q := channel.Query{Stream: by, From: lo, To: min(lo+span, to)}
		for no, i := range st.gather(t, q, func(q channel.Query) (channel.Page, error) { return st.c.List(t.Context(), q) }) {
			out[no] = i
		}
	}
	return out
}

func TestOrdersOfKuaishouAndXhsArriveAsTheyAre(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			if err := st.c.Test(t.Context()); err != nil {
				t.Fatal(err)
			}
			for poison := 1; poison <= 3; poison++ {
				st.s.Do(func(tx *world.Tx) {
					if _, err := tx.Create(world.Wanted{Paid: true, Poison: poison}); err != nil {
						t.Fatal(err)
					}
				})
			}
			end := st.w.Now() + 1000
			modified := st.orders(t, channel.ByModified, end-5*24*3600_000, end)
			created := st.orders(t, channel.ByCreated, end-6*24*3600_000, end)
			var truth []world.Order
			st.s.Do(func(tx *world.Tx) {
				for _, o := range tx.Orders(0, 10_000) {
					truth = append(truth, *o)
				}
			})
			if len(truth) < 200 || len(modified) != len(truth) || len(created) != len(truth) {
				t.Errorf("%d orders by modified, %d by created, of %d", len(modified), len(created), len(truth))
			}
			for _, o := range truth {
				i, ok := modified[o.No]
				if !ok || i.ModifiedAt/1000 != o.ModifiedAt/1000 {
					t.Errorf("%s is missing, or has another time: %+v", o.No, i)
					continue
				}
				st.compare(t, asTold(p, o), i)
			}
		})
	}
}

func TestWhatMovesWhileKuaishouAndXhsAreListedIsNotMissed(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			from := st.w.Now()
			var made []string
			for range 90 {
				st.s.Do(func(tx *world.Tx) {
					o, err := tx.Create(world.Wanted{Paid: true})
					if err != nil {
						t.Fatal(err)
					}
					made = append(made, o.No)
				})
				st.w.Advance(time.Second)
			}
			to := st.w.Now()
			st.w.Advance(time.Minute)
			st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{MutatePageRate: 1}) })
			seen := st.orders(t, channel.ByModified, from, to)
			for _, no := range made {
				if _, ok := seen[no]; !ok && st.truth(no).ModifiedAt < to {
					t.Errorf("%s was missed", no)
				}
			}
		})
	}
}

// lost is what the client says when the answer to do was lost on its way.
func (st *stand) lost(t *testing.T, do func() error) {
	t.Helper()
	st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{DropRate: 1}) })
	if err := do(); !errors.Is(err, channel.ErrUnknownOutcome) && !errors.Is(err, channel.ErrUnavailable) {
		t.Errorf("a lost answer: %v", err)
	}
	st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{}) })
}

func TestParcelsOfKuaishouAndXhsGoOnce(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			shipper := st.c.(channel.Shipper)
			// The client knows the carriers and the order before the answer is lost.
			first := st.oneOf(t, toShip)
			ship := channel.ShipRequest{Key: "k-0", OrderNo: first.No, Carrier: "ZTO", Waybill: "73100000000000", Last: true}
			if err := shipper.Ship(ctx, ship); err != nil {
				t.Fatal(err)
			}
			o := st.oneOf(t, func(o *world.Order) bool { return toShip(o) && len(o.Lines) == 1 && o.Lines[0].Quantity > 1 })
			ship = channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true,
				Lines: []channel.ParcelLine{{LineNo: asTold(p, *o).Lines[0].No, ItemNo: o.Lines[0].ItemNo, SKUNo: o.Lines[0].SKUNo, Quantity: o.Lines[0].Quantity}}}
			st.lost(t, func() error { return shipper.Ship(ctx, ship) })
			// Xiaohongshu is asked what is left first, so that this question was lost.
			if err := shipper.Ship(ctx, ship); err != nil && !errors.Is(err, channel.ErrDone) && !errors.Is(err, channel.ErrRefused) {
				t.Errorf("again: %v", err)
			}
			got := st.truth(o.No)
			if got.Status != world.Shipped || len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
				t.Fatalf("%s %+v", got.Status, got.Parcels)
			}
			ship.Waybill = "73100000000009"
			if err := st.c.(channel.WaybillChanger).ChangeWaybill(ctx, ship, "ZTO", "73100000000001"); err != nil {
				t.Error(err)
			}
			if got := st.truth(o.No); len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
				t.Errorf("changed to %+v", got.Parcels)
			}
			if c, ok := st.c.(channel.ParcelAppender); ok {
				ship.Waybill = "73100000000010"
				if err := c.AppendParcel(ctx, ship); err != nil {
					t.Error(err)
				}
				if got := st.truth(o.No); len(got.Parcels) != 2 {
					t.Errorf("%+v", got.Parcels)
				}
			}
			var held string
			st.s.Do(func(tx *world.Tx) {
				o, err := tx.Create(world.Wanted{Paid: true, Holds: []string{world.HoldRisk}})
				if err != nil {
					t.Fatal(err)
				}
				held = o.No
			})
			if err := shipper.Ship(ctx, channel.ShipRequest{Key: "k-2", OrderNo: held, Carrier: "ZTO", Waybill: "73100000000003"}); !errors.Is(err, channel.ErrRefused) {
				t.Errorf("a held order: %v", err)
			}
		})
	}
}

func TestPiecesOfKuaishouAndLinesOfXhsGoApart(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			var o world.Order
			want := world.Wanted{Paid: true, Lines: 2, Quantity: 3}
			for i := 0; i == 0 || !p.OneLine && (o.Lines[0].SKUNo == o.Lines[1].SKUNo || o.Lines[0].Gift || o.Lines[1].Gift); i++ {
				st.s.Do(func(tx *world.Tx) {
					made, err := tx.Create(want)
					if err != nil {
						t.Fatal(err)
					}
					o = *made
				})
			}
			told := asTold(p, o)
			parcel := func(waybill string, i int, n int64) channel.ShipRequest {
				return channel.ShipRequest{Key: waybill, OrderNo: o.No, Carrier: "YTO", Waybill: waybill, Lines: []channel.ParcelLine{{LineNo: told.Lines[i].No, SKUNo: o.Lines[i].SKUNo, Quantity: n}}}
			}
			ship := st.c.(channel.Shipper).Ship
			one, rest := parcel("YT2600216627986", 0, 3), channel.ShipRequest{Key: "r", OrderNo: o.No, Carrier: "YTO", Waybill: "YT2600216627987", Last: true, All: make([]channel.Parcel, 2)}
			if p.OneLine {
				one = parcel("YT2600216627986", 0, 1)
			}
			if err := ship(t.Context(), one); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); got.Status != world.PartlyShipped {
				t.Fatalf("%s", got.Status)
			}
			i, err := st.c.Get(t.Context(), o.No)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := st.c.Map(i.Raw); err != nil || got.Status != channel.PartlyShipped || got.Waybill == nil || got.Waybill.No != one.Waybill {
				t.Errorf("%v %+v", err, got)
			}
			if err := ship(t.Context(), rest); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); got.Status != world.Shipped || len(got.Parcels) != 2 {
				t.Errorf("%s %+v", got.Status, got.Parcels)
			}
			if i, err = st.c.Get(t.Context(), o.No); err != nil {
				t.Fatal(err)
			}
			if got, err := st.c.Map(i.Raw); err != nil || got.Status != channel.Shipped || len(got.Waybills) != 2 {
				t.Errorf("%v %+v", err, got)
			}
		})
	}
}

func TestNotesStockAndClosingReachKuaishouAndXhs(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			o := st.oneOf(t, toShip)
			for _, flag := range []int{1, 2, 3, 4, 5, 0} {
				memo := channel.Memo{OrderNo: o.No, Text: "加急 <b>& 100%", Flag: flag}
				if err := st.c.(channel.MemoWriter).WriteMemo(ctx, memo); err != nil {
					t.Fatal(err)
				}
				if got := st.truth(o.No); got.Memo != memo.Text || got.Flag != flag {
					t.Errorf("memo %q %d, want %d", got.Memo, got.Flag, flag)
				}
			}
			var goods []world.Listing
			st.s.Do(func(tx *world.Tx) { goods = tx.Listings() })
			for _, n := range []int64{4711, 3, 3} {
				each, err := st.c.(channel.StockPusher).PushStock(ctx, []channel.StockLevel{{Key: "s", ItemNo: goods[0].ItemNo, SKUNo: goods[0].SKUNo, Code: goods[0].Code, Quantity: n}})
				if err != nil || each[0] != nil {
					t.Fatal(each, err)
				}
				st.s.Do(func(tx *world.Tx) {
					if got := tx.Listings()[0].Stock; got != n {
						t.Errorf("stock %d, want %d", got, n)
					}
				})
			}
			if c, ok := st.c.(channel.Closer); ok {
				var no string
				st.s.Do(func(tx *world.Tx) {
					o, err := tx.Create(world.Wanted{Still: true})
					if err != nil {
						t.Fatal(err)
					}
					no = o.No
				})
				if err := c.CloseOrder(ctx, no, "缺货"); err != nil || st.truth(no).Status != world.Closed {
					t.Errorf("%v %s", err, st.truth(no).Status)
				}
			}
		})
	}
}

func TestCasesOfKuaishouAndXhsAreDecided(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			lister, decider := st.c.(channel.AftersaleLister), st.c.(channel.AftersaleDecider)
			var truth []world.Case
			st.s.Do(func(tx *world.Tx) {
				for _, x := range tx.AllCases(0, 10_000) {
					truth = append(truth, *x)
				}
			})
			approved, refused := map[string]bool{}, 0
			for n, x := range truth {
				q := channel.Query{Stream: channel.ByModified, From: x.ModifiedAt - 60_000, To: x.ModifiedAt + 60_000}
				listed := st.gather(t, q, func(q channel.Query) (channel.Page, error) { return lister.ListAftersales(ctx, q) })
				detail, err := lister.GetAftersale(ctx, x.No, x.OrderNo)
				if err != nil {
					t.Fatal(err)
				}
				var got channel.Case
				for _, raw := range [][]byte{listed[x.No].Raw, detail.Raw} {
					if got, err = lister.MapAftersale(raw); err != nil || got.No != x.No || got.OrderNo != x.OrderNo || got.Kind != x.Kind || got.RefundFen != x.Refund || got.ReturnWaybill != x.ReturnWaybill {
						t.Errorf("%v: %+v\nwant %+v", err, got, x)
					}
				}
				if want := channel.AftersaleState(x.State); got.State != want {
					t.Errorf("%s %s is %s, want %s", x.No, x.Kind, got.State, want)
				}
				if x.State != world.CaseRequested {
					continue
				}
				d := channel.Decision{Key: "d-" + x.No, Case: got, Approve: !approved[x.Kind] || n%2 == 0, AmountFen: x.Refund, Reason: "其他", ReturnAddressNo: "1"}
				if err := decider.DecideAftersale(ctx, d); err != nil {
					t.Errorf("%s %s: %v", x.No, x.Kind, err)
				}
				if err := decider.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrDone) && !errors.Is(err, channel.ErrRefused) {
					t.Errorf("%s decided twice: %v", x.No, err)
				}
				var after world.CaseState
				st.s.Do(func(tx *world.Tx) { after = tx.Case(x.No).State })
				if after == world.CaseRequested || d.Approve == (after == world.CaseRefused) {
					t.Errorf("case %s, approved %v, is %s", x.No, d.Approve, after)
				}
				if d.Approve {
					approved[x.Kind] = true
				} else {
					refused++
				}
			}
			if len(truth) < 5 || !approved["refund"] || refused == 0 {
				t.Errorf("of %d cases approved %v, refused %d", len(truth), approved, refused)
			}
			if _, err := lister.GetAftersale(ctx, "404404404404404", ""); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such case: %v", err)
			}
		})
	}
}

func TestKuaishouAndXhsRefuseInTheirWords(t *testing.T) {
	for _, p := range kuaishouAndXhs() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			if _, err := st.c.Get(ctx, "404404404404404"); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
			for name, f := range map[string]struct {
				faults world.Faults
				want   error
			}{
				"throttled":  {world.Faults{ThrottleRate: 1, BanSeconds: 5}, channel.ErrThrottled},
				"internal":   {world.Faults{ErrorRate: 1}, channel.ErrUnavailable},
				"address":    {world.Faults{IPNotListed: true}, channel.ErrIPNotListed},
				"permission": {world.Faults{PermissionDenied: true}, channel.ErrPermission},
			} {
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(f.faults) })
				err := st.c.Test(ctx)
				if !errors.Is(err, f.want) {
					t.Errorf("%s: %v", name, err)
				}
				if e := errs.As(err); name == "throttled" && e != nil && e.Params["retry_ms"].(int64) < 1000 {
					t.Errorf("no time to wait: %v", err)
				}
				st.w.Advance(10 * time.Second)
			}
			st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{}) })
			late := st.a
			late.Clock = clock.NewFake(start.Add(-time.Hour))
			if c, err := st.m.API.Open(late); err != nil || !errors.Is(c.Test(ctx), channel.ErrClock) {
				t.Errorf("a wrong clock: %v", err)
			}
			o := st.oneOf(t, toShip)
			i, err := st.c.Get(ctx, o.No)
			if err != nil {
				t.Fatal(err)
			}
			got, err := st.c.Map(i.Raw)
			if err != nil || !got.Receiver.Encrypted {
				t.Fatalf("%v %+v", err, got.Receiver)
			}
			plain, err := st.c.(channel.Decrypter).Decrypt(ctx, []channel.Cipher{{OrderNo: o.No, Field: "name", Text: got.Receiver.Name}, {OrderNo: o.No, Field: "address", Text: got.Receiver.Detail},
				{OrderNo: o.No, Field: "phone", Text: "forged"}}, "ship")
			if err != nil || !slices.Equal(plain, []string{o.Receiver.Name, o.Receiver.Detail, ""}) {
				t.Errorf("%q %v, want %q %q", plain, err, o.Receiver.Name, o.Receiver.Detail)
			}
			if c, ok := st.c.(channel.Reviewer); ok {
				st.reviews(t, c)
			}
			st.w.Advance(8 * 24 * time.Hour)
			if err := st.c.Test(ctx); !errors.Is(err, channel.ErrTokenExpired) {
				t.Errorf("a token that ended: %v", err)
			}
		})
	}
}

// reviews are read to their end, and one is answered.
func (st *stand) reviews(t *testing.T, c channel.Reviewer) {
	t.Helper()
	for range 7 {
		st.s.Do(func(tx *world.Tx) {
			if _, err := tx.Create(world.Wanted{Paid: true, Acts: []world.Act{world.ActShipElsewhere, world.ActComplete, world.ActReview}}); err != nil {
				t.Fatal(err)
			}
		})
	}
	q := channel.Query{Stream: channel.ByCreated, From: st.w.Now() - 6*24*3600_000, To: st.w.Now(), Page: 1, Size: 3}
	seen := map[string]channel.Review{}
	total := 0
	for {
		all, page, err := c.ListReviews(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			seen[r.No] = r
		}
		if total, q.Cursor = page.Total, page.Next; !page.More {
			break
		}
	}
	if len(seen) != total || total == 0 {
		t.Fatalf("%d of %d reviews", len(seen), total)
	}
	for _, r := range seen {
		if r.Score < 1 || r.OrderNo == "" || r.CreatedAt == 0 {
			t.Errorf("%+v", r)
		}
	}
	var open string
	st.s.Do(func(tx *world.Tx) {
		page, _ := tx.Reviews(q.From, q.To, 0, 1000)
		for _, r := range page {
			if r.Reply == "" {
				open = r.No
			}
		}
	})
	if err := c.ReplyReview(t.Context(), seen[open], "谢谢"); err != nil {
		t.Fatalf("%q: %v", open, err)
	}
	st.s.Do(func(tx *world.Tx) {
		page, _ := tx.Reviews(q.From, q.To, 0, 1000)
		if !slices.ContainsFunc(page, func(r world.Review) bool { return r.No == open && r.Reply == "谢谢" }) {
			t.Errorf("%s has no answer", open)
		}
	})
}
