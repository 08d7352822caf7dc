package shopify

import (
	"strconv"
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestOrdersInEveryStateAreRendered(t *testing.T) {
	worldtest.Rendered(t, Platform(), "ZTO", func(tx *world.Tx, o *world.Order) []any {
		doc := render(o, tx.CasesOf(o.No))
		out := []any{doc}
		for _, c := range tx.CasesOf(o.No) {
			out = append(out, renderRefund(c))
		}
		return out
	})
}

func TestNoNumberIsBeyondWhatJavaScriptReads(t *testing.T) {
	p := Platform()
	s := &world.Shop{Number: 999}
	order := p.OrderNo(s, 0, 9_999_999)
	for _, no := range []string{order, other(order), p.LineNo(order, 1, 98), other(p.LineNo(order, 1, 98)), p.CaseNo(s, 0, 9_999_999), p.SKUNo(1_000_000_000)} {
		if n, err := strconv.ParseUint(no, 10, 64); err != nil || n > 1<<53 {
			t.Error(no, err)
		}
	}
	if own(other(order)) != order {
		t.Error(order)
	}
}
