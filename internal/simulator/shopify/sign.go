package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// webhookSign is X-Shopify-Hmac-Sha256 of a body.
func webhookSign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// oauthSign is the hmac parameter with which a merchant comes back from
// authorising: hex over all other parameters, sorted, k=v joined with &.
func oauthSign(secret string, q url.Values) string {
	var parts []string
	for k, v := range q {
		if k != "hmac" {
			parts = append(parts, k+"="+strings.Join(v, ","))
		}
	}
	slices.Sort(parts)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.Join(parts, "&")))
	return hex.EncodeToString(m.Sum(nil))
}
