package choose

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

const maxName = 60

// Effect is what a rule does with its accounts.
type Effect string

const (
	Prefer  Effect = "prefer"  // take the first that is left, in this order
	Require Effect = "require" // take one of them, in this order, or none
	Exclude Effect = "exclude" // take none of them
)

// Rule is one of the merchant's (快递规则). Rules are asked in the order of Position.
type Rule struct {
	ID        id.ID
	Position  int64
	Name      string
	Condition json.RawMessage
	Effect    Effect
	Accounts  []id.ID // the best first
	Product   string  // asked for at these accounts, empty for the usual one
	Enabled   bool
	UpdatedAt int64
	Version   int64

	compiled *rule.Rule[Facts]
}

// Match reports whether the rule's condition holds.
func (r *Rule) Match(f *Facts) bool { return r.compiled != nil && r.compiled.Match(f) }

// Fields are what rules may ask.
var Fields = rule.New(
	rule.Field[Facts]{Name: "province", ZH: "收货省份", EN: "Province", Text: func(f *Facts) string { return f.Region.Province }},
	rule.Field[Facts]{Name: "city", ZH: "收货城市", EN: "City", Text: func(f *Facts) string { return f.Region.City }},
	rule.Field[Facts]{Name: "district", ZH: "收货区县", EN: "District", Text: func(f *Facts) string { return f.Region.District }},
	rule.Field[Facts]{Name: "weight_gram", ZH: "重量（克）", EN: "Weight (g)", Number: func(f *Facts) int64 { return f.WeightGram }},
	rule.Field[Facts]{Name: "volume_ml", ZH: "体积（立方厘米）", EN: "Volume (cm³)", Number: func(f *Facts) int64 { return f.VolumeML }},
	rule.Field[Facts]{Name: "pieces", ZH: "件数", EN: "Pieces", Number: func(f *Facts) int64 { return f.Pieces }},
	rule.Field[Facts]{Name: "goods_fen", ZH: "货值（分）", EN: "Value of the goods (fen)", Number: func(f *Facts) int64 { return int64(f.GoodsFen) }},
	rule.Field[Facts]{Name: "cash_on_delivery", ZH: "货到付款", EN: "Cash on delivery", Bool: func(f *Facts) bool { return f.CollectFen > 0 }},
	rule.Field[Facts]{Name: "channel", ZH: "渠道", EN: "Channel", Text: func(f *Facts) string { return f.Channel }},
	rule.Field[Facts]{Name: "shop_id", ZH: "店铺", EN: "Shop", Text: func(f *Facts) string { return f.ShopID.String() }},
	rule.Field[Facts]{Name: "warehouse_id", ZH: "仓库", EN: "Warehouse", Text: func(f *Facts) string { return f.WarehouseID.String() }},
	rule.Field[Facts]{Name: "classes", ZH: "商品类别", EN: "Classes of the goods", List: func(f *Facts) []string { return f.Classes }},
	rule.Field[Facts]{Name: "sku_codes", ZH: "商品编码", EN: "SKU codes", List: func(f *Facts) []string { return f.SKUCodes }},
	rule.Field[Facts]{Name: "tags", ZH: "标签", EN: "Tags", List: func(f *Facts) []string { return f.Tags }},
)

// ChannelOf tells the channel of a shop.
type ChannelOf func(ctx context.Context, q db.Querier, shopID id.ID) (string, error)

// Service keeps what choices are made by.
type Service struct {
	// Reach tells where carriers said they do not go; nil where nobody asks them.
	Reach *reach.Service
	// Quotes tells what carriers said a parcel costs; nil where nobody asks them.
	Quotes *quote.Service
	// Shares tells whether accounts of a channel issue for its other shops too; with nil
	// they do.
	Shares func(channel string) bool

	k         *kit.Kit
	accounts  *account.Service
	channelOf ChannelOf
}

// New wires the use cases.
func New(k *kit.Kit, accounts *account.Service, channelOf ChannelOf) *Service {
	s := &Service{k: k, accounts: accounts, channelOf: channelOf}
	k.Jobs.Register(kindTurn, job.Handler{Run: s.turned})
	return s
}

// Load reads all that choices are made by, once for many parcels. For the product
// itself, inside a transaction or out of one.
func (s *Service) Load(ctx context.Context, q db.Querier) (*Snapshot, error) {
	all, err := s.accounts.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &Snapshot{Accounts: all, ChannelOf: map[id.ID]string{}, Alone: map[id.ID]bool{}}
	for _, a := range all {
		if _, known := out.ChannelOf[a.ShopID]; a.ShopID == 0 || known {
			continue
		}
		if out.ChannelOf[a.ShopID], err = s.channelOf(ctx, q, a.ShopID); err != nil {
			return nil, err
		}
		out.Alone[a.ShopID] = s.Shares != nil && !s.Shares(out.ChannelOf[a.ShopID])
	}
	if out.Prices, err = s.prices(ctx, q, 0); err != nil {
		return nil, err
	}
	if out.Suspensions, err = s.suspensions(ctx, q); err != nil {
		return nil, err
	}
	if s.Reach != nil {
		if out.Unreached, err = s.Reach.Unreached(ctx, q); err != nil {
			return nil, err
		}
	}
	if s.Quotes != nil {
		if out.Quotes, err = s.Quotes.Known(ctx, q); err != nil {
			return nil, err
		}
	}
	rules, err := s.rules(ctx, q)
	for _, r := range rules {
		if r.Enabled {
			out.Rules = append(out.Rules, r)
		}
	}
	return out, err
}

// Rules lists the merchant's rules in their order. Permission logistics.read.
func (s *Service) Rules(ctx context.Context) ([]Rule, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	return s.rules(ctx, s.k.DB)
}

func (s *Service) rules(ctx context.Context, q db.Querier) ([]Rule, error) {
	var out []Rule
	for row := range db.Each(ctx, q, selectRules, actor.Merchant(ctx)) {
		var r Rule
		var condition, accounts string
		var enabled int64
		err := row.Scan(&r.ID, &r.Position, &r.Name, &condition, &r.Effect, &accounts, &r.Product, &enabled, &r.UpdatedAt, &r.Version)
		if err != nil {
			return nil, err
		}
		r.Condition, r.Enabled = json.RawMessage(condition), enabled == 1
		if err = json.Unmarshal([]byte(accounts), &r.Accounts); err != nil {
			return nil, err
		}
		if r.compiled, err = Fields.CompileJSON(r.Condition); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// PutRuleInput makes a rule (RuleID 0) or changes one. Version is the one the caller
// read, 0 to overwrite.
type PutRuleInput struct {
	RuleID    id.ID           `json:"rule_id"`
	Version   int64           `json:"version"`
	Position  int64           `json:"position"`
	Name      string          `json:"name"`
	Condition json.RawMessage `json:"condition"`
	Effect    Effect          `json:"effect"`
	Accounts  []id.ID         `json:"accounts"`
	Product   string          `json:"product"`
	Enabled   bool            `json:"enabled"`
}

// PutRule makes or changes a rule (快递规则). Permission logistics.edit.
//
// Errors: ErrRule, ErrChanged, ErrName, ErrEffect, account.ErrNotFound, those of
// rule.Compile.
func (s *Service) PutRule(ctx context.Context, in PutRuleInput) (Rule, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return Rule{}, err
	}
	if _, err := in.check(); err != nil {
		return Rule{}, err
	}
	about := &command.About{Action: "choose.put_rule"}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		one, err := s.putRuleTx(ctx, tx, in)
		about.Object = "carrier_rule/" + one.String()
		return one, err
	})
	if err != nil {
		return Rule{}, err
	}
	return s.rule(ctx, s.k.DB, made)
}

// check settles what may be left out, and compiles the condition.
func (in *PutRuleInput) check() (*rule.Rule[Facts], error) {
	in.Name = strings.TrimSpace(in.Name)
	if n := utf8.RuneCountInString(in.Name); n == 0 || n > maxName {
		return nil, ErrName.With("max", maxName).At("name")
	}
	if in.Effect != Prefer && in.Effect != Require && in.Effect != Exclude || len(in.Accounts) == 0 {
		return nil, ErrEffect.At("effect")
	}
	if len(in.Condition) == 0 {
		in.Condition = json.RawMessage("{}")
	}
	return Fields.CompileJSON(in.Condition)
}

// With is the snapshot as it would be with a rule that nobody has saved: in its place
// among the others, instead of the one with its id.
//
// Errors: those of PutRule that need no look at the accounts.
func (s *Snapshot) With(in PutRuleInput) (*Snapshot, error) {
	compiled, err := in.check()
	if err != nil {
		return nil, err
	}
	out := *s
	out.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r Rule) bool { return r.ID == in.RuleID })
	if !in.Enabled {
		return &out, nil
	}
	one := Rule{ID: in.RuleID, Position: in.Position, Name: in.Name, Condition: in.Condition, Effect: in.Effect, Accounts: in.Accounts, Product: in.Product, Enabled: true, compiled: compiled}
	at := slices.IndexFunc(out.Rules, func(r Rule) bool {
		return r.Position > in.Position || r.Position == in.Position && in.RuleID != 0 && r.ID > in.RuleID
	})
	if at < 0 {
		at = len(out.Rules)
	}
	out.Rules = slices.Insert(out.Rules, at, one)
	return &out, nil
}

func (s *Service) rule(ctx context.Context, q db.Querier, one id.ID) (Rule, error) {
	all, err := s.rules(ctx, q)
	if err != nil {
		return Rule{}, err
	}
	for _, r := range all {
		if r.ID == one {
			return r, nil
		}
	}
	return Rule{}, ErrRule
}

func (s *Service) putRuleTx(ctx context.Context, tx *db.Tx, in PutRuleInput) (id.ID, error) {
	for _, a := range in.Accounts {
		if _, err := s.accounts.GetTx(ctx, tx, a); err != nil {
			return 0, err
		}
	}
	accounts, err := json.Marshal(in.Accounts)
	if err != nil {
		return 0, err
	}
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	if in.RuleID == 0 {
		one := s.k.IDs.New()
		_, err := tx.Exec(ctx, insertRule, m, one, in.Position, in.Name, string(in.Condition), string(in.Effect), string(accounts), in.Product, in.Enabled, now)
		return one, err
	}
	had, err := s.rule(ctx, tx, in.RuleID)
	if err != nil {
		return 0, err
	}
	if in.Version != 0 && in.Version != had.Version {
		return 0, ErrChanged
	}
	n, err := tx.ExecN(ctx, updateRule, in.Position, in.Name, string(in.Condition), string(in.Effect), string(accounts), in.Product, in.Enabled, now, m, in.RuleID, had.Version)
	if err == nil && n == 0 {
		err = ErrChanged
	}
	return in.RuleID, err
}

// DeleteRule takes a rule away. Permission logistics.edit.
//
// Errors: ErrRule.
func (s *Service) DeleteRule(ctx context.Context, ruleID id.ID) error {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return err
	}
	about := &command.About{Action: "choose.delete_rule", Object: "carrier_rule/" + ruleID.String()}
	_, err := command.Run(ctx, s.k.Commands, about, ruleID, func(ctx context.Context, tx *db.Tx) (int64, error) {
		n, err := tx.ExecN(ctx, deleteRule, actor.Merchant(ctx), ruleID)
		if err == nil && n == 0 {
			err = ErrRule
		}
		return n, err
	})
	return err
}
