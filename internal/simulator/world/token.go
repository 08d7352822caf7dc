package world

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// tokens are a shop's authorisations. The first access token stands from the start,
// so that a client can be set up without a browser.
type tokens struct {
	Codes   map[string]int64 // authorisation codes and their end
	Access  map[string]int64 // access tokens and their end
	Refresh string
	Until   int64 // of the refresh token
	Made    uint64
	Renewed int
}

func newTokens() tokens {
	return tokens{Codes: map[string]int64{}, Access: map[string]int64{}}
}

// Grant is what an authorisation gives. Instants are unix milliseconds.
type Grant struct {
	Access, Refresh         string
	ExpiresAt, RefreshUntil int64
}

const year = int64(365 * 24 * 3600_000)

func (t *Tx) ttl() (access, refresh int64) {
	access, refresh = t.Platform.TokenTTL, t.Platform.RefreshTTL
	if access == 0 {
		access = year
	}
	if refresh == 0 {
		refresh = year
	}
	if t.faults.TokenTTLSeconds > 0 && !t.Platform.FixedTokens {
		access = t.faults.TokenTTLSeconds * 1000
	}
	return access, refresh
}

func (t *Tx) secretWord(n int) string {
	t.tokens.Made++
	return Stream(t.w.cfg.Seed, t.Name, "token", number(t.tokens.Made)).Hex(n)
}

// NewCode is an authorisation code, good once and for 10 minutes: what a seller's
// consent gives.
func (t *Tx) NewCode() string {
	c := t.secretWord(24)
	t.tokens.Codes[c] = t.now + 10*60_000
	t.keepShop()
	return c
}

// GrantByCode trades a code for tokens; older tokens end. Errors: Invalid.
func (t *Tx) GrantByCode(code string) (Grant, error) {
	until, ok := t.tokens.Codes[code]
	delete(t.tokens.Codes, code)
	if !ok || until < t.now {
		return Grant{}, invalid("code is unknown, used or too old")
	}
	t.tokens.Access = map[string]int64{}
	return t.grant(), nil
}

// GrantByRefresh renews; the new access token lives its full time. Errors: Invalid.
func (t *Tx) GrantByRefresh(refresh string) (Grant, error) {
	if refresh == "" || refresh != t.tokens.Refresh || t.tokens.Until < t.now {
		return Grant{}, invalid("refresh token is unknown or too old")
	}
	t.tokens.Renewed++
	return t.grant(), nil
}

// GrantSame answers a refresh on platforms that do not prolong anything by it: the
// token there is, with what is left of it. Errors: Invalid.
func (t *Tx) GrantSame(refresh string) (Grant, error) {
	if refresh == "" || refresh != t.tokens.Refresh || t.tokens.Until < t.now {
		return Grant{}, invalid("refresh token is unknown or too old")
	}
	g := Grant{Refresh: t.tokens.Refresh, RefreshUntil: t.tokens.Until}
	for a, until := range t.tokens.Access {
		if until > g.ExpiresAt {
			g.Access, g.ExpiresAt = a, until
		}
	}
	if g.ExpiresAt <= t.now {
		return Grant{}, invalid("access token has ended")
	}
	return g, nil
}

// GrantSelf gives tokens to an app that needs nobody's consent.
func (t *Tx) GrantSelf() Grant { return t.grant() }

func (t *Tx) grant() Grant {
	access, refresh := t.ttl()
	g := Grant{Access: t.secretWord(40), ExpiresAt: t.now + access}
	// A token in use stays good for a minute, as requests may be under way.
	for old, until := range t.tokens.Access {
		t.tokens.Access[old] = min(until, t.now+60_000)
	}
	t.tokens.Access[g.Access] = g.ExpiresAt
	t.tokens.Refresh, t.tokens.Until = t.secretWord(40), t.now+refresh
	g.Refresh, g.RefreshUntil = t.tokens.Refresh, t.tokens.Until
	t.keepShop()
	return g
}

// TokenState is what an access token is worth.
type TokenState int

const (
	TokenGood TokenState = iota
	TokenExpired
	TokenUnknown
)

// CheckToken looks an access token up.
func (t *Tx) CheckToken(access string) TokenState {
	until, ok := t.tokens.Access[access]
	switch {
	case !ok:
		return TokenUnknown
	case until <= t.now:
		return TokenExpired
	}
	return TokenGood
}

// ExpireTokens ends every access token; with refresh the refresh token too.
func (t *Tx) ExpireTokens(refresh bool) {
	for a := range t.tokens.Access {
		t.tokens.Access[a] = t.now
	}
	if refresh {
		t.tokens.Until = 0
	}
	t.keepShop()
}

// Access is a good access token of the shop, made where there is none.
func (t *Tx) Access() Grant {
	for a, until := range t.tokens.Access {
		if until > t.now+60_000 {
			return Grant{Access: a, ExpiresAt: until, Refresh: t.tokens.Refresh, RefreshUntil: t.tokens.Until}
		}
	}
	return t.grant()
}

// quota counts decrypted fields by day of China time.
type quota struct {
	Day  int64 `json:"day"`
	Used int64 `json:"used"`
}

const chinaDay = 24 * 3600_000

// TakeDecrypt takes n from today's quota of decryptions, false where it does not
// suffice.
func (t *Tx) TakeDecrypt(n int64) bool {
	limit := t.Platform.DecryptDaily
	if t.faults.DecryptDaily > 0 {
		limit = t.faults.DecryptDaily
	}
	if day := (t.now + 8*3600_000) / chinaDay; day != t.quota.Day {
		t.quota = quota{Day: day}
	}
	if limit > 0 && t.quota.Used+n > limit {
		return false
	}
	t.quota.Used += n
	return true
}

// Cipher is a text that stands for one field of an order's receiver. The same field
// of the same receiver gives the same text; a changed receiver another.
func (s *Shop) Cipher(o *Order, field, plain string) string {
	if plain == "" {
		return ""
	}
	m := hmac.New(sha256.New, []byte(s.Secret+"/receiver"))
	for _, p := range []string{o.No, number(uint64(o.AddressChange)), field, plain} {
		m.Write([]byte(p))
		m.Write([]byte{0})
	}
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Index is what a platform's cipher texts can be searched with: equal for equal
// plain texts of a shop.
func (s *Shop) Index(field, plain string) string {
	m := hmac.New(sha256.New, []byte(s.Secret+"/index/"+field))
	m.Write([]byte(plain))
	return base64.StdEncoding.EncodeToString(m.Sum(nil)[:18])
}

// MaskName keeps the first character.
func MaskName(name string) string {
	for i := range name {
		if i > 0 {
			return name[:i] + "**"
		}
	}
	return name
}

// MaskPhone is 138****1234.
func MaskPhone(p string) string {
	if len(p) < 8 {
		return p
	}
	return p[:3] + "****" + p[len(p)-4:]
}

// MaskDetail keeps the street's first two characters.
func MaskDetail(d string) string {
	n := 0
	for i := range d {
		if n == 2 {
			return d[:i] + "****"
		}
		n++
	}
	return d
}
