package catalog

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNoProduct  = errs.Define(errs.NotFound, "catalog.product_not_found", "找不到这个商品", "No such product")
	ErrNoSKU      = errs.Define(errs.NotFound, "catalog.sku_not_found", "找不到这个 SKU", "No such SKU")
	ErrNoListing  = errs.Define(errs.NotFound, "catalog.listing_not_found", "找不到这个平台商品", "No such listing")
	ErrBadName    = errs.Define(errs.Invalid, "catalog.bad_name", "商品名称须为 1 到 200 个字", "A product's name has 1 to 200 characters")
	ErrBadCode    = errs.Define(errs.Invalid, "catalog.bad_code", "SKU 编码须为 1 到 64 个字，首尾不能有空格", "A SKU code has 1 to 64 characters without blanks around it")
	ErrBadSpec    = errs.Define(errs.Invalid, "catalog.bad_spec", "规格不能超过 200 个字", "A spec has at most 200 characters")
	ErrCodeTaken  = errs.Define(errs.Conflict, "catalog.code_taken", "SKU 编码已被使用：{code}", "The SKU code {code} is taken")
	ErrBadCost    = errs.Define(errs.Invalid, "catalog.bad_cost", "成本须在 0 到 1000 万元之间", "A cost lies between 0 and 10 million yuan")
	ErrBadVolume  = errs.Define(errs.Invalid, "catalog.bad_volume", "体积须在 0 到 1000 万立方厘米之间", "A volume lies between 0 and 10,000,000 cm³")
	ErrBadClasses = errs.Define(errs.Invalid, "catalog.bad_classes", "最多 {max} 个类别，每个不超过 20 个字且不含逗号", "At most {max} classes, each of at most 20 characters and without a comma")
	ErrBadWeight  = errs.Define(errs.Invalid, "catalog.bad_weight", "重量须在 0 到 1000 千克之间，单位为克", "A weight lies between 0 and 1,000 kg, in grams")
	ErrBadImage   = errs.Define(errs.Invalid, "catalog.bad_image", "图片地址须以 https:// 或 http:// 开头，且不超过 1000 个字符", "An image address starts with https:// or http:// and has at most 1,000 characters")

	ErrBadBarcode   = errs.Define(errs.Invalid, "catalog.bad_barcode", "条码须为 1 到 64 个可见字符：{barcode}", "A barcode has 1 to 64 visible characters: {barcode}")
	ErrBarcodeTaken = errs.Define(errs.Conflict, "catalog.barcode_taken", "条码 {barcode} 已属于 SKU {code}", "The barcode {barcode} belongs to SKU {code}")
	ErrManyBarcodes = errs.Define(errs.Invalid, "catalog.too_many_barcodes", "一个 SKU 最多 20 个条码", "A SKU has at most 20 barcodes")

	ErrBadComponent  = errs.Define(errs.Invalid, "catalog.bad_component", "组合商品最多 50 个子商品，数量 1 到 10000，价值份额 0 到 100 万", "A bundle has at most 50 components, each with a quantity of 1 to 10,000 and a share of 0 to 1,000,000")
	ErrNestedBundle  = errs.Define(errs.Conflict, "catalog.nested_bundle", "组合商品不能再包含组合商品：{code}", "A bundle cannot contain a bundle: {code}")
	ErrComponentUsed = errs.Define(errs.Conflict, "catalog.component_used", "{code} 是别的组合商品的子商品，不能再设为组合商品", "{code} is a component of a bundle and cannot become one")
	ErrChanged       = errs.Define(errs.Conflict, "catalog.changed", "刚被别人改过，请刷新后再改", "Someone else just changed this; reload and try again")
	ErrInactive      = errs.Define(errs.Conflict, "catalog.sku_inactive", "SKU {code} 已停用", "SKU {code} is switched off")
	ErrTooMany       = errs.Define(errs.TooLarge, "catalog.too_many", "一次最多处理 {limit} 条", "At most {limit} at a time")

	ErrImportNoCode     = errs.Define(errs.Invalid, "catalog.import_no_code", "这一行没有 SKU 编码", "This row has no SKU code")
	ErrImportScientific = errs.Define(errs.Invalid, "catalog.import_scientific", "编码被表格软件改成了科学计数法（{value}），请把该列设为文本后重新导出", "The spreadsheet program turned the code into {value}; format the column as text and export again")
	ErrImportUnknownSKU = errs.Define(errs.Invalid, "catalog.import_unknown_sku", "没有编码为 {code} 的 SKU；要新建它，请给出商品名称", "There is no SKU {code}; give a product name to create it")
	ErrImportBadValue   = errs.Define(errs.Invalid, "catalog.import_bad_value", "“{value}”不能用作{field}", "{value} cannot be the {field}")
)
