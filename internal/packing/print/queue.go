package print

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing"
)

// Bucket is where an open fulfillment order stands on its way to paper.
type Bucket string

const (
	Unprinted  Bucket = "unprinted" // 未打印: may be printed, and was not
	Printing   Bucket = "printing"  // 待确认: in a batch that nobody has told about yet
	PrintedNow Bucket = "printed"   // 已打印未发货
	Troubled   Bucket = "problem"   // 异常: must not be printed as it stands
	Presale    Bucket = "presale"   // 预售待到货: must not leave yet
	Mergeable  Bucket = "mergeable" // 可合单: could travel with another; also in one of the others
	lookedAt          = 2000        // open fulfillment orders that one answer looks at, those that go first
	mostRows          = 500         // rows of one answer
	queuePart         = 200         // looked up in one statement
)

// Buckets lists every bucket.
var Buckets = []Bucket{Unprinted, Printing, PrintedNow, Troubled, Presale, Mergeable}

// NumberState is how far the waybills of a fulfillment order are.
type NumberState string

const (
	NoNumber     NumberState = "none"
	NumberComing NumberState = "coming"
	NumberFailed NumberState = "failed"
	NumberStale  NumberState = "stale" // issued for other content
	NumberThere  NumberState = "issued"
)

// NumberStates lists every state of numbers.
var NumberStates = []NumberState{NoNumber, NumberComing, NumberFailed, NumberStale, NumberThere}

// QueueFilter narrows the queue; empty fields do not.
type QueueFilter struct {
	Bucket       Bucket // Unprinted where it is empty
	WarehouseIDs []id.ID
	ShopIDs      []id.ID
	Carrier      string // code; only with Narrow
	Narrow       bool   // to Carrier, even where that is none
	// Wave narrows to those in a wave, by its code, and sorts them by basket.
	Wave string
}

// Queue is what waits for paper.
type Queue struct {
	// Counts are of all buckets, within the shops, warehouses and wave asked for. More
	// says that there are others beyond those looked at.
	Counts map[Bucket]int64
	More   bool
	Rows   []Waiting // of one bucket, 500 at most, in the order of printing
	Total  int64     // rows there are
}

// Waiting is an open fulfillment order as the print screen shows it.
type Waiting struct {
	FulfillmentOrder fulfillment.FulfillmentOrder
	OrderNos         []string
	Channel          string
	PaidAt           int64  // the first of its orders
	Receiver         string // masked
	Province, City   string
	BuyerNotes       []string
	SellerNotes      []string
	Flag             int64
	Items            []Item
	Quantity         int64
	// Stack is the same for parcels of the same goods.
	Stack     string
	Carrier   string // of its waybill, else the one wished for, "" where the rules choose
	AccountID id.ID
	Product   string
	Number    NumberState
	Nos       []string
	NumberErr *errs.Error
	Place     Place
	// The last batch it was in, 0 for none, and how often its waybills were given to paper.
	BatchID   id.ID
	BatchCode string
	Copies    int64
	// Fellows is how many it could be merged with.
	Fellows int64
	// Err says why it may not be printed as it stands.
	Err *errs.Error

	bucket Bucket
	p      *parcel
}

// Queue lists what waits for paper, sorted by carrier and warehouse, then what is urged
// before the rest, then as it is packed: by SKUs, so that equal parcels follow each other,
// quantity and time of payment.
// Permissions packing.read and fulfillment.read.
func (s *Service) Queue(ctx context.Context, f QueueFilter) (Queue, error) {
	out := Queue{Counts: map[Bucket]int64{}}
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return out, err
	}
	if f.Bucket == "" {
		f.Bucket = Unprinted
	}
	if err := actor.Require(ctx, fulfillment.PermitRead); err != nil {
		return out, err
	}
	open, more, err := s.open(ctx, f, lookedAt)
	if err != nil {
		return out, err
	}
	out.More = more
	fellows, err := s.fellows(ctx, open)
	if err != nil {
		return out, err
	}
	var all []Waiting
	for part := range slices.Chunk(open, queuePart) {
		some, err := s.judge(ctx, s.k.DB, part)
		if err != nil {
			return out, err
		}
		all = append(all, some...)
	}
	for i := range all {
		w := &all[i]
		w.Fellows = fellows[w.FulfillmentOrder.ID]
		mergeable := w.Fellows > 0 && w.Err == nil
		out.Counts[w.bucket]++
		if mergeable {
			out.Counts[Mergeable]++
		}
		if (w.bucket == f.Bucket || f.Bucket == Mergeable && mergeable) && f.takes(w) {
			out.Rows = append(out.Rows, *w)
		}
	}
	slices.SortFunc(out.Rows, inPrintOrder)
	if f.Wave != "" {
		slices.SortStableFunc(out.Rows, func(a, b Waiting) int {
			return cmp.Or(cmp.Compare(len(a.Place.Basket), len(b.Place.Basket)), cmp.Compare(a.Place.Basket, b.Place.Basket))
		})
	}
	out.Total = int64(len(out.Rows))
	out.Rows = out.Rows[:min(len(out.Rows), mostRows)]
	return out, nil
}

func inPrintOrder(a, b Waiting) int {
	return cmp.Or(cmp.Compare(a.Carrier, b.Carrier), cmp.Compare(a.FulfillmentOrder.WarehouseID, b.FulfillmentOrder.WarehouseID), shelf(a.p, b.p))
}

// IDs lists all of one bucket within a filter, whatever the page of it shows: of up to
// most open fulfillment orders, those that go first. Permissions packing.read and fulfillment.read.
func (s *Service) IDs(ctx context.Context, f QueueFilter, most int) ([]id.ID, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	open, _, err := s.open(ctx, f, most)
	if err != nil {
		return nil, err
	}
	var out []id.ID
	for part := range slices.Chunk(open, queuePart) {
		some, err := s.judge(ctx, s.k.DB, part)
		if err != nil {
			return nil, err
		}
		for i := range some {
			if w := &some[i]; w.bucket == f.Bucket && f.takes(w) {
				out = append(out, w.FulfillmentOrder.ID)
			}
		}
	}
	return out, nil
}

func (f *QueueFilter) takes(w *Waiting) bool {
	return (!f.Narrow || w.Carrier == f.Carrier) && (f.Wave == "" || w.Place.Wave == f.Wave)
}

// open reads the open fulfillment orders that go with a carrier of ours: of a wave all,
// else those that go first.
func (s *Service) open(ctx context.Context, f QueueFilter, most int) ([]fulfillment.FulfillmentOrder, bool, error) {
	if f.Wave == "" || s.around.Inside == nil {
		return s.fulfillments.InTurn(ctx, fulfillment.OrderFilter{Kind: fulfillment.KindExpress, WarehouseIDs: f.WarehouseIDs, ShopIDs: f.ShopIDs}, most)
	}
	ids, err := s.around.Inside(ctx, s.k.DB, f.Wave)
	if err != nil {
		return nil, false, err
	}
	all, err := s.fulfillments.LoadTx(ctx, s.k.DB, ids)
	return slices.DeleteFunc(all, func(one fulfillment.FulfillmentOrder) bool {
		return one.State != fulfillment.StateOpen || one.Kind != fulfillment.KindExpress || one.SupplierID != 0 ||
			len(f.WarehouseIDs) > 0 && !slices.Contains(f.WarehouseIDs, one.WarehouseID) || len(f.ShopIDs) > 0 && !slices.Contains(f.ShopIDs, one.ShopID)
	}), false, err
}

// fellows counts for fulfillment orders the others that the merchant's policy would let
// them travel with.
func (s *Service) fellows(ctx context.Context, open []fulfillment.FulfillmentOrder) (map[id.ID]int64, error) {
	policy, err := s.fulfillments.MergePolicy(ctx)
	if err != nil {
		return nil, err
	}
	group := map[id.ID]id.ID{}
	for _, g := range policy.ShopGroups {
		for _, one := range g {
			group[one] = g[0]
		}
	}
	type meeting struct {
		receiver, presale int64
		shop, warehouse   id.ID
		wish              string
	}
	now := clock.Millis(s.k.Clock)
	key := func(f *fulfillment.FulfillmentOrder) meeting {
		return meeting{f.ReceiverGroup, max(f.PresaleAt, now), cmp.Or(group[f.ShopID], f.ShopID), f.WarehouseID, f.CarrierWish}
	}
	n := map[meeting]int64{}
	for i := range open {
		if f := &open[i]; f.ReceiverGroup != 0 && f.Sealed == "" {
			n[key(f)]++
		}
	}
	out := map[id.ID]int64{}
	for i := range open {
		if f := &open[i]; f.ReceiverGroup != 0 && f.Sealed == "" && n[key(f)] > 1 {
			out[f.ID] = n[key(f)] - 1
		}
	}
	return out, nil
}

// judge says of each fulfillment order what it holds and where it stands.
func (s *Service) judge(ctx context.Context, q db.Querier, open []fulfillment.FulfillmentOrder) ([]Waiting, error) {
	checks, ids, parcels := make([]fulfillment.Check, len(open)), make([]id.ID, len(open)), map[id.ID]*parcel{}
	for i, f := range open {
		checks[i], ids[i] = fulfillment.Check{ID: f.ID}, f.ID
	}
	seen, err := s.fulfillments.SeeTx(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	for i, f := range open {
		parcels[f.ID] = &parcel{f: &open[i], orders: seen[i].Orders}
	}
	if err := s.fill(ctx, q, parcels, seen, false); err != nil {
		return nil, err
	}
	if err := s.place(ctx, q, parcels, ids); err != nil {
		return nil, err
	}
	numbers, err := s.waybills.Of(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	papers, err := s.papers(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Waiting, 0, len(open))
	for i, f := range open {
		p := parcels[f.ID]
		if len(p.orders) == 0 {
			continue // in a shop that is not the actor's to see
		}
		p.waybills = numbers[f.ID]
		w := p.waiting(f)
		if seen[i].Err != nil {
			if w.Err = plain(seen[i].Err); w.Err == nil {
				return nil, seen[i].Err
			}
		}
		w.stand(papers[f.ID], clock.Millis(s.k.Clock))
		out = append(out, w)
	}
	return out, nil
}

func (p *parcel) waiting(f fulfillment.FulfillmentOrder) Waiting {
	o := p.orders[0]
	w := Waiting{FulfillmentOrder: f, Channel: o.Channel, Receiver: o.ReceiverMasked, Province: o.Province, City: o.City, PaidAt: o.PaidAt, Items: p.items, Quantity: p.quantity(),
		Stack: contents(p.items), Carrier: f.CarrierWish, Number: NoNumber, Place: p.at, p: p}
	for _, o := range p.orders {
		w.OrderNos = append(w.OrderNos, o.ChannelOrderNo)
		w.Flag = max(w.Flag, o.Flag)
		if o.PaidAt != 0 && (w.PaidAt == 0 || o.PaidAt < w.PaidAt) {
			w.PaidAt = o.PaidAt
		}
		if o.BuyerNote != "" {
			w.BuyerNotes = append(w.BuyerNotes, o.BuyerNote)
		}
		if note := cmp.Or(o.SellerNote, o.ChannelSellerNote); note != "" {
			w.SellerNotes = append(w.SellerNotes, note)
		}
	}
	for i, one := range p.waybills {
		state := NumberThere
		switch {
		case one.State == waybill.Failed:
			state = NumberFailed
		case one.State != waybill.Issued:
			state = NumberComing
		case one.Version != f.Version:
			state = NumberStale
		}
		if i == 0 {
			w.Carrier, w.AccountID, w.Product, w.Number = one.Carrier, one.AccountID, one.Product, state
		} else if slices.Index(NumberStates, state) < slices.Index(NumberStates, w.Number) {
			w.Number = state // what is least far says how far they all are
		}
		if one.No != "" {
			w.Nos = append(w.Nos, one.No)
		}
		if one.ErrorCode != "" && state != NumberThere && w.NumberErr == nil {
			w.NumberErr = &errs.Error{Code: one.ErrorCode, Params: one.ErrorParams}
		}
	}
	return w
}

// paper is a label of a fulfillment order that is or was given to paper.
type paper struct {
	waybill, batch id.ID
	code           string
	state          LabelState
}

func (s *Service) papers(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID][]paper, error) {
	out := map[id.ID][]paper{}
	for part := range slices.Chunk(ids, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, one := range part {
			args = append(args, one)
		}
		if err := db.Read(ctx, q, papersOf(len(part)), args, func(r *db.Row) {
			f := id.ID(r.Int())
			p := paper{waybill: id.ID(r.Int()), state: LabelState(r.Text()), batch: id.ID(r.Int())}
			p.code = Batch{Day: r.Int(), Number: r.Int()}.Code()
			out[f] = append(out[f], p)
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stand sorts a fulfillment order into its bucket.
func (w *Waiting) stand(papers []paper, now int64) {
	printed := map[id.ID]bool{}
	open := false
	for _, one := range papers {
		if one.state.freed() {
			continue
		}
		w.BatchID, w.BatchCode = one.batch, one.code
		if !slices.ContainsFunc(w.p.waybills, func(l waybill.Waybill) bool { return l.ID == one.waybill }) {
			continue // paper of a number that no longer counts
		}
		w.Copies++
		open = open || one.state.open()
		printed[one.waybill] = true
	}
	switch {
	case w.FulfillmentOrder.PresaleAt > now:
		w.bucket = Presale
	case w.Err != nil:
		w.bucket = Troubled
	case open:
		w.bucket = Printing
	case w.Number == NumberThere && len(printed) == len(w.p.waybills):
		w.bucket = PrintedNow
	default:
		w.bucket = Unprinted
	}
}

// Spot is where a label lies.
type Spot struct {
	Batch    string
	Sequence int64
}

// Where tells for up to 500 fulfillment orders in which batch their label was printed
// last, and as which; those without one are absent.
func (s *Service) Where(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]Spot, error) {
	out := map[id.ID]Spot{}
	if len(fulfillmentOrderIDs) == 0 {
		return out, nil
	}
	ids := db.Pad(fulfillmentOrderIDs)
	args := []any{actor.Merchant(ctx)}
	for _, one := range ids {
		args = append(args, one)
	}
	err := db.Read(ctx, q, spotsOf(len(ids)), args, func(r *db.Row) {
		one, b := id.ID(r.Int()), Batch{Day: r.Int(), Number: r.Int()}
		out[one] = Spot{b.Code(), r.Int()} // the last
	})
	return out, err
}
