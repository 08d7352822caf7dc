package print

import "github.com/ordercove/ordercove/internal/kit/errs"

// Refusals of printing.
var (
	ErrNoBatch     = errs.Define(errs.NotFound, "print.batch_not_found", "没有这个打印批次", "There is no such print batch")
	ErrNoTemplate  = errs.Define(errs.NotFound, "print.template_not_found", "没有这个面单模板", "There is no such label template")
	ErrBuiltin     = errs.Define(errs.Conflict, "print.builtin_template", "系统模板不能修改，请另存为新模板", "Built-in templates do not change; save a copy")
	ErrChanged     = errs.Define(errs.Conflict, "print.template_changed", "模板刚被别人改过，请刷新后再改", "Someone else just changed the template; reload and try again")
	ErrBadName     = errs.Define(errs.Invalid, "print.bad_name", "名称须为 1 到 {max} 个字", "A name has between 1 and {max} characters")
	ErrTooMany     = errs.Define(errs.Invalid, "print.bad_count", "一次可打印 1 到 {max} 张发货单", "Between 1 and {max} fulfillment orders at once")
	ErrPrinted     = errs.Define(errs.Conflict, "print.printed_before", "单号 {no} 已由{name}打印过 {n} 次；确需重打请说明原因", "The label {no} was printed {n} times before, last by {name}; give a reason to print it again")
	ErrNoReason    = errs.Define(errs.Invalid, "print.no_reason", "重打须说明原因", "Printing again needs a reason")
	ErrAccounts    = errs.Define(errs.Conflict, "print.other_account", "一个批次只能用一个快递账号，请分批打印", "A batch is of one carrier account; print this one in another batch")
	ErrBusy        = errs.Define(errs.Conflict, "print.printer_busy", "打印机“{printer}”正在打印另一批次，请等它结束或换一台", "The printer “{printer}” serves another batch; wait for it or choose another")
	ErrRace        = errs.Define(errs.Conflict, "print.printed_just_now", "其中有面单刚刚被别人打印，请刷新后再试", "Someone else just printed one of these labels; reload and try again")
	ErrNeedsAgent  = errs.Define(errs.Invalid, "print.needs_agent", "平台电子面单须通过打印站打印，请选择打印站和打印机", "A channel's own waybills are printed by a print agent; choose one and a printer")
	ErrNotReady    = errs.Define(errs.Conflict, "print.not_ready", "批次还没有生成好，或已结束", "The batch is not ready yet, or closed already")
	ErrWithdrawn   = errs.Define(errs.Conflict, "print.withdrawn", "{n} 张面单的订单有变动，已撤下并重新生成文件，请稍候", "The orders of {n} labels changed; they were taken out and the file is made anew")
	ErrBadRange    = errs.Define(errs.Invalid, "print.bad_range", "序号范围里没有可操作的面单", "No label in this range can be told about")
	ErrStillOpen   = errs.Define(errs.Conflict, "print.still_open", "还有 {n} 张面单没有确认打印结果", "{n} labels have not been told about yet")
	ErrGone        = errs.Define(errs.Conflict, "print.waybill_gone", "面单已回收或已换单号", "The waybill was cancelled or replaced")
	ErrNoData      = errs.Define(errs.Conflict, "print.no_data", "没有平台的打印数据，请重新取号", "The channel gave no print data; have the number issued again")
	ErrMaskedLabel = errs.Define(errs.Conflict, "print.masked_receiver", "收件信息是脱敏的，不能自行打印面单", "The receiver is masked; a label of our own cannot be printed")
	ErrNoAgent     = errs.Define(errs.NotFound, "print.agent_not_found", "没有这个打印站", "There is no such print agent")
	ErrBadPairing  = errs.Define(errs.Unauthorized, "print.bad_pairing", "配对码不对或已过期", "The pairing code is wrong or has expired")
	ErrBadKey      = errs.Define(errs.Unauthorized, "print.bad_agent_key", "打印站的密钥无效，请重新配对", "The agent's key is not valid; pair it again")
	ErrLost        = errs.Define(errs.Conflict, "print.task_lost", "该打印任务已由别处接手，不要打印", "This print task was taken over; do not print it")
	ErrNoNumberYet = errs.Define(errs.Conflict, "print.no_number_yet", "单号还没有取到，稍后会继续取；请过一会儿再打", "The number has not come yet; it is still being asked for, print later")
	ErrBadOutcome  = errs.Define(errs.Invalid, "print.bad_outcome", "打印结果只能是 printed、failed 或 uncertain", "An outcome is printed, failed or uncertain")
)
