package xhs

import (
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "zhongtong", func(tx *world.Tx, o *world.Order) []any {
		doc := renderOrder(tx.Shop, o)
		out := []any{doc}
		for _, c := range tx.CasesOf(o.No) {
			out = append(out, renderCase(tx.Shop, c, o))
		}
		return out
	})
}
