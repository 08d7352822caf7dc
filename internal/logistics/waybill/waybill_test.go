package waybill_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
)

// post is a carrier that keeps its word: a key has one number until it is given back.
type post struct {
	mu     sync.Mutex
	byKey  map[string]string
	gone   map[string]bool
	next   int
	asks   int
	cuts   int   // so many of the next requests are carried out without an answer
	drops  int   // so many of the next requests are lost on the way there
	refuse error // of every issue
	left   int   // issues until the branch has none left, from 1; 0 never
	strict bool  // refuses every second parcel
	keeps  bool  // refuses to take numbers back
	seen   []logistics.Request
}

func newPost() *post { return &post{byKey: map[string]string{}, gone: map[string]bool{}} }

func (p *post) fate() (lost, cut bool) {
	p.asks++
	if p.drops > 0 {
		p.drops--
		return true, false
	}
	if p.cuts > 0 {
		p.cuts--
		return false, true
	}
	return false, false
}

func (p *post) Test(context.Context) error { return nil }

func (p *post) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, r)
	lost, cut := p.fate()
	switch {
	case lost:
		return logistics.Issued{}, logistics.ErrUnknownOutcome
	case p.refuse != nil:
		return logistics.Issued{}, p.refuse
	case p.byKey[r.Key] != "":
		return logistics.Issued{}, logistics.ErrDone
	case p.strict && len(p.seen)%2 == 0:
		return logistics.Issued{}, logistics.Told(logistics.ErrRefused, "400", "地址不完整")
	case p.left == 1:
		return logistics.Issued{}, logistics.Told(logistics.ErrBalance, "15", "余额不足")
	}
	p.left = max(p.left-1, 0)
	p.next++
	no := "7500" + r.Key[len(r.Key)-18:len(r.Key)-5] + strconv.Itoa(p.next)
	p.byKey[r.Key] = no
	if cut {
		return logistics.Issued{}, logistics.ErrUnknownOutcome
	}
	return p.issued(no, r.Pieces), nil
}

func (p *post) issued(no string, pieces int) logistics.Issued {
	i := logistics.Issued{No: no, SortCode: "310-P6 031", Mark: "杭州", Bag: "浙江集散", QR: "MMM={'k1':'571'}"}
	for n := 2; n <= pieces; n++ {
		i.Children = append(i.Children, no+"-"+strconv.Itoa(n))
	}
	return i
}

func (p *post) Find(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if lost, cut := p.fate(); lost || cut {
		return logistics.Issued{}, logistics.ErrUnavailable
	}
	no := p.byKey[r.Key]
	switch {
	case no == "":
		return logistics.Issued{}, logistics.ErrNotFound
	case p.gone[no]:
		return logistics.Issued{}, logistics.ErrDone
	}
	return p.issued(no, 1), nil
}

func (p *post) Cancel(_ context.Context, key, no string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	lost, cut := p.fate()
	switch {
	case lost:
		return logistics.ErrUnknownOutcome
	case p.keeps:
		return logistics.Told(logistics.ErrRefused, "moving", "已揽收")
	case p.byKey[key] != no:
		return logistics.ErrNotFound
	case p.gone[no]:
		return logistics.ErrDone
	}
	p.gone[no] = true
	if cut {
		return logistics.ErrUnknownOutcome
	}
	return nil
}

// standing are the numbers nobody gave back.
func (p *post) standing() (n int) {
	for _, no := range p.byKey {
		if !p.gone[no] {
			n++
		}
	}
	return n
}

// desk is an engine over a post.
type desk struct {
	t        *testing.T
	k        *kit.Kit
	ctx      context.Context
	post     *post
	accounts *account.Service
	s        *waybill.Service
	version  int64 // of every fulfillment order
	account  id.ID
	masked   error // of every receiver
	hall     *hall // what accounts of channels issue through
}

const shopID id.ID = 31

func newDesk(t *testing.T, d *db.DB) *desk {
	k, ctx := kittest.New(t, d)
	x := &desk{t: t, k: k, ctx: ctx, post: newPost(), version: 1}
	m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 5, AtOnce: 4,
		Credentials: []logistics.Credential{{Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Open:        func(logistics.Access) (logistics.Client, error) { return x.post, nil }}
	x.accounts = account.New(k, []logistics.Manifest{m}, nil)
	x.s = waybill.New(k, x.accounts, func(context.Context, account.Account) (waybill.Issuer, error) { return x.hall, nil }, func(_ context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i := range all {
			out[i] = waybill.Content{Version: x.version, Request: logistics.Request{Receiver: party}, Masked: x.masked}
		}
		return out, nil
	})
	x.account = x.open(account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Credentials: map[string]string{"secret": "not a real one"}, Sender: &party})
	return x
}

var party = logistics.Party{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"}

func (x *desk) open(in account.PutInput) id.ID {
	x.t.Helper()
	name := "城西网点"
	in.Name = &name
	a, err := x.accounts.Put(x.ctx, in)
	if err != nil {
		x.t.Fatal(err)
	}
	return a.ID
}

func (x *desk) want(w waybill.Want) ([]waybill.Waybill, error) {
	w.AccountID, w.ShopID = max(w.AccountID, x.account), shopID
	if w.Version == 0 {
		w.Version = 1
	}
	var out [][]waybill.Waybill
	err := x.k.DB.InTx(x.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = x.s.WantTx(ctx, tx, []waybill.Want{w})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func (x *desk) must(w waybill.Want) []waybill.Waybill {
	x.t.Helper()
	out, err := x.want(w)
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

// work lets everything happen until nothing is left to do.
func (x *desk) work() {
	x.t.Helper()
	for range 40 {
		if err := x.k.Jobs.Drain(x.ctx); err != nil {
			x.t.Fatal(err)
		}
		var open int64
		err := x.k.DB.QueryRow(x.ctx, "SELECT COUNT(*) FROM logistics_waybill WHERE merchant_id = ? AND state IN ('wanted', 'asking', 'uncertain', 'cancelling')", kittest.Merchant).Scan(&open)
		if err != nil {
			x.t.Fatal(err)
		}
		if open == 0 {
			return
		}
		kittest.Clock(x.k).Advance(time.Hour)
	}
	x.t.Fatal("it never ends")
}

func (x *desk) cancel(f id.ID) {
	x.t.Helper()
	kittest.InTx(x.t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error { return x.s.CancelTx(ctx, tx, []id.ID{f}) })
}

func (x *desk) history(f id.ID) []waybill.Waybill {
	x.t.Helper()
	out, err := x.s.History(x.ctx, x.k.DB, f)
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func TestAParcelGetsOneNumber(t *testing.T) {
	cases := []struct {
		name string
		do   func(*desk)
		asks int
	}{
		{"in calm weather", func(*desk) {}, 1},
		{"when the answer is lost", func(x *desk) { x.post.cuts = 1 }, 2},
		{"when the request is lost", func(x *desk) { x.post.drops = 1 }, 3},
		{"when many are lost", func(x *desk) { x.post.drops, x.post.cuts = 3, 2 }, 0},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				x.t, x.post = t, newPost()
				f := id.ID(900 + i)
				c.do(x)
				first := x.must(waybill.Want{FulfillmentID: f})
				again := x.must(waybill.Want{FulfillmentID: f})
				if len(first) != 1 || len(again) != 1 || first[0].ID != again[0].ID {
					t.Fatalf("wanted twice: %+v %+v", first, again)
				}
				x.work()
				list := x.history(f)
				if len(list) != 1 || list[0].State != waybill.Issued || list[0].No == "" || x.post.standing() != 1 || x.post.next != 1 {
					t.Fatalf("%+v, %d standing", list, x.post.standing())
				}
				if c.asks > 0 && x.post.asks != c.asks {
					t.Errorf("%d requests, want %d", x.post.asks, c.asks)
				}
				now, err := x.s.CurrentTx(x.ctx, x.k.DB, f, 1)
				if err != nil || len(now) != 1 || now[0].SortCode != "310-P6 031" || now[0].Bag != "浙江集散" {
					t.Errorf("current: %+v %v", now, err)
				}
				if _, err := x.s.CurrentTx(x.ctx, x.k.DB, f, 2); !errors.Is(err, waybill.ErrStale) {
					t.Errorf("other content: %v", err)
				}
				prints, err := x.s.PrintTx(x.ctx, x.k.DB, []id.ID{list[0].ID})
				if err != nil || prints[list[0].ID].QR == "" {
					t.Errorf("print data: %+v %v", prints, err)
				}
				r := x.post.seen[0]
				if r.Sender != party || r.Receiver != party || r.Pieces != 1 || r.Key != list[0].Key || len(r.Key) > 32 {
					t.Errorf("the request: %+v", r)
				}
				x.cancel(f)
				x.work()
				if x.post.standing() != 0 {
					t.Error("the number was not given back")
				}
			})
		}
	})
}

// What is cancelled is never live again, whatever comes of the request that is under
// way, and nothing is left standing at the carrier.
func TestACancelledWaybillIsGivenBackWheneverItsNumberComes(t *testing.T) {
	cases := []struct {
		name string
		do   func(x *desk)
	}{
		{"before it was asked for", func(*desk) {}},
		{"once it is there", func(x *desk) { x.work() }},
		{"while its answer is lost", func(x *desk) {
			x.post.cuts = 1
			if err := x.k.Jobs.Drain(x.ctx); err != nil {
				x.t.Fatal(err)
			}
		}},
		{"while nobody knows and the carrier stays silent", func(x *desk) {
			x.post.cuts = 1
			if err := x.k.Jobs.Drain(x.ctx); err != nil {
				x.t.Fatal(err)
			}
			x.post.drops = 4
		}},
		{"when its request never arrived", func(x *desk) {
			x.post.drops = 1
			if err := x.k.Jobs.Drain(x.ctx); err != nil {
				x.t.Fatal(err)
			}
		}},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				x.t, x.post = t, newPost()
				f := id.ID(900 + i)
				x.must(waybill.Want{FulfillmentID: f})
				c.do(x)
				x.cancel(f)
				if _, err := x.s.CurrentTx(x.ctx, d, f, 1); !errors.Is(err, waybill.ErrNotIssued) {
					t.Errorf("a cancelled waybill counts: %v", err)
				}
				fresh := x.must(waybill.Want{FulfillmentID: f, Version: 1})
				x.work()
				list := x.history(f)
				if len(list) != 2 || list[0].State != waybill.Cancelled || list[0].Live || list[1].State != waybill.Issued || !list[1].Live || list[1].ID != fresh[0].ID || x.post.standing() != 1 {
					t.Errorf("%+v, %d standing", list, x.post.standing())
				}
				if list[0].Key == list[1].Key || list[0].No == list[1].No {
					t.Error("the second waybill is the first")
				}
			})
		}
	})
}

func TestANumberIsReplacedOnlyWhenAskedTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		x.must(waybill.Want{FulfillmentID: 900})
		x.work()
		if _, err := x.want(waybill.Want{FulfillmentID: 900, Version: 2}); !errors.Is(err, waybill.ErrStanding) {
			t.Errorf("a second number: %v", err)
		}
		x.version = 2
		x.must(waybill.Want{FulfillmentID: 900, Version: 2, Replace: true})
		x.work()
		now, err := x.s.CurrentTx(x.ctx, d, 900, 2)
		if err != nil || len(now) != 1 || x.post.standing() != 1 || x.post.next != 2 {
			t.Errorf("%+v %v, %d standing", now, err, x.post.standing())
		}
		old := x.history(900)[0]
		if w, err := x.s.Scanned(x.ctx, d, " "+old.No); err != nil || w.ID != old.ID || w.Live {
			t.Errorf("a cancelled label is not recognised: %+v %v", w, err)
		}
		kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error { return x.s.AdoptVersionTx(ctx, tx, 900, 2, 3) })
		if _, err := x.s.CurrentTx(x.ctx, d, 900, 3); err != nil {
			t.Errorf("confirmed for new content: %v", err)
		}
		x.must(waybill.Want{FulfillmentID: 901, Version: 1}) // what it holds has changed since
		x.work()
		if list := x.history(901); list[0].State != waybill.Failed || list[0].ErrorCode != waybill.ErrGone.Code {
			t.Errorf("%+v", list)
		}
		for name, w := range map[string]waybill.Want{"no pieces": {FulfillmentID: 5, Pieces: -1}, "a crowd": {FulfillmentID: 5, Pieces: 51}} {
			if _, err := x.want(w); !errors.Is(err, waybill.ErrPieces) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x.post.keeps = true
		x.cancel(900)
		x.work()
		if list := x.history(900); list[1].State != waybill.Issued || list[1].Live {
			t.Errorf("a number the carrier keeps: %+v", list[1])
		}
	})
}

func TestARefusalIsShownAndTriedAnewWhenWanted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		x.post.refuse = logistics.Told(logistics.ErrUnreachable, "211", "不派送")
		x.must(waybill.Want{FulfillmentID: 900})
		x.work()
		list, _, err := x.s.List(x.ctx, waybill.Filter{State: waybill.Failed})
		if err != nil || len(list) != 1 || list[0].ErrorCode != logistics.ErrUnreachable.Code || list[0].ErrorParams["carrier_message"] != "不派送" || x.post.asks != 1 {
			t.Fatalf("%+v %v after %d requests", list, err, x.post.asks)
		}
		x.post.refuse = nil
		x.must(waybill.Want{FulfillmentID: 900})
		x.work()
		if now, err := x.s.CurrentTx(x.ctx, d, 900, 1); err != nil || len(now) != 1 {
			t.Errorf("%+v %v", now, err)
		}
	})
}

func TestPiecesTravelUnderOneLeadingNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		x.must(waybill.Want{FulfillmentID: 900, Pieces: 3})
		x.work()
		now, err := x.s.CurrentTx(x.ctx, d, 900, 1)
		if err != nil || len(now) != 3 || x.post.next != 1 || x.post.seen[0].Pieces != 3 {
			t.Fatalf("%+v %v", now, err)
		}
		prints, err := x.s.PrintTx(x.ctx, d, []id.ID{now[1].ID})
		if err != nil || now[1].No != now[0].No+"-2" || now[1].ParentID != now[0].ID || prints[now[1].ID].ParentNo != now[0].No || now[2].SortCode == "" {
			t.Errorf("%+v %+v %v", now, prints, err)
		}
		uses, err := x.s.Uses(x.ctx, x.account, 20261121, 20261123)
		if err != nil || len(uses) != 1 || uses[0].Issued != 3 || uses[0].ShopID != shopID {
			t.Errorf("use: %+v %v", uses, err)
		}
		x.cancel(900)
		x.work()
		for _, w := range x.history(900) {
			if w.State != waybill.Cancelled || w.Live {
				t.Errorf("%+v", w)
			}
		}
	})
}

func TestNumbersAtHandAreUsedOnceAndWarnedOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		low := int64(1)
		paper := x.open(account.PutInput{Kind: account.Numbers, Carrier: "ZTO", LowAt: &low})
		add := func(confirm bool, nos ...string) (int64, error) {
			return x.s.AddNumbers(x.ctx, waybill.AddNumbersInput{AccountID: paper, Numbers: nos, Confirm: confirm})
		}
		if _, err := add(false, "SF1011603494291"); !errors.Is(err, waybill.ErrBadNumber) {
			t.Errorf("another carrier's number: %v", err)
		}
		if n, err := add(false, "73611462538385", " 73611462538386"); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if _, err := add(false, "73611462538385"); !errors.Is(err, waybill.ErrKnown) {
			t.Errorf("added twice: %v", err)
		}
		for f := id.ID(900); f < 903; f++ {
			x.must(waybill.Want{FulfillmentID: f, AccountID: paper})
			x.work()
		}
		if got := []string{x.history(900)[0].No, x.history(901)[0].No}; got[0] != "73611462538385" || got[1] != "73611462538386" {
			t.Errorf("%v", got)
		}
		if w := x.history(902)[0]; w.State != waybill.Failed || w.ErrorCode != waybill.ErrNoNumbers.Code {
			t.Errorf("%+v", w)
		}
		a, err := x.accounts.Get(x.ctx, paper)
		if err != nil || a.Balance != 0 {
			t.Errorf("%+v %v", a, err)
		}
		events := 0
		for _, e := range x.events("account.balance_low") {
			var low account.BalanceLow
			if json.Unmarshal(e, &low) == nil && low.AccountID == paper && low.Left == 1 {
				events++
			}
		}
		if events != 1 {
			t.Errorf("%d warnings", events)
		}
		x.cancel(900)
		x.work()
		x.must(waybill.Want{FulfillmentID: 903, AccountID: paper})
		x.work()
		if w := x.history(903)[0]; w.No != "73611462538385" || w.State != waybill.Issued {
			t.Errorf("a number that came back: %+v", w)
		}
		// Once it is on paper it comes back no more, and counts as used.
		x.s.Papered = func(_ context.Context, _ db.Querier, one id.ID) (bool, error) {
			return one == x.history(903)[0].ID, nil
		}
		x.cancel(903)
		x.work()
		if w := x.history(903)[0]; w.State != waybill.Cancelled || w.No != "73611462538385" {
			t.Errorf("given back: %+v", w)
		}
		x.must(waybill.Want{FulfillmentID: 904, AccountID: paper})
		x.work()
		if w := x.history(904)[0]; w.State != waybill.Failed || w.ErrorCode != waybill.ErrNoNumbers.Code {
			t.Errorf("a number that stands on another parcel's paper: %+v", w)
		}
		if a, err = x.accounts.Get(x.ctx, paper); err != nil || a.Balance != 0 {
			t.Errorf("%+v %v", a, err)
		}
	})
}

func TestManyNumbersAtHandAreGivenTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		paper := x.open(account.PutInput{Kind: account.Numbers, Carrier: "ZTO"})
		// given is how many statements it takes to give n numbers of which some are at hand.
		given := func(first id.ID, n, atHand int) int64 {
			t.Helper()
			var nos []string
			for i := range atHand {
				nos = append(nos, fmt.Sprintf("7361%010d", int(first)*1000+i))
			}
			if _, err := x.s.AddNumbers(x.ctx, waybill.AddNumbersInput{AccountID: paper, Numbers: nos}); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				x.must(waybill.Want{FulfillmentID: first + id.ID(i), AccountID: paper})
			}
			before := d.Statements()
			x.work()
			took := d.Statements() - before
			for i := range n {
				w := x.history(first + id.ID(i))[0]
				switch {
				case i < atHand && (w.State != waybill.Issued || w.No != nos[i]):
					t.Fatalf("%d: %+v", i, w)
				case i >= atHand && (w.State != waybill.Failed || w.ErrorCode != waybill.ErrNoNumbers.Code):
					t.Fatalf("%d: %+v", i, w)
				}
			}
			return took
		}
		given(800, 5, 4)
		few, many := given(900, 4, 4), given(1000, 44, 44)
		if many > few+6*40 {
			t.Errorf("%d statements for 44, %d for 4", many, few)
		}
		if n := len(x.events("waybill.issued")); n != 52 {
			t.Errorf("%d events", n)
		}
		day := int64(0)
		use, err := x.s.Uses(x.ctx, paper, 0, 99991231)
		for _, u := range use {
			day += u.Issued
		}
		if a, e := x.accounts.Get(x.ctx, paper); err != nil || e != nil || day != 52 || a.Balance != 0 {
			t.Errorf("%d used, %d left, %v %v", day, a.Balance, err, e)
		}
	})
}

// events are the bodies of events of a name, as they were appended.
func (x *desk) events(name string) (out []json.RawMessage) {
	x.t.Helper()
	rows, err := x.k.DB.Query(x.ctx, "SELECT body FROM event_log WHERE merchant_id = ? AND name = ? ORDER BY id", kittest.Merchant, name)
	if err != nil {
		x.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b string
		if err := rows.Scan(&b); err != nil {
			x.t.Fatal(err)
		}
		out = append(out, json.RawMessage(b))
	}
	return out
}

// Whatever is wanted, cancelled and lost in whatever order: in the end every order has at
// most the one number it wants, and the carrier has no other.
func TestNumbersAgreeWithTheCarrierAfterAnything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		base := id.ID(1000)
		rapid.Check(t, func(rt *rapid.T) {
			base += 10
			wanted := map[id.ID]bool{}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				f := base + id.ID(rapid.IntRange(0, 2).Draw(rt, "order"))
				switch rapid.IntRange(0, 4).Draw(rt, "step") {
				case 0, 1:
					if _, err := x.want(waybill.Want{FulfillmentID: f, Replace: rapid.Bool().Draw(rt, "replace")}); err != nil {
						rt.Fatal(err)
					}
					wanted[f] = true
				case 2:
					x.cancel(f)
					delete(wanted, f)
				case 3:
					x.post.cuts, x.post.drops = rapid.IntRange(0, 2).Draw(rt, "cuts"), rapid.IntRange(0, 2).Draw(rt, "drops")
				default:
					if err := x.k.Jobs.Drain(x.ctx); err != nil {
						rt.Fatal(err)
					}
					kittest.Clock(x.k).Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
				}
			}
			x.work()
			for f := base; f < base+3; f++ {
				issued := 0
				for _, w := range x.history(f) {
					if w.State == waybill.Issued && w.Live {
						issued++
						if x.post.byKey[w.Key] != w.No || x.post.gone[w.No] {
							rt.Fatalf("the carrier knows nothing of %+v", w)
						}
					} else if w.State != waybill.Cancelled || x.post.byKey[w.Key] != "" && !x.post.gone[x.post.byKey[w.Key]] {
						rt.Fatalf("left open: %+v", w)
					}
				}
				if want := 0; wanted[f] && issued != 1 || !wanted[f] && issued != want {
					rt.Fatalf("order %d: %d numbers, wanted %v", f, issued, wanted[f])
				}
			}
		})
	})
}

func TestEveryTransitionLeadsSomewhere(t *testing.T) {
	reached := map[waybill.State]bool{waybill.Wanted: true}
	for range waybill.States {
		for from := range reached {
			for _, to := range waybill.Transitions[from] {
				reached[to] = true
			}
		}
	}
	for _, s := range waybill.States {
		if _, listed := waybill.Transitions[s]; !listed || !reached[s] {
			t.Errorf("%s is not reached or not listed", s)
		}
	}
	if waybill.May(waybill.Cancelled, waybill.Issued) || !waybill.May(waybill.Asking, waybill.Issued) {
		t.Error("a cancelled waybill comes back")
	}
}

func TestAPersonSaysWhatBecameOfAnUncertainNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		round := func() {
			t.Helper()
			if _, err := x.s.Round(x.ctx, x.account); err != nil {
				t.Fatal(err)
			}
		}
		get := func(one id.ID) waybill.Waybill {
			t.Helper()
			w, err := x.s.Get(x.ctx, x.k.DB, one)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		x.post.drops = 1
		first := x.must(waybill.Want{FulfillmentID: 1})[0]
		round()
		if w := get(first.ID); w.State != waybill.Uncertain {
			t.Fatalf("after silence: %+v", w)
		}
		for _, c := range []struct {
			in   waybill.AnswerInput
			want error
		}{
			{waybill.AnswerInput{WaybillID: 77}, waybill.ErrNotFound},
			{waybill.AnswerInput{WaybillID: first.ID, Numbers: []string{"你好"}}, waybill.ErrBadNumber},
			{waybill.AnswerInput{WaybillID: first.ID, Numbers: []string{"75123456789012", "75123456789013"}}, waybill.ErrPieces},
		} {
			if _, err := x.s.Answer(x.ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v, want %v", c.in, err, c.want)
			}
		}
		w, err := x.s.Answer(x.ctx, waybill.AnswerInput{WaybillID: first.ID, Numbers: []string{"7512 3456 7890 12"}})
		if err != nil || w.State != waybill.Issued || w.No != "75123456789012" {
			t.Fatalf("a number typed in: %+v %v", w, err)
		}
		if _, err := x.s.Answer(x.ctx, waybill.AnswerInput{WaybillID: first.ID, Numbers: []string{"75123456789099"}}); !errors.Is(err, waybill.ErrNotUncertain) {
			t.Errorf("answered twice: %v", err)
		}

		x.post.drops = 1
		kittest.Clock(x.k).Advance(time.Hour)
		second := x.must(waybill.Want{FulfillmentID: 2})[0]
		round()
		if _, err := x.s.Answer(x.ctx, waybill.AnswerInput{WaybillID: second.ID, Numbers: []string{"75123456789012"}}); !errors.Is(err, waybill.ErrTaken) {
			t.Errorf("another parcel's number: %v", err)
		}
		if w := get(second.ID); w.State != waybill.Uncertain {
			t.Errorf("a refused answer changed it: %+v", w)
		}
		if w, err := x.s.Answer(x.ctx, waybill.AnswerInput{WaybillID: second.ID}); err != nil || w.State != waybill.Wanted {
			t.Fatalf("none was issued: %+v %v", w, err)
		}
		kittest.Clock(x.k).Advance(time.Hour)
		round()
		if w := get(second.ID); w.State != waybill.Issued || x.post.standing() != 1 {
			t.Errorf("asked again: %+v, %d at the carrier", w, x.post.standing())
		}
	})
}

func TestARefusalForThePlaceIsPassedOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		var told []string
		x.s.Unreached = func(_ context.Context, _ *db.Tx, accountID id.ID, to logistics.Party, reason string) error {
			if accountID != x.account {
				t.Errorf("of account %s", accountID)
			}
			told = append(told, to.Province+" "+reason)
			return nil
		}
		x.post.refuse = logistics.Told(logistics.ErrUnreachable, "3", "超区")
		x.must(waybill.Want{FulfillmentID: 1})
		x.work()
		x.post.refuse = logistics.Told(logistics.ErrRefused, "8003", "地址不完整")
		x.must(waybill.Want{FulfillmentID: 2})
		x.work()
		if len(told) != 1 || told[0] != "浙江省 超区" {
			t.Errorf("told: %v", told)
		}
	})
}

// hall is a channel's counter over a post: it takes several requests in one call.
type hall struct {
	*post
	calls  [][]string // keys of each call
	refuse error      // of calls of several
	poison int        // the place in a call that is refused by itself, from 1
	after  int        // numbers, after which one call meets
	meets  error
}

// stop lets one call of several meet an error, once so many numbers are out.
func (h *hall) stop(after int, meets error) { h.after, h.meets = after, meets }

func (h *hall) Cancel(ctx context.Context, g waybill.Given) error {
	return h.post.Cancel(ctx, g.Key, g.No)
}
func (h *hall) Balances(context.Context) ([]logistics.Balance, error) {
	return nil, logistics.ErrUnsupported
}
func (h *hall) Traits() waybill.Traits { return waybill.Traits{AtOnce: 2, MaxPieces: 1, Batch: 3} }
func (h *hall) IssueMany(ctx context.Context, rs []logistics.Request) ([]waybill.Result, error) {
	var keys []string
	for _, r := range rs {
		keys = append(keys, r.Key)
	}
	h.calls = append(h.calls, keys)
	if h.refuse != nil {
		return nil, h.refuse
	}
	if h.meets != nil && h.next >= h.after {
		err := h.meets
		h.meets = nil
		return nil, err
	}
	out := make([]waybill.Result, len(rs))
	for i, r := range rs {
		if i+1 == h.poison {
			out[i].Err = logistics.Told(logistics.ErrRefused, "400", "地址不完整")
			continue
		}
		out[i].Issued, out[i].Err = h.Issue(ctx, r)
	}
	return out, nil
}

func TestSeveralNumbersAreAskedForInOneCallAndEachComesOnce(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(h *hall)
		issued  int
	}{
		"all come":                 {func(*hall) {}, 7}, // the seventh is alone, and is asked for alone
		"one is refused by itself": {func(h *hall) { h.poison = 2 }, 5},
		"a call refused as a whole is asked one by one": {func(h *hall) { h.refuse = logistics.Told(logistics.ErrRefused, "400", "") }, 7},
		"an issuer that takes one at a time":            {func(h *hall) { h.refuse = logistics.ErrUnsupported }, 7},
		"answers are lost":                              {func(h *hall) { h.cuts = 2 }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				x := newDesk(t, d)
				h := &hall{post: x.post}
				c.prepare(h)
				x.hall = h
				s := x.s
				a := x.open(account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: shopID, Sender: &party})
				var wants []waybill.Want
				for f := range id.ID(7) {
					wants = append(wants, waybill.Want{FulfillmentID: f + 1, Version: 1, AccountID: a, ShopID: shopID})
				}
				kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := s.WantTx(ctx, tx, wants)
					return err
				})
				for range 6 {
					if _, err := s.Round(x.ctx, a); err != nil {
						t.Fatal(err)
					}
					h.refuse = nil
					kittest.Clock(x.k).Advance(time.Hour)
				}
				issued := 0
				for f := range id.ID(7) {
					all, err := s.Of(x.ctx, d, []id.ID{f + 1})
					if err != nil || len(all[f+1]) != 1 {
						t.Fatal(all, err)
					}
					if w := all[f+1][0]; w.State == waybill.Issued {
						issued++
					} else if w.State != waybill.Failed {
						t.Errorf("%d is %s", f+1, w.State)
					}
				}
				if issued != c.issued || x.post.standing() != c.issued {
					t.Errorf("%d issued, %d at the issuer, want %d", issued, x.post.standing(), c.issued)
				}
				if n := len(h.calls); n < 1 || len(h.calls[0]) != 3 {
					t.Errorf("calls: %v", h.calls)
				}
			})
		})
	}
}

// What goes wrong in the middle of a batch loses and doubles nothing: each parcel has its
// number or says why not, in both languages, and the rest comes once the cause is gone.
func TestTroubleInTheMiddleOfABatchCostsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		parcels int
		begin   func(x *desk)
		why     *errs.Error // of those that failed; nil where none may
		end     func(x *desk)
	}{
		"the branch has none left": {200, func(x *desk) { x.post.left = 81 }, logistics.ErrBalance, func(x *desk) { x.post.left = 0 }},
		"half of them are refused": {60, func(x *desk) { x.post.strict = true }, logistics.ErrRefused, func(x *desk) { x.post.strict = false }},
		"answers are lost":         {60, func(x *desk) { x.post.cuts = 9 }, nil, nil},
		"it is asked too fast":     {60, func(x *desk) { x.hall.stop(40, logistics.Throttled(2000, "429")) }, nil, nil},
		"the authorisation ended":  {60, func(x *desk) { x.hall.stop(40, logistics.Told(logistics.ErrSignature, "27", "session expired")) }, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				x := newDesk(t, d)
				x.hall = &hall{post: x.post}
				low := int64(100)
				a := x.open(account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: shopID, Sender: &party, LowAt: &low})
				kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error { return x.accounts.SetBalanceTx(ctx, tx, a, 5000, "") })
				wants := make([]waybill.Want, c.parcels)
				for n := range wants {
					wants[n] = waybill.Want{FulfillmentID: id.ID(n + 1), Version: 1, AccountID: a, ShopID: shopID}
				}
				want := func() {
					kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
						_, err := x.s.WantTx(ctx, tx, wants)
						return err
					})
					x.work()
				}
				c.begin(x)
				want()
				failed := x.settled(c.parcels)
				if (c.why != nil) != (len(failed) > 0) {
					t.Errorf("%d failed", len(failed))
				}
				for _, w := range failed {
					zh, en := errs.Message("zh-CN", w.ErrorCode, w.ErrorParams), errs.Message("en-US", w.ErrorCode, w.ErrorParams)
					if w.ErrorCode != c.why.Code || zh == en || strings.ContainsAny(zh+en, "{}") {
						t.Fatalf("%s: %q %q", w.ErrorCode, zh, en)
					}
				}
				if c.why == logistics.ErrBalance {
					if got, err := x.accounts.Get(x.ctx, a); err != nil || got.Balance != 0 || len(x.events("account.balance_low")) != 1 {
						t.Errorf("%d left, %d warnings, %v", got.Balance, len(x.events("account.balance_low")), err)
					}
				}
				if c.end == nil {
					return
				}
				c.end(x)
				want()
				if failed := x.settled(c.parcels); len(failed) > 0 {
					t.Errorf("%d failed after all", len(failed))
				}
			})
		})
	}
}

// settled checks that every parcel stands at one number of the issuer's or failed, and
// returns those that failed.
func (x *desk) settled(parcels int) (failed []waybill.Waybill) {
	x.t.Helper()
	list := func(st waybill.State) (live []waybill.Waybill) {
		all, _, err := x.s.List(x.ctx, waybill.Filter{State: st, Limit: 200})
		if err != nil {
			x.t.Fatal(err)
		}
		return slices.DeleteFunc(all, func(w waybill.Waybill) bool { return !w.Live })
	}
	numbers, orders := map[string]bool{}, map[id.ID]bool{}
	for _, w := range list(waybill.Issued) {
		if x.post.byKey[w.Key] != w.No {
			x.t.Fatalf("the issuer knows nothing of %+v", w)
		}
		numbers[w.No], orders[w.FulfillmentID] = true, true
	}
	failed = list(waybill.Failed)
	for _, w := range failed {
		orders[w.FulfillmentID] = true
	}
	if len(numbers)+len(failed) != parcels || len(orders) != parcels || x.post.standing() != len(numbers) {
		x.t.Errorf("%d numbers, %d at the issuer, %d failed", len(numbers), x.post.standing(), len(failed))
	}
	return failed
}

// Two shops share one account: each number says whose it is, and what the branch sells is
// one balance for both, warned of again after it was topped up.
func TestOneAccountServesTwoShopsAndTellsWhoUsedWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const other id.ID = 32
		x := newDesk(t, d)
		x.hall = &hall{post: x.post}
		low := int64(2)
		a := x.open(account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: shopID, Sender: &party, LowAt: &low})
		left := func(n int64) {
			kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error { return x.accounts.SetBalanceTx(ctx, tx, a, n, "") })
		}
		want := func(shops ...id.ID) {
			var wants []waybill.Want
			for n, shop := range shops {
				wants = append(wants, waybill.Want{FulfillmentID: shop*100 + id.ID(n+len(x.post.seen)), Version: 1, AccountID: a, ShopID: shop})
			}
			kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := x.s.WantTx(ctx, tx, wants)
				return err
			})
			x.work()
		}
		check := func(balance int64, warned int, uses map[id.ID][2]int64) {
			t.Helper()
			now, err := x.accounts.Get(x.ctx, a)
			if n := len(x.events("account.balance_low")); err != nil || now.Balance != balance || n != warned {
				t.Errorf("%d left, warned %d times, want %d and %d (%v)", now.Balance, n, balance, warned, err)
			}
			all, err := x.s.Uses(x.ctx, a, 0, 99_991_231)
			if err != nil || len(all) != len(uses) {
				t.Fatal(all, err)
			}
			for _, u := range all {
				if uses[u.ShopID] != [2]int64{u.Issued, u.Cancelled} {
					t.Errorf("%+v", u)
				}
			}
		}
		left(4)
		want(shopID, other, other)
		asked := map[id.ID]int{}
		for _, r := range x.post.seen {
			asked[r.ShopID]++
		}
		if asked[shopID] != 1 || asked[other] != 2 {
			t.Errorf("asked for %v", asked)
		}
		check(1, 1, map[id.ID][2]int64{shopID: {1, 0}, other: {2, 0}})
		left(500)
		check(500, 1, map[id.ID][2]int64{shopID: {1, 0}, other: {2, 0}})
		x.cancel(other*100 + 1)
		x.work()
		check(501, 1, map[id.ID][2]int64{shopID: {1, 0}, other: {2, 1}})
		left(2)
		check(2, 2, map[id.ID][2]int64{shopID: {1, 0}, other: {2, 1}})
	})
}

// Whom a mask stands for its channel knows, and nobody else.
func TestAMaskedReceiverIsNamedToItsChannelOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		x.hall, x.masked = &hall{post: x.post}, logistics.Told(logistics.ErrRefused, "masked", "")
		a := x.open(account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: shopID, Sender: &party})
		x.must(waybill.Want{FulfillmentID: 1})
		x.must(waybill.Want{FulfillmentID: 2, AccountID: a})
		x.work()
		if got := []waybill.State{x.history(1)[0].State, x.history(2)[0].State}; !slices.Equal(got, []waybill.State{waybill.Failed, waybill.Issued}) {
			t.Errorf("by the carrier and by the channel: %v", got)
		}
	})
}
