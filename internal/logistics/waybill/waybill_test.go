package waybill_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
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
	}
	p.next++
	no := "7500000000" + strconv.Itoa(1000+p.next)
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
}

const shopID id.ID = 31

func newDesk(t *testing.T, d *db.DB) *desk {
	k, ctx := kittest.New(t, d)
	x := &desk{t: t, k: k, ctx: ctx, post: newPost(), version: 1}
	m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 5, AtOnce: 4,
		Credentials: []logistics.Credential{{Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Open:        func(logistics.Access) (logistics.Client, error) { return x.post, nil }}
	x.accounts = account.New(k, []logistics.Manifest{m}, nil)
	x.s = waybill.New(k, x.accounts, nil, func(_ context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i := range all {
			out[i] = waybill.Content{Version: x.version, Request: logistics.Request{Receiver: party}}
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

// work lets everything happen that is due within a day.
func (x *desk) work() {
	x.t.Helper()
	for range 60 {
		if err := x.k.Jobs.Drain(x.ctx); err != nil {
			x.t.Fatal(err)
		}
		kittest.Clock(x.k).Advance(2 * time.Minute)
	}
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
	for _, c := range []struct {
		name string
		do   func(*desk)
		asks int
	}{
		{"in calm weather", func(*desk) {}, 1},
		{"when the answer is lost", func(x *desk) { x.post.cuts = 1 }, 2},
		{"when the request is lost", func(x *desk) { x.post.drops = 1 }, 3},
		{"when many are lost", func(x *desk) { x.post.drops, x.post.cuts = 3, 2 }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				x := newDesk(t, d)
				c.do(x)
				first := x.must(waybill.Want{FulfillmentID: 900})
				again := x.must(waybill.Want{FulfillmentID: 900})
				if len(first) != 1 || len(again) != 1 || first[0].ID != again[0].ID {
					t.Fatalf("wanted twice: %+v %+v", first, again)
				}
				x.work()
				list := x.history(900)
				if len(list) != 1 || list[0].State != waybill.Issued || list[0].No == "" || x.post.standing() != 1 || x.post.next != 1 {
					t.Fatalf("%+v, %d standing", list, x.post.standing())
				}
				if c.asks > 0 && x.post.asks != c.asks {
					t.Errorf("%d requests, want %d", x.post.asks, c.asks)
				}
				now, err := x.s.CurrentTx(x.ctx, x.k.DB, 900, 1)
				if err != nil || len(now) != 1 || now[0].SortCode != "310-P6 031" || now[0].Bag != "浙江集散" {
					t.Errorf("current: %+v %v", now, err)
				}
				if _, err := x.s.CurrentTx(x.ctx, x.k.DB, 900, 2); !errors.Is(err, waybill.ErrStale) {
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
				x.cancel(900)
				x.work()
				if x.post.standing() != 0 {
					t.Error("the number was not given back")
				}
			})
		})
	}
}
