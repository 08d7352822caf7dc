package kuaishou

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys:  []string{"订单号|订单编号", "订单状态", "成交数量", "实付款", "商品名称"},
		Marks: []string{"订单创建时间", "订单支付时间", "快递费", "平台补贴", "主播补贴", "CPS达人ID", "收货地址-省", "预售定金支付时间"},
		Read:  readOrders,
	},
	{
		Kind: channel.Aftersales, Layout: "售后单导出",
		Keys:  []string{"售后单号", "订单编号", "退款金额", "售后状态", "买家ID|发货快递单号(如为西北订单,仅展示一段物流信息)"},
		Marks: []string{"退货物流单号", "换货物流单号"},
	},
	{
		Kind: channel.Settlement, Layout: "结算明细",
		Keys: []string{"商家ID", "订单号", "商品ID", "实际结算金额(元)"}, Marks: []string{"实际结算时间"},
	},
	{
		Kind: channel.Ledger, Layout: "动账明细",
		Keys: []string{"账务流水号", "关联业务单号", "入账时间", "账务方向", "发生额(元)"}, Marks: []string{"期末余额(元)", "业务类型", "描述"},
		Read: readLedger,
	},
}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		if err := r.RowPerOrder(src, c.no, false, build(c)); err != nil {
			return err
		}
	}
	return nil
}

func readLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: h.Col("账务流水号"), At: h.Col("入账时间"), Direction: h.Col("账务方向"), Amount: h.Col("发生额(元)"),
		Scene: h.Col("业务类型"), OrderNo: h.Col("关联业务单号"), LineNo: channel.None, Note: h.Col("备注"),
		In: channel.None, Out: channel.None,
	})
}
