package iam

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// maxKeyLife keeps forgotten keys from living for ever.
const maxKeyLife = 2 * 366 * 24 * time.Hour

// APIKey is a key for scripts and other systems. Its secret is shown once.
type APIKey struct {
	ID           id.ID
	Name         string
	Hint         string // the last four characters
	Permissions  []string
	ShopIDs      []id.ID // nil: all
	WarehouseIDs []id.ID // nil: all
	CreatedBy    id.ID
	CreatedAt    int64 // unix ms
	ExpiresAt    int64
	LastUsedAt   int64 // to the minute; 0: never
}

type keyRow struct {
	APIKey
	merchant          id.ID
	permissions       string
	shops, warehouses string
	revokedAt         int64
}

func (k *keyRow) unpack() (err error) {
	if err = json.Unmarshal([]byte(k.permissions), &k.Permissions); err != nil {
		return err
	}
	if k.ShopIDs, err = unpackIDs(k.shops); err != nil {
		return err
	}
	k.WarehouseIDs, err = unpackIDs(k.warehouses)
	return err
}

// actor is what the key may do now: its own rights and scope cut down to what its
// maker still holds.
func (k *keyRow) actor(maker userRow) (actor.Actor, error) {
	if err := k.unpack(); err != nil {
		return actor.Actor{}, err
	}
	m := maker.actor()
	return actor.Actor{
		MerchantID: k.merchant, ID: k.ID, Kind: actor.APIKey, Name: k.Name, Lang: maker.Lang,
		Permissions: slices.DeleteFunc(k.Permissions, func(p string) bool { return !m.Can(p) }),
		Scope:       scopeOf(both(k.ShopIDs, maker.ShopIDs), both(k.WarehouseIDs, maker.WarehouseIDs)),
	}, nil
}

// both is what two narrowings leave; nil narrows nothing.
func both(a, b []id.ID) []id.ID {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := []id.ID{}
	for _, i := range a {
		if containsID(b, i) {
			out = append(out, i)
		}
	}
	return out
}

// CreateKeyInput describes an API key.
type CreateKeyInput struct {
	Name         string
	Permissions  []string
	ShopIDs      []id.ID // nil: all
	WarehouseIDs []id.ID // nil: all
	ExpiresAt    int64   // unix ms, at most two years away
}

// CreatedKey holds the secret, to be shown this once.
type CreatedKey struct {
	Key    APIKey
	Secret string
}

// CreateKey (新建 API 密钥) makes a key that acts for the user who makes it, with
// some of his rights. Permission iam.edit_api_key; only a person makes keys.
//
// Errors: ErrNotAPerson, ErrBeyondOwn, ErrPermission, ErrExpiry, ErrDisplayName.
func (s *Service) CreateKey(ctx context.Context, in CreateKeyInput) (CreatedKey, error) {
	about := &command.About{Action: "iam.create_api_key"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (CreatedKey, error) {
		a, err := person(ctx)
		if err != nil {
			return CreatedKey{}, err
		}
		if !a.Can("iam.edit_api_key") {
			return CreatedKey{}, actor.ErrForbidden.With("permission", "iam.edit_api_key")
		}
		now := s.now()
		k := APIKey{ID: s.k.IDs.New(), ShopIDs: in.ShopIDs, WarehouseIDs: in.WarehouseIDs, CreatedBy: a.ID, CreatedAt: now, ExpiresAt: in.ExpiresAt}
		if k.Name, err = checkDisplayName(in.Name, "name"); err != nil {
			return CreatedKey{}, err
		}
		if in.ExpiresAt <= now || in.ExpiresAt > now+maxKeyLife.Milliseconds() {
			return CreatedKey{}, ErrExpiry.At("expires_at")
		}
		if k.Permissions, err = checkPermissions(in.Permissions); err != nil {
			return CreatedKey{}, err
		}
		if err := withinOwn(a, k.Permissions, k.ShopIDs, k.WarehouseIDs); err != nil {
			return CreatedKey{}, err
		}
		secret, err := s.secret(32)
		if err != nil {
			return CreatedKey{}, err
		}
		secret = KeyPrefix + secret
		k.Hint = secret[len(secret)-4:]
		permissions, err := packStrings(k.Permissions)
		if err != nil {
			return CreatedKey{}, err
		}
		shops, warehouses, err := packScope(k.ShopIDs, k.WarehouseIDs)
		if err != nil {
			return CreatedKey{}, err
		}
		_, err = tx.Exec(ctx, insertKey, digest(secret), a.MerchantID, k.ID, k.Name, k.Hint, permissions, shops, warehouses, a.ID, now, k.ExpiresAt)
		about.Object, about.Detail = "api_key/"+k.ID.String(), map[string]any{"permissions": k.Permissions}
		return CreatedKey{k, secret}, err
	})
}

// Keys lists the merchant's keys that are not revoked, newest first. Permission
// iam.edit_api_key.
func (s *Service) Keys(ctx context.Context) ([]APIKey, error) {
	a, err := editor(ctx, "iam.edit_api_key")
	if err != nil {
		return nil, err
	}
	return list(ctx, s.k.DB, selectKeys, func(r scanner) (APIKey, error) {
		var k keyRow
		err := r.Scan(&k.ID, &k.Name, &k.Hint, &k.permissions, &k.shops, &k.warehouses, &k.CreatedBy, &k.CreatedAt, &k.ExpiresAt, &k.LastUsedAt)
		if err != nil {
			return k.APIKey, err
		}
		err = k.unpack()
		return k.APIKey, err
	}, a.MerchantID, int64(maxListed))
}

// RevokeKey (停用 API 密钥) ends a key for good. Permission iam.edit_api_key.
//
// Errors: ErrKeyNotFound.
func (s *Service) RevokeKey(ctx context.Context, key id.ID) error {
	about := &command.About{Action: "iam.revoke_api_key", Object: "api_key/" + key.String()}
	_, err := command.Run(ctx, s.k.Commands, about, key, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		a, err := editor(ctx, "iam.edit_api_key")
		if err != nil {
			return struct{}{}, err
		}
		n, err := tx.ExecN(ctx, revokeKey, s.now(), a.MerchantID, key)
		if err == nil && n != 1 {
			err = ErrKeyNotFound
		}
		return struct{}{}, err
	})
	s.forget()
	return err
}
