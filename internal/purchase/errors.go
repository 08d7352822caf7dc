package purchase

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNotFound    = errs.Define(errs.NotFound, "purchase.supplier_not_found", "没有这个供应商", "There is no such supplier")
	ErrChanged     = errs.Define(errs.Conflict, "purchase.supplier_changed", "供应商资料刚被别人改过，请刷新后再改", "Someone else just changed the supplier; reload and try again")
	ErrNameTaken   = errs.Define(errs.Conflict, "purchase.name_taken", "已有同名供应商", "There is a supplier of that name already")
	ErrBadSupplier = errs.Define(errs.Invalid, "purchase.bad_supplier", "供应商资料不正确：{field}", "The supplier's {field} is not valid")
	ErrUnknownSKU  = errs.Define(errs.Invalid, "purchase.unknown_sku", "没有 SKU {code}", "There is no SKU {code}")
	ErrNoPortal    = errs.Define(errs.NotFound, "purchase.portal_not_found", "没有这个供应商入口", "There is no such portal")
	ErrBadToken    = errs.Define(errs.Unauthorized, "purchase.bad_token", "链接已失效或已停用，请联系商家重新获取", "The link has expired or was revoked; ask the merchant for another one")
	ErrTooFast     = errs.Define(errs.TooMany, "purchase.too_fast", "操作太频繁，请稍后再试", "Too many requests; wait a moment")
)
