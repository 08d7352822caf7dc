package jd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type pages struct{ page, size int64 }

func (c *call) pages() (p pages, err error) {
	p = pages{c.number("page", 1), c.number("pageSize", 20)}
	if p.page < 1 || p.size < 1 || p.size > 100 {
		return p, fail("invalidParameter", "pageSize 最大100")
	}
	return p, nil
}

func (p pages) data(total int) obj {
	n := (int64(total) + p.size - 1) / p.size
	return obj{"currentPage": p.page, "pageSize": p.size, "totalItems": total, "totalPages": n, "hasNextPage": p.page < n}
}

func (p pages) offset() int { return int((p.page - 1) * p.size) }

// listOrders goes by creation unless sortBy names the time of change.
func listOrders(c *call) (answer, error) {
	p, err := c.pages()
	if err != nil {
		return answer{}, err
	}
	v := c.r.URL.Query()
	from, to := c.number("startTime", -1), c.number("endTime", -1)
	if from < 0 || to < from || to-from > 31*day {
		return answer{}, fail("invalidParameter", "startTime、endTime 必填，间隔不超过一个月")
	}
	q := world.Query{By: world.ByCreated, From: from, To: to, Oldest: strings.EqualFold(v.Get("sortOrder"), "asc")}
	if by := strings.ToLower(v.Get("sortBy")); strings.Contains(by, "modif") || strings.Contains(by, "update") {
		q.By = world.ByModified
	}
	states := strings.FieldsFunc(v.Get("orderStatus"), func(r rune) bool { return r == ',' })
	q.Keep = func(o *world.Order) bool {
		word, _ := statusOf(o)
		return visible(o) && (len(states) == 0 || slices.Contains(states, word))
	}
	page, total := c.t.List(q, p.offset(), int(p.size))
	list := []obj{}
	for _, o := range page {
		list = append(list, c.render(o))
	}
	return answer{list, p.data(total)}, nil
}

func (c *call) render(o *world.Order) obj {
	doc := renderOrder(c.t.Shop, o, c.t.CasesOf(o.No))
	o.Spoil(doc, "paymentInfo", "createdTime", "skuItemInfoList")
	return doc
}

func (c *call) order() (*world.Order, error) {
	o := c.t.Order(c.r.PathValue("orderId"))
	if o == nil || !visible(o) {
		return nil, fail("order.notFound", "订单不存在")
	}
	return o, nil
}

func getOrder(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	return answer{data: c.render(o)}, nil
}

// oaidAddresses opens receivers of orders that are to be shipped or on their way.
func oaidAddresses(c *call) (answer, error) {
	var in struct {
		List  []string `json:"dcryptOrderOaidList"`
		Scene string   `json:"sceneType"`
	}
	if len(c.body) > 0 {
		if err := c.read("", &in); err != nil {
			return answer{}, err
		}
	} else {
		in.List = strings.FieldsFunc(strings.Join(c.r.URL.Query()["dcryptOrderOaidList"], ","), func(r rune) bool { return r == ',' })
		in.Scene = c.r.URL.Query().Get("sceneType")
	}
	if len(in.List) == 0 || len(in.List) > 50 || in.Scene == "" {
		return answer{}, fail("invalidParameter", "dcryptOrderOaidList 1到50条，sceneType 必填")
	}
	out := []obj{}
	for _, one := range in.List {
		n := strings.IndexFunc(one, func(r rune) bool { return r < '0' || r > '9' })
		if n < 1 {
			return answer{}, fail("invalidParameter", "dcryptOrderOaidList")
		}
		o := c.t.Order(one[:n])
		if o == nil || one[n+1:] != oaid(c.t.Shop, o) {
			return answer{}, fail("order.oaidMismatch", "oaid 与订单不匹配，请重新获取订单")
		}
		if !c.t.TakeDecrypt(1) {
			return answer{}, fail("order.decryptQuota", "解密额度已用完")
		}
		p := o.Receiver
		out = append(out, obj{"orderId": num(o.No), "oaid": oaid(c.t.Shop, o), "customerName": p.Name, "customerMobilePhone": p.Phone, "customerPhone": "",
			"customerMobilePhoneFuzzy": world.MaskPhone(p.Phone), "address": p.Province + p.City + p.District + p.Town + p.Detail, "privacyProtection": false, "expiration": 0})
	}
	return answer{data: out}, nil
}

func listCarriers(*call) (answer, error) {
	out := []obj{}
	for _, x := range carriers {
		out = append(out, obj{"id": x.id, "providerCode": x.code, "providerName": x.name, "providerType": 1, "operationType": 1})
	}
	return answer{data: out}, nil
}

func listCases(c *call) (answer, error) {
	p, err := c.pages()
	if err != nil {
		return answer{}, err
	}
	from, to := c.number("updateStartTime", -1), c.number("updateEndTime", -1)
	byApply := from < 0
	if byApply {
		from, to = c.number("applyStartTime", -1), c.number("applyEndTime", -1)
	}
	order, status := c.r.URL.Query().Get("orderId"), int(c.number("mainStatus", 0))
	if order == "" && (from < 0 || to < from || to-from > 31*day) {
		return answer{}, fail("invalidParameter", "updateStartTime、updateEndTime 间隔不超过一个月")
	}
	lo, hi := from, to
	if byApply {
		lo, hi = 0, c.t.Now()
	}
	keep := func(x *world.Case) bool {
		main, _ := caseStatus(x)
		return (order == "" || x.OrderNo == order) && (status == 0 || status == main) && (!byApply || order != "" || x.CreatedAt >= from && x.CreatedAt <= to)
	}
	page, total := c.t.Cases(lo, hi, false, keep, p.offset(), int(p.size))
	list := []obj{}
	for _, x := range page {
		list = append(list, renderCase(c.t.Shop, x, c.t.Order(x.OrderNo)))
	}
	return answer{list, p.data(total)}, nil
}

func getCase(c *call) (answer, error) {
	x := c.t.Case(c.r.PathValue("afsOrderId"))
	if x == nil {
		return answer{}, fail("order.notFound", "售后单不存在")
	}
	return answer{data: renderCase(c.t.Shop, x, c.t.Order(x.OrderNo))}, nil
}

func listStocks(c *call) (answer, error) {
	asked := strings.FieldsFunc(strings.Join(c.r.URL.Query()["skuIdList"], ","), func(r rune) bool { return r == ',' })
	out := []obj{}
	for _, l := range c.t.Listings() {
		if slices.Contains(asked, l.SKUNo) {
			out = append(out, obj{"skuId": num(l.SKUNo), "storeId": 0, "stockNum": l.Stock, "orderBookingNum": 0, "unpaidBookingNum": 0})
		}
	}
	return answer{data: out}, nil
}

// decimal reads a JSON amount in yuan as fen, exactly; false for anything else.
func decimal(s string) (int64, bool) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return n, err == nil
}
