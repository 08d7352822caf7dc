package wechat

import (
	"cmp"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with the platform's waybills, by its ids.
var labels = map[string]string{"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YUNDA", "JTSD": "JTSD", "JD": "JD", "EMS": "EMS", "DBKD": "DBKD"}

var labelNames = [][2]string{{"ZTO", "中通"}, {"YTO", "圆通"}, {"YUNDA", "韵达"}, {"JTSD", "极兔"}, {"STO", "申通"}, {"SF", "顺丰"}, {"JD", "京东"}, {"EMS", "中国邮政"}, {"DBKD", "德邦快递"}}

// subject is the shop as waybills know it.
func subject(s *world.Shop) string { return "50098" + s.ID }

func accountNo(b world.Branch) string { return "66" + b.Code }

func labelCarriers(c *call) (obj, error) {
	list := []obj{}
	for _, one := range labelNames {
		list = append(list, obj{"delivery_id": one[0], "delivery_name": one[1]})
	}
	return obj{"shop_id": subject(c.t.Shop), "list": list}, nil
}

const (
	bound     = 3
	franchise = 1
	direct    = 2
)

func labelAccounts(c *call) (obj, error) {
	var in struct {
		Carrier string `json:"delivery_id"`
		Account string `json:"acct_id"`
		Balance *bool  `json:"need_balance"`
		Status  int    `json:"status"`
		Offset  int    `json:"offset"`
		Limit   int    `json:"limit"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Balance == nil || in.Limit <= 0 || in.Offset < 0 {
		return nil, fail(40097, "invalid args: need_balance, limit")
	}
	all := []obj{}
	for _, b := range c.t.Branches(in.Carrier) {
		if in.Status != 0 && in.Status != bound || in.Account != "" && in.Account != accountNo(b) {
			continue
		}
		p := b.Sender
		one := obj{"delivery_id": b.Carrier, "acct_type": 0, "company_type": franchise, "shop_id": subject(c.t.Shop), "acct_id": accountNo(b), "status": bound,
			"sender_address": obj{"province": p.Province, "city": p.City, "county": p.District, "street": p.Town, "address": p.Detail}}
		if b.Left < 0 {
			one["company_type"], one["monthly_card"] = direct, "57"+b.Code
		} else {
			one["site_info"] = obj{"delivery_id": b.Carrier, "site_status": 1, "site_code": b.Code, "site_name": b.Name,
				"address": obj{"province_name": p.Province, "city_name": p.City, "district_name": p.District, "street_name": p.Town, "detail_address": p.Detail}}
		}
		if *in.Balance {
			one["available"], one["allocated"], one["cancel"], one["recycled"] = max(0, b.Left), b.Used, b.Cancelled, 0
		}
		all = append(all, one)
	}
	from := min(in.Offset, len(all))
	return obj{"total_num": len(all), "account_list": all[from:min(from+in.Limit, len(all))]}, nil
}

type labelParty struct {
	Name     string `json:"name"`
	Mobile   string `json:"mobile"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Street   string `json:"street"`
	Address  string `json:"address"`
}

func (p labelParty) whole() bool {
	return p.Name != "" && p.Mobile != "" && p.Province != "" && p.City != "" && p.County != "" && p.Address != ""
}

type labelIn struct {
	Name     string     `json:"ewaybill_order_id"`
	Carrier  string     `json:"delivery_id"`
	Site     string     `json:"site_code"`
	Account  string     `json:"ewaybill_acct_id"`
	Sender   labelParty `json:"sender"`
	Receiver labelParty `json:"receiver"`
	Orders   []struct {
		No    orderID `json:"ec_order_id"`
		Goods []struct {
			Name  string `json:"good_name"`
			Count int64  `json:"good_count"`
		} `json:"goods_list"`
	} `json:"ec_order_list"`
	Shop     string `json:"shop_id"`
	Template string `json:"template_id"`
}

// proved is what precreate and create check alike.
func (in labelIn) proved(c *call) (world.Branch, error) {
	if labels[in.Carrier] == "" {
		return world.Branch{}, fail(10025012, "快递公司ID错误，请检查delivery_id")
	}
	b := c.t.Branches(in.Carrier)[0]
	switch {
	case in.Shop != subject(c.t.Shop):
		return b, fail(40097, "invalid args: shop_id")
	case in.Account != accountNo(b):
		return b, fail(10025014, "网点账号编码错误")
	case in.Site != "" && in.Site != b.Code, in.Site == "" && b.Left >= 0:
		return b, fail(10025013, "网点信息错误")
	case !in.Sender.whole() || !in.Receiver.whole():
		return b, fail(40097, "invalid args: sender, receiver")
	case len(in.Orders) == 0:
		return b, fail(10025017, "小店订单信息错误，请检查小店订单相关字段")
	}
	for _, o := range in.Orders {
		if c.t.Order(string(o.No)) == nil || len(o.Goods) == 0 || o.Goods[0].Name == "" || o.Goods[0].Count <= 0 {
			return b, fail(10025017, "小店订单信息错误，请检查小店订单相关字段")
		}
	}
	return b, nil
}

// nameLabel gives a number to an issue; every call another one.
func nameLabel(c *call) (obj, error) {
	var in labelIn
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if _, err := in.proved(c); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.named++
	return obj{"ewaybill_order_id": strconv.FormatUint(3_190_000_000_000_000_000+c.s.named, 10)}, nil
}

// createLabel issues a waybill under a number that was not used before, by a
// cancelled issue either. Where it goes is what the order says, whatever was sent along.
func createLabel(c *call) (obj, error) {
	var in labelIn
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if _, err := strconv.ParseUint(in.Name, 10, 64); err != nil {
		return nil, fail(10025020, "EWaybill Order ID 的数据内容是Uint64，用字符串传递参数，请确认是否正确")
	}
	b, err := in.proved(c)
	if err != nil {
		return nil, err
	}
	if _, err := c.t.LabelByKey(in.Name); err == nil {
		return nil, fail(10025019, "电子面单已存在")
	}
	p := in.Sender
	i := world.Issue{Key: in.Name, Carrier: in.Carrier, Branch: b.Code, Receiver: c.t.Order(string(in.Orders[0].No)).Receiver, Goods: in.Orders[0].Goods[0].Name,
		Sender: world.Person{Province: p.Province, City: p.City, District: p.County, Town: p.Street, Detail: p.Address}}
	for _, o := range in.Orders {
		i.Orders = append(i.Orders, string(o.No))
	}
	l, err := c.t.IssueLabel(i)
	if err != nil {
		said := map[world.RefusalKind]string{world.Balance: "面单余额不足，请联系网点充值", world.Unreached: "收件地址超出服务范围"}[world.KindOf(err)]
		return nil, &failed{10025005, "电子面单取号失败，请参考delivery_error_msg字段后重试", cmp.Or(said, err.Error())}
	}
	out := obj{"ewaybill_order_id": in.Name, "waybill_id": l.No, "delivery_error_msg": "", "order_risk_info": []obj{},
		"waybill_id_list": []obj{{"waybill_id": l.No, "waybill_type": 1, "create_time": seconds(l.IssuedAt)}}}
	if in.Template != "" {
		out["print_info"] = l.Sealed()
	}
	return out, nil
}

type labelName struct {
	Name    string `json:"ewaybill_order_id"`
	Carrier string `json:"delivery_id"`
	No      string `json:"waybill_id"`
}

// found is the waybill of an issue.
func (c *call) found(in labelName) (world.Label, error) {
	if _, err := strconv.ParseUint(in.Name, 10, 64); err != nil {
		return world.Label{}, fail(10025020, "EWaybill Order ID 的数据内容是Uint64，用字符串传递参数，请确认是否正确")
	}
	l, err := c.t.LabelByKey(in.Name)
	if err != nil || in.No != "" && in.No != l.No || in.Carrier != "" && in.Carrier != l.Carrier {
		return l, fail(10025010, "电子面单订单不存在，请确认面单ID")
	}
	return l, nil
}

func getLabel(c *call) (obj, error) {
	var in labelName
	if err := c.read(&in); err != nil {
		return nil, err
	}
	l, err := c.found(labelName{Name: in.Name})
	if err != nil {
		return nil, err
	}
	status := 1
	switch {
	case l.Cancelled:
		status = 2
	case c.t.Travels(l):
		status = 4
	case l.Printed:
		status = 3
	}
	orders := []obj{}
	for _, no := range l.Orders {
		orders = append(orders, obj{"ec_order_id": orderID(no), "goods_list": []obj{{"good_name": l.Goods, "good_count": 1}}})
	}
	return obj{"order_info": obj{"ewaybill_order_id": l.Key, "delivery_id": l.Carrier, "site_code": l.Branch, "waybill_id": l.No, "status": status, "shop_id": subject(c.t.Shop),
		"ec_order_list": orders, "remark": "", "path_info": []obj{}}}, nil
}

func cancelLabel(c *call) (obj, error) {
	var in labelName
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Carrier == "" || in.No == "" {
		return nil, fail(40097, "invalid args: delivery_id, waybill_id")
	}
	l, err := c.found(in)
	if err != nil {
		return nil, err
	}
	if err := c.t.CancelLabel(l.Carrier, l.No); err != nil {
		return nil, &failed{10025006, "取消下单失败，具体原因参考delivery_error_msg字段", "当前状态不允许取消"}
	}
	return nil, nil
}

func printLabel(c *call) (obj, error) {
	var in struct {
		labelName
		Template string `json:"template_id"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Template == "" {
		return nil, fail(10025106, "模板ID不存在")
	}
	l, err := c.found(labelName{Name: in.Name})
	if err != nil || l.Cancelled {
		return nil, fail(1000003, "订单不存在")
	}
	return obj{"print_info": l.Sealed()}, nil
}

// printedLabel is told that a waybill came out of the printer.
func printedLabel(c *call) (obj, error) {
	var in struct {
		labelName
		Again *int `json:"re_print"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Again == nil || *in.Again < 0 || *in.Again > 1 {
		return nil, fail(40097, "invalid args: re_print")
	}
	l, err := c.found(in.labelName)
	if err != nil {
		return nil, err
	}
	return nil, c.t.LabelPrinted(l.No, *in.Again == 1)
}
