package component_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
	fake "github.com/ordercove/ordercove/internal/simulator/component"
)

// soon is for answers that shall come, brief for those that shall not.
const (
	soon  = 30 * time.Second
	brief = 300 * time.Millisecond
)

// bench is a component, its program and a connection to it.
type bench struct {
	t       *testing.T
	c       component.Component
	program *fake.Program
	address string
	g       *run.Group
	s       *component.Session
	mu      sync.Mutex
	late    map[string]component.Outcome
	n       int
}

// each runs a test against every component that there is.
func each(t *testing.T, f func(*testing.T, *bench)) {
	t.Helper()
	for _, c := range component.All() {
		t.Run(c.Kind, func(t *testing.T) {
			b := &bench{t: t, c: c, program: fake.New(c.Kind, clock.System{}), g: run.NewGroup(t.Context(), slog.New(slog.DiscardHandler)), late: map[string]component.Outcome{}}
			server := httptest.NewServer(b.program)
			t.Cleanup(server.Close)
			t.Cleanup(func() { b.g.Stop(); _ = b.g.Wait(soon) })
			b.address = "ws" + strings.TrimPrefix(server.URL, "http") + fake.Path(c.Kind)
			b.open()
			f(t, b)
		})
	}
}

func (b *bench) open() {
	b.t.Helper()
	s, err := component.Open(b.t.Context(), b.g, b.c, b.address, func(task string, o component.Outcome) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.late[task] = o
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.s = s
}

func (b *bench) task() component.Task {
	b.n++
	return component.Task{ID: fmt.Sprintf("oc-1-%d-1", b.n), WaybillNo: fmt.Sprintf("7500%08d", b.n), Printer: "面单机 2", Data: "sealed-" + fmt.Sprint(b.n), Signature: "sig",
		Template: "https://templates.example/1", Params: "method=logistics.getShopKey&sign=x", Custom: "1122-3 1/2\nA 明前茶 ×2", CustomTemplate: "https://templates.example/mine"}
}

func (b *bench) print(t component.Task, wait time.Duration) component.Outcome {
	b.t.Helper()
	ctx, done := context.WithTimeout(b.t.Context(), wait)
	defer done()
	o, err := b.s.Print(ctx, t)
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

func (b *bench) papers() []fake.Paper { return b.program.Papers() }

func until(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come")
		}
	}
}

func TestEveryComponentOfTheSimulatorIsSpokenToWhereItListens(t *testing.T) {
	var kinds []string
	for _, c := range component.All() {
		kinds = append(kinds, c.Kind)
		if want := fake.Address(c.Kind, "127.0.0.1"); c.Address != want {
			t.Errorf("%s is looked for at %s and listens at %s", c.Kind, c.Address, want)
		}
		if got, ok := component.Of(c.Kind); !ok || got.Kind != c.Kind || got.NameZH == "" || got.NameEN == "" {
			t.Errorf("%s: %+v", c.Kind, got)
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, fake.Kinds()) {
		t.Errorf("spoken: %v, simulated: %v", kinds, fake.Kinds())
	}
	if _, ok := component.Of("sandbox"); ok {
		t.Error("a channel without a component has one")
	}
}

func TestAComponentNamesItsPrintersAndPrintsOneLabelWithOurAreaOnIt(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		all, err := b.s.Printers(t.Context())
		if err != nil || len(all) != 2 || all[1].Name != "面单机 2" {
			t.Fatalf("printers: %+v %v", all, err)
		}
		label := b.task()
		if o := b.print(label, soon); o != (component.Outcome{State: component.Printed}) {
			t.Fatalf("said %+v", o)
		}
		got := b.papers()
		if len(got) != 1 || got[0].Data != label.Data || got[0].Printer != label.Printer || got[0].Custom != label.Custom {
			t.Fatalf("on paper: %+v", got)
		}
		label = b.task()
		label.CustomTemplate = ""
		b.print(label, soon)
		if got = b.papers(); len(got) != 2 || got[1].Custom != "" {
			t.Fatalf("without a template of ours: %+v", got)
		}
	})
}

func TestPrintDataOfAnObjectGoesOnAsItCame(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if b.c.Kind == "jd" || b.c.Kind == "wechat" {
			return // theirs is never an object
		}
		label := b.task()
		label.Data, label.Signature, label.Template = `{"encryptedData":"AES:x","signature":"theirs","templateURL":"https://t.example/9","ver":"v1"}`, "ours", "https://t.example/1"
		if o := b.print(label, soon); o.State != component.Printed {
			t.Fatalf("said %+v", o)
		}
		if got := b.papers(); got[0].Data != "AES:x" {
			t.Fatalf("on paper: %+v", got)
		}
	})
}

func TestAJamAndAPrinterNobodyHasAreFailuresWithTheirReason(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.program.Fault(fake.Faults{Jam: true})
		if o := b.print(b.task(), soon); o.State != component.Failed || !strings.Contains(o.Reason, "卡纸") {
			t.Errorf("a jam: %+v", o)
		}
		b.program.Fault(fake.Faults{})
		label := b.task()
		label.Printer = "没有这台"
		if o := b.print(label, soon); o.State != component.Failed || o.Reason == "" {
			t.Errorf("no such printer: %+v", o)
		}
		if got := b.papers(); len(got) != 0 {
			t.Errorf("on paper: %+v", got)
		}
		label = b.task()
		label.Data = ""
		if _, err := b.s.Print(t.Context(), label); !errors.Is(err, component.ErrAnswer) {
			t.Errorf("a label without data: %v", err)
		}
	})
}

func TestWithoutAnAnswerALabelIsUncertainAndTheLateAnswerIsHeard(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		release := b.program.Hold()
		defer release()
		label := b.task()
		if o := b.print(label, brief); o != (component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}) {
			t.Fatalf("said %+v", o)
		}
		release()
		until(t, func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.late[label.ID].State == component.Printed
		})
		if o := b.print(b.task(), soon); o.State != component.Printed {
			t.Fatalf("the next one: %+v", o)
		}
	})
}

func TestWhatIsSaidTwiceCountsOnceAndForItsOwnLabel(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.program.Fault(fake.Faults{Twice: true})
		first := b.print(b.task(), soon)
		b.program.Fault(fake.Faults{Jam: true})
		second := b.print(b.task(), soon)
		if first.State != component.Printed || second.State != component.Failed {
			t.Fatalf("first %+v, second %+v", first, second)
		}
	})
}

func TestSeveralPrintersOfAComponentWorkAtOnceAndEachHearsOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		release := b.program.Hold()
		slow := b.task()
		slow.Printer = "面单机 1"
		answer := make(chan component.Outcome, 1)
		b.g.Start("slow", func(ctx context.Context) error {
			o, err := b.s.Print(ctx, slow)
			answer <- o
			return err
		})
		until(t, func() bool { return b.program.Waiting() == 1 })
		b.program.Fault(fake.Faults{Jam: true})
		release()
		if o := <-answer; o.State != component.Printed {
			t.Fatalf("the slow one: %+v", o)
		}
		if o := b.print(b.task(), soon); o.State != component.Failed {
			t.Fatalf("the jammed one: %+v", o)
		}
	})
}

func TestAConnectionThatEndsLeavesALabelUncertainUnlessTheComponentRemembers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, f := range []struct {
			faults fake.Faults
			want   component.State
		}{{fake.Faults{CutAfter: true}, component.Printed}, {fake.Faults{CutBefore: true}, component.Failed}, {fake.Faults{CutAfter: true, Forgetful: true}, component.Uncertain}} {
			b.program.Fault(f.faults)
			label := b.task()
			if o := b.print(label, soon); o != (component.Outcome{State: component.Uncertain, Reason: component.Cut}) {
				t.Fatalf("%+v: said %+v", f.faults, o)
			}
			until(t, b.s.Dead)
			if _, err := b.s.Print(t.Context(), b.task()); !errors.Is(err, component.ErrClosed) {
				t.Fatalf("over an ended connection: %v", err)
			}
			b.open()
			o, err := b.s.Status(t.Context(), label.ID)
			switch {
			case !b.c.Recalls:
				if !errors.Is(err, component.ErrUnsupported) {
					t.Errorf("asked one that cannot be asked: %+v %v", o, err)
				}
			case err != nil || o.State != f.want:
				t.Errorf("%+v: recalled %+v %v", f.faults, o, err)
			}
		}
	})
}

func TestNobodyListening(t *testing.T) {
	server := httptest.NewServer(nil)
	address := "ws" + strings.TrimPrefix(server.URL, "http")
	server.Close()
	g := run.NewGroup(t.Context(), slog.New(slog.DiscardHandler))
	defer g.Stop()
	for _, c := range component.All() {
		if _, err := component.Open(t.Context(), g, c, address, nil); !errors.Is(err, component.ErrClosed) {
			t.Errorf("%s: %v", c.Kind, err)
		}
	}
}
