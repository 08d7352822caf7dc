// Package cert gives an installation TLS without a purchased certificate: a
// certificate authority of its own, kept in the data directory, whose
// certificate the merchant installs once on each computer that connects.
package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	caFor    = 10 * 365 * 24 * time.Hour
	leafFor  = 397 * 24 * time.Hour // what browsers accept
	renewAt  = 30 * 24 * time.Hour
	backdate = time.Hour
)

// Own is the installation's certificate and the authority that signed it.
type Own struct {
	Certificate tls.Certificate
	CAFile      string
	// Fingerprint is the authority's SHA-256, in hex pairs with colons between.
	Fingerprint string
}

// Load returns the certificate for hosts (names and addresses), made or renewed
// when it is absent, expires soon or lacks a host. dir is readable by its owner only.
func Load(dir string, hosts []string, now time.Time) (*Own, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	ca, caKey, err := loadOrMake(dir, "ca", func() (*x509.Certificate, *x509.Certificate, *ecdsa.PrivateKey, error) {
		t, err := template("Ordercove CA", now, caFor)
		if err != nil {
			return nil, nil, nil, err
		}
		t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		return t, nil, nil, nil
	}, func(c *x509.Certificate) bool { return now.Before(c.NotAfter.Add(-leafFor)) })
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	leaf, leafKey, err := loadOrMake(dir, "server", func() (*x509.Certificate, *x509.Certificate, *ecdsa.PrivateKey, error) {
		t, err := template("Ordercove", now, leafFor)
		if err != nil {
			return nil, nil, nil, err
		}
		t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		for _, h := range hosts {
			if ip := net.ParseIP(h); ip != nil {
				t.IPAddresses = append(t.IPAddresses, ip)
			} else {
				t.DNSNames = append(t.DNSNames, h)
			}
		}
		return t, ca, caKey, nil
	}, func(c *x509.Certificate) bool {
		return now.Before(c.NotAfter.Add(-renewAt)) && covers(c, hosts) && c.CheckSignatureFrom(ca) == nil
	})
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	sum := sha256.Sum256(ca.Raw)
	return &Own{
		Certificate: tls.Certificate{Certificate: [][]byte{leaf.Raw, ca.Raw}, PrivateKey: leafKey, Leaf: leaf},
		CAFile:      filepath.Join(dir, "ca.crt"),
		Fingerprint: fingerprint(sum[:]),
	}, nil
}

func fingerprint(sum []byte) string {
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(parts, ":")
}

func covers(c *x509.Certificate, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool { return c.VerifyHostname(h) != nil })
}

func template(name string, now time.Time, lives time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"Ordercove"}},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(lives)}, nil
}

// loadOrMake reads name.crt and name.key, or writes new ones made from plan: a
// template and its signer (nil: itself).
func loadOrMake(dir, name string, plan func() (*x509.Certificate, *x509.Certificate, *ecdsa.PrivateKey, error), good func(*x509.Certificate) bool) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	crtFile, keyFile := filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	c, k, err := read(crtFile, keyFile)
	if err == nil && good(c) {
		return c, k, nil
	}
	// The authority is what people installed: it is never replaced because it
	// cannot be read. A server's certificate costs nothing.
	if err != nil && !errors.Is(err, fs.ErrNotExist) && name == "ca" {
		return nil, nil, err
	}
	if k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, nil, err
	}
	t, signer, signerKey, err := plan()
	if err != nil {
		return nil, nil, err
	}
	if signer == nil {
		signer, signerKey = t, k
	}
	der, err := x509.CreateCertificate(rand.Reader, t, signer, k.Public(), signerKey)
	if err != nil {
		return nil, nil, err
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, nil, err
	}
	err = errors.Join(
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kb}), 0o600),
		os.WriteFile(crtFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	if err != nil {
		return nil, nil, err
	}
	return read(crtFile, keyFile)
}

func read(crtFile, keyFile string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	pair, err := tls.LoadX509KeyPair(crtFile, keyFile)
	if err != nil {
		return nil, nil, err
	}
	c, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, nil, err
	}
	k, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("%s is not an ECDSA key", keyFile)
	}
	return c, k, nil
}

// LocalHosts are the names and addresses under which this machine is reached.
func LocalHosts(extra ...string) []string {
	out := append([]string{"localhost", "127.0.0.1", "::1"}, extra...)
	if h, err := os.Hostname(); err == nil && h != "" {
		out = append(out, h)
	}
	addrs, _ := net.InterfaceAddrs() // none is no reason not to start
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			out = append(out, n.IP.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
