package pdd

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// carriers are the platform's companies: id, code, name.
var carriers = []struct {
	id         int64
	code, name string
}{{44, "SF", "顺丰快递"}, {115, "ZTO", "中通快递"}, {85, "YTO", "圆通快递"}, {1, "STO", "申通快递"}, {121, "YUNDA", "韵达快递"}, {118, "EMS", "邮政EMS"},
	{132, "YZXB", "邮政快递包裹"}, {384, "JTSD", "极兔速递"}, {131, "DB", "德邦快递"}, {120, "JD", "京东快递"}}

func companies(call) (any, *fault) {
	rows := []any{}
	for _, x := range carriers {
		rows = append(rows, map[string]any{"id": x.id, "code": x.code, "logistics_company": x.name, "available": 1})
	}
	return map[string]any{"logistics_companies": rows}, nil
}

func known(id int64) bool {
	for _, x := range carriers {
		if x.id == id {
			return true
		}
	}
	return false
}

func onlineSend(c call) (any, *fault) {
	id, f := c.int("logistics_id", 0, 1, 1<<40)
	if f != nil || !known(id) {
		return nil, business("快递公司不存在或不可用")
	}
	sn, waybill := c.p.Get("order_sn"), c.p.Get("tracking_number")
	if waybill == "" {
		return nil, wrong("tracking_number")
	}
	if o := c.t.Order(sn); o == nil || !visible(o) {
		return nil, business("订单不存在")
	}
	carrier := strconv.FormatInt(id, 10)
	var err error
	switch c.p.Get("redelivery_type") {
	case "", "1":
		_, err = c.t.Ship(sn, world.Shipment{Carrier: carrier, Waybill: waybill})
	case "2":
		err = c.t.Rewaybill(sn, "", c.t.FirstWaybill(sn), carrier, waybill)
	default:
		return nil, wrong("redelivery_type")
	}
	if err != nil {
		return nil, refuse(err)
	}
	return map[string]any{"is_success": true}, nil
}

func uploadExtra(c call) (any, *fault) {
	var list []struct {
		ShippingID     int64  `json:"shipping_id"`
		TrackingNumber string `json:"tracking_number"`
	}
	if err := json.Unmarshal([]byte(c.p.Get("extra_track_list")), &list); err != nil || len(list) == 0 || len(list) > 10 {
		return nil, wrong("extra_track_list")
	}
	if kind, f := c.int("extra_track_type", 1, 1, 3); f != nil {
		return nil, f
	} else if o := c.t.Order(c.p.Get("order_sn")); o == nil || !visible(o) {
		return nil, business("订单不存在")
	} else if kind == 1 && len(o.Parcels) == 0 {
		return nil, business("订单未发货，不能追加运单")
	}
	for _, x := range list {
		if !known(x.ShippingID) {
			return nil, business("快递公司不存在或不可用")
		}
	}
	for _, x := range list {
		if _, err := c.t.Ship(c.p.Get("order_sn"), world.Shipment{Carrier: strconv.FormatInt(x.ShippingID, 10), Waybill: x.TrackingNumber, Append: true}); err != nil {
			return nil, refuse(err)
		}
	}
	return map[string]any{"success": true}, nil
}

func noteUpdate(c call) (any, *fault) {
	note := c.p.Get("note")
	if utf8.RuneCountInString(note) > 300 {
		return nil, wrong("note")
	}
	tag, f := c.int("tag", 0, 1, 5)
	if f != nil || (tag > 0) != (c.p.Get("tag_name") != "") || utf8.RuneCountInString(c.p.Get("tag_name")) > 3 {
		return nil, wrong("tag,tag_name")
	}
	var flag *int
	if n := int(tag); n > 0 {
		flag = &n
	}
	if err := c.t.Memo(c.p.Get("order_sn"), "", &note, flag); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{"success": true, "error_code": 0, "error_msg": ""}, nil
}

func updateAddress(c call) (any, *fault) {
	for _, name := range []string{"order_sn", "receiver_name", "receiver_phone", "province", "city", "town", "address"} {
		if c.p.Get(name) == "" {
			return nil, wrong(name)
		}
	}
	err := c.t.Readdress(c.p.Get("order_sn"), "", world.Person{Name: c.p.Get("receiver_name"), Phone: c.p.Get("receiver_phone"), Province: c.p.Get("province"),
		City: c.p.Get("city"), District: c.p.Get("town"), Detail: c.p.Get("address")})
	if err != nil {
		return nil, refuse(err)
	}
	return map[string]any{"success": true, "errorCode": 0, "errorMsg": "", "result": map[string]any{"order_sn": c.p.Get("order_sn"), "msg": "修改成功"}}, nil
}

// listKinds are after_sales_type of the list; the detail counts from 1.
var listKinds = map[string]int64{"refund": 2, "return": 3, "exchange": 4}

func refundList(c call) (any, *fault) {
	lo, hi, f := c.span("start_updated_at", "end_updated_at", 30*minute)
	if f != nil {
		return nil, f
	}
	page, f := c.int("page", 1, 1, 1_000_000)
	if f != nil {
		return nil, f
	}
	size, f := c.int("page_size", 100, 1, 100)
	if f != nil {
		return nil, f
	}
	kind, f := c.int("after_sales_type", -1, 1, 5)
	if f != nil || kind < 0 {
		return nil, wrong("after_sales_type")
	}
	state, f := c.int("after_sales_status", -1, 0, 33)
	if f != nil || state < 0 {
		return nil, wrong("after_sales_status")
	}
	keep := func(x *world.Case) bool {
		return (kind == 1 || listKinds[x.Kind] == kind) && (state == 0 || state == 1 || int64(caseStatus(x)) == state)
	}
	list, total := c.t.Cases(lo, hi, false, keep, int((page-1)*size), int(size))
	rows := []any{}
	for _, x := range list {
		o := c.t.Order(x.OrderNo)
		l := o.Line(x.LineNo)
		rows = append(rows, map[string]any{"id": json.Number(x.No), "order_sn": x.OrderNo, "after_sales_status": caseStatus(x), "after_sales_type": listKinds[x.Kind],
			"after_sale_reason": x.Reason, "confirm_time": world.China(o.ConfirmedAt), "created_time": world.China(x.CreatedAt), "updated_time": world.China(x.ModifiedAt),
			"discount_amount": world.Yuan(o.MerchantDiscount() + o.PlatformDiscount()), "order_amount": world.Yuan(o.BuyerPaid()), "refund_amount": world.Yuan(x.Refund),
			"goods_id": json.Number(l.ItemNo), "sku_id": l.SKUNo, "goods_name": l.Title, "goods_number": strconv.FormatInt(x.Quantity, 10), "goods_price": world.Yuan(l.Price),
			"good_image": "", "outer_id": l.Code, "outer_goods_id": "G" + l.Code, "tracking_number": x.ReturnWaybill, "shipping_name": x.ReturnCarrier, "speed_refund_flag": 0,
			"speed_refund_status": "", "user_shipping_status": "0", "dispute_refund_status": 0})
	}
	return map[string]any{"refund_list": rows, "total_count": total}, nil
}

func refundInformation(c call) (any, *fault) {
	x := c.t.Case(c.p.Get("after_sales_id"))
	if x == nil {
		for _, one := range c.t.CasesOf(c.p.Get("order_sn")) {
			x = one
		}
	}
	if x == nil || x.OrderNo != c.p.Get("order_sn") {
		return nil, business("售后单不存在")
	}
	o := c.t.Order(x.OrderNo)
	l := o.Line(x.LineNo)
	d := map[string]any{"id": json.Number(x.No), "order_sn": x.OrderNo, "after_sales_status": caseStatus(x), "after_sales_type": listKinds[x.Kind] - 1, "after_sales_reason": x.Reason,
		"confirm_time": o.ConfirmedAt / 1000, "discount_amount": o.MerchantDiscount() + o.PlatformDiscount(), "dispute_refund_status": 0, "express_no": x.ReturnWaybill,
		"shipping_name": x.ReturnCarrier, "goods_number": x.Quantity, "goods_price": l.Price, "order_amount": o.BuyerPaid(), "refund_amount": x.Refund, "images": []any{},
		"join_or_not": "0", "recreated_at": x.CreatedAt / 1000, "remark": x.Note, "shipping_status": bit(x.AfterShipping), "sku_id": l.SKUNo, "speed_refund_flag": 0,
		"updated_time": world.China(x.ModifiedAt), "user_shipping_status": "0", "expire_time": nil}
	if x.State == world.CaseRequested {
		d["expire_time"] = x.DecideBy / 1000
	}
	return d, nil
}

// request reads the nested parameter of the decisions; flat ones do too.
func (c call) request() (no, sn, note string, f *fault) {
	var r struct {
		ID   json.Number `json:"after_sales_id"`
		SN   string      `json:"order_sn"`
		Desc string      `json:"operate_desc"`
	}
	if v := c.p.Get("request"); v != "" {
		if err := json.Unmarshal([]byte(v), &r); err != nil {
			return "", "", "", wrong("request")
		}
	} else {
		r.ID, r.SN, r.Desc = json.Number(c.p.Get("after_sales_id")), c.p.Get("order_sn"), c.p.Get("operate_desc")
	}
	x := c.t.Case(r.ID.String())
	if x == nil || x.OrderNo != r.SN {
		return "", "", "", business("售后单不存在")
	}
	return x.No, x.OrderNo, r.Desc, nil
}

func refundAgree(c call) (any, *fault) {
	no, sn, note, f := c.request()
	if f != nil {
		return nil, f
	}
	x := c.t.Case(no)
	if x.Kind == "return" && x.State == world.CaseRequested {
		return nil, business("退货退款需先同意退货")
	}
	if err := c.t.Decide(world.Decision{CaseNo: no, Approve: true, Reason: note}); err != nil {
		return nil, refuseCase(err)
	}
	return map[string]any{"result": map[string]any{"after_sales_id": json.Number(no), "order_sn": sn, "message": "退款操作成功", "succ": true}}, nil
}

func refuseCase(err error) *fault {
	if world.KindOf(err) == world.Done {
		return business("售后单已处理")
	}
	return refuse(err)
}

func returngoodsAgree(c call) (any, *fault) {
	no, sn, note, f := c.request()
	if f != nil {
		return nil, f
	}
	x := c.t.Case(no)
	if x.Kind == "refund" {
		return nil, business("仅退款售后单不能同意退货")
	}
	if x.State != world.CaseRequested {
		return nil, business("售后单已处理")
	}
	if err := c.t.Decide(world.Decision{CaseNo: no, Approve: true, Reason: note}); err != nil {
		return nil, refuseCase(err)
	}
	return map[string]any{"success": true, "error_code": 0, "error_msg": "",
		"result": map[string]any{"after_sales_id": json.Number(no), "order_sn": sn, "message": "同意退货成功", "success": true}}, nil
}

func exchangeShipping(c call) (any, *fault) {
	var r struct {
		Carrier json.Number `json:"shipping_id"`
		Name    string      `json:"shipping_name"`
		Waybill string      `json:"tracking_number"`
	}
	no, sn, _, f := c.request()
	if f != nil {
		return nil, f
	}
	if err := json.Unmarshal([]byte(c.p.Get("request")), &r); err != nil || r.Carrier == "" || r.Name == "" || r.Waybill == "" {
		return nil, wrong("request")
	}
	if x := c.t.Case(no); x.Kind != "exchange" || x.State != world.CaseReceiving {
		return nil, business("售后单当前状态不能发货")
	}
	if err := c.t.Decide(world.Decision{CaseNo: no, Approve: true, Waybill: r.Waybill}); err != nil {
		return nil, refuseCase(err)
	}
	return map[string]any{"success": true, "error_code": 0, "error_msg": "",
		"result": map[string]any{"after_sales_id": json.Number(no), "order_sn": sn, "message": "换货发货成功", "success": true}}, nil
}

func quantityUpdate(c call) (any, *fault) {
	n, f := c.int("quantity", 0, -1<<40, 1<<40)
	if f != nil || c.p.Get("quantity") == "" || c.p.Get("goods_id") == "" {
		return nil, wrong("goods_id,quantity")
	}
	kind, f := c.int("update_type", 1, 1, 2)
	if f != nil {
		return nil, f
	}
	l := world.Level{ItemNo: c.p.Get("goods_id"), SKUNo: c.p.Get("sku_id"), Code: c.p.Get("outer_id"), Quantity: n, Delta: kind == 2}
	if l.SKUNo == "" && l.Code == "" {
		return nil, wrong("sku_id,outer_id")
	}
	if err := c.t.SetStock(l); err != nil {
		if world.KindOf(err) == world.NotFound {
			return nil, business("商品或规格不存在")
		}
		return nil, refuse(err)
	}
	return map[string]any{"is_success": true}, nil
}

type sealed struct {
	Tag  string `json:"data_tag"`
	Data string `json:"encrypted_data"`
}

func (c call) sealed() ([]sealed, *fault) {
	var list []sealed
	if err := json.Unmarshal([]byte(c.p.Get("data_list")), &list); err != nil || len(list) == 0 || len(list) > 100 {
		return nil, wrong("data_list")
	}
	return list, nil
}

// opened finds which field of an order a cipher text stands for: 5 name, 6 phone,
// 7 whole address, 8 address.
func (c call) opened(x sealed) (kind int, text string) {
	o := c.t.Order(x.Tag)
	if o == nil || x.Data == "" {
		return 0, ""
	}
	p := o.Receiver
	for _, f := range []struct {
		kind       int
		name, text string
	}{{5, "name", p.Name}, {6, "phone", p.Phone}, {7, "full", p.Province + p.City + p.District + p.Detail}, {8, "address", p.Detail}} {
		if cipher(c.t.Shop, o, f.name, f.text) == x.Data {
			return f.kind, f.text
		}
	}
	return 0, ""
}

func decryptBatch(c call) (any, *fault) {
	list, f := c.sealed()
	if f != nil {
		return nil, f
	}
	if !c.t.TakeDecrypt(1) {
		return nil, plain(70031, "调用过于频繁，请调整调用频率")
	}
	rows := []any{}
	for _, x := range list {
		kind, text := c.opened(x)
		row := map[string]any{"data_tag": x.Tag, "encrypted_data": x.Data, "data_type": kind, "decrypted_data": text, "error_code": 0, "error_msg": "",
			"virtual_number_type": 0, "virtual_identify_number": ""}
		if kind == 0 {
			row["error_code"], row["error_msg"] = 1001, "密文与订单不匹配"
		}
		rows = append(rows, row)
	}
	return map[string]any{"data_decrypt_list": rows}, nil
}

func decryptMask(c call) (any, *fault) {
	list, f := c.sealed()
	if f != nil {
		return nil, f
	}
	rows := []any{}
	for _, x := range list {
		kind, text := c.opened(x)
		switch kind {
		case 5:
			text = world.MaskName(text)
		case 6:
			text = world.MaskPhone(text)
		default:
			text = world.MaskDetail(text)
		}
		row := map[string]any{"data_tag": x.Tag, "encrypted_data": x.Data, "data_type": kind, "decrypted_data": text, "error_code": 0, "error_msg": ""}
		if kind == 0 {
			row["error_code"], row["error_msg"] = 1001, "密文与订单不匹配"
		}
		rows = append(rows, row)
	}
	return map[string]any{"data_decrypt_list": rows}, nil
}

func kmsSearch(c call) (any, *fault) {
	var list []struct{ Input, Type string }
	if err := json.Unmarshal([]byte(c.p.Get("input_list")), &list); err != nil || len(list) == 0 || len(list) > 100 {
		return nil, wrong("input_list")
	}
	rows := []any{}
	for _, x := range list {
		field := "name"
		if x.Type == "phone" {
			field = "phone"
		}
		rows = append(rows, map[string]any{"input": x.Input, "type": x.Type, "search_text": c.t.Index(field, x.Input), "success": true})
	}
	return map[string]any{"search_text_list": rows}, nil
}

func permit(call) (any, *fault) { return map[string]any{"is_success": true}, nil }
