package component

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// Faults are what goes wrong. The zero value is a good day.
type Faults struct {
	// Slow is how long each label takes.
	Slow time.Duration
	// Jam keeps the paper in the printer: the component says that the label failed.
	Jam bool
	// Silent prints and never says so, until it is asked.
	Silent bool
	// Twice says everything twice.
	Twice bool
	// CutBefore ends the connection instead of printing, CutAfter prints and ends it.
	CutBefore, CutAfter bool
	// Forgetful remembers no task.
	Forgetful bool
}

// Paper is a label that came out of a printer.
type Paper struct{ Task, Document, Printer, Data, Custom string }

// Program is one component. It answers until its process ends; what it printed outlives
// its connections.
type Program struct {
	kind  string
	clock clock.Clock

	mu       sync.Mutex
	printers []string
	faults   Faults
	papers   []Paper
	tasks    map[string]string // what became of each: success, failed, pending
	held     chan struct{}     // printers wait while it is there
	conns    map[*conn]bool
}

// Kinds lists the components that there are, by the code of their channel.
func Kinds() []string { return slices.Sorted(keysOf(ports)) }

// New returns a component with two printers.
func New(kind string, c clock.Clock) *Program {
	return &Program{kind: kind, clock: c, printers: []string{"面单机 1", "面单机 2"}, tasks: map[string]string{}, conns: map[*conn]bool{}}
}

// Fault makes things go wrong from now on.
func (p *Program) Fault(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Hold keeps every label in its printer until the returned function is called.
func (p *Program) Hold() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	gate := make(chan struct{})
	p.held = gate
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.held = nil
		close(gate)
	})
}

// Cut ends every connection.
func (p *Program) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.ws.CloseNow()
	}
}

// Papers lists what came out of the printers, in that order.
func (p *Program) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.papers)
}

// Waiting counts the labels that are in a printer and not on paper.
func (p *Program) Waiting() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, state := range p.tasks {
		if state == pending {
			n++
		}
	}
	return n
}

// conn is one client.
type conn struct {
	p  *Program
	ws *websocket.Conn
	g  *run.Group
}

// ServeHTTP answers a client, from whatever page it comes: the real ones do so too.
func (p *Program) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if path := paths[p.kind]; path != "" && r.URL.Path != path {
		http.NotFound(rw, r)
		return
	}
	ws, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	ws.SetReadLimit(4 << 20)
	c := &conn{p: p, ws: ws, g: run.NewGroup(r.Context(), slog.New(slog.DiscardHandler))}
	p.mu.Lock()
	p.conns[c] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, c)
		p.mu.Unlock()
		_ = ws.CloseNow()
		c.g.Stop()
		_ = c.g.Wait(time.Second)
	}()
	for {
		_, raw, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		var m map[string]any
		if json.Unmarshal(raw, &m) == nil {
			c.answer(m)
		}
	}
}

func (c *conn) say(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	_ = c.ws.Write(ctx, websocket.MessageText, raw)
}

const (
	pending = "pending"
	success = "success"
	failed  = "failed"
)

// print puts labels on paper one after the other and then says how it went, as often as
// the day's faults have it. Labels go on though their client has gone.
func (c *conn) print(labels []Paper, said func(states []string) any) {
	p := c.p
	p.mu.Lock()
	f := p.faults
	known := len(labels) > 0 && slices.Contains(p.printers, labels[0].Printer)
	for _, l := range labels {
		if !f.Forgetful {
			p.tasks[l.Task] = pending
		}
	}
	p.mu.Unlock()
	if f.CutBefore {
		p.settle(labels, failed, f)
		_ = c.ws.CloseNow()
		return
	}
	c.g.Start("print", func(context.Context) error {
		states := make([]string, len(labels))
		for i, l := range labels {
			states[i] = p.one(l, f, known)
		}
		switch {
		case f.CutAfter:
			_ = c.ws.CloseNow()
			return nil
		case f.Silent:
			return nil
		}
		c.say(said(states))
		if f.Twice {
			c.say(said(states))
		}
		return nil
	})
}

func (p *Program) settle(labels []Paper, state string, f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range labels {
		if !f.Forgetful {
			p.tasks[l.Task] = state
		}
	}
}

func (p *Program) one(l Paper, f Faults, known bool) string {
	if f.Slow > 0 {
		<-p.clock.After(f.Slow)
	}
	p.mu.Lock()
	gate := p.held
	p.mu.Unlock()
	if gate != nil {
		<-gate
	}
	state := success
	if f.Jam || !known {
		state = failed
	}
	p.mu.Lock()
	if state == success {
		p.papers = append(p.papers, l)
	}
	p.mu.Unlock()
	p.settle([]Paper{l}, state, f)
	return state
}

func (p *Program) state(task string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tasks[task]
}
