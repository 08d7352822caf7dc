package choose_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

const (
	sf, zto, own id.ID = 1, 2, 3
	hangzhou     id.ID = 71
	noon         int64 = 1_795_233_600_000
)

func accounts() []account.Account {
	return []account.Account{
		{ID: sf, Kind: account.Carrier, Carrier: "SF", Name: "顺丰月结", Enabled: true, Balance: -1, Product: "1"},
		{ID: zto, Kind: account.Carrier, Carrier: "ZTO", Name: "中通城西", Enabled: true, Balance: 300},
		{ID: own, Kind: account.Channel, Carrier: "ZTO", Name: "平台中通", ShopID: 31, Enabled: true, Balance: 40},
	}
}

func prices() map[id.ID][]choose.Price {
	return map[id.ID][]choose.Price{
		sf: {{ID: 11, FirstGram: 1000, FirstFen: 1800, StepGram: 1000, StepFen: 500}, {ID: 12, Region: choose.Region{Province: "浙江省"}, FirstGram: 1000, FirstFen: 1200, StepGram: 1000, StepFen: 200}},
		zto: {{ID: 21, FirstGram: 1000, FirstFen: 600, StepGram: 1000, StepFen: 300}, {ID: 22, Region: choose.Region{Province: "浙江", City: "杭州"}, FirstGram: 3000, FirstFen: 300, StepGram: 1000, StepFen: 80},
			{ID: 23, WarehouseID: hangzhou, Region: choose.Region{Province: "浙江", City: "杭州市"}, FirstGram: 3000, FirstFen: 250, StepGram: 1000, StepFen: 80, VolumeDivisor: 6000}},
	}
}

func westLake() choose.Facts {
	return choose.Facts{ShopID: 30, WarehouseID: 70, Channel: "mall", Region: choose.Region{Province: "浙江省", City: "杭州市", District: "西湖区"}, WeightGram: 1200, Pieces: 1, At: noon}
}

// rules are made through the use case, which compiles them.
func TestTheChoiceFollowsPromisesThenRulesThenPrices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		all := []logistics.Manifest{{Code: "SF", MaxPieces: 1, Open: func(logistics.Access) (logistics.Client, error) { return nil, nil }}, {Code: "ZTO", MaxPieces: 1, Open: func(logistics.Access) (logistics.Client, error) { return nil, nil }}}
		books := account.New(k, all, nil)
		s := choose.New(k, books, func(context.Context, db.Querier, id.ID) (string, error) { return "fair", nil })
		open := func(in account.PutInput, name string) id.ID {
			in.Name = &name
			a, err := books.Put(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		first := open(account.PutInput{Kind: account.Carrier, Carrier: "SF"}, "顺丰月结")
		second := open(account.PutInput{Kind: account.Carrier, Carrier: "ZTO"}, "中通城西")
		third := open(account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: 31}, "平台中通")
		for a, rows := range prices() {
			to := map[id.ID]id.ID{sf: first, zto: second}[a]
			if err := s.SetPrices(ctx, choose.SetPricesInput{AccountID: to, Prices: rows}); err != nil {
				t.Fatal(err)
			}
		}
		choice := func(change func(*choose.Facts)) choose.Choice {
			t.Helper()
			f := westLake()
			change(&f)
			snap, err := s.Load(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			return choose.Choose(f, snap)
		}
		is := func(name string, c choose.Choice, want id.ID, why choose.Reason, fee money.Fen) {
			t.Helper()
			if c.AccountID != want || c.Why != why || c.FeeFen != fee {
				t.Errorf("%s: %+v, want %d %s %d", name, c, want, why, fee)
			}
		}
		is("the cheapest wins", choice(func(*choose.Facts) {}), second, choose.Cheapest, 300)
		is("the warehouse has a price of its own, and volume counts", choice(func(f *choose.Facts) { f.WarehouseID, f.VolumeML = hangzhou, 24_001 }), second, choose.Cheapest, 250+2*80)
		is("a named carrier beats the price", choice(func(f *choose.Facts) { f.Carrier = "SF" }), first, choose.Cheapest, 1200+200)
		is("delivery to the door beats the price", choice(func(f *choose.Facts) { f.ToDoor = true }), first, choose.Cheapest, 1400)
		is("a sealed receiver needs its channel's waybills", choice(func(f *choose.Facts) { f.Sealed, f.Channel = true, "fair" }), third, choose.First, -1)
		is("which are of no use elsewhere", choice(func(f *choose.Facts) { f.Sealed = true }), 0, choose.OtherSource, -1)

		put := func(in choose.PutRuleInput) choose.Rule {
			t.Helper()
			in.Name, in.Enabled = "规则", true
			r, err := s.PutRule(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		heavy := put(choose.PutRuleInput{Position: 1, Effect: choose.Prefer, Accounts: []id.ID{first, second}, Product: "2", Condition: json.RawMessage(`{"field":"weight_gram","op":"gt","value":3000}`)})
		put(choose.PutRuleInput{Position: 2, Effect: choose.Exclude, Accounts: []id.ID{first}, Condition: json.RawMessage(`{"field":"classes","op":"has","value":"battery"}`)})
		put(choose.PutRuleInput{Position: 3, Effect: choose.Require, Accounts: []id.ID{third}, Condition: json.RawMessage(`{"field":"tags","op":"has","value":"平台单"}`)})
		c := choice(func(f *choose.Facts) { f.WeightGram = 3500 })
		is("a rule beats the price", c, first, choose.Preferred, 1200+3*200)
		if c.Product != "2" || !slices.ContainsFunc(c.Trace, func(s choose.Step) bool { return s.Chosen && s.RuleID == heavy.ID && s.Rule == "规则" }) {
			t.Errorf("the trace: %+v", c)
		}
		is("an exclusion beats a preference", choice(func(f *choose.Facts) { f.WeightGram, f.Classes = 3500, []string{"battery"} }), second, choose.Preferred, 300+80)
		is("what is required and absent leaves nothing", choice(func(f *choose.Facts) { f.Tags = []string{"平台单"} }), 0, choose.NotRequired, -1)

		halt, err := s.Suspend(ctx, choose.SuspendInput{Carrier: "ZTO", Region: choose.Region{Province: "浙江"}, EndsAt: kittest.Noon.UnixMilli() + 3_600_000, Reason: "台风"})
		if err != nil {
			t.Fatal(err)
		}
		c = choice(func(f *choose.Facts) { f.At = kittest.Noon.UnixMilli() })
		is("a suspension beats the price", c, first, choose.Cheapest, 1400)
		if c.Trace[0].Reason != choose.OtherSource || !slices.ContainsFunc(c.Trace, func(s choose.Step) bool {
			return s.Reason == choose.Suspended && s.Text == "台风" && s.Until == halt.EndsAt
		}) {
			t.Errorf("the trace: %+v", c.Trace)
		}
		is("when it is over all is as before", choice(func(f *choose.Facts) { f.At = halt.EndsAt }), second, choose.Cheapest, 300)
		told := func(want ...string) {
			t.Helper()
			var got []string
			err := db.Read(ctx, d, `SELECT name FROM event_log WHERE merchant_id = ? AND name LIKE 'choose.%' ORDER BY id`, []any{kittest.Merchant}, func(r *db.Row) { got = append(got, r.Text()) })
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v %v, want %v", got, err, want)
			}
		}
		told("choose.region_suspended")
		if err := s.Resume(ctx, halt.ID); err != nil {
			t.Fatal(err)
		}
		told("choose.region_suspended", "choose.region_resumed")
		if err := s.Resume(ctx, halt.ID); !errors.Is(err, choose.ErrSuspension) {
			t.Errorf("ended twice: %v", err)
		}
		is("or taken back", choice(func(f *choose.Facts) { f.At = kittest.Noon.UnixMilli() + 1 }), second, choose.Cheapest, 300)
		if err := s.DeleteRule(ctx, heavy.ID); err != nil {
			t.Fatal(err)
		}
		is("a rule that is gone decides nothing", choice(func(f *choose.Facts) { f.WeightGram = 3500 }), second, choose.Cheapest, 380)
		refusals(t, ctx, s, second)
	})
}

func refusals(t *testing.T, ctx context.Context, s *choose.Service, a id.ID) {
	row := choose.Price{FirstGram: 1000, FirstFen: 1, StepGram: 1000, StepFen: 1}
	bad := row
	bad.StepGram = 0
	many := make([]choose.Price, 20_001)
	twice := []choose.Price{row, row}
	twice[0].Region.Province, twice[1].Region.Province = "浙江省", "浙江"
	rule1 := choose.PutRuleInput{Name: "规则", Effect: choose.Prefer, Accounts: []id.ID{a}}
	put := func(change func(*choose.PutRuleInput)) error {
		in := rule1
		change(&in)
		_, err := s.PutRule(ctx, in)
		return err
	}
	had, err := s.PutRule(ctx, rule1)
	if err != nil {
		t.Fatal(err)
	}
	suspend := func(in choose.SuspendInput) error { _, err := s.Suspend(ctx, in); return err }
	for name, c := range map[string]struct{ got, want error }{
		"a price of nothing":       {s.SetPrices(ctx, choose.SetPricesInput{AccountID: a, Prices: []choose.Price{bad}}), choose.ErrPrice},
		"two prices of a region":   {s.SetPrices(ctx, choose.SetPricesInput{AccountID: a, Prices: twice}), choose.ErrPriceTwice},
		"too many prices":          {s.SetPrices(ctx, choose.SetPricesInput{AccountID: a, Prices: many}), choose.ErrTooMany},
		"prices of no account":     {s.SetPrices(ctx, choose.SetPricesInput{AccountID: 5}), account.ErrNotFound},
		"a rule without a name":    {put(func(i *choose.PutRuleInput) { i.Name = " " }), choose.ErrName},
		"a rule without effect":    {put(func(i *choose.PutRuleInput) { i.Effect = "" }), choose.ErrEffect},
		"a rule of no account":     {put(func(i *choose.PutRuleInput) { i.Accounts = []id.ID{5} }), account.ErrNotFound},
		"a rule that asks strange": {put(func(i *choose.PutRuleInput) { i.Condition = json.RawMessage(`{"field":"mood","op":"eq","value":"x"}`) }), rule.ErrUnknownField},
		"a rule that is not there": {put(func(i *choose.PutRuleInput) { i.RuleID = 5 }), choose.ErrRule},
		"a rule changed meanwhile": {put(func(i *choose.PutRuleInput) { i.RuleID, i.Version = had.ID, had.Version+1 }), choose.ErrChanged},
		"an end before the start":  {suspend(choose.SuspendInput{StartsAt: 10, EndsAt: 10, Reason: "x"}), choose.ErrPeriod},
		"no reason":                {suspend(choose.SuspendInput{}), choose.ErrReason},
		"an unknown carrier":       {suspend(choose.SuspendInput{Carrier: "NOBODY", Reason: "x"}), account.ErrCarrier},
		"a rule nobody made":       {s.DeleteRule(ctx, 5), choose.ErrRule},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if _, err := s.Rules(kittest.As(ctx)); err == nil {
		t.Error("rules without the right to see them")
	}
}

// The same facts always give the same choice, which is never one that is out.
func TestTheChoiceIsPureAndNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snap := &choose.Snapshot{Accounts: accounts(), Prices: prices(), ChannelOf: map[id.ID]string{31: "fair"}, Alone: map[id.ID]bool{31: rapid.Bool().Draw(t, "alone")}}
		for i := range snap.Accounts {
			snap.Accounts[i].Enabled = rapid.Bool().Draw(t, "enabled")
			snap.Accounts[i].Balance = rapid.SampledFrom([]int64{-1, 0, 9}).Draw(t, "balance")
		}
		for range rapid.IntRange(0, 3).Draw(t, "suspensions") {
			snap.Suspensions = append(snap.Suspensions, choose.Suspension{Carrier: rapid.SampledFrom([]string{"", "SF", "ZTO"}).Draw(t, "carrier"),
				Region: choose.Region{Province: rapid.SampledFrom([]string{"", "浙江", "西藏自治区"}).Draw(t, "where")}, StartsAt: noon - 10, EndsAt: noon + rapid.Int64Range(-9, 10).Draw(t, "until")})
		}
		f := westLake()
		f.Sealed, f.ToDoor = rapid.Bool().Draw(t, "sealed"), rapid.Bool().Draw(t, "door")
		f.ShopID = rapid.SampledFrom([]id.ID{31, 32}).Draw(t, "shop")
		f.Channel = rapid.SampledFrom([]string{"mall", "fair"}).Draw(t, "channel")
		f.Carrier = rapid.SampledFrom([]string{"", "SF", "ZTO", "YTO"}).Draw(t, "named")
		f.WeightGram = rapid.Int64Range(0, 9000).Draw(t, "weight")
		got, again := choose.Choose(f, snap), choose.Choose(f, snap)
		if !reflect.DeepEqual(got, again) {
			t.Fatalf("%+v, then %+v", got, again)
		}
		if !slices.ContainsFunc(got.Trace, func(s choose.Step) bool { return s.Chosen }) != (got.AccountID == 0) || len(got.Trace) != len(snap.Accounts) {
			t.Fatalf("the trace does not account for every account: %+v", got)
		}
		at := slices.IndexFunc(snap.Accounts, func(a account.Account) bool { return a.ID == got.AccountID })
		if at < 0 {
			return
		}
		a := snap.Accounts[at]
		if !a.Enabled || a.Balance == 0 || f.Carrier != "" && a.Carrier != f.Carrier || f.Sealed && a.Kind != account.Channel || a.Kind == account.Channel && (f.Channel != "fair" || snap.Alone[31] && f.ShopID != 31) ||
			f.ToDoor && a.Carrier != "SF" {
			t.Fatalf("%+v for %+v", a, f)
		}
		for _, s := range snap.Suspensions {
			if (s.Carrier == "" || s.Carrier == a.Carrier) && s.Region.Province != "西藏自治区" && s.EndsAt > noon {
				t.Fatalf("%+v though %+v", a, s)
			}
		}
	})
}

// A parcel never gets cheaper by getting heavier.
func TestTheFeeGrowsWithTheWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int64 { return rapid.Int64Range(1, 5000).Draw(t, name) }
		p := choose.Price{FirstGram: n("first"), FirstFen: money.Fen(n("first_fen")), StepGram: n("step"), StepFen: money.Fen(n("step_fen")), VolumeDivisor: rapid.SampledFrom([]int64{0, 6000}).Draw(t, "divisor")}
		w, more := n("weight"), n("more")
		a, b := p.Fee(w, 0), p.Fee(w+more, 0)
		if b < a || a < p.FirstFen || p.Fee(w+p.StepGram, 0)-a > p.StepFen {
			t.Fatalf("%+v: %d g %d fen, %d g %d fen", p, w, a, w+more, b)
		}
	})
}

func TestASuspensionIsToldWhenItBeginsAndWhenItEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := choose.New(k, account.New(k, nil, nil), nil)
		told := func(want ...string) {
			t.Helper()
			if err := k.Jobs.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			var got []string
			err := db.Read(ctx, d, `SELECT name FROM event_log WHERE merchant_id = ? ORDER BY id`, []any{kittest.Merchant}, func(r *db.Row) { got = append(got, r.Text()) })
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v %v, want %v", got, err, want)
			}
		}
		const begun, ended = "choose.region_suspended", "choose.region_resumed"
		now := k.Clock.Now().UnixMilli()
		hour := time.Hour.Milliseconds()
		if _, err := s.Suspend(ctx, choose.SuspendInput{Carrier: "ZTO", Region: choose.Region{Province: "西藏"}, StartsAt: now + hour, EndsAt: now + 2*hour, Reason: "大雪"}); err != nil {
			t.Fatal(err)
		}
		never, err := s.Suspend(ctx, choose.SuspendInput{Carrier: "YTO", Region: choose.Region{Province: "西藏"}, StartsAt: now + hour, Reason: "大雪"})
		if err != nil {
			t.Fatal(err)
		}
		told()
		if err := s.Resume(ctx, never.ID); err != nil {
			t.Fatal(err)
		}
		told(ended) // taken back before it began
		kittest.Clock(k).Advance(time.Hour)
		told(ended, begun)
		kittest.Clock(k).Advance(time.Hour)
		told(ended, begun, ended)
	})
}
