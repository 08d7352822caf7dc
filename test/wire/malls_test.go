package wire

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/openmall"
	"github.com/ordercove/ordercove/internal/simulator/shopify"
	"github.com/ordercove/ordercove/internal/simulator/woocommerce"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

func TestAnOwnMallTakesOneMoreParcelAndRemembersKeys(t *testing.T) {
	st := set(t, openmall.Platform())
	o := st.oneOf(t, toShip)
	ship := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true}
	for range 2 { // the second as if the first answer had been lost
		if err := st.c.(channel.Shipper).Ship(t.Context(), ship); err != nil {
			t.Fatal(err)
		}
	}
	if got := st.truth(o.No); got.Status != world.Shipped || len(got.Parcels) != 1 {
		t.Fatalf("%s %+v", got.Status, got.Parcels)
	}
	ship.Key, ship.Waybill = "k-2", "73100000000002"
	for range 2 {
		if err := st.c.(channel.ParcelAppender).AppendParcel(t.Context(), ship); err != nil {
			t.Fatal(err)
		}
	}
	if got := st.truth(o.No); len(got.Parcels) != 2 || got.Parcels[1].Waybill != ship.Waybill {
		t.Errorf("%+v", got.Parcels)
	}
	ship.Key = "k-3"
	if err := st.c.(channel.ParcelAppender).AppendParcel(t.Context(), ship); !errors.Is(err, channel.ErrDone) {
		t.Errorf("the same waybill under another key: %v", err)
	}
	ship.Key = "k-1"
	if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("the first key with another parcel: %v", err)
	}
	ship.Key, ship.Waybill = "k-4", "73100000000003"
	if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), ship, "ZTO", "73100000000002"); err != nil {
		t.Error(err)
	}
	if got := st.truth(o.No); len(got.Parcels) != 2 || got.Parcels[1].Waybill != ship.Waybill {
		t.Errorf("changed to %+v", got.Parcels)
	}
}

// foreign is what the world's orders look like on a wire that has fewer words.
type foreign struct {
	platform world.Platform
	// seen is the truth as far as the wire tells it.
	seen func(o world.Order) world.Order
	no   func(o *world.Order) string
}

func foreigners() []foreign {
	return []foreign{
		{woocommerce.Platform(), storeSees, func(o *world.Order) string { return o.No }},
		{shopify.Platform(), shopSees, shopName},
	}
}

// storeSees: a store completes an order when its parcel goes out, and has neither
// flags nor deadlines; the seller's notes are no part of an order.
func storeSees(o world.Order) world.Order {
	o.Memo, o.Flag, o.ShipBy = "", 0, 0
	o.Refund = withoutRequests(o.Refund)
	switch o.Status {
	case world.PartlyShipped:
		o.Status = world.AwaitingShipment
	case world.Shipped, world.Delivered, world.Completed:
		o.Status = world.Completed
		if o.Refund == world.RefundDone {
			o.Status = world.Closed
		}
	}
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		o.Lines[i].SKUNo = strconv.Itoa(7001 + o.Lines[i].SKU)
		o.Lines[i].Gift = false
	}
	return o
}

func shopName(o *world.Order) string { return "#" + strconv.FormatUint(1000+o.Serial, 10) }

// shopSees: fulfilments and payments are told apart, arrival and flags not at all.
func shopSees(o world.Order) world.Order {
	o.Flag, o.ShipBy = 0, 0
	o.Refund = withoutRequests(o.Refund)
	switch {
	case o.Status == world.Delivered || o.Status == world.Completed:
		o.Status = world.Shipped
	}
	if o.PaidAt != 0 {
		o.PaidAt = o.CreatedAt // processed; when money came is not told
		if o.Refund == world.RefundDone {
			o.Status = world.Closed
		}
	}
	o.Lines = slices.Clone(o.Lines)
	for i, l := range o.Lines {
		o.Lines[i].Title = l.Title + " - " + l.SKUText
		o.Lines[i].Gift = false
	}
	return o
}

// withoutRequests: such a wire tells what was refunded, not what was asked for.
func withoutRequests(r world.RefundStatus) world.RefundStatus {
	if r == world.RefundOpen || r == world.RefundRejected {
		return world.RefundNone
	}
	return r
}

// all lists a stream whichever way its pages go.
func (st *stand) all(t *testing.T, by channel.Stream, from, to int64) map[string]channel.Item {
	t.Helper()
	if !st.m.API.Limits.Cursor {
		return st.sweep(t, by, from, to)
	}
	out := map[string]channel.Item{}
	l := st.m.API.Limits
	span := l.ModifiedSpan
	if by == channel.ByCreated {
		span = l.CreatedSpan
	}
	for lo := from; lo < to; lo += span {
		q := channel.Query{Stream: by, From: lo, To: min(lo+span, to), Size: 20}
		for pages := 0; ; pages++ {
			p, err := st.c.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range p.Items {
				out[i.No] = i
			}
			if !p.More || pages > 1000 {
				break
			}
			q.Cursor = p.Next
		}
	}
	return out
}

func TestOrdersOfForeignStoresArriveAsTheyAre(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			if err := st.c.Test(t.Context()); err != nil {
				t.Fatal(err)
			}
			end := st.w.Now()
			modified, created := st.all(t, channel.ByModified, end-5*24*3600_000, end), st.all(t, channel.ByCreated, end-6*24*3600_000, end)
			var truth []*world.Order
			st.s.Do(func(tx *world.Tx) { truth = tx.Orders(0, 10_000) })
			refunds := 0
			for n, o := range truth {
				no := f.no(o)
				if _, both := created[no]; !both {
					t.Errorf("%s is missing by created", no)
				}
				raws := [][]byte{modified[no].Raw}
				if n%10 == 0 {
					detail, err := st.c.Get(t.Context(), no)
					if err != nil || detail.No != no {
						t.Fatalf("%s: %v", no, err)
					}
					raws = append(raws, detail.Raw)
				}
				for _, raw := range raws {
					got, err := st.c.Map(raw)
					if err != nil {
						t.Errorf("%s: %v", no, err)
						continue
					}
					want := f.seen(*o)
					want.No = no
					for _, fault := range st.differences(&want, got) {
						t.Errorf("%s (%s %s): %s", no, o.Status, got.StatusRaw, fault)
					}
					if o.Refunded > 0 {
						if refunds++; got.RefundFen == nil || int64(*got.RefundFen) != o.Refunded {
							t.Errorf("%s: refunded %v, want %d", no, got.RefundFen, o.Refunded)
						}
					}
				}
			}
			if len(truth) < 200 || refunds == 0 {
				t.Errorf("%d orders, %d refunds", len(truth), refunds)
			}
		})
	}
}

// TestNoOrderOfAForeignStoreSlipsAwayWhilePagesAreRead: a change moves an order out of
// the window; pages read from the last to the first, or by cursor, miss none of the rest.
func TestNoOrderOfAForeignStoreSlipsAwayWhilePagesAreRead(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			end := st.w.Now() - st.m.API.Limits.Lag - 1000
			before := st.all(t, channel.ByModified, end-5*24*3600_000, end)
			q := channel.Query{Stream: channel.ByModified, From: end - st.m.API.Limits.ModifiedSpan, To: end, Page: 1, Size: 20}
			first, err := st.c.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			moved, seen := st.oneOf(t, toShip), map[string]bool{}
			page := (first.Total + q.Size - 1) / q.Size
			for step := 0; ; step++ {
				q.Page = page
				p, err := st.c.List(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range p.Items {
					seen[i.No] = true
				}
				if step == 2 {
					st.s.Do(func(tx *world.Tx) {
						if err := tx.Perform(moved.No, world.ActShipElsewhere); err != nil {
							t.Fatal(err)
						}
					})
				}
				if page--; st.m.API.Limits.Cursor && !p.More || !st.m.API.Limits.Cursor && page < 1 {
					break
				}
				q.Cursor = p.Next
			}
			for no := range before {
				if !seen[no] && no != f.no(moved) {
					t.Errorf("%s slipped away", no)
				}
			}
		})
	}
}

func TestEffectsReachForeignStores(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			ctx := t.Context()
			o := st.oneOf(t, toShip)
			no := f.no(o)
			if err := st.c.(channel.MemoWriter).WriteMemo(ctx, channel.Memo{OrderNo: no, Text: "加急 & 包好", Flag: 1}); err != nil {
				t.Fatal(err)
			}
			to := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"}
			if err := st.c.(channel.AddressChanger).ChangeAddress(ctx, no, to); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); got.Memo == "" || got.Receiver.Name != to.Name || got.Receiver.Phone != to.Phone || got.Receiver.City != to.City {
				t.Errorf("memo %q, receiver %+v", got.Memo, got.Receiver)
			}
			i, err := st.c.Get(ctx, no)
			if err != nil {
				t.Fatal(err)
			}
			seen, err := st.c.Map(i.Raw)
			if err != nil || seen.Receiver.Name != to.Name || seen.Receiver.Province != to.Province {
				t.Errorf("%+v %v", seen.Receiver, err)
			}
			l := seen.Lines[0]
			each, err := st.c.(channel.StockPusher).PushStock(ctx, []channel.StockLevel{{Key: "s", ItemNo: l.ChannelItemNo, SKUNo: l.ChannelSKUNo, Quantity: 4711}, {Key: "x", ItemNo: "404404", SKUNo: "404405", Quantity: 1}})
			if err != nil || each[0] != nil || each[1] == nil {
				t.Fatal(each, err)
			}
			st.s.Do(func(tx *world.Tx) {
				if !slices.ContainsFunc(tx.Listings(), func(x world.Listing) bool { return x.ItemNo == l.ChannelItemNo && x.Stock == 4711 }) {
					t.Error("the stock did not arrive")
				}
			})
			closed := st.unpaid(t)
			if err := st.c.(channel.Closer).CloseOrder(ctx, f.no(closed), "缺货"); err != nil || st.truth(closed.No).Status != world.Closed {
				t.Errorf("close: %v", err)
			}
			if err := st.c.(channel.Closer).CloseOrder(ctx, f.no(closed), "缺货"); !errors.Is(err, channel.ErrDone) {
				t.Errorf("close again: %v", err)
			}
			if err := st.c.(channel.Closer).CloseOrder(ctx, no, "缺货"); !errors.Is(err, channel.ErrRefused) {
				t.Errorf("close a paid order: %v", err)
			}
		})
	}
}

func TestParcelsReachForeignStoresOnce(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			ctx := t.Context()
			o := st.oneOf(t, toShip)
			ship := channel.ShipRequest{Key: "k", OrderNo: f.no(o), Carrier: "ZTO", CarrierName: "中通快递", Waybill: "73100000000001", Last: true,
				All: []channel.Parcel{{Carrier: "ZTO", CarrierName: "中通快递", Waybill: "73100000000001"}}}
			shipper := st.c.(channel.Shipper)
			// The answer of the first is lost: the order is shipped, and then says so.
			if err := st.deaf(t).(channel.Shipper).Ship(ctx, ship); !errors.Is(err, channel.ErrUnknownOutcome) {
				t.Errorf("a lost answer: %v", err)
			}
			if err := shipper.Ship(ctx, ship); !errors.Is(err, channel.ErrDone) {
				t.Errorf("again: %v", err)
			}
			if got := st.truth(o.No); got.Status != world.Shipped || len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
				t.Fatalf("%s %+v", got.Status, got.Parcels)
			}
			ship.Waybill = "73100000000002"
			if err := st.c.(channel.WaybillChanger).ChangeWaybill(ctx, ship, "ZTO", "73100000000001"); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
				t.Errorf("%+v", got.Parcels)
			}
			if err := st.c.(channel.WaybillChanger).ChangeWaybill(ctx, ship, "ZTO", "73100000000001"); !errors.Is(err, channel.ErrDone) {
				t.Errorf("changed again: %v", err)
			}
			ship.OrderNo = "404404"
			if err := shipper.Ship(ctx, ship); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
		})
	}
}

func TestPricesOfForeignOrdersChange(t *testing.T) {
	st := set(t, woocommerce.Platform())
	o := st.unpaid(t)
	change := channel.PriceChange{OrderNo: o.No, Freight: 777}
	for i, l := range o.Lines {
		change.Lines = append(change.Lines, channel.LinePrice{LineNo: l.No, Was: l.Paid(), Now: max(0, l.Paid()-int64(i)*100)})
	}
	if err := st.c.(channel.PriceChanger).ChangePrice(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	got := st.truth(o.No)
	for i, l := range got.Lines {
		if l.Paid() != change.Lines[i].Now || got.Freight != 777 {
			t.Errorf("line %s costs %d, want %d; freight %d", l.No, l.Paid(), change.Lines[i].Now, got.Freight)
		}
	}
	change.OrderNo = st.oneOf(t, toShip).No
	if err := st.c.(channel.PriceChanger).ChangePrice(t.Context(), change); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("a paid order: %v", err)
	}
}

func TestForeignRefusalsAreToldApart(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			a := st.a
			a.Credentials = maps.Clone(st.a.Credentials)
			for _, one := range st.m.API.Credentials {
				if one.Secret {
					a.Credentials[one.Name] += "x"
				}
			}
			other, err := st.m.API.Open(a)
			if err != nil {
				t.Fatal(err)
			}
			if err := other.Test(t.Context()); !errors.Is(err, channel.ErrSignature) && !errors.Is(err, channel.ErrTokenExpired) {
				t.Errorf("another secret: %v", err)
			}
			if _, err := st.c.Get(t.Context(), "404404404404404"); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
			for _, x := range []struct {
				faults world.Faults
				want   error
			}{
				{world.Faults{ThrottleRate: 1}, channel.ErrThrottled}, {world.Faults{ErrorRate: 1}, channel.ErrUnavailable},
			} {
				st := set(t, f.platform)
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(x.faults) })
				if err := st.c.Test(t.Context()); !errors.Is(err, x.want) {
					t.Errorf("%v: %v", x.want, err)
				}
			}
		})
	}
}

// deaf is a client that does not hear the answers to its effects.
func (st *stand) deaf(t *testing.T) channel.Client {
	t.Helper()
	a, hc := st.a, *st.a.HTTP
	hc.Transport = deafness{hc.Transport}
	a.HTTP = &hc
	c, err := st.m.API.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type deafness struct{ next http.RoundTripper }

func (d deafness) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := d.next.RoundTrip(r)
	if err != nil || r.Method == http.MethodGet {
		return a, err
	}
	_, _ = io.Copy(io.Discard, a.Body)
	_ = a.Body.Close()
	return nil, io.ErrUnexpectedEOF
}

// TestRefundsOfForeignStoresAreCases: what was paid back is told, what was asked for is not.
func TestRefundsOfForeignStoresAreCases(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.platform.Code, func(t *testing.T) {
			st := set(t, f.platform)
			lister := st.c.(channel.AftersaleLister)
			truth := map[string]*world.Case{}
			owner := map[string]string{}
			st.s.Do(func(tx *world.Tx) {
				for _, x := range tx.AllCases(0, 10_000) {
					if x.State == world.CaseRefunded {
						truth[x.No], owner[x.No] = x, f.no(tx.Order(x.OrderNo))
					}
				}
			})
			got := map[string]channel.Item{}
			q := channel.Query{Stream: channel.ByModified, From: start.UnixMilli() - 6*24*3600_000, To: st.w.Now(), Page: 1, Size: 7}
			for {
				page, err := lister.ListAftersales(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range page.Items {
					got[i.No] = i
				}
				if !page.More {
					break
				}
				q.Page, q.Cursor = q.Page+1, page.Next
			}
			if len(truth) < 3 || len(got) != len(truth) {
				t.Fatalf("%d refunds listed of %d", len(got), len(truth))
			}
			for no, x := range truth {
				one, err := lister.GetAftersale(t.Context(), no, owner[no])
				if err != nil {
					t.Fatal(err)
				}
				for _, raw := range [][]byte{got[no].Raw, one.Raw} {
					c, err := lister.MapAftersale(raw)
					if err != nil || c.No != no || c.OrderNo != owner[no] || c.LineNo != x.LineNo || c.RefundFen != x.Refund || c.State != channel.AftersaleRefunded || c.ModifiedAt/1000 != x.ModifiedAt/1000 {
						t.Errorf("%+v %v\nwant %+v", c, err, *x)
					}
				}
			}
		})
	}
}
