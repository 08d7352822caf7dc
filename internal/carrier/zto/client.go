package zto

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/wire"
)

type client struct {
	logistics.Access
	key, secret, account, word string
}

func open(a logistics.Access) (logistics.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	g := a.Credentials
	return &client{Access: a, key: g[appKey], secret: g[appSecret], account: g[accountID], word: g[password]}, nil
}

// digest signs a body: Base64 of the MD5 of it and the secret.
func digest(body []byte, secret string) string {
	sum := md5.Sum(append(append([]byte{}, body...), secret...))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// words are codes in ours; phrases tell apart what the platform has no code of its own for.
var words = map[string]*errs.Error{"SYS001": logistics.ErrSignature, "SYS002": logistics.ErrSignature, "SYS403": logistics.ErrIPNotListed, "SYS401": logistics.ErrPermission,
	"SYS004": logistics.ErrPermission, "SYS999": logistics.ErrUnavailable}

var phrases = []struct {
	is   *errs.Error
	says []string
}{
	{logistics.ErrBalance, []string{"余额不足", "可用余额"}},
	{logistics.ErrUnreachable, []string{"不在派送范围", "超区", "不派送", "停发"}},
	{logistics.ErrDone, []string{"已存在", "重复", "已取消"}},
	{logistics.ErrNotFound, []string{"订单不存在", "单号不存在"}},
	{logistics.ErrPermission, []string{"账号或密码"}},
	{logistics.ErrIPNotListed, []string{"白名单"}},
	{logistics.ErrSignature, []string{"签名"}},
}

func failure(code, text string) error {
	if code == "SYS429" || strings.Contains(text, "限流") || strings.Contains(text, "频繁") {
		return logistics.Throttled(1000, code)
	}
	if e, known := words[code]; known {
		return logistics.Told(e, code, text).With("no", "")
	}
	for _, p := range phrases {
		for _, s := range p.says {
			if strings.Contains(text, s) {
				return logistics.Told(p.is, code, text).With("no", "")
			}
		}
	}
	return logistics.Told(logistics.ErrRefused, code, text)
}

// call asks one service and reads its result into into. Errors: those of logistics.Client.
func (c *client) call(ctx context.Context, service string, effect bool, in, into any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	header := map[string]string{"x-appKey": c.key, "x-companyid": c.key, "x-dataDigest": digest(body, c.secret)}
	got, err := wire.Post(ctx, c.Access, strings.TrimRight(c.BaseURL, "/")+"/"+service, "application/json; charset=utf-8", header, body, effect)
	if err != nil {
		return err
	}
	var a struct {
		Status  bool            `json:"status"`
		Code    string          `json:"statusCode"`
		Message string          `json:"message"`
		Result  json.RawMessage `json:"result"`
	}
	if err := wire.JSON(got, &a, effect); err != nil {
		return err
	}
	if !a.Status {
		return failure(a.Code, a.Message)
	}
	if into == nil {
		return nil
	}
	return wire.JSON(a.Result, into, effect)
}

type senderInfo struct {
	Name     string `json:"senderName"`
	Mobile   string `json:"senderMobile"`
	Province string `json:"senderProvince"`
	City     string `json:"senderCity"`
	District string `json:"senderDistrict"`
	Address  string `json:"senderAddress"`
}

type receiveInfo struct {
	Name     string `json:"receiverName"`
	Mobile   string `json:"receiverMobile"`
	Province string `json:"receiverProvince"`
	City     string `json:"receiverCity"`
	District string `json:"receiverDistrict"`
	Address  string `json:"receiverAddress"`
}

type accountInfo struct {
	ID       string `json:"accountId"`
	Password string `json:"accountPassword"`
	Type     int    `json:"type"`
}

type item struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// order is the body of zto.open.createOrder.
type order struct {
	Partner  string      `json:"partnerType"` // 2: a merchant of its own
	Type     string      `json:"orderType"`   // 1: with its number at once
	Key      string      `json:"partnerOrderCode"`
	Account  accountInfo `json:"accountInfo"`
	Sender   senderInfo  `json:"senderInfo"`
	Receiver receiveInfo `json:"receiveInfo"`
	Items    []item      `json:"orderItems,omitempty"`
	Weight   int64       `json:"weight,omitempty"` // grams
	Remark   string      `json:"remark,omitempty"`
}

// Test implements logistics.Client: it asks what the account has left.
func (c *client) Test(ctx context.Context) error {
	_, err := c.Balances(ctx)
	return err
}

// Issue implements logistics.Client.
func (c *client) Issue(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	if r.CollectFen > 0 {
		return logistics.Issued{}, logistics.Told(logistics.ErrRefused, "cod", "代收货款须由网点开通")
	}
	s, to := r.Sender, r.Receiver
	o := order{Partner: "2", Type: "1", Key: r.Key, Account: accountInfo{c.account, c.word, 1}, Weight: r.WeightGram, Remark: r.Note,
		Sender:   senderInfo{s.Name, s.Phone, s.Province, s.City, s.District, s.Town + s.Detail},
		Receiver: receiveInfo{to.Name, to.Phone, to.Province, to.City, to.District, to.Town + to.Detail}}
	for _, g := range r.Goods {
		o.Items = append(o.Items, item{g.Name, g.Quantity})
	}
	var out struct {
		No string `json:"billCode"`
	}
	if err := c.call(ctx, "zto.open.createOrder", true, o, &out); err != nil {
		return logistics.Issued{}, err
	}
	if out.No == "" {
		return logistics.Issued{}, logistics.ErrUnknownOutcome
	}
	return c.marked(ctx, r, out.No)
}

// orderCancelled is the state of an order that was cancelled.
const orderCancelled = 99

// Find implements logistics.Client.
func (c *client) Find(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	var out []struct {
		No     string `json:"billCode"`
		Status int    `json:"orderStatus"`
	}
	if err := c.call(ctx, "zto.open.getOrderInfo", false, map[string]any{"type": 1, "orderCode": r.Key}, &out); err != nil {
		return logistics.Issued{}, err
	}
	switch {
	case len(out) == 0 || out[0].No == "":
		return logistics.Issued{}, logistics.ErrNotFound.With("no", r.Key)
	case out[0].Status == orderCancelled:
		return logistics.Issued{}, logistics.Told(logistics.ErrDone, "cancelled", "")
	}
	return c.marked(ctx, r, out[0].No)
}

// marked adds what leads the parcel to an issued number. While that cannot be had the
// waybill is not ready, though its number stands: it is looked for again.
func (c *client) marked(ctx context.Context, r logistics.Request, no string) (logistics.Issued, error) {
	i := logistics.Issued{No: no}
	if r.Receiver.Province == "" {
		return i, nil // only the number is of interest
	}
	var out struct {
		Mark  string `json:"mark"`
		Bag   string `json:"bagAddr"`
		Short string `json:"short"`
	}
	s, to := r.Sender, r.Receiver
	err := c.call(ctx, "zto.innovate.bagAddrMark", false, map[string]any{"unionCode": r.Key, "send_province": s.Province, "send_city": s.City, "send_district": s.District, "send_address": s.Town + s.Detail,
		"receive_province": to.Province, "receive_city": to.City, "receive_district": to.District, "receive_address": to.Town + to.Detail}, &out)
	if errors.Is(err, logistics.ErrUnavailable) || errors.Is(err, logistics.ErrThrottled) {
		return logistics.Issued{}, logistics.ErrUnknownOutcome.Because(err)
	}
	i.SortCode, i.Bag, i.Mark = out.Mark, out.Bag, out.Short
	return i, nil
}

// Cancel implements logistics.Client.
func (c *client) Cancel(ctx context.Context, _, no string) error {
	return c.call(ctx, "zto.open.cancelPreOrder", true, map[string]any{"billCode": no, "cancelType": "1"}, nil)
}

// Balances implements logistics.Balancer.
func (c *client) Balances(ctx context.Context) ([]logistics.Balance, error) {
	var out struct {
		Site string `json:"siteName"`
		Left *int64 `json:"availableBalance"`
	}
	if err := c.call(ctx, "zto.open.queryAvailableBalanceNew", false, map[string]any{"accountId": c.account, "accountPassword": c.word}, &out); err != nil {
		return nil, err
	}
	b := logistics.Balance{Carrier: Manifest.Code, BranchName: out.Site, Left: -1}
	if out.Left != nil {
		b.Left = *out.Left
	}
	return []logistics.Balance{b}, nil
}

// states are what ZTO calls a scan.
var states = map[string]logistics.TrackState{"收件": logistics.TrackCollected, "发件": logistics.TrackInTransit, "到件": logistics.TrackInTransit, "派件": logistics.TrackDelivering,
	"签收": logistics.TrackDelivered, "退件": logistics.TrackReturning, "退件签收": logistics.TrackReturned, "问题件": logistics.TrackFailed, "ARRIVAL": logistics.TrackAtLocker}

// Route implements logistics.Router.
func (c *client) Route(ctx context.Context, no, phoneTail string) ([]logistics.Trace, error) {
	var out []struct {
		Scan string `json:"scanType"`
		At   int64  `json:"scanDate"`
		Text string `json:"desc"`
		Site struct {
			City string `json:"city"`
			Name string `json:"name"`
		} `json:"scanSite"`
	}
	if err := c.call(ctx, "zto.merchant.waybill.track.query", false, map[string]any{"billCode": no, "mobilePhone": phoneTail}, &out); err != nil {
		return nil, err
	}
	var traces []logistics.Trace
	for _, s := range out {
		state, known := states[s.Scan]
		if !known {
			state = logistics.TrackOther
		}
		traces = append(traces, logistics.Trace{At: s.At, Place: s.Site.City + s.Site.Name, Text: s.Text, Code: s.Scan, State: state})
	}
	return traces, nil
}
