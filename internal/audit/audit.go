package audit

import (
	"context"
	"io"
	"sync"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Service is the audit log of every merchant.
type Service struct {
	k      *kit.Kit
	holder string
	random io.Reader

	mu sync.Mutex
	// dirty are merchants with entries to number; every one is looked at now and
	// then, since another process may have died with its own list.
	dirty   map[id.ID]bool
	sweptAt int64
	woken   chan struct{}
}

// New builds the service. holder names this process among those that share the
// database; random makes signing keys, nil takes the machine's.
func New(k *kit.Kit, holder string, random io.Reader) *Service {
	if random == nil {
		random = clock.Random()
	}
	return &Service{k: k, holder: holder, random: random, dirty: map[id.ID]bool{}, woken: make(chan struct{}, 1)}
}

// Entry is one line of the log. Seq is 0 and the hashes are empty until the entry
// is in the chain, at most about a second after its commit.
type Entry struct {
	ID        id.ID
	Seq       int64
	PrevHash  []byte
	Hash      []byte
	At        int64 // unix ms
	ActorKind string
	ActorID   id.ID
	ActorName string
	Action    string // "order.close"
	Object    string // "order/123", "" where there are many
	Detail    string // JSON object
	RequestID string
	IP        string
}

// mark remembers that a merchant has entries to number.
func (s *Service) mark(m id.ID) {
	s.mu.Lock()
	s.dirty[m] = true
	s.mu.Unlock()
}

// wake tells Work that there is something to do.
func (s *Service) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Filter narrows List. The zero value lists everything.
type Filter struct {
	Object  string // "order/123"
	Action  string // "order.close", or a prefix that ends in a dot
	ActorID id.ID
	FromAt  int64 // unix ms, inclusive; 0: from the start
	ToAt    int64 // unix ms, exclusive; 0: until now
}

// List returns the acting merchant's entries, newest first, older than before (0:
// the newest). Permission audit.read is the caller's to check.
func (s *Service) List(ctx context.Context, f Filter, before id.ID, limit int) ([]Entry, error) {
	q, args, err := selectEntries(ctx, f, before, min(max(limit, 1), 200))
	if err != nil {
		return nil, err
	}
	return entries(ctx, s.k.DB, q, args...)
}
