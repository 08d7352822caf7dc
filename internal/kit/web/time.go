package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Zone is the offset in which instants are written. Readers accept any.
var Zone = time.FixedZone("", 8*3600)

// Time is an instant in unix milliseconds: RFC 3339 with zone and milliseconds in
// JSON and in queries, null or absent when 0 (unknown).
type Time int64

const timeLayout = "2006-01-02T15:04:05.000Z07:00"

func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return time.UnixMilli(int64(t)).In(Zone).Format(timeLayout)
}

func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	b := make([]byte, 0, len(timeLayout)+2)
	b = append(b, '"')
	b = time.UnixMilli(int64(t)).In(Zone).AppendFormat(b, timeLayout)
	return append(b, '"'), nil
}

func (t *Time) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*t = 0
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("web: time: %w", err)
	}
	return t.UnmarshalText([]byte(s))
}

// UnmarshalText reads RFC 3339 between the years 1970 and 9999.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	v, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil || v.UnixMilli() <= 0 {
		return fmt.Errorf("web: not an RFC 3339 instant")
	}
	*t = Time(v.UnixMilli())
	return nil
}

// Schema describes a nullable date-time.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
}

// Page is one page of a list. NextCursor is empty on the last one.
type Page[T any] struct {
	Items      []T    `json:"items" nullable:"false"`
	NextCursor string `json:"next_cursor" doc:"Pass it as cursor to get the next page; empty on the last one"`
}

// NewPage makes a page whose empty list is [] and not null.
func NewPage[T any](items []T, next string) Page[T] {
	if items == nil {
		items = []T{}
	}
	return Page[T]{items, next}
}

// IDs is a repeatable id parameter of a query: ?shop_id=1&shop_id=2 or ?shop_id=1,2.
type IDs struct{ List []id.ID }

// UnmarshalText reads ids with commas between.
func (i *IDs) UnmarshalText(b []byte) error {
	i.List = nil
	for _, s := range strings.Split(string(b), ",") {
		v, err := id.Parse(s)
		if err != nil {
			return err
		}
		i.List = append(i.List, v)
	}
	return nil
}

// Schema describes an array of decimal ids.
func (IDs) Schema(r huma.Registry) *huma.Schema {
	most := 500
	return &huma.Schema{Type: huma.TypeArray, Items: id.ID(0).Schema(r), MaxItems: &most}
}

// ListInput is embedded by list operations.
type ListInput struct {
	Cursor string `query:"cursor" maxLength:"4096" doc:"next_cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}
