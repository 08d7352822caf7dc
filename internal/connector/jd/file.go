package jd

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys:  []string{"订单号|订单编号", "商品名称", "订购数量", "京东价", "订单状态"},
		Marks: []string{"订单金额", "结算金额", "应付金额", "下单帐号|下单账号", "客户姓名", "客户地址", "付款确认时间", "货号"},
		Read:  readOrders,
	},
	{
		Kind: channel.Settlement, Layout: "结算单",
		Keys: []string{"订单编号", "应结金额", "费用名称", "收支方向"}, Marks: []string{"商品编号", "售后服务单号"},
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
