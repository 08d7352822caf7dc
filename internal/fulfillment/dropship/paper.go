package dropship

import (
	"cmp"
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/purchase"
)

type column struct{ zh, en string }

func (c column) in(lang string) string {
	if lang == "en-US" {
		return c.en
	}
	return c.zh
}

var (
	columnID      = column{"发货单号(勿改)", "Fulfillment order (keep)"}
	columnCarrier = column{"快递公司", "Carrier"}
	columnWaybill = column{"快递单号", "Waybill number"}
	goodsColumns  = []column{{"订单号", "Order number"}, {"商品编码", "SKU code"}, {"商品名称", "Goods"}, {"规格", "Spec"}, {"数量", "Quantity"}, {"最晚发货", "Ship by"}}
	placeColumns  = []column{{"收件人", "Receiver"}, {"电话", "Phone"}, {"省", "Province"}, {"市", "City"}, {"区县", "District"}}
	plainColumns  = []column{{"详细地址", "Address"}, {"买家留言", "Buyer's note"}}
	columnSays    = column{"说明", "Remark"}
	saysSealed    = column{"平台加密收件信息，请用平台电子面单发货", "The channel sealed the receiver: ship with the channel's waybill"}
	saysStopped   = column{"请勿发货：", "Do not ship: "}
)

// maxPaper bounds one file, in orders.
const maxPaper = 5000

// Paper prepares the file of what a supplier was sent and has not shipped (代发表格), one
// row per kind of goods, what is urged and due first, as a workbook that comes back with carrier and waybill number
// filled in. BatchID 0 is all of it. Whoever may not export personal data gets it masked,
// whatever the contract says; the supplier itself gets it by the contract. Audited.
// Permission fulfillment.dropship.
//
// Errors: purchase.ErrNotFound.
func (s *Service) Paper(ctx context.Context, supplier, batch id.ID) (name string, write func(io.Writer) error, err error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return "", nil, err
	}
	to, err := s.suppliers.GetTx(ctx, s.k.DB, supplier)
	if err != nil {
		return "", nil, err
	}
	if to.Contract == purchase.Full && actor.Require(ctx, permitPlain) != nil {
		to.Contract = purchase.Masked
	}
	return s.paper(ctx, purchase.Visitor{SupplierID: supplier, Name: to.Name, Contract: to.Contract}, batch)
}

// PaperFor is Paper for the supplier itself.
func (s *Service) PaperFor(ctx context.Context, v purchase.Visitor) (name string, write func(io.Writer) error, err error) {
	return s.paper(ctx, v, 0)
}

func (s *Service) paper(ctx context.Context, v purchase.Visitor, batch id.ID) (string, func(io.Writer) error, error) {
	var all []Order
	for _, st := range []State{Sent, Accepted} {
		for cursor := ""; ; {
			rows, next, err := s.list(ctx, Filter{SupplierID: v.SupplierID, State: st, BatchID: batch, Cursor: cursor, Limit: 200}, v.Contract)
			if err != nil {
				return "", nil, err
			}
			all = append(all, rows...)
			if cursor = next; next == "" || len(all) >= maxPaper {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Order) int {
		return cmp.Or(cmp.Compare(b.Urgency, a.Urgency), cmp.Compare(cmp.Or(a.ShipByAt, math.MaxInt64), cmp.Or(b.ShipByAt, math.MaxInt64)))
	})
	about := &command.About{Action: "dropship.download", Object: "supplier/" + v.SupplierID.String(), Detail: map[string]any{"orders": len(all), "contract": string(v.Contract)}}
	if _, err := command.Run(command.WithKey(ctx, ""), s.k.Commands, about, v.SupplierID, func(context.Context, *db.Tx) (bool, error) { return true, nil }); err != nil {
		return "", nil, err
	}
	lang := actor.Lang(ctx)
	now := s.k.Clock.Now().In(china)
	return v.Name + now.Format("-20060102-1504") + ".xlsx", func(w io.Writer) error {
		var head []string
		for _, c := range paperColumns(v.Contract) {
			head = append(head, c.in(lang))
		}
		out := sheet.NewXLSX(w, columnTitle.in(lang), head)
		for i := range all {
			for k := range all[i].Goods {
				if err := out.Row(all[i].row(&all[i].Goods[k], k == 0, v.Contract, lang)); err != nil {
					return err
				}
			}
		}
		return out.Close()
	}, nil
}

var columnTitle = column{"代发", "Dropship"}

func paperColumns(c purchase.Contract) []column {
	out := append([]column{columnID}, goodsColumns...)
	if c != purchase.NumberOnly {
		out = append(out, placeColumns...)
	}
	if c == purchase.Full {
		out = append(out, plainColumns...)
	}
	return append(out, columnCarrier, columnWaybill, columnSays)
}

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// row is one line of goods; carrier and number stand in an order's first.
func (o *Order) row(g *Goods, first bool, c purchase.Contract, lang string) []sheet.Cell {
	by := ""
	if o.ShipByAt != 0 {
		by = time.UnixMilli(o.ShipByAt).In(china).Format("2006-01-02 15:04")
	}
	text := []string{o.ID.String(), strings.Join(o.OrderNos, " "), g.Code, g.Name, g.Spec, "", by}
	r := o.Receiver
	if c != purchase.NumberOnly {
		text = append(text, r.Name, r.Phone, r.Province, r.City, r.District)
	}
	if c == purchase.Full {
		text = append(text, r.Detail, strings.TrimSpace(o.BuyerNote))
	}
	carrier, no, says := "", "", ""
	switch {
	case o.Stopped != nil:
		says = saysStopped.in(lang) + errs.Message(lang, o.Stopped.Code, o.Stopped.Params)
	case first:
		carrier, no = logistics.NameOf(o.Carrier, lang), o.WaybillNo
		if r.Sealed {
			says = saysSealed.in(lang)
		}
	}
	out := make([]sheet.Cell, 0, len(text)+3)
	for i, t := range append(text, carrier, no, says) {
		if i == 5 {
			out = append(out, sheet.Num(strconv.FormatInt(g.Quantity, 10)))
			continue
		}
		out = append(out, sheet.Str(sheet.Guard(t)))
	}
	return out
}
