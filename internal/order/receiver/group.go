package receiver

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Kinds of tokens that tell receivers apart; they are stored by fulfillment.
const (
	// TokenGroup is one person at one place.
	TokenGroup int64 = 6
	// TokenContent is what a parcel's papers say.
	TokenContent int64 = 7
)

// Group is who receives and where, as a keyed number: two orders with the same one
// may travel in one parcel. It is the channel's own key within scope (a shop) where
// the channel gives one, else name, phone and whole address in plain. Masked and
// sealed text is never a key: then it is 0.
func (s *Stored) Group(k *seal.Keys, scope string) int64 {
	switch {
	case s.FromChannel == nil && s.GroupKey != "":
		return k.Token(TokenGroup, "channel\x00"+scope+"\x00"+s.GroupKey)
	case s.Kind() != Plain || s.Incomplete():
		return 0
	}
	return k.Token(TokenGroup, strings.Join([]string{"plain", strings.TrimSpace(s.Name), NormalizePhone(s.Phone),
		foldAddress(s.Province + s.City + s.District + s.Town + s.Detail)}, "\x00"))
}

// Text is the receiver as papers show it, for a token of the whole content.
func (r Receiver) Text() string {
	return strings.Join([]string{r.Name, r.Phone, r.Province, r.City, r.District, r.Town, r.Detail, r.Zip, r.GroupKey}, "\x00")
}
