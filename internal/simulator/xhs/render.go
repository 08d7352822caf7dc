package xhs

import (
	"encoding/json"
	"fmt"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

// statusOf is orderStatus: 1 to be paid, 2 paid and worked on, 4 to be shipped, 5
// partly shipped, 6 to be received, 7 completed, 8 closed, 9 cancelled.
func statusOf(o *world.Order) int {
	switch o.Status {
	case world.AwaitingShipment:
		if o.Held(world.HoldRisk) || o.Held(world.HoldGroup) {
			return 2
		}
		return 4
	case world.PartlyShipped:
		return 5
	case world.Shipped, world.Delivered:
		return 6
	case world.Completed:
		return 7
	case world.Closed:
		if o.PaidAt == 0 {
			return 9
		}
		return 8
	}
	return 1
}

// kindOf is orderType: 1 normal, 2 presale with a deposit.
func kindOf(o *world.Order) int {
	if o.Presale != nil {
		return 2
	}
	return 1
}

// afterSales is orderAfterSalesStatus and skuAfterSaleStatus: 1 none, 2 open, 3 done,
// 4 refused.
func afterSales(r world.RefundStatus) int {
	switch r {
	case world.RefundOpen:
		return 2
	case world.RefundPart, world.RefundDone:
		return 3
	case world.RefundRejected:
		return 4
	}
	return 1
}

func summary(o *world.Order) obj {
	express, company := "", ""
	if n := len(o.Parcels); n > 0 {
		express, company = o.Parcels[n-1].Waybill, o.Parcels[n-1].Carrier
		if o.Parcels[n-1].Elsewhere {
			company = "yuantong"
		}
	}
	tags := []string{}
	if o.AddressChange > 0 {
		tags = append(tags, "MODIFIED_ADDR")
	}
	if o.Adjust() != 0 {
		tags = append(tags, "MODIFIED_PRICE")
	}
	cancel := 0
	if o.Refund == world.RefundOpen && o.Status == world.AwaitingShipment {
		cancel = 1
	}
	return obj{
		"orderId": o.No, "orderType": kindOf(o), "orderStatus": statusOf(o), "orderAfterSalesStatus": afterSales(o.Refund), "cancelStatus": cancel,
		"createdTime": o.CreatedAt, "paidTime": o.PaidAt, "updateTime": o.ModifiedAt, "deliveryTime": o.ShippedAt, "cancelTime": o.ClosedAt,
		"finishTime": o.CompletedAt, "promiseLastDeliveryTime": o.ShipBy, "originalPackageId": "",
		"expressTrackingNo": express, "expressCompanyCode": company, "orderTagList": tags, "unpack": false, "logisticsMode": 1,
	}
}

// renderOrder has its lines twice: the platform calls them skuList, the published
// reader of its answers itemList.
func renderOrder(s *world.Shop, o *world.Order) obj {
	out := summary(o)
	p := o.Receiver
	var change int64
	if o.Adjust() != 0 {
		change = -o.Adjust()
	}
	for k, v := range (obj{
		"customerRemark": o.BuyerNote, "sellerRemark": o.Memo, "sellerRemarkFlag": o.Flag + 1, "presaleDeliveryStartTime": 0, "presaleDeliveryEndTime": 0,
		"totalNetWeightAmount": 0, "totalPayAmount": o.BuyerPaid(), "totalShippingFree": o.Freight, "openAddressId": openAddress(s, o),
		"receiverProvinceName": p.Province, "receiverCityName": p.City, "receiverDistrictName": p.District, "receiverTownName": p.Town,
		"totalMerchantDiscount": o.MerchantDiscount(), "totalRedDiscount": o.PlatformDiscount(), "merchantActualReceiveAmount": o.Receivable(),
		"totalChangePriceAmount": change, "paymentType": 2, "userId": o.BuyerKey, "shopId": s.ID, "shopName": s.Title, "skuList": items(o), "itemList": items(o),
		"simpleDeliveryOrderList": parcels(o),
	}) {
		out[k] = v
	}
	if o.Presale != nil {
		out["totalDepositAmount"] = o.Presale.Deposit
	}
	return out
}

func items(o *world.Order) []obj {
	out := []obj{}
	for _, l := range o.Lines {
		tag := 0
		if l.Gift {
			tag = 1
		}
		out = append(out, obj{
			"skuId": l.SKUNo, "skuName": l.Title, "erpcode": l.Code, "skuSpec": l.SKUText, "skuImage": "", "skuQuantity": l.Quantity, "itemId": l.ItemNo, "itemName": l.Title,
			"totalPaidAmount": l.Paid(), "totalMerchantDiscount": l.MerchantDiscount, "totalRedDiscount": l.PlatformDiscount, "totalTaxAmount": 0, "totalNetWeight": 0,
			"skuTag": tag, "isChannel": false, "deliveryMode": 0, "kolId": "", "kolName": "", "skuAfterSaleStatus": afterSales(l.Refund), "skuDetailList": []obj{},
		})
	}
	return out
}

func parcels(o *world.Order) []obj {
	out := []obj{}
	for i, p := range o.Parcels {
		if p.Elsewhere {
			p.Carrier = "yuantong"
		}
		in := []string{}
		for _, x := range p.Lines {
			if l := o.Line(x.No); l != nil {
				in = append(in, l.SKUNo)
			}
		}
		out = append(out, obj{"deliveryOrderIndex": i + 1, "status": 6, "expressTrackingNo": p.Waybill, "expressCompanyCode": p.Carrier, "skuIdList": in})
	}
	return out
}

// openAddress stands for the receiver; another receiver has another.
func openAddress(s *world.Shop, o *world.Order) string {
	p := o.Receiver
	return s.Cipher(o, "openAddressId", p.Name+p.Phone+p.Province+p.City+p.District+p.Town+p.Detail)
}

// What is ciphered of a receiver.
const (
	fieldName    = "receiverName"
	fieldPhone   = "receiverPhone"
	fieldAddress = "receiverAddress"
)

func renderReceiver(s *world.Shop, o *world.Order) obj {
	p := o.Receiver
	return obj{"orderId": o.No, "matched": true, "receiverProvinceName": p.Province, "receiverCityName": p.City, "receiverDistrictName": p.District, "receiverTownName": p.Town,
		fieldName: s.Cipher(o, fieldName, p.Name), fieldPhone: s.Cipher(o, fieldPhone, p.Phone), fieldAddress: s.Cipher(o, fieldAddress, p.Detail)}
}

// yuan is an amount of an after-sale case: a number in yuan.
func yuan(fen int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", fen/100, fen%100))
}

// caseStatus is status: 1 to be decided, 2 to be sent back, 3 to be received, 4 done,
// 5 cancelled, 9 refused, 9001 refused on receipt, 12 exchange to be shipped.
func caseStatus(c *world.Case) int {
	switch c.State {
	case world.CaseReturning:
		return 2
	case world.CaseReceiving:
		return 3
	case world.CaseRefunded, world.CaseExchanged:
		return 4
	case world.CaseClosed:
		return 5
	case world.CaseRefused:
		if c.ReturnWaybill != "" {
			return 9001
		}
		return 9
	}
	return 1
}

// caseKind is returnType: 1 return, 2 exchange, 4 refund after shipping, 5 before.
func caseKind(c *world.Case) int {
	switch {
	case c.Kind == "return":
		return 1
	case c.Kind == "exchange":
		return 2
	case c.AfterShipping:
		return 4
	}
	return 5
}

func renderCase(s *world.Shop, c *world.Case, o *world.Order) obj {
	l := o.Line(c.LineNo)
	refunded, state, at := int64(0), 0, int64(0)
	if c.State == world.CaseRefunded {
		refunded, state, at = c.Refund, 2, c.ModifiedAt
	}
	return obj{
		"returnsId": c.No, "returnType": caseKind(c), "reasonId": 1, "reasonNameZh": c.Reason, "status": caseStatus(c), "orderStatus": statusOf(o),
		"userId": o.BuyerKey, "orderId": c.OrderNo, "applyTime": c.CreatedAt, "updatedAt": c.ModifiedAt, "expireTime": c.DecideBy, "desc": c.Note, "returnsTag": 0,
		"expectedRefundAmountYuan": yuan(c.Refund), "appliedShipFeeAmountYuan": yuan(0), "appliedSkusAmountYuan": yuan(c.Refund), "refundAmountYuan": yuan(refunded),
		"refundStatus": state, "refundTime": at, "cargoStatus": 0, "closeReasonZh": "", "returnAddress": obj{}, "openAddressId": openAddress(s, o), "supportCarriageInsurance": false,
		"returnExpressNo": c.ReturnWaybill, "returnExpressCompany": c.ReturnCarrier,
		"skus": []obj{{"skuId": l.SKUNo, "skuName": l.Title, "scskucode": "", "barcode": "", "image": "", "appliedCount": c.Quantity, "boughtCount": l.Quantity,
			"appliedTotalAmountYuan": yuan(c.Refund), "price": yuan(l.Price), "skuERPCode": l.Code, "variants": []obj{}}},
	}
}
