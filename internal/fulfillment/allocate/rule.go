package allocate

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rule"
)

// Permit is the right to set rules and areas.
const Permit = "fulfillment.allocate"

// Facts are what a rule may ask of an order.
type Facts struct {
	ShopID     string
	Channel    string
	OrderType  string
	Province   string
	City       string
	District   string
	Tags       []string
	SKUCodes   []string
	Pieces     int64
	Lines      int64
	WeightGram int64
	PaidFen    int64
	Flag       int64
	Presale    bool
	Urgent     bool
	BuyerNote  string
	SellerNote string
	// SKUClasses are those of the lines' SKUs, and of what bundles are made of.
	SKUClasses    []string
	MinutesPaid   int64 // whole minutes since payment, 0 where that is unknown
	PaymentMethod string
	Marks         []string // the channel's, such as presale
}

// Fields is the registry of conditions.
var Fields = rule.New(
	rule.Field[Facts]{Name: "shop_id", ZH: "店铺", EN: "Shop", Text: func(f *Facts) string { return f.ShopID }},
	rule.Field[Facts]{Name: "channel", ZH: "平台", EN: "Channel", Text: func(f *Facts) string { return f.Channel }},
	rule.Field[Facts]{Name: "order_type", ZH: "订单类型", EN: "Order type", Text: func(f *Facts) string { return f.OrderType }},
	rule.Field[Facts]{Name: "province", ZH: "省份", EN: "Province", Text: func(f *Facts) string { return f.Province }},
	rule.Field[Facts]{Name: "city", ZH: "城市", EN: "City", Text: func(f *Facts) string { return f.City }},
	rule.Field[Facts]{Name: "district", ZH: "区县", EN: "District", Text: func(f *Facts) string { return f.District }},
	rule.Field[Facts]{Name: "tags", ZH: "标签", EN: "Tags", List: func(f *Facts) []string { return f.Tags }},
	rule.Field[Facts]{Name: "sku_codes", ZH: "SKU 编码", EN: "SKU codes", List: func(f *Facts) []string { return f.SKUCodes }},
	rule.Field[Facts]{Name: "sku_classes", ZH: "商品类别", EN: "Classes of the goods", List: func(f *Facts) []string { return f.SKUClasses }},
	rule.Field[Facts]{Name: "minutes_since_paid", ZH: "付款后分钟数", EN: "Minutes since payment", Number: func(f *Facts) int64 { return f.MinutesPaid }},
	rule.Field[Facts]{Name: "payment_method", ZH: "支付方式", EN: "Payment method", Text: func(f *Facts) string { return f.PaymentMethod }},
	rule.Field[Facts]{Name: "channel_flags", ZH: "平台标记", EN: "Channel's marks", List: func(f *Facts) []string { return f.Marks }},
	rule.Field[Facts]{Name: "pieces", ZH: "件数", EN: "Pieces", Number: func(f *Facts) int64 { return f.Pieces }},
	rule.Field[Facts]{Name: "lines", ZH: "明细行数", EN: "Lines", Number: func(f *Facts) int64 { return f.Lines }},
	rule.Field[Facts]{Name: "weight_gram", ZH: "重量（克）", EN: "Weight in grams", Number: func(f *Facts) int64 { return f.WeightGram }},
	rule.Field[Facts]{Name: "paid_fen", ZH: "实付金额（分）", EN: "Paid, in fen", Number: func(f *Facts) int64 { return f.PaidFen }},
	rule.Field[Facts]{Name: "flag", ZH: "旗帜", EN: "Flag", Number: func(f *Facts) int64 { return f.Flag }},
	rule.Field[Facts]{Name: "presale", ZH: "预售", EN: "Presale", Bool: func(f *Facts) bool { return f.Presale }},
	rule.Field[Facts]{Name: "urgent", ZH: "加急", EN: "Urgent", Bool: func(f *Facts) bool { return f.Urgent }},
	rule.Field[Facts]{Name: "buyer_note", ZH: "买家留言", EN: "Buyer's note", Text: func(f *Facts) string { return f.BuyerNote }},
	rule.Field[Facts]{Name: "seller_note", ZH: "卖家备注", EN: "Seller's note", Text: func(f *Facts) string { return f.SellerNote }},
)

// Action is what a rule decides. No warehouses means all of them.
type Action struct {
	WarehouseIDs []id.ID `json:"warehouse_ids,omitempty"`
	Strategy     string  `json:"strategy"`
	Shortage     string  `json:"shortage"`
	Kind         string  `json:"kind,omitempty"`         // of the fulfillment orders, "" is express
	CarrierWish  string  `json:"carrier_wish,omitempty"` // a carrier's code
}

// Rule (分仓规则) decides for the orders its condition holds for; of several the first
// by position.
type Rule struct {
	ID        id.ID          `json:"id"`
	Position  int64          `json:"position"`
	Name      string         `json:"name"`
	Active    bool           `json:"active"`
	Condition rule.Condition `json:"condition"`
	Action    Action         `json:"action"`
	Version   int64          `json:"version"`
}

// Compiled is a rule made for asking.
type Compiled struct {
	Rule
	when *rule.Rule[Facts]
}

// Compile checks a rule and compiles it.
//
// Errors: ErrBadRule, and those of rule.Compile.
func Compile(r Rule) (*Compiled, error) {
	r.Name = strings.TrimSpace(r.Name)
	switch n := utf8.RuneCountInString(r.Name); {
	case n < 1 || n > 60:
		return nil, ErrBadRule.At("name")
	case !slices.Contains(Strategies, r.Action.Strategy):
		return nil, ErrBadRule.At("action.strategy")
	case !slices.Contains(Shortages, r.Action.Shortage):
		return nil, ErrBadRule.At("action.shortage")
	}
	when, err := Fields.Compile(r.Condition)
	if err != nil {
		return nil, err
	}
	return &Compiled{r, when}, nil
}

// Service keeps rules, areas and who ships for us.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	stock   *inventory.Service
}

// New returns it.
func New(k *kit.Kit, cat *catalog.Service, stock *inventory.Service) *Service {
	return &Service{k: k, catalog: cat, stock: stock}
}

// Rules lists the merchant's rules in the order they are asked.
func (s *Service) Rules(ctx context.Context) ([]Rule, error) { return s.rulesTx(ctx, s.k.DB) }

func (s *Service) rulesTx(ctx context.Context, q db.Querier) ([]Rule, error) {
	out := []Rule{}
	for row := range db.Each(ctx, q, selectRules, actor.Merchant(ctx)) {
		var r Rule
		var when, do string
		err := row.Scan(&r.ID, &r.Position, &r.Name, &r.Active, &when, &do, &r.Version)
		if err != nil {
			return nil, err
		}
		if r.Condition, err = rule.Parse([]byte(when)); err != nil {
			return nil, err
		}
		if err = json.Unmarshal([]byte(do), &r.Action); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// CompiledTx reads the active rules, made for asking.
func (s *Service) CompiledTx(ctx context.Context, q db.Querier) ([]*Compiled, error) {
	all, err := s.rulesTx(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []*Compiled
	for _, r := range all {
		if !r.Active {
			continue
		}
		c, err := Compile(r)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// SaveRule adds a rule (ID 0) or replaces the one whose Version was read. Permission
// fulfillment.allocate.
//
// Errors: those of Compile, ErrRuleChanged.
func (s *Service) SaveRule(ctx context.Context, r Rule) (Rule, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return r, err
	}
	c, err := Compile(r)
	if err != nil {
		return r, err
	}
	about := &command.About{Action: "fulfillment.save_rule", Object: "fulfillment_rule/" + r.ID.String(), Detail: map[string]any{"name": c.Name}}
	return command.Run(ctx, s.k.Commands, about, r, func(ctx context.Context, tx *db.Tx) (Rule, error) {
		return s.saveRuleTx(ctx, tx, c.Rule)
	})
}

func (s *Service) saveRuleTx(ctx context.Context, tx *db.Tx, r Rule) (Rule, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return r, err
	}
	when, err := json.Marshal(r.Condition)
	if err != nil {
		return r, err
	}
	do, err := json.Marshal(r.Action)
	if err != nil {
		return r, err
	}
	now := clock.Millis(s.k.Clock)
	if r.ID == 0 {
		r.ID, r.Version = s.k.IDs.New(), 1
		if r.Position == 0 { // a new one is asked last
			if err := tx.QueryRow(ctx, selectLast, a.MerchantID).Scan(&r.Position); err != nil {
				return r, err
			}
			r.Position++
		}
		_, err = tx.Exec(ctx, insertRule, a.MerchantID, r.ID, r.Position, r.Name, r.Active, string(when), string(do), a.ID, now)
		return r, err
	}
	n, err := tx.ExecN(ctx, updateRule, r.Position, r.Name, r.Active, string(when), string(do), a.ID, now, a.MerchantID, r.ID, r.Version)
	if err == nil && n == 0 {
		err = ErrRuleChanged
	}
	r.Version++
	return r, err
}

// DeleteRule removes a rule; one that is gone already is no error. Permission
// fulfillment.allocate.
func (s *Service) DeleteRule(ctx context.Context, one id.ID) error {
	if err := actor.Require(ctx, Permit); err != nil {
		return err
	}
	about := &command.About{Action: "fulfillment.delete_rule", Object: "fulfillment_rule/" + one.String()}
	_, err := command.Run(ctx, s.k.Commands, about, one, func(ctx context.Context, tx *db.Tx) (bool, error) {
		n, err := tx.ExecN(ctx, deleteRule, actor.Merchant(ctx), one)
		return n > 0, err
	})
	return err
}

// OrderRules puts rules in the order in which they are asked: ids first, those that are
// not named after them as they stood. Permission fulfillment.allocate.
//
// Errors: ErrRuleChanged where an id is of no rule.
func (s *Service) OrderRules(ctx context.Context, ids []id.ID) ([]Rule, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return nil, err
	}
	about := &command.About{Action: "fulfillment.order_rules", Detail: map[string]any{"rules": len(ids)}}
	return command.Run(ctx, s.k.Commands, about, ids, func(ctx context.Context, tx *db.Tx) ([]Rule, error) {
		all, err := s.rulesTx(ctx, tx)
		if err != nil {
			return nil, err
		}
		for _, one := range ids {
			if !slices.ContainsFunc(all, func(r Rule) bool { return r.ID == one }) {
				return nil, ErrRuleChanged
			}
		}
		place := func(r Rule) int {
			if at := slices.Index(ids, r.ID); at >= 0 {
				return at
			}
			return len(ids)
		}
		slices.SortStableFunc(all, func(a, b Rule) int { return cmp.Compare(place(a), place(b)) })
		for i := range all {
			all[i].Position = int64(i + 1)
			if _, err := tx.Exec(ctx, setPosition, all[i].Position, actor.Merchant(ctx), all[i].ID); err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}
