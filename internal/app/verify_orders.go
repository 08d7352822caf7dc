package app

import (
	"context"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// verifyOrders lists, in words, the acting merchant's orders whose header is not
// the sum of its lines or whose counters are impossible; a thousand at most.
func (a *App) verifyOrders(ctx context.Context) ([]string, error) {
	m := actor.Merchant(ctx)
	var out []string
	for row := range db.Each(ctx, a.k.DB, selectWrongOrders, m, m) {
		var order id.ID
		var head, lines [6]int64
		var broken int64
		if err := row.Scan(&order, &head[0], &head[1], &head[2], &head[3], &head[4], &head[5],
			&lines[0], &lines[1], &lines[2], &lines[3], &lines[4], &lines[5], &broken); err != nil {
			return nil, err
		}
		text := fmt.Sprintf("order %d:", order)
		for i, name := range []string{"lines", "quantity", "goods_fen", "buyer_paid_fen", "receivable_fen", "refund_fen"} {
			if head[i] != lines[i] {
				text += fmt.Sprintf(" %s is %d and its lines make %d;", name, head[i], lines[i])
			}
		}
		if broken > 0 {
			text += fmt.Sprintf(" %d lines have impossible counters;", broken)
		}
		out = append(out, text)
	}
	return out, nil
}

// verifySync proves pulls and what goes back to the channels.
func (a *App) verifySync(ctx context.Context) ([]string, error) {
	pulls, err := a.sync.Verify(ctx)
	if err != nil {
		return nil, err
	}
	sends, err := a.send.Verify(ctx)
	return append(pulls, sends...), err
}
