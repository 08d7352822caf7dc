package event

import (
	"context"
	"database/sql"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// List returns what happened to one aggregate of the acting merchant, oldest
// first, and the next cursor.
//
// Errors: page.ErrCursor.
func (l *Log) List(ctx context.Context, q db.Querier, aggregate string, of id.ID, cursor string, limit int) ([]Event, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var after id.ID
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	rows, err := q.Query(ctx, selectTimeline, a.MerchantID, of, after, aggregate, limit+1)
	if err != nil {
		return nil, "", err
	}
	out, err := scan(rows)
	if err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(e Event) string { return page.Encode(e.ID) })
	return out, next, nil
}

func scan(rows *sql.Rows) ([]Event, error) {
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		var body string
		if err := rows.Scan(&e.ID, &e.Seq, &e.Name, &e.Schema, &e.Of.Aggregate, &e.Of.ID, &e.Of.Version,
			&e.ActorKind, &e.ActorID, &e.ActorName, &e.Cause, &e.At, &body); err != nil {
			return nil, err
		}
		e.Body = []byte(body)
		out = append(out, e)
	}
	return out, rows.Err()
}
