package sheet

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrEmpty = errs.Define(errs.Invalid, "sheet.empty",
		"文件是空的，请重新导出后再上传。", "The file is empty. Export it again and upload it.")
	ErrUnreadable = errs.Define(errs.Invalid, "sheet.unreadable",
		"读不了这个文件，它不是完好的 CSV 或 XLSX 表格。", "This file cannot be read: it is not an intact CSV or XLSX table.")
	ErrTooLarge = errs.Define(errs.TooLarge, "sheet.too_large",
		"文件太大，超出了安全上限，请缩短时间范围分段导出。", "The file is larger than the safety limits allow. Export shorter periods in parts.")
	ErrEncrypted = errs.Define(errs.Invalid, "sheet.encrypted",
		"文件有打开密码，请先在 Excel 或 WPS 里去掉密码再上传。", "The file needs a password. Remove the password in Excel or WPS and upload it again.")
	ErrOldExcel = errs.Define(errs.Invalid, "sheet.old_excel",
		"这是旧版 Excel 文件（.xls），请在 Excel 或 WPS 里另存为 .xlsx 再上传。", "This is an old Excel file (.xls). Save it as .xlsx in Excel or WPS and upload that.")
	ErrNotTable = errs.Define(errs.Invalid, "sheet.not_a_table",
		"这是网页或 XML 文件，只是扩展名像表格，请用 Excel 或 WPS 打开后另存为 .xlsx。", "This is a web page or XML with a table's file name. Open it in Excel or WPS and save it as .xlsx.")
)

// tooLarge names the bound that was passed in its parameters, for logs and support.
func tooLarge(what string, limit int64) error {
	return ErrTooLarge.With("what", what, "limit", limit)
}
