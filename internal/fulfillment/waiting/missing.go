package waiting

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// What the list may be narrowed to, beside what was agreed.
const (
	OutcomeAsk  = "ask"  // the policy is to ask the buyer, and nobody has yet
	OutcomeNone = "none" // nothing was agreed
)

// Filter narrows who waits; empty fields do not.
type Filter struct {
	ShopIDs []id.ID `json:"shop_ids,omitempty"`
	SKUID   id.ID   `json:"sku_id,omitempty"`  // those that lack this SKU
	SKU     string  `json:"sku,omitempty"`     // a part of a missing SKU's code or name
	Outcome string  `json:"outcome,omitempty"` // wait | replace | refund | ask | none
	Overdue bool    `json:"overdue,omitempty"` // their promise to ship has passed
	Urgent  bool    `json:"urgent,omitempty"`
}

func (f Filter) check() error {
	if f.Outcome != "" && !slices.Contains([]string{AgreedWait, AgreedReplace, AgreedRefund, OutcomeAsk, OutcomeNone}, f.Outcome) {
		return ErrBadOutcome.With("outcome", f.Outcome).At("outcome")
	}
	return nil
}

// fits reports whether an order's own facts pass; the SKU is asked elsewhere.
func (f Filter) fits(l *lack, now int64) bool {
	switch f.Outcome {
	case "":
	case OutcomeAsk:
		if !l.ask || l.agreed != "" {
			return false
		}
	case OutcomeNone:
		if l.agreed != "" {
			return false
		}
	default:
		if l.agreed != f.Outcome {
			return false
		}
	}
	return (!f.Overdue || l.shipByAt > 0 && l.shipByAt < now) && (!f.Urgent || l.urgency > 0)
}

// lack is what one order lacks.
type lack struct {
	order, shop         id.ID
	since, shipByAt     int64
	urgency, approvedAt int64
	ask                 bool
	agreed              string
	parts               []Part
}

// Part is how many pieces of a SKU one line of an order lacks; a bundle lacks its
// components.
type Part struct {
	LineID id.ID
	SKUID  id.ID
	Pieces int64
}

// turn says which of two orders is served first.
func turn(a, b *lack) int {
	return cmp.Or(cmp.Compare(b.urgency, a.urgency), cmp.Compare(due(a.shipByAt), due(b.shipByAt)), cmp.Compare(a.order, b.order))
}

// due is a deadline to sort by; none comes last.
func due(at int64) int64 {
	if at == 0 {
		return math.MaxInt64
	}
	return at
}

// missing reads what everybody in the actor's shops lacks, in their turn.
func (s *Service) missing(ctx context.Context, q db.Querier, f Filter) ([]*lack, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	shops, some, err := inScope(ctx, f.ShopIDs)
	if err != nil || !some {
		return nil, err
	}
	all, err := readMissing(ctx, q, shops)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.k.Clock)
	all = slices.DeleteFunc(all, func(l *lack) bool { return !f.fits(l, now) })
	wanted, err := s.named(ctx, q, all, f)
	if err != nil {
		return nil, err
	}
	if wanted != nil {
		all = slices.DeleteFunc(all, func(l *lack) bool { return !slices.ContainsFunc(l.parts, func(p Part) bool { return wanted[p.SKUID] }) })
	}
	slices.SortFunc(all, turn)
	return all, nil
}

// inScope keeps the shops of the actor's scope; some is false when none is left. No shops
// and true is all shops.
func inScope(ctx context.Context, shops []id.ID) (left []id.ID, some bool, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, false, err
	}
	scope, narrowed := a.Scoped(shop.Scope)
	switch {
	case !narrowed:
		return shops, true, nil
	case len(shops) == 0:
		return scope, len(scope) > 0, nil
	}
	shops = slices.DeleteFunc(slices.Clone(shops), func(i id.ID) bool { return !slices.Contains(scope, i) })
	return shops, len(shops) > 0, nil
}

// named are the missing SKUs that a filter's text or id means; nil where it names none.
func (s *Service) named(ctx context.Context, q db.Querier, all []*lack, f Filter) (map[id.ID]bool, error) {
	text := strings.ToLower(strings.TrimSpace(f.SKU))
	if f.SKUID == 0 && text == "" {
		return nil, nil
	}
	out := map[id.ID]bool{}
	if text == "" {
		out[f.SKUID] = true
		return out, nil
	}
	skus, err := s.catalog.SKUsTx(ctx, q, skusOf(all))
	for _, k := range skus {
		if (f.SKUID == 0 || k.ID == f.SKUID) && (strings.Contains(strings.ToLower(k.Code), text) || strings.Contains(strings.ToLower(title(k)), text)) {
			out[k.ID] = true
		}
	}
	return out, err
}

func title(k catalog.SKU) string { return strings.TrimSpace(k.ProductName + " " + k.Spec) }

// skusOf lists the SKUs that anybody lacks.
func skusOf(all []*lack) []id.ID {
	var out []id.ID
	for _, l := range all {
		for _, p := range l.parts {
			out = append(out, p.SKUID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readMissing reads who waits, by order.
func readMissing(ctx context.Context, q db.Querier, shops []id.ID) ([]*lack, error) {
	m := actor.Merchant(ctx)
	args := []any{m, m, m, m, m, m, m}
	for _, one := range shops {
		args = append(args, one)
	}
	var out []*lack
	var spare []Part // of the last order: what it lacks although something is reserved
	settle := func() {
		// What is reserved and still not given to a warehouse lies where the rules do
		// not send the order from: then all of it waits.
		if n := len(out); n > 0 && len(out[n-1].parts) == 0 {
			out[n-1].parts = spare
		}
		spare = nil
	}
	err := db.Read(ctx, q, missingOf(len(shops)), args, func(r *db.Row) {
		l := &lack{order: id.ID(r.Int()), since: r.Int(), ask: r.Int() == 1, agreed: r.Text(), urgency: r.Int(), shop: id.ID(r.Int()), shipByAt: r.Int(), approvedAt: r.Int()}
		p := Part{LineID: id.ID(r.Int()), SKUID: id.ID(r.Int())}
		open, unplaced, reserved := r.Int(), r.Int(), r.Int()
		if n := len(out); n > 0 && out[n-1].order == l.order {
			l = out[n-1]
		} else {
			settle()
			out = append(out, l)
		}
		p.Pieces = min(open, unplaced)
		spare = append(spare, p)
		if p.Pieces = min(p.Pieces, open-reserved); p.Pieces > 0 {
			l.parts = append(l.parts, p)
		}
	})
	settle()
	return out, err
}
