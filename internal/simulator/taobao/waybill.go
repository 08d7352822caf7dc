package taobao

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with Cainiao waybills, by the platform's codes.
var labels = map[string]string{"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YUNDA", "EMS": "EMS", "POSTB": "POST", "HTKY": "JTSD", "DBKD": "DBKD", "JD": "JD"}

type labelParty struct {
	Name    string `json:"name"`
	Mobile  string `json:"mobile"`
	Phone   string `json:"phone"`
	Oaid    string `json:"oaid"`
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

// labelRefusal spells why no waybill comes.
func labelRefusal(err error) *fault {
	remote := func(sub, why string) *fault { return &fault{15, "Remote service error", sub, why} }
	switch world.KindOf(err) {
	case world.Balance:
		return remote("waybill account not enough", "电子面单余额不足，请联系网点充值")
	case world.Unreached:
		return remote("isv.address-not-reachable", "收件地址不可达，超出服务范围")
	case world.Done:
		return remote("isv.waybill-cancel-error", "面单已取消，请勿重复取消")
	}
	return refuse("waybill", err)
}

type labelOrder struct {
	ObjectID  string `json:"object_id"`
	OrderInfo struct {
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

func waybillGet(c call) (map[string]any, *fault) {
	var p struct {
		Carrier     string       `json:"cp_code"`
		Branch      string       `json:"shipping_branch_code"`
		Sender      labelParty   `json:"sender"`
		Orders      []labelOrder `json:"trade_order_info_dtos"`
		NeedEncrypt bool         `json:"need_encrypt"`
	}
	const name = "param_waybill_cloud_print_apply_new_request"
	if err := json.Unmarshal([]byte(c.p.Get(name)), &p); err != nil || len(p.Orders) == 0 || len(p.Orders) > 10 || p.Sender.Name == "" || p.Sender.Mobile+p.Sender.Phone == "" {
		return nil, wrong(name)
	}
	var rows []any
	for _, one := range p.Orders {
		if one.ObjectID == "" || one.Template == "" || len(one.Package.Items) == 0 {
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
		l, err := c.t.IssueLabel(world.Issue{Key: "p" + one.Package.ID, Orders: one.OrderInfo.Orders, Owner: owner, Carrier: p.Carrier, Branch: p.Branch, Sender: p.Sender.person(),
			Receiver: to, Goods: one.Package.Items[0].Name})
		if err != nil {
			return nil, labelRefusal(err)
		}
		rows = append(rows, label(l, one.ObjectID, one.Template, p.NeedEncrypt))
	}
	return map[string]any{"modules": c.list(rows, "waybill_cloud_print_response")}, nil
}

// recipient is who an oaid stands for; orders of other channels come in plain.
func (c call) recipient(one labelOrder, owner string) (world.Person, *fault) {
	if owner != "" && one.Recipient.Oaid != "" {
		to := one.Recipient.person()
		to.Name = one.Recipient.Oaid
		return to, nil
	}
	if one.Recipient.Oaid == "" {
		if one.Recipient.Address.Detail == "" || strings.Contains(one.Recipient.Address.Detail, "*") {
			return world.Person{}, wrong("recipient")
		}
		return one.Recipient.person(), nil
	}
	for _, no := range one.OrderInfo.Orders {
		if o := c.t.Order(no); o != nil && oaid(c.t.Shop, o) == one.Recipient.Oaid {
			return o.Receiver, nil
		}
	}
	return world.Person{}, &fault{15, "Remote service error", "isv.oaid-not-match", "OAID与订单不匹配，请重新获取订单"}
}

func label(l world.Label, object, template string, ciphered bool) map[string]any {
	sort, mark, bag := l.Route()
	data := map[string]any{"templateURL": template, "signature": "MD:" + l.No, "ver": "waybill_print_secret_version_1"}
	if ciphered {
		data["encryptedData"] = "AES:" + l.Sealed()
	} else {
		data["data"] = map[string]any{"waybillCode": l.No, "cpCode": l.Carrier, "routingInfo": map[string]any{"routeCode": sort, "sortation": map[string]any{"name": mark}, "consolidation": map[string]any{"name": bag}}}
	}
	text, err := world.Encode(data)
	if err != nil {
		text = nil
	}
	return map[string]any{"object_id": object, "waybill_code": l.No, "print_data": string(text), "cp_code": l.Carrier, "real_cp_code": l.Carrier}
}

// standardTemplate is the address of the one-piece template of a carrier.
func standardTemplate(carrier string) string {
	return "https://cloudprint.cainiao.com/template/standard/" + strings.ToLower(carrier) + "/6"
}

func waybillUpdate(c call) (map[string]any, *fault) {
	var p struct {
		Carrier string `json:"cp_code"`
		No      string `json:"waybill_code"`
		labelOrder
	}
	const name = "param_waybill_cloud_print_update_request"
	if err := json.Unmarshal([]byte(c.p.Get(name)), &p); err != nil || p.ObjectID == "" || p.Template == "" || len(p.Package.Items) == 0 {
		return nil, wrong(name)
	}
	before, err := c.t.Label(p.Carrier, p.No)
	if err != nil {
		return nil, labelRefusal(err)
	}
	p.OrderInfo.Orders = before.Orders
	had, _ := c.t.Label(p.Carrier, p.No)
	to, f := c.recipient(p.labelOrder, had.Owner)
	if f != nil {
		return nil, f
	}
	l, err := c.t.UpdateLabel(p.Carrier, p.No, to, p.Package.Items[0].Name)
	if err != nil {
		return nil, labelRefusal(err)
	}
	return label(l, p.ObjectID, p.Template, true), nil
}

func waybillRead(c call) (map[string]any, *fault) {
	var list []struct {
		Carrier  string `json:"cp_code"`
		ObjectID string `json:"object_id"`
		No       string `json:"waybill_code"`
	}
	if err := json.Unmarshal([]byte(c.p.Get("param_list")), &list); err != nil || len(list) == 0 {
		return nil, wrong("param_list")
	}
	var rows []any
	for _, q := range list {
		l, err := c.t.Label(q.Carrier, q.No)
		row := map[string]any{"object_id": q.ObjectID, "success": err == nil && !l.Cancelled}
		if row["success"] == true {
			row["waybill_cloud_print_response"] = label(l, q.ObjectID, standardTemplate(l.Carrier), true)
		} else {
			row["error_code"], row["error_message"] = "WAYBILL_NOT_EXIST", "面单号不存在或已取消"
		}
		rows = append(rows, row)
	}
	return map[string]any{"modules": c.list(rows, "waybill_cloud_print_with_result_desc_response")}, nil
}

func waybillCancel(c call) (map[string]any, *fault) {
	if f := c.needs("cp_code", "waybill_code"); f != nil {
		return nil, f
	}
	if err := c.t.CancelLabel(c.p.Get("cp_code"), c.p.Get("waybill_code")); err != nil {
		return nil, labelRefusal(err)
	}
	return map[string]any{"cancel_result": true}, nil
}

func waybillSearch(c call) (map[string]any, *fault) {
	var rows []any
	for _, b := range c.t.Branches(c.p.Get("cp_code")) {
		account := map[string]any{"branch_code": b.Code, "branch_name": b.Name, "branch_status": 0, "allocated_quantity": b.Used, "cancel_quantity": b.Cancelled, "print_quantity": 0,
			"quantity": max(0, b.Left), "shipp_address_cols": c.list([]any{map[string]any{"province": b.Sender.Province, "city": b.Sender.City, "district": b.Sender.District,
				"town": b.Sender.Town, "detail": b.Sender.Detail, "waybill_address_id": b.Code + "1"}}, "address_dto")}
		kind := 2
		if b.Left < 0 {
			kind = 1
		}
		rows = append(rows, map[string]any{"cp_code": b.Carrier, "cp_type": kind, "branch_account_cols": c.list([]any{account}, "waybill_branch_account")})
	}
	return map[string]any{"waybill_apply_subscription_cols": c.list(rows, "waybill_apply_subscription_info")}, nil
}

func standardTemplates(c call) (map[string]any, *fault) {
	var rows []any
	for _, x := range carriers {
		if _, ok := labels[x[0]]; !ok {
			continue
		}
		one := func(kind int, name, address string) any {
			return map[string]any{"standard_template_id": kind, "standard_template_name": x[1] + name, "standard_template_url": address, "standard_waybill_type": kind}
		}
		two := []any{one(1, "标准二联", strings.TrimSuffix(standardTemplate(x[0]), "6")+"1"), one(6, "一联单", standardTemplate(x[0]))}
		rows = append(rows, map[string]any{"cp_code": x[0], "standard_templates": c.list(two, "standard_template_do")})
	}
	return map[string]any{"result": map[string]any{"success": true, "datas": c.list(slices.Clip(rows), "standard_template_result")}}, nil
}

func userSeller(c call) (map[string]any, *fault) {
	return map[string]any{"user": map[string]any{"user_id": number(c.t.ID), "nick": c.t.Title}}, nil
}
