package agent

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// desk holds the connections to the components of this PC.
type desk struct {
	c     Config
	clock clock.Clock
	g     *run.Group
	late  func(task string, o component.Outcome)

	mu       sync.Mutex
	sessions map[string]*component.Session
	last     []seen
}

// seen is a component as it was found.
type seen struct {
	c        component.Component
	address  string
	open     bool
	printers []string
}

func newDesk(c Config, k clock.Clock, g *run.Group, late func(string, component.Outcome)) *desk {
	return &desk{c: c, clock: k, g: g, late: late, sessions: map[string]*component.Session{}}
}

func (d *desk) wanted() []component.Component {
	return slices.DeleteFunc(component.All(), func(c component.Component) bool { return slices.Contains(d.c.Without, c.Kind) })
}

// session is the connection to a channel's component, a new one where there is none.
//
// Errors: component.ErrClosed.
func (d *desk) session(ctx context.Context, kind string) (*component.Session, error) {
	c, ok := component.Of(kind)
	if !ok || slices.Contains(d.c.Without, kind) {
		return nil, fmt.Errorf("%w: %s has none here", component.ErrClosed, kind)
	}
	d.mu.Lock()
	s := d.sessions[kind]
	d.mu.Unlock()
	if s != nil && !s.Dead() {
		return s, nil
	}
	s, err := component.Open(ctx, d.g, c, d.c.Component[kind], d.late)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if other := d.sessions[kind]; other != nil && !other.Dead() {
		s.Close() // somebody was faster
		return other, nil
	}
	d.sessions[kind] = s
	return s, nil
}

// look asks every component for its printers.
func (d *desk) look(ctx context.Context) []seen {
	all := d.wanted()
	out := make([]seen, len(all))
	run.Each(ctx, len(all), all, func(ctx context.Context, c component.Component) {
		ctx, stop := context.WithTimeout(ctx, 10*time.Second)
		defer stop()
		one := seen{c: c, address: orElse(d.c.Component[c.Kind], c.Address)}
		if s, err := d.session(ctx, c.Kind); err == nil {
			printers, err := s.Printers(ctx)
			one.open = err == nil
			for _, p := range printers {
				one.printers = append(one.printers, p.Name)
			}
		}
		out[slices.IndexFunc(all, func(o component.Component) bool { return o.Kind == c.Kind })] = one
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = out
	return out
}

// found says of each component whether it answered last.
func (d *desk) found() []foundComponent {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]foundComponent, len(d.last))
	for i, one := range d.last {
		out[i] = foundComponent{Channel: one.c.Kind, Open: one.open}
	}
	return out
}
