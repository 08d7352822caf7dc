package view

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// byAddress: any part of the address where the merchant has addresses searched;
// else, and for single characters, the beginning of province, city or district.
func (s *Service) byAddress(ctx context.Context, q db.Querier, m id.ID, text string) ([]group, error) {
	state, err := s.orders.AddressIndex().State(ctx, q)
	if err != nil {
		return nil, err
	}
	bigrams, short := receiver.AddressQuery(text)
	if state != receiver.AddressOn || len(bigrams) == 0 {
		return clearAddress(strings.Fields(text)), nil
	}
	g, err := s.byTokens(ctx, q, m, receiver.TokenAddressBigram, bigrams...)
	return append(clearAddress(short), g), err
}

// clearAddress tests what is kept in clear of an address.
func clearAddress(parts []string) (out []group) {
	for _, part := range parts {
		like := db.LikeText(part) + "%"
		out = append(out, group{{test: cond{`(h.province LIKE CAST(? AS TEXT) ESCAPE '\' OR h.city LIKE CAST(? AS TEXT) ESCAPE '\' OR h.district LIKE CAST(? AS TEXT) ESCAPE '\')`, []any{like, like, like}}}})
	}
	return out
}

// AddressSearch tells how far addresses are searched, for the answer to a filter
// that names one; "" for any other.
func (s *Service) AddressSearch(ctx context.Context, f Filter) (receiver.AddressState, error) {
	if strings.TrimSpace(f.Address) == "" {
		return "", nil
	}
	return s.orders.AddressIndex().State(ctx, s.k.DB)
}
