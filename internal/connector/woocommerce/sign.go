package woocommerce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// webhookSign is X-WC-Webhook-Signature of a body.
func webhookSign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// decoded is a secret as WordPress uses it: it keeps it escaped for HTML, and who
// copies it from there copies it escaped.
func decoded(secret string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#039;", "'", "&#39;", "'", "&#x27;", "'").Replace(secret)
}

// oauth adds a one-legged OAuth 1.0a signature to a query: a store without https
// takes nothing else. at is unix seconds.
func oauth(key, secret, method string, u *url.URL, q url.Values, nonce string, at int64) url.Values {
	out := url.Values{"oauth_consumer_key": {key}, "oauth_nonce": {nonce}, "oauth_signature_method": {"HMAC-SHA256"},
		"oauth_timestamp": {strconv.FormatInt(at, 10)}, "oauth_version": {"1.0"}}
	for k, v := range q {
		out[k] = v
	}
	var names, parts []string
	for k := range out {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		for _, v := range out[k] {
			parts = append(parts, escape(k)+"="+escape(v))
		}
	}
	text := method + "&" + escape(u.Scheme+"://"+u.Host+u.EscapedPath()) + "&" + escape(strings.Join(parts, "&"))
	m := hmac.New(sha256.New, []byte(secret+"&"))
	m.Write([]byte(text))
	out.Set("oauth_signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
	return out
}

// escape is RFC 3986's: all but letters, digits and -._~ are %XX.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// nonce is a word that a store has not seen: of the instant and a count of requests,
// and not to be guessed without the secret.
func nonce(secret string, nanos int64, count uint64) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strconv.FormatInt(nanos, 10) + "/" + strconv.FormatUint(count, 10)))
	return hex.EncodeToString(m.Sum(nil)[:16])
}
