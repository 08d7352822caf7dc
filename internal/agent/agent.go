package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// Errors of the program.
var (
	// ErrConfig is a setting that does not fit.
	ErrConfig = errors.New("print agent settings")
	// ErrNotPaired: the folder holds no pairing, or the server does not know it any more.
	ErrNotPaired = errors.New("this print agent is not paired; add one under print stations, then run: ordercove agent pair")
)

// Config is what the program is told. Exactly the folder must be the same at every start.
type Config struct {
	Dir       string            `help:"Folder for the pairing and for what is being printed." default:"ordercove-agent" type:"path" env:"ORDERCOVE_AGENT_DIR"`
	CA        string            `help:"Certificate of the authority that the server's own certificate comes from (its tls/ca.crt)." type:"path" placeholder:"FILE"`
	Component map[string]string `help:"Where a channel's print component listens, if not where it usually does." placeholder:"CHANNEL=ws://HOST:PORT"`
	Custom    map[string]string `help:"Address of the template, made with the channel's tools, that draws the text {text} in the area its labels leave to the seller." placeholder:"CHANNEL=URL"`
	Without   []string          `help:"Channels whose components are not looked for." placeholder:"CHANNEL"`
	PDF       string            `name:"pdf" help:"How our own labels are printed: lp (CUPS), sumatra (SumatraPDF), folder (put into a folder that something else prints from and empties), none; auto is lp, on Windows sumatra." enum:"auto,lp,sumatra,folder,none" default:"auto"`
	Program   string            `help:"The lp or SumatraPDF program, if it is not found by its name." type:"path" placeholder:"FILE"`
	Folder    string            `help:"Where --pdf=folder puts labels, a folder per printer below it." type:"path" placeholder:"DIR"`
	Wait      time.Duration     `help:"How long a printer may take for a label before it is uncertain." default:"90s"`
	Poll      time.Duration     `help:"How often the server is asked for labels while there are none." default:"2s"`
}

// maxWait keeps the wait below the server's own, after which it calls a label uncertain.
const maxWait = 110 * time.Second

func (c *Config) check() error {
	for _, m := range []map[string]string{c.Component, c.Custom} {
		for kind := range m {
			if _, ok := component.Of(kind); !ok {
				return fmt.Errorf("%w: no print component is known for the channel %q", ErrConfig, kind)
			}
		}
	}
	for _, kind := range c.Without {
		if _, ok := component.Of(kind); !ok {
			return fmt.Errorf("%w: no print component is known for the channel %q", ErrConfig, kind)
		}
	}
	if c.PDF == "folder" && c.Folder == "" {
		return fmt.Errorf("%w: --pdf=folder needs --folder", ErrConfig)
	}
	if c.Wait <= 0 || c.Wait > maxWait {
		return fmt.Errorf("%w: --wait must be above 0 and at most %s", ErrConfig, maxWait)
	}
	if c.Poll <= 0 || c.Poll > time.Minute {
		return fmt.Errorf("%w: --poll must be above 0 and at most a minute", ErrConfig)
	}
	return os.MkdirAll(c.Dir, 0o700)
}

// Agent is a running program.
type Agent struct {
	c       Config
	clock   clock.Clock
	log     *slog.Logger
	server  *server
	journal *journal
	desk    *desk
	paper   paper // nil where our own labels are not printed here

	mu     sync.Mutex
	queues map[string][]Label           // by printer
	lost   map[string]entry             // labels that a printer has, or had without an answer, by task
	late   map[string]component.Outcome // answers that came so, by task
	seen   []string                     // printers
	waits  map[string]bool              // printers whose component does not answer
}

// busyAt is how many labels a printer holds before it gets no more.
const busyAt = 10

// Pair exchanges a one-time code for the key and keeps it in the folder.
//
// Errors: ErrConfig, ErrNotPaired where the server refuses the code, ErrServer.
func Pair(ctx context.Context, c Config, address, code string, out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	s, err := newServer(address, c.CA)
	if err != nil {
		return err
	}
	got, err := s.pair(ctx, code)
	if err != nil {
		return err
	}
	if err := keep(c.Dir, pairing{Server: s.base, AgentID: got.AgentID, Name: got.Name, Key: got.Key, CA: c.CA}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "paired as %q with %s\n", got.Name, s.base)
	return err
}

// Found writes the printers and components that this PC has to out.
func Found(ctx context.Context, c Config, k clock.Clock, log *slog.Logger, out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	g := run.NewGroup(ctx, log)
	defer g.Stop()
	d := newDesk(c, k, g, nil)
	for _, one := range d.look(ctx) {
		state := "not found"
		if one.open {
			state = fmt.Sprintf("printers %q", one.printers)
		}
		if _, err := fmt.Fprintf(out, "%-10s %-24s %s: %s\n", one.c.Kind, one.c.NameEN, one.address, state); err != nil {
			return err
		}
	}
	p, err := newPaper(c, k)
	if err != nil || p == nil {
		return err
	}
	names, err := p.printers(ctx)
	if err != nil {
		_, err = fmt.Fprintf(out, "%-10s %v\n", "system", err)
		return err
	}
	_, err = fmt.Fprintf(out, "%-10s printers %q\n", "system", names)
	return err
}

// Run prints until ctx ends; the label that is being printed then is waited for.
//
// Errors: ErrConfig, ErrNotPaired.
func Run(ctx context.Context, c Config, k clock.Clock, log *slog.Logger, out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	p, err := paired(c.Dir)
	if err != nil {
		return err
	}
	a := &Agent{c: c, clock: k, log: log, queues: map[string][]Label{}, lost: map[string]entry{}, late: map[string]component.Outcome{}, waits: map[string]bool{}}
	if a.server, err = newServer(p.Server, orElse(c.CA, p.CA)); err != nil {
		return err
	}
	a.server.key = p.Key
	if a.paper, err = newPaper(c, k); err != nil {
		return err
	}
	if a.journal, err = openJournal(filepath.Join(c.Dir, "labels.jsonl"), k); err != nil {
		return err
	}
	defer a.journal.close()
	// Components are spoken to until the last label has its answer.
	talk := run.NewGroup(context.WithoutCancel(ctx), log)
	defer talk.Stop()
	a.desk = newDesk(c, k, talk, a.heardLate)
	g := run.NewGroup(ctx, log)
	g.Start("look for printers", a.look)
	g.Start("what an earlier life left", a.recover)
	g.Start("late answers", a.tellLate)
	g.Start("labels", func(ctx context.Context) error { return a.work(ctx, run.NewKeyed(g)) })
	if _, err := fmt.Fprintf(out, "print agent %q serves %s\n", p.Name, p.Server); err != nil {
		g.Stop()
		return errors.Join(err, g.Wait(c.Wait))
	}
	return g.Wait(c.Wait + 5*time.Second)
}

// take asks for labels for the printers that are not busy.
func (a *Agent) take(ctx context.Context) (int, error) {
	a.mu.Lock()
	names, busy, held := a.seen, []string{}, 0
	for name, q := range a.queues {
		if held += len(q); len(q) >= busyAt {
			busy = append(busy, name)
		}
	}
	a.mu.Unlock()
	if held >= 8*busyAt {
		return 0, nil
	}
	slices.Sort(busy)
	all, err := a.server.take(ctx, taking{Limit: busyAt, Printers: names, Components: a.desk.found(), Busy: busy})
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range all {
		q := a.queues[l.Printer]
		// A label whose lease ran out while it waited comes again as a new attempt.
		if i := slices.IndexFunc(q, func(o Label) bool { return o.BatchID == l.BatchID && o.Sequence == l.Sequence }); i >= 0 {
			q[i] = l
		} else {
			a.queues[l.Printer] = append(q, l)
		}
	}
	return len(all), nil
}

// waiting lists the printers that have labels.
func (a *Agent) waiting() (out []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, q := range a.queues {
		if len(q) > 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// drain prints what a printer has, one label after the other, as long as it can.
func (a *Agent) drain(ctx context.Context, printer string) {
	for ctx.Err() == nil {
		a.mu.Lock()
		q := a.queues[printer]
		if len(q) == 0 {
			delete(a.queues, printer)
			a.mu.Unlock()
			return
		}
		l := q[0]
		a.mu.Unlock()
		if !a.label(ctx, l) {
			return // it stays first until it can be printed
		}
		a.mu.Lock()
		a.queues[printer] = slices.DeleteFunc(a.queues[printer], func(o Label) bool { return o.Ref == l.Ref })
		a.mu.Unlock()
	}
}

// look keeps the list of printers fresh.
func (a *Agent) look(ctx context.Context) error {
	for {
		names := []string{}
		for _, one := range a.desk.look(ctx) {
			names = append(names, one.printers...)
		}
		if a.paper != nil {
			own, err := a.paper.printers(ctx)
			if err != nil && ctx.Err() == nil {
				a.log.Warn("the system names no printers", "error", err)
			}
			names = append(names, own...)
		}
		slices.Sort(names)
		a.mu.Lock()
		a.seen = slices.Compact(names)
		a.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-a.clock.After(20 * time.Second):
		}
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
