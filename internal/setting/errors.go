package setting

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrUnknown   = errs.Define(errs.NotFound, "setting.unknown", "没有这项设置", "There is no such setting")
	ErrValue     = errs.Define(errs.Invalid, "setting.bad_value", "设置值无效：应为 {expected}", "Not a valid value: expected {expected}")
	ErrChanged   = errs.Define(errs.Conflict, "setting.changed", "设置已被他人修改，请刷新后重试", "Somebody else changed this; reload and try again")
	ErrNoView    = errs.Define(errs.NotFound, "setting.view_not_found", "找不到该视图", "There is no such saved view")
	ErrViewName  = errs.Define(errs.Invalid, "setting.bad_view_name", "视图名称为 1–40 个字符", "A view's name has 1 to 40 characters")
	ErrViewPage  = errs.Define(errs.Invalid, "setting.bad_view_page", "页面名称无效", "Not a valid page name")
	ErrViewQuery = errs.Define(errs.Invalid, "setting.bad_view_query", "筛选条件须为 JSON 对象，最大 8 KB", "The filter must be a JSON object of at most 8 KB")
	ErrManyViews = errs.Define(errs.Conflict, "setting.too_many_views", "每个页面最多保存 {max} 个视图", "At most {max} views can be saved per page")
	ErrNotPerson = errs.Define(errs.Forbidden, "setting.not_a_person", "只有登录用户可以保存视图", "Only a signed-in person can save views")
)
