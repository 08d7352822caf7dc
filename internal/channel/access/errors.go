package access

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound   = errs.Define(errs.NotFound, "access.not_found", "这个店铺还没有配置接口", "This shop has no API access yet")
	ErrNoAPI      = errs.Define(errs.Conflict, "access.no_api", "该渠道不支持接口对接，只能导入文件", "This channel offers no API; import its files")
	ErrChanged    = errs.Define(errs.Conflict, "access.changed", "接口设置刚被别人改过，请刷新后再改", "Someone else just changed this access; reload and try again")
	ErrCredential = errs.Define(errs.Invalid, "access.credential_missing", "请填写“{name}”", "Fill in “{name}”")
	ErrUnknown    = errs.Define(errs.Invalid, "access.unknown_credential", "该渠道没有“{field}”这一项", "This channel has no credential called {field}")
	ErrBaseURL    = errs.Define(errs.Invalid, "access.bad_base_url", "接口地址无效，应为 https://… 的完整地址，不带参数", "Not a usable address: give the whole https://… address without parameters")
	ErrFixedURL   = errs.Define(errs.Invalid, "access.fixed_base_url", "该渠道的接口地址是固定的", "This channel's address cannot be changed")
	ErrTuning     = errs.Define(errs.Invalid, "access.bad_tuning", "“{field}”须在 {min} 到 {max} 之间", "{field} must be between {min} and {max}")
	ErrNoConsent  = errs.Define(errs.Conflict, "access.no_consent", "该渠道不需要网页授权", "This channel needs no consent in the browser")
	ErrState      = errs.Define(errs.Forbidden, "access.bad_state", "授权已失效或已使用，请重新发起授权", "This authorisation has expired or was used; start it again")
	ErrOtherShop  = errs.Define(errs.Conflict, "access.other_account", "授权的是另一个店铺（{account}），请用原店铺账号授权", "Another shop ({account}) was authorised; sign in with the account of this shop")
	ErrBusy       = errs.Define(errs.Unavailable, "access.renewing", "正在续期授权，请稍后再试", "The authorisation is being renewed; try again in a moment")
	ErrUnsealed   = errs.Define(errs.Internal, "access.unreadable", "无法读取已保存的凭证，请重新填写", "The stored credentials cannot be read; enter them again")
	ErrNeeded     = errs.Define(errs.Conflict, "access.needed", "请先在接口设置里填写凭证，保存后店铺会自动改为接口同步", "Give this shop access to its channel first; saving it turns the shop to synchronisation")
	ErrNotWorking = errs.Define(errs.Conflict, "access.not_working", "接口授权目前不可用（{state}），请重新授权或更正凭证后再改为接口同步", "The access to this shop's channel does not work now ({state}); authorise again or correct the credentials first")
	ErrRedirect   = errs.Define(errs.Invalid, "access.bad_redirect", "回调地址无效", "Not a usable callback address")
)
