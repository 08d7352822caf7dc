package pull_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestVerifyFindsBooksThatNoRunLeavesBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slow := fast
		slow.PollMS = 900_000
		sh, m := w.join("甲店", slow)
		w.step(sh)
		kittest.Clock(w.Kit).Advance(time.Second)
		for i := range 20 {
			m.place(number(i))
		}
		m.place(number(99)).Quantity = "three"
		w.forward(20*time.Minute, sh)
		bad := m.now()
		m.refuse = func(q channel.Query) error {
			if q.From <= bad && bad <= q.To && q.Stream == channel.ByModified {
				return channel.Told(channel.ErrUnavailable, "500", "internal")
			}
			return nil
		}
		w.forward(20*time.Minute, sh)
		m.refuse = nil
		w.forward(14*time.Hour, sh) // a day close, comparisons, the gap filled
		if days, _, err := w.engine.Days(w.ctx, sh.ID, "", 9); err != nil || len(days) == 0 || days[0].ClosedAt == 0 {
			t.Fatal(days, err)
		}
		if gaps, _, err := w.engine.Gaps(w.ctx, sh.ID, "", 9); err != nil || len(gaps) == 0 {
			t.Fatal(gaps, err)
		}
		verify := func() []string {
			t.Helper()
			out, err := w.engine.Verify(w.ctx)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if found := verify(); len(found) > 0 {
			t.Fatal(found)
		}
		for want, texts := range map[string][2]string{
			"before its beginning":  {"UPDATE channel_stream SET started_at = started_at + 864000000000 WHERE merchant_id = ?", "UPDATE channel_stream SET started_at = started_at - 864000000000 WHERE merchant_id = ?"},
			"yet to come":           {"UPDATE channel_stream SET watermark_at = watermark_at + 3600000 WHERE merchant_id = ?", "UPDATE channel_stream SET watermark_at = watermark_at - 3600000 WHERE merchant_id = ?"},
			"was not read":          {"UPDATE channel_gap SET from_at = from_at - 5 WHERE merchant_id = ?", "UPDATE channel_gap SET from_at = from_at + 5 WHERE merchant_id = ?"},
			"nothing of it is left": {"UPDATE channel_gap SET attempts = closed_at, closed_at = 0 WHERE merchant_id = ?", "UPDATE channel_gap SET closed_at = attempts WHERE merchant_id = ?"},
			"is closed with":        {"UPDATE channel_day SET theirs = theirs + 1 WHERE merchant_id = ?", "UPDATE channel_day SET theirs = theirs - 1 WHERE merchant_id = ?"},
			"counts":                {"UPDATE channel_ledger SET quarantined = quarantined + 1 WHERE merchant_id = ?", "UPDATE channel_ledger SET quarantined = quarantined - 1 WHERE merchant_id = ?"},
			"days count":            {"UPDATE channel_day SET ours = ours + 9, theirs = theirs + 9 WHERE merchant_id = ?", "UPDATE channel_day SET ours = ours - 9, theirs = theirs - 9 WHERE merchant_id = ?"},
			"is equal with":         {"UPDATE channel_comparison SET theirs = theirs + 1 WHERE merchant_id = ?", "UPDATE channel_comparison SET theirs = theirs - 1 WHERE merchant_id = ?"},
		} {
			run := func(sql string) {
				t.Helper()
				kittest.InTx(t, w.Kit, w.ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, sql, kittest.Merchant)
					return err
				})
			}
			run(texts[0])
			if found := strings.Join(verify(), "\n"); !strings.Contains(found, want) {
				t.Errorf("%q is not among: %s", want, found)
			}
			run(texts[1])
		}
		if found := verify(); len(found) > 0 {
			t.Error(found)
		}
	})
}
