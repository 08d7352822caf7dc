package wave

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/packing"
)

// CutOff is when a courier collects (截单): what is to go with it must be ready then.
type CutOff struct {
	WarehouseID id.ID  `json:"warehouse_id"` // 0 is every warehouse
	Carrier     string `json:"carrier"`      // code, "" is every carrier
	Minute      int64  `json:"minute"`       // of the day in China, 0 to 1439
}

const (
	maxCutOffs   = 300
	minutesOfDay = 24 * 60
	carrierSize  = 20
)

// CutOffs lists when couriers collect. Permission packing.read.
func (s *Service) CutOffs(ctx context.Context) ([]CutOff, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	return s.cutOffs(ctx, s.k.DB)
}

func (s *Service) cutOffs(ctx context.Context, q db.Querier) (out []CutOff, err error) {
	err = db.Read(ctx, q, selectCutOffs, []any{actor.Merchant(ctx)}, func(r *db.Row) {
		out = append(out, CutOff{WarehouseID: id.ID(r.Int()), Carrier: r.Text(), Minute: r.Int()})
	})
	return out, err
}

// PutCutOffs replaces all cut-offs by these; waves made before keep theirs. Permission
// packing.wave.
//
// Errors: ErrBadCutOff, inventory.ErrNoWarehouse.
func (s *Service) PutCutOffs(ctx context.Context, all []CutOff) (int64, error) {
	if err := actor.Require(ctx, packing.PermitWave); err != nil {
		return 0, err
	}
	all = slices.Clone(all)
	for i := range all {
		c := &all[i]
		c.Carrier = strings.TrimSpace(c.Carrier)
		if c.Minute < 0 || c.Minute >= minutesOfDay || len(c.Carrier) > carrierSize || c.Carrier != "" && !known(c.Carrier) {
			return 0, ErrBadCutOff.With("max", maxCutOffs)
		}
	}
	slices.SortFunc(all, func(a, b CutOff) int {
		return cmp.Or(cmp.Compare(a.WarehouseID, b.WarehouseID), strings.Compare(a.Carrier, b.Carrier), cmp.Compare(a.Minute, b.Minute))
	})
	if all = slices.Compact(all); len(all) > maxCutOffs {
		return 0, ErrBadCutOff.With("max", maxCutOffs)
	}
	about := &command.About{Action: "packing.put_cut_offs", Detail: map[string]any{"cut_offs": all}}
	return command.Run(ctx, s.k.Commands, about, all, func(ctx context.Context, tx *db.Tx) (int64, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return 0, err
		}
		m := a.MerchantID
		// Who sees some warehouses only replaces what is said of those.
		if mine, narrowed := a.Scoped(inventory.Scope); narrowed {
			for _, w := range mine {
				if _, err := tx.Exec(ctx, deleteCutOffsOf, m, w); err != nil {
					return 0, err
				}
			}
			all = slices.DeleteFunc(slices.Clone(all), func(c CutOff) bool { return !slices.Contains(mine, c.WarehouseID) })
		} else if _, err := tx.Exec(ctx, deleteCutOffs, m); err != nil {
			return 0, err
		}
		rows := make([][]any, len(all))
		for i, c := range all {
			if c.WarehouseID != 0 {
				if _, err := s.stock.WarehouseTx(ctx, tx, c.WarehouseID); err != nil {
					return 0, err
				}
			}
			rows[i] = []any{m, c.WarehouseID, c.Carrier, c.Minute}
		}
		_, err = tx.Insert(ctx, "packing_wave_cutoff", cutOffColumns, rows, "")
		return int64(len(rows)), err
	})
}

func known(carrier string) bool {
	_, ok := logistics.Get(carrier)
	return ok
}

// nextCutOff is when the courier of a carrier collects next at a warehouse, after now;
// 0 where nobody said. What is said of the carrier there goes before what is said of
// the carrier, that before what is said of the warehouse, and that before the rest.
func nextCutOff(all []CutOff, warehouse id.ID, carrier string, now int64) (at int64) {
	best := 0
	for _, c := range all {
		if c.WarehouseID != 0 && c.WarehouseID != warehouse || c.Carrier != "" && c.Carrier != carrier {
			continue
		}
		fits := 1
		if c.Carrier != "" {
			fits += 2
		}
		if c.WarehouseID != 0 {
			fits++
		}
		if fits < best {
			continue
		}
		next := occurs(c.Minute, now)
		if fits > best || next < at {
			best, at = fits, next
		}
	}
	return at
}

// occurs is when a minute of the day begins next, after now.
func occurs(minute, now int64) int64 {
	t := time.UnixMilli(now).In(china)
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, int(minute), 0, 0, china).UnixMilli()
	if at <= now {
		at += 24 * time.Hour.Milliseconds()
	}
	return at
}
