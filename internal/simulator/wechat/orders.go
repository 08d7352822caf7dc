package wechat

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func basics(c *call) (obj, error) {
	return obj{"info": obj{"nickname": c.t.Title, "headimg_url": "", "subject_type": "企业", "status": "open_finished", "username": "gh_" + c.t.ID}}, nil
}

func companyList(*call) (obj, error) {
	list := []obj{}
	for _, x := range companies {
		list = append(list, obj{"delivery_id": x[0], "delivery_name": x[1]})
	}
	return obj{"company_list": list}, nil
}

type span struct {
	Start int64 `json:"start_time"`
	End   int64 `json:"end_time"`
}

// readCursor reads next_key; parameters that differ from the first page's are
// refused.
func readCursor(key, params string) (world.Cursor, error) {
	k, ok := world.ReadCursor(key)
	if !ok || k.Set && k.For != params {
		return k, fail(606006, "next_key does not belong to these parameters")
	}
	k.For = params
	return k, nil
}

func listOrders(c *call) (obj, error) {
	var in struct {
		Created *span  `json:"create_time_range"`
		Updated *span  `json:"update_time_range"`
		Status  int    `json:"status"`
		OpenID  string `json:"openid"`
		Size    int    `json:"page_size"`
		Key     string `json:"next_key"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	by, s := world.ByModified, in.Updated
	if s == nil {
		by, s = world.ByCreated, in.Created
	}
	if s == nil || s.End < s.Start || (s.End-s.Start)*1000 > 7*day || in.Size < 1 || in.Size > 100 {
		return nil, fail(40097, "invalid args: a time range of at most 7 days, page_size of 1 to 100")
	}
	params, err := json.Marshal([]any{by, s, in.Status, in.OpenID, in.Size})
	if err != nil {
		return nil, err
	}
	k, err := readCursor(in.Key, string(params))
	if err != nil {
		return nil, err
	}
	of := ofStatus(in.Status)
	keep := func(o *world.Order) bool {
		return !k.Has(o.No) && (of == nil || of(o)) && (in.OpenID == "" || in.OpenID == o.BuyerKey)
	}
	from, to, offset := k.Narrow(s.Start*1000, s.End*1000+999, true)
	page, total := c.t.List(world.Query{By: by, From: from, To: to, Oldest: true, Keep: keep}, offset, in.Size)
	ids := []string{}
	for _, o := range page {
		when := o.ModifiedAt
		if by == world.ByCreated {
			when = o.CreatedAt
		}
		ids, k = append(ids, o.No), k.Tell(when, o.No)
	}
	return obj{"order_id_list": ids, "next_key": k.Text(), "has_more": total > offset+len(page)}, nil
}

// orderID is a number of an order, written as a string or bare.
type orderID string

func (n *orderID) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	*n = orderID(s)
	return nil
}

func (c *call) order() (*world.Order, bool, error) {
	var in struct {
		ID     orderID `json:"order_id"`
		Encode bool    `json:"encode_sensitive_info"`
	}
	if err := c.read(&in); err != nil {
		return nil, false, err
	}
	o := c.t.Order(string(in.ID))
	if o == nil {
		return nil, false, fail(100002, "Not exist")
	}
	return o, in.Encode, nil
}

// getOrder masks the receiver when asked to, and of every order that ended.
func getOrder(c *call) (obj, error) {
	o, encode, err := c.order()
	if err != nil {
		return nil, err
	}
	doc := renderOrder(c.t.Shop, o, c.t.CasesOf(o.No), encode || o.Status == world.Completed || o.Status == world.Closed)
	o.Spoil(doc, "status", "create_time", "order_detail")
	return obj{"order": doc}, nil
}

func decode(c *call) (obj, error) {
	o, _, err := c.order()
	if err != nil {
		return nil, err
	}
	if !c.t.TakeDecrypt(1) {
		return nil, fail(45009, "reach max api daily quota limit")
	}
	return obj{"address_info": address(c.t.Shop, o, o.Receiver, false)}, nil
}

func virtualNumber(c *call) (obj, error) {
	o, _, err := c.order()
	if err != nil {
		return nil, err
	}
	return obj{"virtual_tel_number": "184" + o.Receiver.Phone[3:] + "-" + itoa(1000+int64(o.Serial%9000)), // #nosec G115 -- below 9000
		"virtual_tel_expire_time": seconds(c.t.Now() + 15*day), "get_virtual_tel_cnt": 1}, nil
}

func listCases(c *call) (obj, error) {
	var in struct {
		BeginCreate int64  `json:"begin_create_time"`
		EndCreate   int64  `json:"end_create_time"`
		BeginUpdate int64  `json:"begin_update_time"`
		EndUpdate   int64  `json:"end_update_time"`
		Key         string `json:"next_key"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	from, to := in.BeginUpdate, in.EndUpdate
	byCreated := to == 0
	if byCreated {
		from, to = in.BeginCreate, in.EndCreate
	}
	if to < from || to == 0 || (to-from)*1000 > day {
		return nil, fail(40097, "invalid args: a time range of at most 24 hours")
	}
	params, err := json.Marshal([]int64{in.BeginCreate, in.EndCreate, in.BeginUpdate, in.EndUpdate})
	if err != nil {
		return nil, err
	}
	k, err := readCursor(in.Key, string(params))
	if err != nil {
		return nil, err
	}
	lo, hi := from*1000, to*1000+999
	keep := func(x *world.Case) bool {
		return !k.Has(x.No) && (!byCreated || x.CreatedAt >= lo && x.CreatedAt <= hi)
	}
	begin, end := lo, hi
	if byCreated {
		end = c.t.Now()
	}
	begin, end, offset := k.Narrow(begin, end, true)
	page, total := c.t.Cases(begin, end, true, keep, offset, 50)
	ids := []string{}
	for _, x := range page {
		ids, k = append(ids, x.No), k.Tell(x.ModifiedAt, x.No)
	}
	return obj{"after_sale_order_id_list": ids, "next_key": k.Text(), "has_more": total > offset+len(page)}, nil
}

func getCase(c *call) (obj, error) {
	var in struct {
		ID orderID `json:"after_sale_order_id"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(string(in.ID))
	if x == nil {
		return nil, fail(100002, "Not exist")
	}
	return obj{"after_sale_order": renderCase(x, c.t.Order(x.OrderNo))}, nil
}

func rejectReasons(*call) (obj, error) {
	return obj{"reason_list": []obj{{"reject_reason_type": 6, "reject_reason_type_text": "买家误操作/已协商取消申请", "reject_reason": "已协商取消申请", "reject_scene": 1},
		{"reject_reason_type": 4, "reject_reason_type_text": "包裹在买家发起售后时已完成发货/揽收", "reject_reason": "商品已发出", "reject_scene": 1},
		{"reject_reason_type": 20, "reject_reason_type_text": "买家寄回商品影响二次销售", "reject_reason": "商品已影响二次销售", "reject_scene": 4},
		{"reject_reason_type": 24, "reject_reason_type_text": "买家申请售后原因与实际不符", "reject_reason": "申请原因与实际不符", "reject_scene": 5}}}, nil
}
