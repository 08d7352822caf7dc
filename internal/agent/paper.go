package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// paper prints our own labels on the system's printers.
type paper interface {
	printers(ctx context.Context) ([]string, error)
	// print returns an error only where no printer got anything.
	print(ctx context.Context, task, printer string, pdf []byte) (component.Outcome, error)
}

// newPaper is the way that the settings name; nil where there is none.
func newPaper(c Config, k clock.Clock) (paper, error) {
	how := c.PDF
	if how == "auto" || how == "" {
		how = "lp"
		if runtime.GOOS == "windows" {
			how = "sumatra"
		}
	}
	if how == "none" {
		return nil, nil
	}
	if how == "folder" {
		return folder{c.Folder, k}, os.MkdirAll(c.Folder, 0o700)
	}
	// Labels bear addresses: a file of an earlier life goes.
	spool := filepath.Join(c.Dir, "spool")
	if err := errors.Join(os.RemoveAll(spool), os.MkdirAll(spool, 0o700)); err != nil {
		return nil, err
	}
	if how == "sumatra" {
		return sumatra{orElse(c.Program, "SumatraPDF.exe"), spool}, nil
	}
	return cups{orElse(c.Program, "lp"), spool, k}, nil
}

func spooled(dir, task string, pdf []byte) (string, error) {
	name := filepath.Join(dir, task+".pdf")
	return name, os.WriteFile(name, pdf, 0o600)
}

// lines are the non-empty lines a program says.
func lines(ctx context.Context, program string, args ...string) (out []string, err error) {
	raw, err := exec.CommandContext(ctx, program, args...).Output()
	for _, l := range strings.Split(string(raw), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out, err
}

// cups prints with lp and asks lpstat until the job has left the queue.
type cups struct {
	lp, spool string
	clock     clock.Clock
}

// beside is a program that stands beside lp.
func (p cups) beside(name string) string {
	if filepath.Dir(p.lp) == "." {
		return name
	}
	return filepath.Join(filepath.Dir(p.lp), name)
}

func (p cups) stat() string { return p.beside("lpstat") }

func (p cups) printers(ctx context.Context) ([]string, error) { return lines(ctx, p.stat(), "-e") }

// jobName finds the job in what lp says, in whatever language.
var jobName = regexp.MustCompile(`\S+-\d+`)

func (p cups) print(ctx context.Context, task, printer string, pdf []byte) (component.Outcome, error) {
	name, err := spooled(p.spool, task, pdf)
	defer func() { _ = os.Remove(name) }()
	if err != nil {
		return component.Outcome{}, err
	}
	var said, wrong bytes.Buffer
	cmd := exec.CommandContext(ctx, p.lp, "-d", printer, "-t", task, "--", name)
	cmd.Stdout, cmd.Stderr = &said, &wrong
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}, nil
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return component.Outcome{}, err // it did not even start
		}
		return component.Outcome{State: component.Failed, Reason: component.Words(wrong.String(), component.Refused)}, nil
	}
	job := jobName.FindString(strings.ReplaceAll(said.String(), task, ""))
	if job == "" {
		return component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}, nil
	}
	return p.follow(ctx, job), nil
}

// follow waits until a job has left the queue. One that is still in it when nobody waits
// any more is taken out, so that it does not print after a person decided.
func (p cups) follow(ctx context.Context, job string) component.Outcome {
	for {
		queue, err := lines(ctx, p.stat(), "-W", "not-completed", "-o")
		if err == nil {
			waiting := false
			for _, l := range queue {
				waiting = waiting || strings.Fields(l)[0] == job
			}
			if !waiting {
				return p.end(ctx, job)
			}
		}
		select {
		case <-ctx.Done():
			ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			_ = exec.CommandContext(ctx, p.beside("cancel"), job).Run()
			return component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}
		case <-p.clock.After(500 * time.Millisecond):
		}
	}
}

// end is why a job left the queue. Jobs that somebody took out leave it like those that
// were printed; a system that keeps no history tells of none.
func (p cups) end(ctx context.Context, job string) component.Outcome {
	ours := false
	past, _ := exec.CommandContext(ctx, p.stat(), "-W", "completed", "-l", "-o").Output()
	for _, l := range strings.Split(string(past), "\n") {
		words := strings.Fields(l)
		if len(words) > 0 && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
			ours = words[0] == job
		}
		for _, w := range words {
			switch {
			case !ours:
			case strings.HasPrefix(w, "job-canceled"):
				return component.Outcome{State: component.Failed, Reason: component.Canceled}
			case w == "aborted-by-system", w == "document-unprintable-error", w == "document-format-error":
				return component.Outcome{State: component.Failed, Reason: w}
			case w == "job-completed-with-errors":
				return component.Outcome{State: component.Uncertain, Reason: w}
			}
		}
	}
	return component.Outcome{State: component.Printed}
}

// sumatra prints with SumatraPDF, which ends when Windows has the pages.
type sumatra struct{ program, spool string }

func (p sumatra) printers(ctx context.Context) ([]string, error) {
	return lines(ctx, "powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "[Console]::OutputEncoding=[Text.Encoding]::UTF8; Get-Printer | Select-Object -ExpandProperty Name")
}

func (p sumatra) print(ctx context.Context, task, printer string, pdf []byte) (component.Outcome, error) {
	name, err := spooled(p.spool, task, pdf)
	defer func() { _ = os.Remove(name) }()
	if err != nil {
		return component.Outcome{}, err
	}
	err = exec.CommandContext(ctx, p.program, "-print-to", printer, "-print-settings", "noscale", "-silent", name).Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return component.Outcome{State: component.Printed}, nil
	case ctx.Err() != nil:
		return component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}, nil
	case errors.As(err, &exit):
		return component.Outcome{State: component.Failed, Reason: fmt.Sprintf("exit_%d", exit.ExitCode())}, nil
	}
	return component.Outcome{}, err
}

// folder puts labels where another program prints from; it takes them away when it has.
type folder struct {
	dir   string
	clock clock.Clock
}

func (p folder) printers(context.Context) (out []string, err error) {
	all, err := os.ReadDir(p.dir)
	for _, one := range all {
		if one.IsDir() {
			out = append(out, one.Name())
		}
	}
	return out, err
}

func (p folder) print(ctx context.Context, task, printer string, pdf []byte) (component.Outcome, error) {
	if printer != filepath.Base(printer) || strings.HasPrefix(printer, ".") {
		return component.Outcome{State: component.Failed, Reason: component.Refused}, nil
	}
	if _, err := os.Stat(filepath.Join(p.dir, printer)); err != nil {
		return component.Outcome{State: component.Failed, Reason: component.Refused}, nil
	}
	name := filepath.Join(p.dir, printer, task+".pdf")
	if err := writeWhole(name, pdf); err != nil {
		_ = os.Remove(name + ".new")
		return component.Outcome{}, err
	}
	for {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return component.Outcome{State: component.Printed}, nil
		}
		select {
		case <-ctx.Done():
			_ = os.Remove(name) // nobody shall print it after a person decided
			return component.Outcome{State: component.Uncertain, Reason: component.NoAnswer}, nil
		case <-p.clock.After(200 * time.Millisecond):
		}
	}
}
