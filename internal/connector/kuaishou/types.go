package kuaishou

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type columns struct {
	no, giftNo, status, aftersale, placed, paidAt, deposit, shipped, shipBy, payMethod channel.Col

	title, spec, code, itemNo, price, quantity channel.Col

	paid, freight, shopDiscount, platformSubsidy, hostSubsidy, payDiscount channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, carrier, waybillNo channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号", "订单编号"), giftNo: h.Col("赠品订单号"), status: h.Col("订单状态"), aftersale: h.Col("售后状态"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单支付时间"), deposit: h.Col("预售定金支付时间"), shipped: h.Col("发货时间"),
		shipBy: h.Col("预售/承诺发货时间", "承诺发货时间"), payMethod: h.Col("支付方式"),
		title: h.Col("商品名称"), spec: h.Col("商品规格"), code: h.Col("SKU编码"), itemNo: h.Col("商品ID"), price: h.Col("商品单价"), quantity: h.Col("成交数量"),
		paid: h.Col("实付款"), freight: h.Col("快递费"), shopDiscount: h.Col("店铺优惠"), platformSubsidy: h.Col("平台补贴"),
		hostSubsidy: h.Col("主播补贴"), payDiscount: h.Col("支付优惠"),
		name: h.Col("收货人姓名"), phone: h.Col("收货人电话"), province: h.Col("收货地址-省"), city: h.Col("收货地址-市"),
		district: h.Col("收货地址-区"), town: h.Col("收货地址-街道"), detail: h.Col("收货地址"),
		buyerNote: h.Col("买家留言"), sellerNote: h.Col("订单备注"), flag: h.Col("旗帜颜色"), carrier: h.Col("快递公司"), waybillNo: h.Col("快递单号"),
	}
}

// apiOrder: instants in milliseconds, amounts in fen. An order has one item; presents
// with it are orders of their own beneath it.
type apiOrder struct {
	Base    apiBase      `json:"orderBaseInfo"`
	Item    apiItem      `json:"orderItemInfo"`
	Refunds []apiRefund  `json:"orderRefundList"`
	Parcels []apiParcel  `json:"orderLogisticsInfo"`
	Note    apiNotes     `json:"orderNote"`
	Address apiAddress   `json:"orderAddress"`
	Steps   *apiSteps    `json:"orderStepInfo"`
	Sent    apiDelivered `json:"orderDeliveryInfo"`
	Subs    []apiSub     `json:"subOrderInfo"`
	Wish    struct {
		Status wire.Text `json:"auditStatus"`
	} `json:"addressUpdateAuditInfo"`
}

type apiBase struct {
	OID        wire.Text   `json:"oid"`
	Status     wire.Text   `json:"status"`
	PayTime    wire.Int    `json:"payTime"`
	SendTime   wire.Int    `json:"sendTime"`
	CreateTime wire.Int    `json:"createTime"`
	UpdateTime wire.Int    `json:"updateTime"`
	RecvTime   wire.Int    `json:"recvTime"`
	BuyerID    wire.Text   `json:"buyerOpenId"`
	BuyerNick  wire.Text   `json:"buyerNick"`
	SellerID   wire.Text   `json:"sellerOpenId"`
	SellerNick wire.Text   `json:"sellerNick"`
	ExpressFee wire.Fen    `json:"expressFee"`
	TotalFee   wire.Fen    `json:"totalFee"`
	Remark     wire.Text   `json:"remark"`
	Promised   wire.Int    `json:"promiseTimeStampOfDelivery"`
	ShipBy     wire.Int    `json:"validPromiseShipmentTimeStamp"`
	PayType    wire.Int    `json:"payType"`
	RiskCode   wire.Int    `json:"riskCode"`
	Urged      wire.Int    `json:"remindShipmentSign"` // how often
	First      wire.Text   `json:"priorityDelivery"`
	PreSale    wire.Int    `json:"preSale"`
	Held       []wire.Text `json:"disableDeliveryReasonCode"`
	Activities []wire.Text `json:"allActivityType"`
	Labels     []wire.Text `json:"orderLabels"`
}

type apiItem struct {
	SKUID    wire.Text `json:"skuId"`
	ItemID   wire.Text `json:"itemId"`
	SKUDesc  wire.Text `json:"skuDesc"`
	SKUNick  wire.Text `json:"skuNick"`
	Title    wire.Text `json:"itemTitle"`
	Picture  wire.Text `json:"itemPicUrl"`
	Quantity wire.Int  `json:"num"`
	Price    wire.Fen  `json:"price"`
}

type apiRefund struct {
	Status wire.Text `json:"refundStatus"`
}

type apiParcel struct {
	No   wire.Text `json:"expressNo"`
	Code wire.Text `json:"expressCode"`
	ID   wire.Text `json:"logisticsId"`
}

// apiNotes has the newest first.
type apiNotes struct {
	All []struct {
		Text wire.Text `json:"note"`
		Flag wire.Text `json:"flagTagCode"`
	} `json:"orderNoteInfo"`
}

type apiAddress struct {
	Name        wire.Text `json:"encryptedConsignee"`
	MaskName    wire.Text `json:"desensitiseConsignee"`
	Phone       wire.Text `json:"encryptedMobile"`
	MaskPhone   wire.Text `json:"desensitiseMobile"`
	Address     wire.Text `json:"encryptedAddress"`
	MaskAddress wire.Text `json:"desensitiseAddress"`
	Province    wire.Text `json:"province"`
	City        wire.Text `json:"city"`
	District    wire.Text `json:"district"`
	Town        wire.Text `json:"town"`
}

// apiSteps are the payments of a presale: 1 the deposit, 2 the rest.
type apiSteps struct {
	Steps []struct {
		Status wire.Text `json:"payStepStatus"`
		Fee    wire.Fen  `json:"paymentFee"`
	} `json:"orderPaymentSteps"`
}

type apiDelivered struct {
	Pieces wire.Int `json:"deliveryNum"`
}

type apiSub struct {
	Type wire.Text `json:"subOrderType"`
	Base struct {
		OID    wire.Text `json:"oid"`
		Status wire.Text `json:"status"`
	} `json:"subOrderBaseInfo"`
	Item    apiItem      `json:"subOrderItemInfo"`
	Parcels []apiParcel  `json:"subOrderLogisticsInfo"`
	Sent    apiDelivered `json:"subOrderDeliveryInfo"`
}

type apiCase struct {
	ID         wire.Text `json:"refundId"`
	OID        wire.Text `json:"oid"`
	Way        wire.Text `json:"handlingWay"`
	Special    wire.Text `json:"specialRefundType"`
	Status     wire.Text `json:"status"`
	Negotiate  wire.Text `json:"negotiateStatus"`
	Fee        wire.Int  `json:"refundFee"`
	Quantity   wire.Int  `json:"productNum"`
	Reason     wire.Text `json:"refundReasonDesc"`
	Text       wire.Text `json:"refundDesc"`
	CreateTime wire.Int  `json:"createTime"`
	UpdateTime wire.Int  `json:"updateTime"`
	ExpireTime wire.Int  `json:"expireTime"`
	Back       apiParcel `json:"logisticsInfo"`
	Pictures   wire.Text `json:"pictures"`
}

type apiComment struct {
	ID      wire.Text `json:"commentId"`
	ItemID  wire.Text `json:"itemId"`
	OrderID wire.Text `json:"orderId"`
	Content wire.Text `json:"content"`
	Quality wire.Int  `json:"qualityScore"`
	Credit  wire.Int  `json:"creditScore"`
	Created wire.Int  `json:"createTime"`
	Seller  wire.Text `json:"sellerReply"`
}
