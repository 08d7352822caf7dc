package order

import (
	"bytes"
	"context"
	"slices"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/record"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// ApplyResult is what became of a document.
type ApplyResult string

const (
	ApplyCreated   ApplyResult = "created"
	ApplyUpdated   ApplyResult = "updated"
	ApplyUnchanged ApplyResult = "unchanged"
	ApplyStale     ApplyResult = "stale" // older than what we hold
	ApplyRejected  ApplyResult = "rejected"
)

// Applied answers one Incoming. Err is set when it was rejected.
type Applied struct {
	OrderID id.ID
	Result  ApplyResult
	Err     error
}

// ApplyTx brings documents into orders (建单、更新), hundreds per transaction. A
// document that says nothing new costs a look-up and writes nothing. New work is
// reserved, held or approved as its shop asks; see doc.go for the rules. The
// answers stand in the order of the input. An error is of the whole batch:
// nothing of it may be kept, and intake tries its parts again.
func (s *Service) ApplyTx(ctx context.Context, tx *db.Tx, in []Incoming) ([]Applied, error) {
	out := make([]Applied, len(in))
	rest := make([]int, 0, len(in))
	for i := range in {
		if err := in[i].check(); err != nil {
			out[i] = Applied{Result: ApplyRejected, Err: err}
			continue
		}
		rest = append(rest, i)
	}
	// An order that stands twice in the batch is applied twice, one after the other.
	for len(rest) > 0 {
		var wave, later []int
		seen := make(map[orderKey]bool, len(rest))
		for _, i := range rest {
			if k := in[i].key(); seen[k] {
				later = append(later, i)
			} else {
				seen[k] = true
				wave = append(wave, i)
			}
		}
		if err := s.applyWave(ctx, tx, in, wave, out); err != nil {
			return nil, err
		}
		rest = later
	}
	return out, nil
}

type orderKey struct {
	shop id.ID
	no   string
}

func (in *Incoming) key() orderKey { return orderKey{in.Shop.ID, in.Doc.ChannelOrderNo} }

// wave is what one round of ApplyTx works on.
type wave struct {
	edits  []*edit
	of     []int // index of the Incoming of each edit
	digest [][]byte
	shops  map[id.ID]shop.Shop
	others map[string]id.ID // numbers that stand under another shop of the channel
}

func (s *Service) applyWave(ctx context.Context, tx *db.Tx, in []Incoming, idx []int, out []Applied) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	keys, err := s.kit.Seal.KeysTx(ctx, tx, a.MerchantID)
	if err != nil {
		return err
	}
	w, err := s.sight(ctx, tx, a, keys, in, idx, out)
	if err != nil {
		return err
	}
	touched, err := w.absorb(ctx, tx, a.MerchantID, in, out)
	if err != nil || len(touched) == 0 {
		return err
	}
	if err := s.link(ctx, tx, in, w, touched); err != nil {
		return err
	}
	edits := make([]*edit, len(touched))
	for i, t := range touched {
		edits[i] = w.edits[t]
	}
	if err := s.reserve(ctx, tx, edits, w.shops); err != nil {
		return err
	}
	for _, e := range edits {
		e.evaluate()
		e.readFirst(w.shops[e.now.ShopID])
	}
	if err := s.judge(ctx, tx, edits); err != nil {
		return err
	}
	for i, e := range edits {
		e.autoApprove(w.shops[e.now.ShopID])
		if e.created {
			e.events = append([]event.Payload{eventOf(e.now)}, e.events...)
		}
		out[w.of[touched[i]]].OrderID = e.now.ID
	}
	return s.save(ctx, tx, edits)
}

// sight finds the orders of the documents and sorts out what says nothing new.
func (s *Service) sight(ctx context.Context, q db.Querier, a actor.Actor, keys *seal.Keys, in []Incoming, idx []int, out []Applied) (*wave, error) {
	known, others, err := lookUp(ctx, q, a.MerchantID, in, idx)
	if err != nil {
		return nil, err
	}
	w := &wave{shops: map[id.ID]shop.Shop{}, others: others}
	now := clock.Millis(s.kit.Clock)
	var changed []id.ID
	at := map[id.ID]int{}
	for _, i := range idx {
		d, err := digest(keys, &in[i].Doc)
		if err != nil {
			return nil, err
		}
		w.shops[in[i].Shop.ID] = in[i].Shop
		f, ok := known[in[i].key()]
		switch {
		case !ok:
			out[i].Result = ApplyCreated
			w.edits, w.of, w.digest = append(w.edits, s.fresh(&in[i], a.ID, now)), append(w.of, i), append(w.digest, d)
		case bytes.Equal(f.digest, d):
			out[i] = Applied{OrderID: f.id, Result: ApplyUnchanged}
		case in[i].SourceAt < f.sourceAt:
			out[i] = Applied{OrderID: f.id, Result: ApplyStale}
		default:
			out[i] = Applied{OrderID: f.id, Result: ApplyUpdated}
			at[f.id] = len(w.edits)
			changed = append(changed, f.id)
			w.edits, w.of, w.digest = append(w.edits, nil), append(w.of, i), append(w.digest, d)
		}
	}
	return w, s.loadChanged(ctx, q, a, keys, w, changed, at, now)
}

// loadChanged starts the edits of stored orders, with the receivers they have.
func (s *Service) loadChanged(ctx context.Context, q db.Querier, a actor.Actor, keys *seal.Keys, w *wave, ids []id.ID, at map[id.ID]int, now int64) error {
	if len(ids) == 0 {
		return nil
	}
	tx, writing := q.(*db.Tx)
	orders, err := load(ctx, q, ids, writing && tx.Dialect() == db.Postgres)
	if err != nil {
		return err
	}
	receivers, err := receiver.Load(ctx, q, a.MerchantID, keys, ids)
	if err != nil {
		return err
	}
	for _, o := range orders {
		e := s.edit(o, a.ID, now)
		e.receiverWas = receivers[o.ID]
		w.edits[at[o.ID]] = e
	}
	return nil
}

// absorb merges the documents and returns the edits that really change something.
// Those that do not only have their digest remembered.
func (w *wave) absorb(ctx context.Context, tx *db.Tx, m id.ID, in []Incoming, out []Applied) ([]int, error) {
	var touched []int
	var same []db.Stmt
	for k, e := range w.edits {
		i := w.of[k]
		if e == nil { // outside the actor's scope
			out[i] = Applied{Result: ApplyRejected, Err: ErrNotFound}
			continue
		}
		e.absorb(&in[i])
		if !e.created && !e.dirty() {
			out[i].Result = ApplyUnchanged
			same = append(same, db.Stmt{SQL: touchSource, Args: []any{w.digest[k], in[i].SourceAt, int64(m), int64(e.now.ID), e.now.Version}, Want: 1})
			continue
		}
		e.now.Digest, e.now.SourceAt, e.now.Source = w.digest[k], in[i].SourceAt, in[i].Source
		touched = append(touched, k)
	}
	if miss, err := tx.Batch(ctx, same); err != nil {
		return nil, err
	} else if miss >= 0 {
		return nil, ErrChanged
	}
	return touched, nil
}

// dirty reports whether the edit changes anything but bookkeeping.
func (e *edit) dirty() bool {
	if len(e.events) > 0 || e.receiver != nil || len(e.gone) > 0 || len(e.now.Lines) != len(e.was.Lines) || len(e.now.Holds) != len(e.was.Holds) {
		return true
	}
	if set, _ := record.Diff(headColumns, &e.was, e.now); len(set) > 0 {
		return true
	}
	for i := range e.now.Lines {
		if set, _ := record.Diff(lineColumns, &e.was.Lines[i], &e.now.Lines[i]); len(set) > 0 {
			return true
		}
	}
	return false
}

// fresh starts an order that was never seen.
func (s *Service) fresh(in *Incoming, by id.ID, now int64) *edit {
	o := &Order{ID: s.kit.IDs.New(), ShopID: in.Shop.ID, Channel: in.Shop.Channel, ChannelOrderNo: in.Doc.ChannelOrderNo,
		Type: "normal", Unread: true, Payment: Unpaid, ReceiverKind: receiver.None, RefundState: RefundNone, Digest: []byte{}}
	if in.Source == SourceManual {
		o.Type = "manual"
	}
	if in.Made != "" {
		o.Type, o.CustomerID = in.Made, in.CustomerID
	}
	o.History = history(in)
	if o.History {
		o.Unread = false
	}
	return &edit{now: o, created: true, by: by, at: now, newID: s.kit.IDs.New}
}

// Sources of documents.
const (
	SourceFile   = "file"
	SourceManual = "manual"
	SourceAPI    = "api"
)

// history: placed before the shop went live, or first seen finished. Where only
// the day is known, its end counts.
func history(in *Incoming) bool {
	d := &in.Doc
	if progress[d.Status] >= progress[ChannelShipped] {
		return true
	}
	at := d.PlacedAt
	if at == 0 && d.PlacedOn != "" {
		at = dayStart(d.PlacedOn) + 86_399_999
	}
	if at == 0 {
		at = d.PaidAt
	}
	return at != 0 && at < in.Shop.LiveFrom
}

func eventOf(o *Order) Created {
	return Created{ShopID: o.ShopID, State: display(o), Payment: o.Payment, History: o.History, Source: o.Source, Approved: o.ApprovedAt != 0}
}

// link finds the listings, SKUs and customers of what is new in the edits.
func (s *Service) link(ctx context.Context, tx *db.Tx, in []Incoming, w *wave, touched []int) error {
	var seen []catalog.Seen
	var lines []*OrderLine
	var buyers []customer.Seen
	var buying []*edit
	for _, k := range touched {
		e, d := w.edits[k], &in[w.of[k]].Doc
		for i := range e.now.Lines {
			l := &e.now.Lines[i]
			if l.ListingID != 0 || l.SKUByHand {
				continue
			}
			item := catalog.Seen{ShopID: e.now.ShopID, MerchantCode: l.SKUCode, Title: l.Title, Spec: l.Spec, ImageURL: l.ImageURL}
			for n := range d.Lines {
				if x := &d.Lines[n]; x.Title == l.Title && x.SKUText == l.Spec && x.MerchantSKUCode == l.SKUCode {
					item.ItemNo, item.SKUNo = x.ChannelItemNo, x.ChannelSKUNo
					break
				}
			}
			seen, lines = append(seen, item), append(lines, l)
		}
		if e.now.CustomerID == 0 && (d.BuyerKey != "" || d.BuyerNick != "") {
			buyers = append(buyers, customer.Seen{ShopID: e.now.ShopID, BuyerKey: d.BuyerKey, Nick: d.BuyerNick, PlacedAt: e.now.PlacedAt})
			buying = append(buying, e)
		}
	}
	if len(seen) > 0 {
		mapped, err := s.catalog.EnsureListingsTx(ctx, tx, seen)
		if err != nil {
			return err
		}
		for i, m := range mapped {
			lines[i].ListingID, lines[i].SKUID = m.ListingID, m.SKUID
		}
	}
	if len(buyers) == 0 {
		return nil
	}
	ids, err := s.customers.EnsureTx(ctx, tx, buyers)
	for i := range ids {
		buying[i].now.CustomerID = ids[i]
	}
	return err
}

// lookUp finds the stored orders of the documents, and numbers that stand under
// another shop of the first one's channel.
func lookUp(ctx context.Context, q db.Querier, m id.ID, in []Incoming, idx []int) (map[orderKey]found, map[string]id.ID, error) {
	others := map[string]id.ID{}
	if len(idx) == 0 {
		return nil, others, nil
	}
	sh := in[idx[0]].Shop
	nos := make([]string, 0, len(idx))
	for _, i := range idx {
		nos = append(nos, in[i].Doc.ChannelOrderNo)
	}
	slices.Sort(nos)
	nos = slices.Compact(nos)
	out := make(map[orderKey]found, len(nos))
	for part := range slices.Chunk(nos, lookupChunk) {
		if err := eachFound(ctx, q, m, part, func(f found) {
			out[orderKey{f.shopID, f.no}] = f
			if f.shopID != sh.ID && f.channel == sh.Channel {
				others[f.no] = f.shopID
			}
		}); err != nil {
			return nil, nil, err
		}
	}
	return out, others, nil
}

func eachFound(ctx context.Context, q db.Querier, m id.ID, nos []string, each func(found)) error {
	for row := range db.Each(ctx, q, selectByNo(len(nos)), noArgs(m, nos)...) {
		var f found
		if err := row.Scan(f.into()...); err != nil {
			return err
		}
		each(f)
	}
	return nil
}

// check refuses what no order can be made of.
func (in *Incoming) check() error {
	d := &in.Doc
	switch {
	case d.ChannelOrderNo == "":
		return ErrNoNumber.At("channel_order_no")
	case len(d.ChannelOrderNo) > 100:
		return ErrTooLong.With("max", 100).At("channel_order_no")
	case progress[d.Status] == 0 && (d.Status != "" || d.StatusRaw == "" || in.Source != SourceAPI): // a file's words are mapped before it is read
		return ErrBadStatus.With("status", d.StatusRaw).At("status")
	case len(d.Lines) == 0:
		return ErrNoLines.At("lines")
	case d.Flag < 0 || d.Flag > 5:
		return ErrBadFlag.At("flag")
	}
	amounts := []*money.Fen{d.Money.Goods, d.Money.MerchantDiscount, d.Money.PlatformDiscount, d.Money.TalentDiscount,
		d.Money.PaymentDiscount, d.Money.Freight, d.Money.BuyerPaid, d.Money.MerchantReceivable, d.RefundFen}
	for i := range d.Lines {
		l := &d.Lines[i]
		if l.Quantity != nil && (*l.Quantity < 0 || *l.Quantity > maxPieces) {
			return ErrBadQuantity.At("lines.quantity")
		}
		amounts = append(amounts, l.PriceFen, l.PaidFen, l.RefundFen)
	}
	for _, a := range amounts {
		if a != nil && (*a > maxAmount || *a < -maxAmount) {
			return ErrBadAmount.At("money")
		}
	}
	for _, s := range []string{d.BuyerNote, d.SellerNote, d.Receiver.Detail, d.StatusRaw} {
		if utf8.RuneCountInString(s) > maxText {
			return ErrTooLong.With("max", maxText)
		}
	}
	return nil
}

// maxText bounds one text of an order, in characters.
const maxText = 5000

// Foreseen is what a document would do, and whether its number already stands
// under another shop of the same channel.
type Foreseen struct {
	Applied
	OtherShop id.ID
}

// Preview says what ApplyTx would answer, without writing anything.
func (s *Service) Preview(ctx context.Context, in []Incoming) ([]Foreseen, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := s.kit.Seal.Keys(ctx, a.MerchantID)
	if err != nil {
		return nil, err
	}
	out := make([]Applied, len(in))
	idx := make([]int, 0, len(in))
	for i := range in {
		if err := in[i].check(); err != nil {
			out[i] = Applied{Result: ApplyRejected, Err: err}
			continue
		}
		idx = append(idx, i)
	}
	w, err := s.sight(ctx, s.kit.DB, a, keys, in, idx, out)
	if err != nil {
		return nil, err
	}
	for k, e := range w.edits {
		if e == nil {
			out[w.of[k]] = Applied{Result: ApplyRejected, Err: ErrNotFound}
			continue
		}
		if e.created {
			continue
		}
		if e.absorb(&in[w.of[k]]); !e.dirty() {
			out[w.of[k]].Result = ApplyUnchanged
		}
	}
	seen := make([]Foreseen, len(in))
	for i := range in {
		seen[i] = Foreseen{Applied: out[i], OtherShop: w.others[in[i].Doc.ChannelOrderNo]}
	}
	return seen, nil
}

// OtherShopsTx finds numbers that stand under another shop of the same channel.
func (s *Service) OtherShopsTx(ctx context.Context, q db.Querier, sh shop.Shop, nos []string) (map[string]id.ID, error) {
	out := map[string]id.ID{}
	for part := range slices.Chunk(nos, lookupChunk) {
		if err := eachFound(ctx, q, actor.Merchant(ctx), part, func(f found) {
			if f.shopID != sh.ID && f.channel == sh.Channel {
				out[f.no] = f.shopID
			}
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
