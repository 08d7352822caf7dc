package web

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrInvalid     = errs.Define(errs.Invalid, "web.invalid", "提交的内容有误，请检查标出的字段", "Some fields are not valid; see the list")
	ErrUnreadable  = errs.Define(errs.Invalid, "web.unreadable", "请求内容无法读取：{reason}", "The request cannot be read: {reason}")
	ErrTooLarge    = errs.Define(errs.TooLarge, "web.too_large", "请求内容超过上限", "The request is too large")
	ErrMediaType   = errs.Define(errs.Invalid, "web.media_type", "不支持的内容类型", "This content type is not supported")
	ErrTimeout     = errs.Define(errs.Unavailable, "web.timeout", "请求内容接收超时", "The request took too long to arrive")
	ErrInternal    = errs.Define(errs.Internal, "web.internal", "系统出错，请稍后重试；如持续出现请把请求编号发给管理员", "Something went wrong; if it persists, give the request id to your administrator")
	ErrNoRoute     = errs.Define(errs.NotFound, "web.no_route", "没有这个接口", "There is no such address")
	ErrMethod      = errs.Define(errs.Invalid, "web.method", "该接口不支持此方法", "This address does not take that method")
	ErrCrossOrigin = errs.Define(errs.Forbidden, "web.cross_origin", "已拒绝来自其他网站的请求", "A request from another site was refused")
	ErrBadKey      = errs.Define(errs.Invalid, "web.bad_idempotency_key", "Idempotency-Key 须为 1 到 200 个可见 ASCII 字符", "Idempotency-Key must be 1 to 200 visible ASCII characters")
	ErrNoFile      = errs.Define(errs.Invalid, "web.no_file", "请选择要上传的文件", "Choose a file to upload")
	ErrManyFiles   = errs.Define(errs.Invalid, "web.too_many_files", "一次最多上传 {max} 个文件", "At most {max} files at a time")

	// What is wrong with one field.
	errRequired  = errs.Define(errs.Invalid, "web.required", "必填", "Required")
	errUnknown   = errs.Define(errs.Invalid, "web.unknown_field", "没有这个字段", "There is no such field")
	errType      = errs.Define(errs.Invalid, "web.wrong_type", "类型不对", "Wrong type")
	errFormat    = errs.Define(errs.Invalid, "web.bad_format", "格式不对", "Wrong format")
	errChoice    = errs.Define(errs.Invalid, "web.not_a_choice", "只能是：{limit}", "Must be one of: {limit}")
	errTooShort  = errs.Define(errs.Invalid, "web.too_short", "长度至少 {limit}", "The length must be at least {limit}")
	errTooLong   = errs.Define(errs.Invalid, "web.too_long", "长度最多 {limit}", "The length must be at most {limit}")
	errTooSmall  = errs.Define(errs.Invalid, "web.too_small", "不能小于 {limit}", "Must not be less than {limit}")
	errTooBig    = errs.Define(errs.Invalid, "web.too_big", "不能大于 {limit}", "Must not be more than {limit}")
	errBadValue  = errs.Define(errs.Invalid, "web.bad_value", "值无效", "Not a valid value")
	errDuplicate = errs.Define(errs.Invalid, "web.duplicate", "不能重复", "Must not repeat")
)
