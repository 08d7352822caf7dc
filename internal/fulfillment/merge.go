package fulfillment

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/word"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// MergePolicy is what a merchant merges (合单规则). The zero policy merges within one
// shop, at once.
type MergePolicy struct {
	// ShopGroups are shops whose orders may travel in one parcel; a shop in none stands
	// alone.
	ShopGroups [][]id.ID `json:"shop_groups"`
	// WaitMinutes is how long a suggestion waits for further orders of its receiver.
	WaitMinutes int64 `json:"wait_minutes"`
	Version     int64 `json:"version"`
}

const policyMerge = "merge"

// MergePolicy reads the merchant's. Permission fulfillment.read.
func (s *Service) MergePolicy(ctx context.Context) (MergePolicy, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return MergePolicy{}, err
	}
	return s.mergePolicyTx(ctx, s.k.DB)
}

func (s *Service) mergePolicyTx(ctx context.Context, q db.Querier) (p MergePolicy, err error) {
	p.Version, err = s.policyTx(ctx, q, policyMerge, &p)
	return p, err
}

// policyTx reads one policy into to; one that was never set leaves it as it is.
func (s *Service) policyTx(ctx context.Context, q db.Querier, name string, to any) (version int64, err error) {
	var body string
	err = q.QueryRow(ctx, selectPolicy, actor.Merchant(ctx), name).Scan(&body, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return version, json.Unmarshal([]byte(body), to)
}

// SetMergePolicy replaces the merchant's policy; Version is the one that was read.
// Permission fulfillment.merge.
//
// Errors: ErrBadPolicy, ErrPolicyChanged.
func (s *Service) SetMergePolicy(ctx context.Context, p MergePolicy) (MergePolicy, error) {
	if err := actor.Require(ctx, PermitMerge); err != nil {
		return p, err
	}
	seen := map[id.ID]bool{}
	for _, g := range p.ShopGroups {
		for _, one := range g {
			if seen[one] || one == 0 {
				return p, ErrBadPolicy.At("shop_groups")
			}
			seen[one] = true
		}
	}
	if p.WaitMinutes < 0 || p.WaitMinutes > 7*24*60 {
		return p, ErrBadPolicy.At("wait_minutes")
	}
	about := &command.About{Action: "fulfillment.set_merge_policy", Detail: map[string]any{"groups": len(p.ShopGroups), "wait_minutes": p.WaitMinutes}}
	return command.Run(ctx, s.k.Commands, about, p, func(ctx context.Context, tx *db.Tx) (MergePolicy, error) {
		var err error
		p.Version, err = s.putPolicyTx(ctx, tx, policyMerge, p, p.Version)
		return p, err
	})
}

func (s *Service) putPolicyTx(ctx context.Context, tx *db.Tx, name string, body any, version int64) (int64, error) {
	text, err := toJSON(body)
	if err != nil {
		return 0, err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return 0, err
	}
	n, err := tx.ExecN(ctx, putPolicy, a.MerchantID, name, text, a.ID, clock.Millis(s.k.Clock), version)
	if err == nil && n == 0 {
		err = ErrPolicyChanged
	}
	return version + 1, err
}

// mergeRules are the policy, made for asking.
type mergeRules struct {
	group map[id.ID]int // of a shop, from 1
	wait  int64         // ms
	now   int64
}

func (s *Service) mergeRules(ctx context.Context, q db.Querier) (*mergeRules, error) {
	p, err := s.mergePolicyTx(ctx, q)
	if err != nil {
		return nil, err
	}
	r := &mergeRules{group: map[id.ID]int{}, wait: p.WaitMinutes * 60_000, now: clock.Millis(s.k.Clock)}
	for i, g := range p.ShopGroups {
		for _, one := range g {
			r.group[one] = i + 1
		}
	}
	return r, nil
}

// MeetTx reads the merchant's policy for asking: meet says why two fulfillment orders may
// not travel together, or nil, seals and GuardTx aside; wait is in milliseconds.
func (s *Service) MeetTx(ctx context.Context, q db.Querier) (meet func(a, b *FulfillmentOrder) error, wait int64, err error) {
	r, err := s.mergeRules(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	return r.meet, r.wait, nil
}

// meet says why two fulfillment orders may not travel together, seals aside, or nil.
func (r *mergeRules) meet(a, b *FulfillmentOrder) error {
	reason := ""
	switch {
	case a.ReceiverGroup == 0 || b.ReceiverGroup == 0:
		reason = word.ReceiverUnknown
	case a.ReceiverGroup != b.ReceiverGroup:
		reason = word.OtherReceiver
	case a.ShopID != b.ShopID && (r.group[a.ShopID] == 0 || r.group[a.ShopID] != r.group[b.ShopID]):
		reason = word.OtherShop
	case a.WarehouseID != b.WarehouseID || a.SupplierID != b.SupplierID:
		reason = word.OtherWarehouse
	case a.Kind != b.Kind || a.CarrierWish != b.CarrierWish:
		reason = word.OtherCarrier
	case max(a.PresaleAt, r.now) != max(b.PresaleAt, r.now): // one whose time has come is as any other
		reason = word.OtherPresale
	default:
		return nil
	}
	return ErrNoMerge.With("reason", reason)
}

// MergeInput names fulfillment orders that travel together.
type MergeInput struct {
	IDs []id.ID `json:"ids"`
}

// Edited is what a split or merge made.
type Edited struct {
	EditID id.ID   `json:"edit_id"`
	Before []id.ID `json:"before"`
	After  []id.ID `json:"after"`
}

// Merge (合单) puts fulfillment orders of one receiver into one, which takes over
// their lines. Quantities, stock and money stay what they are; Undo brings the former
// ones back. Permission fulfillment.merge.
//
// Errors: ErrOneOnly, ErrNoOrder, ErrNotOpen, ErrSealed, ErrMergedChanged, ErrNoMerge,
// and why order.Shippable refuses one of the orders.
func (s *Service) Merge(ctx context.Context, in MergeInput) (Edited, error) {
	if err := actor.Require(ctx, PermitMerge); err != nil {
		return Edited{}, err
	}
	about := &command.About{Action: "fulfillment.merge", Detail: map[string]any{"fulfillment_orders": len(in.IDs)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Edited, error) {
		out, err := s.MergeTx(ctx, tx, in)
		if err == nil {
			about.Object = "fulfillment_order/" + out.After[0].String()
		}
		return out, err
	})
}

// MergeTx is Merge inside the caller's transaction.
func (s *Service) MergeTx(ctx context.Context, tx *db.Tx, in MergeInput) (Edited, error) {
	e, err := s.beginEdit(ctx, tx, EditMerge, in.IDs)
	if err != nil {
		return Edited{}, err
	}
	if len(e.before) < 2 {
		return Edited{}, ErrOneOnly.At("ids")
	}
	rules, err := s.mergeRules(ctx, tx)
	if err != nil {
		return Edited{}, err
	}
	one := e.before[0]
	into := &FulfillmentOrder{ID: s.k.IDs.New(), ShopID: one.ShopID, WarehouseID: one.WarehouseID, SupplierID: one.SupplierID, Kind: one.Kind,
		CarrierWish: one.CarrierWish, State: StateOpen, Version: 1}
	for _, f := range e.before {
		if err := rules.meet(one, f); err != nil {
			return Edited{}, err
		}
		for _, o := range f.OrderIDs() {
			if err := e.heard.guardOrder(f, o, actor.Lang(ctx)); err != nil {
				return Edited{}, err
			}
		}
		into.Lines = append(into.Lines, f.Lines...)
	}
	into.Lines = joinLines(into.Lines)
	e.after = []*FulfillmentOrder{into}
	return s.finishEdit(ctx, tx, e)
}

// joinLines puts quantities of one order line together: both may come from a split.
func joinLines(lines []FulfillmentLine) []FulfillmentLine {
	var out []FulfillmentLine
	for _, l := range lines {
		if at := slices.IndexFunc(out, func(x FulfillmentLine) bool { return x.LineID == l.LineID }); at >= 0 {
			out[at].Quantity += l.Quantity
			out[at].Shipped += l.Shipped
			continue
		}
		out = append(out, l)
	}
	return out
}

// UnmergeInput takes orders out of a merged fulfillment order; none means each of its
// orders by itself.
type UnmergeInput struct {
	ID       id.ID   `json:"id"`
	OrderIDs []id.ID `json:"order_ids,omitempty"`
}

// Unmerge (取消合并) gives orders of a merged fulfillment order one of their own each;
// the others stay together. Permission fulfillment.merge.
//
// Errors: ErrNoOrder, ErrNotOpen, ErrSealed, ErrNoMerge where it holds one order only,
// or not the ones named.
func (s *Service) Unmerge(ctx context.Context, in UnmergeInput) (Edited, error) {
	if err := actor.Require(ctx, PermitMerge); err != nil {
		return Edited{}, err
	}
	about := &command.About{Action: "fulfillment.unmerge", Object: "fulfillment_order/" + in.ID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Edited, error) {
		return s.UnmergeTx(ctx, tx, in)
	})
}

// UnmergeTx is Unmerge inside the caller's transaction.
func (s *Service) UnmergeTx(ctx context.Context, tx *db.Tx, in UnmergeInput) (Edited, error) {
	e, err := s.beginEdit(ctx, tx, EditUnmerge, []id.ID{in.ID})
	if err != nil {
		return Edited{}, err
	}
	f := e.before[0]
	all, out := f.OrderIDs(), in.OrderIDs
	if len(out) == 0 {
		out = all
	}
	for _, o := range out {
		if !slices.Contains(all, o) || len(all) < 2 {
			return Edited{}, ErrNoMerge.With("reason", word.NotMerged).At("order_ids")
		}
	}
	parts := map[id.ID]*FulfillmentOrder{}
	for _, l := range f.Lines {
		key := id.ID(0)
		if slices.Contains(out, l.OrderID) {
			key = l.OrderID
		}
		p := parts[key]
		if p == nil {
			p = &FulfillmentOrder{ID: s.k.IDs.New(), WarehouseID: f.WarehouseID, SupplierID: f.SupplierID, Kind: f.Kind, CarrierWish: f.CarrierWish, State: StateOpen, Version: 1}
			parts[key] = p
			e.after = append(e.after, p)
		}
		p.Lines = append(p.Lines, l)
	}
	return s.finishEdit(ctx, tx, e)
}
