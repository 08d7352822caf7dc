package label

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrTemplate: an element of a template cannot be drawn.
	ErrTemplate = errs.Define(errs.Invalid, "label.bad_template", "面单模板第 {element} 个元素有误（{field}）", "Element {element} of the label template is wrong ({field})")
	// ErrUnknownField: the template asks for something no label has.
	ErrUnknownField = errs.Define(errs.Invalid, "label.unknown_field", "面单模板第 {element} 个元素引用了未知内容 {{{name}}}", "Element {element} of the label template refers to {{{name}}}, which no label has")
	// ErrTooLong: a text that must be printed whole does not fit, however small.
	ErrTooLong = errs.Define(errs.Invalid, "label.too_long", "内容太长，面单上放不下：{text}", "This does not fit on the label: {text}")
	// ErrBarcode: the text cannot be a bar code of that kind, or is too long for its place.
	ErrBarcode = errs.Define(errs.Invalid, "label.bad_barcode", "无法生成条码：{text}", "No bar code can be made of {text}")
)
