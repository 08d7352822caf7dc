package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// OpenFileTx records that a stored file came in, before anything of it is parsed.
// It returns the inbox row under which its bad records are kept.
func (s *Service) OpenFileTx(ctx context.Context, tx *db.Tx, shopID, fileID id.ID, sourceAt int64) (id.ID, error) {
	r := Row{ID: s.kit.IDs.New(), ShopID: shopID, Source: SourceFile, FileID: fileID, State: StateNew, SourceAt: sourceAt}
	return r.ID, s.insertTx(ctx, tx, []Row{r}, []*body{nil})
}

// CloseFileTx records that a file was read to its end.
func (s *Service) CloseFileTx(ctx context.Context, tx *db.Tx, row id.ID) error {
	return s.setStateTx(ctx, tx, row, StateApplied, nil)
}

func (s *Service) setStateTx(ctx context.Context, tx *db.Tx, row id.ID, state string, cause error) error {
	code, p, field := "", map[string]any(nil), ""
	if cause != nil {
		code, p, field = job.RowError(cause)
	}
	_, err := tx.Exec(ctx, setState, state, code, params(p), field, clock.Millis(s.kit.Clock), actor.Merchant(ctx), row)
	return err
}

// Record is one document with its place in the file it came from.
type Record struct {
	No  int64
	Doc order.Document
}

// Bad is a record that no reader understood.
type Bad struct {
	No      int64
	OrderNo string
	Raw     RawRecord
	Err     error
}

// AcceptTx brings records of one source into orders, as one part of the caller's
// transaction. A record that cannot be taken is quarantined under parent with its
// error, and the rest goes on: the batch is split in halves until the bad one is
// alone. Errors are of the database itself; nothing was kept then.
func (s *Service) AcceptTx(ctx context.Context, tx *db.Tx, sh shop.Shop, sourceAt int64, parent id.ID, records []Record) ([]order.Applied, error) {
	in := incoming(sh, sourceAt, records)
	out := make([]order.Applied, len(in))
	if err := s.applyTx(ctx, tx, in, out); err != nil {
		return nil, err
	}
	return out, s.rejectedTx(ctx, tx, sh, sourceAt, parent, records, out)
}

// AcceptWholeTx is AcceptTx without splitting: what cannot be taken together is
// ErrSplit, and the caller's transaction must end. It spares good batches, which
// nearly all are, the savepoint that splitting needs.
func (s *Service) AcceptWholeTx(ctx context.Context, tx *db.Tx, sh shop.Shop, sourceAt int64, parent id.ID, records []Record) ([]order.Applied, error) {
	out, err := s.tryTx(ctx, tx, incoming(sh, sourceAt, records))
	if err != nil && poison(err) {
		return nil, fmt.Errorf("%w: %w", ErrSplit, err)
	}
	if err != nil {
		return nil, err
	}
	return out, s.rejectedTx(ctx, tx, sh, sourceAt, parent, records, out)
}

func incoming(sh shop.Shop, sourceAt int64, records []Record) []order.Incoming {
	in := make([]order.Incoming, len(records))
	for i := range records {
		in[i] = order.Incoming{Shop: sh, Doc: records[i].Doc, Source: order.SourceFile, SourceAt: sourceAt}
	}
	return in
}

// rejectedTx quarantines the records whose answer is an error.
func (s *Service) rejectedTx(ctx context.Context, tx *db.Tx, sh shop.Shop, sourceAt int64, parent id.ID, records []Record, out []order.Applied) error {
	var rows []Row
	var bodies []*body
	for i, a := range out {
		if a.Err == nil {
			continue
		}
		r := Row{ID: s.kit.IDs.New(), ShopID: sh.ID, Source: SourceRecord, ParentID: parent, RecordNo: records[i].No, ChannelOrderNo: records[i].Doc.ChannelOrderNo,
			State: StateQuarantined, Attempts: 1, SourceAt: sourceAt}
		r.ErrorCode, r.ErrorParams, r.ErrorField = job.RowError(a.Err)
		rows, bodies = append(rows, r), append(bodies, &body{Doc: &records[i].Doc})
	}
	return s.insertTx(ctx, tx, rows, bodies)
}

// QuarantineTx keeps records that no reader understood.
func (s *Service) QuarantineTx(ctx context.Context, tx *db.Tx, shopID id.ID, sourceAt int64, parent id.ID, bad []Bad) error {
	rows := make([]Row, len(bad))
	bodies := make([]*body, len(bad))
	for i, b := range bad {
		rows[i] = Row{ID: s.kit.IDs.New(), ShopID: shopID, Source: SourceRecord, ParentID: parent, RecordNo: b.No, ChannelOrderNo: b.OrderNo,
			State: StateQuarantined, Attempts: 1, SourceAt: sourceAt}
		rows[i].ErrorCode, rows[i].ErrorParams, rows[i].ErrorField = job.RowError(b.Err)
		bodies[i] = &body{Raw: &bad[i].Raw}
	}
	return s.insertTx(ctx, tx, rows, bodies)
}

// applyTx applies a batch, and where that fails its halves.
func (s *Service) applyTx(ctx context.Context, tx *db.Tx, in []order.Incoming, out []order.Applied) error {
	if len(in) == 0 {
		return nil
	}
	err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
		got, err := s.tryTx(ctx, tx, in)
		if err == nil {
			copy(out, got)
		}
		return err
	})
	if err == nil || !poison(err) {
		return err
	}
	if len(in) == 1 {
		if errs.As(err) == nil {
			err = ErrRefused.Because(err)
		}
		s.kit.Log.Warn("order quarantined", "shop", in[0].Shop.ID, "error", err)
		out[0] = order.Applied{Result: order.ApplyRejected, Err: err}
		return nil
	}
	half := len(in) / 2
	if err := s.applyTx(ctx, tx, in[:half], out[:half]); err != nil {
		return err
	}
	return s.applyTx(ctx, tx, in[half:], out[half:])
}

// tryTx applies a batch; a panic is its error.
func (s *Service) tryTx(ctx context.Context, tx *db.Tx, in []order.Incoming) (out []order.Applied, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = ErrPoison.Because(fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	return s.orders.ApplyTx(ctx, tx, in)
}

// poison reports an error that comes from the data and will come again. Lost
// races and a database in trouble are not: the whole batch is tried again.
func poison(err error) bool {
	if e := errs.As(err); e != nil {
		return e.Kind != errs.Unavailable && !errors.Is(err, order.ErrChanged)
	}
	if db.IsCheck(err) || db.IsUnique(err) {
		return true
	}
	var pe interface{ SQLState() string }
	return errors.As(err, &pe) && len(pe.SQLState()) == 5 && (pe.SQLState()[:2] == "22" || pe.SQLState()[:2] == "23")
}

// Held is a readable record that must not be taken without a person's word.
type Held struct {
	Record
	Err error
}

// SetAsideTx quarantines readable records; a replay applies them.
func (s *Service) SetAsideTx(ctx context.Context, tx *db.Tx, shopID id.ID, sourceAt int64, parent id.ID, held []Held) error {
	rows := make([]Row, len(held))
	bodies := make([]*body, len(held))
	for i := range held {
		rows[i] = Row{ID: s.kit.IDs.New(), ShopID: shopID, Source: SourceRecord, ParentID: parent, RecordNo: held[i].No, ChannelOrderNo: held[i].Doc.ChannelOrderNo,
			State: StateQuarantined, Attempts: 1, SourceAt: sourceAt}
		rows[i].ErrorCode, rows[i].ErrorParams, rows[i].ErrorField = job.RowError(held[i].Err)
		bodies[i] = &body{Doc: &held[i].Doc}
	}
	return s.insertTx(ctx, tx, rows, bodies)
}

// ForgetTx drops the quarantined rows of records that are taken again.
func (s *Service) ForgetTx(ctx context.Context, tx *db.Tx, parent id.ID, records []int64) error {
	for part := range slices.Chunk(records, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx), parent}
		for _, n := range part {
			args = append(args, n)
		}
		if _, err := tx.Exec(ctx, dropRecords(len(part)), args...); err != nil {
			return err
		}
	}
	return nil
}
