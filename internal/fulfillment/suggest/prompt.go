package suggest

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// Prompt asks whether a new fulfillment order goes into one that is sealed and has not
// left.
type Prompt struct {
	New      Member
	Sealed   Member
	RaisedAt int64
}

// Prompts lists those that nobody answered, the oldest first, with the next cursor.
// Permission fulfillment.read.
//
// Errors: page.ErrCursor.
func (s *Service) Prompts(ctx context.Context, cursor string, limit int) ([]Prompt, string, error) {
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return nil, "", err
	}
	var after struct{ At, ID int64 }
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	type row struct {
		made, sealed id.ID
		at           int64
	}
	var rows []row
	limit = page.Limit(limit)
	err := db.Read(ctx, s.k.DB, selectPrompts, []any{actor.Merchant(ctx), after.At, after.ID, limit + 1}, func(r *db.Row) {
		rows = append(rows, row{id.ID(r.Int()), id.ID(r.Int()), r.Int()})
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := page.Cut(rows, limit, func(r row) string { return page.Encode(struct{ At, ID int64 }{r.at, int64(r.made)}) })
	var ids []id.ID
	for _, r := range rows {
		ids = append(ids, r.made, r.sealed)
	}
	members, err := s.members(ctx, s.k.DB, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, "", err
	}
	by := make(map[id.ID]Member, len(members))
	for _, x := range members {
		by[x.ID] = x
	}
	out := []Prompt{}
	for _, r := range rows {
		if made, sealed := by[r.made], by[r.sealed]; made.ID != 0 && sealed.ID != 0 { // in the actor's scope
			out = append(out, Prompt{made, sealed, r.at})
		}
	}
	return out, next, nil
}

// Answers to a prompt.
const (
	Append     = "append" // it goes into the parcel, whose papers are made anew
	LeaveApart = "apart"  // it leaves by itself
)

// AnswerInput answers a prompt, which is named by the new fulfillment order.
type AnswerInput struct {
	ID     id.ID  `json:"id"`
	Answer string `json:"answer"`
}

// Answer answers a prompt (追加或分开发): append puts the new fulfillment order's lines into
// the sealed one, which keeps its id and seal and gets another version, so that label,
// wave and bench ask for what it holds now. Permission fulfillment.merge.
//
// Errors: ErrBadAnswer, ErrNoPrompt, ErrLeft, and why fulfillment.MergeTx would refuse,
// seals aside.
func (s *Service) Answer(ctx context.Context, in AnswerInput) (AnswerInput, error) {
	if err := actor.Require(ctx, fulfillment.PermitMerge); err != nil {
		return in, err
	}
	if in.Answer != Append && in.Answer != LeaveApart {
		return in, ErrBadAnswer.At("answer")
	}
	about := &command.About{Action: "suggest.answer", Object: "fulfillment_order/" + in.ID.String(), Detail: map[string]any{"answer": in.Answer}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (AnswerInput, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return in, err
		}
		var sealed id.ID
		err = tx.QueryRow(ctx, selectPrompt, a.MerchantID, in.ID).Scan(&sealed)
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNoPrompt
		}
		if err != nil {
			return in, err
		}
		if in.Answer == Append {
			if err := s.appendTx(ctx, tx, a, in.ID, sealed); err != nil {
				return in, err
			}
		}
		n, err := tx.ExecN(ctx, answerPrompt, in.Answer, a.ID, s.now(), a.MerchantID, in.ID)
		if err == nil && n == 0 {
			err = ErrNoPrompt // somebody else was faster
		}
		return in, err
	})
}

// appendTx moves the lines of one fulfillment order into a sealed one.
func (s *Service) appendTx(ctx context.Context, tx *db.Tx, a actor.Actor, made, sealed id.ID) error {
	from, to, err := s.lockBoth(ctx, tx, made, sealed)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, moveAllocations, to.ID, a.MerchantID, from.ID); err != nil {
		return err
	}
	now, edit := s.now(), s.k.IDs.New()
	n, err := tx.ExecN(ctx, replaceOrder, now, a.MerchantID, from.ID, from.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return fulfillment.ErrNotOpen.With("state", "changed")
	}
	if _, err := tx.Insert(ctx, "fulfillment_edit", editColumns, [][]any{{a.MerchantID, edit, "append", a.ID, now}}, ""); err != nil {
		return err
	}
	sides := [][]any{{a.MerchantID, edit, from.ID, "before"}, {a.MerchantID, edit, to.ID, "after"}}
	if _, err := tx.Insert(ctx, "fulfillment_edit_order", editOrderColumns, sides, ""); err != nil {
		return err
	}
	if err := s.ship.RefreshTx(ctx, tx, []id.ID{to.ID}); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "fulfillment_order", ID: to.ID}, Appended{FulfillmentOrderID: from.ID, SealedID: to.ID})
}

// lockBoth reads both under the lock of their orders, and refuses what may not travel
// together.
func (s *Service) lockBoth(ctx context.Context, tx *db.Tx, made, sealed id.ID) (from, to *fulfillment.FulfillmentOrder, err error) {
	var all []fulfillment.FulfillmentOrder
	for range 2 { // whose orders to lock is known only after the first reading
		if all, err = s.ship.LoadTx(ctx, tx, []id.ID{made, sealed}); err != nil {
			return nil, nil, err
		}
		if len(all) < 2 {
			return nil, nil, fulfillment.ErrNoOrder
		}
		orders := slices.Concat(all[0].OrderIDs(), all[1].OrderIDs())
		if _, err := s.orders.LockTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(orders)))); err != nil {
			return nil, nil, err
		}
	}
	from, to = &all[0], &all[1]
	refused, err := s.ship.GuardEachTx(ctx, tx, []fulfillment.Check{{ID: from.ID}, {ID: to.ID}})
	if err != nil {
		return nil, nil, err
	}
	meet, _, err := s.ship.MeetTx(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	for _, why := range append(refused, meet(from, to)) {
		if why != nil {
			return nil, nil, why
		}
	}
	for _, f := range all {
		for _, l := range f.Lines {
			if l.Shipped > 0 {
				return nil, nil, ErrLeft
			}
		}
	}
	if from.Sealed != "" {
		return nil, nil, fulfillment.ErrSealed
	}
	return from, to, nil
}
