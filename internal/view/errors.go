package view

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrBadFilter names the filter field that cannot be read.
	ErrBadFilter = errs.Define(errs.Invalid, "view.bad_filter", "筛选条件“{field}”的值无效", "Filter {field} has a value that cannot be used")
	// ErrTooManyNumbers: a paste of more than MaxNumbers numbers.
	ErrTooManyNumbers = errs.Define(errs.Invalid, "view.too_many_numbers", "一次最多查询 {max} 个单号", "At most {max} numbers at once")
	// ErrUnknownColumn names a column that exports do not have.
	ErrUnknownColumn = errs.Define(errs.Invalid, "view.unknown_column", "导出没有“{column}”这一列", "Exports have no column {column}")
	// ErrUnknownFormat: only xlsx and csv are written.
	ErrUnknownFormat = errs.Define(errs.Invalid, "view.unknown_format", "导出格式只能是 xlsx 或 csv", "Exports are xlsx or csv")
)
