package file

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrNotFound: no complete file has this id, or it expired.
	ErrNotFound = errs.Define(errs.NotFound, "file.not_found", "文件不存在或已过期", "The file does not exist or has expired")
	// ErrTooLarge: the upload passes its bound.
	ErrTooLarge = errs.Define(errs.TooLarge, "file.too_large", "文件超过 {max_mb} MB 上限", "The file is larger than {max_mb} MB")
	// ErrEmpty: the upload has no bytes.
	ErrEmpty = errs.Define(errs.Invalid, "file.empty", "文件是空的", "The file is empty")
	// ErrBadName: the name is empty, too long or not text.
	ErrBadName = errs.Define(errs.Invalid, "file.bad_name", "文件名无效", "The file name is not valid")
)
