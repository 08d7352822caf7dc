package packingapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/verify"
)

// VerifyItem is what has to be in a parcel of one order line: a bundle as its parts.
type VerifyItem struct {
	OrderID  id.ID    `json:"order_id"`
	LineID   id.ID    `json:"line_id"`
	SKUID    id.ID    `json:"sku_id" doc:"0 where the line has no SKU; its code is scanned"`
	BundleID id.ID    `json:"bundle_id" doc:"The bundle it is part of, 0 for none"`
	SKUCode  string   `json:"sku_code"`
	Name     string   `json:"name"`
	Codes    []string `json:"codes" nullable:"false" doc:"Barcodes its pieces are known by, when it is opened or read"`
	ImageURL string   `json:"image_url"`
	Serial   string   `json:"serial" enum:",serial,imei" doc:"The number each piece shows"`
	Need     int64    `json:"need"`
	Done     int64    `json:"done"`
}

// VerifyOrder is what an order says to whoever packs it.
type VerifyOrder struct {
	OrderID        id.ID  `json:"order_id"`
	ShopID         id.ID  `json:"shop_id"`
	ChannelOrderNo string `json:"channel_order_no"`
	BuyerNote      string `json:"buyer_note"`
	SellerNote     string `json:"seller_note"`
	Receiver       string `json:"receiver" doc:"Masked"`
}

// VerifySession is a fulfillment order at a bench.
type VerifySession struct {
	ID                 id.ID         `json:"id"`
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	Version            int64         `json:"fulfillment_version" doc:"The content its papers were made for"`
	WarehouseID        id.ID         `json:"warehouse_id"`
	Kind               string        `json:"kind"`
	Bench              string        `json:"bench"`
	ByName             string        `json:"by_name"`
	State              string        `json:"state" enum:"open,verified,shipped,held,abandoned,expired,replaced"`
	Next               string        `json:"next" enum:",piece,serial,waybill,weight,ship" doc:"What the bench waits for"`
	Carrier            string        `json:"carrier"`
	WaybillNo          string        `json:"waybill_no"`
	Need               int64         `json:"need"`
	Done               int64         `json:"done"`
	MustWeigh          bool          `json:"must_weigh"`
	ExpectedGram       int64         `json:"expected_gram" doc:"0 where it is not known"`
	Gram               int64         `json:"gram"`
	Forced             int64         `json:"forced" doc:"Pieces passed unscanned"`
	Reason             string        `json:"reason"`
	VideoURL           string        `json:"video_url"`
	OpenedAt           web.Time      `json:"opened_at"`
	EndedAt            web.Time      `json:"ended_at"`
	Items              []VerifyItem  `json:"items" nullable:"false"`
	Orders             []VerifyOrder `json:"orders" nullable:"false" doc:"When it is opened or read"`
}

func itemOf(it verify.Item) VerifyItem {
	return VerifyItem{OrderID: it.OrderID, LineID: it.LineID, SKUID: it.SKUID, BundleID: it.BundleID, SKUCode: it.Code, Name: it.Name, Codes: append([]string{}, it.Codes...), ImageURL: it.ImageURL,
		Serial: it.Serial, Need: it.Need, Done: it.Done}
}

func sessionOf(s *verify.Session) *VerifySession {
	if s == nil {
		return nil
	}
	out := &VerifySession{ID: s.ID, FulfillmentOrderID: s.FulfillmentOrderID, Version: s.Version, WarehouseID: s.WarehouseID, Kind: s.Kind, Bench: s.Bench, ByName: s.ByName,
		State: string(s.State), Next: string(s.Next()), Carrier: s.Carrier, WaybillNo: s.WaybillNo, Need: s.Need, Done: s.Done, MustWeigh: s.MustWeigh,
		ExpectedGram: s.ExpectedGram, Gram: s.Gram, Forced: s.Forced, Reason: s.Reason, VideoURL: s.VideoURL, OpenedAt: web.Time(s.OpenedAt), EndedAt: web.Time(s.EndedAt),
		Items: []VerifyItem{}, Orders: []VerifyOrder{}}
	for _, it := range s.Items {
		out.Items = append(out.Items, itemOf(it))
	}
	for _, o := range s.Orders {
		out.Orders = append(out.Orders, VerifyOrder(o))
	}
	return out
}

// VerifyAnswer is what became of one step at a bench.
type VerifyAnswer struct {
	Verdict string         `json:"verdict" enum:"opened,resumed,counted,want_serial,wrong,extra,unknown,bad_serial,used_serial,stopped,forced,off_weight,weighed,shipped,refused"`
	Session *VerifySession `json:"session" doc:"null where nothing was opened"`
	Item    *VerifyItem    `json:"item" doc:"The piece it was about"`
	Refusal *PackingFault  `json:"refusal" doc:"Why, for stopped and refused"`
}

type verifyOut struct{ Body VerifyAnswer }

func answerOf(ctx context.Context, a verify.Answer, err error) (*verifyOut, error) {
	if err != nil {
		return nil, err
	}
	out := VerifyAnswer{Verdict: string(a.Verdict), Session: sessionOf(a.Session), Refusal: faultOf(ctx, a.Refusal)}
	if a.Item != nil {
		it := itemOf(*a.Item)
		out.Item = &it
	}
	return &verifyOut{out}, nil
}

type (
	benches   struct{ verify *verify.Service }
	sessionIn struct {
		ID id.ID `path:"id"`
	}
	leaveIn struct {
		ID   id.ID `path:"id"`
		Body struct {
			Bench  string `json:"bench" maxLength:"30"`
			Reason string `json:"reason,omitempty" maxLength:"200"`
		}
	}
	sessionOut struct{ Body VerifySession }
)

func (in *leaveIn) input() verify.LeaveInput {
	return verify.LeaveInput{SessionID: in.ID, Bench: in.Body.Bench, Reason: in.Body.Reason}
}

// VerifySigner is a supervisor who signs at the bench of somebody else.
type VerifySigner struct {
	UserName string `json:"user_name" maxLength:"80"`
	Password string `json:"password" maxLength:"200"`
	Code     string `json:"code,omitempty" maxLength:"60" doc:"Of those who have a second factor"`
}

func (v *VerifySigner) by() *verify.Supervisor {
	if v == nil {
		return nil
	}
	return &verify.Supervisor{UserName: v.UserName, Password: v.Password, TOTP: v.Code}
}

// signErrors are what a signature adds.
var signErrors = []*errs.Error{verify.ErrReason, verify.ErrSupervisor, iam.ErrVouch, iam.ErrVouchTOTP, iam.ErrTooManyAttempts}

var sessionErrors = []*errs.Error{verify.ErrNoSession, verify.ErrLost}

// VerifyRoutes registers the operations of verification, the hit list and handovers.
func VerifyRoutes(api *web.API, s *verify.Service) {
	h := &benches{s}
	h.scans(api)
	h.finish(api)
	h.leave(api)
	h.reads(api)
	h.settings(api)
	h.hits(api)
	h.handovers(api)
	h.weighing(api)
	h.stillHere(api)
}

func (h *benches) scans(api *web.API) {
	web.Register(api, web.Op{ID: "openVerifySession", Method: http.MethodPost, Path: "/verify-sessions", Tag: tag, Permission: packing.PermitVerify,
		Errors: []*errs.Error{verify.ErrBench, verify.ErrCode, verify.ErrUnknown, verify.ErrSeveral, verify.ErrVoid, verify.ErrTaken, verify.ErrBusy},
		ZH:     "在复核台打开发货单（扫快递单号、订单号或发货单号），并锁定到本台", EN: "Open a fulfillment order at a bench by any of its numbers, and keep it there"},
		func(ctx context.Context, in *struct {
			Body struct {
				Bench string `json:"bench" maxLength:"30"`
				Code  string `json:"code" maxLength:"200"`
			}
		}) (*verifyOut, error) {
			a, err := h.verify.Open(ctx, verify.OpenInput{Bench: in.Body.Bench, Code: in.Body.Code})
			return answerOf(ctx, a, err)
		})
	web.Register(api, web.Op{ID: "scanPiece", Method: http.MethodPost, Path: "/verify-sessions/{id}/scans", Tag: tag, Permission: packing.PermitVerify, Errors: append([]*errs.Error{verify.ErrCode}, sessionErrors...),
		ZH: "扫一件商品、序列号或快递单号；最后一件扫完即发货", EN: "Scan a piece, its serial number or a waybill number; the last one ships the parcel"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Bench string `json:"bench" maxLength:"30"`
				Code  string `json:"code" maxLength:"200"`
			}
		}) (*verifyOut, error) {
			a, err := h.verify.Scan(ctx, verify.ScanInput{SessionID: in.ID, Bench: in.Body.Bench, Code: in.Body.Code})
			return answerOf(ctx, a, err)
		})
}

func (h *benches) finish(api *web.API) {
	web.Register(api, web.Op{ID: "weighParcel", Method: http.MethodPost, Path: "/verify-sessions/{id}/weight", Tag: tag, Permission: packing.PermitVerify,
		Errors: slices.Concat([]*errs.Error{verify.ErrWeight, verify.ErrNotReady}, signErrors, sessionErrors),
		ZH:     "称重；偏差过大时需主管说明原因", EN: "Take the weight of a complete parcel; one that is off needs a supervisor's reason"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Bench      string        `json:"bench" maxLength:"30"`
				Gram       int64         `json:"gram" minimum:"1" maximum:"200000"`
				Reason     string        `json:"reason,omitempty" maxLength:"200" doc:"Takes a weight that is off (packing.force, or supervisor)"`
				Supervisor *VerifySigner `json:"supervisor,omitempty" doc:"Signs where the caller lacks packing.force"`
			}
		}) (*verifyOut, error) {
			a, err := h.verify.Weigh(ctx, verify.WeighInput{SessionID: in.ID, Bench: in.Body.Bench, Gram: in.Body.Gram, Reason: in.Body.Reason, By: in.Body.Supervisor.by()})
			return answerOf(ctx, a, err)
		})
	web.Register(api, web.Op{ID: "forceParcel", Method: http.MethodPost, Path: "/verify-sessions/{id}/force", Tag: tag, Permission: packing.PermitVerify,
		Errors: slices.Concat([]*errs.Error{verify.ErrSerials, verify.ErrNotReady}, signErrors, sessionErrors),
		ZH:     "强制通过未扫的商品（主管，需原因）；退款等拦截不能强制", EN: "Pass the pieces that were not scanned, on a supervisor's reason; what must not leave is never passed"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Bench      string        `json:"bench" maxLength:"30"`
				Reason     string        `json:"reason" maxLength:"200"`
				Supervisor *VerifySigner `json:"supervisor,omitempty" doc:"Signs where the caller lacks packing.force"`
			}
		}) (*verifyOut, error) {
			a, err := h.verify.Force(ctx, verify.ForceInput{SessionID: in.ID, Bench: in.Body.Bench, Reason: in.Body.Reason, By: in.Body.Supervisor.by()})
			return answerOf(ctx, a, err)
		})
	web.Register(api, web.Op{ID: "shipVerified", Method: http.MethodPost, Path: "/verify-sessions/{id}/ship", Tag: tag, Permission: packing.PermitVerify,
		Errors: append([]*errs.Error{verify.ErrNotReady}, sessionErrors...),
		ZH:     "重试发货（最后一次扫描时发货未成功）", EN: "Ship a complete parcel whose last scan could not"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Bench          string `json:"bench" maxLength:"30"`
				StaleReason    string `json:"stale_reason,omitempty" maxLength:"200"`
				ConfirmWaybill bool   `json:"confirm_waybill,omitempty"`
			}
		}) (*verifyOut, error) {
			a, err := h.verify.Ship(ctx, verify.ShipInput{SessionID: in.ID, Bench: in.Body.Bench, StaleReason: in.Body.StaleReason, ConfirmWaybill: in.Body.ConfirmWaybill})
			return answerOf(ctx, a, err)
		})
}

func (h *benches) leave(api *web.API) {
	web.Register(api, web.Op{ID: "leaveVerifySession", Method: http.MethodPost, Path: "/verify-sessions/{id}/leave", Tag: tag, Permission: packing.PermitVerify, Errors: append([]*errs.Error{verify.ErrReason}, sessionErrors...),
		ZH: "放弃本次复核，已扫的不再计数", EN: "Give the fulfillment order back; what was scanned counts no longer"},
		func(ctx context.Context, in *leaveIn) (*sessionOut, error) {
			s, err := h.verify.Leave(ctx, in.input())
			return &sessionOut{*sessionOf(&s)}, err
		})
	web.Register(api, web.Op{ID: "putAside", Method: http.MethodPost, Path: "/verify-sessions/{id}/hold", Tag: tag, Permission: packing.PermitVerify, Errors: append([]*errs.Error{verify.ErrReason}, sessionErrors...),
		ZH: "挂起：结束复核并挂起其订单", EN: "Put the parcel aside: its orders are held"},
		func(ctx context.Context, in *leaveIn) (*sessionOut, error) {
			s, err := h.verify.PutAside(ctx, in.input())
			return &sessionOut{*sessionOf(&s)}, err
		})
	web.Register(api, web.Op{ID: "reprintVerified", Method: http.MethodPost, Path: "/verify-sessions/{id}/reprint", Tag: tag, Permission: packing.PermitPrint, Errors: append([]*errs.Error{verify.ErrReason, verify.ErrNoLabel}, sessionErrors...),
		ZH: "重打本台包裹的面单", EN: "Print the label of the parcel on the bench again"},
		func(ctx context.Context, in *leaveIn) (*struct{ Body VerifyReprint }, error) {
			batch, err := h.verify.Reprint(ctx, verify.ReprintInput(in.input()))
			return &struct{ Body VerifyReprint }{VerifyReprint{batch}}, err
		})
	web.Register(api, web.Op{ID: "setPackingVideo", Method: http.MethodPut, Path: "/verify-sessions/{id}/video", Tag: tag, Permission: packing.PermitVerify, Errors: []*errs.Error{verify.ErrVideo, verify.ErrNoSession},
		ZH: "记录打包录像链接", EN: "Keep the link to a film of the packing"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				URL string `json:"url" maxLength:"500" doc:"Empty takes it away"`
			}
		}) (*struct{}, error) {
			return nil, h.verify.SetVideo(ctx, verify.VideoInput{SessionID: in.ID, URL: in.Body.URL})
		})
}

// VerifyReprint is the batch that prints a label again.
type VerifyReprint struct {
	BatchID id.ID `json:"batch_id"`
}

// VerifyScan is one scan as it was written down.
type VerifyScan struct {
	ID        id.ID    `json:"id"`
	SessionID id.ID    `json:"session_id" doc:"0 where nothing was opened"`
	Bench     string   `json:"bench"`
	ByID      id.ID    `json:"by_id"`
	Code      string   `json:"code"`
	Verdict   string   `json:"verdict"`
	Refusal   string   `json:"refusal" doc:"Error code"`
	SKUID     id.ID    `json:"sku_id"`
	Pieces    int64    `json:"pieces" doc:"Counted"`
	At        web.Time `json:"at"`
}

// VerifyCount is what a bench did in one minute.
type VerifyCount struct {
	Bench    string   `json:"bench"`
	MinuteAt web.Time `json:"minute_at"`
	Scans    int64    `json:"scans"`
	Pieces   int64    `json:"pieces"`
	Parcels  int64    `json:"parcels"`
}

func (h *benches) reads(api *web.API) {
	web.Register(api, web.Op{ID: "getVerifySession", Method: http.MethodGet, Path: "/verify-sessions/{id}", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{verify.ErrNoSession},
		ZH: "一次复核", EN: "A session of verification"},
		func(ctx context.Context, in *sessionIn) (*sessionOut, error) {
			s, err := h.verify.Get(ctx, in.ID)
			return &sessionOut{*sessionOf(&s)}, err
		})
	web.Register(api, web.Op{ID: "listVerifyScans", Method: http.MethodGet, Path: "/fulfillment-orders/{id}/scans", Tag: tag, Permission: packing.PermitRead,
		ZH: "发货单的全部扫描记录，按先后", EN: "Everything that was scanned for a fulfillment order, in its order"},
		func(ctx context.Context, in *sessionIn) (*struct{ Body web.Page[VerifyScan] }, error) {
			all, err := h.verify.Scans(ctx, in.ID)
			out := make([]VerifyScan, len(all))
			for i, c := range all {
				out[i] = VerifyScan{c.ID, c.SessionID, c.Bench, c.ByID, c.Code, string(c.Verdict), c.Refusal, c.SKUID, c.Pieces, web.Time(c.At)}
			}
			return &struct{ Body web.Page[VerifyScan] }{web.NewPage(out, "")}, err
		})
	web.Register(api, web.Op{ID: "countVerified", Method: http.MethodGet, Path: "/verify-counts", Tag: tag, Permission: packing.PermitRead,
		ZH: "各复核台每分钟的扫描、件数与包裹数，最多回看一天", EN: "Scans, pieces and parcels per bench and minute, a day back at most"},
		func(ctx context.Context, in *struct {
			Since web.Time `query:"since"`
			Bench string   `query:"bench" maxLength:"30" doc:"Only this one"`
		}) (*struct{ Body web.Page[VerifyCount] }, error) {
			all, err := h.verify.Counts(ctx, int64(in.Since), in.Bench)
			out := make([]VerifyCount, len(all))
			for i, c := range all {
				out[i] = VerifyCount{c.Bench, web.Time(c.MinuteAt), c.Scans, c.Pieces, c.Parcels}
			}
			return &struct{ Body web.Page[VerifyCount] }{web.NewPage(out, "")}, err
		})
}

type policyOut struct{ Body verify.Policy }

func (h *benches) settings(api *web.API) {
	web.Register(api, web.Op{ID: "getVerifyPolicy", Method: http.MethodGet, Path: "/verify-policy", Tag: tag, Permission: packing.PermitRead,
		ZH: "复核设置：是否称重、包材重量、允许偏差", EN: "How parcels are verified: weighing, what packing weighs, how far off a weight may be"},
		func(ctx context.Context, _ *struct{}) (*policyOut, error) {
			p, err := h.verify.Policy(ctx)
			return &policyOut{p}, err
		})
	web.Register(api, web.Op{ID: "setVerifyPolicy", Method: http.MethodPut, Path: "/verify-policy", Tag: tag, Permission: packing.PermitForce, Errors: []*errs.Error{verify.ErrPolicy, verify.ErrPolicyChanged},
		ZH: "修改复核设置", EN: "Change how parcels are verified"},
		func(ctx context.Context, in *struct{ Body verify.Policy }) (*policyOut, error) {
			p, err := h.verify.SetPolicy(ctx, in.Body)
			return &policyOut{p}, err
		})
	web.Register(api, web.Op{ID: "setSerialKind", Method: http.MethodPut, Path: "/skus/{id}/serial", Tag: tag, Permission: packing.PermitForce, Errors: []*errs.Error{verify.ErrSerialKind},
		ZH: "设置复核时是否逐件录入序列号或 IMEI", EN: "Say whether each piece of a SKU shows a serial number or IMEI"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Serial string `json:"serial" enum:",serial,imei"`
			}
		}) (*struct{}, error) {
			return nil, h.verify.SetSerial(ctx, verify.SerialInput{SKUID: in.ID, Serial: in.Body.Serial})
		})
}

// VerifyHit is a parcel on its way through the house that must not leave.
type VerifyHit struct {
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	WarehouseID        id.ID         `json:"warehouse_id"`
	Reason             *PackingFault `json:"reason"`
	WaybillNo          string        `json:"waybill_no"`
	OrderNos           []string      `json:"order_nos" nullable:"false" doc:"The channels' numbers of its orders"`
	Wave               string        `json:"wave" doc:"Where to look for it"`
	Basket             string        `json:"basket"`
	Batch              string        `json:"batch" doc:"Of the print"`
	Sequence           int64         `json:"sequence" doc:"In that batch"`
	RaisedAt           web.Time      `json:"raised_at"`
	BlockedAt          web.Time      `json:"blocked_at" doc:"The last scan that was stopped"`
	Bench              string        `json:"bench"`
	Blocks             int64         `json:"blocks"`
	AwaitsCourier      bool          `json:"awaits_courier" doc:"It has shipped, and lies where the courier takes it"`
}

func (h *benches) hits(api *web.API) {
	web.Register(api, web.Op{ID: "listHits", Method: http.MethodGet, Path: "/packing-hits", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "拦截清单：已打单但不能再发出的包裹及其位置", EN: "The hit list: parcels with papers that must not leave, and where they are"},
		func(ctx context.Context, in *struct{ web.ListInput }) (*struct{ Body web.Page[VerifyHit] }, error) {
			all, next, err := h.verify.Hits(ctx, in.Cursor, in.Limit)
			out := make([]VerifyHit, len(all))
			for i, x := range all {
				out[i] = VerifyHit{x.FulfillmentOrderID, x.WarehouseID, faultOf(ctx, x.Refusal), x.Number, append([]string{}, x.Orders...), x.Place.Wave, x.Place.Basket, x.Place.Batch, x.Place.Sequence,
					web.Time(x.RaisedAt), web.Time(x.BlockedAt), x.Bench, x.Blocks, x.AwaitsCourier}
			}
			return &struct{ Body web.Page[VerifyHit] }{web.NewPage(out, next)}, err
		})
	web.Register(api, web.Op{ID: "pullHit", Method: http.MethodPost, Path: "/packing-hits/{id}/pull", Tag: tag, Permission: packing.PermitVerify, Errors: []*errs.Error{verify.ErrNoHit},
		ZH: "包裹已拦下，移出清单", EN: "Somebody has the parcel: it leaves the list"},
		func(ctx context.Context, in *sessionIn) (*struct{}, error) {
			return nil, h.verify.Pull(ctx, in.ID)
		})
}

// Handover is what one courier takes at one time.
type Handover struct {
	ID          id.ID    `json:"id"`
	Carrier     string   `json:"carrier"`
	WarehouseID id.ID    `json:"warehouse_id"`
	State       string   `json:"state" enum:"open,closed"`
	Parcels     int64    `json:"parcels"`
	ByName      string   `json:"by_name"`
	OpenedAt    web.Time `json:"opened_at"`
	ClosedAt    web.Time `json:"closed_at"`
}

func handoverOf(h verify.Handover) Handover {
	return Handover{h.ID, h.Carrier, h.WarehouseID, h.State, h.Parcels, h.ByName, web.Time(h.OpenedAt), web.Time(h.ClosedAt)}
}

// HandoverScan is what became of a parcel in the courier's hands.
type HandoverScan struct {
	Verdict   string        `json:"verdict" enum:"handed,already,other_carrier,not_shipped,stopped,unknown"`
	WaybillNo string        `json:"waybill_no"`
	Handover  Handover      `json:"handover"`
	Refusal   *PackingFault `json:"refusal" doc:"Why it must stay"`
}

// HandoverWaiting is a parcel that has shipped and that no courier has.
type HandoverWaiting struct {
	WaybillNo      string   `json:"waybill_no"`
	OrderID        id.ID    `json:"order_id"`
	ChannelOrderNo string   `json:"channel_order_no"`
	Carrier        string   `json:"carrier"`
	WarehouseID    id.ID    `json:"warehouse_id"`
	ShippedAt      web.Time `json:"shipped_at"`
}

type handoverOut struct{ Body Handover }

func (h *benches) handovers(api *web.API) {
	web.Register(api, web.Op{ID: "beginHandover", Method: http.MethodPost, Path: "/handovers", Tag: tag, Permission: packing.PermitHandover, Status: 201, Errors: []*errs.Error{verify.ErrCarrier, verify.ErrWarehouse},
		ZH: "开始与快递员交接", EN: "Begin the handover of a carrier's parcels"},
		func(ctx context.Context, in *struct {
			Body struct {
				Carrier     string `json:"carrier" maxLength:"60"`
				WarehouseID id.ID  `json:"warehouse_id"`
			}
		}) (*handoverOut, error) {
			out, err := h.verify.BeginHandover(ctx, verify.HandoverInput{Carrier: in.Body.Carrier, WarehouseID: in.Body.WarehouseID})
			return &handoverOut{handoverOf(out)}, err
		})
	held := []*errs.Error{verify.ErrHandover, verify.ErrClosed}
	web.Register(api, web.Op{ID: "scanHandover", Method: http.MethodPost, Path: "/handovers/{id}/scans", Tag: tag, Permission: packing.PermitHandover, Errors: append(slices.Clone(held), verify.ErrCode),
		ZH: "交接扫描一个包裹；已退款的会被拦下", EN: "Hand a parcel over; what was refunded stays"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Code string `json:"code" maxLength:"200"`
			}
		}) (*struct{ Body HandoverScan }, error) {
			a, err := h.verify.HandScan(ctx, verify.HandScanInput{HandoverID: in.ID, Code: in.Body.Code})
			return &struct{ Body HandoverScan }{HandoverScan{string(a.Verdict), a.Number, handoverOf(a.Handover), faultOf(ctx, a.Refusal)}}, err
		})
	web.Register(api, web.Op{ID: "closeHandover", Method: http.MethodPost, Path: "/handovers/{id}/close", Tag: tag, Permission: packing.PermitHandover, Errors: held,
		ZH: "完成交接", EN: "End a handover"},
		func(ctx context.Context, in *sessionIn) (*handoverOut, error) {
			out, err := h.verify.CloseHandover(ctx, in.ID)
			return &handoverOut{handoverOf(out)}, err
		})
	web.Register(api, web.Op{ID: "listHandovers", Method: http.MethodGet, Path: "/handovers", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "交接单，新的在前", EN: "Handovers, the latest first"},
		func(ctx context.Context, in *struct{ web.ListInput }) (*struct{ Body web.Page[Handover] }, error) {
			all, next, err := h.verify.Handovers(ctx, in.Cursor, in.Limit)
			out := make([]Handover, len(all))
			for i, x := range all {
				out[i] = handoverOf(x)
			}
			return &struct{ Body web.Page[Handover] }{web.NewPage(out, next)}, err
		})
	web.Register(api, web.Op{ID: "downloadHandover", Method: http.MethodGet, Path: "/handovers/{id}/list.pdf", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{verify.ErrHandover},
		ZH: "打印用的交接单", EN: "A handover to print and sign"},
		func(ctx context.Context, in *sessionIn) (*web.Stream, error) {
			var b bytes.Buffer
			if err := h.verify.PrintHandover(ctx, in.ID, &b); err != nil {
				return nil, err
			}
			return web.SendDownload("handover-"+strconv.FormatInt(int64(in.ID), 10)+".pdf", "application/pdf", func(w io.Writer) error {
				_, err := w.Write(b.Bytes())
				return err
			}), nil
		})
	web.Register(api, web.Op{ID: "listNotHandedOver", Method: http.MethodGet, Path: "/handover-waiting", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "已发货未交接的包裹，等得最久的在前", EN: "What has shipped and was not handed over, the longest first"},
		func(ctx context.Context, in *struct {
			Carrier string `query:"carrier" maxLength:"20"`
			Gone    bool   `query:"gone" doc:"Those that have waited so long that they count as gone, instead"`
			web.ListInput
		}) (*struct{ Body web.Page[HandoverWaiting] }, error) {
			all, next, err := h.verify.StillHere(ctx, verify.WaitingFilter{Carrier: in.Carrier, Gone: in.Gone, Cursor: in.Cursor, Limit: in.Limit})
			out := make([]HandoverWaiting, len(all))
			for i, x := range all {
				out[i] = HandoverWaiting{x.WaybillNo, x.OrderID, x.ChannelOrderNo, x.Carrier, x.WarehouseID, web.Time(x.ShippedAt)}
			}
			return &struct{ Body web.Page[HandoverWaiting] }{web.NewPage(out, next)}, err
		})
}
