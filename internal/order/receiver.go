package order

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Kinds of receiver data: what can be done with it.
const (
	ReceiverNone   = "none"
	ReceiverPlain  = "plain"
	ReceiverMasked = "masked" // 张* 138****1234, as the channel gave it
	ReceiverSealed = "sealed" // the channel's cipher text
)

// stored is what the sealed column holds: the receiver we ship to, and the
// channel's last word where a person changed it here.
type stored struct {
	Receiver
	FromChannel *Receiver `json:"from_channel,omitempty"`
}

// channel is the receiver as the channel last gave it.
func (s *stored) channel() Receiver {
	if s.FromChannel != nil {
		return *s.FromChannel
	}
	return s.Receiver
}

func receiverPlace(order id.ID) string { return "order_receiver/sealed/" + order.String() }

func sealReceiver(k *seal.Keys, order id.ID, s *stored) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return k.Seal(receiverPlace(order), b)
}

func openReceiver(k *seal.Keys, order id.ID, sealed []byte) (*stored, error) {
	b, err := k.Open(receiverPlace(order), sealed)
	if err != nil {
		return nil, err
	}
	s := &stored{}
	return s, json.Unmarshal(b, s)
}

// kind classifies a receiver. Province, city and district alone are no receiver:
// they are kept in clear.
func (r Receiver) kind() string {
	all := r.Name + r.Phone + r.Town + r.Detail
	switch {
	case all == "":
		return ReceiverNone
	case r.Encrypted || ciphered(r.Name) || ciphered(r.Phone) || ciphered(r.Detail):
		return ReceiverSealed
	case strings.Contains(all, "*"):
		return ReceiverMasked
	}
	return ReceiverPlain
}

func ciphered(s string) bool {
	return strings.HasPrefix(s, "##") || strings.HasPrefix(s, "$$") || strings.HasPrefix(s, "~")
}

// mask is what lists show: 张** 138****1234. Cipher text shows nothing.
func (r Receiver) mask() string {
	if r.kind() == ReceiverSealed {
		return ""
	}
	return strings.TrimSpace(maskName(r.Name) + " " + maskPhone(r.Phone))
}

func maskName(s string) string {
	if s == "" || strings.Contains(s, "*") {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(first) + strings.Repeat("*", min(max(utf8.RuneCountInString(s[size:]), 1), 3))
}

func maskPhone(s string) string {
	if s == "" || strings.Contains(s, "*") {
		return s
	}
	d := NormalizePhone(s)
	switch {
	case len(d) == 11:
		return d[:3] + "****" + d[7:]
	case len(d) > 4:
		return strings.Repeat("*", len(d)-4) + d[len(d)-4:]
	}
	return "****"
}

// Kinds of search tokens.
const (
	TokenPhone      int64 = 1
	TokenLastFour   int64 = 2
	TokenName       int64 = 3
	TokenNameBigram int64 = 4

	tokenDigest int64 = 100 // of documents, kept in the head
)

// NormalizePhone keeps the digits of a phone number before its extension,
// without the country code; what stands before an area code's hyphen is no number.
func NormalizePhone(s string) string {
	if i := strings.IndexByte(s, '-'); i >= 7 {
		s = s[:i]
	}
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(d) == 13 && strings.HasPrefix(d, "86") {
		d = d[2:]
	}
	return d
}

// Bigrams are the pairs of neighbouring characters of a name, without repeats.
func Bigrams(s string) []string {
	r := []rune(s)
	var out []string
	for i := 0; i+1 < len(r); i++ {
		g := string(r[i : i+2])
		dup := false
		for _, o := range out {
			dup = dup || o == g
		}
		if !dup {
			out = append(out, g)
		}
	}
	return out
}

// maxNameRunes bounds the bigrams of one name.
const maxNameRunes = 24

type token struct{ kind, token int64 }

// tokens are the blind index of a receiver, as far as it is readable: all of a
// plain one, the last four digits of a masked one, nothing of cipher text.
func (r Receiver) tokens(k *seal.Keys) []token {
	kind := r.kind()
	if kind == ReceiverNone || kind == ReceiverSealed {
		return nil
	}
	var out []token
	add := func(kind int64, v string) { out = append(out, token{kind, k.Token(kind, v)}) }
	if r.Phone != "" {
		if !strings.Contains(r.Phone, "*") {
			if d := NormalizePhone(r.Phone); len(d) >= 5 {
				add(TokenPhone, d)
				add(TokenLastFour, d[len(d)-4:])
			}
		} else if tail := r.Phone[strings.LastIndexByte(r.Phone, '*')+1:]; len(tail) == 4 && NormalizePhone(tail) == tail {
			add(TokenLastFour, tail)
		}
	}
	if name := strings.TrimSpace(r.Name); name != "" && !strings.Contains(name, "*") {
		if rs := []rune(name); len(rs) > maxNameRunes {
			name = string(rs[:maxNameRunes])
		}
		add(TokenName, name)
		for _, g := range Bigrams(name) {
			add(TokenNameBigram, g)
		}
	}
	return out
}

// china is the zone in which days and quarters are counted.
var china = time.FixedZone("Asia/Shanghai", 8*3600)

// Quarter is year×4 + quarter of an instant, in China time; tokens are keyed by it.
func Quarter(ms int64) int64 {
	t := time.UnixMilli(ms).In(china)
	return int64(t.Year())*4 + int64(t.Month()-1)/3
}

// QuarterStart is the first instant of a quarter, in unix milliseconds.
func QuarterStart(q int64) int64 {
	return time.Date(int(q/4), time.Month(q%4*3+1), 1, 0, 0, 0, 0, china).UnixMilli()
}

// day is yyyymmdd of an instant in China time.
func day(ms int64) int64 {
	y, m, d := time.UnixMilli(ms).In(china).Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// agrees reports whether a masked text can be this plain one: 张* and 张三丰,
// 138****1234 and 13800001234. A source masks a name to any length.
func agrees(masked, plain string) bool {
	if masked == plain || masked == "" {
		return true
	}
	head, rest, ok := strings.Cut(masked, "*")
	if !ok {
		return false
	}
	tail := rest[strings.LastIndexByte(rest, '*')+1:]
	return len(head)+len(tail) <= len(plain) && strings.HasPrefix(plain, head) && strings.HasSuffix(plain, tail)
}

// hides reports whether next is a masked or empty form of the plain receiver r.
func (r Receiver) hides(next Receiver) bool {
	return agrees(next.Name, r.Name) && agrees(next.Phone, r.Phone) && agrees(next.Detail, r.Detail) &&
		same(next.Province, r.Province) && same(next.City, r.City) && same(next.District, r.District)
}

func same(next, old string) bool { return next == "" || old == "" || next == old }
