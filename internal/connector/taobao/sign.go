package taobao

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// The ways to sign that the gateway takes.
const (
	signMD5    = "md5"
	signHMAC   = "hmac" // with MD5
	signSHA256 = "hmac-sha256"
)

// sign signs what is sent: all parameters that have a value, by name, each name
// followed by its value.
func sign(method, secret string, params map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if params[name] != "" && name != "sign" {
			b.WriteString(name + params[name])
		}
	}
	var sum []byte
	switch method {
	case signMD5:
		all := md5.Sum([]byte(secret + b.String() + secret))
		sum = all[:]
	case signHMAC:
		m := hmac.New(md5.New, []byte(secret))
		m.Write([]byte(b.String()))
		sum = m.Sum(nil)
	case signSHA256:
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(b.String()))
		sum = m.Sum(nil)
	}
	return strings.ToUpper(hex.EncodeToString(sum))
}
