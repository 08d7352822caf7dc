// Package content writes what documents say, so that two of them can be compared
// without keeping either.
//
// Owns: the writing. Does not own: which parts count as content (order), tables.
//
// Invariants: no two documents that differ write the same: each part is preceded by
// its length or presence.
//
// Read next: order/digest.go.
package content

import (
	"encoding/binary"

	"github.com/ordercove/ordercove/internal/kit/money"
)

// Content is what was written so far.
type Content []byte

// Number writes a number.
func (w *Content) Number(v int64) { *w = binary.AppendVarint(*w, v) }

// Text writes texts whose number is known.
func (w *Content) Text(all ...string) {
	for _, s := range all {
		*w = append(binary.AppendUvarint(*w, uint64(len(s))), s...)
	}
}

// List writes texts and how many there are.
func (w *Content) List(all []string) {
	w.Number(int64(len(all)))
	w.Text(all...)
}

// Maybe writes numbers that may be unknown.
func (w *Content) Maybe(all ...*int64) {
	for _, p := range all {
		if p == nil {
			*w = append(*w, 0)
			continue
		}
		*w = append(*w, 1)
		w.Number(*p)
	}
}

// Fen writes amounts that may be unknown.
func (w *Content) Fen(all ...*money.Fen) {
	for _, p := range all {
		w.Maybe((*int64)(p))
	}
}

// Truth writes a yes or no.
func (w *Content) Truth(b bool) {
	if b {
		w.Number(1)
	} else {
		w.Number(0)
	}
}
