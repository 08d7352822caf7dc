// Package id makes time-sortable ids and writes them as decimal strings in JSON.
//
// An ID is 41 bits of milliseconds since 2024-01-01 UTC, 10 bits of node number
// and 12 bits of sequence: 4,096 ids per millisecond and node, until 2093.
package id

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Epoch is the instant, in unix milliseconds, at which ids begin.
const Epoch int64 = 1704067200000

const (
	nodeBits = 10
	seqBits  = 12
	// MaxNode is the largest node number; nodes are leased at start.
	MaxNode = 1<<nodeBits - 1
)

// ID identifies a row. Zero means none. JSON carries it as a decimal string,
// because numbers above 2^53 lose digits in browsers.
type ID int64

// ErrBad reports text that is not a decimal id.
var ErrBad = errors.New("id: not a decimal id")

// Parse reads a decimal id.
func Parse(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %q", ErrBad, s)
	}
	return ID(n), nil
}

func (i ID) String() string { return strconv.FormatInt(int64(i), 10) }

// Millis is the unix millisecond at which the id was made.
func (i ID) Millis() int64 { return int64(i)>>(nodeBits+seqBits) + Epoch }

// First is the smallest id that can be made at or after the given unix millisecond.
func First(unixMS int64) ID { return ID(max(unixMS-Epoch, 0) << (nodeBits + seqBits)) }

func (i ID) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 21), '"')
	return append(strconv.AppendInt(b, int64(i), 10), '"'), nil
}

func (i *ID) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if len(b) < 2 || b[0] != '"' {
		return fmt.Errorf("%w: %s", ErrBad, b)
	}
	v, err := Parse(string(b[1 : len(b)-1]))
	*i = v
	return err
}

func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }
func (i *ID) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	*i = v
	return err
}

// Value stores the id as a 64-bit integer.
func (i ID) Value() (driver.Value, error) { return int64(i), nil }

// Schema tells the OpenAPI document that ids are strings of digits.
func (ID) Schema(huma.Registry) *huma.Schema {
	// Every use compiles its pattern: {1,19} took a fifth of the product's start.
	most := 19
	return &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9]+$`, MaxLength: &most, Description: "decimal id"}
}

var _ huma.SchemaProvider = ID(0)

// Source makes ids that never repeat within its node and never go back, even
// when the clock does.
type Source struct {
	mu   sync.Mutex
	now  func() time.Time
	node int64
	last int64
	seq  int64
}

// NewSource returns a Source for a leased node number in [0, MaxNode].
func NewSource(node int, now func() time.Time) *Source {
	return &Source{now: now, node: int64(node) & MaxNode}
}

// New returns the next id.
func (s *Source) New() ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := s.now().UnixMilli() - Epoch
	if ms > s.last {
		s.last, s.seq = ms, 0
	} else if s.seq++; s.seq >= 1<<seqBits {
		// The millisecond is used up, or the clock went back: borrow the next one.
		s.last, s.seq = s.last+1, 0
	}
	return ID(s.last<<(nodeBits+seqBits) | s.node<<seqBits | s.seq)
}

// SetNode gives the source the node number it leased, before the first id is made.
func (s *Source) SetNode(node int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node = int64(node) & MaxNode
}

// Once returns ids in their order, each only where it stands first.
func Once(ids []ID) []ID {
	seen := make(map[ID]bool, len(ids))
	out := make([]ID, 0, len(ids))
	for _, i := range ids {
		if !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}
