package kuaishou

import (
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "9", func(tx *world.Tx, o *world.Order) []any {
		doc := renderOrder(tx.Shop, o, tx.CasesOf(o.No))
		if len(o.Lines) != 1 {
			t.Error("an order of several items", o.No)
		}
		out := []any{doc}
		for _, c := range tx.CasesOf(o.No) {
			out = append(out, renderCase(tx.Shop, c, o))
		}
		return out
	})
}
