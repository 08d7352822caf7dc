package httpx

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Watch returns c with an eye on every answer's Date header, refusals included:
// how far two clocks are apart shows even where the other side says no.
func Watch(c *Client, saw func(date time.Time)) *Client {
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	out := *c
	out.Transport = watched{next, saw}
	return &out
}

type watched struct {
	next http.RoundTripper
	saw  func(time.Time)
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.next.RoundTrip(r)
	if err == nil {
		if at, e := http.ParseTime(res.Header.Get("Date")); e == nil {
			w.saw(at)
		}
	}
	return res, err
}

// Permit says whether c would speak to an address that a person typed in: https to
// anywhere public, and http or private addresses where an operator listed them.
// Names are looked up once more at every connection.
//
// Errors: ErrPrivate.
func Permit(ctx context.Context, c *Client, u *url.URL) error {
	host := strings.ToLower(u.Hostname())
	g, ok := c.Transport.(*guard)
	if !ok || host == "" {
		return ErrPrivate
	}
	if g.allow.hosts[host] {
		return nil
	}
	ips := []netip.Addr{}
	if ip, err := netip.ParseAddr(host); err == nil {
		ips = append(ips, ip)
	} else {
		short, done := context.WithTimeout(ctx, 5*time.Second)
		defer done()
		found, err := net.DefaultResolver.LookupNetIP(short, "ip", host)
		if err != nil {
			// It may be down just now; the connection is guarded anyway.
			return g.plain(u, false)
		}
		ips = found
	}
	listed := true
	for _, ip := range ips {
		if err := g.allow.check(netip.AddrPortFrom(ip, 443).String()); err != nil {
			return err
		}
		listed = listed && g.allow.listed(ip.Unmap().WithZone(""))
	}
	return g.plain(u, listed)
}

// plain refuses http to addresses that nobody listed: credentials would travel open.
func (g *guard) plain(u *url.URL, listed bool) error {
	if u.Scheme == "http" && !listed {
		return ErrPlain
	}
	return nil
}

func (a allowList) listed(ip netip.Addr) bool {
	for _, p := range a.prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
