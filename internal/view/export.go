package view

import (
	"cmp"
	"context"
	"errors"
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

// column is one column of an export: an expression of the database and how its
// value is shown.
type column struct {
	key    string
	zh, en string
	sql    string
	text   bool                                // may hold anything; others are numbers or words of our own
	money  bool                                // left out for who may not see amounts
	line   bool                                // only where each row is a line
	number bool                                // a cell that may be summed; ids never are
	show   func(r *exportRow, v string) string // nil shows the value as it is stored
}

// exportRow is what values are shown with.
type exportRow struct {
	n    names
	lang string
	loc  *time.Location
	// items is what the orders at hand hold, by their id as the database writes it.
	items map[string]string
}

func (r *exportRow) at(v string) string {
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil || ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(r.loc).Format(time.DateTime)
}

func (r *exportRow) yuan(v string) string {
	fen, err := strconv.ParseInt(v, 10, 64)
	if err != nil { // nobody knows it
		return ""
	}
	return money.Fen(fen).Yuan()
}

func (r *exportRow) state(v string) string {
	n, _ := strconv.Atoi(v) // stored by us
	return pick(r.lang, stateText[order.State(n)])
}

func nameIn(of map[id.ID]string, v string) string {
	i, _ := id.Parse(v) // stored by us; 0 has no name
	return of[i]
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

// itemsColumn holds all lines of an order.
const itemsColumn = "items"

// exportColumns in the order a file has them.
func exportColumns() []column {
	o := func(key, zh, en, sql string) column { return column{key: key, zh: zh, en: en, sql: sql, text: true} }
	as := func(c column, show func(*exportRow, string) string) column { c.text, c.show = false, show; return c }
	at := func(key, zh, en string) column { return as(o(key, zh, en, "h."+key), (*exportRow).at) }
	n := func(key, zh, en, sql string) column {
		return column{key: key, zh: zh, en: en, sql: sql, number: true}
	}
	m := func(key, zh, en, sql string) column {
		return column{key: key, zh: zh + "(元)", en: en + " (CNY)", sql: sql, money: true, number: true, show: (*exportRow).yuan}
	}
	l := func(c column) column { c.line = true; return c }
	return []column{
		o("channel_order_no", "平台单号", "Channel order no.", "h.channel_order_no"),
		as(o("order_no", "系统单号", "Order no.", "h.id"), nil),
		as(o("shop", "店铺", "Shop", "h.shop_id"), func(r *exportRow, v string) string { return nameIn(r.n.shops, v) }),
		o("channel", "渠道", "Channel", "h.channel"),
		as(o("state", "订单状态", "State", "h.state"), (*exportRow).state),
		o("channel_status", "平台状态", "Channel status", "h.channel_status_raw"),
		at("placed_at", "下单时间", "Placed at"),
		at("paid_at", "付款时间", "Paid at"),
		at("ship_by_at", "承诺发货时间", "Ship by"),
		at("shipped_at", "发货时间", "Shipped at"),
		at("completed_at", "完成时间", "Completed at"),
		o("buyer_nick", "买家昵称", "Buyer", "h.buyer_nick"),
		o("receiver", "收件人(脱敏)", "Receiver (masked)", "h.receiver_masked"),
		o("province", "省", "Province", "h.province"),
		o("city", "市", "City", "h.city"),
		o("district", "区县", "District", "h.district"),
		l(o("title", "商品名称", "Product", "l.title")),
		l(o("spec", "规格", "Spec", "l.spec")),
		l(o("sku_code", "SKU 编码", "SKU code", "l.sku_code")),
		l(n("line_quantity", "数量", "Quantity", "l.ordered")),
		l(n("line_shipped", "已发数量", "Shipped quantity", "l.shipped")),
		l(m("line_price", "单价", "Unit price", "l.price_fen")),
		l(m("line_paid", "明细实付", "Line paid", "l.paid_fen")),
		as(o(itemsColumn, "商品明细", "Items", "h.id"), func(r *exportRow, v string) string { return r.items[v] }),
		n("quantity", "总件数", "Total quantity", "h.quantity"),
		m("goods", "商品金额", "Goods", "h.goods_fen"),
		m("merchant_discount", "商家优惠", "Merchant discount", "h.merchant_discount_fen"),
		m("platform_discount", "平台优惠", "Channel discount", "h.platform_discount_fen"),
		m("freight", "运费", "Freight", "h.freight_fen"),
		m("buyer_paid", "买家实付", "Buyer paid", "h.buyer_paid_fen"),
		m("receivable", "商家应收", "Receivable", "h.receivable_fen"),
		m("refund", "退款金额", "Refunded", "h.refund_fen"),
		o("buyer_note", "买家留言", "Buyer note", "h.buyer_note"),
		o("seller_note", "卖家备注", "Seller note", "h.seller_note"),
		o("tags", "标签", "Tags", "h.tags"),
		as(o("warehouse", "仓库", "Warehouse", "h.warehouse_id"), func(r *exportRow, v string) string { return nameIn(r.n.warehouses, v) }),
		{key: "carrier", zh: "快递公司", en: "Carrier", sql: "h.carrier", text: true, show: func(r *exportRow, v string) string { return logistics.NameOf(v, r.lang) }},
		o("waybill_no", "快递单号", "Waybill no.", "h.waybill_no"),
	}
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
		if c.line && in.Per != "line" || c.key == itemsColumn && in.Per == "line" || c.money && !a.Can("field.money") {
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

const (
	// exportPage is how many orders one walk of the filter finds: one step of the job.
	exportPage = 2000
	// exportChunk is how many orders are read at a time: memory holds no more.
	exportChunk = 500
)

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
	if f, _, err = s.sealed(ctx, a, f); err != nil {
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
	write := func(items map[string]string, packed string) error {
		row.items = items
		if err := row.fill(cells, columns, packed); err != nil {
			return err
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
		if err := s.exportOrders(ctx, part, columns, in.Per == "line", write); err != nil {
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

// exportOrders hands on the packed rows of some orders, in the order asked.
func (s *Service) exportOrders(ctx context.Context, keys []id.ID, columns []column, perLine bool, write func(items map[string]string, packed string) error) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, exportChunk) {
		found, err := s.readPacked(ctx, a, part, columns, perLine)
		if err != nil {
			return err
		}
		var items map[string]string
		if slices.ContainsFunc(columns, func(c column) bool { return c.key == itemsColumn }) {
			if items, err = s.readItems(ctx, a.MerchantID, part); err != nil {
				return err
			}
		}
		for _, k := range part {
			for _, packed := range found[k] {
				if err := write(items, packed); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Service) readPacked(ctx context.Context, a actor.Actor, keys []id.ID, columns []column, perLine bool) (map[id.ID][]string, error) {
	args := keyArgs(a.MerchantID, keys)
	out := make(map[id.ID][]string, len(keys))
	for row := range db.Each(ctx, s.k.DB, selectPacked(columns, len(args)-1, perLine), args...) {
		var o, shop int64
		var packed string
		if err := row.Scan(&o, &shop, &packed); err != nil {
			return nil, err
		}
		if a.InScope("shop", id.ID(shop)) {
			out[id.ID(o)] = append(out[id.ID(o)], packed)
		}
	}
	return out, nil
}

// keyArgs is the merchant and a padded list of ids.
func keyArgs(m id.ID, keys []id.ID) []any {
	keys = db.Pad(keys)
	args := make([]any, 0, len(keys)+1)
	args = append(args, int64(m))
	for _, k := range keys {
		args = append(args, int64(k))
	}
	return args
}

// readItems says what orders hold, line by line in their order.
func (s *Service) readItems(ctx context.Context, m id.ID, keys []id.ID) (map[string]string, error) {
	args := keyArgs(m, keys)
	type item struct {
		order, position int64
		text            string
	}
	all := make([]item, 0, 2*len(keys))
	for row := range db.Each(ctx, s.k.DB, selectItems(len(args)-1), args...) {
		var i item
		if err := row.Scan(&i.order, &i.position, &i.text); err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	slices.SortStableFunc(all, func(a, b item) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.position, b.position)) })
	out := make(map[string]string, len(keys))
	for at := 0; at < len(all); {
		text, o := all[at].text, all[at].order
		for at++; at < len(all) && all[at].order == o; at++ {
			text += "; " + all[at].text
		}
		out[strconv.FormatInt(o, 10)] = text
	}
	return out, nil
}

// errUnpack is a bug: the row is not what selectPacked writes.
var errUnpack = errors.New("view: a packed row does not unpack")

// fill takes a packed row apart: every value ends with a comma, and a text has its
// length in bytes before it, for it may hold commas.
func (r *exportRow) fill(cells []sheet.Cell, columns []column, packed string) error {
	for i := range columns {
		c := &columns[i]
		v, rest, ok := strings.Cut(packed, ",")
		if c.text && ok {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 || n >= len(rest) || rest[n] != ',' {
				return errUnpack
			}
			v, rest = rest[:n], rest[n+1:]
		}
		if !ok {
			return errUnpack
		}
		packed = rest
		if c.show != nil {
			v = c.show(r, v)
		}
		if cells[i] = sheet.Str(v); c.number {
			cells[i] = sheet.Num(v)
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
