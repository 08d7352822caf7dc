package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/simulator/douyin"
	"github.com/ordercove/ordercove/internal/simulator/kuaishou"
	"github.com/ordercove/ordercove/internal/simulator/pdd"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/wechat"
	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/xhs"
)

// issuing are the platforms with waybills of their own, by what the request that
// issues one mentions.
var issuing = []struct {
	platform world.Platform
	mentions string
}{{taobao.Platform(), "cainiao.waybill.ii.get"}, {pdd.Platform(), "pdd.waybill.get"}, {douyin.Platform(), "/logistics/newCreateOrder"}, {xhs.Platform(), "express.createEbillOrders"},
	{kuaishou.Platform(), "ebill.get"}, {wechat.Platform(), "/ewaybill/biz/order/create"}}

// deafTo loses the first answers to requests that mention a text, after they took effect.
type deafTo struct {
	next     http.RoundTripper
	mentions string
	lose     int
	seen     int
}

func (c *deafTo) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	res, err := c.next.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.String()+string(body), c.mentions) {
		return res, err
	}
	c.seen++
	if c.seen <= c.lose {
		_ = res.Body.Close()
		return nil, errors.New("connection reset")
	}
	return res, nil
}

// desk is a shop's client with one parcel to be labelled.
type desk struct {
	*stand
	cut    *deafTo
	issuer channel.WaybillIssuer
	branch channel.WaybillBranch
}

func deskAt(t *testing.T, p world.Platform, mentions string) *desk {
	t.Helper()
	d := &desk{stand: set(t, p), cut: &deafTo{mentions: mentions}}
	d.cut.next = d.a.HTTP.Transport
	d.a.HTTP = &http.Client{Transport: d.cut}
	c, err := d.m.API.Open(d.a)
	if err != nil {
		t.Fatal(err)
	}
	issuer, ok := c.(channel.WaybillIssuer)
	if !ok {
		t.Fatalf("%s issues no waybills", p.Code)
	}
	d.c, d.issuer = c, issuer
	d.branch = d.see(t)
	return d
}

// see asks for the one branch of the carrier that the tests ship with.
func (d *desk) see(t *testing.T) channel.WaybillBranch {
	t.Helper()
	list, err := d.issuer.WaybillBranches(t.Context(), "ZTO")
	if err != nil || len(list) != 1 || len(list[0].Senders) == 0 || list[0].Code == "" {
		t.Fatalf("branches: %+v %v", list, err)
	}
	return list[0]
}

// parcel is a new paid order as a request for a waybill; to is its province, empty
// for any.
func (d *desk) parcel(t *testing.T, key, to string) channel.WaybillRequest {
	t.Helper()
	var no string
	d.s.Do(func(tx *world.Tx) {
		o, err := tx.Create(world.Wanted{Paid: true})
		if err == nil && to != "" {
			err = tx.Readdress(o.No, "", world.Person{Province: to, City: "拉萨市", District: "城关区"})
		}
		if err != nil {
			t.Fatal(err)
		}
		no = o.No
	})
	item, err := d.c.Get(t.Context(), no)
	if err != nil {
		t.Fatal(err)
	}
	o, err := d.c.Map(item.Raw)
	if err != nil {
		t.Fatal(err)
	}
	sender := d.branch.Senders[0]
	sender.Name, sender.Phone = "小满家仓库", "13800000002"
	r := channel.WaybillRequest{Key: key, Orders: []string{no}, Carrier: "ZTO", Sender: sender, Receiver: o.Receiver, WeightGram: 480}
	for _, l := range o.Lines {
		r.Goods = append(r.Goods, channel.WaybillGoods{Name: l.Title, Quantity: *l.Quantity})
	}
	return r
}

// standing are the waybills that the platform counts as issued for an order.
func (d *desk) standing(no string) (out []world.Label) {
	d.s.Do(func(tx *world.Tx) { out = tx.LabelsOf(no) })
	return out
}

func eachDesk(t *testing.T, test func(t *testing.T, d *desk)) {
	for _, one := range issuing {
		t.Run(one.platform.Code, func(t *testing.T) { test(t, deskAt(t, one.platform, one.mentions)) })
	}
}

func TestAWaybillIsIssuedReadAndCancelled(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.parcel(t, "1", "")
		w, err := d.issuer.IssueWaybill(t.Context(), r)
		if err != nil || w.PrintData == "" || w.Carrier != "ZTO" {
			t.Fatalf("%+v %v", w, err)
		}
		if v := logistics.CheckWaybill("ZTO", w.No); v != logistics.OK {
			t.Errorf("%s as a number of the carrier: %v", w.No, v)
		}
		standing := d.standing(r.Orders[0])
		if len(standing) != 1 || standing[0].No != w.No {
			t.Fatalf("%+v", standing)
		}
		d.s.Do(func(tx *world.Tx) {
			if o := tx.Order(r.Orders[0]); standing[0].Receiver != o.Receiver {
				t.Errorf("goes to %+v, not %+v", standing[0].Receiver, o.Receiver)
			}
		})
		if b := d.see(t); b.Left != d.branch.Left-1 {
			t.Errorf("%d left of %d", b.Left, d.branch.Left)
		}
		once := d.m.Code == "kuaishou" // which tells print data only when it issues
		read, err := d.issuer.ReadWaybill(t.Context(), w.Name())
		if !once && (err != nil || read.No != w.No || read.PrintData == "") || once && !errors.Is(err, channel.ErrUnsupported) {
			t.Errorf("%+v %v", read, err)
		}
		if err := d.issuer.CancelWaybill(t.Context(), w.Name()); err != nil {
			t.Fatal(err)
		}
		if err := d.issuer.CancelWaybill(t.Context(), w.Name()); !errors.Is(err, channel.ErrDone) {
			t.Errorf("cancelled twice: %v", err)
		}
		if _, err := d.issuer.ReadWaybill(t.Context(), w.Name()); !once && !errors.Is(err, channel.ErrNotFound) {
			t.Errorf("a cancelled waybill: %v", err)
		}
		if b := d.see(t); b.Left != d.branch.Left || len(d.standing(r.Orders[0])) != 0 {
			t.Errorf("%d left of %d", b.Left, d.branch.Left)
		}
		if again, err := d.issuer.IssueWaybill(t.Context(), r); err != nil || again.No == w.No {
			t.Errorf("after the cancellation: %+v %v", again, err)
		}
	})
}

// TestALostAnswerCostsNoSecondWaybill: the request is asked again until it is answered.
func TestALostAnswerCostsNoSecondWaybill(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.parcel(t, "7300000000000000042-1", "")
		d.cut.lose = 2
		for range 2 {
			if _, err := d.issuer.IssueWaybill(t.Context(), r); !errors.Is(err, channel.ErrUnknownOutcome) {
				t.Fatal(err)
			}
		}
		w, err := d.issuer.IssueWaybill(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := d.issuer.IssueWaybill(t.Context(), r); err != nil || again.No != w.No {
			t.Errorf("%+v %v", again, err)
		}
		if s := d.standing(r.Orders[0]); len(s) != 1 || s[0].No != w.No {
			t.Errorf("%d waybills for one parcel", len(s))
		}
		r.Key = "7300000000000000042-2"
		if other, err := d.issuer.IssueWaybill(t.Context(), r); err != nil || other.No == w.No {
			t.Errorf("the second parcel: %+v %v", other, err)
		}
	})
}

func TestNoWaybillsLeftAndNobodyGoesThere(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		if _, err := d.issuer.IssueWaybill(t.Context(), d.parcel(t, "1", "西藏自治区")); !errors.Is(err, channel.ErrUnreachable) {
			t.Errorf("far away: %v", err)
		}
		d.s.Do(func(tx *world.Tx) {
			if err := tx.SetBalance(d.branch.Carrier, 1); err != nil {
				t.Fatal(err)
			}
		})
		last := d.parcel(t, "2", "")
		if _, err := d.issuer.IssueWaybill(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		if _, err := d.issuer.IssueWaybill(t.Context(), d.parcel(t, "3", "")); !errors.Is(err, channel.ErrWaybillBalance) {
			t.Errorf("with none left: %v", err)
		}
		if _, err := d.issuer.IssueWaybill(t.Context(), last); err != nil {
			t.Errorf("the one that is issued already: %v", err)
		}
		if b := d.see(t); b.Left != 0 {
			t.Errorf("%d left", b.Left)
		}
		elsewhere := d.parcel(t, "4", "")
		elsewhere.Sender.Detail = "文三路 1 号"
		if _, err := d.issuer.IssueWaybill(t.Context(), elsewhere); !errors.Is(err, channel.ErrRefused) {
			t.Errorf("from an address that is no branch's: %v", err)
		}
	})
}

// TestAParcelThatTravelsKeepsItsWaybill: its number cannot be given back.
func TestAParcelThatTravelsKeepsItsWaybill(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.parcel(t, "1", "")
		w, err := d.issuer.IssueWaybill(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.c.(channel.Shipper).Ship(t.Context(), channel.ShipRequest{Key: "s1", OrderNo: r.Orders[0], Carrier: "ZTO", Waybill: w.No, Last: true}); err != nil {
			t.Fatal(err)
		}
		if err := d.issuer.CancelWaybill(t.Context(), w.Name()); !errors.Is(err, channel.ErrRefused) {
			t.Error(err)
		}
	})
}

// TestAWaybillFollowsItsReceiver: where a platform lets a waybill be changed, the
// number stays and the parcel goes to the new address.
func TestAWaybillFollowsItsReceiver(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		updater, ok := d.issuer.(channel.WaybillUpdater)
		if ok != d.m.Can(channel.EWaybillUpdates) {
			t.Fatal("the manifest says otherwise")
		}
		if !ok {
			return
		}
		r := d.parcel(t, "1", "")
		w, err := d.issuer.IssueWaybill(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		moved := world.Person{Province: "四川省", City: "成都市", District: "武侯区", Detail: "天府大道 1 号"}
		d.s.Do(func(tx *world.Tx) {
			if err := tx.Readdress(r.Orders[0], "", moved); err != nil {
				t.Fatal(err)
			}
		})
		item, err := d.c.Get(t.Context(), r.Orders[0])
		if err != nil {
			t.Fatal(err)
		}
		o, err := d.c.Map(item.Raw)
		if err != nil {
			t.Fatal(err)
		}
		r.Receiver = o.Receiver
		again, err := updater.UpdateWaybill(t.Context(), w.Name(), r)
		if err != nil || again.No != w.No || again.PrintData == w.PrintData {
			t.Fatalf("%+v %v", again, err)
		}
		if s := d.standing(r.Orders[0]); len(s) != 1 || s[0].Receiver.City != moved.City || s[0].Receiver.Detail != moved.Detail {
			t.Errorf("%+v", s)
		}
		if _, err := updater.UpdateWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78000019999999"}, r); !errors.Is(err, channel.ErrNotFound) {
			t.Errorf("an unknown waybill: %v", err)
		}
	})
}

// TestAnAccountIssuesForOrdersOfAnotherShop: two shops of one merchant, one account. Each
// platform either takes who uses the number, or the connector does not say that it shares.
func TestAnAccountIssuesForOrdersOfAnotherShop(t *testing.T) {
	shared := 0
	eachDesk(t, func(t *testing.T, d *desk) {
		sharer, ok := d.c.(channel.WaybillSharer)
		if ok != d.m.Can(channel.EWaybillSharing) {
			t.Fatal("the manifest says otherwise")
		}
		if !ok {
			return
		}
		shared++
		r := d.parcel(t, "1", "")
		lender := d.s.World().Add(d.s.Platform, 2, "")
		lender.Do(func(tx *world.Tx) { tx.Quiet(true) })
		other := &desk{stand: d.at(t, lender), cut: d.cut}
		other.issuer = other.c.(channel.WaybillIssuer)
		other.branch = other.see(t)
		r.Sender = other.branch.Senders[0]
		r.Sender.Name, r.Sender.Phone = "小满家仓库", "13800000002"
		if w, err := other.issuer.IssueWaybill(t.Context(), r); err == nil {
			t.Fatalf("another shop's order as its own: %+v", w)
		}
		if err := sharer.ShareWaybill(t.Context(), &r); err != nil || r.Shop != d.s.ID {
			t.Fatalf("%q %v", r.Shop, err)
		}
		w, err := other.issuer.IssueWaybill(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := other.issuer.IssueWaybill(t.Context(), r); err != nil || again.No != w.No {
			t.Errorf("asked again: %+v %v", again, err)
		}
		if s := other.standing(r.Orders[0]); len(s) != 1 || s[0].No != w.No || s[0].Owner != d.s.ID || len(d.standing(r.Orders[0])) != 0 {
			t.Errorf("%+v", s)
		}
		if b := other.see(t); b.Left != other.branch.Left-1 || d.see(t).Left != d.branch.Left {
			t.Errorf("the lender has %d of %d left", b.Left, other.branch.Left)
		}
		name := w.Name()
		name.Shop = r.Shop
		if err := other.issuer.CancelWaybill(t.Context(), name); err != nil {
			t.Error(err)
		}
	})
	if shared < 3 {
		t.Errorf("only %d platforms share", shared)
	}
}
