package fulfillment

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment/presale"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// said is what orders say that papers repeat: their lines, receivers and notes.
type said struct {
	keys      *seal.Keys
	orders    map[id.ID]*order.Order
	receivers map[id.ID]*receiver.Stored
	told      map[id.ID]told
	lead      time.Duration // of presales, where there are any
}

// told is the group that an order's channel put it in, for the receiver it had then.
type told struct{ group, receiver int64 }

// listen reads orders as they stand. With lock they stay so until the commit.
func (s *Service) listen(ctx context.Context, q db.Querier, ids []id.ID, lock bool) (*said, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var found []order.Order
	var err error
	if tx, ok := q.(*db.Tx); ok && lock {
		found, err = s.orders.LockTx(ctx, tx, ids)
	} else {
		found, err = s.orders.LoadTx(ctx, q, ids)
	}
	if err != nil {
		return nil, err
	}
	return s.hear(ctx, q, found)
}

// hear is listen for orders that were read already.
func (s *Service) hear(ctx context.Context, q db.Querier, found []order.Order) (out *said, err error) {
	m := actor.Merchant(ctx)
	out = &said{orders: make(map[id.ID]*order.Order, len(found))}
	ids := make([]id.ID, len(found))
	for i := range found {
		out.orders[found[i].ID], ids[i] = &found[i], found[i].ID
	}
	if out.keys, err = s.k.Seal.KeysTx(ctx, q, m); err != nil {
		return nil, err
	}
	if out.receivers, err = receiver.Load(ctx, q, m, out.keys, ids); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(found, func(o order.Order) bool { return presale.Is(&o) }) {
		if out.lead, err = presale.LeadTx(ctx, q); err != nil {
			return nil, err
		}
	}
	return out, out.readTold(ctx, q, m)
}

// readTold reads the groups of those whose receivers nobody here can tell apart.
func (w *said) readTold(ctx context.Context, q db.Querier, m id.ID) error {
	var ids []id.ID
	for o, r := range w.receivers {
		if r.Kind() != receiver.Plain && r.GroupKey == "" {
			ids = append(ids, o)
		}
	}
	w.told = map[id.ID]told{}
	for part := range slices.Chunk(ids, lookupChunk) {
		err := db.Read(ctx, q, selectTold(len(part)), idArgs(m, part), func(r *db.Row) {
			o := id.ID(r.Int())
			w.told[o] = told{r.Int(), r.Int()}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// content is the print of all that the papers of f repeat: any change of a line, a
// receiver, a note or a flag makes another one.
func (w *said) content(f *FulfillmentOrder) string {
	var b strings.Builder
	num := func(n int64) { b.WriteString(strconv.FormatInt(n, 36)); b.WriteByte(0) }
	lines := slices.Clone(f.Lines)
	slices.SortFunc(lines, func(x, y FulfillmentLine) int {
		return cmp.Or(cmp.Compare(x.OrderID, y.OrderID), cmp.Compare(x.LineID, y.LineID))
	})
	num(int64(f.WarehouseID))
	var last id.ID
	for _, l := range lines {
		o := w.orders[l.OrderID]
		if l.OrderID != last {
			last = l.OrderID
			num(int64(l.OrderID))
			if o != nil {
				w.notes(&b, o)
			}
		}
		num(int64(l.LineID))
		num(l.Quantity)
		if o == nil {
			continue
		}
		if at := slices.IndexFunc(o.Lines, func(x order.OrderLine) bool { return x.ID == l.LineID }); at >= 0 {
			num(int64(o.Lines[at].SKUID))
			b.WriteString(o.Lines[at].SKUCode + "\x00")
		}
	}
	return b.String()
}

func (w *said) notes(b *strings.Builder, o *order.Order) {
	b.WriteString(o.BuyerNote + "\x00" + o.SellerNote + "\x00" + strconv.FormatInt(o.Flag, 10) + "\x00" + o.Province + o.City + o.District + "\x00")
	if r := w.receivers[o.ID]; r != nil {
		b.WriteString(r.Text())
	}
	b.WriteByte(0)
}

func (w *said) print(f *FulfillmentOrder) int64 {
	return w.keys.Token(receiver.TokenContent, w.content(f))
}

// unchanged reports whether f's print is still that of its content, under whichever
// key it was made.
func (w *said) unchanged(f *FulfillmentOrder) bool {
	return slices.Contains(w.keys.Tokens(receiver.TokenContent, w.content(f)), f.content)
}

// group is the receiver group of one order, 0 where nobody can tell.
func (w *said) group(o *order.Order) int64 {
	r := w.receivers[o.ID]
	if r == nil {
		return 0
	}
	scope := o.ShopID.String()
	if slices.Contains(o.ChannelFlags, order.FlagConsolidation) { // they merge apart, and only where they are sent on to one place
		i := slices.IndexFunc(o.ChannelFlags, func(f string) bool { return strings.HasPrefix(f, order.FlagConsolidationTo) })
		if i < 0 {
			return 0
		}
		if g := r.Group(w.keys, scope); g != 0 {
			return w.keys.Token(receiver.TokenGroup, o.ChannelFlags[i]+"\x00"+strconv.FormatInt(g, 36))
		}
		return 0
	}
	if g := r.Group(w.keys, scope); g != 0 {
		return g
	}
	if t := w.told[o.ID]; t.group != 0 && slices.Contains(w.keys.Tokens(receiver.TokenContent, r.Text()), t.receiver) {
		return t.group
	}
	return 0
}
