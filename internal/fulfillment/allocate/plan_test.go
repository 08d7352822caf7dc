package allocate

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"pgregory.net/rapid"
)

const (
	east, west, south id.ID = 1, 2, 3
	tea, cup          id.ID = 11, 12
)

func houses() []Warehouse {
	return []Warehouse{
		{ID: east, Name: "东仓", Active: true, Areas: []Area{{Province: "浙江", Served: true, Preference: 1, DistanceKM: 50, FirstFen: 400, NextFen: 100}, {Served: true, Preference: 9, DistanceKM: 900, FirstFen: 900, NextFen: 400}}},
		{ID: west, Name: "西仓", Active: true, Areas: []Area{{Province: "四川省", Served: true, Preference: 1, DistanceKM: 30, FirstFen: 350, NextFen: 50}, {Served: true, Preference: 5, DistanceKM: 700, FirstFen: 600, NextFen: 300}}},
		{ID: south, Name: "南仓", Active: true, Areas: []Area{{Province: "新疆", Served: false}, {Served: true, Preference: 3, DistanceKM: 400, FirstFen: 500, NextFen: 900}}},
	}
}

func must(t *testing.T, a Action) []*Compiled {
	t.Helper()
	c, err := Compile(Rule{ID: 1, Name: "规则", Action: a})
	if err != nil {
		t.Fatal(err)
	}
	return []*Compiled{c}
}

func plain(province string, lines ...Line) *Order {
	return &Order{ID: 1, Province: province, Lines: lines}
}

func of(line, sku id.ID, n int64) Line {
	return Line{ID: line, Quantity: n, WeightGram: 700, Parts: []Part{{sku, 1}}}
}

func stock(tea1, tea2, tea3, cup1, cup2, cup3 int64) Stock {
	return Stock{tea: {east: tea1, west: tea2, south: tea3}, cup: {east: cup1, west: cup2, south: cup3}}
}

// shares writes a decision in short: 1:101×2 is two of line 101 from warehouse 1.
func shares(d Decision) string {
	out := ""
	for _, s := range d.Shares {
		out += fmt.Sprintf("%d:", s.WarehouseID)
		for _, l := range s.Lines {
			out += fmt.Sprintf("%d×%d ", l.LineID, l.Quantity)
		}
	}
	return out
}

func TestTheStrategyChoosesTheWarehouse(t *testing.T) {
	for _, c := range []struct {
		name     string
		strategy string
		province string
		list     []id.ID
		free     Stock
		want     string
	}{
		{"as listed", ByPriority, "浙江省", []id.ID{south, east}, stock(9, 9, 9, 0, 0, 0), "3:101×2 "},
		{"as listed, the first is short", ByPriority, "浙江省", []id.ID{south, east}, stock(9, 9, 1, 0, 0, 0), "1:101×2 "},
		{"the province's own", ByRegion, "四川", nil, stock(9, 9, 9, 0, 0, 0), "2:101×2 "},
		{"everywhere else", ByRegion, "北京市", nil, stock(9, 9, 9, 0, 0, 0), "3:101×2 "},
		{"not served", ByPriority, "新疆维吾尔自治区", []id.ID{south, west}, stock(9, 9, 9, 0, 0, 0), "2:101×2 "},
		{"the nearest", ByDistance, "浙江省", nil, stock(9, 9, 9, 0, 0, 0), "1:101×2 "},
		{"the cheapest for two begun kilograms", ByCost, "北京市", nil, stock(9, 9, 9, 0, 0, 0), "2:101×2 "},
		{"the fullest", ByStock, "北京市", nil, stock(3, 4, 9, 0, 0, 0), "3:101×2 "},
		{"nobody", ByPriority, "北京市", nil, stock(1, 1, 0, 0, 0, 0), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Plan(plain(c.province, of(101, tea, 2)), must(t, Action{WarehouseIDs: c.list, Strategy: c.strategy, Shortage: ShortWait}), houses(), c.free)
			if got := shares(d); got != c.want {
				t.Errorf("%s, want %s; %+v", got, c.want, d.Trace)
			}
		})
	}
}

func TestTheShortagePolicySaysWhatHappensWhenNoneHasAll(t *testing.T) {
	for _, c := range []struct {
		name     string
		policy   string
		strategy string
		list     []id.ID
		free     Stock
		want     string
		outcome  string
	}{
		{"wait", ShortWait, ByPriority, nil, stock(2, 2, 0, 0, 0, 1), "", Waiting},
		{"ask the buyer", ShortAsk, ByPriority, nil, stock(2, 2, 0, 0, 0, 1), "", Waiting},
		{"what there is", ShortPartial, ByPriority, nil, stock(2, 0, 0, 0, 0, 0), "1:101×2 ", PartOnly},
		{"nothing there is", ShortPartial, ByPriority, nil, stock(0, 0, 0, 0, 0, 0), "", Waiting},
		{"share it", ShortSplit, ByPriority, nil, stock(2, 1, 0, 0, 1, 9), "1:101×2 2:101×1 102×1 ", Allocated},
		{"share it, but it is not there", ShortSplit, ByPriority, nil, stock(2, 0, 0, 0, 1, 9), "", Waiting},
		{"share it by order of the list in three", ShortSplit, ByPriority, nil, stock(1, 1, 1, 0, 0, 1), "1:101×1 2:101×1 3:101×1 102×1 ", Allocated},
		{"share it by as few as can be", ShortSplit, ByFewestSplits, nil, stock(1, 2, 2, 0, 0, 1), "1:101×1 3:101×2 102×1 ", Allocated},
		{"another warehouse", ShortMove, ByPriority, []id.ID{east}, stock(1, 9, 9, 9, 0, 9), "3:101×3 102×1 ", Allocated},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Plan(plain("北京市", of(101, tea, 3), of(102, cup, 1)), must(t, Action{WarehouseIDs: c.list, Strategy: c.strategy, Shortage: c.policy}), houses(), c.free)
			if got := shares(d); got != c.want || d.Trace.Outcome != c.outcome || d.Trace.AskBuyer != (c.policy == ShortAsk) {
				t.Errorf("%s %s, want %s %s; %+v", got, d.Trace.Outcome, c.want, c.outcome, d.Trace)
			}
			chosen := 0
			for _, x := range d.Trace.Candidates {
				if x.Reason == Chosen {
					chosen++
				}
			}
			if chosen != len(d.Shares) {
				t.Errorf("%d chosen in the trace of %d shares", chosen, len(d.Shares))
			}
		})
	}
}

func TestTheFirstRuleThatFitsDecides(t *testing.T) {
	rules := must(t, Action{WarehouseIDs: []id.ID{west}, Strategy: ByPriority, Shortage: ShortWait})
	c, err := Compile(Rule{ID: 2, Name: "浙江走东仓", Condition: rule.Condition{Field: "province", Op: "starts_with", Value: json.RawMessage(`"浙江"`)},
		Action: Action{WarehouseIDs: []id.ID{east}, Strategy: ByPriority, Shortage: ShortWait}})
	if err != nil {
		t.Fatal(err)
	}
	rules = append([]*Compiled{c}, rules...)
	for province, want := range map[string]string{"浙江省": "1:101×1 ", "江苏省": "2:101×1 "} {
		o := plain(province, of(101, tea, 1))
		o.Facts.Province = province
		if d := Plan(o, rules, houses(), stock(5, 5, 5, 0, 0, 0)); shares(d) != want {
			t.Errorf("%s: %s %+v", province, shares(d), d.Trace)
		}
	}
	for _, bad := range []Rule{{Name: "", Action: Action{Strategy: ByStock, Shortage: ShortWait}}, {Name: "x", Action: Action{Strategy: "magic", Shortage: ShortWait}},
		{Name: "x", Action: Action{Strategy: ByStock, Shortage: "panic"}}, {Name: "x", Condition: rule.Condition{Field: "mood", Op: "eq"}, Action: Action{Strategy: ByStock, Shortage: ShortWait}}} {
		if _, err := Compile(bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestABundlesPieceLeavesFromOneWarehouse(t *testing.T) {
	set := Line{ID: 101, Quantity: 2, Parts: []Part{{tea, 2}, {cup, 1}}}
	d := Plan(plain("北京市", set, of(102, tea, 1)), must(t, Action{Strategy: ByPriority, Shortage: ShortPartial}), houses(), stock(5, 3, 0, 1, 1, 5))
	if got := shares(d); got != "1:101×1 102×1 2:101×1 " {
		t.Error(got)
	}
	o := plain("北京市", set)
	o.Held = Stock{tea: {south: 4}, cup: {south: 2}}
	free := stock(0, 0, 0, 0, 0, 0)
	if d := Plan(o, must(t, Action{Strategy: ByPriority, Shortage: ShortWait}), houses(), free); shares(d) != "3:101×2 " || free[tea][south] != 0 {
		t.Errorf("what it holds is free for itself: %s, %d left", shares(d), free[tea][south])
	}
}

// Whatever is asked and whatever there is: no more is planned than is free, nor than
// is wanted; the same facts give the same decision; what is taken is taken off free.
func TestPlansNeverTakeMoreThanThereIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		free := Stock{}
		skus := []id.ID{tea, cup, 13}
		for _, k := range skus {
			for _, w := range []id.ID{east, west, south} {
				free.Add(k, w, rapid.Int64Range(-2, 6).Draw(r, "free"))
			}
		}
		o := plain(rapid.SampledFrom([]string{"浙江省", "新疆维吾尔自治区", ""}).Draw(r, "to"))
		for i := range rapid.IntRange(1, 4).Draw(r, "lines") {
			l := Line{ID: id.ID(100 + i), Quantity: rapid.Int64Range(1, 4).Draw(r, "n")}
			for _, k := range skus[:rapid.IntRange(1, 3).Draw(r, "parts")] {
				l.Parts = append(l.Parts, Part{k, rapid.Int64Range(1, 2).Draw(r, "each")})
			}
			o.Lines = append(o.Lines, l)
		}
		rules, err := Compile(Rule{Name: "x", Action: Action{Strategy: rapid.SampledFrom(Strategies).Draw(r, "strategy"), Shortage: rapid.SampledFrom(Shortages).Draw(r, "shortage")}})
		if err != nil {
			r.Fatal(err)
		}
		was, twin, first := Stock{}, Stock{}, Stock{}
		for k, by := range free {
			for w, n := range by {
				was.Add(k, w, n)
				twin.Add(k, w, n)
				first.Add(k, w, n)
			}
		}
		d := Plan(o, []*Compiled{rules}, houses(), free)
		if again := Plan(o, []*Compiled{rules}, houses(), twin); !reflect.DeepEqual(d, again) {
			r.Fatalf("twice: %+v and %+v", d, again)
		}
		got := map[id.ID]int64{}
		for _, s := range d.Shares {
			for _, q := range s.Lines {
				got[q.LineID] += q.Quantity
				for _, p := range o.Lines[q.LineID-100].Parts {
					was.Add(p.SKUID, s.WarehouseID, -q.Quantity*p.Quantity)
				}
			}
		}
		for k, by := range was {
			for w, n := range by {
				if n != free[k][w] {
					r.Fatalf("%d of %d left in %d, the plan says %d", free[k][w], k, w, n)
				}
				if n < min(0, first[k][w]) {
					r.Fatalf("%d oversold in %d: %d, there were %d", k, w, n, first[k][w])
				}
			}
		}
		for _, l := range o.Lines {
			if got[l.ID] > l.Quantity || d.Trace.Outcome == Allocated && got[l.ID] != l.Quantity {
				r.Fatalf("line %d: %d of %d, %s", l.ID, got[l.ID], l.Quantity, d.Trace.Outcome)
			}
		}
	})
}

func TestAnOrderStaysWhereItWasPutWhileItHoldsEverythingThere(t *testing.T) {
	rules := must(t, Action{WarehouseIDs: []id.ID{1}, Strategy: ByPriority, Shortage: ShortWait})
	plan := func(held int64, active bool) Decision {
		o := &Order{ID: 9, Stands: 2, Held: Stock{5: {2: held}}, Lines: []Line{{ID: 1, Quantity: 2, Parts: []Part{{SKUID: 5, Quantity: 1}}}}}
		return Plan(o, rules, []Warehouse{{ID: 1, Name: "A", Active: true}, {ID: 2, Name: "B", Active: active}}, Stock{5: {1: 10, 2: 10}})
	}
	for what, c := range map[string]struct {
		got  Decision
		want id.ID
	}{"it holds both there": {plan(2, true), 2}, "it holds one": {plan(1, true), 1}, "the warehouse is switched off": {plan(2, false), 1}} {
		if len(c.got.Shares) != 1 || c.got.Shares[0].WarehouseID != c.want || c.got.Trace.Outcome != Allocated {
			t.Errorf("%s: %+v", what, c.got)
		}
	}
}

func TestACityComesBeforeItsProvinceAndThatBeforeEverywhereElse(t *testing.T) {
	w := Warehouse{Areas: []Area{{DistanceKM: 1}, {Province: "浙江", Served: true, DistanceKM: 2}, {Province: "浙江省", City: "宁波市", DistanceKM: 3}}}
	for at, want := range map[[2]string]int64{{"浙江省", "宁波"}: 3, {"浙江", "杭州市"}: 2, {"四川省", "成都市"}: 1, {"四川省", "宁波市"}: 1, {"", ""}: 1} {
		if got := w.area(at[0], at[1]); got.DistanceKM != want {
			t.Errorf("%v: %+v", at, got)
		}
	}
	if a := (Warehouse{}).area("浙江省", "宁波市"); !a.Served {
		t.Error("a warehouse without areas serves everywhere")
	}
}
