package rowimport

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrColumn: a required field has no column, or the column is not in the file.
	ErrColumn = errs.Define(errs.Invalid, "rowimport.column_missing", "请先指定“{field}”对应的列", "Choose the column for {field} first")
	// ErrNoHeader: no row of the file names columns.
	ErrNoHeader = errs.Define(errs.Invalid, "rowimport.no_header", "文件里没有表头，请让第一行是列名", "The file has no header: its first row should name the columns")
	// ErrGone: the upload is not there (any more), or somebody else's.
	ErrGone = errs.Define(errs.NotFound, "rowimport.not_found", "找不到这次上传的文件，可能已过期，请重新上传", "The uploaded file is gone; upload it again")
	// ErrTwice: an earlier row speaks of the same thing.
	ErrTwice = errs.Define(errs.Invalid, "rowimport.row_twice", "与第 {row} 行重复", "The same as row {row}")
	// ErrTooMany: more rows than one import takes.
	ErrTooMany = errs.Define(errs.TooLarge, "rowimport.too_many_rows", "一次最多导入 {limit} 行，请拆成几个文件", "At most {limit} rows at a time; split the file")
)
