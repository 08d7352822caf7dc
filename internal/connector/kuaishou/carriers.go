package kuaishou

import (
	"context"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// carriers are the platform's numbers of carriers (物流公司编号), which it publishes
// as a table and does not offer by API. Those it took out of service are left out.
var carriers = []wire.Company{
	{Code: "2", Name: "EMS"}, {Code: "3", Name: "申通快递"}, {Code: "4", Name: "顺丰速运"}, {Code: "6", Name: "圆通速递"}, {Code: "7", Name: "韵达快运"},
	{Code: "8", Name: "邮政快递包裹"}, {Code: "9", Name: "中通快递"}, {Code: "10", Name: "宅急送"}, {Code: "11", Name: "韵达快递"}, {Code: "12", Name: "中通快运"},
	{Code: "14", Name: "京东"}, {Code: "15", Name: "优速物流"}, {Code: "17", Name: "德邦"}, {Code: "25", Name: "跨越速运"}, {Code: "31", Name: "速尔快递"},
	{Code: "35", Name: "中铁快运"}, {Code: "36", Name: "信丰物流"}, {Code: "43", Name: "安能物流"}, {Code: "48", Name: "百世快运"}, {Code: "53", Name: "德邦快递"},
	{Code: "72", Name: "加运美"}, {Code: "73", Name: "佳怡物流"}, {Code: "74", Name: "京广速递"}, {Code: "76", Name: "龙邦速递"}, {Code: "78", Name: "联昊通"},
	{Code: "79", Name: "日日顺物流"}, {Code: "81", Name: "苏宁物流"}, {Code: "83", Name: "盛丰物流"}, {Code: "85", Name: "申通国际"}, {Code: "86", Name: "顺心捷达"},
	{Code: "97", Name: "邮政标准快递"}, {Code: "100", Name: "壹米滴答"}, {Code: "104", Name: "中铁物流"}, {Code: "109", Name: "极兔速递"}, {Code: "112", Name: "众邮快递"},
	{Code: "113", Name: "菜鸟速递"}, {Code: "120", Name: "中通国际"}, {Code: "123", Name: "圆通国际"}, {Code: "127", Name: "丰网速运"}, {Code: "128", Name: "一站通速运"},
	{Code: "135", Name: "中通冷链"}, {Code: "136", Name: "京东快运"}, {Code: "137", Name: "京东大件"}, {Code: "139", Name: "邮政电商标快"}, {Code: "143", Name: "小米物流"},
	{Code: "9999", Name: "其他"},
}

// company is the platform's number of a carrier of ours, or of one that a person wrote.
func (c *client) company(ctx context.Context, s channel.ShipRequest) (int64, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), channel.FirstOf(s.Carrier, s.CarrierName), func(context.Context) ([]wire.Company, error) { return carriers, nil })
	return wire.Text(one.Code).Number(), err
}

// carrierName is what the number means, or the number.
func carrierName(code wire.Text) string {
	for _, one := range carriers {
		if one.Code == code.String() {
			return one.Name
		}
	}
	return code.String()
}
