package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"io"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// The secret part of a hook address: 32 letters and digits, 160 random bits. The
// database knows its digest; the text is sealed with the shop, to be shown again.

func hookDigest(secret string) []byte {
	d := sha256.Sum256([]byte("hook\n" + secret))
	return d[:]
}

// secretText is 32 letters and digits, 160 random bits.
func (s *Service) secretText() (string, error) {
	var b [20]byte
	_, err := io.ReadFull(s.rand, b[:])
	return base32.StdEncoding.EncodeToString(b[:]), err
}

// newHookTx makes a shop's hook address and returns it sealed.
func (s *Service) newHookTx(ctx context.Context, tx *db.Tx, shopID id.ID) ([]byte, error) {
	secret, err := s.secretText()
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, insertHook, hookDigest(secret), actor.Merchant(ctx), shopID, clock.Millis(s.k.Clock)); err != nil {
		return nil, err
	}
	return s.seal(ctx, "hook", shopID, secret)
}

func (s *Service) dropHookTx(ctx context.Context, tx *db.Tx, r row) error {
	var secret string
	if err := s.open(ctx, "hook", r.shopID, r.hook, &secret); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, deleteHook, hookDigest(secret), actor.Merchant(ctx), r.shopID)
	return err
}

// ByHook finds whose hook address it is. Nobody need be signed in.
//
// Errors: ErrNotFound.
func (s *Service) ByHook(ctx context.Context, secret string) (merchant, shopID id.ID, err error) {
	err = s.k.DB.QueryRow(ctx, selectHook, hookDigest(secret)).Scan(&merchant, &shopID)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return merchant, shopID, err
}

// ByAccount finds the shop of an app that the channel names so, 0 where none does:
// some channels push for all shops of an app at once.
func (s *Service) ByAccount(ctx context.Context, app int64, account string) (id.ID, error) {
	var shopID id.ID
	err := s.k.DB.QueryRow(ctx, selectName, actor.Merchant(ctx), account, app).Scan(&shopID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return shopID, err
}
