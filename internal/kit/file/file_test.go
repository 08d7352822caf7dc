package file_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func each(t *testing.T, f func(t *testing.T, k *kit.Kit, ctx context.Context)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		f(t, k, ctx)
	})
}

func content(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func save(t *testing.T, k *kit.Kit, ctx context.Context, b []byte) file.File {
	t.Helper()
	f, err := k.Files.Save(ctx, file.New{Name: "订单.csv", MediaType: "text/csv", Purpose: file.Upload}, bytes.NewReader(b), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWhatWasSavedIsReadBackWhole(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		for _, n := range []int{1, file.ChunkSize - 1, file.ChunkSize, file.ChunkSize + 1, 4 * file.ChunkSize, 9*file.ChunkSize + 17} {
			want := content(n)
			f := save(t, k, ctx, want)
			r, err := k.Files.Open(ctx, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, want) || f.SizeBytes != int64(n) || r.Size() != int64(n) {
				t.Fatalf("%d bytes came back as %d (%v)", n, len(got), err)
			}
		}
	})
}

func TestAFileStandsOrFallsWithItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		want := content(2*file.ChunkSize + 17)
		var kept, lost file.File
		stop := errors.New("stop")
		for _, c := range []struct {
			to  *file.File
			end error
		}{{&kept, nil}, {&lost, stop}} {
			err := k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				if *c.to, err = k.Files.SaveTx(ctx, tx, file.New{Name: "面单.pdf", MediaType: "application/pdf", Purpose: file.Export}, want); err != nil {
					return err
				}
				return c.end
			})
			if !errors.Is(err, c.end) {
				t.Fatal(err)
			}
		}
		r, err := k.Files.Open(ctx, kept.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) || kept.SizeBytes != int64(len(want)) {
			t.Errorf("%d bytes came back as %d (%v)", len(want), len(got), err)
		}
		if again, err := k.Files.Get(ctx, kept.ID); err != nil || again != kept {
			t.Errorf("%+v, stored %+v %v", kept, again, err)
		}
		if _, err := k.Files.Get(ctx, lost.ID); !errors.Is(err, file.ErrNotFound) {
			t.Errorf("a file of a transaction that failed: %v", err)
		}
		err = k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := k.Files.SaveTx(ctx, tx, file.New{Name: "a"}, nil)
			return err
		})
		if !errors.Is(err, file.ErrEmpty) {
			t.Errorf("nothing: %v", err)
		}
	})
}

func TestAnyPartCanBeReadAtRandom(t *testing.T) {
	d := dbtest.SQLite(t)
	k, ctx := kittest.New(t, d)
	want := content(12*file.ChunkSize + 5) // more chunks than stay in memory
	f := save(t, k, ctx, want)
	r, err := k.Files.Open(ctx, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.NewReader(want)
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.Int64Range(0, int64(len(want))+10).Draw(t, "offset")
		n := rapid.SampledFrom([]int{0, 1, 100, file.ChunkSize, 3 * file.ChunkSize}).Draw(t, "length")
		a, b := make([]byte, n), make([]byte, n)
		an, aerr := r.ReadAt(a, off)
		bn, berr := plain.ReadAt(b, off)
		if n == 0 {
			berr = aerr // readers may differ on reading nothing
		}
		if an != bn || !bytes.Equal(a[:an], b[:bn]) || !errors.Is(aerr, berr) {
			t.Fatalf("at %d: %d bytes %v, want %d %v", off, an, aerr, bn, berr)
		}
	})
}

func TestAFileIsReadableOnlyOnceItIsComplete(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		w, err := k.Files.Create(ctx, file.New{Name: "export.csv", Purpose: file.Export})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content(5 * file.ChunkSize)); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Files.Open(ctx, w.ID()); !errors.Is(err, file.ErrNotFound) {
			t.Fatalf("half a file: %v", err)
		}
		if _, err := w.Finish(ctx); err != nil {
			t.Fatal(err)
		}
		w.Abort(ctx) // too late, and harmless
		if _, err := k.Files.Open(ctx, w.ID()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTooLargeAndEmptyUploadsLeaveNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		n := file.New{Name: "x.csv", Purpose: file.Upload}
		if _, err := k.Files.Save(ctx, n, bytes.NewReader(content(2*file.ChunkSize+1)), 2*file.ChunkSize); !errors.Is(err, file.ErrTooLarge) {
			t.Fatalf("too large: %v", err)
		}
		if _, err := k.Files.Save(ctx, n, bytes.NewReader(nil), 10); !errors.Is(err, file.ErrEmpty) {
			t.Fatalf("empty: %v", err)
		}
		if _, err := k.Files.Save(ctx, file.New{Name: "\x00", Purpose: file.Upload}, bytes.NewReader([]byte("x")), 10); !errors.Is(err, file.ErrBadName) {
			t.Fatalf("no name: %v", err)
		}
		if rows := count(t, k); rows != 0 {
			t.Fatalf("%d rows are left", rows)
		}
	})
}

func count(t *testing.T, k *kit.Kit) (n int) {
	t.Helper()
	err := k.DB.QueryRow(t.Context(), `SELECT (SELECT COUNT(*) FROM file_file WHERE merchant_id = 1) + (SELECT COUNT(*) FROM file_chunk WHERE merchant_id = 1)`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSweepingTakesTheExpiredAndTheAbandonedOnly(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		kept := save(t, k, ctx, content(10))
		expires := kittest.Noon.Add(time.Hour).UnixMilli()
		gone, err := k.Files.Save(ctx, file.New{Name: "e.csv", Purpose: file.Export, ExpiresAt: expires}, bytes.NewReader(content(70*file.ChunkSize)), 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		w, err := k.Files.Create(ctx, file.New{Name: "torn.csv", Purpose: file.Upload})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content(5 * file.ChunkSize)); err != nil {
			t.Fatal(err)
		}
		if n, err := k.Files.Sweep(ctx); err != nil || n != 0 {
			t.Fatalf("swept %d too early (%v)", n, err)
		}
		kittest.Clock(k).Advance(25 * time.Hour)
		if _, err := k.Files.Open(ctx, gone.ID); !errors.Is(err, file.ErrNotFound) {
			t.Fatalf("an expired file opens: %v", err)
		}
		if n, err := k.Files.Sweep(ctx); err != nil || n != 2 {
			t.Fatalf("swept %d, want 2 (%v)", n, err)
		}
		if rows := count(t, k); rows != 2 {
			t.Fatalf("%d rows are left, want the kept file and its chunk", rows)
		}
		if _, err := k.Files.Open(ctx, kept.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestChunksCannotBeSwappedOrShortened(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		f := save(t, k, ctx, content(3*file.ChunkSize))
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE file_chunk SET body = (SELECT body FROM file_chunk WHERE merchant_id = 1 AND file_id = ? AND chunk_no = 2)
				WHERE merchant_id = 1 AND file_id = ? AND chunk_no = 1`, f.ID, f.ID)
			return err
		})
		r, err := k.Files.Open(ctx, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err == nil {
			t.Fatal("a swapped chunk was read")
		}
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE file_file SET size_bytes = size_bytes + 1 WHERE merchant_id = 1 AND id = ?`, f.ID)
			return err
		})
		if r, err = k.Files.Open(ctx, f.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ReadAt(make([]byte, 10), 3*file.ChunkSize-5); err == nil {
			t.Fatal("a file of another length was read")
		}
	})
}

func TestFilesOfAnotherMerchantLookAbsent(t *testing.T) {
	each(t, func(t *testing.T, k *kit.Kit, ctx context.Context) {
		f := save(t, k, ctx, content(10))
		kittest.NewMerchant(t, k, 2)
		if _, err := k.Files.Open(actor.With(ctx, kittest.Owner(2)), f.ID); !errors.Is(err, file.ErrNotFound) {
			t.Fatal(err)
		}
	})
}

func TestNothingPlainIsStored(t *testing.T) {
	d := dbtest.SQLite(t)
	k, ctx := kittest.New(t, d)
	f := save(t, k, ctx, []byte("收件人:王小明 13800001234"))
	var body []byte
	if err := d.QueryRow(ctx, `SELECT body FROM file_chunk WHERE merchant_id = 1 AND file_id = ?`, f.ID).Scan(&body); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("13800001234")) || bytes.Contains(body, []byte("王小明")) {
		t.Fatal("the stored chunk is readable")
	}
}
