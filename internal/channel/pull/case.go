package pull

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// aftersales follows the shop's list of cases, where it has one.
func (r *round) aftersales(ctx context.Context) error {
	lister, ok := r.line.Client.(channel.AftersaleLister)
	if !ok || r.late() {
		return nil
	}
	s, err := r.open(ctx, Aftersales)
	if err != nil {
		return err
	}
	c := &cases{r: r, lister: lister}
	return r.follow(ctx, s, r.caseSource(lister), r.widest(channel.ByModified), c.add, c.flush)
}

func (r *round) caseSource(channel.AftersaleLister) source {
	src := r.source(channel.ByModified)
	src.list = func(ctx context.Context, q channel.Query) (page channel.Page, err error) {
		err = r.call(ctx, func(ctx context.Context, l *access.Line) error {
			var err error
			page, err = l.Client.(channel.AftersaleLister).ListAftersales(ctx, q)
			return err
		})
		return page, err
	}
	return src
}

// cases gathers cases on their way in.
type cases struct {
	r       *round
	lister  channel.AftersaleLister
	pending []channel.Item
}

func (c *cases) key(no string) uint64 {
	return c.r.e.seen.key(shopKey{c.r.merchant, c.r.shopID()}, Aftersales, no)
}

func (c *cases) add(ctx context.Context, items []channel.Item) error {
	for _, i := range items {
		if i.Raw == nil {
			if err := c.fetch(ctx, i.No, ""); err != nil && !errors.Is(err, channel.ErrNotFound) {
				return err
			}
			continue
		}
		if !c.r.e.seen.same(c.key(i.No), c.r.e.seen.hash(i.Raw)) {
			c.pending = append(c.pending, i)
		}
	}
	if len(c.pending) >= batchSize {
		return c.flush(ctx)
	}
	return nil
}

// fetch gets one case.
func (c *cases) fetch(ctx context.Context, no, orderNo string) error {
	var item channel.Item
	err := c.r.call(ctx, func(ctx context.Context, l *access.Line) error {
		var err error
		item, err = l.Client.(channel.AftersaleLister).GetAftersale(ctx, no, orderNo)
		return err
	})
	if err != nil {
		return err
	}
	if item.No == "" {
		item.No = no
	}
	c.pending = append(c.pending, item)
	return nil
}

// flush stores what is new of the cases, and has their orders looked up: refunds
// reach an order through its own document.
func (c *cases) flush(ctx context.Context) error {
	for len(c.pending) > 0 {
		n := min(batchSize, len(c.pending))
		if err := c.store(ctx, c.pending[:n]); err != nil {
			return err
		}
		c.pending = c.pending[n:]
	}
	c.pending = nil
	return nil
}

// tokenCase is the kind of the keyed digest of a case's body.
const tokenCase int64 = 103

func (c *cases) store(ctx context.Context, items []channel.Item) error {
	r := c.r
	keys, err := r.e.k.Seal.Keys(ctx, merchantOf(ctx))
	if err != nil {
		return err
	}
	err = r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows, hints [][]any
		var told []aftersale.Told
		now := r.e.now()
		done := map[string]bool{}
		for k := len(items) - 1; k >= 0; k-- { // the last one of a number counts
			x := items[k]
			if done[x.No] || x.No == "" {
				continue
			}
			done[x.No] = true
			fingerprint := keys.Token(tokenCase, string(x.Raw))
			fresh, code := readCase(c.lister, x)
			var modified, had int64
			err := tx.QueryRow(ctx, selectCase, merchantOf(ctx), r.shopID(), x.No).Scan(&modified, &had)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil && (had == fingerprint || modified > fresh.ModifiedAt) {
				continue
			}
			body, err := keys.Seal(casePlace(r.shopID(), x.No), x.Raw)
			if err != nil {
				return err
			}
			rows = append(rows, []any{int64(merchantOf(ctx)), int64(r.shopID()), x.No, fresh.OrderNo, fresh.ModifiedAt, body, fingerprint, code, now})
			told = append(told, fresh)
			if fresh.OrderNo != "" {
				hints = append(hints, hintRow(ctx, r.shopID(), "case:"+x.No+":"+strconv.FormatInt(fingerprint, 36),
					channel.Hint{Topic: "aftersale", OrderNo: fresh.OrderNo, At: fresh.ModifiedAt}, now, now))
			}
		}
		if _, err := tx.Insert(ctx, "channel_case", caseNames, rows, caseNewer); err != nil {
			return err
		}
		if _, err := tx.Insert(ctx, "channel_hint", hintColumns, hints, hintConflict); err != nil {
			return err
		}
		if r.e.takeCases == nil {
			return nil
		}
		return r.e.takeCases(ctx, tx, r.shopID(), told)
	})
	if err != nil {
		return err
	}
	for _, x := range items {
		r.e.seen.put(c.key(x.No), r.e.seen.hash(x.Raw))
	}
	return nil
}

// readCase reads a raw case. One that cannot be read is kept raw, with the reason.
func readCase(lister channel.AftersaleLister, x channel.Item) (t aftersale.Told, code string) {
	m, err := lister.MapAftersale(x.Raw)
	if err != nil {
		if code = ErrUnread.Code; errs.As(err) != nil {
			code = errs.As(err).Code
		}
		return aftersale.Told{No: x.No, State: aftersale.Unknown, ModifiedAt: x.ModifiedAt}, code
	}
	return aftersale.Told{No: x.No, OrderNo: m.OrderNo, LineNo: m.LineNo, Kind: m.Kind, State: aftersale.State(m.State), StateRaw: m.StateRaw, Version: m.Version,
		Refund: money.Fen(m.RefundFen), Quantity: m.Quantity, Reason: m.Reason, ReturnCarrier: m.ReturnCarrier, ReturnWaybill: m.ReturnWaybill, OpenedAt: m.CreatedAt,
		ModifiedAt: max(m.ModifiedAt, x.ModifiedAt), RespondByAt: m.DecideByAt}, ""
}

func casePlace(shopID id.ID, no string) string {
	return "channel_case/body/" + shopID.String() + "/" + no
}

// Facts opens a case as its connector reads it: what a decision gives back to the
// channel, and what the buyer wrote. It acts for whoever asks; rights are the caller's
// to check.
//
// Errors: shop.ErrNotFound, ErrNoCase, and those of access.Open.
func (e *Engine) Facts(ctx context.Context, shopID id.ID, no string) (channel.Case, error) {
	if _, err := e.shops.Get(ctx, shopID); err != nil {
		return channel.Case{}, err
	}
	var body []byte
	err := e.k.DB.QueryRow(ctx, selectBody, merchantOf(ctx), shopID, no).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoCase
	}
	if err != nil {
		return channel.Case{}, err
	}
	plain, err := e.k.Seal.Open(ctx, actor.Merchant(ctx), casePlace(shopID, no), body)
	if err != nil {
		return channel.Case{}, err
	}
	line, err := e.access.Offline(ctx, shopID)
	if err != nil {
		return channel.Case{}, err
	}
	lister, ok := line.Client.(channel.AftersaleLister)
	if !ok {
		return channel.Case{}, ErrNoCase
	}
	return lister.MapAftersale(plain)
}
