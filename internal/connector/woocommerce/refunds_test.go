package woocommerce

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestARefundIsACaseThatIsOver(t *testing.T) {
	at := channeltest.At.UnixMilli()
	refund := string(data(t, "refund.json"))
	var asked []string
	answered := func(status int, body string) channel.AftersaleLister {
		return channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, strings.TrimPrefix(r.URL.Path, "/base"+root)+"?"+r.URL.RawQuery)
			return channeltest.Answered(status, http.Header{"X-Wp-Total": {"101"}, "Date": {"Wed, 11 Nov 2026 01:00:00 GMT"}}, body)(r)
		})).(channel.AftersaleLister)
	}
	c := answered(200, "["+refund+"]")
	p, err := c.ListAftersales(t.Context(), channel.Query{From: at - 1500, To: at, Page: 1, Size: 100})
	if err != nil || len(p.Items) != 1 || p.Items[0].No != "726" || p.Total != 101 || !p.More || !strings.Contains(asked[0], "/refunds?") ||
		!strings.Contains(asked[0], "after=2026-11-11T00%3A59%3A57") || !strings.Contains(asked[0], "before=2026-11-11T01%3A00%3A01") {
		t.Fatalf("%+v %v %v", p, err, asked)
	}
	want := channel.Case{No: "726", OrderNo: "124", LineNo: "311", Kind: "refund", State: channel.AftersaleRefunded, StateRaw: "refunded", RefundFen: 1000, Quantity: 1, Reason: "少发一条",
		CreatedAt: 1780459200000, ModifiedAt: 1780459200000}
	if got, err := c.MapAftersale(p.Items[0].Raw); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	// Beneath its order it does not name the order, and is the same case.
	c = answered(200, strings.Replace(refund, `"parent_id": 124, `, "", 1))
	one, err := c.GetAftersale(t.Context(), "726", "124")
	if err != nil || asked[1] != "/orders/124/refunds/726?" {
		t.Fatal(err, asked)
	}
	if got, err := c.MapAftersale(one.Raw); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.GetAftersale(t.Context(), "726", ""); !errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if p, err := answered(404, `{"code":"rest_no_route","message":"No route was found."}`).ListAftersales(t.Context(), channel.Query{From: at, To: at}); err != nil || p.Total != 0 || len(p.Items) != 0 {
		t.Errorf("a store before version 9: %+v %v", p, err)
	}
	if _, err := answered(401, `{"code":"woocommerce_rest_cannot_view","message":"no"}`).ListAftersales(t.Context(), channel.Query{From: at, To: at}); !errors.Is(err, channel.ErrPermission) {
		t.Error(err)
	}
}
