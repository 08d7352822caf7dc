package fulfillment

import "github.com/ordercove/ordercove/internal/kit/errs"

// What can be wrong with one shipment.
var (
	ErrNoWaybill = errs.Define(errs.Invalid, "fulfillment.no_waybill",
		"没有快递单号", "There is no waybill number")
	ErrNoSerials = errs.Define(errs.Conflict, "fulfillment.serials_needed",
		"平台要求上传 {sku} 的序列号：请扫码验货，逐件录入（已打开的先放弃再扫）", "The channel asks for the serial numbers of {sku}: verify it piece by piece (leave and open again what is open)")
	ErrNoOrderNo = errs.Define(errs.Invalid, "fulfillment.no_order_no",
		"没有订单号", "There is no order number")
	ErrNumberDamaged = errs.Define(errs.Invalid, "fulfillment.number_damaged",
		"单号 {value} 被表格软件改成了科学计数法，原数字已丢失，请重新导出", "A spreadsheet program turned the number {value} into scientific notation and its digits are lost; export it again")
	ErrBadQuantity = errs.Define(errs.Invalid, "fulfillment.bad_quantity",
		"数量不对：{value}", "Not a quantity: {value}")
	ErrUnknownOrder = errs.Define(errs.NotFound, "fulfillment.unknown_order",
		"没有找到订单 {order_no}", "There is no order {order_no}")
	ErrAmbiguousOrder = errs.Define(errs.Conflict, "fulfillment.ambiguous_order",
		"订单号 {order_no} 在 {n} 个店铺里都有，请在订单详情里单独发货", "Order number {order_no} stands in {n} shops; ship it from the order itself")
	ErrCarrierUnknown = errs.Define(errs.Invalid, "fulfillment.carrier_unknown",
		"不认识快递公司“{carrier}”", "The carrier “{carrier}” is not known")
	ErrNoCarrier = errs.Define(errs.Invalid, "fulfillment.no_carrier",
		"没有快递公司，也无法从快递单号判断，请填写或选择默认快递", "No carrier is given and the waybill number does not tell it; name one or choose a default")
	ErrBadWaybill = errs.Define(errs.Invalid, "fulfillment.bad_waybill",
		"快递单号 {waybill_no} 不像{carrier}的单号", "{waybill_no} does not look like a waybill number of {carrier}")
	ErrBadWaybillLike = errs.Define(errs.Invalid, "fulfillment.bad_waybill_like",
		"快递单号 {waybill_no} 不像{carrier}的单号，更像{other}的", "{waybill_no} does not look like a waybill number of {carrier}, more like one of {other}")
	ErrBadWaybillCarrier = errs.Define(errs.Conflict, "fulfillment.bad_waybill_carrier",
		"平台承诺由{promised}配送，不能用{carrier}发货", "The buyer was promised {promised}; this would leave with {carrier}")
	ErrSuspiciousWaybill = errs.Define(errs.Invalid, "fulfillment.suspicious_waybill",
		"快递单号 {waybill_no} 与{carrier}的常见格式不同，请核对", "{waybill_no} is not in a usual form of {carrier}; please look again")
	ErrDuplicateWaybill = errs.Define(errs.Conflict, "fulfillment.duplicate_waybill",
		"快递单号 {waybill_no} 已用于订单 {order_no}，收件人不同", "Waybill number {waybill_no} already serves order {order_no}, which has another receiver")
	ErrAlreadyShipped = errs.Define(errs.Conflict, "fulfillment.already_shipped",
		"订单已全部发货（快递单号 {waybill_no}）", "The order is already shipped in full (waybill number {waybill_no})")
	ErrUnchanged = errs.Define(errs.Conflict, "fulfillment.unchanged",
		"该订单已用这个快递单号发货，无需重复", "The order is already shipped under this waybill number; nothing to do")
	ErrLineUnknown = errs.Define(errs.Invalid, "fulfillment.line_unknown",
		"订单里没有待发的商品 {sku_code}", "The order has no item {sku_code} left to ship")
	ErrTooMany = errs.Define(errs.Conflict, "fulfillment.too_many",
		"数量超过待发数量（还可发 {left} 件）", "More than is left to ship ({left} left)")
	ErrStaleData = errs.Define(errs.Conflict, "fulfillment.stale_data",
		"店铺“{shop}”的订单数据已 {hours} 小时没有更新，可能有退款或改地址；请导入最新订单文件，或由主管说明原因后发货",
		"The order data of shop “{shop}” is {hours} hours old and may miss refunds or address changes; import a fresh file, or let a supervisor ship with a reason")
	ErrHeld = errs.Define(errs.Conflict, "fulfillment.held",
		"订单有未解除的异常：{kinds}", "The order is on hold: {kinds}")
	ErrNoWarehouse = errs.Define(errs.Invalid, "fulfillment.no_warehouse",
		"没有可用的发货仓库", "There is no warehouse to ship from")
	ErrShort = errs.Define(errs.Conflict, "fulfillment.short",
		"仓库库存不足：{sku_code} 缺 {n} 件", "The warehouse is short of {sku_code} by {n}")
	ErrNotAllocatable = errs.Define(errs.Conflict, "fulfillment.not_allocatable",
		"订单当前状态不能分配仓库", "The order cannot be allocated in its present state")
	ErrPartlyShipped = errs.Define(errs.Conflict, "fulfillment.partly_shipped",
		"订单已发出一部分，不能再换仓库", "Part of the order is shipped already; its warehouse cannot change")
)

// ErrNotOurs: another system's parcel, or one that was cancelled.
var ErrNotOurs = errs.Define(errs.Conflict, "fulfillment.parcel_not_ours",
	"该包裹不是在这里发出的，或已取消，不能改单号", "The parcel was not shipped here, or it was cancelled; its number cannot change")

// Refusals of a tracking file or of a parcel.
var (
	ErrFileNotFound = errs.Define(errs.NotFound, "fulfillment.ship_file_not_found",
		"没有这个发货文件", "There is no such shipment file")
	ErrMappingIncomplete = errs.Define(errs.Invalid, "fulfillment.mapping_incomplete",
		"还没有选择列：{field}", "No column is chosen for {field}")
	ErrColumnMissing = errs.Define(errs.Invalid, "fulfillment.column_missing",
		"文件里没有列“{column}”", "The file has no column “{column}”")
	ErrParcelNotFound = errs.Define(errs.NotFound, "fulfillment.parcel_not_found",
		"没有这个包裹", "There is no such parcel")
)

// Refusals of work on a fulfillment order.
var (
	ErrNoOrder = errs.Define(errs.NotFound, "fulfillment.order_not_found",
		"没有这个发货单", "There is no such fulfillment order")
	ErrNotOpen = errs.Define(errs.Conflict, "fulfillment.not_open",
		"发货单已不在待发状态（{state}）", "The fulfillment order is no longer open ({state})")
	ErrContentChanged = errs.Define(errs.Conflict, "fulfillment.content_changed",
		"订单 {order_no} 的商品、地址或备注已变更，请重新打印后再继续", "Order {order_no} has other goods, another address or other notes now; print anew before you go on")
	ErrDropped = errs.Define(errs.Conflict, "fulfillment.order_dropped",
		"订单 {order_no} 已取消或退款，不能发货", "Order {order_no} was cancelled or refunded; it must not ship")
	ErrMergedChanged = errs.Define(errs.Conflict, "fulfillment.merged_order_changed",
		"合并的订单中有变动，请核对后解除", "One of the merged orders has changed; look at it and release the fulfillment order")
	ErrSuspended = errs.Define(errs.Conflict, "fulfillment.carrier_suspended",
		"取号后快递停发该地区，请回收单号换快递，或等停发结束", "The carrier suspended the area after the number was issued; give the number back and take another carrier, or wait for the end")
	ErrSealed = errs.Define(errs.Conflict, "fulfillment.sealed",
		"发货单已锁定（已进波次或已打印），不能改动", "The fulfillment order is sealed: it is in a wave or printed, and cannot change")
	ErrMerged = errs.Define(errs.Conflict, "fulfillment.merged",
		"订单已与其他订单合并发货，请先取消合并", "The order is merged with others; take it out of there first")
	ErrBadUrgency = errs.Define(errs.Invalid, "fulfillment.bad_urgency",
		"加急级别只能是 0、10 或 20", "An urgency is 0, 10 or 20")
	ErrNoMerge = errs.Define(errs.Conflict, "fulfillment.cannot_merge",
		"不能合并：{reason}", "These cannot be merged: {reason}")
	ErrBadSplit = errs.Define(errs.Invalid, "fulfillment.bad_split",
		"拆分数量不对：每份至少一件，各份之和不能超过待发数量", "The parts are wrong: each needs a piece, and together they must not exceed what is left")
	ErrOneOnly = errs.Define(errs.Invalid, "fulfillment.needs_two",
		"请至少选择两个发货单", "Choose two fulfillment orders or more")
	ErrNoEdit = errs.Define(errs.NotFound, "fulfillment.edit_not_found",
		"没有这次拆分或合并", "There is no such split or merge")
	ErrNoUndo = errs.Define(errs.Conflict, "fulfillment.cannot_undo",
		"之后又有变动（已锁定、已发货、再次拆合或数量变化），不能撤销", "Something happened since (sealed, shipped, edited again, or other quantities); it cannot be undone")
	ErrBadPolicy = errs.Define(errs.Invalid, "fulfillment.bad_policy",
		"规则设置不正确", "The policy is not valid")
	ErrPolicyChanged = errs.Define(errs.Conflict, "fulfillment.policy_changed",
		"规则刚被别人改过，请刷新后再改", "Someone else just changed the policy; reload and try again")
	ErrBadKind = errs.Define(errs.Invalid, "fulfillment.bad_kind",
		"发货方式只能是 express、virtual、self_pickup 或 same_city", "A kind of shipment is express, virtual, self_pickup or same_city")
	ErrNoCarrierNeeded = errs.Define(errs.Invalid, "fulfillment.no_carrier_needed",
		"无需物流和自提没有快递公司和单号", "What does not travel, or is fetched, has neither carrier nor waybill number")
	ErrWaiting = errs.Define(errs.Conflict, "fulfillment.waiting",
		"没有仓库能发，等待到货", "No warehouse can ship it; it waits for goods")
	ErrBadSeal = errs.Define(errs.Invalid, "fulfillment.bad_seal",
		"锁定原因只能是 wave、print 或 hand", "A seal's reason is wave, print or hand")
)
