package why

import (
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/logistics/choose"
)

type reason struct {
	owner        string
	stops        bool
	zh, en       string
	endZH, endEN string
}

const (
	service   = "customer_service"
	warehouse = "warehouse"
	owner     = "owner"
	buyer     = "buyer"
)

// reasons are those that are not rows of the table of holds, or that are found here
// before the hold is raised.
var reasons = map[string]reason{
	"closed":       {service, true, "订单已关闭", "The order is closed", "不会再发货", "it will not ship any more"},
	"not_adopted":  {owner, true, "启用时间之前的历史订单，需先接管", "Placed before the shop went live: adopt it first", "接管订单", "somebody adopts it"},
	"unpaid":       {buyer, true, "买家尚未付款", "The buyer has not paid", "买家付款", "the buyer pays"},
	"ready":        {warehouse, false, "可以发货，等待仓库处理", "Ready: waits for the warehouse", "发货", "it is shipped"},
	"presale_date": {warehouse, true, "预售，离承诺的发货时间还早", "A presale: its promised time is far off", "到承诺发货时间前 48 小时", "48 hours are left to its promised time"},
	"awaiting_approval": {service, true, "等待审核", "Waits for approval",
		"审核通过", "it is approved"},
	"not_allocated": {warehouse, true, "还没有分配仓库", "No warehouse has been given it",
		"分配仓库", "it is allocated"},
	"waiting_for_goods": {warehouse, true, "缺货，等待到货", "Short of goods: waits for an arrival",
		"到货后按加急、期限先后自动分配", "goods arrive: the urgent are served first, then those due first"},
	"ask_buyer": {service, true, "缺货，需与买家协商", "Short of goods: the buyer is to be asked",
		"记录与买家的约定，或到货", "what was agreed is recorded, or goods arrive"},
	"merged_order_changed": {warehouse, true, "合并的订单有变动", "One of the orders merged with it has changed",
		"核对发货单后解除", "a person releases the fulfillment order"},
	"merged_with_stopped": {service, true, "合并发货的另一个订单不能发", "Another order in the same parcel must not ship",
		"处理那个订单，或取消合并", "that order is dealt with, or taken out of the parcel"},
	"content_changed": {warehouse, true, "内容刚变更，发货单正在更新", "Its content has just changed; the fulfillment order follows",
		"自动更新后重新打印", "it is updated by itself, then printed anew"},
	"guard": {service, true, "发货前检查未通过", "The check before shipping refuses it",
		"消除所述原因", "the reason given is gone"},
	"data_too_old": {service, true, "店铺订单数据过旧", "The shop's order data is too old",
		"导入最新订单文件，或主管说明原因后放行", "a fresh file is imported, or a supervisor ships with a reason"},
	"waybill_failed": {warehouse, true, "电子面单取号失败", "No waybill number could be issued",
		"改正后重新取号，或换账号", "the fault is corrected and it is asked for again, or another account is chosen"},
	"waybill_uncertain": {warehouse, true, "取号没有回应，正在核实，避免重复取号", "The issuer did not answer: it is being asked what became of the number",
		"核实后自动继续", "the issuer tells; it goes on by itself"},
	"waybill_stale": {warehouse, true, "取号后订单内容有变，单号作废需重取", "The order changed after its number was issued",
		"重新取号", "the number is issued anew"},
	"waybill_suspended": {warehouse, true, "取号后快递停发该地区", "The carrier suspended the area after the number was issued",
		"停发结束，或回收单号换快递", "the suspension ends, or the number is given back and another carrier takes it"},
	"waybill_pending": {warehouse, false, "正在取号", "Its number is being issued", "取到单号", "the number comes"},
	"carrier_unset": {warehouse, true, "没有可用的快递账号", "No carrier account may take it",
		"有快递账号可用", "an account may take it"},
	"carrier_unreachable": {warehouse, true, "没有快递能按承诺送达", "No carrier can deliver it as promised",
		"有快递可达，或改地址", "a carrier can, or the address changes"},
	"carrier_suspended": {warehouse, true, "快递停发该地区", "The carriers have suspended the area",
		"停发结束，或换快递", "the suspension ends, or another carrier takes it"},
	"print_failed": {warehouse, true, "面单没有打印出来", "Its label did not come out", "重新打印", "it is printed again"},
	"print_uncertain": {warehouse, true, "不知道面单是否已打印，需看纸", "Nobody knows whether its label was printed: look at the paper",
		"有人确认打印结果", "a person says what the paper shows"},
	"reprint_needed": {warehouse, true, "打印后内容有变，旧面单作废", "It changed after its label was printed: the paper no longer counts",
		"重新打印", "it is printed anew"},
	"short_at_shelf": {warehouse, true, "拣货时货架上没有", "It was missing on the shelf", "补到货后重新进波次", "goods are found, and it goes into a wave again"},
	"being_picked":   {warehouse, false, "正在拣货", "It is being picked", "拣完", "it is picked"},
	"at_bench":       {warehouse, false, "正在复核台上", "It is at a packing bench", "验完发货", "it is verified and shipped"},
	"hit": {warehouse, true, "在拦截清单上，必须从货物中取出", "It is on the hit list: pull it out",
		"取出，或原因消除", "it is pulled, or the reason is gone"},
	"to_issue":      {warehouse, false, "可以发货，等待取号", "Ready: waits for a waybill number", "取号", "its number is issued"},
	"to_print":      {warehouse, false, "已取号，等待打印面单", "It has a number: waits for its label", "打印面单", "the label is printed"},
	"to_verify":     {warehouse, false, "面单已打印，等待验货发货", "Its label is printed: waits to be verified and shipped", "验货发货", "it is verified and shipped"},
	"to_ship":       {warehouse, false, "已分配仓库，等待发货", "It is allocated: waits to be shipped", "发货", "it is shipped"},
	"to_ship_plain": {warehouse, false, "不需要快递，等待发货", "It needs no carrier: waits to be shipped", "发货", "it is shipped"},
	"shipment_upload_refused": {service, false, "已发货，但平台拒绝了回传", "It has left, but the channel refused the report",
		"回传成功，或平台已显示发货", "the report goes through, or the channel calls it shipped"},
	"shipment_upload_uncertain": {service, false, "已发货，但不知平台是否收到回传", "It has left, but nobody knows whether the channel heard of it",
		"有人核对平台后台并确认", "a person looks at the channel and says so"},
	"shipment_upload_retried": {"channel", false, "已发货，回传未成功，正在重试", "It has left; the report has not gone through yet and is repeated",
		"回传成功", "the report goes through"},
}

type text struct{ zh, en string }

// word is a value in the reader's language; one that the table does not know stands as
// it is.
func (a *account) word(table map[string]text, value string) string {
	if t, ok := table[value]; ok {
		return pick(a.lang, t.zh, t.en)
	}
	return value
}

var agreed = map[string]text{
	"wait":    {"买家同意等待", "The buyer agreed to wait"},
	"replace": {"买家同意换货，待修改商品", "The buyer agreed to other goods: change the lines"},
	"refund":  {"买家同意退款，不再分配", "The buyer agreed to a refund: no goods are given to it"},
}

var strategies = map[string]text{
	allocate.ByPriority: {"按仓库优先级", "By the warehouses' priority"}, allocate.ByRegion: {"按收件地区的优先仓", "By the region's preferred warehouse"},
	allocate.ByStock: {"库存最多的优先", "The one with most stock first"}, allocate.ByDistance: {"距离最近的优先", "The nearest first"},
	allocate.ByCost: {"运费最低的优先", "The cheapest freight first"}, allocate.ByFewestSplits: {"包裹数最少", "As few parcels as can be"},
}

var shortages = map[string]text{
	allocate.ShortWait: {"不够则等货", "When short, it waits"}, allocate.ShortPartial: {"不够则先发有货的部分", "When short, what there is leaves first"},
	allocate.ShortSplit: {"一个仓不够，由几个仓分发", "When one is short, several share it"}, allocate.ShortMove: {"不够则换仓", "When short, another warehouse takes it"},
	allocate.ShortAsk: {"不够则与买家协商", "When short, the buyer is asked"},
}

var candidates = map[string]text{
	allocate.Chosen: {"发另一部分", "Ships another part"}, allocate.Later: {"可发，但排在后面", "Possible, but ranks after it"},
	allocate.NotServed: {"不覆盖收件省份", "Does not serve the province"}, allocate.Inactive: {"已停用", "Out of use"},
	allocate.Refused: {"供应商拒单", "The supplier refused the order"},
}

var carrierWords = map[string]text{
	string(choose.Off):         {"账号未启用", "The account is switched off"},
	string(choose.Elsewhere):   {"不用于该店铺或仓库", "Not for this shop or warehouse"},
	string(choose.OtherSource): {"其他平台的电子面单", "Waybills of another channel"},
	string(choose.NeedsSource): {"收件信息加密，只能用平台电子面单", "The receiver is ciphered: only the channel's own waybills can be printed"},
	string(choose.NotNamed):    {"买家指定了别的快递", "The buyer was promised another carrier"},
	string(choose.NotToDoor):   {"不能送货上门", "Cannot deliver to the door"},
	string(choose.Suspended):   {"停发该地区", "Has suspended the area"},
	string(choose.Empty):       {"单号余额用完", "No waybills are left"},
	string(choose.Excluded):    {"被规则排除", "Excluded by the rule"},
	string(choose.NotRequired): {"规则要求用别的账号", "A rule requires another account"},
	string(choose.Preferred):   {"规则优先", "Preferred by the rule"},
	string(choose.Cheapest):    {"运费最低", "The cheapest"},
	string(choose.Quoted):      {"按快递实时报价运费最低", "The cheapest by the carrier’s own price"},
	string(choose.First):       {"没有价格可比，按账号顺序", "No prices to compare: accounts in their order"},
}
