package purchaseapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/purchase"
)

// SupplierDesk is what a supplier sees through its door.
type SupplierDesk struct {
	Supplier   string            `json:"supplier"`
	Contract   purchase.Contract `json:"contract" enum:"masked,number_only,full"`
	Items      []DropshipOrder   `json:"items" nullable:"false"`
	NextCursor string            `json:"next_cursor"`
}

// SupplierKey is the token of a supplier's door. Its operations are public because a supplier is
// no user: purchase.AsSupplier checks the token.
type SupplierKey struct {
	Token string `header:"X-Supplier-Token" required:"true" maxLength:"200"`
	Lang  string `header:"Accept-Language" maxLength:"200"`
}

var doorErrors = []*errs.Error{purchase.ErrBadToken, purchase.ErrTooFast}

// unkeyed lets a file's parts be commands of their own: each is safe to repeat, since
// what has shipped does not ship again.
func unkeyed(ctx context.Context) context.Context { return command.WithKey(ctx, "") }

// enter lets a supplier in, in the language that its browser asks for.
func (r routes) enter(ctx context.Context, k SupplierKey) (context.Context, purchase.Visitor, error) {
	lang := "zh-CN"
	if strings.HasPrefix(k.Lang, "en") {
		lang = "en-US"
	}
	return r.suppliers.AsSupplier(ctx, k.Token, lang)
}

func (r routes) door(api *web.API) {
	web.Register(api, web.Op{ID: "listSupplierOrders", Method: http.MethodGet, Path: "/supplier/orders", Tag: tag, Permission: web.Public, ZH: "供应商查看自己的代发单", EN: "A supplier sees the orders it ships",
		Errors: append([]*errs.Error{page.ErrCursor}, doorErrors...)},
		func(ctx context.Context, in *struct {
			SupplierKey
			State dropship.State `query:"state" enum:"sent,accepted,refused,shipped"`
			web.ListInput
		}) (*struct{ Body SupplierDesk }, error) {
			ctx, v, err := r.enter(ctx, in.SupplierKey)
			if err != nil {
				return nil, err
			}
			all, next, err := r.orders.ListFor(ctx, v, dropship.Filter{State: in.State, Cursor: in.Cursor, Limit: in.Limit})
			return &struct{ Body SupplierDesk }{SupplierDesk{v.Name, v.Contract, pageOf(ctx, all, next).Items, next}}, err
		})
	web.Register(api, web.Op{ID: "answerSupplierOrders", Method: http.MethodPost, Path: "/supplier/answer", Tag: tag, Permission: web.Public, ZH: "供应商接单或拒单", EN: "A supplier accepts or refuses orders",
		Errors: append([]*errs.Error{dropship.ErrBadCount, dropship.ErrNoReason, dropship.ErrNotSent}, doorErrors...)},
		func(ctx context.Context, in *struct {
			SupplierKey
			Body struct {
				IDs    web.IDs        `json:"ids"`
				State  dropship.State `json:"state" enum:"accepted,refused"`
				Reason string         `json:"reason,omitempty" maxLength:"200"`
			}
		}) (*struct{ Body DropshipResult }, error) {
			ctx, v, err := r.enter(ctx, in.SupplierKey)
			if err != nil {
				return nil, err
			}
			rows, err := r.orders.Answer(ctx, v, dropship.MoveInput{IDs: in.Body.IDs.List, State: in.Body.State, Reason: in.Body.Reason})
			return resultOf(ctx, 0, rows), err
		})
	web.Register(api, web.Op{ID: "shipSupplierOrders", Method: http.MethodPost, Path: "/supplier/ship", Tag: tag, Permission: web.Public, ZH: "供应商回填单号", EN: "A supplier ships by waybill numbers",
		Errors: append(append([]*errs.Error{}, shipErrors...), doorErrors...)},
		func(ctx context.Context, in *struct {
			SupplierKey
			Body shipments
		}) (*struct{ Body DropshipResult }, error) {
			ctx, v, err := r.enter(ctx, in.SupplierKey)
			if err != nil {
				return nil, err
			}
			rows, err := r.orders.ShipFor(ctx, v, in.Body.list())
			return resultOf(ctx, 0, rows), err
		})
	r.doorFiles(api)
}

// doorFiles are the operations on whole files.
func (r routes) doorFiles(api *web.API) {
	web.Register(api, web.Op{ID: "uploadSupplierNumbers", Method: http.MethodPost, Path: "/supplier/numbers", Tag: tag, Permission: web.Public, ZH: "供应商上传单号表", EN: "A supplier ships by the file it filled in",
		Errors: append(append([]*errs.Error{dropship.ErrNoRows}, shipErrors...), doorErrors...)},
		func(ctx context.Context, in *struct {
			SupplierKey
			Body numbersFile
		}) (*struct{ Body DropshipResult }, error) {
			ctx, v, err := r.enter(ctx, in.SupplierKey)
			if err != nil {
				return nil, err
			}
			rows, err := in.Body.each(func(some []dropship.Shipment) ([]dropship.Row, error) { return r.orders.ShipFor(unkeyed(ctx), v, some) })
			return resultOf(ctx, 0, rows), err
		})
	web.Register(api, web.Op{ID: "downloadSupplierOrders", Method: http.MethodGet, Path: "/supplier/file", Tag: tag, Permission: web.Public, ZH: "供应商下载代发表格", EN: "A supplier downloads its file",
		Errors: doorErrors},
		func(ctx context.Context, in *SupplierKey) (*web.Stream, error) {
			ctx, v, err := r.enter(ctx, *in)
			if err != nil {
				return nil, err
			}
			name, write, err := r.orders.PaperFor(ctx, v)
			if err != nil {
				return nil, err
			}
			return web.SendDownload(name, xlsx, write), nil
		})
}
