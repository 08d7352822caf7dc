package review_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/review"
)

// fact is a condition on one field, with the value that holds for the test's order and
// one that does not.
type fact struct{ op, hits, misses string }

var facts = map[string]fact{
	"shop_id":            {"eq", "", `"1"`}, // the shop's own id, filled in below
	"channel":            {"ne", `"nowhere"`, ""},
	"order_type":         {"eq", `"presale"`, `"manual"`},
	"payment_method":     {"eq", `"货到付款"`, `"微信"`},
	"goods_fen":          {"ge", `6000`, `6001`},
	"paid_fen":           {"between", `[6000, 6500]`, `[1, 5999]`},
	"quantity":           {"eq", `3`, `2`},
	"line_count":         {"eq", `2`, `1`},
	"sku_codes":          {"has_all", `["A-1", "B-2"]`, `["A-1", "C-3"]`},
	"sku_classes":        {"has", `"liquid"`, `"battery"`},
	"minutes_since_paid": {"between", `[59, 60]`, `[0, 58]`},
	"province":           {"starts_with", `"浙江"`, `"新疆"`},
	"city":               {"eq", `"杭州市"`, `"宁波市"`},
	"district":           {"in", `["西湖区"]`, `["余杭区"]`},
	"buyer_note":         {"contains", `"发票"`, `"急"`},
	"seller_note":        {"contains_any", `["顺丰"]`, `["中通"]`},
	"flag":               {"eq", `2`, `1`},
	"tags":               {"has", `"vip"`, `"old"`},
	"channel_flags":      {"has", `"presale"`, `"consolidation"`},
	"presale":            {"is", `true`, `false`},
	"receiver_kind":      {"eq", `"plain"`, `"masked"`},
	"remote_area":        {"is", `true`, `false`},
	"buyer_orders":       {"ge", `1`, `2`},
}

// Every fact that a rule may ask decides about an order: a condition that holds stops it,
// the opposite lets it pass.
func TestEveryFactThatARuleMayAskTakesEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, false)
		x.SKU(x.ctx, "A-1", 100)
		x.SKU(x.ctx, "B-2", 100)
		classed(t, x, "B-2", "liquid")
		x.One(x.ctx, 0, after(x.Doc("before", "A-1"), -5))
		doc := x.Doc("1", "A-1")
		doc.Lines = []order.Line{ordertest.Line("A-1", 1, 2000), ordertest.Line("B-2", 2, 2000)}
		doc.Money = order.Money{Goods: ordertest.Fen(6000), BuyerPaid: ordertest.Fen(6000)}
		doc.PaymentMethod, doc.BuyerNote, doc.SellerNote, doc.Flags = "货到付款", "请开发票", "改发顺丰", []string{order.FlagPresale}
		o := x.One(x.ctx, 0, doc)
		two := int64(2)
		if _, err := x.Orders.Flag(x.ctx, order.FlagInput{OrderID: o.ID, Flag: two}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Orders.Tag(x.ctx, order.TagInput{OrderID: o.ID, Add: []string{"vip"}}); err != nil {
			t.Fatal(err)
		}
		facts["shop_id"] = fact{"eq", fmt.Sprintf("%q", x.Shop.ID.String()), `"1"`}
		var asked []string
		var rules []review.Rule
		for name, f := range facts {
			asked = append(asked, name)
			rules = append(rules, holds1(name+" hits", name, f.op, f.hits))
			if f.misses == "" {
				f = fact{"eq", "", f.hits}
			}
			rules = append(rules, holds1(name+" misses", name, f.op, f.misses))
		}
		for _, f := range review.Fields() {
			if !slices.Contains(asked, f.Name) {
				t.Errorf("nothing asks for %s", f.Name)
			}
		}
		x.save(review.Policy{Rules: rules, Areas: []review.Area{{Province: "浙江", City: "杭州", Verdict: review.Remote}}})
		e, err := x.review.Explain(x.ctx, o.ID)
		if err != nil || len(e.Rules) != len(rules) {
			t.Fatalf("%d rules, %v", len(e.Rules), err)
		}
		for _, r := range e.Rules {
			if want := r.Name[len(r.Name)-4:] == "hits"; r.Hit != want {
				t.Errorf("%s: %v", r.Name, r.Why)
			}
		}
		if now := x.Load(x.ctx, o.ID); !now.OnHold(order.HoldByRule) || now.ApprovedAt != 0 {
			t.Errorf("holds %q", holds(now))
		}
	})
}

func holds1(name, field, op, value string) review.Rule {
	return review.Rule{Name: name, Enabled: true, Action: review.Hold, Condition: rule.Condition{Field: field, Op: op, Value: json.RawMessage(value)}}
}

// classed gives a SKU a class of goods.
func classed(t *testing.T, x *desk, code, class string) {
	t.Helper()
	var sku id.ID
	var version int64
	if err := x.Kit.DB.QueryRow(x.ctx, `SELECT id, version FROM catalog_sku WHERE merchant_id = ? AND code = ?`, kittest.Merchant, code).Scan(&sku, &version); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Catalog.UpdateSKU(x.ctx, catalog.UpdateSKUInput{SKUID: sku, Version: version, Classes: &[]string{class}}); err != nil {
		t.Fatal(err)
	}
}

// Time goes by without anything happening to the order: a rule that asks for it approves
// or holds at its minute. What waited before there was a rule is held, and as with any new
// rule not approved; what a person took back stays with that person.
func TestARuleThatAsksForMinutesSincePaymentActsAtItsMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, false)
		x.SKU(x.ctx, "A-1", 100)
		old := x.One(x.ctx, 0, x.Doc("0", "A-1"))
		x.save(review.Policy{Rules: []review.Rule{
			{Name: "过了 90 分钟", Enabled: true, Action: review.Approve, Condition: when("minutes_since_paid", "ge", 90)},
			{Name: "太久", Enabled: true, Action: review.Hold, Condition: when("minutes_since_paid", "gt", 300)},
		}})
		o, taken := x.One(x.ctx, 0, x.Doc("1", "A-1")), x.One(x.ctx, 0, x.Doc("2", "A-1")) // paid 59 minutes ago
		for _, f := range []func(context.Context, order.ApproveInput) (order.Result, error){x.Orders.Approve, x.Orders.RevokeApproval} {
			if _, err := f(x.ctx, order.ApproveInput{OrderID: taken.ID}); err != nil {
				t.Fatal(err)
			}
		}
		at := func(minutes time.Duration, approved bool, held bool) {
			t.Helper()
			kittest.Clock(x.Kit).Advance(minutes * time.Minute)
			if err := x.review.ApproveDue(x.ctx); err != nil {
				t.Fatal(err)
			}
			if now := x.Load(x.ctx, o.ID); (now.ApprovedAt != 0) != approved {
				t.Errorf("approved at %d, holds %q", now.ApprovedAt, holds(now))
			}
			if now := x.Load(x.ctx, taken.ID); now.ApprovedAt != 0 || len(now.Holds) != 0 {
				t.Errorf("what a person took back: approved at %d, holds %q", now.ApprovedAt, holds(now))
			}
			if now := x.Load(x.ctx, old.ID); now.ApprovedAt != 0 || now.OnHold(order.HoldByRule) != held {
				t.Errorf("what waited before: approved at %d, holds %q", now.ApprovedAt, holds(now))
			}
		}
		at(20, false, false)
		at(11, true, false)
		at(300, true, true)
	})
}

func TestAClassOfGoodsIsKnownThroughItsBundle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		part := x.SKU(x.ctx, "A-1", 100)
		classed(t, x, "A-1", "fragile")
		set, err := x.Catalog.CreateSKU(x.ctx, catalog.SKUInput{Code: "SET", ProductName: "套装"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Catalog.SetComponents(x.ctx, catalog.ComponentsInput{SKUID: set.ID, Version: set.Version, Components: []catalog.Component{{SKUID: part, Quantity: 2, Share: 1}}}); err != nil {
			t.Fatal(err)
		}
		x.save(review.Policy{Rules: []review.Rule{{Name: "易碎人工看", Enabled: true, Action: review.Hold, Condition: when("sku_classes", "has", "fragile")}}})
		x.want(x.One(x.ctx, 0, x.Doc("1", "SET")), "review_rule 易碎人工看")
	})
}
