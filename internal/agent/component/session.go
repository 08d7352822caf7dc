package component

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/kit/run"
)

// tongue is how a component speaks.
type tongue interface {
	// askPrinters and askPrint make a request; askStatus makes none where the component
	// cannot be asked.
	askPrinters(request string) any
	askPrint(t Task) (any, error)
	askStatus(request, task string) any
	// hear says what a message means.
	hear(message []byte) (said, error)
}

// topic is what a message is about.
type topic int

const (
	nothing topic = iota // of no interest to us
	listed               // its printers
	told                 // what became of a task, or that the component has it
)

// said is a message in our words.
type said struct {
	about    topic
	request  string
	task     string
	printers []Printer
	outcome  Outcome
}

// Session is one connection to a component. Several may use it at once.
type Session struct {
	c    Component
	conn *websocket.Conn
	// late hears of tasks that nobody waits for any more.
	late func(task string, o Outcome)

	mu      sync.Mutex
	asks    int
	waiting map[string]chan said // by task, or by request
	dead    bool
	ended   chan struct{}
}

// maxMessage bounds what a component may say at once, in bytes.
const maxMessage = 1 << 20

// direct reaches components past every proxy: they are on this machine or beside it.
var direct = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 5 * time.Second}}

// Open connects to the component at address, "" for where it usually is, until g ends.
// Answers that come after Print returned uncertain are told to late.
//
// Errors: ErrClosed.
func Open(ctx context.Context, g *run.Group, c Component, address string, late func(task string, o Outcome)) (*Session, error) {
	if address == "" {
		address = c.Address
	}
	ctx, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: direct})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrClosed, c.Kind, err)
	}
	conn.SetReadLimit(maxMessage)
	s := &Session{c: c, conn: conn, late: late, waiting: map[string]chan said{}, ended: make(chan struct{})}
	g.Start("component "+c.Kind, s.listen)
	return s, nil
}

// Close ends the connection.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dead {
		s.dead = true
		close(s.ended)
		_ = s.conn.CloseNow()
	}
}

// Dead reports whether the connection ended; then nothing more can be asked over it.
func (s *Session) Dead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// listen hands every message to who waits for it.
func (s *Session) listen(ctx context.Context) error {
	defer s.Close()
	for {
		_, raw, err := s.conn.Read(ctx)
		if err != nil {
			return nil
		}
		m, err := s.c.tongue.hear(raw)
		if err != nil || m.about == nothing {
			continue // what we do not understand says nothing of any label
		}
		s.pass(m)
	}
}

func (s *Session) pass(m said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.waiting[m.request]
	if to == nil {
		to = s.waiting[m.task]
	}
	if to == nil && m.about == listed && m.request == "" {
		for name, one := range s.waiting { // some give their printers without saying to whom
			if isListing(name) {
				to = one
			}
		}
	}
	switch {
	case to != nil:
		select {
		case to <- m:
		default: // it has its answer, this repeats it
		}
	case m.about == told && m.task != "" && m.outcome.State != Pending && s.late != nil:
		s.late(m.task, m.outcome)
	}
}

// expect opens an ear for the answers to a name, which the caller closes.
func (s *Session) expect(name string) (chan said, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return nil, ErrClosed
	}
	ear := make(chan said, 8)
	s.waiting[name] = ear
	return ear, nil
}

func (s *Session) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, name)
}

func (s *Session) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks++
	return s.asks
}

const listing = "oc-printers-"

func isListing(request string) bool {
	return len(request) > len(listing) && request[:len(listing)] == listing
}

// ask sends a request and waits for the first answer to it.
func (s *Session) ask(ctx context.Context, name string, v any) (said, error) {
	ear, err := s.expect(name)
	if err != nil {
		return said{}, err
	}
	defer s.forget(name)
	if err := s.say(ctx, v); err != nil {
		return said{}, err
	}
	select {
	case m := <-ear:
		return m, nil
	case <-s.ended:
		return said{}, ErrClosed
	case <-ctx.Done():
		return said{}, fmt.Errorf("%w: %w", ErrAnswer, ctx.Err())
	}
}

// Printers lists what the component can print on.
//
// Errors: ErrClosed, ErrAnswer.
func (s *Session) Printers(ctx context.Context) ([]Printer, error) {
	name := fmt.Sprintf("%s%d", listing, s.number())
	m, err := s.ask(ctx, name, s.c.tongue.askPrinters(name))
	if err == nil && m.about != listed {
		err = ErrAnswer
	}
	return m.printers, err
}

// Print gives a label to the component and waits until it says what became of it, or ctx
// ends. An error means that nothing was given to it; after that the outcome tells all.
//
// Errors: ErrClosed, ErrAnswer where the task cannot be put into the component's words.
func (s *Session) Print(ctx context.Context, t Task) (Outcome, error) {
	v, err := s.c.tongue.askPrint(t)
	if err != nil {
		return Outcome{}, err
	}
	ear, err := s.expect(t.ID)
	if err != nil {
		return Outcome{}, err
	}
	defer s.forget(t.ID)
	if s.say(ctx, v) != nil {
		return Outcome{Uncertain, Cut}, nil // part of it may have arrived
	}
	for {
		select {
		case m := <-ear:
			if m.about == told && m.outcome.State != Pending {
				return m.outcome, nil
			}
		case <-s.ended:
			select {
			case m := <-ear:
				if m.about == told && m.outcome.State != Pending {
					return m.outcome, nil
				}
			default:
			}
			return Outcome{Uncertain, Cut}, nil
		case <-ctx.Done():
			return Outcome{Uncertain, NoAnswer}, nil
		}
	}
}

// Status asks what became of a task. One that the component does not know (any more) is
// uncertain.
//
// Errors: ErrUnsupported, ErrClosed, ErrAnswer.
func (s *Session) Status(ctx context.Context, task string) (Outcome, error) {
	name := fmt.Sprintf("oc-status-%d", s.number())
	v := s.c.tongue.askStatus(name, task)
	if v == nil {
		return Outcome{}, ErrUnsupported
	}
	m, err := s.ask(ctx, name, v)
	switch {
	case err != nil:
		return Outcome{}, err
	case m.about != told:
		return Outcome{}, ErrAnswer
	case m.task != task:
		return Outcome{Uncertain, Unknown}, nil
	}
	return m.outcome, nil
}

func (s *Session) say(ctx context.Context, v any) error {
	raw, err := json.Marshal(v)
	if err == nil {
		err = s.conn.Write(ctx, websocket.MessageText, raw)
	}
	if err != nil {
		s.Close()
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}
