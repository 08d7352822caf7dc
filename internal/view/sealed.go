package view

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// Seeker tells under which search tokens the orders of shops (id to channel) are found
// whose ciphered phone or name is plain, and which shops' channels could not be asked.
// field is phone or name.
type Seeker func(ctx context.Context, shops map[id.ID]string, field, plain string) (tokens []int64, unasked map[id.ID]error, err error)

// Option changes how the service answers.
type Option func(*Service)

// Seeking lets whole phones and names be found in what channels ciphered.
func Seeking(f Seeker) Option { return func(s *Service) { s.seek = f } }

// Unasked is a shop in which a whole phone or name could not be sought: its channel
// ciphers receivers and did not say how they are searched. Its orders may be missing.
type Unasked struct {
	ShopID   id.ID  `json:"shop_id"`
	ShopName string `json:"shop_name"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

// sought are the tokens of what a filter's fields say, among ciphered receivers.
type sought struct{ phone, name, anyPhone, anyName []int64 }

// maxSought bounds the tokens of one field: beyond it a search would be many.
const maxSought = 64

// sealed asks the channels for what f is looking for among ciphered receivers. It is
// called before a question takes its turn: a slow channel keeps nobody else waiting.
func (s *Service) sealed(ctx context.Context, a actor.Actor, f Filter) (Filter, []Unasked, error) {
	asks := f.asks()
	if s.seek == nil || len(asks) == 0 {
		return f, nil, nil
	}
	n, err := s.names(ctx, s.k.DB, a.MerchantID)
	if err != nil {
		return f, nil, err
	}
	shops := n.read(a, f)
	if len(shops) == 0 {
		return f, nil, nil
	}
	missed := map[id.ID]error{}
	for _, one := range asks {
		tokens, unasked, err := s.seek(ctx, shops, one.field, one.plain)
		if err != nil {
			return f, nil, err
		}
		*one.to(&f.sought) = tokens[:min(len(tokens), maxSought)]
		maps.Copy(missed, unasked)
	}
	var out []Unasked
	for _, i := range slices.Sorted(maps.Keys(missed)) {
		u := Unasked{ShopID: i, ShopName: n.shops[i]}
		if e := errs.As(missed[i]); e != nil {
			u.Code, u.Message = e.Code, errs.Message(actor.Lang(ctx), e.Code, e.Params)
		}
		out = append(out, u)
	}
	return f, out, nil
}

// read are the shops in f and in the actor's scope that are read by API.
func (n names) read(a actor.Actor, f Filter) map[id.ID]string {
	in, _ := n.shopsOf(a, f)
	out := map[id.ID]string{}
	for i, channel := range n.channels {
		if n.modes[i] == shop.ModeAPI && (in == nil || slices.Contains(in, i)) {
			out[i] = channel
		}
	}
	return out
}

// asking is a value that channels are asked for.
type asking struct {
	field, plain string
	to           func(*sought) *[]int64
}

// asks are the whole phones and names in f: only those are the same in every cipher text.
func (f Filter) asks() (out []asking) {
	if wholePhone(f.Phone) {
		out = append(out, asking{"phone", f.Phone, func(s *sought) *[]int64 { return &s.phone }})
	}
	if n := utf8.RuneCountInString(f.Receiver); n >= 2 && n <= 24 && !strings.ContainsFunc(f.Receiver, unicode.IsDigit) {
		out = append(out, asking{"name", f.Receiver, func(s *sought) *[]int64 { return &s.name }})
	}
	switch {
	case len(f.Numbers) > 0:
	case wholePhone(f.Query) && allNumbers([]string{f.Query}):
		out = append(out, asking{"phone", f.Query, func(s *sought) *[]int64 { return &s.anyPhone }})
	case likeName(f.Query):
		out = append(out, asking{"name", f.Query, func(s *sought) *[]int64 { return &s.anyName }})
	}
	return out
}

// wholePhone reports a mobile number, or a landline with its area code.
func wholePhone(text string) bool {
	d := receiver.NormalizePhone(text)
	return len(d) == 11 && d[0] == '1' || len(d) >= 10 && len(d) <= 12 && d[0] == '0'
}

// likeName reports a Chinese name: most of what is typed into the one search box and is
// no number is part of a title, for which no channel need be asked.
func likeName(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= 2 && n <= 4 && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '·' })
}

// orSealed adds the orders whose ciphered receiver has one of tokens.
func (s *Service) orSealed(ctx context.Context, q db.Querier, m id.ID, g group, kind int64, tokens []int64) (group, error) {
	for _, t := range tokens {
		more, err := s.byKeyed(ctx, q, m, kind, t)
		if err != nil {
			return nil, err
		}
		g = append(g, more...)
	}
	return g, nil
}
