package inventory

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// maxOnHand keeps sums of balances far from int64's end.
const maxOnHand = 1_000_000_000_000

// AdjustInput corrects a balance by Change pieces or to the counted SetTo, or puts
// Receive pieces that came in into it.
type AdjustInput struct {
	SKUID       id.ID
	WarehouseID id.ID
	Condition   string // good unless told
	Change      *int64
	SetTo       *int64
	Receive     *int64
	Reason      string
}

func (in *AdjustInput) check() error {
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Condition == "" {
		in.Condition = Good
	}
	n := utf8.RuneCountInString(in.Reason)
	switch {
	case given(in.Change)+given(in.SetTo)+given(in.Receive) != 1:
		return ErrNothingToChange
	case in.Receive != nil && (*in.Receive < 1 || *in.Receive > MaxQuantity):
		return ErrBadQuantity.At("receive")
	case in.Change != nil && (*in.Change > MaxQuantity || *in.Change < -MaxQuantity):
		return ErrBadQuantity.At("change")
	case in.SetTo != nil && (*in.SetTo < 0 || *in.SetTo > MaxQuantity):
		return ErrBadLevel.At("set_to")
	case n < 1 || n > 200:
		return ErrReasonMissing.At("reason")
	case in.Condition != Good && in.Condition != Defective:
		return ErrBadCondition.At("condition")
	}
	return nil
}

func given(n *int64) int {
	if n == nil {
		return 0
	}
	return 1
}

// Adjust changes the stock of one SKU in one warehouse (库存调整、盘点、入库), with the
// reason in the movement. Permission inventory.adjust.
//
// Errors: ErrNothingToChange, ErrBadQuantity, ErrBadLevel, ErrReasonMissing,
// ErrBadCondition, ErrNoWarehouse, ErrBundleHasNoStock, ErrBelowReserved,
// ErrInsufficient, catalog.ErrNoSKU.
func (s *Service) Adjust(ctx context.Context, in AdjustInput) (Balance, error) {
	if err := actor.Require(ctx, "inventory.adjust"); err != nil {
		return Balance{}, err
	}
	if err := in.check(); err != nil {
		return Balance{}, err
	}
	about := &command.About{Action: "inventory.adjust", Object: "sku/" + in.SKUID.String(),
		Detail: map[string]any{"warehouse_id": in.WarehouseID, "change": in.Change, "set_to": in.SetTo, "receive": in.Receive, "reason": in.Reason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Balance, error) {
		if err := s.stockableTx(ctx, tx, in.SKUID, in.WarehouseID); err != nil {
			return Balance{}, err
		}
		p := place{in.SKUID, in.WarehouseID, in.Condition}
		n := need{skus: []id.ID{in.SKUID}, raise: []place{p}, exact: true}
		kind := KindAdjust
		if in.Receive != nil {
			kind = KindReceive
		}
		err := s.countTx(ctx, tx, n, kind, in.Reason, func(b *book) (place, int64) {
			switch {
			case in.Change != nil:
				return p, *in.Change
			case in.Receive != nil:
				return p, *in.Receive
			}
			return p, *in.SetTo - b.level(p).onHand
		})
		if err != nil {
			return Balance{}, err
		}
		return s.balanceTx(ctx, tx, p)
	})
}

// countTx changes one balance by what f finds, refusing what orders already hold.
func (s *Service) countTx(ctx context.Context, tx *db.Tx, n need, kind, ref string, f func(*book) (place, int64)) error {
	var done []event.Appended
	err := s.bookTx(ctx, tx, n, func(b *book) error {
		done = done[:0]
		p, change := f(b)
		if change == 0 {
			return nil
		}
		l := b.level(p)
		switch {
		case l.onHand+change > maxOnHand:
			return ErrBadLevel
		case l.onHand+change < 0 && l.reserved == 0:
			return ErrInsufficient.With("sku", p.sku, "wanted", -change, "available", l.onHand)
		case l.onHand+change < 0 || l.free()+change < 0:
			return ErrBelowReserved.With("reserved", l.reserved)
		}
		b.change(p, kind, change, 0, 0, 0, ref)
		done = append(done, s.changed(p, kind, change))
		return nil
	})
	if err != nil {
		failed := []error{err}
		if e := s.nameShorts(ctx, tx, failed); e != nil {
			return e
		}
		return failed[0]
	}
	return s.k.Events.AppendAllTx(ctx, tx, done)
}

func (s *Service) changed(p place, kind string, change int64) event.Appended {
	return event.Appended{Of: event.Of{Aggregate: "stock", ID: p.sku, Version: clock.Millis(s.k.Clock)},
		Payload: StockChanged{SKUID: p.sku, WarehouseID: p.warehouse, Condition: p.condition, Kind: kind, Change: change}}
}

// stockableTx makes sure that stock of the SKU can lie in the warehouse.
func (s *Service) stockableTx(ctx context.Context, tx *db.Tx, skuID, warehouseID id.ID) error {
	if _, err := s.WarehouseTx(ctx, tx, warehouseID); err != nil {
		return err
	}
	skus, err := s.catalog.SKUsTx(ctx, tx, []id.ID{skuID})
	if err != nil {
		return err
	}
	sku, ok := skus[skuID]
	switch {
	case !ok:
		return catalog.ErrNoSKU.At("sku_id")
	case sku.IsBundle:
		return ErrBundleHasNoStock.At("sku_id")
	}
	return nil
}

// LevelsInput sets how far a SKU may be oversold in a warehouse, and below which
// availability it counts as low.
type LevelsInput struct {
	SKUID       id.ID
	WarehouseID id.ID
	Backorder   int64
	Safety      int64
}

// SetLevels sets backorder and safety stock (安全库存). Permission inventory.adjust.
//
// Errors: ErrBadLevel, ErrNoWarehouse, ErrBundleHasNoStock, ErrBelowReserved,
// catalog.ErrNoSKU.
func (s *Service) SetLevels(ctx context.Context, in LevelsInput) (Balance, error) {
	if err := actor.Require(ctx, "inventory.adjust"); err != nil {
		return Balance{}, err
	}
	if in.Backorder < 0 || in.Backorder > MaxQuantity || in.Safety < 0 || in.Safety > MaxQuantity {
		return Balance{}, ErrBadLevel
	}
	about := &command.About{Action: "inventory.set_levels", Object: "sku/" + in.SKUID.String(),
		Detail: map[string]any{"warehouse_id": in.WarehouseID, "backorder": in.Backorder, "safety": in.Safety}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Balance, error) {
		if err := s.stockableTx(ctx, tx, in.SKUID, in.WarehouseID); err != nil {
			return Balance{}, err
		}
		m, at := actor.Merchant(ctx), clock.Millis(s.k.Clock)
		p := place{in.SKUID, in.WarehouseID, Good}
		b := &book{s: s, merchant: m, at: at}
		if err := b.ensure(ctx, tx, []place{p}); err != nil {
			return Balance{}, err
		}
		n, err := tx.ExecN(ctx, setLevels, in.Backorder, in.Safety, at, m, in.SKUID, in.WarehouseID, in.Backorder)
		if err != nil {
			return Balance{}, err
		}
		now, err := s.balanceTx(ctx, tx, p)
		if err != nil {
			return Balance{}, err
		}
		if n == 0 {
			return Balance{}, ErrBelowReserved.With("reserved", now.Reserved).At("backorder")
		}
		return now, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "stock", ID: in.SKUID, Version: at},
			StockFreed{SKUID: in.SKUID, WarehouseID: in.WarehouseID})
	})
}
