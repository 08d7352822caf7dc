package world

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/run"
)

// keptMessages bounds, to within twice, what waits for a shop that nobody listens to.
const keptMessages = 20_000

// message is an event on its way. Due are the instants at which its copies go out.
type message struct {
	Serial  uint64
	Topic   Topic
	At      int64
	OrderNo string
	CaseNo  string
	Due     []int64
	tries   int
}

// pushTries is how often a push is sent that nobody acknowledges.
const pushTries = 14

// tell queues an event, or loses it, as the profile wants.
func (t *Tx) tell(topic Topic, orderNo, caseNo string) {
	t.eventNo++
	if t.deaf {
		return
	}
	r := Stream(t.w.cfg.Seed, t.Name, "push", number(t.eventNo))
	if r.Chance(t.faults.PushLossRate) {
		return
	}
	m := &message{Serial: t.eventNo, Topic: topic, At: t.now, OrderNo: orderNo, CaseNo: caseNo}
	for range max(1, t.faults.PushCopies) {
		m.Due = append(m.Due, t.now+r.Between(0, max(0, t.faults.PushLateMS)))
	}
	slices.Sort(m.Due)
	t.events = append(t.events, m)
	if len(t.events) > 2*keptMessages {
		t.events = slices.Delete(t.events, 0, len(t.events)-keptMessages)
	}
}

func (t *Tx) event(m *message) Event {
	e := Event{Serial: m.Serial, Topic: m.Topic, At: m.At, SentAt: t.now, Order: t.Order(m.OrderNo)}
	if m.CaseNo != "" {
		e.Case = t.Case(m.CaseNo)
	}
	return e
}

// Take returns up to n events that are due and hides them for a while; what is not
// confirmed by then comes again. For platforms whose clients fetch messages.
func (t *Tx) Take(n int, hideMS int64) []Event {
	var out []Event
	for _, m := range t.due(n) {
		m.Due[0] = t.now + hideMS
		out = append(out, t.event(m))
	}
	return out
}

// Confirm ends an event, or one copy of it.
func (t *Tx) Confirm(serial uint64) {
	i := slices.IndexFunc(t.events, func(m *message) bool { return m.Serial == serial })
	if i < 0 {
		return
	}
	if m := t.events[i]; len(m.Due) > 1 {
		m.Due = m.Due[1:]
		return
	}
	t.events = slices.Delete(t.events, i, i+1)
}

// due are up to n messages with a copy to be sent, the longest due first.
func (t *Tx) due(n int) []*message {
	var out []*message
	for _, m := range t.events {
		if m.Due[0] <= t.now {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b *message) int { return int(min(1, max(-1, a.Due[0]-b.Due[0]))) })
	return out[:min(n, len(out))]
}

// Pending is how many messages wait.
func (t *Tx) Pending() int { return len(t.events) }

// PushNow makes every waiting message due.
func (t *Tx) PushNow() {
	for _, m := range t.events {
		for i := range m.Due {
			m.Due[i] = t.now
		}
	}
}

// Quiet stops everything that happens by itself, or lets it go on.
func (t *Tx) Quiet(still bool) { t.still = still }

// SetFaults replaces what goes wrong; a ban that stood ends.
func (t *Tx) SetFaults(f Faults) { t.faults, t.bannedTil = f, 0 }

// SetLife replaces what happens by itself; orders made before keep their plan.
func (t *Tx) SetLife(l Life) {
	idle := t.life.OrdersPerHour <= 0
	t.life = l
	if idle {
		t.nextArrival()
	}
}

// Run sends pushes until the group ends.
func (w *World) Run(g *run.Group) {
	for _, s := range w.Shops() {
		if s.Hook == "" || s.Platform.Push == nil {
			continue
		}
		g.Start("push "+s.Name, s.deliver)
	}
}

func (s *Shop) deliver(ctx context.Context) error {
	for ctx.Err() == nil {
		if !s.Deliver(ctx, 50) {
			s.w.Wait(ctx, 50*time.Millisecond)
		}
	}
	return nil
}

// Deliver sends up to n pushes that are due and tells whether there were any.
func (s *Shop) Deliver(ctx context.Context, n int) bool {
	type one struct {
		serial uint64
		p      Push
		tell   bool
	}
	var batch []one
	s.Do(func(t *Tx) {
		if t.Down() {
			return
		}
		for _, m := range t.due(n) {
			e := t.event(m)
			o := one{serial: m.Serial}
			if e.Order != nil {
				o.p, o.tell = s.Platform.Push(s, e)
			}
			m.Due[0] = t.now + 60_000
			batch = append(batch, o)
		}
	})
	for _, o := range batch {
		ok := !o.tell || s.send(ctx, o.p)
		s.Do(func(t *Tx) { t.pushed(o.serial, ok) })
	}
	return len(batch) > 0
}

// pushed ends a copy, or plans to send it again.
func (t *Tx) pushed(serial uint64, ok bool) {
	i := slices.IndexFunc(t.events, func(m *message) bool { return m.Serial == serial })
	if i < 0 {
		return
	}
	m := t.events[i]
	if m.tries++; ok || m.tries >= pushTries {
		t.Confirm(serial)
		return
	}
	m.Due[0] = t.now + int64(min(m.tries, 6))*2_000
	slices.Sort(m.Due)
}

func (s *Shop) send(ctx context.Context, p Push) bool {
	method := p.Method
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, s.Hook, bytes.NewReader(p.Body))
	if err != nil {
		return false
	}
	if p.Header != nil {
		r.Header = p.Header
	}
	if len(p.Query) > 0 {
		q := r.URL.Query()
		for k, v := range p.Query {
			q[k] = v
		}
		r.URL.RawQuery = q.Encode()
	}
	answer, err := s.w.client.Do(r)
	if err != nil {
		return false
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	_ = answer.Body.Close()
	if err != nil {
		return false
	}
	if s.Platform.Acknowledged != nil {
		return s.Platform.Acknowledged(answer.StatusCode, body)
	}
	return answer.StatusCode/100 == 2
}
