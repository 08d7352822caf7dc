package iamapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// APIKey is a key for scripts and other systems.
type APIKey struct {
	ID           id.ID    `json:"id"`
	Name         string   `json:"name"`
	Hint         string   `json:"hint" doc:"The last four characters"`
	Permissions  []string `json:"permissions" nullable:"false"`
	ShopIDs      Scope    `json:"shop_ids"`
	WarehouseIDs Scope    `json:"warehouse_ids"`
	CreatedBy    id.ID    `json:"created_by"`
	CreatedAt    web.Time `json:"created_at"`
	ExpiresAt    web.Time `json:"expires_at"`
	LastUsedAt   web.Time `json:"last_used_at"`
}

func keyOf(k iam.APIKey) APIKey {
	return APIKey{k.ID, k.Name, k.Hint, k.Permissions, Scope{IDs: k.ShopIDs}, Scope{IDs: k.WarehouseIDs}, k.CreatedBy,
		web.Time(k.CreatedAt), web.Time(k.ExpiresAt), web.Time(k.LastUsedAt)}
}

// NewAPIKey describes a key: some of its maker's rights, for a while.
type NewAPIKey struct {
	Name         string   `json:"name" minLength:"1" maxLength:"200"`
	Permissions  []string `json:"permissions" maxItems:"200" nullable:"false"`
	ShopIDs      Scope    `json:"shop_ids,omitempty" required:"false"`
	WarehouseIDs Scope    `json:"warehouse_ids,omitempty" required:"false"`
	ExpiresAt    web.Time `json:"expires_at" doc:"At most two years away"`
}

// CreatedAPIKey holds the secret, shown this once.
type CreatedAPIKey struct {
	Key    APIKey `json:"key"`
	Secret string `json:"secret"`
}

func keyRoutes(api *web.API, s *iam.Service) {
	type (
		keysOut    struct{ Body web.Page[APIKey] }
		createdKey struct{ Body CreatedAPIKey }
	)
	web.Register(api, web.Op{ID: "listAPIKeys", Method: http.MethodGet, Path: "/api-keys", Tag: "staff", Permission: "iam.edit_api_key",
		ZH: "API 密钥列表", EN: "List API keys"},
		func(ctx context.Context, _ *struct{}) (*keysOut, error) {
			list, err := s.Keys(ctx)
			out := make([]APIKey, len(list))
			for i, k := range list {
				out[i] = keyOf(k)
			}
			return &keysOut{web.NewPage(out, "")}, err
		})

	web.Register(api, web.Op{ID: "createAPIKey", Method: http.MethodPost, Path: "/api-keys", Tag: "staff", Permission: "iam.edit_api_key", Status: http.StatusCreated,
		ZH: "新建 API 密钥，密钥只显示一次", EN: "Make an API key; its secret is shown once",
		Errors: []*errs.Error{iam.ErrNotAPerson, iam.ErrBeyondOwn, iam.ErrPermission, iam.ErrExpiry, iam.ErrDisplayName, iam.ErrTooMany}},
		func(ctx context.Context, in *struct{ Body NewAPIKey }) (*createdKey, error) {
			b := in.Body
			c, err := s.CreateKey(ctx, iam.CreateKeyInput{Name: b.Name, Permissions: b.Permissions, ShopIDs: b.ShopIDs.IDs,
				WarehouseIDs: b.WarehouseIDs.IDs, ExpiresAt: int64(b.ExpiresAt)})
			return &createdKey{CreatedAPIKey{keyOf(c.Key), c.Secret}}, err
		})

	web.Register(api, web.Op{ID: "revokeAPIKey", Method: http.MethodDelete, Path: "/api-keys/{id}", Tag: "staff", Permission: "iam.edit_api_key",
		ZH: "停用 API 密钥", EN: "Revoke an API key", Errors: []*errs.Error{iam.ErrKeyNotFound}},
		func(ctx context.Context, in *ByID) (*Nothing, error) { return nil, s.RevokeKey(ctx, in.ID) })
}
