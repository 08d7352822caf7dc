package kuaishou

import (
	"encoding/json"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

// num is a number as the platform sends ids: bare, whatever their length.
func num(id string) any {
	if id == "" {
		return 0
	}
	return json.Number(id)
}

// What is ciphered of a receiver.
const (
	fieldName    = "name"
	fieldMobile  = "mobile"
	fieldAddress = "address"
)

// statusOf is orderBaseInfo.status. One piece is enough for the platform to call an
// order shipped; how many went is in orderDeliveryInfo.
func statusOf(o *world.Order) int { return statusOfLine(o, o.Lines[0]) }

func statusOfLine(o *world.Order, l world.Line) int {
	switch o.Status {
	case world.AwaitingShipment, world.PartlyShipped:
		if l.Sent > 0 {
			return 40
		}
		return 30
	case world.Shipped:
		return 40
	case world.Delivered:
		return 50
	case world.Completed:
		return 70
	case world.Closed:
		return 80
	}
	return 10
}

// ofView tells which orders an orderViewStatus asks for: 1 all, 2 to be paid, 3 to
// be shipped, 4 shipped, 5 received, 6 completed, 7 closed.
func ofView(view int64) func(*world.Order) bool {
	want := map[int64]int{2: 10, 3: 30, 4: 40, 5: 50, 6: 70, 7: 80}[view]
	if want == 0 {
		return nil
	}
	return func(o *world.Order) bool { return statusOf(o) == want }
}

// renderOrder is one order of the list and of the detail. Orders of this platform
// have one item; presents with it are sub-orders.
func renderOrder(s *world.Shop, o *world.Order, cases []*world.Case) obj {
	main := o.Lines[0]
	out := obj{
		"orderBaseInfo": base(s, o), "orderItemInfo": item(main), "orderRefundList": refunds(cases),
		"orderLogisticsInfo": logistics(o), "orderNote": note(o), "orderAddress": address(s, o, o.Receiver),
		"orderCpsInfo": obj{"distributorId": 0, "distributorName": ""}, "subOrderInfo": subOrders(o),
		"orderDeliveryInfo": obj{"maxPackageNum": 10, "enableAppendPackage": o.Status == world.Shipped, "totalPackageNum": len(o.Parcels),
			"packageNum": len(o.Parcels), "deliveryNum": main.Sent},
	}
	if o.Presale != nil {
		out["orderStepInfo"] = steps(o)
	}
	return out
}

func base(s *world.Shop, o *world.Order) obj {
	b := obj{
		"oid": num(o.No), "payTime": o.PaidAt, "buyerImage": "", "buyerOpenId": o.BuyerKey, "buyerNick": o.BuyerNick,
		"sellerOpenId": "s" + s.ID, "sellerNick": s.Title, "expressFee": o.Freight, "discountFee": o.MerchantDiscount() + o.PlatformDiscount() - o.Adjust(),
		"totalFee": o.BuyerPaid(), "status": statusOf(o), "sendTime": o.ShippedAt, "refundTime": 0, "createTime": o.CreatedAt, "updateTime": o.ModifiedAt,
		"remark": o.BuyerNote, "theDayOfDeliverGoodsTime": 2, "promiseTimeStampOfDelivery": o.ShipBy, "validPromiseShipmentTimeStamp": o.ShipBy,
		"activityType": 1, "allActivityType": []int{}, "cpsType": 1, "preSale": 0, "recvTime": o.DeliveredAt, "coType": 0, "commentStatus": 0,
		"payType": 1, "riskCode": 0, "payChannel": "WECHAT", "priorityDelivery": false, "remindShipmentSign": 0, "remindShipmentTime": 0,
		"orderSellerRoleInfo": obj{"roleType": 1, "roleId": num(s.ID), "roleName": s.Title}, "privacyInfoAuthStatus": 0, "orderLabels": []int{},
	}
	held := []int{}
	if o.Held(world.HoldGroup) {
		held = append(held, 1)
	}
	if o.Held(world.HoldRisk) {
		held = append(held, 2)
	}
	b["disableDeliveryReasonCode"] = held
	if o.Presale != nil {
		b["allActivityType"] = []int{6}
	}
	return b
}

func item(l world.Line) obj {
	return obj{
		"skuId": num(l.SKUNo), "relSkuId": 0, "skuDesc": l.SKUText, "skuNick": l.Code, "itemId": num(l.ItemNo), "relItemId": 0, "orderItemId": num(l.ItemNo),
		"itemTitle": l.Title, "itemLinkUrl": "", "itemPicUrl": "", "num": l.Quantity, "originalPrice": l.Price, "price": l.Price,
		"discountFee": l.MerchantDiscount + l.PlatformDiscount - l.Adjust, "itemType": 1, "goodsCode": "", "warehouseCode": "",
	}
}

func subOrders(o *world.Order) []obj {
	out := []obj{}
	for _, l := range o.Lines[1:] {
		out = append(out, obj{
			"subOrderType":         2,
			"subOrderBaseInfo":     obj{"oid": num(l.No), "status": statusOfLine(o, l), "sendTime": o.ShippedAt, "updateTime": o.ModifiedAt, "recvTime": o.DeliveredAt},
			"subOrderItemInfo":     item(l),
			"subOrderDeliveryInfo": obj{"deliveryNum": l.Sent, "packageNum": 0}, "subOrderLogisticsInfo": []obj{},
		})
	}
	return out
}

func refunds(cases []*world.Case) []obj {
	out := []obj{}
	for i := len(cases) - 1; i >= 0; i-- {
		out = append(out, obj{"refundId": num(cases[i].No), "refundStatus": caseStatus(cases[i])})
	}
	return out
}

func logistics(o *world.Order) []obj {
	out := []obj{}
	for i, p := range o.Parcels {
		out = append(out, obj{"expressNo": p.Waybill, "expressCode": expressOf(p), "logisticsId": logisticsID(o, i)})
	}
	return out
}

// logisticsID is the parcel's number, which a change of its waybill asks for.
func logisticsID(o *world.Order, i int) int64 { return int64(o.Serial)*100 + int64(i) + 1 } // #nosec G115 -- serials are small

var flagTags = []string{"grey_flag_tag_order", "red_flag_tag_order", "yellow_flag_tag_order", "green_flag_tag_order", "blue_flag_tag_order", "purple_flag_tag_order"}

// note keeps the last memo only; the platform keeps thirty, newest first.
func note(o *world.Order) obj {
	notes := []obj{}
	if o.Memo != "" || o.Flag != 0 {
		notes = append(notes, obj{"createTime": o.ModifiedAt, "note": o.Memo, "flagTagCode": flagTags[o.Flag], "operatorName": "客服"})
	}
	return obj{"orderNoteInfo": notes, "sellerNote": []string{}}
}

// ciphered is a ciphered field with what it can be searched with before it.
func ciphered(s *world.Shop, o *world.Order, field, text string) string {
	if text == "" {
		return ""
	}
	mark := map[string]string{fieldName: "#", fieldMobile: "$", fieldAddress: "~"}[field]
	return mark + s.Index(field, text) + mark + s.Cipher(o, field, text) + mark + "1" + mark + mark
}

// address hides the receiver of an order that something holds, as documented.
func address(s *world.Shop, o *world.Order, p world.Person) obj {
	a := obj{
		"encryptedConsignee": "", "desensitiseConsignee": "", "encryptedMobile": "", "desensitiseMobile": "", "encryptedAddress": "", "desensitiseAddress": "",
		"provinceCode": 0, "province": p.Province, "cityCode": 0, "city": p.City, "districtCode": 0, "district": p.District, "townCode": 0, "town": p.Town,
	}
	if o.Held(world.HoldGroup) || o.Held(world.HoldRisk) {
		return a
	}
	a["encryptedConsignee"], a["desensitiseConsignee"] = ciphered(s, o, fieldName, p.Name), world.MaskName(p.Name)
	a["encryptedMobile"], a["desensitiseMobile"] = ciphered(s, o, fieldMobile, p.Phone), world.MaskPhone(p.Phone)
	a["encryptedAddress"], a["desensitiseAddress"] = ciphered(s, o, fieldAddress, p.Detail), world.MaskDetail(p.Detail)
	return a
}

// steps are the two payments of a presale. orderPayStatus strings together step and
// state: 1 the deposit, 2 the rest; 10 to be paid, 30 paid.
func steps(o *world.Order) obj {
	deposit, rest, whole := 10, 5, "110205"
	switch {
	case o.PaidAt > 0:
		deposit, rest, whole = 30, 30, "130230"
	case o.Presale.DepositPaidAt > 0:
		deposit, rest, whole = 30, 10, "130210"
	}
	step := func(no, status int, name string, fee, from, paid int64) obj {
		return obj{"id": num(strconv.FormatUint(o.Serial*10, 10) + strconv.Itoa(no)), "payStepType": 1, "payStepNo": no, "payStepName": name, "payStepStatus": status,
			"stepPrice": fee, "skuNum": o.Lines[0].Quantity, "stepTotalPrice": fee, "discountFee": 0, "expressFee": 0, "paymentFee": fee,
			"payTime": paid, "payChannelDesc": "微信", "startPayTime": from, "endPayTime": o.PayBy}
	}
	n, _ := strconv.ParseInt("1"+whole, 10, 64)
	return obj{
		"orderPaymentStatus": obj{"payStepType": 1, "orderPayStatus": n},
		"orderPaymentSteps": []obj{step(1, deposit, "定金", o.Presale.Deposit, o.CreatedAt, o.Presale.DepositPaidAt),
			step(2, rest, "尾款", o.BuyerPaid()-o.Presale.Deposit, o.Presale.FinalFrom, o.PaidAt)},
	}
}

func caseStatus(c *world.Case) int {
	switch c.State {
	case world.CaseReturning:
		return 30
	case world.CaseReceiving:
		return 40
	case world.CaseRefunded, world.CaseExchanged:
		return 60
	case world.CaseClosed:
		return 70
	case world.CaseRefused:
		return 10
	}
	if c.Kind == "refund" {
		return 10
	}
	return 11
}

func negotiation(c *world.Case) int {
	switch c.State {
	case world.CaseRequested:
		return 1
	case world.CaseRefused:
		return 3
	}
	return 2
}

// way is handlingWay: 1 return, 3 exchange, 10 money only.
func way(c *world.Case) int { return map[string]int{"return": 1, "exchange": 3, "refund": 10}[c.Kind] }

func renderCase(s *world.Shop, c *world.Case, o *world.Order) obj {
	l := o.Line(c.LineNo)
	end := int64(0)
	if c.State == world.CaseRefunded || c.State == world.CaseClosed || c.State == world.CaseExchanged {
		end = c.ModifiedAt
	}
	out := obj{
		"oid": num(c.OrderNo), "refundId": num(c.No), "handlingWay": way(c), "negotiateStatus": negotiation(c), "refundFee": c.Refund,
		"skuId": num(l.SKUNo), "itemId": num(l.ItemNo), "relSkuId": 0, "relItemId": 0, "skuNick": l.Code, "refundReason": 1, "refundReasonDesc": c.Reason,
		"status": caseStatus(c), "buyerId": 0, "buyerOpenId": o.BuyerKey, "refundType": 1, "sellerId": num(s.ID), "refundDesc": c.Note,
		"submitTime": c.CreatedAt, "negotiateUpdateTime": c.ModifiedAt, "updateTime": c.ModifiedAt, "createTime": c.CreatedAt, "logisticsId": 0,
		"endTime": end, "expireTime": c.DecideBy, "receiptStatus": 1, "productNum": 0,
	}
	if c.AfterShipping {
		out["receiptStatus"] = 2
	}
	if c.ReturnWaybill != "" {
		out["logisticsInfo"] = obj{"expressNo": c.ReturnWaybill, "expressCode": 4}
	}
	return out
}
