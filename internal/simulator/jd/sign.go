package jd

import (
	"crypto/md5" // #nosec G501 -- the platform signs with MD5
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// signOf is what a request must carry as X-JOS-Sign: upper-case hex MD5 of the
// secret, all names with their values in code point order, and the secret.
func signOf(secret string, signed map[string]string) string {
	var b strings.Builder
	b.WriteString(secret)
	for _, name := range slices.Sorted(maps.Keys(signed)) {
		b.WriteString(name)
		b.WriteString(signed[name])
	}
	b.WriteString(secret)
	sum := md5.Sum([]byte(b.String())) // #nosec G401 -- as above
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// signed gathers what takes part: the X-JOS headers, every query and path
// parameter, and the body's bytes unless there are none or just {}.
func signed(headers, query, path map[string]string, body []byte) map[string]string {
	all := map[string]string{}
	maps.Copy(all, headers)
	maps.Copy(all, query)
	maps.Copy(all, path)
	if text := string(body); text != "" && text != "{}" {
		all["body"] = text
	}
	return all
}
