package web

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// NewIDs wraps ids for a filter made in code.
func NewIDs(ids ...id.ID) IDs { return IDs{ids} }

// IsZero lets omitzero leave an empty list out.
func (i IDs) IsZero() bool { return len(i.List) == 0 }

// MarshalJSON writes an array of decimal strings, so that a filter reads the same
// in a body as in a query.
func (i IDs) MarshalJSON() ([]byte, error) {
	if i.List == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(i.List)
}

// UnmarshalJSON reads an array of decimal strings.
func (i *IDs) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &i.List) }
