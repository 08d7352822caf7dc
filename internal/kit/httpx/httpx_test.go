package httpx

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

func fetch(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func client(t *testing.T, o Options) *http.Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestAddressesOfTheLocalNetworkAreRefused(t *testing.T) {
	var a allowList
	for _, bad := range []string{"127.0.0.1:80", "127.8.8.8:80", "10.1.2.3:80", "172.16.0.1:80", "192.168.1.1:80", "169.254.169.254:80", "0.0.0.0:80", "100.64.3.2:80",
		"[::1]:80", "[fe80::1%eth0]:80", "[fc00::1]:80", "[::ffff:127.0.0.1]:80", "[::ffff:10.0.0.1]:80", "[64:ff9b::7f00:1]:80", "[2002:7f00:1::]:80", "224.0.0.1:80", "255.255.255.255:80", "nonsense"} {
		if err := a.check(bad); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s is allowed", bad)
		}
	}
	for _, good := range []string{"1.1.1.1:443", "203.119.25.1:443", "[2400:3200::1]:443"} {
		if err := a.check(good); err != nil {
			t.Errorf("%s is refused: %v", good, err)
		}
	}
}

func TestAServerOnThisMachineIsReachedOnlyWhenListed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") }))
	defer s.Close()
	if got, err := fetch(t, client(t, Options{}), s.URL); !errors.Is(err, ErrPrivate) {
		t.Fatalf("reached it: %q %v", got, err)
	}
	// By name as well: what counts is what it resolves to.
	named := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	if got, err := fetch(t, client(t, Options{}), named); !errors.Is(err, ErrPrivate) {
		t.Fatalf("reached it by name: %q %v", got, err)
	}
	for _, list := range []string{"127.0.0.0/8", "127.0.0.1"} {
		if got, err := fetch(t, client(t, Options{Allow: []string{list}}), s.URL); err != nil || got != "inside" {
			t.Fatalf("listed as %s: %q %v", list, got, err)
		}
	}
	if got, err := fetch(t, client(t, Options{Allow: []string{"localhost"}}), named); err != nil || got != "inside" {
		t.Fatalf("listed by name: %q %v", got, err)
	}
}

func TestARedirectIntoTheLocalNetworkIsRefused(t *testing.T) {
	secret := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	defer secret.Close()
	u, _ := url.Parse(secret.URL)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://[::ffff:127.0.0.1]:"+u.Port(), http.StatusFound)
	}))
	defer door.Close()
	d, _ := url.Parse(door.URL)
	// The door's host name is allowed; the address behind the redirect is not.
	c := client(t, Options{Allow: []string{"localhost"}})
	if got, err := fetch(t, c, "http://localhost:"+d.Port()); !errors.Is(err, ErrPrivate) {
		t.Fatalf("followed it: %q %v", got, err)
	}
}

func TestNothingLeavesInsideATransaction(t *testing.T) {
	d := dbtest.SQLite(t)
	asked := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	c := client(t, Options{Allow: []string{"127.0.0.1"}})
	err := d.InTx(t.Context(), func(ctx context.Context, _ *db.Tx) error {
		r, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
		if err != nil {
			return err
		}
		res, err := c.Do(r)
		if err == nil {
			res.Body.Close()
		}
		return err
	})
	if !errors.Is(err, db.ErrExternalInTx) || asked {
		t.Fatalf("%v, asked: %v", err, asked)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1000+len(r.URL.Path)-1))
	}))
	defer s.Close()
	c := client(t, Options{Allow: []string{"127.0.0.1"}, MaxAnswer: 1000})
	if got, err := fetch(t, c, s.URL+"/"); err != nil || len(got) != 1000 {
		t.Fatalf("just fits: %d %v", len(got), err)
	}
	if got, err := fetch(t, c, s.URL+"/x"); !errors.Is(err, ErrTooLarge) || len(got) != 1000 {
		t.Fatalf("one more: %d %v", len(got), err)
	}
}
