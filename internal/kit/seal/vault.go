package seal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	kindAEAD  = "aead"
	kindIndex = "index"
)

// Vault loads and makes merchants' keys.
type Vault struct {
	d      *db.DB
	master *Master
	rand   io.Reader
	clock  clock.Clock

	mu    sync.RWMutex
	cache map[id.ID]*Keys
}

// New returns a vault over d. rand makes index keys; AEAD keys come from tink,
// which takes the operating system's randomness only.
func New(d *db.DB, master *Master, rand io.Reader, c clock.Clock) *Vault {
	return &Vault{d: d, master: master, rand: rand, clock: c, cache: map[id.ID]*Keys{}}
}

// CreateKeysTx makes a new merchant's keys in the transaction that creates the
// merchant, and lets the same process use them at once.
func (v *Vault) CreateKeysTx(ctx context.Context, tx *db.Tx, merchant id.ID) error {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	raw, err := serialize(h)
	if err != nil {
		return err
	}
	if err := v.insertTx(ctx, tx, merchant, kindAEAD, 1, raw); err != nil {
		return err
	}
	key := make([]byte, sha256Key)
	if _, err := io.ReadFull(v.rand, key); err != nil {
		return err
	}
	if err := v.insertTx(ctx, tx, merchant, kindIndex, 1, key); err != nil {
		return err
	}
	_, err = v.load(ctx, tx, merchant)
	return err
}

const sha256Key = 32

func (v *Vault) insertTx(ctx context.Context, tx *db.Tx, m id.ID, kind string, version int64, plain []byte) error {
	wrapped, err := v.master.wrap(plain, wrapAD(m, kind, version))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insertKeyset, m, kind, version, wrapped, clock.Millis(v.clock))
	return err
}

func wrapAD(m id.ID, kind string, version int64) []byte {
	return fmt.Appendf(nil, "seal_keyset/%d/%s/%d", m, kind, version)
}

// Keys returns the merchant's keys, from memory after the first call.
//
// Errors: ErrNoKeys, ErrMasterKey.
func (v *Vault) Keys(ctx context.Context, merchant id.ID) (*Keys, error) {
	return v.KeysTx(ctx, v.d, merchant)
}

// KeysTx is Keys inside a transaction: a first look-up then needs no second
// connection. Pass the *db.Tx as q.
func (v *Vault) KeysTx(ctx context.Context, q db.Querier, merchant id.ID) (*Keys, error) {
	v.mu.RLock()
	k := v.cache[merchant]
	v.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	return v.load(ctx, q, merchant)
}

// load reads and unwraps the merchant's keys and remembers them.
func (v *Vault) load(ctx context.Context, q db.Querier, merchant id.ID) (*Keys, error) {
	rows, err := v.rows(ctx, q, merchant)
	if err != nil {
		return nil, err
	}
	k := &Keys{merchant: merchant, prefix: merchantPrefix(merchant)}
	for _, r := range rows {
		switch r.kind {
		case kindAEAD: // ordered by version: the last keyset holds all keys
			h, err := deserialize(r.plain)
			if err != nil {
				return nil, err
			}
			if k.aead, err = aead.New(h); err != nil {
				return nil, err
			}
			k.version = r.version
		case kindIndex:
			k.index = append(k.index, newIndexKey(r.version, r.plain))
		}
	}
	if k.aead == nil || len(k.index) == 0 {
		return nil, ErrNoKeys
	}
	v.mu.Lock()
	v.cache[merchant] = k
	v.mu.Unlock()
	return k, nil
}

type keyRow struct {
	kind    string
	version int64
	plain   []byte
}

func (v *Vault) rows(ctx context.Context, q db.Querier, merchant id.ID) ([]keyRow, error) {
	rows, err := q.Query(ctx, selectKeysets, merchant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []keyRow
	for rows.Next() {
		var r keyRow
		var wrapped []byte
		if err := rows.Scan(&r.kind, &r.version, &wrapped); err != nil {
			return nil, err
		}
		if r.plain, err = v.master.unwrap(wrapped, wrapAD(merchant, r.kind, r.version)); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Preload reads every merchant's keys, so that a wrong master key stops the
// start and no transaction waits for a key.
func (v *Vault) Preload(ctx context.Context) error {
	all, err := v.merchants(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if _, err := v.Keys(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) merchants(ctx context.Context) ([]id.ID, error) {
	rows, err := v.d.Query(ctx, selectOwners)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var m id.ID
		if err := rows.Scan(&m); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Seal encrypts for a merchant; hot paths take Keys once and call its Seal.
func (v *Vault) Seal(ctx context.Context, merchant id.ID, place string, plain []byte) ([]byte, error) {
	k, err := v.Keys(ctx, merchant)
	if err != nil {
		return nil, err
	}
	return k.Seal(place, plain)
}

// Open decrypts. A value sealed by another process after a key rotation makes
// this one read the keys again.
func (v *Vault) Open(ctx context.Context, merchant id.ID, place string, sealed []byte) ([]byte, error) {
	k, err := v.Keys(ctx, merchant)
	if err != nil {
		return nil, err
	}
	plain, err := k.Open(place, sealed)
	if err == nil {
		return plain, nil
	}
	var newest int64
	if e := v.d.QueryRow(ctx, selectVersion, merchant, kindAEAD).Scan(&newest); e != nil || newest <= k.version {
		return nil, err
	}
	if k, err = v.load(ctx, v.d, merchant); err != nil {
		return nil, err
	}
	return k.Open(place, sealed)
}

func serialize(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b))
	return b.Bytes(), err
}

func deserialize(raw []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)))
}
