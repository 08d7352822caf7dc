package intake

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Pulled is one order as a channel's API gave it. Err says why its connector could
// not read it; Doc is empty then. At is the channel's modified time.
type Pulled struct {
	No  string
	At  int64
	Raw []byte
	Doc order.Document
	Err error
}

// tokenPulled is the kind of the keyed digest of a pulled body.
const tokenPulled int64 = 101

// PulledTx brings orders of an API into orders, hundreds per transaction. What
// becomes or changes an order keeps its sealed body in a row of its own; what says
// nothing new writes nothing. An order that cannot be read or taken is quarantined
// with its body, once: it is counted when it comes again, and leaves the quarantine
// when a later version is taken. The answers stand in the order of the input.
func (s *Service) PulledTx(ctx context.Context, tx *db.Tx, sh shop.Shop, pulled []Pulled) ([]order.Applied, error) {
	out := make([]order.Applied, len(pulled))
	var in []order.Incoming
	var of []int
	for i, p := range pulled {
		if p.Err != nil {
			out[i] = order.Applied{Result: order.ApplyRejected, Err: p.Err}
			continue
		}
		in, of = append(in, order.Incoming{Shop: sh, Doc: p.Doc, Source: order.SourceAPI, SourceAt: p.At}), append(of, i)
	}
	got := make([]order.Applied, len(in))
	if err := s.applyTx(ctx, tx, in, got); err != nil {
		return nil, err
	}
	for k, i := range of {
		out[i] = got[k]
	}
	return out, s.keepTx(ctx, tx, sh, pulled, out)
}

// keepTx writes the rows of what was pulled.
func (s *Service) keepTx(ctx context.Context, tx *db.Tx, sh shop.Shop, pulled []Pulled, out []order.Applied) error {
	m := actor.Merchant(ctx)
	keys, err := s.kit.Seal.KeysTx(ctx, tx, m)
	if err != nil {
		return err
	}
	waiting, err := s.waitingTx(ctx, tx, sh, pulled)
	if err != nil {
		return err
	}
	now := clock.Millis(s.kit.Clock)
	var rows []Row
	var bodies []*body
	for i, p := range pulled {
		had, held := waiting[p.No]
		fingerprint := int64(0)
		if out[i].Err != nil {
			fingerprint = keys.Token(tokenPulled, string(p.Raw))
		}
		switch {
		case out[i].Err != nil && held && had.fingerprint == fingerprint:
			continue // the same body again: a replay tries it, not a pull
		case out[i].Err != nil && held:
			if err := s.requarantineTx(ctx, tx, had, p, fingerprint, out[i].Err); err != nil {
				return err
			}
		case out[i].Err != nil:
			r := Row{ID: s.kit.IDs.New(), ShopID: sh.ID, Source: SourceAPI, ChannelOrderNo: p.No, State: StateQuarantined, Attempts: 1, SourceAt: p.At, fingerprint: fingerprint}
			r.ErrorCode, r.ErrorParams, r.ErrorField = job.RowError(out[i].Err)
			rows, bodies = append(rows, r), append(bodies, &body{Wire: p.Raw})
			waiting[p.No] = waitingRow{row: r.ID, fingerprint: fingerprint}
		default:
			if held {
				if _, err := tx.Exec(ctx, setState, StateApplied, "", "", "", now, m, had.row); err != nil {
					return err
				}
			}
			if out[i].Result == order.ApplyCreated || out[i].Result == order.ApplyUpdated {
				rows = append(rows, Row{ID: s.kit.IDs.New(), ShopID: sh.ID, Source: SourceAPI, ChannelOrderNo: p.No, State: StateApplied, Attempts: 1, SourceAt: p.At, HandledAt: now})
				bodies = append(bodies, &body{Wire: p.Raw})
			}
		}
	}
	return s.insertTx(ctx, tx, rows, bodies)
}

// requarantineTx keeps the newest body of an order that still cannot be taken.
func (s *Service) requarantineTx(ctx context.Context, tx *db.Tx, had waitingRow, p Pulled, fingerprint int64, cause error) error {
	m := actor.Merchant(ctx)
	keys, err := s.kit.Seal.KeysTx(ctx, tx, m)
	if err != nil {
		return err
	}
	sealed, err := keys.Seal(place(had.row), p.Raw)
	if err != nil {
		return err
	}
	code, why, field := job.RowError(cause)
	_, err = tx.Exec(ctx, renewBody, sealed, fingerprint, code, params(why), field, p.At, m, had.row)
	return err
}

// waitingRow is a quarantined order of the shop.
type waitingRow struct {
	row         id.ID
	fingerprint int64
}

// waitingTx finds which of the orders stand in the quarantine.
func (s *Service) waitingTx(ctx context.Context, tx *db.Tx, sh shop.Shop, pulled []Pulled) (map[string]waitingRow, error) {
	nos := make([]string, len(pulled))
	for i, p := range pulled {
		nos[i] = p.No
	}
	return s.quarantined(ctx, tx, sh.ID, nos)
}

// Quarantined says which of these order numbers of a shop stand in the quarantine:
// they are accounted for, though there is no order.
func (s *Service) Quarantined(ctx context.Context, shopID id.ID, nos []string) (map[string]id.ID, error) {
	rows, err := s.quarantined(ctx, s.kit.DB, shopID, nos)
	out := make(map[string]id.ID, len(rows))
	for no, r := range rows {
		out[no] = r.row
	}
	return out, err
}

func (s *Service) quarantined(ctx context.Context, q db.Querier, shopID id.ID, nos []string) (map[string]waitingRow, error) {
	out := map[string]waitingRow{}
	for part := range slices.Chunk(nos, 500) {
		if err := s.quarantinedPart(ctx, q, shopID, db.Pad(part), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) quarantinedPart(ctx context.Context, q db.Querier, shopID id.ID, nos []string, out map[string]waitingRow) error {
	args := []any{actor.Merchant(ctx), shopID}
	for _, n := range nos {
		args = append(args, n)
	}
	for row := range db.Each(ctx, q, selectWaiting(len(nos)), args...) {
		var no string
		var w waitingRow
		if err := row.Scan(&no, &w.row, &w.fingerprint); err != nil {
			return err
		}
		out[no] = w
	}
	return nil
}

// CountQuarantined counts a shop's pulled orders in the quarantine, at most max.
func (s *Service) CountQuarantined(ctx context.Context, shopID id.ID, max int) (n int64, err error) {
	err = s.kit.DB.QueryRow(ctx, countWaiting, actor.Merchant(ctx), shopID, max).Scan(&n)
	return n, err
}

// QuarantinedByShop counts the acting merchant's quarantine by shop, from an index
// that holds nothing else.
func (s *Service) QuarantinedByShop(ctx context.Context) (map[id.ID]int64, error) {
	out := map[id.ID]int64{}
	for row := range db.Each(ctx, s.kit.DB, countByShop, actor.Merchant(ctx)) {
		var shopID id.ID
		var n int64
		if err := row.Scan(&shopID, &n); err != nil {
			return nil, err
		}
		out[shopID] = n
	}
	return out, nil
}

// Body returns what came in, opened. Permission intake.reveal: it may hold personal
// data. The look is in the audit trail.
//
// Errors: ErrNotFound, ErrNoBody.
func (s *Service) Body(ctx context.Context, row id.ID) ([]byte, error) {
	if err := actor.Require(ctx, "intake.reveal"); err != nil {
		return nil, err
	}
	about := &command.About{Action: "intake.reveal", Object: "inbox/" + row.String()}
	return command.Run(ctx, s.kit.Commands, about, row, func(ctx context.Context, tx *db.Tx) ([]byte, error) {
		r, err := s.GetTx(ctx, tx, row)
		if err != nil {
			return nil, err
		}
		about.Detail = map[string]any{"shop_id": r.ShopID, "channel_order_no": r.ChannelOrderNo}
		plain, err := s.plainTx(ctx, tx, row)
		if err != nil {
			return nil, err
		}
		if plain == nil {
			return nil, ErrNoBody
		}
		return plain, nil
	})
}

// ForgetBodies removes the bodies of applied rows that are older than cutoff (unix
// milliseconds), a few hundred per transaction: the order itself holds what counts.
func (s *Service) ForgetBodies(ctx context.Context, cutoff int64) error {
	m := actor.Merchant(ctx)
	for {
		var n int64
		err := s.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.ExecN(ctx, forgetBodies, m, m, id.First(cutoff))
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
