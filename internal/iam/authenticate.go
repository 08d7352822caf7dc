package iam

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// KeyPrefix begins every API key, so that scanners for leaked secrets know it.
const KeyPrefix = "oc_"

// cached is a credential's actor until a moment, unix ms.
type cached struct {
	actor actor.Actor
	until int64
}

// maxCached bounds the cache; past it the cache starts over.
const maxCached = 10000

// touchEvery is how exact "last seen" is: one small write a minute and session.
const touchEvery = time.Minute

// Authenticate turns the credential of a request into who acts: the cookie's
// session token, or else the bearer's API key. Slices and maps of the answer are
// shared: read only. A user who must first change the password holds no
// permissions, so that only the operations open to every signed-in user work.
//
// Errors: actor.ErrNone without a credential, ErrSessionEnded, ErrBadKey.
func (s *Service) Authenticate(ctx context.Context, cookie, bearer string) (actor.Actor, error) {
	secret := bearer
	if bearer == "" {
		secret = cookie
	}
	if secret == "" {
		return actor.Actor{}, actor.ErrNone
	}
	d := sha256.Sum256([]byte(secret))
	now := s.now()
	s.mu.Lock()
	c, ok := s.cache[d]
	generation := s.generation
	s.mu.Unlock()
	if ok && now < c.until {
		return c.actor, nil
	}
	var a actor.Actor
	var end int64
	var err error
	if bearer != "" {
		a, end, err = s.byKey(ctx, bearer, d[:], now)
	} else {
		a, end, err = s.bySession(ctx, d[:], now)
	}
	if err != nil {
		return actor.Actor{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation == s.generation {
		if len(s.cache) >= maxCached {
			clear(s.cache)
		}
		s.cache[d] = cached{a, min(end, now+cacheFor.Milliseconds())}
	}
	return a, nil
}

func (s *Service) bySession(ctx context.Context, d []byte, now int64) (a actor.Actor, end int64, err error) {
	var m, user id.ID
	var seen, expires, revoked int64
	err = s.k.DB.QueryRow(ctx, selectSession, d).Scan(&m, &user, &seen, &expires, &revoked)
	if err != nil {
		return a, 0, none(err, ErrSessionEnded)
	}
	end = min(expires, seen+SessionIdle.Milliseconds())
	if revoked != 0 || now >= end {
		return a, 0, ErrSessionEnded
	}
	u, err := s.loadUser(ctx, s.k.DB, m, user)
	if err != nil {
		return a, 0, err
	}
	if !u.Active {
		return a, 0, ErrSessionEnded
	}
	if now-seen >= touchEvery.Milliseconds() {
		err = s.touch(ctx, touchSession, now, d, now-touchEvery.Milliseconds())
	}
	return u.actor(), end, err
}

// touch notes the last use. It carries no change of the merchant's data, so it
// goes past the command pipe.
func (s *Service) touch(ctx context.Context, q string, args ...any) error {
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}

func (s *Service) byKey(ctx context.Context, key string, d []byte, now int64) (a actor.Actor, end int64, err error) {
	if !strings.HasPrefix(key, KeyPrefix) {
		return a, 0, ErrBadKey
	}
	var k keyRow
	err = s.k.DB.QueryRow(ctx, selectKey, d).Scan(&k.merchant, &k.ID, &k.Name, &k.permissions, &k.shops, &k.warehouses, &k.CreatedBy, &k.ExpiresAt, &k.revokedAt, &k.LastUsedAt)
	if err != nil {
		return a, 0, none(err, ErrBadKey)
	}
	if k.revokedAt != 0 || now >= k.ExpiresAt {
		return a, 0, ErrBadKey
	}
	// A key is its maker's arm: it never reaches farther than the maker does now.
	maker, err := s.loadUser(ctx, s.k.DB, k.merchant, k.CreatedBy)
	if err != nil {
		return a, 0, err
	}
	if !maker.Active {
		return a, 0, ErrBadKey
	}
	if a, err = k.actor(maker); err != nil {
		return a, 0, err
	}
	if now-k.LastUsedAt >= touchEvery.Milliseconds() {
		err = s.touch(ctx, touchKey, now, d, now-touchEvery.Milliseconds())
	}
	return a, k.ExpiresAt, err
}
