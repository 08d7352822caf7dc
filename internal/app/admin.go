package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ordercove/ordercove/internal/audit"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/migrations"
)

// ErrFindings: a verification ran through and found something wrong.
var ErrFindings = errors.New("verification found problems")

// with opens the installation for one command, beside a running server or not.
func with(ctx context.Context, cfg Config, f func(*App) error) error {
	a, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	if err := a.number(ctx, "command-"+rand.Text()); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(f(a), a.Close())
}

// Bootstrap makes a setup token and prints it.
func Bootstrap(ctx context.Context, cfg Config, token string, out io.Writer) error {
	return with(ctx, cfg, func(a *App) error {
		t, err := a.iam.CreateSetupToken(ctx, token)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, t)
		return err
	})
}

func openSchema(ctx context.Context, cfg Config) (*db.DB, error) {
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	return db.Open(ctx, cfg.DB, db.Options{})
}

// MigrateUp applies every pending step.
func MigrateUp(ctx context.Context, cfg Config, out io.Writer) error {
	d, err := openSchema(ctx, cfg)
	if err != nil {
		return err
	}
	err = d.Migrate(ctx, migrations.FS)
	if err == nil {
		_, err = fmt.Fprintln(out, "up to date")
	}
	return errors.Join(err, d.Close())
}

// MigrateStatus lists every step.
func MigrateStatus(ctx context.Context, cfg Config, asJSON bool, out io.Writer) error {
	d, err := openSchema(ctx, cfg)
	if err != nil {
		return err
	}
	all, err := d.MigrationStatus(ctx, migrations.FS)
	switch {
	case err != nil:
	case asJSON:
		err = printJSON(out, map[string]any{"migrations": all})
	default:
		for _, m := range all {
			state := "pending"
			if m.AppliedAt > 0 {
				state = time.UnixMilli(m.AppliedAt).UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(out, "%04d  %-22s %s\n", m.Version, state, m.Name)
		}
	}
	return errors.Join(err, d.Close())
}

// VerifyReport is what verify found, per merchant. A sound instance has no findings.
type VerifyReport struct {
	OK        bool             `json:"ok"`
	Database  []string         `json:"database"` // what the engine says about its file
	Merchants []MerchantReport `json:"merchants"`
}

// MerchantReport is one tenant's books.
type MerchantReport struct {
	MerchantID id.ID               `json:"merchant_id"`
	Code       string              `json:"merchant_code"`
	OK         bool                `json:"ok"`
	Stock      []inventory.Finding `json:"stock"`
	Orders     []string            `json:"orders"`
	Sync       []string            `json:"sync"` // pulls, and what goes back to the channels
	Audit      audit.Report        `json:"audit"`
	Keys       string              `json:"keys"` // "" when the merchant's keys open
}

// Verify checks the books of every merchant and prints the report.
//
// Errors: ErrFindings.
func Verify(ctx context.Context, cfg Config, asJSON bool, out io.Writer) error {
	return with(ctx, cfg, func(a *App) error {
		r, err := a.verify(ctx)
		if err != nil {
			return err
		}
		if err := printVerify(out, r, asJSON); err != nil {
			return err
		}
		if !r.OK {
			return ErrFindings
		}
		return nil
	})
}

// sealTail chains what a server that was killed, or the cut of a backup, left
// without a number: without a server these entries would wait for ever, and look
// as if somebody kept them out of the chain.
func (a *App) sealTail(ctx context.Context) error {
	all, err := a.merchants(ctx)
	if err != nil {
		return err
	}
	if _, err := a.audit.SealDue(ctx, all); err != nil {
		a.cfg.Log.Warn("audit entries wait for their numbers", "error", err) // and the report lists them
	}
	return nil
}

func (a *App) verify(ctx context.Context) (VerifyReport, error) {
	r := VerifyReport{OK: true, Database: []string{}, Merchants: []MerchantReport{}}
	if err := a.sealTail(ctx); err != nil {
		return r, err
	}
	bad, err := a.k.DB.Check(ctx)
	if err != nil {
		return r, err
	}
	r.Database = append(r.Database, bad...)
	all, err := a.iam.Merchants(ctx)
	if err != nil {
		return r, err
	}
	for _, m := range all {
		one := MerchantReport{MerchantID: m.ID, Code: m.Code, Stock: []inventory.Finding{}, Orders: []string{}, Sync: []string{}}
		ctx := actor.With(ctx, actor.ForSystem(m.ID, "verify"))
		stock, err := a.inventory.Verify(ctx)
		if err != nil {
			return r, err
		}
		one.Stock = append(one.Stock, stock...)
		orders, err := a.verifyOrders(ctx)
		if err != nil {
			return r, err
		}
		one.Orders = append(one.Orders, orders...)
		if one.Sync, err = a.verifySync(ctx); err != nil {
			return r, err
		}
		if one.Audit, err = a.audit.Verify(ctx, m.ID, nil); err != nil {
			return r, err
		}
		if _, err := a.k.Seal.Keys(ctx, m.ID); err != nil {
			one.Keys = seal.ErrMasterKey.Code
		}
		one.OK = len(one.Stock)+len(one.Orders)+len(one.Sync)+len(one.Audit.Findings) == 0 && one.Keys == ""
		r.OK = r.OK && one.OK
		r.Merchants = append(r.Merchants, one)
	}
	r.OK = r.OK && len(r.Database) == 0
	return r, nil
}

func printVerify(out io.Writer, r VerifyReport, asJSON bool) error {
	if asJSON {
		return printJSON(out, r)
	}
	for _, line := range r.Database {
		fmt.Fprintln(out, "database:", line)
	}
	for _, m := range r.Merchants {
		fmt.Fprintf(out, "%s: stock %d, orders %d, sync %d, audit %d findings (%d entries)\n", m.Code, len(m.Stock), len(m.Orders), len(m.Sync), len(m.Audit.Findings),
			m.Audit.Entries)
	}
	verdict := "sound"
	if !r.OK {
		verdict = "problems found; --json lists them"
	}
	_, err := fmt.Fprintln(out, verdict)
	return err
}

// AuditVerify checks every merchant's audit chain and prints the reports.
//
// Errors: ErrFindings.
func AuditVerify(ctx context.Context, cfg Config, asJSON bool, out io.Writer) error {
	return with(ctx, cfg, func(a *App) error {
		if err := a.sealTail(ctx); err != nil {
			return err
		}
		all, err := a.merchants(ctx)
		if err != nil {
			return err
		}
		ok, reports := true, []audit.Report{}
		for _, m := range all {
			rep, err := a.audit.Verify(actor.With(ctx, actor.ForSystem(m, "verify")), m, nil)
			if err != nil {
				return err
			}
			ok = ok && len(rep.Findings) == 0
			reports = append(reports, rep)
		}
		if asJSON {
			err = printJSON(out, map[string]any{"ok": ok, "merchants": reports})
		} else {
			for _, rep := range reports {
				fmt.Fprintf(out, "merchant %d: %d entries, last seq %d, %d findings\n", rep.MerchantID, rep.Entries, rep.LastSeq, len(rep.Findings))
			}
		}
		if err == nil && !ok {
			err = ErrFindings
		}
		return err
	})
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
