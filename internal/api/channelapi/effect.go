package channelapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Effect is one thing that shall happen at a channel.
type Effect struct {
	ID           id.ID    `json:"id"`
	ShopID       id.ID    `json:"shop_id"`
	Kind         string   `json:"kind" enum:"ship,change_waybill,note,close,adjust_price,change_address,answer_address,decide_aftersale,ship_exchange,reply_review,tell_buyer"`
	OrderID      id.ID    `json:"order_id" doc:"0 where it is about no order of ours"`
	ParcelID     id.ID    `json:"parcel_id"`
	ChannelNo    string   `json:"channel_no" doc:"The order's, case's or review's number at the channel"`
	State        string   `json:"state" enum:"waiting,sending,done,refused,uncertain,dropped"`
	Attempts     int64    `json:"attempts"`
	ErrorCode    string   `json:"error_code"`
	ErrorMessage string   `json:"error_message" doc:"What the channel said, in the reader's language"`
	NextAt       web.Time `json:"next_at" doc:"When it is tried next, while it waits"`
	CreatedAt    web.Time `json:"created_at"`
	DoneAt       web.Time `json:"done_at"`
	ActorName    string   `json:"actor_name"`
}

func effectOf(lang string, e send.Effect) Effect {
	out := Effect{ID: e.ID, ShopID: e.ShopID, Kind: string(e.Kind), OrderID: e.OrderID, ParcelID: e.ParcelID, ChannelNo: e.ChannelNo, State: string(e.State),
		Attempts: e.Attempts, ErrorCode: e.ErrorCode, CreatedAt: web.Time(e.CreatedAt), DoneAt: web.Time(e.DoneAt), ActorName: e.ActorName}
	if e.ErrorCode != "" {
		out.ErrorMessage = errs.Message(lang, e.ErrorCode, e.ErrorParams)
	}
	if e.State == send.Waiting {
		out.NextAt = web.Time(e.NextAt)
	}
	return out
}

// AddressRequest is another receiver for an unshipped order.
type AddressRequest struct {
	Name     string `json:"name" minLength:"1" maxLength:"50"`
	Phone    string `json:"phone" minLength:"5" maxLength:"20"`
	Province string `json:"province" minLength:"1" maxLength:"30"`
	City     string `json:"city" minLength:"1" maxLength:"30"`
	District string `json:"district" maxLength:"30"`
	Town     string `json:"town,omitempty" maxLength:"30"`
	Detail   string `json:"detail" minLength:"1" maxLength:"200"`
}

// AddressAnswer answers a buyer's wish for another address.
type AddressAnswer struct {
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty" maxLength:"200"`
}

// Review is a buyer's review as the channel has it now.
type Review struct {
	No        string   `json:"no"`
	OrderNo   string   `json:"order_no"`
	LineNo    string   `json:"line_no"`
	ItemNo    string   `json:"item_no"`
	Score     int      `json:"score" doc:"1 to 5; 0 where the channel gives none"`
	Text      string   `json:"text"`
	Reply     string   `json:"reply" doc:"Empty while nobody answered, or where the channel does not tell"`
	CreatedAt web.Time `json:"created_at"`
}

// Reply answers a review.
type Reply struct {
	OrderNo string `json:"order_no,omitempty" maxLength:"64"`
	LineNo  string `json:"line_no,omitempty" maxLength:"64"`
	ItemNo  string `json:"item_no,omitempty" maxLength:"64"`
	Text    string `json:"text" minLength:"1" maxLength:"500"`
}

// ChannelBacklog is what a shop's channel has still to be told.
type ChannelBacklog struct {
	ShopID        id.ID    `json:"shop_id"`
	Waiting       int64    `json:"waiting" doc:"Effects that wait or are being sent"`
	Refused       int64    `json:"refused"`
	Uncertain     int64    `json:"uncertain"`
	OldestAt      web.Time `json:"oldest_at" doc:"Of those that wait"`
	StaleListings int64    `json:"stale_listings" doc:"Listings whose stock the channel has not been told in time"`
	StaleSinceAt  web.Time `json:"stale_since_at"`
}

type effects struct {
	send    *send.Service
	db      *db.DB
	catalog *catalog.Service
}

type effectOut struct{ Body Effect }

type effectIn struct {
	ID id.ID `path:"id"`
}

// EffectRoutes registers what goes back to channels.
func EffectRoutes(api *web.API, s *send.Service, d *db.DB, c *catalog.Service) {
	h := &effects{s, d, c}
	web.Register(api, web.Op{ID: "listEffects", Method: http.MethodGet, Path: "/channel-effects", Tag: "channels", Permission: send.PermitRead,
		ZH: "回传任务", EN: "What channels are to be told", Errors: []*errs.Error{page.ErrCursor, shop.ErrNotFound}}, h.list)
	web.Register(api, web.Op{ID: "retryEffect", Method: http.MethodPost, Path: "/channel-effects/{id}/retry", Tag: "channels", Permission: send.PermitSync,
		ZH: "重试回传", EN: "Tell the channel again", Errors: []*errs.Error{send.ErrNotFound, send.ErrNotOpen}}, h.retry)
	web.Register(api, web.Op{ID: "dropEffect", Method: http.MethodPost, Path: "/channel-effects/{id}/drop", Tag: "channels", Permission: send.PermitSync,
		ZH: "放弃回传", EN: "Give up telling the channel", Errors: []*errs.Error{send.ErrNotFound, send.ErrNotOpen}}, h.drop)
	web.Register(api, web.Op{ID: "listBacklogs", Method: http.MethodGet, Path: "/channel-backlogs", Tag: "channels", Permission: send.PermitRead,
		ZH: "各店铺待回传的数量", EN: "How much every channel has still to be told"}, h.backlogs)
	asks := []*errs.Error{send.ErrOffline, channel.ErrUnsupported}
	web.Register(api, web.Op{ID: "requestAddress", Method: http.MethodPost, Path: "/orders/{id}/address-request", Tag: "channels", Permission: send.PermitAddress,
		ZH: "向平台申请改地址", EN: "Ask the channel for another address", Errors: append(asks, order.ErrNotFound, order.ErrNotAllowed)}, h.address)
	web.Register(api, web.Op{ID: "answerAddress", Method: http.MethodPost, Path: "/orders/{id}/address-answer", Tag: "channels", Permission: send.PermitAddress,
		ZH: "答复买家改地址申请", EN: "Answer a buyer's wish for another address", Errors: append(asks, order.ErrNotFound)}, h.answer)
	web.Register(api, web.Op{ID: "listReviews", Method: http.MethodGet, Path: "/shops/{id}/reviews", Tag: "channels", Permission: send.PermitReply,
		ZH: "平台评价（实时读取）", EN: "Reviews, as the channel has them now", Errors: append(asks, shop.ErrNotFound, send.ErrBadRange, page.ErrCursor, channel.ErrThrottled,
			channel.ErrTokenExpired, channel.ErrUnavailable)}, h.reviews)
	web.Register(api, web.Op{ID: "replyReview", Method: http.MethodPost, Path: "/shops/{id}/reviews/{no}/reply", Tag: "channels", Permission: send.PermitReply,
		ZH: "回复评价", EN: "Reply to a review", Errors: append(asks, shop.ErrNotFound)}, h.reply)
	stockRoutes(api, h)
}

func (h *effects) list(ctx context.Context, in *struct {
	State   string `query:"state" enum:"waiting,sending,done,refused,uncertain,dropped"`
	ShopID  id.ID  `query:"shop_id"`
	OrderID id.ID  `query:"order_id"`
	Cursor  string `query:"cursor" maxLength:"500"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*struct{ Body web.Page[Effect] }, error) {
	all, next, err := h.send.List(ctx, send.Filter{State: send.State(in.State), ShopID: in.ShopID, OrderID: in.OrderID, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]Effect, len(all))
	for i, e := range all {
		out[i] = effectOf(actor.Lang(ctx), e)
	}
	return &struct{ Body web.Page[Effect] }{web.NewPage(out, next)}, nil
}

func (h *effects) backlogs(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[ChannelBacklog] }, error) {
	all, err := h.send.Backlogs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ChannelBacklog, 0, len(all))
	for _, shopID := range slices.Sorted(maps.Keys(all)) {
		b := all[shopID]
		out = append(out, ChannelBacklog{b.ShopID, b.Waiting, b.Refused, b.Uncertain, web.Time(b.OldestAt), b.StaleListings, web.Time(b.StaleSince)})
	}
	return &struct{ Body web.Page[ChannelBacklog] }{web.NewPage(out, "")}, nil
}

func answerWith(ctx context.Context, e send.Effect, err error) (*effectOut, error) {
	if err != nil {
		return nil, err
	}
	return &effectOut{effectOf(actor.Lang(ctx), e)}, nil
}

func (h *effects) retry(ctx context.Context, in *effectIn) (*effectOut, error) {
	e, err := h.send.Retry(ctx, in.ID)
	return answerWith(ctx, e, err)
}

func (h *effects) drop(ctx context.Context, in *effectIn) (*effectOut, error) {
	e, err := h.send.Drop(ctx, in.ID)
	return answerWith(ctx, e, err)
}

func (h *effects) address(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body AddressRequest
}) (*effectOut, error) {
	b := in.Body
	e, err := h.send.ChangeAddress(ctx, send.ChangeAddressInput{OrderID: in.ID, Receiver: channel.Receiver{Name: b.Name, Phone: b.Phone, Province: b.Province,
		City: b.City, District: b.District, Town: b.Town, Detail: b.Detail}})
	return answerWith(ctx, e, err)
}

func (h *effects) answer(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body AddressAnswer
}) (*effectOut, error) {
	e, err := h.send.AnswerAddress(ctx, send.AnswerAddressInput{OrderID: in.ID, Accept: in.Body.Accept, Reason: in.Body.Reason})
	return answerWith(ctx, e, err)
}

func (h *effects) reply(ctx context.Context, in *struct {
	ID   id.ID  `path:"id"`
	No   string `path:"no" maxLength:"64"`
	Body Reply
}) (*effectOut, error) {
	b := in.Body
	e, err := h.send.ReplyReview(ctx, send.ReplyInput{ShopID: in.ID, ReviewNo: in.No, OrderNo: b.OrderNo, LineNo: b.LineNo, ItemNo: b.ItemNo, Text: b.Text})
	return answerWith(ctx, e, err)
}

func (h *effects) reviews(ctx context.Context, in *struct {
	ID   id.ID    `path:"id"`
	From web.Time `query:"from" required:"true"`
	To   web.Time `query:"to" required:"true"`
	web.ListInput
}) (*struct{ Body web.Page[Review] }, error) {
	all, next, err := h.send.Reviews(ctx, send.ReviewFilter{ShopID: in.ID, From: int64(in.From), To: int64(in.To), Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]Review, len(all))
	for i, r := range all {
		out[i] = Review{No: r.No, OrderNo: r.OrderNo, LineNo: r.LineNo, ItemNo: r.ItemNo, Score: r.Score, Text: r.Text, Reply: r.Reply, CreatedAt: web.Time(r.CreatedAt)}
	}
	return &struct{ Body web.Page[Review] }{web.NewPage(out, next)}, nil
}
