package wxmall

import (
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "ZTO", func(tx *world.Tx, o *world.Order) []any {
		doc := render(tx.Shop, o)
		return []any{doc}
	})
}
