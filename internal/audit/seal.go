package audit

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	batch     = 500             // entries numbered in one transaction
	leaseFor  = 5 * time.Second // how long one process numbers a merchant's entries alone
	sweepOver = 30 * time.Second
	signEvery = 1000 // entries between checkpoints
)

// signAfter is how old the newest checkpoint may grow while entries come.
const signAfter = time.Hour

// rest is how long Work lets entries gather: well within the second that an entry
// may wait for its number.
const rest = 400 * time.Millisecond

// Work numbers entries as they come, until ctx ends. app runs it in a goroutine of
// the kit's; merchants lists all of them.
func (s *Service) Work(ctx context.Context, merchants func(context.Context) ([]id.ID, error)) {
	for ctx.Err() == nil {
		all, err := merchants(ctx)
		if err == nil {
			_, err = s.SealDue(ctx, all)
		}
		if err != nil && ctx.Err() == nil {
			s.k.Log.ErrorContext(ctx, "audit entries wait for their numbers", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.k.Clock.After(rest):
		}
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		case <-s.k.Clock.After(2 * time.Second):
		}
	}
}

// SealDue numbers the entries that wait, of the merchants known to have some; now
// and then of all merchants. It returns how many it numbered.
func (s *Service) SealDue(ctx context.Context, all []id.ID) (int, error) {
	now := clock.Millis(s.k.Clock)
	s.mu.Lock()
	if now-s.sweptAt >= sweepOver.Milliseconds() {
		s.sweptAt = now
		for _, m := range all {
			s.dirty[m] = true
		}
	}
	todo := slices.Sorted(maps.Keys(s.dirty))
	clear(s.dirty)
	s.mu.Unlock()
	var sum int
	var failed error
	for _, m := range todo {
		n, err := s.Seal(ctx, m)
		sum += n
		if err != nil {
			// One merchant's trouble keeps nobody else's entries waiting.
			failed = errors.Join(failed, err)
			s.mark(m)
		}
	}
	return sum, failed
}

// chain is the end of a merchant's chain.
type chain struct {
	seq       int64
	hash      []byte
	publicKey []byte
	sealedKey []byte
}

// Seal (编号上链) numbers a merchant's waiting entries and adds them to the chain,
// batch by batch. Where another process is at it, it does nothing.
func (s *Service) Seal(ctx context.Context, m id.ID) (int, error) {
	sum := 0
	for {
		waiting, err := entries(ctx, s.k.DB, selectUnsealed(s.k.DB.Dialect), m, int64(1))
		if err != nil || len(waiting) == 0 {
			return sum, err
		}
		var n int
		var busy bool
		err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, busy, err = s.sealTx(ctx, tx, m)
			return err
		})
		if err != nil {
			return sum, err
		}
		if busy {
			s.mark(m)
			return sum, nil
		}
		sum += n
	}
}

func (s *Service) sealTx(ctx context.Context, tx *db.Tx, m id.ID) (n int, busy bool, err error) {
	c, busy, err := s.leaseTx(ctx, tx, m)
	if err != nil || busy {
		return 0, busy, err
	}
	todo, err := entries(ctx, tx, selectUnsealed(tx.Dialect()), m, int64(batch))
	if err != nil || len(todo) == 0 {
		return 0, false, err
	}
	stmts := make([]db.Stmt, len(todo))
	for i, e := range todo {
		e.Seq = c.seq + 1
		hash, err := chainHash(m, c.hash, e)
		if err != nil {
			return 0, false, err
		}
		stmts[i] = db.Stmt{SQL: sealEntry, Args: []any{e.Seq, c.hash, hash, m, e.ID}, Want: 1}
		c.seq, c.hash = e.Seq, hash
	}
	// Numbers only move on from where this process saw them.
	stmts = append(stmts, db.Stmt{SQL: advanceChain, Args: []any{c.seq, c.hash, m, s.holder, c.seq - int64(len(todo))}, Want: 1})
	miss, err := tx.Batch(ctx, stmts)
	if err == nil && miss >= 0 {
		err = errors.New("audit: the chain moved under its lease")
	}
	if err != nil {
		return 0, false, err
	}
	return len(todo), false, s.checkpointDueTx(ctx, tx, m, c, clock.Millis(s.k.Clock))
}

// leaseTx takes the right to number, creating the chain with its signing key for a
// merchant's first entry. The row stays locked until the commit.
func (s *Service) leaseTx(ctx context.Context, tx *db.Tx, m id.ID) (c chain, busy bool, err error) {
	now := clock.Millis(s.k.Clock)
	for range 2 {
		err = tx.QueryRow(ctx, leaseChain, s.holder, now+leaseFor.Milliseconds(), m, s.holder, now).Scan(&c.seq, &c.hash, &c.publicKey, &c.sealedKey)
		if !errors.Is(err, sql.ErrNoRows) {
			return c, false, err
		}
		public, private, err := ed25519.GenerateKey(s.random)
		if err != nil {
			return c, false, err
		}
		sealed, err := s.k.Seal.Seal(ctx, m, signerPlace, private)
		if err != nil {
			return c, false, err
		}
		n, err := tx.Insert(ctx, "audit_chain", chainColumns, [][]any{{m, int64(0), genesis, s.holder, now + leaseFor.Milliseconds(), []byte(public), sealed}},
			onConflictNothing)
		if err != nil || n == 0 {
			return c, true, err // somebody else holds it
		}
	}
	return c, true, nil
}

const signerPlace = "audit_chain/sealed_key/0"

func (s *Service) checkpointDueTx(ctx context.Context, tx *db.Tx, m id.ID, c chain, now int64) error {
	var seq, at int64
	if err := tx.QueryRow(ctx, selectLastCheckpoint, m).Scan(&seq, &at); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if c.seq-seq < signEvery && now-at < signAfter.Milliseconds() {
		return nil
	}
	_, err := s.signTx(ctx, tx, m, c, now)
	return err
}

func (s *Service) signTx(ctx context.Context, tx *db.Tx, m id.ID, c chain, now int64) (Checkpoint, error) {
	private, err := s.k.Seal.Open(ctx, m, signerPlace, c.sealedKey)
	if err != nil {
		return Checkpoint{}, ErrSigner.Because(err)
	}
	if len(private) != ed25519.PrivateKeySize {
		return Checkpoint{}, ErrSigner
	}
	sig := ed25519.Sign(private, checkpointText(m, c.seq, c.hash, now))
	if _, err := tx.Insert(ctx, "audit_checkpoint", checkpointColumns, [][]any{{m, c.seq, c.hash, now, sig}}, onConflictNothing); err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{m, c.seq, hex.EncodeToString(c.hash), now, hex.EncodeToString(c.publicKey), hex.EncodeToString(sig)}, nil
}

// Sign (导出签名检查点) numbers what waits and returns a signed statement of where
// the merchant's chain ends now, to be kept elsewhere.
//
// Errors: ErrNothing, ErrSigner.
func (s *Service) Sign(ctx context.Context, m id.ID) (out Checkpoint, err error) {
	if _, err := s.Seal(ctx, m); err != nil {
		return out, err
	}
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var c chain
		err := tx.QueryRow(ctx, selectChain, m).Scan(&c.seq, &c.hash, &c.publicKey, &c.sealedKey)
		if errors.Is(err, sql.ErrNoRows) || err == nil && c.seq == 0 {
			return ErrNothing
		}
		if err != nil {
			return err
		}
		out, err = s.signTx(ctx, tx, m, c, clock.Millis(s.k.Clock))
		return err
	})
	return out, err
}
