package iam

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
)

// limit says how many failures in a row a bucket forgives, and how long it then
// blocks: doubling from first to longest.
type limit struct {
	free           int64
	first, longest time.Duration
}

// The account from one address is limited hardest. The account as a whole and
// the address as a whole are limited later, so that a stranger can slow a
// merchant's staff down but not lock them out, nor one office its own people.
var (
	limitPair    = limit{5, 30 * time.Second, 15 * time.Minute}
	limitAccount = limit{30, 10 * time.Second, time.Minute}
	limitAddress = limit{50, 30 * time.Second, 15 * time.Minute}
	// forgetAfter is how long a failure counts.
	forgetAfter = 24 * time.Hour
)

func (l limit) block(failures int64) time.Duration {
	over := failures - l.free
	if over < 0 {
		return 0
	}
	d := l.first
	for ; over > 0 && d < l.longest; over-- {
		d *= 2
	}
	return min(d, l.longest)
}

type bucket struct {
	key []byte
	limit
	// ofAddress buckets are shared by many people: a success of one gives back one
	// guess and does not wipe the others'.
	ofAddress bool
}

func buckets(account, address string) []bucket {
	key := func(parts ...string) []byte { return digest("attempt\n" + strings.Join(parts, "\n")) }
	out := []bucket{
		{key("pair", account, address), limitPair, false},
		{key("account", account), limitAccount, false},
		{key("address", address), limitAddress, true},
	}
	// In order of the key: two logins then never wait for each other in a circle.
	slices.SortFunc(out, func(a, b bucket) int { return bytes.Compare(a.key, b.key) })
	return out
}

// countAttempt counts a guess before it is checked, so that a thousand guesses at
// once are not a thousand first guesses.
//
// Errors: ErrTooManyAttempts; a refused guess is not counted.
func (s *Service) countAttempt(ctx context.Context, account, address string) error {
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		for _, b := range buckets(account, address) {
			var failures, blockedUntil int64
			err := tx.QueryRow(ctx, countAttempt, b.key, now, now-forgetAfter.Milliseconds()).Scan(&failures, &blockedUntil)
			if err != nil {
				return err
			}
			if blockedUntil > now {
				return ErrTooManyAttempts.With("retry_after_seconds", (blockedUntil-now+999)/1000)
			}
			if d := b.block(failures); d > 0 {
				if _, err := tx.Exec(ctx, blockAttempt, now+d.Milliseconds(), b.key); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// forgiveTx takes back what countAttempt counted, after the guess was right.
func (s *Service) forgiveTx(ctx context.Context, tx *db.Tx, account, address string) error {
	for _, b := range buckets(account, address) {
		q := clearAttempt
		if b.ofAddress {
			q = giveBackAttempt
		}
		if _, err := tx.Exec(ctx, q, b.key); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes what no longer matters: old failures, sessions and setup tokens.
// app calls it every hour.
func (s *Service) Sweep(ctx context.Context) error {
	const keep = 7 * 24 * time.Hour
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		if _, err := tx.Exec(ctx, sweepAttempts, now-2*forgetAfter.Milliseconds()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sweepSessions, now-keep.Milliseconds())
		return err
	})
}
