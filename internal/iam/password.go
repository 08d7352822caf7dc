package iam

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

const (
	minPassword = 8
	maxPassword = 128 // characters
	saltBytes   = 16
	keyBytes    = 32
)

// Cost is argon2id's: memory in KiB, passes, lanes.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is OWASP's second profile: 19 MiB, 2 passes, one lane.
var DefaultCost = Cost{MemoryKiB: 19456, Passes: 2, Lanes: 1}

// hasher bounds how many hashes run at a time, since each takes 19 MiB and a
// core: a burst of logins waits instead of taking the machine down.
type hasher struct {
	cost   Cost
	random io.Reader
	slots  chan struct{}
	// decoy is what an unknown user's password is compared with, so that the
	// answer takes as long as for a known one.
	decoy string
}

func newHasher(c Cost, random io.Reader) (*hasher, error) {
	h := &hasher{cost: c, random: random, slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
	// Random bytes in place of a hash: nothing matches them, and the start need not
	// wait for a hash.
	b := make([]byte, saltBytes+keyBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("iam: randomness: %w", err)
	}
	h.decoy = phc(c, b[:saltBytes], b[saltBytes:])
	return h, nil
}

func phc(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Lanes, b64(salt), b64(key))
}

func (h *hasher) run(ctx context.Context, f func()) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	f()
	return nil
}

// hash returns a PHC string.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("iam: randomness: %w", err)
	}
	var key []byte
	err := h.run(ctx, func() {
		key = argon2.IDKey([]byte(password), salt, h.cost.Passes, h.cost.MemoryKiB, h.cost.Lanes, keyBytes)
	})
	return phc(h.cost, salt, key), err
}

// verify compares in constant time; stale says that the hash was made at another
// cost and should be made anew.
func (h *hasher) verify(ctx context.Context, stored, password string) (ok, stale bool, err error) {
	c, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	var got []byte
	err = h.run(ctx, func() {
		got = argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Lanes, uint32(len(want)))
	})
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, c != h.cost, err
}

func parsePHC(stored string) (c Cost, salt, key []byte, err error) {
	bad := fmt.Errorf("iam: stored password hash is not argon2id")
	part := strings.Split(stored, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil || c.Passes == 0 || c.Lanes == 0 {
		return c, nil, nil, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return c, nil, nil, bad
	}
	if key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, bad
	}
	return c, salt, key, nil
}

// checkPassword applies the rules to a new password. names are words it must not
// contain: user name, merchant code.
func checkPassword(p Policy, password string, names ...string) error {
	n := utf8.RuneCountInString(password)
	minimum := max(minPassword, p.MinLength)
	switch {
	case n < minimum:
		return ErrPasswordShort.With("min", minimum).At("password")
	case n > maxPassword:
		return ErrPasswordLong.With("max", maxPassword).At("password")
	}
	low := strings.ToLower(password)
	for _, name := range names {
		if utf8.RuneCountInString(name) >= 3 && strings.Contains(low, strings.ToLower(name)) {
			return ErrPasswordNames.At("password")
		}
	}
	if guessable(low) {
		return ErrPasswordCommon.At("password")
	}
	if p.Mix && kinds(password) < 3 {
		return ErrPasswordMix.At("password")
	}
	return nil
}

func kinds(s string) int {
	var k [4]int
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			k[0] = 1
		case unicode.IsLower(r):
			k[1] = 1
		case unicode.IsDigit(r):
			k[2] = 1
		default:
			k[3] = 1
		}
	}
	return k[0] + k[1] + k[2] + k[3]
}

// words are what people build passwords from, one a line; tails are what they
// append. Together with the rules below they stand for far more passwords than a
// list of the same size.
//
//go:embed words.txt
var wordsText string

// common is read-only after start.
var common = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(wordsText) {
		m[w] = true
	}
	return m
}()

var (
	lookalike = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i")
	// keyboard rows, alphabets and digit runs that people walk along.
	walks = []string{
		"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()", "147258369", "159357",
	}
	onlyDigits = regexp.MustCompile("^[ -@\\[-`{-~]{1,11}$")
	affixes    = "0123456789!@#$%^&*()-_=+.,?~`'\" "
)

// guessable reports passwords that the first few million guesses try: a common
// word with digits and signs around it, look-alike letters, a short number or
// date, a repetition, a walk over the keyboard. low is in small letters.
func guessable(low string) bool {
	if onlyDigits.MatchString(low) {
		return true
	}
	for _, s := range []string{low, lookalike.Replace(strings.TrimRight(low, affixes)), lookalike.Replace(low)} {
		core := strings.Trim(s, affixes)
		if common[core] || common[s] || repeated(core) || pair(core) {
			return true
		}
		// What a trim leaves of "abc123456" is too little to protect anything.
		if utf8.RuneCountInString(core) <= 3 && utf8.RuneCountInString(low) <= 14 && walked(strings.TrimPrefix(low, core)) {
			return true
		}
	}
	return walked(low) || repeated(low)
}

// pair: two common words, "passwordadmin", or one said twice.
func pair(s string) bool {
	for i := 3; i <= len(s)-3; i++ {
		if common[s[:i]] && common[strings.Trim(s[i:], affixes)] {
			return true
		}
	}
	return false
}

// repeated: one piece of up to four bytes, or a half, over and over.
func repeated(s string) bool {
	for n := 1; n <= len(s)/2; n++ {
		if (n <= 4 || n == len(s)/2) && strings.Repeat(s[:n], len(s)/n+1)[:len(s)] == s {
			return true
		}
	}
	return false
}

// walked: made of no more than two runs along a row, forwards or backwards.
func walked(s string) bool {
	rest, runs := s, 0
	for rest != "" && runs < 3 {
		n := longestWalk(rest)
		if n < 3 {
			return false
		}
		rest = rest[n:]
		runs++
	}
	return s != "" && rest == ""
}

func longestWalk(s string) int {
	best := 0
	for _, w := range walks {
		for _, row := range []string{w, reverse(w)} {
			n := len(s)
			for n > best && !strings.Contains(row, s[:n]) {
				n--
			}
			best = max(best, n)
		}
	}
	return best
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// readable leaves out letters that are mistaken for each other when read aloud.
const readable = "abcdefghjkmnpqrstuvwxyz23456789"

// randomPassword makes a first password of 16 characters, about 79 bits.
func (s *Service) randomPassword() (string, error) {
	out := make([]byte, 0, 19)
	one := make([]byte, 1)
	for len(out) < 19 {
		if len(out)%5 == 4 {
			out = append(out, '-')
			continue
		}
		if _, err := io.ReadFull(s.opt.Random, one); err != nil {
			return "", fmt.Errorf("iam: randomness: %w", err)
		}
		// Bytes past the last full round would favour the first letters.
		if int(one[0]) < 256/len(readable)*len(readable) {
			out = append(out, readable[int(one[0])%len(readable)])
		}
	}
	return string(out), nil
}

// newPassword checks and hashes a password a person chose.
func (s *Service) newPassword(ctx context.Context, p Policy, password string, names ...string) (string, error) {
	if err := checkPassword(p, password, names...); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, password)
}
