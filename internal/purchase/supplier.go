package purchase

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Suppliers lists all suppliers by name, without their contacts: they are few.
// Permission purchase.read.
func (s *Service) Suppliers(ctx context.Context) ([]Supplier, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, err
	}
	return s.SuppliersTx(ctx, s.k.DB)
}

// SuppliersTx is Suppliers for other packages.
func (s *Service) SuppliersTx(ctx context.Context, q db.Querier) (out []Supplier, err error) {
	err = db.Read(ctx, q, selectSuppliers, []any{actor.Merchant(ctx)}, func(r *db.Row) {
		out = append(out, Supplier{ID: id.ID(r.Int()), Name: r.Text(), Contract: Contract(r.Text()), CutoffMinute: r.Int(), LeadDays: r.Int(), Note: r.Text(),
			Active: r.Int() != 0, CreatedAt: r.Int(), UpdatedAt: r.Int(), Version: r.Int(), SKUs: r.Int()})
	})
	return out, err
}

// Get is one supplier; its contact is told to who may edit suppliers. Permission
// purchase.read.
//
// Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, supplier id.ID) (Supplier, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return Supplier{}, err
	}
	one, err := s.GetTx(ctx, s.k.DB, supplier)
	if err != nil || actor.Require(ctx, PermitEdit) != nil {
		return one, err
	}
	var sealed []byte
	if err := s.k.DB.QueryRow(ctx, selectContact, actor.Merchant(ctx), supplier).Scan(&sealed); err != nil || len(sealed) == 0 {
		return one, err
	}
	keys, err := s.k.Seal.KeysTx(ctx, s.k.DB, actor.Merchant(ctx))
	if err != nil {
		return one, err
	}
	plain, err := keys.Open(contactPlace(supplier), sealed)
	if err != nil {
		return one, err
	}
	return one, json.Unmarshal(plain, &one.Contact)
}

// GetTx is Get for other packages, without the contact.
//
// Errors: ErrNotFound.
func (s *Service) GetTx(ctx context.Context, q db.Querier, supplier id.ID) (Supplier, error) {
	all, err := s.SuppliersTx(ctx, q)
	if err != nil {
		return Supplier{}, err
	}
	if at := slices.IndexFunc(all, func(x Supplier) bool { return x.ID == supplier }); at >= 0 {
		return all[at], nil
	}
	return Supplier{}, ErrNotFound
}

// Save adds a supplier (ID 0) or replaces the one whose Version was read. Who lets a
// supplier see receivers in plain must be allowed to export them. Permission
// purchase.edit.
//
// Errors: ErrBadSupplier, ErrNotFound, ErrChanged, ErrNameTaken, actor.ErrForbidden.
func (s *Service) Save(ctx context.Context, in Supplier) (Supplier, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return in, err
	}
	if err := in.check(); err != nil {
		return in, err
	}
	about := &command.About{Action: "purchase.save_supplier", Detail: map[string]any{"name": in.Name, "contract": string(in.Contract), "active": in.Active}}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		one, err := s.saveTx(ctx, tx, in)
		about.Object = "supplier/" + one.String()
		return one, err
	})
	if err != nil {
		return in, err
	}
	return s.Get(ctx, made)
}

func (s *Service) saveTx(ctx context.Context, tx *db.Tx, in Supplier) (id.ID, error) {
	all, err := s.SuppliersTx(ctx, tx)
	if err != nil {
		return 0, err
	}
	had := Supplier{}
	for _, x := range all {
		if x.ID == in.ID {
			had = x
		} else if strings.EqualFold(x.Name, in.Name) {
			return 0, ErrNameTaken.At("name")
		}
	}
	switch {
	case in.ID != 0 && had.ID == 0:
		return 0, ErrNotFound
	case had.ID != 0 && had.Version != in.Version:
		return 0, ErrChanged
	case in.Contract == Full && had.Contract != Full:
		if err := actor.Require(ctx, permitPlain); err != nil {
			return 0, err
		}
	}
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	one := in.ID
	if one == 0 {
		one = s.k.IDs.New()
	}
	keys, err := s.k.Seal.KeysTx(ctx, tx, m)
	if err != nil {
		return 0, err
	}
	contact, err := in.Contact.text()
	if err == nil && contact != nil {
		contact, err = keys.Seal(contactPlace(one), contact)
	}
	if err != nil {
		return 0, err
	}
	if in.ID == 0 {
		_, err = tx.Exec(ctx, insertSupplier, m, one, in.Name, contact, string(in.Contract), in.CutoffMinute, in.LeadDays, in.Note, in.Active, now, now)
		return one, err
	}
	n, err := tx.ExecN(ctx, updateSupplier, in.Name, contact, string(in.Contract), in.CutoffMinute, in.LeadDays, in.Note, in.Active, now, m, one, in.Version)
	if err == nil && n == 0 {
		err = ErrChanged
	}
	return one, err
}

// Supplies lists what a supplier supplies, by SKU code. Permission purchase.read.
//
// Errors: ErrNotFound.
func (s *Service) Supplies(ctx context.Context, supplier id.ID) (out []Supply, err error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, err
	}
	if _, err := s.GetTx(ctx, s.k.DB, supplier); err != nil {
		return nil, err
	}
	err = db.Read(ctx, s.k.DB, selectSupplies, []any{actor.Merchant(ctx), supplier}, func(r *db.Row) {
		one := Supply{SKUID: id.ID(r.Int()), SKUCode: r.Text(), Name: r.Text(), Code: r.Text()}
		if cost := money.Fen(r.Int()); cost >= 0 {
			one.CostFen = &cost
		}
		out = append(out, one)
	})
	return out, err
}

// maxSupplies bounds what one supplier supplies.
const maxSupplies = 2000

// SetSupplies replaces what a supplier supplies. Permission purchase.edit.
//
// Errors: ErrNotFound, ErrUnknownSKU, ErrBadSupplier for a cost below zero, a SKU named
// twice or too many.
func (s *Service) SetSupplies(ctx context.Context, supplier id.ID, all []Supply) (int, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return 0, err
	}
	about := &command.About{Action: "purchase.set_supplies", Object: "supplier/" + supplier.String(), Detail: map[string]any{"skus": len(all)}}
	return command.Run(ctx, s.k.Commands, about, all, func(ctx context.Context, tx *db.Tx) (int, error) {
		var one id.ID
		err := tx.QueryRow(ctx, lockSupplier(tx.Dialect()), actor.Merchant(ctx), supplier).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, ErrNotFound
		}
		if err != nil {
			return 0, err
		}
		ids := make([]id.ID, len(all))
		for i, x := range all {
			ids[i] = x.SKUID
			if x.CostFen != nil && *x.CostFen < 0 || slices.Contains(ids[:i], x.SKUID) || len(all) > maxSupplies || len(x.Code) > maxText {
				return 0, ErrBadSupplier.With("field", "skus").At("skus")
			}
		}
		known, err := s.catalog.SKUsTx(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		rows := make([][]any, len(all))
		for i, x := range all {
			if _, ok := known[x.SKUID]; !ok {
				return 0, ErrUnknownSKU.With("code", x.SKUID.String()).At("skus")
			}
			cost := money.Fen(-1)
			if x.CostFen != nil {
				cost = *x.CostFen
			}
			rows[i] = []any{actor.Merchant(ctx), supplier, x.SKUID, strings.TrimSpace(x.Code), cost}
		}
		if _, err := tx.Exec(ctx, deleteSupplies, actor.Merchant(ctx), supplier); err != nil {
			return 0, err
		}
		_, err = tx.Insert(ctx, "purchase_supply", supplyColumns, rows, "")
		return len(rows), err
	})
}
