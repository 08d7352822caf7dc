// Package wire is what connectors share when they speak to a channel: one
// exchange with its failures told apart, and the types in which channels write
// ids, amounts and times.
//
// Owns: the exchange, exact reading of ids and decimals. Does not own: signing,
// envelopes and meanings (connector/<code>), the transport (kit/httpx).
//
// Invariants: an id never passes through a float; an amount is exact or an error;
// a request whose effect may have happened is ErrUnknownOutcome and nothing else.
//
// Read next: wire.go, value.go.
package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Answer is a channel's answer, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// ServerAt is the Date header in unix milliseconds, 0 without one.
	ServerAt int64
}

// Do sends one request and reads the whole answer. effect says that the request
// changes something at the channel: then silence after sending is
// ErrUnknownOutcome, where a question's is ErrUnavailable. A 429 or 503 with
// Retry-After is ErrThrottled; other statuses are the caller's to judge.
//
// Errors: ErrUnavailable, ErrUnknownOutcome, ErrThrottled, and kit/httpx's about
// forbidden addresses.
func Do(hc *http.Client, r *http.Request, effect bool) (Answer, error) {
	res, err := hc.Do(r)
	if err != nil {
		return Answer{}, lost(err, effect)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return Answer{}, lost(err, effect)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Body: body}
	if t, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		a.ServerAt = t.UnixMilli()
	}
	if a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable {
		if wait := retryAfter(a); wait > 0 || a.Status == http.StatusTooManyRequests {
			return a, channel.Throttled(max(wait, 1000), strconv.Itoa(a.Status))
		}
	}
	return a, nil
}

// retryAfter reads the header, seconds or a date, in milliseconds.
func retryAfter(a Answer) int64 {
	h := strings.TrimSpace(a.Header.Get("Retry-After"))
	if n, err := strconv.ParseInt(h, 10, 32); err == nil && n >= 0 {
		return n * 1000
	}
	if t, err := http.ParseTime(h); err == nil && a.ServerAt > 0 {
		return max(0, t.UnixMilli()-a.ServerAt)
	}
	return 0
}

// lost tells a request that never left from one whose effect nobody knows.
func lost(err error, effect bool) error {
	var dial *net.OpError
	// The address may bear a token or a signature, which no error may carry.
	var where *url.Error
	if errors.As(err, &where) {
		err = where.Err
	}
	if e := errs.As(err); e != nil && e.Kind == errs.Forbidden {
		return err
	}
	if errors.As(err, &dial) && dial.Op == "dial" {
		return channel.Told(channel.ErrUnavailable, "dial", "no connection").Because(err)
	}
	if effect {
		return channel.ErrUnknownOutcome.Because(err)
	}
	return channel.Told(channel.ErrUnavailable, "network", "no answer").Because(err)
}

// Post makes a POST request with a body of that content type.
func Post(ctx context.Context, address, contentType string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentType)
	return r, nil
}

// China is the zone in which Chinese channels write times without one. A fixed
// offset: the machine may lack a zone database, and China keeps no summer time.
var China = time.FixedZone("CST", 8*60*60)

// ChinaTime reads "2006-01-02 15:04:05" of China as unix milliseconds; empty and
// the zero times some channels write (0001-01-01, 1970-01-01 08:00:00) are 0.
func ChinaTime(s string) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "0001-01-01") || strings.HasPrefix(s, "0000-00-00") {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateTime, s, China)
	if err != nil {
		return 0, err
	}
	return max(0, t.UnixMilli()), nil
}

// FormatChina writes unix milliseconds as "2006-01-02 15:04:05" of China.
func FormatChina(ms int64) string { return time.UnixMilli(ms).In(China).Format(time.DateTime) }
