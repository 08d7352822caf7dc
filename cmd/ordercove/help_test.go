package main

import (
	"context"
	"crypto/x509"
	"database/sql"
	"net/url"
	"os"
	"testing"
	"time"

	_ "modernc.org/sqlite" // for tampering with a file behind the product's back
)

func certPool(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) {
		t.Fatal("no certificate in " + file)
	}
	return p
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// tamper changes an audit entry as somebody with the file could.
func tamper(t *testing.T, file string) {
	t.Helper()
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.ExecContext(context.Background(), `UPDATE audit_entry SET actor_name = 'somebody else' WHERE seq = 1`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("nothing to tamper with: %v", err)
	}
}

// sealed waits until every audit entry has its number in the chain.
func sealed(t *testing.T, file string) {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var all, open int
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err := d.QueryRowContext(t.Context(), `SELECT COUNT(*), COUNT(*) - COUNT(seq) FROM audit_entry`).Scan(&all, &open); err != nil {
			t.Fatal(err)
		}
		if all > 0 && open == 0 {
			return
		}
	}
	t.Fatalf("%d of %d audit entries have no number", open, all)
}
