package quote_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

// teller is a carrier that names prices by the begun half kilogram.
type teller struct {
	asked []int64
	fen   money.Fen
	fails error
	limit bool // it was given a limit of time
}

func (w *teller) Test(context.Context) error { return nil }
func (w *teller) Issue(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrUnavailable
}
func (w *teller) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (w *teller) Cancel(context.Context, string, string) error { return nil }
func (w *teller) Quote(ctx context.Context, _, _ logistics.Party, gram, _ int64) ([]logistics.Quote, error) {
	_, w.limit = ctx.Deadline()
	w.asked = append(w.asked, gram)
	if w.fails != nil {
		return nil, w.fails
	}
	return []logistics.Quote{{Product: "2", FeeFen: w.fen * money.Fen(gram/500)}, {Product: "1", FeeFen: w.fen * 3}}, nil
}

func TestACarriersOwnPriceCountsWhileItIsFreshElseTheTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		w := &teller{fen: 400}
		m := logistics.Manifest{Code: "SF", MaxPieces: 1, Products: []logistics.Product{{Code: "1"}, {Code: "2"}}, Capabilities: []logistics.Capability{logistics.CanQuote}, Open: func(logistics.Access) (logistics.Client, error) { return w, nil }}
		accounts := account.New(k, []logistics.Manifest{m}, nil)
		choices := choose.New(k, accounts, nil)
		sender := &logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
		put := func(in account.PutInput, name string, table money.Fen) id.ID {
			t.Helper()
			in.Name, in.Sender = &name, sender
			a, err := accounts.Put(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			if err := choices.SetPrices(ctx, choose.SetPricesInput{AccountID: a.ID, Prices: []choose.Price{{FirstGram: 1000, FirstFen: table, StepGram: 1000, StepFen: 100}}}); err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		product := "2"
		live := put(account.PutInput{Kind: account.Carrier, Carrier: "SF", Product: &product}, "顺丰月结", 900)
		other := put(account.PutInput{Kind: account.Numbers, Carrier: "YTO"}, "手边的号", 700)
		to := reach.Area{Province: "浙江省", City: "杭州市", District: "西湖区"}
		s := quote.New(k, accounts, func(context.Context) ([]quote.Load, error) {
			return []quote.Load{{Area: to, WeightGram: 380}, {Area: to, WeightGram: 500}, {Area: to, WeightGram: 900}, {Area: to}, {WeightGram: 500}}, nil
		})
		choices.Quotes = s
		chosen := func(gram int64, change ...func(*choose.Facts)) choose.Choice {
			t.Helper()
			snap, err := choices.Load(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			f := choose.Facts{Channel: "fair", Region: choose.Region(to), WeightGram: gram, Pieces: 1, At: k.Clock.Now().UnixMilli()}
			for _, c := range change {
				c(&f)
			}
			return choose.Choose(f, snap)
		}
		is := func(what string, c choose.Choice, account id.ID, why choose.Reason, fee money.Fen) {
			t.Helper()
			if c.AccountID != account || c.Why != why || c.FeeFen != fee {
				t.Errorf("%s: account %d, %s, %d fen", what, c.AccountID, c.Why, c.FeeFen)
			}
		}
		ask := func(want int) {
			t.Helper()
			w.asked = nil
			if err := s.Ask(ctx); err != nil {
				t.Fatal(err)
			}
			if len(w.asked) != want {
				t.Errorf("asked about %v, want %d", w.asked, want)
			}
		}

		w.fails = errors.New("silence")
		ask(1) // one silence is enough to leave it until the next time
		is("a carrier that is silent has the table's price", chosen(380), other, choose.Cheapest, 700)
		w.fails = nil
		ask(2) // 380 g and 500 g are one question; what goes nowhere or weighs nothing is none
		if !w.limit {
			t.Error("a carrier may think for ever")
		}
		is("its own price is lower", chosen(380), live, choose.Quoted, 400)
		is("by the begun step", chosen(501), other, choose.Cheapest, 700)
		usual := put(account.PutInput{Kind: account.Carrier, Carrier: "SF"}, "顺丰散单", 900)
		ask(2)
		if c := chosen(380); !slices.ContainsFunc(c.Trace, func(s choose.Step) bool {
			return s.AccountID == usual && s.Reason == choose.Quoted && *s.FeeFen == 1200
		}) {
			t.Errorf("an account without a product of its own takes the carrier's usual one: %+v", c.Trace)
		}
		if _, err := accounts.Put(ctx, account.PutInput{AccountID: usual, Version: 1, Enabled: new(bool)}); err != nil {
			t.Fatal(err)
		}
		if c := chosen(380); c.Trace[len(c.Trace)-2].AskedAt != k.Clock.Now().UnixMilli() || c.Trace[len(c.Trace)-2].PriceID != 0 || c.Trace[len(c.Trace)-1].Reason != choose.Cheapest || c.Trace[len(c.Trace)-1].AskedAt != 0 {
			t.Errorf("the trace says whose price it is: %+v", c.Trace)
		}
		is("nobody asked about that weight", chosen(5000), other, choose.Cheapest, 1100)
		is("a bulky parcel is charged by its room", chosen(380, func(f *choose.Facts) { f.VolumeML = 9000 }), other, choose.Cheapest, 700)
		is("several pieces are another question", chosen(380, func(f *choose.Facts) { f.Pieces = 2 }), other, choose.Cheapest, 700)
		ask(0)

		w.fen = 800
		kittest.Clock(k).Advance(25 * time.Hour)
		is("a day later the table counts", chosen(380), other, choose.Cheapest, 700)
		ask(2)
		is("and the new price", chosen(380), other, choose.Cheapest, 700)
		kittest.Clock(k).Advance(25 * time.Hour)
		w.fails = logistics.ErrRefused
		ask(2)
		ask(0) // it answered that it names none
		is("a refusal leaves the table", chosen(380), other, choose.Cheapest, 700)
	})
}
