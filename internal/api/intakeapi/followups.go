package intakeapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/intake/reship"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// FollowUpLine is a line of an order of which a reship or an exchange may be made.
type FollowUpLine struct {
	LineID    id.ID      `json:"line_id"`
	SKUID     id.ID      `json:"sku_id" doc:"0 while nobody mapped it"`
	SKUCode   string     `json:"sku_code"`
	Title     string     `json:"title"`
	Spec      string     `json:"spec"`
	ImageURL  string     `json:"image_url"`
	IsGift    bool       `json:"is_gift"`
	Ordered   int64      `json:"ordered" doc:"Without those cancelled"`
	Shipped   int64      `json:"shipped"`
	Sent      int64      `json:"sent" doc:"By reships, shipped or still to ship"`
	Returning int64      `json:"returning" doc:"On their way back for exchanges"`
	MayReturn int64      `json:"may_return"`
	Exchanged int64      `json:"exchanged" doc:"Sent back or on their way for exchanges so far"`
	NetFen    *money.Fen `json:"net_fen" class:"money" doc:"Paid for all pieces, without freight and refunds; null where no source told"`
}

// FollowUpCase is an after-sale case of the order.
type FollowUpCase struct {
	ID     id.ID  `json:"id"`
	CaseNo string `json:"case_no"`
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Goods  string `json:"goods"`
	Own    bool   `json:"own" doc:"Opened by an exchange here"`
}

// FollowUpDraft is what may be made of an order.
type FollowUpDraft struct {
	OrderID        id.ID          `json:"order_id"`
	ChannelOrderNo string         `json:"channel_order_no"`
	ReceiverMasked string         `json:"receiver_masked"`
	NeedsReceiver  bool           `json:"needs_receiver" doc:"The channel masks the receiver: a person has to type it"`
	Lines          []FollowUpLine `json:"lines" nullable:"false"`
	Cases          []FollowUpCase `json:"cases" nullable:"false"`
}

// FollowUpOut is goods to send.
type FollowUpOut struct {
	LineID   id.ID      `json:"line_id,omitempty" doc:"The line they stand for; of an exchange also 0"`
	SKUID    id.ID      `json:"sku_id,omitempty" doc:"0: the line's own"`
	Quantity int64      `json:"quantity" minimum:"1" maximum:"1000000"`
	PriceFen *money.Fen `json:"price_fen,omitempty" minimum:"0" doc:"Of one piece, of an exchange only"`
}

// FollowUpBack is goods that come back.
type FollowUpBack struct {
	LineID   id.ID `json:"line_id"`
	Quantity int64 `json:"quantity" minimum:"1" maximum:"1000000"`
}

type followUpIn struct {
	ID   id.ID `path:"id"`
	Body struct {
		Kind          string         `json:"kind" enum:"reship,exchange"`
		CaseID        id.ID          `json:"case_id,omitempty"`
		Lines         []FollowUpOut  `json:"lines" minItems:"1" maxItems:"200"`
		Back          []FollowUpBack `json:"back,omitempty" maxItems:"200"`
		When          string         `json:"when,omitempty" enum:"now,after_return"`
		Reason        string         `json:"reason" maxLength:"200"`
		Note          string         `json:"note,omitempty" maxLength:"500"`
		Liable        string         `json:"liable" enum:"merchant,buyer,carrier,supplier,channel"`
		Receiver      *followUpTo    `json:"receiver,omitempty" doc:"Absent: the order's own"`
		ReturnedFen   *money.Fen     `json:"returned_fen,omitempty" minimum:"0" doc:"What the goods sent back are worth, where no source told what was paid"`
		DifferenceFen money.Fen      `json:"difference_fen,omitempty" doc:"As the person saw it: new goods less old ones"`
		Settlement    string         `json:"settlement,omitempty" enum:"none,collected,refund,waived"`
		Confirmed     bool           `json:"confirmed,omitempty" doc:"More than was ordered, or a second order for a case, is meant"`
	}
}

type followUpTo struct {
	Name     string `json:"name" maxLength:"100"`
	Phone    string `json:"phone" maxLength:"40"`
	Province string `json:"province,omitempty" maxLength:"40"`
	City     string `json:"city,omitempty" maxLength:"40"`
	District string `json:"district,omitempty" maxLength:"40"`
	Town     string `json:"town,omitempty" maxLength:"60"`
	Detail   string `json:"detail" maxLength:"300"`
}

type followUpOut struct {
	Body struct {
		OrderID id.ID  `json:"order_id"`
		State   string `json:"state"`
		Version int64  `json:"version"`
	}
}

// FollowUpRoutes adds what makes good for an order.
func FollowUpRoutes(to *web.API, s *reship.Service) {
	web.Register(to, web.Op{ID: "getFollowUpDraft", Method: "GET", Path: "/orders/{id}/follow-ups", Tag: "orders", Permission: "order.read", Errors: []*errs.Error{order.ErrNotFound},
		ZH: "可补发、换货的商品", EN: "What of an order can be sent again or exchanged"},
		func(ctx context.Context, in *struct {
			ID id.ID `path:"id"`
		}) (*struct{ Body FollowUpDraft }, error) {
			d, err := s.Draft(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &struct{ Body FollowUpDraft }{draftOf(d)}, nil
		})
	web.Register(to, web.Op{ID: "makeFollowUp", Method: "POST", Path: "/orders/{id}/follow-ups", Tag: "orders", Permission: reship.Permit, Status: 201,
		Errors: []*errs.Error{order.ErrNotFound, reship.ErrKind, reship.ErrLines, reship.ErrSKU, reship.ErrNotShipped, reship.ErrMore, reship.ErrTwice, reship.ErrBack, reship.ErrReceiver,
			reship.ErrTyped, reship.ErrReason, reship.ErrLiable, reship.ErrPrice, reship.ErrWorth, reship.ErrDifference, reship.ErrSettlement, reship.ErrCase,
			intake.ErrClosedShop, order.ErrNumberTaken},
		ZH: "建补发单或换货单", EN: "Make a reship or an exchange of an order"},
		func(ctx context.Context, in *followUpIn) (*followUpOut, error) {
			got, err := s.Make(ctx, in.input())
			if err != nil {
				return nil, err
			}
			out := &followUpOut{}
			out.Body.OrderID, out.Body.State, out.Body.Version = got.OrderID, got.State.String(), got.Version
			return out, nil
		})
}

func (in *followUpIn) input() reship.MakeInput {
	b := in.Body
	x := reship.MakeInput{OrderID: in.ID, Kind: b.Kind, CaseID: b.CaseID, When: b.When, Reason: b.Reason, Note: b.Note, Liable: b.Liable, ReturnedFen: b.ReturnedFen,
		DifferenceFen: b.DifferenceFen, Settlement: b.Settlement, Confirmed: b.Confirmed}
	for _, l := range b.Lines {
		x.Lines = append(x.Lines, reship.OutLine{LineID: l.LineID, SKUID: l.SKUID, Quantity: l.Quantity, PriceFen: l.PriceFen})
	}
	for _, l := range b.Back {
		x.Back = append(x.Back, order.LineQty{LineID: l.LineID, Quantity: l.Quantity})
	}
	if r := b.Receiver; r != nil {
		x.Receiver = order.Receiver{Name: r.Name, Phone: r.Phone, Province: r.Province, City: r.City, District: r.District, Town: r.Town, Detail: r.Detail}
	}
	return x
}

func draftOf(d reship.Draft) FollowUpDraft {
	out := FollowUpDraft{OrderID: d.Order.ID, ChannelOrderNo: d.Order.ChannelOrderNo, ReceiverMasked: d.Order.ReceiverMasked, NeedsReceiver: d.NeedsReceiver,
		Lines: []FollowUpLine{}, Cases: []FollowUpCase{}}
	for _, l := range d.Lines {
		out.Lines = append(out.Lines, FollowUpLine{LineID: l.ID, SKUID: l.SKUID, SKUCode: l.SKUCode, Title: l.Title, Spec: l.Spec, ImageURL: l.ImageURL, IsGift: l.IsGift,
			Ordered: l.Ordered - l.Cancelled, Shipped: l.Shipped, Sent: l.Sent, Returning: l.Returning, MayReturn: l.MayReturn, Exchanged: l.Exchanged, NetFen: l.Net})
	}
	for _, c := range d.Cases {
		out.Cases = append(out.Cases, FollowUpCase{ID: c.ID, CaseNo: c.No, Kind: c.Kind, State: string(c.State), Goods: string(c.Goods), Own: c.Source == "own"})
	}
	return out
}
