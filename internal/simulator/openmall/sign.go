package openmall

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// requestSign is X-Openmall-Sign of a request: docs/openmall.md, section 2.
func requestSign(secret, at, method, target string, body []byte) string {
	return sign(secret, at, method, target, hash(body))
}

// hintSign is X-Openmall-Sign of a hint: section 9.
func hintSign(secret, at string, body []byte) string { return sign(secret, at, hash(body)) }

func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func sign(secret string, parts ...string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(m.Sum(nil))
}
