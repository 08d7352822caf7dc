package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
)

// What a rule does when its condition holds. A hold beats an approval; finance is
// asked for besides.
const (
	Approve = "approve"
	Hold    = "hold"
	Finance = "finance"
)

// Area verdicts.
const (
	Undeliverable = "undeliverable"
	Remote        = "remote" // delivered to, at a price: a fact that rules may ask for
)

// Rule is one condition (审单规则) and what it does.
type Rule struct {
	Name      string         `json:"name"`
	Enabled   bool           `json:"enabled"`
	Condition rule.Condition `json:"condition"`
	Action    string         `json:"action"`
}

// Limit (限购) is how many pieces of a SKU one buyer gets within a window.
type Limit struct {
	SKUCode    string `json:"sku_code"`
	SKUID      id.ID  `json:"sku_id"` // found by the code when saved
	Pieces     int64  `json:"pieces"`
	WindowDays int64  `json:"window_days"`
}

// Floor (底价) is the least that a piece of a SKU brings in.
type Floor struct {
	SKUCode  string    `json:"sku_code"`
	SKUID    id.ID     `json:"sku_id"`
	FloorFen money.Fen `json:"floor_fen"`
}

// Area is a place that is not delivered to, or only at a price. Empty parts mean all.
type Area struct {
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Verdict  string `json:"verdict"`
	Note     string `json:"note"`
}

// Policy is everything a merchant decided about reviewing. The zero Policy holds and
// approves nothing by itself.
type Policy struct {
	Version        int64    `json:"-"`
	UpdatedAt      int64    `json:"-"`
	WaitMinutes    int64    `json:"wait_minutes"`    // after payment, before an order approves itself
	DuplicateHours int64    `json:"duplicate_hours"` // 0: nobody looks
	BelowCost      bool     `json:"below_cost"`      // hold what is sold below its cost
	SellerNote     bool     `json:"seller_note"`     // hold what has a seller's memo
	CheckAddress   bool     `json:"check_address"`
	PaymentMethods []string `json:"payment_methods"` // empty: any
	Rules          []Rule   `json:"rules"`
	Limits         []Limit  `json:"limits"`
	Floors         []Floor  `json:"floors"`
	Areas          []Area   `json:"areas"`
}

// Bounds of a policy.
const (
	maxRules = 100
	maxRows  = 1000
	maxName  = 60
)

// Default is the policy until a merchant saves one: addresses are checked.
func Default() Policy { return Policy{CheckAddress: true} }

// check refuses what cannot be followed and tidies the rest.
func (p *Policy) check() error {
	bad := func(field string) error { return ErrBadPolicy.With("field", field).At(field) }
	if p.WaitMinutes < 0 || p.WaitMinutes > 7*24*60 {
		return bad("wait_minutes")
	}
	if p.DuplicateHours < 0 || p.DuplicateHours > 30*24 {
		return bad("duplicate_hours")
	}
	if len(p.Rules) > maxRules {
		return bad("rules")
	}
	if len(p.Limits) > maxRows || len(p.Floors) > maxRows || len(p.Areas) > maxRows || len(p.PaymentMethods) > maxRules {
		return bad("limits")
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		r.Name = strings.TrimSpace(r.Name)
		if r.Name == "" || utf8.RuneCountInString(r.Name) > maxName || !slices.Contains([]string{Approve, Hold, Finance}, r.Action) {
			return bad("rules")
		}
		if _, err := fields.Compile(r.Condition); err != nil {
			return err
		}
	}
	for _, l := range p.Limits {
		if l.Pieces < 1 || l.Pieces > 1_000_000 || l.WindowDays < 1 || l.WindowDays > 366 {
			return bad("limits")
		}
	}
	for _, f := range p.Floors {
		if f.FloorFen < 1 || f.FloorFen > 1_000_000_000 {
			return bad("floors")
		}
	}
	for i := range p.Areas {
		a := &p.Areas[i]
		a.Province, a.City, a.District, a.Note = strings.TrimSpace(a.Province), strings.TrimSpace(a.City), strings.TrimSpace(a.District), strings.TrimSpace(a.Note)
		if a.Province == "" || a.District != "" && a.City == "" || utf8.RuneCountInString(a.Note) > maxName || a.Verdict != Undeliverable && a.Verdict != Remote {
			return bad("areas")
		}
	}
	return nil
}

// Engine judges orders in their own transaction. It knows no use case of orders, so
// that these can be built upon it.
type Engine struct {
	kit *kit.Kit

	mu    sync.Mutex
	ready map[id.ID]*compiled // by merchant, of the version last seen
}

// NewEngine returns the order.Reviewer.
func NewEngine(k *kit.Kit) *Engine { return &Engine{kit: k, ready: map[id.ID]*compiled{}} }

// compiled is a policy ready to judge by.
type compiled struct {
	Policy
	rules  []*rule.Rule[Facts] // of Policy.Rules, nil for one that is off
	limits map[id.ID]Limit
	floors map[id.ID]money.Fen
	buyer  bool // some condition asks for the buyer's orders so far
	// classes: some condition asks for the classes of the goods. minutes are those after
	// payment at which the answer of some condition changes, sorted.
	classes bool
	minutes []int64
}

func compile(p Policy) (*compiled, error) {
	c := &compiled{Policy: p, rules: make([]*rule.Rule[Facts], len(p.Rules)), limits: map[id.ID]Limit{}, floors: map[id.ID]money.Fen{}}
	for i, r := range p.Rules {
		if !r.Enabled {
			continue
		}
		var err error
		if c.rules[i], err = fields.Compile(r.Condition); err != nil {
			return nil, err
		}
		c.buyer = c.buyer || asks(r.Condition, buyerOrders)
		c.classes = c.classes || asks(r.Condition, skuClasses)
		c.minutes = append(c.minutes, turns(r.Condition)...)
	}
	slices.Sort(c.minutes)
	c.minutes = slices.Compact(c.minutes)
	for _, l := range p.Limits {
		c.limits[l.SKUID] = l
	}
	for _, f := range p.Floors {
		c.floors[f.SKUID] = f.FloorFen
	}
	return c, nil
}

// asks reports whether a condition compares a field.
func asks(c rule.Condition, field string) bool {
	in := func(x rule.Condition) bool { return asks(x, field) }
	return c.Field == field || c.Not != nil && asks(*c.Not, field) || slices.ContainsFunc(c.All, in) || slices.ContainsFunc(c.Any, in)
}

// turns are the minutes after payment at which a condition may begin or cease to hold.
func turns(c rule.Condition) (out []int64) {
	if c.Not != nil {
		out = turns(*c.Not)
	}
	for _, x := range slices.Concat(c.All, c.Any) {
		out = append(out, turns(x)...)
	}
	if c.Field != minutesSince {
		return out
	}
	var one int64
	var many []int64
	if json.Unmarshal(c.Value, &one) == nil {
		many = []int64{one}
	} else if json.Unmarshal(c.Value, &many) != nil {
		return out
	}
	for _, n := range many {
		out = append(out, n, n+1)
	}
	return out
}

// policyTx is the merchant's policy, compiled once per version.
func (e *Engine) policyTx(ctx context.Context, q db.Querier) (*compiled, error) {
	m := actor.Merchant(ctx)
	var version int64
	err := q.QueryRow(ctx, selectVersion, m).Scan(&version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	e.mu.Lock()
	c := e.ready[m]
	e.mu.Unlock()
	if c != nil && c.Version == version {
		return c, nil
	}
	p, err := readPolicy(ctx, q)
	if err != nil {
		return nil, err
	}
	if c, err = compile(p); err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.ready[m] = c
	e.mu.Unlock()
	return c, nil
}

func readPolicy(ctx context.Context, q db.Querier) (Policy, error) {
	var p Policy
	var version, at int64
	var body string
	err := q.QueryRow(ctx, selectPolicy, actor.Merchant(ctx)).Scan(&version, &body, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Default(), nil
	}
	if err != nil {
		return p, err
	}
	err = json.Unmarshal([]byte(body), &p)
	p.Version, p.UpdatedAt = version, at
	return p, err
}
