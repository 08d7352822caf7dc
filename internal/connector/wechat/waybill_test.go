package wechat

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
	issuers  = `{"errcode":0,"errmsg":"ok","shop_id":"5009820302542","list":[{"delivery_id":"ZTO","delivery_name":"中通"},{"delivery_id":"SF","delivery_name":"顺丰"}]}`
	accounts = `{"errcode":0,"errmsg":"ok","total_num":2,"account_list":[{"delivery_id":"ZTO","acct_type":0,"company_type":1,"shop_id":"5009820302542","acct_id":"571001","status":3,"available":32,"allocated":5,"cancel":1,` +
		`"site_info":{"site_code":"57105","site_name":"余杭一部","address":{"province_name":"浙江省","city_name":"杭州市","district_name":"余杭区","street_name":"五常街道","detail_address":"文一西路"}}},` +
		`{"delivery_id":"SF","company_type":2,"shop_id":"5009820302542","acct_id":"6636848323","status":3,"available":0,"sender_address":{"province":"浙江省","city":"杭州市","county":"余杭区","street":"","address":"良睦路 9 号"}}]}`
)

func carrierSaid(code, what string) string {
	return `{"errcode":` + code + `,"errmsg":"电子面单取号失败，请参考delivery_error_msg字段后重试 rid: 1","delivery_error_msg":"` + what + `","waybill_id_list":[]}`
}

func waybills() []channeltest.Issued {
	made := channel.IssuedWaybill{Carrier: "ZTO", No: "78001000000017", Ref: issueNo("wx0123456789abcdef", "k4", 0), PrintData: "c2VhbGVk", Template: "single"}
	mother := made
	mother.ParentNo = made.No
	return []channeltest.Issued{
		{Name: "a waybill", Body: `{"errcode":0,"errmsg":"ok","ewaybill_order_id":"1","waybill_id":"78001000000017","print_info":"c2VhbGVk","waybill_id_list":[{"waybill_id":"78001000000017","waybill_type":1}]}`, Waybill: made},
		{Name: "several pieces", Body: `{"errcode":0,"waybill_id":"78001000000017","print_info":"c2VhbGVk","waybill_id_list":[{"waybill_id":"78001000000017","waybill_type":1},{"waybill_id":"78001000000018","waybill_type":2}]}`, Waybill: mother},
		{Name: "a number without print data", Body: `{"errcode":0,"waybill_id":"78001000000017"}`, Want: channel.ErrUnknownOutcome},
		{Name: "nothing left", Body: carrierSaid("10025005", "面单余额不足"), Want: channel.ErrWaybillBalance},
		{Name: "nobody delivers there", Body: carrierSaid("10025005", "收件地址超出服务范围"), Want: channel.ErrUnreachable},
		{Name: "another refusal", Body: carrierSaid("10025005", "其他原因"), Want: channel.ErrRefused},
		{Name: "no reason", Body: carrierSaid("10025005", ""), Want: channel.ErrRefused},
		{Name: "the carrier's trouble", Body: carrierSaid("10025005", "请求快递公司超时"), Want: channel.ErrUnknownOutcome},
		{Name: "someone else changes it", Body: refusal("10025011", "更新冲突，请稍后重试"), Want: channel.ErrUnknownOutcome},
		{Name: "the order is not the shop's", Body: refusal("10025017", "小店订单信息错误，请检查小店订单相关字段"), Want: channel.ErrRefused},
		{Name: "the name is taken, and nobody knows of what", Body: refusal("10025019", "电子面单已存在"), Want: channel.ErrUnknownOutcome},
		{Name: "their trouble", Body: refusal("-1", "system error"), Want: channel.ErrUnknownOutcome},
		{Name: "an empty answer", Body: `{"errcode":0}`, Want: channel.ErrUnknownOutcome},
	}
}

const place = "logistics/ewaybill/biz/"

func desk(t *testing.T, answers map[string]string) (*client, *[]request) {
	t.Helper()
	all := map[string]string{place + "delivery/get": issuers, place + "account/get": accounts}
	for k, v := range answers {
		all[place+k] = v
	}
	return recorded(t, all)
}

func TestAWaybillIsAskedForUnderAParcelsOwnNumber(t *testing.T) {
	c, sent := desk(t, map[string]string{"order/create": waybills()[0].Body})
	w, err := c.IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"3704612354559743232"}, Carrier: "ZTO", Branch: "571001", Template: "6620",
		Sender:   channel.Receiver{Name: "仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"},
		Receiver: channel.Receiver{Name: "林**", Phone: "138****0001", Province: "北京市", City: "北京市", District: "海淀区", Detail: "****"}, Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}})
	if err != nil || w.No != "78001000000017" || w.Template != "6620" || len(w.Ref) < 10 {
		t.Fatalf("%+v %v", w, err)
	}
	last := (*sent)[len(*sent)-1]
	want := `{"delivery_id":"ZTO","ec_order_list":[{"ec_order_id":3704612354559743232,"goods_list":[{"good_name":"毛巾","good_count":2}]}],"ewaybill_acct_id":"571001","ewaybill_order_id":"` + w.Ref + `",` +
		`"receiver":{"name":"林**","mobile":"138****0001","province":"北京市","city":"北京市","county":"海淀区","street":"","address":"****"},` +
		`"sender":{"name":"仓库","mobile":"13800000002","province":"浙江省","city":"杭州市","county":"余杭区","street":"","address":"良睦路 9 号"},"shop_id":"5009820302542","site_code":"57105","template_id":"6620"}`
	if last.path != place+"order/create" || last.body != want {
		t.Errorf("%s %s\nwant %s", last.path, last.body, want)
	}
	var both []string
	for _, no := range []string{"x", "1e5"} {
		_, err := c.IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{no}, Carrier: "ZTO"})
		if !errors.Is(err, channel.ErrNotFound) {
			both = append(both, no)
		}
	}
	if _, err := c.IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"1"}, Carrier: "ZTO", Branch: "2"}); !errors.Is(err, channel.ErrRefused) || len(both) > 0 {
		t.Errorf("%v, and orders that are none: %v", err, both)
	}
}

func TestSeveralOrdersSayWhatIsTheirs(t *testing.T) {
	order := string(apiData(t, "order.json"))
	c, sent := recorded(t, map[string]string{place + "delivery/get": issuers, place + "account/get": accounts, place + "order/create": waybills()[0].Body, "order/get": `{"errcode":0,"order":` + order + `}`})
	if _, err := c.IssueWaybill(t.Context(), channel.WaybillRequest{Key: "k4", Orders: []string{"1", "2"}, Carrier: "ZTO", Goods: []channel.WaybillGoods{{Name: "毛巾", Quantity: 2}}}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Orders []struct {
			No    int64 `json:"ec_order_id"`
			Goods []struct {
				Name  string `json:"good_name"`
				Count int64  `json:"good_count"`
			} `json:"goods_list"`
		} `json:"ec_order_list"`
	}
	if err := json.Unmarshal([]byte((*sent)[len(*sent)-1].body), &got); err != nil || len(got.Orders) != 2 || got.Orders[1].No != 2 || len(got.Orders[0].Goods) != 3 || got.Orders[0].Goods[0].Name == "" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestANameThatIsTakenTellsWhatCameOfIt: the answer of before was lost, or the waybill
// was cancelled since.
func TestANameThatIsTakenTellsWhatCameOfIt(t *testing.T) {
	r := channel.WaybillRequest{Key: "k4", Orders: []string{"1"}, Carrier: "ZTO"}
	taken := refusal("10025019", "电子面单已存在")
	c, _ := desk(t, map[string]string{"order/create": taken, "order/get": `{"errcode":0,"order_info":{"status":3,"waybill_id":"78001000000017"}}`, "print/get": `{"errcode":0,"print_info":"c2VhbGVk"}`})
	if w, err := c.IssueWaybill(t.Context(), r); err != nil || w.No != "78001000000017" || w.PrintData != "c2VhbGVk" || w.Ref != issueNo("wx0123456789abcdef", "k4", 0) {
		t.Errorf("%+v %v", w, err)
	}
	c, _ = desk(t, map[string]string{"order/create": taken, "order/get": refusal("10025010", "电子面单订单不存在，请确认面单ID")})
	if _, err := c.IssueWaybill(t.Context(), r); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Errorf("still being made: %v", err)
	}
	c, sent := desk(t, map[string]string{"order/create": taken, "order/get": `{"errcode":0,"order_info":{"status":2,"waybill_id":"78001000000017"}}`})
	if _, err := c.IssueWaybill(t.Context(), r); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("cancelled for ever: %v", err)
	}
	names := map[string]bool{}
	for _, one := range *sent {
		if one.path == place+"order/create" {
			names[one.body[strings.Index(one.body, `"ewaybill_order_id"`):]] = true
		}
	}
	if len(names) != maxIssues {
		t.Errorf("%d names", len(names))
	}
}

func TestWaybillsAreReadCancelledAndCounted(t *testing.T) {
	name := channel.WaybillName{Carrier: "ZTO", No: "78001000000017", Ref: "42"}
	c, _ := desk(t, map[string]string{"order/get": `{"errcode":0,"order_info":{"status":1,"waybill_id":"78001000000017"}}`, "print/get": `{"errcode":0,"print_info":"c2VhbGVk"}`,
		"order/cancel": carrierSaid("10025006", "已揽收")})
	if w, err := c.ReadWaybill(t.Context(), name); err != nil || w.PrintData != "c2VhbGVk" || w.Name() != (channel.WaybillName{Carrier: "ZTO", No: name.No, Ref: "42", Template: "single"}) {
		t.Errorf("%+v %v", w, err)
	}
	other := name
	other.No = "78001000000018"
	if _, err := c.ReadWaybill(t.Context(), other); !errors.Is(err, channel.ErrNotFound) {
		t.Errorf("another number: %v", err)
	}
	if err := c.CancelWaybill(t.Context(), name); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("it travels: %v", err)
	}
	c, _ = desk(t, map[string]string{"order/get": `{"errcode":0,"order_info":{"status":2,"waybill_id":"78001000000017"}}`, "order/cancel": carrierSaid("10025006", "当前状态不允许取消")})
	if err := c.CancelWaybill(t.Context(), name); !errors.Is(err, channel.ErrDone) {
		t.Errorf("cancelled before: %v", err)
	}
	if _, err := c.ReadWaybill(t.Context(), name); !errors.Is(err, channel.ErrNotFound) {
		t.Errorf("a cancelled one: %v", err)
	}
	c, _ = desk(t, map[string]string{"order/cancel": refusal("10025030", "取消请求快递公司接口超时")})
	if err := c.CancelWaybill(t.Context(), name); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Errorf("the carrier is silent: %v", err)
	}
	got, err := c.WaybillBranches(t.Context(), "")
	want := []channel.WaybillBranch{{Carrier: "ZTO", Code: "571001", Name: "余杭一部", Left: 32, Used: 5, Cancelled: 1,
		Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Town: "五常街道", Detail: "文一西路"}}},
		{Carrier: "SF", Code: "6636848323", Left: -1, Used: -1, Cancelled: -1, Senders: []channel.Receiver{{Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestThePlatformHearsOfALabelThatCameOut(t *testing.T) {
	c, sent := desk(t, map[string]string{"order/print": `{"errcode":0,"errmsg":"ok"}`})
	name := channel.WaybillName{Carrier: "ZTO", No: "78001000000017", Ref: "3199324680847851522"}
	for again, number := range map[bool]string{false: "0", true: "1"} {
		if err := c.TellPrinted(t.Context(), name, again); err != nil {
			t.Fatal(err)
		}
		want := `{"delivery_id":"ZTO","ewaybill_order_id":"3199324680847851522","re_print":` + number + `,"waybill_id":"78001000000017"}`
		if last := (*sent)[len(*sent)-1]; last.path != place+"order/print" || last.body != want {
			t.Errorf("%s %s\nwant %s", last.path, last.body, want)
		}
	}
	c, _ = desk(t, map[string]string{"order/print": refusal("10025010", "电子面单订单不存在")})
	if err := c.TellPrinted(t.Context(), name, false); !errors.Is(err, channel.ErrNotFound) && !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
}
