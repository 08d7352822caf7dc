package review

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	hourMillis = 3_600_000
	dayMillis  = 24 * hourMillis
	// buyerDays is how far back a buyer's earlier orders count.
	buyerDays = 365
)

// buyer is what one buyer ordered, as far back as the rules look, 200 orders at most.
type buyer struct{ orders []bought }

type bought struct {
	id       id.ID
	no       string
	placedAt int64
	pieces   map[id.ID]int64 // by SKU
}

// before lists what the buyer ordered before o: of two orders the later one waits.
func (b *buyer) before(o *order.Order) []bought {
	var out []bought
	for _, x := range b.orders {
		if x.id != o.ID && (x.placedAt < o.PlacedAt || x.placedAt == o.PlacedAt && x.id < o.ID) {
			out = append(out, x)
		}
	}
	return out
}

func piecesOf(o *order.Order) map[id.ID]int64 {
	out := map[id.ID]int64{}
	for _, l := range o.Lines {
		if n := l.Ordered - l.Cancelled; l.SKUID != 0 && n > 0 {
			out[l.SKUID] += n
		}
	}
	return out
}

// lookBack is how far back the rules look at buyers, 0 for not at all.
func (c *compiled) lookBack() (millis int64) {
	for _, l := range c.Limits {
		millis = max(millis, l.WindowDays*dayMillis)
	}
	millis = max(millis, c.DuplicateHours*hourMillis)
	if c.buyer {
		millis = max(millis, buyerDays*dayMillis)
	}
	return millis
}

// buyersOf reads what the buyers of the candidates ordered, those of the batch
// included, which no table has yet.
func (c *compiled) buyersOf(ctx context.Context, q db.Querier, in []order.Candidate) (map[id.ID]*buyer, error) {
	out := map[id.ID]*buyer{}
	back := c.lookBack()
	if back == 0 {
		return out, nil
	}
	known, err := knownBuyers(ctx, q, in)
	if err != nil {
		return nil, err
	}
	batch := map[id.ID]bool{}
	since := map[id.ID]int64{}
	for _, x := range in {
		o := x.Order
		if !known[o.CustomerID] {
			continue
		}
		batch[o.ID] = true
		if out[o.CustomerID] == nil {
			out[o.CustomerID], since[o.CustomerID] = &buyer{}, o.PlacedAt-back
		}
		since[o.CustomerID] = min(since[o.CustomerID], o.PlacedAt-back)
		out[o.CustomerID].orders = append(out[o.CustomerID].orders, bought{o.ID, o.ChannelOrderNo, o.PlacedAt, piecesOf(o)})
	}
	for _, customer := range slices.Sorted(maps.Keys(out)) {
		if err := out[customer].read(ctx, q, customer, since[customer], batch); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// knownBuyers are the customers of the candidates who are one person each: a nickname
// that the channel masked may be anybody's.
func knownBuyers(ctx context.Context, q db.Querier, in []order.Candidate) (map[id.ID]bool, error) {
	out := map[id.ID]bool{}
	var masked []id.ID
	for _, x := range in {
		switch o := x.Order; {
		case o.CustomerID == 0:
		case strings.Contains(o.BuyerNick, "*"):
			masked = append(masked, o.CustomerID)
		default:
			out[o.CustomerID] = true
		}
	}
	return out, eachIn(ctx, q, masked, selectKeyed, func(scan func(...any) error) error {
		var i id.ID
		err := scan(&i)
		out[i] = true
		return err
	})
}

func (b *buyer) read(ctx context.Context, q db.Querier, customer id.ID, since int64, batch map[id.ID]bool) error {
	at := map[id.ID]int{}
	var ids []id.ID
	for row := range db.Each(ctx, q, selectPast, actor.Merchant(ctx), customer, since) {
		x := bought{pieces: map[id.ID]int64{}}
		if err := row.Scan(&x.id, &x.no, &x.placedAt); err != nil {
			return err
		}
		if !batch[x.id] {
			at[x.id] = len(b.orders)
			ids = append(ids, x.id)
			b.orders = append(b.orders, x)
		}
	}
	return eachIn(ctx, q, ids, selectPieces, func(scan func(...any) error) error {
		var of, sku id.ID
		var n int64
		if err := scan(&of, &sku, &n); err != nil {
			return err
		}
		if n > 0 {
			b.orders[at[of]].pieces[sku] += n
		}
		return nil
	})
}

// overLimit names the SKUs of which the buyer would get more than the limit, with
// what it would come to and the limit.
func (r *round) overLimit(o *order.Order) string {
	b := r.buyers[o.CustomerID]
	if b == nil || len(r.limits) == 0 {
		return ""
	}
	var out []string
	for sku, n := range piecesOf(o) {
		l, ok := r.limits[sku]
		if !ok {
			continue
		}
		for _, x := range b.before(o) {
			if x.placedAt > o.PlacedAt-l.WindowDays*dayMillis {
				n += x.pieces[sku]
			}
		}
		if n > l.Pieces {
			out = append(out, fmt.Sprintf("%s %d/%d", l.SKUCode, n, l.Pieces))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// duplicate names the buyer's latest earlier order of the very same goods.
func (r *round) duplicate(o *order.Order) string {
	b := r.buyers[o.CustomerID]
	mine := piecesOf(o)
	if b == nil || r.DuplicateHours == 0 || len(mine) == 0 {
		return ""
	}
	past := b.before(o)
	slices.SortFunc(past, func(x, y bought) int { return cmp.Or(cmp.Compare(y.placedAt, x.placedAt), cmp.Compare(y.id, x.id)) })
	for _, x := range past {
		if x.placedAt > o.PlacedAt-r.DuplicateHours*hourMillis && maps.Equal(x.pieces, mine) {
			return x.no
		}
	}
	return ""
}
