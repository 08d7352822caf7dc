// Package wire is what carriers' clients share when they speak: one exchange with its
// failures told apart, and the forms in which carriers write numbers and times.
//
// Owns: the exchange. Does not own: signing, envelopes and meanings (carrier/<code>),
// the transport (kit/httpx).
//
// Invariants: a request whose effect may have happened is ErrUnknownOutcome and
// nothing else; no error bears an address, which may hold a key.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
)

// maxAnswer bounds an answer: labels as PDF are the largest.
const maxAnswer = 8 << 20

// Post sends one request and returns the body of its answer. effect says that the
// request changes something at the carrier: then silence after sending is
// ErrUnknownOutcome, where a question's is ErrUnavailable.
//
// Errors: those, ErrThrottled, ErrAnswer, and kit/httpx's about forbidden addresses.
func Post(ctx context.Context, a logistics.Access, address, contentType string, header map[string]string, body []byte, effect bool) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, logistics.ErrCredentials.With("field", "base_url").At("base_url")
	}
	r.Header.Set("Content-Type", contentType)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := a.HTTP.Do(r)
	if err != nil {
		return nil, lost(err, effect)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, lost(err, effect)
	}
	code := strconv.Itoa(res.StatusCode)
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.ParseInt(res.Header.Get("Retry-After"), 10, 32)
		return nil, logistics.Throttled(max(seconds, 1)*1000, code)
	case res.StatusCode >= 500 && effect:
		return nil, logistics.ErrUnknownOutcome // what stands before the carrier lost its answer
	case res.StatusCode >= 500:
		return nil, logistics.Told(logistics.ErrUnavailable, code, "HTTP "+code)
	case res.StatusCode < 200 || res.StatusCode > 299:
		return nil, logistics.Told(logistics.ErrAnswer, code, "HTTP "+code)
	}
	return out, nil
}

// lost tells a request that never left from one whose effect nobody knows.
func lost(err error, effect bool) error {
	var where *url.Error
	if errors.As(err, &where) {
		err = where.Err
	}
	var dial *net.OpError
	switch e := errs.As(err); {
	case e != nil && e.Kind == errs.Forbidden:
		return err
	case errors.As(err, &dial) && dial.Op == "dial":
		return logistics.Told(logistics.ErrUnavailable, "dial", "no connection").Because(err)
	case effect:
		return logistics.ErrUnknownOutcome.Because(err)
	}
	return logistics.Told(logistics.ErrUnavailable, "network", "no answer").Because(err)
}

// JSON reads an answer. Errors: ErrAnswer, of effects ErrUnknownOutcome.
func JSON(body []byte, into any, effect bool) error {
	err := json.Unmarshal(body, into)
	switch {
	case err == nil:
		return nil
	case effect:
		return logistics.ErrUnknownOutcome.Because(err)
	}
	return logistics.Told(logistics.ErrAnswer, "json", "unreadable JSON").Because(err)
}

// Credentials checks that every credential asked for is there.
// Errors: ErrCredentials naming the field.
func Credentials(asked []logistics.Credential, a logistics.Access) error {
	for _, c := range asked {
		if strings.TrimSpace(a.Credentials[c.Name]) == "" && !c.Optional {
			return logistics.ErrCredentials.With("field", c.Name).At(c.Name)
		}
	}
	if a.Clock == nil || a.BaseURL == "" {
		return fmt.Errorf("wire: access without clock or address")
	}
	return nil
}

// China is the zone in which carriers write times.
var China = time.FixedZone("CST", 8*60*60)

// ChinaTime reads "2006-01-02 15:04:05" of China as unix milliseconds, 0 for what is none.
func ChinaTime(s string) int64 {
	t, err := time.ParseInLocation(time.DateTime, strings.TrimSpace(s), China)
	if err != nil {
		return 0
	}
	return max(0, t.UnixMilli())
}

// FormatChina writes unix milliseconds as "2006-01-02 15:04:05" of China.
func FormatChina(ms int64) string { return time.UnixMilli(ms).In(China).Format(time.DateTime) }

// Kilograms writes grams as kilograms with three decimals.
func Kilograms(gram int64) string { return fmt.Sprintf("%d.%03d", gram/1000, gram%1000) }

// Yuan reads an amount in yuan. Errors: ErrAnswer.
func Yuan(n json.Number) (money.Fen, error) {
	f, err := money.ParseYuan(n.String())
	if err != nil {
		return 0, logistics.Told(logistics.ErrAnswer, "amount", n.String())
	}
	return f, nil
}
