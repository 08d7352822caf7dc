package send

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Permissions of what people ask of a channel directly.
const (
	PermitAddress = "order.edit_address"
	PermitDecide  = "refund.approve"
	PermitReply   = "review.reply"
)

// put writes one effect a person asked for and returns it.
func (s *Service) put(ctx context.Context, about *command.About, in any, w wanted) (Effect, error) {
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Effect, error) {
		if _, err := s.putTx(ctx, tx, []wanted{w}); err != nil {
			return Effect{}, err
		}
		return scanEffect(tx.QueryRow(ctx, selectByKey, actor.Merchant(ctx), w.key))
	})
}

// shopFor returns a shop that is spoken to and can do what is asked.
func (s *Service) shopFor(ctx context.Context, shopID id.ID, can channel.Capability) (shop.Shop, error) {
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return sh, err
	}
	m, ok := s.manifest(sh.Channel)
	if !ok || m.API == nil || sh.Mode != shop.ModeAPI {
		return sh, ErrOffline.With("what", string(can))
	}
	if !m.Can(can) {
		return sh, channel.ErrUnsupported
	}
	return sh, nil
}

func (s *Service) orderFor(ctx context.Context, orderID id.ID, can channel.Capability) (*order.Order, error) {
	all, err := s.orders.LoadTx(ctx, s.k.DB, []id.ID{orderID})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, order.ErrNotFound
	}
	_, err = s.shopFor(ctx, all[0].ShopID, can)
	return &all[0], err
}

// ChangeAddressInput asks for another receiver of an unshipped order.
type ChangeAddressInput struct {
	OrderID  id.ID            `json:"order_id"`
	Receiver channel.Receiver `json:"receiver"`
}

// ChangeAddress asks the channel to change an order's receiver (改地址). Here nothing
// changes until the channel has confirmed it and the order has been pulled again.
// Permission order.edit_address.
//
// Errors: order.ErrNotFound, ErrOffline, channel.ErrUnsupported, order.ErrNotAllowed
// for an order that is not paid yet, or left.
func (s *Service) ChangeAddress(ctx context.Context, in ChangeAddressInput) (Effect, error) {
	if err := actor.Require(ctx, PermitAddress); err != nil {
		return Effect{}, err
	}
	o, err := s.orderFor(ctx, in.OrderID, channel.AddressChanges)
	if err != nil {
		return Effect{}, err
	}
	if !o.Allows(order.ActAskAddress) {
		return Effect{}, order.ErrNotAllowed.With("state", o.State.String())
	}
	w := wanted{shopID: o.ShopID, kind: Address, orderID: o.ID, channelNo: o.ChannelOrderNo, body: &body{Receiver: &in.Receiver},
		key: "address/" + o.ID.String() + "/" + strconv.FormatInt(clock.Millis(s.k.Clock), 10)}
	return s.put(ctx, &command.About{Action: "channel.change_address", Object: "order/" + o.ID.String()}, in, w)
}

// AnswerAddressInput answers a buyer's wish.
type AnswerAddressInput struct {
	OrderID id.ID  `json:"order_id"`
	Accept  bool   `json:"accept"`
	Reason  string `json:"reason"`
}

// AnswerAddress accepts or refuses a buyer's wish for another address. Permission
// order.edit_address.
//
// Errors: order.ErrNotFound, ErrOffline, channel.ErrUnsupported.
func (s *Service) AnswerAddress(ctx context.Context, in AnswerAddressInput) (Effect, error) {
	if err := actor.Require(ctx, PermitAddress); err != nil {
		return Effect{}, err
	}
	o, err := s.orderFor(ctx, in.OrderID, channel.AddressAnswers)
	if err != nil {
		return Effect{}, err
	}
	w := wanted{shopID: o.ShopID, kind: AddressAnswer, orderID: o.ID, channelNo: o.ChannelOrderNo, body: &body{Accept: in.Accept, Text: in.Reason},
		key: "address_answer/" + o.ID.String() + "/" + strconv.FormatInt(o.Version, 10)}
	about := &command.About{Action: "channel.answer_address", Object: "order/" + o.ID.String(), Detail: map[string]any{"accept": in.Accept}}
	return s.put(ctx, about, in, w)
}

// ReplyInput answers a review.
type ReplyInput struct {
	ShopID   id.ID  `json:"shop_id"`
	ReviewNo string `json:"review_no"`
	OrderNo  string `json:"order_no"`
	LineNo   string `json:"line_no"`
	ItemNo   string `json:"item_no"`
	Text     string `json:"text"`
}

// ReplyReview answers a review once. Permission review.reply.
//
// Errors: shop.ErrNotFound, ErrOffline, channel.ErrUnsupported.
func (s *Service) ReplyReview(ctx context.Context, in ReplyInput) (Effect, error) {
	if err := actor.Require(ctx, PermitReply); err != nil {
		return Effect{}, err
	}
	if _, err := s.shopFor(ctx, in.ShopID, channel.Reviews); err != nil {
		return Effect{}, err
	}
	w := wanted{shopID: in.ShopID, kind: Reply, channelNo: in.ReviewNo, key: "review/" + in.ShopID.String() + "/" + in.ReviewNo,
		body: &body{Text: in.Text, OrderNo: in.OrderNo, LineNo: in.LineNo, ItemNo: in.ItemNo}}
	return s.put(ctx, &command.About{Action: "channel.reply_review", Object: "shop/" + in.ShopID.String()}, in, w)
}
