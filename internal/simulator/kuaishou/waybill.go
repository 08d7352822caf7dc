package kuaishou

import (
	"errors"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// labels are the carriers with the platform's waybills, by its codes.
var labels = map[string]string{"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YUNDA", "JTSD": "JTSD", "JD": "JD", "EMS": "EMS", "POSTB": "POST", "DBKD": "DBKD"}

func labelRefusal(err error) error {
	switch world.KindOf(err) {
	case world.Balance:
		return fail(1040, "电子面单余额不足，请联系网点充值")
	case world.Unreached:
		return fail(1041, "收件地址不可达")
	case world.Done:
		return fail(1042, "面单已取消")
	}
	return err
}

type labelParty struct{ Name, Mobile string }

type labelAddress struct {
	Province string `json:"provinceName"`
	City     string `json:"cityName"`
	District string `json:"districtName"`
	Street   string `json:"streetName"`
	Detail   string `json:"detailAddress"`
}

func (a labelAddress) of(p labelParty) world.Person {
	return world.Person{Name: p.Name, Phone: p.Mobile, Province: a.Province, City: a.City, District: a.District, Town: a.Street, Detail: a.Detail}
}

type labelRequest struct {
	Merchant string `json:"merchantCode"`
	Channel  string `json:"orderChannel"`
	Order    string `json:"tradeOrderCode"`
	Package  string `json:"packageCode"`
	Request  string `json:"requestId"`
	Carrier  string `json:"expressCompanyCode"`
	Branch   string `json:"netSiteCode"`
	Settle   string `json:"settleAccount"`
	Template string `json:"templateUrl"`
	Items    []struct {
		Title string `json:"itemTitle"`
	} `json:"itemList"`
	Sender   labelParty   `json:"senderContract"`
	From     labelAddress `json:"senderAddress"`
	Receiver labelParty   `json:"receiverContract"`
	To       labelAddress `json:"receiverAddress"`
}

// ebillGet issues up to ten waybills; each has an answer of its own.
func ebillGet(c *call) (obj, error) {
	var in struct {
		All []labelRequest `json:"getEbillOrderRequest"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.All) == 0 || len(in.All) > 10 {
		return nil, fail(1013, "getEbillOrderRequest 为空或超过10个")
	}
	out := []obj{}
	for _, one := range in.All {
		l, err := c.issue(one)
		if err != nil {
			f := failedOf(labelRefusal(err))
			out = append(out, obj{"requestId": one.Request, "baseResponse": obj{"result": f.result, "message": f.message, "success": false}, "data": []obj{}})
			continue
		}
		out = append(out, obj{"requestId": one.Request, "baseResponse": obj{"result": 1, "message": "SUCCESS", "success": true},
			"data": []obj{{"waybillCode": l.No, "parentWaybillCode": "", "waybillPackageCode": l.Key, "printData": l.Sealed(), "signature": "s" + l.No, "version": "v1", "key": "k1"}}})
	}
	return obj{"data": out}, nil
}

func (c *call) issue(in labelRequest) (world.Label, error) {
	if in.Request == "" || len(in.Request) > 128 || in.Package == "" || in.Channel != "KUAI_SHOU" || in.Merchant != "s"+c.t.ID || in.Template == "" || len(in.Items) == 0 ||
		in.Sender.Name == "" || in.Sender.Mobile == "" {
		return world.Label{}, fail(1013, "请求参数错误")
	}
	for _, b := range c.t.Branches(in.Carrier) {
		if b.Left < 0 && in.Settle != "M"+b.Code || b.Left >= 0 && in.Branch != b.Code {
			return world.Label{}, fail(1013, "网点编码或客户编码与订购关系不一致")
		}
	}
	o := c.t.Order(in.Order)
	if o == nil {
		return world.Label{}, fail(21, "订单不存在")
	}
	p := o.Receiver
	if a := address(c.t.Shop, o, p); in.Receiver.Name != a["encryptedConsignee"] || in.Receiver.Mobile != a["encryptedMobile"] || in.To.Detail != a["encryptedAddress"] {
		return world.Label{}, fail(1013, "收件人密文与订单不一致")
	}
	return c.t.IssueLabel(world.Issue{Key: "p" + in.Package, Orders: []string{in.Order}, Carrier: in.Carrier, Sender: in.From.of(in.Sender), Receiver: p, Goods: in.Items[0].Title})
}

func ebillCancel(c *call) (obj, error) {
	var in struct {
		Carrier string `json:"expressCompanyCode"`
		No      string `json:"waybillCode"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	err := c.t.CancelLabel(in.Carrier, in.No)
	if world.KindOf(err) == world.NotFound {
		return nil, fail(1043, "面单不存在")
	}
	return nil, labelRefusal(err)
}

func subscriptions(c *call) (obj, error) {
	var in struct {
		Carrier string `json:"expressCompanyCode"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, b := range c.t.Branches(in.Carrier) {
		kind, branch, settle := 2, b.Code, ""
		if b.Left < 0 {
			kind, branch, settle = 1, "", "M"+b.Code
		}
		a := b.Sender
		out = append(out, obj{"expressCompanyCode": b.Carrier, "expressCompanyType": kind, "netSiteCode": branch, "netSiteName": b.Name, "settleAccount": settle,
			"availableQuantity": max(0, b.Left), "usedQuantity": b.Used, "allocatedQuantity": b.Used, "cancelQuantity": b.Cancelled, "recycledQuantity": 0,
			"senderAddress": []obj{{"countryCode": "CHN", "countryName": "中国", "provinceName": a.Province, "cityName": a.City, "districtName": a.District, "streetName": a.Town, "detailAddress": a.Detail}}})
	}
	return obj{"data": out}, nil
}

func labelTemplates(c *call) (obj, error) {
	var in struct {
		Carrier string `json:"expressCompanyCode"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, x := range slices.Sorted(maps.Keys(labels)) {
		if in.Carrier == "" || in.Carrier == x {
			out = append(out, obj{"expressCompanyCode": x, "waybillType": 6, "templateName": x + "一联单", "templateCode": x + "-6", "templateUrl": "https://s2-11673.kwimgs.com/" + x + "_one", "templateExampleUrl": ""})
		}
	}
	return obj{"data": out}, nil
}

func failedOf(err error) *failed {
	f := &failed{result: 11, message: err.Error()}
	if !errors.As(err, &f) {
		switch world.KindOf(err) {
		case world.NotFound:
			f.result, f.message = 21, "order operation reject: "+err.Error()
		case world.Invalid:
			f.result = 1013
		}
	}
	return f
}
