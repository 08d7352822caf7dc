package reviewapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/review"
)

// JudgedRule is how a rule stands to an order.
type JudgedRule struct {
	Name   string      `json:"name"`
	Action string      `json:"action" enum:"approve,hold,finance"`
	Hit    bool        `json:"hit"`
	Why    []rule.Miss `json:"why" nullable:"false" doc:"What stands in the way of a rule that does not hit"`
}

// ReviewReason is a hold the rules ask for.
type ReviewReason struct {
	Kind string `json:"kind"`
	Note string `json:"note"`
}

// ReviewMessage is what the buyer was told, or has to be.
type ReviewMessage struct {
	ID        id.ID    `json:"id"`
	Kind      string   `json:"kind" enum:"reject,address"`
	Text      string   `json:"text"`
	Way       string   `json:"way" enum:"person,channel,refused" doc:"person: somebody copies it into the channel's chat and ticks it; channel: the channel takes it; refused: it did not, somebody copies it after all"`
	CreatedAt web.Time `json:"created_at"`
	SentAt    web.Time `json:"sent_at" doc:"null while nobody says that it was sent"`
}

// OrderReview is what the rules say of an order now.
type OrderReview struct {
	AddressFaults   []string        `json:"address_faults" nullable:"false"`
	AddressWarnings []string        `json:"address_warnings" nullable:"false"`
	Rules           []JudgedRule    `json:"rules" nullable:"false"`
	Reasons         []ReviewReason  `json:"reasons" nullable:"false" doc:"Those that a person ended included"`
	Finance         string          `json:"finance" doc:"Why finance has to approve too; empty for not"`
	NotBefore       web.Time        `json:"not_before_at" doc:"It approves itself no earlier; null for at once"`
	Messages        []ReviewMessage `json:"messages" nullable:"false"`
}

func reviewOf(a review.Account) OrderReview {
	out := OrderReview{AddressFaults: []string{}, AddressWarnings: []string{}, Rules: []JudgedRule{}, Reasons: []ReviewReason{},
		Finance: a.Verdict.Finance, NotBefore: web.Time(a.Verdict.NotBefore), Messages: []ReviewMessage{}}
	for _, f := range a.Faults {
		if f.Warning() {
			out.AddressWarnings = append(out.AddressWarnings, string(f))
		} else {
			out.AddressFaults = append(out.AddressFaults, string(f))
		}
	}
	for _, r := range a.Rules {
		out.Rules = append(out.Rules, JudgedRule{r.Name, r.Action, r.Hit, append([]rule.Miss{}, r.Why...)})
	}
	for _, h := range a.Verdict.Holds {
		out.Reasons = append(out.Reasons, ReviewReason{string(h.Kind), h.Note})
	}
	for _, m := range a.Messages {
		out.Messages = append(out.Messages, ReviewMessage{m.ID, m.Kind, m.Text, m.Way, web.Time(m.CreatedAt), web.Time(m.SentAt)})
	}
	return out
}

func orderRoutes(api *web.API, s *review.Service) {
	type reviewOut struct{ Body OrderReview }
	web.Register(api, web.Op{ID: "reviewOrder", Method: http.MethodGet, Path: "/orders/{id}/review", Tag: tag, Permission: order.Permission(order.ActApprove),
		ZH: "审单规则对该订单的判断", EN: "What the review rules say of an order", Errors: []*errs.Error{order.ErrNotFound}},
		func(ctx context.Context, in *struct {
			ID id.ID `path:"id"`
		}) (*reviewOut, error) {
			a, err := s.Explain(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &reviewOut{reviewOf(a)}, nil
		})

	type rejected struct {
		Version int64  `json:"version"`
		State   string `json:"state"`
	}
	type rejectOut struct{ Body rejected }
	type rejectIn struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64  `json:"version,omitempty" minimum:"0"`
			Reason  string `json:"reason" minLength:"1" maxLength:"60"`
			Message string `json:"message,omitempty" maxLength:"500" doc:"To the buyer, by the channel where that takes messages; else kept to be copied into its chat"`
			Memo    bool   `json:"memo,omitempty" doc:"Write the reason into the seller's memo too, which goes to the channel"`
			Close   bool   `json:"close,omitempty" doc:"Close the order; otherwise it is held"`
		}
	}
	web.Register(api, web.Op{ID: "rejectOrder", Method: http.MethodPost, Path: "/orders/{id}/reject", Tag: tag, Permission: order.Permission(order.ActHold),
		ZH: "驳回订单", EN: "Reject an order", Errors: []*errs.Error{order.ErrNotFound, order.ErrChanged, order.ErrNotAllowed, review.ErrNoText, review.ErrTooLong}},
		func(ctx context.Context, in *rejectIn) (*rejectOut, error) {
			r, err := s.Reject(ctx, review.RejectInput{OrderID: in.ID, Version: in.Body.Version, Reason: in.Body.Reason, Message: in.Body.Message, Memo: in.Body.Memo, Close: in.Body.Close})
			if err != nil {
				return nil, err
			}
			return &rejectOut{rejected{r.Version, r.State.String()}}, nil
		})

	type askIn struct {
		ID   id.ID `path:"id"`
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"500"`
		}
	}
	web.Register(api, web.Op{ID: "askBuyerForAddress", Method: http.MethodPost, Path: "/orders/{id}/ask-buyer-address", Tag: tag, Permission: order.Permission(order.ActHold),
		ZH: "请买家补全地址", EN: "Ask the buyer to complete the address", Errors: []*errs.Error{order.ErrNotFound, review.ErrNoText, review.ErrTooLong}},
		func(ctx context.Context, in *askIn) (*struct{}, error) {
			return nil, s.Ask(ctx, review.AskInput{OrderID: in.ID, Text: in.Body.Text})
		})

	messageRoutes(api, s)
	blacklistRoute(api, s)
}

func messageRoutes(api *web.API, s *review.Service) {
	type messageIn struct {
		ID id.ID `path:"id"`
	}
	web.Register(api, web.Op{ID: "markReviewMessageSent", Method: http.MethodPost, Path: "/review/messages/{id}/sent", Tag: tag, Permission: order.Permission(order.ActHold),
		ZH: "标记消息已发给买家", EN: "Say that a message was sent to its buyer", Errors: []*errs.Error{review.ErrNoMessage}},
		func(ctx context.Context, in *messageIn) (*struct{}, error) { return nil, s.MarkSent(ctx, in.ID) })
}

func blacklistRoute(api *web.API, s *review.Service) {
	type listed struct {
		Added int64 `json:"added" doc:"New entries: buyer, phone, name with address"`
	}
	type listedOut struct{ Body listed }
	type listIn struct {
		ID   id.ID `path:"id"`
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"60"`
		}
	}
	web.Register(api, web.Op{ID: "blacklistOrder", Method: http.MethodPost, Path: "/orders/{id}/blacklist", Tag: tag, Permission: review.PermitEdit,
		ZH: "将买家与收件人加入黑名单", EN: "Put an order's people on the blacklist", Errors: []*errs.Error{order.ErrNotFound, review.ErrNoText, review.ErrTooLong, review.ErrNoKey}},
		func(ctx context.Context, in *listIn) (*listedOut, error) {
			n, err := s.Blacklist(ctx, review.ListInput{OrderID: in.ID, Reason: in.Body.Reason})
			if err != nil {
				return nil, err
			}
			return &listedOut{listed{n}}, nil
		})
}
