package hold

import (
	"slices"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Kind is a typed reason why an order does not go on by itself.
type Kind string

// The kinds that an order's own data, a person or the review rules open and end.
const (
	Manual           Kind = "manual"
	OutOfStock       Kind = "out_of_stock"
	Unmapped         Kind = "sku_unmapped"
	Quantity         Kind = "quantity_unknown"
	ChannelLock      Kind = "channel_lock"
	Refund           Kind = "refund_open"
	Address          Kind = "address_incomplete"
	BuyerNote        Kind = "buyer_note"
	AddressChanged   Kind = "address_changed"
	SKUChanged       Kind = "sku_changed"
	NoteChanged      Kind = "note_changed"
	FlagChanged      Kind = "flag_changed"
	LatePayment      Kind = "late_payment"
	StockNotDeducted Kind = "stock_not_deducted"
	UnknownStatus    Kind = "channel_status_unknown"
	OverLimit        Kind = "over_purchase_limit"
	Blacklist        Kind = "blacklist"
	PriceFloor       Kind = "price_below_floor"
	Duplicate        Kind = "duplicate_suspected"
	PayMethod        Kind = "payment_method"
	SellerNote       Kind = "seller_note"
	Undeliverable    Kind = "address_undeliverable"
	ByRule           Kind = "review_rule"
	Finance          Kind = "finance_approval"
	PresaleBalance   Kind = "presale_balance_unpaid"
	Consolidation    Kind = "consolidation_address"
)

// The kinds whose reasons lie outside the order: others open and end them by
// order.RaiseTx.
const (
	CarrierUnset       Kind = "carrier_unset"
	CarrierUnreachable Kind = "carrier_unreachable"
	CarrierSuspended   Kind = "carrier_suspended"
	WaybillFailed      Kind = "waybill_failed"
	MergedChanged      Kind = "merged_order_changed"
	UploadRefused      Kind = "shipment_upload_refused"
	ReturnAwaited      Kind = "return_awaited"
)

// The reasons that follow from the order's state or from the age of its shop's data:
// no row is stored for them, since nothing but time or the state opens and ends them.
const (
	Unpaid           Kind = "unpaid"
	AwaitingApproval Kind = "awaiting_approval"
	DataTooOld       Kind = "data_too_old"
)

// Who must act.
const (
	byService   = "customer_service"
	byWarehouse = "warehouse"
	byBuyer     = "buyer"
	byChannel   = "channel"
	byOwner     = "owner"
)

// Clock is by when somebody has to act.
type Clock string

const (
	ShipBy Clock = "ship_by"   // the order's promise to ship
	Until  Clock = "until"     // the instant the hold itself bears, else the promise to ship
	Report Clock = "report_by" // it has left: the channel must hear of it before the promise to ship ends
	NoTime Clock = "none"      // nobody waits
)

// Rule says what a kind of hold stops and who ends it.
type Rule struct {
	Kind       Kind
	Owner      string // who must act: customer_service | warehouse | channel | buyer | owner
	StopsAuto  bool   // automatic approval waits
	StopsShip  bool   // neither approved by a person nor shipped while open
	Releasable bool   // a person may end it
	EndsItself bool   // it ends when its reason does
	Clock      Clock
	ZH, EN     string
	// EndZH and EndEN say what ends it.
	EndZH, EndEN string
}

// Stored reports whether orders bear the kind as a row; the others are asked for when
// they are looked at.
func (r Rule) Stored() bool {
	return !slices.Contains([]Kind{Unpaid, AwaitingApproval, DataTooOld}, r.Kind)
}

// AfterShipping reports whether the kind stays open on an order that has left.
func AfterShipping(k Kind) bool { return k == StockNotDeducted || k == UploadRefused }

// Rules is the whole table.
var Rules = []Rule{
	{Manual, byService, true, true, true, false, ShipBy, "人工挂起", "Put on hold by hand", "人工解挂", "a person releases it"},
	{OutOfStock, byWarehouse, true, false, false, true, ShipBy, "缺货，未能占用库存", "Out of stock: nothing could be reserved",
		"到货并占用成功", "goods arrive and are reserved"},
	{Unmapped, byService, true, true, false, true, ShipBy, "有商品未对应 SKU", "A line is not mapped to a SKU", "商品与 SKU 对应", "the listing is mapped to a SKU"},
	{Quantity, byService, true, true, false, true, ShipBy, "文件未给出商品数量", "The file does not tell a line's quantity",
		"补全数量或导入带数量的文件", "the quantity is entered, or a file tells it"},
	{ChannelLock, byChannel, true, true, false, true, ShipBy, "平台锁定（拼团、风控或暂停）", "Locked by the channel (group, risk review or pause)",
		"平台解除锁定", "the channel lifts its lock"},
	{UnknownStatus, byOwner, true, true, false, true, ShipBy, "平台状态无法识别", "The channel's status is a word we do not know",
		"平台给出可识别的状态", "the channel tells a status we know"},
	{Refund, byService, true, true, false, true, ShipBy, "退款处理中", "A refund is in progress", "退款结束（同意、拒绝或撤销）", "the refund is granted, refused or withdrawn"},
	{Address, byService, true, true, true, true, ShipBy, "收件信息不完整", "The receiver's address is incomplete", "地址补全，或人工放行", "the address is completed, or a person lets it pass"},
	{BuyerNote, byService, true, false, true, false, ShipBy, "买家有留言，需阅读", "The buyer left a note to read", "有人阅读后解挂", "a person has read it"},
	{AddressChanged, byService, true, true, true, false, ShipBy, "审核后收件信息有变", "The address changed after approval", "人工核对后解挂", "a person has looked at it"},
	{SKUChanged, byService, true, true, true, false, ShipBy, "审核后商品有变", "Lines changed after approval", "人工核对后解挂", "a person has looked at it"},
	{NoteChanged, byService, true, true, true, false, ShipBy, "审核后备注或留言有变", "A note changed after approval", "人工核对后解挂", "a person has looked at it"},
	{FlagChanged, byService, true, true, true, false, ShipBy, "审核后插旗有变", "The flag changed after approval", "人工核对后解挂", "a person has looked at it"},
	{LatePayment, byService, true, true, true, false, ShipBy, "关闭后才付款", "Paid after the order was closed", "人工核对后解挂", "a person has looked at it"},
	{OverLimit, byService, true, true, true, true, ShipBy, "超过限购数量", "Over the purchase limit", "数量回到限购内，或人工放行", "the quantity is within the limit again, or a person lets it pass"},
	{Blacklist, byService, true, true, true, true, ShipBy, "买家或收件人在黑名单中", "The buyer or receiver is on the blacklist",
		"移出黑名单，或人工放行", "the entry is removed, or a person lets it pass"},
	{PriceFloor, byOwner, true, true, true, true, ShipBy, "成交价低于底价或成本", "Sold below the floor price or cost",
		"底价或成交价改变，或人工放行", "the floor or the price changes, or a person lets it pass"},
	{Duplicate, byService, true, true, true, true, ShipBy, "疑似重复下单", "Looks like a duplicate order", "另一单关闭，或人工放行", "the other order is closed, or a person lets it pass"},
	{PayMethod, byService, true, true, true, true, ShipBy, "支付方式不在允许范围", "The payment method is not allowed",
		"规则允许该方式，或人工放行", "the rules allow it, or a person lets it pass"},
	{SellerNote, byService, true, false, true, true, ShipBy, "卖家备注需阅读", "The seller's memo must be read", "有人阅读后解挂，或备注清空", "a person has read it, or the memo is emptied"},
	{Undeliverable, byService, true, true, true, true, ShipBy, "收件地区不配送", "The area is not delivered to", "地区恢复配送或改地址，或人工放行",
		"the area is delivered to again or the address changes, or a person lets it pass"},
	{ByRule, byService, true, true, true, true, ShipBy, "审单规则要求人工处理", "A review rule asks for a person", "规则不再命中，或人工放行", "the rule no longer fits, or a person lets it pass"},
	{Finance, byOwner, true, true, false, true, ShipBy, "待财务审核", "Waits for finance to approve", "财务审核通过", "finance approves it"},
	{StockNotDeducted, byWarehouse, false, false, true, false, NoTime, "平台已发货，但库存不足未扣减", "Shipped on the channel, but there was no stock to deduct",
		"盘点后人工解挂", "a person has counted and corrected the stock"},
	{PresaleBalance, byBuyer, true, true, false, true, ShipBy, "预售尾款未付", "The presale's balance is not paid", "买家付清尾款，或订单关闭", "the buyer pays the balance, or the order is closed"},
	{Consolidation, byService, false, false, true, true, ShipBy, "集运/中转订单：地址为中转仓，不可改址，单独合单", "A consolidation order: it goes to the transit warehouse, keeps that address and merges apart",
		"知悉后解挂，发货后自动解除", "a person has seen it, or it has shipped"},
	{CarrierUnset, byWarehouse, false, false, false, true, ShipBy, "没有可用的快递账号", "No carrier account may take it",
		"有快递账号可用，或已发货", "an account may take it, or it has shipped"},
	{CarrierUnreachable, byWarehouse, false, false, false, true, ShipBy, "没有快递能送达（超区或不送货上门）", "No carrier reaches the address",
		"有快递可达或改地址，或已发货", "a carrier reaches it, the address changes, or it has shipped"},
	{CarrierSuspended, byWarehouse, false, false, false, true, Until, "快递停发该地区", "The carriers have suspended the area",
		"停发结束自动解除，或换快递", "the suspension ends, or another carrier takes it"},
	{WaybillFailed, byWarehouse, false, false, false, true, ShipBy, "电子面单取号失败", "No waybill number could be issued",
		"取到单号、换账号或已发货", "a number is issued, another account is chosen, or it has shipped"},
	{MergedChanged, byWarehouse, false, false, false, true, ShipBy, "合并的订单有变动", "One of the orders merged with it has changed",
		"核对发货单后解除", "a person releases the fulfillment order"},
	{UploadRefused, byService, false, false, true, true, Report, "发货信息回传被平台拒绝", "The channel refused the shipment's report",
		"回传成功、平台已显示发货，或人工确认", "the report goes through, the channel calls it shipped, or a person confirms"},
	{ReturnAwaited, byBuyer, true, true, true, true, NoTime, "换货：等买家退回商品", "An exchange: waits for what the buyer sends back",
		"退回商品验收入库，或人工放行", "the goods are back and inspected, or a person lets it pass"},
	{Unpaid, byBuyer, true, true, false, true, NoTime, "买家尚未付款", "The buyer has not paid", "买家付款", "the buyer pays"},
	{AwaitingApproval, byService, false, true, false, true, ShipBy, "等待审核", "Waits for approval", "审核通过", "it is approved"},
	{DataTooOld, byService, false, true, false, true, ShipBy, "店铺订单数据过旧", "The shop's order data is too old",
		"导入最新订单文件，或主管说明原因后放行", "a fresh file is imported, or a supervisor ships with a reason"},
}

// Of is the table's row of k. A kind that this build does not know stops everything.
func Of(k Kind) Rule {
	for _, r := range Rules {
		if r.Kind == k {
			return r
		}
	}
	return Rule{Kind: k, Owner: byOwner, StopsAuto: true, StopsShip: true, Clock: ShipBy}
}

// Errors that carry holds have them in the parameter kinds.
var _ = errs.Words("kinds", func(lang, kind string) string { return Of(Kind(kind)).Text(lang) })

// Text is what the kind is called in a language.
func (r Rule) Text(lang string) string {
	if lang == "en-US" {
		return r.EN
	}
	return r.ZH
}
