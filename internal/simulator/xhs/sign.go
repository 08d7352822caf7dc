package xhs

import (
	"crypto/md5" // #nosec G501 -- the platform signs with MD5
	"encoding/hex"
)

// signOf is what a request must carry as sign. Neither the token nor the business
// parameters take part.
func signOf(secret, method, appID, timestamp, version string) string {
	sum := md5.Sum([]byte(method + "?appId=" + appID + "&timestamp=" + timestamp + "&version=" + version + secret)) // #nosec G401 -- as above
	return hex.EncodeToString(sum[:])
}
