package jd

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type columns struct {
	no, status, placed, paidAt, completed, payMethod, nick channel.Col

	skuNo, title, spec, code, price, quantity channel.Col

	goods, receivable, balance, payable, freight channel.Col

	name, detail, phone, buyerNote, sellerNote, carrier, waybillNo channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("订单号", "订单编号"), status: h.Col("订单状态"), placed: h.Col("下单时间"), paidAt: h.Col("付款确认时间"),
		completed: h.Col("订单完成时间"), payMethod: h.Col("支付方式"), nick: h.Col("下单帐号", "下单账号"),
		skuNo: h.Col("商品ID"), title: h.Col("商品名称"), spec: h.Col("商品规格"), code: h.Col("货号", "商家SKUID"), price: h.Col("京东价"), quantity: h.Col("订购数量"),
		goods: h.Col("订单金额"), receivable: h.Col("结算金额", "商家应收"), balance: h.Col("余额支付"), payable: h.Col("应付金额"), freight: h.Col("运费金额"),
		name: h.Col("客户姓名"), detail: h.Col("客户地址"), phone: h.Col("联系电话"), buyerNote: h.Col("订单备注"), sellerNote: h.Col("商家备注"),
		carrier: h.Col("快递公司", "物流公司"), waybillNo: h.Col("快递单号", "物流单号", "运单号"),
	}
}

// apiOrder is an order of the API. Amounts are yuan, times unix milliseconds.
type apiOrder struct {
	ID          wire.Text `json:"orderId"`
	Status      wire.Text `json:"orderStatus"`
	Created     wire.Int  `json:"createdTime"`
	Modified    wire.Int  `json:"modifiedTime"`
	Outbound    wire.Int  `json:"outboundTime"`
	Finished    wire.Int  `json:"finishedTime"`
	Buyer       wire.Text `json:"xidBuyer"`
	BuyerRemark struct {
		Text wire.Text `json:"remark"`
	} `json:"buyerRemark"`
	VenderRemark struct {
		Text wire.Text `json:"remark"`
		Flag wire.Int  `json:"flagId"`
	} `json:"venderRemarkInfo"`
	Consignee apiConsignee `json:"consigneeInfo"`
	Flags     struct {
		Presale wire.Int `json:"preSaleOrder"`
		Partial wire.Int `json:"partialShipment"`
	} `json:"orderFlag"`
	Promise struct {
		PickBy wire.Int `json:"promisePickTime"`
	} `json:"promiseCalendarInfo"`
	Payment struct {
		Type        wire.Text `json:"paymentType"`
		TypeText    wire.Text `json:"paymentTypeDesc"`
		ConfirmedAt wire.Int  `json:"paymentConfirmTime"`
		Actual      wire.Yuan `json:"actualPayAmount"`
		Discount    wire.Yuan `json:"payDiscountAmount"`
		Freight     wire.Yuan `json:"freightFee"`
		Service     struct {
			Fee wire.Yuan `json:"serviceFee"`
		} `json:"serviceFeeInfo"`
		Tax struct {
			Fee wire.Yuan `json:"taxFee"`
		} `json:"taxInfo"`
	} `json:"paymentInfo"`
	Trade struct {
		Original   wire.Yuan `json:"totalOriginalPriceAmount"`
		Discount   wire.Yuan `json:"totalSellerDiscountAmount"`
		Receivable wire.Yuan `json:"totalSellerReceivableAmount"`
	} `json:"sellerTradePriceInfo"`
	Items     []apiItem `json:"skuItemInfoList"`
	Transport struct {
		Carrier   wire.Text     `json:"logisticsId"`
		Waybill   wire.Text     `json:"waybillCode"`
		Shipments []apiShipment `json:"partialShipmentList"`
	} `json:"transportInfo"`
}

type apiConsignee struct {
	Name       wire.Text `json:"fullName"`
	Mobile     wire.Text `json:"mobile"`
	Phone      wire.Text `json:"telephone"`
	Address    wire.Text `json:"fullAddress"`
	Province   wire.Text `json:"provinceName"`
	City       wire.Text `json:"cityName"`
	County     wire.Text `json:"countyName"`
	Town       wire.Text `json:"townName"`
	ProvinceID wire.Int  `json:"provinceId"`
	CityID     wire.Int  `json:"cityId"`
	CountyID   wire.Int  `json:"countyId"`
	TownID     wire.Int  `json:"townId"`
}

type apiItem struct {
	SKU       wire.Text     `json:"skuId"`
	UUID      wire.Text     `json:"skuUuid"`
	Product   wire.Text     `json:"productId"`
	OuterSKU  wire.Text     `json:"outerSkuId"`
	ProductNo wire.Text     `json:"productNo"`
	Name      wire.Text     `json:"skuName"`
	Spec      wire.Text     `json:"skuSpec"`
	Image     wire.Text     `json:"skuImg"`
	Type      wire.Text     `json:"skuType"`
	GiftOf    wire.Text     `json:"giftRefUuid"`
	Count     wire.Int      `json:"num"`
	Price     wire.Yuan     `json:"jdPrice"`
	Cases     []apiLineCase `json:"afsInfoList"`
}

type apiLineCase struct {
	Text wire.Text `json:"afsOrderStatusDesc"`
}

type apiShipment struct {
	ID      wire.Int  `json:"shipmentId"`
	Carrier wire.Text `json:"logisticsId"`
	Waybill wire.Text `json:"waybillCode"`
	Goods   []struct {
		SKU   wire.Text `json:"skuId"`
		UUID  wire.Text `json:"skuUuid"`
		Count wire.Int  `json:"num"`
	} `json:"skuList"`
}

// apiCase is a case of the API.
type apiCase struct {
	ID      wire.Text `json:"afsOrderId"`
	OrderID wire.Text `json:"orderId"`
	Status  struct {
		Main wire.Text `json:"mainStatus"`
		Text wire.Text `json:"mainStatusDesc"`
	} `json:"afsOrderStatusInfo"`
	Base struct {
		Applied  wire.Int `json:"applyTime"`
		Modified wire.Int `json:"modifiedTime"`
		Count    wire.Int `json:"afsCount"`
	} `json:"afsOrderBaseInfo"`
	Goods []struct {
		UUID  wire.Text `json:"skuUuid"`
		Count wire.Int  `json:"skuNum"`
	} `json:"skuInfoList"`
	Apply struct {
		Expect wire.Text `json:"customerExpectDesc"`
		Reason wire.Text `json:"applyReasonFirstCidDesc"`
	} `json:"customerApplyInfo"`
	Question struct {
		Text wire.Text `json:"questionDesc"`
	} `json:"questionInfo"`
	Refund struct {
		Asked  wire.Yuan `json:"applyRefundAmount"`
		Actual wire.Yuan `json:"actualRefundAmount"`
	} `json:"refundInfo"`
	Overtime struct {
		At wire.Int `json:"overTime"`
	} `json:"afsOrderOvertimeInfo"`
	Waybills []struct {
		Carrier wire.Text `json:"providerName"`
		No      wire.Text `json:"waybillCode"`
	} `json:"waybillInfoList"`
}
