// Package issue has waybill numbers issued for fulfillment orders (发货单取号): it tells
// the choice of a carrier what a parcel is, and the issue engine what it holds.
//
// Owns: the use cases Issue, Choose, Try, Refresh and Cancel, and what a waybill says of a parcel.
// Does not own: the choice (logistics/choose), how numbers come (logistics/waybill), the
// check before each step of the way out (fulfillment).
//
// Invariants: nothing is asked for a fulfillment order that may not go on; what is sent
// is what the orders say at that moment; a receiver that is only a mask goes to nobody.
//
// Read next: issue.go, content.go.
package issue

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
)

// maxOrders bounds one command.
const maxOrders = 200

// Service issues numbers.
type Service struct {
	k            *kit.Kit
	fulfillments *fulfillment.Service
	orders       *order.Service
	catalog      *catalog.Service
	choices      *choose.Service
	waybills     *waybill.Service
}

// New wires the use cases.
func New(k *kit.Kit, fulfillments *fulfillment.Service, orders *order.Service, cat *catalog.Service, choices *choose.Service, waybills *waybill.Service) *Service {
	return &Service{k: k, fulfillments: fulfillments, orders: orders, catalog: cat, choices: choices, waybills: waybills}
}

// Input asks for the numbers of fulfillment orders. AccountID 0 lets the rules choose.
type Input struct {
	FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids"`
	AccountID           id.ID   `json:"account_id"`
	Product             string  `json:"product"`
	Pieces              int64   `json:"pieces"`
	// Replace gives back a number that stands for other content or at another account.
	Replace bool `json:"replace"`
}

// Row is what became of one fulfillment order: waybills on their way, or why not.
type Row struct {
	FulfillmentOrderID id.ID
	Waybills           []waybill.Waybill
	Choice             choose.Choice
	Err                *errs.Error
}

// Issue asks for numbers (取号): the rules choose an account for each parcel, and its
// number comes afterwards. A fulfillment order that may not go on is left out with its
// reason; the others go on. Permission waybill.issue.
//
// Errors: ErrTooMany. Of rows: those of fulfillment.GuardTx and waybill.WantTx,
// ErrNoCarrier.
func (s *Service) Issue(ctx context.Context, in Input) ([]Row, error) {
	if err := actor.Require(ctx, logistics.PermitIssue); err != nil {
		return nil, err
	}
	if len(in.FulfillmentOrderIDs) == 0 || len(in.FulfillmentOrderIDs) > maxOrders {
		return nil, ErrTooMany.With("max", maxOrders)
	}
	about := &command.About{Action: "waybill.issue", Object: "", Detail: map[string]any{"count": len(in.FulfillmentOrderIDs)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) ([]Row, error) { return s.IssueTx(ctx, tx, in) })
}

// IssueTx is Issue inside the caller's transaction; waves use it.
func (s *Service) IssueTx(ctx context.Context, tx *db.Tx, in Input) ([]Row, error) {
	parcels, err := s.look(ctx, tx, in.FulfillmentOrderIDs)
	if err != nil {
		return nil, err
	}
	snap, err := s.choices.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(in.FulfillmentOrderIDs))
	var wants []waybill.Want
	var rows []*Row
	for i, one := range in.FulfillmentOrderIDs {
		row := &out[i]
		row.FulfillmentOrderID = one
		p := parcels[one]
		if p.err != nil {
			row.Err = p.err
			continue
		}
		w := waybill.Want{FulfillmentID: one, Version: p.f.Version, AccountID: in.AccountID, Product: in.Product, ShopID: p.f.ShopID, Pieces: in.Pieces, Replace: in.Replace}
		if in.AccountID == 0 {
			row.Choice = choose.Choose(p.facts(s.k.Clock.Now().UnixMilli(), in.Pieces), snap)
			if row.Choice.AccountID == 0 {
				row.Err = ErrNoCarrier.With("choice", string(row.Choice.Why))
				continue
			}
			w.AccountID = row.Choice.AccountID
			if w.Product == "" {
				w.Product = row.Choice.Product
			}
		}
		wants, rows = append(wants, w), append(rows, row)
	}
	return out, s.wantTx(ctx, tx, wants, rows)
}

// wantTx asks for all together; where one is refused, for each by itself.
func (s *Service) wantTx(ctx context.Context, tx *db.Tx, wants []waybill.Want, rows []*Row) error {
	err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, err := s.waybills.WantTx(ctx, tx, wants)
		for i := range made {
			rows[i].Waybills = made[i]
		}
		return err
	})
	e := plain(err)
	switch {
	case err == nil || e == nil:
		return err
	case len(wants) == 1:
		rows[0].Err = e
		return nil
	}
	for i := range wants {
		if err := s.wantTx(ctx, tx, wants[i:i+1], rows[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// Choose tells which account the rules choose for a fulfillment order, and why (快递为何
// 如此选择). It asks for nothing. Permission logistics.read.
//
// Errors: fulfillment.ErrNoOrder.
func (s *Service) Choose(ctx context.Context, fulfillmentOrderID id.ID) (choose.Choice, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return choose.Choice{}, err
	}
	parcels, err := s.look(ctx, s.k.DB, []id.ID{fulfillmentOrderID})
	if err != nil {
		return choose.Choice{}, err
	}
	p := parcels[fulfillmentOrderID]
	if p.f == nil || len(p.orders) == 0 {
		return choose.Choice{}, fulfillment.ErrNoOrder
	}
	snap, err := s.choices.Load(ctx, s.k.DB)
	if err != nil {
		return choose.Choice{}, err
	}
	return choose.Choose(p.facts(s.k.Clock.Now().UnixMilli(), 1), snap), nil
}

// Cancel gives the numbers of fulfillment orders back (回收单号). From then on none of
// them may be printed or shipped with. Permission waybill.issue.
//
// Errors: ErrTooMany.
func (s *Service) Cancel(ctx context.Context, fulfillmentOrderIDs []id.ID) error {
	if err := actor.Require(ctx, logistics.PermitIssue); err != nil {
		return err
	}
	if len(fulfillmentOrderIDs) == 0 || len(fulfillmentOrderIDs) > maxOrders {
		return ErrTooMany.With("max", maxOrders)
	}
	about := &command.About{Action: "waybill.cancel", Object: "", Detail: map[string]any{"count": len(fulfillmentOrderIDs)}}
	_, err := command.Run(ctx, s.k.Commands, about, fulfillmentOrderIDs, func(ctx context.Context, tx *db.Tx) (int, error) {
		seen, err := s.fulfillments.LoadTx(ctx, tx, fulfillmentOrderIDs)
		if err != nil {
			return 0, err
		}
		mine := make([]id.ID, len(seen))
		for i := range seen {
			mine[i] = seen[i].ID
		}
		return len(mine), s.waybills.CancelTx(ctx, tx, mine)
	})
	return err
}

// plain is an error without its cause: rows are stored as a command's answer.
func plain(err error) *errs.Error {
	e := errs.As(err)
	if e == nil {
		return nil
	}
	out := *e
	out.Err = nil
	return &out
}
