package catalog

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// maxProposals bounds how many SKUs one acceptance makes; a catalogue beyond it
// takes another click.
const maxProposals = 2000

// Proposal is a SKU we could make: a merchant code that orders carry and no SKU
// has, with the title and spec of its first listing.
type Proposal struct {
	SKUCode    string
	Title      string
	Spec       string
	ImageURL   string
	ListingIDs []id.ID
	itemKey    string // listings of one item on one shop make one product
}

// Accepted says what an acceptance made. Left is true when proposals remain.
type Accepted struct {
	Products int64
	SKUs     int64
	Mapped   int64
	Left     bool
}

// Proposals lists the SKUs that unmapped listings suggest, by code.
//
// Errors: page.ErrCursor.
func (s *Service) Proposals(ctx context.Context, cursor string, limit int) ([]Proposal, string, error) {
	if _, err := actor.From(ctx); err != nil {
		return nil, "", err
	}
	var after string
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	all, _, err := s.proposalsTx(ctx, s.k.DB, nil, after, limit+1)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(p Proposal) string { return page.Encode(p.SKUCode) })
	return all, next, nil
}

// maxListings bounds how many listings one look at the queue reads: a code seen on
// more of them shows the first.
const maxListings = 5 * maxProposals

// proposalsTx groups unmapped listings by code, only those of codes unless nil, up
// to n proposals; left says that there are more.
func (s *Service) proposalsTx(ctx context.Context, q db.Querier, codes []string, after string, n int) (out []Proposal, left bool, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, false, err
	}
	scope, narrowed := a.Scoped(ShopScope)
	if narrowed && len(scope) == 0 {
		return nil, false, nil
	}
	text, args := selectProposals(a.MerchantID, scope, codes, after, maxListings+1)
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for seen := 1; rows.Next(); seen++ {
		var l Listing
		if err := rows.Scan(&l.ID, &l.ShopID, &l.ChannelItemNo, &l.MerchantSKUCode, &l.Title, &l.Spec, &l.ImageURL); err != nil {
			return nil, false, err
		}
		k := len(out)
		if seen > maxListings {
			return out, true, nil
		}
		if k > 0 && out[k-1].SKUCode == l.MerchantSKUCode {
			out[k-1].ListingIDs = append(out[k-1].ListingIDs, l.ID)
			continue
		}
		if k == n {
			return out, true, nil
		}
		out = append(out, l.proposal())
	}
	return out, false, rows.Err()
}

func (l Listing) proposal() Proposal {
	p := Proposal{SKUCode: l.MerchantSKUCode, Title: cut(l.Title, maxName), Spec: cut(l.Spec, maxSpec), ImageURL: l.ImageURL, ListingIDs: []id.ID{l.ID}}
	if p.Title == "" {
		p.Title = l.MerchantSKUCode
	}
	if checkImage(p.ImageURL) != nil {
		p.ImageURL = ""
	}
	p.itemKey = "t:" + p.Title
	if l.ChannelItemNo != "" {
		p.itemKey = "i:" + l.ShopID.String() + ":" + l.ChannelItemNo
	}
	return p
}

// cut trims s to at most n characters.
func cut(s string, n int) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > n {
		s = strings.TrimSpace(string(r[:n]))
	}
	return s
}

// AcceptInput chooses proposals by code, or All of them.
type AcceptInput struct {
	Codes []string
	All   bool
}

// AcceptProposals makes products and SKUs from the codes seen in orders and maps
// their listings, in one go (一键建档). A code that got its SKU meanwhile is only
// mapped. Permission catalog.edit.
//
// Errors: ErrTooMany, ErrChanged.
func (s *Service) AcceptProposals(ctx context.Context, in AcceptInput) (Accepted, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return Accepted{}, err
	}
	if len(in.Codes) > 500 {
		return Accepted{}, ErrTooMany.With("limit", 500)
	}
	if !in.All && len(in.Codes) == 0 {
		return Accepted{}, nil
	}
	about := &command.About{Action: "catalog.accept_proposals"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Accepted, error) {
		var codes []string
		if !in.All {
			codes = in.Codes
		}
		all, left, err := s.proposalsTx(ctx, tx, codes, "", maxProposals)
		if err != nil {
			return Accepted{}, err
		}
		done, err := s.acceptTx(ctx, tx, all)
		done.Left = left
		about.Detail = map[string]any{"products": done.Products, "skus": done.SKUs, "mapped": done.Mapped}
		return done, err
	})
}

func (s *Service) acceptTx(ctx context.Context, tx *db.Tx, all []Proposal) (Accepted, error) {
	var done Accepted
	names := map[string]string{}
	for _, p := range all {
		names[p.itemKey] = p.Title
	}
	products, err := s.productsNamed(ctx, tx, slices.Sorted(maps.Values(names)))
	if err != nil {
		return done, err
	}
	had, err := s.SKUsByCodeTx(ctx, tx, proposedCodes(all))
	if err != nil {
		return done, err
	}
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	codes := map[string]id.ID{}
	var productRows, skuRows [][]any
	var facts []event.Appended
	for _, p := range all {
		if k, ok := had[p.SKUCode]; ok {
			if k.Active { // somebody made it since; one switched off waits for a person
				codes[k.Code] = k.ID
			}
			continue
		}
		k := SKU{ID: s.k.IDs.New(), Code: p.SKUCode, Spec: p.Spec, ImageURL: p.ImageURL, Active: true, CreatedAt: now, Version: 1}
		if k.check() != nil {
			continue // a code nobody could type stays in the unmapped queue
		}
		name := names[p.itemKey]
		if products[name] == 0 {
			products[name] = s.k.IDs.New()
			productRows = append(productRows, []any{m, products[name], name, p.ImageURL, true, now, 1})
			facts = append(facts, event.Appended{Of: event.Of{Aggregate: "product", ID: products[name], Version: 1}, Payload: ProductChanged{products[name]}})
		}
		k.ProductID, k.Name = products[name], skuName(name, p.Spec)
		skuRows = append(skuRows, k.row(m))
		facts = append(facts, event.Appended{Of: event.Of{Aggregate: "sku", ID: k.ID, Version: 1},
			Payload: SKUChanged{SKUID: k.ID, Code: k.Code, Fields: []string{"created"}}})
		codes[k.Code] = k.ID
	}
	if _, err := tx.Insert(ctx, "catalog_product", productColumns, productRows, ""); err != nil {
		return done, err
	}
	done.Products = int64(len(productRows))
	if done.SKUs, err = tx.Insert(ctx, "catalog_sku", skuInsertColumns, skuRows, keepSKU); err != nil {
		return done, err
	}
	if done.SKUs != int64(len(skuRows)) {
		return done, ErrChanged // the same codes were made by someone else this very moment
	}
	if err := s.k.Events.AppendAllTx(ctx, tx, facts); err != nil {
		return done, err
	}
	done.Mapped, err = s.mapCodes(ctx, tx, codes, ByProposal)
	return done, err
}

func proposedCodes(all []Proposal) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.SKUCode
	}
	return out
}

// productsNamed finds active products by their exact names, the oldest of each.
func (s *Service) productsNamed(ctx context.Context, q db.Querier, names []string) (map[string]id.ID, error) {
	out := map[string]id.ID{}
	for part := range slices.Chunk(slices.Compact(names), 200) {
		if err := s.scanNamed(ctx, q, db.Pad(part), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) scanNamed(ctx context.Context, q db.Querier, names []string, out map[string]id.ID) error {
	args := []any{actor.Merchant(ctx)}
	for _, n := range names {
		args = append(args, n)
	}
	for row := range db.Each(ctx, q, selectNamed(len(names)), args...) {
		var name string
		var i id.ID
		if err := row.Scan(&name, &i); err != nil {
			return err
		}
		if out[name] == 0 {
			out[name] = i
		}
	}
	return nil
}
