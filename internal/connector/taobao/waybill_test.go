package taobao

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

// lookups are what effects ask first.
var lookups = map[string]string{
	"taobao.logistics.companies.get": companies,
	"taobao.user.seller.get":         `{"user_seller_get_response":{"user":{"user_id":2200000000017}}}`,
	"taobao.trade.fullinfo.get":      `{"trade_fullinfo_get_response":{"trade":{"tid":9007199254740993001,"oaid":"1DHoaid"}}}`,
	"cainiao.cloudprint.stdtemplates.get": `{"cainiao_cloudprint_stdtemplates_get_response":{"result":{"success":true,"datas":{"standard_template_result":[` +
		`{"cp_code":"YTO","standard_templates":{"standard_template_do":[{"standard_template_url":"https://print.example/yto","standard_waybill_type":6}]}},` +
		`{"cp_code":"ZTO","standard_templates":{"standard_template_do":[{"standard_template_url":"https://print.example/two","standard_waybill_type":1},{"standard_template_url":"https://print.example/one","standard_waybill_type":6}]}}]}}}}`,
}

func looked(_ *http.Request, body string) (string, bool) {
	form, err := url.ParseQuery(body)
	answer, ok := lookups[form.Get("method")]
	return answer, ok && err == nil
}

const printData = `{"encryptedData":"AES:abc","signature":"MD:x","templateURL":"https://print.example/one","ver":"waybill_print_secret_version_1"}`

func module(print string) string {
	text, _ := json.Marshal(print)
	return `{"object_id":"k4","waybill_code":"78001000000017","cp_code":"ZTO","print_data":` + string(text) + `}`
}

var waybills = []channeltest.Issued{
	{Name: "a waybill", Body: `{"cainiao_waybill_ii_get_response":{"modules":{"waybill_cloud_print_response":[` + module(printData) + `]}}}`,
		Waybill: channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", PrintData: printData, Template: "https://print.example/one"}},
	{Name: "nothing left", Body: refusal("15", "waybill account not enough", "电子面单余额不足"), Want: channel.ErrWaybillBalance},
	{Name: "nobody delivers there", Body: refusal("15", "isv.address-not-reachable", "收件地址不可达"), Want: channel.ErrUnreachable},
	{Name: "no such order", Body: refusal("15", "isv.trade-not-exist", "交易不存在"), Want: channel.ErrNotFound},
	{Name: "their trouble", Body: refusal("15", "isp.remote-service-timeout", "timeout"), Want: channel.ErrUnknownOutcome},
	{Name: "an empty answer", Body: `{"cainiao_waybill_ii_get_response":{"modules":{}}}`, Want: channel.ErrUnknownOutcome},
}

func TestAWaybillIsAskedForByOaidAndParcel(t *testing.T) {
	answers := map[string]string{"cainiao.waybill.ii.get": waybills[0].Body}
	for k, v := range lookups {
		answers[k] = v
	}
	c, sent := recorded(t, answers)
	w, err := c.(*client).IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"9007199254740993001", "9007199254740993002"}, Carrier: "ZTO", Service: "STANDARD",
		Sender: channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", Detail: "良睦路 9 号"}, Receiver: channel.Receiver{Name: "林**", Province: "北京市"},
		Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500})
	if err != nil || w.No != "78001000000017" {
		t.Fatal(w, err)
	}
	var got waybillApply
	if err := json.Unmarshal([]byte((*sent)[len(*sent)-1].Get("param_waybill_cloud_print_apply_new_request")), &got); err != nil {
		t.Fatal(err)
	}
	one := got.Orders[0]
	if got.Carrier != "ZTO" || got.Product != "STANDARD" || !got.NeedEncrypt || got.Sender.Address.Province != "浙江省" || one.Recipient.Oaid != "1DHoaid" || one.UserID != "2200000000017" ||
		one.Template != "https://print.example/one" || one.Package.ID != "k4" || one.Package.Weight != 500 || !reflect.DeepEqual(one.OrderInfo.Orders, []string{"9007199254740993001", "9007199254740993002"}) ||
		!reflect.DeepEqual(one.Package.Items, []waybillGoods{{"毛巾", 2}}) {
		t.Errorf("%+v", got)
	}
}

func TestSeveralWaybillsComeInOneCallEachToItsParcel(t *testing.T) {
	mine := strings.Replace(module(printData), `"object_id":"k4"`, `"object_id":"k5"`, 1)
	other := strings.Replace(strings.Replace(module(printData), "78001000000017", "78001000000025", 1), `"object_id":"k4"`, `"object_id":"k6"`, 1)
	answers := map[string]string{"cainiao.waybill.ii.get": `{"cainiao_waybill_ii_get_response":{"modules":{"waybill_cloud_print_response":[` + other + `,` + mine + `]}}}`}
	for k, v := range lookups {
		answers[k] = v
	}
	c, sent := recorded(t, answers)
	ask := func(key string) channel.WaybillRequest {
		return channel.WaybillRequest{Key: key, Orders: []string{"9007199254740993001"}, Carrier: "ZTO", Sender: channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", Detail: "良睦路 9 号"},
			Receiver: channel.Receiver{Name: "林**", Province: "北京市"}, Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 1}}}
	}
	none := ask("k8")
	none.Orders = nil
	got, err := c.(*client).IssueWaybills(t.Context(), []channel.WaybillRequest{ask("k5"), none, ask("k6"), ask("k7")})
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	if got[0].Waybill.No != "78001000000017" || got[2].Waybill.No != "78001000000025" || got[0].Err != nil || got[2].Err != nil {
		t.Errorf("%+v", got)
	}
	if !errors.Is(got[1].Err, channel.ErrRefused) || !errors.Is(got[3].Err, channel.ErrUnknownOutcome) {
		t.Errorf("without an order: %v; without an answer: %v", got[1].Err, got[3].Err)
	}
	var body waybillApply
	if err := json.Unmarshal([]byte((*sent)[len(*sent)-1].Get("param_waybill_cloud_print_apply_new_request")), &body); err != nil || len(body.Orders) != 3 {
		t.Errorf("%+v %v", body, err)
	}
	templates := 0
	for _, one := range *sent {
		if one.Get("method") == "cainiao.cloudprint.stdtemplates.get" {
			templates++
		}
	}
	if templates != 1 {
		t.Errorf("the carrier's template was asked for %d times in one batch", templates)
	}
}

func TestAWaybillInPlainTellsWhatLeadsTheParcel(t *testing.T) {
	w, err := issued("ZTO", []byte(module(`{"data":{"routingInfo":{"routeCode":"310-P6-031","sortation":{"name":"上海"},"consolidation":{"name":"沪西集包"}}}}`)))
	if err != nil || w.SortCode != "310-P6-031" || w.Mark != "上海" || w.Bag != "沪西集包" {
		t.Errorf("%+v %v", w, err)
	}
}

func TestWaybillsAreReadCancelledAndCounted(t *testing.T) {
	c, _ := recorded(t, map[string]string{"taobao.logistics.companies.get": companies,
		"cainiao.waybill.ii.query.by.waybillcode": `{"r_response":{"modules":{"waybill_cloud_print_with_result_desc_response":[{"success":true,"waybill_cloud_print_response":` + module(printData) + `}]}}}`,
		"cainiao.waybill.ii.cancel":               `{"r_response":{"cancel_result":false}}`,
		"cainiao.waybill.ii.search": `{"r_response":{"waybill_apply_subscription_cols":{"waybill_apply_subscription_info":[{"cp_code":"ZTO","cp_type":2,"branch_account_cols":{"waybill_branch_account":[` +
			`{"branch_code":"571001","branch_name":"余杭一部","quantity":32,"allocated_quantity":5,"shipp_address_cols":{"address_dto":[{"province":"浙江省","detail":"文一西路"}]}}]}},` +
			`{"cp_code":"SF","cp_type":1,"branch_account_cols":{"waybill_branch_account":[{"branch_code":"571002","quantity":0}]}}]}}}`})
	x := c.(*client)
	if w, err := x.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); err != nil || w.PrintData != printData {
		t.Error(w, err)
	}
	if _, err := x.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000018"}); !errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if err := x.CancelWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	got, err := x.WaybillBranches(t.Context(), "")
	want := []channel.WaybillBranch{
		{Carrier: "ZTO", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: -1, Senders: []channel.Receiver{{Province: "浙江省", Detail: "文一西路"}}},
		{Carrier: "SF", Code: "571002", Left: -1, Used: -1, Cancelled: -1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
