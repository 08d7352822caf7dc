package aftersaleapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

const tag = "aftersales"

// AftersaleLine is a line of an order that a case is about.
type AftersaleLine struct {
	LineID      id.ID  `json:"line_id"`
	SKUID       id.ID  `json:"sku_id" doc:"0 while nobody mapped it: no stock moves"`
	SKUCode     string `json:"sku_code"`
	Title       string `json:"title"`
	Spec        string `json:"spec"`
	ImageURL    string `json:"image_url"`
	IsGift      bool   `json:"is_gift"`
	Asked       int64  `json:"asked" doc:"Pieces the case is about"`
	Ordered     int64  `json:"ordered" doc:"Without those cancelled"`
	Shipped     int64  `json:"shipped"`
	Returned    int64  `json:"returned" doc:"Pieces that came back, for any case"`
	Good        int64  `json:"good" doc:"Of this case"`
	Defective   int64  `json:"defective" doc:"Of this case"`
	Missing     int64  `json:"missing" doc:"Of this case"`
	PaidFen     *int64 `json:"paid_fen" class:"money"`
	RefundedFen *int64 `json:"refunded_fen" class:"money"`
}

// AftersaleAnswer is what became of telling the channel of a decision.
type AftersaleAnswer struct {
	State   string `json:"state" enum:"waiting,sending,done,refused,uncertain,dropped"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// AftersaleRefusal is what a channel asks of who refuses a case.
type AftersaleRefusal struct {
	BackOffice  bool             `json:"back_office" doc:"It is refused in the channel's own back office"`
	OnlyShipped bool             `json:"only_shipped" doc:"A refund of goods that have not left cannot be refused"`
	Proofs      []AftersaleProof `json:"proofs" nullable:"false"`
}

// AftersaleProof is what is to be shown or done before a refusal.
type AftersaleProof struct {
	Kind     string `json:"kind" enum:"picture,video,shipping,negotiation"`
	Need     string `json:"need" enum:"always,by_reason,optional"`
	Required bool   `json:"required" doc:"A person has to confirm it, in proofs of the decision"`
}

// Aftersale is an after-sale case with what has to be known to decide it.
type Aftersale struct {
	ID             id.ID            `json:"id"`
	ShopID         id.ID            `json:"shop_id"`
	CaseNo         string           `json:"case_no"`
	ChannelOrderNo string           `json:"channel_order_no"`
	OrderID        id.ID            `json:"order_id" doc:"0 while we hold no such order"`
	Kind           string           `json:"kind" enum:"refund,return,exchange,reship,repair,price_protection,other"`
	State          string           `json:"state" enum:"requested,returning,receiving,refunding,refused,closed,refunded,exchanged,unknown"`
	StateRaw       string           `json:"state_raw"`
	CaseVersion    string           `json:"case_version" doc:"To be given back with a decision"`
	RefundFen      *int64           `json:"refund_fen" class:"money"`
	Quantity       int64            `json:"quantity" doc:"0 where the channel does not tell"`
	Reason         string           `json:"reason"`
	ReturnCarrier  string           `json:"return_carrier"`
	ReturnWaybill  string           `json:"return_waybill"`
	OpenedAt       web.Time         `json:"opened_at"`
	ModifiedAt     web.Time         `json:"modified_at"`
	RespondByAt    web.Time         `json:"respond_by_at"`
	RefundedAt     web.Time         `json:"refunded_at"`
	Goods          string           `json:"goods" enum:"none,awaited,arrived,received,given_up"`
	GivenUpReason  string           `json:"given_up_reason"`
	Parcel         string           `json:"parcel" enum:"none,not_shipped,partly_shipped,shipped,delivered" doc:"How far the goods of the case are; none: no order"`
	Carrier        string           `json:"carrier" doc:"Of the last parcel that left"`
	WaybillNo      string           `json:"waybill_no" doc:"Of the last parcel that left"`
	OrderState     string           `json:"order_state"`
	BuyerNick      string           `json:"buyer_nick"`
	Lines          []AftersaleLine  `json:"lines" nullable:"false"`
	Advice         string           `json:"advice" enum:"agree,agree_return,refuse,confirm_goods,person,wait,inspect,back_office" doc:"What the rules recommend"`
	Why            string           `json:"why" enum:"unshipped,shipped,delivered,goods_return,nothing_to_send,goods_back,goods_faulty,parcel_here,parcel_on_way,over_limit,over_paid,unknown_order,kind,unknown_state,buyer_sends,money_on_way,ended,told,decided_elsewhere" doc:"Why they recommend it"`
	Decides        bool             `json:"decides" doc:"The channel takes decisions from here"`
	Refusal        AftersaleRefusal `json:"refusal" doc:"What the channel asks of who refuses it"`
	Source         string           `json:"source" enum:"channel,file,own" doc:"Who told of it: own is a return agreed on here"`
	Decidable      bool             `json:"decidable" doc:"It waits for the seller, and nobody has decided it"`
	Decision       string           `json:"decision" enum:",approve,refuse" doc:"The last one"`
	DecidedAt      web.Time         `json:"decided_at"`
	DecidedName    string           `json:"decided_name"`
	Answer         *AftersaleAnswer `json:"answer" doc:"What the channel said to the last decision"`
}

func fen(f *money.Fen) *int64 {
	if f == nil {
		return nil
	}
	n := int64(*f)
	return &n
}

func linesOf(all []aftersale.Line) []AftersaleLine {
	out := make([]AftersaleLine, len(all))
	for i, l := range all {
		out[i] = AftersaleLine{LineID: l.ID, SKUID: l.SKUID, SKUCode: l.SKUCode, Title: l.Title, Spec: l.Spec, ImageURL: l.ImageURL, IsGift: l.IsGift, Asked: l.Asked,
			Ordered: l.Ordered, Shipped: l.Shipped, Returned: l.Returned, Good: l.Good, Defective: l.Defective, Missing: l.Missing, PaidFen: fen(l.Paid), RefundedFen: fen(l.Refunded)}
	}
	return out
}

func caseOf(ctx context.Context, c aftersale.Seen) Aftersale {
	refund := int64(c.Refund)
	out := Aftersale{ID: c.ID, ShopID: c.ShopID, CaseNo: c.No, ChannelOrderNo: c.OrderNo, OrderID: c.OrderID, Kind: c.Kind, State: string(c.State), StateRaw: c.StateRaw,
		CaseVersion: c.CaseVersion, RefundFen: &refund, Quantity: c.Quantity, Reason: c.Reason, ReturnCarrier: c.ReturnCarrier, ReturnWaybill: c.ReturnWaybill,
		OpenedAt: web.Time(c.OpenedAt), ModifiedAt: web.Time(c.ModifiedAt), RespondByAt: web.Time(c.RespondByAt), RefundedAt: web.Time(c.RefundedAt), Goods: string(c.Goods),
		GivenUpReason: c.GivenUpReason, Parcel: c.Parcel, Lines: linesOf(c.Lines), Advice: c.Advice.Do, Why: c.Advice.Why, Decides: c.Decides, Decidable: c.Decidable(),
		Source: c.Source, Refusal: refusalOf(c.Refusal), Decision: c.Decision, DecidedAt: web.Time(c.DecidedAt), DecidedName: c.DecidedName}
	if c.Order != nil {
		out.Carrier, out.WaybillNo, out.OrderState, out.BuyerNick = c.Order.Carrier, c.Order.WaybillNo, c.Order.State.String(), c.Order.BuyerNick
	}
	if a := c.Answer; a != nil {
		out.Answer = &AftersaleAnswer{State: a.State, Code: a.Code}
		if a.Code != "" {
			out.Answer.Message = errs.Message(actor.Lang(ctx), a.Code, a.Params)
		}
	}
	return out
}

func refusalOf(r aftersale.Refusal) AftersaleRefusal {
	out := AftersaleRefusal{BackOffice: r.BackOffice, OnlyShipped: r.OnlyShipped, Proofs: []AftersaleProof{}}
	for _, p := range r.Proofs {
		out.Proofs = append(out.Proofs, AftersaleProof(p))
	}
	return out
}

func casesOf(ctx context.Context, all []aftersale.Seen) []Aftersale {
	out := make([]Aftersale, len(all))
	for i, c := range all {
		out[i] = caseOf(ctx, c)
	}
	return out
}

// AftersaleEvent is one entry of a case's history.
type AftersaleEvent struct {
	ID        id.ID           `json:"id"`
	Name      string          `json:"name"`
	ActorKind string          `json:"actor_kind"`
	ActorName string          `json:"actor_name"`
	At        web.Time        `json:"at"`
	Body      json.RawMessage `json:"body" doc:"As in docs/events.md"`
}

// AftersaleDetail is a case with its history, what came back, and the buyer's other ones.
type AftersaleDetail struct {
	Aftersale
	BuyerNote string           `json:"buyer_note" doc:"As the buyer wrote it"`
	Evidence  []string         `json:"evidence" nullable:"false" doc:"Addresses at the channel"`
	Parcels   []ReturnParcel   `json:"parcels" nullable:"false" doc:"What came back"`
	Others    []Aftersale      `json:"others" nullable:"false" doc:"Cases of the same buyer"`
	History   []AftersaleEvent `json:"history" nullable:"false" doc:"The oldest first"`
	Outgoing  []OutgoingParcel `json:"outgoing" nullable:"false" doc:"Where the goods are on their way out"`
}

// OutgoingParcel is a fulfillment order of the case's order: how far it is, and whether it
// would be stopped.
type OutgoingParcel struct {
	FulfillmentOrderID id.ID  `json:"fulfillment_order_id"`
	WarehouseID        id.ID  `json:"warehouse_id"`
	State              string `json:"state"`
	Papers             string `json:"papers" enum:",print,wave,hand" doc:"What is under way for it: its label is printed, or it is being picked"`
	Stopped            bool   `json:"stopped" doc:"The next scan of it is refused"`
	Code               string `json:"code"`
	Message            string `json:"message" doc:"Why it is stopped"`
}

// AftersaleCounts counts open cases.
type AftersaleCounts struct {
	States  map[string]int64 `json:"states"`
	Overdue int64            `json:"overdue" doc:"Ours to answer, past their deadline"`
	Awaited int64            `json:"awaited" doc:"Goods on their way back"`
	Arrived int64            `json:"arrived" doc:"Parcels here that nobody opened"`
	NotBack int64            `json:"not_back" doc:"Refunded, goods still out"`
}

// AftersaleDecision decides a case.
type AftersaleDecision struct {
	CaseVersion     string   `json:"case_version" maxLength:"200" doc:"The version that was looked at; a newer one is not decided"`
	Approve         bool     `json:"approve"`
	AmountFen       int64    `json:"amount_fen,omitempty" minimum:"0" doc:"What is refunded, at most what was asked for"`
	Reason          string   `json:"reason,omitempty" maxLength:"200" doc:"Of a refusal"`
	ReturnAddressNo string   `json:"return_address_no,omitempty" maxLength:"64" doc:"The channel's number of an address; empty for its default one"`
	Proofs          []string `json:"proofs,omitempty" maxItems:"10" enum:"picture,video,shipping,negotiation" doc:"Of a refusal: what the person says is shown to the channel, or is not asked for by the reason"`
}

// AgreeCase is a case as it was chosen.
type AgreeCase struct {
	CaseID      id.ID  `json:"case_id"`
	CaseVersion string `json:"case_version" maxLength:"200"`
}

// AgreeSkip is a case that is left alone, and why.
type AgreeSkip struct {
	CaseID  id.ID  `json:"case_id"`
	CaseNo  string `json:"case_no"`
	Code    string `json:"code"`
	Why     string `json:"why" doc:"Of aftersale.for_person: the recommendation's reason"`
	Message string `json:"message"`
}

// AgreeForeseen is what agreeing to cases would do.
type AgreeForeseen struct {
	Agree     []AgreeCase `json:"agree" nullable:"false"`
	AmountFen *int64      `json:"amount_fen" class:"money" doc:"Of all of them"`
	Skipped   []AgreeSkip `json:"skipped" nullable:"false"`
}

type (
	caseIn struct {
		ID id.ID `path:"id"`
	}
	caseOut  struct{ Body Aftersale }
	handlers struct{ s *aftersale.Service }
	agreeIn  struct {
		Body struct {
			Cases []AgreeCase `json:"cases" minItems:"1" maxItems:"500"`
		}
	}
	listIn struct {
		ShopID web.IDs  `query:"shop_id"`
		State  []string `query:"state,explode" maxItems:"9" enum:"requested,returning,receiving,refunding,refused,closed,refunded,exchanged,unknown"`
		Kind   []string `query:"kind,explode" maxItems:"7" enum:"refund,return,exchange,reship,repair,price_protection,other"`
		Goods  []string `query:"goods,explode" maxItems:"5" enum:"none,awaited,arrived,received,given_up"`
		Reason string   `query:"reason" maxLength:"100" doc:"Part of the buyer's reason"`
		MinFen int64    `query:"min_fen" minimum:"0"`
		MaxFen int64    `query:"max_fen" minimum:"0" doc:"0: without bound"`
		DueBy  web.Time `query:"due_before_at"`
		No     string   `query:"no" maxLength:"64" doc:"A case, order or return waybill number"`
		Sort   string   `query:"sort" enum:"due,recent,refund" default:"due"`
		web.ListInput
	}
)

// Routes registers the operations.
func Routes(api *web.API, s *aftersale.Service) {
	h := &handlers{s}
	none := []*errs.Error{aftersale.ErrNotFound}
	decide := []*errs.Error{aftersale.ErrNotFound, aftersale.ErrNotOpen, aftersale.ErrDecided, aftersale.ErrChanged, aftersale.ErrOffline, aftersale.ErrReason, aftersale.ErrAmount,
		aftersale.ErrRefuseThere, aftersale.ErrRefuseUnshipped, aftersale.ErrProof,
		send.ErrOverLimit, channel.ErrUnsupported}
	web.Register(api, web.Op{ID: "listAftersales", Method: http.MethodGet, Path: "/aftersales", Tag: tag, Permission: aftersale.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "售后单，附建议", EN: "After-sale cases of all shops, with what is recommended"}, h.list)
	web.Register(api, web.Op{ID: "countAftersales", Method: http.MethodGet, Path: "/aftersales/counts", Tag: tag, Permission: aftersale.PermitRead,
		ZH: "未完结售后的数量", EN: "How many cases wait, by state"}, h.counts)
	web.Register(api, web.Op{ID: "getAftersale", Method: http.MethodGet, Path: "/aftersales/{id}", Tag: tag, Permission: aftersale.PermitRead, Errors: none,
		ZH: "一张售后单：经过、退货、买家的其他售后", EN: "A case with its history, what came back and the buyer's other ones"}, h.get)
	web.Register(api, web.Op{ID: "decideAftersale", Method: http.MethodPost, Path: "/aftersales/{id}/decision", Tag: tag, Permission: aftersale.PermitDecide, Errors: decide,
		ZH: "同意或拒绝售后，确认收到退货", EN: "Agree to a case or refuse it; confirm returned goods"}, h.decide)
	web.Register(api, web.Op{ID: "foreseeAgreeing", Method: http.MethodPost, Path: "/aftersales/agree/preview", Tag: tag, Permission: aftersale.PermitDecide, Errors: []*errs.Error{aftersale.ErrTooMany},
		ZH: "批量同意的预检：哪些会处理，哪些跳过", EN: "Which cases agreeing in bulk would take, and which it leaves alone"}, h.foresee)
	web.Register(api, web.Op{ID: "agreeToAftersales", Method: http.MethodPost, Path: "/aftersales/agree", Tag: tag, Permission: aftersale.PermitDecide, Errors: []*errs.Error{aftersale.ErrTooMany},
		ZH: "批量同意", EN: "Agree to cases in bulk"}, h.agree)
	web.Register(api, web.Op{ID: "giveUpGoods", Method: http.MethodPost, Path: "/aftersales/{id}/give-up", Tag: tag, Permission: aftersale.PermitDecide,
		Errors: []*errs.Error{aftersale.ErrNotFound, aftersale.ErrReason, aftersale.ErrGoods}, ZH: "不再追回退货", EN: "Say that the goods will not come back"}, h.giveUp)
	returns(api, h)
}

func (in *listIn) filter() aftersale.Filter {
	f := aftersale.Filter{ShopIDs: in.ShopID.List, Kinds: in.Kind, Reason: in.Reason, DueBefore: int64(in.DueBy), No: in.No, Sort: aftersale.Sort(in.Sort), Cursor: in.Cursor, Limit: in.Limit}
	for _, s := range in.State {
		f.States = append(f.States, aftersale.State(s))
	}
	for _, g := range in.Goods {
		f.Goods = append(f.Goods, aftersale.Goods(g))
	}
	if in.MinFen > 0 {
		least := money.Fen(in.MinFen)
		f.MinFen = &least
	}
	if in.MaxFen > 0 {
		most := money.Fen(in.MaxFen)
		f.MaxFen = &most
	}
	return f
}

func (h *handlers) list(ctx context.Context, in *listIn) (*struct{ Body web.Page[Aftersale] }, error) {
	all, next, err := h.s.List(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	return &struct{ Body web.Page[Aftersale] }{web.NewPage(casesOf(ctx, all), next)}, nil
}

func (h *handlers) counts(ctx context.Context, _ *struct{}) (*struct{ Body AftersaleCounts }, error) {
	n, err := h.s.Counts(ctx)
	if err != nil {
		return nil, err
	}
	out := AftersaleCounts{States: map[string]int64{}, Overdue: n.Overdue, Awaited: n.Awaited, Arrived: n.Arrived, NotBack: n.NotBack}
	for _, s := range aftersale.States() {
		if s.Open() {
			out.States[string(s)] = n.States[s]
		}
	}
	return &struct{ Body AftersaleCounts }{out}, nil
}

func (h *handlers) get(ctx context.Context, in *caseIn) (*struct{ Body AftersaleDetail }, error) {
	w, err := h.s.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := AftersaleDetail{Aftersale: caseOf(ctx, w.Seen), BuyerNote: w.Words.Note, Evidence: append([]string{}, w.Words.Evidence...), Parcels: parcelsOf(w.Parcels),
		Others: casesOf(ctx, w.Others), History: []AftersaleEvent{}, Outgoing: []OutgoingParcel{}}
	for _, e := range w.History {
		out.History = append(out.History, AftersaleEvent{e.ID, e.Name, string(e.ActorKind), e.ActorName, web.Time(e.At), e.Body})
	}
	for _, o := range w.Outgoing {
		one := OutgoingParcel{FulfillmentOrderID: o.ID, WarehouseID: o.WarehouseID, State: o.State, Papers: o.Papers}
		if o.Stopped != nil {
			one.Stopped, one.Code, one.Message = true, o.Stopped.Code, errs.Message(actor.Lang(ctx), o.Stopped.Code, o.Stopped.Params)
		}
		out.Outgoing = append(out.Outgoing, one)
	}
	return &struct{ Body AftersaleDetail }{out}, nil
}

func (h *handlers) decide(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body AftersaleDecision
}) (*caseOut, error) {
	b := in.Body
	c, err := h.s.Decide(ctx, aftersale.DecideInput{CaseID: in.ID, CaseVersion: b.CaseVersion, Approve: b.Approve, Amount: money.Fen(b.AmountFen), Reason: b.Reason, ReturnAddressNo: b.ReturnAddressNo, Proofs: b.Proofs})
	if err != nil {
		return nil, err
	}
	return &caseOut{caseOf(ctx, c)}, nil
}

func chosen(all []AgreeCase) []aftersale.Chosen {
	out := make([]aftersale.Chosen, len(all))
	for i, c := range all {
		out[i] = aftersale.Chosen{CaseID: c.CaseID, CaseVersion: c.CaseVersion}
	}
	return out
}

func (h *handlers) foresee(ctx context.Context, in *agreeIn) (*struct{ Body AgreeForeseen }, error) {
	f, err := h.s.Foresee(ctx, chosen(in.Body.Cases))
	if err != nil {
		return nil, err
	}
	out := AgreeForeseen{Agree: []AgreeCase{}, AmountFen: fen(&f.Amount), Skipped: []AgreeSkip{}}
	for _, c := range f.Agree {
		out.Agree = append(out.Agree, AgreeCase{c.CaseID, c.CaseVersion})
	}
	for _, s := range f.Skipped {
		why, _ := s.Err.Params["why"].(string)
		out.Skipped = append(out.Skipped, AgreeSkip{s.CaseID, s.No, s.Err.Code, why, errs.Message(actor.Lang(ctx), s.Err.Code, s.Err.Params)})
	}
	return &struct{ Body AgreeForeseen }{out}, nil
}

func (h *handlers) agree(ctx context.Context, in *agreeIn) (*web.Accepted, error) {
	j, err := h.s.AgreeMany(ctx, chosen(in.Body.Cases))
	if err != nil {
		return nil, err
	}
	return web.NewAccepted(ctx, j), nil
}

func (h *handlers) giveUp(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}) (*caseOut, error) {
	c, err := h.s.GiveUp(ctx, aftersale.GiveUpInput{CaseID: in.ID, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	return &caseOut{caseOf(ctx, c)}, nil
}
