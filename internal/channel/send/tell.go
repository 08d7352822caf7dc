package send

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/review"
	"github.com/ordercove/ordercove/internal/shop"
)

// tellKey precedes the message's id in the key of an effect.
const tellKey = "tell/"

// TellTx hands a message for the buyer of an order to its channel, in the caller's
// transaction. It answers false where the channel takes none: it is a review.Teller.
func (s *Service) TellTx(ctx context.Context, tx *db.Tx, o order.Order, message id.ID, text string) (bool, error) {
	sh, err := s.shops.GetTx(ctx, tx, o.ShopID)
	if err != nil {
		return false, err
	}
	m, ok := s.manifest(sh.Channel)
	if !ok || m.API == nil || sh.Mode != shop.ModeAPI || !sh.Active || !m.Can(channel.BuyerMessages) || o.Source == order.SourceManual || o.ChannelOrderNo == "" {
		return false, nil
	}
	_, err = s.putTx(ctx, tx, []wanted{{shopID: o.ShopID, kind: Tell, key: tellKey + message.String(), orderID: o.ID, channelNo: o.ChannelOrderNo, body: &body{Text: text}}})
	return err == nil, err
}

// tell brings the message to the buyer.
func (t *task) tell(ctx context.Context) outcome {
	messenger, ok := t.client.(channel.BuyerMessenger)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	return t.settle(ctx, func(ctx context.Context) error {
		return messenger.TellBuyer(ctx, channel.BuyerMessage{Key: t.Key, OrderNo: t.ChannelNo, Text: t.body.Text})
	})
}

// toldTx says what became of a message, to whoever wrote it.
func (s *Service) toldTx(ctx context.Context, tx *db.Tx, e Effect, state State) error {
	if e.Kind != Tell {
		return nil
	}
	message, err := id.Parse(strings.TrimPrefix(e.Key, tellKey))
	if err != nil {
		return err
	}
	return review.ToldTx(ctx, tx, message, clock.Millis(s.k.Clock), state == Done)
}
