package receiver

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Receiver (收件人) as the channel gives it: plain, masked (张*) or ciphered
// (##…). All three are kept as they are.
type Receiver struct {
	Name      string `json:"name,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Province  string `json:"province,omitempty"`
	City      string `json:"city,omitempty"`
	District  string `json:"district,omitempty"`
	Town      string `json:"town,omitempty"`
	Detail    string `json:"detail,omitempty"`
	Zip       string `json:"zip,omitempty"`
	Encrypted bool   `json:"encrypted,omitempty"`
	// GroupKey is the channel's own key of this person at this place, where it gives one.
	GroupKey string `json:"group_key,omitempty"`
	// NameIndex and PhoneIndex are what the channel's ciphers of name and phone can be
	// searched with (检索串), where they bear it.
	NameIndex  string `json:"name_index,omitempty"`
	PhoneIndex string `json:"phone_index,omitempty"`
}

// Kinds of receiver data: what can be done with it.
const (
	None   = "none"
	Plain  = "plain"
	Masked = "masked" // 张* 138****1234, as the channel gave it
	Sealed = "sealed" // the channel's cipher text
)

// Stored is what the sealed column holds: the receiver we ship to, and the
// channel's last word where a person changed it here.
type Stored struct {
	Receiver
	FromChannel *Receiver `json:"from_channel,omitempty"`
}

// Channel is the receiver as the channel last gave it.
func (s *Stored) Channel() Receiver {
	if s.FromChannel != nil {
		return *s.FromChannel
	}
	return s.Receiver
}

func place(order id.ID) string { return "order_receiver/sealed/" + order.String() }

func sealed(k *seal.Keys, order id.ID, s *Stored) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return k.Seal(place(order), b)
}

func open(k *seal.Keys, order id.ID, sealed []byte) (*Stored, error) {
	b, err := k.Open(place(order), sealed)
	if err != nil {
		return nil, err
	}
	s := &Stored{}
	return s, json.Unmarshal(b, s)
}

// Kind classifies a receiver. Province, city and district alone are no receiver:
// they are kept in clear.
func (r Receiver) Kind() string {
	all := r.Name + r.Phone + r.Town + r.Detail
	switch {
	case all == "":
		return None
	case r.Encrypted || ciphered(r.Name) || ciphered(r.Phone) || ciphered(r.Detail):
		return Sealed
	case strings.Contains(all, "*"):
		return Masked
	}
	return Plain
}

func ciphered(s string) bool {
	return strings.HasPrefix(s, "##") || strings.HasPrefix(s, "$$") || strings.HasPrefix(s, "~")
}

// Mask is what lists show: 张** 138****1234. Cipher text shows nothing.
func (r Receiver) Mask() string {
	if r.Kind() == Sealed {
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

// Incomplete: plain text that no courier can deliver to.
func (r Receiver) Incomplete() bool {
	return r.Kind() == Plain && (r.Name == "" || r.Phone == "" || r.Detail == "")
}

// Covers reports whether r is a mask in the place of had's cipher text, as channels give
// it once an order is shipped, or the same mask again: nothing tells that it is another
// person.
func (r Receiver) Covers(had Receiver) bool {
	again := had.Kind() == Masked && r.Name == had.Name && r.Phone == had.Phone && r.Detail == had.Detail
	return r.Kind() == Masked && (had.Kind() == Sealed || again) &&
		same(r.Province, had.Province) && same(r.City, had.City) && same(r.District, had.District)
}

// After is r as it is found after had: who only got covered is found as before.
func (r Receiver) After(had Receiver) Receiver {
	if r.NameIndex+r.PhoneIndex == "" && r.Covers(had) {
		r.NameIndex, r.PhoneIndex = had.NameIndex, had.PhoneIndex
	}
	return r
}

// SamePlace reports whether next is r, under whichever key the channel has for it; a
// file gives none.
func (r Receiver) SamePlace(next Receiver) bool {
	r.GroupKey = next.GroupKey
	return r == next
}

// Repeats reports whether next, as the channel gives it, says nothing new. A key of the
// channel's is new unless a person changed the receiver here: it is not that one's.
func (s *Stored) Repeats(next Receiver) bool {
	had := s.Channel()
	return had == next || had.SamePlace(next) && (next.GroupKey == "" || s.FromChannel != nil)
}

// Trimmed is r without blanks around its parts, as a person typed it.
func (r Receiver) Trimmed() Receiver {
	for _, p := range []*string{&r.Name, &r.Phone, &r.Province, &r.City, &r.District, &r.Town, &r.Detail, &r.Zip} {
		*p = strings.TrimSpace(*p)
	}
	r.Encrypted, r.NameIndex, r.PhoneIndex = false, "", ""
	return r
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

// Hides reports whether next is a masked or empty form of the plain receiver r.
func (r Receiver) Hides(next Receiver) bool {
	return agrees(next.Name, r.Name) && agrees(next.Phone, r.Phone) && agrees(next.Detail, r.Detail) &&
		same(next.Province, r.Province) && same(next.City, r.City) && same(next.District, r.District)
}

func same(next, old string) bool { return next == "" || old == "" || next == old }

// Masked is the name and the phone as others may see them: 张** and 138****1234. Cipher
// text shows nothing.
func (r Receiver) Masked() (name, phone string) {
	if r.Kind() == Sealed {
		return "", ""
	}
	return maskName(r.Name), maskPhone(r.Phone)
}
