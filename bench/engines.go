package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"
)

var errNoPostgres = errors.New("ORDERCOVE_TEST_PG names no PostgreSQL server: make bench starts one, or leave it out with -engines sqlite")

func adminURL() (string, error) {
	if u := os.Getenv("ORDERCOVE_TEST_PG"); u != "" {
		return u, nil
	}
	return "", errNoPostgres
}

// newDatabase makes an empty database on the server of the tests.
func newDatabase(ctx context.Context) (name, at string, err error) {
	var b [5]byte
	_, _ = rand.Read(b[:])
	name = "oc_bench_" + hex.EncodeToString(b[:])
	at, _, err = keptDatabase(ctx, name)
	return name, at, err
}

// keptDatabase makes the database unless it is there already.
func keptDatabase(ctx context.Context, name string) (at string, there bool, err error) {
	base, err := adminURL()
	if err != nil {
		return "", false, err
	}
	c, err := pgx.Connect(ctx, base)
	if err != nil {
		return "", false, err
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
		return "", false, err
	}
	if !there {
		if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
			return "", false, err
		}
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", false, err
	}
	u.Path = "/" + name
	return u.String(), there, nil
}

func dropDatabase(name string) {
	base, err := adminURL()
	if err != nil {
		return
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, base)
	if err != nil {
		return
	}
	defer c.Close(ctx)
	_, _ = c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

// durable reports whether the server waits for the disk at each commit; figures
// from one that does not are no figures.
func durable(ctx context.Context) (bool, error) {
	base, err := adminURL()
	if err != nil {
		return false, err
	}
	c, err := pgx.Connect(ctx, base)
	if err != nil {
		return false, err
	}
	defer c.Close(ctx)
	var fsync, sync string
	if err := c.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").Scan(&fsync, &sync); err != nil {
		return false, err
	}
	return fsync == "on" && sync != "off", nil
}
