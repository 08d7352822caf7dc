package order

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// TagInput names the order and the tags to put on and to take off.
type TagInput struct {
	OrderID id.ID    `json:"order_id"`
	Version int64    `json:"version,omitempty"`
	Add     []string `json:"add,omitempty"`
	Remove  []string `json:"remove,omitempty"`
}

const (
	maxTags    = 20
	maxTagText = 20
)

// Tag puts tags on an order and takes others off (标签). Permission order.note.
//
// Errors: ErrNotFound, ErrChanged, ErrBadTag.
func (s *Service) Tag(ctx context.Context, in TagInput) (Result, error) {
	return run(ctx, s, ActTag, in.OrderID, map[string]any{"add": in.Add, "remove": in.Remove}, in, s.TagTx)
}

// TagTx is Tag inside the caller's transaction.
func (s *Service) TagTx(ctx context.Context, tx *db.Tx, in TagInput) (Result, error) {
	add := make([]string, len(in.Add))
	for i, t := range in.Add {
		t = strings.TrimSpace(t)
		if t == "" || strings.ContainsAny(t, ",\n\r\t") || utf8.RuneCountInString(t) > maxTagText {
			return Result{}, ErrBadTag.At("add")
		}
		add[i] = t
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActTag, func(_ context.Context, e *edit) error {
		var ev TagsChanged
		for _, t := range add {
			if !slices.Contains(e.now.Tags, t) {
				e.now.Tags = append(e.now.Tags, t)
				ev.Added = append(ev.Added, t)
			}
		}
		for _, t := range in.Remove {
			if i := slices.Index(e.now.Tags, strings.TrimSpace(t)); i >= 0 {
				ev.Removed = append(ev.Removed, e.now.Tags[i])
				e.now.Tags = slices.Delete(e.now.Tags, i, i+1)
			}
		}
		if len(e.now.Tags) > maxTags {
			return ErrBadTag.At("add")
		}
		if len(ev.Added)+len(ev.Removed) > 0 {
			e.emit(ev)
		}
		return nil
	})
}
