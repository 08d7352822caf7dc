package waiting

import (
	"context"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
)

// Wait is an order that waits for goods (等货). Instants are unix milliseconds.
type Wait struct {
	OrderID    id.ID
	Urgency    int64
	ShipByAt   int64 // 0 where no deadline is known
	AskBuyer   bool  // the policy is to ask the buyer, and nobody has yet
	Agreed     string
	AgreedNote string
	AgreedBy   id.ID
	AgreedAt   int64
	SinceAt    int64
}

func (w *Wait) fields() []any {
	return []any{&w.OrderID, &w.Urgency, &w.ShipByAt, &w.AskBuyer, &w.Agreed, &w.AgreedNote, &w.AgreedBy, &w.AgreedAt, &w.SinceAt}
}

// Service keeps who waits for goods.
type Service struct{ k *kit.Kit }

// New wires the capability and adds its consumer.
func New(k *kit.Kit) *Service {
	s := &Service{k: k}
	k.Runner.Add(s.arrivals())
	return s
}

// List lists the orders that wait for goods, the oldest order first; askOnly those
// whose buyer is to be asked. Permission fulfillment.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, askOnly bool, cursor string, limit int) ([]Wait, string, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, "", err
	}
	var after id.ID
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	all, err := scanWaits(ctx, s.k.DB, listWaiting(askOnly), actor.Merchant(ctx), after, limit+1)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(w Wait) string { return page.Encode(w.OrderID) })
	return all, next, nil
}

func scanWaits(ctx context.Context, q db.Querier, text string, args ...any) ([]Wait, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Wait
	for rows.Next() {
		var w Wait
		if err := rows.Scan(w.fields()...); err != nil {
			return nil, err
		}
		if w.ShipByAt == math.MaxInt64 {
			w.ShipByAt = 0
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// What a buyer may agree to when goods are short.
const (
	AgreedWait    = "wait"
	AgreedReplace = "replace" // another SKU; the lines are changed by order.ChangeLines
	AgreedRefund  = "refund"  // no goods are given to it any more
)

// AgreeInput is what a person agreed with the buyer.
type AgreeInput struct {
	OrderID id.ID  `json:"order_id"`
	Agreed  string `json:"agreed"`
	Note    string `json:"note,omitempty"`
}

// Agree records what was agreed with the buyer of an order that waits (缺货协商).
// Permission fulfillment.allocate.
//
// Errors: ErrBadAgreement, ErrNotWaiting, order.ErrTooLong.
func (s *Service) Agree(ctx context.Context, in AgreeInput) (AgreeInput, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return in, err
	}
	switch {
	case !slices.Contains([]string{AgreedWait, AgreedReplace, AgreedRefund}, in.Agreed):
		return in, ErrBadAgreement.At("agreed")
	case utf8.RuneCountInString(in.Note) > 500:
		return in, order.ErrTooLong.With("max", 500).At("note")
	}
	about := &command.About{Action: "fulfillment.agree", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"agreed": in.Agreed}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (AgreeInput, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return in, err
		}
		n, err := tx.ExecN(ctx, agreeWaiting, in.Agreed, in.Note, a.ID, clock.Millis(s.k.Clock), a.MerchantID, in.OrderID)
		if err == nil && n == 0 {
			err = ErrNotWaiting
		}
		if err != nil {
			return in, err
		}
		return in, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: in.OrderID}, ShortageAgreed{OrderID: in.OrderID, Agreed: in.Agreed})
	})
}

// arrivals is the consumer that gives out goods which have become free: those who wait
// are routed again, the urgent first, then those due first.
func (s *Service) arrivals() event.Consumer {
	return event.Consumer{Name: "fulfillment.arrivals", Names: []string{inventory.StockFreed{}.EventName()}, Handle: func(ctx context.Context, tx *db.Tx, _ []event.Event) error {
		ids, err := scanIDs(ctx, tx, selectTurn, actor.Merchant(ctx), fulfillment.MaxBulk)
		if err != nil || len(ids) == 0 {
			return err
		}
		_, err = s.k.Jobs.EnqueueTx(ctx, tx, fulfillment.Routing(ids))
		return err
	}}
}

func scanIDs(ctx context.Context, q db.Querier, text string, args ...any) ([]id.ID, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var i id.ID
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}
