package reship

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// OutLine is goods to send. LineID is the line of the origin they stand for; SKUID 0 is
// that line's own SKU. PriceFen is of one piece, of an exchange only.
type OutLine struct {
	LineID   id.ID      `json:"line_id"`
	SKUID    id.ID      `json:"sku_id"`
	Quantity int64      `json:"quantity"`
	PriceFen *money.Fen `json:"price_fen"`
}

// MakeInput is a reship or an exchange as a person wants it.
type MakeInput struct {
	OrderID id.ID           `json:"order_id"`
	Kind    string          `json:"kind"`
	CaseID  id.ID           `json:"case_id"` // 0: none
	Lines   []OutLine       `json:"lines"`
	Back    []order.LineQty `json:"back"` // of an exchange: what comes back
	When    string          `json:"when"`
	Reason  string          `json:"reason"`
	Note    string          `json:"note"`
	Liable  string          `json:"liable"`
	// Receiver is where it goes; the zero Receiver is the origin's own.
	Receiver order.Receiver `json:"receiver"`
	// ReturnedFen is what the goods sent back are worth, where no source told what was paid.
	ReturnedFen *money.Fen `json:"returned_fen"`
	// DifferenceFen is what the person saw, and Settlement what happens with it.
	DifferenceFen money.Fen `json:"difference_fen"`
	Settlement    string    `json:"settlement"`
	// Confirmed: more than was ordered, or a second order for a case, is meant.
	Confirmed bool `json:"confirmed"`
}

// Make makes a reship (补发) or an exchange (换货) of an order: a new order of the same
// shop, linked to it, that no channel hears of. A reship has no price. An exchange awaits
// goods: for its after-sale case, or for one of our own that is opened with it; it ships
// at once or once they are inspected. Permission order.reship; of an exchange field.money
// too.
//
// Errors: order.ErrNotFound, ErrKind, ErrLines, ErrSKU, ErrNotShipped, ErrMore, ErrTwice,
// ErrBack, ErrReceiver, ErrTyped, ErrReason, ErrLiable, ErrPrice, ErrWorth, ErrDifference,
// ErrSettlement, ErrCase, aftersale.ErrNotFound, intake.ErrClosedShop,
// order.ErrNumberTaken.
func (s *Service) Make(ctx context.Context, in MakeInput) (order.Result, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return order.Result{}, err
	}
	if in.Kind == order.TypeExchange {
		if err := actor.Require(ctx, "field.money"); err != nil {
			return order.Result{}, err
		}
	}
	if err := in.check(); err != nil {
		return order.Result{}, err
	}
	hours, err := s.settings.Int(ctx, actor.Merchant(ctx), ShipHours)
	if err != nil {
		return order.Result{}, err
	}
	about := &command.About{Action: "order." + in.Kind, Object: "order/" + in.OrderID.String(),
		Detail: map[string]any{"lines": len(in.Lines), "liable": in.Liable, "case_id": in.CaseID}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (order.Result, error) {
		m := &making{s: s, in: in, now: clock.Millis(s.k.Clock), hours: hours}
		return m.makeTx(ctx, tx)
	})
}

func (in *MakeInput) check() error {
	in.Reason, in.Note = strings.TrimSpace(in.Reason), strings.TrimSpace(in.Note)
	n := utf8.RuneCountInString(in.Reason)
	switch {
	case in.Kind != order.TypeReship && in.Kind != order.TypeExchange:
		return ErrKind.At("kind")
	case n < 1 || n > 200 || utf8.RuneCountInString(in.Note) > 500:
		return ErrReason.At("reason")
	case !slices.Contains(Liable, in.Liable):
		return ErrLiable.At("liable")
	case len(in.Lines) < 1 || len(in.Lines) > 200 || len(in.Back) > 200:
		return ErrLines.At("lines")
	case in.Kind == order.TypeReship && (len(in.Back) > 0 || in.When == AfterReturn):
		return ErrLines.At("back")
	case in.Kind == order.TypeExchange && len(in.Back) == 0:
		return ErrLines.At("back")
	case in.ReturnedFen != nil && (*in.ReturnedFen < 0 || *in.ReturnedFen > maxFen):
		return ErrWorth.At("returned_fen")
	}
	if in.When == "" {
		in.When = Now
	}
	if in.When != Now && in.When != AfterReturn {
		return ErrKind.At("when")
	}
	for i, l := range in.Lines {
		at := "lines[" + strconv.Itoa(i) + "]"
		switch {
		case l.Quantity < 1 || l.Quantity > inventory.MaxQuantity:
			return ErrLines.At(at + ".quantity")
		case in.Kind == order.TypeExchange && (l.PriceFen == nil || *l.PriceFen < 0 || *l.PriceFen > maxFen):
			return ErrPrice.At(at + ".price_fen")
		}
	}
	for i, b := range in.Back {
		if b.Quantity < 1 || slices.ContainsFunc(in.Back[:i], func(o order.LineQty) bool { return o.LineID == b.LineID }) {
			return ErrLines.At("back[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

// maxFen bounds one amount that a person types: a hundred million yuan.
const maxFen money.Fen = 10_000_000_000

// making is one order under way.
type making struct {
	s     *Service
	in    MakeInput
	now   int64
	hours int64
	draft Draft
	skus  map[id.ID]catalog.SKU
	doc   order.Document
	made  FollowUp
	waits bool // for the goods sent back
}

func (m *making) makeTx(ctx context.Context, tx *db.Tx) (order.Result, error) {
	// Whoever makes the next one of the same order waits here.
	if _, err := m.s.orders.LockTx(ctx, tx, []id.ID{m.in.OrderID}); err != nil {
		return order.Result{}, err
	}
	var err error
	if m.draft, err = m.s.draftTx(ctx, tx, m.in.OrderID); err != nil {
		return order.Result{}, err
	}
	m.made = FollowUp{OriginID: m.in.OrderID, Kind: m.in.Kind, CaseID: m.in.CaseID, Reason: m.in.Reason, Note: m.in.Note, Liable: m.in.Liable, When: m.in.When,
		Hours: m.hours, CreatedAt: m.now}
	for _, step := range []func(context.Context, *db.Tx) error{m.goods, m.theCase, m.worth, m.receiver, m.take, m.returnLeg, m.keep} {
		if err := step(ctx, tx); err != nil {
			return order.Result{}, err
		}
	}
	all, err := m.s.orders.LoadTx(ctx, tx, []id.ID{m.made.OrderID})
	if err == nil && len(all) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return order.Result{}, err
	}
	return m.s.orders.ResultTx(ctx, tx, all[0])
}

// goods checks what goes out and what comes back against the origin.
func (m *making) goods(ctx context.Context, tx *db.Tx) error {
	var ids []id.ID
	more := map[id.ID]int64{}
	for i := range m.in.Lines {
		l := &m.in.Lines[i]
		at := m.draft.find(l.LineID)
		if l.LineID != 0 && at == nil || l.LineID == 0 && m.in.Kind == order.TypeReship {
			return ErrLines.At("lines[" + strconv.Itoa(i) + "].line_id")
		}
		if at != nil && l.SKUID == 0 {
			l.SKUID = at.SKUID
		}
		if at != nil && at.Shipped == 0 {
			return ErrNotShipped.At("lines[" + strconv.Itoa(i) + "]")
		}
		more[l.LineID] += l.Quantity
		ids = append(ids, l.SKUID)
	}
	for i := range m.draft.Lines {
		l := &m.draft.Lines[i]
		ordered := l.Ordered - l.Cancelled
		if n := more[l.ID]; m.in.Kind == order.TypeReship && n > 0 && l.Sent+n > ordered && !m.in.Confirmed {
			return ErrMore.With("sku", name(l), "sent", l.Sent, "more", n, "ordered", ordered).At("lines")
		}
	}
	for _, b := range m.in.Back {
		l := m.draft.find(b.LineID)
		if l == nil {
			return ErrLines.At("back")
		}
		if b.Quantity > l.MayReturn {
			return ErrBack.With("sku", name(l), "left", l.MayReturn).At("back")
		}
	}
	var err error
	if m.skus, err = m.s.catalog.SKUsTx(ctx, tx, ids); err != nil {
		return err
	}
	for i, l := range m.in.Lines {
		if sku, ok := m.skus[l.SKUID]; !ok || !sku.Active {
			return ErrSKU.At("lines[" + strconv.Itoa(i) + "].sku_id")
		}
	}
	return nil
}

func name(l *Line) string {
	if l.SKUCode != "" {
		return l.SKUCode
	}
	return l.Title
}

// theCase checks the after-sale case that it is made for.
func (m *making) theCase(ctx context.Context, tx *db.Tx) error {
	exchange := m.in.Kind == order.TypeExchange
	m.waits = exchange && m.in.When == AfterReturn
	if m.in.CaseID == 0 {
		return nil
	}
	at := slices.IndexFunc(m.draft.Cases, func(c aftersale.Case) bool { return c.ID == m.in.CaseID })
	if at < 0 {
		return ErrCase.At("case_id")
	}
	c := m.draft.Cases[at]
	if exchange && (c.Kind != aftersale.KindExchange || c.Source == aftersale.Own || c.State == aftersale.Refused || c.State == aftersale.Closed || c.State == aftersale.Refunded) {
		return ErrCase.At("case_id")
	}
	m.waits = m.waits && c.Goods != aftersale.GoodsReceived
	for i := range m.draft.FollowUps {
		f := &m.draft.FollowUps[i]
		if f.CaseID == c.ID && f.Order != nil && f.Order.State != order.Closed && !m.in.Confirmed {
			return ErrTwice.With("no", f.Order.ChannelOrderNo).At("case_id")
		}
	}
	return nil
}

// worth adds the amounts up: nothing for a reship, goods against goods for an exchange.
func (m *making) worth(context.Context, *db.Tx) error {
	m.made.Settlement = NoDifference
	if m.in.Kind == order.TypeReship {
		return nil
	}
	var err error
	for i, l := range m.in.Lines {
		v, e := l.PriceFen.Times(l.Quantity)
		if e == nil {
			m.made.Goods, e = money.Add(m.made.Goods, v)
		}
		if e != nil {
			return ErrPrice.At("lines[" + strconv.Itoa(i) + "].price_fen")
		}
	}
	for _, b := range m.in.Back {
		v, known := m.draft.find(b.LineID).worth(b.Quantity)
		if !known {
			if m.in.ReturnedFen == nil {
				return ErrWorth.At("returned_fen")
			}
			m.made.Returned = *m.in.ReturnedFen
			break
		}
		if m.made.Returned, err = money.Add(m.made.Returned, v); err != nil {
			return ErrPrice.Because(err)
		}
	}
	d := m.made.Difference()
	if d != m.in.DifferenceFen {
		return ErrDifference.With("fen", int64(d)).At("difference_fen")
	}
	m.made.Settlement = m.in.Settlement
	fits := map[string]bool{NoDifference: d == 0, Collected: d > 0, Refund: d < 0, Waived: d != 0}
	if !fits[m.in.Settlement] {
		return ErrSettlement.At("settlement")
	}
	return nil
}

// receiver settles where it goes.
func (m *making) receiver(ctx context.Context, tx *db.Tx) error {
	r := m.in.Receiver.Trimmed()
	if r.Name+r.Phone+r.Detail != "" {
		if r.Kind() != receiver.Plain || r.Incomplete() {
			return ErrTyped.At("receiver")
		}
		m.doc.Receiver = r
		return nil
	}
	if m.draft.NeedsReceiver {
		return ErrReceiver.At("receiver")
	}
	all, err := m.s.orders.ReceiversTx(ctx, tx, []id.ID{m.in.OrderID})
	if err != nil {
		return err
	}
	m.doc.Receiver = all[m.in.OrderID].Trimmed()
	m.doc.Receiver.GroupKey = "" // the channel's key of its own order
	return nil
}

// take brings the order in through the one door.
func (m *making) take(ctx context.Context, tx *db.Tx) error {
	o := &m.draft.Order
	sh, err := m.s.shops.GetTx(ctx, tx, o.ShopID)
	if err != nil {
		return err
	}
	letter := map[string]string{order.TypeReship: "-R", order.TypeExchange: "-X"}[m.in.Kind]
	for _, f := range m.draft.FollowUps {
		m.made.Number = max(m.made.Number, f.Number)
	}
	m.made.Number++
	d := &m.doc
	d.ChannelOrderNo = o.ChannelOrderNo + letter + strconv.FormatInt(m.made.Number, 10)
	d.Status, d.RefundState = order.ChannelAwaitingShipment, order.RefundNone
	d.PlacedAt, d.PaidAt, d.BuyerNick, d.SellerNote = m.now, m.now, o.BuyerNick, m.in.Note
	if !m.waits {
		d.ShipByAt = m.now + m.hours*3_600_000
	}
	m.price()
	m.made.OrderID, err = m.s.door.MakeTx(ctx, tx, order.Incoming{Shop: sh, Doc: *d, Made: m.in.Kind, CustomerID: o.CustomerID})
	return err
}

// price writes lines and amounts: the buyer pays the collected difference and nothing else.
func (m *making) price() {
	var pays, none money.Fen
	if m.made.Settlement == Collected {
		pays = m.made.Difference()
	}
	for _, l := range m.in.Lines {
		sku, q, each := m.skus[l.SKUID], l.Quantity, none
		if m.in.Kind == order.TypeExchange {
			each = *l.PriceFen
		}
		m.doc.Lines = append(m.doc.Lines, order.Line{Title: sku.ProductName, SKUText: sku.Spec, MerchantSKUCode: sku.Code, SKUID: sku.ID, Quantity: &q, PriceFen: &each, ImageURL: sku.ImageURL})
	}
	goods, made := m.made.Goods, m.made.Goods-pays
	m.doc.Money = order.Money{Goods: &goods, MerchantDiscount: &made, Freight: &none, BuyerPaid: &pays, MerchantReceivable: &pays}
}

// returnLeg awaits the goods of an exchange, and holds the order until they are here where
// it is to wait.
func (m *making) returnLeg(ctx context.Context, tx *db.Tx) error {
	if m.in.Kind != order.TypeExchange {
		return nil
	}
	var err error
	if m.made.CaseID == 0 {
		m.made.CaseID, err = m.s.cases.OpenOwnTx(ctx, tx, aftersale.OwnInput{No: m.doc.ChannelOrderNo, Order: &m.draft.Order, Kind: aftersale.KindExchange, Lines: m.in.Back, Reason: m.in.Reason})
	}
	if err != nil || !m.waits {
		return err
	}
	return m.s.orders.RaiseTx(ctx, tx, []order.Raised{{OrderID: m.made.OrderID, Kind: hold.ReturnAwaited, Stands: true, Note: m.draft.Order.ChannelOrderNo}})
}

// keep writes the link down, and tells both orders.
func (m *making) keep(ctx context.Context, tx *db.Tx) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	all, err := m.s.orders.LoadTx(ctx, tx, []id.ID{m.made.OrderID})
	if err != nil || len(all) == 0 {
		return err
	}
	fresh := all[0]
	m.made.CreatedBy, m.made.CreatedName = a.ID, a.Name
	if _, err := tx.Insert(ctx, "intake_followup", columns, [][]any{m.made.row(a.MerchantID)}, ""); err != nil {
		return err
	}
	var rows [][]any
	for i, l := range m.in.Lines {
		rows = append(rows, []any{a.MerchantID, fresh.ID, "out", int64(i), l.LineID, fresh.Lines[i].ID, l.Quantity})
	}
	for i, b := range m.in.Back {
		rows = append(rows, []any{a.MerchantID, fresh.ID, "back", int64(i), b.LineID, int64(0), b.Quantity})
	}
	if _, err := tx.Insert(ctx, "intake_followup_line", lineColumns, rows, ""); err != nil {
		return err
	}
	o := &m.draft.Order
	return m.s.k.Events.AppendAllTx(ctx, tx, []event.Appended{
		{Of: event.Of{Aggregate: "order", ID: o.ID, Version: o.Version}, Payload: Made{OrderID: fresh.ID, OrderNo: fresh.ChannelOrderNo, Kind: m.in.Kind, CaseID: m.made.CaseID,
			Liable: m.in.Liable, DifferenceFen: int64(m.made.Difference()), Settlement: m.made.Settlement}},
		{Of: event.Of{Aggregate: "order", ID: fresh.ID, Version: fresh.Version}, Payload: MadeFrom{OriginID: o.ID, OriginNo: o.ChannelOrderNo, Kind: m.in.Kind}},
	})
}
