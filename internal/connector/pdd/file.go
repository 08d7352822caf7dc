package pdd

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys: []string{"订单号", "订单状态", "用户实付金额(元)|商家实收金额(元)|商品总价(元)|样式ID|多多支付立减金额(元)|店铺优惠折扣(元)|" +
			"商家编码-规格维度|商家编码-SKU维度|商家编码-商品维度"},
		Marks: []string{"商品", "商品数量(件)|商品数量", "多多支付立减金额(元)", "商家编码-规格维度|商家编码-SKU维度", "商家编码-商品维度", "店铺优惠折扣(元)", "平台优惠折扣(元)", "样式ID", "邮费(元)"},
		// Another back office has 商品总价(元) and 商家应收 beside its own SKU columns.
		Without: []string{"SKU件数", "主订单编号"},
		Read:    readOrders,
	},
	{
		Kind: channel.Ledger, Layout: "账单明细",
		Keys: []string{"商户订单号", "发生时间", "收入金额(+元)", "支出金额(-元)", "账务类型"}, Marks: []string{"业务描述"},
		Without: []string{"账务流水号"},
		Read:    readLedger,
	},
}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		if err := r.RowPerOrder(src, c.no, true, build(c)); err != nil {
			return err
		}
	}
	return nil
}

// readLedger reads a bill: '#' lines around the table are not data, and either the
// income or the expense column holds the amount.
func readLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: channel.None, At: h.Col("发生时间"), In: h.Col("收入金额(+元)"), Out: h.Col("支出金额(-元)"),
		Scene: h.Col("账务类型"), OrderNo: h.Col("商户订单号"), LineNo: channel.None, Note: h.Col("备注"),
		Direction: channel.None, Amount: channel.None,
	})
}
