package pull

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// Decrypt asks a shop's channel for the plain texts of ciphered fields (解密), within
// what the channel allows its app a day; purpose is a person's reason. Nothing of the
// answer is kept. The caller says who may ask and writes it down.
//
// Errors: shop.ErrNotFound, channel.ErrUnsupported for a shop whose channel opens
// nothing, ErrDecryptQuota, and those of channel.Client.
func (e *Engine) Decrypt(ctx context.Context, shopID id.ID, ciphers []channel.Cipher, purpose string) ([]string, error) {
	sh, err := e.shops.Get(ctx, shopID) // in the actor's scope
	if err != nil {
		return nil, err
	}
	if sh.Mode != shop.ModeAPI {
		return nil, channel.ErrUnsupported
	}
	ctx = acting(ctx, merchantOf(ctx))
	app, limits, err := e.access.App(ctx, shopID)
	if errors.Is(err, access.ErrNotFound) || errors.Is(err, access.ErrNoAPI) {
		return nil, channel.ErrUnsupported
	}
	if err != nil {
		return nil, err
	}
	c, err := e.Open(ctx, shopID)
	if err != nil {
		return nil, err
	}
	opener, ok := c.(channel.Decrypter)
	if !ok {
		return nil, channel.ErrUnsupported
	}
	if err := e.useDecrypts(ctx, app, int64(len(ciphers)), limits.DecryptDaily); err != nil {
		return nil, err
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	plain, err := opener.Decrypt(call, ciphers, purpose)
	e.Told(ctx, shopID, err)
	return plain, err
}

// useDecrypts counts fields against the app's day before they are asked for: what
// an unanswered call used of it is not given back.
func (e *Engine) useDecrypts(ctx context.Context, app, n, daily int64) error {
	m, today := merchantOf(ctx), dayOf(clock.Millis(e.k.Clock))
	return e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, startDecrypts, m, app, today); err != nil {
			return err
		}
		most := daily
		if most == 0 {
			most = 1 << 62
		}
		took, err := tx.ExecN(ctx, takeDecrypts, n, m, app, today, most-n)
		if err == nil && took == 0 {
			err = ErrDecryptQuota.With("limit", daily)
		}
		return err
	})
}

// decrypts are the fields that an app had opened today.
func (e *Engine) decrypts(ctx context.Context, app int64) (n int64, err error) {
	err = e.k.DB.QueryRow(ctx, selectDecrypts, merchantOf(ctx), app, dayOf(e.now())).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, err
}
