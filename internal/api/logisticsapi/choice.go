package logisticsapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

// CarrierPrice is what an account charges to a region.
type CarrierPrice struct {
	Product       string `json:"product,omitempty" maxLength:"40" doc:"Empty: all of the account's"`
	WarehouseID   id.ID  `json:"warehouse_id,omitempty" doc:"0: from all warehouses"`
	Province      string `json:"province,omitempty" maxLength:"30" doc:"Empty: everywhere"`
	City          string `json:"city,omitempty" maxLength:"30"`
	District      string `json:"district,omitempty" maxLength:"30"`
	FirstGram     int64  `json:"first_gram" minimum:"1"`
	FirstFen      int64  `json:"first_fen" minimum:"0"`
	StepGram      int64  `json:"step_gram" minimum:"1"`
	StepFen       int64  `json:"step_fen" minimum:"0"`
	VolumeDivisor int64  `json:"volume_divisor,omitempty" minimum:"0" doc:"Cubic centimetres that count as a kilogram; 0: volume does not count"`
}

// CarrierSuspension is a region to which nothing is delivered.
type CarrierSuspension struct {
	ID        id.ID    `json:"id"`
	AccountID id.ID    `json:"account_id"`
	Carrier   string   `json:"carrier"`
	Province  string   `json:"province"`
	City      string   `json:"city"`
	District  string   `json:"district"`
	StartsAt  web.Time `json:"starts_at"`
	EndsAt    web.Time `json:"ends_at" doc:"null: until it is taken back"`
	Reason    string   `json:"reason"`
	ActorName string   `json:"actor_name"`
}

func suspensionOf(s choose.Suspension) CarrierSuspension {
	return CarrierSuspension{ID: s.ID, AccountID: s.AccountID, Carrier: s.Carrier, Province: s.Region.Province, City: s.Region.City, District: s.Region.District,
		StartsAt: web.Time(s.StartsAt), EndsAt: web.Time(s.EndsAt), Reason: s.Reason, ActorName: s.ActorName}
}

// CarrierRule decides which account a parcel takes.
type CarrierRule struct {
	ID        id.ID           `json:"id"`
	Position  int64           `json:"position"`
	Name      string          `json:"name"`
	Condition json.RawMessage `json:"condition"`
	Effect    string          `json:"effect" enum:"prefer,require,exclude"`
	Accounts  []id.ID         `json:"account_ids" nullable:"false"`
	Product   string          `json:"product"`
	Enabled   bool            `json:"enabled"`
	UpdatedAt web.Time        `json:"updated_at"`
	Version   int64           `json:"version"`
}

func ruleOf(r choose.Rule) CarrierRule {
	return CarrierRule{r.ID, r.Position, r.Name, r.Condition, string(r.Effect), append([]id.ID{}, r.Accounts...), r.Product, r.Enabled, web.Time(r.UpdatedAt), r.Version}
}

// PutCarrierRule makes or changes a rule.
type PutCarrierRule struct {
	Version   int64           `json:"version,omitempty"`
	Position  int64           `json:"position,omitempty"`
	Name      string          `json:"name"`
	Condition json.RawMessage `json:"condition,omitempty"`
	Effect    string          `json:"effect" enum:"prefer,require,exclude"`
	Accounts  []id.ID         `json:"account_ids" maxItems:"100"`
	Product   string          `json:"product,omitempty" maxLength:"40"`
	Enabled   bool            `json:"enabled"`
}

func (p PutCarrierRule) input(one id.ID) choose.PutRuleInput {
	return choose.PutRuleInput{RuleID: one, Version: p.Version, Position: p.Position, Name: p.Name, Condition: p.Condition, Effect: choose.Effect(p.Effect), Accounts: p.Accounts,
		Product: p.Product, Enabled: p.Enabled}
}

type ruleOut struct{ Body CarrierRule }

var ruleErrors = []*errs.Error{choose.ErrRule, choose.ErrChanged, choose.ErrName, choose.ErrEffect, account.ErrNotFound, rule.ErrShape, rule.ErrUnknownField, rule.ErrOperator, rule.ErrValue, rule.ErrTooBig}

func (h *handlers) choices(api *web.API) {
	op := func(id, method, path, permission, zh, en string, faults ...*errs.Error) web.Op {
		return web.Op{ID: id, Method: method, Path: path, Tag: "fulfillment", Permission: permission, ZH: zh, EN: en, Errors: faults}
	}
	web.Register(api, op("listCarrierPrices", http.MethodGet, "/carrier-accounts/{id}/prices", logistics.PermitRead, "账号的运价表", "An account's price table"), h.prices)
	web.Register(api, op("putCarrierPrices", http.MethodPut, "/carrier-accounts/{id}/prices", logistics.PermitEdit, "替换账号的运价表", "Replace an account's price table",
		account.ErrNotFound, choose.ErrPrice, choose.ErrPriceTwice, choose.ErrTooMany), h.setPrices)
	web.Register(api, op("listCarrierSuspensions", http.MethodGet, "/carrier-suspensions", logistics.PermitRead, "停发与超区", "Where nothing is delivered"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[CarrierSuspension] }, error) {
			all, err := h.Choices.Suspensions(ctx)
			if err != nil {
				return nil, err
			}
			var out []CarrierSuspension
			for _, s := range all {
				out = append(out, suspensionOf(s))
			}
			return &struct{ Body web.Page[CarrierSuspension] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, op("createCarrierSuspension", http.MethodPost, "/carrier-suspensions", logistics.PermitEdit, "登记停发或超区", "Deliver nothing to a region",
		account.ErrNotFound, account.ErrCarrier, choose.ErrPeriod, choose.ErrReason), h.suspend)
	web.Register(api, op("deleteCarrierSuspension", http.MethodDelete, "/carrier-suspensions/{id}", logistics.PermitEdit, "恢复派送", "Deliver there again", choose.ErrSuspension),
		func(ctx context.Context, in *accountIn) (*struct{}, error) { return nil, h.Choices.Resume(ctx, in.ID) })
	web.Register(api, op("listCarrierRules", http.MethodGet, "/carrier-rules", logistics.PermitRead, "快递选择规则", "Rules of the choice of a carrier"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[CarrierRule] }, error) {
			all, err := h.Choices.Rules(ctx)
			if err != nil {
				return nil, err
			}
			var out []CarrierRule
			for _, r := range all {
				out = append(out, ruleOf(r))
			}
			return &struct{ Body web.Page[CarrierRule] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, op("listCarrierRuleFields", http.MethodGet, "/carrier-rules/fields", logistics.PermitRead, "规则可用的字段", "What rules may ask"),
		func(context.Context, *struct{}) (*struct{ Body web.Page[rule.Described] }, error) {
			return &struct{ Body web.Page[rule.Described] }{web.NewPage(choose.Fields.Describe(), "")}, nil
		})
	web.Register(api, op("tryCarrierRules", http.MethodPost, "/carrier-rules/try", logistics.PermitRead, "试运行：未发货订单会选哪家快递", "Which carrier the open fulfillment orders would get", ruleErrors...), h.try)
	web.Register(api, op("createCarrierRule", http.MethodPost, "/carrier-rules", logistics.PermitEdit, "新增快递规则", "Add a rule", ruleErrors...),
		func(ctx context.Context, in *struct{ Body PutCarrierRule }) (*ruleOut, error) {
			return h.putRule(ctx, 0, in.Body)
		})
	web.Register(api, op("updateCarrierRule", http.MethodPut, "/carrier-rules/{id}", logistics.PermitEdit, "修改快递规则", "Change a rule", ruleErrors...),
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body PutCarrierRule
		}) (*ruleOut, error) {
			return h.putRule(ctx, in.ID, in.Body)
		})
	web.Register(api, op("deleteCarrierRule", http.MethodDelete, "/carrier-rules/{id}", logistics.PermitEdit, "删除快递规则", "Take a rule away", choose.ErrRule),
		func(ctx context.Context, in *accountIn) (*struct{}, error) {
			return nil, h.Choices.DeleteRule(ctx, in.ID)
		})
}

// CarrierTry is which carrier one open fulfillment order would get.
type CarrierTry struct {
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	ShopID             id.ID         `json:"shop_id"`
	Orders             []NamedOrder  `json:"orders" nullable:"false"`
	Province           string        `json:"province"`
	City               string        `json:"city"`
	District           string        `json:"district"`
	WeightGram         int64         `json:"weight_gram" doc:"0: not known"`
	Choice             CarrierChoice `json:"choice"`
	Before             CarrierChoice `json:"before" doc:"By the rules as they are saved"`
	Blocked            *CarrierFault `json:"blocked" doc:"Why it may not go on for now, whatever the carrier"`
}

func (h *handlers) try(ctx context.Context, in *struct {
	Body struct {
		RuleID id.ID           `json:"rule_id,omitempty" doc:"The saved rule that the draft stands for; 0: a new one"`
		Rule   *PutCarrierRule `json:"rule,omitempty" doc:"Absent: the rules as they are"`
	}
}) (*struct{ Body web.Page[CarrierTry] }, error) {
	var draft *choose.PutRuleInput
	if in.Body.Rule != nil {
		d := in.Body.Rule.input(in.Body.RuleID)
		draft = &d
	}
	rows, err := h.Issue.Try(ctx, draft)
	if err != nil {
		return nil, err
	}
	var out []CarrierTry
	for _, r := range rows {
		one := CarrierTry{FulfillmentOrderID: r.FulfillmentOrderID, ShopID: r.ShopID, Orders: namedOrders(r.Orders), Province: r.Region.Province, City: r.Region.City, District: r.Region.District,
			WeightGram: r.WeightGram, Choice: choiceOf(r.Choice), Before: choiceOf(r.Before)}
		if r.Err != nil {
			one.Blocked = faultOf(ctx, r.Err.Code, r.Err.Params)
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[CarrierTry] }{web.NewPage(out, "")}, nil
}

func (h *handlers) putRule(ctx context.Context, one id.ID, p PutCarrierRule) (*ruleOut, error) {
	r, err := h.Choices.PutRule(ctx, p.input(one))
	if err != nil {
		return nil, err
	}
	return &ruleOut{ruleOf(r)}, nil
}

func (h *handlers) prices(ctx context.Context, in *accountIn) (*struct{ Body web.Page[CarrierPrice] }, error) {
	all, err := h.Choices.Prices(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out []CarrierPrice
	for _, p := range all {
		out = append(out, CarrierPrice{p.Product, p.WarehouseID, p.Region.Province, p.Region.City, p.Region.District, p.FirstGram, int64(p.FirstFen), p.StepGram, int64(p.StepFen), p.VolumeDivisor})
	}
	return &struct{ Body web.Page[CarrierPrice] }{web.NewPage(out, "")}, nil
}

func (h *handlers) setPrices(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		Prices []CarrierPrice `json:"prices" maxItems:"20000"`
	}
}) (*struct{}, error) {
	set := choose.SetPricesInput{AccountID: in.ID}
	for _, p := range in.Body.Prices {
		set.Prices = append(set.Prices, choose.Price{Product: p.Product, WarehouseID: p.WarehouseID, Region: choose.Region{Province: p.Province, City: p.City, District: p.District},
			FirstGram: p.FirstGram, FirstFen: money.Fen(p.FirstFen), StepGram: p.StepGram, StepFen: money.Fen(p.StepFen), VolumeDivisor: p.VolumeDivisor})
	}
	return nil, h.Choices.SetPrices(ctx, set)
}

func (h *handlers) suspend(ctx context.Context, in *struct {
	Body struct {
		AccountID id.ID    `json:"account_id,omitempty" doc:"0: all accounts of the carrier"`
		Carrier   string   `json:"carrier,omitempty" maxLength:"20" doc:"Empty: all carriers"`
		Province  string   `json:"province,omitempty" maxLength:"30"`
		City      string   `json:"city,omitempty" maxLength:"30"`
		District  string   `json:"district,omitempty" maxLength:"30"`
		StartsAt  web.Time `json:"starts_at,omitempty" doc:"null: now"`
		EndsAt    web.Time `json:"ends_at,omitempty" doc:"null: until it is taken back"`
		Reason    string   `json:"reason" maxLength:"200"`
	}
}) (*struct{ Body CarrierSuspension }, error) {
	b := in.Body
	s, err := h.Choices.Suspend(ctx, choose.SuspendInput{AccountID: b.AccountID, Carrier: b.Carrier, Region: choose.Region{Province: b.Province, City: b.City, District: b.District},
		StartsAt: int64(b.StartsAt), EndsAt: int64(b.EndsAt), Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	return &struct{ Body CarrierSuspension }{suspensionOf(s)}, nil
}
