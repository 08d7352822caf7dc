// Package zto is the carrier's side of ZTO Express's open platform: JSON to a path of
// its own for each service, the digest in a header.
package zto

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "zto"

// carrier is how the world counts what this gateway issues.
const carrier = "ZTO"

// Platform is the carrier; a shop of it is an account at a branch (电子面单账号).
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "ZTO Express", Courier: true, Labels: map[string]string{carrier: carrier},
		Handler: func(w *world.World) http.Handler { return &gateway{w} },
		Credentials: func(s *world.Shop) map[string]string {
			id, password := account(s)
			return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret, "account_id": id, "account_password": password}
		},
		AppKey: func(r *world.Random) string { return r.Hex(16) },
	}
}

// account is the waybill account of the branch and its password.
func account(s *world.Shop) (id, password string) { return "KDGJ" + s.AppKey[:8], s.Secret[:8] }

type gateway struct{ w *world.World }

// digest signs a body: Base64 of the MD5 of it and the secret.
func digest(body []byte, secret string) string {
	sum := md5.Sum(append(append([]byte{}, body...), secret...))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func no(statusCode, message string) world.Reply {
	return world.JSON(0, map[string]any{"status": false, "statusCode": statusCode, "message": message, "result": nil})
}

func yes(result any) world.Reply {
	return world.JSON(0, map[string]any{"status": true, "statusCode": "SYS000", "message": "成功", "result": result})
}

var services = map[string]func(*world.Tx, []byte) world.Reply{
	"zto.open.createOrder": create, "zto.open.getOrderInfo": info, "zto.open.cancelPreOrder": cancel, "zto.innovate.bagAddrMark": mark,
	"zto.open.queryAvailableBalanceNew": balance, "zto.merchant.waybill.track.query": track,
}

// ServeHTTP answers one request.
func (g *gateway) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil || r.Method != http.MethodPost {
		http.Error(rw, "bad request", http.StatusBadRequest)
		return
	}
	shop := g.w.ByApp(code, r.Header.Get("x-appKey"))
	if shop == nil {
		_, _ = rw.Write(no("SYS001", "appKey 不存在").Body)
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		switch v.Fault {
		case world.Internal:
			return no("SYS999", "系统异常")
		case world.Throttled:
			return no("SYS429", "请求过于频繁，触发限流")
		case world.IPNotListed:
			return no("SYS403", "IP 不在白名单")
		case world.NoPermission:
			return no("SYS401", "应用没有接口权限")
		}
		if subtle.ConstantTimeCompare([]byte(digest(body, t.Secret)), []byte(r.Header.Get("x-dataDigest"))) != 1 {
			return no("SYS002", "签名错误")
		}
		do, ok := services[strings.Trim(r.URL.Path, "/")]
		if !ok {
			return no("SYS004", "接口不存在")
		}
		return do(t, body)
	})
}

type party struct {
	Name     string `json:"senderName"`
	Phone    string `json:"senderPhone"`
	Mobile   string `json:"senderMobile"`
	Province string `json:"senderProvince"`
	City     string `json:"senderCity"`
	District string `json:"senderDistrict"`
	Address  string `json:"senderAddress"`
}

func (p party) person() world.Person {
	return world.Person{Name: p.Name, Phone: p.Phone + p.Mobile, Province: p.Province, City: p.City, District: p.District, Detail: p.Address}
}

type receiver struct {
	Name     string `json:"receiverName"`
	Phone    string `json:"receiverPhone"`
	Mobile   string `json:"receiverMobile"`
	Province string `json:"receiverProvince"`
	City     string `json:"receiverCity"`
	District string `json:"receiverDistrict"`
	Address  string `json:"receiverAddress"`
}

func create(t *world.Tx, body []byte) world.Reply {
	var p struct {
		Partner string `json:"partnerType"`
		Type    string `json:"orderType"`
		Key     string `json:"partnerOrderCode"`
		Account struct {
			ID       string `json:"accountId"`
			Password string `json:"accountPassword"`
		} `json:"accountInfo"`
		Sender   party    `json:"senderInfo"`
		Receiver receiver `json:"receiveInfo"`
		Items    []struct {
			Name string `json:"name"`
		} `json:"orderItems"`
	}
	if json.Unmarshal(body, &p) != nil || p.Key == "" || len(p.Key) > 32 || p.Partner == "" || p.Type == "" {
		return no("S201", "参数不合法")
	}
	if id, password := account(t.Shop); p.Account.ID != id || p.Account.Password != password {
		return no("S204", "电子面单账号或密码错误")
	}
	if _, err := t.LabelByKey(p.Key); err == nil {
		return no("S208", "合作商订单号已存在")
	}
	to := p.Receiver
	i := world.Issue{Key: p.Key, Orders: []string{p.Key}, Carrier: carrier, Sender: p.Sender.person(), Pieces: 1,
		Receiver: world.Person{Name: to.Name, Phone: to.Phone + to.Mobile, Province: to.Province, City: to.City, District: to.District, Detail: to.Address}}
	if len(p.Items) > 0 {
		i.Goods = p.Items[0].Name
	}
	l, err := t.IssueLabel(i)
	switch world.KindOf(err) {
	case "":
		return yes(map[string]any{"orderCode": "26" + l.No[2:], "billCode": l.No, "partnerOrderCode": l.Key, "siteCode": "57100", "siteName": "杭州余杭"})
	case world.Balance:
		return no("S210", "电子面单可用余额不足")
	case world.Unreached:
		return no("S211", "收件地址不在派送范围")
	}
	return no("S202", err.Error())
}

// routeMark is the mark that leads a parcel (三段码).
func routeMark(l world.Label) string {
	sortCode, _, _ := l.Route()
	return sortCode
}

func info(t *world.Tx, body []byte) world.Reply {
	var p struct {
		Type int    `json:"type"`
		Key  string `json:"orderCode"`
	}
	if json.Unmarshal(body, &p) != nil || p.Key == "" {
		return no("S201", "参数不合法")
	}
	l, err := t.LabelByKey(p.Key)
	if err != nil {
		return yes([]any{})
	}
	status := 1
	if l.Cancelled {
		status = 99
	}
	return yes([]any{map[string]any{"billCode": l.No, "partnerOrderCode": l.Key, "orderStatus": status}})
}

func cancel(t *world.Tx, body []byte) world.Reply {
	var p struct {
		Bill string `json:"billCode"`
		Type string `json:"cancelType"`
	}
	if json.Unmarshal(body, &p) != nil || p.Bill == "" || p.Type == "" {
		return no("S201", "参数不合法")
	}
	switch err := t.CancelLabel(carrier, p.Bill); world.KindOf(err) {
	case "":
		return yes(map[string]any{"result": true})
	case world.Done:
		return no("S213", "订单已取消")
	case world.NotFound:
		return no("S214", "订单不存在")
	default:
		return no("S215", "订单已揽收，无法取消")
	}
}

func mark(t *world.Tx, body []byte) world.Reply {
	var p struct {
		Unique   string `json:"unionCode"`
		Province string `json:"receive_province"`
		City     string `json:"receive_city"`
		District string `json:"receive_district"`
		Address  string `json:"receive_address"`
	}
	if json.Unmarshal(body, &p) != nil || p.Province == "" || p.City == "" {
		return no("S201", "参数不合法")
	}
	if strings.Contains(p.Address, world.Nowhere) {
		return no("S211", "收件地址不在派送范围")
	}
	l := world.Label{Receiver: world.Person{Province: p.Province, City: p.City, District: p.District}}
	_, short, bag := l.Route()
	return yes(map[string]any{"mark": routeMark(l), "bagAddr": bag, "short": short})
}

func balance(t *world.Tx, _ []byte) world.Reply {
	b := t.Branches(carrier)[0]
	id, _ := account(t.Shop)
	return yes(map[string]any{"accountId": id, "siteName": b.Name, "availableBalance": b.Left})
}

func track(t *world.Tx, body []byte) world.Reply {
	var p struct {
		Bill string `json:"billCode"`
	}
	if json.Unmarshal(body, &p) != nil || p.Bill == "" {
		return no("S201", "参数不合法")
	}
	steps := []any{}
	if l, err := t.Label(carrier, p.Bill); err == nil && l.Collected {
		steps = append(steps, map[string]any{"billCode": p.Bill, "scanType": "收件", "scanDate": l.IssuedAt + 3600_000, "desc": "【杭州市】已揽收", "scanSite": map[string]any{"city": "杭州市", "name": "杭州余杭"}})
	}
	return yes(steps)
}
