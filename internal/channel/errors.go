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
	BadValue            Reason = "bad_value"
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
	ErrBadValue = reason(BadValue,
		"“{field}”里的“{value}”无法识别。", "“{value}” in “{field}” cannot be read.")
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
	ErrImportNothing   = errs.Define(errs.Invalid, "channel.import_no_orders", "这些文件里没有订单表，无法作为订单导入", "None of these files is an order export")
	ErrImportShop      = errs.Define(errs.Invalid, "channel.import_wrong_shop", "文件来自「{file_channel}」，与所选店铺的平台「{shop_channel}」不同", "The file is from {file_channel}, but the chosen shop is on {shop_channel}")
	ErrImportTime      = errs.Define(errs.Invalid, "channel.import_no_export_time", "请确认文件的导出时间（不能晚于现在）", "Say when the file was exported; it cannot be in the future")
	ErrImportRunning   = errs.Define(errs.Conflict, "channel.import_running", "这次导入已开始或已完成", "This import is running or done")
	ErrImportConflicts = errs.Define(errs.Conflict, "channel.import_conflicts", "有 {n} 个订单号已在同平台的其他店铺下，请确认后再导入", "{n} order numbers already stand under another shop of this channel; confirm before importing")
	ErrOtherShop       = errs.Define(errs.Conflict, "channel.import_other_shop", "该订单号已在店铺「{shop}」下", "This number already stands under the shop {shop}")
	ErrBadWord         = errs.Define(errs.Invalid, "channel.import_bad_status", "「{word}」对应的状态无效", "The status given for {word} does not exist")
	ErrPartMissing     = errs.Define(errs.Invalid, "channel.import_part_missing", "还缺少另一个文件：{kind}", "Another file is missing: {kind}")
)

// What a channel can answer, in our words. {channel_code} and {channel_message} are
// the channel's own.
var (
	// ErrCredentials: a credential is missing or cannot be right; At names it.
	ErrCredentials = errs.Define(errs.Invalid, "channel.bad_credentials", "凭证“{field}”缺失或格式不对。", "The credential “{field}” is missing or malformed.")
	// ErrSignature: the channel refuses our signature, or a push is not signed by it.
	ErrSignature = errs.Define(errs.Forbidden, "channel.bad_signature", "签名校验失败，请核对密钥（{channel_code}）。", "The signature was refused. Check the secret ({channel_code}).")
	// ErrClock: this machine's clock is too far from the channel's.
	ErrClock = errs.Define(errs.Forbidden, "channel.bad_clock", "本机时间与平台相差过大，请校准电脑时间（{channel_code}）。", "This computer's clock is too far from the channel's. Set it right ({channel_code}).")
	// ErrIPNotListed: the channel takes calls from listed addresses only.
	ErrIPNotListed = errs.Define(errs.Forbidden, "channel.ip_not_listed", "本机公网 IP 不在平台白名单内，请到开放平台后台添加（{channel_code}）。", "This machine's public address is not on the channel's list. Add it in the developer console ({channel_code}).")
	// ErrPermission: the app lacks the right to this call.
	ErrPermission = errs.Define(errs.Forbidden, "channel.no_permission", "应用没有调用该接口的权限：{channel_message}（{channel_code}）。", "The app may not make this call: {channel_message} ({channel_code}).")
	// ErrTokenExpired: the authorisation ended; renewing or a person's consent helps.
	ErrTokenExpired = errs.Define(errs.Forbidden, "channel.token_expired", "店铺授权已失效，请重新授权（{channel_code}）。", "The shop's authorisation has ended. Authorise it again ({channel_code}).")
	// ErrThrottled: too many calls. Retry tells for how long to wait.
	ErrThrottled = errs.Define(errs.Unavailable, "channel.throttled", "平台限流，{retry_ms} 毫秒后再试（{channel_code}）。", "The channel limits calls; trying again in {retry_ms} ms ({channel_code}).")
	// ErrPaging: the pages no longer belong together; the window begins anew.
	ErrPaging = errs.Define(errs.Unavailable, "channel.paging_broken", "翻页数据已变化，将重新拉取这一时段（{channel_code}）。", "The pages changed while reading; the window is read again ({channel_code}).")
	// ErrWindow: more orders than the channel lists in one window; halves help.
	ErrWindow = errs.Define(errs.Unavailable, "channel.window_too_wide", "这一时段订单过多，将缩小时段（{channel_code}）。", "Too many orders in this window; it is cut in halves ({channel_code}).")
	// ErrNotFound: the channel knows no such order or case.
	ErrNotFound = errs.Define(errs.NotFound, "channel.not_found", "平台上找不到 {no}。", "The channel does not know {no}.")
	// ErrRefused: the channel understood and said no; trying again does not help.
	ErrRefused = errs.Define(errs.Conflict, "channel.refused", "平台拒绝：{channel_message}（{channel_code}）。", "The channel refused: {channel_message} ({channel_code}).")
	// ErrDone: what was asked for has already happened at the channel.
	ErrDone = errs.Define(errs.Conflict, "channel.already_done", "平台显示该操作此前已完成（{channel_code}）。", "The channel says this has already been done ({channel_code}).")
	// ErrWaybillBalance: the account has no waybills left; the carrier's branch sells more.
	ErrWaybillBalance = errs.Define(errs.Conflict, "channel.waybill_balance", "电子面单余额不足，请联系快递网点充值（{channel_code}）。", "No waybills are left on this account. Ask the carrier's branch for more ({channel_code}).")
	// ErrUnreachable: the carrier does not deliver to this address; another one may.
	ErrUnreachable = errs.Define(errs.Conflict, "channel.address_unreachable", "该快递不派送此收货地址，请换一家快递：{channel_message}（{channel_code}）。", "This carrier does not deliver to the address; choose another: {channel_message} ({channel_code}).")
	// ErrAnswer: the answer is none of the channel's documented ones.
	ErrAnswer = errs.Define(errs.Unavailable, "channel.bad_answer", "平台返回了无法识别的内容：{channel_message}。", "The channel's answer cannot be understood: {channel_message}.")
	// ErrUnavailable: the channel is down or tells an internal error.
	ErrUnavailable = errs.Define(errs.Unavailable, "channel.unavailable", "平台暂时不可用：{channel_message}（{channel_code}）。", "The channel is unavailable: {channel_message} ({channel_code}).")
	// ErrUnknownOutcome: no answer came; the effect may have happened.
	ErrUnknownOutcome = errs.Define(errs.Unavailable, "channel.unknown_outcome", "没有收到平台的答复，结果未知，将先查询再重试。", "No answer came, so the outcome is unknown. It is looked up before trying again.")
	// ErrUnsupported: this channel offers no such thing.
	ErrUnsupported = errs.Define(errs.Conflict, "channel.unsupported", "该平台不支持此操作。", "This channel does not offer that.")
)

// Told is e with the channel's own code and message.
func Told(e *errs.Error, code, message string) *errs.Error {
	return e.With("channel_code", code).With("channel_message", message)
}

// Throttled is ErrThrottled with the time to wait in milliseconds.
func Throttled(retryMS int64, code string) *errs.Error {
	return ErrThrottled.With("retry_ms", retryMS).With("channel_code", code)
}
