package shopify

import (
	"encoding/json"
	"net/url"
	"os"
	"testing"
)

func TestWebhooksAndReturnsAreSignedAsTheVectorsSay(t *testing.T) {
	var v struct {
		Webhook []struct {
			Secret, Body string
			Sign         string `json:"x-shopify-hmac-sha256"`
		}
		OAuth []struct {
			Secret, Message, Hmac string
			Query                 map[string]string
		} `json:"oauth_query"`
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Webhook) != 2 || len(v.OAuth) != 2 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Webhook {
		if s := webhookSign(c.Secret, []byte(c.Body)); s != c.Sign {
			t.Error(s)
		}
		if webhookSign(c.Secret, []byte(c.Body+" ")) == c.Sign {
			t.Error("a changed body has the same sign")
		}
	}
	for _, c := range v.OAuth {
		q, err := url.ParseQuery(c.Message)
		if err != nil {
			t.Fatal(err)
		}
		want := c.Hmac
		for k, one := range c.Query {
			q.Set(k, one)
			if k == "hmac" {
				want = one
			}
		}
		if s := oauthSign(c.Secret, q); s != want {
			t.Error(s, want)
		}
	}
}
