package inventory

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrInsufficient = errs.Define(errs.Conflict, "inventory.insufficient",
		"库存不足：{sku} 可用 {available}，需要 {wanted}", "Not enough stock: {available} of {sku} available, {wanted} wanted")
	ErrBadQuantity = errs.Define(errs.Invalid, "inventory.bad_quantity",
		"数量须是 1 到 10 亿之间的整数", "A quantity is a whole number from 1 to 1,000,000,000")
	ErrBadLevel = errs.Define(errs.Invalid, "inventory.bad_level",
		"数量须是 0 到 10 亿之间的整数", "The number must be whole and between 0 and 1,000,000,000")
	ErrBelowReserved = errs.Define(errs.Conflict, "inventory.below_reserved",
		"调整后的库存会少于订单已占用的 {reserved} 件", "That would leave less stock than the {reserved} pieces orders have reserved")
	ErrNothingToChange = errs.Define(errs.Invalid, "inventory.nothing_to_change",
		"请填写增减数量，或盘点后的数量，二选一", "Give either a change or the counted quantity, not both")
	ErrReasonMissing = errs.Define(errs.Invalid, "inventory.reason_missing",
		"请填写 1 到 200 字的调整原因", "Give a reason of 1 to 200 characters")
	ErrBadCondition = errs.Define(errs.Invalid, "inventory.bad_condition",
		"货品状态只能是良品或残次品", "The condition is good or defective")
	ErrBundleHasNoStock = errs.Define(errs.Conflict, "inventory.bundle_has_no_stock",
		"组合商品没有自己的库存，请调整它的子商品", "A bundle has no stock of its own; adjust its components")
	ErrNoWarehouse = errs.Define(errs.NotFound, "inventory.warehouse_not_found",
		"找不到这个仓库", "No such warehouse")
	ErrWarehouseTaken = errs.Define(errs.Conflict, "inventory.warehouse_code_taken",
		"仓库编码已被使用：{code}", "The warehouse code {code} is taken")
	ErrBadWarehouse = errs.Define(errs.Invalid, "inventory.bad_warehouse",
		"仓库编码须为 1 到 32 个字，名称须为 1 到 60 个字", "A warehouse code has 1 to 32 characters, its name 1 to 60")
	ErrDefaultWarehouse = errs.Define(errs.Conflict, "inventory.default_warehouse",
		"默认仓库不能停用，请先把另一个仓库设为默认", "The default warehouse cannot be switched off; make another one the default first")
	ErrWarehouseChanged = errs.Define(errs.Conflict, "inventory.warehouse_changed",
		"仓库刚被别人改过，请刷新后再改", "Someone else just changed this warehouse; reload and try again")
	ErrImportUnknownSKU = errs.Define(errs.Invalid, "inventory.import_unknown_sku",
		"没有编码为 {code} 的 SKU", "There is no SKU with the code {code}")
	ErrImportUnknownWarehouse = errs.Define(errs.Invalid, "inventory.import_unknown_warehouse",
		"没有编码或名称为 {warehouse} 的仓库", "There is no warehouse with the code or name {warehouse}")
	ErrImportBadNumber = errs.Define(errs.Invalid, "inventory.import_bad_number",
		"“{value}”不是可用的数字", "{value} is not a usable number")
)
