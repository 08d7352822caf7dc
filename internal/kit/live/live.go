// Package live tells open pages that something changed, so that they ask again.
// It carries topics ("orders", "jobs"), never data: what a page may see is
// decided when it asks.
package live

import (
	"context"
	"sync"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Hub passes topics from writers to listeners of the same merchant. Topics that
// come while a listener is busy are kept once each.
type Hub struct {
	mu        sync.Mutex
	seq       int64
	listeners map[id.ID]map[*Listener]struct{}
	closed    chan struct{}
	once      sync.Once
}

// NewHub returns a hub without listeners.
func NewHub() *Hub {
	return &Hub{listeners: map[id.ID]map[*Listener]struct{}{}, closed: make(chan struct{})}
}

// Listener is one open page.
type Listener struct {
	hub      *Hub
	merchant id.ID
	wake     chan struct{}
	topics   map[string]int64 // guarded by hub.mu
}

// Listen opens a listener; the caller ends it with Close.
func (h *Hub) Listen(merchant id.ID) *Listener {
	l := &Listener{hub: h, merchant: merchant, wake: make(chan struct{}, 1), topics: map[string]int64{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners[merchant] == nil {
		h.listeners[merchant] = map[*Listener]struct{}{}
	}
	h.listeners[merchant][l] = struct{}{}
	return l
}

// Close ends the listener.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.listeners[l.merchant], l)
	if len(l.hub.listeners[l.merchant]) == 0 {
		delete(l.hub.listeners, l.merchant)
	}
}

// Publish tells the merchant's listeners of topics. It never waits.
func (h *Hub) Publish(merchant id.ID, topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	for l := range h.listeners[merchant] {
		for _, t := range topics {
			l.topics[t] = h.seq
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// Next waits for a topic until ctx ends; then it returns "". seq grows with every
// publication of this process.
func (l *Listener) Next(ctx context.Context) (topic string, seq int64) {
	for {
		l.hub.mu.Lock()
		for t, n := range l.topics {
			if topic == "" || n < seq || n == seq && t < topic {
				topic, seq = t, n
			}
		}
		if topic != "" {
			delete(l.topics, topic)
			if len(l.topics) > 0 {
				select {
				case l.wake <- struct{}{}:
				default:
				}
			}
			l.hub.mu.Unlock()
			return topic, seq
		}
		l.hub.mu.Unlock()
		select {
		case <-ctx.Done():
			return "", 0
		case <-l.hub.closed:
			return "", 0
		case <-l.wake:
		}
	}
}

// Open counts the listeners, for metrics.
func (h *Hub) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, m := range h.listeners {
		n += len(m)
	}
	return n
}

// Close ends every listener, for the end of the process.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.once.Do(func() { close(h.closed) })
}

// Closed is closed once the hub is.
func (l *Listener) Closed() <-chan struct{} { return l.hub.closed }
