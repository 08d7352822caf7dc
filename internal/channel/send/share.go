package send

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// quotaConsumer lowers a shop's share by what its buyers order, and gives back what
// they do not get: what each line took is written down, so both are the same pieces.
func (s *Service) quotaConsumer() event.Consumer {
	return event.Consumer{Name: "channel.stock_quota", FromNow: true, Handle: s.onSold,
		Names: []string{order.Created{}.EventName(), order.Reopened{}.EventName(), order.LinesChanged{}.EventName(), order.RefundChanged{}.EventName(),
			order.OrderClosed{}.EventName()}}
}

func (s *Service) onSold(ctx context.Context, tx *db.Tx, events []event.Event) error {
	plans, err := s.plans(ctx, tx)
	if err != nil || !slices.ContainsFunc(plans, func(p Plan) bool { return p.Mode == Quota }) {
		return err
	}
	orders, err := s.ordersOf(ctx, tx, events)
	if err != nil {
		return err
	}
	for _, e := range events {
		o, ok := orders[e.Of.ID]
		if !ok || o.History || !slices.ContainsFunc(plans, func(p Plan) bool { return p.Mode == Quota && p.ShopID == o.ShopID }) {
			continue
		}
		begins := e.Name == order.Created{}.EventName() || e.Name == order.Reopened{}.EventName()
		if err := s.takeShares(ctx, tx, o, begins); err != nil {
			return err
		}
	}
	return nil
}

// use is what one line took of its shop's share.
type use struct{ sku, asked, taken int64 }

// takeShares brings what the lines of an order took in line with what they want now.
// An order that was there before the plan took nothing, and gives nothing back.
func (s *Service) takeShares(ctx context.Context, tx *db.Tx, o *order.Order, begins bool) error {
	m := actor.Merchant(ctx)
	had, err := uses(ctx, tx, o.ID)
	if err != nil || len(had) == 0 && !begins {
		return err
	}
	for _, l := range o.Lines {
		want := use{sku: int64(l.SKUID), asked: l.Ordered - l.Cancelled}
		if o.ClosedAt != 0 {
			want.asked = l.Shipped
		}
		was, known := had[l.ID]
		if known && was.sku == want.sku && was.asked == want.asked {
			continue
		}
		if want.taken, err = s.moveShare(ctx, tx, o.ShopID, was, want); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, upsertUse, m, o.ID, l.ID, want.sku, want.asked, want.taken); err != nil {
			return err
		}
	}
	if o.ClosedAt != 0 {
		_, err = tx.Exec(ctx, deleteUses, m, o.ID)
	}
	return err
}

// moveShare gives back what a line no longer wants, takes what it wants more as far as
// the share has it, and answers with what the line holds then.
func (s *Service) moveShare(ctx context.Context, tx *db.Tx, shopID id.ID, was, want use) (taken int64, err error) {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	if was.sku != want.sku {
		if was.taken > 0 {
			if _, err := tx.Exec(ctx, raiseQuota, was.taken, now, m, was.sku, shopID); err != nil {
				return 0, err
			}
		}
		was = use{sku: want.sku}
	}
	if back := was.taken - want.asked; back > 0 {
		_, err := tx.Exec(ctx, raiseQuota, back, now, m, want.sku, shopID)
		return want.asked, err
	}
	more := want.asked - was.asked
	if more <= 0 || want.sku == 0 {
		return was.taken, nil
	}
	for { // until nobody sets the share between our look and our taking
		var left int64
		err := tx.QueryRow(ctx, selectQuota, m, want.sku, shopID).Scan(&left)
		if errors.Is(err, sql.ErrNoRows) || err == nil && left == 0 {
			return was.taken, nil
		}
		if err != nil {
			return 0, err
		}
		take := min(left, more)
		n, err := tx.ExecN(ctx, lowerQuota, take, now, m, want.sku, shopID, left)
		if err != nil {
			return 0, err
		}
		if n == 1 {
			return was.taken + take, nil
		}
	}
}

func uses(ctx context.Context, tx *db.Tx, orderID id.ID) (map[id.ID]use, error) {
	out := map[id.ID]use{}
	for row := range db.Each(ctx, tx, selectUses, actor.Merchant(ctx), orderID) {
		var line id.ID
		var u use
		if err := row.Scan(&line, &u.sku, &u.asked, &u.taken); err != nil {
			return nil, err
		}
		out[line] = u
	}
	return out, nil
}
