package kuaishou

import (
	"crypto/hmac"
	"crypto/md5" // #nosec G501 -- one of the platform's two ways to sign
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// signedNames take part in the signature, in this order, which is that of their
// letters.
var signedNames = []string{"access_token", "appkey", "method", "param", "signMethod", "timestamp", "version"}

// signOf is what a request must carry as sign: k=v joined with & and the sign
// secret behind them, as lower-case hex MD5 or Base64 HMAC-SHA256. It is empty for
// a signMethod that does not exist.
func signOf(signSecret string, get func(string) string) string {
	parts := make([]string, 0, len(signedNames)+1)
	for _, n := range signedNames {
		if v := get(n); v != "" {
			parts = append(parts, n+"="+v)
		}
	}
	text := strings.Join(append(parts, "signSecret="+signSecret), "&")
	switch get("signMethod") {
	case "MD5":
		sum := md5.Sum([]byte(text)) // #nosec G401 -- as above
		return hex.EncodeToString(sum[:])
	case "HMAC_SHA256":
		m := hmac.New(sha256.New, []byte(signSecret))
		m.Write([]byte(text))
		return base64.StdEncoding.EncodeToString(m.Sum(nil))
	}
	return ""
}
