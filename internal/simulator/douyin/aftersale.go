package douyin

import (
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// caseKind is aftersale_type: 0 return, 1 refund after shipping, 2 refund before it,
// 3 exchange.
func caseKind(x *world.Case) int64 {
	switch {
	case x.Kind == "return":
		return 0
	case x.Kind == "exchange":
		return 3
	case x.AfterShipping:
		return 1
	}
	return 2
}

func caseStatus(x *world.Case) int64 {
	return map[world.CaseState]int64{world.CaseRequested: 6, world.CaseReturning: 7, world.CaseReceiving: 11, world.CaseRefused: 27, world.CaseClosed: 28,
		world.CaseRefunded: 12, world.CaseExchanged: 14}[x.State]
}

func refundStatus(x *world.Case) int64 {
	if x.State == world.CaseRefunded {
		return 3
	}
	return 1
}

func (c call) item(x *world.Case) map[string]any {
	o := c.t.Order(x.OrderNo)
	l := o.Line(x.LineNo)
	info := map[string]any{"aftersale_id": x.No, "aftersale_order_type": 1, "aftersale_type": caseKind(x), "aftersale_status": caseStatus(x), "related_id": x.LineNo,
		"apply_time": seconds(x.CreatedAt), "create_time": seconds(x.CreatedAt), "update_time": seconds(x.ModifiedAt), "status_deadline": seconds(x.DecideBy), "refund_amount": x.Refund,
		"refund_post_amount": 0, "aftersale_num": x.Quantity, "part_type": 0, "refund_status": refundStatus(x), "arbitrate_status": 0, "return_logistics_code": x.ReturnWaybill,
		"return_logistics_company_name": x.ReturnCarrier, "got_pkg": bit(x.AfterShipping), "remark": "", "return_promotion_amount": 0}
	return map[string]any{"aftersale_info": info,
		"order_info": map[string]any{"shop_order_id": o.No, "order_flag": stars[o.Flag], "related_order_info": []any{map[string]any{"sku_order_id": l.No, "order_status": lineStatus(o, *l),
			"pay_amount": l.Paid(), "post_amount": 0, "item_num": l.Quantity, "create_time": seconds(o.CreatedAt), "product_name": l.Title, "product_id": json.Number(l.ItemNo),
			"shop_sku_code": l.Code, "aftersale_pay_amount": x.Refund, "aftersale_item_num": x.Quantity, "price": l.Price, "given_sku_order_ids": []string{}}}},
		"text_part": map[string]any{"reason_text": x.Reason, "aftersale_status_text": string(x.State), "aftersale_type_text": x.Kind}, "seller_logs": []any{}}
}

func afterSaleList(c call) (any, *fault) {
	var p struct {
		OrderID     word     `json:"order_id"`
		ID          word     `json:"aftersale_id"`
		Statuses    []word   `json:"standard_aftersale_status"`
		Start       word     `json:"start_time"`
		End         word     `json:"end_time"`
		UpdateStart word     `json:"update_start_time"`
		UpdateEnd   word     `json:"update_end_time"`
		Order       []string `json:"order_by"`
		Page        *word
		Size        *word
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Page == nil || p.Size == nil || p.Page.int() < 0 || p.Size.int() < 1 || p.Size.int() > 100 {
		return nil, wrong("page,size")
	}
	page, size := p.Page.int(), p.Size.int()
	if (page+1)*size > 50_000 {
		return nil, business("page-too-deep", "查询数据超过50000条")
	}
	lo, hi := int64(0), c.t.Now()
	if p.UpdateStart != "" || p.UpdateEnd != "" {
		if p.UpdateStart.int() <= 0 || p.UpdateEnd.int() < p.UpdateStart.int() {
			return nil, wrong("update_start_time,update_end_time")
		}
		lo, hi = p.UpdateStart.int()*1000, p.UpdateEnd.int()*1000+999
	}
	keep := func(x *world.Case) bool {
		in := p.OrderID == "" || x.OrderNo == string(p.OrderID)
		in = in && (p.ID == "" || x.No == string(p.ID))
		in = in && (p.Start.int() == 0 || x.CreatedAt >= p.Start.int()*1000) && (p.End.int() == 0 || x.CreatedAt <= p.End.int()*1000+999)
		return in && (len(p.Statuses) == 0 || slices.ContainsFunc(p.Statuses, func(s word) bool { return s.int() == caseStatus(x) }))
	}
	list, total := c.t.Cases(lo, hi, slices.Contains(p.Order, "update_time asc"), keep, int(page*size), int(size))
	rows := []any{}
	for _, x := range list {
		rows = append(rows, c.item(x))
	}
	return map[string]any{"items": rows, "has_more": int64(total) > (page+1)*size, "total": total, "page": page, "size": len(rows)}, nil
}

func afterSaleDetail(c call) (any, *fault) {
	var p struct {
		ID word `json:"after_sale_id"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	x := c.t.Case(string(p.ID))
	if x == nil {
		return nil, business("aftersale-not-found", "售后单不存在")
	}
	o := c.t.Order(x.OrderNo)
	l := o.Line(x.LineNo)
	real := int64(0)
	if x.State == world.CaseRefunded {
		real = x.Refund
	}
	info := map[string]any{"after_sale_id": json.Number(x.No), "after_sale_status": caseStatus(x), "after_sale_status_desc": string(x.State), "after_sale_type": caseKind(x),
		"refund_status": refundStatus(x), "refund_total_amount": x.Refund, "refund_post_amount": 0, "refund_promotion_amount": 0, "apply_time": seconds(x.CreatedAt),
		"update_time": seconds(x.ModifiedAt), "reason": x.Reason, "reason_code": 1, "reason_remark": x.Note, "evidence": []string{}, "after_sale_apply_count": x.Quantity,
		"need_return_count": x.Quantity, "real_refund_amount": real, "got_pkg": bit(x.AfterShipping), "status_deadline": seconds(x.DecideBy), "part_type": 0}
	return map[string]any{
		"order_info": map[string]any{"shop_order_id": json.Number(o.No), "sku_order_infos": []any{map[string]any{"sku_order_id": json.Number(l.No), "order_status": lineStatus(o, *l),
			"pay_amount": l.Paid(), "item_quantity": l.Quantity, "product_name": l.Title, "product_id": json.Number(l.ItemNo), "sku_id": json.Number(l.SKUNo), "shop_sku_code": l.Code,
			"after_sale_item_count": x.Quantity}}},
		"process_info": map[string]any{"after_sale_info": info, "logistics_info": map[string]any{"return": map[string]any{"tracking_no": x.ReturnWaybill, "company_name": x.ReturnCarrier,
			"company_code": "shunfeng", "logistics_time": seconds(x.ModifiedAt)}}},
	}, nil
}

// operations of afterSale/operate: what kind and state they are for, and whether they
// agree. The platform's own list is longer.
var operations = map[int64]struct {
	kind    string
	state   world.CaseState
	approve bool
}{
	101: {"return", world.CaseRequested, true}, 102: {"return", world.CaseRequested, false}, 111: {"return", world.CaseReceiving, true}, 112: {"return", world.CaseReceiving, false},
	201: {"refund", world.CaseRequested, true}, 202: {"refund", world.CaseRequested, false},
	301: {"exchange", world.CaseRequested, true}, 302: {"exchange", world.CaseRequested, false}, 311: {"exchange", world.CaseReceiving, true}, 312: {"exchange", world.CaseReceiving, false},
}

func afterSaleOperate(c call) (any, *fault) {
	var p struct {
		Type  word `json:"type"`
		Items []struct {
			ID         word   `json:"aftersale_id"`
			Reason     string `json:"reason"`
			RejectCode word   `json:"reject_reason_code"`
			UpdateTime word   `json:"update_time"`
			Logistics  *struct {
				Company string `json:"company_code"`
				No      string `json:"logistics_code"`
			} `json:"logistics"`
		} `json:"items"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	op, ok := operations[p.Type.int()]
	if !ok || len(p.Items) == 0 || len(p.Items) > 20 {
		return nil, wrong("type,items")
	}
	rows := []any{}
	for _, it := range p.Items {
		status, message := int64(0), "success"
		var id any = string(it.ID)
		x := c.t.Case(string(it.ID))
		if x != nil {
			id = json.Number(x.No)
		}
		switch {
		case x == nil:
			status, message = 10001, "售后单不存在"
		case it.UpdateTime != "" && it.UpdateTime.int() != seconds(x.ModifiedAt):
			status, message = 10003, "售后单已更新，请刷新后重试"
		case x.Kind != op.kind || x.State != op.state:
			status, message = 10002, "售后单状态已变更"
		case !op.approve && it.RejectCode == "":
			status, message = 10004, "拒绝原因码必填"
		case (p.Type == "101" || p.Type == "301" || p.Type == "311") && it.Logistics == nil:
			status, message = 10004, "logistics必填"
		case p.Type == "311" && (it.Logistics.Company == "" || it.Logistics.No == ""):
			status, message = 10004, "logistics必填"
		default:
			d := world.Decision{CaseNo: x.No, Approve: op.approve, Reason: it.Reason}
			if it.Logistics != nil {
				d.Waybill = it.Logistics.No
			}
			if err := c.t.Decide(d); err != nil {
				status, message = 10002, err.Error()
			}
		}
		rows = append(rows, map[string]any{"aftersale_id": id, "status_code": status, "status_msg": message})
	}
	return map[string]any{"items": rows}, nil
}

func rejectReasons(call) (any, *fault) {
	return map[string]any{"items": []any{map[string]any{"reject_reason_code": 12, "reason": "商品已发出", "evidence_description": "", "evidence_need": "N", "order_type": 0, "pkg": 0},
		map[string]any{"reject_reason_code": 13, "reason": "与买家协商一致", "evidence_description": "", "evidence_need": "N", "order_type": 0, "pkg": 0}}}, nil
}
