package woocommerce

import (
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "ZTO", func(tx *world.Tx, o *world.Order) []any {
		doc := render(o, tx.CasesOf(o.No))
		out := []any{doc}
		for _, c := range tx.CasesOf(o.No) {
			out = append(out, refundOf(c))
		}
		return out
	})
}
