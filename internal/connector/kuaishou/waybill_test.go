package kuaishou

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

const (
	accountsData = `,"data":[{"expressCompanyCode":"YTO","netSiteCode":"310001","netSiteName":"余杭二部"},` +
		`{"expressCompanyCode":"ZTO","expressCompanyType":2,"netSiteCode":"571001","netSiteName":"余杭一部","availableQuantity":32,"usedQuantity":5,"cancelQuantity":1,` +
		`"senderAddress":[{"provinceName":"浙江省","cityName":"杭州市","districtName":"余杭区","streetName":"五常街道","detailAddress":"文一西路"}]},` +
		`{"expressCompanyCode":"SF","expressCompanyType":1,"settleAccount":"7551","availableQuantity":0}]`
	templatesData = `,"data":[{"expressCompanyCode":"ZTO","waybillType":1,"templateUrl":"https://print.example/two"},{"expressCompanyCode":"ZTO","waybillType":6,"templateUrl":"https://print.example/one"}]`
)

func billed(result, message, rows string) string {
	return answer(`,"data":[{"requestId":"r","baseResponse":{"result":` + result + `,"message":"` + message + `","success":true},"data":[` + rows + `]}]`)
}

var issuedBills = []channeltest.Issued{
	{Name: "a waybill", Body: billed("1", "SUCCESS", `{"waybillCode":"78001000000017","printData":"c2VhbGVk","signature":"s1","version":"v1","key":"k1"}`),
		Waybill: channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", Signature: "s1", Template: "https://print.example/one",
			PrintData: `{"encryptedData":"c2VhbGVk","key":"k1","signature":"s1","templateURL":"https://print.example/one","ver":"v1"}`}},
	{Name: "nothing left", Body: billed("1040", "电子面单余额不足", ""), Want: channel.ErrWaybillBalance},
	{Name: "nobody delivers there", Body: billed("1041", "收件地址不可达", ""), Want: channel.ErrUnreachable},
	{Name: "no such order", Body: billed("21", "订单不存在", ""), Want: channel.ErrNotFound},
	{Name: "a reason", Body: billed("1013", "网点编码与订购关系不一致", ""), Want: channel.ErrRefused},
	{Name: "their trouble with one order", Body: billed("100200500", "服务异常", ""), Want: channel.ErrUnknownOutcome},
	{Name: "refused as a whole", Body: refusal(1040, "电子面单余额不足"), Want: channel.ErrWaybillBalance},
	{Name: "their trouble", Body: refusal(100200500, "服务异常"), Want: channel.ErrUnknownOutcome},
	{Name: "a number without print data", Body: billed("1", "SUCCESS", `{"waybillCode":"78001000000017"}`), Want: channel.ErrUnknownOutcome},
	{Name: "an empty answer", Body: answer(`,"data":[]`), Want: channel.ErrUnknownOutcome},
}

func TestAWaybillIsAskedForByCiphersAndParcel(t *testing.T) {
	answers := map[string]string{"/open/express/subscribe/query": answer(accountsData), "/open/express/standard/template/list/get": answer(templatesData),
		"/open/order/detail": answer(`,"data":` + string(apiData(t, "order.json"))), "/open/express/ebill/get": issuedBills[0].Body}
	c, sent := recorded(t, answers)
	r := channel.WaybillRequest{Key: "k4", Orders: []string{"4781320682406083640", "4781320682406083700"}, Carrier: "ZTO",
		Sender:   channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "文一西路"},
		Receiver: channel.Receiver{Name: "##n", Phone: "$$p", Province: "北京市", City: "北京市", District: "朝阳区", Town: "一街道", Detail: "##d", Encrypted: true},
		Goods:    []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500}
	if _, err := c.IssueWaybill(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want := `{"getEbillOrderRequest":[{"expressCompanyCode":"ZTO","itemList":[{"itemQuantity":2,"itemTitle":"毛巾"}],"merchantCode":"f18s","merchantName":"小满家","netSiteCode":"571001","netSiteName":"余杭一部",` +
		`"orderChannel":"KUAI_SHOU","packageCode":"k4","payMethod":1,` +
		`"receiverAddress":{"countryCode":"CHN","provinceName":"北京市","cityName":"北京市","districtName":"朝阳区","streetName":"一街道","detailAddress":"##d"},"receiverContract":{"mobile":"$$p","name":"##n"},` +
		`"requestId":"4781320682406083640-k4",` +
		`"senderAddress":{"countryCode":"CHN","provinceName":"浙江省","cityName":"杭州市","districtName":"余杭区","detailAddress":"文一西路"},"senderContract":{"mobile":"13800000002","name":"仓库"},` +
		`"templateUrl":"https://print.example/one","totalPackageQuantity":1,"totalPackageWeight":500,"tradeOrderCode":"4781320682406083640"}]}`
	if got := (*sent)[len(*sent)-1].param; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for name, bad := range map[string]channel.WaybillRequest{"another branch": {Orders: r.Orders, Carrier: "ZTO", Branch: "1"}, "no account": {Orders: r.Orders, Carrier: "YUNDA"}, "no order": {Carrier: "ZTO"}} {
		if _, err := c.IssueWaybill(t.Context(), bad); !errors.Is(err, channel.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The post wants to know how its fee is billed.
func TestTheParcelPostIsAskedWithItsOwnWord(t *testing.T) {
	c, sent := recorded(t, map[string]string{"/open/express/subscribe/query": answer(`,"data":[{"expressCompanyCode":"POSTB","netSiteCode":"1"}]`),
		"/open/express/standard/template/list/get": answer(`,"data":[{"expressCompanyCode":"POSTB","waybillType":6,"templateUrl":"https://print.example/one"}]`),
		"/open/order/detail":                       answer(`,"data":` + string(apiData(t, "order.json"))), "/open/express/ebill/get": issuedBills[0].Body})
	r := channel.WaybillRequest{Key: "k4", Orders: []string{"4781320682406083640"}, Carrier: "POSTB", Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}}
	if _, err := c.IssueWaybill(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := (*sent)[len(*sent)-1].param; !strings.Contains(got, `"extData":"{\"oneBillFeeType\":1}"`) {
		t.Error(got)
	}
}

func TestWaybillsAreCancelledAndCounted(t *testing.T) {
	c, sent := recorded(t, map[string]string{"/open/express/subscribe/query": answer(accountsData), "/open/express/ebill/cancel": answer("")})
	if err := c.CancelWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); err != nil || (*sent)[1].how != "GET" ||
		(*sent)[1].param != `{"expressCompanyCode":"ZTO","waybillCode":"78001000000017"}` {
		t.Error(err, *sent)
	}
	if _, err := c.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); !errors.Is(err, channel.ErrUnsupported) {
		t.Error(err)
	}
	got, err := c.WaybillBranches(t.Context(), "")
	want := []channel.WaybillBranch{{Carrier: "YTO", Code: "310001", Name: "余杭二部", Left: -1, Used: -1, Cancelled: -1},
		{Carrier: "ZTO", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: 1, Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Town: "五常街道", Detail: "文一西路"}}},
		{Carrier: "SF", Left: -1, Used: -1, Cancelled: -1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
