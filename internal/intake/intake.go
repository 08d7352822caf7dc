package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Sources of inbox rows.
const (
	SourceFile   = "file"        // a whole file; its body is the stored file
	SourceRecord = "file_record" // one record of a file
	SourceManual = "manual"
	SourceAPI    = "api" // one order, as its channel's API gave it
)

// States of inbox rows.
const (
	StateNew         = "new"
	StateApplied     = "applied"
	StateUnchanged   = "unchanged"
	StateQuarantined = "quarantined"
	StateDismissed   = "dismissed"
)

// Row is one raw thing that came in, without its sealed body.
type Row struct {
	ID             id.ID
	ShopID         id.ID
	Source         string
	ParentID       id.ID
	FileID         id.ID
	RecordNo       int64
	ChannelOrderNo string
	State          string
	ErrorCode      string
	ErrorParams    map[string]any
	ErrorField     string
	Attempts       int64
	SourceAt       int64
	CreatedAt      int64
	HandledAt      int64

	fingerprint int64
}

// Service is the door.
type Service struct {
	kit     *kit.Kit
	orders  *order.Service
	shops   *shop.Service
	catalog *catalog.Service
}

// New wires the door.
func New(k *kit.Kit, orders *order.Service, shops *shop.Service, cat *catalog.Service) *Service {
	return &Service{kit: k, orders: orders, shops: shops, catalog: cat}
}

// body is the sealed content of a row: the document where it could be read, the
// cells as they stood where it could not.
type body struct {
	Doc *order.Document `json:"doc,omitempty"`
	Raw *RawRecord      `json:"raw,omitempty"`
	// Wire is a row of an API: the sealed content is the body itself, byte for byte.
	Wire []byte `json:"-"`
}

func (b *body) bytes() ([]byte, error) {
	if b.Wire != nil {
		return b.Wire, nil
	}
	return json.Marshal(b)
}

// RawRecord is a record that no reader understood yet, with what is needed to
// read it again once somebody said what its words mean.
type RawRecord struct {
	Channel string          `json:"channel"`
	Format  int             `json:"format"`
	Rows    json.RawMessage `json:"rows"`
	// Wire is what an API gave; the other fields are empty then.
	Wire []byte `json:"-"`
}

func place(row id.ID) string { return "intake_inbox/body/" + row.String() }

// insertTx writes rows with their bodies sealed.
func (s *Service) insertTx(ctx context.Context, tx *db.Tx, rows []Row, bodies []*body) error {
	m := actor.Merchant(ctx)
	keys, err := s.kit.Seal.KeysTx(ctx, tx, m)
	if err != nil {
		return err
	}
	now := clock.Millis(s.kit.Clock)
	values := make([][]any, len(rows))
	for i, r := range rows {
		var sealed []byte
		if bodies[i] != nil {
			b, err := bodies[i].bytes()
			if err != nil {
				return err
			}
			if sealed, err = keys.Seal(place(r.ID), b); err != nil {
				return err
			}
		}
		values[i] = []any{int64(m), int64(r.ID), int64(r.ShopID), r.Source, int64(r.ParentID), int64(r.FileID), r.RecordNo, r.ChannelOrderNo, sealed,
			r.State, r.ErrorCode, params(r.ErrorParams), r.ErrorField, r.fingerprint, r.Attempts, r.SourceAt, now, r.HandledAt}
	}
	_, err = tx.Insert(ctx, "intake_inbox", rowColumns, values, "")
	return err
}

func params(p map[string]any) string {
	if len(p) == 0 {
		return ""
	}
	b, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return string(b)
}

func scan(r interface{ Scan(...any) error }) (Row, error) {
	var w Row
	var p string
	err := r.Scan(&w.ID, &w.ShopID, &w.Source, &w.ParentID, &w.FileID, &w.RecordNo, &w.ChannelOrderNo, &w.State, &w.ErrorCode, &p, &w.ErrorField,
		&w.Attempts, &w.SourceAt, &w.CreatedAt, &w.HandledAt)
	if err == nil && p != "" {
		err = json.Unmarshal([]byte(p), &w.ErrorParams)
	}
	return w, err
}

// GetTx returns one row of a shop within the actor's scope. Errors: ErrNotFound.
func (s *Service) GetTx(ctx context.Context, q db.Querier, row id.ID) (Row, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Row{}, err
	}
	w, err := scan(q.QueryRow(ctx, selectRow, a.MerchantID, row))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(shop.Scope, w.ShopID) {
		return Row{}, ErrNotFound
	}
	return w, err
}

// List returns the inbox rows of one state, the newest first. Permission intake.read.
func (s *Service) List(ctx context.Context, state, cursor string, limit int) ([]Row, string, error) {
	return s.ListOf(ctx, ListInput{State: state, Cursor: cursor, Limit: limit})
}

// ListInput filters ListOf. State "" is the quarantine; Source "" and ShopID 0 are all.
type ListInput struct {
	State, Source string
	ShopID        id.ID
	Cursor        string
	Limit         int
}

// ListOf is List with a filter.
//
// Errors: ErrUnknownSource, page.ErrCursor.
func (s *Service) ListOf(ctx context.Context, in ListInput) ([]Row, string, error) {
	state, limit := in.State, in.Limit
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := actor.Require(ctx, "intake.read"); err != nil {
		return nil, "", err
	}
	before := id.ID(math.MaxInt64)
	if err := page.Decode(in.Cursor, &before); err != nil {
		return nil, "", err
	}
	switch state {
	case "":
		state = StateQuarantined
	case StateNew, StateApplied, StateUnchanged, StateQuarantined, StateDismissed:
	default:
		return nil, "", ErrUnknownSource.With("state", state).At("state")
	}
	limit = page.Limit(limit)
	var out []Row
	// Rows of shops outside the actor's scope are passed over, page by page.
	for len(out) <= limit {
		got, err := s.page(ctx, a.MerchantID, state, in.Source, before, limit+1)
		if err != nil {
			return nil, "", err
		}
		for _, r := range got {
			before = r.ID
			if a.InScope(shop.Scope, r.ShopID) && (in.ShopID == 0 || r.ShopID == in.ShopID) && len(out) <= limit {
				out = append(out, r)
			}
		}
		if len(got) <= limit {
			break
		}
	}
	out, next := page.Cut(out, limit, func(r Row) string { return page.Encode(r.ID) })
	return out, next, nil
}

func (s *Service) page(ctx context.Context, m id.ID, state, source string, before id.ID, n int) ([]Row, error) {
	q, args := selectList, []any{m, state, before, n}
	if source != "" {
		q, args = selectListOf, []any{m, state, source, before, n}
	}
	var out []Row
	for row := range db.Each(ctx, s.kit.DB, q, args...) {
		r, err := scan(row)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
