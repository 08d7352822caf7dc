package agent

import (
	"context"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// Reasons of the program's own, beside the components'.
const (
	notPrinted = "not_printed" // it never reached a printer
	restarted  = "restarted"   // the program ended while a printer had it
	noProgram  = "no_program"  // our own labels are not printed here
)

// label takes one label from the queue to paper and tells the server what came of it. It
// reports whether the label is out of this program's hands; where its component does not
// answer, nothing happened and it is tried again later.
func (a *Agent) label(ctx context.Context, l Label) bool {
	give, err := a.way(ctx, l)
	a.mu.Lock()
	again := a.waits[l.Printer]
	a.waits[l.Printer] = err != nil
	a.mu.Unlock()
	if err != nil {
		if !again {
			a.log.Warn("labels wait for their component", "printer", l.Printer, "channel", l.Channel, "error", err)
		}
		return false
	}
	e := entry{Ref: l.Ref, Channel: l.Channel, Step: asking}
	if !a.note(e) {
		return false
	}
	may, known := a.may(ctx, e)
	if !known {
		return false // the program ends; it asks again when it is back
	}
	if !may {
		return true
	}
	if e.Step = giving; !a.note(e) {
		a.tell(ctx, e, component.Outcome{State: component.Failed, Reason: notPrinted})
		return true
	}
	a.expect(e)
	// What a printer has is waited for, also when the program is asked to end.
	wait, stop := context.WithTimeout(context.WithoutCancel(ctx), a.c.Wait)
	o, err := give(wait)
	stop()
	switch {
	case err != nil:
		o = component.Outcome{State: component.Failed, Reason: notPrinted}
	case o.State == component.Uncertain:
		o = a.recall(context.WithoutCancel(ctx), e, o, 20*time.Second)
	}
	a.tell(ctx, e, o)
	return true
}

// way is how a label gets to its printer.
//
// Errors: component.ErrClosed.
func (a *Agent) way(ctx context.Context, l Label) (func(context.Context) (component.Outcome, error), error) {
	if l.Channel == "" {
		if a.paper == nil {
			return func(context.Context) (component.Outcome, error) {
				return component.Outcome{State: component.Failed, Reason: noProgram}, nil
			}, nil
		}
		return func(ctx context.Context) (component.Outcome, error) {
			return a.paper.print(ctx, l.task(), l.Printer, l.PDF)
		}, nil
	}
	s, err := a.desk.session(ctx, l.Channel)
	if err != nil {
		return nil, err
	}
	t := component.Task{ID: l.task(), WaybillNo: l.WaybillNo, Printer: l.Printer, Data: l.Data, Signature: l.Signature, Template: l.Template, Params: l.Params, Custom: l.Custom,
		CustomTemplate: a.c.Custom[l.Channel]}
	return func(ctx context.Context) (component.Outcome, error) { return s.Print(ctx, t) }, nil
}

// may asks the server whether a label may be printed now. Where an answer was lost and the
// next says that the label is gone, the lost one may have been a yes: nothing was printed,
// and the server hears that. known is false where ctx ended before there was an answer.
func (a *Agent) may(ctx context.Context, e entry) (may, known bool) {
	unsure := false
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		err := a.server.sending(ctx, e.Ref)
		var no *refusal
		switch {
		case err == nil:
			return true, true
		case errors.As(err, &no):
			if unsure && no.Code == codeLost {
				a.tell(ctx, e, component.Outcome{State: component.Failed, Reason: notPrinted})
				return false, true
			}
			a.log.Info("a label is not to be printed", "label", e.task(), "code", no.Code)
			e.Step = done
			a.note(e)
			return false, true
		}
		unsure = true
		a.log.Warn("whether a label may be printed is unknown", "label", e.task(), "error", err)
		select {
		case <-ctx.Done():
			return false, false
		case <-a.clock.After(pause):
		}
	}
}

// recall asks a component that remembers what became of a label, for some time.
func (a *Agent) recall(ctx context.Context, e entry, o component.Outcome, patience time.Duration) component.Outcome {
	c, ok := component.Of(e.Channel)
	if !ok || !c.Recalls {
		return o
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for ctx.Err() == nil {
		s, err := a.desk.session(ctx, e.Channel)
		if err == nil {
			var said component.Outcome
			if said, err = s.Status(ctx, e.task()); err == nil && said.State != component.Pending {
				if said.State == component.Uncertain {
					return o
				}
				return said
			}
		}
		select {
		case <-ctx.Done():
		case <-a.clock.After(time.Second):
		}
	}
	return o
}

// tell brings an outcome to the server, as often as it takes while the program runs. What
// stays untold is told in its next life.
func (a *Agent) tell(ctx context.Context, e entry, o component.Outcome) {
	e.Step, e.Outcome, e.Reason = knows, o.State, o.Reason
	a.note(e)
	if o.State != component.Uncertain {
		a.mu.Lock()
		delete(a.lost, e.task())
		a.mu.Unlock()
	}
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		err := a.server.outcome(ctx, e.Ref, string(o.State), o.Reason)
		var no *refusal
		if err == nil || errors.As(err, &no) || errors.Is(err, ErrNotPaired) {
			if err != nil {
				a.log.Warn("the server does not want to know", "label", e.task(), "outcome", o.State, "error", err)
			} else {
				a.log.Info("label", "label", e.task(), "outcome", o.State, "reason", o.Reason)
			}
			e.Step = done
			a.note(e)
			return
		}
		a.log.Warn("an outcome is not told yet", "label", e.task(), "error", err)
		select {
		case <-ctx.Done():
			return
		case <-a.clock.After(pause):
		}
	}
}

// note puts a step on disk. Without it the program must not go on with a label.
func (a *Agent) note(e entry) bool {
	if err := a.journal.note(e); err != nil {
		a.log.Error("the journal cannot be written", "error", err)
		return false
	}
	return true
}

// recover finishes what an earlier life left: what no printer had is told so, what one may
// have had is asked about and otherwise uncertain.
func (a *Agent) recover(ctx context.Context) error {
	run.Each(ctx, 8, a.journal.left(), func(ctx context.Context, e entry) {
		o := component.Outcome{State: e.Outcome, Reason: e.Reason}
		switch e.Step {
		case asking:
			o = component.Outcome{State: component.Failed, Reason: notPrinted}
		case giving:
			// The component may be starting as well.
			o = a.recall(ctx, e, component.Outcome{State: component.Uncertain, Reason: restarted}, a.c.Wait)
		}
		if ctx.Err() == nil {
			a.tell(ctx, e, o)
		}
	})
	return nil
}

// expect has an answer kept that comes when nobody waits for it any more.
func (a *Agent) expect(e entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost[e.task()] = e
}

// heardLate keeps an answer for which nobody waits any more. It must not wait.
func (a *Agent) heardLate(task string, o component.Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ours := a.lost[task]; ours && o.State != component.Uncertain {
		a.late[task] = o
	}
}

// tellLate tells the server answers that came late; they count while no person decided.
func (a *Agent) tellLate(ctx context.Context) error {
	for {
		a.mu.Lock()
		var tasks []string
		for task := range a.late {
			tasks = append(tasks, task)
		}
		a.mu.Unlock()
		for _, task := range tasks {
			a.mu.Lock()
			e, o := a.lost[task], a.late[task]
			delete(a.lost, task)
			delete(a.late, task)
			a.mu.Unlock()
			a.tell(ctx, e, o)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.clock.After(a.c.Poll):
		}
	}
}
