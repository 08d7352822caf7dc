package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ordercove/ordercove/internal/kit/backup"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// BackupConfig is Config and where a backup goes, and for whom.
type BackupConfig struct {
	Config
	Out            string   `help:"File to write; it must not exist." required:"" type:"path" placeholder:"FILE"`
	PassphraseFile string   `help:"File that holds the passphrase, at least 12 bytes." env:"ORDERCOVE_BACKUP_PASSPHRASE_FILE" type:"path" placeholder:"FILE"`
	Recipients     []string `name:"recipient" help:"age public key (age1…) that may open the backup; may be repeated." env:"ORDERCOVE_BACKUP_RECIPIENTS" placeholder:"AGE1"`
}

// Backup writes one encrypted file with everything the installation holds, beside
// a running server or not, and prints a line about it. It tells how far it is on
// progress.
//
// Errors: ErrUsage, backup.ErrNothing, seal.ErrMasterKey where the key does not
// open the data, so that the backup would be of no use.
func Backup(ctx context.Context, cfg BackupConfig, out, progress io.Writer) error {
	to, err := backup.Recipients(cfg.PassphraseFile, cfg.Recipients)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	if _, err := os.Stat(cfg.Data); err != nil {
		return fmt.Errorf("%w: data directory: %w", ErrUsage, err)
	}
	if err := cfg.prepare(); err != nil {
		return err
	}
	if _, err := os.Lstat(cfg.Out); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s exists", ErrUsage, cfg.Out)
	}
	key, err := cfg.presentKey()
	if err != nil {
		return err
	}
	if err := cfg.keyOpens(ctx); err != nil {
		return err
	}
	one, err := lockAs(cfg.Data, "backup.lock", "another backup runs from the data directory")
	if err != nil {
		return err
	}
	defer one.Close()
	if err := backup.Sweep(cfg.Data, backup.Copies); err != nil {
		return err
	}
	began := cfg.Clock.Now()
	p := &ticker{out: progress, clock: cfg.Clock}
	src := backup.Source{URL: cfg.DB, Dir: cfg.Data, Product: cfg.Version, Now: clock.Millis(cfg.Clock), MasterKey: key.text, KeyID: backup.KeyID(key.bytes),
		KeyOutside: key.outside, Progress: p.show}
	var h backup.Header
	var c backup.Closing
	size, err := writeWhole(cfg.Out, func(w io.Writer) (err error) {
		h, c, err = backup.Write(ctx, src, to, w)
		return err
	})
	if err != nil {
		return err
	}
	inside := "master key inside"
	if !h.MasterKeyInside {
		inside = "master key NOT inside, it is kept elsewhere"
	}
	_, err = fmt.Fprintf(out, "%s: %d bytes, %s schema %d, %d tables, %d rows, %s, %.1f s\n", cfg.Out, size, h.Engine, h.Schema, len(c.Tables), c.Rows(), inside,
		cfg.Clock.Now().Sub(began).Seconds())
	return err
}

// writeWhole gives the file its name only when all of it is on disk.
func writeWhole(path string, f func(io.Writer) error) (size int64, err error) {
	t, err := os.CreateTemp(filepath.Dir(path), ".ordercove-backup-*") // 0600
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(t.Name()))
		}
	}()
	err = f(t)
	if err == nil {
		size, err = t.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, t.Sync(), t.Close()); err != nil {
		return size, err
	}
	if err := os.Rename(t.Name(), path); err != nil {
		return size, err
	}
	return size, backup.SyncDir(filepath.Dir(path))
}

// presentKey is the master key as it is there now; none is made.
type presentKey struct {
	text, bytes []byte
	outside     bool // given by flag or environment, or in a file of its own
}

func (c *Config) keyPath() string { return filepath.Join(c.Data, "master.key") }

// presentKey reads the key this configuration names.
//
// Errors: seal.ErrMasterKey; fs.ErrNotExist below it where there is none yet.
func (c *Config) presentKey() (presentKey, error) {
	k := presentKey{text: []byte(c.MasterKey), outside: true}
	if c.MasterKey == "" {
		path := c.MasterKeyFile
		if path == "" {
			path, k.outside = c.keyPath(), false
		}
		var err error
		if k.text, err = os.ReadFile(path); err != nil {
			return k, seal.ErrMasterKey.Because(err)
		}
	}
	var err error
	k.bytes, err = seal.ParseKey(string(k.text))
	return k, err
}

// keyOpens proves that the master key opens the data, without changing anything:
// the schema may be an older one that a running server still uses.
func (c *Config) keyOpens(ctx context.Context) error {
	if engine, path := db.Locate(c.DB); engine == db.SQLite {
		if _, err := os.Stat(path); err != nil {
			return backup.ErrNothing.With("what", path).Because(err)
		}
	}
	master, err := c.master()
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, c.DB, db.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	v, err := d.SchemaVersion(ctx)
	switch {
	case err != nil:
	case v == 0:
		err = backup.ErrNothing.With("what", "no schema")
	default:
		err = seal.New(d, master, clock.Random(), c.Clock).Preload(ctx)
	}
	return errors.Join(err, d.Close())
}

// ticker prints progress, at most once in two seconds and part.
type ticker struct {
	out   io.Writer
	clock clock.Clock
	part  string
	last  time.Time
}

func (t *ticker) show(part string, bytes int64) {
	if part == "" {
		part = "copying the database"
	}
	now := t.clock.Now()
	if part == t.part && now.Sub(t.last) < 2*time.Second {
		return
	}
	t.part, t.last = part, now
	fmt.Fprintf(t.out, "%s: %d MB\n", part, bytes>>20)
}
