package iam

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Bounds of a session. An idle one ends sooner; a cached answer lives so briefly
// that a revocation reaches every process within five seconds.
const (
	SessionIdle     = 30 * time.Minute
	SessionAbsolute = 12 * time.Hour
	cacheFor        = 3 * time.Second
	maxSessions     = 20 // per user; signing in once more ends the oldest
	maxListed       = 200
)

// Policy is what a merchant asks of passwords.
type Policy struct {
	MinLength int  // characters, at least 8
	Mix       bool // three of four kinds of character (等保)
}

// Options are the parts of iam that app decides.
type Options struct {
	// Random makes secrets; nil takes the machine's.
	Random io.Reader
	// Hash sets the cost of a password hash; zero takes DefaultCost.
	Hash Cost
	// Policy answers a merchant's password policy; nil takes 8 characters, no mix.
	Policy func(ctx context.Context, merchant id.ID) (Policy, error)
	// OnMerchantCreated runs in the transaction that creates a merchant, acting as
	// its owner: other capabilities lay their first rows.
	OnMerchantCreated []func(ctx context.Context, tx *db.Tx, merchant id.ID) error
}

// Service is iam's use cases.
type Service struct {
	k      *kit.Kit
	opt    Options
	hasher *hasher

	mu    sync.Mutex
	cache map[[sha256.Size]byte]cached
	// generation counts evictions, so that an answer read before a revocation is
	// not cached after it.
	generation int64
	noMerchant bool
}

// New builds the service.
func New(k *kit.Kit, opt Options) (*Service, error) {
	if opt.Random == nil {
		opt.Random = clock.Random()
	}
	if opt.Hash == (Cost{}) {
		opt.Hash = DefaultCost
	}
	if opt.Policy == nil {
		opt.Policy = func(context.Context, id.ID) (Policy, error) { return Policy{MinLength: minPassword}, nil }
	}
	h, err := newHasher(opt.Hash, opt.Random)
	if err != nil {
		return nil, err
	}
	return &Service{k: k, opt: opt, hasher: h, cache: map[[sha256.Size]byte]cached{}}, nil
}

// now is the clock in unix ms.
func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }

// secret makes n random bytes as text; digest is how it is stored. 32 bytes need
// no salt and no slow hash: there is nothing to guess.
func (s *Service) secret(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.opt.Random, b); err != nil {
		return "", fmt.Errorf("iam: randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func digest(secret string) []byte {
	d := sha256.Sum256([]byte(secret))
	return d[:]
}

// person returns the acting user, and refuses keys and the product itself.
func person(ctx context.Context) (actor.Actor, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return a, err
	}
	if a.Kind != actor.User {
		return a, ErrNotAPerson
	}
	return a, nil
}

// ids as stored: "" for all, else a JSON array of decimal strings.
func packIDs(ids []id.ID) (string, error) {
	if ids == nil {
		return "", nil
	}
	if len(ids) > 500 {
		return "", ErrTooMany.With("max", 500)
	}
	b, err := json.Marshal(ids)
	return string(b), err
}

func unpackIDs(text string) ([]id.ID, error) {
	if text == "" {
		return nil, nil
	}
	out := []id.ID{}
	return out, json.Unmarshal([]byte(text), &out)
}

// scopeOf narrows an actor to shops and warehouses; nil means all of them.
func scopeOf(shops, warehouses []id.ID) map[string][]id.ID {
	m := map[string][]id.ID{}
	if shops != nil {
		m["shop"] = shops
	}
	if warehouses != nil {
		m["warehouse"] = warehouses
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// withinOwn refuses rights and scopes that the actor does not hold.
func withinOwn(a actor.Actor, permissions []string, shops, warehouses []id.ID) error {
	for _, p := range permissions {
		if !a.Can(p) {
			return ErrBeyondOwn.With("what", p)
		}
	}
	for kind, want := range map[string][]id.ID{"shop": shops, "warehouse": warehouses} {
		own, narrowed := a.Scoped(kind)
		if !narrowed {
			continue
		}
		if want == nil {
			return ErrBeyondOwn.With("what", kind)
		}
		for _, i := range want {
			if !containsID(own, i) {
				return ErrBeyondOwn.With("what", kind)
			}
		}
	}
	return nil
}

func containsID(ids []id.ID, i id.ID) bool {
	for _, x := range ids {
		if x == i {
			return true
		}
	}
	return false
}

var (
	merchantCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,31}$`)
	roleCode     = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)
)

// fold is how user names and merchant codes are compared: people type them in
// any case, with full-width keyboards and stray spaces.
func fold(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= '!'+0xFEE0 && r <= '~'+0xFEE0 {
			return r - 0xFEE0
		}
		if r == '\u3000' {
			return ' '
		}
		return r
	}, s)))
}

func checkUserName(s string) (string, error) {
	s = fold(s)
	n := utf8.RuneCountInString(s)
	bad := n < 2 || n > 40 || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	})
	if bad {
		return "", ErrUserName.At("user_name")
	}
	return s, nil
}

func checkDisplayName(s, field string) (string, error) {
	s = strings.TrimSpace(s)
	n := utf8.RuneCountInString(s)
	if n < 1 || n > 60 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", ErrDisplayName.At(field)
	}
	return s, nil
}

func checkLang(s string) (string, error) {
	switch s {
	case "":
		return "zh-CN", nil
	case "zh-CN", "en-US":
		return s, nil
	}
	return "", ErrLang.At("lang")
}
