package pull_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// wireOrder is an order as the test channel writes it.
type wireOrder struct {
	No       string `json:"no"`
	Status   string `json:"status"`
	Created  int64  `json:"created"`
	Modified int64  `json:"modified"`
	Rev      int64  `json:"rev"`
	Note     string `json:"note,omitempty"`
	Quantity any    `json:"quantity"`
	Waybill  string `json:"waybill,omitempty"`
	Refund   string `json:"refund,omitempty"`
}

type wireCase struct {
	No, Order, State string
	Modified         int64
}

// mall is a channel with a memory: the truth that a sync has to reach. Its faults
// are chosen by a seed.
type mall struct {
	clock clock.Clock
	mu    sync.Mutex
	rnd   *rand.Rand
	// skew is how far its clock is ahead of ours.
	skew   int64
	orders map[string]*wireOrder
	cases  map[string]*wireCase
	calls  int64
	gets   int64
	lists  int64

	faulty     float64 // share of calls that fail
	short      float64 // share of pages that lack some orders
	mutate     func()  // called between the pages of a reading
	called     func()  // called before every answer
	ready      func(channel.Query) channel.Page
	hide       int64 // how long a change does not show in lists
	refuse     func(q channel.Query) error
	deny       error
	numbers    bool // lists tell numbers only
	busy       bool // single orders are throttled, lists are not
	cursors    bool
	secret     bool // lists tell no total
	token      string
	deliveries []channel.Hint
}

func newMall(c clock.Clock, seed int64) *mall {
	return &mall{clock: c, rnd: rand.New(rand.NewSource(seed)), orders: map[string]*wireOrder{}, cases: map[string]*wireCase{}, token: "t1"}
}

func (m *mall) now() int64 { return clock.Millis(m.clock) + m.skew }

// place adds an order at the channel's present.
func (m *mall) place(no string) *wireOrder {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.placeAt(no, m.now())
}

func (m *mall) placeAt(no string, at int64) *wireOrder {
	o := &wireOrder{No: no, Status: "paid", Created: at, Modified: at, Rev: 1, Quantity: 1}
	m.orders[no] = o
	return o
}

// change gives an order its next state.
func (m *mall) change(o *wireOrder) {
	o.Rev++
	o.Modified = m.now()
	o.Note = "第 " + strconv.FormatInt(o.Rev, 10) + " 版"
}

func (m *mall) some(p float64) bool { return p > 0 && m.rnd.Float64() < p }

// fail is what a call meets before it is answered.
func (m *mall) fail() error {
	m.calls++
	if m.called != nil {
		m.called()
	}
	if m.deny != nil {
		return m.deny
	}
	if m.some(m.faulty) {
		return channel.Told(channel.ErrUnavailable, "500", "busy")
	}
	return nil
}

// mallClient speaks for one shop.
type mallClient struct {
	m     *mall
	token string
}

func (c *mallClient) check() error {
	if c.token != "" && c.token != c.m.token {
		return channel.ErrTokenExpired.With("channel_code", "27")
	}
	return nil
}

func (c *mallClient) Test(context.Context) error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if err := c.m.fail(); err != nil {
		return err
	}
	return c.check()
}

func (c *mallClient) List(_ context.Context, q channel.Query) (channel.Page, error) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lists++
	if err := m.fail(); err != nil {
		return channel.Page{}, err
	}
	if err := c.check(); err != nil {
		return channel.Page{}, err
	}
	if m.refuse != nil {
		if err := m.refuse(q); err != nil {
			return channel.Page{}, err
		}
	}
	if m.ready != nil {
		return m.ready(q), nil
	}
	var in []*wireOrder
	for _, o := range m.orders {
		at := o.Modified
		if q.Stream == channel.ByCreated {
			at = o.Created
		}
		if at >= q.From && at <= q.To && m.now()-o.Modified >= m.hide {
			in = append(in, o)
		}
	}
	slices.SortFunc(in, func(a, b *wireOrder) int { // newest first
		x, y := a.Modified, b.Modified
		if q.Stream == channel.ByCreated {
			x, y = a.Created, b.Created
		}
		if x != y {
			return int(y - x)
		}
		return strings.Compare(b.No, a.No)
	})
	from := (q.Page - 1) * q.Size
	if m.cursors { // a cursor is a place, not a count
		from = 0
		for from < len(in) && q.Cursor != "" && place(q.Stream, in[from]) <= q.Cursor {
			from++
		}
	}
	to := min(from+q.Size, len(in))
	p := channel.Page{Total: len(in), ServerAt: m.now(), More: to < len(in)}
	if to > 0 {
		p.Next = place(q.Stream, in[to-1])
	}
	if m.secret || m.cursors {
		p.Total = -1
	}
	for i := min(from, to); i < to; i++ {
		p.Items = append(p.Items, m.item(in[i], !m.numbers))
	}
	if len(p.Items) > 1 && m.some(m.short) {
		cut := m.rnd.Intn(len(p.Items))
		p.Items = slices.Delete(p.Items, cut, cut+1)
	}
	if m.mutate != nil {
		m.mutate()
	}
	return p, nil
}

// place sorts as lists do, newest first.
func place(by channel.Stream, o *wireOrder) string {
	at := o.Modified
	if by == channel.ByCreated {
		at = o.Created
	}
	return fmt.Sprintf("%020d/%s", int64(1<<60)-at, flip(o.No))
}

func flip(no string) string {
	b := []byte(no)
	for i := range b {
		b[i] = '0' + '9' - b[i]
	}
	return string(b)
}

func (m *mall) item(o *wireOrder, whole bool) channel.Item {
	i := channel.Item{No: o.No, ModifiedAt: o.Modified}
	if whole {
		i.Raw, _ = json.Marshal(o)
	}
	return i
}

func (c *mallClient) Get(_ context.Context, no string) (channel.Item, error) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gets++
	if m.busy {
		return channel.Item{}, channel.Throttled(2000, "busy")
	}
	if err := m.fail(); err != nil {
		return channel.Item{}, err
	}
	if err := c.check(); err != nil {
		return channel.Item{}, err
	}
	o := m.orders[no]
	if o == nil {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return m.item(o, true), nil
}

var mallWords = map[string]channel.Status{"paid": channel.AwaitingShipment, "shipped": channel.Shipped, "done": channel.Completed, "unpaid": channel.PendingPayment}

func (c *mallClient) Map(raw []byte) (channel.Order, error) {
	var w struct {
		wireOrder
		Quantity int64 `json:"quantity"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return channel.Order{}, channel.ErrUnknownStatus.With("value", "?").Because(err)
	}
	if w.Quantity == 13 {
		panic("an order that breaks its reader")
	}
	price := money.Fen(1990)
	d := channel.Order{ChannelOrderNo: w.No, Status: mallWords[w.Status], StatusRaw: w.Status, PlacedAt: w.Created, PaidAt: w.Created, ModifiedAt: w.Modified,
		BuyerNick: "云***", Receiver: channel.Receiver{Name: "张*", Phone: "138****1234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路***"},
		Lines:       []channel.Line{{ChannelLineNo: "1", Title: "毛巾", MerchantSKUCode: "TW-01", Quantity: &w.Quantity, PriceFen: &price}},
		RefundState: order.RefundState("none"), SellerNote: w.Note}
	if w.Refund != "" {
		d.RefundState = order.RefundState(w.Refund)
	}
	if w.Waybill != "" {
		d.Waybill = &channel.Waybill{Carrier: "圆通速递", No: w.Waybill}
		d.ShippedAt = w.Modified
	}
	return d, nil
}

func (c *mallClient) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	if in.Header.Get("X-Sign") != "good" {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", "sign")
	}
	var h []channel.Hint
	if err := json.Unmarshal(in.Body, &h); err != nil {
		return nil, channel.Reply{}, channel.ErrAnswer.With("channel_message", "body")
	}
	return h, channel.Reply{Body: []byte(`{"ok":true}`)}, nil
}

func (c *mallClient) ListAftersales(_ context.Context, q channel.Query) (channel.Page, error) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail(); err != nil {
		return channel.Page{}, err
	}
	p := channel.Page{ServerAt: m.now()}
	for _, x := range m.cases {
		if x.Modified >= q.From && x.Modified <= q.To {
			raw, _ := json.Marshal(x)
			p.Items = append(p.Items, channel.Item{No: x.No, ModifiedAt: x.Modified, Raw: raw})
		}
	}
	p.Total = len(p.Items)
	return p, nil
}

func (c *mallClient) GetAftersale(_ context.Context, no, _ string) (channel.Item, error) {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	x := c.m.cases[no]
	if x == nil {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	raw, err := json.Marshal(x)
	return channel.Item{No: no, ModifiedAt: x.Modified, Raw: raw}, err
}

func (c *mallClient) MapAftersale(raw []byte) (channel.Case, error) {
	var x wireCase
	if err := json.Unmarshal(raw, &x); err != nil {
		return channel.Case{}, err
	}
	return channel.Case{No: x.No, OrderNo: x.Order, Kind: "refund", State: channel.AftersaleState(x.State), RefundFen: 1990, ModifiedAt: x.Modified}, nil
}

// manifest is the test channel; malls are found by the credential "app".
func manifest(code string, malls map[string]*mall, change ...func(*channel.API)) channel.Manifest {
	api := &channel.API{BaseURL: "https://mall.example.com", CustomURL: true,
		Credentials: []channel.Credential{{Name: "app", NameZH: "应用", NameEN: "App"}, {Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Limits:      channel.Limits{ModifiedSpan: 24 * 3600_000, CreatedSpan: 24 * 3600_000, PageSize: 50, MaxPages: 1000},
		Open: func(a channel.Access) (channel.Client, error) {
			m := malls[a.Credentials["app"]]
			if m == nil {
				return nil, channel.ErrCredentials.With("field", "app").At("app")
			}
			return &mallClient{m, a.Token.Access}, nil
		}}
	for _, f := range change {
		f(api)
	}
	return channel.Manifest{Code: code, NameZH: "测试商城", NameEN: "Test mall", API: api, Capabilities: []channel.Capability{channel.PullOrders, channel.Push, channel.PullAftersales}}
}

func number(i int) string { return fmt.Sprintf("90071992547419%05d", i) }
