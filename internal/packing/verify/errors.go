package verify

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrBench = errs.Define(errs.Invalid, "verify.bad_bench",
		"请填写复核台名称（1 到 {max} 个字）", "Name the bench, in 1 to {max} characters")
	ErrCode = errs.Define(errs.Invalid, "verify.bad_code",
		"没有扫到内容，或内容过长", "Nothing was scanned, or too much")
	ErrUnknown = errs.Define(errs.NotFound, "verify.unknown_number",
		"没有找到 {code} 对应的待发货单", "Nothing that waits to leave has the number {code}")
	ErrSeveral = errs.Define(errs.Conflict, "verify.several",
		"订单 {code} 有 {n} 张待发货单，请扫快递单号", "Order {code} has {n} fulfillment orders; scan a waybill number")
	ErrVoid = errs.Define(errs.Conflict, "verify.void_label",
		"面单 {no} 已作废，请撕下重打", "Label {no} is void; take it off and print anew")
	ErrTaken = errs.Define(errs.Conflict, "verify.taken",
		"发货单正在 {bench} 由 {name} 复核", "{name} has this fulfillment order at {bench}")
	ErrBusy = errs.Define(errs.Conflict, "verify.bench_busy",
		"本台还有未完成的发货单（{no}），请先完成或放弃", "This bench has another fulfillment order open ({no}); finish or leave it first")
	ErrNoSession = errs.Define(errs.NotFound, "verify.session_not_found",
		"没有这次复核", "There is no such session")
	ErrLost = errs.Define(errs.Conflict, "verify.lock_lost",
		"发货单已不在本台（已完成、放弃或被其他台接手），请重新扫描", "This bench no longer has the fulfillment order: it was finished, left or taken over. Scan it again")
	ErrReason = errs.Define(errs.Invalid, "verify.no_reason",
		"请填写原因（不超过 {max} 个字）", "Give a reason of at most {max} characters")
	ErrSupervisor = errs.Define(errs.Forbidden, "verify.no_supervisor",
		"需要主管签字", "A supervisor has to sign")
	ErrNoLabel = errs.Define(errs.Conflict, "verify.nothing_printed",
		"这张发货单的面单不是在这里打印的", "The label of this fulfillment order was not printed here")
	ErrSerials = errs.Define(errs.Conflict, "verify.serials_missing",
		"还有 {n} 件商品没有录入序列号，不能强制通过", "{n} pieces have no serial number yet; they cannot be forced")
	ErrNotReady = errs.Define(errs.Conflict, "verify.not_ready",
		"还不能进行这一步（下一步：{next}）", "This step is not due; next is: {next}")
	ErrWeight = errs.Define(errs.Invalid, "verify.bad_weight",
		"重量应为 1 到 {max} 克", "A weight is 1 to {max} grams")
	ErrVideo = errs.Define(errs.Invalid, "verify.bad_video",
		"视频链接应为 http 或 https 地址", "A video link is an http or https address")
	ErrPolicy = errs.Define(errs.Invalid, "verify.bad_policy",
		"复核设置不正确", "The settings of verification are not valid")
	ErrPolicyChanged = errs.Define(errs.Conflict, "verify.policy_changed",
		"复核设置刚被别人改过，请刷新", "Someone else just changed the settings; reload")
	ErrSerialKind = errs.Define(errs.Invalid, "verify.bad_serial_kind",
		"序列号类型只能是 serial、imei 或空", "A serial number is of kind serial or imei, or none is asked for")
	ErrNoHit = errs.Define(errs.NotFound, "verify.hit_not_found",
		"拦截清单里没有这张发货单", "This fulfillment order is not on the hit list")
	ErrHandover = errs.Define(errs.NotFound, "verify.handover_not_found",
		"没有这张交接单", "There is no such handover")
	ErrClosed = errs.Define(errs.Conflict, "verify.handover_closed",
		"交接单已完成", "The handover is closed")
	ErrCarrier = errs.Define(errs.Invalid, "verify.bad_carrier",
		"不认识快递公司“{carrier}”", "The carrier “{carrier}” is not known")
	ErrWarehouse = errs.Define(errs.Invalid, "verify.bad_warehouse",
		"没有这个仓库", "There is no such warehouse")
)
