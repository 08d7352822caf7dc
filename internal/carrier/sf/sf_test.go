package sf

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/logisticstest"
)

// inside is a service's answer as the gateway wraps it.
func inside(v string) string {
	b, _ := json.Marshal(v)
	return `{"apiResultCode":"A1000","apiErrorMsg":"","apiResultData":` + string(b) + `}`
}

const route = `{"orderId":"OC1","filterResult":2,"waybillNoInfoList":[{"waybillType":1,"waybillNo":"SF1011603494291"},{"waybillType":2,"waybillNo":"SF1011603494309"}],
 "routeLabelInfo":[{"code":"1000","routeLabelData":{"destRouteLabel":"571WB-031","destTeamCode":"AD","codingMapping":"浙G5","twoDimensionCode":"MMM={'k1':'571W'}","proCode":"标快"}}]}`

var sample = logisticstest.Sample{
	Credentials: map[string]string{"partner_id": "OCTEST", "checkword": "notarealcheckword", "monthly_card": "7551234567"},
	Faults: []logisticstest.Fault{
		{Name: "digest", Body: `{"apiResultCode":"A1006","apiErrorMsg":"数字签名无效"}`, Want: logistics.ErrSignature},
		{Name: "clock", Body: `{"apiResultCode":"A1002","apiErrorMsg":"请求时效已过期"}`, Want: logistics.ErrClock},
		{Name: "address list", Body: `{"apiResultCode":"A1003","apiErrorMsg":"IP 无效"}`, Want: logistics.ErrIPNotListed},
		{Name: "right", Body: `{"apiResultCode":"A1004","apiErrorMsg":"无对应服务权限"}`, Want: logistics.ErrPermission},
		{Name: "throttle", Body: `{"apiResultCode":"A1005","apiErrorMsg":"流量超限"}`, Want: logistics.ErrThrottled},
		{Name: "gateway", Body: `{"apiResultCode":"A1099","apiErrorMsg":"系统异常"}`, Want: logistics.ErrUnavailable},
		{Name: "twice", Body: inside(`{"success":false,"errorCode":"8016","errorMsg":"重复下单"}`), Want: logistics.ErrDone},
		{Name: "nobody goes there", Body: inside(`{"success":true,"errorCode":"S0000","msgData":{"orderId":"OC1","filterResult":3,"remark":"2"}}`), Want: logistics.ErrUnreachable},
		{Name: "refused", Body: inside(`{"success":false,"errorCode":"8003","errorMsg":"收件地址不能为空"}`), Want: logistics.ErrRefused},
		{Name: "card", Body: inside(`{"success":false,"errorCode":"8057","errorMsg":"月结卡号不存在"}`), Want: logistics.ErrPermission},
		{Name: "taken without a number", Body: inside(`{"success":true,"msgData":{"orderId":"OC1","filterResult":1}}`), Want: logistics.ErrUnknownOutcome},
	},
	Issues: []logisticstest.Issue{{Name: "two pieces", Answers: map[string]string{"EXP_RECE_CREATE_ORDER": inside(`{"success":true,"errorCode":"S0000","msgData":` + route + `}`)},
		Waybill: logistics.Issued{No: "SF1011603494291", Children: []string{"SF1011603494309"}, SortCode: "571WB-031", Mark: "AD", Bag: "浙G5", QR: "MMM={'k1':'571W'}", Product: "标快"}}},
}

func TestClient(t *testing.T) { logisticstest.Client(t, Manifest, sample) }

func TestTheDigestIsTheOneOthersCompute(t *testing.T) {
	b, err := os.ReadFile("testdata/sign.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		In  struct{ MsgData, Timestamp, Checkword string }
		Out string
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if got := digest(v.In.MsgData, v.In.Timestamp, v.In.Checkword); got != v.Out {
		t.Errorf("%s, want %s", got, v.Out)
	}
}

// What encoders of URLs treat differently never stands in a message, and nothing of it
// is lost.
func TestAMessageHasNoCharacterThatEncodersDisagreeOn(t *testing.T) {
	var sent url.Values
	rt := logisticstest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		sent, _ = url.ParseQuery(string(b))
		return nil, io.ErrUnexpectedEOF
	})
	p := logisticstest.Parcel("OC1")
	p.DeclaredFen, p.CollectFen, p.Pieces, p.Product = 12345, 6700, 3, "1"
	_, _ = logisticstest.Dial(t, Manifest, sample, rt).Issue(t.Context(), p)
	text := sent.Get("msgData")
	if text == "" || strings.ContainsAny(text, " *~'()!") {
		t.Fatalf("the message: %s", text)
	}
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	if o.Contacts[1].Address != "北山街道孤山路 1 号 (2 幢)~*'!" || o.Cargo[0] != (cargo{"毛巾 & 浴巾", 2}) || o.Weight != "1.250" || o.Parcels != 3 || o.Product != 1 || o.Card != "7551234567" ||
		!reflect.DeepEqual(o.Services, []service{{"INSURE", "123.45", ""}, {"COD", "67.00", "7551234567"}}) {
		t.Errorf("the order: %+v", o)
	}
	if sent.Get("timestamp") != "1795309200" || sent.Get("partnerID") != "OCTEST" || sent.Get("requestID") == "" || sent.Get("msgDigest") != digest(text, "1795309200", "notarealcheckword") {
		t.Errorf("the envelope: %v", sent)
	}
}

func TestPricesTimesAndWaysAreRead(t *testing.T) {
	dial := func(body string) logistics.Client {
		return logisticstest.Dial(t, Manifest, sample, logisticstest.Answered(http.StatusOK, inside(body)))
	}
	p := logisticstest.Parcel("OC1")
	quotes, err := dial(`{"success":true,"msgData":{"deliverTmDto":[{"businessType":"2","fee":18.5,"deliverTime":"2026-11-24 18:00:00"}]}}`).(logistics.Quoter).Quote(t.Context(), p.Sender, p.Receiver, 1000, logisticstest.At.UnixMilli())
	if err != nil || !reflect.DeepEqual(quotes, []logistics.Quote{{Product: "2", FeeFen: 1850, ArrivesAt: 1795514400000}}) {
		t.Errorf("quotes: %+v %v", quotes, err)
	}
	way, err := dial(`{"success":true,"msgData":{"routeResps":[{"mailNo":"SF1","routes":[{"acceptTime":"2026-11-22 09:00:00","acceptAddress":"杭州市","remark":"顺丰速运 已收取快件","opCode":"50","firstStatusName":"已揽收"},
		{"acceptTime":"2026-11-22 10:00:00","acceptAddress":"杭州市","remark":"?","opCode":"999","firstStatusName":"新状态"}]}]}}`).(logistics.Router).Route(t.Context(), "SF1", "1234")
	if err != nil || len(way) != 2 || way[0].State != logistics.TrackCollected || way[0].At != 1795309200000 || way[1].State != logistics.TrackOther || way[1].Code != "999" {
		t.Errorf("way: %+v %v", way, err)
	}
	reach, err := dial(`{"success":true,"msgData":{"filterResult":3,"remark":"2"}}`).(logistics.Reacher).Reach(t.Context(), p.Sender, p.Receiver)
	if err != nil || reach.Reached || reach.Reason != "2" {
		t.Errorf("reach: %+v %v", reach, err)
	}
	if err := dial(`{"success":true,"msgData":{"success":true}}`).(logistics.Interceptor).Intercept(t.Context(), "OC1", "SF1", "买家退款"); err != nil {
		t.Error(err)
	}
	if err := dial(`{"success":true,"msgData":{"orderId":"OC1","resStatus":1}}`).Cancel(t.Context(), "OC1", "SF1"); err == nil {
		t.Error("a cancellation that did not take place passed")
	}
}

func TestTheLabelIsFetchedWithItsToken(t *testing.T) {
	rt := logisticstest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			if r.Header.Get("X-Auth-Token") != "t1" {
				return logisticstest.Answered(http.StatusForbidden, "")(r)
			}
			return logisticstest.Answered(http.StatusOK, "%PDF-1.4")(r)
		}
		return logisticstest.Answered(http.StatusOK, inside(`{"success":true,"obj":{"files":[{"url":"https://labels.example/1","token":"t1"}]}}`))(r)
	})
	pdf, err := logisticstest.Dial(t, Manifest, sample, rt).(logistics.Labeler).Label(t.Context(), "SF1")
	if err != nil || string(pdf) != "%PDF-1.4" {
		t.Errorf("%s %v", pdf, err)
	}
}
