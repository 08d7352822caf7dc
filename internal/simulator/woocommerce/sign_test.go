package woocommerce

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestWebhooksAndRequestsAreSignedAsTheVectorsSay(t *testing.T) {
	var v struct {
		Webhook []struct {
			Stored string `json:"secret_as_stored_by_wordpress"`
			Body   string
			Sign   string `json:"X-WC-Webhook-Signature"`
		}
		Rest []struct {
			Base     string
			Secret   string `json:"consumer_secret"`
			Captured struct {
				Method, URL string
				Params      map[string]any
			}
		} `json:"rest_requests"`
	}
	f, err := os.Open("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if len(v.Webhook) != 2 || len(v.Rest) != 4 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Webhook {
		if s := webhookSign(c.Stored, []byte(c.Body)); s != c.Sign {
			t.Error(s)
		}
		if webhookSign(c.Stored, []byte(c.Body+"\n")) == c.Sign {
			t.Error("an untrimmed body has the same sign")
		}
	}
	if webhookSign("a&amp;b", []byte("{}")) != webhookSign("a&b", []byte("{}")) {
		t.Error("an escaped secret is not decoded")
	}
	seen := 0
	for _, c := range v.Rest {
		if !strings.HasPrefix(c.Base, "http://") {
			continue
		}
		seen++
		u, err := url.Parse(c.Captured.URL)
		if err != nil {
			t.Fatal(err)
		}
		p := url.Values{}
		for k, one := range c.Captured.Params {
			p.Set(k, fmt.Sprint(one))
		}
		u.RawQuery = ""
		if s := oauthSign(c.Secret, c.Captured.Method, u.String(), p); s != p.Get("oauth_signature") {
			t.Error(s)
		}
		twice := url.Values{}
		for k := range p {
			twice[k] = []string{p.Get(k), p.Get(k)}
		}
		if s := oauthSign(c.Secret, c.Captured.Method, u.String(), asPHP(twice)); s != p.Get("oauth_signature") {
			t.Error("a query that is sent twice counts once:", s)
		}
		p.Set("page", "3")
		if oauthSign(c.Secret, c.Captured.Method, u.String(), p) == p.Get("oauth_signature") {
			t.Error("another page has the same signature")
		}
	}
	if seen != 1 {
		t.Fatal("no plain http vector")
	}
}

func TestNamesComeAsPHPReadsThem(t *testing.T) {
	q := url.Values{"status[]": {"processing", "on-hold"}, "page": {"1", "2"}}
	want := url.Values{"status[0]": {"processing"}, "status[1]": {"on-hold"}, "page": {"2"}}
	if got := asPHP(q).Encode(); got != want.Encode() {
		t.Error(got)
	}
	spellings := []url.Values{{"status": {"a,b"}}, {"status[]": {"a", "b"}}, {"status[0]": {"a", "a"}, "status[1]": {"b"}}}
	for _, q := range spellings {
		got := named(q, "status")
		slices.Sort(got)
		if !slices.Equal(got, []string{"a", "b"}) {
			t.Error(q, got)
		}
	}
}
