package wire

import (
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// TestOrdersOfOneReceiverMayShareAParcel: masks hide who is who, the platform tells.
func TestOrdersOfOneReceiverMayShareAParcel(t *testing.T) {
	st := set(t, taobao.Platform())
	home := world.Person{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路 1 号"}
	away := home
	away.Detail = "孤山路 2 号"
	var nos []string
	st.s.Do(func(tx *world.Tx) {
		for _, to := range []world.Person{home, away, home} {
			o, err := tx.Create(world.Wanted{Paid: true})
			if err == nil {
				err = tx.Readdress(o.No, "", to)
			}
			if err != nil {
				t.Fatal(err)
			}
			nos = append(nos, o.No)
		}
	})
	ask := func() [][]string {
		t.Helper()
		var orders []channel.MergeOrder
		for _, no := range nos {
			orders = append(orders, channel.MergeOrder{OrderNo: no})
		}
		groups, err := st.c.(channel.MergeGrouper).MergeGroups(t.Context(), orders)
		if err != nil {
			t.Fatal(err)
		}
		return groups
	}
	if g := ask(); len(g) != 2 || !slices.Equal(g[0], []string{nos[0], nos[2]}) || !slices.Equal(g[1], nos[1:2]) {
		t.Errorf("%v of %v", g, nos)
	}
	st.s.Do(func(tx *world.Tx) {
		if err := tx.Readdress(nos[2], "", away); err != nil {
			t.Fatal(err)
		}
	})
	if g := ask(); len(g) != 2 || !slices.Equal(g[1], nos[1:]) {
		t.Errorf("after the buyer moved: %v of %v", g, nos)
	}
}
