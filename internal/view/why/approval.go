package why

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/order"
)

// approval says what an order waits for that nobody approved, beside its holds: for a
// person who took the approval back, or for the end of the wait after payment.
func (a *account) approval(ctx context.Context) error {
	o := a.order
	if o.State != order.AwaitingApproval || o.History {
		return nil
	}
	if o.RevokedAt != 0 {
		a.say("awaiting_approval", o.RevokedAt, pick(a.lang, "审核被人工撤回，须由人重新审核", "A person took the approval back, and only a person gives it again"))
		return nil
	}
	var due int64
	if err := a.s.k.DB.QueryRow(ctx, selectDue, a.m, o.ID).Scan(&due); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	detail := ""
	if due > a.now {
		detail = pick(a.lang, "付款后的等待期内，最早自动审核：", "It waits after payment, and approves itself no earlier than ") + time.UnixMilli(due).In(china).Format("01-02 15:04")
	}
	a.say("awaiting_approval", max(o.PaidAt, o.CreatedAt), detail)
	return nil
}
