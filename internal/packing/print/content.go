package print

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/packing/label"
)

// parcel is a fulfillment order with what papers repeat of it. err is why it may not be
// printed.
type parcel struct {
	f        *fulfillment.FulfillmentOrder
	orders   []*order.Order
	to       order.Receiver
	items    []Item
	terms    issue.Terms
	waybills []waybill.Waybill
	at       Place
	err      error
}

// check judges fulfillment orders as they stand, each against the version its papers
// were made for.
func (s *Service) check(ctx context.Context, q db.Querier, checks []fulfillment.Check) (map[id.ID]*parcel, []fulfillment.Seen, error) {
	out := make(map[id.ID]*parcel, len(checks))
	ids := make([]id.ID, len(checks))
	seen, err := s.fulfillments.SeeTx(ctx, q, checks)
	if err != nil {
		return nil, nil, err
	}
	for i, c := range checks {
		ids[i], out[c.ID] = c.ID, &parcel{f: seen[i].FulfillmentOrder, orders: seen[i].Orders, err: seen[i].Err}
		if err := seen[i].Err; err != nil && plain(err) == nil {
			return nil, nil, err
		}
	}
	numbers, err := s.waybills.Of(ctx, q, ids)
	if err != nil {
		return nil, nil, err
	}
	for one, p := range out {
		if p.waybills = numbers[one]; p.err == nil {
			p.err = p.issued()
		}
	}
	return out, seen, nil
}

// look is check with what papers say of the goods and their place, and of the receivers,
// which are sealed, where they are printed.
func (s *Service) look(ctx context.Context, q db.Querier, checks []fulfillment.Check, addressed bool) (map[id.ID]*parcel, error) {
	out, seen, err := s.check(ctx, q, checks)
	if err != nil {
		return nil, err
	}
	if err := s.fill(ctx, q, out, seen, addressed); err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(checks))
	for i, c := range checks {
		ids[i] = c.ID
	}
	return out, s.place(ctx, q, out, ids)
}

// issued says why the waybills of a parcel do not stand for what it holds now.
func (p *parcel) issued() error {
	if len(p.waybills) == 0 {
		return waybill.ErrNotIssued
	}
	for _, w := range p.waybills {
		if w.State != waybill.Issued {
			return waybill.ErrNotIssued
		}
		if w.Version != p.f.Version {
			return waybill.ErrStale.With("no", w.No)
		}
	}
	return nil
}

// place finds the baskets that goods were put in.
func (s *Service) place(ctx context.Context, q db.Querier, out map[id.ID]*parcel, ids []id.ID) error {
	if s.around.Places == nil {
		return nil
	}
	for part := range slices.Chunk(ids, 500) {
		at, err := s.around.Places(ctx, q, part)
		if err != nil {
			return err
		}
		for one, spot := range at {
			if p := out[one]; p != nil {
				p.at = spot
			}
		}
	}
	return nil
}

// fill adds goods, and receivers where they are asked for.
func (s *Service) fill(ctx context.Context, q db.Querier, out map[id.ID]*parcel, seen []fulfillment.Seen, addressed bool) error {
	byID := map[id.ID]*order.Order{}
	var skuIDs []id.ID
	for _, one := range seen {
		for _, o := range one.Orders {
			byID[o.ID] = o
			for _, l := range o.Lines {
				if l.SKUID != 0 {
					skuIDs = append(skuIDs, l.SKUID)
				}
			}
		}
	}
	if len(byID) == 0 {
		return nil
	}
	skus, err := s.catalog.SKUsTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(skuIDs))))
	if err != nil {
		return err
	}
	for _, one := range seen {
		if len(one.Orders) == 0 {
			continue
		}
		p := out[one.FulfillmentOrder.ID]
		if addressed {
			p.to = one.Receiver()
		}
		p.items = goods(p.f, byID, skus)
		p.terms = issue.TermsOf(p.f, p.orders, skus)
	}
	return nil
}

// goods are what is left to ship, one line per SKU, sorted by code.
func goods(f *fulfillment.FulfillmentOrder, orders map[id.ID]*order.Order, skus map[id.ID]catalog.SKU) (out []Item) {
	at := map[string]int{}
	for _, fl := range f.Lines {
		o := orders[fl.OrderID]
		if o == nil || fl.Left() <= 0 {
			continue
		}
		for _, l := range o.Lines {
			if l.ID != fl.LineID {
				continue
			}
			it := Item{Code: l.SKUCode, Name: l.Title, Spec: l.Spec, Quantity: fl.Left()}
			if k, ok := skus[l.SKUID]; ok {
				it.Code, it.Name, it.Spec = k.Code, cmp.Or(k.ProductName, k.Name), k.Spec
			}
			key := it.Code
			if key == "" {
				key = it.Name + "\x00" + it.Spec
			}
			if i, ok := at[key]; ok {
				out[i].Quantity += it.Quantity
				continue
			}
			at[key] = len(out)
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name)) })
	return out
}

func (p *parcel) quantity() (n int64) {
	for _, it := range p.items {
		n += it.Quantity
	}
	return n
}

// shelf sorts parcels as they are packed: what is urged first, then by SKUs, so that equal
// ones follow each other, then by quantity, then by who paid first.
func shelf(a, b *parcel) int {
	return cmp.Or(cmp.Compare(b.f.Urgency, a.f.Urgency), cmp.Compare(codes(a.items), codes(b.items)), cmp.Compare(a.quantity(), b.quantity()), cmp.Compare(contents(a.items), contents(b.items)),
		cmp.Compare(a.orders[0].PaidAt, b.orders[0].PaidAt), cmp.Compare(a.f.ID, b.f.ID))
}

func codes(all []Item) string {
	var b strings.Builder
	for _, it := range all {
		b.WriteString(cmp.Or(it.Code, it.Name) + "\x00")
	}
	return b.String()
}

func contents(all []Item) string {
	var b strings.Builder
	for _, it := range all {
		fmt.Fprintf(&b, "%s×%d\x00", cmp.Or(it.Code, it.Name), it.Quantity)
	}
	return b.String()
}

// sheet is what is the same for every label of a batch.
type sheet struct {
	batch  Batch
	sender logistics.Party
	shops  map[id.ID]string
	data   map[id.ID]waybill.Print
	lang   string
	// channel is whose waybills they are, "" for a carrier's own; issuer is the shop of it.
	channel string
	issuer  id.ID
}

func (s *Service) sheet(ctx context.Context, q db.Querier, b Batch, all []Label) (*sheet, error) {
	out := &sheet{batch: b, shops: map[id.ID]string{}, lang: actor.Lang(ctx)}
	var err error
	if out.sender, err = s.accounts.SenderTx(ctx, q, b.AccountID); err != nil {
		return nil, err
	}
	from, err := s.accounts.GetTx(ctx, q, b.AccountID)
	if err != nil {
		return nil, err
	}
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, one := range shops {
		if out.shops[one.ID] = one.Name; one.ID == from.ShopID {
			out.channel, out.issuer = one.Channel, one.ID
		}
	}
	ids := make([]id.ID, len(all))
	for i, l := range all {
		ids[i] = l.WaybillID
	}
	out.data, err = s.waybills.PrintTx(ctx, q, ids)
	return out, err
}

// stands says whether a label's parcel may still be printed, and returns its waybill.
func (p *parcel) stands(l Label) (waybill.Waybill, error) {
	switch {
	case p == nil || p.err == nil && len(p.orders) == 0:
		return waybill.Waybill{}, fulfillment.ErrNoOrder
	case p.err != nil:
		return waybill.Waybill{}, p.err
	}
	for _, w := range p.waybills {
		if w.ID == l.WaybillID {
			return w, nil
		}
	}
	return waybill.Waybill{}, ErrGone
}

// label is one label in full. It holds personal data.
//
// Errors: ErrGone, ErrMaskedLabel, and why the parcel may not go on.
func (x *sheet) label(s *Service, l Label, p *parcel) (label.Label, waybill.Waybill, error) {
	w, err := p.stands(l)
	if err != nil {
		return label.Label{}, w, err
	}
	d := x.data[l.WaybillID]
	out := label.Label{Ref: fmt.Sprint(l.Sequence), Carrier: logistics.NameOf(w.Carrier, "zh-CN"), Product: cmp.Or(d.Product, w.Product), WaybillNo: w.No, ParentNo: d.ParentNo,
		Piece: int(w.Piece), Pieces: int(w.Pieces), Route: cmp.Or(w.SortCode, w.Mark), Hub: w.Bag, QR: d.QR, Receiver: to(p.to),
		Sender: label.Party{Name: x.sender.Name, Phone: x.sender.Phone, Address: x.sender.Province + x.sender.City + x.sender.District + x.sender.Town + x.sender.Detail},
		Items:  drawn(l.Items), Shop: x.shops[p.f.ShopID], Batch: x.batch.Code(), Sequence: int(l.Sequence), Total: int(x.batch.Total), Position: p.at.String(),
		PrintedAt: s.k.Clock.Now().In(china), Reprint: int(l.Copy - 1), Services: p.terms.Services}
	if w.Piece <= 1 { // the courier collects once, whatever the parcel's pieces
		out.CollectFen = int64(p.terms.CollectFen)
	}
	if w.Pieces <= 1 {
		out.WeightGram = p.terms.WeightGram
	}
	for _, o := range p.orders {
		out.OrderNos = append(out.OrderNos, o.ChannelOrderNo)
		if o.BuyerNote != "" {
			out.BuyerNotes = append(out.BuyerNotes, o.BuyerNote)
		}
		if note := cmp.Or(o.SellerNote, o.ChannelSellerNote); note != "" {
			out.SellerNotes = append(out.SellerNotes, note)
		}
	}
	return out, w, nil
}

func to(r order.Receiver) label.Party {
	return label.Party{Name: r.Name, Phone: r.Phone, Address: r.Province + r.City + r.District + r.Town + r.Detail}
}

// readable reports whether we may draw a receiver ourselves.
func readable(r order.Receiver) bool { return r.Kind() == receiver.Plain }
