package wire

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/simulator/jd"
	"github.com/ordercove/ordercove/internal/simulator/wechat"
	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/wxmall"
)

// listed are the platforms whose lists have numbers only or payments only, and JD.
func listed() []world.Platform {
	return []world.Platform{wechat.Platform(), jd.Platform(), wxmall.Platform()}
}

// window lists one window whole, forward by cursors or from the last page to the first.
func (st *stand) window(t *testing.T, list func(channel.Query) (channel.Page, error), q channel.Query) map[string]channel.Item {
	t.Helper()
	out := map[string]channel.Item{}
	ask := func() channel.Page {
		page, err := list(q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, i := range page.Items {
			out[i.No] = i
		}
		return page
	}
	page := ask()
	if page.ServerAt == 0 {
		t.Error("no clock")
	}
	if !st.m.API.Limits.Cursor {
		for q.Page = (page.Total + q.Size - 1) / q.Size; q.Page > 1; q.Page-- {
			ask()
		}
		q.Page = 1
		ask()
		return out
	}
	for n := 0; page.More; n++ {
		if page.Next == "" || n > 1000 {
			t.Fatalf("page %d leads nowhere", n)
		}
		q.Cursor = page.Next
		page = ask()
	}
	return out
}

// gather lists a span window by window.
func (st *stand) gatherAll(t *testing.T, by channel.Stream, from, to int64, into map[string]channel.Item) {
	t.Helper()
	span := st.m.API.Limits.ModifiedSpan
	if by == channel.ByCreated {
		span = st.m.API.Limits.CreatedSpan
	}
	list := func(q channel.Query) (channel.Page, error) { return st.c.List(t.Context(), q) }
	for lo := from; lo < to; lo += span {
		for no, i := range st.window(t, list, channel.Query{Stream: by, From: lo, To: min(lo+span, to), Page: 1, Size: 15}) {
			into[no] = i
		}
	}
}

// shown: merchants see the order.
func shown(p world.Platform, o *world.Order) bool {
	switch p.Code {
	case "jd":
		return o.PaidAt > 0
	case "wxmall":
		return o.ConfirmedAt > 0
	}
	return true
}

func TestNoOrderIsMissedWhileOthersMove(t *testing.T) {
	for _, p := range listed() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			if err := st.c.Test(t.Context()); err != nil {
				t.Fatal(err)
			}
			streams := []channel.Stream{channel.ByModified, channel.ByCreated}
			if st.m.API.Limits.ModifiedSpan == 0 {
				streams = streams[1:]
			}
			for _, by := range streams {
				got := map[string]channel.Item{}
				end := st.w.Now()
				// What moves from now on leaves the windows, as it does in the engine's.
				st.w.Advance(5 * time.Second)
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{MutatePageRate: .3}) })
				st.gatherAll(t, by, end-6*24*3600_000, end, got)
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{}) })
				st.gatherAll(t, by, end, st.w.Now(), got)
				var truth []*world.Order
				st.s.Do(func(tx *world.Tx) { truth = tx.Orders(0, 10_000) })
				seen := 0
				for _, o := range truth {
					i, ok := got[o.No]
					if ok != shown(p, o) {
						t.Errorf("%s: %s is listed: %v", by, o.No, ok)
						continue
					}
					if ok {
						seen++
						st.same(t, o, i)
					}
				}
				if seen < 200 {
					t.Errorf("only %d orders", seen)
				}
			}
		})
	}
}

// same reads an order from the list, where that has it, and asked for by itself.
func (st *stand) same(t *testing.T, o *world.Order, i channel.Item) {
	t.Helper()
	detail, err := st.c.Get(t.Context(), o.No)
	if err != nil || detail.No != o.No {
		t.Errorf("%s: %s %v", o.No, detail.No, err)
		return
	}
	raws := [][]byte{detail.Raw}
	if i.Raw != nil && st.m.API.Limits.ModifiedSpan == 0 {
		raws = append(raws, i.Raw) // nothing moved since
	}
	for _, raw := range raws {
		got, err := st.c.Map(raw)
		if err != nil {
			t.Errorf("%s: %v", o.No, err)
			continue
		}
		st.adapt(t, o, &got)
		for _, fault := range st.differences(o, got) {
			t.Errorf("%s (%s %s): %s", o.No, o.Status, got.StatusRaw, fault)
		}
	}
}

// adapt fills in what a platform does not tell, so that the rest can be compared.
func (st *stand) adapt(t *testing.T, o *world.Order, got *channel.Order) {
	t.Helper()
	told := func(what string, want, is any) {
		if fmt.Sprint(want) != fmt.Sprint(is) {
			t.Errorf("%s: %s is %v, want %v", o.No, what, is, want)
		}
	}
	if st.m.Code != "wxmall" && o.Status == world.Delivered && got.Status == channel.Shipped {
		got.Status = channel.Delivered
	}
	switch st.m.Code {
	case "wechat":
		got.Flag = o.Flag
		seen := map[string]int{}
		for i := range got.Lines {
			l := o.Lines[i]
			want := l.ItemNo + "-" + l.SKUNo
			if l.Gift {
				want += "-gift"
			}
			told("line number", want+strings.Repeat("+", seen[want]), got.Lines[i].ChannelLineNo)
			seen[want]++
			got.Lines[i].ChannelLineNo = l.No
		}
		if o.Refund == world.RefundRejected && got.RefundState == channel.RefundNone {
			got.RefundState = channel.RefundRejected // a refused case leaves no trace in the order
		}
	case "wxmall":
		told("title", strings.Join(titles(o), "、"), got.Lines[0].Title)
		got.Lines, got.Flag, got.SellerNote, got.BuyerNote, got.ModifiedAt, got.ShipByAt, got.Flags, got.Holds = nil, o.Flag, o.Memo, o.BuyerNote, o.ModifiedAt, o.ShipBy, nil, nil
		for _, l := range o.Lines {
			n := l.Quantity
			got.Lines = append(got.Lines, channel.Line{ChannelItemNo: l.ItemNo, ChannelSKUNo: l.SKUNo, MerchantSKUCode: l.Code, Title: l.Title, IsGift: l.Gift, Quantity: &n})
		}
		if got.RefundState != channel.RefundInProgress && o.Status != world.Closed {
			got.RefundState = channel.RefundState(o.Refund) // parts that were paid back are not told
		}
	}
}

func titles(o *world.Order) (out []string) {
	for _, l := range o.Lines {
		out = append(out, l.Title)
	}
	return out
}

// cutting loses the answers to one address, once they were made.
type cutting struct {
	base http.RoundTripper
	path string
	on   bool
}

func (c *cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := c.base.RoundTrip(r)
	if err != nil || !c.on || r.Method == http.MethodGet || !strings.HasSuffix(r.URL.Path, c.path) {
		return a, err
	}
	a.Body.Close()
	return nil, errors.New("connection reset")
}

func (st *stand) cut(t *testing.T, path string) *cutting {
	t.Helper()
	c := &cutting{base: http.DefaultTransport, path: path}
	a := st.a
	a.HTTP = &http.Client{Transport: c}
	opened, err := st.m.API.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	st.c = opened
	return c
}

func TestAnAnswerThatIsLostShipsOnce(t *testing.T) {
	for _, p := range listed() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			c := st.cut(t, map[string]string{"wechat": "/delivery/send", "jd": "/shipments", "wxmall": "/upload_shipping_info"}[p.Code])
			o := st.oneOf(t, toShip)
			ship := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true, Text: "毛巾"}
			c.on = true
			if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrUnknownOutcome) {
				t.Fatal(err)
			}
			c.on = false
			i, err := st.c.Get(t.Context(), o.No)
			if err != nil {
				t.Fatal(err)
			}
			got, err := st.c.Map(i.Raw)
			if err != nil || got.Status != channel.Shipped || got.Waybill == nil || got.Waybill.No != ship.Waybill || got.ShippedAt == 0 {
				t.Errorf("%+v %v", got, err)
			}
			if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrDone) && !errors.Is(err, channel.ErrRefused) {
				t.Errorf("again: %v", err)
			}
			if is := st.truth(o.No); is.Status != world.Shipped || len(is.Parcels) != 1 {
				t.Errorf("%s %+v", is.Status, is.Parcels)
			}
			ship.Waybill = "73100000000002"
			if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), ship, "ZTO", "73100000000001"); err != nil {
				t.Error(err)
			}
			if is := st.truth(o.No); len(is.Parcels) != 1 || is.Parcels[0].Waybill != ship.Waybill {
				t.Errorf("changed to %+v", is.Parcels)
			}
			ship.OrderNo = "404404404404404"
			if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
		})
	}
}

func TestParcelsOfSomeLinesAndThenTheRest(t *testing.T) {
	for _, p := range []world.Platform{wechat.Platform(), jd.Platform()} {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			o := st.oneOf(t, func(o *world.Order) bool {
				return toShip(o) && len(o.Lines) > 1 && !o.Lines[0].Gift && !o.Lines[1].Gift && o.Lines[0].SKUNo != o.Lines[1].SKUNo
			})
			l := o.Lines[0]
			one := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "YTO", Waybill: "YT2600216627986", Lines: []channel.ParcelLine{{ItemNo: l.ItemNo, SKUNo: l.SKUNo, Quantity: l.Quantity}}}
			if p.Code == "jd" {
				one.Lines[0].LineNo = l.No
			}
			shipper := st.c.(channel.Shipper)
			if err := shipper.Ship(t.Context(), one); err != nil {
				t.Fatal(err)
			}
			i, err := st.c.Get(t.Context(), o.No)
			if err != nil {
				t.Fatal(err)
			}
			got, err := st.c.Map(i.Raw)
			if err != nil || got.Status != channel.PartlyShipped || got.Lines[0].Status != channel.Shipped || got.Lines[1].Status != channel.AwaitingShipment {
				t.Errorf("%+v %v", got, err)
			}
			rest := channel.ShipRequest{Key: "k-2", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true}
			if err := shipper.Ship(t.Context(), rest); err != nil {
				t.Fatal(err)
			}
			if is := st.truth(o.No); is.Status != world.Shipped || len(is.Parcels) != 2 {
				t.Errorf("%s %+v", is.Status, is.Parcels)
			}
			rest.Waybill = "73100000000009"
			if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), rest, "YTO", "YT2600216627986"); err != nil {
				t.Error(err)
			}
			if is := st.truth(o.No); is.Parcels[0].Waybill != rest.Waybill || is.Parcels[1].Waybill != "73100000000001" {
				t.Errorf("changed to %+v", is.Parcels)
			}
		})
	}
}

func TestAPaymentIsReportedInSeveralParcels(t *testing.T) {
	st := set(t, wxmall.Platform())
	o := st.oneOf(t, func(o *world.Order) bool { return toShip(o) && len(o.Lines) > 1 })
	ship := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "SF", Waybill: "SF1234567890123", Last: true, ReceiverPhone: "138****0001",
		All: []channel.Parcel{{Carrier: "ZTO", Waybill: "73100000000001"}, {Carrier: "SF", Waybill: "SF1234567890123"}}}
	if err := st.c.(channel.Shipper).Ship(t.Context(), ship); err != nil {
		t.Fatal(err)
	}
	if is := st.truth(o.No); is.Status != world.Shipped || len(is.Parcels) != 2 {
		t.Errorf("%s %+v", is.Status, is.Parcels)
	}
	if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrDone) {
		t.Errorf("again: %v", err)
	}
	ship.Carrier, ship.Waybill = "YTO", "YT2600216627986"
	if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), ship, "ZTO", "73100000000001"); err != nil {
		t.Error(err)
	}
	if is := st.truth(o.No); len(is.Parcels) != 2 || is.Parcels[0].Waybill != ship.Waybill || is.Parcels[1].Waybill != "SF1234567890123" {
		t.Errorf("changed to %+v", is.Parcels)
	}
	ship.Waybill = "YT2600216627987"
	if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), ship, "YTO", "YT2600216627986"); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("a second correction: %v", err)
	}
}

func TestNotesAddressesPricesAndStockArrive(t *testing.T) {
	for _, p := range []world.Platform{wechat.Platform(), jd.Platform()} {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			o := st.oneOf(t, toShip)
			for flag := 1; flag <= 5; flag++ {
				memo := channel.Memo{OrderNo: o.No, Text: fmt.Sprintf("加急 <b>& %d%%", flag), Flag: flag}
				if err := st.c.(channel.MemoWriter).WriteMemo(ctx, memo); err != nil {
					t.Fatal(err)
				}
				if is := st.truth(o.No); is.Memo != memo.Text || p.Code == "jd" && is.Flag != flag {
					t.Errorf("memo %q %d", is.Memo, is.Flag)
				}
			}
			to := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: o.Receiver.Province, City: o.Receiver.City, District: o.Receiver.District, Detail: "孤山路1号"}
			if err := st.c.(channel.AddressChanger).ChangeAddress(ctx, o.No, to); err != nil {
				t.Errorf("address: %v", err)
			} else if is := st.truth(o.No).Receiver; is.Name != to.Name || is.Phone != to.Phone || is.Detail != to.Detail {
				t.Errorf("%+v", is)
			}
			var goods []world.Listing
			st.s.Do(func(tx *world.Tx) { goods = tx.Listings() })
			each, err := st.c.(channel.StockPusher).PushStock(ctx, []channel.StockLevel{{Key: "s-1", ItemNo: goods[0].ItemNo, SKUNo: goods[0].SKUNo, Quantity: 4711}, {Key: "s-2", ItemNo: "404", SKUNo: "404", Quantity: 1}})
			if err != nil || each[0] != nil || each[1] == nil {
				t.Fatal(each, err)
			}
			st.s.Do(func(tx *world.Tx) {
				if got := tx.Listings()[0].Stock; got != 4711 {
					t.Errorf("stock %d", got)
				}
			})
		})
	}
	t.Run("prices and wishes", func(t *testing.T) {
		st := set(t, wechat.Platform())
		o := st.unpaid(t)
		i, err := st.c.Get(t.Context(), o.No)
		if err != nil {
			t.Fatal(err)
		}
		got, err := st.c.Map(i.Raw)
		if err != nil {
			t.Fatal(err)
		}
		now := int64(*got.Lines[0].PaidFen) - 100
		change := channel.PriceChange{OrderNo: o.No, Freight: 777, Lines: []channel.LinePrice{{LineNo: got.Lines[0].ChannelLineNo, Was: now + 100, Now: now}}}
		if err := st.c.(channel.PriceChanger).ChangePrice(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if is := st.truth(o.No); is.Freight != 777 || is.Lines[0].Paid() != now {
			t.Errorf("%d %d", is.Freight, is.Lines[0].Paid())
		}
		for _, accept := range []bool{true, false} {
			o := st.oneOf(t, func(o *world.Order) bool { return o.Wish != nil && o.Status == world.AwaitingShipment })
			i, err := st.c.Get(t.Context(), o.No)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := st.c.Map(i.Raw); err != nil || !slices.Contains(got.Flags, channel.FlagAddressWish) {
				t.Errorf("%v %v", got.Flags, err)
			}
			want := o.Receiver
			if accept {
				want = *o.Wish
			}
			if err := st.c.(channel.AddressAnswerer).AnswerAddressChange(t.Context(), channel.AddressAnswer{OrderNo: o.No, Accept: accept}); err != nil {
				t.Fatal(err)
			}
			if is := st.truth(o.No); is.Wish != nil || is.Receiver != want {
				t.Errorf("accepted %v: %+v", accept, is.Receiver)
			}
		}
	})
}

func TestListedCasesArriveAndAreDecided(t *testing.T) {
	for _, p := range []world.Platform{wechat.Platform(), jd.Platform()} {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			lister := st.c.(channel.AftersaleLister)
			var truth []*world.Case
			st.s.Do(func(tx *world.Tx) { truth = tx.AllCases(0, 10_000) })
			list := func(q channel.Query) (channel.Page, error) { return lister.ListAftersales(t.Context(), q) }
			got := map[string]channel.Item{}
			now := st.w.Now()
			for lo := now - 6*24*3600_000; lo < now; lo += st.m.API.Limits.ModifiedSpan {
				for no, i := range st.window(t, list, channel.Query{Stream: channel.ByModified, From: lo, To: min(now, lo+st.m.API.Limits.ModifiedSpan), Page: 1, Size: 15}) {
					got[no] = i
				}
			}
			if len(truth) == 0 || len(got) != len(truth) {
				t.Fatalf("%d of %d cases", len(got), len(truth))
			}
			approve, decided := true, 0
			for _, x := range truth {
				i, err := lister.GetAftersale(t.Context(), x.No, x.OrderNo)
				if err != nil || got[x.No].Raw != nil && string(got[x.No].Raw) != string(i.Raw) {
					t.Fatal(err)
				}
				is, err := lister.MapAftersale(i.Raw)
				if err != nil || is.No != x.No || is.OrderNo != x.OrderNo || is.Kind != x.Kind || is.RefundFen != x.Refund || is.Quantity != x.Quantity || is.State != channel.AftersaleState(x.State) ||
					is.ModifiedAt/1000 != x.ModifiedAt/1000 || is.ReturnWaybill != x.ReturnWaybill {
					t.Errorf("%v: %+v\nwant %+v", err, is, *x)
					continue
				}
				d, ok := st.c.(channel.AftersaleDecider)
				if !ok || is.State != channel.AftersaleRequested {
					continue
				}
				if err := d.DecideAftersale(t.Context(), channel.Decision{Case: is, Approve: approve, AmountFen: is.RefundFen, Reason: "已协商", ReturnAddressNo: "1"}); err != nil {
					t.Errorf("%s approved %v: %v", is.Kind, approve, err)
				}
				st.s.Do(func(tx *world.Tx) {
					if after := tx.Case(x.No); after.State == world.CaseRequested || (after.State == world.CaseRefused) == approve {
						t.Errorf("%s approved %v: %s", is.Kind, approve, after.State)
					}
				})
				if err := d.DecideAftersale(t.Context(), channel.Decision{Case: is, Approve: !approve, Reason: "已协商"}); !errors.Is(err, channel.ErrRefused) && is.Kind == "refund" {
					t.Errorf("a second time: %v", err)
				}
				approve, decided = !approve, decided+1
			}
			if _, ok := st.c.(channel.AftersaleDecider); ok && decided < 2 {
				t.Errorf("only %d decided", decided)
			}
		})
	}
}

func TestMaskedReceiversAreOpened(t *testing.T) {
	st := set(t, wechat.Platform())
	o := st.oneOf(t, toShip)
	st.s.Do(func(tx *world.Tx) {
		for _, act := range []world.Act{world.ActShipElsewhere, world.ActDeliver, world.ActComplete} {
			if err := tx.Perform(o.No, act); err != nil {
				t.Fatal(act, err)
			}
		}
	})
	i, err := st.c.Get(t.Context(), o.No)
	if err != nil {
		t.Fatal(err)
	}
	got, err := st.c.Map(i.Raw)
	if err != nil || got.Receiver.Kind() != "masked" {
		t.Fatalf("%s %v", got.Receiver.Kind(), err)
	}
	plain, err := st.c.(channel.Decrypter).Decrypt(t.Context(), []channel.Cipher{{OrderNo: o.No, Field: "name"}, {OrderNo: o.No, Field: "phone"}}, "ship")
	if err != nil || plain[0] != o.Receiver.Name || plain[1] != o.Receiver.Phone {
		t.Errorf("%q %v", plain, err)
	}
}

func TestRefusalsOfListsAreToldApart(t *testing.T) {
	for _, p := range listed() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			if _, err := st.c.Get(t.Context(), "404404404404404"); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
			for name, f := range map[string]struct {
				faults world.Faults
				want   error
			}{
				"throttled":  {world.Faults{ThrottleRate: 1}, channel.ErrThrottled},
				"internal":   {world.Faults{ErrorRate: 1}, channel.ErrUnavailable},
				"cut":        {world.Faults{DropRate: 1}, channel.ErrUnavailable},
				"down":       {world.Faults{Outage: true}, channel.ErrUnavailable},
				"address":    {world.Faults{IPNotListed: true}, channel.ErrIPNotListed},
				"permission": {world.Faults{PermissionDenied: true}, channel.ErrPermission},
			} {
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(f.faults) })
				if err := st.c.Test(t.Context()); !errors.Is(err, f.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
			// A ban is over once the time is that we were told to wait.
			st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{PerSecond: 1, BanSeconds: 20}) })
			st.w.Advance(time.Second)
			if err := st.c.Test(t.Context()); err != nil {
				t.Error(err)
			}
			err := st.c.Test(t.Context())
			st.w.Advance(5 * time.Second)
			if within := st.c.Test(t.Context()); !errors.Is(err, channel.ErrThrottled) || !errors.Is(within, channel.ErrThrottled) {
				t.Fatalf("%v, within the ban %v", err, within)
			}
			wait, _ := errs.As(err).Params["retry_ms"].(int64)
			st.w.Advance(time.Duration(wait) * time.Millisecond)
			if err := st.c.Test(t.Context()); err != nil {
				t.Errorf("after %d ms: %v", wait, err)
			}
			st.s.Do(func(tx *world.Tx) { tx.SetFaults(world.Faults{}); tx.ExpireTokens(false) })
			if err := st.c.Test(t.Context()); !errors.Is(err, channel.ErrTokenExpired) {
				t.Errorf("an ended token: %v", err)
			}
			renew := st.m.API.OAuth.Refresh
			if renew == nil {
				renew = st.m.API.OAuth.Fetch
			}
			token, err := renew(t.Context(), st.a)
			if err != nil || token.Access == st.a.Token.Access || token.ExpiresAt <= st.w.Now() {
				t.Fatal(err)
			}
			st.a.Token = token
			if st.c, err = st.m.API.Open(st.a); err != nil {
				t.Fatal(err)
			}
			if err := st.c.Test(t.Context()); err != nil {
				t.Error(err)
			}
			a := st.a
			a.Credentials = map[string]string{}
			for k, v := range st.a.Credentials {
				a.Credentials[k] = v
			}
			a.Credentials["app_secret"] += "x"
			if _, err := renew(t.Context(), a); !errors.Is(err, channel.ErrSignature) {
				t.Errorf("another secret: %v", err)
			}
		})
	}
}

func TestSealedPushesArriveInEveryOrder(t *testing.T) {
	p := wechat.Platform()
	st := set(t, p)
	var client channel.PushReceiver
	var hints []channel.Hint
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		got, reply, err := client.Receive(channel.Inbound{Method: r.Method, URL: r.URL, Header: r.Header, Body: body, At: st.w.Now()})
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		hints = append(hints, got...)
		w.WriteHeader(reply.Status)
		_, _ = w.Write(reply.Body)
	}))
	defer hook.Close()
	s := st.w.Add(p, 2, hook.URL+"/hook")
	a := st.a
	a.Credentials = p.Credentials(s)
	c, err := st.m.API.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	client = c.(channel.PushReceiver)
	check, err := http.Get(st.a.BaseURL + "/-/check-hook?appid=" + s.AppKey)
	if err != nil || check.StatusCode != http.StatusOK {
		t.Fatal(err)
	}
	defer check.Body.Close()
	if body, err := io.ReadAll(check.Body); err != nil || !strings.Contains(string(body), `"ok":true`) {
		t.Errorf("the question whether the address is ours: %s %v", body, err)
	}
	var no string
	s.Do(func(tx *world.Tx) {
		o, err := tx.Create(world.Wanted{Paid: true})
		if err != nil {
			t.Fatal(err)
		}
		no = o.No
		for _, act := range []world.Act{world.ActShipElsewhere, world.ActDeliver, world.ActComplete} {
			if err := tx.Perform(no, act); err != nil {
				t.Fatal(act, err)
			}
		}
		tx.PushNow()
	})
	for range 1000 {
		if !s.Deliver(t.Context(), 100) {
			break
		}
	}
	topics := map[string]bool{}
	for _, h := range hints {
		if h.OrderNo == no && h.ID != "" && h.Account == s.AppKey && h.At > 0 {
			topics[h.Topic] = true
		}
	}
	for _, topic := range []string{"channels_ec_order_pay", "channels_ec_order_deliver", "channels_ec_order_confirm"} {
		if !topics[topic] {
			t.Errorf("no hint of %s among %v", topic, topics)
		}
	}
}
