package pdd

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// columns are the order export's columns. A merchant picks them in the back
// office, so all but a few may be missing.
type columns struct {
	no, status, placed, grouped, confirmed, paid, shipped, received, shipBy channel.Col

	title, spec, specCode, itemCode, itemNo, skuNo, quantity channel.Col

	goods, freight, shopDiscount, platformDiscount, payDiscount, buyerPaid, receivable channel.Col

	name, phone, province, city, district, town, detail channel.Col

	aftersale, buyerNote, sellerNote, waybillNo, carrier, reviewing, payMethod channel.Col

	giftTitle, giftNo, giftSpec, giftQuantity channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), placed: h.Col("订单成交时间"),
		grouped: h.Col("拼单成功时间"), confirmed: h.Col("订单确认时间"), paid: h.Col("支付时间"),
		shipped: h.Col("发货时间"), received: h.Col("确认收货时间"), shipBy: h.Col("承诺发货时间"),
		title: h.Col("商品", "商品名称"), spec: h.Col("商品规格"), specCode: h.Col("商家编码-规格维度", "商家编码-SKU维度"),
		itemCode: h.Col("商家编码-商品维度"), itemNo: h.Col("商品id"), skuNo: h.Col("样式ID"), quantity: h.Col("商品数量(件)", "商品数量"),
		goods: h.Col("商品总价(元)"), freight: h.Col("邮费(元)"), shopDiscount: h.Col("店铺优惠折扣(元)"),
		platformDiscount: h.Col("平台优惠折扣(元)"), payDiscount: h.Col("多多支付立减金额(元)"),
		buyerPaid: h.Col("用户实付金额(元)"), receivable: h.Col("商家实收金额(元)"),
		name: h.Col("收货人", "收件人"), phone: h.Col("手机", "手机号", "收货人手机"), province: h.Col("省"), city: h.Col("市"),
		district: h.Col("区"), town: h.Col("街道/镇", "街道"), detail: h.Col("详细地址", "收货地址"),
		aftersale: h.Col("售后状态"), buyerNote: h.Col("买家留言"), sellerNote: h.Col("商家备注"),
		waybillNo: h.Col("快递单号"), carrier: h.Col("快递公司"), reviewing: h.Col("是否审核中"), payMethod: h.Col("支付方式"),
		giftTitle: h.Col("赠品名称"), giftNo: h.Col("赠品id"), giftSpec: h.Col("赠品规格"), giftQuantity: h.Col("赠品数量"),
	}
}

type listAnswer struct {
	Total     wire.Int          `json:"total_count"`
	Increment []json.RawMessage `json:"order_sn_list"`
	Orders    []json.RawMessage `json:"order_list"`
	Refunds   []json.RawMessage `json:"refund_list"`
}

type tokenAnswer struct {
	AccessToken      string    `json:"access_token"`
	RefreshToken     string    `json:"refresh_token"`
	ExpiresAt        wire.Int  `json:"expires_at"`
	ExpiresIn        wire.Int  `json:"expires_in"`
	RefreshExpiresAt wire.Int  `json:"refresh_token_expires_at"`
	RefreshExpiresIn wire.Int  `json:"refresh_token_expires_in"`
	OwnerID          wire.Text `json:"owner_id"`
}

// apiTag is a mark of an order; Value 1 says that it has it.
type apiTag struct {
	Name  wire.Text `json:"name"`
	Value wire.Int  `json:"value"`
}

type apiOrder struct {
	OrderSN          wire.Text    `json:"order_sn"`
	OrderStatus      wire.Text    `json:"order_status"`
	RefundStatus     wire.Text    `json:"refund_status"`
	ConfirmStatus    wire.Text    `json:"confirm_status"`
	GroupStatus      wire.Int     `json:"group_status"`
	RiskStatus       wire.Int     `json:"risk_control_status"`
	AfterSales       wire.Int     `json:"after_sales_status"`
	TradeType        wire.Int     `json:"trade_type"`
	IsPreSale        wire.Int     `json:"is_pre_sale"`
	CreatedTime      wire.ChinaAt `json:"created_time"`
	ConfirmTime      wire.ChinaAt `json:"confirm_time"`
	PayTime          wire.ChinaAt `json:"pay_time"`
	ShippingTime     wire.ChinaAt `json:"shipping_time"`
	ReceiveTime      wire.ChinaAt `json:"receive_time"`
	UpdatedAt        wire.ChinaAt `json:"updated_at"`
	LastShipTime     wire.ChinaAt `json:"last_ship_time"`
	UrgedAt          wire.ChinaAt `json:"urge_shipping_time"`
	GoodsAmount      wire.Yuan    `json:"goods_amount"`
	Postage          wire.Yuan    `json:"postage"`
	PayAmount        wire.Yuan    `json:"pay_amount"`
	SellerDiscount   wire.Yuan    `json:"seller_discount"`
	PlatformDiscount wire.Yuan    `json:"platform_discount"`
	FreeDiscount     wire.Yuan    `json:"capital_free_discount"`
	PayReduction     wire.Yuan    `json:"duo_duo_pay_reduction"`
	PayType          wire.Text    `json:"pay_type"`
	BuyerMemo        wire.Text    `json:"buyer_memo"`
	Remark           wire.Text    `json:"remark"`
	RemarkTag        wire.Int     `json:"remark_tag"`
	HomeDelivery     wire.Int     `json:"home_delivery_type"`
	FreeSF           wire.Int     `json:"free_sf"`
	Tags             []apiTag     `json:"order_tag_list"`
	Name             wire.Text    `json:"receiver_name"`
	NameMask         wire.Text    `json:"receiver_name_mask"`
	Phone            wire.Text    `json:"receiver_phone"`
	ContactMobile    wire.Text    `json:"contact_mobile"`
	PhoneMask        wire.Text    `json:"receiver_phone_mask"`
	Address          wire.Text    `json:"receiver_address"`
	AddressMask      wire.Text    `json:"receiver_address_mask"`
	Province         wire.Text    `json:"province"`
	City             wire.Text    `json:"city"`
	Town             wire.Text    `json:"town"`
	TrackingNumber   wire.Text    `json:"tracking_number"`
	Items            []apiItem    `json:"item_list"`
	Gifts            []apiItem    `json:"gift_list"`
	Consolidate      *struct {
		Type wire.Int `json:"consolidate_type"`
	} `json:"consolidate_info"`
	Step *struct {
		Status  wire.Int  `json:"step_trade_status"`
		Advance wire.Yuan `json:"advanced_paid_fee"`
		Paid    wire.Yuan `json:"step_paid_fee"`
	} `json:"step_order_info"`
}

type apiItem struct {
	GoodsID      wire.Text `json:"goods_id"`
	SKUID        wire.Text `json:"sku_id"`
	Name         wire.Text `json:"goods_name"`
	Spec         wire.Text `json:"goods_spec"`
	Image        wire.Text `json:"goods_img"`
	Count        wire.Int  `json:"goods_count"`
	Price        wire.Yuan `json:"goods_price"`
	OuterID      wire.Text `json:"outer_id"`
	OuterGoodsID wire.Text `json:"outer_goods_id"`
}

// apiCase is a case of the list (amounts in yuan, as text) or of the detail (amounts
// in fen): only the detail has recreated_at.
type apiCase struct {
	ID            wire.Text    `json:"id"`
	OrderSN       wire.Text    `json:"order_sn"`
	Status        wire.Text    `json:"after_sales_status"`
	Type          wire.Text    `json:"after_sales_type"`
	Reason        wire.Text    `json:"after_sale_reason"`
	DetailReason  wire.Text    `json:"after_sales_reason"`
	Remark        wire.Text    `json:"remark"`
	Number        wire.Int     `json:"goods_number"`
	RefundAmount  wire.Yuan    `json:"refund_amount"`
	CreatedTime   wire.ChinaAt `json:"created_time"`
	UpdatedTime   wire.ChinaAt `json:"updated_time"`
	RecreatedAt   wire.Int     `json:"recreated_at"`
	ExpireTime    wire.Int     `json:"expire_time"`
	ShippingName  wire.Text    `json:"shipping_name"`
	TrackingNo    wire.Text    `json:"tracking_number"`
	DetailExpress wire.Text    `json:"express_no"`
	Images        []wire.Text  `json:"images"`
}
