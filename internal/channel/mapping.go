package channel

import (
	"strings"
)

// Field is what a column of a mapped table can mean.
type Field string

const (
	FieldOrderNo        Field = "channel_order_no"
	FieldLineNo         Field = "channel_line_no"
	FieldStatus         Field = "status"
	FieldPlacedAt       Field = "placed_at"
	FieldPaidAt         Field = "paid_at"
	FieldShippedAt      Field = "shipped_at"
	FieldCompletedAt    Field = "completed_at"
	FieldShipBy         Field = "ship_by_at"
	FieldBuyerNick      Field = "buyer_nick"
	FieldPaymentMethod  Field = "payment_method"
	FieldReceiverName   Field = "receiver_name"
	FieldReceiverPhone  Field = "receiver_phone"
	FieldProvince       Field = "province"
	FieldCity           Field = "city"
	FieldDistrict       Field = "district"
	FieldTown           Field = "town"
	FieldDetail         Field = "detail"
	FieldZip            Field = "zip"
	FieldTitle          Field = "title"
	FieldSKUText        Field = "sku_text"
	FieldSKUCode        Field = "merchant_sku_code"
	FieldQuantity       Field = "quantity"
	FieldPrice          Field = "price_fen"
	FieldLinePaid       Field = "line_paid_fen"
	FieldGoods          Field = "goods_fen"
	FieldDiscount       Field = "merchant_discount_fen"
	FieldPlatformDisc   Field = "platform_discount_fen"
	FieldFreight        Field = "freight_fen"
	FieldBuyerPaid      Field = "buyer_paid_fen"
	FieldReceivable     Field = "merchant_receivable_fen"
	FieldRefund         Field = "refund_fen"
	FieldRefundState    Field = "refund_status"
	FieldBuyerNote      Field = "buyer_note"
	FieldSellerNote     Field = "seller_note"
	FieldWaybillCarrier Field = "waybill_carrier"
	FieldWaybillNo      Field = "waybill_no"
)

// RequiredFields must be mapped before a table can be read.
var RequiredFields = []Field{FieldOrderNo, FieldTitle, FieldQuantity}

// Mapping says which column a field is in, by the column's name. It is saved per
// shop, together with Options.Words.
type Mapping map[Field]string

// synonyms are column names seen in shops' own tables, by field. Earlier fields
// take a column first.
var synonyms = []struct {
	field Field
	names string
}{
	{FieldLineNo, "子订单号|子订单编号|商品单号|明细号|行号|line id|line no|line number|order line|item id"},
	{FieldOrderNo, "平台单号|渠道单号|订单号|订单编号|主订单编号|原始单号|外部单号|网店单号|交易号|单号|order no|order number|order id|order|order_number|order_id|order_no|po number"},
	{FieldStatus, "订单状态|状态|交易状态|order status|status|state"},
	{FieldPaidAt, "付款时间|支付时间|订单付款时间|付款日期|paid at|paid date|payment time|payment date|paid_at"},
	{FieldPlacedAt, "下单时间|订单创建时间|创建时间|拍下时间|订单时间|下单日期|订单日期|日期|order date|created at|order time|date|placed at|created_at|order_date"},
	{FieldShipBy, "承诺发货时间|最晚发货时间|应发货时间|截止发货时间|ship by|latest ship date"},
	{FieldShippedAt, "发货时间|发货日期|shipped at|ship date|shipped date|fulfilled at"},
	{FieldCompletedAt, "完成时间|订单完成时间|确认收货时间|completed at|completed date"},
	{FieldBuyerNick, "买家昵称|买家会员名|买家|会员名|客户昵称|客户|buyer|customer|buyer name|customer email|email"},
	{FieldPaymentMethod, "支付方式|付款方式|payment method|payment"},
	{FieldReceiverName, "收件人|收货人|收件人姓名|收货人姓名|姓名|联系人|recipient|receiver|ship to|shipping name|recipient name|name"},
	{FieldReceiverPhone, "收件人手机|收件人电话|收货人手机|收货人电话|联系电话|联系手机|手机号码|手机号|手机|电话|phone|mobile|shipping phone|telephone|tel"},
	{FieldProvince, "省|省份|收货省|收货地址-省|province|state/province|region"},
	{FieldCity, "市|城市|收货市|收货地址-市|city"},
	{FieldDistrict, "区|区县|区/县|县区|县|收货地址-区|district|county"},
	{FieldTown, "街道|乡镇|街道/镇|收货地址-街道|street|town"},
	{FieldDetail, "详细地址|收货地址|收件地址|收件人地址|收货人地址|地址|address|shipping address|address 1|address1"},
	{FieldZip, "邮编|邮政编码|zip|postcode|postal code|zip code"},
	{FieldSKUCode, "商家编码|规格编码|sku编码|商品编码|货号|外部编码|sku|sku code|item sku|product code|code"},
	{FieldSKUText, "规格|商品规格|规格名称|颜色尺码|商品属性|销售属性|spec|variant|options|option"},
	{FieldTitle, "商品名称|商品标题|宝贝标题|品名|商品|产品名称|货品名称|选购商品|product|product name|item|item name|title|description"},
	{FieldQuantity, "数量|商品数量|购买数量|订购数量|件数|数目|qty|quantity|units|pieces"},
	{FieldPrice, "单价|商品单价|售价|价格|销售单价|unit price|price|item price"},
	{FieldLinePaid, "商品实付|实付小计|明细实付|line total|line paid"},
	{FieldGoods, "商品总价|商品金额|货款|总金额|订单金额|subtotal|goods total|order amount"},
	{FieldPlatformDisc, "平台优惠|平台补贴|platform discount"},
	{FieldDiscount, "优惠|优惠金额|店铺优惠|商家优惠|discount|discount amount"},
	{FieldFreight, "运费|邮费|快递费|shipping|shipping fee|freight|shipping cost"},
	{FieldBuyerPaid, "实付|实付金额|实付款|买家实付|支付金额|实际支付|total|amount paid|total paid|paid amount|order total"},
	{FieldReceivable, "应收|实收|商家实收|商家应收|receivable|net amount"},
	{FieldRefund, "退款金额|refund amount|refunded|refunded amount"},
	{FieldRefundState, "售后状态|退款状态|refund status"},
	{FieldSellerNote, "卖家备注|商家备注|客服备注|备注|seller note|internal note|note|memo|remark"},
	{FieldBuyerNote, "买家留言|买家备注|客户留言|留言|customer note|buyer note|buyer message"},
	{FieldWaybillNo, "快递单号|运单号|物流单号|运单编号|tracking number|tracking no|waybill|waybill no"},
	{FieldWaybillCarrier, "快递公司|物流公司|快递|承运商|carrier|courier|shipping carrier"},
}

// Fields lists what can be mapped, in the order in which a person is asked.
func Fields() []Field {
	out := make([]Field, len(synonyms))
	for i, s := range synonyms {
		out[i] = s.field
	}
	return out
}

// Propose guesses a mapping from the names of a header: exact synonyms first,
// then columns that contain one. No column is proposed twice.
func Propose(header []string) Mapping {
	m, taken := Mapping{}, map[int]bool{}
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = strings.Trim(Fold(h), "*:")
		if cut := strings.IndexByte(folded[i], '('); cut > 0 {
			folded[i] = folded[i][:cut] // 单价(元)
		}
		folded[i] = strings.ReplaceAll(folded[i], "_", "")
	}
	match := func(same func(column, name string) bool) {
		for _, s := range synonyms {
			if _, done := m[s.field]; done {
				continue
			}
		names:
			for _, name := range strings.Split(s.names, "|") {
				name = strings.ReplaceAll(Fold(name), "_", "")
				for i, col := range folded {
					if col != "" && !taken[i] && same(col, name) {
						m[s.field], taken[i] = header[i], true
						break names
					}
				}
			}
		}
	}
	match(func(col, name string) bool { return col == name })
	match(func(col, name string) bool { return len(name) >= 6 && strings.Contains(col, name) })
	return m
}

// applyMapping checks the mapping against the header of the batch's sheet.
func (b Batch) applyMapping(m Mapping) error {
	for _, f := range RequiredFields {
		if m[f] == "" {
			return ErrMappingIncomplete.With("field", string(f))
		}
	}
	for _, s := range b.Sources {
		for _, column := range m {
			if column != "" && s.Header.Col(column) == None {
				return ErrMappingColumn.With("column", column)
			}
		}
	}
	return nil
}
