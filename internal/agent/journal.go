package agent

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/ordercove/ordercove/internal/agent/component"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// step is how far a label has come.
type step string

const (
	asking step = "asking" // the server is asked whether it may be printed; no printer has it
	giving step = "giving" // from here on a printer may have it
	knows  step = "knows"  // what became of it is known, and not told to the server yet
	done   step = "done"
)

// entry is one step of one label. It bears no personal data.
type entry struct {
	Ref
	Channel string          `json:"channel,omitempty"`
	Step    step            `json:"step"`
	Outcome component.State `json:"outcome,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	At      int64           `json:"at"`
}

// journal is the program's memory of labels under way. A step is on disk before the next
// one begins.
type journal struct {
	name  string
	clock clock.Clock

	mu    sync.Mutex
	f     *os.File
	open  map[Ref]entry
	order []Ref
	lines int
}

// compactAt is how many lines the file may have before it is written anew.
const compactAt = 5000

// openJournal reads what an earlier life left. A last line that was cut off was never
// acted on.
func openJournal(name string, k clock.Clock) (*journal, error) {
	j := &journal{name: name, clock: k, open: map[Ref]entry{}}
	f, err := os.Open(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e entry
			if json.Unmarshal(lines.Bytes(), &e) == nil {
				j.put(e)
			}
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return nil, err
		}
	}
	return j, j.compact()
}

func (j *journal) put(e entry) {
	if e.Step == done {
		delete(j.open, e.Ref)
		return
	}
	if _, has := j.open[e.Ref]; !has {
		j.order = append(j.order, e.Ref)
	}
	j.open[e.Ref] = e
}

// compact writes the file anew with what is under way.
func (j *journal) compact() error {
	var raw []byte
	var order []Ref
	for _, r := range j.order {
		e, has := j.open[r]
		if !has {
			continue
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		order, raw = append(order, r), append(append(raw, line...), '\n')
	}
	if j.f != nil {
		if err := j.f.Close(); err != nil {
			return err
		}
	}
	if err := writeWhole(j.name, raw); err != nil {
		return err
	}
	j.order, j.lines = order, len(order)
	var err error
	j.f, err = os.OpenFile(j.name, os.O_WRONLY|os.O_APPEND, 0o600)
	return err
}

// note puts a step on disk.
func (j *journal) note(e entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.At = clock.Millis(j.clock)
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := j.f.Write(append(line, '\n')); err != nil {
		return err
	}
	if e.Step != done { // that one may be told again
		if err := j.f.Sync(); err != nil {
			return err
		}
	}
	j.put(e)
	if j.lines++; j.lines > compactAt {
		return j.compact()
	}
	return nil
}

// left lists what is under way, the oldest first.
func (j *journal) left() (out []entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.order {
		if e, has := j.open[r]; has {
			out = append(out, e)
		}
	}
	return out
}

func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = j.f.Close()
}
