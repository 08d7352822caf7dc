package kuaishou

import (
	"github.com/ordercove/ordercove/internal/simulator/world"
)

const noMore = "nomore"

func next(k world.Cursor, more bool) string {
	if !more {
		return noMore
	}
	return k.Text()
}

// span checks a window as documented.
func (c *call) span(from, to, widest int64) error {
	switch {
	case to <= from:
		return fail(300003, "结束时间要晚于开始时间")
	case to-from > widest && widest == day:
		return fail(300019, "时间范围超限")
	case to-from > widest:
		return fail(300004, "查询范围不能大于7天")
	case from < c.t.Now()-90*day:
		return fail(300005, "只能查询最近90天内的订单")
	}
	return nil
}

func listOrders(c *call) (obj, error) {
	var in struct {
		View   int64 `json:"orderViewStatus"`
		Size   int   `json:"pageSize"`
		Sort   int   `json:"sort"`
		By     int   `json:"queryType"`
		Begin  int64 `json:"beginTime"`
		End    int64 `json:"endTime"`
		Cursor string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := c.span(in.Begin, in.End, 7*day); err != nil {
		return nil, err
	}
	if in.Size < 1 || in.Size > 50 {
		return nil, fail(1013, "pageSize 最多50")
	}
	data := obj{"pageSize": in.Size, "beginTime": in.Begin, "endTime": in.End, "cursor": noMore, "orderList": []obj{}}
	if in.Cursor == noMore {
		return obj{"data": data}, nil
	}
	k, ok := world.ReadCursor(in.Cursor)
	if !ok {
		return nil, fail(1013, "cursor 错误")
	}
	q := world.Query{By: world.ByCreated, From: in.Begin, To: in.End, Oldest: in.Sort == 2}
	if in.By == 2 {
		q.By = world.ByModified
	}
	var offset int
	q.From, q.To, offset = k.Narrow(q.From, q.To, q.Oldest)
	of := ofView(in.View)
	q.Keep = func(o *world.Order) bool { return !k.Has(o.No) && (of == nil || of(o)) }
	page, total := c.t.List(q, offset, in.Size)
	list := []obj{}
	for _, o := range page {
		doc := renderOrder(c.t.Shop, o, c.t.CasesOf(o.No))
		spoil(o, doc)
		list = append(list, doc)
		at := o.CreatedAt
		if q.By == world.ByModified {
			at = o.ModifiedAt
		}
		k = k.Tell(at, o.No)
	}
	data["cursor"], data["orderList"] = next(k, total > offset+len(page)), list
	return obj{"data": data}, nil
}

func spoil(o *world.Order, doc obj) {
	base := doc["orderBaseInfo"].(obj)
	o.Spoil(base, "totalFee", "createTime", "remark")
	if o.Poison > 2 {
		doc["orderItemInfo"] = base["remark"]
	}
}

func orderDetail(c *call) (obj, error) {
	var in struct{ OID id }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := c.t.Order(string(in.OID))
	if o == nil {
		return nil, fail(21, "order operation reject")
	}
	doc := renderOrder(c.t.Shop, o, c.t.CasesOf(o.No))
	spoil(o, doc)
	return obj{"data": doc}, nil
}

func listCases(c *call) (obj, error) {
	var in struct {
		Begin     int64 `json:"beginTime"`
		End       int64 `json:"endTime"`
		Type      int
		Size      int `json:"pageSize"`
		Sort      int
		By        int    `json:"queryType"`
		Cursor    string `json:"pcursor"`
		Status    int
		Negotiate int `json:"negotiateStatus"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := c.span(in.Begin, in.End, day); err != nil {
		return nil, err
	}
	if in.Size < 1 || in.Size > 100 {
		return nil, fail(1013, "pageSize 最多100")
	}
	k, ok := world.ReadCursor(in.Cursor)
	if !ok {
		return nil, fail(1013, "cursor 错误")
	}
	from, to, oldest := in.Begin, in.End, in.Sort == 2
	byCreated := in.By != 2
	if byCreated {
		to = c.t.Now()
	}
	from, to, offset := k.Narrow(from, to, oldest)
	keep := func(x *world.Case) bool {
		return !k.Has(x.No) && (!byCreated || x.CreatedAt >= in.Begin && x.CreatedAt <= in.End) &&
			(in.Type != 8 || x.State == world.CaseRequested) && (in.Status == 0 || in.Status == caseStatus(x)) && (in.Negotiate == 0 || in.Negotiate == negotiation(x))
	}
	page, total := c.t.Cases(from, to, oldest, keep, offset, in.Size)
	list := []obj{}
	for _, x := range page {
		list = append(list, renderCase(c.t.Shop, x, c.t.Order(x.OrderNo)))
		k = k.Tell(x.ModifiedAt, x.No)
	}
	return obj{"data": obj{"currentPage": 1, "pageSize": in.Size, "totalPage": 0, "totalSize": total, "beginTime": in.Begin, "endTime": in.End,
		"pcursor": next(k, total > offset+len(page)), "refundOrderInfoList": list}}, nil
}

func caseDetail(c *call) (obj, error) {
	var in struct{ RefundID id }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(string(in.RefundID))
	if x == nil {
		return nil, fail(300011, "退款单不存在")
	}
	return obj{"data": renderCase(c.t.Shop, x, c.t.Order(x.OrderNo))}, nil
}

func rejectReasons(*call) (obj, error) {
	return obj{"data": []obj{{"reasonCode": 101, "reasonDesc": "已发货，请拒收后重新申请", "requiredRejectDesc": false, "requiredRejectImage": false},
		{"reasonCode": 102, "reasonDesc": "与买家协商一致", "requiredRejectDesc": true, "requiredRejectImage": false}}}, nil
}

func listComments(c *call) (obj, error) {
	var in struct {
		OrderNo id    `json:"outOrderNo"`
		From    int64 `json:"createTimeFrom"`
		To      int64 `json:"createTimeTo"`
		Offset  int
		Limit   int
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Limit < 1 || in.Limit > 20 || in.Offset < 0 {
		return nil, fail(1013, "limit 最大20")
	}
	if in.To == 0 {
		in.To = c.t.Now()
	}
	page, total := c.t.Reviews(in.From, in.To, in.Offset, in.Limit)
	list := []obj{}
	for _, r := range page {
		if in.OrderNo != "" && r.OrderNo != string(in.OrderNo) {
			continue
		}
		list = append(list, obj{"commentId": num(r.No), "itemId": num(r.ItemNo), "orderId": num(r.OrderNo), "orderProductId": num(r.LineNo), "content": r.Text,
			"replyToCommentId": 0, "rootCommentId": num(r.No), "valid": true, "replied": r.Reply != "", "attached": false, "anonymous": true, "auto": false, "sellerReply": false,
			"creditScore": r.Score, "serviceScore": r.Score, "qualityScore": r.Score, "logisticsScore": r.Score, "imageUrl": []string{}, "createTime": r.CreatedAt, "updateTime": r.CreatedAt})
	}
	return obj{"data": obj{"rootComment": list, "total": total, "hits": len(list)}}, nil
}

// plainOf finds what a cipher text of an order stands for.
func plainOf(c *call, biz, text string) (plain, masked string) {
	o := c.t.Order(biz)
	if o == nil {
		return "", ""
	}
	r := o.Receiver
	switch text {
	case ciphered(c.t.Shop, o, fieldName, r.Name):
		return r.Name, world.MaskName(r.Name)
	case ciphered(c.t.Shop, o, fieldMobile, r.Phone):
		return r.Phone, world.MaskPhone(r.Phone)
	case ciphered(c.t.Shop, o, fieldAddress, r.Detail):
		return r.Detail, world.MaskDetail(r.Detail)
	}
	return "", ""
}

type cipherText struct {
	Data string `json:"encryptedData"`
	Biz  id     `json:"bizId"`
}

func decrypt(c *call) (obj, error) {
	var in struct {
		List []cipherText `json:"batchDecryptList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.List) == 0 || len(in.List) > 100 {
		return nil, fail(1013, "报文条数不超过100条")
	}
	out := []obj{}
	for _, x := range in.List {
		one := obj{"encryptedData": x.Data, "bizId": string(x.Biz), "decryptedData": "", "errorCode": 2, "errorMsg": "密文与订单不匹配"}
		if plain, _ := plainOf(c, string(x.Biz), x.Data); plain != "" {
			if c.t.TakeDecrypt(1) {
				one["decryptedData"], one["errorCode"], one["errorMsg"] = plain, 1, ""
			} else {
				one["errorCode"], one["errorMsg"] = 3, "解密额度不足"
			}
		}
		out = append(out, one)
	}
	return obj{"batchDecryptResultList": out}, nil
}

func desensitise(c *call) (obj, error) {
	var in struct {
		List []cipherText `json:"batchDesensitiseList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, x := range in.List {
		one := obj{"encryptedData": x.Data, "bizId": string(x.Biz), "desensitisedData": "", "errorCode": 2, "errorMsg": "密文与订单不匹配"}
		if _, masked := plainOf(c, string(x.Biz), x.Data); masked != "" {
			one["desensitisedData"], one["errorCode"], one["errorMsg"] = masked, 1, ""
		}
		out = append(out, one)
	}
	return obj{"batchDesensitiseResultList": out}, nil
}

func searchIndex(c *call) (obj, error) {
	var in struct {
		List []struct {
			Plain string `json:"plainText"`
			Type  int
		} `json:"indexParamList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, x := range in.List {
		field := map[int]string{1: fieldAddress, 2: fieldName, 3: fieldMobile}[x.Type]
		if field == "" {
			return nil, fail(1013, "type 错误")
		}
		out = append(out, obj{"plainText": x.Plain, "searchIndex": c.t.Index(field, x.Plain), "errorCode": 1, "errorMsg": ""})
	}
	return obj{"indexResultList": out}, nil
}
