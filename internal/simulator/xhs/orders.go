package xhs

import (
	"slices"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func listOrders(c *call) (any, error) {
	var in struct {
		Start  int64 `json:"startTime"`
		End    int64 `json:"endTime"`
		Type   int   `json:"timeType"`
		Kind   int   `json:"orderType"`
		Status int   `json:"orderStatus"`
		Page   int   `json:"pageNo"`
		Size   int   `json:"pageSize"`
	}
	in.Page, in.Size = 1, 50
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q := world.Query{By: world.ByCreated, From: in.Start * 1000, To: in.End*1000 + 999}
	widest := day
	if in.Type == 2 {
		q.By, widest = world.ByModified, 30*minute
	}
	if in.Type != 1 && in.Type != 2 || in.End < in.Start || (in.End-in.Start)*1000 > widest || in.Page < 1 || in.Page > 100 || in.Size < 1 || in.Size > 100 {
		return nil, fail(badParameter, "timeType=1 时间范围24小时内，timeType=2 时间范围30分钟内，pageNo、pageSize 限制100")
	}
	q.Keep = func(o *world.Order) bool {
		return (in.Status == 0 || statusOf(o) == in.Status) && (in.Kind == 0 || kindOf(o) == in.Kind)
	}
	page, total := c.t.List(q, (in.Page-1)*in.Size, in.Size)
	list := []obj{}
	for _, o := range page {
		doc := summary(o)
		o.Spoil(doc, "orderStatus", "createdTime", "orderTagList")
		list = append(list, doc)
	}
	return obj{"total": total, "pageNo": in.Page, "pageSize": in.Size, "maxPageNo": (total + in.Size - 1) / in.Size, "orderList": list}, nil
}

func orderDetail(c *call) (any, error) {
	var in struct{ OrderID string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := c.t.Order(in.OrderID)
	if o == nil {
		return nil, fail(noOrder, "包裹不存在")
	}
	doc := renderOrder(c.t.Shop, o)
	o.Spoil(doc, "totalPayAmount", "createdTime", "skuList")
	if o.Poison > 2 {
		doc["itemList"] = doc["skuList"]
	}
	return doc, nil
}

// receivers tells receivers only of orders that are to be shipped; an openAddressId
// that is no longer the order's does not match.
func receivers(c *call) (any, error) {
	var in struct {
		Queries []struct {
			OrderID       string
			OpenAddressID string
		} `json:"receiverQueries"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.Queries) == 0 || len(in.Queries) > 100 {
		return nil, fail(badParameter, "receiverQueries 1到100条")
	}
	out := []obj{}
	for _, q := range in.Queries {
		o := c.t.Order(q.OrderID)
		if o == nil || (statusOf(o) != 4 && statusOf(o) != 5) || q.OpenAddressID != openAddress(c.t.Shop, o) {
			out = append(out, obj{"orderId": q.OrderID, "matched": false})
			continue
		}
		out = append(out, renderReceiver(c.t.Shop, o))
	}
	return obj{"receiverInfos": out}, nil
}

func listCases(c *call) (any, error) {
	var in struct {
		OrderID  string
		Start    int64 `json:"startTime"`
		End      int64 `json:"endTime"`
		Type     int   `json:"timeType"`
		Statuses []int
		Page     int `json:"pageNo"`
		Size     int `json:"pageSize"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	widest := day
	if in.Type == 2 {
		widest = 30 * minute
	}
	if in.OrderID == "" && in.Type == 0 || in.End-in.Start > widest || in.Size < 1 || in.Size > 100 || in.Page < 1 || in.Page*in.Size > 50_000 {
		return nil, fail(badParameter, "orderId 与 timeType 至少传一个，时间范围或分页超限")
	}
	from, to := in.Start, in.End
	if in.Type != 2 {
		from, to = 0, c.t.Now()
	}
	keep := func(x *world.Case) bool {
		return (in.OrderID == "" || x.OrderNo == in.OrderID) && (in.Type != 1 || x.CreatedAt >= in.Start && x.CreatedAt <= in.End) &&
			(len(in.Statuses) == 0 || slices.Contains(in.Statuses, caseStatus(x)))
	}
	page, total := c.t.Cases(from, to, false, keep, (in.Page-1)*in.Size, in.Size)
	list := []obj{}
	for _, x := range page {
		list = append(list, renderCase(c.t.Shop, x, c.t.Order(x.OrderNo)))
	}
	return obj{"totalCount": total, "pageNo": in.Page, "pageSize": in.Size, "maxPageNo": (total + in.Size - 1) / in.Size, "afterSaleBasicInfos": list}, nil
}

func caseInfo(c *call) (any, error) {
	var in struct{ ReturnsID string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(in.ReturnsID)
	if x == nil {
		return nil, fail(noOrder, "售后单不存在")
	}
	return obj{"afterSaleInfo": renderCase(c.t.Shop, x, c.t.Order(x.OrderNo))}, nil
}

// plainOf finds what a cipher text of an order stands for.
func plainOf(c *call, orderNo, text string) (plain, masked string) {
	o := c.t.Order(orderNo)
	if o == nil {
		return "", ""
	}
	r := o.Receiver
	switch text {
	case c.t.Cipher(o, fieldName, r.Name):
		return r.Name, world.MaskName(r.Name)
	case c.t.Cipher(o, fieldPhone, r.Phone):
		return r.Phone, world.MaskPhone(r.Phone)
	case c.t.Cipher(o, fieldAddress, r.Detail):
		return r.Detail, world.MaskDetail(r.Detail)
	}
	return "", ""
}

type cipherTexts struct {
	List []struct {
		Tag  string `json:"dataTag"`
		Data string `json:"encryptedData"`
	} `json:"baseInfos"`
	Action string `json:"actionType"`
	User   string `json:"appUserId"`
}

// decrypt may be called ten times a day.
func decrypt(c *call) (any, error) {
	var in cipherTexts
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.List) == 0 || len(in.List) > 100 || in.Action == "" || in.User == "" {
		return nil, fail(badParameter, "baseInfos 1到100条，actionType、appUserId 必填")
	}
	if !c.t.TakeDecrypt(1) {
		return nil, fail(noQuota, "解密额度已用完")
	}
	out := []obj{}
	for _, x := range in.List {
		one := obj{"dataTag": x.Tag, "encryptedData": x.Data, "decryptedData": "", "errorCode": 1, "errorMsg": "密文与订单不匹配"}
		if plain, _ := plainOf(c, x.Tag, x.Data); plain != "" {
			one["decryptedData"], one["errorCode"], one["errorMsg"] = plain, 0, ""
		}
		out = append(out, one)
	}
	return obj{"dataInfoList": out}, nil
}

func desensitise(c *call) (any, error) {
	var in cipherTexts
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, x := range in.List {
		one := obj{"dataTag": x.Tag, "encryptedData": x.Data, "desensitisedData": "", "errorCode": 1, "errorMsg": "密文与订单不匹配"}
		if _, masked := plainOf(c, x.Tag, x.Data); masked != "" {
			one["desensitisedData"], one["errorCode"], one["errorMsg"] = masked, 0, ""
		}
		out = append(out, one)
	}
	return obj{"desensitiseInfoList": out}, nil
}

// batchIndex: type 1 address, 2 name, 3 phone.
func batchIndex(c *call) (any, error) {
	var in struct {
		List []struct {
			Plain string `json:"plainText"`
			Type  int
		} `json:"indexBaseInfoList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, x := range in.List {
		field := map[int]string{1: fieldAddress, 2: fieldName, 3: fieldPhone}[x.Type]
		if field == "" {
			return nil, fail(badParameter, "type 错误")
		}
		out = append(out, obj{"plainText": x.Plain, "searchIndex": c.t.Index(field, x.Plain)})
	}
	return obj{"indexInfoList": out}, nil
}

func stockOf(c *call, sku string) (any, error) {
	for _, l := range c.t.Listings() {
		if l.SKUNo == sku {
			return obj{"response": obj{"success": true, "code": 0, "msg": ""}, "data": obj{"skuId": sku,
				"skuStockInfo": obj{"total": l.Stock, "available": l.Stock, "standalone": 0, "reserved": 0, "unavailable": 0}}}, nil
		}
	}
	return nil, fail(noOrder, "sku 不存在")
}

func getStock(c *call) (any, error) {
	var in struct{ SKUID string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return stockOf(c, in.SKUID)
}
