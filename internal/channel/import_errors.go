package channel

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrImportNotFound  = errs.Define(errs.NotFound, "channel.import_not_found", "没有这次导入", "There is no such import")
	ErrImportFiles     = errs.Define(errs.Invalid, "channel.import_file_count", "请一次上传 1 到 {max} 个文件", "Upload 1 to {max} files at once")
	ErrImportNothing   = errs.Define(errs.Invalid, "channel.import_no_orders", "这些文件里没有订单表,无法作为订单导入", "None of these files is an order export")
	ErrImportShop      = errs.Define(errs.Invalid, "channel.import_wrong_shop", "文件来自「{file_channel}」,与所选店铺的平台「{shop_channel}」不同", "The file is from {file_channel}, but the chosen shop is on {shop_channel}")
	ErrImportTime      = errs.Define(errs.Invalid, "channel.import_no_export_time", "请确认文件的导出时间(不能晚于现在)", "Say when the file was exported; it cannot be in the future")
	ErrImportRunning   = errs.Define(errs.Conflict, "channel.import_running", "这次导入已开始或已完成", "This import is running or done")
	ErrImportConflicts = errs.Define(errs.Conflict, "channel.import_conflicts", "有 {n} 个订单号已在同平台的其他店铺下,请确认后再导入", "{n} order numbers already stand under another shop of this channel; confirm before importing")
	ErrOtherShop       = errs.Define(errs.Conflict, "channel.import_other_shop", "该订单号已在店铺「{shop}」下", "This number already stands under the shop {shop}")
	ErrBadWord         = errs.Define(errs.Invalid, "channel.import_bad_status", "「{word}」对应的状态无效", "The status given for {word} does not exist")
	ErrPartMissing     = errs.Define(errs.Invalid, "channel.import_part_missing", "还缺少另一个文件:{kind}", "Another file is missing: {kind}")
)
