package pull

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrIncomplete: pages were missing, short or moved; the window is read again.
	ErrIncomplete   = errs.Define(errs.Unavailable, "pull.incomplete", "这一时段没有读完整：应有 {want} 单，读到 {got} 单", "This window was not read whole: {got} of {want} orders came")
	ErrUnread       = errs.Define(errs.Invalid, "pull.unreadable", "接口返回的订单无法解析，已隔离", "The order cannot be read; it is set aside")
	ErrNotSynced    = errs.Define(errs.NotFound, "pull.not_synced", "这个店铺没有使用接口同步", "This shop is not synchronised by API")
	ErrBadRange     = errs.Define(errs.Invalid, "pull.bad_range", "时间范围无效，最多 {days} 天", "Not a usable range of time; at most {days} days")
	ErrNoCompare    = errs.Define(errs.Conflict, "pull.no_comparison", "该渠道不提供按下单时间的列表，无法对账", "This channel cannot list orders by created time, so nothing can be compared")
	ErrNoPush       = errs.Define(errs.NotFound, "pull.no_push", "没有这个推送地址", "There is no such hook address")
	ErrNoCase       = errs.Define(errs.NotFound, "pull.no_case", "找不到这个售后单", "There is no such after-sale case")
	ErrDecryptQuota = errs.Define(errs.Unavailable, "pull.decrypt_quota", "今天的平台解密额度（{limit} 个字段）已用完，明天零点（北京时间）恢复", "Today's decryptions of the channel ({limit} fields) are used up; they start anew at midnight, China time")
	ErrLeaseLost    = errs.Define(errs.Unavailable, "pull.lease_lost", "另一个进程正在同步该店铺", "Another process synchronises this shop")
)
