// Package auditapi offers the operations log over HTTP: reading it, verifying its
// chain, and signed checkpoints to keep elsewhere. Nothing here changes it.
package auditapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/ordercove/ordercove/internal/audit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Entry is one line of the log. Seq and the hashes are null until the entry is in
// the chain, about a second after its commit.
type Entry struct {
	ID        id.ID          `json:"id"`
	Seq       *int64         `json:"seq"`
	PrevHash  *string        `json:"prev_hash" doc:"hex"`
	Hash      *string        `json:"hash" doc:"hex"`
	At        web.Time       `json:"at"`
	AtMS      int64          `json:"at_ms" doc:"The same in unix milliseconds, as the chain covers it"`
	ActorKind string         `json:"actor_kind" enum:"user,api_key,system"`
	ActorID   id.ID          `json:"actor_id"`
	ActorName string         `json:"actor_name"`
	Action    string         `json:"action"`
	Object    string         `json:"object"`
	Detail    map[string]any `json:"detail"`
	RequestID string         `json:"request_id"`
	IP        string         `json:"ip"`
}

func entryOf(e audit.Entry) (Entry, error) {
	out := Entry{ID: e.ID, At: web.Time(e.At), AtMS: e.At, ActorKind: e.ActorKind, ActorID: e.ActorID, ActorName: e.ActorName,
		Action: e.Action, Object: e.Object, RequestID: e.RequestID, IP: e.IP}
	if e.Seq != 0 {
		prev, hash := hex.EncodeToString(e.PrevHash), hex.EncodeToString(e.Hash)
		out.Seq, out.PrevHash, out.Hash = &e.Seq, &prev, &hash
	}
	return out, json.Unmarshal([]byte(e.Detail), &out.Detail)
}

type listInput struct {
	web.ListInput
	Object  string   `query:"object" maxLength:"100" doc:"kind/id, like order/123"`
	Action  string   `query:"action" maxLength:"100" doc:"order.close, or everything of a capability: order."`
	ActorID id.ID    `query:"actor_id"`
	FromAt  web.Time `query:"from_at"`
	ToAt    web.Time `query:"to_at"`
}

// Finding is one thing that is wrong with the chain.
type Finding struct {
	Kind string `json:"kind" enum:"edited,missing,relinked,tail_cut,bad_checkpoint,unsealed"`
	Seq  int64  `json:"seq"`
	ID   id.ID  `json:"id"`
}

// Report is the state of the chain; a sound one has no findings.
type Report struct {
	Entries     int64     `json:"entries"`
	LastSeq     int64     `json:"last_seq"`
	LastHash    string    `json:"last_hash" doc:"hex"`
	Checkpoints int64     `json:"checkpoints"`
	Unsealed    int64     `json:"unsealed"`
	Findings    []Finding `json:"findings" nullable:"false"`
}

// Checkpoint states, signed, that the chain had a hash at a number.
type Checkpoint struct {
	MerchantID id.ID  `json:"merchant_id"`
	Seq        int64  `json:"seq" minimum:"1"`
	Hash       string `json:"hash" doc:"hex" maxLength:"64"`
	At         int64  `json:"at" doc:"unix milliseconds"`
	PublicKey  string `json:"public_key" doc:"ed25519, hex" maxLength:"64"`
	Signature  string `json:"signature" doc:"hex" maxLength:"128"`
}

// Kept are checkpoints that were exported earlier.
type Kept struct {
	Checkpoints []Checkpoint `json:"checkpoints,omitempty" maxItems:"1000"`
}

// Routes registers every operation.
func Routes(api *web.API, s *audit.Service) {
	type (
		listOut       struct{ Body web.Page[Entry] }
		reportOut     struct{ Body Report }
		checkpointOut struct{ Body Checkpoint }
	)
	web.Register(api, web.Op{ID: "listAudit", Method: http.MethodGet, Path: "/audit", Tag: "audit", Permission: "audit.read",
		ZH: "操作日志，新的在前", EN: "The operations log, newest first", Errors: []*errs.Error{page.ErrCursor, audit.ErrFilter}},
		func(ctx context.Context, in *listInput) (*listOut, error) {
			p, err := list(ctx, s, in)
			return &listOut{p}, err
		})

	web.Register(api, web.Op{ID: "verifyAudit", Method: http.MethodPost, Path: "/audit/verify", Tag: "audit", Permission: "audit.read",
		ZH: "校验操作日志的链", EN: "Verify the chain of the operations log"},
		func(ctx context.Context, in *struct{ Body Kept }) (*reportOut, error) {
			kept := make([]audit.Checkpoint, len(in.Body.Checkpoints))
			for i, c := range in.Body.Checkpoints {
				kept[i] = audit.Checkpoint(c)
			}
			r, err := s.Verify(ctx, actor.Merchant(ctx), kept)
			out := Report{r.Entries, r.LastSeq, r.LastHash, r.Checkpoints, r.Unsealed, []Finding{}}
			for _, f := range r.Findings {
				out.Findings = append(out.Findings, Finding{string(f.Kind), f.Seq, f.ID})
			}
			return &reportOut{out}, err
		})

	web.Register(api, web.Op{ID: "signAudit", Method: http.MethodPost, Path: "/audit/checkpoints", Tag: "audit", Permission: "audit.read",
		ZH: "导出签名检查点，请保存在系统之外", EN: "A signed checkpoint, to be kept elsewhere", Errors: []*errs.Error{audit.ErrNothing, audit.ErrSigner}},
		func(ctx context.Context, _ *struct{}) (*checkpointOut, error) {
			c, err := s.Sign(ctx, actor.Merchant(ctx))
			return &checkpointOut{Checkpoint(c)}, err
		})
}

func list(ctx context.Context, s *audit.Service, in *listInput) (web.Page[Entry], error) {
	var before id.ID
	if err := page.Decode(in.Cursor, &before); err != nil {
		return web.Page[Entry]{}, err
	}
	limit := page.Limit(in.Limit)
	found, err := s.List(ctx, audit.Filter{Object: in.Object, Action: in.Action, ActorID: in.ActorID, FromAt: int64(in.FromAt), ToAt: int64(in.ToAt)}, before, limit)
	if err != nil {
		return web.Page[Entry]{}, err
	}
	out := make([]Entry, len(found))
	for i, e := range found {
		if out[i], err = entryOf(e); err != nil {
			return web.Page[Entry]{}, err
		}
	}
	next := ""
	if len(found) == limit {
		next = page.Encode(found[limit-1].ID)
	}
	return web.NewPage(out, next), nil
}
