package cert_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/cert"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func load(t *testing.T, dir string, at time.Time, hosts ...string) *cert.Own {
	t.Helper()
	o, err := cert.Load(dir, hosts, at)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func verify(t *testing.T, o *cert.Own, host string, at time.Time) error {
	t.Helper()
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	_, err = o.Certificate.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: pool, CurrentTime: at})
	return err
}

func TestABrowserThatTrustsTheAuthorityTrustsTheServer(t *testing.T) {
	o := load(t, t.TempDir(), noon, "localhost", "192.168.1.9", "shop.lan")
	for _, host := range []string{"localhost", "192.168.1.9", "shop.lan"} {
		if err := verify(t, o, host, noon.Add(time.Hour)); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if verify(t, o, "other.lan", noon) == nil {
		t.Error("it vouches for a host it was not made for")
	}
	if len(o.Fingerprint) != 32*3-1 {
		t.Errorf("fingerprint %q", o.Fingerprint)
	}
}

func TestTheAuthorityStaysWhileCertificatesAreRenewed(t *testing.T) {
	dir := t.TempDir()
	first := load(t, dir, noon, "localhost")
	same := load(t, dir, noon.Add(24*time.Hour), "localhost")
	if !same.Certificate.Leaf.Equal(first.Certificate.Leaf) {
		t.Error("a new certificate without a reason")
	}
	for why, next := range map[string]*cert.Own{
		"a new host":      load(t, dir, noon, "localhost", "10.0.0.4"),
		"it expires soon": load(t, dir, noon.Add(380*24*time.Hour), "localhost", "10.0.0.4"),
	} {
		if next.Certificate.Leaf.Equal(first.Certificate.Leaf) {
			t.Errorf("%s: the certificate was not renewed", why)
		}
		if next.Fingerprint != first.Fingerprint {
			t.Errorf("%s: everybody would have to install a new authority", why)
		}
	}
}

func TestKeysAreForTheirOwnerOnlyAndDamageIsMended(t *testing.T) {
	dir := t.TempDir()
	first := load(t, dir, noon, "localhost")
	for _, name := range []string{"ca.key", "server.key"} {
		if i, err := os.Stat(filepath.Join(dir, name)); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, i.Mode(), err)
		}
	}
	// A crash between the two files of a certificate leaves a key that does not fit.
	ca, _ := os.ReadFile(filepath.Join(dir, "ca.key"))
	if err := os.WriteFile(filepath.Join(dir, "server.key"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	if again := load(t, dir, noon, "localhost"); again.Fingerprint != first.Fingerprint || verify(t, again, "localhost", noon) != nil {
		t.Error("the damaged certificate was not made anew")
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.key"), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Load(dir, []string{"localhost"}, noon); err == nil {
		t.Error("a damaged authority was replaced behind everybody's back")
	}
}
