package shop

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound       = errs.Define(errs.NotFound, "shop.not_found", "找不到这个店铺", "No such shop")
	ErrNameTaken      = errs.Define(errs.Conflict, "shop.name_taken", "该渠道下已有同名店铺：{name}", "This channel already has a shop called {name}")
	ErrBadName        = errs.Define(errs.Invalid, "shop.bad_name", "店铺名称需为 1 到 60 个字", "A shop's name has 1 to 60 characters")
	ErrUnknownChannel = errs.Define(errs.Invalid, "shop.unknown_channel", "不认识的渠道：{channel}", "Unknown channel: {channel}")
	ErrBadValue       = errs.Define(errs.Invalid, "shop.bad_value", "“{field}”的值不可用", "The value of {field} cannot be used")
	ErrChanged        = errs.Define(errs.Conflict, "shop.changed", "店铺设置刚被别人改过，请刷新后再改", "Someone else just changed this shop; reload and try again")
)
