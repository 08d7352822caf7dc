package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/simulator"
	"github.com/ordercove/ordercove/internal/simulator/douyin"
	"github.com/ordercove/ordercove/internal/simulator/kuaishou"
	"github.com/ordercove/ordercove/internal/simulator/openmall"
	"github.com/ordercove/ordercove/internal/simulator/pdd"
	"github.com/ordercove/ordercove/internal/simulator/sandbox"
	"github.com/ordercove/ordercove/internal/simulator/shopify"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/woocommerce"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

var start = time.Date(2026, 11, 11, 4, 0, 0, 0, time.UTC)

// worldClock tells the simulator's time: platforms refuse a clock that is off.
type worldClock struct{ w *world.World }

func (c worldClock) Now() time.Time                         { return time.UnixMilli(c.w.Now()) }
func (c worldClock) After(d time.Duration) <-chan time.Time { return clock.System{}.After(d) }

// stand is one shop of the simulator and our client for it.
type stand struct {
	m channel.Manifest
	w *world.World
	s *world.Shop
	a channel.Access
	c channel.Client
}

// eventful is a life in which every kind of order and case occurs.
var eventful = world.Life{OrdersPerHour: 1, Scale: 1, NeverPaid: .06, Presale: .06, Group: .06, Risk: .05, AddressWish: .1, RefundBefore: .1, RefundAfter: .1, ShippedElsewhere: .05, MemoElsewhere: .05, Reviewed: .2}

// set makes a shop with orders of four days, and then nothing more happens by itself.
func set(t *testing.T, p world.Platform) *stand {
	t.Helper()
	return setShop(t, p, 1)
}

func setShop(t *testing.T, p world.Platform, number int) *stand {
	t.Helper()
	w, err := world.New(world.Config{Seed: 11, Clock: clock.NewFake(start), Backlog: 300, BacklogDays: 4, Profile: world.Profile{Life: eventful}})
	if err != nil {
		t.Fatal(err)
	}
	s := w.Add(p, number, "")
	s.Do(func(tx *world.Tx) { tx.Quiet(true) })
	mux := http.NewServeMux()
	mux.Handle("/"+p.Code+"/", http.StripPrefix("/"+p.Code, p.Handler(w)))
	mux.Handle("/"+p.Code, http.StripPrefix("/"+p.Code, p.Handler(w)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	hc, err := httpx.New(httpx.Options{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hc.CloseIdleConnections)
	m, ok := channel.Find(connector.All(), p.Code)
	if !ok || m.API == nil {
		t.Fatalf("no API for %s", p.Code)
	}
	st := &stand{m: m, w: w, s: s}
	// The gateway's own path goes behind the simulator's.
	gateway, err := url.Parse(m.API.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	st.a = channel.Access{HTTP: hc, Clock: worldClock{w}, BaseURL: server.URL + "/" + p.Code + strings.TrimPrefix(gateway.Path, "/"+p.Code)}
	return st.at(t, s)
}

// at is our client for a shop of the same world.
func (st *stand) at(t *testing.T, s *world.Shop) *stand {
	t.Helper()
	out := &stand{m: st.m, w: st.w, s: s, a: st.a}
	out.a.Credentials = map[string]string{}
	values := map[string]string{"app_key": s.AppKey, "app_secret": s.Secret, "client_id": s.AppKey, "client_secret": s.Secret, "secret": s.Secret, "shop_id": s.ID}
	if s.Platform.Credentials != nil {
		for k, v := range s.Platform.Credentials(s) {
			values[k] = v
		}
	}
	for _, one := range out.m.API.Credentials {
		out.a.Credentials[one.Name] = values[one.Name]
	}
	if o := out.m.API.OAuth; o != nil {
		out.authorise(t, o)
	}
	c, err := out.m.API.Open(out.a)
	if err != nil {
		t.Fatal(err)
	}
	out.c = c
	return out
}

// TestTheAddressThatTheSimulatorNamesIsEnough: people type in what it prints.
func TestTheAddressThatTheSimulatorNamesIsEnough(t *testing.T) {
	s, err := simulator.New(simulator.Config{Seed: 1, Profile: "calm", ShopsEach: 1, Orders: 3, Days: 1, Rate: 1}, clock.NewFake(start))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	for _, p := range platforms() {
		st := set(t, p)
		st.s, st.w = s.World.ShopsOf(p.Code)[0], s.World
		st.a.BaseURL, st.a.Clock = server.URL+"/"+p.Code, worldClock{s.World}
		for _, one := range st.m.API.Credentials {
			st.a.Credentials[one.Name] = map[string]string{"app_key": st.s.AppKey, "app_secret": st.s.Secret, "client_id": st.s.AppKey, "client_secret": st.s.Secret,
				"secret": st.s.Secret, "shop_id": st.s.ID}[one.Name]
		}
		if o := st.m.API.OAuth; o != nil {
			st.authorise(t, o)
		}
		c, err := st.m.API.Open(st.a)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Test(t.Context()); err != nil {
			t.Errorf("%s: %v", p.Code, err)
		}
	}
}

// authorise walks the way to a token, and renews it.
func (st *stand) authorise(t *testing.T, o *channel.OAuth) {
	t.Helper()
	if o.Exchange != nil {
		var code string
		st.s.Do(func(tx *world.Tx) { code = tx.NewCode() })
		token, err := o.Exchange(t.Context(), st.a, code, "https://shop.example/back")
		if err != nil || token.Access == "" {
			t.Fatalf("exchange: %v", err)
		}
		st.a.Token = token
	} else {
		token, err := o.Fetch(t.Context(), st.a)
		if err != nil {
			t.Fatalf("fetch: %v", err)
		}
		st.a.Token = token
	}
	if o.Refresh != nil {
		token, err := o.Refresh(t.Context(), st.a)
		if err != nil {
			t.Fatalf("refresh: %v", err)
		}
		st.a.Token = token
	}
}

func platforms() []world.Platform {
	return []world.Platform{sandbox.Platform(), taobao.Platform(), pdd.Platform(), douyin.Platform(), openmall.Platform()}
}

// sweep lists a span window by window, each window from its last page to its first,
// as the engine does.
func (st *stand) sweep(t *testing.T, by channel.Stream, from, to int64) map[string]channel.Item {
	t.Helper()
	l := st.m.API.Limits
	span := l.ModifiedSpan
	if by == channel.ByCreated {
		span = l.CreatedSpan
	}
	out := map[string]channel.Item{}
	for lo := from; lo < to; lo += span {
		q := channel.Query{Stream: by, From: lo, To: min(lo+span, to), Page: 1, Size: min(l.PageSize, 20)}
		first, err := st.c.List(t.Context(), q)
		if err != nil {
			t.Fatalf("%s from %d: %v", by, lo, err)
		}
		if first.ServerAt == 0 {
			t.Errorf("%s: no clock", by)
		}
		seen := map[string]bool{}
		for page := (first.Total + q.Size - 1) / q.Size; page >= 1; page-- {
			q.Page = page
			p, err := st.c.List(t.Context(), q)
			if err != nil {
				t.Fatalf("%s page %d: %v", by, page, err)
			}
			if p.More != (page*q.Size < p.Total) {
				t.Errorf("%s page %d of %d: more %v", by, page, p.Total, p.More)
			}
			for _, i := range p.Items {
				seen[i.No], out[i.No] = true, i
			}
		}
		if len(seen) != first.Total {
			t.Errorf("%s window at %d: %d of %d orders", by, lo, len(seen), first.Total)
		}
	}
	return out
}

func TestEveryOrderArrivesAsItIs(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			if err := st.c.Test(t.Context()); err != nil {
				t.Fatal(err)
			}
			end := st.w.Now()
			modified := st.sweep(t, channel.ByModified, end-5*24*3600_000, end)
			created := st.sweep(t, channel.ByCreated, end-6*24*3600_000, end)
			var truth []*world.Order
			st.s.Do(func(tx *world.Tx) { truth = tx.Orders(0, 10_000) })
			seen := 0
			for _, o := range truth {
				_, a := modified[o.No]
				_, b := created[o.No]
				if a != b {
					t.Errorf("%s: by modified %v, by created %v", o.No, a, b)
				}
				if !a && (p.Code != "pdd" || o.ConfirmedAt != 0) {
					t.Errorf("%s is missing", o.No)
				}
				if a {
					seen++
					st.compare(t, o, modified[o.No])
				}
			}
			if seen < 200 {
				t.Errorf("only %d orders", seen)
			}
		})
	}
}

// TestASpoiltOrderIsKeptApart: nobody can read it, and it does not hide the others.
func TestASpoiltOrderIsKeptApart(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			for poison := 1; poison <= 3; poison++ {
				st.s.Do(func(tx *world.Tx) {
					if _, err := tx.Create(world.Wanted{Paid: true, Poison: poison}); err != nil {
						t.Fatal(err)
					}
				})
			}
			now := st.w.Now()
			items := st.sweep(t, channel.ByModified, now-60_000, now+1000)
			refused := 0
			for _, i := range items {
				if i.Raw == nil {
					detail, err := st.c.Get(t.Context(), i.No)
					if err != nil {
						t.Fatal(err)
					}
					i.Raw = detail.Raw
				}
				if _, err := st.c.Map(i.Raw); err != nil {
					refused++
				}
			}
			if refused != 3 {
				t.Errorf("%d of 3 spoilt orders were noticed among %d", refused, len(items))
			}
		})
	}
}

func (st *stand) compare(t *testing.T, o *world.Order, i channel.Item) {
	t.Helper()
	detail, err := st.c.Get(t.Context(), o.No)
	if err != nil || detail.No != o.No {
		t.Errorf("%s: %+v %v", o.No, detail.No, err)
		return
	}
	if i.Raw == nil {
		i.Raw = detail.Raw
	}
	for what, raw := range map[string][]byte{"list": i.Raw, "detail": detail.Raw} {
		got, err := st.c.Map(raw)
		if o.Poison != 0 {
			if err == nil {
				t.Errorf("%s: nobody noticed poison %d", o.No, o.Poison)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s, %s: %v", o.No, what, err)
			continue
		}
		for _, fault := range st.differences(o, got) {
			t.Errorf("%s of %s (%s %s): %s", what, o.No, o.Status, got.StatusRaw, fault)
		}
	}
}

// differences between the truth and what we understood.
func (st *stand) differences(o *world.Order, got channel.Order) (out []string) {
	differ := func(what string, want, got any) {
		if fmt.Sprint(want) != fmt.Sprint(got) {
			out = append(out, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	differ("number", o.No, got.ChannelOrderNo)
	differ("status", st.expected(o), got.Status)
	differ("memo", o.Memo, got.SellerNote)
	differ("flag", o.Flag, got.Flag)
	differ("buyer's note", o.BuyerNote, got.BuyerNote)
	differ("paid at", o.PaidAt/1000, got.PaidAt/1000)
	differ("modified at", o.ModifiedAt/1000, got.ModifiedAt/1000)
	if o.ShipBy != 0 {
		differ("ship by", o.ShipBy/1000, got.ShipByAt/1000)
	}
	if o.Status == world.AwaitingShipment {
		holds := slices.ContainsFunc(o.Holds, func(h string) bool { return h != world.HoldWish })
		differ("held", holds, len(got.Holds) > 0)
	}
	differ("refund", o.Refund, got.RefundState)
	if st.m.Code != "sandbox" { // its wire does not tell
		differ("presale", o.Presale != nil, slices.Contains(got.Flags, channel.FlagPresale))
	}
	differ("lines", len(o.Lines), len(got.Lines))
	var goods, paid int64
	for i, l := range o.Lines {
		goods, paid = goods+l.Goods(), paid+l.Paid()
		if i >= len(got.Lines) {
			break
		}
		g := got.Lines[i]
		if g.ChannelLineNo != "" {
			differ("line number", l.No, g.ChannelLineNo)
		}
		differ("item", l.ItemNo, g.ChannelItemNo)
		differ("SKU", l.SKUNo, g.ChannelSKUNo)
		differ("code", l.Code, g.MerchantSKUCode)
		differ("title", l.Title, g.Title)
		differ("gift", l.Gift, g.IsGift)
		if g.Quantity == nil || *g.Quantity != l.Quantity {
			differ("quantity", l.Quantity, "another")
		}
		if g.PaidFen != nil {
			differ("line paid", l.Paid(), int64(*g.PaidFen))
		}
	}
	if o.PaidAt != 0 && got.Money.BuyerPaid != nil && o.Status != world.PartlyPaid {
		differ("paid", paid+o.Freight, int64(*got.Money.BuyerPaid))
	}
	if got.Money.Goods != nil {
		differ("goods", goods, int64(*got.Money.Goods))
	}
	if got.Money.Freight != nil {
		differ("freight", o.Freight, int64(*got.Money.Freight))
	}
	if len(o.Parcels) > 0 && (got.Waybill == nil || !slices.ContainsFunc(o.Parcels, func(p world.Parcel) bool { return p.Waybill == got.Waybill.No })) {
		differ("waybill", o.Parcels[0].Waybill, got.Waybill)
	}
	return out
}

// delivered is what a platform calls an order whose goods arrived, where it has no
// word for that.
var delivered = map[string]channel.Status{"taobao": channel.Shipped, "douyin": channel.Shipped, "pdd": channel.Completed}

func (st *stand) expected(o *world.Order) channel.Status {
	if s, ok := delivered[st.m.Code]; ok && o.Status == world.Delivered {
		return s
	}
	return channel.Status(o.Status)
}

// oneOf finds an order for which ok holds.
func (st *stand) oneOf(t *testing.T, ok func(*world.Order) bool) *world.Order {
	t.Helper()
	var found *world.Order
	st.s.Do(func(tx *world.Tx) {
		for _, o := range tx.Orders(0, 10_000) {
			if found == nil && o.Poison == 0 && ok(o) {
				found = o
			}
		}
	})
	if found == nil {
		t.Fatal("the world has no such order")
	}
	return found
}

func (st *stand) truth(no string) (o world.Order) {
	st.s.Do(func(tx *world.Tx) { o = *tx.Order(no) })
	return o
}

// appends: a parcel for an order that is shipped is one parcel more.
func appends(p world.Platform) bool { return p.Code == "openmall" }

func toShip(o *world.Order) bool {
	return o.Status == world.AwaitingShipment && len(o.Holds) == 0 && o.Refund == world.RefundNone
}

func TestAParcelShipsTheOrderOnce(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			o := st.oneOf(t, toShip)
			ship := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true}
			shipper := st.c.(channel.Shipper)
			if err := shipper.Ship(t.Context(), ship); err != nil {
				t.Fatal(err)
			}
			got := st.truth(o.No)
			if got.Status != world.Shipped || len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
				t.Errorf("%s %+v", got.Status, got.Parcels)
			}
			// Again with another number and key: it has been shipped, or it is refused.
			ship.Key, ship.Waybill = "k-2", "73100000000002"
			if appends(p) {
				// On this wire one more parcel is the same request.
			} else if err := shipper.Ship(t.Context(), ship); !errors.Is(err, channel.ErrDone) && !errors.Is(err, channel.ErrRefused) {
				t.Errorf("a second time: %v", err)
			}
			if c, ok := st.c.(channel.WaybillChanger); ok {
				ship.Key = "k-3"
				if err := c.ChangeWaybill(t.Context(), ship, "ZTO", "73100000000001"); err != nil {
					t.Errorf("change: %v", err)
				} else if got := st.truth(o.No); len(got.Parcels) != 1 || got.Parcels[0].Waybill != ship.Waybill {
					t.Errorf("changed to %+v", got.Parcels)
				}
			}
			ship.OrderNo = "404404404404404"
			if err := shipper.Ship(t.Context(), ship); !errors.Is(err, channel.ErrNotFound) && !errors.Is(err, channel.ErrRefused) {
				t.Errorf("no such order: %v", err)
			}
		})
	}
}

func TestAParcelOfSomeLinesLeavesTheRest(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			if !st.m.Can(channel.ShipLines) {
				return
			}
			o := st.oneOf(t, func(o *world.Order) bool {
				return toShip(o) && len(o.Lines) > 1 && !o.Lines[0].Gift && !o.Lines[1].Gift
			})
			one := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "YTO", Waybill: "YT2600216627986", Lines: []channel.ParcelLine{{LineNo: o.Lines[0].No, Quantity: o.Lines[0].Quantity}}}
			if err := st.c.(channel.Shipper).Ship(t.Context(), one); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); got.Status != world.PartlyShipped || got.Lines[1].Sent != 0 || got.Lines[0].Sent != o.Lines[0].Quantity {
				t.Errorf("%s %+v", got.Status, got.Lines)
			}
		})
	}
}

func TestMemosAddressesAndStockReachThePlatform(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			ctx := t.Context()
			o := st.oneOf(t, toShip)
			for flag := 1; flag <= 5; flag++ {
				memo := channel.Memo{OrderNo: o.No, Text: "加急 <b>& 100%", Flag: flag}
				if err := st.c.(channel.MemoWriter).WriteMemo(ctx, memo); err != nil {
					t.Fatal(err)
				}
				if got := st.truth(o.No); got.Memo != memo.Text || got.Flag != flag {
					t.Errorf("memo %q %d, want %d", got.Memo, got.Flag, flag)
				}
			}
			// The simulator has no list of regions, which Pinduoduo's call needs.
			if c, ok := st.c.(channel.AddressChanger); ok && p.Code != "pdd" {
				to := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: o.Receiver.Province, City: o.Receiver.City, District: o.Receiver.District, Detail: "孤山路 1 号"}
				if err := c.ChangeAddress(ctx, o.No, to); err != nil {
					t.Errorf("address: %v", err)
				} else if got := st.truth(o.No).Receiver; got.Name != to.Name || got.Phone != to.Phone {
					t.Errorf("%+v", got)
				}
			}
			var goods []world.Listing
			st.s.Do(func(tx *world.Tx) { goods = tx.Listings() })
			l := goods[0]
			each, err := st.c.(channel.StockPusher).PushStock(ctx, []channel.StockLevel{{Key: "s-1", ItemNo: l.ItemNo, SKUNo: l.SKUNo, Code: l.Code, Quantity: 4711}})
			if err != nil || each[0] != nil {
				t.Fatal(each, err)
			}
			st.s.Do(func(tx *world.Tx) {
				if got := tx.Listings()[0].Stock; got != 4711 {
					t.Errorf("stock %d", got)
				}
			})
		})
	}
}

func (st *stand) unpaid(t *testing.T) *world.Order {
	t.Helper()
	var o *world.Order
	st.s.Do(func(tx *world.Tx) {
		var err error
		if o, err = tx.Create(world.Wanted{Still: true, Lines: 2, CreatedAt: tx.Now() - 60_000}); err != nil {
			t.Fatal(err)
		}
	})
	return o
}

func TestPricesOfUnpaidOrdersChange(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			c, ok := st.c.(channel.PriceChanger)
			if !ok {
				return
			}
			o := st.unpaid(t)
			change := channel.PriceChange{OrderNo: o.No, Freight: 777}
			for i, l := range o.Lines {
				change.Lines = append(change.Lines, channel.LinePrice{LineNo: l.No, Was: l.Paid(), Now: max(0, l.Paid()-int64(i)*100)})
			}
			if err := c.ChangePrice(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			got := st.truth(o.No)
			for i, l := range got.Lines {
				if l.Paid() != change.Lines[i].Now {
					t.Errorf("line %s costs %d, want %d", l.No, l.Paid(), change.Lines[i].Now)
				}
			}
			if got.Freight != 777 {
				t.Errorf("freight %d", got.Freight)
			}
		})
	}
}

func TestWishesForAnotherAddressAreAnswered(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			c, ok := st.c.(channel.AddressAnswerer)
			if !ok {
				return
			}
			wished := func(o *world.Order) bool { return o.Wish != nil && o.Status == world.AwaitingShipment }
			for _, accept := range []bool{true, false} {
				o := st.oneOf(t, wished)
				want := o.Receiver
				if accept {
					want = *o.Wish
				}
				if err := c.AnswerAddressChange(t.Context(), channel.AddressAnswer{OrderNo: o.No, Accept: accept, Reason: "已出库"}); err != nil {
					t.Fatal(err)
				}
				if got := st.truth(o.No); got.Wish != nil || got.Receiver != want {
					t.Errorf("accepted %v: %+v", accept, got.Receiver)
				}
			}
		})
	}
}

func TestReviewsArriveAndAreAnswered(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			c, ok := st.c.(channel.Reviewer)
			if !ok {
				return
			}
			now := st.w.Now()
			var truth []world.Review
			done := st.oneOf(t, toShip)
			st.s.Do(func(tx *world.Tx) {
				for _, act := range []world.Act{world.ActShipElsewhere, world.ActDeliver, world.ActComplete, world.ActReview} {
					if err := tx.Perform(done.No, act); err != nil {
						t.Fatal(act, err)
					}
				}
			})
			st.s.Do(func(tx *world.Tx) { truth, _ = tx.Reviews(0, now, 0, 1000) })
			var got []channel.Review
			for page := 1; ; page++ {
				rows, answer, err := c.ListReviews(t.Context(), channel.Query{From: now - 5*24*3600_000, To: now, Page: page, Size: 20})
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, rows...)
				if !answer.More {
					break
				}
			}
			if len(got) != len(truth) || len(got) == 0 {
				t.Fatalf("%d reviews, want %d", len(got), len(truth))
			}
			if err := c.ReplyReview(t.Context(), got[0], "谢谢"); err != nil {
				t.Error(err)
			}
			st.s.Do(func(tx *world.Tx) { truth, _ = tx.Reviews(0, now, 0, 1000) })
			if !slices.ContainsFunc(truth, func(r world.Review) bool { return r.OrderNo == got[0].OrderNo && r.Reply == "谢谢" }) {
				t.Error("the reply did not arrive")
			}
		})
	}
}

func TestUnpaidOrdersAreClosedWhereThePlatformCan(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			c, ok := st.c.(channel.Closer)
			if !ok {
				return
			}
			o := st.unpaid(t)
			if err := c.CloseOrder(t.Context(), o.No, "缺货"); err != nil {
				t.Fatal(err)
			}
			if got := st.truth(o.No); got.Status != world.Closed {
				t.Errorf("%s", got.Status)
			}
		})
	}
}

func TestCasesArriveAndAreDecided(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			lister := st.c.(channel.AftersaleLister)
			var truth []*world.Case
			st.s.Do(func(tx *world.Tx) { truth = tx.AllCases(0, 10_000) })
			if len(truth) == 0 {
				t.Fatal("the world has no cases")
			}
			decided := false
			for _, x := range truth {
				q := channel.Query{Stream: channel.ByModified, From: x.ModifiedAt - 60_000, To: x.ModifiedAt + 60_000, Page: 1, Size: st.m.API.Limits.PageSize}
				page, err := lister.ListAftersales(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				at := slices.IndexFunc(page.Items, func(i channel.Item) bool { return i.No == x.No })
				if at < 0 {
					t.Errorf("case %s is not listed", x.No)
					continue
				}
				detail, err := lister.GetAftersale(t.Context(), x.No, x.OrderNo)
				if err != nil {
					t.Fatal(err)
				}
				for _, raw := range [][]byte{page.Items[at].Raw, detail.Raw} {
					got, err := lister.MapAftersale(raw)
					if err != nil || got.No != x.No || got.OrderNo != x.OrderNo || got.Kind != x.Kind || got.RefundFen != x.Refund {
						t.Errorf("%v: %+v\nwant %+v", err, got, *x)
						continue
					}
					decided = decided || st.decide(t, x, got)
				}
			}
			if !decided {
				t.Log("no case could be decided by this platform's API")
			}
		})
	}
}

// decide agrees to the first open case of a kind that the channel decides.
func (st *stand) decide(t *testing.T, x *world.Case, got channel.Case) bool {
	t.Helper()
	d, ok := st.c.(channel.AftersaleDecider)
	if !ok || x.State != world.CaseRequested || got.State != channel.AftersaleRequested {
		return false
	}
	err := d.DecideAftersale(t.Context(), channel.Decision{Key: "d-" + x.No, Case: got, Approve: true, AmountFen: x.Refund, Reason: "同意", ReturnAddressNo: "1"})
	if errors.Is(err, channel.ErrUnsupported) {
		return false
	}
	if err != nil {
		t.Errorf("case %s %s: %v", x.No, x.Kind, err)
		return true
	}
	st.s.Do(func(tx *world.Tx) {
		if after := tx.Case(x.No); after.State == world.CaseRequested {
			t.Errorf("case %s is still open", x.No)
		}
	})
	return true
}

func TestReceiversAreOpenedWithinTheQuota(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := setShop(t, p, 2) // every second own mall keeps its receivers to itself
			d, ok := st.c.(channel.Decrypter)
			if !ok {
				return
			}
			o := st.oneOf(t, toShip)
			i, err := st.c.Get(t.Context(), o.No)
			if err != nil {
				t.Fatal(err)
			}
			got, err := st.c.Map(i.Raw)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := d.Decrypt(t.Context(), []channel.Cipher{{OrderNo: o.No, Field: "name", Text: got.Receiver.Name}, {OrderNo: o.No, Field: "address", Text: got.Receiver.Detail}}, "ship")
			if err != nil || plain[0] != o.Receiver.Name || plain[1] != o.Receiver.Detail {
				t.Errorf("%q %v, want %q %q", plain, err, o.Receiver.Name, o.Receiver.Detail)
			}
		})
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for _, p := range platforms() {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			open := func(change func(*channel.Access)) channel.Client {
				a := st.a
				a.Credentials = map[string]string{}
				for k, v := range st.a.Credentials {
					a.Credentials[k] = v
				}
				change(&a)
				c, err := st.m.API.Open(a)
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			secret := open(func(a *channel.Access) {
				for _, one := range st.m.API.Credentials {
					if one.Secret {
						a.Credentials[one.Name] += "x"
					}
				}
			})
			if err := secret.Test(t.Context()); !errors.Is(err, channel.ErrSignature) {
				t.Errorf("another secret: %v", err)
			}
			late := open(func(a *channel.Access) { a.Clock = clock.NewFake(start.Add(-time.Hour)) })
			if err := late.Test(t.Context()); !errors.Is(err, channel.ErrClock) {
				t.Errorf("a wrong clock: %v", err)
			}
			if st.m.API.OAuth != nil {
				other := open(func(a *channel.Access) { a.Token.Access = "expired" })
				if err := other.Test(t.Context()); !errors.Is(err, channel.ErrTokenExpired) {
					t.Errorf("another token: %v", err)
				}
			}
			if _, err := st.c.Get(t.Context(), "404404404404404"); !errors.Is(err, channel.ErrNotFound) {
				t.Errorf("no such order: %v", err)
			}
			for name, f := range map[string]struct {
				faults world.Faults
				want   error
			}{
				"throttled": {world.Faults{ThrottleRate: 1}, channel.ErrThrottled},
				"internal":  {world.Faults{ErrorRate: 1}, channel.ErrUnavailable},
			} {
				st := set(t, p)
				st.s.Do(func(tx *world.Tx) { tx.SetFaults(f.faults) })
				if err := st.c.Test(t.Context()); !errors.Is(err, f.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestHintsArrive(t *testing.T) {
	t.Run("pulled", func(t *testing.T) {
		st := set(t, taobao.Platform())
		puller := st.c.(channel.HintPuller)
		if _, err := puller.PullHints(t.Context()); err != nil {
			t.Fatal(err)
		}
		o := st.oneOf(t, toShip)
		if err := st.c.(channel.MemoWriter).WriteMemo(t.Context(), channel.Memo{OrderNo: o.No, Text: "a", Flag: 1}); err != nil {
			t.Fatal(err)
		}
		found := false
		for range 50 {
			hints, err := puller.PullHints(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, h := range hints {
				found = found || h.OrderNo == o.No
				ids = append(ids, h.ID)
			}
			if err := puller.ConfirmHints(t.Context(), ids); err != nil {
				t.Fatal(err)
			}
			if found || len(hints) == 0 {
				break
			}
		}
		if !found {
			t.Error("no hint of the change")
		}
	})
	t.Run("streamed", func(t *testing.T) {
		st := set(t, pdd.Platform())
		o := st.oneOf(t, toShip)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if err := st.c.(channel.Shipper).Ship(ctx, channel.ShipRequest{Key: "k", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true}); err != nil {
			t.Fatal(err)
		}
		found := false
		err := st.c.(channel.HintStream).StreamHints(ctx, func(_ context.Context, h channel.Hint) error {
			if h.OrderNo == o.No {
				found = true
				stop()
			}
			return nil
		})
		if !found {
			t.Errorf("no hint of the shipment: %v", err)
		}
	})
	t.Run("pushed", func(t *testing.T) {
		for _, p := range []world.Platform{sandbox.Platform(), douyin.Platform(), openmall.Platform(), woocommerce.Platform(), shopify.Platform(), kuaishou.Platform()} {
			st := set(t, p)
			st.pushed(t, p)
		}
	})
}

// pushed lets the platform push to a hook that our client reads.
func (st *stand) pushed(t *testing.T, p world.Platform) {
	t.Helper()
	var client channel.PushReceiver
	var hints []channel.Hint
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 0, 1024)
		buf := make([]byte, 1024)
		for {
			n, err := r.Body.Read(buf)
			body = append(body, buf[:n]...)
			if err != nil {
				break
			}
		}
		got, reply, err := client.Receive(channel.Inbound{Method: r.Method, URL: r.URL, Header: r.Header, Body: body, At: st.w.Now()})
		if err != nil {
			t.Errorf("%s: %v", p.Code, err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		hints = append(hints, got...)
		w.Header().Set("Content-Type", reply.ContentType)
		w.WriteHeader(reply.Status)
		_, _ = w.Write(reply.Body)
	}))
	defer hook.Close()
	address, err := url.Parse(hook.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := st.w.Add(p, 2, address.String()+"/hook")
	a := st.a
	a.Credentials = map[string]string{}
	values := map[string]string{"app_key": s.AppKey, "app_secret": s.Secret, "secret": s.Secret, "shop_id": s.ID}
	if p.Credentials != nil {
		maps.Copy(values, p.Credentials(s))
	}
	for _, one := range st.m.API.Credentials {
		a.Credentials[one.Name] = values[one.Name]
	}
	c, err := st.m.API.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	client = c.(channel.PushReceiver)
	var no string
	s.Do(func(tx *world.Tx) {
		for range 2 { // in the place of the first event some webhook introduces itself
			o, err := tx.Create(world.Wanted{})
			if err != nil {
				t.Fatal(err)
			}
			if no = o.No; p.Code == "shopify" { // whose numbers are names
				no = shopName(o)
			}
		}
		tx.PushNow()
	})
	for range 1000 {
		if !s.Deliver(t.Context(), 100) {
			break
		}
	}
	if !slices.ContainsFunc(hints, func(h channel.Hint) bool { return h.OrderNo == no && h.ID != "" }) {
		t.Errorf("%s: no hint of %s among %s", p.Code, no, strconv.Itoa(len(hints)))
	}
}
