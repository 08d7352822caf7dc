package inventory

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Scope is the kind of object under which actors are narrowed to warehouses.
const Scope = "warehouse"

// Warehouse is a place where stock lies (仓库). Exactly one is the default.
type Warehouse struct {
	ID        id.ID
	Code      string
	Name      string
	Province  string
	City      string
	IsDefault bool
	Active    bool
	CreatedAt int64
	Version   int64
}

func (w *Warehouse) fields() []any {
	return []any{&w.ID, &w.Code, &w.Name, &w.Province, &w.City, &w.IsDefault, &w.Active, &w.CreatedAt, &w.Version}
}

func (w *Warehouse) check() error {
	w.Code, w.Name = strings.TrimSpace(w.Code), strings.TrimSpace(w.Name)
	c, n := utf8.RuneCountInString(w.Code), utf8.RuneCountInString(w.Name)
	if c < 1 || c > 32 || n < 1 || n > 60 {
		return ErrBadWarehouse
	}
	if w.IsDefault && !w.Active {
		return ErrDefaultWarehouse
	}
	return nil
}

// Warehouses lists those the actor may see, the default one first.
func (s *Service) Warehouses(ctx context.Context) ([]Warehouse, error) {
	return s.WarehousesTx(ctx, s.k.DB)
}

// WarehousesTx is Warehouses as q sees them.
func (s *Service) WarehousesTx(ctx context.Context, q db.Querier) ([]Warehouse, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	var out []Warehouse
	for row := range db.Each(ctx, q, selectWarehouses, a.MerchantID) {
		var w Warehouse
		if err := row.Scan(w.fields()...); err != nil {
			return nil, err
		}
		if a.InScope(Scope, w.ID) {
			out = append(out, w)
		}
	}
	return out, nil
}

// WarehouseTx returns one warehouse. Errors: ErrNoWarehouse, also outside the
// actor's scope.
func (s *Service) WarehouseTx(ctx context.Context, q db.Querier, warehouseID id.ID) (Warehouse, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Warehouse{}, err
	}
	var w Warehouse
	err = q.QueryRow(ctx, selectWarehouse, a.MerchantID, warehouseID).Scan(w.fields()...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(Scope, warehouseID) {
		return Warehouse{}, ErrNoWarehouse
	}
	return w, err
}

// DefaultTx returns the default warehouse. Errors: ErrNoWarehouse.
func (s *Service) DefaultTx(ctx context.Context, q db.Querier) (Warehouse, error) {
	var w Warehouse
	err := q.QueryRow(ctx, selectDefault, actor.Merchant(ctx)).Scan(w.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Warehouse{}, ErrNoWarehouse
	}
	return w, err
}

// EnsureDefaultTx gives a new merchant its first warehouse, named in the actor's
// language, and returns the default one.
func (s *Service) EnsureDefaultTx(ctx context.Context, tx *db.Tx) (Warehouse, error) {
	w, err := s.DefaultTx(ctx, tx)
	if !errors.Is(err, ErrNoWarehouse) {
		return w, err
	}
	w = Warehouse{ID: s.k.IDs.New(), Code: "WH1", Name: "默认仓", IsDefault: true, Active: true, CreatedAt: clock.Millis(s.k.Clock), Version: 1}
	if strings.HasPrefix(actor.Lang(ctx), "en") {
		w.Name = "Main warehouse"
	}
	return w, s.insertTx(ctx, tx, w)
}

func (s *Service) insertTx(ctx context.Context, tx *db.Tx, w Warehouse) error {
	_, err := tx.Exec(ctx, insertWarehouse, actor.Merchant(ctx), w.ID, w.Code, w.Name, w.Province, w.City, w.IsDefault, w.Active, w.CreatedAt, w.Version)
	if db.IsUnique(err) {
		return ErrWarehouseTaken.With("code", w.Code).At("code").Because(err)
	}
	if err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "warehouse", ID: w.ID, Version: w.Version}, WarehouseChanged{w.ID})
}

// WarehouseInput describes a new warehouse.
type WarehouseInput struct {
	Code, Name     string
	Province, City string
	IsDefault      bool
}

// CreateWarehouse adds a warehouse; the first one, or one that asks to, becomes
// the default. Permission inventory.edit_warehouse.
//
// Errors: ErrBadWarehouse, ErrWarehouseTaken.
func (s *Service) CreateWarehouse(ctx context.Context, in WarehouseInput) (Warehouse, error) {
	if err := actor.Require(ctx, "inventory.edit_warehouse"); err != nil {
		return Warehouse{}, err
	}
	w := Warehouse{Code: in.Code, Name: in.Name, Province: in.Province, City: in.City, IsDefault: in.IsDefault, Active: true,
		CreatedAt: clock.Millis(s.k.Clock), Version: 1}
	if err := w.check(); err != nil {
		return Warehouse{}, err
	}
	about := &command.About{Action: "inventory.create_warehouse", Detail: map[string]any{"code": w.Code}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Warehouse, error) {
		made := w
		made.ID = s.k.IDs.New()
		about.Object = "warehouse/" + made.ID.String()
		if _, err := s.DefaultTx(ctx, tx); errors.Is(err, ErrNoWarehouse) {
			made.IsDefault = true
		} else if err != nil {
			return Warehouse{}, err
		}
		if made.IsDefault {
			if _, err := tx.Exec(ctx, clearDefault, actor.Merchant(ctx), made.ID); err != nil {
				return Warehouse{}, err
			}
		}
		return made, s.insertTx(ctx, tx, made)
	})
}

// UpdateWarehouseInput changes a warehouse; nil fields stay. Version 0 overwrites
// whatever is there.
type UpdateWarehouseInput struct {
	WarehouseID                id.ID
	Version                    int64
	Code, Name, Province, City *string
	IsDefault, Active          *bool
}

func (in UpdateWarehouseInput) apply(w *Warehouse) {
	set(&w.Code, in.Code)
	set(&w.Name, in.Name)
	set(&w.Province, in.Province)
	set(&w.City, in.City)
	set(&w.IsDefault, in.IsDefault)
	set(&w.Active, in.Active)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// UpdateWarehouse changes a warehouse. Making one the default takes that from the
// other; the default cannot be given up otherwise, nor switched off. Permission
// inventory.edit_warehouse.
//
// Errors: ErrNoWarehouse, ErrBadWarehouse, ErrWarehouseTaken, ErrDefaultWarehouse,
// ErrWarehouseChanged.
func (s *Service) UpdateWarehouse(ctx context.Context, in UpdateWarehouseInput) (Warehouse, error) {
	if err := actor.Require(ctx, "inventory.edit_warehouse"); err != nil {
		return Warehouse{}, err
	}
	about := &command.About{Action: "inventory.update_warehouse", Object: "warehouse/" + in.WarehouseID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Warehouse, error) {
		w, err := s.WarehouseTx(ctx, tx, in.WarehouseID)
		if err != nil {
			return Warehouse{}, err
		}
		if in.Version != 0 && in.Version != w.Version {
			return Warehouse{}, ErrWarehouseChanged
		}
		was := w.IsDefault
		in.apply(&w)
		if was && !w.IsDefault {
			return Warehouse{}, ErrDefaultWarehouse.At("is_default")
		}
		if err := w.check(); err != nil {
			return Warehouse{}, err
		}
		m := actor.Merchant(ctx)
		if w.IsDefault && !was {
			if _, err := tx.Exec(ctx, clearDefault, m, w.ID); err != nil {
				return Warehouse{}, err
			}
		}
		n, err := tx.ExecN(ctx, updateWarehouse, w.Code, w.Name, w.Province, w.City, w.IsDefault, w.Active, m, w.ID, w.Version)
		switch {
		case db.IsUnique(err):
			return Warehouse{}, ErrWarehouseTaken.With("code", w.Code).At("code").Because(err)
		case err != nil:
			return Warehouse{}, err
		case n == 0:
			return Warehouse{}, ErrWarehouseChanged
		}
		w.Version++
		return w, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "warehouse", ID: w.ID, Version: w.Version}, WarehouseChanged{w.ID})
	})
}
