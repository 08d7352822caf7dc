package taobao

import (
	"regexp"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

var files = []channel.FileFormat{
	{
		Kind: channel.Orders, Layout: "订单列表", Needs: channel.OrderDetails,
		Keys:    []string{"订单编号", "买家应付货款", "买家实际支付金额|买家实付金额", "订单创建时间"},
		Marks:   []string{"买家会员名", "宝贝标题|商品标题", "收货人姓名", "联系手机", "打款商家金额|确认收货打款金额", "总金额", "买家应付邮费", "订单付款时间", "店铺名称"},
		Without: []string{"购买数量"},
		Read:    readOrders, ExportedAt: exportedAt,
	},
	{
		Kind: channel.OrderDetails, Layout: "宝贝明细",
		Keys:  []string{"订单编号|主订单编号", "标题|商品标题|宝贝标题", "购买数量", "价格|商品价格"},
		Marks: []string{"外部系统编号", "商品属性|规格名称", "套餐信息", "商家编码", "订单状态", "子订单编号"},
		Read:  readDetails, ExportedAt: exportedAt,
	},
	{
		Kind: channel.Receivers, Layout: "发货报表",
		Keys:    []string{"订单编号", "收货人姓名", "联系手机", "收货地址"},
		Without: []string{"买家应付货款", "购买数量", "宝贝标题", "商品标题", "订单创建时间"},
		Read:    readReceivers, ExportedAt: exportedAt,
	},
	{
		Kind: channel.Ledger, Layout: "支付宝账务明细", ChannelWide: true,
		Keys: []string{"账务流水号", "业务流水号", "商户订单号", "发生时间", "收入金额(+元)", "支出金额(-元)"}, Marks: []string{"账户余额(元)", "业务类型", "对方账号"},
		Read: readLedger,
	},
	{
		Kind: channel.Ledger, Layout: "店铺动账",
		Keys: []string{"主订单id", "入帐类型|入账类型", "收入金额(元)", "支出金额(元)"}, Marks: []string{"入帐时间|入账时间", "支付流水号", "子订单id"},
		Read: readShopLedger,
	},
}

var stampedName = regexp.MustCompile(`(?i)^ExportOrder(?:Detail)?List(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})`)

// exportedAt reads the minute in ExportOrderList202605301650.csv, Chinese time.
func exportedAt(name string) int64 {
	m := stampedName.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	return channel.ParseTime(m[1] + "-" + m[2] + "-" + m[3] + " " + m[4] + ":" + m[5])
}

// detail is what the detail files say of one order.
type detail struct {
	lines []channel.Line
	fault channel.Verdict
	used  bool
}

// readOrders joins the list with its details. The details are held in memory,
// as their order is their own; the list streams.
func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	details, err := loadDetails(r, in, yield)
	if err != nil {
		return err
	}
	receivers, err := loadReceivers(in)
	if err != nil {
		return err
	}
	for _, src := range in.All(channel.Orders) {
		c := findList(src.Header)
		if err := r.RowPerOrder(src, c.no, false, func(d *channel.Draft) {
			list(d, c, details[d.Order.ChannelOrderNo], receivers[d.Order.ChannelOrderNo])
		}); err != nil {
			return err
		}
	}
	return orphans(r, in, details)
}

func list(d *channel.Draft, c listColumns, has *detail, to receiver) {
	var lines []channel.Line
	if has != nil {
		has.used = true
		// A copy: the lines get the order's own status, and a list may repeat.
		lines = append(lines, has.lines...)
	}
	order(d, c, lines, to)
	switch {
	case has == nil:
		d.Reject(d.Rows[0], channel.MissingLines, c.no, d.Order.ChannelOrderNo)
	case has.fault.Reason != "":
		d.RejectFor(has.fault)
	}
}

// loadDetails reads all detail files. Rows without an order number are answered
// at once; a line at fault rejects its order later.
func loadDetails(r *channel.Reading, in *channel.Input, yield channel.Yield) (map[string]*detail, error) {
	all := map[string]*detail{}
	for _, src := range in.All(channel.OrderDetails) {
		c := findDetail(src.Header)
		collect := channel.NewReading(in, func(v channel.Verdict) error {
			keyless := v.Field == src.Header.Name(c.no) || v.No == ""
			switch {
			case v.Result == channel.Accepted:
				all[v.Order.ChannelOrderNo] = &detail{lines: v.Order.Lines}
			case v.Result == channel.Warned, keyless:
				return yield(v)
			default:
				all[v.No] = &detail{fault: v}
			}
			return nil
		})
		if err := collect.RowsPerOrder(src, c.no, nil, func(d *channel.Draft) {
			for i := range d.Rows {
				d.Order.Lines = append(d.Order.Lines, line(d.Row(i), c))
			}
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// orphans answers detail rows that no order of the list claimed, in file order.
func orphans(r *channel.Reading, in *channel.Input, details map[string]*detail) error {
	for _, src := range in.All(channel.OrderDetails) {
		c := findDetail(src.Header)
		if err := channel.EachRow(src, func(row channel.Row) error {
			no, why := sheet.ID(row.Text(c.no))
			if d := details[no]; why != "" || d == nil || d.used {
				return nil
			}
			return r.RejectRow(src, row, no, channel.OrphanDetail, c.no, no)
		}); err != nil {
			return err
		}
	}
	return nil
}

func loadReceivers(in *channel.Input) (map[string]receiver, error) {
	all := map[string]receiver{}
	for _, src := range in.All(channel.Receivers) {
		h := src.Header
		no, name, mobile, address := h.Col("订单编号"), h.Col("收货人姓名"), h.Col("联系手机"), h.Col("收货地址")
		if err := channel.EachRow(src, func(row channel.Row) error {
			if id, why := sheet.ID(row.Text(no)); why == "" {
				all[id] = receiver{row.Text(name), notNull(channel.CleanID(row.Text(mobile))), row.Text(address)}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readDetails reads a detail file that came without its list. The newer layout
// makes orders of their lines; the old one cannot.
func readDetails(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for _, src := range in.All(channel.OrderDetails) {
		c := findDetail(src.Header)
		if c.alone {
			if err := r.RowsPerOrder(src, c.no, nil, fromLines(c)); err != nil {
				return err
			}
			continue
		}
		if err := channel.EachRow(src, func(row channel.Row) error {
			no, _ := sheet.ID(row.Text(c.no))
			return r.RejectRow(src, row, no, channel.OrphanDetail, c.no, no)
		}); err != nil {
			return err
		}
	}
	return nil
}

// readReceivers answers receivers that came without their orders.
func readReceivers(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for _, src := range in.All(channel.Receivers) {
		c := src.Header.Col("订单编号")
		if err := channel.EachRow(src, func(row channel.Row) error {
			no, _ := sheet.ID(row.Text(c))
			return r.RejectRow(src, row, no, channel.OrphanDetail, c, no)
		}); err != nil {
			return err
		}
	}
	return nil
}

// readLedger reads the payment service's bill: the merchant order number of a
// trade is T200P and the trade number.
func readLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: h.Col("账务流水号"), At: h.Col("发生时间"), In: h.Col("收入金额(+元)"), Out: h.Col("支出金额(-元)"),
		Scene: h.Col("业务类型"), OrderNo: h.Col("商户订单号"), LineNo: channel.None, Note: h.Col("备注"),
		Direction: channel.None, Amount: channel.None,
		Order: func(s string) string { return strings.TrimPrefix(s, "T200P") },
	})
}

func readShopLedger(in *channel.Input, yield channel.Yield) error {
	h := in.Sources[0].Header
	return channel.NewReading(in, yield).LedgerRows(&in.Sources[0], channel.LedgerColumns{
		FlowNo: h.Col("支付流水号"), At: h.Col("入帐时间", "入账时间"), In: h.Col("收入金额(元)"), Out: h.Col("支出金额(元)"),
		Scene: h.Col("入帐类型", "入账类型"), OrderNo: h.Col("主订单id"), LineNo: h.Col("子订单id"), Note: h.Col("备注"),
		Direction: channel.None, Amount: channel.None,
	})
}
