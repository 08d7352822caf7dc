package douyin

import (
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with the platform's waybills, by its codes.
var labels = map[string]string{"shunfeng": "SF", "zhongtong": "ZTO", "yuantong": "YTO", "shentong": "STO", "yunda": "YUNDA", "ems": "EMS", "youzhengguonei": "POST", "jtexpress": "JTSD",
	"debangwuliu": "DBKD", "jd": "JD"}

type labelParty struct {
	Address struct {
		Country  string `json:"country_code"`
		Province string `json:"province_name"`
		City     string `json:"city_name"`
		District string `json:"district_name"`
		Street   string `json:"street_name"`
		Detail   string `json:"detail_address"`
	} `json:"address"`
	Contact struct {
		Name   string `json:"name"`
		Phone  string `json:"phone"`
		Mobile string `json:"mobile"`
	} `json:"contact"`
}

func (p labelParty) person() world.Person {
	a := p.Address
	return world.Person{Name: p.Contact.Name, Phone: p.Contact.Mobile + p.Contact.Phone, Province: a.Province, City: a.City, District: a.District, Town: a.Street, Detail: a.Detail}
}

// labelFault spells why one order gets no waybill.
func labelFault(err error) (code, why string) {
	switch world.KindOf(err) {
	case world.Balance:
		return "4030", "商户库存余额不足，请联系网点充值"
	case world.Unreached:
		return "4031", "因物流商不可达取号失败"
	case world.NotFound:
		return "15002", "订单不存在"
	case world.Done:
		return "4033", "运单号已取消"
	}
	return "4032", "取号失败: " + err.Error()
}

type labelOrder struct {
	No       word       `json:"order_id"`
	Pack     string     `json:"pack_id"`
	Others   []string   `json:"combine_orders"`
	Receiver labelParty `json:"receiver_info"`
	Items    []struct {
		Name  string `json:"item_name"`
		Count int64  `json:"item_count"`
	} `json:"items"`
}

const packIDLongest = 15

func newCreateOrder(c call) (any, *fault) {
	var p struct {
		Sender  labelParty   `json:"sender_info"`
		Carrier string       `json:"logistics_code"`
		Orders  []labelOrder `json:"order_infos"`
		User    word         `json:"user_id"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	owner, ok := "", true
	if p.User != "" {
		owner, ok = c.t.Owner(string(p.User))
	}
	if !ok && p.User != "-1" { // by which a shop is meant whose number nobody knows
		return nil, wrong("user_id")
	}
	switch {
	case len(p.Orders) == 0 || len(p.Orders) > 50:
		return nil, wrong("order_infos")
	case labels[p.Carrier] == "":
		return nil, wrong("logistics_code")
	case p.Sender.Contact.Name == "" || p.Sender.Contact.Mobile+p.Sender.Contact.Phone == "" || p.Sender.Address.Country != "CHN":
		return nil, wrong("sender_info")
	}
	made, faults := []any{}, []any{}
	for _, one := range p.Orders {
		if len(one.Pack) > packIDLongest || strings.ContainsFunc(one.Pack, func(r rune) bool {
			return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_')
		}) {
			return nil, wrong("pack_id")
		}
		if len(one.Items) == 0 {
			return nil, wrong("items")
		}
		l, err := c.issue(p.Carrier, p.Sender, one, owner)
		if err != nil {
			code, why := labelFault(err)
			faults = append(faults, map[string]any{"order_id": one.No, "pack_id": one.Pack, "err_code": code, "err_msg": why, "order_channel": "2"})
			continue
		}
		sort, mark, bag := l.Route()
		made = append(made, map[string]any{"company": l.Carrier, "order_id": one.No, "pack_id": one.Pack, "track_no": l.No, "sort_code": sort, "package_center_code": "C" + sort[:3], "package_center_name": bag,
			"short_address_code": sort[:3], "short_address_name": mark, "extra_resp": "", "sub_waybill_codes": "", "hint_msg": "", "order_channel": "2", "shipping_code": ""})
	}
	return map[string]any{"ebill_infos": made, "err_infos": faults}, nil
}

// issue finds who an order's ciphers stand for; a mask is nobody.
func (c call) issue(carrier string, sender labelParty, one labelOrder, owner string) (world.Label, error) {
	i := world.Issue{Key: "p" + one.Pack, Orders: []string{string(one.No)}, Owner: owner, Carrier: carrier, Sender: sender.person(), Receiver: one.Receiver.person(), Goods: one.Items[0].Name}
	if len(one.Others) > 0 {
		i.Orders = one.Others
	}
	if o := c.t.Order(string(one.No)); o != nil {
		p := o.Receiver
		if s := i.Receiver; s.Name == cipher(c.t.Shop, o, "name", p.Name) && s.Phone == cipher(c.t.Shop, o, "phone", p.Phone) && s.Detail == cipher(c.t.Shop, o, "address", p.Detail) {
			i.Receiver = p
		} else if strings.ContainsAny(s.Name+s.Phone+s.Detail, "*#$") {
			return world.Label{}, &world.Refusal{Kind: world.Refused, Message: "收件人密文与订单不一致"}
		}
	}
	return c.t.IssueLabel(i)
}

func waybillApply(c call) (any, *fault) {
	var p struct {
		Applies []struct {
			Carrier string `json:"logistics_code"`
			No      string `json:"track_no"`
		} `json:"waybill_applies"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if len(p.Applies) == 0 {
		return nil, wrong("waybill_applies")
	}
	rows, faults := []any{}, []any{}
	for _, one := range p.Applies {
		l, err := c.t.Label(one.Carrier, one.No)
		if err != nil || l.Cancelled {
			faults = append(faults, map[string]any{"track_no": one.No, "order_id": "", "err_code": 4040, "err_msg": "运单号不存在或已失效"})
			continue
		}
		rows = append(rows, map[string]any{"order_id": l.Orders[0], "track_no": l.No, "print_data": l.Sealed(), "sign": "sign" + l.No})
	}
	return map[string]any{"waybill_infos": rows, "err_infos": faults}, nil
}

func cancelOrder(c call) (any, *fault) {
	var p struct {
		Carrier string `json:"logistics_code"`
		No      string `json:"track_no"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	err := c.t.CancelLabel(p.Carrier, p.No)
	switch world.KindOf(err) {
	case "":
		return map[string]any{"cancel_result": map[string]any{"success": true}}, nil
	case world.NotFound:
		return nil, business("4040", "运单号不存在")
	}
	code, why := labelFault(err)
	return nil, business(code, why)
}

func listShopNetsite(c call) (any, *fault) {
	var p struct {
		Carrier string `json:"logistics_code"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	rows := []any{}
	for _, b := range c.t.Branches(p.Carrier) {
		kind := 2
		if b.Left < 0 {
			kind = 1
		}
		rows = append(rows, map[string]any{"netsite_code": b.Code, "netsite_name": b.Name, "amount": strconv.FormatInt(max(0, b.Left), 10), "allocated_quantity": b.Used, "cancelled_quantity": b.Cancelled,
			"recycled_quantity": -1, "company": b.Carrier, "company_type": kind, "sender_address": []any{map[string]any{"province_name": b.Sender.Province, "city_name": b.Sender.City,
				"district_name": b.Sender.District, "street_name": b.Sender.Town, "detail_address": b.Sender.Detail}}})
	}
	return map[string]any{"netsites": rows}, nil
}

func templateList(c call) (any, *fault) {
	var p struct {
		Carrier string `json:"logistics_code"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	rows := []any{}
	for _, x := range carriers {
		if labels[x.code] == "" || p.Carrier != "" && p.Carrier != x.code {
			continue
		}
		address := "https://lf6-cm.ecombdstatic.com/template/" + x.code
		rows = append(rows, map[string]any{"logistics_code": x.code, "template_infos": []any{
			map[string]any{"template_id": x.id*10 + 1, "template_name": x.name + "二联单", "template_url": address + "_two"}, map[string]any{"template_id": x.id*10 + 2, "template_name": x.name + "一联单", "template_url": address + "_one"}}})
	}
	return map[string]any{"template_data": rows}, nil
}
