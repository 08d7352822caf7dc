package intake

import (
	"errors"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// ErrSplit asks for the batch again, through AcceptTx; nobody else sees it.
var ErrSplit = errors.New("intake: a record of the batch cannot be taken")

var (
	ErrNotFound      = errs.Define(errs.NotFound, "intake.not_found", "没有这条接收记录", "There is no such inbox record")
	ErrNotOpen       = errs.Define(errs.Conflict, "intake.not_open", "这条记录已处理，不能重复处理", "This record was handled before")
	ErrNoBody        = errs.Define(errs.Conflict, "intake.no_body", "这是整个文件的记录，请重新导入文件", "This record stands for a whole file; import the file again")
	ErrRawRecord     = errs.Define(errs.Conflict, "intake.raw_record", "这一行尚未读懂，请修正后重新导入文件", "This row could not be read; correct it and import the file again")
	ErrPoison        = errs.Define(errs.Internal, "intake.unexpected", "处理这条订单时出错，已隔离", "Something went wrong with this order; it is set aside")
	ErrRefused       = errs.Define(errs.Invalid, "intake.refused_by_database", "这条订单的数据不能保存，已隔离", "This order's data cannot be stored; it is set aside")
	ErrNoLines       = errs.Define(errs.Invalid, "intake.no_lines", "请至少添加一个商品", "Add at least one item")
	ErrUnknownSKU    = errs.Define(errs.Invalid, "intake.unknown_sku", "没有该 SKU 或已停用", "There is no such active SKU")
	ErrBadQuantity   = errs.Define(errs.Invalid, "intake.bad_quantity", "数量须为 1 到 1000000 的整数", "The quantity must be a whole number from 1 to 1,000,000")
	ErrBadAmount     = errs.Define(errs.Invalid, "intake.bad_amount", "金额不能为负", "An amount must not be negative")
	ErrBadReceiver   = errs.Define(errs.Invalid, "intake.bad_receiver", "请填写收件人、电话和地址", "Name, phone and address of the receiver are needed")
	ErrClosedShop    = errs.Define(errs.Conflict, "intake.shop_inactive", "该店铺已停用", "This shop is switched off")
	ErrUnknownSource = errs.Define(errs.Invalid, "intake.unknown_state", "未知的状态：{state}", "Unknown state: {state}")
)
