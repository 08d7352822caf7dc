package review

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// What an entry of the blacklist is known by.
const (
	ByBuyer = "buyer" // the customer of the channel
	ByPhone = "phone"
	ByPlace = "place" // name and address together
)

// tokens of the blacklist are of kinds of their own: they meet no search token.
const (
	tokenPhone int64 = 21
	tokenPlace int64 = 22
)

type match struct {
	kind  string
	value int64
}

// listedKey is one thing by which an order may stand on the blacklist; values has
// one token per live index key.
type listedKey struct {
	kind   string
	values []int64
	label  string
}

// keysOf lists by what an order's people are known. Masked and sealed texts name nobody.
func keysOf(k *seal.Keys, o *order.Order, r receiver.Receiver, knownBuyer bool) []listedKey {
	var out []listedKey
	if knownBuyer {
		out = append(out, listedKey{ByBuyer, []int64{int64(o.CustomerID)}, maskNick(o.BuyerNick)})
	}
	if r.Kind() != receiver.Plain {
		return out
	}
	if d := receiver.NormalizePhone(r.Phone); len(d) >= 7 {
		out = append(out, listedKey{ByPhone, k.Tokens(tokenPhone, d), r.Mask()})
	}
	if name := strings.TrimSpace(r.Name); name != "" && r.Detail != "" {
		fold := strings.Join(strings.Fields(r.Province+r.City+r.District+r.Town+r.Detail), "")
		out = append(out, listedKey{ByPlace, k.Tokens(tokenPlace, name+"\x00"+fold), strings.TrimSpace(r.Mask() + " " + r.Province + r.City + r.District)})
	}
	return out
}

func maskNick(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || strings.Contains(s, "*") {
		return s
	}
	return string(first) + "**"
}

// listedOf finds the entries that any of the candidates stand under.
func (e *Engine) listedOf(ctx context.Context, q db.Querier, in []order.Candidate) (map[id.ID][]listedKey, map[match]string, error) {
	var one id.ID
	if err := q.QueryRow(ctx, anyListed, actor.Merchant(ctx)).Scan(&one); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return nil, nil, err
	}
	keys, err := e.kit.Seal.KeysTx(ctx, q, actor.Merchant(ctx))
	if err != nil {
		return nil, nil, err
	}
	known, err := knownBuyers(ctx, q, in)
	if err != nil {
		return nil, nil, err
	}
	of := map[id.ID][]listedKey{}
	var values []id.ID
	for _, c := range in {
		o := c.Order
		of[o.ID] = keysOf(keys, o, c.Receiver, known[o.CustomerID])
		for _, k := range of[o.ID] {
			for _, v := range k.values {
				values = append(values, id.ID(v))
			}
		}
	}
	found := map[match]string{}
	return of, found, eachIn(ctx, q, values, selectMatches, func(scan func(...any) error) error {
		var m match
		var reason string
		err := scan(&m.kind, &m.value, &reason)
		found[m] = reason
		return err
	})
}

// blacklisted gives the reasons for which an order's people are on the list.
func (r *round) blacklisted(o *order.Order) string {
	var out []string
	for _, k := range r.keys[o.ID] {
		for _, v := range k.values {
			if reason, ok := r.listed[match{k.kind, v}]; ok && !slices.Contains(out, reason) {
				out = append(out, reason)
			}
		}
	}
	return strings.Join(out, separator)
}

// Listed is an entry of the blacklist.
type Listed struct {
	ID        id.ID
	Kind      string
	Label     string // masked
	Reason    string
	CreatedAt int64
	CreatedBy id.ID
}

// ListInput puts the people of an order on the blacklist.
type ListInput struct {
	OrderID id.ID  `json:"order_id"`
	Reason  string `json:"reason"`
}

// Blacklist (加入黑名单) remembers the buyer, phone, and name with address of an order,
// as far as they are known in plain; it returns how many entries are new. Orders that
// wait are judged anew. Permission review.edit.
//
// Errors: order.ErrNotFound, ErrNoText, ErrTooLong, ErrNoKey.
func (s *Service) Blacklist(ctx context.Context, in ListInput) (int64, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return 0, err
	}
	var err error
	if in.Reason, err = words(in.Reason, maxName, "reason"); err != nil {
		return 0, err
	}
	about := &command.About{Action: "order.review_blacklist", Object: "order/" + in.OrderID.String()}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
		a, err := actor.From(ctx)
		if err != nil {
			return 0, err
		}
		c, err := s.candidate(ctx, tx, in.OrderID)
		if err != nil {
			return 0, err
		}
		keys, err := s.kit.Seal.KeysTx(ctx, tx, a.MerchantID)
		if err != nil {
			return 0, err
		}
		known, err := knownBuyers(ctx, tx, []order.Candidate{c})
		if err != nil {
			return 0, err
		}
		found := keysOf(keys, c.Order, c.Receiver, known[c.Order.CustomerID])
		if len(found) == 0 {
			return 0, ErrNoKey
		}
		for _, k := range found {
			added, err := tx.ExecN(ctx, insertListed, a.MerchantID, s.kit.IDs.New(), k.kind, k.values[0], k.label, in.Reason, clock.Millis(s.kit.Clock), a.ID)
			if err != nil {
				return 0, err
			}
			n += added
		}
		return n, s.rejudgeTx(ctx, tx)
	})
}

// Unlist takes an entry off the blacklist. Permission review.edit.
//
// Errors: ErrNotFound.
func (s *Service) Unlist(ctx context.Context, entry id.ID) error {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return err
	}
	about := &command.About{Action: "order.review_unlist", Object: "order_review_blacklist/" + entry.String()}
	_, err := command.Run(ctx, s.kit.Commands, about, entry, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		n, err := tx.ExecN(ctx, deleteListed, actor.Merchant(ctx), entry)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.rejudgeTx(ctx, tx)
	})
	return err
}

// Blacklisted lists the entries, the newest first, below an id (0: from the newest).
// Permission order.approve.
func (s *Service) Blacklisted(ctx context.Context, below id.ID, limit int) ([]Listed, error) {
	if err := actor.Require(ctx, order.Permission(order.ActApprove)); err != nil {
		return nil, err
	}
	if below == 0 {
		below = 1<<63 - 1
	}
	out := []Listed{}
	for row := range db.Each(ctx, s.kit.DB, selectListed, actor.Merchant(ctx), below, limit) {
		var l Listed
		if err := row.Scan(&l.ID, &l.Kind, &l.Label, &l.Reason, &l.CreatedAt, &l.CreatedBy); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
