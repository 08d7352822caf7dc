package wechat

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// columns are those of the 57 and the older 38 column layout.
type columns struct {
	no, status, placed, shipped, confirmed, settled, paidAt, giftNo, payMethod channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, carrier, waybillNo channel.Col

	goods, paid, receivable, freight, itemDiscount, shopDiscount, priceChange, points channel.Col

	title, itemNo, itemCode, skuCode, spec, price, lineAmount, quantity, coupon, presale, sent, aftersale, refunded channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), placed: h.Col("订单下单时间", "下单时间"), shipped: h.Col("订单发货时间", "发货时间"),
		confirmed: h.Col("订单确认收货时间", "确认收货时间"), settled: h.Col("订单完成结算时间"), paidAt: h.Col("支付时间"),
		giftNo: h.Col("礼物单号"), payMethod: h.Col("支付方式"),
		name: h.Col("收件人姓名"), phone: h.Col("收件人手机"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"),
		town: h.Col("街道"), detail: h.Col("收件人地址"), buyerNote: h.Col("买家备注", "买家留言"), sellerNote: h.Col("商家备注"), flag: h.Col("打标颜色"),
		carrier: h.Col("物流公司", "快递公司"), waybillNo: h.Col("快递单号", "物流单号"),
		goods: h.Col("商品总价"), paid: h.Col("订单实际支付金额"), receivable: h.Col("订单实际收款金额"), freight: h.Col("订单运费"),
		itemDiscount: h.Col("商品优惠"), shopDiscount: h.Col("跨店优惠"), priceChange: h.Col("商品改价"), points: h.Col("积分抵扣"),
		title: h.Col("商品名称"), itemNo: h.Col("商品编码(平台)"), itemCode: h.Col("商品编码(自定义)"), skuCode: h.Col("SKU编码(自定义)"),
		spec: h.Col("商品属性"), price: h.Col("商品价格(单件)", "商品价格"), lineAmount: h.Col("商品实际价格(总共)"), quantity: h.Col("商品数量"),
		coupon: h.Col("商品平台券优惠"), presale: h.Col("是否预售"), sent: h.Col("商品发货"), aftersale: h.Col("商品售后"), refunded: h.Col("商品已退款金额"),
	}
}

// apiOrder is an order of the API. Amounts are fen, times seconds.
type apiOrder struct {
	ID         wire.Text `json:"order_id"`
	Status     wire.Text `json:"status"`
	CreateTime wire.Int  `json:"create_time"`
	UpdateTime wire.Int  `json:"update_time"`
	OpenID     wire.Text `json:"openid"`
	Present    wire.Int  `json:"is_present"`
	Detail     struct {
		Products []apiProduct `json:"product_infos"`
		Pay      struct {
			PayTime wire.Int  `json:"pay_time"`
			Method  wire.Text `json:"payment_method"`
		} `json:"pay_info"`
		Price    apiPrice `json:"price_info"`
		Delivery struct {
			Address apiAddress  `json:"address_info"`
			Wish    *apiAddress `json:"address_under_review"`
			Parcels []apiParcel `json:"delivery_product_info"`
			DoneAt  wire.Int    `json:"ship_done_time"`
		} `json:"delivery_info"`
		Ext struct {
			CustomerNotes wire.Text `json:"customer_notes"`
			MerchantNotes wire.Text `json:"merchant_notes"`
			ConfirmedAt   wire.Int  `json:"confirm_receipt_time"`
		} `json:"ext_info"`
	} `json:"order_detail"`
	Aftersale struct {
		Open wire.Int `json:"on_aftersale_order_cnt"`
	} `json:"aftersale_detail"`
}

type apiProduct struct {
	ProductID    wire.Text `json:"product_id"`
	SKUID        wire.Text `json:"sku_id"`
	SKUCode      wire.Text `json:"sku_code"`
	OutSKUID     wire.Text `json:"out_sku_id"`
	OutProductID wire.Text `json:"out_product_id"`
	Title        wire.Text `json:"title"`
	Image        wire.Text `json:"thumb_img"`
	Count        wire.Int  `json:"sku_cnt"`
	SalePrice    wire.Fen  `json:"sale_price"`
	Real         wire.Fen  `json:"real_price"`
	Estimate     wire.Fen  `json:"estimate_price"`
	PriceChanged wire.Int  `json:"is_change_price"`
	NewPrice     wire.Fen  `json:"change_price"`
	InCase       wire.Int  `json:"on_aftersale_sku_cnt"`
	Returned     wire.Int  `json:"finish_aftersale_sku_cnt"`
	ShipBy       wire.Int  `json:"delivery_deadline"`
	Gift         wire.Int  `json:"is_free_gift"`
	Deliver      struct {
		StockType wire.Text `json:"stock_type"`
	} `json:"sku_deliver_info"`
	Attrs []struct {
		Value wire.Text `json:"attr_value"`
	} `json:"sku_attrs"`
}

type apiPrice struct {
	Goods           wire.Fen `json:"product_price"`
	Paid            wire.Fen `json:"order_price"`
	Freight         wire.Fen `json:"freight"`
	FreightChanged  wire.Int `json:"is_change_freight"`
	NewFreight      wire.Fen `json:"change_freight"`
	Lowered         wire.Fen `json:"change_down_price"`
	Receivable      wire.Fen `json:"merchant_receieve_price"`
	Merchant        wire.Fen `json:"merchant_discounted_price"`
	Talent          wire.Fen `json:"finder_discounted_price"`
	Coupon          wire.Fen `json:"cash_coupon_discounted_price"`
	Subsidy         wire.Fen `json:"national_subsidy_discounted_price"`
	SubsidyMerchant wire.Fen `json:"national_subsidy_merchant_discounted_price"`
	Points          wire.Fen `json:"deduction_price"`
}

type apiAddress struct {
	Name     wire.Text `json:"user_name"`
	Zip      wire.Text `json:"postal_code"`
	Province wire.Text `json:"province_name"`
	City     wire.Text `json:"city_name"`
	County   wire.Text `json:"county_name"`
	Detail   wire.Text `json:"detail_info"`
	// HashCode is the same for one person at one place, within the shop.
	HashCode   wire.Text `json:"hash_code"`
	Tel        wire.Text `json:"tel_number"`
	VirtualTel wire.Text `json:"virtual_order_tel_number"`
	Ext        struct {
		Real    wire.Text `json:"real_tel_number"`
		Virtual wire.Text `json:"virtual_tel_number"`
	} `json:"tel_number_ext_info"`
}

type apiParcel struct {
	Waybill  wire.Text `json:"waybill_id"`
	Company  wire.Text `json:"delivery_id"`
	Name     wire.Text `json:"delivery_name"`
	At       wire.Int  `json:"delivery_time"`
	Kind     wire.Int  `json:"deliver_type"`
	Products []struct {
		ProductID wire.Text `json:"product_id"`
		SKUID     wire.Text `json:"sku_id"`
		Count     wire.Int  `json:"product_cnt"`
	} `json:"product_infos"`
}

// apiCase is a case of the API.
type apiCase struct {
	ID         wire.Text `json:"after_sale_order_id"`
	OrderID    wire.Text `json:"order_id"`
	Status     wire.Text `json:"status"`
	Type       wire.Text `json:"type"`
	Reason     wire.Text `json:"reason"`
	ReasonText wire.Text `json:"reason_text"`
	CreateTime wire.Int  `json:"create_time"`
	UpdateTime wire.Int  `json:"update_time"`
	Deadline   wire.Int  `json:"deadline"`
	Product    struct {
		ProductID wire.Text `json:"product_id"`
		SKUID     wire.Text `json:"sku_id"`
		Count     wire.Int  `json:"count"`
	} `json:"product_info"`
	Details struct {
		Text wire.Text `json:"desc"`
	} `json:"details"`
	Refund struct {
		Amount wire.Int `json:"amount"`
	} `json:"refund_info"`
	Return struct {
		Waybill wire.Text `json:"waybill_id"`
		Company wire.Text `json:"delivery_id"`
		Name    wire.Text `json:"delivery_name"`
	} `json:"return_info"`
}
