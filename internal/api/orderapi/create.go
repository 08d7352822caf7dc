package orderapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

type createInput struct {
	Body struct {
		ShopID         id.ID        `json:"shop_id"`
		ChannelOrderNo string       `json:"channel_order_no,omitempty" maxLength:"100" doc:"Empty makes a number"`
		PlacedAt       web.Time     `json:"placed_at,omitempty"`
		Paid           bool         `json:"paid"`
		PaymentMethod  string       `json:"payment_method,omitempty" maxLength:"40"`
		BuyerNick      string       `json:"buyer_nick,omitempty" maxLength:"100"`
		Receiver       receiverBody `json:"receiver"`
		Lines          []createLine `json:"lines" minItems:"1" maxItems:"200"`
		FreightFen     *money.Fen   `json:"freight_fen,omitempty" minimum:"0"`
		DiscountFen    *money.Fen   `json:"discount_fen,omitempty" minimum:"0"`
		BuyerNote      string       `json:"buyer_note,omitempty" maxLength:"500"`
		SellerNote     string       `json:"seller_note,omitempty" maxLength:"500"`
		Flag           int          `json:"flag,omitempty" minimum:"0" maximum:"5"`
	}
}

type createLine struct {
	SKUID    id.ID      `json:"sku_id"`
	Quantity int64      `json:"quantity" minimum:"1" maximum:"1000000"`
	PriceFen *money.Fen `json:"price_fen,omitempty" minimum:"0" doc:"Of one piece"`
	IsGift   bool       `json:"is_gift,omitempty"`
}

func create(api *web.API, door *intake.Service) {
	web.Register(api, web.Op{ID: "createOrder", Method: "POST", Path: "/orders", Tag: "orders", ZH: "新建手工单", EN: "Create a manual order",
		Permission: "order.create", Status: 201,
		Errors: []*errs.Error{shop.ErrNotFound, intake.ErrClosedShop, intake.ErrNoLines, intake.ErrUnknownSKU, intake.ErrBadQuantity, intake.ErrBadAmount,
			intake.ErrBadReceiver, order.ErrNumberTaken, order.ErrTooLong}},
		func(ctx context.Context, in *createInput) (*resultOutput, error) {
			b := in.Body
			x := intake.CreateInput{ShopID: b.ShopID, ChannelOrderNo: b.ChannelOrderNo, PlacedAt: int64(b.PlacedAt), Paid: b.Paid, PaymentMethod: b.PaymentMethod,
				BuyerNick: b.BuyerNick, Receiver: b.Receiver.receiver(), FreightFen: b.FreightFen, DiscountFen: b.DiscountFen, BuyerNote: b.BuyerNote,
				SellerNote: b.SellerNote, Flag: b.Flag}
			for _, l := range b.Lines {
				x.Lines = append(x.Lines, intake.CreateLine{SKUID: l.SKUID, Quantity: l.Quantity, PriceFen: l.PriceFen, IsGift: l.IsGift})
			}
			return output(door.Create(ctx, x))
		})
}
