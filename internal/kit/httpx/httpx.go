// Package httpx is how the product talks to the outside: platforms, carriers,
// image hosts, webhooks.
//
// Owns: the outbound transport. Does not own: what is said to whom (connectors,
// carriers, messengers).
//
// Invariants: no request leaves inside a database transaction; no address of
// this machine or its network is reached unless an operator listed it, whatever
// a name resolves to and wherever a redirect leads; every answer is bounded.
package httpx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

var (
	// ErrPrivate: the address belongs to this machine or its network.
	ErrPrivate = errs.Define(errs.Forbidden, "httpx.private_address", "不允许访问内网地址", "Addresses of the local network are not allowed")
	// ErrPlain: the address asks for plain http.
	ErrPlain = errs.Define(errs.Forbidden, "httpx.plain_http", "公网地址必须使用 https", "A public address must use https")
	// ErrTooLarge: the answer passes its bound.
	ErrTooLarge = errs.Define(errs.Unavailable, "httpx.answer_too_large", "对方返回的内容过大", "The other side's answer is too large")
	// ErrUnreachable: no answer came.
	ErrUnreachable = errs.Define(errs.Unavailable, "httpx.unreachable", "无法连接对方服务", "The other side cannot be reached")
)

// Client and Header are net/http's, for packages that hand them on without
// speaking HTTP themselves.
type (
	Client = http.Client
	Header = http.Header
)

// Options tune New. The zero value refuses every private address.
type Options struct {
	// Allow lists hosts, addresses or prefixes that may be private ("10.0.5.0/24",
	// "erp.example.internal").
	Allow []string
	// Timeout bounds a whole exchange; 0 is 30 seconds.
	Timeout time.Duration
	// MaxAnswer bounds an answer's bytes; 0 is 16 MiB.
	MaxAnswer int64
}

type allowList struct {
	hosts    map[string]bool
	prefixes []netip.Prefix
}

// New returns a client. It takes no proxy from the environment: a proxy would
// connect where we must not.
func New(o Options) (*http.Client, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxAnswer == 0 {
		o.MaxAnswer = 16 << 20
	}
	allow, err := parseAllow(o.Allow)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
			if !allow.hosts[strings.ToLower(host)] {
				// Asked for every address just before connecting, so that a name cannot
				// resolve to one thing when checked and to another when used.
				d.Control = func(_, address string, _ syscall.RawConn) error { return allow.check(address) }
			}
			return d.DialContext(ctx, network, addr)
		},
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{Timeout: o.Timeout, Transport: &guard{t, o.MaxAnswer, allow}, CheckRedirect: redirect}, nil
}

func redirect(r *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("httpx: too many redirects")
	}
	if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errors.New("httpx: a redirect from https to http")
	}
	return nil
}

func parseAllow(list []string) (allowList, error) {
	a := allowList{hosts: map[string]bool{}}
	for _, s := range list {
		s = strings.ToLower(strings.TrimSpace(s))
		if p, err := netip.ParsePrefix(s); err == nil {
			a.prefixes = append(a.prefixes, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(s); err == nil {
			a.prefixes = append(a.prefixes, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		if s == "" || strings.ContainsAny(s, "/:*") {
			return a, fmt.Errorf("httpx: %q is no host, address or prefix", s)
		}
		a.hosts[s] = true
	}
	return a, nil
}

// special ranges that the standard library does not call private.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
}

func (a allowList) check(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate.Because(err)
	}
	ip := ap.Addr().Unmap().WithZone("")
	for _, p := range a.prefixes {
		if p.Contains(ip) {
			return nil
		}
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return ErrPrivate
	}
	for _, p := range special {
		if p.Contains(ip) {
			return ErrPrivate
		}
	}
	return nil
}

// guard is the transport around the transport.
type guard struct {
	next  *http.Transport
	max   int64
	allow allowList
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if db.InTx(r.Context()) {
		return nil, db.ErrExternalInTx
	}
	if r.URL.Scheme != "https" && r.URL.Scheme != "http" {
		return nil, fmt.Errorf("httpx: scheme %q", r.URL.Scheme)
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		if errs.As(err) != nil {
			return nil, err
		}
		return nil, ErrUnreachable.Because(err)
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res, nil // from here on it is a connection; who reads it bounds its messages
	}
	res.Body = &bounded{res.Body, g.max}
	return res, nil
}

// CloseIdleConnections lets http.Client pass the wish on.
func (g *guard) CloseIdleConnections() { g.next.CloseIdleConnections() }

type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
