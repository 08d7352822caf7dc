package audit

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

var entryColumns = []string{"merchant_id", "id", "at", "actor_kind", "actor_id", "actor_name", "action", "object", "detail", "request_id", "ip"}

const (
	entrySelect = `SELECT id, COALESCE(seq, 0), prev_hash, hash, at, actor_kind, actor_id, actor_name, action, object, detail, request_id, ip FROM audit_entry`

	selectChained = entrySelect + ` WHERE merchant_id = ? AND seq IS NOT NULL AND seq > ? ORDER BY seq LIMIT ?`
	sealEntry     = `UPDATE audit_entry SET seq = ?, prev_hash = ?, hash = ? WHERE merchant_id = ? AND id = ? AND seq IS NULL`

	leaseChain = `UPDATE audit_chain SET holder = ?, until_at = ? WHERE merchant_id = ? AND (holder = ? OR until_at < ?)
RETURNING last_seq, last_hash, public_key, sealed_key`
	advanceChain = `UPDATE audit_chain SET last_seq = ?, last_hash = ? WHERE merchant_id = ? AND holder = ? AND last_seq = ?`
	selectChain  = `SELECT last_seq, last_hash, public_key, sealed_key FROM audit_chain WHERE merchant_id = ?`

	selectLastCheckpoint = `SELECT seq, at FROM audit_checkpoint WHERE merchant_id = ? ORDER BY seq DESC LIMIT 1`
	selectCheckpoints    = `SELECT seq, hash, at, signature FROM audit_checkpoint WHERE merchant_id = ? ORDER BY seq`

	onConflictNothing = `ON CONFLICT DO NOTHING`
)

var (
	chainColumns      = []string{"merchant_id", "last_seq", "last_hash", "holder", "until_at", "public_key", "sealed_key"}
	checkpointColumns = []string{"merchant_id", "seq", "hash", "at", "signature"}
)

// selectUnsealed names the short index of what is not chained yet: SQLite keeps
// no statistics and would read the whole log in search of it.
func selectUnsealed(d db.Dialect) string {
	hint := ""
	if d == db.SQLite {
		hint = ` INDEXED BY audit_entry_unsealed`
	}
	return entrySelect + hint + ` WHERE merchant_id = ? AND seq IS NULL ORDER BY id LIMIT ?`
}

// selectEntries builds the list's statement. Ids sort by time, so the newest first
// is the primary key backwards, and a span of time is a span of ids.
func selectEntries(ctx context.Context, f Filter, before id.ID, limit int) (string, []any, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return "", nil, err
	}
	q, args := entrySelect+` WHERE merchant_id = ?`, []any{a.MerchantID}
	and := func(text string, values ...any) {
		q += ` AND ` + text
		args = append(args, values...)
	}
	if f.Object != "" {
		if !strings.Contains(f.Object, "/") {
			return "", nil, ErrFilter.At("object")
		}
		and(`object = ?`, f.Object)
	}
	if before != 0 {
		and(`id < ?`, before)
	}
	if f.FromAt != 0 {
		and(`id >= ?`, id.First(f.FromAt))
	}
	if f.ToAt != 0 {
		and(`id < ?`, id.First(f.ToAt))
	}
	if f.ActorID != 0 {
		and(`actor_id = ?`, f.ActorID)
	}
	switch {
	case strings.HasSuffix(f.Action, "."):
		// Everything of a capability: "order." up to the character after the dot.
		and(`action >= ? AND action < ?`, f.Action, strings.TrimSuffix(f.Action, ".")+"/")
	case f.Action != "":
		and(`action = ?`, f.Action)
	}
	return q + ` ORDER BY id DESC LIMIT ?`, append(args, int64(limit)), nil
}

func entries(ctx context.Context, q db.Querier, text string, args ...any) ([]Entry, error) {
	out := []Entry{}
	for row := range db.Each(ctx, q, text, args...) {
		var e Entry
		err := row.Scan(&e.ID, &e.Seq, &e.PrevHash, &e.Hash, &e.At, &e.ActorKind, &e.ActorID, &e.ActorName, &e.Action, &e.Object, &e.Detail, &e.RequestID, &e.IP)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
