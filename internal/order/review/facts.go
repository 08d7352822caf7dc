package review

import (
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/order"
)

// Facts are what conditions may ask of an order.
type Facts struct {
	order  *order.Order
	past   int64 // the buyer's other orders that did not end
	remote bool
	// classes are those of the goods, read where a condition asks for them.
	classes []string
	minutes int64 // whole minutes since payment, 0 before it
}

// Facts that cost a look-up, or change by themselves.
const (
	buyerOrders  = "buyer_orders"
	skuClasses   = "sku_classes"
	minutesSince = "minutes_since_paid"
)

func fen(f *money.Fen) int64 {
	if f == nil {
		return 0
	}
	return int64(*f)
}

// pieces are counted on the lines: the header follows when the order is saved.
func pieces(o *order.Order) (n int64) {
	for _, l := range o.Lines {
		if !l.QuantityKnown {
			return o.Quantity
		}
		n += l.Ordered
	}
	return n
}

func text(name, zh, en string, get func(*order.Order) string) rule.Field[Facts] {
	return rule.Field[Facts]{Name: name, ZH: zh, EN: en, Text: func(f *Facts) string { return get(f.order) }}
}

func number(name, zh, en string, get func(*order.Order) int64) rule.Field[Facts] {
	return rule.Field[Facts]{Name: name, ZH: zh, EN: en, Number: func(f *Facts) int64 { return get(f.order) }}
}

func list(name, zh, en string, get func(*order.Order) []string) rule.Field[Facts] {
	return rule.Field[Facts]{Name: name, ZH: zh, EN: en, List: func(f *Facts) []string { return get(f.order) }}
}

var fields = rule.New(
	text("shop_id", "店铺编号", "Shop id", func(o *order.Order) string { return strconv.FormatInt(int64(o.ShopID), 10) }),
	text("channel", "平台", "Channel", func(o *order.Order) string { return o.Channel }),
	text("order_type", "订单类型", "Order type", func(o *order.Order) string { return o.Type }),
	text("payment_method", "支付方式", "Payment method", func(o *order.Order) string { return o.PaymentMethod }),
	number("goods_fen", "商品金额（分）", "Goods amount (fen)", func(o *order.Order) int64 { return fen(o.Amounts.Goods) }),
	number("paid_fen", "实付金额（分）", "Amount paid (fen)", func(o *order.Order) int64 { return fen(o.Amounts.BuyerPaid) }),
	number("quantity", "件数", "Pieces", pieces),
	number("line_count", "明细行数", "Lines", func(o *order.Order) int64 { return int64(len(o.Lines)) }),
	list("sku_codes", "SKU 编码", "SKU codes", func(o *order.Order) []string {
		out := make([]string, len(o.Lines))
		for i, l := range o.Lines {
			out[i] = l.SKUCode
		}
		return out
	}),
	rule.Field[Facts]{Name: skuClasses, ZH: "商品类别", EN: "Classes of the goods", List: func(f *Facts) []string { return f.classes }},
	rule.Field[Facts]{Name: minutesSince, ZH: "付款后分钟数", EN: "Minutes since payment", Number: func(f *Facts) int64 { return f.minutes }},
	text("province", "省份", "Province", func(o *order.Order) string { return o.Province }),
	text("city", "城市", "City", func(o *order.Order) string { return o.City }),
	text("district", "区县", "District", func(o *order.Order) string { return o.District }),
	text("buyer_note", "买家留言", "Buyer's note", func(o *order.Order) string { return o.BuyerNote }),
	text("seller_note", "卖家备注", "Seller's memo", func(o *order.Order) string { return o.SellerNote }),
	number("flag", "旗帜（0 到 5）", "Flag (0 to 5)", func(o *order.Order) int64 { return o.Flag }),
	list("tags", "标签", "Tags", func(o *order.Order) []string { return o.Tags }),
	list("channel_flags", "平台标记", "Channel's marks", func(o *order.Order) []string { return o.ChannelFlags }),
	rule.Field[Facts]{Name: "presale", ZH: "预售", EN: "Presale", Bool: func(f *Facts) bool { return slices.Contains(f.order.ChannelFlags, order.FlagPresale) }},
	text("receiver_kind", "收件信息形式", "Form of the receiver", func(o *order.Order) string { return o.ReceiverKind }),
	rule.Field[Facts]{Name: "remote_area", ZH: "偏远地区", EN: "Remote area", Bool: func(f *Facts) bool { return f.remote }},
	rule.Field[Facts]{Name: buyerOrders, ZH: "买家此前订单数（一年内）", EN: "Buyer's earlier orders (one year)", Number: func(f *Facts) int64 { return f.past }},
)

// Fields describes what conditions may ask, for forms.
func Fields() []rule.Described { return fields.Describe() }
