package openmall

import (
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "ZTO", func(tx *world.Tx, o *world.Order) []any {
		doc := render(tx.Shop, o)
		if o.Poison == 0 {
			a := doc["amounts"].(obj)
			fen := func(name string) int64 { return a[name].(int64) }
			if fen("goods")-fen("merchant_discount")-fen("platform_discount")+fen("freight") != fen("buyer_paid") {
				t.Error("amounts do not add up", a)
			}
		}
		out := []any{doc}
		for _, c := range tx.CasesOf(o.No) {
			out = append(out, renderCase(c))
		}
		return out
	})
}
