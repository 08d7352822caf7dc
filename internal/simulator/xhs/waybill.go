package xhs

import (
	"encoding/json"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with the platform's waybills, by its codes.
var labels = map[string]string{"shunfeng": "SF", "zhongtong": "ZTO", "yuantong": "YTO", "shentong": "STO", "yunda": "YUNDA", "jtexpress": "JTSD", "jd": "JD", "ems": "EMS",
	"youzhengguonei": "POST", "debangkuaidi": "DBKD"}

func labelRefusal(err error) error {
	switch world.KindOf(err) {
	case world.Balance:
		return fail(notAllowed, "电子面单余额不足，请联系网点充值")
	case world.Unreached:
		return fail(notAllowed, "收件地址不可达")
	case world.Done:
		return fail(notAllowed, "面单已取消")
	case world.NotFound:
		if strings.Contains(err.Error(), "waybill") {
			return fail(badParameter, "面单不存在")
		}
	}
	return err
}

type labelParty struct {
	Name          string
	Mobile        string
	OpenAddressID string `json:"openAddressId"`
	Address       struct{ Province, City, District, Town, Detail string }
}

func (p labelParty) person() world.Person {
	a := p.Address
	return world.Person{Name: p.Name, Phone: p.Mobile, Province: a.Province, City: a.City, District: a.District, Town: a.Town, Detail: a.Detail}
}

type labelOrder struct {
	ObjectID string `json:"objectId"`
	Template int64  `json:"templateId"`
	Order    struct {
		Channel string   `json:"orderChannelsType"`
		Orders  []string `json:"tradeOrderList"`
		Own     string   `json:"xhsOrderId"`
		Merged  []string `json:"xhsOrderList"`
	} `json:"orderInfo"`
	Package struct {
		ID    string
		Items []struct {
			Name  string
			Count int64
		}
	} `json:"packageInfo"`
	Recipient labelParty
}

type labelRequest struct {
	Carrier  string `json:"cpCode"`
	No       string `json:"waybillCode"`
	Branch   string `json:"branchCode"`
	Seller   string `json:"sellerName"`
	Version  int    `json:"billVersion"`
	Customer string `json:"customerCode"`
	Counts   bool   `json:"needUsage"`
	Sender   labelParty
	Orders   []labelOrder `json:"tradeOrderInfoList"`
}

func (c *call) label() (in labelRequest, err error) {
	if err = c.read(&in); err == nil && in.Version != 2 {
		err = fail(badParameter, "billVersion 仅支持新版电子面单")
	}
	return in, err
}

// recipient is who ciphers, or the id of an order's receiver, stand for.
func (c *call) recipient(one labelOrder) (world.Person, error) {
	o := c.t.Order(one.Order.Own)
	if o == nil {
		return world.Person{}, fail(noOrder, "订单不存在")
	}
	p, sent := o.Receiver, one.Recipient
	ciphers := sent.Name == c.t.Cipher(o, fieldName, p.Name) && sent.Mobile == c.t.Cipher(o, fieldPhone, p.Phone) && sent.Address.Detail == c.t.Cipher(o, fieldAddress, p.Detail)
	if ciphers || sent.OpenAddressID != "" && sent.OpenAddressID == openAddress(c.t.Shop, o) {
		return p, nil
	}
	return world.Person{}, fail(notAllowed, "收件人信息与订单不一致")
}

func printed(l world.Label) obj {
	text, err := world.Encode(obj{"encryptedData": l.Sealed(), "sign": l.No, "templateUrl": templateURL(l.Carrier), "ver": "1"})
	if err != nil {
		text = nil
	}
	sort, mark, bag := l.Route()
	return obj{"success": true, "waybillCode": l.No, "parentWaybillCode": "", "printData": string(text), "customerPrintData": "", "sortCode": sort, "bagAddr": mark,
		"packageCenterName": bag, "errorCode": 0, "errorMsg": ""}
}

func templateURL(carrier string) string { return "https://fe-static.xhscdn.com/" + carrier + "_76_130" }

func createLabels(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	if len(in.Orders) == 0 || len(in.Orders) > 10 || in.Seller == "" || in.Sender.Name == "" || in.Sender.Mobile == "" {
		return nil, fail(badParameter, "请求参数错误")
	}
	out := []obj{}
	for _, one := range in.Orders {
		l, err := c.issue(in, one)
		if err != nil {
			f := failedOf(labelRefusal(err))
			out = append(out, obj{"objectId": one.ObjectID, "success": false, "errorCode": f.code, "errorMsg": f.message})
			continue
		}
		row := printed(l)
		row["objectId"] = one.ObjectID
		out = append(out, row)
	}
	return obj{"wayBillList": out, "subErrorCode": ""}, nil
}

func (c *call) issue(in labelRequest, one labelOrder) (world.Label, error) {
	if one.ObjectID == "" || one.Template == 0 || one.Order.Channel != "XIAO_HONG_SHU" || len(one.Package.Items) == 0 || len(one.Order.Orders) > 1 && len(one.Order.Merged) != len(one.Order.Orders) {
		return world.Label{}, fail(badParameter, "请求参数错误")
	}
	to, err := c.recipient(one)
	if err != nil {
		return world.Label{}, err
	}
	return c.t.IssueLabel(world.Issue{Key: "p" + one.Package.ID, Orders: one.Order.Orders, Carrier: in.Carrier, Branch: in.Branch, Sender: in.Sender.person(), Receiver: to,
		Goods: one.Package.Items[0].Name})
}

func updateLabel(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	if len(in.Orders) != 1 || len(in.Orders[0].Package.Items) == 0 {
		return nil, fail(badParameter, "请求参数错误")
	}
	if _, err := c.t.Label(in.Carrier, in.No); err != nil {
		return nil, labelRefusal(err)
	}
	to, err := c.recipient(in.Orders[0])
	if err != nil {
		return nil, err
	}
	l, err := c.t.UpdateLabel(in.Carrier, in.No, to, in.Orders[0].Package.Items[0].Name)
	if err != nil {
		return nil, labelRefusal(err)
	}
	return obj{"waybill": printed(l), "subErrorCode": ""}, nil
}

func readLabel(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	l, err := c.t.Label(in.Carrier, in.No)
	if err != nil || l.Cancelled {
		return nil, fail(badParameter, "面单不存在")
	}
	row := printed(l)
	return obj{"cpCode": l.Carrier, "waybillCode": l.No, "printData": row["printData"], "parentWaybillCode": "", "extraInfo": "", "customerPrintData": ""}, nil
}

func cancelLabel(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	if err := c.t.CancelLabel(in.Carrier, in.No); err != nil {
		return nil, labelRefusal(err)
	}
	return obj{"subErrorCode": ""}, nil
}

// accounts tells counts only where they are asked for, and none of carriers that run
// their branches themselves.
func accounts(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, b := range c.t.Branches(in.Carrier) {
		kind, branch, customer := 2, b.Code, ""
		if b.Left < 0 {
			kind, branch, customer = 1, "", "M"+b.Code
		}
		a := b.Sender
		row := obj{"cpCode": b.Carrier, "cpName": companyName(b.Carrier), "cpType": kind, "branchCode": branch, "branchName": b.Name, "brandCode": "", "customerCode": customer,
			"subscribeType": "", "senderAddressList": []obj{{"name": "", "mobile": "", "phone": "",
				"address": obj{"province": a.Province, "city": a.City, "district": a.District, "town": a.Town, "detail": a.Detail}}}}
		if in.Counts {
			row["usage"] = obj{"quantity": max(0, b.Left), "allocatedQuantity": b.Used, "cancelQuantity": b.Cancelled, "recycledQuantity": 0}
		}
		out = append(out, row)
	}
	return obj{"subscribeList": out, "accountId": json.Number(c.t.ID)}, nil
}

func companyName(code string) string {
	for _, x := range companies {
		if x[0] == code {
			return x[1]
		}
	}
	return code
}

func templates(c *call) (any, error) {
	in, err := c.label()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for i, x := range companies {
		if labels[x[0]] == "" || in.Carrier != "" && in.Carrier != x[0] {
			continue
		}
		out = append(out, obj{"id": 1000 + i, "cpCode": x[0], "brandCode": "", "templateType": "76*130", "templateCustomerType": 0, "templateName": x[1] + "一联单", "templateDesc": "",
			"templatePreviewUrl": "", "standardTemplateUrl": templateURL(x[0]), "customerTemplateUrl": "", "customerPrintItems": []string{}})
	}
	return obj{"templateList": out}, nil
}
