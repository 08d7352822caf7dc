package jd

import (
	"encoding/json"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

// num is an id as the platform sends it: a bare number of any length.
func num(id string) any {
	if id == "" {
		return nil
	}
	return json.Number(id)
}

// statusOf is orderStatus and its text. The words of the SP-API were not found;
// these are the ones of the older API. Unpaid orders are not seen by merchants.
func statusOf(o *world.Order) (word, text string) {
	switch o.Status {
	case world.AwaitingShipment, world.PartlyShipped:
		switch {
		case o.Held(world.HoldRisk):
			return "LOCKED", "已锁定"
		case o.Held(world.HoldGroup), o.Held(world.HoldWish):
			return "POP_ORDER_PAUSE", "暂停"
		}
		return "WAIT_SELLER_STOCK_OUT", "等待出库"
	case world.Shipped, world.Delivered:
		return "WAIT_GOODS_RECEIVE_CONFIRM", "等待确认收货"
	case world.Completed:
		return "FINISHED_L", "完成"
	case world.Closed:
		return "TRADE_CANCELED", "取消"
	}
	return "NOT_PAY", "未付款"
}

// visible leaves out what merchants never see: orders that nobody paid in full.
func visible(o *world.Order) bool { return o.PaidAt > 0 }

func renderOrder(s *world.Shop, o *world.Order, cases []*world.Case) obj {
	word, text := statusOf(o)
	out := obj{
		"orderId": num(o.No), "orderStatus": word, "orderStatusDesc": text, "orderType": 22, "orderTypeDesc": "SOP", "venderId": num(s.ID),
		"parentOrderId": 0, "rootOrderId": num(o.No), "createdTime": o.CreatedAt, "modifiedTime": o.ModifiedAt, "xidBuyer": o.BuyerKey,
		"orderSource": "移动端订单", "skuItemInfoList": items(o, cases), "paymentDetailList": details(o),
		"paymentInfo": obj{"shouldPayAmount": world.YuanNumber(o.BuyerPaid()), "actualPayAmount": world.YuanNumber(o.BuyerPaid()), "payDiscountAmount": world.YuanNumber(0), "freightFee": world.YuanNumber(o.Freight),
			"paymentType": 4, "paymentTypeDesc": "在线支付", "paymentConfirmTime": o.PaidAt, "serviceFeeInfo": obj{"serviceFee": world.YuanNumber(0)}, "taxInfo": obj{"taxFee": world.YuanNumber(0)}},
		"sellerTradePriceInfo": obj{"totalOriginalPriceAmount": world.YuanNumber(o.Goods()), "totalSellerDiscountAmount": world.YuanNumber(o.MerchantDiscount() - o.Adjust()), "totalSellerReceivableAmount": world.YuanNumber(o.Receivable())},
		"consigneeInfo":        consignee(s, o), "buyerRemark": obj{"remark": o.BuyerNote},
		"venderRemarkInfo":    obj{"remark": o.Memo, "flagId": o.Flag, "flagDesc": flagNames[o.Flag], "createdTime": o.ModifiedAt, "modifiedTime": o.ModifiedAt},
		"orderFlag":           obj{"partialShipment": o.Status == world.PartlyShipped, "preSaleOrder": o.Presale != nil, "popOrder": true, "jdShipment": false, "returnOrder": false, "globalOrder": false},
		"promiseCalendarInfo": obj{"promisePickTime": o.ShipBy}, "transportInfo": transport(o), "outboundTime": zeroNil(o.ShippedAt), "finishedTime": zeroNil(o.CompletedAt),
		"invoiceInfo": obj{"invoiceType": "0", "invoiceTypeDesc": "不需要开具发票"},
	}
	if p := o.Presale; p != nil {
		out["stepPaymentInfo"] = obj{"presaleId": num(o.No), "presaleType": 1, "stepOrderStatus": 2, "presalePrice": world.YuanNumber(o.BuyerPaid()), "amountDeposit": world.YuanNumber(p.Deposit),
			"payBargainPlan": world.YuanNumber(p.Deposit), "payBargainReal": world.YuanNumber(p.Deposit), "bargainTime": p.DepositPaidAt, "payBalancePlan": world.YuanNumber(o.BuyerPaid() - p.Deposit),
			"payBalanceReal": world.YuanNumber(o.BuyerPaid() - p.Deposit), "balanceTime": o.PaidAt, "balanceStartTime": p.FinalFrom, "balanceEndTime": o.PayBy}
	}
	switch word {
	case "LOCKED", "POP_ORDER_PAUSE":
		out["specialStatusReasonInfo"] = obj{"reason": text, "suggestion": "请等待平台处理"}
	case "TRADE_CANCELED":
		out["specialStatusReasonInfo"] = obj{"reason": o.CloseCause, "cancelType": 1, "cancelTypeDesc": "用户取消"}
	}
	return out
}

var flagNames = []string{"灰色", "红色", "黄色", "绿色", "蓝色", "紫色"}

func zeroNil(ms int64) any {
	if ms == 0 {
		return nil
	}
	return ms
}

func items(o *world.Order, cases []*world.Case) []obj {
	out := []obj{}
	for _, l := range o.Lines {
		afs := []obj{}
		for _, c := range cases {
			if c.LineNo == l.No {
				main, text := caseStatus(c)
				afs = append(afs, obj{"afsOrderId": num(c.No), "afsOrderStatus": main, "afsOrderStatusDesc": text})
			}
		}
		kind := 1
		if l.Gift {
			kind = 2
		}
		out = append(out, obj{"skuId": num(l.SKUNo), "skuUuid": l.No, "productId": num(l.ItemNo), "skuName": l.Title, "skuSpec": l.SKUText, "num": l.Quantity,
			"jdPrice": world.YuanNumber(l.Price), "outerSkuId": l.Code, "productNo": l.Code, "skuType": kind, "giftPoint": 0, "skuImg": "", "afsInfoList": afs})
	}
	return out
}

// details are who bears which discount of which line: bearer 1 is the platform, 2 the
// merchant; their numbers were not found.
func details(o *world.Order) []obj {
	out := []obj{}
	for _, l := range o.Lines {
		expand := []obj{}
		add := func(kind int, name string, bearer int, fen int64) {
			if fen != 0 {
				expand = append(expand, obj{"type": kind, "typeName": name, "activityId": "", "activityName": name, "amount": world.YuanNumber(fen),
					"orderCostAmountList": []obj{{"bearer": bearer, "bearAmount": world.YuanNumber(fen), "bearRate": json.Number("100")}}})
			}
		}
		add(1, "商家优惠", 2, l.MerchantDiscount-l.Adjust)
		add(2, "京券", 1, l.PlatformDiscount)
		out = append(out, obj{"skuId": num(l.SKUNo), "skuUuid": l.No, "skuNum": l.Quantity, "skuType": 1, "amountExpandList": expand})
	}
	return out
}

// consignee is masked, with an oaid for opening it. A locked order has none.
func consignee(s *world.Shop, o *world.Order) obj {
	p := o.Receiver
	c := obj{"provinceId": 1, "provinceName": p.Province, "cityId": 1, "cityName": p.City, "countyId": 1, "countyName": p.District, "townId": 1, "townName": p.Town,
		"fullName": "", "mobile": "", "telephone": "", "fullAddress": "", "oaid": ""}
	if o.Held(world.HoldRisk) {
		return c
	}
	c["fullName"], c["mobile"] = world.MaskName(p.Name), world.MaskPhone(p.Phone)
	c["fullAddress"] = p.Province + p.City + p.District + p.Town + world.MaskDetail(p.Detail)
	c["oaid"] = oaid(s, o)
	return c
}

func oaid(s *world.Shop, o *world.Order) string {
	p := o.Receiver
	return s.Cipher(o, "oaid", p.Name+p.Phone+p.Province+p.City+p.District+p.Town+p.Detail)
}

func transport(o *world.Order) obj {
	list := []obj{}
	for i, p := range o.Parcels {
		if p.Elsewhere {
			p.Carrier = "YTO"
		}
		in := []obj{}
		for _, x := range p.Lines {
			if l := o.Line(x.No); l != nil {
				in = append(in, obj{"skuId": num(l.SKUNo), "skuUuid": l.No, "num": x.Quantity})
			}
		}
		list = append(list, obj{"shipmentId": shipmentID(o, i), "logisticsId": carrierID(p.Carrier), "waybillCode": p.Waybill, "packageNum": 1,
			"shipmentTime": p.ShippedAt, "shipmentModifyTime": o.ModifiedAt, "skuList": in})
	}
	t := obj{"deliveryType": 1, "deliveryTypeDesc": "快递", "partialShipmentList": list, "logisticsId": "", "waybillCode": ""}
	if n := len(o.Parcels); n > 0 {
		t["logisticsId"], t["waybillCode"] = list[n-1]["logisticsId"], o.Parcels[n-1].Waybill
	}
	return t
}

func shipmentID(o *world.Order, i int) int64 { return int64(o.Serial)*100 + int64(i) + 1 } // #nosec G115 -- serials are small

// carriers are what /carriers answers: id, code, name.
var carriers = []struct {
	id         int
	code, name string
}{
	{2087, "JD", "京东快递"}, {467, "SF", "顺丰快递"}, {1499, "ZTO", "中通速递"}, {463, "YTO", "圆通快递"}, {470, "STO", "申通快递"},
	{1327, "YUNDA", "韵达快递"}, {773574, "JTSD", "极兔速递"}, {465, "EMS", "邮政EMS"}, {2170, "POSTB", "邮政快递包裹"}, {3046, "DBKD", "德邦快递"},
}

// carrierID is the number of a carrier however a parcel spells it.
func carrierID(name string) string {
	for _, c := range carriers {
		if name == c.code || name == c.name || name == strconv.Itoa(c.id) {
			return strconv.Itoa(c.id)
		}
	}
	return name
}

// caseStatus is mainStatus and its text. The numbers were not found; these are the
// order of the documented stages: approve, send back, receive, process, end.
func caseStatus(c *world.Case) (int, string) {
	switch c.State {
	case world.CaseReturning:
		return 2, "待用户发货"
	case world.CaseReceiving:
		return 3, "待收货"
	case world.CaseRefunded, world.CaseExchanged:
		return 5, "完成"
	case world.CaseRefused:
		return 6, "审核不通过"
	case world.CaseClosed:
		return 7, "用户取消"
	}
	return 1, "待审核"
}

func renderCase(s *world.Shop, c *world.Case, o *world.Order) obj {
	main, text := caseStatus(c)
	l := o.Line(c.LineNo)
	expect := map[string]int{"return": 10, "exchange": 20, "refund": 40}[c.Kind]
	expectText := map[string]string{"return": "退货", "exchange": "换货", "refund": "仅退款"}[c.Kind]
	out := obj{
		"afsOrderId": num(c.No), "orderId": num(c.OrderNo), "sellerXid": s.ID, "approveNotes": c.Note,
		"afsOrderStatusInfo": obj{"mainStatus": main, "mainStatusDesc": text, "subStatus": main * 10, "subStatusDesc": text},
		"afsOrderBaseInfo":   obj{"createTime": c.CreatedAt, "applyTime": c.CreatedAt, "modifiedTime": c.ModifiedAt, "xidBuyer": o.BuyerKey, "afsCount": c.Quantity},
		"skuInfoList":        []obj{{"skuId": num(l.SKUNo), "skuUuid": l.No, "skuName": l.Title, "skuNum": c.Quantity, "skuType": 1, "skuTypeDesc": "主品"}},
		"customerApplyInfo":  obj{"customerExpect": expect, "customerExpectDesc": expectText, "applyReasonFirstCid": 1, "applyReasonFirstCidDesc": c.Reason},
		"refundInfo":         obj{"applyRefundAmount": world.YuanNumber(c.Refund), "refundStatus": 0, "refundType": 1}, "questionInfo": obj{"questionDesc": c.Reason},
		"afsOrderOvertimeInfo": obj{"overTime": c.DecideBy}, "orderInfo": obj{"orderId": num(c.OrderNo), "orderType": 22}, "waybillInfoList": []obj{},
	}
	if c.State == world.CaseRefunded {
		out["refundInfo"] = obj{"applyRefundAmount": world.YuanNumber(c.Refund), "actualRefundAmount": world.YuanNumber(c.Refund), "refundStatus": 1, "refundStatusDesc": "退款成功", "refundType": 1}
	}
	if c.ReturnWaybill != "" {
		out["waybillInfoList"] = []obj{{"waybillCode": c.ReturnWaybill, "providerName": c.ReturnCarrier, "waybillType": 1, "waybillTypeDesc": "客户寄回"}}
	}
	return out
}
