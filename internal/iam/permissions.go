package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// The built-in roles, and the presets a new merchant finds as editable roles.
const (
	Owner           = "owner"            // 店长
	Admin           = "admin"            // 管理员
	CustomerService = "customer_service" // 客服
	Finance         = "finance"          // 财务
	Warehouse       = "warehouse"        // 仓管
	ReadOnly        = "read_only"        // 只读
	Auditor         = "auditor"          // 审计员

	Reviewer         = "reviewer"          // 审单员
	Picker           = "picker"            // 拣货员
	WarehouseManager = "warehouse_manager" // 仓库主管
	Purchaser        = "purchaser"         // 采购员
)

// RoleDef describes a role the product brings along.
type RoleDef struct {
	Code   string
	ZH, EN string
	// Preset roles start with these rights and may then be edited or deleted.
	Preset bool
	// RefundLimit bounds refund.approve, fen; negative: no bound.
	RefundLimit money.Fen
}

// unlimited marks a role without a bound on refunds.
const unlimited money.Fen = -1

// RoleDefs lists the roles in the order in which screens and documents show them.
func RoleDefs() []RoleDef {
	return []RoleDef{
		{Owner, "店长", "Owner", false, unlimited},
		{Admin, "管理员", "Admin", false, unlimited},
		{CustomerService, "客服", "Customer service", false, 20000},
		{Finance, "财务", "Finance", false, unlimited},
		{Warehouse, "仓管", "Warehouse staff", false, unlimited},
		{ReadOnly, "只读", "Read only", false, unlimited},
		{Auditor, "审计员", "Auditor", false, unlimited},
		{Reviewer, "审单员", "Order reviewer", true, unlimited},
		{Picker, "拣货员", "Picker", true, unlimited},
		{WarehouseManager, "仓库主管", "Warehouse manager", true, unlimited},
		{Purchaser, "采购员", "Purchaser", true, unlimited},
	}
}

// Permission is one right. Roles names the roles of RoleDefs that hold it; the
// owner holds everything and is not written out.
type Permission struct {
	Code   string
	ZH, EN string
	Roles  []string
}

// Roles grouped for the table below. Nobody but the owner sees plain personal
// data unless a role of the merchant's own says so: admin does not imply it.
// Customer service moves contact data, never amounts. The warehouse ships and
// sees no money; finance sees money and does not ship.
var (
	everyone   = []string{Admin, CustomerService, Finance, Warehouse, ReadOnly, Auditor, Reviewer, Picker, WarehouseManager, Purchaser}
	serve      = []string{Admin, CustomerService, Reviewer}
	ship       = []string{Admin, Warehouse, WarehouseManager}
	pack       = []string{Admin, Warehouse, WarehouseManager, Picker}
	run        = []string{Admin}
	ownersOnly = []string{}
)

// Permissions is the matrix: the one source for checks, the API and the docs.
func Permissions() []Permission {
	return []Permission{
		{"order.read", "查看订单", "See orders", everyone},
		{"order.create", "新建手工单", "Create manual orders", []string{Admin, CustomerService}},
		{"order.reship", "建补发单与换货单", "Make reships and exchanges", []string{Admin, CustomerService}},
		{"order.approve", "审单与反审核", "Approve orders and revoke approval", serve},
		{"order.approve_finance", "财务审核订单", "Approve orders for finance", []string{Admin, Finance}},
		{"review.edit", "维护审单规则与黑名单", "Edit review rules and the blacklist", []string{Admin, Reviewer}},
		{"order.hold", "挂起与解挂", "Hold and release orders", serve},
		{"order.close", "关闭订单", "Close orders", []string{Admin, CustomerService}},
		{"order.note", "备注、插旗、标签、已读", "Notes, flags, tags and read marks", []string{Admin, CustomerService, Finance, Warehouse, Reviewer, WarehouseManager}},
		{"order.archive", "归档与取消归档", "Archive and unarchive", serve},
		{"order.edit_address", "修改收件人和地址", "Change receiver and address", []string{Admin, CustomerService}},
		{"order.edit_lines", "修改订单商品", "Change order lines", []string{Admin, Reviewer}},
		{"order.adjust_price", "改价与改运费", "Adjust prices and freight", run},
		{"order.reveal", "查看收件人明文", "Reveal receivers in plain", ownersOnly},
		{"order.adopt", "接管历史未发货订单", "Adopt earlier unshipped orders", []string{Admin, Reviewer}},
		{"fulfillment.read", "查看发货", "See shipments", everyone},
		{"fulfillment.allocate", "分配仓库", "Allocate to a warehouse", []string{Admin, Warehouse, Reviewer, WarehouseManager}},
		{"fulfillment.split", "拆单", "Split fulfillment orders", []string{Admin, Reviewer, Warehouse, WarehouseManager}},
		{"fulfillment.merge", "合单、取消合并与锁单", "Merge, unmerge and seal fulfillment orders", []string{Admin, Reviewer, Warehouse, WarehouseManager}},
		{"fulfillment.ship", "发货", "Ship", ship},
		{"fulfillment.dropship", "代发：发给供应商与回填单号", "Give orders to suppliers, and take their waybill numbers back", []string{Admin, Warehouse, WarehouseManager, Purchaser}},
		{"purchase.read", "查看供应商", "See suppliers", everyone},
		{"purchase.edit", "维护供应商与供应商入口", "Edit suppliers and their doors", []string{Admin, Purchaser}},
		{"fulfillment.ship_stale", "数据过旧时仍可发货", "Ship on stale data", []string{Admin, WarehouseManager}},
		{"packing.read", "查看波次、打印与复核", "See waves, prints and verification", everyone},
		{"packing.wave", "建立与取消波次", "Make and cancel waves", ship},
		{"packing.pick", "拣货", "Pick", pack},
		{"packing.print", "打印面单与单据", "Print labels and slips", pack},
		{"packing.verify", "扫码复核与称重", "Verify and weigh", pack},
		{"packing.handover", "快递交接", "Hand parcels to couriers", pack},
		{"packing.force", "强制通过复核", "Force a parcel through verification", []string{Admin, WarehouseManager}},
		{"logistics.read", "查看快递账号、运价与面单", "See carrier accounts, prices and waybills", everyone},
		{"logistics.edit", "维护快递账号、运价与规则", "Edit carrier accounts, prices and rules", []string{Admin, WarehouseManager}},
		{"waybill.issue", "取号与回收单号", "Issue and cancel waybills", ship},
		{"inventory.read", "查看库存", "See stock", everyone},
		{"inventory.adjust", "调整库存与入库", "Adjust and receive stock", ship},
		{"inventory.edit_warehouse", "维护仓库", "Edit warehouses", []string{Admin, WarehouseManager}},
		{"catalog.read", "查看商品", "See products", everyone},
		{"catalog.edit", "维护商品与匹配", "Edit products and listing mapping", []string{Admin, Purchaser}},
		{"shop.read", "查看店铺", "See shops", everyone},
		{"shop.edit", "维护店铺", "Edit shops", run},
		{"channel.read", "查看接口同步", "See synchronisation by API", everyone},
		{"channel.edit", "维护接口授权与同步参数", "Edit channel access and synchronisation", run},
		{"channel.sync", "立即拉取与对账", "Pull and compare now", serve},
		{"intake.import", "导入订单文件", "Import order files", serve},
		{"intake.read", "查看导入与收件箱", "See imports and inbox", []string{Admin, CustomerService, Finance, ReadOnly, Auditor, Reviewer}},
		{"intake.replay", "重放或忽略异常订单", "Replay or dismiss quarantined orders", []string{Admin, Reviewer}},
		{"intake.reveal", "查看原始报文（含个人信息）", "See raw bodies, personal data included", ownersOnly},
		{"export.run", "导出（脱敏）", "Export, masked", []string{Admin, CustomerService, Finance, Warehouse, WarehouseManager, Purchaser}},
		{"export.plain", "导出明文", "Export in plain", ownersOnly},
		{"report.read", "查看报表", "See reports", []string{Admin, Finance, ReadOnly, Auditor}},
		{"job.read", "查看任务", "See jobs", everyone},
		{"iam.read", "查看员工与角色", "See users and roles", []string{Admin, Auditor}},
		{"iam.edit_user", "管理员工", "Manage users", run},
		{"iam.edit_role", "管理角色", "Manage roles", run},
		{"iam.edit_api_key", "管理 API 密钥", "Manage API keys", run},
		{"audit.read", "查看操作日志", "Read the audit log", []string{Admin, Auditor}},
		{"setting.edit", "修改设置", "Change settings", run},
		{"system.read", "查看系统信息", "See system information", []string{Admin, Auditor}},
		{"aftersale.read", "查看售后", "See after-sale cases", everyone},
		{"aftersale.receive", "退货入库验收", "Receive and inspect returns", ship},
		{"refund.approve", "同意退款（额度内）", "Approve refunds, within the role's limit", []string{Admin, CustomerService, Finance}},
		{"review.reply", "回复评价", "Reply to reviews", []string{Admin, CustomerService}},
		{"field.money", "查看金额", "See amounts", []string{Admin, CustomerService, Finance, ReadOnly, Auditor, Reviewer}},
		{"field.cost", "查看成本", "See costs", []string{Admin, Finance, Purchaser}},
	}
}

// DefaultRights are the permissions of a role of RoleDefs, sorted; nil for others.
func DefaultRights(role string) []string {
	var out []string
	for _, p := range Permissions() {
		if role == Owner || slices.Contains(p.Roles, role) {
			out = append(out, p.Code)
		}
	}
	slices.Sort(out)
	return out
}

// roleDef finds a role the product brings along.
func roleDef(code string) (RoleDef, bool) {
	for _, d := range RoleDefs() {
		if d.Code == code {
			return d, true
		}
	}
	return RoleDef{}, false
}

// checkPermissions refuses names that are not in the matrix, and returns the rest
// sorted and without doubles.
func checkPermissions(given []string) ([]string, error) {
	known := DefaultRights(Owner)
	for i, p := range given {
		if _, ok := slices.BinarySearch(known, p); !ok {
			return nil, ErrPermission.With("permission", p).At(fmt.Sprintf("permissions[%d]", i))
		}
	}
	out := slices.Clone(given)
	slices.Sort(out)
	return slices.Compact(out), nil
}

// MatrixMarkdown is the published matrix, generated for the documents.
func MatrixMarkdown() string {
	var b strings.Builder
	b.WriteString("| permission | 中文 | English |")
	roles := RoleDefs()
	for _, r := range roles {
		b.WriteString(" " + r.Code + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat(":-:|", len(roles)) + "\n")
	for _, p := range Permissions() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |", p.Code, p.ZH, p.EN)
		for _, r := range roles {
			mark := " "
			if r.Code == Owner || slices.Contains(p.Roles, r.Code) {
				mark = " ● "
			}
			b.WriteString(mark + "|")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Errors name a missing right as the matrix does, and by its code, which whoever gives it looks for.
var _ = errs.Words("permission", func(lang, code string) string {
	for _, p := range Permissions() {
		if p.Code != code {
			continue
		}
		if strings.HasPrefix(lang, "en") {
			return p.EN + " (" + code + ")"
		}
		return p.ZH + "（" + code + "）"
	}
	return ""
})
