package account

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound   = errs.Define(errs.NotFound, "account.not_found", "没有这个月结账号", "There is no such carrier account")
	ErrChanged    = errs.Define(errs.Conflict, "account.changed", "账号刚被别人改过，请刷新后再改", "Someone else just changed this account; reload and try again")
	ErrCarrier    = errs.Define(errs.Invalid, "account.bad_carrier", "该快递公司不能这样对接", "This carrier cannot be connected in this way")
	ErrKind       = errs.Define(errs.Invalid, "account.bad_kind", "账号类型无效", "There is no such kind of account")
	ErrName       = errs.Define(errs.Invalid, "account.bad_name", "请填写账号名称，最多 {max} 个字", "Give the account a name of at most {max} characters")
	ErrShop       = errs.Define(errs.Invalid, "account.needs_shop", "平台电子面单账号须指定授权店铺", "An account for a channel's waybills needs the shop whose authorisation it uses")
	ErrUnknown    = errs.Define(errs.Invalid, "account.unknown_credential", "该快递公司没有“{field}”这一项", "This carrier has no credential called {field}")
	ErrCredential = errs.Define(errs.Invalid, "account.credential_missing", "请填写“{name}”", "Fill in “{name}”")
	ErrFixedURL   = errs.Define(errs.Invalid, "account.fixed_base_url", "接口地址只能是快递公司的正式或测试地址", "The address can only be the carrier's own or its sandbox")
	ErrSender     = errs.Define(errs.Invalid, "account.bad_sender", "请完整填写发件人：姓名、电话、省市区和详细地址", "Fill in the sender: name, phone, province, city, district and address")
	ErrProduct    = errs.Define(errs.Invalid, "account.bad_product", "该快递公司没有这种服务", "This carrier has no such service")
	ErrLow        = errs.Define(errs.Invalid, "account.bad_threshold", "余额预警值不能为负", "The warning threshold cannot be negative")
	ErrOff        = errs.Define(errs.Conflict, "account.off", "该月结账号已停用", "This carrier account is switched off")
	ErrUnsealed   = errs.Define(errs.Internal, "account.unreadable", "无法读取已保存的凭证，请重新填写", "The stored credentials cannot be read; enter them again")
)
