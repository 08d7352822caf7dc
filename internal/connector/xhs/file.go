package xhs

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys:  []string{"订单号", "订单状态", "SKU名称", "SKU件数"},
		Marks: []string{"小红书编码", "规格ID", "SKU规格", "商品总价(元)", "用户应付金额(元)", "包裹备注信息", "订单创建时间", "是否为赠品"},
		Read:  readOrders,
	},
	{
		Kind: channel.Settlement, Layout: "结算明细",
		Keys: []string{"订单号", "售后单号", "结算时间", "交易类型", "结算账户"}, Marks: []string{"计佣基数", "动账金额"},
	},
	{
		Kind: channel.Ledger, Layout: "动账明细",
		Keys: []string{"创建时间", "交易类型描述", "收入(元)", "支出(元)", "业务单号"}, Marks: []string{"账户余额(元)"},
		Read: readLedger,
	},
}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		goesOn := func(row channel.Row) bool { return row.Text(c.status) == "" && row.Text(c.title) != "" }
		if err := r.RowsPerOrder(src, c.no, goesOn, build(c)); err != nil {
			return err
		}
	}
	return nil
}

func readLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: channel.None, At: h.Col("创建时间"), In: h.Col("收入(元)"), Out: h.Col("支出(元)"), Scene: h.Col("交易类型描述"),
		OrderNo: h.Col("业务单号"), LineNo: channel.None, Note: h.Col("备注"), Direction: channel.None, Amount: channel.None,
	})
}
