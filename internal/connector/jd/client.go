package jd

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

type client struct {
	channel.Access
	companies wire.Companies
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a}, nil
}

// object is the parameters of a call.
type object map[string]any

type names map[string]string

// request is one call. Path has {names} that In fills; they are signed apart from it.
type request struct {
	method, path string
	in, query    names
	body         any
	effect       bool
}

// sign signs all that has a name: headers, query, path and the body, unless there is
// none.
func sign(secret, body string, parts ...names) string {
	all := names{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	if body != "" && body != "{}" {
		all["body"] = body
	}
	var b strings.Builder
	b.WriteString(secret)
	for _, n := range slices.Sorted(maps.Keys(all)) {
		b.WriteString(n + all[n])
	}
	b.WriteString(secret)
	sum := md5.Sum([]byte(b.String()))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// call sends one request and reads its answer into into.
func (c *client) call(ctx context.Context, q request, into any) (envelope, wire.Answer, error) {
	r, err := c.request(ctx, q)
	if err != nil {
		return envelope{}, wire.Answer{}, err
	}
	a, err := wire.Do(c.HTTP, r, q.effect)
	if err != nil {
		return envelope{}, a, err
	}
	var e envelope
	// Refusals come with the status that fits or with 200.
	if json.Unmarshal(a.Body, &e) != nil || !e.speaks() {
		if err := a.OK(q.effect); err != nil {
			return e, a, err
		}
		if err := a.JSON(&e, q.effect); err != nil {
			return e, a, err
		}
	}
	if err := e.fault(q.effect); err != nil {
		return e, a, err
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		return e, a, nil
	}
	a.Body = e.Data
	return e, a, a.JSON(into, q.effect)
}

func (c *client) request(ctx context.Context, q request) (*http.Request, error) {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return nil, channel.Told(channel.ErrRefused, q.path, "an id is no number").Because(err)
		}
	}
	path := q.path
	for n, v := range q.in {
		path = strings.Replace(path, "{"+n+"}", url.PathEscape(v), 1)
	}
	values := url.Values{}
	for n, v := range q.query {
		values.Set(n, v)
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.method, strings.TrimRight(c.BaseURL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	headers := names{"X-JOS-App-Key": c.Credentials[appKey], "X-JOS-Access-Token": c.Token.Access, "X-JOS-Timestamp": strconv.FormatInt(clock.Millis(c.Clock), 10)}
	for n, v := range headers {
		r.Header.Set(n, v)
	}
	r.Header.Set("X-JOS-Sign", sign(c.Credentials[appSecret], string(body), headers, q.query, q.in))
	r.Header.Set("X-JOS-Request-Identity", "vender")
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return r, nil
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Page: 1, Size: 1})
	return err
}

// fields are the parts of an order that are asked for: the platform leaves out what
// is not.
const fields = "orderFlag,buyerRemark,venderRemarkInfo,consigneeInfo,paymentInfo,sellerTradePriceInfo,skuItemInfoList,stepPaymentInfo,promiseCalendarInfo,transportInfo,specialStatusReasonInfo"

// List implements channel.Client.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	by := "createdTime"
	if q.Stream == channel.ByModified {
		by = "modifiedTime"
	}
	p := window(q)
	p["startTime"], p["endTime"], p["sortBy"], p["sortOrder"] = ms(q.From), ms(q.To), by, "desc"
	p["orderStatus"], p["scopeSet"] = strings.Join(asked, ","), fields
	var list []json.RawMessage
	e, a, err := c.call(ctx, request{method: http.MethodGet, path: "/sp-order/v0/orders", query: p}, &list)
	if err != nil {
		return channel.Page{}, err
	}
	return e.page(a, q, list, orderItem), nil
}

func ms(at int64) string { return strconv.FormatInt(at, 10) }

func window(q channel.Query) names {
	return names{"page": strconv.Itoa(max(q.Page, 1)), "pageSize": strconv.Itoa(size(q))}
}

func size(q channel.Query) int {
	if q.Size <= 0 || q.Size > limits.PageSize {
		return limits.PageSize
	}
	return q.Size
}

func (e envelope) page(a wire.Answer, q channel.Query, list []json.RawMessage, item func([]byte) channel.Item) channel.Page {
	total := e.Pages.Total.N
	out := channel.Page{Total: int(total), ServerAt: a.ServerAt, More: int64(max(q.Page, 1))*int64(size(q)) < total}
	for _, raw := range list {
		out.Items = append(out.Items, item(raw))
	}
	return out
}

func orderItem(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "orderId").String(), ModifiedAt: wire.Field(raw, "modifiedTime").Number(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one json.RawMessage
	q := request{method: http.MethodGet, path: "/sp-order/v0/orders/{orderId}", in: names{"orderId": no}, query: names{"scopeSet": fields}}
	if _, _, err := c.call(ctx, q, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one) == 0 {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return orderItem(one), nil
}
