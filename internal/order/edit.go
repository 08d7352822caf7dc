package order

import (
	"slices"

	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// edit is one order under change inside a transaction: what it was, what it
// becomes and which facts follow. save turns edits into rows.
type edit struct {
	was     Order // as stored; the zero Order for a new one
	now     *Order
	created bool
	events  []event.Payload

	gone        []LineQty        // shipped without a parcel of ours, still to be deducted
	receiver    *receiver.Stored // to be sealed and written, with its search tokens
	receiverWas *receiver.Stored // as read, where it was needed
	verdict     *Verdict         // of the reviewer, once asked
	due         bool             // the time came before which it did not approve itself
	by          id.ID
	at          int64
	newID       func() id.ID
}

// change starts an edit of a stored order.
func (s *Service) edit(o Order, by id.ID, at int64) *edit {
	e := &edit{was: o, now: &o, by: by, at: at, newID: s.kit.IDs.New}
	e.now.Lines = slices.Clone(o.Lines)
	e.now.Holds = slices.Clone(o.Holds)
	e.now.Tags = slices.Clone(o.Tags)
	return e
}

// raise opens a hold unless one of its kind is open already.
func (e *edit) raise(k HoldKind, note string) {
	if e.now.OnHold(k) {
		return
	}
	e.now.Holds = append(e.now.Holds, Hold{ID: e.newID(), OrderID: e.now.ID, Kind: k, Note: note, RaisedAt: e.at, RaisedBy: e.by})
}

// clear ends a hold if it is open, and reports whether it was.
func (e *edit) clear(k HoldKind) bool {
	n := len(e.now.Holds)
	e.now.Holds = slices.DeleteFunc(e.now.Holds, func(h Hold) bool { return h.Kind == k })
	return len(e.now.Holds) < n
}

// set opens or ends a hold by whether its reason stands.
func (e *edit) set(k HoldKind, stands bool, note string) {
	if stands {
		e.raise(k, note)
	} else {
		e.clear(k)
	}
}

func (e *edit) emit(p event.Payload) { e.events = append(e.events, p) }

// line finds a line of the order as it becomes.
func (e *edit) line(i id.ID) *OrderLine {
	for k := range e.now.Lines {
		if e.now.Lines[k].ID == i {
			return &e.now.Lines[k]
		}
	}
	return nil
}

// moves reports whether the edit touches by whom or where an order is received,
// or the placing time by which that is found.
func (e *edit) moves() bool {
	w, n := &e.was, e.now
	return e.created || e.receiver != nil || w.PlacedAt != n.PlacedAt || w.Province != n.Province || w.City != n.City || w.District != n.District
}

func (e *edit) receives() receiver.Change {
	c := receiver.Change{Order: e.now.ID, Created: e.created, Was: side(&e.was, e.receiverWas), Now: side(e.now, e.receiver), Sealed: e.receiver != nil}
	if !c.Sealed {
		c.Now.Receiver = e.receiverWas
	}
	return c
}

func side(o *Order, r *receiver.Stored) receiver.Side {
	return receiver.Side{Receiver: r, Province: o.Province, City: o.City, District: o.District, PlacedAt: o.PlacedAt}
}
