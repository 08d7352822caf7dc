package seek

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// Fields of a receiver that can be sought.
const (
	Phone = "phone"
	Name  = "name"
)

var kinds = map[string]int64{Phone: receiver.TokenSealedPhone, Name: receiver.TokenSealedName}

// tokenTyped is the kind under which typed values are known to the memory.
const tokenTyped int64 = 110

// Asker asks a shop's channel; pull.Engine is one.
type Asker interface {
	SearchIndex(ctx context.Context, shopID id.ID, field, plain string) (string, error)
}

const (
	budget   = 3 * time.Second // of all questions of one search: a person waits
	oneCall  = 2 * time.Second
	kept     = 10 * time.Minute
	failKept = 30 * time.Second // so that a page turned or a counter asks nobody again
	most     = 10_000           // answers in memory
)

// Service asks and remembers.
type Service struct {
	k               *kit.Kit
	channels        []channel.Manifest
	asker           Asker
	budget, oneCall time.Duration

	mu    sync.Mutex
	known map[question]*answer
}

// question is one typed value in one shop.
type question struct {
	merchant, shop id.ID
	typed          int64
}

// answer is what came of a question. turn is held by who asks or reads.
type answer struct {
	turn  chan struct{}
	until int64 // 0: nobody asked yet
	token int64
	err   error
}

// New returns the service.
func New(k *kit.Kit, channels []channel.Manifest, asker Asker) *Service {
	return &Service{k: k, channels: channels, asker: asker, budget: budget, oneCall: oneCall, known: map[question]*answer{}}
}

// Tokens are the search tokens under which orders of shops (id to channel) are found whose
// ciphered phone or name is plain, and the shops that could not be asked, with the reason.
// Shops whose channel ciphers nothing are passed over.
//
// Errors: only those of the merchant's keys.
func (s *Service) Tokens(ctx context.Context, shops map[id.ID]string, field, plain string) (tokens []int64, unasked map[id.ID]error, err error) {
	keys, err := s.k.Seal.Keys(ctx, actor.Merchant(ctx))
	if err != nil {
		return nil, nil, err
	}
	unasked = map[id.ID]error{}
	if field == Phone {
		plain = receiver.NormalizePhone(plain)
	}
	typed := keys.Token(tokenTyped, field+"\x00"+plain)
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	for _, shop := range slices.Sorted(maps.Keys(shops)) {
		m, ok := channel.Find(s.channels, shops[shop])
		switch {
		case !ok || m.API == nil || !m.Can(channel.SearchIndexes) && !m.Can(channel.DecryptReceivers):
			continue
		case !m.Can(channel.SearchIndexes):
			unasked[shop] = ErrUnsearchable
			continue
		}
		token, err := s.token(ctx, keys, question{actor.Merchant(ctx), shop, typed}, field, plain)
		switch {
		case errors.Is(err, channel.ErrUnsupported): // not read by API any more
		case err != nil:
			unasked[shop] = err
		case !slices.Contains(tokens, token):
			tokens = append(tokens, token)
		}
	}
	return tokens, unasked, nil
}

// token is what is known of a question, or what the channel says now. Who comes while
// another asks waits for that answer.
func (s *Service) token(ctx context.Context, keys *seal.Keys, q question, field, plain string) (int64, error) {
	a := s.entry(q)
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return 0, ErrSlow
	}
	now := clock.Millis(s.k.Clock)
	if a.until > now {
		return a.token, a.err
	}
	if ctx.Err() != nil {
		return 0, ErrSlow
	}
	call, cancel := context.WithTimeout(ctx, s.oneCall)
	defer cancel()
	index, err := s.asker.SearchIndex(call, q.shop, field, plain)
	switch {
	case err != nil && ctx.Err() != nil:
		return 0, ErrSlow // the search's time ended, not the channel's
	case err != nil && call.Err() != nil:
		err = ErrSlow
	case err != nil && errs.As(err) == nil:
		err = channel.ErrUnavailable.Because(err)
	}
	a.token, a.err, a.until = 0, err, now+failKept.Milliseconds()
	if err == nil {
		a.token, a.until = keys.Token(kinds[field], index), now+kept.Milliseconds()
	}
	return a.token, a.err
}

// entry is the place of a question's answer. Answers whose time is over make room.
func (s *Service) entry(q question) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.known[q]; a != nil {
		return a
	}
	if len(s.known) >= most {
		now := clock.Millis(s.k.Clock)
		maps.DeleteFunc(s.known, func(_ question, a *answer) bool {
			select {
			case a.turn <- struct{}{}:
				defer func() { <-a.turn }()
				return a.until <= now
			default:
				return false // being asked
			}
		})
		if len(s.known) >= most {
			clear(s.known)
		}
	}
	a := &answer{turn: make(chan struct{}, 1)}
	s.known[q] = a
	return a
}
