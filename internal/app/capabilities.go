package app

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
)

// capabilities are what a connector can do, in the order of the table.
var capabilities = []struct {
	c      channel.Capability
	zh, en string
}{
	{channel.OrderFiles, "导入订单表", "Order exports"}, {channel.AftersaleFiles, "导入售后表", "After-sale exports"}, {channel.LedgerFiles, "导入账单", "Bills"},
	{channel.MappedFiles, "自定义列对应", "Tables with mapped columns"}, {channel.ShipByTemplate, "填写批量发货模板", "Batch-ship templates"},
	{channel.PullOrders, "拉取订单", "Orders by API"}, {channel.Push, "接收消息推送", "Pushed messages"}, {channel.ShipOrders, "回传发货", "Report shipments"},
	{channel.ShipLines, "拆单发货", "Parcels of some lines"}, {channel.ShipAtOnce, "全部发齐后一次回传", "All parcels at once, when complete"}, {channel.AppendParcels, "追加包裹", "Add a parcel"},
	{channel.ShipNumberless, "无需物流发货", "Ship without a waybill number"}, {channel.ChangeWaybills, "修改运单号", "Change a waybill"}, {channel.CloseOrders, "关闭未付款订单", "Close unpaid orders"}, {channel.Memos, "回写备注", "Write the seller's note"}, {channel.BuyerMessages, "给买家留言", "Write to the buyer"},
	{channel.AddressAnswers, "答复改地址申请", "Answer address wishes"}, {channel.AddressChanges, "修改收货地址", "Change the address"}, {channel.PriceChanges, "改价", "Change prices"},
	{channel.StockPush, "同步库存", "Push stock"}, {channel.PullAftersales, "拉取售后单", "After-sale cases by API"}, {channel.DecideAftersales, "处理售后单", "Decide cases"}, {channel.ShipExchanges, "回传换货、补寄单号", "Report goods sent for a case"},
	{channel.Reviews, "评价与回复", "Reviews and replies"}, {channel.DecryptReceivers, "解密收件人", "Decrypt receivers"}, {channel.SearchIndexes, "密文检索", "Search cipher text"},
	{channel.EWaybills, "平台电子面单", "The platform's own waybills"}, {channel.EWaybillUpdates, "更新电子面单", "Change an issued waybill"}, {channel.EWaybillSharing, "共享面单", "Waybills for other shops' orders"},
	{channel.PrintNotices, "回传打印成功", "Hear what was printed"},
	{channel.MergesOrders, "平台判定合单", "Merge groups by the platform"},
}

// capabilitiesDoc is the table of what the manifests declare.
func capabilitiesDoc() string {
	var b bytes.Buffer
	all := connector.All()
	b.WriteString("# What each connector can do\n\n" + generated + "| capability | 中文 | English |")
	for _, m := range all {
		b.WriteString(" " + m.Code + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat(":-:|", len(all)) + "\n")
	for _, row := range capabilities {
		fmt.Fprintf(&b, "| `%s` | %s | %s |", row.c, row.zh, row.en)
		for _, m := range all {
			mark := "   "
			if m.Can(row.c) {
				mark = " ✓ "
			}
			b.WriteString(mark + "|")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Bounds\n\nDays are the widest window of one question; `-` is a stream the channel does not have.\n\n" +
		"| code | 中文 | English | by change | by creation | back to | page | pages by | calls a second |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range all {
		if m.API == nil {
			continue
		}
		l, by, calls := m.API.Limits, "number", "any"
		if l.Cursor {
			by = "cursor"
		}
		if l.PerSecond > 0 {
			calls = fmt.Sprintf("%g", l.PerSecond)
		}
		back := "any"
		if l.History > 0 {
			back = span(l.History)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %d | %s | %s |\n", m.Code, m.NameZH, m.NameEN, span(l.ModifiedSpan), span(l.CreatedSpan), back, l.PageSize, by, calls)
	}
	return b.String()
}

// span writes milliseconds in the largest unit that is whole.
func span(ms int64) string {
	const minute, hour, day = 60_000, 3600_000, 24 * 3600_000
	switch {
	case ms == 0:
		return "-"
	case ms%day == 0:
		return fmt.Sprintf("%d d", ms/day)
	case ms%hour == 0:
		return fmt.Sprintf("%d h", ms/hour)
	}
	return fmt.Sprintf("%d min", ms/minute)
}
