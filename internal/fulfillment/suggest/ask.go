package suggest

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// Grouper asks channels which orders of a shop go to the same receiver, where only they
// can tell.
type Grouper struct {
	// Can says of a shop whether its channel tells.
	Can func(shop.Shop) bool
	// Groups puts every order of the question into exactly one group; at most AskAtOnce
	// are compared with each other.
	Groups func(ctx context.Context, shopID id.ID, orderNos []string) ([][]string, error)
}

const (
	// AskAtOnce bounds one question.
	AskAtOnce = 100
	// askMost bounds the orders one run looks at, the newest first.
	askMost = 20_000
)

// stranger is an open order whose receiver only its channel can tell apart.
type stranger struct {
	id            id.ID
	shop          id.ID
	no            string
	mask          string // what can be seen of the receiver; the same person has the same
	group         int64  // 0: alone, or never asked
	asked, wanted int64  // the receiver's token when it was asked about, and now
}

// runAsk asks the channels about open orders that look alike, when one of them is new or
// has another receiver, and sweeps prompts that nobody needs to answer any more.
func (s *Service) runAsk(ctx context.Context, _ *job.Run) error {
	if err := s.sweep(ctx); err != nil {
		return err
	}
	shops, err := s.askable(ctx)
	if err != nil || len(shops) == 0 {
		return err
	}
	all, err := s.strangers(ctx, shops)
	if err != nil {
		return err
	}
	var failed []error
	for _, question := range questions(all) { // a shop that cannot be asked keeps no other waiting
		failed = append(failed, s.ask(ctx, question))
	}
	return errors.Join(failed...)
}

func (s *Service) sweep(ctx context.Context) error {
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, sweepPrompts, s.now(), actor.Merchant(ctx))
		return err
	})
}

func (s *Service) askable(ctx context.Context) ([]id.ID, error) {
	if s.grouper.Can == nil {
		return nil, nil
	}
	all, err := s.shops.ListTx(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	var out []id.ID
	for _, one := range all {
		if one.Active && s.grouper.Can(one) {
			out = append(out, one.ID)
		}
	}
	return out, nil
}

// strangers reads the orders that share what can be seen of their receiver with another.
func (s *Service) strangers(ctx context.Context, shops []id.ID) ([]stranger, error) {
	shops = db.Pad(shops)
	args := []any{actor.Merchant(ctx)}
	for _, one := range shops {
		args = append(args, one)
	}
	var all []stranger
	err := db.Read(ctx, s.k.DB, selectUnknown(len(shops)), append(args, askMost), func(r *db.Row) {
		all = append(all, stranger{id: id.ID(r.Int()), shop: id.ID(r.Int()), no: r.Text(), mask: r.Text(), group: r.Int(), asked: r.Int()})
	})
	if err != nil {
		return nil, err
	}
	alike := map[id.ID]map[string]int{}
	for _, x := range all {
		if alike[x.shop] == nil {
			alike[x.shop] = map[string]int{}
		}
		alike[x.shop][x.mask]++
	}
	all = slices.DeleteFunc(all, func(x stranger) bool { return alike[x.shop][x.mask] < 2 })
	keys, err := s.k.Seal.Keys(ctx, actor.Merchant(ctx))
	if err != nil {
		return nil, err
	}
	return all, s.tokens(ctx, s.k.DB, keys, all)
}

// tokens fills in what the receivers are now, under the key in which they were asked
// about where it is still known.
func (s *Service) tokens(ctx context.Context, q db.Querier, keys *seal.Keys, all []stranger) error {
	for part := range slices.Chunk(all, 200) {
		ids := make([]id.ID, len(part))
		for i, x := range part {
			ids[i] = x.id
		}
		found, err := receiver.Load(ctx, q, actor.Merchant(ctx), keys, ids)
		if err != nil {
			return err
		}
		for i := range part {
			r := found[part[i].id]
			if r == nil {
				continue
			}
			part[i].wanted = keys.Token(receiver.TokenContent, r.Text())
			if slices.Contains(keys.Tokens(receiver.TokenContent, r.Text()), part[i].asked) {
				part[i].wanted = part[i].asked
			}
		}
	}
	return nil
}

// questions packs those that look alike together, by shop. Those of which nothing is new
// are not asked about again.
func questions(all []stranger) (out [][]stranger) {
	slices.SortStableFunc(all, func(a, b stranger) int {
		return cmp.Or(cmp.Compare(a.shop, b.shop), cmp.Compare(a.mask, b.mask), cmp.Compare(a.id, b.id))
	})
	var open []stranger
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].shop == all[0].shop && all[n].mask == all[0].mask {
			n++
		}
		alike := all[:n]
		all = all[n:]
		if !slices.ContainsFunc(alike, func(x stranger) bool { return x.wanted != 0 && x.asked != x.wanted }) {
			continue
		}
		for part := range slices.Chunk(alike, AskAtOnce) {
			if len(open) > 0 && (open[0].shop != part[0].shop || len(open)+len(part) > AskAtOnce) {
				out, open = append(out, open), nil
			}
			open = append(open, part...)
		}
	}
	if len(open) > 0 {
		out = append(out, open)
	}
	return out
}

// ask asks one question and keeps the answer, for those whose receiver is still the one
// that was asked about.
func (s *Service) ask(ctx context.Context, question []stranger) error {
	nos := make([]string, len(question))
	at := make(map[string]*stranger, len(question))
	for i := range question {
		nos[i] = question[i].no
		at[question[i].no] = &question[i]
	}
	groups, err := s.grouper.Groups(ctx, question[0].shop, nos)
	if err != nil {
		return err
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		ids := make([]id.ID, len(question))
		for i, x := range question {
			ids[i] = x.id
		}
		if _, err := s.orders.LockTx(ctx, tx, slices.Sorted(slices.Values(ids))); err != nil {
			return err
		}
		keys, err := s.k.Seal.KeysTx(ctx, tx, actor.Merchant(ctx))
		if err != nil {
			return err
		}
		now := slices.Clone(question)
		if err := s.tokens(ctx, tx, keys, now); err != nil {
			return err
		}
		var told []stranger
		for _, nos := range groups {
			var same []stranger
			for _, no := range nos {
				x := at[no]
				if x == nil {
					continue
				}
				if k := slices.IndexFunc(now, func(y stranger) bool { return y.id == x.id }); now[k].wanted == x.wanted && x.wanted != 0 {
					same = append(same, *x)
				}
			}
			told = append(told, named(same)...)
		}
		return s.keep(ctx, tx, told)
	})
}

// named gives a group its number: one that a member has had keeps standing, so that
// fulfillment orders of the group stay what they are.
func named(same []stranger) []stranger {
	no := int64(0)
	for _, x := range same {
		if x.asked == x.wanted && x.group != 0 && no == 0 {
			no = x.group
		}
	}
	if no == 0 && len(same) > 1 {
		no = int64(slices.MinFunc(same, func(a, b stranger) int { return cmp.Compare(a.id, b.id) }).id)
	}
	for i := range same {
		same[i].group = no
	}
	return same
}

// keep writes groups down, puts them on open fulfillment orders, and asks a person where
// one fits a parcel that is printed.
func (s *Service) keep(ctx context.Context, tx *db.Tx, told []stranger) error {
	if len(told) == 0 {
		return nil
	}
	m, now := actor.Merchant(ctx), s.now()
	slices.SortFunc(told, func(a, b stranger) int { return cmp.Compare(a.id, b.id) })
	rows := make([][]any, len(told))
	var stmts []db.Stmt
	var ids []id.ID
	for i, x := range told {
		rows[i] = []any{m, x.id, x.group, x.wanted, now}
		stmts = append(stmts, db.Stmt{SQL: setGroup, Want: -1, Args: []any{x.group, now, m, x.group, m, x.id}})
		ids = append(ids, x.id)
	}
	if _, err := tx.Insert(ctx, "fulfillment_group", groupColumns, rows, putGroup); err != nil {
		return err
	}
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	padded := db.Pad(ids)
	args := []any{m}
	for _, one := range padded {
		args = append(args, one)
	}
	var open []id.ID
	if err := db.Read(ctx, tx, selectOpenOf(len(padded)), args, func(r *db.Row) { open = append(open, id.ID(r.Int())) }); err != nil {
		return err
	}
	all, err := s.ship.LoadTx(ctx, tx, open)
	if err != nil {
		return err
	}
	made := make([]*fulfillment.FulfillmentOrder, len(all))
	for i := range all {
		made[i] = &all[i]
	}
	return s.ship.PromptTx(ctx, tx, made)
}
