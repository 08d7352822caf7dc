package why

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// facts are what the other capabilities wrote down about the order and its parcels.
type facts struct {
	waiting    *waitingRow
	trace      *allocate.Trace
	tracedAt   int64
	uploads    []paperRow
	accounts   []accountRow
	warehouses map[id.ID]string
	waybills   map[id.ID][]paperRow
	labels     map[id.ID]paperRow // the last
	waves      map[id.ID]waveRow  // the last
	benches    map[id.ID]waveRow  // code is the bench, state who works there
	hits       map[id.ID]paperRow
}

type waitingRow struct {
	ask          bool
	agreed, note string
	since        int64
	promised     int64  // the day the buyer was told, 0 for none
	instead      string // the code of the goods agreed on
}

// paperRow is a waybill, a label, a hit or a report to the channel.
type paperRow struct {
	account        id.ID
	carrier, state string
	version        int64
	code, params   string
	at             int64
}

type waveRow struct {
	code, state, out string
	basket, at       int64
}

type accountRow struct {
	id            id.ID
	name, carrier string
}

// fault is the text of a stored error.
func (p paperRow) fault(lang string) string {
	if p.code == "" {
		return ""
	}
	var params map[string]any
	if p.params != "" && json.Unmarshal([]byte(p.params), &params) != nil {
		params = nil // the text stands without its values
	}
	return errs.Message(lang, p.code, params)
}

// read loads the parcels that are to leave, and the facts.
func (a *account) read(ctx context.Context) error {
	q, f := a.s.k.DB, &a.facts
	var ids []id.ID
	order := []any{a.m, a.order.ID}
	if err := db.Read(ctx, q, selectParcels, order, func(r *db.Row) { ids = append(ids, id.ID(r.Int())) }); err != nil {
		return err
	}
	var err error
	if a.parcels, err = a.s.ship.LoadTx(ctx, q, ids); err != nil {
		return err
	}
	if err := a.readOrder(ctx, order); err != nil {
		return err
	}
	f.waybills, f.labels, f.waves, f.benches, f.hits = map[id.ID][]paperRow{}, map[id.ID]paperRow{}, map[id.ID]waveRow{}, map[id.ID]waveRow{}, map[id.ID]paperRow{}
	if len(a.parcels) == 0 {
		return nil
	}
	args := []any{a.m}
	for _, p := range a.parcels {
		args = append(args, p.ID)
	}
	n := len(a.parcels)
	reads := []struct {
		text string
		row  func(*db.Row)
	}{
		{selectWaybills(n), func(r *db.Row) {
			one := id.ID(r.Int())
			f.waybills[one] = append(f.waybills[one], paperRow{id.ID(r.Int()), r.Text(), "", r.Int(), "", "", 0})
			w := &f.waybills[one][len(f.waybills[one])-1]
			w.state, w.code, w.params, w.at = r.Text(), r.Text(), r.Text(), r.Int()
		}},
		{selectLabels(n), func(r *db.Row) {
			one := id.ID(r.Int())
			f.labels[one] = paperRow{state: r.Text(), version: r.Int(), code: r.Text(), params: r.Text(), at: r.Int()}
		}},
		{selectWaves(n), func(r *db.Row) {
			one := id.ID(r.Int())
			f.waves[one] = waveRow{code: r.Text(), basket: r.Int(), state: r.Text(), out: r.Text(), at: r.Int()}
		}},
		{selectBenches(n), func(r *db.Row) {
			one := id.ID(r.Int())
			f.benches[one] = waveRow{code: r.Text(), state: r.Text(), at: r.Int()}
		}},
		{selectHits(n), func(r *db.Row) {
			one := id.ID(r.Int())
			f.hits[one] = paperRow{code: r.Text(), params: r.Text(), at: r.Int()}
		}},
	}
	for _, one := range reads {
		if err := db.Read(ctx, q, one.text, args, one.row); err != nil {
			return err
		}
	}
	return nil
}

func (a *account) readOrder(ctx context.Context, order []any) error {
	q, f := a.s.k.DB, &a.facts
	f.warehouses = map[id.ID]string{}
	var trace string
	reads := []struct {
		text string
		args []any
		row  func(*db.Row)
	}{
		{selectWaiting, order, func(r *db.Row) { f.waiting = &waitingRow{r.Int() != 0, r.Text(), r.Text(), r.Int(), r.Int(), r.Text()} }},
		{selectTrace, order, func(r *db.Row) { trace, f.tracedAt = r.Text(), r.Int() }},
		{selectUploads, order, func(r *db.Row) {
			f.uploads = append(f.uploads, paperRow{state: r.Text(), code: r.Text(), params: r.Text(), at: r.Int()})
		}},
		{selectAccounts, []any{a.m}, func(r *db.Row) { f.accounts = append(f.accounts, accountRow{id.ID(r.Int()), r.Text(), r.Text()}) }},
		{selectNames, []any{a.m}, func(r *db.Row) { one := id.ID(r.Int()); f.warehouses[one] = r.Text() }},
	}
	for _, one := range reads {
		if err := db.Read(ctx, q, one.text, one.args, one.row); err != nil {
			return err
		}
	}
	if trace == "" {
		return nil
	}
	f.trace = &allocate.Trace{}
	return json.Unmarshal([]byte(trace), f.trace)
}
