package pull

import (
	"context"
	"errors"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Now has a shop's lists and gaps read as soon as can be (立即拉取), or, with numbers,
// just those orders. Permission channel.sync.
//
// Errors: shop.ErrNotFound, ErrNotSynced.
func (e *Engine) Now(ctx context.Context, shopID id.ID, orderNos []string) error {
	if err := e.reads(ctx, "channel.sync", shopID); err != nil {
		return err
	}
	if _, _, err := e.access.App(ctx, shopID); err != nil {
		return notSynced(err)
	}
	about := &command.About{Action: "pull.now", Object: "shop/" + shopID.String(), Detail: map[string]any{"orders": len(orderNos)}}
	_, err := command.Run(ctx, e.k.Commands, about, orderNos, func(ctx context.Context, tx *db.Tx) (int, error) {
		if len(orderNos) > 0 {
			for _, no := range orderNos {
				if err := e.FetchTx(ctx, tx, shopID, no); err != nil {
					return 0, err
				}
			}
			return 1, nil
		}
		if _, err := tx.Exec(ctx, hurryStream, merchantOf(ctx), shopID); err != nil {
			return 0, err
		}
		_, err := tx.Exec(ctx, hurryGaps, merchantOf(ctx), shopID)
		return 1, err
	})
	if err == nil {
		e.Wake(merchantOf(ctx), shopID)
	}
	return err
}

func notSynced(err error) error {
	if errors.Is(err, access.ErrNotFound) || errors.Is(err, access.ErrNoAPI) {
		return ErrNotSynced
	}
	return err
}

// FetchTx asks for an order to be pulled again once the caller's transaction is on
// disk: who sent something to the channel wants to see it there.
func (e *Engine) FetchTx(ctx context.Context, tx *db.Tx, shopID id.ID, orderNo string) error {
	return e.RefetchTx(ctx, tx, shopID, orderNo, "")
}

// RefetchTx is FetchTx of an order, of an after-sale case, or of both.
func (e *Engine) RefetchTx(ctx context.Context, tx *db.Tx, shopID id.ID, orderNo, caseNo string) error {
	now := e.now()
	row := hintRow(ctx, shopID, "fetch:"+orderNo+caseNo+":"+strconv.FormatInt(int64(e.k.IDs.New()), 36), channel.Hint{Topic: "fetch", OrderNo: orderNo, AftersaleNo: caseNo, At: now}, now, now)
	if _, err := tx.Insert(ctx, "channel_hint", hintColumns, [][]any{row}, hintConflict); err != nil {
		return err
	}
	m := merchantOf(ctx)
	tx.AfterCommit(func() { e.Wake(m, shopID) })
	return nil
}

// compareDays is the longest range of a comparison that a person asks for.
const compareDays = 31

// Compare has both sides of [from, to) compared by created time as soon as can be
// (立即对账). Permission channel.sync.
//
// Errors: shop.ErrNotFound, ErrNotSynced, ErrNoCompare, ErrBadRange.
func (e *Engine) Compare(ctx context.Context, shopID id.ID, from, to int64) error {
	if err := e.reads(ctx, "channel.sync", shopID); err != nil {
		return err
	}
	_, limits, err := e.access.App(ctx, shopID)
	if err != nil {
		return notSynced(err)
	}
	if limits.CreatedSpan == 0 {
		return ErrNoCompare
	}
	if from <= 0 || to <= from || to-from > compareDays*day || from > e.now() {
		return ErrBadRange.With("days", compareDays).At("from")
	}
	about := &command.About{Action: "pull.compare", Object: "shop/" + shopID.String(), Detail: map[string]any{"from": from, "to": to}}
	_, err = command.Run(ctx, e.k.Commands, about, []int64{from, to}, func(ctx context.Context, tx *db.Tx) (int, error) {
		_, err := tx.Exec(ctx, askCompare, merchantOf(ctx), shopID, e.now(), from, to)
		return 1, err
	})
	if err == nil {
		e.Wake(merchantOf(ctx), shopID)
	}
	return err
}

// Replay tries a quarantined row again (重放), whatever it came from: a file's record
// or an order of an API, read by its connector as it is today. Permission
// intake.replay.
//
// Errors: those of intake.Replay, and the record's own fault when it stays.
func (e *Engine) Replay(ctx context.Context, row id.ID) (intake.Replayed, error) {
	r, err := e.door.GetTx(ctx, e.k.DB, row)
	if err != nil {
		return intake.Replayed{}, err
	}
	if r.Source != intake.SourceAPI {
		return e.files.Replay(ctx, row)
	}
	line, err := e.access.Offline(ctx, r.ShopID)
	if err != nil {
		return intake.Replayed{}, notSynced(err)
	}
	words, err := e.wordsOf(ctx, line.Shop.Channel)
	if err != nil {
		return intake.Replayed{}, err
	}
	one := &round{e: e, merchant: merchantOf(ctx), line: line, words: words}
	return e.door.Replay(ctx, row, func(_ context.Context, _ id.ID, raw intake.RawRecord) (order.Document, error) {
		return one.mapOne(raw.Wire)
	})
}

// Open returns a shop's client for who sends to the channel, in the app's turn:
// each opening counts as the one call it is for.
//
// Errors: channel.ErrUnsupported for a shop without API, channel.ErrThrottled while
// the app is banned, and those of access.Open.
func (e *Engine) Open(ctx context.Context, shopID id.ID) (channel.Client, error) {
	line, err := e.access.Open(ctx, shopID)
	if errors.Is(err, access.ErrNotFound) || errors.Is(err, access.ErrNoAPI) {
		return nil, channel.ErrUnsupported
	}
	if err != nil {
		return nil, err
	}
	return line.Client, e.apps.take(ctx, appKey{merchantOf(ctx), line.App}, line.Limits)
}

// Turn waits for another call's turn on a client that Open returned.
//
// Errors: channel.ErrThrottled while the app is banned, and those of access.App.
func (e *Engine) Turn(ctx context.Context, shopID id.ID) error {
	app, limits, err := e.access.App(ctx, shopID)
	if err != nil {
		return err
	}
	return e.apps.take(ctx, appKey{merchantOf(ctx), app}, limits)
}

// Told passes on what each call of that client met, nil included: a ban holds for
// the whole app, and an ended token is renewed.
func (e *Engine) Told(ctx context.Context, shopID id.ID, cause error) {
	if ctx.Err() != nil {
		return // told to stop: that says nothing of the channel
	}
	sh, err := e.shops.Get(ctx, shopID)
	if err != nil {
		return
	}
	e.calls.add(sh.Channel, cause)
	if cause == nil {
		return
	}
	line, err := e.access.Offline(ctx, shopID)
	if err != nil {
		return
	}
	r := &round{e: e, merchant: merchantOf(ctx), line: line}
	if errors.Is(cause, channel.ErrThrottled) {
		if err := r.banned(ctx, line.App, cause); err != nil {
			r.log(err)
		}
		return
	}
	e.access.Failed(ctx, line, cause)
}
