package packingapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// PrintWaiting is an open fulfillment order on its way to paper.
type PrintWaiting struct {
	ID          id.ID       `json:"id"`
	Version     int64       `json:"version"`
	ShopID      id.ID       `json:"shop_id"`
	Channel     string      `json:"channel"`
	WarehouseID id.ID       `json:"warehouse_id"`
	OrderIDs    []id.ID     `json:"order_ids" nullable:"false"`
	OrderNos    []string    `json:"order_nos" nullable:"false"`
	PaidAt      web.Time    `json:"paid_at" doc:"The first of its orders"`
	ShipByAt    web.Time    `json:"ship_by_at"`
	PresaleAt   web.Time    `json:"presale_at" doc:"Must not leave before"`
	Urgency     int64       `json:"urgency" doc:"0 normal, 10 the buyer urges, 20 a person says so"`
	Receiver    string      `json:"receiver" doc:"Masked"`
	Province    string      `json:"province"`
	City        string      `json:"city"`
	BuyerNotes  []string    `json:"buyer_notes" nullable:"false" doc:"Of every order in it"`
	SellerNotes []string    `json:"seller_notes" nullable:"false"`
	Flag        int64       `json:"flag"`
	Items       []PrintItem `json:"items" nullable:"false"`
	Quantity    int64       `json:"quantity"`
	Stack       string      `json:"stack" doc:"The same for parcels of the same goods"`
	Carrier     string      `json:"carrier" doc:"Of its waybill, else the one wished for; empty where the rules choose"`
	AccountID   id.ID       `json:"account_id" doc:"Of its waybill; 0 without one"`
	Number      string      `json:"number" enum:"none,coming,failed,stale,issued" doc:"How far its waybills are; stale: issued for other content"`
	WaybillNos  []string    `json:"waybill_nos" nullable:"false"`
	NumberError *PrintFault `json:"number_error"`
	Wave        string      `json:"wave"`
	Basket      string      `json:"basket"`
	BatchID     id.ID       `json:"batch_id" doc:"The last it was in; 0 for none"`
	BatchCode   string      `json:"batch_code"`
	Copies      int64       `json:"copies" doc:"How often its waybills were given to paper"`
	Fellows     int64       `json:"fellows" doc:"How many others it could travel with"`
	Error       *PrintFault `json:"error" doc:"Why it may not be printed as it stands"`
}

// PrintQueue is what waits for paper.
type PrintQueue struct {
	Counts map[string]int64 `json:"counts" nullable:"false" doc:"By bucket"`
	More   bool             `json:"more" doc:"There are others beyond the 2,000 looked at: what is urged, then what is due first"`
	Total  int64            `json:"total" doc:"Of the bucket; items holds 500 at most"`
	Items  []PrintWaiting   `json:"items" nullable:"false"`
}

func words(all []string) []string { return append([]string{}, all...) }

func printWaitingOf(ctx context.Context, w print.Waiting) PrintWaiting {
	f := w.FulfillmentOrder
	out := PrintWaiting{ID: f.ID, Version: f.Version, ShopID: f.ShopID, Channel: w.Channel, WarehouseID: f.WarehouseID, OrderIDs: f.OrderIDs(), OrderNos: words(w.OrderNos),
		PaidAt: web.Time(w.PaidAt), ShipByAt: web.Time(f.ShipByAt), PresaleAt: web.Time(f.PresaleAt), Urgency: f.Urgency, Receiver: w.Receiver, Province: w.Province, City: w.City,
		BuyerNotes: words(w.BuyerNotes), SellerNotes: words(w.SellerNotes), Flag: w.Flag, Items: printItems(w.Items), Quantity: w.Quantity, Stack: w.Stack, Carrier: w.Carrier,
		AccountID: w.AccountID, Number: string(w.Number), WaybillNos: words(w.Nos), Wave: w.Place.Wave, Basket: w.Place.Basket, BatchID: w.BatchID, BatchCode: w.BatchCode,
		Copies: w.Copies, Fellows: w.Fellows}
	if w.NumberErr != nil {
		out.NumberError = printFault(ctx, w.NumberErr.Code, w.NumberErr.Params)
	}
	if w.Err != nil {
		out.Error = printFault(ctx, w.Err.Code, w.Err.Params)
	}
	return out
}

// PrintRun is the job of a run.
type PrintRun struct {
	JobID id.ID `json:"job_id" doc:"Its result names the batches: batch_ids"`
}

func (p prints) queue(api *web.API) {
	web.Register(api, web.Op{ID: "listPrintQueue", Method: http.MethodGet, Path: "/print/queue", Tag: tag, Permission: packing.PermitRead, ZH: "打单发货：按快递、仓库、商品排好的待打印发货单",
		EN: "What waits for paper, by carrier, warehouse and goods (needs the right to read fulfillment orders)"},
		func(ctx context.Context, in *struct {
			Bucket      string  `query:"bucket" enum:"unprinted,printing,printed,problem,presale,mergeable"`
			WarehouseID web.IDs `query:"warehouse_id"`
			ShopID      web.IDs `query:"shop_id"`
			Carrier     string  `query:"carrier" maxLength:"60" doc:"A carrier's code; none: those without one"`
			Wave        string  `query:"wave" maxLength:"40" doc:"Code of a wave: those in it, by basket"`
		}) (*struct{ Body PrintQueue }, error) {
			f := print.QueueFilter{Bucket: print.Bucket(in.Bucket), WarehouseIDs: in.WarehouseID.List, ShopIDs: in.ShopID.List, Carrier: in.Carrier, Narrow: in.Carrier != "", Wave: in.Wave}
			if in.Carrier == "none" {
				f.Carrier = ""
			}
			q, err := p.s.Queue(ctx, f)
			if err != nil {
				return nil, err
			}
			out := PrintQueue{Counts: map[string]int64{}, More: q.More, Total: q.Total, Items: make([]PrintWaiting, len(q.Rows))}
			for _, b := range print.Buckets {
				out.Counts[string(b)] = q.Counts[b]
			}
			for i, w := range q.Rows {
				out.Items[i] = printWaitingOf(ctx, w)
			}
			return &struct{ Body PrintQueue }{out}, nil
		})
	web.Register(api, web.Op{ID: "startPrintRun", Method: http.MethodPost, Path: "/print/runs", Tag: tag, Permission: packing.PermitPrint, ZH: "取号并打单：缺单号的先取号，每个快递账号一个批次",
		EN:     "Have missing numbers issued, then start a batch for each carrier account",
		Errors: []*errs.Error{print.ErrTooMany, print.ErrNoTemplate, print.ErrNoReason, print.ErrBusy, print.ErrNoAgent, print.ErrNeedsAgent}},
		func(ctx context.Context, in *struct {
			Body struct {
				PrintStart
				AccountID id.ID  `json:"account_id,omitempty" doc:"0: by the rules"`
				Product   string `json:"product,omitempty" maxLength:"40"`
				Pieces    int64  `json:"pieces,omitempty" minimum:"0" maximum:"50" doc:"Of each parcel; 0 leaves what stands, else 1"`
				Replace   bool   `json:"replace,omitempty" doc:"Give back numbers of another account"`
			}
		}) (*struct{ Body PrintRun }, error) {
			b := in.Body
			n, err := p.s.Run(ctx, print.RunInput{StartInput: b.input(), AccountID: b.AccountID, Product: b.Product, Pieces: b.Pieces, Replace: b.Replace})
			if err != nil {
				return nil, err
			}
			return &struct{ Body PrintRun }{PrintRun{n}}, nil
		})
}

// PrintStart asks for labels.
type PrintStart struct {
	FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids" minItems:"1" maxItems:"500"`
	TemplateID          id.ID   `json:"template_id"`
	AgentID             id.ID   `json:"agent_id,omitempty" doc:"Whose printer; absent where a person prints the file"`
	Printer             string  `json:"printer,omitempty" maxLength:"200"`
	Again               bool    `json:"again,omitempty" doc:"Print what was printed before, marked 重打"`
	Reason              string  `json:"reason,omitempty" maxLength:"200"`
	KeepOrder           bool    `json:"keep_order,omitempty" doc:"In the given order, not by SKU"`
	StaleReason         string  `json:"stale_reason,omitempty" maxLength:"200" doc:"A supervisor's, for printing on old data"`
	Ship                bool    `json:"ship,omitempty" doc:"Ship what is printed, as soon as a person or a component said so (needs the right to ship)"`
}

func (b PrintStart) input() print.StartInput {
	return print.StartInput{FulfillmentOrderIDs: b.FulfillmentOrderIDs, TemplateID: b.TemplateID, AgentID: b.AgentID, Printer: b.Printer, Again: b.Again,
		Reason: b.Reason, Keep: b.KeepOrder, StaleReason: b.StaleReason, Ship: b.Ship}
}
