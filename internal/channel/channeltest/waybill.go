package channeltest

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// parcel is a parcel to be issued a waybill for.
func parcel(key string) channel.WaybillRequest {
	return channel.WaybillRequest{Key: key, Orders: []string{"9007199254740993001"}, Carrier: "ZTO", Branch: "571001",
		Sender:   channel.Receiver{Name: "小满家仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"},
		Receiver: channel.Receiver{Name: "~name~", Phone: "~phone~", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "~detail~", Encrypted: true},
		Goods:    []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500}
}

// issuedBefore names a waybill as a channel of any kind finds it again.
var issuedBefore = channel.WaybillName{Carrier: "ZTO", No: "78001000000017", Ref: "9007199254740993001"}

// waybills: what a lost answer is asked again with is the same request, every refusal
// has its word, and no error tells what it should not.
func (s suite) waybills(t *testing.T) {
	if _, ok := Dial(t, s.m, s.a, s.mute(t)).(channel.WaybillIssuer); !ok {
		if len(s.a.Waybills) > 0 {
			t.Error("answers to issues, but the client issues none")
		}
		return
	}
	var told []*errs.Error
	for _, one := range s.a.Waybills {
		told = append(told, one.Want)
		c := Dial(t, s.m, s.a, s.unless(Answered(0, nil, one.Body))).(channel.WaybillIssuer)
		got, err := c.IssueWaybill(t.Context(), parcel("k4"))
		switch {
		case one.Want != nil && !errors.Is(err, one.Want):
			t.Errorf("%s: %v, want %s", one.Name, err, one.Want.Code)
		case one.Want == nil && (err != nil || got != one.Waybill):
			t.Errorf("%s: %+v %v, want %+v", one.Name, got, err, one.Waybill)
		}
		s.secretsIn(t, err)
	}
	for _, word := range []*errs.Error{nil, channel.ErrWaybillBalance, channel.ErrUnreachable} {
		if !slices.Contains(told, word) {
			t.Errorf("no answer shows %v", word)
		}
	}
	first, again, other := s.issued(t, "k4"), s.issued(t, "k4"), s.issued(t, "k5")
	if first == "" || first != again {
		t.Errorf("asked again it is another request:\n%s\n%s", first, again)
	}
	if first == other {
		t.Error("another parcel is the same request")
	}
	awkward := s.issued(t, "7300000000000000042/parcel-1:第一件")
	if awkward == "" || awkward == s.issued(t, "7300000000000000042/parcel-2:第一件") {
		t.Error("long keys fall together")
	}
}

// issued is the body of the request that issues a waybill for a key.
func (s suite) issued(t *testing.T, key string) string {
	t.Helper()
	var sent []string
	kept := RoundTrip(func(r *http.Request) (*http.Response, error) {
		var b []byte
		if r.Body != nil {
			b, _ = io.ReadAll(r.Body)
		}
		r.Body = io.NopCloser(strings.NewReader(string(b)))
		sent = append(sent, r.URL.Path+" "+string(b))
		return s.unless(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })(r)
	})
	c := Dial(t, s.m, s.a, kept)
	if _, err := c.(channel.WaybillIssuer).IssueWaybill(t.Context(), parcel(key)); !errors.Is(err, channel.ErrUnknownOutcome) || len(sent) == 0 {
		t.Errorf("a lost issue: %v", err)
		return ""
	}
	return sent[len(sent)-1]
}
