package xhs

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type columns struct {
	no, status, aftersale, orderType, placed, paidAt, shipped, completed, shipBy, shop, buyer, payMethod channel.Col

	title, spec, skuNo, itemNo, code, quantity, gift channel.Col

	goods, payable, platformDiscount, shopDiscount, payDiscount, receivable, freight channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, carrier, waybillNo, transit channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号"), status: h.Col("订单状态"), aftersale: h.Col("售后状态"), orderType: h.Col("订单类型"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("支付时间"), shipped: h.Col("订单发货时间"), completed: h.Col("订单完成时间"),
		shipBy: h.Col("承诺发货时间"), shop: h.Col("店铺名称"), buyer: h.Col("用户编号"), payMethod: h.Col("支付方式"),
		title: h.Col("SKU名称"), spec: h.Col("SKU规格"), skuNo: h.Col("规格ID"), itemNo: h.Col("小红书编码"), code: h.Col("商家编码", "SKU商家编码"),
		quantity: h.Col("SKU件数"), gift: h.Col("是否为赠品"),
		goods: h.Col("商品总价(元)"), payable: h.Col("用户应付金额(元)"), platformDiscount: h.Col("平台优惠(元)"), shopDiscount: h.Col("店铺优惠(元)"),
		payDiscount: h.Col("支付渠道优惠(元)"), receivable: h.Col("商家应收金额(元)(支付金额)", "商家应收金额(元)"), freight: h.Col("包裹总运费(元)"),
		name: h.Col("收件人姓名"), phone: h.Col("收件人电话"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"), town: h.Col("街道"), detail: h.Col("收件人地址"),
		buyerNote: h.Col("用户备注"), sellerNote: h.Col("包裹备注信息"), carrier: h.Col("快递公司"), waybillNo: h.Col("快递单号"), transit: h.Col("集运类型"),
	}
}

// apiOrder: instants in milliseconds, amounts in fen.
type apiOrder struct {
	ID               wire.Text   `json:"orderId"`
	Type             wire.Text   `json:"orderType"`
	Status           wire.Text   `json:"orderStatus"`
	Refund           wire.Text   `json:"orderAfterSalesStatus"`
	Cancel           wire.Int    `json:"cancelStatus"`
	Created          wire.Int    `json:"createdTime"`
	Paid             wire.Int    `json:"paidTime"`
	Updated          wire.Int    `json:"updateTime"`
	Delivered        wire.Int    `json:"deliveryTime"`
	Finished         wire.Int    `json:"finishTime"`
	ShipBy           wire.Int    `json:"promiseLastDeliveryTime"`
	BuyerNote        wire.Text   `json:"customerRemark"`
	SellerNote       wire.Text   `json:"sellerRemark"`
	Flag             wire.Int    `json:"sellerRemarkFlag"`
	PayAmount        wire.Fen    `json:"totalPayAmount"`
	Freight          wire.Fen    `json:"totalShippingFree"`
	MerchantDiscount wire.Fen    `json:"totalMerchantDiscount"`
	PlatformDiscount wire.Fen    `json:"totalRedDiscount"`
	PaymentDiscount  wire.Fen    `json:"outPromotionAmount"`
	Receivable       wire.Fen    `json:"merchantActualReceiveAmount"`
	Changed          wire.Int    `json:"totalChangePriceAmount"`
	PayType          wire.Int    `json:"paymentType"`
	UserID           wire.Text   `json:"userId"`
	ShopName         wire.Text   `json:"shopName"`
	Province         wire.Text   `json:"receiverProvinceName"`
	City             wire.Text   `json:"receiverCityName"`
	District         wire.Text   `json:"receiverDistrictName"`
	Town             wire.Text   `json:"receiverTownName"`
	ExpressNo        wire.Text   `json:"expressTrackingNo"`
	Company          wire.Text   `json:"expressCompanyCode"`
	Parcels          []apiParcel `json:"simpleDeliveryOrderList"`
	SKUs             []apiSKU    `json:"skuList"`
	Items            []apiSKU    `json:"itemList"`
}

// apiParcel: one with status 4 is still to be sent.
type apiParcel struct {
	Status  wire.Text   `json:"status"`
	No      wire.Text   `json:"expressTrackingNo"`
	Company wire.Text   `json:"expressCompanyCode"`
	SKUs    []wire.Text `json:"skuIdList"`
}

type apiSKU struct {
	SKUID            wire.Text `json:"skuId"`
	SKUName          wire.Text `json:"skuName"`
	Code             wire.Text `json:"erpcode"`
	Spec             wire.Text `json:"skuSpec"`
	Image            wire.Text `json:"skuImage"`
	Quantity         wire.Int  `json:"skuQuantity"`
	ItemID           wire.Text `json:"itemId"`
	ItemName         wire.Text `json:"itemName"`
	Paid             wire.Fen  `json:"totalPaidAmount"`
	MerchantDiscount wire.Fen  `json:"totalMerchantDiscount"`
	PlatformDiscount wire.Fen  `json:"totalRedDiscount"`
	Tag              wire.Int  `json:"skuTag"`
	Refund           wire.Text `json:"skuAfterSaleStatus"`
}

type apiReceiver struct {
	Matched  wire.Text `json:"matched"`
	Province wire.Text `json:"receiverProvinceName"`
	City     wire.Text `json:"receiverCityName"`
	District wire.Text `json:"receiverDistrictName"`
	Town     wire.Text `json:"receiverTownName"`
	Name     wire.Text `json:"receiverName"`
	Phone    wire.Text `json:"receiverPhone"`
	Address  wire.Text `json:"receiverAddress"`
}

// apiCase: amounts in yuan.
type apiCase struct {
	ID      wire.Text `json:"returnsId"`
	OrderID wire.Text `json:"orderId"`
	Type    wire.Text `json:"returnType"`
	Status  wire.Text `json:"status"`
	Refund  wire.Text `json:"refundStatus"`
	Reason  wire.Text `json:"reasonNameZh"`
	Text    wire.Text `json:"desc"`
	Applied wire.Int  `json:"applyTime"`
	Updated wire.Int  `json:"updatedAt"`
	Expires wire.Int  `json:"expireTime"`
	Amount  wire.Yuan `json:"expectedRefundAmountYuan"`
	BackNo  wire.Text `json:"returnExpressNo"`
	BackBy  wire.Text `json:"returnExpressCompany"`
	SKUs    []struct {
		SKUID wire.Text `json:"skuId"`
		Count wire.Int  `json:"appliedCount"`
	} `json:"skus"`
}
