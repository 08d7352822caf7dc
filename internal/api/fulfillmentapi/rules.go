package fulfillmentapi

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// AllocationRule decides for the orders its condition holds for; of several the first
// by position.
type AllocationRule struct {
	ID        id.ID            `json:"id,omitempty" doc:"absent on a new rule"`
	Position  int64            `json:"position,omitempty"`
	Name      string           `json:"name" minLength:"1" maxLength:"60"`
	Active    bool             `json:"active"`
	Condition json.RawMessage  `json:"condition,omitempty" doc:"a tree of all, any, not and comparisons; empty holds for every order"`
	Action    AllocationAction `json:"action"`
	Version   int64            `json:"version,omitempty" doc:"the one that was read"`
}

// AllocationAction is what a rule decides.
type AllocationAction struct {
	WarehouseIDs []id.ID `json:"warehouse_ids,omitempty" doc:"candidates in order; all warehouses when absent"`
	Strategy     string  `json:"strategy" enum:"priority,region,stock,distance,cost,fewest_splits"`
	Shortage     string  `json:"shortage" enum:"wait,partial,split,move,ask_buyer" doc:"when no candidate has the whole order"`
	Kind         string  `json:"kind,omitempty" enum:"express,virtual,self_pickup,same_city"`
	CarrierWish  string  `json:"carrier_wish,omitempty" maxLength:"60"`
}

// MergePolicy is what may travel together.
type MergePolicy struct {
	ShopGroups  [][]id.ID `json:"shop_groups" nullable:"false" doc:"shops whose orders may travel in one parcel"`
	WaitMinutes int64     `json:"wait_minutes" minimum:"0" maximum:"10080"`
	Version     int64     `json:"version"`
}

// WarehouseSite is how a warehouse serves provinces, and who ships from it.
type WarehouseSite struct {
	WarehouseID id.ID           `json:"warehouse_id"`
	SupplierID  id.ID           `json:"supplier_id" doc:"who ships from it for us; 0 where we do"`
	Plain       bool            `json:"plain" doc:"the supplier may see receivers"`
	Areas       []WarehouseArea `json:"areas" nullable:"false" maxItems:"400"`
}

// WarehouseArea is how a warehouse serves a province or one of its cities; "" is
// everywhere else, or the rest of the province.
type WarehouseArea struct {
	Province   string    `json:"province" maxLength:"60"`
	City       string    `json:"city,omitempty" maxLength:"60"`
	Served     bool      `json:"served"`
	Preference int64     `json:"preference"`
	DistanceKM int64     `json:"distance_km" minimum:"0"`
	FirstFen   money.Fen `json:"first_fen" doc:"of a parcel's first kilogram"`
	NextFen    money.Fen `json:"next_fen" doc:"of every kilogram after it"`
}

func ruleRoutes(api *web.API, s Services) {
	rules := []*errs.Error{allocate.ErrBadRule, allocate.ErrRuleChanged, rule.ErrShape, rule.ErrUnknownField, rule.ErrOperator, rule.ErrValue, rule.ErrTooBig}
	web.Register(api, web.Op{ID: "listAllocationRules", Method: "GET", Path: "/allocation-rules", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "分仓规则，按先后", EN: "Allocation rules, in the order they are asked"}, s.rules)
	web.Register(api, web.Op{ID: "saveAllocationRule", Method: "POST", Path: "/allocation-rules", Tag: tag, Permission: allocate.Permit, Errors: rules,
		ZH: "新增或修改分仓规则", EN: "Add or change an allocation rule"}, s.saveRule)
	web.Register(api, web.Op{ID: "orderAllocationRules", Method: "PUT", Path: "/allocation-rules/order", Tag: tag, Permission: allocate.Permit, Errors: []*errs.Error{allocate.ErrRuleChanged},
		ZH: "调整分仓规则的先后", EN: "Put allocation rules in another order"}, s.orderRules)
	web.Register(api, web.Op{ID: "deleteAllocationRule", Method: "DELETE", Path: "/allocation-rules/{id}", Tag: tag, Permission: allocate.Permit,
		ZH: "删除分仓规则", EN: "Delete an allocation rule"}, func(ctx context.Context, in *orderInput) (*struct{}, error) {
		return nil, s.Fulfillment.Rules().DeleteRule(ctx, in.ID)
	})
	web.Register(api, web.Op{ID: "listAllocationFields", Method: "GET", Path: "/allocation-rules/fields", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "规则可用的条件字段", EN: "The fields a rule's condition may ask"}, func(context.Context, *struct{}) (*struct{ Body []rule.Described }, error) {
		return &struct{ Body []rule.Described }{allocate.Fields.Describe()}, nil
	})
	web.Register(api, web.Op{ID: "listWarehouseSites", Method: "GET", Path: "/warehouse-sites", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "仓库的覆盖区域与代发供应商", EN: "How warehouses serve provinces, and who ships from them"}, s.sites)
	web.Register(api, web.Op{ID: "setWarehouseSite", Method: "POST", Path: "/warehouse-sites", Tag: tag, Permission: allocate.Permit, Errors: []*errs.Error{allocate.ErrBadArea},
		ZH: "设置仓库的覆盖区域与代发供应商", EN: "Set how a warehouse serves provinces, and who ships from it"}, s.setSite)
	web.Register(api, web.Op{ID: "getMergePolicy", Method: "GET", Path: "/merge-policy", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "合单规则", EN: "What may be merged"}, s.mergePolicy)
	web.Register(api, web.Op{ID: "setMergePolicy", Method: "POST", Path: "/merge-policy", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: []*errs.Error{fulfillment.ErrBadPolicy, fulfillment.ErrPolicyChanged}, ZH: "设置合单规则", EN: "Set what may be merged"}, s.setMergePolicy)
}

func (s Services) rules(ctx context.Context, _ *struct{}) (*struct{ Body []AllocationRule }, error) {
	all, err := s.Fulfillment.Rules().Rules(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]AllocationRule, len(all))
	for i, r := range all {
		if out[i], err = ruleOf(r); err != nil {
			return nil, err
		}
	}
	return &struct{ Body []AllocationRule }{out}, nil
}

func (s Services) orderRules(ctx context.Context, in *struct {
	Body struct {
		IDs []id.ID `json:"ids" nullable:"false" maxItems:"1000"`
	}
}) (*struct{ Body []AllocationRule }, error) {
	all, err := s.Fulfillment.Rules().OrderRules(ctx, in.Body.IDs)
	if err != nil {
		return nil, err
	}
	out := make([]AllocationRule, len(all))
	for i, r := range all {
		if out[i], err = ruleOf(r); err != nil {
			return nil, err
		}
	}
	return &struct{ Body []AllocationRule }{out}, nil
}

func ruleOf(r allocate.Rule) (AllocationRule, error) {
	when, err := json.Marshal(r.Condition)
	a := r.Action
	return AllocationRule{ID: r.ID, Position: r.Position, Name: r.Name, Active: r.Active, Condition: when, Version: r.Version,
		Action: AllocationAction{a.WarehouseIDs, a.Strategy, a.Shortage, a.Kind, a.CarrierWish}}, err
}

func (b AllocationRule) rule() (allocate.Rule, error) {
	when, err := rule.Parse(b.Condition)
	return allocate.Rule{ID: b.ID, Position: b.Position, Name: b.Name, Active: b.Active, Condition: when, Version: b.Version,
		Action: allocate.Action{WarehouseIDs: b.Action.WarehouseIDs, Strategy: b.Action.Strategy, Shortage: b.Action.Shortage, Kind: b.Action.Kind, CarrierWish: b.Action.CarrierWish}}, err
}

func (s Services) saveRule(ctx context.Context, in *struct{ Body AllocationRule }) (*struct{ Body AllocationRule }, error) {
	r, err := in.Body.rule()
	if err != nil {
		return nil, err
	}
	saved, err := s.Fulfillment.Rules().SaveRule(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := ruleOf(saved)
	return &struct{ Body AllocationRule }{out}, err
}

func (s Services) sites(ctx context.Context, _ *struct{}) (*struct{ Body []WarehouseSite }, error) {
	all, err := s.Fulfillment.Rules().Sites(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]WarehouseSite, len(all))
	for i, one := range all {
		out[i] = siteOf(one)
	}
	return &struct{ Body []WarehouseSite }{out}, nil
}

func siteOf(x allocate.Site) WarehouseSite {
	out := WarehouseSite{WarehouseID: x.WarehouseID, SupplierID: x.SupplierID, Plain: x.Plain, Areas: []WarehouseArea{}}
	for _, a := range x.Areas {
		out.Areas = append(out.Areas, WarehouseArea(a))
	}
	return out
}

func (s Services) setSite(ctx context.Context, in *struct{ Body WarehouseSite }) (*struct{ Body WarehouseSite }, error) {
	site := allocate.Site{WarehouseID: in.Body.WarehouseID, SupplierID: in.Body.SupplierID, Plain: in.Body.Plain, Areas: []allocate.Area{}}
	for _, a := range in.Body.Areas {
		site.Areas = append(site.Areas, allocate.Area(a))
	}
	out, err := s.Fulfillment.Rules().SetSite(ctx, site)
	return &struct{ Body WarehouseSite }{siteOf(out)}, err
}

func policyOf(p fulfillment.MergePolicy) *struct{ Body MergePolicy } {
	if p.ShopGroups == nil {
		p.ShopGroups = [][]id.ID{}
	}
	return &struct{ Body MergePolicy }{MergePolicy(p)}
}

func (s Services) mergePolicy(ctx context.Context, _ *struct{}) (*struct{ Body MergePolicy }, error) {
	p, err := s.Fulfillment.MergePolicy(ctx)
	return policyOf(p), err
}

func (s Services) setMergePolicy(ctx context.Context, in *struct{ Body MergePolicy }) (*struct{ Body MergePolicy }, error) {
	p, err := s.Fulfillment.SetMergePolicy(ctx, fulfillment.MergePolicy(in.Body))
	return policyOf(p), err
}
