package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// WaitingSKU is a SKU for which orders wait, all warehouses together.
type WaitingSKU struct {
	SKUID     id.ID    `json:"sku_id"`
	SKUCode   string   `json:"sku_code"`
	Name      string   `json:"name"`
	ImageURL  string   `json:"image_url"`
	Orders    int64    `json:"orders"`
	Pieces    int64    `json:"pieces" doc:"They lack"`
	OnHand    int64    `json:"on_hand"`
	Free      int64    `json:"free" doc:"Of it; below zero where more is promised than is there"`
	Short     int64    `json:"short" doc:"Pieces for which no free one is there"`
	OldestAt  web.Time `json:"oldest_at"`
	ShipByAt  web.Time `json:"ship_by_at" doc:"The next deadline"`
	Urgent    int64    `json:"urgent" doc:"Orders"`
	Overdue   int64    `json:"overdue" doc:"Orders"`
	ToAsk     int64    `json:"to_ask" doc:"Orders whose buyers are to be asked"`
	Unsettled int64    `json:"unsettled" doc:"Orders for which nothing was agreed"`
}

// WaitingOrder is an order that waits for goods.
type WaitingOrder struct {
	OrderID        id.ID         `json:"order_id"`
	ChannelOrderNo string        `json:"channel_order_no"`
	ShopID         id.ID         `json:"shop_id"`
	Channel        string        `json:"channel"`
	State          string        `json:"state" enum:"awaiting_approval,awaiting_shipment,partly_shipped"`
	Urgency        int64         `json:"urgency" doc:"0 normal, 10 the buyer urges, 20 a person says so"`
	SinceAt        web.Time      `json:"since_at"`
	ShipByAt       web.Time      `json:"ship_by_at"`
	AskBuyer       bool          `json:"ask_buyer" doc:"The buyer is to be asked, and nobody has yet"`
	Agreed         string        `json:"agreed" enum:",wait,replace,refund"`
	AgreedNote     string        `json:"agreed_note"`
	AgreedAt       web.Time      `json:"agreed_at"`
	PromisedAt     web.Time      `json:"promised_at"`
	ReplaceSKUID   id.ID         `json:"replace_sku_id" doc:"0 where none is settled"`
	Missing        []WaitingPart `json:"missing" nullable:"false"`
}

// WaitingPart is a SKU that a line lacks.
type WaitingPart struct {
	LineID    id.ID  `json:"line_id"`
	LineSKUID id.ID  `json:"line_sku_id" doc:"Another one where the line is a bundle of which this is a component"`
	SKUID     id.ID  `json:"sku_id"`
	Title     string `json:"title"`
	Spec      string `json:"spec"`
	Pieces    int64  `json:"pieces" doc:"Of the SKU"`
	Quantity  int64  `json:"quantity" doc:"Of the line, that stand in no warehouse"`
}

// WaitingCount is how many orders wait.
type WaitingCount struct {
	Orders  int64 `json:"orders"`
	Overdue int64 `json:"overdue"`
	ToAsk   int64 `json:"to_ask"`
}

// WaitingFilter narrows who waits; absent fields do not.
type WaitingFilter struct {
	ShopIDs web.IDs `json:"shop_id,omitzero" required:"false" query:"shop_id"`
	SKUID   id.ID   `json:"sku_id,omitempty" query:"sku_id" doc:"Those that lack it"`
	SKU     string  `json:"sku,omitempty" query:"sku" maxLength:"100" doc:"A part of a missing SKU's code or name"`
	Outcome string  `json:"outcome,omitempty" query:"outcome" enum:"wait,replace,refund,ask,none"`
	Overdue bool    `json:"overdue,omitempty" query:"overdue"`
	Urgent  bool    `json:"urgent,omitempty" query:"urgent"`
}

func (f WaitingFilter) filter() waiting.Filter {
	return waiting.Filter{ShopIDs: f.ShopIDs.List, SKUID: f.SKUID, SKU: f.SKU, Outcome: f.Outcome, Overdue: f.Overdue, Urgent: f.Urgent}
}

type waitingInput struct {
	WaitingFilter
	web.ListInput
}

type agreeInput struct {
	Body struct {
		OrderIDs     []id.ID  `json:"order_ids" minItems:"1" maxItems:"200"`
		Agreed       string   `json:"agreed" enum:"wait,replace,refund"`
		Note         string   `json:"note,omitempty" maxLength:"500"`
		PromisedAt   web.Time `json:"promised_at,omitempty" doc:"When the buyer was told it ships"`
		ReplaceSKUID id.ID    `json:"replace_sku_id,omitempty" doc:"What is to come instead"`
	}
}

type replaceInput struct {
	ID   id.ID `path:"id" doc:"of the order"`
	Body struct {
		Lines []WaitingSwap `json:"lines" minItems:"1" maxItems:"100"`
		Note  string        `json:"note,omitempty" maxLength:"500"`
	}
}

// WaitingSwap names a line of which nothing is there, and what comes instead.
type WaitingSwap struct {
	LineID   id.ID `json:"line_id"`
	SKUID    id.ID `json:"sku_id"`
	Quantity int64 `json:"quantity,omitempty" minimum:"1" doc:"As many as are missing when absent"`
}

// WaitingReplaced is what became of it.
type WaitingReplaced struct {
	OutOfStock bool `json:"out_of_stock" doc:"Of the other goods nothing could be reserved either"`
}

type releaseWaitingInput struct {
	Body struct {
		OrderIDs []id.ID        `json:"order_ids,omitempty" maxItems:"10000"`
		Filter   *WaitingFilter `json:"filter,omitempty" doc:"Instead of order_ids: every waiting order it finds"`
		DryRun   bool           `json:"dry_run,omitempty"`
	}
}

func waitingRoutes(api *web.API, s Services) {
	list := []*errs.Error{page.ErrCursor, waiting.ErrBadOutcome}
	web.Register(api, web.Op{ID: "listWaitingSKUs", Method: "GET", Path: "/waiting-skus", Tag: tag, Permission: fulfillment.PermitRead, Errors: list,
		ZH: "缺货的 SKU：多少订单在等、缺几件、最近的发货期限", EN: "SKUs for which orders wait: how many, how many pieces, and the next deadline"}, s.waitingSKUs)
	web.Register(api, web.Op{ID: "listWaitingOrders", Method: "GET", Path: "/waiting-orders", Tag: tag, Permission: fulfillment.PermitRead, Errors: list,
		ZH: "等货的订单，按到货后的先后", EN: "Orders that wait for goods, in the order in which they are served"}, s.waitingOrders)
	web.Register(api, web.Op{ID: "countWaitingOrders", Method: "GET", Path: "/waiting-orders/count", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "等货订单数", EN: "How many orders wait for goods"}, s.waitingCount)
	web.Register(api, web.Op{ID: "agreeShortage", Method: "POST", Path: "/waiting-orders/agree", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{waiting.ErrNothingChosen, waiting.ErrBadAgreement, waiting.ErrBadPromise, waiting.ErrNotWaiting, order.ErrTooLong, order.ErrNotFound, catalog.ErrNoSKU},
		ZH:     "记录与买家的缺货约定", EN: "Record what was agreed with the buyers of short orders"}, s.agree)
	web.Register(api, web.Op{ID: "replaceWaitingGoods", Method: "POST", Path: "/waiting-orders/{id}/replace", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{waiting.ErrNotWaiting, waiting.ErrSameSKU, waiting.ErrNothingMissing, order.ErrNotFound, order.ErrUnknownLine, order.ErrUnknownSKU,
			order.ErrNotAllowed, order.ErrNoLines, order.ErrBadQuantity, order.ErrTooLong},
		ZH: "缺货换 SKU：改订单商品、重新占用并分配", EN: "Give a waiting order other goods, reserve them and allocate it again"}, s.replace)
	web.Register(api, web.Op{ID: "releaseWaitingOrders", Method: "POST", Path: "/waiting-orders/release", Tag: tag, Permission: fulfillment.PermitAllocate, MaxBody: 1 << 20,
		Errors: []*errs.Error{waiting.ErrBadOutcome, order.ErrTooMany, waiting.ErrRefundAgreed, waiting.ErrNotWaiting, order.ErrNotApproved},
		ZH:     "给等货订单重新分配，加急的和期限近的先；超过 200 单转为后台任务", EN: "Allocate waiting orders again, the urgent and those due first; more than 200 become a job"}, s.releaseWaiting)
}

func (s Services) waitingSKUs(ctx context.Context, in *waitingInput) (*struct{ Body web.Page[WaitingSKU] }, error) {
	all, next, err := s.Waiting.SKUs(ctx, in.filter(), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]WaitingSKU, len(all))
	for i, k := range all {
		out[i] = WaitingSKU{k.ID, k.Code, k.Name, k.ImageURL, k.Orders, k.Pieces, k.OnHand, k.Free, k.Short, web.Time(k.OldestAt), web.Time(k.ShipByAt),
			k.Urgent, k.Overdue, k.ToAsk, k.Unsettled}
	}
	return &struct{ Body web.Page[WaitingSKU] }{web.NewPage(out, next)}, nil
}

func (s Services) waitingOrders(ctx context.Context, in *waitingInput) (*struct{ Body web.Page[WaitingOrder] }, error) {
	all, next, err := s.Waiting.List(ctx, in.filter(), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]WaitingOrder, len(all))
	for i, w := range all {
		out[i] = waitingOf(w)
	}
	return &struct{ Body web.Page[WaitingOrder] }{web.NewPage(out, next)}, nil
}

func waitingOf(w waiting.Wait) WaitingOrder {
	o := w.Order
	out := WaitingOrder{OrderID: w.OrderID, ChannelOrderNo: o.ChannelOrderNo, ShopID: o.ShopID, Channel: o.Channel, State: o.State.String(), Urgency: w.Urgency,
		SinceAt: web.Time(w.SinceAt), ShipByAt: web.Time(w.ShipByAt), AskBuyer: w.AskBuyer, Agreed: w.Agreed, AgreedNote: w.Note, AgreedAt: web.Time(w.At),
		PromisedAt: web.Time(w.PromisedAt), ReplaceSKUID: w.ReplaceSKUID, Missing: []WaitingPart{}}
	for _, p := range w.Missing {
		one := WaitingPart{LineID: p.LineID, SKUID: p.SKUID, Pieces: p.Pieces}
		for _, l := range o.Lines {
			if l.ID == p.LineID {
				one.LineSKUID, one.Title, one.Spec, one.Quantity = l.SKUID, l.Title, l.Spec, l.Ordered-l.Cancelled-max(l.Allocated, l.Shipped)
			}
		}
		out.Missing = append(out.Missing, one)
	}
	return out
}

func (s Services) waitingCount(ctx context.Context, _ *struct{}) (*struct{ Body WaitingCount }, error) {
	n, err := s.Waiting.Count(ctx)
	return &struct{ Body WaitingCount }{WaitingCount(n)}, err
}

func (s Services) agree(ctx context.Context, in *agreeInput) (*struct{ Body Changed }, error) {
	b := in.Body
	n, err := s.Waiting.Agree(ctx, waiting.AgreeInput{OrderIDs: b.OrderIDs, Agreed: b.Agreed, Note: b.Note, PromisedAt: int64(b.PromisedAt), ReplaceSKUID: b.ReplaceSKUID})
	return &struct{ Body Changed }{Changed{n}}, err
}

func (s Services) replace(ctx context.Context, in *replaceInput) (*struct{ Body WaitingReplaced }, error) {
	x := waiting.ReplaceInput{OrderID: in.ID, Note: in.Body.Note}
	for _, l := range in.Body.Lines {
		x.Lines = append(x.Lines, waiting.Swap(l))
	}
	out, err := s.Waiting.Replace(ctx, x)
	return &struct{ Body WaitingReplaced }{WaitingReplaced(out)}, err
}

func (s Services) releaseWaiting(ctx context.Context, in *releaseWaitingInput) (*allocateOutput, error) {
	x := waiting.ReleaseInput{OrderIDs: in.Body.OrderIDs, DryRun: in.Body.DryRun}
	if in.Body.Filter != nil {
		f := in.Body.Filter.filter()
		x.Filter = &f
	}
	r, err := s.Waiting.Release(ctx, x)
	if err != nil {
		return nil, err
	}
	return answered(ctx, r.Rows, r.Job, r.Total, in.Body.DryRun), nil
}
