package zto

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/logisticstest"
)

func refusal(code, text string) string {
	return `{"status":false,"statusCode":"` + code + `","message":"` + text + `","result":null}`
}

var sample = logisticstest.Sample{
	Credentials: map[string]string{"app_key": "octest", "app_secret": "notarealsecret", "account_id": "KDGJ0001", "account_password": "notarealword"},
	Faults: []logisticstest.Fault{
		{Name: "digest", Body: refusal("SYS002", "签名错误"), Want: logistics.ErrSignature},
		{Name: "address list", Body: refusal("X1", "IP不在白名单内"), Want: logistics.ErrIPNotListed},
		{Name: "right", Body: refusal("SYS401", "没有接口权限"), Want: logistics.ErrPermission},
		{Name: "account", Body: refusal("S204", "电子面单账号或密码错误"), Want: logistics.ErrPermission},
		{Name: "throttle", Body: refusal("X2", "请求过于频繁"), Want: logistics.ErrThrottled},
		{Name: "trouble", Body: refusal("SYS999", "系统异常"), Want: logistics.ErrUnavailable},
		{Name: "twice", Body: refusal("S208", "合作商订单号已存在"), Want: logistics.ErrDone},
		{Name: "nobody goes there", Body: refusal("S211", "收件地址不在派送范围"), Want: logistics.ErrUnreachable},
		{Name: "no waybills", Body: refusal("S210", "电子面单可用余额不足"), Want: logistics.ErrBalance},
		{Name: "refused", Body: refusal("S202", "收件人手机号格式不正确"), Want: logistics.ErrRefused},
		{Name: "taken without a number", Body: `{"status":true,"result":{}}`, Want: logistics.ErrUnknownOutcome},
	},
	Issues: []logisticstest.Issue{
		{Name: "number and mark", Answers: map[string]string{"zto.open.createOrder": `{"status":true,"result":{"orderCode":"1","billCode":"73611462538385"}}`,
			"zto.innovate.bagAddrMark": `{"status":true,"result":{"mark":"310-12 08","bagAddr":"杭州中转","short":"杭州"}}`},
			Waybill: logistics.Issued{No: "73611462538385", SortCode: "310-12 08", Mark: "杭州", Bag: "杭州中转"}},
		{Name: "the mark is not to be had now", Answers: map[string]string{"zto.open.createOrder": `{"status":true,"result":{"billCode":"73611462538385"}}`}, Want: logistics.ErrUnknownOutcome},
		{Name: "the mark is refused", Answers: map[string]string{"zto.open.createOrder": `{"status":true,"result":{"billCode":"73611462538385"}}`, "zto.innovate.bagAddrMark": refusal("S1", "地址无法解析")},
			Waybill: logistics.Issued{No: "73611462538385"}},
		{Name: "asked twice", Answers: map[string]string{"zto.open.createOrder": refusal("S208", "重复")}, Want: logistics.ErrDone},
	},
}

func TestClient(t *testing.T) { logisticstest.Client(t, Manifest, sample) }

func TestTheDigestIsTheOneOthersCompute(t *testing.T) {
	b, err := os.ReadFile("testdata/sign.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		In  struct{ Body, AppSecret string }
		Out string
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if got := digest([]byte(v.In.Body), v.In.AppSecret); got != v.Out {
		t.Errorf("%s, want %s", got, v.Out)
	}
}

func TestARequestIsSignedAsItIsSent(t *testing.T) {
	rt := logisticstest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		var o order
		if err := json.Unmarshal(b, &o); err != nil {
			t.Error(err)
		}
		if r.Header.Get("x-dataDigest") != digest(b, "notarealsecret") || r.Header.Get("x-appKey") != "octest" || !strings.HasSuffix(r.URL.Path, "/zto.open.createOrder") ||
			o.Receiver.Address != "北山街道孤山路 1 号 (2 幢)~*'!" || o.Receiver.Mobile != "13800000001-1234" || o.Account.ID != "KDGJ0001" || o.Key != "OC1" || o.Weight != 1250 ||
			!reflect.DeepEqual(o.Items, []item{{"毛巾 & 浴巾", 2}}) {
			t.Errorf("the request: %s %v %+v", r.URL, r.Header, o)
		}
		return nil, io.ErrUnexpectedEOF
	})
	c := logisticstest.Dial(t, Manifest, sample, rt)
	if _, err := c.Issue(t.Context(), logisticstest.Parcel("OC1")); !errors.Is(err, logistics.ErrUnknownOutcome) {
		t.Error(err)
	}
	cod := logisticstest.Parcel("OC1")
	cod.CollectFen = 100
	if _, err := c.Issue(t.Context(), cod); !errors.Is(err, logistics.ErrRefused) {
		t.Errorf("cash on delivery: %v", err)
	}
}

func TestWhatWasIssuedIsFound(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       error
		no         string
	}{
		{"nothing", `{"status":true,"result":[]}`, logistics.ErrNotFound, ""},
		{"a waybill", `{"status":true,"result":[{"billCode":"73611462538385","orderStatus":1}]}`, nil, "73611462538385"},
		{"a cancelled one", `{"status":true,"result":[{"billCode":"73611462538385","orderStatus":99}]}`, logistics.ErrDone, ""},
	} {
		got, err := logisticstest.Dial(t, Manifest, sample, logisticstest.Answered(http.StatusOK, c.body)).Find(t.Context(), logistics.Request{Key: "OC1"})
		if !errors.Is(err, c.want) || got.No != c.no {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
	dial := func(body string) logistics.Client {
		return logisticstest.Dial(t, Manifest, sample, logisticstest.Answered(http.StatusOK, body))
	}
	left, err := dial(`{"status":true,"result":{"siteName":"杭州余杭","availableBalance":42}}`).(logistics.Balancer).Balances(t.Context())
	if err != nil || !reflect.DeepEqual(left, []logistics.Balance{{Carrier: "ZTO", BranchName: "杭州余杭", Left: 42}}) {
		t.Errorf("balance: %+v %v", left, err)
	}
	way, err := dial(`{"status":true,"result":[{"scanType":"收件","scanDate":1795309200000,"desc":"已揽收","scanSite":{"city":"杭州市","name":"余杭"}},{"scanType":"派件","scanDate":1795309300000}]}`).(logistics.Router).Route(t.Context(), "7", "1234")
	if err != nil || len(way) != 2 || way[0].State != logistics.TrackCollected || way[0].Place != "杭州市余杭" || way[1].State != logistics.TrackDelivering {
		t.Errorf("way: %+v %v", way, err)
	}
}
