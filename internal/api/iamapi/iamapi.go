// Package iamapi offers iam over HTTP: first run, sessions, the signed-in user,
// staff, roles, the permission matrix and API keys.
package iamapi

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Hooks are what the first run may start in other capabilities.
type Hooks struct {
	// Demo fills a new merchant with believable data, acting as its owner. nil
	// leaves demo_data without effect.
	Demo func(ctx context.Context, merchant id.ID) error
}

// Routes registers every operation.
func Routes(api *web.API, s *iam.Service, hooks Hooks) {
	sessionRoutes(api, s, hooks)
	meRoutes(api, s)
	userRoutes(api, s)
	roleRoutes(api, s)
	keyRoutes(api, s)
}

// Scope is a list of ids that narrows, null for all; Set says that it was sent.
type Scope struct {
	Set bool
	IDs []id.ID
}

// MarshalJSON writes null where nothing is narrowed.
func (s Scope) MarshalJSON() ([]byte, error) { return json.Marshal(s.IDs) }

// UnmarshalJSON tells an absent list from one that is null.
func (s *Scope) UnmarshalJSON(b []byte) error {
	s.Set, s.IDs = true, nil
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	s.IDs = []id.ID{}
	return json.Unmarshal(b, &s.IDs)
}

// Schema describes a nullable array of ids.
func (Scope) Schema(r huma.Registry) *huma.Schema {
	most := 500
	return &huma.Schema{Type: huma.TypeArray, Nullable: true, Items: id.ID(0).Schema(r), MaxItems: &most,
		Description: "null: all"}
}

func (s *Scope) change() *[]id.ID {
	if s == nil || !s.Set {
		return nil
	}
	return &s.IDs
}

// RoleRef names a role in the reader's language.
type RoleRef struct {
	ID   id.ID  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

func roleRefs(ctx context.Context, roles []iam.Role) []RoleRef {
	out := make([]RoleRef, len(roles))
	for i, r := range roles {
		out[i] = RoleRef{r.ID, r.Code, inLang(ctx, r.ZH, r.EN)}
	}
	return out
}

func inLang(ctx context.Context, zh, en string) string {
	if actor.Lang(ctx) == "en-US" {
		return en
	}
	return zh
}

// ByID names the object in the path. It is exported because huma skips embedded
// structs that are not.
type ByID struct {
	ID id.ID `path:"id"`
}

// Nothing is the answer of an operation that has nothing to say.
type Nothing struct{}
