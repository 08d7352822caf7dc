package xhs

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

const (
	accountsData = `{"subscribeList":[{"cpCode":"yuantong","cpName":"圆通速递","cpType":2,"branchCode":"310001","branchName":"余杭二部","brandCode":"","customerCode":"","senderAddressList":[]},` +
		`{"cpCode":"zhongtong","cpName":"中通快递","cpType":2,"branchCode":"571001","branchName":"余杭一部","brandCode":"","customerCode":"","usage":{"quantity":32,"allocatedQuantity":5,"cancelQuantity":1,"recycledQuantity":0},` +
		`"senderAddressList":[{"address":{"province":"浙江省","city":"杭州市","district":"余杭区","town":"五常街道","detail":"文一西路"}}]},` +
		`{"cpCode":"shunfeng","cpName":"顺丰速运","cpType":1,"branchCode":"","branchName":"","brandCode":"SF","customerCode":"7551","senderAddressList":[],"usage":{"quantity":0,"allocatedQuantity":7}}],"accountId":1}`
	templatesData = `{"templateList":[{"id":11,"cpCode":"zhongtong","templateType":"100*180","templateCustomerType":0,"standardTemplateUrl":"https://print.example/two"},` +
		`{"id":12,"cpCode":"zhongtong","templateType":"76*130","templateCustomerType":0,"standardTemplateUrl":"https://print.example/one"},` +
		`{"id":13,"cpCode":"zhongtong","templateType":"76*130","templateCustomerType":1,"standardTemplateUrl":"https://print.example/mine"}]}`
	printData = `{"encryptedData":"AES:abc","sign":"s1","templateUrl":"https://print.example/one","ver":"1"}`
)

func billed(member string) string {
	text, _ := json.Marshal(printData)
	return `{"` + member + `":[{"objectId":"k4","success":true,"waybillCode":"78001000000017","printData":` + string(text) + `,"sortCode":"310-P6-031","bagAddr":"上海","packageCenterName":"沪西集包"}],"subErrorCode":""}`
}

func unbilled(code, why string) string {
	return answer(`{"wayBillList":[{"objectId":"k4","success":false,"errorCode":` + code + `,"errorMsg":"` + why + `"}],"subErrorCode":"x"}`)
}

var one = channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", PrintData: printData, Template: "https://print.example/one", SortCode: "310-P6-031", Mark: "上海", Bag: "沪西集包"}

var waybills = []channeltest.Issued{
	{Name: "a waybill", Body: answer(billed("wayBillList")), Waybill: one},
	{Name: "by its other name", Body: answer(billed("tradeOrderInfoList")), Waybill: one},
	{Name: "nothing left", Body: unbilled("5001", "电子面单余额不足"), Want: channel.ErrWaybillBalance},
	{Name: "nobody delivers there", Body: unbilled("5002", "收件地址不可达"), Want: channel.ErrUnreachable},
	{Name: "refused as a whole", Body: refusal(-1, "电子面单余额不足"), Want: channel.ErrWaybillBalance},
	{Name: "no such order", Body: unbilled("-2000101", "包裹不存在"), Want: channel.ErrNotFound},
	{Name: "a reason", Body: unbilled("5003", "寄件人地址与订购关系不一致"), Want: channel.ErrRefused},
	{Name: "their trouble with one order", Body: unbilled("-1", "系统异常"), Want: channel.ErrUnknownOutcome},
	{Name: "their trouble", Body: refusal(-1, "系统异常"), Want: channel.ErrUnknownOutcome},
	{Name: "a number without print data", Body: answer(`{"wayBillList":[{"success":true,"waybillCode":"78001000000017"}]}`), Want: channel.ErrUnknownOutcome},
	{Name: "an empty answer", Body: answer(`{"wayBillList":[]}`), Want: channel.ErrUnknownOutcome},
}

func lookups() map[string]string {
	return map[string]string{"express.queryEbillSubscribes": accountsData, "express.queryEbillTemplates": templatesData, "express.createEbillOrders": billed("wayBillList")}
}

func TestAWaybillIsAskedForByCiphersAndParcel(t *testing.T) {
	c, sent := recorded(t, lookups())
	r := channel.WaybillRequest{Key: "k4", Orders: []string{no, "P2"}, Carrier: "ZTO", Branch: "571001", Service: "std", Template: "https://print.example/mine",
		Sender:   channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", Detail: "文一西路"},
		Receiver: channel.Receiver{Name: "#n#", Phone: "#p#1##", Province: "北京市", City: "北京市", Detail: "#d#", Encrypted: true},
		Goods:    []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500}
	if _, err := c.IssueWaybill(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want := `{"billVersion":2,"branchCode":"571001","cpCode":"zhongtong","customerCode":"","productCode":"std","sellerName":"仓库",` +
		`"sender":{"address":{"city":"杭州市","detail":"文一西路","province":"浙江省"},"mobile":"13800000002","name":"仓库"},` +
		`"tradeOrderInfoList":[{"objectId":"k4","orderInfo":{"orderChannelsType":"XIAO_HONG_SHU","tradeOrderList":["` + no + `","P2"],"xhsOrderId":"` + no + `","xhsOrderList":["` + no + `","P2"]},` +
		`"packageInfo":{"id":"k4","items":[{"count":2,"name":"毛巾"}],"volume":0,"weight":500},` +
		`"recipient":{"address":{"city":"北京市","detail":"#d#","province":"北京市"},"mobile":"#p#1##","name":"#n#"},"templateId":13}]}`
	if got := (*sent)[len(*sent)-1]; got.method != "express.createEbillOrders" || got.params != want {
		t.Errorf("got  %s\nwant %s", got.params, want)
	}
	// Without ciphers the platform fills the receiver in by the id of the moment.
	r.Receiver = channel.Receiver{Province: "北京市", City: "北京市"}
	answers := lookups()
	answers["order.getOrderDetail"] = `{"orderId":"` + no + `","openAddressId":"f1d2"}`
	c, sent = recorded(t, answers)
	if _, err := c.IssueWaybill(t.Context(), r); err != nil || !strings.Contains((*sent)[len(*sent)-1].params, `"recipient":{"address":{"city":"北京市","detail":"","province":"北京市"},"openAddressId":"f1d2"}`) {
		t.Errorf("%v %v", err, (*sent)[len(*sent)-1])
	}
	for name, bad := range map[string]channel.WaybillRequest{"another branch": {Orders: r.Orders, Carrier: "ZTO", Branch: "1"}, "no account": {Orders: r.Orders, Carrier: "YUNDA"},
		"no such template": {Orders: r.Orders, Carrier: "ZTO", Template: "https://print.example/none"}, "no order": {Carrier: "ZTO"}} {
		if _, err := c.IssueWaybill(t.Context(), bad); !errors.Is(err, channel.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWaybillsAreReadCancelledAndCounted(t *testing.T) {
	answers := lookups()
	answers["express.queryEbillOrder"] = `{"cpCode":"zhongtong","waybillCode":"78001000000017","printData":"c2VhbGVk"}`
	answers["express.cancelEbillOrder"] = `{"subErrorCode":""}`
	c, sent := recorded(t, answers)
	if w, err := c.ReadWaybill(t.Context(), one.Name()); err != nil || w.PrintData != "c2VhbGVk" || w.Template != one.Template {
		t.Errorf("%+v %v", w, err)
	}
	if _, err := c.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000018"}); !errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if err := c.CancelWaybill(t.Context(), one.Name()); err != nil || (*sent)[len(*sent)-1].params != `{"billVersion":2,"cpCode":"zhongtong","waybillCode":"78001000000017"}` {
		t.Error(err, *sent)
	}
	got, err := c.WaybillBranches(t.Context(), "")
	want := []channel.WaybillBranch{{Carrier: "yuantong", Code: "310001", Name: "余杭二部", Left: -1, Used: -1, Cancelled: -1},
		{Carrier: "zhongtong", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: 1, Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Town: "五常街道", Detail: "文一西路"}}},
		{Carrier: "shunfeng", Left: -1, Used: 7, Cancelled: -1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
