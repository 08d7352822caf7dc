package intake

import (
	"context"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// CreateLine is one item of a manual order. PriceFen is per piece.
type CreateLine struct {
	SKUID    id.ID      `json:"sku_id"`
	Quantity int64      `json:"quantity"`
	PriceFen *money.Fen `json:"price_fen,omitempty"`
	IsGift   bool       `json:"is_gift,omitempty"`
}

// CreateInput is an order that a person types in. ChannelOrderNo may be empty: a
// number is made. PlacedAt 0 is now. Paid false waits for payment.
type CreateInput struct {
	ShopID         id.ID          `json:"shop_id"`
	ChannelOrderNo string         `json:"channel_order_no,omitempty"`
	PlacedAt       int64          `json:"placed_at,omitempty"`
	Paid           bool           `json:"paid"`
	PaymentMethod  string         `json:"payment_method,omitempty"`
	BuyerNick      string         `json:"buyer_nick,omitempty"`
	Receiver       order.Receiver `json:"receiver"`
	Lines          []CreateLine   `json:"lines"`
	FreightFen     *money.Fen     `json:"freight_fen,omitempty"`
	DiscountFen    *money.Fen     `json:"discount_fen,omitempty"`
	BuyerNote      string         `json:"buyer_note,omitempty"`
	SellerNote     string         `json:"seller_note,omitempty"`
	Flag           int            `json:"flag,omitempty"`
}

// Create takes in a manual order (手工单) through the same door as every other.
// Permission order.create.
//
// Errors: shop.ErrNotFound, ErrClosedShop, ErrNoLines, ErrUnknownSKU,
// ErrBadQuantity, ErrBadAmount, ErrBadReceiver, order.ErrNumberTaken.
func (s *Service) Create(ctx context.Context, in CreateInput) (order.Result, error) {
	if err := actor.Require(ctx, "order.create"); err != nil {
		return order.Result{}, err
	}
	sh, err := s.shops.Get(ctx, in.ShopID)
	if err != nil {
		return order.Result{}, err
	}
	if !sh.Active {
		return order.Result{}, ErrClosedShop.At("shop_id")
	}
	row := Row{ID: s.kit.IDs.New(), ShopID: sh.ID, Source: SourceManual, State: StateNew, SourceAt: clock.Millis(s.kit.Clock)}
	doc, err := s.manual(ctx, in, row)
	if err != nil {
		return order.Result{}, err
	}
	row.ChannelOrderNo = doc.ChannelOrderNo
	// The raw row is committed first; it survives whatever happens next.
	if err := s.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.insertTx(ctx, tx, []Row{row}, []*body{{Doc: &doc}})
	}); err != nil {
		return order.Result{}, err
	}
	about := &command.About{Action: "order.create", Detail: map[string]any{"shop_id": sh.ID, "channel_order_no": doc.ChannelOrderNo}}
	ran := false
	res, err := command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (order.Result, error) {
		ran = true
		taken, err := s.orders.FindByNoTx(ctx, tx, []id.ID{sh.ID}, []string{doc.ChannelOrderNo})
		if err != nil {
			return order.Result{}, err
		}
		if len(taken) > 0 {
			return order.Result{}, order.ErrNumberTaken.At("channel_order_no")
		}
		a, err := s.applyOneTx(ctx, tx, row, doc)
		if err != nil {
			return order.Result{}, err
		}
		if a.Err != nil {
			return order.Result{}, a.Err
		}
		about.Object = "order/" + a.OrderID.String()
		made, err := s.orders.LoadTx(ctx, tx, []id.ID{a.OrderID})
		if err != nil || len(made) == 0 {
			return order.Result{}, err
		}
		o := made[0]
		return s.orders.ResultTx(ctx, tx, o)
	})
	if err != nil || !ran {
		// Refused, or the answer of an earlier request with the same key: the row is done with.
		if e := s.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.setStateTx(ctx, tx, row.ID, StateDismissed, err)
		}); e != nil && err == nil {
			err = e
		}
	}
	return res, err
}

// MakeTx takes in an order that a person makes of another one (补发、换货), with its raw
// row, in the transaction that writes down what it makes good for.
//
// Errors: ErrClosedShop, order.ErrNumberTaken, and those of a document.
func (s *Service) MakeTx(ctx context.Context, tx *db.Tx, in order.Incoming) (id.ID, error) {
	if !in.Shop.Active {
		return 0, ErrClosedShop.At("shop_id")
	}
	in.Source, in.SourceAt = order.SourceManual, clock.Millis(s.kit.Clock)
	row := Row{ID: s.kit.IDs.New(), ShopID: in.Shop.ID, Source: SourceManual, State: StateNew, SourceAt: in.SourceAt, ChannelOrderNo: in.Doc.ChannelOrderNo}
	if err := s.insertTx(ctx, tx, []Row{row}, []*body{{Doc: &in.Doc}}); err != nil {
		return 0, err
	}
	out, err := s.orders.ApplyTx(ctx, tx, []order.Incoming{in})
	if err != nil {
		return 0, err
	}
	if out[0].Err == nil && out[0].Result != order.ApplyCreated {
		out[0].Err = order.ErrNumberTaken
	}
	if out[0].Err != nil {
		return 0, out[0].Err
	}
	return out[0].OrderID, s.setStateTx(ctx, tx, row.ID, StateApplied, nil)
}

// manual turns the input into a document, with the SKUs' own names.
func (s *Service) manual(ctx context.Context, in CreateInput, row Row) (order.Document, error) {
	r := in.Receiver
	if r.Name == "" || r.Phone == "" || r.Detail == "" {
		return order.Document{}, ErrBadReceiver.At("receiver")
	}
	if len(in.Lines) == 0 || len(in.Lines) > 200 {
		return order.Document{}, ErrNoLines.At("lines")
	}
	d := order.Document{ChannelOrderNo: strings.TrimSpace(in.ChannelOrderNo), Status: order.ChannelPendingPayment, PlacedAt: in.PlacedAt,
		BuyerNick: in.BuyerNick, PaymentMethod: in.PaymentMethod, Receiver: r, RefundState: order.RefundNone, BuyerNote: in.BuyerNote,
		SellerNote: in.SellerNote, Flag: in.Flag}
	if d.ChannelOrderNo == "" {
		d.ChannelOrderNo = "M" + row.ID.String()
	}
	if d.PlacedAt == 0 {
		d.PlacedAt = row.SourceAt
	}
	if in.Paid {
		d.Status, d.PaidAt = order.ChannelAwaitingShipment, row.SourceAt
	}
	if err := s.manualLines(ctx, in, &d); err != nil {
		return order.Document{}, err
	}
	return d, manualMoney(in, &d)
}

func (s *Service) manualLines(ctx context.Context, in CreateInput, d *order.Document) error {
	ids := make([]id.ID, len(in.Lines))
	for i, l := range in.Lines {
		ids[i] = l.SKUID
	}
	skus, err := s.catalog.SKUsTx(ctx, s.kit.DB, ids)
	if err != nil {
		return err
	}
	for i, l := range in.Lines {
		at := "lines[" + strconv.Itoa(i) + "]"
		sku, ok := skus[l.SKUID]
		switch {
		case !ok || !sku.Active:
			return ErrUnknownSKU.At(at + ".sku_id")
		case l.Quantity < 1 || l.Quantity > 1_000_000:
			return ErrBadQuantity.At(at + ".quantity")
		case l.PriceFen != nil && *l.PriceFen < 0:
			return ErrBadAmount.At(at + ".price_fen")
		}
		q := l.Quantity
		d.Lines = append(d.Lines, order.Line{Title: sku.ProductName, SKUText: sku.Spec, MerchantSKUCode: sku.Code, SKUID: sku.ID,
			Quantity: &q, PriceFen: l.PriceFen, IsGift: l.IsGift, ImageURL: sku.ImageURL})
	}
	return nil
}

// manualMoney adds the amounts up: goods − discount + freight is what the buyer pays.
func manualMoney(in CreateInput, d *order.Document) error {
	var goods money.Fen
	for i, l := range d.Lines {
		if l.PriceFen == nil {
			return nil // a price is missing: what the order is worth is not known
		}
		v, err := l.PriceFen.Times(*l.Quantity)
		if err == nil {
			goods, err = money.Add(goods, v)
		}
		if err != nil {
			return ErrBadAmount.At("lines[" + strconv.Itoa(i) + "].price_fen")
		}
	}
	var freight, discount money.Fen
	if in.FreightFen != nil {
		freight = *in.FreightFen
	}
	if in.DiscountFen != nil {
		discount = *in.DiscountFen
	}
	if freight < 0 || discount < 0 || discount > goods {
		return ErrBadAmount.At("discount_fen")
	}
	pays := goods - discount + freight
	d.Money = order.Money{Goods: &goods, MerchantDiscount: &discount, Freight: &freight}
	paid := money.Fen(0)
	if in.Paid {
		paid = pays
	}
	d.Money.BuyerPaid, d.Money.MerchantReceivable = &paid, &pays
	return nil
}
