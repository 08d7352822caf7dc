package pdd

import (
	"encoding/json"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with the platform's waybills, by its codes.
var labels = map[string]string{"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YUNDA", "EMS": "EMS", "YZXB": "POST", "JTSD": "JTSD", "DB": "DBKD", "JD": "JD"}

type labelParty struct {
	Name    string `json:"name"`
	Mobile  string `json:"mobile"`
	Phone   string `json:"phone"`
	Address struct {
		Province string `json:"province"`
		City     string `json:"city"`
		District string `json:"district"`
		Town     string `json:"town"`
		Detail   string `json:"detail"`
	} `json:"address"`
}

func (p labelParty) person() world.Person {
	a := p.Address
	return world.Person{Name: p.Name, Phone: p.Mobile + p.Phone, Province: a.Province, City: a.City, District: a.District, Town: a.Town, Detail: a.Detail}
}

func labelRefusal(err error) *fault {
	switch world.KindOf(err) {
	case world.Balance:
		return business("电子面单余额不足，请联系快递网点充值")
	case world.Unreached:
		return business("收件地址超出服务范围，快递不可达")
	case world.Done:
		return business("面单已取消，请勿重复操作")
	}
	return refuse(err)
}

type labelOrder struct {
	ObjectID string `json:"object_id"`
	Order    struct {
		Channel string   `json:"order_channels_type"`
		Orders  []string `json:"trade_order_list"`
	} `json:"order_info"`
	Package struct {
		ID    string `json:"id"`
		Items []struct {
			Name  string `json:"name"`
			Count int64  `json:"count"`
		} `json:"items"`
	} `json:"package_info"`
	Recipient labelParty  `json:"recipient"`
	Template  string      `json:"template_url"`
	UserID    json.Number `json:"user_id"`
}

func waybillGet(c call) (any, *fault) {
	var p struct {
		Carrier     string       `json:"wp_code"`
		Sender      labelParty   `json:"sender"`
		Orders      []labelOrder `json:"trade_order_info_dtos"`
		NeedEncrypt bool         `json:"need_encrypt"`
	}
	const name = "param_waybill_cloud_print_apply_new_request"
	if err := json.Unmarshal([]byte(c.p.Get(name)), &p); err != nil || len(p.Orders) == 0 || len(p.Orders) > 10 || p.Sender.Name == "" || p.Sender.Mobile+p.Sender.Phone == "" {
		return nil, wrong(name)
	}
	rows := []any{}
	for _, one := range p.Orders {
		if one.ObjectID == "" || one.Template == "" || len(one.Package.Items) == 0 || one.Order.Channel != "PDD" {
			return nil, wrong(name)
		}
		owner, ok := c.t.Owner(one.UserID.String())
		if !ok {
			return nil, wrong(name)
		}
		to, f := c.recipient(one, owner)
		if f != nil {
			return nil, f
		}
		l, err := c.t.IssueLabel(world.Issue{Key: "p" + one.Package.ID, Orders: one.Order.Orders, Owner: owner, Carrier: p.Carrier, Sender: p.Sender.person(), Receiver: to, Goods: one.Package.Items[0].Name})
		if err != nil {
			return nil, labelRefusal(err)
		}
		rows = append(rows, label(l, one.ObjectID, one.Template))
	}
	return map[string]any{"modules": rows}, nil
}

// recipient is who the ciphers of an order stand for; a mask is nobody.
func (c call) recipient(one labelOrder, owner string) (world.Person, *fault) {
	sent := one.Recipient.person()
	if owner != "" {
		return sent, nil
	}
	for _, no := range one.Order.Orders {
		o := c.t.Order(no)
		if o == nil || !visible(o) {
			return world.Person{}, business("订单不存在")
		}
		if p := o.Receiver; sent.Name == cipher(c.t.Shop, o, "name", p.Name) && sent.Phone == cipher(c.t.Shop, o, "phone", p.Phone) && sent.Detail == cipher(c.t.Shop, o, "address", p.Detail) {
			return p, nil
		}
	}
	if sent.Detail == "" || strings.ContainsAny(sent.Name+sent.Phone+sent.Detail, "*~") {
		return world.Person{}, business("收件人密文与订单不一致")
	}
	return sent, nil
}

func label(l world.Label, object, template string) map[string]any {
	text, err := world.Encode(map[string]any{"encryptedData": l.Sealed(), "signature": "MD:" + l.No, "templateUrl": template, "ver": "3"})
	if err != nil {
		text = nil
	}
	return map[string]any{"object_id": object, "waybill_code": l.No, "print_data": string(text), "parent_waybill_code": nil}
}

func standardTemplate(carrier string) string {
	return "https://file-link.pinduoduo.com/" + strings.ToLower(carrier) + "_one"
}

func waybillUpdate(c call) (any, *fault) {
	var p struct {
		Carrier string `json:"wp_code"`
		No      string `json:"waybill_code"`
		labelOrder
	}
	const name = "param_waybill_cloud_print_update_request"
	if err := json.Unmarshal([]byte(c.p.Get(name)), &p); err != nil || p.ObjectID == "" || p.Template == "" || len(p.Package.Items) == 0 {
		return nil, wrong(name)
	}
	before, err := c.t.Label(p.Carrier, p.No)
	if err != nil {
		return nil, business("面单号不存在")
	}
	p.Order.Orders = before.Orders
	had, _ := c.t.Label(p.Carrier, p.No)
	to, f := c.recipient(p.labelOrder, had.Owner)
	if f != nil {
		return nil, f
	}
	l, err := c.t.UpdateLabel(p.Carrier, p.No, to, p.Package.Items[0].Name)
	if err != nil {
		return nil, labelRefusal(err)
	}
	return label(l, p.ObjectID, p.Template), nil
}

func waybillRead(c call) (any, *fault) {
	var list []struct {
		Carrier  string `json:"wp_code"`
		ObjectID string `json:"object_id"`
		No       string `json:"waybill_code"`
	}
	if err := json.Unmarshal([]byte(c.p.Get("param_list")), &list); err != nil || len(list) == 0 {
		return nil, wrong("param_list")
	}
	rows := []any{}
	for _, q := range list {
		l, err := c.t.Label(q.Carrier, q.No)
		if err != nil || l.Cancelled {
			return nil, business("面单号不存在")
		}
		rows = append(rows, map[string]any{"waybill_cloud_print_response": label(l, q.ObjectID, standardTemplate(l.Carrier))})
	}
	return map[string]any{"modules": rows}, nil
}

func waybillCancel(c call) (any, *fault) {
	if err := c.t.CancelLabel(c.p.Get("wp_code"), c.p.Get("waybill_code")); err != nil {
		return nil, labelRefusal(err)
	}
	return map[string]any{"cancel_result": true}, nil
}

func waybillSearch(c call) (any, *fault) {
	rows := []any{}
	for _, b := range c.t.Branches(c.p.Get("wp_code")) {
		kind := 2
		if b.Left < 0 {
			kind = 1
		}
		rows = append(rows, map[string]any{"wp_code": b.Carrier, "wp_type": kind, "branch_account_cols": []any{map[string]any{"branch_code": b.Code, "branch_name": b.Name,
			"quantity": max(0, b.Left), "allocated_quantity": b.Used, "cancel_quantity": b.Cancelled, "recycled_quantity": 0, "service_info_cols": []any{}, "vas_account_cols": []any{},
			"shipp_address_cols": []any{map[string]any{"country": "中国", "province": b.Sender.Province, "city": b.Sender.City, "district": b.Sender.District, "detail": b.Sender.Detail}}}}})
	}
	return map[string]any{"waybill_apply_subscription_cols": rows}, nil
}

func standardTemplates(c call) (any, *fault) {
	rows := []any{}
	for _, x := range carriers {
		if want := c.p.Get("wp_code"); labels[x.code] == "" || want != "" && want != x.code {
			continue
		}
		rows = append(rows, map[string]any{"wp_code": x.code, "standard_templates": []any{map[string]any{"standard_template_id": x.id*10 + 6, "standard_template_name": x.name + "一联单",
			"standard_template_url": standardTemplate(x.code), "standard_waybill_type": 6}}})
	}
	return map[string]any{"result": map[string]any{"datas": rows}}, nil
}
