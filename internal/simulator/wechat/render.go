package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

// statusOf is order.status. The platform has no deposits: a part paid presale still
// waits for payment on the wire.
func statusOf(o *world.Order) int {
	switch o.Status {
	case world.AwaitingShipment:
		switch {
		case o.Held(world.HoldGift):
			return 12
		case o.Held(world.HoldGroup):
			return 13
		}
		return 20
	case world.PartlyShipped:
		return 21
	case world.Shipped, world.Delivered:
		return 30
	case world.Completed:
		return 100
	case world.Closed:
		return 250
	}
	return 10
}

// ofStatus tells which orders a list's status asks for; 0 is all.
func ofStatus(status int) func(*world.Order) bool {
	if status == 0 {
		return nil
	}
	return func(o *world.Order) bool { return statusOf(o) == status }
}

func seconds(ms int64) int64 { return ms / 1000 }

// renderOrder is the order of order/get. masked hides the receiver.
func renderOrder(s *world.Shop, o *world.Order, cases []*world.Case, masked bool) obj {
	detail := obj{
		"product_infos": products(o, cases),
		"pay_info":      payInfo(o),
		"price_info":    priceInfo(o),
		"delivery_info": deliveryInfo(s, o, masked),
		"ext_info": obj{"customer_notes": o.BuyerNote, "merchant_notes": o.Memo, "order_scene": 1,
			"confirm_receipt_time": seconds(o.CompletedAt)},
		"settle_info": obj{"predict_commission_fee": o.BuyerPaid() / 100},
	}
	out := obj{
		"order_id": o.No, "status": statusOf(o), "create_time": seconds(o.CreatedAt), "update_time": seconds(o.ModifiedAt),
		"openid": o.BuyerKey, "unionid": "", "is_present": o.Gift, "order_detail": detail, "aftersale_detail": aftersales(cases),
	}
	if o.Gift {
		out["order_present_info"] = obj{"present_send_type": 1, "present_order_id_str": o.No, "present_note": "",
			"present_giver_openid": o.BuyerKey, "is_b2c_free_present": false}
	}
	return out
}

func products(o *world.Order, cases []*world.Case) []obj {
	out := []obj{}
	for _, l := range o.Lines {
		var open, done int64
		for _, c := range cases {
			if c.LineNo != "" && c.LineNo != l.No {
				continue
			}
			switch c.State {
			case world.CaseRequested, world.CaseReturning, world.CaseReceiving:
				open += c.Quantity
			case world.CaseRefunded, world.CaseExchanged:
				done += c.Quantity
			}
		}
		p := obj{
			"product_id": l.ItemNo, "sku_id": l.SKUNo, "sku_code": l.Code, "out_sku_id": "", "out_product_id": "",
			"sku_cnt": l.Quantity, "title": l.Title, "thumb_img": "",
			"sale_price": l.Price, "market_price": l.Price, "real_price": l.Paid(), "estimate_price": l.Paid() - l.Adjust,
			"merchant_discounted_price": l.MerchantDiscount, "finder_discounted_price": 0,
			"cash_coupon_discounted_price": l.PlatformDiscount,
			"is_change_price":              l.Adjust != 0, "change_price": l.Paid(),
			"on_aftersale_sku_cnt": open, "finish_aftersale_sku_cnt": done,
			"delivery_deadline": seconds(o.ShipBy), "sku_deliver_info": obj{"stock_type": 0},
			"is_free_gift": l.Gift, "sku_attrs": []obj{{"attr_key": "规格", "attr_value": l.SKUText}},
		}
		if o.Presale != nil {
			p["sku_deliver_info"] = obj{"stock_type": 1, "predict_delivery_time": seconds(o.ShipBy), "full_payment_presale_delivery_type": 1}
		}
		out = append(out, p)
	}
	return out
}

func payInfo(o *world.Order) obj {
	p := obj{"prepay_id": "wx" + o.No, "prepay_time": seconds(o.CreatedAt), "payment_method": 1}
	if o.PaidAt > 0 {
		p["pay_time"], p["transaction_id"] = seconds(o.PaidAt), o.PaymentNo
	}
	return p
}

func priceInfo(o *world.Order) obj {
	off := o.MerchantDiscount() + o.PlatformDiscount()
	return obj{
		"product_price": o.Goods(), "order_price": o.BuyerPaid(), "freight": o.Freight,
		"original_order_price": o.BuyerPaid() - o.Adjust(), "discounted_price": off, "is_discounted": off != 0,
		"merchant_receieve_price": o.Receivable(), "merchant_discounted_price": o.MerchantDiscount(), "finder_discounted_price": 0,
		"cash_coupon_discounted_price": o.PlatformDiscount(), "change_down_price": -o.Adjust(),
		"change_freight": 0, "is_change_freight": false,
	}
}

func deliveryInfo(s *world.Shop, o *world.Order, masked bool) obj {
	method := 0
	if o.Virtual {
		method = 1
	}
	d := obj{"deliver_method": method, "delivery_product_info": parcels(o), "ewaybill_order_code": "",
		"ship_done_time": seconds(o.ShippedAt), "address_info": obj{}}
	// Who presents goods does not know the address until they are taken.
	if !o.Held(world.HoldGift) {
		d["address_info"] = address(s, o, o.Receiver, masked)
	}
	if o.Wish != nil {
		d["address_under_review"], d["address_apply_time"] = address(s, o, *o.Wish, masked), seconds(o.ModifiedAt)
	}
	return d
}

func address(s *world.Shop, o *world.Order, p world.Person, masked bool) obj {
	sum := sha256.Sum256([]byte(s.ID + "|" + p.Name + "|" + p.Phone + "|" + p.Detail))
	a := obj{
		"user_name": p.Name, "postal_code": "", "province_name": p.Province, "city_name": p.City, "county_name": p.District,
		"detail_info": p.Town + p.Detail, "tel_number": p.Phone, "hash_code": hex.EncodeToString(sum[:16]), "use_tel_number": false,
		"tel_number_ext_info": obj{"real_tel_number": world.MaskPhone(p.Phone), "virtual_tel_number": "",
			"virtual_tel_expire_time": 0, "get_virtual_tel_cnt": 0},
	}
	if masked {
		a["user_name"], a["tel_number"], a["detail_info"] = world.MaskName(p.Name), world.MaskPhone(p.Phone), world.MaskDetail(p.Town+p.Detail)
	}
	return a
}

func parcels(o *world.Order) []obj {
	out := []obj{}
	for _, p := range o.Parcels {
		in := []obj{}
		for _, x := range p.Lines {
			if l := o.Line(x.No); l != nil {
				in = append(in, obj{"product_id": l.ItemNo, "sku_id": l.SKUNo, "product_cnt": x.Quantity})
			}
		}
		carrier := p.Carrier
		if p.Elsewhere {
			carrier = "YTO"
		}
		kind := 1
		if p.Way != "" {
			kind = withoutCarrier
		}
		out = append(out, obj{"waybill_id": p.Waybill, "delivery_id": carrier, "delivery_name": companyName(carrier),
			"delivery_time": seconds(p.ShippedAt), "deliver_type": kind, "product_infos": in})
	}
	return out
}

// caseWords are the documented statuses. Their numbers in aftersale_order_list are
// documented nowhere we know of; this is the place in the documented list.
var caseWords = []string{"", "USER_CANCELD", "MERCHANT_PROCESSING", "MERCHANT_REJECT_REFUND", "MERCHANT_REJECT_RETURN", "USER_WAIT_RETURN",
	"RETURN_CLOSED", "MERCHANT_WAIT_RECEIPT", "MERCHANT_OVERDUE_REFUND", "MERCHANT_REFUND_SUCCESS", "MERCHANT_RETURN_SUCCESS",
	"PLATFORM_REFUNDING", "PLATFORM_REFUND_FAIL", "USER_WAIT_CONFIRM", "MERCHANT_REFUND_RETRY_FAIL", "MERCHANT_FAIL",
	"USER_WAIT_CONFIRM_UPDATE", "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", "WAIT_PACKAGE_INTERCEPT", "MERCHANT_REJECT_EXCHANGE",
	"MERCHANT_REJECT_RESHIP", "USER_WAIT_RECEIPT", "MERCHANT_EXCHANGE_SUCCESS"}

func caseWord(c *world.Case) string {
	switch c.State {
	case world.CaseReturning:
		return "USER_WAIT_RETURN"
	case world.CaseReceiving:
		return "MERCHANT_WAIT_RECEIPT"
	case world.CaseClosed:
		return "USER_CANCELD"
	case world.CaseExchanged:
		return "MERCHANT_EXCHANGE_SUCCESS"
	case world.CaseRefused:
		return map[string]string{"refund": "MERCHANT_REJECT_REFUND", "return": "MERCHANT_REJECT_RETURN", "exchange": "MERCHANT_REJECT_EXCHANGE"}[c.Kind]
	case world.CaseRefunded:
		if c.Kind == "return" {
			return "MERCHANT_RETURN_SUCCESS"
		}
		return "MERCHANT_REFUND_SUCCESS"
	}
	return "MERCHANT_PROCESSING"
}

func caseNumber(c *world.Case) int {
	for i, w := range caseWords {
		if w == caseWord(c) {
			return i
		}
	}
	return 0
}

func aftersales(cases []*world.Case) obj {
	list, open := []obj{}, 0
	for _, c := range cases {
		list = append(list, obj{"aftersale_order_id": c.No, "status": caseNumber(c)})
		if c.State == world.CaseRequested || c.State == world.CaseReturning || c.State == world.CaseReceiving {
			open++
		}
	}
	return obj{"aftersale_order_list": list, "on_aftersale_order_cnt": open}
}

func renderCase(c *world.Case, o *world.Order) obj {
	product := obj{"count": c.Quantity}
	if l := o.Line(c.LineNo); l != nil {
		product["product_id"], product["sku_id"] = l.ItemNo, l.SKUNo
	}
	kind := map[string]string{"refund": "REFUND", "return": "RETURN", "exchange": "EXCHANGE"}[c.Kind]
	return obj{
		"after_sale_order_id": c.No, "status": caseWord(c), "openid": o.BuyerKey, "order_id": c.OrderNo, "product_info": product,
		"details":              obj{"desc": c.Note, "receive_product": c.AfterShipping, "cancel_time": 0, "media_id_list": []string{}, "tel_number": ""},
		"refund_info":          obj{"amount": c.Refund, "refund_reason": 1},
		"return_info":          obj{"waybill_id": c.ReturnWaybill, "delivery_id": c.ReturnCarrier, "delivery_name": companyName(c.ReturnCarrier)},
		"merchant_upload_info": obj{"reject_reason": "", "refund_certificates": []string{}},
		"create_time":          seconds(c.CreatedAt), "update_time": seconds(c.ModifiedAt), "deadline": seconds(c.DecideBy),
		"reason": "NO_LONGER_WANT", "reason_text": c.Reason, "refund_resp": obj{"code": "", "ret": 0, "message": ""}, "type": kind, "gen_scene": 0,
	}
}

// companies are what deliverycompanylist answers.
var companies = [][2]string{{"SF", "顺丰速运"}, {"ZTO", "中通快递"}, {"YTO", "圆通速递"}, {"STO", "申通快递"}, {"YD", "韵达速递"},
	{"JTSD", "极兔速递"}, {"JD", "京东快递"}, {"EMS", "邮政EMS"}, {"YZPY", "邮政快递包裹"}, {"DBL", "德邦快递"}}

func companyName(id string) string {
	for _, c := range companies {
		if c[0] == id {
			return c[1]
		}
	}
	return ""
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
