package issue_test

import (
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

func TestTheChoicesOfManyAreThoseOfEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		_, near := b.allocated(b.Doc("A1", "TEA"))
		far := b.Doc("A2", "TEA")
		far.Receiver.Province, far.Receiver.City, far.Receiver.District = "西藏自治区", "拉萨市", "城关区"
		_, away := b.allocated(far)
		if _, err := b.choices.Suspend(b.ctx, choose.SuspendInput{Region: choose.Region{Province: "西藏自治区"}, Reason: "停发"}); err != nil {
			t.Fatal(err)
		}
		got, err := b.s.ChoicesTx(b.ctx, d, []id.ID{near, away, 5})
		if err != nil || len(got) != 2 {
			t.Fatal(got, err)
		}
		if got[near].AccountID != b.account || got[away].AccountID != 0 || got[away].Why != choose.Suspended {
			t.Errorf("%+v", got)
		}
	})
}
