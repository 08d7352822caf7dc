// Package reviewapi is the HTTP face of reviewing orders: the rules, the blacklist,
// what the rules say of an order, and what a reviewer does besides approving.
package reviewapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order/review"
)

const tag = "review"

// ReviewRule is a condition over an order and what it does.
type ReviewRule struct {
	Name      string          `json:"name" maxLength:"60"`
	Enabled   bool            `json:"enabled"`
	Condition json.RawMessage `json:"condition,omitempty" doc:"A tree of all, any, not and comparisons; empty holds for every order"`
	Action    string          `json:"action" enum:"approve,hold,finance"`
}

// PurchaseLimit is how many pieces of a SKU one buyer gets within days.
type PurchaseLimit struct {
	SKUCode    string `json:"sku_code" maxLength:"100"`
	Pieces     int64  `json:"pieces" minimum:"1" maximum:"1000000"`
	WindowDays int64  `json:"window_days" minimum:"1" maximum:"366"`
}

// PriceFloor is the least that a piece of a SKU brings in.
type PriceFloor struct {
	SKUCode  string    `json:"sku_code" maxLength:"100"`
	FloorFen money.Fen `json:"floor_fen" minimum:"1" maximum:"1000000000"`
}

// DeliveryArea is a place that is not delivered to, or only at a price.
type DeliveryArea struct {
	Province string `json:"province" maxLength:"30"`
	City     string `json:"city,omitempty" maxLength:"30"`
	District string `json:"district,omitempty" maxLength:"30"`
	Verdict  string `json:"verdict" enum:"undeliverable,remote"`
	Note     string `json:"note,omitempty" maxLength:"60"`
}

// ReviewPolicy is everything a merchant decided about reviewing orders.
type ReviewPolicy struct {
	Version        int64           `json:"version" minimum:"0" doc:"The one it was made from; 0 while nothing was saved"`
	WaitMinutes    int64           `json:"wait_minutes" minimum:"0" maximum:"10080" doc:"After payment, before an order approves itself"`
	DuplicateHours int64           `json:"duplicate_hours" minimum:"0" maximum:"720" doc:"0: nobody looks for duplicates"`
	BelowCost      bool            `json:"below_cost" doc:"Hold what is sold below its cost"`
	SellerNote     bool            `json:"seller_note" doc:"Hold orders with a seller's memo"`
	CheckAddress   bool            `json:"check_address"`
	PaymentMethods []string        `json:"payment_methods" nullable:"false" maxItems:"100" doc:"Empty: any"`
	Rules          []ReviewRule    `json:"rules" nullable:"false" maxItems:"100"`
	Limits         []PurchaseLimit `json:"limits" nullable:"false" maxItems:"1000"`
	Floors         []PriceFloor    `json:"floors" nullable:"false" maxItems:"1000"`
	Areas          []DeliveryArea  `json:"areas" nullable:"false" maxItems:"1000"`
}

func policyOf(p review.Policy) (ReviewPolicy, error) {
	out := ReviewPolicy{Version: p.Version, WaitMinutes: p.WaitMinutes, DuplicateHours: p.DuplicateHours, BelowCost: p.BelowCost,
		SellerNote: p.SellerNote, CheckAddress: p.CheckAddress, PaymentMethods: append([]string{}, p.PaymentMethods...),
		Rules: []ReviewRule{}, Limits: []PurchaseLimit{}, Floors: []PriceFloor{}, Areas: []DeliveryArea{}}
	for _, r := range p.Rules {
		c, err := json.Marshal(r.Condition)
		if err != nil {
			return out, err
		}
		out.Rules = append(out.Rules, ReviewRule{r.Name, r.Enabled, c, r.Action})
	}
	for _, l := range p.Limits {
		out.Limits = append(out.Limits, PurchaseLimit{l.SKUCode, l.Pieces, l.WindowDays})
	}
	for _, f := range p.Floors {
		out.Floors = append(out.Floors, PriceFloor{f.SKUCode, f.FloorFen})
	}
	for _, a := range p.Areas {
		out.Areas = append(out.Areas, DeliveryArea(a))
	}
	return out, nil
}

func (b ReviewPolicy) policy() (p review.Policy, err error) {
	p = review.Policy{WaitMinutes: b.WaitMinutes, DuplicateHours: b.DuplicateHours, BelowCost: b.BelowCost, SellerNote: b.SellerNote,
		CheckAddress: b.CheckAddress, PaymentMethods: b.PaymentMethods}
	for _, r := range b.Rules {
		c, err := rule.Parse(r.Condition)
		if err != nil {
			return p, err
		}
		p.Rules = append(p.Rules, review.Rule{Name: r.Name, Enabled: r.Enabled, Condition: c, Action: r.Action})
	}
	for _, l := range b.Limits {
		p.Limits = append(p.Limits, review.Limit{SKUCode: l.SKUCode, Pieces: l.Pieces, WindowDays: l.WindowDays})
	}
	for _, f := range b.Floors {
		p.Floors = append(p.Floors, review.Floor{SKUCode: f.SKUCode, FloorFen: f.FloorFen})
	}
	for _, a := range b.Areas {
		p.Areas = append(p.Areas, review.Area(a))
	}
	return p, nil
}

// ruleErrors are what can be wrong with a condition.
var ruleErrors = []*errs.Error{rule.ErrShape, rule.ErrUnknownField, rule.ErrOperator, rule.ErrValue, rule.ErrTooBig}

// Routes registers the operations.
func Routes(api *web.API, s *review.Service) {
	policyRoutes(api, s)
	blacklistRoutes(api, s)
	orderRoutes(api, s)
}

func policyRoutes(api *web.API, s *review.Service) {
	type policyOut struct{ Body ReviewPolicy }
	answer := func(p review.Policy, err error) (*policyOut, error) {
		if err != nil {
			return nil, err
		}
		body, err := policyOf(p)
		return &policyOut{body}, err
	}
	web.Register(api, web.Op{ID: "getReviewPolicy", Method: http.MethodGet, Path: "/review/policy", Tag: tag, Permission: "order.approve",
		ZH: "审单规则", EN: "The review rules"},
		func(ctx context.Context, _ *struct{}) (*policyOut, error) { return answer(s.Policy(ctx)) })

	web.Register(api, web.Op{ID: "saveReviewPolicy", Method: http.MethodPut, Path: "/review/policy", Tag: tag, Permission: review.PermitEdit, MaxBody: 2 << 20,
		ZH: "保存审单规则", EN: "Save the review rules", Errors: append([]*errs.Error{review.ErrChanged, review.ErrBadPolicy, review.ErrUnknownSKU}, ruleErrors...)},
		func(ctx context.Context, in *struct{ Body ReviewPolicy }) (*policyOut, error) {
			p, err := in.Body.policy()
			if err != nil {
				return nil, err
			}
			return answer(s.Save(ctx, review.SaveInput{Version: in.Body.Version, Policy: p}))
		})

	type fieldsOut struct{ Body web.Page[rule.Described] }
	web.Register(api, web.Op{ID: "listReviewFields", Method: http.MethodGet, Path: "/review/fields", Tag: tag, Permission: "order.approve",
		ZH: "审单规则可用的条件字段", EN: "What review rules may ask"},
		func(context.Context, *struct{}) (*fieldsOut, error) {
			return &fieldsOut{web.NewPage(review.Fields(), "")}, nil
		})

	type tried struct {
		Looked int64    `json:"looked" doc:"Orders of the last 7 days that were looked at"`
		Hits   int64    `json:"hits"`
		Capped bool     `json:"capped" doc:"There are more orders than were looked at, the newest ones"`
		Sample []string `json:"sample" nullable:"false" doc:"Order numbers, 20 at most"`
	}
	type triedOut struct{ Body tried }
	type tryInput struct {
		Body struct {
			Condition json.RawMessage `json:"condition,omitempty"`
		}
	}
	web.Register(api, web.Op{ID: "tryReviewRule", Method: http.MethodPost, Path: "/review/try", Tag: tag, Permission: review.PermitEdit,
		ZH: "试运行一条规则", EN: "Try a rule on the last 7 days", Errors: ruleErrors},
		func(ctx context.Context, in *tryInput) (*triedOut, error) {
			c, err := rule.Parse(in.Body.Condition)
			if err != nil {
				return nil, err
			}
			t, err := s.Try(ctx, c)
			if err != nil {
				return nil, err
			}
			return &triedOut{tried{t.Looked, t.Hits, t.Capped, append([]string{}, t.Sample...)}}, nil
		})
}

// BlacklistEntry is something by which a person is known again; masked.
type BlacklistEntry struct {
	ID        id.ID    `json:"id"`
	Kind      string   `json:"kind" enum:"buyer,phone,place"`
	Label     string   `json:"label"`
	Reason    string   `json:"reason"`
	CreatedAt web.Time `json:"created_at"`
}

func blacklistRoutes(api *web.API, s *review.Service) {
	type listIn struct {
		Cursor string `query:"cursor" maxLength:"30"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	type listOut struct{ Body web.Page[BlacklistEntry] }
	web.Register(api, web.Op{ID: "listBlacklist", Method: http.MethodGet, Path: "/review/blacklist", Tag: tag, Permission: "order.approve",
		ZH: "黑名单", EN: "The blacklist"},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			below, err := id.Parse(in.Cursor)
			if in.Cursor == "" {
				below, err = 0, nil
			}
			if err != nil {
				return nil, err
			}
			list, err := s.Blacklisted(ctx, below, in.Limit)
			if err != nil {
				return nil, err
			}
			out := make([]BlacklistEntry, len(list))
			for i, l := range list {
				out[i] = BlacklistEntry{l.ID, l.Kind, l.Label, l.Reason, web.Time(l.CreatedAt)}
			}
			next := ""
			if len(list) == in.Limit {
				next = list[len(list)-1].ID.String()
			}
			return &listOut{web.NewPage(out, next)}, nil
		})
	web.Register(api, web.Op{ID: "removeFromBlacklist", Method: http.MethodDelete, Path: "/review/blacklist/{id}", Tag: tag, Permission: review.PermitEdit,
		ZH: "移出黑名单", EN: "Take an entry off the blacklist", Errors: []*errs.Error{review.ErrNotFound}},
		func(ctx context.Context, in *struct {
			ID id.ID `path:"id"`
		}) (*struct{}, error) {
			return nil, s.Unlist(ctx, in.ID)
		})
}
