package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// MasterKeySize is the length of the installation's key in bytes.
const MasterKeySize = 32

// Master wraps the merchants' keys. The first key wraps; the others are former
// ones that still unwrap until Rewrap has moved everything.
type Master struct{ keys []tink.AEAD }

// NewMaster takes the current key and, after a rotation, former ones.
//
// Errors: ErrMasterKey where a key does not have MasterKeySize bytes.
func NewMaster(keys ...[]byte) (*Master, error) {
	m := &Master{}
	for _, k := range keys {
		if len(k) != MasterKeySize {
			return nil, ErrMasterKey.Because(fmt.Errorf("%d bytes, want %d", len(k), MasterKeySize))
		}
		a, err := subtle.NewAESGCM(k)
		if err != nil {
			return nil, ErrMasterKey.Because(err)
		}
		m.keys = append(m.keys, a)
	}
	if len(m.keys) == 0 {
		return nil, ErrMasterKey
	}
	return m, nil
}

func (m *Master) wrap(plain, ad []byte) ([]byte, error) { return m.keys[0].Encrypt(plain, ad) }

func (m *Master) unwrap(wrapped, ad []byte) ([]byte, error) {
	for _, k := range m.keys {
		if p, err := k.Decrypt(wrapped, ad); err == nil {
			return p, nil
		}
	}
	return nil, ErrMasterKey
}

// ParseKey reads a key as base64 text, which is how files and environment carry it.
func ParseKey(text string) ([]byte, error) {
	k, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(k) != MasterKeySize {
		return nil, ErrMasterKey.Because(errors.New("want 32 bytes in base64"))
	}
	return k, nil
}

// LoadOrCreateKey reads the key file, or makes one that only its owner may read
// when absent. The new file is complete and on disk before it gets its name, so
// that a crash never leaves half a key behind.
func LoadOrCreateKey(path string) (key []byte, created bool, err error) {
	b, err := os.ReadFile(path)
	if err == nil {
		key, err = ParseKey(string(b))
		return key, false, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, false, ErrMasterKey.Because(err)
	}
	key = make([]byte, MasterKeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, false, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*")
	if err != nil {
		return nil, false, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		// Link, not rename: two starts at the same time must agree on one key.
		err = os.Link(f.Name(), path)
		if errors.Is(err, fs.ErrExist) {
			return LoadOrCreateKey(path)
		}
	}
	return key, true, err
}
