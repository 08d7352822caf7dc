package choose

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// said are the reasons in Chinese and English; none is that there are no accounts at all.
var said = map[Reason][2]string{
	"":          {"还没有快递账号", "there are no carrier accounts"},
	Off:         {"账号已停用", "the account is off"},
	Elsewhere:   {"账号不服务该店铺或仓库", "it does not serve the shop or warehouse"},
	OtherSource: {"属于别的平台", "it belongs to another channel"},
	OtherShop:   {"只给它自己的店铺取号", "it issues for its own shop only"},
	NeedsSource: {"须用平台电子面单", "the channel's own waybill is required"},
	NotNamed:    {"订单指定了别的快递", "the order names another carrier"},
	NotToDoor:   {"不能送货上门", "it does not deliver to the door"},
	Suspended:   {"快递停发", "the carrier is suspended"},
	NotReached:  {"快递公司不派送该地址", "the carrier does not deliver there"},
	Empty:       {"面单余额用完", "no waybills are left"},
	Excluded:    {"被规则排除", "excluded by a rule"},
	NotRequired: {"规则要求用别家", "a rule requires another"},
	Preferred:   {"规则优先", "preferred by a rule"},
	Cheapest:    {"运费最低", "the cheapest"},
	Quoted:      {"快递实时报价最低", "the cheapest by the carrier's own price"},
	First:       {"没有运价，取第一个", "no price known, the first that fits"},
}

// Text is the reason in words.
func (r Reason) Text(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return said[r][1]
	}
	return said[r][0]
}

// Errors that carry a reason have it in the parameter choice.
var _ = errs.Words("choice", func(lang, reason string) string { return Reason(reason).Text(lang) })
