package world

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
)

// record is one line of the state file: the latest of each thing counts.
type record struct {
	World  *worldRecord `json:"world,omitempty"`
	Shop   string       `json:"shop,omitempty"`
	Order  *Order       `json:"order,omitempty"`
	Case   *Case        `json:"case,omitempty"`
	Review *Review      `json:"review,omitempty"`
	Effect *Effect      `json:"effect,omitempty"`
	Label  *Label       `json:"label,omitempty"`
	State  *shopRecord  `json:"state,omitempty"`
}

type worldRecord struct {
	Start int64 `json:"start"`
	Ahead int64 `json:"ahead"` // milliseconds
}

type shopRecord struct {
	Tokens  tokens  `json:"tokens"`
	Stock   []int64 `json:"stock"`
	EventNo uint64  `json:"event_no"`
	// Balances are how many waybills carriers' branches began with, where set.
	Balances map[string]int64 `json:"balances,omitempty"`
}

// memory is what a state file told.
type memory struct {
	worldRecord
	shops map[string]*shopMemory
}

type shopMemory struct {
	orders  map[string]*Order
	cases   map[string]*Case
	reviews map[string]*Review
	effects map[uint64]*Effect
	labels  map[uint64]*Label
	state   *shopRecord
}

type stateFile struct {
	mu  sync.Mutex
	f   *os.File
	buf *bufio.Writer
}

// openState reads a state file, drops an unfinished last line, and opens it for more.
func openState(path string) (*memory, *stateFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	m := &memory{shops: map[string]*shopMemory{}}
	in := bufio.NewReaderSize(f, 1<<20)
	var good int64
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
		var r record
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if d.Decode(&r) != nil {
			break
		}
		m.take(r)
		good += int64(len(line))
	}
	if err := f.Truncate(good); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	if _, err := f.Seek(good, io.SeekStart); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return m, &stateFile{f: f, buf: bufio.NewWriterSize(f, 1<<16)}, nil
}

func (m *memory) take(r record) {
	if r.World != nil {
		m.worldRecord = *r.World
		return
	}
	s := m.shops[r.Shop]
	if s == nil {
		s = &shopMemory{orders: map[string]*Order{}, cases: map[string]*Case{}, reviews: map[string]*Review{}, effects: map[uint64]*Effect{}, labels: map[uint64]*Label{}}
		m.shops[r.Shop] = s
	}
	switch {
	case r.Order != nil:
		s.orders[r.Order.No] = r.Order
	case r.Case != nil:
		s.cases[r.Case.No] = r.Case
	case r.Review != nil:
		s.reviews[r.Review.No] = r.Review
	case r.Effect != nil:
		s.effects[r.Effect.Serial] = r.Effect
	case r.Label != nil:
		s.labels[r.Label.Serial] = r.Label
	case r.State != nil:
		s.state = r.State
	}
}

// write buffers a record; flush hands the buffer to the system, which keeps it even
// when this process is killed.
func (f *stateFile) write(r record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	line, err := json.Marshal(r)
	if err != nil {
		return // the types have no value that fails
	}
	_, _ = f.buf.Write(append(line, '\n'))
	if r.World != nil {
		_ = f.buf.Flush()
	}
}

func (f *stateFile) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.buf.Flush()
}

// Close flushes and closes the file.
func (f *stateFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.buf.Flush(), f.f.Close())
}

func (t *Tx) keep(r record) {
	if t.w.out != nil {
		r.Shop = t.Name
		t.w.out.write(r)
	}
}

func (t *Tx) keepOrder(o *Order)   { t.keep(record{Order: o}) }
func (t *Tx) keepCase(c *Case)     { t.keep(record{Case: c}) }
func (t *Tx) keepReview(r *Review) { t.keep(record{Review: r}) }
func (t *Tx) keepEffect(e *Effect) { t.keep(record{Effect: e}) }

func (t *Tx) keepShop() {
	if t.w.out == nil {
		return
	}
	s := &shopRecord{Tokens: t.tokens, EventNo: t.eventNo, Balances: t.labels.left}
	for _, l := range t.listings {
		s.Stock = append(s.Stock, l.Stock)
	}
	t.keep(record{State: s})
}

// recall puts a shop back as the state file left it, false where it knows none.
// Pushes that were waiting are gone, as they are when a platform fails over.
func (t *Tx) recall(m *memory, now int64) bool {
	s := m.shops[t.Name]
	if s == nil {
		return false
	}
	for _, o := range s.orders {
		t.orders[o.No] = o
		t.byNo = append(t.byNo, o)
		t.serial = max(t.serial, o.Serial)
		for _, step := range o.Plan {
			t.agenda.add(step, o)
		}
	}
	slices.SortFunc(t.byNo, func(a, b *Order) int { return int(a.Serial) - int(b.Serial) })
	byTime := slices.Clone(t.byNo)
	refill(&t.created, byTime, func(o *Order) (int64, int64) { return o.CreatedAt, 0 })
	refill(&t.modified, byTime, func(o *Order) (int64, int64) { return o.ModifiedAt, o.Rev })
	paid := slices.DeleteFunc(slices.Clone(t.byNo), func(o *Order) bool { return o.ConfirmedAt == 0 })
	refill(&t.paid, paid, func(o *Order) (int64, int64) { return o.ConfirmedAt, 0 })
	var cases []*Case
	for _, c := range s.cases {
		t.cases[c.No] = c
		cases = append(cases, c)
		t.caseSerial = max(t.caseSerial, c.Serial)
	}
	refill(&t.caseMod, cases, func(c *Case) (int64, int64) { return c.ModifiedAt, c.Rev })
	for _, r := range s.reviews {
		t.reviews = append(t.reviews, r)
	}
	slices.SortFunc(t.reviews, func(a, b *Review) int { return int(a.CreatedAt - b.CreatedAt) })
	t.recallEffects(s)
	t.recallLabels(s)
	if s.state != nil {
		t.tokens, t.eventNo = s.state.Tokens, s.state.EventNo
		for i := range min(len(s.state.Stock), len(t.listings)) {
			t.listings[i].Stock = s.state.Stock[i]
		}
	}
	t.now = now
	if n := len(t.modified.entries); n > 0 {
		t.now = max(t.now, t.modified.entries[n-1].at)
	}
	t.eventNo += 1_000_000 // numbers used since the last record are not used again
	t.nextArrival()
	return true
}

func (t *Tx) recallEffects(s *shopMemory) {
	for _, e := range s.effects {
		t.effects = append(t.effects, e)
		id := e.Kind + "|" + e.Target + "|" + e.Key
		if e.Key == "" {
			id += e.Digest
		}
		t.effectOf[id] = e
	}
	slices.SortFunc(t.effects, func(a, b *Effect) int { return int(a.Serial) - int(b.Serial) })
}

// refill builds an index anew.
func refill[T any](x *index[T], all []T, at func(T) (at, rev int64)) {
	x.entries = x.entries[:0]
	for _, v := range all {
		when, rev := at(v)
		x.entries = append(x.entries, entry[T]{when, rev, v})
	}
	slices.SortStableFunc(x.entries, func(a, b entry[T]) int { return int(min(1, max(-1, a.at-b.at))) })
}
