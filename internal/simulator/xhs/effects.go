package xhs

import (
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// companies are some of the platform's carriers.
var companies = [][2]string{{"shunfeng", "顺丰速运"}, {"zhongtong", "中通快递"}, {"yuantong", "圆通速递"}, {"shentong", "申通快递"}, {"yunda", "韵达快递"},
	{"jtexpress", "极兔速递"}, {"jd", "京东快递"}, {"ems", "EMS"}, {"youzhengguonei", "邮政快递包裹"}, {"debangkuaidi", "德邦快递"}}

func companyKnown(code string) bool {
	for _, x := range companies {
		if x[0] == code {
			return true
		}
	}
	return false
}

func companyList(*call) (any, error) {
	out := []obj{}
	for i, x := range companies {
		out = append(out, obj{"expressCompanyId": i + 1, "expressCompanyCode": x[0], "expressCompanyName": x[1]})
	}
	return obj{"expressCompanyInfos": out}, nil
}

// deliver ships the order, or with unpack the SKUs of the list: whole lines, as the
// platform does not split one.
func deliver(c *call) (any, error) {
	var in struct {
		OrderID string
		No      string   `json:"expressNo"`
		Company string   `json:"expressCompanyCode"`
		Unpack  bool     `json:"unpack"`
		SKUs    []string `json:"skuIdList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.No == "" || !companyKnown(in.Company) {
		return nil, fail(badParameter, "expressNo 为空或 expressCompanyCode 不存在")
	}
	s := world.Shipment{Carrier: in.Company, Waybill: in.No}
	if o := c.t.Order(in.OrderID); o != nil && in.Unpack {
		for _, sku := range in.SKUs {
			found := false
			for _, l := range o.Lines {
				if l.SKUNo == sku && l.Sent < l.Quantity {
					s.Lines = append(s.Lines, world.ParcelLine{No: l.No})
					found = true
				}
			}
			if !found {
				return nil, fail(notAllowed, "sku 不在订单中或已发货")
			}
		}
		if len(s.Lines) == 0 {
			return nil, fail(badParameter, "拆包发货 skuIdList 必填")
		}
	}
	_, err := c.t.Ship(in.OrderID, s)
	return obj{}, err
}

func modifyExpress(c *call) (any, error) {
	var in struct {
		OrderID string
		No      string `json:"expressNo"`
		Company string `json:"expressCompanyCode"`
		Old     string `json:"oldExpressNo"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.No == "" || !companyKnown(in.Company) {
		return nil, fail(badParameter, "expressNo 为空或 expressCompanyCode 不存在")
	}
	return obj{}, c.t.Rewaybill(in.OrderID, "", in.Old, in.Company, in.No)
}

// mark writes note and flag: 1 grey (none), 2 red, 3 yellow, 4 green, 5 blue, 6 purple.
func mark(c *call) (any, error) {
	var in struct {
		OrderID, Operator string
		Note              string `json:"sellerMarkNote"`
		Priority          int    `json:"sellerMarkPriority"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Priority < 1 || in.Priority > 6 || in.Operator == "" {
		return nil, fail(badParameter, "operator 必填，sellerMarkPriority 1到6")
	}
	flag := in.Priority - 1
	return obj{}, c.t.Memo(in.OrderID, "", &in.Note, &flag)
}

type verdict struct {
	ReturnsID string
	Action    int
	Reason    int
	Desc      string `json:"description"`
}

// reject needs a reason out of the list.
func (c *call) reject(v verdict) (any, error) {
	for _, r := range rejections {
		if r["reasonId"] == v.Reason {
			return "审核成功", c.t.Decide(world.Decision{CaseNo: v.ReturnsID, Reason: v.Desc})
		}
	}
	return nil, fail(badParameter, "拒绝原因非法，请通过 afterSale.rejectReasons 获取")
}

// audit decides a request: action 1 refunds at once (not a return or an exchange), 2
// lets the goods be sent back (not a refund only), 3 refuses.
func audit(c *call) (any, error) {
	var in verdict
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(in.ReturnsID)
	switch {
	case x != nil && x.State == world.CaseReceiving:
		return nil, fail(notAllowed, "售后单待收货，请确认收货")
	case in.Action == 3:
		return c.reject(in)
	case in.Action != 1 && in.Action != 2:
		return nil, fail(badParameter, "action 1同意直接退款 2同意寄回 3拒绝")
	case x != nil && x.State == world.CaseRequested && (in.Action == 1) != (x.Kind == "refund"):
		return nil, fail(notAllowed, "操作类型与售后类型不符")
	}
	return "审核成功", c.t.Decide(world.Decision{CaseNo: in.ReturnsID, Approve: true})
}

// confirmReceive: action 1 confirms that the goods are back, 2 refuses.
func confirmReceive(c *call) (any, error) {
	var in verdict
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(in.ReturnsID)
	switch {
	case x != nil && (x.State == world.CaseRequested || x.State == world.CaseReturning):
		return nil, fail(notAllowed, "用户尚未寄回")
	case in.Action == 2:
		return c.reject(in)
	case in.Action != 1:
		return nil, fail(badParameter, "action 1确认收货 2拒绝")
	}
	return "确认收货成功", c.t.Decide(world.Decision{CaseNo: in.ReturnsID, Approve: true})
}

var rejections = []obj{{"reasonId": 1, "reasonName": "买家未能提供有效凭证"}, {"reasonId": 2, "reasonName": "商品已发出"}, {"reasonId": 99, "reasonName": "其他"}}

func rejectReasons(*call) (any, error) { return obj{"rejectReasons": rejections}, nil }

func syncStock(c *call) (any, error) { return setStock(c, false) }

func incStock(c *call) (any, error) { return setStock(c, true) }

func setStock(c *call, delta bool) (any, error) {
	var in struct {
		SKUID string
		Qty   int64
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := c.t.SetStock(world.Level{SKUNo: in.SKUID, Quantity: in.Qty, Delta: delta}); err != nil {
		return nil, err
	}
	return stockOf(c, in.SKUID)
}
