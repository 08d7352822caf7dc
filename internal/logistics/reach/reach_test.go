package reach_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

// walker is a carrier that goes everywhere but to one province.
type walker struct {
	not   string
	asked []string
	fails error
}

func (w *walker) Test(context.Context) error { return nil }
func (w *walker) Issue(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrUnavailable
}
func (w *walker) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (w *walker) Cancel(context.Context, string, string) error { return nil }
func (w *walker) Reach(_ context.Context, _, to logistics.Party) (logistics.Answer, error) {
	w.asked = append(w.asked, to.Province)
	return logistics.Answer{Reached: to.Province != w.not, Reason: "超区"}, w.fails
}

func TestOnlyACarriersOwnNoKeepsAParcelFromIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		w := &walker{not: "西藏自治区"}
		m := logistics.Manifest{Code: "SF", MaxPieces: 1, Capabilities: []logistics.Capability{logistics.CanReach}, Open: func(logistics.Access) (logistics.Client, error) { return w, nil }}
		accounts := account.New(k, []logistics.Manifest{m}, nil)
		name := "顺丰月结"
		a, err := accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "SF", Name: &name,
			Sender: &logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}})
		if err != nil {
			t.Fatal(err)
		}
		areas := []reach.Area{{Province: "浙江省", City: "杭州市", District: "西湖区"}, {Province: "西藏自治区", City: "拉萨市", District: "城关区"}, {}}
		s := reach.New(k, accounts, func(context.Context) ([]reach.Area, error) { return areas, nil })
		choices := choose.New(k, accounts, func(context.Context, db.Querier, id.ID) (string, error) { return "fair", nil })
		choices.Reach = s
		chosen := func() choose.Choice {
			t.Helper()
			snap, err := choices.Load(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			return choose.Choose(choose.Facts{Channel: "fair", Region: choose.Region(areas[1]), Pieces: 1, At: k.Clock.Now().UnixMilli()}, snap)
		}
		ask := func(want int) {
			t.Helper()
			w.asked = nil
			if err := s.Ask(ctx); err != nil {
				t.Fatal(err)
			}
			if len(w.asked) != want {
				t.Errorf("asked about %v, want %d", w.asked, want)
			}
		}

		w.fails = errors.New("silence")
		ask(1)
		if c := chosen(); c.AccountID != a.ID {
			t.Errorf("silence keeps nobody: %+v", c)
		}
		w.fails = nil
		ask(2)
		if c := chosen(); c.AccountID != 0 || c.Why != choose.NotReached || c.Trace[0].Text != "超区" {
			t.Errorf("it said no: %+v", c)
		}
		ask(0)

		kittest.Clock(k).Advance(8 * 24 * time.Hour)
		if c := chosen(); c.AccountID != a.ID {
			t.Errorf("a week later: %+v", c)
		}
		w.not = ""
		ask(2)
		if c := chosen(); c.AccountID != a.ID {
			t.Errorf("it goes there now: %+v", c)
		}
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.KeepTx(ctx, tx, reach.Key{AccountID: a.ID, Area: areas[1]}, logistics.Answer{Reason: "无人区"})
		})
		if c := chosen(); c.Why != choose.NotReached {
			t.Errorf("a refused number: %+v", c)
		}
	})
}
