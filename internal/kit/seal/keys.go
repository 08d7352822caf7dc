package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strconv"
	"sync"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Keys are one merchant's keys, ready for use. Safe for concurrent callers.
type Keys struct {
	merchant id.ID
	version  int64 // of the AEAD keyset
	aead     tink.AEAD
	index    []*indexKey // oldest first; the last one is current
	prefix   string      // merchant id, in front of every place
}

type indexKey struct {
	version int64
	pool    sync.Pool // of hash.Hash, keyed once: setting up an HMAC costs as much as using it
}

func newIndexKey(version int64, key []byte) *indexKey {
	k := &indexKey{version: version}
	k.pool.New = func() any { return hmac.New(sha256.New, key) }
	return k
}

// ad is the associated data: the merchant and the place a value belongs to.
func (k *Keys) ad(place string) []byte {
	b := make([]byte, 0, len(k.prefix)+len(place))
	return append(append(b, k.prefix...), place...)
}

// Seal encrypts plain for place ("order_head/receiver/123").
func (k *Keys) Seal(place string, plain []byte) ([]byte, error) {
	return k.aead.Encrypt(plain, k.ad(place))
}

// Open decrypts what Seal made for the same merchant and place.
//
// Errors: ErrOpen.
func (k *Keys) Open(place string, sealed []byte) ([]byte, error) {
	p, err := k.aead.Decrypt(sealed, k.ad(place))
	if err != nil {
		return nil, ErrOpen.Because(err)
	}
	return p, nil
}

// IndexVersion is the version of the key that Token uses. Rows that hold tokens
// of an older one are re-tokenised in the background after a rotation.
func (k *Keys) IndexVersion() int64 { return k.index[len(k.index)-1].version }

// Token is the blind index of a value: equal values give equal tokens, and
// nobody without the key can tell which value it is. kind keeps a phone number
// and a name that look alike apart. The result is never negative.
func (k *Keys) Token(kind int64, value string) int64 {
	return k.index[len(k.index)-1].token(kind, value)
}

// Tokens gives the tokens under every live index key, the current one first:
// a search asks for all of them while a rotation is under way.
func (k *Keys) Tokens(kind int64, value string) []int64 {
	out := make([]int64, 0, len(k.index))
	for i := len(k.index) - 1; i >= 0; i-- {
		out = append(out, k.index[i].token(kind, value))
	}
	return out
}

func (x *indexKey) token(kind int64, value string) int64 {
	h := x.pool.Get().(hash.Hash)
	h.Reset()
	var buf [sha256.Size]byte
	binary.BigEndian.PutUint64(buf[:8], uint64(kind))
	_, _ = h.Write(buf[:8])
	// Copying short values through the stack saves the conversion's allocation.
	for len(value) > 0 {
		n := copy(buf[:], value)
		_, _ = h.Write(buf[:n])
		value = value[n:]
	}
	sum := h.Sum(buf[:0])
	x.pool.Put(h)
	return int64(binary.BigEndian.Uint64(sum) >> 1)
}

func merchantPrefix(m id.ID) string { return strconv.FormatInt(int64(m), 10) + "/" }
