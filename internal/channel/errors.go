package channel

import (
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Reason is the short, stable word for what is wrong with a row. Its full code
// is "channel.file_" + Reason, with texts in both languages.
type Reason string

const (
	MissingOrderNo      Reason = "missing_order_no"
	ScientificOrderNo   Reason = "scientific_order_no"
	UnknownStatus       Reason = "unknown_status"
	BadQuantity         Reason = "bad_quantity"
	BadMoney            Reason = "bad_money"
	BadTime             Reason = "bad_time"
	SummaryRow          Reason = "summary_row"
	ColumnCount         Reason = "column_count"
	JoinedCountMismatch Reason = "joined_count_mismatch"
	MissingLines        Reason = "missing_lines"
	OrphanDetail        Reason = "orphan_detail"
	UnsupportedCurrency Reason = "unsupported_currency"
	UnknownDirection    Reason = "unknown_direction"
	MissingFlowNo       Reason = "missing_flow_no"
	DuplicateRow        Reason = "duplicate_row"
	RepeatedOrderNo     Reason = "repeated_order_no"
	QuantityAmbiguous   Reason = "quantity_ambiguous"
	ScientificWaybillNo Reason = "scientific_waybill_no"
)

var reasons = map[Reason]*errs.Error{}

func reason(r Reason, zh, en string) *errs.Error {
	e := errs.Define(errs.Invalid, "channel.file_"+string(r), zh, en)
	reasons[r] = e
	return e
}

// Err is the reason as an error with its texts; {value} is the cell, {field} its column.
func (r Reason) Err() *errs.Error {
	if e, ok := reasons[r]; ok {
		return e
	}
	return ErrUnknownReason.With("reason", string(r))
}

// Code is the reason's full code, for storing: channel.file_bad_money.
func (r Reason) Code() string { return r.Err().Code }

// Reasons of rejected rows and of warnings.
var (
	ErrMissingOrderNo = reason(MissingOrderNo,
		"这一行没有订单号。", "This row has no order number.")
	ErrScientificOrderNo = reason(ScientificOrderNo,
		"单号 {value} 被表格软件改成了科学计数法，原数字已丢失，请从平台重新导出，不要用 Excel 保存。",
		"A spreadsheet program turned the number {value} into scientific notation and its digits are lost. Export again from the channel and do not save it in Excel.")
	ErrUnknownStatus = reason(UnknownStatus,
		"不认识订单状态“{value}”，请指定它对应的状态后重试。", "The order status “{value}” is not known. Say what it means and try again.")
	ErrBadQuantity = reason(BadQuantity,
		"“{field}”里的“{value}”不是数量。", "“{value}” in “{field}” is not a quantity.")
	ErrBadMoney = reason(BadMoney,
		"“{field}”里的“{value}”不是金额。", "“{value}” in “{field}” is not an amount.")
	ErrBadTime = reason(BadTime,
		"“{field}”里的“{value}”不是时间。", "“{value}” in “{field}” is not a time.")
	ErrSummaryRow = reason(SummaryRow,
		"这是合计行，不是订单。", "This is a totals row, not an order.")
	ErrColumnCount = reason(ColumnCount,
		"这一行的列数和表头不一致，可能被截断。", "This row has fewer or more cells than the header; it may be cut off.")
	ErrJoinedCountMismatch = reason(JoinedCountMismatch,
		"合并行里“{field}”的个数和子订单个数对不上。", "The joined row has another number of parts in “{field}” than line numbers.")
	ErrMissingLines = reason(MissingLines,
		"没有这个订单的商品明细，请把宝贝明细（销售明细）文件一起上传。", "This order has no lines. Upload the detail export together with the order export.")
	ErrOrphanDetail = reason(OrphanDetail,
		"这行商品明细找不到对应的订单，请把订单文件一起上传。", "No order belongs to this detail row. Upload the order export together with the detail export.")
	ErrUnsupportedCurrency = reason(UnsupportedCurrency,
		"暂不支持币种 {value}，只收人民币订单。", "The currency {value} is not supported; only CNY orders are taken.")
	ErrUnknownDirection = reason(UnknownDirection,
		"不认识收支方向“{value}”。", "The direction “{value}” is neither income nor expense.")
	ErrMissingFlowNo = reason(MissingFlowNo,
		"这一行没有单号。", "This row has no number of its own.")
	ErrDuplicateRow = reason(DuplicateRow,
		"这一行和前面的一行完全相同，已忽略。", "This row repeats an earlier one exactly and was ignored.")
	ErrRepeatedOrderNo = reason(RepeatedOrderNo,
		"这个订单号前面出现过且内容不同，按后一行更新。", "This order number came before with other content; the later row counts.")
	ErrQuantityAmbiguous = reason(QuantityAmbiguous,
		"合并行只有总数量 {value}，无法得知每个商品的数量，请补充。", "The joined row gives only the total quantity {value}; please fill in the quantity of each line.")
	ErrScientificWaybillNo = reason(ScientificWaybillNo,
		"快递单号 {value} 被改成了科学计数法，未采用。", "The waybill number {value} was turned into scientific notation and is not used.")
)

// Refusals of a whole file or template.
var (
	ErrUnknownReason = errs.Define(errs.Internal, "channel.file_unknown_reason",
		"未登记的原因 {reason}。", "The reason {reason} is not registered.")
	ErrUnknownFile = errs.Define(errs.Invalid, "channel.file_unknown",
		"不认识这个文件的表头，请选择渠道或手动对应列。", "The header of this file is not known. Choose the channel or map the columns.")
	ErrNotReadable = errs.Define(errs.Invalid, "channel.file_kind_not_imported",
		"认得这类文件，但暂不导入它的内容。", "Files of this kind are recognised but not imported.")
	ErrMappingIncomplete = errs.Define(errs.Invalid, "channel.mapping_incomplete",
		"订单号、商品名称和数量这三列必须先对应好。", "Order number, product name and quantity must be mapped first.")
	ErrMappingColumn = errs.Define(errs.Invalid, "channel.mapping_column_missing",
		"文件里没有列“{column}”。", "The file has no column “{column}”.")
	ErrTemplateHeader = errs.Define(errs.Invalid, "channel.template_header_missing",
		"模板前 20 行里找不到同时含订单号、快递公司、快递单号的表头。", "No header with order number, carrier and waybill number was found in the first 20 rows of the template.")
	ErrTemplateChanged = errs.Define(errs.Conflict, "channel.template_changed",
		"模板和记录的表头不一致，请重新上传空模板。", "The template no longer has the remembered header. Upload the empty template again.")
	ErrTemplateLines = errs.Define(errs.Invalid, "channel.template_needs_lines",
		"模板按子订单发货，但订单 {order_no} 没有子订单号。", "The template ships by line number, but order {order_no} has none.")
	ErrTemplateMissing = errs.Define(errs.NotFound, "channel.template_missing",
		"这个店铺还没有上传平台的批量发货模板。", "This shop has no batch-ship template yet; upload the channel's empty one.")
	ErrNothingToReport = errs.Define(errs.NotFound, "channel.nothing_to_report",
		"没有需要回传的包裹。", "There is no parcel to give back to the channel.")
)

// Refusals of an import.
var (
	ErrImportNotFound  = errs.Define(errs.NotFound, "channel.import_not_found", "没有这次导入", "There is no such import")
	ErrImportFiles     = errs.Define(errs.Invalid, "channel.import_file_count", "请一次上传 1 到 {max} 个文件", "Upload 1 to {max} files at once")
	ErrImportNothing   = errs.Define(errs.Invalid, "channel.import_no_orders", "这些文件里没有订单表,无法作为订单导入", "None of these files is an order export")
	ErrImportShop      = errs.Define(errs.Invalid, "channel.import_wrong_shop", "文件来自「{file_channel}」,与所选店铺的平台「{shop_channel}」不同", "The file is from {file_channel}, but the chosen shop is on {shop_channel}")
	ErrImportTime      = errs.Define(errs.Invalid, "channel.import_no_export_time", "请确认文件的导出时间(不能晚于现在)", "Say when the file was exported; it cannot be in the future")
	ErrImportRunning   = errs.Define(errs.Conflict, "channel.import_running", "这次导入已开始或已完成", "This import is running or done")
	ErrImportConflicts = errs.Define(errs.Conflict, "channel.import_conflicts", "有 {n} 个订单号已在同平台的其他店铺下,请确认后再导入", "{n} order numbers already stand under another shop of this channel; confirm before importing")
	ErrOtherShop       = errs.Define(errs.Conflict, "channel.import_other_shop", "该订单号已在店铺「{shop}」下", "This number already stands under the shop {shop}")
	ErrBadWord         = errs.Define(errs.Invalid, "channel.import_bad_status", "「{word}」对应的状态无效", "The status given for {word} does not exist")
	ErrPartMissing     = errs.Define(errs.Invalid, "channel.import_part_missing", "还缺少另一个文件:{kind}", "Another file is missing: {kind}")
)
