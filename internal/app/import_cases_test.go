package app_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// wantCase is a case as the fixtures' document writes it.
type wantCase struct {
	No        string    `json:"aftersale_no"`
	OrderNo   string    `json:"channel_order_no"`
	Type      string    `json:"type"`
	StatusRaw string    `json:"status_raw"`
	AppliedAt time.Time `json:"applied_at"`
}

// caseFile is what the fixtures' document says of the after-sale export.
func caseFile(t *testing.T) (name, code string, cases []wantCase, rejected int) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(fixtures, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Files []struct {
			Files      []string          `json:"files"`
			Channel    string            `json:"channel"`
			Kind       string            `json:"kind"`
			Rejected   []json.RawMessage `json:"rejected"`
			Aftersales []wantCase        `json:"aftersales"`
		} `json:"files"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, f := range doc.Files {
		if f.Kind == "aftersales" {
			return f.Files[0], f.Channel, f.Aftersales, len(f.Rejected)
		}
	}
	t.Fatal("no after-sale export among the fixtures")
	return "", "", nil, 0
}

func TestAnAftersaleExportBecomesCasesOnceAndTheInterfaceKnowsBetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		name, code, want, bad := caseFile(t)
		content, err := os.ReadFile(filepath.Join(fixtures, name))
		if err != nil {
			t.Fatal(err)
		}
		sh := w.shop(ctx, code, "售后小店")
		at := clock.Millis(w.kit.Clock)
		told := want[0] // the interface has told this one
		kittest.InTx(t, w.kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			return w.cases.AbsorbTx(ctx, tx, sh.ID, []aftersale.Told{{No: told.No, OrderNo: told.OrderNo, Kind: aftersale.KindRefund, State: aftersale.Refunding,
				StateRaw: "agreed", Version: "9", OpenedAt: at, ModifiedAt: at}})
		})
		n := int64(len(want))
		round := func(at, created, unchanged, stale int64) {
			t.Helper()
			one := w.upload(ctx, dropped{filepath.Base(name), content})
			in := channel.ImportInput{ImportID: one.ID, ShopID: sh.ID, ExportedAt: at}
			p, err := w.files.Preview(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			j, got := w.run(ctx, in)
			if j.State != job.Succeeded || got.Created != created || got.Unchanged != unchanged || got.Stale != stale || got.Cases != n || got.Rejected != int64(bad) {
				t.Fatalf("%s: %+v, want %d created, %d unchanged, %d stale of %d, %d rejected", j.State, got, created, unchanged, stale, n, bad)
			}
			if c := p.Counts; c.New != got.Created || c.Unchanged != got.Unchanged || c.Stale != got.Stale || c.Cases != n || c.Orders != 0 || c.Rejected != got.Rejected {
				t.Errorf("the preview said %+v, the run did %+v", c, got)
			}
		}
		round(at, n-1, 0, 1)
		round(at+60_000, 0, n-1, 1) // a later export that says the same
		if again, err := w.shops.Get(ctx, sh.ID); err != nil || again.DataAt != sh.DataAt {
			t.Errorf("cases made the shop's orders fresher: %d, was %d; %v", again.DataAt, sh.DataAt, err)
		}
		for i, one := range want {
			found, _, err := w.cases.List(ctx, aftersale.Filter{No: one.No})
			if err != nil || len(found) != 1 {
				t.Fatalf("%s stands %d times, %v", one.No, len(found), err)
			}
			c := found[0]
			if i == 0 {
				if c.State != aftersale.Refunding || c.Source != aftersale.FromChannel {
					t.Errorf("the file took the interface's word back: %+v", c.Case)
				}
				continue
			}
			if c.OrderNo != one.OrderNo || c.StateRaw != one.StatusRaw || c.Source != aftersale.FromFile || c.OpenedAt != one.AppliedAt.UnixMilli() || c.Kind == aftersale.KindOther && one.Type != "unknown" {
				t.Errorf("%+v of %+v", c.Case, one)
			}
		}
	})
}
