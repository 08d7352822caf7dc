package woocommerce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/url"
	"slices"
	"strings"
)

// webhookSign is X-WC-Webhook-Signature of a body. WordPress stores the secret
// escaped for HTML and decodes it before use.
func webhookSign(stored string, body []byte) string {
	m := hmac.New(sha256.New, []byte(html.UnescapeString(stored)))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
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
