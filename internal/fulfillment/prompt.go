package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// PromptTx asks a person about new fulfillment orders that could travel with one
// which is sealed and has not left (追加提示).
func (s *Service) PromptTx(ctx context.Context, tx *db.Tx, made []*FulfillmentOrder) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	var groups []id.ID // wantIDs takes ids
	for _, f := range made {
		if f.ReceiverGroup != 0 {
			groups = append(groups, id.ID(f.ReceiverGroup))
		}
	}
	if len(groups) == 0 {
		return nil
	}
	rules, err := s.mergeRules(ctx, tx)
	if err != nil {
		return err
	}
	var rows [][]any
	var events []event.Appended
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(groups))), lookupChunk) {
		sealed, err := readOrders(ctx, tx, selectSealedOf(len(part)), idArgs(m, part)...)
		if err != nil {
			return err
		}
		if len(sealed) == 0 {
			continue
		}
		for _, f := range made {
			at := slices.IndexFunc(sealed, func(o FulfillmentOrder) bool { return rules.meet(f, &o) == nil })
			if at < 0 {
				continue
			}
			rows = append(rows, []any{m, f.ID, sealed[at].ID, now})
			events = append(events, event.Appended{Of: event.Of{Aggregate: "fulfillment_order", ID: f.ID},
				Payload: AppendPrompted{FulfillmentOrderID: f.ID, SealedID: sealed[at].ID}})
		}
	}
	if _, err := tx.Insert(ctx, "fulfillment_prompt", promptColumns, rows, keepPrompt); err != nil {
		return err
	}
	return s.k.Events.AppendAllTx(ctx, tx, events)
}
