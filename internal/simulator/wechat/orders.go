package wechat

import (
	"encoding/base64"
	"encoding/json"
	"slices"

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

// cursor is next_key: the parameters it belongs to and where the next page begins:
// at an instant, without those told already.
type cursor struct {
	For  string   `json:"f"`
	At   int64    `json:"a"`
	Told []string `json:"t"`
}

func (k cursor) String() string {
	b, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads next_key; parameters that differ from the first page's are
// refused.
func readCursor(key, params string) (k cursor, err error) {
	if key == "" {
		return cursor{For: params}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || json.Unmarshal(b, &k) != nil || k.For != params {
		return k, fail(606006, "next_key does not belong to these parameters")
	}
	return k, nil
}

// next moves the cursor behind a page.
func (k cursor) next(instants []int64, ids []string) cursor {
	for i, id := range ids {
		if instants[i] != k.At {
			k.At, k.Told = instants[i], nil
		}
		k.Told = append(slices.Clone(k.Told), id)
	}
	return k
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
		return !slices.Contains(k.Told, o.No) && (of == nil || of(o)) && (in.OpenID == "" || in.OpenID == o.BuyerKey)
	}
	from := max(s.Start*1000, k.At)
	page, total := c.t.List(world.Query{By: by, From: from, To: s.End*1000 + 999, Oldest: true, Keep: keep}, 0, in.Size)
	ids, at := []string{}, []int64{}
	for _, o := range page {
		when := o.ModifiedAt
		if by == world.ByCreated {
			when = o.CreatedAt
		}
		ids, at = append(ids, o.No), append(at, when)
	}
	return obj{"order_id_list": ids, "next_key": k.next(at, ids).String(), "has_more": total > len(page)}, nil
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
		return !slices.Contains(k.Told, x.No) && (!byCreated || x.CreatedAt >= lo && x.CreatedAt <= hi)
	}
	if byCreated {
		hi = c.t.Now()
	}
	page, total := c.t.Cases(max(lo, k.At), hi, true, keep, 0, 50)
	ids, at := []string{}, []int64{}
	for _, x := range page {
		ids, at = append(ids, x.No), append(at, x.ModifiedAt)
	}
	return obj{"after_sale_order_id_list": ids, "next_key": k.next(at, ids).String(), "has_more": total > len(page)}, nil
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
		{"reject_reason_type": 4, "reject_reason_type_text": "包裹在买家发起售后时已完成发货/揽收", "reject_reason": "商品已发出", "reject_scene": 1}}}, nil
}
