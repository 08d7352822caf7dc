package pdd

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

const (
	templates = `{"pdd_cloudprint_stdtemplates_get_response":{"result":{"datas":[{"wp_code":"YTO","standard_templates":[{"standard_template_url":"https://print.example/yto","standard_waybill_type":6}]},` +
		`{"wp_code":"ZTO","standard_templates":[{"standard_template_url":"https://print.example/two","standard_waybill_type":1},{"standard_template_url":"https://print.example/one","standard_waybill_type":6}]}]}}}`
	printData = `{"encryptedData":"abc","signature":"x","templateUrl":"https://print.example/one","ver":"3"}`
)

func module(print string) string {
	text, _ := json.Marshal(print)
	return `{"object_id":"k4","waybill_code":"78001000000017","print_data":` + string(text) + `,"parent_waybill_code":null}`
}

func reason(code int, why string) string {
	b, _ := json.Marshal(map[string]any{"error_response": map[string]any{"error_code": code, "error_msg": "业务服务错误", "sub_code": "50001", "sub_msg": why, "request_id": "16"}})
	return string(b)
}

var waybills = []channeltest.Issued{
	{Name: "a waybill", Body: `{"pdd_waybill_get_response":{"modules":[` + module(printData) + `]}}`,
		Waybill: channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", PrintData: printData, Template: "https://print.example/one"}},
	{Name: "nothing left", Body: reason(50001, "电子面单余额不足"), Want: channel.ErrWaybillBalance},
	{Name: "nobody delivers there", Body: reason(50001, "收件地址超出服务范围"), Want: channel.ErrUnreachable},
	{Name: "a reason", Body: reason(50001, "发货地址与网点不一致"), Want: channel.ErrRefused},
	{Name: "no such order", Body: reason(50001, "订单不存在"), Want: channel.ErrNotFound},
	{Name: "no reason", Body: refusal(50001, "业务服务错误"), Want: channel.ErrUnknownOutcome},
	{Name: "their trouble", Body: refusal(50000, "系统内部错误"), Want: channel.ErrUnknownOutcome},
	{Name: "an empty answer", Body: `{"pdd_waybill_get_response":{"modules":[]}}`, Want: channel.ErrUnknownOutcome},
}

func TestAWaybillIsAskedForByCiphersAndParcel(t *testing.T) {
	opened, sent := recorded(t, map[string]string{"pdd.logistics.companies.get": companies, "pdd.waybill.get": waybills[0].Body})
	c := opened.(*client)
	if _, err := c.IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"261111-1", "261111-2"}, Carrier: "ZTO", Template: "https://print.example/mine",
		Sender: channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", Detail: "良睦路 9 号"}, Receiver: channel.Receiver{Name: "~n~", Phone: "~p~", Province: "北京市", Detail: "~d~"},
		Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}, WeightGram: 500}); err != nil {
		t.Fatal(err)
	}
	var got waybillApply
	if err := json.Unmarshal([]byte((*sent)[len(*sent)-1].Get("param_waybill_cloud_print_apply_new_request")), &got); err != nil {
		t.Fatal(err)
	}
	one := got.Orders[0]
	if got.Carrier != "ZTO" || !got.NeedEncrypt || one.Recipient.Name != "~n~" || one.Recipient.Mobile != "~p~" || one.Recipient.Address.Detail != "~d~" || one.UserID != "100" || one.Order.Channel != "PDD" ||
		one.Template != "https://print.example/mine" || one.Package.ID != "k4" || one.Package.Weight != 500 || !reflect.DeepEqual(one.Order.Orders, []string{"261111-1", "261111-2"}) {
		t.Errorf("%+v", got)
	}
}

func TestWaybillsAreReadCancelledAndCounted(t *testing.T) {
	opened, _ := recorded(t, map[string]string{"pdd.logistics.companies.get": companies,
		"pdd.waybill.query.by.waybillcode": `{"pdd_waybill_query_by_waybillcode_response":{"modules":[{"waybill_cloud_print_response":` + module(printData) + `}]}}`,
		"pdd.waybill.cancel":               `{"pdd_waybill_cancel_response":{"cancel_result":false}}`,
		"pdd.waybill.search": `{"pdd_waybill_search_response":{"waybill_apply_subscription_cols":[{"wp_code":"ZTO","wp_type":2,"branch_account_cols":[{"branch_code":"571001","branch_name":"余杭一部",` +
			`"quantity":32,"allocated_quantity":5,"shipp_address_cols":[{"province":"浙江省","city":"杭州市","district":"余杭区","detail":"文一西路"}]}]},{"wp_code":"SF","wp_type":1,"branch_account_cols":[{"branch_code":""}]}]}}`})
	c := opened.(*client)
	if w, err := c.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); err != nil || w.PrintData != printData {
		t.Error(w, err)
	}
	if _, err := c.ReadWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000018"}); !errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if err := c.CancelWaybill(t.Context(), channel.WaybillName{Carrier: "ZTO", No: "78001000000017"}); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	got, err := c.WaybillBranches(t.Context(), "")
	want := []channel.WaybillBranch{{Carrier: "ZTO", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: -1,
		Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "文一西路"}}}, {Carrier: "SF", Left: -1, Used: -1, Cancelled: -1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
