package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ordercove/ordercove/internal/kit/backup"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/migrations"
)

// RestoreConfig is Config, which names the empty place, and the backup to put there.
type RestoreConfig struct {
	Config
	In             string `help:"Backup to restore." required:"" type:"existingfile" placeholder:"FILE"`
	PassphraseFile string `help:"File that holds the passphrase." env:"ORDERCOVE_BACKUP_PASSPHRASE_FILE" type:"path" placeholder:"FILE"`
	Identity       string `help:"File with the age identity (AGE-SECRET-KEY-1…) that opens the backup." env:"ORDERCOVE_BACKUP_IDENTITY" type:"path" placeholder:"FILE"`
	JSON           bool   `name:"json" help:"Print the verification's report as JSON."`
}

// Restore puts a backup into an empty place, brings an older schema up to date and
// verifies the books. Nothing is in place before the last byte of the file has
// proved itself.
//
// Errors: ErrUsage, the errors of kit/backup, ErrFindings where the restored books
// do not agree (they are in place then, as they were when the backup was made).
func Restore(ctx context.Context, cfg RestoreConfig, out, progress io.Writer) error {
	with, err := backup.Identities(cfg.PassphraseFile, cfg.Identity)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	in, err := os.Open(cfg.In)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	defer in.Close()
	if err := cfg.prepare(); err != nil {
		return err
	}
	locked, err := lock(cfg.Data)
	if err != nil {
		return err
	}
	defer locked.Close()
	if err := backup.CheckTarget(ctx, cfg.DB); err != nil { // before a passphrase costs time
		return err
	}
	p := &ticker{out: progress, clock: cfg.Clock}
	r, err := backup.OpenReader(in, with, p.show)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "backup of %s by version %s, %s schema %d\n", stamp(r.Header.CreatedAt), r.Header.Product, r.Header.Engine, r.Header.Schema)
	if err := cfg.putInPlace(ctx, r, progress); err != nil {
		return err
	}
	return Verify(ctx, cfg.Config, cfg.JSON, out) // opening it migrates an older schema up
}

// putInPlace reads the whole backup, and then gives it and its master key their
// places. The key comes first: data without its key is of no use, a key without
// data does no harm and the next try accepts it.
func (c *Config) putInPlace(ctx context.Context, r *backup.Reader, progress io.Writer) error {
	missing, err := c.fitKey(r)
	if err != nil {
		return err
	}
	if engine, path := db.Locate(c.DB); engine == db.SQLite {
		if err := backup.Sweep(filepath.Dir(path), backup.Stages); err != nil {
			return err
		}
	}
	staged, closing, err := r.Stage(ctx, c.DB, migrations.FS)
	if err != nil {
		return err
	}
	defer staged.Abort()
	if missing {
		if err := putKey(c.keyPath(), r.MasterKey); err != nil {
			return err
		}
	}
	if err := staged.Commit(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(progress, "restored %d tables, %d rows\n", len(closing.Tables), closing.Rows())
	return err
}

// fitKey compares the key that is here with the one that sealed the data, and
// says whether the backup's has to be put in place.
//
// Errors: backup.ErrMasterKey, backup.ErrNoMasterKey, backup.ErrDamaged.
func (c *Config) fitKey(r *backup.Reader) (missing bool, err error) {
	if r.Header.MasterKeyInside {
		k, err := seal.ParseKey(string(r.MasterKey))
		if err != nil || backup.KeyID(k) != r.Header.MasterKeyID {
			return false, backup.ErrDamaged.Because(err)
		}
	}
	here, err := c.presentKey()
	switch {
	case errors.Is(err, fs.ErrNotExist) && !here.outside:
		if !r.Header.MasterKeyInside {
			return false, backup.ErrNoMasterKey
		}
		return true, nil
	case err != nil:
		return false, err
	case backup.KeyID(here.bytes) != r.Header.MasterKeyID:
		return false, backup.ErrMasterKey
	}
	return false, nil
}

// putKey writes the key file, readable by its owner only, whole or not at all.
func putKey(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(bytes.TrimSpace(text), '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	// Link, not rename: a key that came meanwhile is never replaced.
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return backup.SyncDir(filepath.Dir(path))
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
