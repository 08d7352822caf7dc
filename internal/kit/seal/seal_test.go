package seal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

func master(t *testing.T, first byte, more ...byte) *seal.Master {
	t.Helper()
	keys := [][]byte{bytes.Repeat([]byte{first}, seal.MasterKeySize)}
	for _, b := range more {
		keys = append(keys, bytes.Repeat([]byte{b}, seal.MasterKeySize))
	}
	m, err := seal.NewMaster(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func vault(t *testing.T, d *db.DB, m *seal.Master) *seal.Vault {
	t.Helper()
	return seal.New(d, m, kittest.Random(), clock.NewFake(kittest.Noon))
}

func create(t *testing.T, d *db.DB, v *seal.Vault, merchants ...id.ID) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, m := range merchants {
			if err := v.CreateKeysTx(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASealedValueOpensOnlyWhereItBelongs(t *testing.T) {
	d := dbtest.SQLite(t)
	v := vault(t, d, master(t, 1))
	create(t, d, v, 1, 2)
	one, _ := v.Keys(t.Context(), 1)
	two, _ := v.Keys(t.Context(), 2)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		place := rapid.StringMatching(`[a-z_]{1,12}/[a-z]{1,8}/[0-9]{1,19}`).Draw(t, "place")
		other := rapid.StringMatching(`[a-z_]{1,12}/[a-z]{1,8}/[0-9]{1,19}`).Filter(func(s string) bool { return s != place }).Draw(t, "other")
		sealed, err := one.Seal(place, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := one.Open(place, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%x %v", got, err)
		}
		if len(plain) >= 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the plain value stands in the sealed one")
		}
		if _, err := one.Open(other, sealed); !errors.Is(err, seal.ErrOpen) {
			t.Fatalf("opened at %s: %v", other, err)
		}
		if _, err := two.Open(place, sealed); !errors.Is(err, seal.ErrOpen) {
			t.Fatalf("opened by another merchant: %v", err)
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "flipped")
		sealed[i] ^= 1
		if _, err := one.Open(place, sealed); !errors.Is(err, seal.ErrOpen) {
			t.Fatalf("opened with byte %d flipped: %v", i, err)
		}
	})
}

func TestMerchantAndPlaceDoNotRunIntoEachOther(t *testing.T) {
	d := dbtest.SQLite(t)
	v := vault(t, d, master(t, 1))
	create(t, d, v, 1)
	k, _ := v.Keys(t.Context(), 1)
	sealed, err := k.Seal("1/x", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open("/x", sealed); err == nil {
		t.Fatal("merchant 1 place 1/x opened as another place")
	}
}

func TestTokensAreEqualForEqualValuesOnly(t *testing.T) {
	d := dbtest.SQLite(t)
	v := vault(t, d, master(t, 1))
	create(t, d, v, 1, 2)
	one, _ := v.Keys(t.Context(), 1)
	two, _ := v.Keys(t.Context(), 2)
	seen := map[int64]string{}
	var mu sync.Mutex
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.Int64Range(1, 5).Draw(t, "kind")
		value := rapid.String().Draw(t, "value")
		token := one.Token(kind, value)
		if token < 0 {
			t.Fatalf("token %d", token)
		}
		if token != one.Token(kind, value) {
			t.Fatal("the same value gives another token")
		}
		if token == two.Token(kind, value) || token == one.Token(kind+100, value) {
			t.Fatal("another merchant or kind gives the same token")
		}
		name := string(rune('0'+kind)) + value
		mu.Lock()
		defer mu.Unlock()
		if had, ok := seen[token]; ok && had != name {
			t.Fatalf("%q and %q share a token", had, name)
		}
		seen[token] = name
	})
}

func TestRotationKeepsEverythingReadableAndSearchable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v, other := vault(t, d, master(t, 1)), vault(t, d, master(t, 1))
		create(t, d, v, 1)
		ctx := t.Context()
		old, err := v.Seal(ctx, 1, "p", []byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Open(ctx, 1, "p", old); err != nil {
			t.Fatal(err)
		}
		before, _ := v.Keys(ctx, 1)
		token := before.Token(1, "13800000000")
		if err := errors.Join(v.Rotate(ctx, 1), v.RotateIndex(ctx, 1)); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Open(ctx, 1, "p", old); err != nil || string(got) != "before" {
			t.Fatalf("old value: %q %v", got, err)
		}
		fresh, err := v.Seal(ctx, 1, "p", []byte("after"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := before.Open("p", fresh); err == nil {
			t.Fatal("the new value uses the old key")
		}
		// A process that started before the rotation learns of the new key by itself.
		if got, err := other.Open(ctx, 1, "p", fresh); err != nil || string(got) != "after" {
			t.Fatalf("another process: %q %v", got, err)
		}
		after, _ := v.Keys(ctx, 1)
		if all := after.Tokens(1, "13800000000"); len(all) != 2 || all[1] != token || all[0] == token || after.IndexVersion() != 2 {
			t.Fatalf("tokens %v, the old one was %d", all, token)
		}
	})
}

func TestTheMasterKeyCanBeReplaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		v := vault(t, d, master(t, 1))
		create(t, d, v, 1, 2)
		sealed, err := v.Seal(ctx, 2, "p", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := vault(t, d, master(t, 9)).Keys(ctx, 1); !errors.Is(err, seal.ErrMasterKey) {
			t.Fatalf("a wrong master key: %v", err)
		}
		if err := vault(t, d, master(t, 9, 1)).Rewrap(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := vault(t, d, master(t, 9)).Open(ctx, 2, "p", sealed); err != nil || string(got) != "secret" {
			t.Fatalf("with the new master key: %q %v", got, err)
		}
		if err := vault(t, d, master(t, 1)).Preload(ctx); !errors.Is(err, seal.ErrMasterKey) {
			t.Fatalf("the old master key still opens: %v", err)
		}
	})
}

func TestAMerchantWithoutKeysIsAnError(t *testing.T) {
	d := dbtest.SQLite(t)
	if _, err := vault(t, d, master(t, 1)).Keys(t.Context(), 7); !errors.Is(err, seal.ErrNoKeys) {
		t.Fatal(err)
	}
}

func TestTheKeyFileIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys { // several processes start at once
		wg.Add(1)
		go func() {
			defer wg.Done()
			keys[i], _, _ = seal.LoadOrCreateKey(path)
		}()
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != seal.MasterKeySize || !bytes.Equal(k, keys[0]) {
			t.Fatalf("keys differ: %x", keys)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := seal.LoadOrCreateKey(path); !errors.Is(err, seal.ErrMasterKey) {
		t.Fatalf("a damaged file: %v", err)
	}
}

func BenchmarkSealReceiver(b *testing.B) {
	d := dbtest.SQLite(b)
	v := seal.New(d, must(seal.NewMaster(make([]byte, 32))), kittest.Random(), clock.System{})
	if err := d.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error { return v.CreateKeysTx(ctx, tx, 1) }); err != nil {
		b.Fatal(err)
	}
	k := must(v.Keys(b.Context(), 1))
	plain := bytes.Repeat([]byte("x"), 200)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := k.Seal("order_receiver/sealed/382665949787979776", plain); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("token", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			k.Token(1, "13800001234")
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
