package wechat

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys:  []string{"订单号", "订单状态", "商品名称", "商品数量", "商品编码(平台)|SKU编码(自定义)|商品编码(自定义)"},
		Marks: []string{"订单实际支付金额", "收件人手机", "商品发货", "商品售后", "商品已退款金额", "订单运费", "交易单号", "是否预售"},
		Read:  readOrders,
	},
	{
		Kind: channel.Aftersales, Layout: "售后单导出",
		Keys:  []string{"售后单号", "订单编号", "退款金额", "售后状态", "退换货物流单号|商家退换货联系人电话"},
		Marks: []string{"发货物流单号"},
	},
	{
		Kind: channel.Ledger, Layout: "资金流水",
		Keys: []string{"流水单号", "记账时间", "动帐类型|动账类型", "收支类型", "收支金额"}, Marks: []string{"关联订单号", "关联售后单号", "账户余额", "关联提现单号"},
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
		FlowNo: h.Col("流水单号"), At: h.Col("记账时间"), Direction: h.Col("收支类型"), Amount: h.Col("收支金额"),
		Scene: h.Col("动账类型", "动帐类型"), OrderNo: h.Col("关联订单号"), LineNo: channel.None, Note: h.Col("详情"),
		In: channel.None, Out: channel.None,
	})
}
