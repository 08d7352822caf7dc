package why

import (
	"context"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// origin tells what a reship or an exchange makes good for, and who pays.
func (a *account) origin(ctx context.Context) error {
	if !a.order.FollowsUp() {
		return nil
	}
	return db.Read(ctx, a.s.k.DB, selectOrigin, []any{a.m, a.order.ID}, func(r *db.Row) {
		no, reason, liable, difference, settlement, at := r.Text(), r.Text(), r.Text(), r.Int(), r.Text(), r.Int()
		what := fmt.Sprintf(pick(a.lang, "%s 的补发单", "Reship of %s"), no)
		if a.order.Type == order.TypeExchange {
			what = fmt.Sprintf(pick(a.lang, "%s 的换货单", "Exchange of %s"), no)
		}
		c := Choice{What: "origin", Chosen: what, MadeAt: web.Time(at), Because: []string{reason, a.word(liables, liable)}, Alternatives: []Alternative{}}
		if difference != 0 {
			c.Because = append(c.Because, a.word(settlements, settlement))
		}
		a.out.Chosen = append(a.out.Chosen, c)
	})
}

var liables = map[string]text{
	"merchant": {"商家承担", "The merchant pays"}, "buyer": {"买家承担", "The buyer pays"}, "carrier": {"快递承担", "The carrier pays"},
	"supplier": {"供应商承担", "The supplier pays"}, "channel": {"平台承担", "The channel pays"},
}

var settlements = map[string]text{
	"collected": {"差额已向买家收取", "The buyer has paid the difference"}, "refund": {"差额需退给买家", "The difference is to be refunded to the buyer"},
	"waived": {"差额不收不退", "Nobody pays the difference"},
}
