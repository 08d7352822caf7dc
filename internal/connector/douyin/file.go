package douyin

import (
	"regexp"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
)

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单导出",
		Keys:  []string{"主订单编号", "选购商品", "商品数量", "订单状态"},
		Marks: []string{"子订单编号", "订单应付金额", "订单提交时间", "支付完成时间", "APP渠道", "达人ID", "商品单价|商品金额", "流量来源"},
		Read:  readOrders, ExportedAt: exportedAt,
	},
	{
		Kind: channel.Aftersales, Layout: "售后单导出",
		Keys:  []string{"售后单号", "订单号", "商品单号", "售后类型", "售后状态"},
		Marks: []string{"售后申请时间", "退商品金额(元)", "退运费金额(元)", "协商记录", "用户售后说明"},
		Read:  readAftersales, ExportedAt: exportedAt,
	},
	{
		Kind: channel.Ledger, Layout: "动账明细",
		Keys:  []string{"动账时间", "动账流水号|动帐流水号", "动账方向|动帐方向", "动账金额|动帐金额"},
		Marks: []string{"动账场景|动帐场景", "子订单号", "计费类型", "订单实付应结"},
		Read:  readLedger, ExportedAt: exportedAt,
	},
	{
		Kind: channel.Settlement, Layout: "结算账单",
		Keys: []string{"结算时间", "订单号", "子订单号", "结算金额", "结算单类型"}, Marks: []string{"平台服务费", "收入合计", "支出合计"},
	},
	{
		Kind: channel.Insurance, Layout: "运费险",
		Keys: []string{"保单号", "订单号", "保费|保费金额|支付保费"}, Marks: []string{"投保时间", "保险状态"},
		Without: []string{"订单状态", "流水单号"},
	},
}

var stampedName = regexp.MustCompile(`^(\d{10})(?:\d{3})?_`)

// exportedAt reads the unix seconds that start an export's file name.
func exportedAt(name string) int64 {
	m := stampedName.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	secs, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || secs < 1_400_000_000 {
		return 0
	}
	return secs * 1000
}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		if err := r.RowsPerOrder(src, c.no, nil, build(c)); err != nil {
			return err
		}
	}
	return nil
}

func readLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: h.Col("动账流水号", "动帐流水号"), At: h.Col("动账时间", "动帐时间"),
		Direction: h.Col("动账方向", "动帐方向"), Amount: h.Col("动账金额", "动帐金额"),
		Scene: h.Col("动账场景", "动帐场景"), OrderNo: h.Col("订单号"), LineNo: h.Col("子订单号"), Note: h.Col("备注"),
		In: channel.None, Out: channel.None,
	})
}
