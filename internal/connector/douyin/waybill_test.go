package douyin

import (
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

var templates = answer(`{"template_data":[{"logistics_code":"zhongtong","template_infos":[{"template_name":"中通二联单","template_url":"https://print.example/two"},` +
	`{"template_name":"中通一联单","template_url":"https://print.example/one"}]}]}`)

const made = `"ebill_infos":[{"track_no":"78001000000017","sort_code":"310-P6-031","package_center_name":"沪西集包","short_address_code":"021","short_address_name":"上海"}],"err_infos":[]`

func failed(code, why string) string {
	return answer(`{"ebill_infos":[],"err_infos":[{"order_id":"9007199254740993001","err_code":"` + code + `","err_msg":"` + why + `"}]}`)
}

var waybills = []channeltest.Issued{
	{Name: "a waybill", Body: answer(`{` + made + `,"waybill_infos":[{"track_no":"78001000000017","print_data":"c2VhbGVk","sign":"s1"}]}`),
		Waybill: channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", PrintData: "c2VhbGVk", Signature: "s1", Template: "https://print.example/one",
			SortCode: "310-P6-031", Mark: "上海", Bag: "沪西集包"}},
	{Name: "a number without print data", Body: answer(`{` + made + `,"waybill_infos":[]}`), Want: channel.ErrUnknownOutcome},
	{Name: "nothing left", Body: failed("4030", "商户库存余额不足！"), Want: channel.ErrWaybillBalance},
	{Name: "nobody delivers there", Body: failed("4031", "因物流商不可达取号失败"), Want: channel.ErrUnreachable},
	{Name: "no such order", Body: failed("15002", "订单不存在"), Want: channel.ErrNotFound},
	{Name: "another refusal", Body: failed("4006", "寄件人姓名不能为空"), Want: channel.ErrRefused},
	{Name: "their trouble with one order", Body: failed("4029", "系统内部错误"), Want: channel.ErrUnknownOutcome},
	{Name: "their trouble", Body: refusal(20000, "isp.service-error:15001", "系统错误"), Want: channel.ErrUnknownOutcome},
	{Name: "an empty answer", Body: answer(`{}`), Want: channel.ErrUnknownOutcome},
}

func TestAWaybillIsAskedForByCiphersAndParcel(t *testing.T) {
	opened, sent := recorded(t, map[string]string{"/order/logisticsCompanyList": answer(`{"data":[{"id":15,"name":"中通快递","code":"zhongtong"}]}`),
		"/logistics/newCreateOrder": waybills[0].Body, "/logistics/waybillApply": waybills[0].Body})
	if _, err := opened.(*client).IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"6900000000000000001", "6900000000000000002"}, Carrier: "ZTO", Service: "1", Template: "https://print.example/mine",
		Sender: channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", Detail: "良睦路 9 号"}, Receiver: channel.Receiver{Name: "##n##", Phone: "$p$", Province: "北京市", Detail: "##d##"},
		Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500}); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	for _, one := range *sent {
		if strings.Contains(one.path, "newCreateOrder") {
			if err := json.Unmarshal([]byte(one.body), &got); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]any{"logistics_code": "zhongtong",
		"sender_info": map[string]any{"address": map[string]any{"country_code": "CHN", "province_name": "浙江省", "city_name": "", "district_name": "", "detail_address": "良睦路 9 号"},
			"contact": map[string]any{"name": "仓库", "mobile": "13800000002"}},
		"order_infos": []any{map[string]any{"order_id": "6900000000000000001", "combine_orders": []any{"6900000000000000001", "6900000000000000002"}, "pack_id": "k4", "product_type": "1",
			"receiver_info": map[string]any{"address": map[string]any{"country_code": "CHN", "province_name": "北京市", "city_name": "", "district_name": "", "detail_address": "##d##"},
				"contact": map[string]any{"name": "##n##", "mobile": "$p$"}},
			"items": []any{map[string]any{"item_name": "毛巾", "item_count": 2.0}}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestWaybillsAreReadCancelledAndCounted(t *testing.T) {
	opened, _ := recorded(t, map[string]string{"/order/logisticsCompanyList": answer(`{"data":[{"id":15,"name":"中通快递","code":"zhongtong"}]}`),
		"/logistics/waybillApply": answer(`{"waybill_infos":[],"err_infos":[{"track_no":"78001000000018","err_code":4040,"err_msg":"运单号不存在"}]}`),
		"/logistics/cancelOrder":  answer(`{"cancel_result":{"success":false}}`),
		"/logistics/listShopNetsite": answer(`{"netsites":[{"netsite_code":"571001","netsite_name":"余杭一部","amount":"32","allocated_quantity":5,"cancelled_quantity":-1,"company":"zhongtong","company_type":2,` +
			`"sender_address":[{"province_name":"浙江省","city_name":"杭州市","district_name":"余杭区","street_name":"五常街道","detail_address":"文一西路"}]},{"netsite_code":"1","amount":"0","company":"shunfeng","company_type":1}]}`)})
	c := opened.(*client)
	if _, err := c.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000018"}); !errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if err := c.CancelWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	got, err := c.WaybillBranches(t.Context(), "ZTO")
	want := []channel.WaybillBranch{{Carrier: "zhongtong", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: -1,
		Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Town: "五常街道", Detail: "文一西路"}}}, {Carrier: "shunfeng", Code: "1", Left: -1, Used: -1, Cancelled: -1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestTheComponentsQueryForTheKeyIsSignedLikeACall(t *testing.T) {
	opened, sent := recorded(t, map[string]string{"/logistics/getShopKey": answer(`{}`)})
	c := opened.(*client)
	text, err := c.PrintParams()
	if err != nil || len(*sent) != 0 {
		t.Fatalf("%v, and %d calls", err, len(*sent))
	}
	got, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	want := sign(c.Credentials[appKey], c.Credentials[appSecret], "logistics.getShopKey", "{}", got.Get("timestamp"))
	if got.Get("sign") != want || got.Get("param_json") != "{}" || got.Get("method") != "logistics.getShopKey" || got.Get("access_token") != c.Token.Access || got.Get("app_key") != c.Credentials[appKey] ||
		got.Get("v") != "2" || got.Get("sign_method") != "hmac-sha256" || strings.Contains(text, c.Credentials[appSecret]) {
		t.Errorf("%s", text)
	}
}
