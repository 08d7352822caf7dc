package seal

import (
	"context"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Rotate gives the merchant a new sealing key. Old values stay readable; new ones
// use the new key. Other processes notice when they meet a value of the new key.
func (v *Vault) Rotate(ctx context.Context, merchant id.ID) error {
	return v.addVersion(ctx, merchant, kindAEAD, func(latest []byte) ([]byte, error) {
		h, err := deserialize(latest)
		if err != nil {
			return nil, err
		}
		m := keyset.NewManagerFromHandle(h)
		n, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return nil, err
		}
		if err := m.SetPrimary(n); err != nil {
			return nil, err
		}
		if h, err = m.Handle(); err != nil {
			return nil, err
		}
		return serialize(h)
	})
}

// RotateIndex adds a new index key. Tokens answers with both until the rows of
// the old one are re-tokenised.
func (v *Vault) RotateIndex(ctx context.Context, merchant id.ID) error {
	return v.addVersion(ctx, merchant, kindIndex, func([]byte) ([]byte, error) {
		key := make([]byte, sha256Key)
		_, err := io.ReadFull(v.rand, key)
		return key, err
	})
}

func (v *Vault) addVersion(ctx context.Context, merchant id.ID, kind string, next func(latest []byte) ([]byte, error)) error {
	err := v.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := v.rows(ctx, tx, merchant)
		if err != nil {
			return err
		}
		var latest keyRow
		for _, r := range rows {
			if r.kind == kind {
				latest = r
			}
		}
		if latest.version == 0 {
			return ErrNoKeys
		}
		plain, err := next(latest.plain)
		if err != nil {
			return err
		}
		return v.insertTx(ctx, tx, merchant, kind, latest.version+1, plain)
	})
	if err != nil {
		return err
	}
	_, err = v.load(ctx, v.d, merchant)
	return err
}

// Rewrap wraps every key with the current master key. Afterwards the former
// master keys are no longer needed.
func (v *Vault) Rewrap(ctx context.Context) error {
	all, err := v.merchants(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		err := v.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			rows, err := v.rows(ctx, tx, m)
			if err != nil {
				return err
			}
			for _, r := range rows {
				wrapped, err := v.master.wrap(r.plain, wrapAD(m, r.kind, r.version))
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, updateWrapped, wrapped, m, r.kind, r.version); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
