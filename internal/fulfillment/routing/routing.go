package routing

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
)

// AfterApproval is the setting by which approved orders are allocated by themselves.
const AfterApproval = "fulfillment.allocate_after_approval"

// Settings are what merchants decide about allocation besides its rules.
func Settings() []setting.Def {
	return []setting.Def{{Name: AfterApproval, Kind: setting.Bool, Default: false, ZH: "审核通过后自动分仓", EN: "Allocate orders as soon as they are approved",
		HintZH: "按分仓规则分配；没有货的订单进入等货", HintEN: "By the allocation rules; orders without goods wait for them"}}
}

// Scopes say which orders are looked at.
const (
	Unallocated = "unallocated" // approved, and nobody ships all of them yet
	Open        = "open"        // and those that are allocated and have not left
)

// Service looks at allocation over all orders.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	orders  *order.Service
	ship    *fulfillment.Service
	setting *setting.Service
}

// New wires the use cases and adds the consumers of approvals and urges.
func New(k *kit.Kit, cat *catalog.Service, orders *order.Service, ship *fulfillment.Service, set *setting.Service) *Service {
	s := &Service{k: k, catalog: cat, orders: orders, ship: ship, setting: set}
	k.Runner.Add(s.approvals())
	k.Runner.Add(s.urges())
	return s
}

// candidates lists orders of a scope, the urgent first, then those due first.
func (s *Service) candidates(ctx context.Context, q db.Querier, scope string, most int) ([]id.ID, error) {
	var out []id.ID
	err := db.Read(ctx, q, selectCandidates(scope == Unallocated), []any{actor.Merchant(ctx), most}, func(r *db.Row) { out = append(out, id.ID(r.Int())) })
	return out, err
}
