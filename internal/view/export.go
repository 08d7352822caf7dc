package view

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// ExportJob is the kind of the job that writes an export.
const ExportJob = "view.export"

// exportKept is how long a finished export can be downloaded.
const exportKept = 7 * 24 * time.Hour

// mediaTypes are the formats exports are written in.
var mediaTypes = map[string]string{
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":  "text/csv; charset=utf-8",
}

// ExportInput asks for a file of a filtered list. Receivers are masked as in the list.
type ExportInput struct {
	Filter  Filter   `json:"filter"`
	Format  string   `json:"format"` // xlsx | csv
	Per     string   `json:"per"`    // order | line
	Columns []string `json:"columns"`
}

// ExportResult is what the finished job carries.
type ExportResult struct {
	FileID id.ID  `json:"file_id"`
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
}

// column is one column of an export.
type column struct {
	key    string
	zh, en string
	money  bool // left out for who may not see amounts
	line   bool // only where each row is a line
	number bool // a cell that may be summed; ids never are
	value  func(r *exportRow) string
}

type exportRow struct {
	o    *order.Order
	l    *order.OrderLine // nil where each row is an order
	n    names
	lang string
	loc  *time.Location
}

func (r *exportRow) at(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(r.loc).Format(time.DateTime)
}

func yuan(f *money.Fen) string {
	if f == nil {
		return ""
	}
	return f.Yuan()
}

var stateText = map[order.State][2]string{
	order.PendingPayment: {"待付款", "Pending payment"}, order.AwaitingApproval: {"待审核", "Awaiting approval"},
	order.AwaitingShipment: {"待发货", "Awaiting shipment"}, order.PartlyShipped: {"部分发货", "Partly shipped"},
	order.Shipped: {"已发货", "Shipped"}, order.Delivered: {"已签收", "Delivered"}, order.Completed: {"已完成", "Completed"}, order.Closed: {"已关闭", "Closed"},
}

func pick(lang string, t [2]string) string {
	if strings.HasPrefix(lang, "en") {
		return t[1]
	}
	return t[0]
}

// exportColumns in the order a file has them.
func exportColumns() []column {
	o := func(key, zh, en string, v func(r *exportRow) string) column {
		return column{key: key, zh: zh, en: en, value: v}
	}
	m := func(key, zh, en string, v func(r *exportRow) *money.Fen) column {
		return column{key: key, zh: zh + "(元)", en: en + " (CNY)", money: true, number: true, value: func(r *exportRow) string { return yuan(v(r)) }}
	}
	n := func(key, zh, en string, v func(r *exportRow) int64) column {
		return column{key: key, zh: zh, en: en, number: true, value: func(r *exportRow) string { return strconv.FormatInt(v(r), 10) }}
	}
	l := func(c column) column { c.line = true; return c }
	return []column{
		o("channel_order_no", "平台单号", "Channel order no.", func(r *exportRow) string { return r.o.ChannelOrderNo }),
		o("order_no", "系统单号", "Order no.", func(r *exportRow) string { return r.o.ID.String() }),
		o("shop", "店铺", "Shop", func(r *exportRow) string { return r.n.shops[r.o.ShopID] }),
		o("channel", "渠道", "Channel", func(r *exportRow) string { return r.o.Channel }),
		o("state", "订单状态", "State", func(r *exportRow) string { return pick(r.lang, stateText[r.o.State]) }),
		o("channel_status", "平台状态", "Channel status", func(r *exportRow) string { return r.o.ChannelStatusRaw }),
		o("placed_at", "下单时间", "Placed at", func(r *exportRow) string { return r.at(r.o.PlacedAt) }),
		o("paid_at", "付款时间", "Paid at", func(r *exportRow) string { return r.at(r.o.PaidAt) }),
		o("ship_by_at", "承诺发货时间", "Ship by", func(r *exportRow) string { return r.at(r.o.ShipByAt) }),
		o("shipped_at", "发货时间", "Shipped at", func(r *exportRow) string { return r.at(r.o.ShippedAt) }),
		o("completed_at", "完成时间", "Completed at", func(r *exportRow) string { return r.at(r.o.CompletedAt) }),
		o("buyer_nick", "买家昵称", "Buyer", func(r *exportRow) string { return r.o.BuyerNick }),
		o("receiver", "收件人(脱敏)", "Receiver (masked)", func(r *exportRow) string { return r.o.ReceiverMasked }),
		o("province", "省", "Province", func(r *exportRow) string { return r.o.Province }),
		o("city", "市", "City", func(r *exportRow) string { return r.o.City }),
		o("district", "区县", "District", func(r *exportRow) string { return r.o.District }),
		l(o("title", "商品名称", "Product", func(r *exportRow) string { return r.l.Title })),
		l(o("spec", "规格", "Spec", func(r *exportRow) string { return r.l.Spec })),
		l(o("sku_code", "SKU 编码", "SKU code", func(r *exportRow) string { return r.l.SKUCode })),
		l(n("line_quantity", "数量", "Quantity", func(r *exportRow) int64 { return r.l.Ordered })),
		l(n("line_shipped", "已发数量", "Shipped quantity", func(r *exportRow) int64 { return r.l.Shipped })),
		l(m("line_price", "单价", "Unit price", func(r *exportRow) *money.Fen { return r.l.Price })),
		l(m("line_paid", "明细实付", "Line paid", func(r *exportRow) *money.Fen { return r.l.Amounts.BuyerPaid })),
		o("items", "商品明细", "Items", func(r *exportRow) string { return itemsText(r.o) }),
		n("quantity", "总件数", "Total quantity", func(r *exportRow) int64 { return r.o.Quantity }),
		m("goods", "商品金额", "Goods", func(r *exportRow) *money.Fen { return r.o.Amounts.Goods }),
		m("merchant_discount", "商家优惠", "Merchant discount", func(r *exportRow) *money.Fen { return r.o.Amounts.MerchantDiscount }),
		m("platform_discount", "平台优惠", "Channel discount", func(r *exportRow) *money.Fen { return r.o.Amounts.PlatformDiscount }),
		m("freight", "运费", "Freight", func(r *exportRow) *money.Fen { return r.o.Amounts.Freight }),
		m("buyer_paid", "买家实付", "Buyer paid", func(r *exportRow) *money.Fen { return r.o.Amounts.BuyerPaid }),
		m("receivable", "商家应收", "Receivable", func(r *exportRow) *money.Fen { return r.o.Amounts.Receivable }),
		m("refund", "退款金额", "Refunded", func(r *exportRow) *money.Fen { return r.o.Amounts.Refund }),
		o("buyer_note", "买家留言", "Buyer note", func(r *exportRow) string { return r.o.BuyerNote }),
		o("seller_note", "卖家备注", "Seller note", func(r *exportRow) string { return r.o.SellerNote }),
		o("tags", "标签", "Tags", func(r *exportRow) string { return strings.Join(r.o.Tags, ",") }),
		o("warehouse", "仓库", "Warehouse", func(r *exportRow) string { return r.n.warehouses[r.o.WarehouseID] }),
		o("carrier", "快递公司", "Carrier", func(r *exportRow) string { return logistics.NameOf(r.o.Carrier, r.lang) }),
		o("waybill_no", "快递单号", "Waybill no.", func(r *exportRow) string { return r.o.WaybillNo }),
	}
}

func itemsText(o *order.Order) string {
	var b strings.Builder
	for i, l := range o.Lines {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s %s ×%d", l.Title, l.Spec, l.Ordered)
	}
	return b.String()
}

// choose picks the columns a person asked for and may see; none asked means all.
func choose(a actor.Actor, in ExportInput) ([]column, error) {
	all := exportColumns()
	for _, k := range in.Columns {
		if !slices.ContainsFunc(all, func(c column) bool { return c.key == k }) {
			return nil, ErrUnknownColumn.With("column", k).At("columns")
		}
	}
	var out []column
	for _, c := range all {
		if c.line && in.Per != "line" || c.key == "items" && in.Per == "line" || c.money && !a.Can("field.money") {
			continue
		}
		if len(in.Columns) == 0 || slices.Contains(in.Columns, c.key) {
			out = append(out, c)
		}
	}
	return out, nil
}

// Export starts a durable job that writes the filtered list as XLSX or CSV
// (导出). Formulas are neutralised, ids stay text, receivers stay masked.
//
// Errors: ErrBadFilter, ErrUnknownFormat, ErrUnknownColumn.
func (s *Service) Export(ctx context.Context, in ExportInput) (job.Job, error) {
	if _, err := in.Filter.clean(); err != nil {
		return job.Job{}, err
	}
	if mediaTypes[in.Format] == "" {
		return job.Job{}, ErrUnknownFormat.At("format")
	}
	a, err := actor.From(ctx)
	if err != nil {
		return job.Job{}, err
	}
	if _, err := choose(a, in); err != nil {
		return job.Job{}, err
	}
	about := &command.About{Action: "order.export", Object: "order", Detail: map[string]any{"format": in.Format, "per": in.Per}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (job.Job, error) {
		i, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: ExportJob, Payload: in, Visible: true})
		if err != nil {
			return job.Job{}, err
		}
		return s.k.Jobs.GetTx(ctx, tx, i)
	})
}

// exportPage is how many orders are read at a time: memory holds no more.
const exportPage = 1000

// RunExport is the job. A restart begins the file again: an unfinished file is
// swept, so that a reader never gets half of one.
func (s *Service) RunExport(ctx context.Context, r *job.Run) error {
	var in ExportInput
	if err := r.Payload(&in); err != nil {
		return err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	f, err := in.Filter.clean()
	if err != nil {
		return err
	}
	columns, err := choose(a, in)
	if err != nil {
		return err
	}
	if r.Job.Done > 0 { // begun before a crash: the file begins again, and so does its count
		if err := s.exportProgress(ctx, r, -r.Job.Done); err != nil {
			return err
		}
	}
	now := s.k.Clock.Now()
	name := "orders-" + now.In(zone("")).Format("20060102-150405") + "." + in.Format
	w, err := s.k.Files.Create(ctx, file.New{Name: name, MediaType: mediaTypes[in.Format], Purpose: "export", ExpiresAt: now.Add(exportKept).UnixMilli()})
	if err != nil {
		return err
	}
	rows, err := s.writeExport(ctx, r, w, in, f, columns, a.Lang)
	if err != nil {
		w.Abort(ctx)
		return err
	}
	done, err := w.Finish(ctx)
	if err != nil {
		return err
	}
	return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) {
		return job.Step{Result: ExportResult{FileID: done.ID, Name: name, Rows: rows}, OK: rows}, nil
	})
}

func (s *Service) writeExport(ctx context.Context, r *job.Run, w *file.Writer, in ExportInput, f Filter, columns []column, lang string) (rows int64, err error) {
	out, err := startTable(w, in.Format, lang, columns)
	if err != nil {
		return 0, err
	}
	n, err := s.names(ctx, s.k.DB, actor.Merchant(ctx))
	if err != nil {
		return 0, err
	}
	row := exportRow{n: n, lang: lang, loc: zone("")}
	cells := make([]sheet.Cell, len(columns))
	write := func() error {
		for i, c := range columns {
			if cells[i] = sheet.Str(c.value(&row)); c.number {
				cells[i] = sheet.Num(cells[i].Text)
			}
		}
		rows++
		return out.Row(cells)
	}
	var after *cursor
	for {
		part, next, err := s.exportIDs(ctx, f, after)
		if err != nil {
			return 0, err
		}
		if err := s.exportOrders(ctx, part, in.Per == "line", &row, write); err != nil {
			return 0, err
		}
		if err := s.exportProgress(ctx, r, int64(len(part))); err != nil {
			return 0, err
		}
		if after = next; after == nil {
			break
		}
	}
	return rows, out.Close()
}

// startTable writes the header in the reader's language.
func startTable(w io.Writer, format, lang string, columns []column) (sheet.Writer, error) {
	header := make([]string, len(columns))
	cells := make([]sheet.Cell, len(columns))
	for i, c := range columns {
		header[i] = pick(lang, [2]string{c.zh, c.en})
		cells[i] = sheet.Str(header[i])
	}
	if format == "csv" {
		out := sheet.NewCSV(w)
		return out, out.Row(cells)
	}
	return sheet.NewXLSX(w, pick(lang, [2]string{"订单", "Orders"}), header), nil
}

// exportIDs is the next page of the filter, and where the one after it begins.
func (s *Service) exportIDs(ctx context.Context, f Filter, after *cursor) ([]id.ID, *cursor, error) {
	p, err := s.newPlan(ctx, s.k.DB, f, "", after, s.most)
	if err != nil {
		return nil, nil, err
	}
	part, err := s.idsPage(ctx, p, after, exportPage)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]id.ID, len(part))
	for i, c := range part {
		keys[i] = c.ID
	}
	switch {
	case len(part) == exportPage:
		return keys, &part[len(part)-1], nil
	case p.truncated != nil:
		return keys, p.truncated, nil
	}
	return keys, nil, nil
}

func (s *Service) exportOrders(ctx context.Context, keys []id.ID, perLine bool, row *exportRow, write func() error) error {
	for part := range slices.Chunk(keys, 250) {
		orders, err := s.orders.BriefTx(ctx, s.k.DB, part)
		if err != nil {
			return err
		}
		for i := range orders {
			row.o, row.l = &orders[i], nil
			if !perLine {
				if err := write(); err != nil {
					return err
				}
				continue
			}
			for k := range orders[i].Lines {
				row.l = &orders[i].Lines[k]
				if err := write(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Service) exportProgress(ctx context.Context, r *job.Run, n int64) error {
	if r.Cancelled() {
		return job.ErrCancelled
	}
	return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) { return job.Step{Done: n}, nil })
}

// ColumnInfo is a column that the actor may export.
type ColumnInfo struct {
	Key     string `json:"key"`
	Name    string `json:"name"` // in the reader's language
	PerLine bool   `json:"per_line"`
}

// ExportColumns lists the columns the actor may export.
func (s *Service) ExportColumns(ctx context.Context) ([]ColumnInfo, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	out := []ColumnInfo{}
	for _, c := range exportColumns() {
		if !c.money || a.Can("field.money") {
			out = append(out, ColumnInfo{c.key, pick(a.Lang, [2]string{c.zh, c.en}), c.line})
		}
	}
	return out, nil
}
