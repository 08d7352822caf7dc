package pull_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// Decrypt opens what begins with ##.
func (c *mallClient) Decrypt(_ context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if err := c.m.fail(); err != nil {
		return nil, err
	}
	out := make([]string, len(ciphers))
	for i, x := range ciphers {
		if plain, ok := strings.CutPrefix(x.Text, "##"); ok {
			out[i] = x.OrderNo + " " + plain
		}
	}
	return out, nil
}

func TestCipherTextsAreOpenedWithinTheQuotaOfADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d, func(a *channel.API) { a.Limits.DecryptDaily = 5 })
		ask := func(n int) ([]string, error) {
			return w.engine.Decrypt(w.ctx, sh.ID, []channel.Cipher{{OrderNo: "1", Field: "name", Text: "##a"}, {OrderNo: "1", Field: "phone", Text: "b"}, {OrderNo: "1", Field: "address", Text: "##c"}}[:n], "care")
		}
		calls := w.health(sh).Quota.Calls
		got, err := ask(3)
		if err != nil || len(got) != 3 || got[0] != "1 a" || got[1] != "" || got[2] != "1 c" {
			t.Fatalf("%q %v", got, err)
		}
		if q := w.health(sh).Quota; q.Decrypts != 3 || q.DecryptDaily != 5 || q.Calls != calls+1 {
			t.Errorf("%+v", q)
		}
		asked := m.calls
		if _, err := ask(3); !errors.Is(err, pull.ErrDecryptQuota) || m.calls != asked {
			t.Errorf("beyond the quota: %v, %d calls", err, m.calls-asked)
		}
		w.restart() // the count is on disk
		if _, err := ask(2); err != nil {
			t.Error(err)
		}
		if _, err := ask(1); !errors.Is(err, pull.ErrDecryptQuota) {
			t.Errorf("the sixth: %v", err)
		}
		kittest.Clock(w.Kit).Advance(12 * time.Hour) // it was noon in China
		m.deny = channel.Throttled(60_000, "ban")
		if _, err := ask(1); !errors.Is(err, channel.ErrThrottled) {
			t.Errorf("the channel throttles: %v", err)
		}
		m.deny = nil
		if q := w.health(sh).Quota; q.Decrypts != 1 || q.BannedUntil == 0 {
			t.Errorf("a new day, and a ban that holds for the app: %+v", q)
		}
		file := shoptest.Add(t, w.ctx, w.Shops, "文件店", func(in *shop.CreateInput) { in.Mode = shop.ModeFile })
		if _, err := w.engine.Decrypt(w.ctx, file.ID, nil, "care"); !errors.Is(err, channel.ErrUnsupported) {
			t.Errorf("a shop read by file: %v", err)
		}
	})
}
