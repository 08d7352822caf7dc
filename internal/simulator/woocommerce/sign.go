package woocommerce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// webhookSign is X-WC-Webhook-Signature of a body. WordPress stores the secret
// escaped for HTML and decodes it before use.
func webhookSign(stored string, body []byte) string {
	m := hmac.New(sha256.New, []byte(html.UnescapeString(stored)))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// asPHP is the query as WordPress sees it: of a name that comes twice the last counts,
// and name[] counts its values up. WooCommerce's own clients send over plain HTTP the
// query twice and sign it once.
func asPHP(q url.Values) url.Values {
	out := url.Values{}
	for k, values := range q {
		name, list := strings.CutSuffix(k, "[]")
		if !list {
			out.Set(k, values[len(values)-1])
			continue
		}
		for i, v := range values {
			out.Set(name+"["+strconv.Itoa(i)+"]", v)
		}
	}
	return out
}

// named are the values of a parameter that is a list, or a text with commas.
func named(q url.Values, name string) []string {
	var out []string
	for k, values := range asPHP(q) {
		if k == name || strings.HasPrefix(k, name+"[") {
			out = append(out, strings.FieldsFunc(values[0], func(r rune) bool { return r == ',' })...)
		}
	}
	return out
}

// oauthSign is oauth_signature of a one-legged OAuth 1.0a request: over the method,
// the address without its query, and every other parameter.
func oauthSign(secret, method, address string, params url.Values) string {
	var parts []string
	for k, values := range params {
		if k == "oauth_signature" {
			continue
		}
		for _, v := range values {
			parts = append(parts, escape(k)+"="+escape(v))
		}
	}
	slices.Sort(parts)
	text := strings.ToUpper(method) + "&" + escape(address) + "&" + escape(strings.Join(parts, "&"))
	m := hmac.New(sha256.New, []byte(secret+"&"))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// escape is RFC 3986's: all but letters, digits and -._~ are %XX.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
