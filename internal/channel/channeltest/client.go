package channeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// API is what Client needs to know of a channel.
type API struct {
	Credentials map[string]string
	Token       channel.Token
	// Orders are raw orders as List and Get give them to Map.
	Orders []RawOrder
	// Cases are raw after-sale cases.
	Cases [][]byte
	// Faults are answers of the channel and the word each must become.
	Faults []Fault
	// Looked answers what an effect asks before it acts (lists of companies, the
	// state of an order); false for everything else.
	Looked func(r *http.Request, body string) (answer string, ok bool)
	// Lists are answers of List with what must be read out of them.
	Lists []Listed
	// Waybills are answers to an issue of waybills; a channel that issues any shows a
	// waybill, an empty balance and an address nobody delivers to.
	Waybills []Issued
	// Ciphers are cipher texts as the channel writes them. A channel whose ciphers are
	// searched shows one that bears its index and one that does not.
	Ciphers []Ciphered
}

// RawOrder is a sample order. The paths point at members: "orders.order.0.num".
// Status is empty where no single member tells it, Quantity where none does; No may
// be several, by comma.
type RawOrder struct {
	Raw                  []byte
	No, Status, Quantity string
}

// Fault is one refusal. RetryMS is what a throttle says, 0 to leave it open.
type Fault struct {
	Name    string
	Status  int // 0 is 200
	Header  http.Header
	Body    string
	Want    *errs.Error
	RetryMS int64
}

// Issued is one answer to IssueWaybill: a refusal, or the waybill in it.
type Issued struct {
	Name, Body string
	Want       *errs.Error // nil where a waybill comes
	Waybill    channel.IssuedWaybill
}

// Ciphered is a cipher text, the index it bears ("" for none) and the channel's answer
// to a question for that index ("" to ask nothing).
type Ciphered struct{ Field, Text, Index, Body string }

// Listed is one page. Total is -1 where the channel tells none.
type Listed struct {
	Query channel.Query
	Body  string
	Nos   []string
	Total int
	More  bool
}

// At is the instant at which the suite's clock stands.
var At = time.Date(2026, 11, 11, 1, 0, 0, 0, time.UTC)

// RoundTrip is a transport made of a function.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Answered is a transport that gives every request the same answer.
func Answered(status int, h http.Header, body string) RoundTrip {
	if status == 0 {
		status = http.StatusOK
	}
	if h == nil {
		h = http.Header{}
	}
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// Access is what Open gets in tests.
func Access(m channel.Manifest, a API, rt http.RoundTripper) channel.Access {
	return channel.Access{HTTP: &http.Client{Transport: rt}, Clock: clock.NewFake(At), BaseURL: "https://channel.example/base",
		Credentials: a.Credentials, Token: a.Token}
}

// Dial opens m's client over rt.
func Dial(t *testing.T, m channel.Manifest, a API, rt http.RoundTripper) channel.Client {
	t.Helper()
	c, err := m.API.Open(Access(m, a, rt))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Client checks the API side of m: that it declares what it implements, keeps
// within its bounds, maps without loss on any machine, and tells failures apart.
func Client(t *testing.T, m channel.Manifest, a API) {
	s := suite{m, a}
	t.Run("the API is declared whole", s.declared)
	t.Run("every missing credential is named", s.credentials)
	for i, o := range a.Orders {
		t.Run("order "+string(rune('a'+i)), func(t *testing.T) { s.order(t, o) })
	}
	for _, raw := range a.Cases {
		t.Run("an after-sale case", func(t *testing.T) { s.aftersale(t, raw) })
	}
	for _, f := range a.Faults {
		t.Run("fault "+f.Name, func(t *testing.T) { s.fault(t, f) })
	}
	for _, l := range a.Lists {
		t.Run("a page", func(t *testing.T) { s.list(t, l) })
	}
	t.Run("waybills are issued once", s.waybills)
	t.Run("cipher texts bear what they are searched with", s.ciphers)
	t.Run("silence after an effect is an unknown outcome", s.silence)
	t.Run("what is no answer of the channel is told apart", s.garbage)
}

type suite struct {
	m channel.Manifest
	a API
}

var credentialName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// fileSide are capabilities of export files, and ShipLines and ShipAtOnce, which are
// properties of Ship.
var fileSide = []channel.Capability{channel.OrderFiles, channel.AftersaleFiles, channel.LedgerFiles, channel.MappedFiles, channel.ShipByTemplate, channel.ShipLines, channel.ShipAtOnce}

func (s suite) declared(t *testing.T) {
	api := s.m.API
	if api == nil || api.Open == nil {
		t.Fatal("no API")
	}
	if !strings.HasPrefix(api.BaseURL, "https://") && !api.CustomURL {
		t.Errorf("base URL %q", api.BaseURL)
	}
	seen := map[string]bool{}
	for _, c := range api.Credentials {
		if seen[c.Name] || !credentialName.MatchString(c.Name) || c.NameZH == "" || c.NameEN == "" || c.HelpZH == "" || c.HelpEN == "" {
			t.Errorf("credential %+v", c)
		}
		seen[c.Name] = true
		if s.a.Credentials[c.Name] == "" && !c.Optional {
			t.Errorf("the test gives no %s", c.Name)
		}
	}
	l := api.Limits
	if l.PageSize < 1 || l.PageSize > 1000 || l.MaxPages < 0 || l.Lag < 0 || l.History < 0 || l.PerSecond < 0 || l.ModifiedSpan+l.CreatedSpan <= 0 ||
		l.ModifiedSpan < 0 || l.CreatedSpan < 0 || l.ModifiedSpan%1000 != 0 || l.CreatedSpan%1000 != 0 {
		t.Errorf("limits %+v", l)
	}
	if o := api.OAuth; o != nil && ((o.AuthorizeURL == nil) != (o.Exchange == nil) || o.Exchange == nil && o.Fetch == nil) {
		t.Error("an OAuth that leads to no token")
	}
	var says []channel.Capability
	for _, c := range s.m.Capabilities {
		if !slices.Contains(fileSide, c) {
			says = append(says, c)
		}
	}
	does := channel.Implemented(Dial(t, s.m, s.a, s.mute(t)))
	slices.Sort(says)
	slices.Sort(does)
	if !slices.Equal(says, does) {
		t.Errorf("the manifest says %v, the client does %v", says, does)
	}
	if s.m.Can(channel.ShipLines) && !s.m.Can(channel.ShipOrders) {
		t.Error("ships lines but no orders")
	}
}

func (s suite) mute(t *testing.T) RoundTrip {
	return func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, io.ErrUnexpectedEOF
	}
}

func (s suite) credentials(t *testing.T) {
	for _, c := range s.m.API.Credentials {
		a := Access(s.m, s.a, s.mute(t))
		a.Credentials = map[string]string{}
		for k, v := range s.a.Credentials {
			if k != c.Name {
				a.Credentials[k] = v
			}
		}
		_, err := s.m.API.Open(a)
		if e := errs.As(err); !c.Optional && (!errors.Is(err, channel.ErrCredentials) || e.Field != c.Name) || c.Optional && err != nil {
			t.Errorf("without %s: %v", c.Name, err)
		}
	}
}

// secretsIn fails when an error tells a credential or token.
func (s suite) secretsIn(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	for _, c := range s.m.API.Credentials {
		if v := s.a.Credentials[c.Name]; c.Secret && v != "" && strings.Contains(text, v) {
			t.Errorf("the error tells %s: %s", c.Name, text)
		}
	}
	for _, v := range []string{s.a.Token.Access, s.a.Token.Refresh} {
		if v != "" && strings.Contains(text, v) {
			t.Errorf("the error tells a token: %s", text)
		}
	}
}

func (s suite) fault(t *testing.T, f Fault) {
	c := Dial(t, s.m, s.a, Answered(f.Status, f.Header, f.Body))
	_, listErr := c.List(t.Context(), s.query())
	for what, err := range map[string]error{"test": c.Test(t.Context()), "list": listErr} {
		if !errors.Is(err, f.Want) {
			t.Errorf("%s: %v, want %s", what, err, f.Want.Code)
			continue
		}
		s.secretsIn(t, err)
		if e := errs.As(err); f.RetryMS != 0 && e.Params["retry_ms"] != f.RetryMS {
			t.Errorf("%s: wait %v, want %d", what, e.Params["retry_ms"], f.RetryMS)
		}
	}
}

func (s suite) query() channel.Query {
	to := At.UnixMilli()
	q := channel.Query{Stream: channel.ByModified, From: to - s.m.API.Limits.ModifiedSpan, To: to, Page: 1, Size: s.m.API.Limits.PageSize}
	if s.m.API.Limits.ModifiedSpan == 0 {
		q.Stream, q.From = channel.ByCreated, to-s.m.API.Limits.CreatedSpan
	}
	return q
}

func (s suite) list(t *testing.T, l Listed) {
	q := s.query()
	if l.Query != (channel.Query{}) {
		q = l.Query
	}
	c := Dial(t, s.m, s.a, Answered(0, http.Header{"Date": {"Wed, 11 Nov 2026 01:00:00 GMT"}}, l.Body))
	p, err := c.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var nos []string
	for _, i := range p.Items {
		nos = append(nos, i.No)
	}
	if !slices.Equal(nos, l.Nos) || p.Total != l.Total || p.More != l.More || p.ServerAt == 0 {
		t.Errorf("%v of %d, more %v, at %d", nos, p.Total, p.More, p.ServerAt)
	}
}

// words are the effects that say something about an order.
func words(c channel.Client, orderNo string, out map[string]func(context.Context) error) {
	if x, ok := c.(channel.MemoWriter); ok {
		out["memo"] = func(ctx context.Context) error {
			return x.WriteMemo(ctx, channel.Memo{OrderNo: orderNo, Text: "包好", Flag: 1})
		}
	}
	if x, ok := c.(channel.BuyerMessenger); ok {
		out["tell the buyer"] = func(ctx context.Context) error {
			return x.TellBuyer(ctx, channel.BuyerMessage{Key: "k7", OrderNo: orderNo, Text: "请补全门牌号"})
		}
	}
	if x, ok := c.(channel.AddressAnswerer); ok {
		out["answer address"] = func(ctx context.Context) error {
			return x.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: orderNo, Accept: true})
		}
	}
	if x, ok := c.(channel.AddressChanger); ok {
		out["change address"] = func(ctx context.Context) error {
			return x.ChangeAddress(ctx, orderNo, channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"})
		}
	}
}

// effects are one call of every effect a client has.
func effects(c channel.Client) map[string]func(context.Context) error {
	out := map[string]func(context.Context) error{}
	ship := channel.ShipRequest{Key: "k1", OrderNo: "9007199254740993001", Carrier: "ZTO", Waybill: "73100000000000", Last: true, Text: "毛巾",
		ReceiverPhone: "138****1234",
		All:           []channel.Parcel{{Carrier: "ZTO", Waybill: "73100000000000"}}}
	if x, ok := c.(channel.Shipper); ok {
		out["ship"] = func(ctx context.Context) error { return x.Ship(ctx, ship) }
	}
	if x, ok := c.(channel.ParcelAppender); ok {
		out["append parcel"] = func(ctx context.Context) error { return x.AppendParcel(ctx, ship) }
	}
	if x, ok := c.(channel.NumberlessShipper); ok {
		for _, way := range []channel.Way{channel.NothingTravels, channel.BuyerFetches, channel.TownCourier} {
			bare := channel.ShipRequest{Key: "k5", OrderNo: ship.OrderNo, Last: true, Text: "毛巾", How: way}
			out["ship without a number, "+string(way)] = func(ctx context.Context) error { return x.ShipWithoutNumber(ctx, bare) }
		}
	}
	if x, ok := c.(channel.WaybillChanger); ok {
		out["change waybill"] = func(ctx context.Context) error { return x.ChangeWaybill(ctx, ship, "YTO", "YT2600216627986") }
	}
	if x, ok := c.(channel.Closer); ok {
		out["close"] = func(ctx context.Context) error { return x.CloseOrder(ctx, ship.OrderNo, "缺货") }
	}
	words(c, ship.OrderNo, out)
	if x, ok := c.(channel.PriceChanger); ok {
		out["change price"] = func(ctx context.Context) error {
			return x.ChangePrice(ctx, channel.PriceChange{OrderNo: ship.OrderNo, Lines: []channel.LinePrice{{LineNo: "1", Was: 3000, Now: 2000}}, Freight: 100})
		}
	}
	if x, ok := c.(channel.StockPusher); ok {
		out["stock"] = func(ctx context.Context) error {
			each, err := x.PushStock(ctx, []channel.StockLevel{{Key: "k2", ItemNo: "81", SKUNo: "811", Code: "TW-01", Quantity: 5}})
			for _, e := range each {
				err = errors.Join(err, e)
			}
			return err
		}
	}
	if x, ok := c.(channel.WaybillIssuer); ok {
		out["issue waybill"] = func(ctx context.Context) error {
			_, err := x.IssueWaybill(ctx, parcel("k4"))
			return err
		}
		if u, ok := c.(channel.WaybillUpdater); ok {
			out["update waybill"] = func(ctx context.Context) error {
				_, err := u.UpdateWaybill(ctx, issuedBefore, parcel("k4"))
				return err
			}
		}
		out["cancel waybill"] = func(ctx context.Context) error { return x.CancelWaybill(ctx, issuedBefore) }
	}
	if x, ok := c.(channel.PrintTeller); ok {
		out["tell what was printed"] = func(ctx context.Context) error { return x.TellPrinted(ctx, issuedBefore, false) }
	}
	if x, ok := c.(channel.AftersaleDecider); ok {
		out["decide"] = func(ctx context.Context) error {
			return x.DecideAftersale(ctx, channel.Decision{Key: "k3", Approve: true, AmountFen: 3780, ReturnAddressNo: "5",
				Case: channel.Case{No: "7001", OrderNo: ship.OrderNo, LineNo: "1", Kind: "return", State: channel.AftersaleRequested, Version: "3", RefundFen: 3780}})
		}
	}
	return out
}

// silence: the effect's own request gets no answer.
func (s suite) silence(t *testing.T) {
	secret := errors.New("connection reset")
	c := Dial(t, s.m, s.a, s.unless(func(*http.Request) (*http.Response, error) { return nil, secret }))
	for name, do := range effects(c) {
		err := do(t.Context())
		if !errors.Is(err, channel.ErrUnknownOutcome) {
			t.Errorf("%s: %v", name, err)
		}
		s.secretsIn(t, err)
	}
	if err := c.Test(t.Context()); !errors.Is(err, channel.ErrUnavailable) {
		t.Errorf("a question: %v", err)
	} else {
		s.secretsIn(t, err)
	}
}

// unless answers what an effect looks up first, and leaves the rest to next.
func (s suite) unless(next RoundTrip) RoundTrip {
	return func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		if r.URL.Host != "channel.example" {
			return nil, errors.New("a request to " + r.URL.Host + " instead of the base URL")
		}
		if s.a.Looked != nil {
			if answer, ok := s.a.Looked(r, string(body)); ok {
				return Answered(0, nil, answer)(r)
			}
		}
		return next(r)
	}
}

// garbage: a page of a proxy instead of the channel's answer.
func (s suite) garbage(t *testing.T) {
	for _, page := range []struct {
		status int
		body   string
	}{{502, "<html>Bad Gateway</html>"}, {200, "<html>login to the hotel's network</html>"}, {200, ""}} {
		c := Dial(t, s.m, s.a, s.unless(Answered(page.status, nil, page.body)))
		for name, do := range effects(c) {
			if err := do(t.Context()); !errors.Is(err, channel.ErrUnknownOutcome) {
				t.Errorf("%s, %d %q: %v", name, page.status, page.body, err)
			}
		}
		if err := c.Test(t.Context()); !errors.Is(err, channel.ErrAnswer) && !errors.Is(err, channel.ErrUnavailable) {
			t.Errorf("a question, %d %q: %v", page.status, page.body, err)
		}
	}
}

func (s suite) order(t *testing.T, o RawOrder) {
	c := Dial(t, s.m, s.a, s.mute(t))
	want, err := c.Map(o.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if want.Status == "" || want.ChannelOrderNo == "" || len(want.Lines) == 0 || want.PlacedAt == 0 {
		t.Errorf("incomplete: %+v", want)
	}
	same := func(what string, raw []byte) {
		t.Helper()
		got, err := c.Map(raw)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", what, err, got, want)
		}
	}
	same("again", o.Raw)
	here := time.Local
	defer func() { time.Local = here }()
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("New York", -5*3600)} {
		time.Local = zone
		same("on a machine in "+zone.String(), o.Raw)
	}
	same("with ids as the other kind", render(t, swapped(parse(t, o.Raw))))
	if o.Status != "" {
		got, err := c.Map(render(t, replaced(parse(t, o.Raw), o.Status, odd)))
		if err != nil || got.Status != "" || !strings.Contains(got.StatusRaw, "987") {
			t.Errorf("an unknown status: %q %q %v", got.Status, got.StatusRaw, err)
		}
		// The order is kept and held under that word, so the rest must be there.
		if got.ChannelOrderNo != want.ChannelOrderNo || len(got.Lines) != len(want.Lines) || got.PlacedAt != want.PlacedAt || got.PaidAt != want.PaidAt {
			t.Errorf("an unknown status took more with it: %+v", got)
		}
	}
	for _, p := range []struct {
		path string
		to   any
		want channel.Reason
	}{{o.No, nil, channel.MissingOrderNo}, {o.No, "", channel.MissingOrderNo}, {o.Quantity, json.Number("-1"), channel.BadQuantity}} {
		if p.path == "" {
			continue
		}
		tree := parse(t, o.Raw)
		for path := range strings.SplitSeq(p.path, ",") {
			tree = replaced(tree, path, func(any) any { return p.to })
		}
		if got, err := c.Map(render(t, tree)); !errors.Is(err, p.want.Err()) {
			t.Errorf("%s = %v: order %q, %v", p.path, p.to, got.ChannelOrderNo, err)
		}
	}
	s.broken(t, o.Raw, func(raw []byte) error { _, err := c.Map(raw); return err })
}

// odd is a status nobody knows, of the kind it was.
func odd(v any) any {
	if _, ok := v.(json.Number); ok {
		return json.Number("987")
	}
	return "987"
}

func (s suite) aftersale(t *testing.T, raw []byte) {
	c, ok := Dial(t, s.m, s.a, s.mute(t)).(channel.AftersaleLister)
	if !ok {
		t.Fatal("the client knows no cases")
	}
	want, err := c.MapAftersale(raw)
	if err != nil || want.No == "" || want.OrderNo == "" || want.State == "" || want.State == channel.AftersaleUnknown || want.Kind == "" || want.ModifiedAt == 0 {
		t.Fatalf("%+v %v", want, err)
	}
	if got, err := c.MapAftersale(render(t, swapped(parse(t, raw)))); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with ids as the other kind: %+v %v", got, err)
	}
	s.broken(t, raw, func(raw []byte) error { _, err := c.MapAftersale(raw); return err })
}

// broken puts null, nothing and values of the wrong kind in every place: the
// reading ends, and a refusal says why.
func (s suite) broken(t *testing.T, raw []byte, read func([]byte) error) {
	for _, path := range paths(parse(t, raw), "") {
		for _, v := range []any{nil, json.Number("-7"), json.Number("1e99"), "x", "", []any{}, []any{nil}, map[string]any{}, true} {
			err := read(render(t, replaced(parse(t, raw), path, func(any) any { return v })))
			if err != nil && !strings.HasPrefix(codeOf(err), "channel.file_") {
				t.Errorf("%s = %v: %v", path, v, err)
			}
			s.secretsIn(t, err)
		}
	}
	for _, junk := range []string{"", "{", "[]", "null", `"x"`, "{}"} {
		if err := read([]byte(junk)); !strings.HasPrefix(codeOf(err), "channel.file_") {
			t.Errorf("%q: %v", junk, err)
		}
	}
}

func codeOf(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return ""
}

func parse(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func render(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
