package taobao

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// carriers are the platform's companies: code, name, id.
var carriers = [][3]string{{"SF", "顺丰速运", "505"}, {"ZTO", "中通快递", "500"}, {"YTO", "圆通速递", "101"}, {"STO", "申通快递", "100"}, {"YUNDA", "韵达快递", "102"},
	{"EMS", "EMS", "2"}, {"POSTB", "邮政快递包裹", "200734"}, {"HTKY", "极兔速递", "502"}, {"DBKD", "德邦快递", "5000000110730"}, {"JD", "京东物流", "1001"}}

func companyName(p world.Parcel) string {
	for _, c := range carriers {
		if c[0] == p.Carrier {
			return c[1]
		}
	}
	if p.Elsewhere {
		return "圆通速递"
	}
	return p.Carrier
}

func companies(c call) (map[string]any, *fault) {
	var rows []any
	for _, x := range carriers {
		rows = append(rows, map[string]any{"id": json.Number(x[2]), "code": x[0], "name": x[1]})
	}
	return map[string]any{"logistics_companies": c.list(rows, "logistics_company")}, nil
}

func (c call) shipping(err error) (map[string]any, *fault) {
	if err != nil {
		return nil, refuse("logistics-offline", err)
	}
	return map[string]any{"shipping": map[string]any{"is_success": true}}, nil
}

func (c call) needs(names ...string) *fault {
	for _, n := range names {
		if c.p.Get(n) == "" {
			return missing(n)
		}
	}
	return nil
}

func (c call) company() *fault {
	if !slices.ContainsFunc(carriers, func(x [3]string) bool { return x[0] == c.p.Get("company_code") }) {
		return &fault{15, "Remote service error", "isv.logistics-offline-service-error:B04", "物流公司不存在"}
	}
	return nil
}

func offlineSend(c call) (map[string]any, *fault) {
	if f := c.needs("tid", "out_sid", "company_code"); f != nil {
		return nil, f
	}
	if f := c.company(); f != nil {
		return nil, f
	}
	s := world.Shipment{Carrier: c.p.Get("company_code"), Waybill: c.p.Get("out_sid")}
	if c.p.Get("is_split") == "1" {
		if f := c.needs("sub_tid"); f != nil {
			return nil, f
		}
		for no := range strings.SplitSeq(c.p.Get("sub_tid"), ",") {
			s.Lines = append(s.Lines, world.ParcelLine{No: strings.TrimSpace(no)})
		}
	}
	_, err := c.t.Ship(c.p.Get("tid"), s)
	return c.shipping(err)
}

// dummySend ships the whole order without a carrier.
func dummySend(c call) (map[string]any, *fault) {
	if f := c.needs("tid"); f != nil {
		return nil, f
	}
	_, err := c.t.Ship(c.p.Get("tid"), world.Shipment{Numberless: true})
	return c.shipping(err)
}

func consignResend(c call) (map[string]any, *fault) {
	if f := c.needs("tid", "out_sid", "company_code"); f != nil {
		return nil, f
	}
	if f := c.company(); f != nil {
		return nil, f
	}
	o := c.t.Order(c.p.Get("tid"))
	old := ""
	if o != nil && c.p.Get("is_split") == "1" {
		for _, p := range o.Parcels {
			for _, l := range p.Lines {
				if strings.Contains(","+c.p.Get("sub_tid")+",", ","+l.No+",") {
					old = p.Waybill
				}
			}
		}
	}
	return c.shipping(c.t.Rewaybill(c.p.Get("tid"), "", old, c.p.Get("company_code"), c.p.Get("out_sid")))
}

func (c call) changed(err error) (map[string]any, *fault) {
	if err != nil {
		return nil, refuse("trade", err)
	}
	return map[string]any{"trade": map[string]any{"tid": number(c.p.Get("tid")), "modified": world.China(c.t.Now())}}, nil
}

func memoUpdate(c call) (map[string]any, *fault) {
	if f := c.needs("tid"); f != nil {
		return nil, f
	}
	var text *string
	var flag *int
	if m := c.p.Get("memo"); m != "" {
		if len(m) > 1000 {
			return nil, wrong("memo")
		}
		text = &m
	} else if c.p.Get("reset") == "true" {
		text = &m
	}
	if c.p.Get("flag") != "" {
		n, f := c.int("flag", 0, 0, 5)
		if f != nil {
			return nil, f
		}
		flag = &n
	}
	return c.changed(c.t.Memo(c.p.Get("tid"), "", text, flag))
}

func tradeClose(c call) (map[string]any, *fault) {
	if f := c.needs("tid", "close_reason"); f != nil {
		return nil, f
	}
	if o := c.t.Order(c.p.Get("tid")); o != nil && c.t.Now()-o.CreatedAt < 10_000 {
		return nil, &fault{15, "Remote service error", "isv.trade-service-error:CLOSE_TRADE_TOO_FAST", "交易创建不足10秒,不能关闭"}
	}
	return c.changed(c.t.Close(c.p.Get("tid"), "", c.p.Get("close_reason")))
}

// gbk is how many bytes a text has in GBK.
func gbk(s string) (n int) {
	for _, r := range s {
		n += min(2, utf8.RuneLen(r))
	}
	return n
}

func addressUpdate(c call) (map[string]any, *fault) {
	if f := c.needs("tid"); f != nil {
		return nil, f
	}
	for name, most := range map[string]int{"receiver_name": 50, "receiver_mobile": 30, "receiver_state": 32, "receiver_city": 32, "receiver_district": 32, "receiver_address": 228} {
		if gbk(c.p.Get(name)) > most {
			return nil, wrong(name)
		}
	}
	return c.changed(c.t.Readdress(c.p.Get("tid"), "", world.Person{Name: c.p.Get("receiver_name"), Phone: c.p.Get("receiver_mobile"), Province: c.p.Get("receiver_state"),
		City: c.p.Get("receiver_city"), District: c.p.Get("receiver_district"), Town: c.p.Get("receiver_town"), Detail: c.p.Get("receiver_address")}))
}

// fen reads yuan with at most two decimals.
func fen(s string) (int64, bool) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 2 || len(whole) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return n, err == nil && n >= 0
}

func postageUpdate(c call) (map[string]any, *fault) {
	if f := c.needs("tid", "post_fee"); f != nil {
		return nil, f
	}
	n, ok := fen(c.p.Get("post_fee"))
	if !ok {
		return nil, wrong("post_fee")
	}
	return c.changed(c.t.Reprice(c.p.Get("tid"), "", nil, n))
}

func (c call) refund(x *world.Case) map[string]any {
	o := c.t.Order(x.OrderNo)
	l := o.Line(x.LineNo)
	kind := map[string]string{"refund": "REFUND", "return": "REFUND_AND_RETURN", "exchange": "TMALL_EXCHANGE"}[x.Kind]
	phase := "onsale"
	if o.Status == world.Completed {
		phase = "aftersale"
	}
	goods := "BUYER_NOT_RECEIVED"
	if x.ReturnWaybill != "" {
		goods = "BUYER_RETURNED_GOODS"
	} else if x.AfterShipping {
		goods = "BUYER_RECEIVED"
	}
	d := map[string]any{
		"refund_id": x.No, "tid": number(x.OrderNo), "oid": number(x.LineNo), "status": caseStates[x.State], "dispute_type": kind, "refund_phase": phase,
		"refund_version": x.Version, "good_status": goods, "has_good_return": x.Kind == "return", "refund_fee": world.Yuan(x.Refund), "payment": world.Yuan(o.BuyerPaid() - x.Refund),
		"total_fee": world.Yuan(o.Goods()), "price": world.Yuan(l.Price), "num": x.Quantity, "num_iid": number(l.ItemNo), "outer_id": l.Code, "title": l.Title,
		"sku": l.SKUNo + "|规格:" + l.SKUText, "reason": x.Reason, "desc": x.Note, "created": world.China(x.CreatedAt), "modified": world.China(x.ModifiedAt),
		"order_status": status(l.Status, o.PaidAt > 0), "buyer_nick": world.MaskName(o.BuyerNick), "seller_nick": c.t.Title, "cs_status": 1, "alipay_no": o.PaymentNo,
		"refund_remind_timeout": map[string]any{"exist_timeout": true, "remind_type": 3, "timeout": world.China(x.DecideBy)},
	}
	if x.ReturnWaybill != "" {
		d["sid"], d["company_name"] = x.ReturnWaybill, x.ReturnCarrier
	}
	return d
}

func refundsReceive(c call) (map[string]any, *fault) {
	if f := c.needs("fields"); f != nil {
		return nil, f
	}
	lo, hi, f := c.span("start_modified", "end_modified", 93*day, false)
	if f != nil {
		return nil, f
	}
	page, f := c.int("page_no", 1, 1, 1_000_000)
	if f != nil {
		return nil, f
	}
	size, f := c.int("page_size", 40, 1, 100)
	if f != nil {
		return nil, f
	}
	want := c.p.Get("status")
	list, total := c.t.Cases(lo, hi, false, func(x *world.Case) bool { return want == "" || caseStates[x.State] == want }, (page-1)*size, size)
	var rows []any
	for _, x := range list {
		rows = append(rows, c.cutRefund(c.refund(x)))
	}
	out := map[string]any{"refunds": c.list(rows, "refund")}
	if c.p.Get("use_has_next") == "true" {
		out["has_next"] = total > page*size
	} else {
		out["total_results"] = total
	}
	return out, nil
}

func (c call) cutRefund(d map[string]any) map[string]any {
	asked := strings.Split(strings.ReplaceAll(c.p.Get("fields"), " ", ""), ",")
	for k := range d {
		if !contains(asked, k) && k != "refund_id" {
			delete(d, k)
		}
	}
	return d
}

func refundGet(c call) (map[string]any, *fault) {
	if f := c.needs("fields", "refund_id"); f != nil {
		return nil, f
	}
	x := c.t.Case(c.p.Get("refund_id"))
	if x == nil {
		return nil, &fault{15, "Remote service error", "isv.refund-not-exist", "退款单不存在"}
	}
	return map[string]any{"refund": c.cutRefund(c.refund(x))}, nil
}

// refundsAgree reads refund_id|amount in fen|version|phase, several by comma.
func refundsAgree(c call) (map[string]any, *fault) {
	if f := c.needs("refund_infos"); f != nil {
		return nil, f
	}
	var rows []any
	good, last := 0, ""
	infos := strings.Split(c.p.Get("refund_infos"), ",")
	if len(infos) > 20 {
		return nil, wrong("refund_infos")
	}
	for _, info := range infos {
		parts := strings.Split(info, "|")
		if len(parts) < 3 {
			return nil, wrong("refund_infos")
		}
		amount, err1 := strconv.ParseInt(parts[1], 10, 64)
		version, err2 := strconv.ParseInt(parts[2], 10, 64)
		if err1 != nil || err2 != nil {
			return nil, wrong("refund_infos")
		}
		x := c.t.Case(parts[0])
		err := error(nil)
		if x != nil && x.Kind == "return" && x.State != world.CaseReceiving {
			err = &world.Refusal{Kind: world.Refused, Message: "退货退款需先同意退货"}
		} else {
			err = c.t.Decide(world.Decision{CaseNo: parts[0], Approve: true, Amount: amount, Version: version})
		}
		row := map[string]any{"refund_id": parts[0], "succ": err == nil}
		if err == nil {
			good++
		} else {
			last = refuse("refund", err).subText
			row["message"] = last
		}
		rows = append(rows, row)
	}
	out := map[string]any{"succ": good == len(infos), "results": c.list(rows, "refund_mapping_result"), "msg_code": "OP_SUCC", "message": "操作成功"}
	if good < len(infos) {
		out["msg_code"], out["message"] = "OP_FAILURE_UE", last
		if good > 0 {
			out["msg_code"] = "SOME_OP_SUCC"
		}
	}
	return out, nil
}

func refundReview(c call) (map[string]any, *fault) {
	if c.t.Case(c.p.Get("refund_id")) == nil {
		return nil, &fault{15, "Remote service error", "isv.refund-not-exist", "退款单不存在"}
	}
	return map[string]any{"is_success": true}, nil
}

func refundRefuse(c call) (map[string]any, *fault) {
	if f := c.needs("refund_id", "refuse_message"); f != nil {
		return nil, f
	}
	no := c.p.Get("refund_id")
	version, _ := strconv.ParseInt(c.p.Get("refund_version"), 10, 64)
	if err := c.t.Decide(world.Decision{CaseNo: no, Reason: c.p.Get("refuse_message"), Version: version}); err != nil {
		return nil, refuse("refund", err)
	}
	return map[string]any{"refund": map[string]any{"refund_id": no, "status": "SELLER_REFUSE_BUYER", "modified": world.China(c.t.Now())}}, nil
}

func returngoodsAgree(c call) (map[string]any, *fault) {
	if f := c.needs("refund_id"); f != nil {
		return nil, f
	}
	x := c.t.Case(c.p.Get("refund_id"))
	if x != nil && x.Kind == "refund" {
		return nil, refuse("refund", &world.Refusal{Kind: world.Refused, Message: "仅退款不能同意退货"})
	}
	if x != nil && x.State == world.CaseReceiving {
		return nil, refuse("refund", &world.Refusal{Kind: world.Done, Message: "已同意退货"})
	}
	version, _ := strconv.ParseInt(c.p.Get("refund_version"), 10, 64)
	if err := c.t.Decide(world.Decision{CaseNo: c.p.Get("refund_id"), Approve: true, Version: version}); err != nil {
		return nil, refuse("refund", err)
	}
	return map[string]any{"succ": true}, nil
}

func (c call) delta() bool { return c.p.Get("type") == "2" }

func (c call) item(err error) (map[string]any, *fault) {
	if err != nil {
		return nil, refuse("item", err)
	}
	return map[string]any{"item": map[string]any{"num_iid": number(c.p.Get("num_iid")), "modified": world.China(c.t.Now())}}, nil
}

func skusQuantity(c call) (map[string]any, *fault) {
	if f := c.needs("num_iid", "skuid_quantities"); f != nil {
		return nil, f
	}
	parts := strings.Split(strings.TrimSuffix(c.p.Get("skuid_quantities"), ";"), ";")
	if len(parts) > 20 {
		return nil, wrong("skuid_quantities")
	}
	for _, p := range parts {
		id, n, ok := strings.Cut(p, ":")
		quantity, err := strconv.ParseInt(n, 10, 64)
		if !ok || err != nil {
			return nil, wrong("skuid_quantities")
		}
		if err := c.t.SetStock(world.Level{ItemNo: c.p.Get("num_iid"), SKUNo: id, Quantity: quantity, Delta: c.delta()}); err != nil {
			return nil, refuse("item", err)
		}
	}
	return c.item(nil)
}

func itemQuantity(c call) (map[string]any, *fault) {
	if f := c.needs("num_iid", "quantity"); f != nil {
		return nil, f
	}
	n, err := strconv.ParseInt(c.p.Get("quantity"), 10, 64)
	if err != nil {
		return nil, wrong("quantity")
	}
	return c.item(c.t.SetStock(world.Level{ItemNo: c.p.Get("num_iid"), SKUNo: c.p.Get("sku_id"), Code: c.p.Get("outer_id"), Quantity: n, Delta: c.delta()}))
}

// traderates lists what buyers said of their orders, in the last 180 days.
func traderates(c call) (map[string]any, *fault) {
	if f := c.needs("fields", "rate_type", "role"); f != nil {
		return nil, f
	}
	lo, hi, f := c.span("start_date", "end_date", 180*day, false)
	if f != nil {
		return nil, f
	}
	page, f := c.int("page_no", 1, 1, 200)
	if f != nil {
		return nil, f
	}
	size, f := c.int("page_size", 40, 1, 150)
	if f != nil {
		return nil, f
	}
	list, total := c.t.Reviews(lo, hi, (page-1)*size, size)
	var rows []any
	for _, r := range list {
		result := "good"
		if r.Score < 4 {
			result = "neutral"
		}
		if r.Score < 3 {
			result = "bad"
		}
		d := map[string]any{"tid": number(r.OrderNo), "oid": number(r.LineNo), "num_iid": number(r.ItemNo), "role": "buyer", "nick": world.MaskName(r.Nick), "result": result,
			"created": world.China(r.CreatedAt), "rated_nick": c.t.Title, "content": r.Text, "valid_score": true}
		if r.Reply != "" {
			d["reply"] = r.Reply
		}
		rows = append(rows, d)
	}
	out := map[string]any{"trade_rates": c.list(rows, "trade_rate")}
	if c.p.Get("use_has_next") == "true" {
		out["has_next"] = total > page*size
	} else {
		out["total_results"] = total
	}
	return out, nil
}

func explainAdd(c call) (map[string]any, *fault) {
	if f := c.needs("oid", "reply"); f != nil {
		return nil, f
	}
	if utf8.RuneCountInString(c.p.Get("reply")) > 500 {
		return nil, wrong("reply")
	}
	match := func(r world.Review) bool { return r.LineNo == c.p.Get("oid") && c.t.Now()-r.CreatedAt < 30*day }
	if err := c.t.Reply(match, "", c.p.Get("reply")); err != nil {
		return nil, refuse("traderate", err)
	}
	return map[string]any{"is_success": true}, nil
}

func oaidDecrypt(c call) (map[string]any, *fault) {
	var list []struct{ TID, OAID, Scene string }
	if err := json.Unmarshal([]byte(c.p.Get("query_list")), &list); err != nil || len(list) == 0 || len(list) > 20 {
		return nil, wrong("query_list")
	}
	if !c.t.TakeDecrypt(int64(len(list))) {
		return nil, &fault{15, "Remote service error", "isv.oaid-decrypt-quota-exceeded", "解密额度已用完"}
	}
	var rows []any
	for _, q := range list {
		o := c.t.Order(q.TID)
		if o == nil || q.Scene == "" {
			return nil, &fault{15, "Remote service error", "isv.trade-not-exist", "交易订单不存在"}
		}
		d := map[string]any{"tid": q.TID, "oaid": q.OAID, "matched": false}
		if q.OAID != "" && q.OAID == oaid(c.t.Shop, o) {
			p := o.Receiver
			d = map[string]any{"tid": q.TID, "oaid": q.OAID, "matched": true, "name": p.Name, "mobile": p.Phone, "phone": "", "state": p.Province, "city": p.City,
				"district": p.District, "town": p.Town, "address_detail": p.Detail, "country": "中国", "privacy_protection": false}
		}
		rows = append(rows, d)
	}
	return map[string]any{"receiver_list": c.list(rows, "receiver")}, nil
}

// oaidMerge groups orders that go to the same person at the same place.
func oaidMerge(c call) (map[string]any, *fault) {
	var list []struct{ TID, OAID string }
	if err := json.Unmarshal([]byte(c.p.Get("merge_list")), &list); err != nil || len(list) == 0 || len(list) > 100 {
		return nil, wrong("merge_list")
	}
	var order []world.Person
	groups := map[world.Person][]string{}
	for _, q := range list {
		o := c.t.Order(q.TID)
		if o == nil || q.OAID != oaid(c.t.Shop, o) {
			continue
		}
		if groups[o.Receiver] == nil {
			order = append(order, o.Receiver)
		}
		groups[o.Receiver] = append(groups[o.Receiver], q.TID)
	}
	var out []any
	for _, p := range order {
		out = append(out, strings.Join(groups[p], ","))
	}
	return map[string]any{"tid_list": c.list(out, "string")}, nil
}

// messageBase puts message ids beyond 2^53.
const messageBase = 7_100_000_000_000_000_000

// topics are TMC's names. An order's change without a topic of its own is
// TradeChanged.
var topics = map[world.Topic]string{
	world.TopicCreated: "taobao_trade_TradeCreate", world.TopicDepositPaid: "taobao_trade_TradeBuyerStepPay", world.TopicPaid: "taobao_trade_TradeBuyerPay",
	world.TopicShipped: "taobao_trade_TradeSellerShip", world.TopicPartlyShipped: "taobao_trade_TradePartlySellerShip", world.TopicCompleted: "taobao_trade_TradeSuccess",
	world.TopicClosed: "taobao_trade_TradeClose", world.TopicMemo: "taobao_trade_TradeMemoModified", world.TopicAddress: "taobao_trade_TradeLogisticsAddressChanged",
	world.TopicPrice: "taobao_trade_TradeModifyFee", world.TopicReviewed: "taobao_trade_TradeRated",
	world.TopicRefundCreated: "taobao_refund_RefundCreated", world.TopicRefundAgreed: "taobao_refund_RefundSellerAgreeAgreement",
	world.TopicRefundRefused: "taobao_refund_RefundSellerRefuseAgreement", world.TopicRefundReturn: "taobao_refund_RefundBuyerReturnGoods",
	world.TopicRefundClosed: "taobao_refund_RefundClosed", world.TopicRefundDone: "taobao_refund_RefundSuccess",
}

func tmcPermit(c call) (map[string]any, *fault) { return map[string]any{"is_success": true}, nil }

func tmcConsume(c call) (map[string]any, *fault) {
	n, f := c.int("quantity", 100, 1, 200)
	if f != nil {
		return nil, f
	}
	var rows []any
	for _, e := range c.t.Take(n, 10*minute) {
		o := e.Order
		topic, ok := topics[e.Topic]
		if !ok {
			topic = "taobao_trade_TradeChanged"
		}
		content := map[string]any{"tid": number(o.No), "oid": number(o.Lines[0].No), "buyer_nick": world.MaskName(o.BuyerNick), "seller_nick": c.t.Title,
			"payment": world.Yuan(o.BuyerPaid()), "post_fee": world.Yuan(o.Freight), "type": "guarantee_trade", "status": status(o.Status, o.PaidAt > 0)}
		if x := e.Case; x != nil {
			content = map[string]any{"tid": number(o.No), "oid": number(x.LineNo), "refund_id": number(x.No), "refund_fee": world.Yuan(x.Refund), "refund_phase": "onsale",
				"bill_type": "refund_bill", "modified": world.China(x.ModifiedAt), "seller_nick": c.t.Title, "buyer_nick": world.MaskName(o.BuyerNick)}
		}
		text, err := world.Encode(content)
		if err != nil {
			continue
		}
		rows = append(rows, map[string]any{"id": number(strconv.FormatUint(messageBase+e.Serial, 10)), "topic": topic, "content": string(text), "pub_time": world.China(e.At),
			"pub_app_key": "12497914", "user_id": number(c.t.ID), "user_nick": c.t.Title})
	}
	return map[string]any{"messages": c.list(rows, "tmc_message")}, nil
}

func tmcConfirm(c call) (map[string]any, *fault) {
	if f := c.needs("s_message_ids"); f != nil {
		return nil, f
	}
	ids := strings.Split(c.p.Get("s_message_ids"), ",")
	if len(ids) > 200 {
		return nil, wrong("s_message_ids")
	}
	for _, id := range ids {
		n, err := strconv.ParseUint(id, 10, 64)
		if err != nil || n < messageBase {
			return nil, wrong("s_message_ids")
		}
		c.t.Confirm(n - messageBase)
	}
	return map[string]any{"is_success": true}, nil
}
