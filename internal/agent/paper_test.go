package agent

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// printingSystem is a folder with an lp and an lpstat of our own. The queue is a file of
// job names; lp writes down what it printed.
func printingSystem(t *testing.T) (lp string, dir string) {
	t.Helper()
	dir = t.TempDir()
	script := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ncd '"+dir+"'\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	script("lp", `case "$2" in
gone) echo "lp: Error - printer gone is unknown" >&2; exit 1;;
esac
cp "$6" "printed-$4"
echo "$2-7 user 1024" >> queue
echo "request id is $2-7 (1 file(s))"
`)
	script("lpstat", `case "$1 $2" in
-e*) echo label1; echo label2;;
"-W completed") cat past 2>/dev/null; true;;
*) cat queue 2>/dev/null; true;;
esac
`)
	script("cancel", `grep -v "^$1 " queue > left; mv left queue
`)
	return filepath.Join(dir, "lp"), dir
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), d)
	t.Cleanup(stop)
	return ctx
}

func TestTheSystemsPrinterIsBelievedOnceTheJobHasLeftItsQueue(t *testing.T) {
	lp, dir := printingSystem(t)
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(home, "spool", "oc-of-before.pdf")
	if err := os.WriteFile(left, []byte("an address"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := newPaper(Config{Dir: home, PDF: "lp", Program: lp}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("a label of an earlier life is still on disk")
	}
	if names, err := p.printers(t.Context()); err != nil || !slices.Equal(names, []string{"label1", "label2"}) {
		t.Errorf("printers: %q %v", names, err)
	}
	o, err := p.print(within(t, 700*time.Millisecond), "oc-1-1-1", "label1", []byte("%PDF 1"))
	if err != nil || o.State != component.Uncertain {
		t.Errorf("a job that stays in the queue: %+v %v", o, err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "printed-oc-1-1-1")); err != nil || string(raw) != "%PDF 1" {
		t.Errorf("printed %q %v", raw, err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "queue")); err != nil || len(raw) != 0 {
		t.Errorf("it prints after a person decided: %q %v", raw, err)
	}
	past := "label1-6 user 1024 Sun\n\tStatus: \n\tAlerts: job-canceled-by-user\n\tqueued for label1\n"
	for told, want := range map[string]component.Outcome{"job-completed-successfully": {State: component.Printed}, "job-canceled-by-user": {State: component.Failed, Reason: component.Canceled},
		"aborted-by-system": {State: component.Failed, Reason: "aborted-by-system"}, "job-completed-with-errors": {State: component.Uncertain, Reason: "job-completed-with-errors"}} {
		if err := os.WriteFile(filepath.Join(dir, "past"), []byte(past+"label1-7 user 1024 Sun\n\tStatus: \n\tAlerts: "+told+"\n\tqueued for label1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := (cups{lp, "", clock.System{}}).follow(within(t, 30*time.Second), "label1-7"); got != want {
			t.Errorf("%s: %+v", told, got)
		}
	}
	quick := filepath.Join(dir, "lpstat")
	if err := os.WriteFile(quick, []byte("#!/bin/sh\ntrue\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if o, err = p.print(within(t, 30*time.Second), "oc-1-2-1", "label1", []byte("%PDF 2")); err != nil || o.State != component.Printed {
		t.Errorf("a job that left the queue: %+v %v", o, err)
	}
	if o, err = p.print(within(t, 30*time.Second), "oc-1-3-1", "gone", []byte("%PDF 3")); err != nil || o.State != component.Failed || !strings.Contains(o.Reason, "unknown") {
		t.Errorf("a printer that is gone: %+v %v", o, err)
	}
	if all, err := os.ReadDir(filepath.Join(home, "spool")); err != nil || len(all) != 0 {
		t.Errorf("labels stay on disk: %v %v", all, err)
	}
	none := cups{filepath.Join(dir, "no-such-lp"), filepath.Join(home, "spool"), clock.System{}}
	if _, err := none.print(t.Context(), "oc-1-4-1", "label1", nil); err == nil {
		t.Error("without lp a label was given to somebody")
	}
}

func TestAFoldersLabelIsPrintedOnceItIsTakenAway(t *testing.T) {
	dir := t.TempDir()
	p, err := newPaper(Config{PDF: "folder", Folder: dir}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "热敏 1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if names, err := p.printers(t.Context()); err != nil || !slices.Equal(names, []string{"热敏 1"}) {
		t.Errorf("printers: %q %v", names, err)
	}
	for _, printer := range []string{"../elsewhere", "没有", ".hidden", "a/b"} {
		if o, err := p.print(t.Context(), "oc-1-1-1", printer, []byte("%PDF")); err != nil || o.State != component.Failed {
			t.Errorf("%q: %+v %v", printer, o, err)
		}
	}
	if o, err := p.print(within(t, 300*time.Millisecond), "oc-1-1-1", "热敏 1", []byte("%PDF")); err != nil || o.State != component.Uncertain {
		t.Errorf("nobody took it: %+v %v", o, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) != 0 {
		t.Errorf("it can still be printed: %v", left)
	}
}

func TestTheJournalRemembersEachLabelsLastStepPastACutLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "labels.jsonl")
	j, err := openJournal(name, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := Ref{BatchID: 7, Sequence: 1, Attempt: 1}, Ref{BatchID: 7, Sequence: 2, Attempt: 1}, Ref{BatchID: 7, Sequence: 3, Attempt: 2}
	for _, e := range []entry{{Ref: a, Step: asking}, {Ref: a, Step: giving}, {Ref: b, Step: asking}, {Ref: a, Step: knows, Outcome: component.Printed}, {Ref: a, Step: done},
		{Ref: c, Channel: "pdd", Step: giving}} {
		if err := j.note(e); err != nil {
			t.Fatal(err)
		}
	}
	j.close()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"batch_id":"7","sequence":3,"attempt":2,"step":"kno`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what is read is written anew, and reads the same
		if j, err = openJournal(name, clock.System{}); err != nil {
			t.Fatal(err)
		}
		left := j.left()
		if len(left) != 2 || left[0].Ref != b || left[0].Step != asking || left[1].Ref != c || left[1].Step != giving || left[1].Channel != "pdd" {
			t.Fatalf("%+v", left)
		}
		j.close()
	}
	if i, err := os.Stat(name); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("the journal: %v %v", i, err)
	}
}

func TestAJournalThatCannotBeWrittenLetsNothingBePrinted(t *testing.T) {
	j, err := openJournal(filepath.Join(t.TempDir(), "labels.jsonl"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	j.close()
	if err := j.note(entry{Step: asking}); err == nil {
		t.Error("a step was noted nowhere")
	}
}
