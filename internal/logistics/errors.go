package logistics

import "github.com/ordercove/ordercove/internal/kit/errs"

// Permissions.
const (
	PermitRead  = "logistics.read"
	PermitEdit  = "logistics.edit"
	PermitIssue = "waybill.issue"
)

// What an issuer of waybills can answer, in our words. {carrier_code} and
// {carrier_message} are its own.
var (
	// ErrCredentials: a credential is missing or cannot be right; At names it.
	ErrCredentials = errs.Define(errs.Invalid, "logistics.bad_credentials", "凭证“{field}”缺失或格式不对", "The credential “{field}” is missing or malformed")
	// ErrSignature: the carrier refuses our signature.
	ErrSignature = errs.Define(errs.Forbidden, "logistics.bad_signature", "快递公司拒绝了签名，请核对密钥（{carrier_code}）", "The carrier refused the signature. Check the secret ({carrier_code})")
	// ErrClock: this machine's clock is too far from the carrier's.
	ErrClock = errs.Define(errs.Forbidden, "logistics.bad_clock", "本机时间与快递公司相差过大，请校准电脑时间（{carrier_code}）", "This computer's clock is too far from the carrier's. Set it right ({carrier_code})")
	// ErrIPNotListed: the carrier takes calls from listed addresses only.
	ErrIPNotListed = errs.Define(errs.Forbidden, "logistics.ip_not_listed", "本机公网 IP 不在快递公司的白名单内（{carrier_code}）", "This machine's public address is not on the carrier's list ({carrier_code})")
	// ErrPermission: the account lacks the right to this call.
	ErrPermission = errs.Define(errs.Forbidden, "logistics.no_permission", "账号没有开通该服务：{carrier_message}（{carrier_code}）", "The account may not use this service: {carrier_message} ({carrier_code})")
	// ErrThrottled: too many calls. Retry tells for how long to wait.
	ErrThrottled = errs.Define(errs.Unavailable, "logistics.throttled", "快递公司限流，{retry_ms} 毫秒后再试（{carrier_code}）", "The carrier limits calls; trying again in {retry_ms} ms ({carrier_code})")
	// ErrNotFound: the carrier knows no such waybill.
	ErrNotFound = errs.Define(errs.NotFound, "logistics.not_found", "快递公司查不到 {no}", "The carrier does not know {no}")
	// ErrRefused: the carrier understood and said no; trying again does not help.
	ErrRefused = errs.Define(errs.Conflict, "logistics.refused", "快递公司拒绝：{carrier_message}（{carrier_code}）", "The carrier refused: {carrier_message} ({carrier_code})")
	// ErrDone: what was asked for has already happened.
	ErrDone = errs.Define(errs.Conflict, "logistics.already_done", "快递公司显示此前已处理（{carrier_code}）", "The carrier says this has already been done ({carrier_code})")
	// ErrBalance: the account has no waybills left.
	ErrBalance = errs.Define(errs.Conflict, "logistics.no_balance", "面单余额不足，请联系快递网点充值（{carrier_code}）", "No waybills are left. Ask the carrier's branch for more ({carrier_code})")
	// ErrUnreachable: the carrier does not deliver to this address; another one may.
	ErrUnreachable = errs.Define(errs.Conflict, "logistics.unreachable", "该快递不派送此地址，请换一家快递：{carrier_message}（{carrier_code}）", "This carrier does not deliver to the address; choose another: {carrier_message} ({carrier_code})")
	// ErrAnswer: the answer is none of the carrier's documented ones.
	ErrAnswer = errs.Define(errs.Unavailable, "logistics.bad_answer", "快递公司返回了无法识别的内容：{carrier_message}", "The carrier's answer cannot be understood: {carrier_message}")
	// ErrUnavailable: the carrier is down or tells an internal error.
	ErrUnavailable = errs.Define(errs.Unavailable, "logistics.unavailable", "快递公司接口暂时不可用：{carrier_message}（{carrier_code}）", "The carrier is unavailable: {carrier_message} ({carrier_code})")
	// ErrUnknownOutcome: no answer came; the effect may have happened.
	ErrUnknownOutcome = errs.Define(errs.Unavailable, "logistics.unknown_outcome", "没有收到快递公司的答复，将先查询再重试", "No answer came from the carrier; it is looked up before trying again")
	// ErrNotShared: the channel's account issues for its own shop's orders only.
	ErrNotShared = errs.Define(errs.Conflict, "logistics.not_shared", "该平台的电子面单账号只能给授权店铺自己的订单取号，请换一个账号", "On this channel an account issues waybills for its own shop only; choose another account")
	// ErrSharer: the shop whose orders they are cannot be spoken to, and the account is another's.
	ErrSharer = errs.Define(errs.Conflict, "logistics.sharer_offline", "订单所属店铺的平台授权不可用，共享面单取不到号，请先重新授权该店铺", "The order's own shop cannot be reached at the channel, so a shared account cannot issue for it; authorise that shop again")
	// ErrUnsupported: this carrier offers no such thing.
	ErrUnsupported = errs.Define(errs.Conflict, "logistics.unsupported", "该快递公司不支持此操作", "This carrier does not offer that")
)

// Told is e with the carrier's own code and message.
func Told(e *errs.Error, code, message string) *errs.Error {
	return e.With("carrier_code", code, "carrier_message", message)
}

// Throttled is ErrThrottled with the time to wait in milliseconds.
func Throttled(retryMS int64, code string) *errs.Error {
	return ErrThrottled.With("retry_ms", retryMS, "carrier_code", code)
}
