package packingapi

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/wave"
)

// Wave is fulfillment orders that are picked together.
type Wave struct {
	ID          id.ID    `json:"id"`
	Code        string   `json:"code" doc:"As printed and scanned"`
	WarehouseID id.ID    `json:"warehouse_id"`
	Content     string   `json:"content" enum:"any,single,same,multi"`
	Mode        string   `json:"mode" enum:"while_picking,after" doc:"When goods are sorted into baskets"`
	State       string   `json:"state" enum:"made,picking,picked,closed,cancelled"`
	Orders      int64    `json:"orders" doc:"As it was made"`
	Pieces      int64    `json:"pieces" doc:"As it was made"`
	CutOffAt    web.Time `json:"cut_off_at" doc:"When the first courier collects some of it"`
	Urgency     int64    `json:"urgency" doc:"Of its most urgent order"`
	ShipByAt    web.Time `json:"ship_by_at" doc:"The first promise"`
	MadeByName  string   `json:"made_by_name"`
	MadeAt      web.Time `json:"made_at"`
	EndedAt     web.Time `json:"ended_at"`
	Version     int64    `json:"version"`
}

func waveOf(w wave.Wave) Wave {
	return Wave{ID: w.ID, Code: w.Code, WarehouseID: w.WarehouseID, Content: w.Content, Mode: w.Mode, State: string(w.State), Orders: w.Orders, Pieces: w.Pieces,
		CutOffAt: web.Time(w.CutOffAt), Urgency: w.Urgency, ShipByAt: web.Time(w.ShipByAt), MadeByName: w.MadeByName, MadeAt: web.Time(w.MadeAt), EndedAt: web.Time(w.EndedAt), Version: w.Version}
}

// WaveRow is a wave of the board and how far it is.
type WaveRow struct {
	Wave
	In       int64          `json:"in" doc:"Fulfillment orders that are in"`
	Wanted   int64          `json:"wanted" doc:"Pieces for those"`
	Picked   int64          `json:"picked"`
	Short    int64          `json:"short"`
	Hits     int64          `json:"hits" doc:"Fulfillment orders that may not go on as they were picked"`
	Progress []WaveProgress `json:"progress" nullable:"false" doc:"By person"`
}

// Picker is a person who may pick.
type Picker struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// PackingFault is why a fulfillment order may not go on, in the reader's language.
type PackingFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func faultOf(ctx context.Context, e *errs.Error) *PackingFault {
	if e == nil {
		return nil
	}
	return &PackingFault{e.Code, errs.Message(actor.Lang(ctx), e.Code, e.Params)}
}

// WaveChoice says which open fulfillment orders a wave takes; absent fields do not narrow.
type WaveChoice struct {
	WarehouseID id.ID    `json:"warehouse_id"`
	Content     string   `json:"content,omitempty" enum:"any,single,same,multi" doc:"single: one SKU each; same: stacks of the same goods; multi: several SKUs each"`
	Carrier     string   `json:"carrier,omitempty" maxLength:"20" doc:"Of the waybill, else the one wished for"`
	Provinces   []string `json:"provinces,omitempty" maxItems:"40"`
	ShopIDs     []id.ID  `json:"shop_ids,omitempty" maxItems:"100"`
	Zone        string   `json:"zone,omitempty" maxLength:"32" doc:"All goods lie in it: what stands before the first hyphen of locations"`
	ShipBefore  web.Time `json:"ship_before_at,omitempty" doc:"What is promised later waits"`
	CutOffAt    web.Time `json:"cut_off_at,omitempty" doc:"What a courier collects later waits"`
	Urgent      bool     `json:"urgent,omitempty"`
	Orders      int64    `json:"orders,omitempty" minimum:"0" maximum:"500" doc:"At most; 0 is 60"`
	Pieces      int64    `json:"pieces,omitempty" minimum:"0" doc:"At most; 0 is without bound"`
	StackFrom   int64    `json:"stack_from,omitempty" minimum:"0" doc:"Of same: the least fulfillment orders of one content; 0 is 5"`
	IDs         []id.ID  `json:"fulfillment_order_ids,omitempty" maxItems:"500" doc:"Names them instead"`
}

func (c WaveChoice) choice() wave.Choice {
	return wave.Choice{WarehouseID: c.WarehouseID, Content: c.Content, Carrier: c.Carrier, Provinces: c.Provinces, ShopIDs: c.ShopIDs, Zone: c.Zone, ShipBefore: int64(c.ShipBefore), CutOffAt: int64(c.CutOffAt),
		Urgent: c.Urgent, Orders: c.Orders, Pieces: c.Pieces, StackFrom: c.StackFrom, IDs: c.IDs}
}

// WaveGoods is how much of a SKU.
type WaveGoods struct {
	SKUID    id.ID  `json:"sku_id"`
	SKUCode  string `json:"sku_code"`
	Quantity int64  `json:"quantity"`
}

// WaveBucket counts the waiting fulfillment orders that share something.
type WaveBucket struct {
	Key    string      `json:"key"`
	Orders int64       `json:"orders"`
	Goods  []WaveGoods `json:"goods" nullable:"false" doc:"Of a stack"`
}

// WaveCutOffs counts the waiting fulfillment orders whose courier collects then.
type WaveCutOffs struct {
	At     web.Time `json:"cut_off_at" doc:"null where nobody said"`
	Orders int64    `json:"orders"`
}

func bucketsOf(all []wave.Bucket, codes map[id.ID]string) []WaveBucket {
	out := make([]WaveBucket, len(all))
	for i, b := range all {
		out[i] = WaveBucket{Key: b.Key, Orders: b.Orders, Goods: []WaveGoods{}}
		for _, g := range b.Goods {
			out[i].Goods = append(out[i].Goods, WaveGoods{g.SKUID, codes[g.SKUID], g.Quantity})
		}
	}
	return out
}

// WaveRefused is a waiting fulfillment order that may not be picked, and why.
type WaveRefused struct {
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	OrderNo            string        `json:"order_no" doc:"Of its first order"`
	Error              *PackingFault `json:"error"`
}

func refusedOf(ctx context.Context, all []wave.Refused) []WaveRefused {
	out := make([]WaveRefused, len(all))
	for i, r := range all {
		out[i] = WaveRefused{r.FulfillmentOrderID, r.OrderNo, faultOf(ctx, r.Err)}
	}
	return out
}

// WaveMade is a new wave, and what was chosen and is not in it.
type WaveMade struct {
	Wave
	LeftOut []WaveRefused `json:"left_out" nullable:"false" doc:"Those that may not be picked, or that somebody else took meanwhile"`
}

// WavePreview is what a wave would be, and by what the waiting ones could be chosen.
type WavePreview struct {
	Waiting   int64         `json:"waiting" doc:"Open fulfillment orders of the warehouse that are in no wave"`
	More      bool          `json:"more" doc:"There are others beyond those looked at"`
	Carriers  []WaveBucket  `json:"carriers" nullable:"false"`
	Provinces []WaveBucket  `json:"provinces" nullable:"false"`
	Contents  []WaveBucket  `json:"contents" nullable:"false"`
	Stacks    []WaveBucket  `json:"stacks" nullable:"false"`
	Zones     []WaveBucket  `json:"zones" nullable:"false"`
	CutOffs   []WaveCutOffs `json:"cut_offs" nullable:"false"`
	Orders    int64         `json:"orders"`
	Pieces    int64         `json:"pieces"`
	SKUs      int64         `json:"skus"`
	IDs       []id.ID       `json:"fulfillment_order_ids" nullable:"false" doc:"By basket"`
	Refused   []WaveRefused `json:"refused" nullable:"false"`
}

// WaveDrop is how many pieces go into a basket, or come out of it.
type WaveDrop struct {
	Position int64 `json:"position"`
	Quantity int64 `json:"quantity"`
}

func dropsOf(all []wave.Drop) []WaveDrop {
	out := make([]WaveDrop, len(all))
	for i, d := range all {
		out[i] = WaveDrop{d.Position, d.Quantity}
	}
	return out
}

// WaveBasket is a fulfillment order of a wave and how far it is.
type WaveBasket struct {
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	Position           int64         `json:"position"`
	Version            int64         `json:"fulfillment_version" doc:"The content it is picked for"`
	Left               string        `json:"left_reason" enum:",removed,dropped,short,cancelled" doc:"Why it left; empty while it is in"`
	Wanted             int64         `json:"wanted"`
	Picked             int64         `json:"picked"`
	Short              int64         `json:"short"`
	PutBack            int64         `json:"put_back" doc:"Pieces in it that nobody wants any more"`
	Hit                *PackingFault `json:"hit" doc:"Why it may not go on as it was picked"`
	Orders             []WaveOrder   `json:"orders" nullable:"false" doc:"The orders it ships"`
}

// WaveOrder is an order that a basket ships.
type WaveOrder struct {
	ID id.ID  `json:"id"`
	No string `json:"channel_order_no"`
}

// WaveStop is a SKU of the pick list.
type WaveStop struct {
	SKUID    id.ID      `json:"sku_id"`
	SKUCode  string     `json:"sku_code"`
	Name     string     `json:"name"`
	Barcodes []string   `json:"barcodes" nullable:"false"`
	Location string     `json:"location" doc:"Empty where none is known"`
	PickerID id.ID      `json:"picker_id" doc:"0 for nobody"`
	Wanted   int64      `json:"wanted"`
	Picked   int64      `json:"picked"`
	Short    int64      `json:"short"`
	Drops    []WaveDrop `json:"drops" nullable:"false" doc:"What is still to pick, by basket"`
}

// WaveProgress is what one person picked.
type WaveProgress struct {
	PickerID id.ID    `json:"picker_id"`
	Name     string   `json:"name"`
	Picked   int64    `json:"picked"`
	Short    int64    `json:"short"`
	FirstAt  web.Time `json:"first_at"`
	LastAt   web.Time `json:"last_at"`
}

// WaveSheet is a wave with its baskets and its pick list.
type WaveSheet struct {
	Wave
	Baskets  []WaveBasket   `json:"baskets" nullable:"false"`
	Stops    []WaveStop     `json:"stops" nullable:"false" doc:"In walking order"`
	Progress []WaveProgress `json:"progress" nullable:"false"`
	Counts   []WaveCount    `json:"counts" nullable:"false" doc:"Shelves that held less than the books say"`
}

// WaveCount is what somebody counted at a shelf that held less than the books say.
type WaveCount struct {
	ID        id.ID    `json:"id"`
	SKUID     id.ID    `json:"sku_id"`
	SKUCode   string   `json:"sku_code"`
	Counted   int64    `json:"counted" doc:"On the shelf"`
	InBaskets int64    `json:"in_baskets" doc:"Picked and not shipped"`
	OnHand    int64    `json:"on_hand" doc:"As the books had it"`
	Missing   int64    `json:"missing" doc:"In the books and nowhere else"`
	State     string   `json:"state" enum:"open,applied,dismissed"`
	ByName    string   `json:"by_name"`
	At        web.Time `json:"at"`
}

func sheetOf(ctx context.Context, s wave.Sheet) WaveSheet {
	out := WaveSheet{Wave: waveOf(s.Wave), Baskets: []WaveBasket{}, Stops: []WaveStop{}}
	for _, b := range s.Baskets {
		row := WaveBasket{b.FulfillmentOrderID, b.Position, b.Version, b.Out, b.Wanted, b.Picked, b.Short, b.PutBack, faultOf(ctx, b.Hit), []WaveOrder{}}
		for _, o := range b.Orders {
			row.Orders = append(row.Orders, WaveOrder{o.ID, o.No})
		}
		out.Baskets = append(out.Baskets, row)
	}
	for _, x := range s.Stops {
		out.Stops = append(out.Stops, WaveStop{x.SKUID, x.SKUCode, x.Name, append([]string{}, x.Barcodes...), x.Location, x.PickerID, x.Wanted, x.Picked, x.Short, dropsOf(x.Drops)})
	}
	out.Progress = progressOf(s.Hands)
	out.Counts = make([]WaveCount, len(s.Counts))
	for i, c := range s.Counts {
		out.Counts[i] = WaveCount{c.ID, c.SKUID, c.SKUCode, c.Counted, c.InBaskets, c.OnHand, c.Missing(), c.State, c.ByName, web.Time(c.At)}
	}
	return out
}

func progressOf(all []wave.Progress) []WaveProgress {
	out := make([]WaveProgress, len(all))
	for i, p := range all {
		out[i] = WaveProgress{p.PickerID, p.Name, p.Picked, p.Short, web.Time(p.FirstAt), web.Time(p.LastAt)}
	}
	return out
}

// WaveHand is what a pick did.
type WaveHand struct {
	SKUID id.ID      `json:"sku_id"`
	Drops []WaveDrop `json:"drops" nullable:"false" doc:"The baskets it goes into, or comes out of"`
	Left  int64      `json:"left" doc:"Pieces of the SKU still to pick"`
	State string     `json:"state" enum:"made,picking,picked"`
}

type (
	waves struct {
		waves  *wave.Service
		places *location.Service
		staff  *iam.Service
	}
	waveIn struct {
		ID id.ID `path:"id"`
	}
	memberIn struct {
		ID                 id.ID `path:"id"`
		FulfillmentOrderID id.ID `path:"fulfillment_order_id"`
	}
	waveOut  struct{ Body Wave }
	sheetOut struct{ Body WaveSheet }
)

// WaveRoutes registers the operations of waves and of locations.
func WaveRoutes(api *web.API, s *wave.Service, places *location.Service, staff *iam.Service) {
	h := &waves{s, places, staff}
	h.make(api)
	h.work(api)
	h.pickers(api)
	h.end(api)
	h.cutOffs(api)
	h.counts(api)
	h.locations(api)
}

func (h *waves) make(api *web.API) {
	choice := []*errs.Error{wave.ErrBadChoice, inventory.ErrNoWarehouse}
	web.Register(api, web.Op{ID: "previewWave", Method: http.MethodPost, Path: "/waves/preview", Tag: tag, Permission: packing.PermitWave, Errors: choice,
		ZH: "预览波次：按快递、省份、内容分组的待拣发货单，以及这一波会有哪些", EN: "What a wave would be, and by what waiting fulfillment orders could be chosen"}, h.preview)
	web.Register(api, web.Op{ID: "makeWave", Method: http.MethodPost, Path: "/waves", Tag: tag, Permission: packing.PermitWave, Errors: append([]*errs.Error{wave.ErrNothing, wave.ErrTaken}, choice...),
		ZH: "建立波次", EN: "Make a wave"},
		func(ctx context.Context, in *struct {
			Body struct {
				Choice WaveChoice `json:"choice"`
				Mode   string     `json:"mode,omitempty" enum:"while_picking,after"`
			}
		}) (*struct{ Body WaveMade }, error) {
			w, err := h.waves.Make(ctx, wave.MakeInput{Choice: in.Body.Choice.choice(), Mode: in.Body.Mode})
			return &struct{ Body WaveMade }{WaveMade{waveOf(w.Wave), refusedOf(ctx, w.LeftOut)}}, err
		})
	web.Register(api, web.Op{ID: "listWaves", Method: http.MethodGet, Path: "/waves", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "波次，新的在前", EN: "Waves, the newest first"},
		func(ctx context.Context, in *struct {
			Live bool   `query:"live" doc:"Only those that have not ended"`
			Code string `query:"code" maxLength:"40"`
			web.ListInput
		}) (*struct{ Body web.Page[WaveRow] }, error) {
			all, next, err := h.waves.Board(ctx, wave.Filter{Live: in.Live, Code: in.Code, Cursor: in.Cursor, Limit: in.Limit})
			var out []WaveRow
			for _, w := range all {
				out = append(out, WaveRow{waveOf(w.Wave), w.In, w.Wanted, w.Picked, w.Short, w.Hits, progressOf(w.Hands)})
			}
			return &struct{ Body web.Page[WaveRow] }{web.NewPage(out, next)}, err
		})
}

func (h *waves) preview(ctx context.Context, in *struct{ Body WaveChoice }) (*struct{ Body WavePreview }, error) {
	p, err := h.waves.Preview(ctx, in.Body.choice())
	if err != nil {
		return nil, err
	}
	out := WavePreview{Waiting: p.Waiting, More: p.More, Carriers: bucketsOf(p.Carriers, nil), Provinces: bucketsOf(p.Provinces, nil), Contents: bucketsOf(p.Contents, nil),
		Stacks: bucketsOf(p.Stacks, p.Codes), Zones: bucketsOf(p.Zones, nil), CutOffs: []WaveCutOffs{},
		Orders: p.Orders, Pieces: p.Pieces, SKUs: p.SKUs, IDs: append([]id.ID{}, p.IDs...), Refused: refusedOf(ctx, p.Refused)}
	for _, b := range p.CutOffs {
		out.CutOffs = append(out.CutOffs, WaveCutOffs{web.Time(b.At), b.Orders})
	}
	return &struct{ Body WavePreview }{out}, nil
}

func (h *waves) work(api *web.API) {
	web.Register(api, web.Op{ID: "getWave", Method: http.MethodGet, Path: "/waves/{id}", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{wave.ErrNotFound},
		ZH: "一个波次：篮位、按库位排序的拣货单、各人进度与拦截", EN: "A wave: its baskets, its pick list in walking order, who picked what, and what is stopped"},
		func(ctx context.Context, in *waveIn) (*sheetOut, error) {
			s, err := h.waves.Get(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &sheetOut{sheetOf(ctx, s)}, nil
		})
	web.Register(api, web.Op{ID: "downloadPickList", Method: http.MethodGet, Path: "/waves/{id}/pick-list.pdf", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{wave.ErrNotFound},
		ZH: "打印用的拣货单，每人一份", EN: "The pick list to print, one a picker"},
		func(ctx context.Context, in *waveIn) (*web.Stream, error) {
			var b bytes.Buffer
			if err := h.waves.PickList(ctx, in.ID, &b); err != nil {
				return nil, err
			}
			return web.SendDownload("pick-list-"+in.ID.String()+".pdf", "application/pdf", func(w io.Writer) error {
				_, err := w.Write(b.Bytes())
				return err
			}), nil
		})
	web.Register(api, web.Op{ID: "pick", Method: http.MethodPost, Path: "/waves/{id}/picks", Tag: tag, Permission: packing.PermitPick,
		Errors: []*errs.Error{wave.ErrQuantity, wave.ErrNotFound, wave.ErrEnded, wave.ErrNoSKU, wave.ErrTooMuch},
		ZH:     "拣到、放回或缺货", EN: "Goods were fetched, put back, or not there"}, h.pick)
	web.Register(api, web.Op{ID: "assignPicker", Method: http.MethodPost, Path: "/waves/{id}/assign", Tag: tag, Permission: packing.PermitPick,
		Errors: []*errs.Error{wave.ErrNotFound, wave.ErrEnded, wave.ErrNoSKU}, ZH: "把拣货任务分给某人", EN: "Say who is to fetch SKUs of a wave"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				SKUIDs   []id.ID `json:"sku_ids" minItems:"1" maxItems:"2000"`
				PickerID id.ID   `json:"picker_id" doc:"0 takes them away"`
			}
		}) (*struct{}, error) {
			_, err := h.waves.Assign(ctx, wave.AssignInput{WaveID: in.ID, SKUIDs: in.Body.SKUIDs, PickerID: in.Body.PickerID})
			return nil, err
		})
}

func (h *waves) pickers(api *web.API) {
	web.Register(api, web.Op{ID: "listPickers", Method: http.MethodGet, Path: "/pickers", Tag: tag, Permission: packing.PermitPick,
		ZH: "可以拣货的员工", EN: "Who may pick"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[Picker] }, error) {
			all, err := h.staff.Holders(ctx, packing.PermitPick)
			var out []Picker
			for _, u := range all {
				out = append(out, Picker{u.ID, u.DisplayName})
			}
			return &struct{ Body web.Page[Picker] }{web.NewPage(out, "")}, err
		})
}

func (h *waves) pick(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		SKUID    id.ID  `json:"sku_id,omitempty"`
		Scan     string `json:"scan,omitempty" maxLength:"100" doc:"A barcode or SKU code, instead of sku_id"`
		Do       string `json:"do" enum:"pick,undo,short"`
		Quantity int64  `json:"quantity" minimum:"1" maximum:"100000"`
		Position int64  `json:"position,omitempty" minimum:"0" doc:"One basket; 0: baskets in turn"`
		Counted  *int64 `json:"counted,omitempty" minimum:"0" maximum:"100000" doc:"Of short: how many are on the shelf"`
	}
}) (*struct{ Body WaveHand }, error) {
	b := in.Body
	out, err := h.waves.Pick(ctx, wave.PickInput{WaveID: in.ID, SKUID: b.SKUID, Scan: b.Scan, Do: b.Do, Quantity: b.Quantity, Position: b.Position, Counted: b.Counted})
	if err != nil {
		return nil, err
	}
	return &struct{ Body WaveHand }{WaveHand{out.SKUID, dropsOf(out.Drops), out.Left, string(out.State)}}, nil
}

func (h *waves) end(api *web.API) {
	ended := []*errs.Error{wave.ErrNotFound, wave.ErrEnded}
	web.Register(api, web.Op{ID: "closeWave", Method: http.MethodPost, Path: "/waves/{id}/close", Tag: tag, Permission: packing.PermitPick, Errors: append([]*errs.Error{wave.ErrNotPicked}, ended...),
		ZH: "拣货完成；缺货的发货单退出并挂起订单", EN: "Picking is done; what goods are missing for leaves, its orders are held"},
		func(ctx context.Context, in *waveIn) (*waveOut, error) {
			w, err := h.waves.Close(ctx, in.ID)
			return &waveOut{waveOf(w)}, err
		})
	web.Register(api, web.Op{ID: "cancelWave", Method: http.MethodPost, Path: "/waves/{id}/cancel", Tag: tag, Permission: packing.PermitWave, Errors: ended,
		ZH: "取消波次", EN: "Give a wave up"},
		func(ctx context.Context, in *waveIn) (*waveOut, error) {
			w, err := h.waves.Cancel(ctx, in.ID)
			return &waveOut{waveOf(w)}, err
		})
	in := append([]*errs.Error{wave.ErrNotIn}, ended...)
	web.Register(api, web.Op{ID: "removeFromWave", Method: http.MethodPost, Path: "/waves/{id}/orders/{fulfillment_order_id}/remove", Tag: tag, Permission: packing.PermitWave, Errors: in,
		ZH: "把发货单移出波次", EN: "Take a fulfillment order out of a wave"},
		func(ctx context.Context, in *memberIn) (*struct{}, error) {
			_, err := h.waves.Remove(ctx, wave.MemberInput{WaveID: in.ID, FulfillmentOrderID: in.FulfillmentOrderID})
			return nil, err
		})
	web.Register(api, web.Op{ID: "renewInWave", Method: http.MethodPost, Path: "/waves/{id}/orders/{fulfillment_order_id}/renew", Tag: tag, Permission: packing.PermitWave, Errors: append(guard(), in...),
		ZH: "按变更后的内容继续拣这张发货单", EN: "Go on with a fulfillment order whose content changed"},
		func(ctx context.Context, in *memberIn) (*struct{}, error) {
			_, err := h.waves.Renew(ctx, wave.MemberInput{WaveID: in.ID, FulfillmentOrderID: in.FulfillmentOrderID})
			return nil, err
		})
}

// CutOff is when a courier collects.
type CutOff struct {
	WarehouseID id.ID  `json:"warehouse_id" doc:"0 is every warehouse"`
	Carrier     string `json:"carrier" maxLength:"20" doc:"Code; empty is every carrier"`
	Minute      int64  `json:"minute" minimum:"0" maximum:"1439" doc:"Of the day in China"`
}

func (h *waves) counts(api *web.API) {
	web.Register(api, web.Op{ID: "decideWaveCount", Method: http.MethodPost, Path: "/waves/{id}/counts/{count_id}/decision", Tag: tag, Permission: "inventory.adjust",
		Errors: []*errs.Error{wave.ErrNotFound, wave.ErrNoCount, inventory.ErrInsufficient, inventory.ErrBelowReserved}, ZH: "确认缺货盘点：按实数调整库存，或货已找到", EN: "Settle a count: the books say what was counted, or the goods were found"},
		func(ctx context.Context, in *struct {
			ID      id.ID `path:"id"`
			CountID id.ID `path:"count_id"`
			Body    struct {
				Apply bool `json:"apply" doc:"false: the goods were found"`
			}
		}) (*struct{}, error) {
			_, err := h.waves.Decide(ctx, wave.DecideInput{WaveID: in.ID, CountID: in.CountID, Apply: in.Body.Apply})
			return nil, err
		})
}

func (h *waves) cutOffs(api *web.API) {
	web.Register(api, web.Op{ID: "listCutOffs", Method: http.MethodGet, Path: "/wave-cut-offs", Tag: tag, Permission: packing.PermitRead,
		ZH: "各快递的截单时间", EN: "When couriers collect"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[CutOff] }, error) {
			all, err := h.waves.CutOffs(ctx)
			var out []CutOff
			for _, c := range all {
				out = append(out, CutOff(c))
			}
			return &struct{ Body web.Page[CutOff] }{web.NewPage(out, "")}, err
		})
	web.Register(api, web.Op{ID: "putCutOffs", Method: http.MethodPut, Path: "/wave-cut-offs", Tag: tag, Permission: packing.PermitWave,
		Errors: []*errs.Error{wave.ErrBadCutOff, inventory.ErrNoWarehouse}, ZH: "设置截单时间（整体替换）", EN: "Say when couriers collect, replacing all"},
		func(ctx context.Context, in *struct {
			Body struct {
				CutOffs []CutOff `json:"cut_offs" maxItems:"300"`
			}
		}) (*struct{}, error) {
			all := make([]wave.CutOff, len(in.Body.CutOffs))
			for i, c := range in.Body.CutOffs {
				all[i] = wave.CutOff(c)
			}
			_, err := h.waves.PutCutOffs(ctx, all)
			return nil, err
		})
}

// guard are the refusals of fulfillment.GuardTx.
func guard() []*errs.Error {
	return []*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrDropped, fulfillment.ErrMergedChanged, fulfillment.ErrContentChanged, fulfillment.ErrSuspended, fulfillment.ErrHeld}
}

// SKULocation is where a SKU lies in a warehouse.
type SKULocation struct {
	SKUID   id.ID  `json:"sku_id"`
	SKUCode string `json:"sku_code"`
	Code    string `json:"code"`
}

// PutLocation sets where a SKU lies.
type PutLocation struct {
	SKUID id.ID  `json:"sku_id"`
	Code  string `json:"code" maxLength:"32" doc:"Empty takes the location away"`
}

func (h *waves) locations(api *web.API) {
	web.Register(api, web.Op{ID: "listLocations", Method: http.MethodGet, Path: "/warehouses/{id}/locations", Tag: tag, Permission: "inventory.read",
		Errors: []*errs.Error{page.ErrCursor, inventory.ErrNoWarehouse}, ZH: "仓库里各 SKU 的库位", EN: "Where SKUs lie in a warehouse"},
		func(ctx context.Context, in *struct {
			ID id.ID `path:"id"`
			web.ListInput
		}) (*struct{ Body web.Page[SKULocation] }, error) {
			all, next, err := h.places.List(ctx, in.ID, in.Cursor, in.Limit)
			var out []SKULocation
			for _, p := range all {
				out = append(out, SKULocation{p.SKUID, p.SKUCode, p.Code})
			}
			return &struct{ Body web.Page[SKULocation] }{web.NewPage(out, next)}, err
		})
	web.Register(api, web.Op{ID: "putLocations", Method: http.MethodPut, Path: "/warehouses/{id}/locations", Tag: tag, Permission: "inventory.adjust",
		Errors: []*errs.Error{location.ErrTooMany, location.ErrBadCode, inventory.ErrNoWarehouse, catalog.ErrNoSKU}, ZH: "设置库位", EN: "Set where SKUs lie"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Locations []PutLocation `json:"locations" minItems:"1" maxItems:"500"`
			}
		}) (*struct{}, error) {
			places := make([]location.Place, len(in.Body.Locations))
			for i, l := range in.Body.Locations {
				places[i] = location.Place{SKUID: l.SKUID, Code: l.Code}
			}
			_, err := h.places.Put(ctx, location.Input{WarehouseID: in.ID, Places: places})
			return nil, err
		})
}
