// Package logisticstest is what every carrier's client must do, whatever its wire
// looks like.
package logisticstest

import (
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Sample is what Client needs to know of a carrier's wire.
type Sample struct {
	Credentials map[string]string
	// Faults are answers to any request and the word each must become.
	Faults []Fault
	// Issues are answers to an issue: by a part of the request's URL and body, the
	// answer to it; what must come of it.
	Issues []Issue
}

// Fault is one refusal.
type Fault struct {
	Name, Body string
	Want       *errs.Error
}

// Issue is one issue with its answers.
type Issue struct {
	Name    string
	Answers map[string]string
	Want    *errs.Error // nil where a waybill comes
	Waybill logistics.Issued
}

// At is the instant at which the suite's clock stands.
var At = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)

// RoundTrip is a transport made of a function.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Answered is a transport that gives every request the same answer.
func Answered(status int, body string) RoundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// Silent lets requests out and brings no answer.
func Silent(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// Away refuses every connection.
func Away(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
}

// Parcel is a request as the engine makes it.
func Parcel(key string) logistics.Request {
	return logistics.Request{Key: key, Carrier: "", Pieces: 1, WeightGram: 1250,
		Sender:   logistics.Party{Name: "小满家仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"},
		Receiver: logistics.Party{Name: "林小满", Phone: "13800000001-1234", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路 1 号 (2 幢)~*'!"},
		Goods:    []logistics.Goods{{Name: "毛巾 & 浴巾", Quantity: 2}}, Note: "轻放!"}
}

// Dial opens a client over a transport.
func Dial(t testing.TB, m logistics.Manifest, s Sample, rt RoundTrip) logistics.Client {
	t.Helper()
	c, err := m.Open(access(m, s.Credentials, rt))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func access(m logistics.Manifest, credentials map[string]string, rt RoundTrip) logistics.Access {
	return logistics.Access{HTTP: &http.Client{Transport: rt}, Clock: clock.NewFake(At), BaseURL: m.BaseURL, Credentials: credentials}
}

// Client runs the suite.
func Client(t *testing.T, m logistics.Manifest, s Sample) {
	t.Run("the manifest says what the client can do", func(t *testing.T) { manifest(t, m, s) })
	t.Run("a missing credential is named", func(t *testing.T) { credentials(t, m, s) })
	t.Run("silence is told from refusal", func(t *testing.T) { silence(t, m, s) })
	t.Run("every refusal has its word", func(t *testing.T) { refusals(t, m, s) })
	t.Run("waybills are read whole", func(t *testing.T) { issues(t, m, s) })
	t.Run("asked again it is the same request", func(t *testing.T) { repeats(t, m, s) })
}

func manifest(t *testing.T, m logistics.Manifest, s Sample) {
	if _, known := logistics.Get(m.Code); !known || m.BaseURL == "" || m.MaxPieces < 1 || m.AtOnce < 1 || len(m.Products) == 0 {
		t.Errorf("incomplete: %+v", m)
	}
	got := logistics.Implemented(Dial(t, m, s, Silent))
	slices.Sort(got)
	want := slices.Sorted(slices.Values(m.Capabilities))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the client has %v, the manifest says %v", got, want)
	}
	for _, c := range m.Credentials {
		if c.NameZH == "" || c.NameEN == "" || c.HelpZH == "" || c.HelpEN == "" {
			t.Errorf("%s is not explained", c.Name)
		}
	}
}

func credentials(t *testing.T, m logistics.Manifest, s Sample) {
	for _, c := range m.Credentials {
		less := map[string]string{}
		for k, v := range s.Credentials {
			if k != c.Name {
				less[k] = v
			}
		}
		_, err := m.Open(access(m, less, Silent))
		if e := errs.As(err); !c.Optional && (!errors.Is(err, logistics.ErrCredentials) || e.Field != c.Name) {
			t.Errorf("without %s: %v", c.Name, err)
		}
	}
}

// silence: what may have happened is unknown, what never left is not.
func silence(t *testing.T, m logistics.Manifest, s Sample) {
	for _, c := range []struct {
		name             string
		rt               RoundTrip
		effect, question *errs.Error
	}{
		{"no answer", Silent, logistics.ErrUnknownOutcome, logistics.ErrUnavailable},
		{"no connection", Away, logistics.ErrUnavailable, logistics.ErrUnavailable},
		{"a gateway's error", Answered(http.StatusBadGateway, "<html>"), logistics.ErrUnknownOutcome, logistics.ErrUnavailable},
		{"half an answer", Answered(http.StatusOK, `{"stat`), logistics.ErrUnknownOutcome, logistics.ErrAnswer},
		{"too many requests", Answered(http.StatusTooManyRequests, ""), logistics.ErrThrottled, logistics.ErrThrottled},
		{"a page that is not there", Answered(http.StatusNotFound, ""), logistics.ErrAnswer, logistics.ErrAnswer},
	} {
		x := Dial(t, m, s, c.rt)
		_, issued := x.Issue(t.Context(), Parcel("OC1"))
		_, found := x.Find(t.Context(), Parcel("OC1"))
		for what, one := range map[string]struct {
			got  error
			want *errs.Error
		}{
			"issue": {issued, c.effect}, "cancel": {x.Cancel(t.Context(), "OC1", "1"), c.effect},
			"find": {found, c.question}, "test": {x.Test(t.Context()), c.question},
		} {
			if !errors.Is(one.got, one.want) {
				t.Errorf("%s, %s: %v, want %s", c.name, what, one.got, one.want.Code)
			}
			secrets(t, m, s, one.got)
		}
	}
}

func refusals(t *testing.T, m logistics.Manifest, s Sample) {
	var told []*errs.Error
	for _, f := range s.Faults {
		told = append(told, f.Want)
		_, err := Dial(t, m, s, Answered(http.StatusOK, f.Body)).Issue(t.Context(), Parcel("OC1"))
		if !errors.Is(err, f.Want) {
			t.Errorf("%s: %v, want %s", f.Name, err, f.Want.Code)
		}
		secrets(t, m, s, err)
	}
	for _, w := range []*errs.Error{logistics.ErrSignature, logistics.ErrPermission, logistics.ErrThrottled, logistics.ErrRefused, logistics.ErrUnreachable, logistics.ErrDone} {
		if !slices.Contains(told, w) {
			t.Errorf("no answer shows %s", w.Code)
		}
	}
}

func issues(t *testing.T, m logistics.Manifest, s Sample) {
	for _, i := range s.Issues {
		rt := RoundTrip(func(r *http.Request) (*http.Response, error) {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			for part, body := range i.Answers {
				if strings.Contains(r.URL.Path+string(b), part) {
					return Answered(http.StatusOK, body)(r)
				}
			}
			return nil, io.ErrUnexpectedEOF
		})
		got, err := Dial(t, m, s, rt).Issue(t.Context(), Parcel("OC1"))
		if i.Want != nil && !errors.Is(err, i.Want) || i.Want == nil && (err != nil || !reflect.DeepEqual(got, i.Waybill)) {
			t.Errorf("%s: %+v %v, want %+v", i.Name, got, err, i.Waybill)
		}
	}
}

// repeats: the same parcel is the same request, another parcel another one.
func repeats(t *testing.T, m logistics.Manifest, s Sample) {
	sent := func(key string) (out string) {
		rt := RoundTrip(func(r *http.Request) (*http.Response, error) {
			b, _ := io.ReadAll(r.Body)
			out = r.URL.String() + "\n" + string(b)
			return nil, io.ErrUnexpectedEOF
		})
		_, _ = Dial(t, m, s, rt).Issue(t.Context(), Parcel(key))
		return out
	}
	if a, b := sent("OC1"), sent("OC1"); a == "" || a != b {
		t.Errorf("asked again it is another request:\n%s\n%s", a, b)
	}
	if sent("OC1") == sent("OC2") {
		t.Error("another parcel is the same request")
	}
}

// secrets: no error tells what it should not.
func secrets(t *testing.T, m logistics.Manifest, s Sample, err error) {
	t.Helper()
	for _, c := range m.Credentials {
		if c.Secret && err != nil && strings.Contains(err.Error(), s.Credentials[c.Name]) {
			t.Errorf("an error tells %s: %v", c.Name, err)
		}
	}
	for _, word := range []string{"林小满", "13800000001", "孤山路"} {
		if err != nil && strings.Contains(err.Error(), word) {
			t.Errorf("an error tells the receiver: %v", err)
		}
	}
}
