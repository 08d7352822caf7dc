package viewapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/api/viewapi"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/seek"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
	"github.com/ordercove/ordercove/internal/view"
)

// platform ciphers like one: the index of a text is the same in every cipher of a shop.
type platform struct {
	calls map[id.ID]int
	fault map[id.ID]error
}

func index(shop id.ID, field, plain string) string {
	sum := sha256.Sum256([]byte(shop.String() + field + plain))
	return base64.StdEncoding.EncodeToString(sum[:9])
}

func (p *platform) SearchIndex(_ context.Context, shopID id.ID, field, plain string) (string, error) {
	p.calls[shopID]++
	return index(shopID, field, plain), p.fault[shopID]
}

// ciphered is a receiver as that platform's connector maps it.
func ciphered(shop id.ID, name, phone string) order.Receiver {
	cipher := func(field, plain string) (text, cut string) {
		text = "$" + index(shop, field, plain) + "$Y2lwaGVy$1$$"
		cut, _, _ = wire.Searchable(text, '$')
		return text, cut
	}
	r := order.Receiver{Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "$$", Encrypted: true}
	r.Name, r.NameIndex = cipher("name", name)
	r.Phone, r.PhoneIndex = cipher("phone", phone)
	return r
}

type site struct {
	*ordertest.World
	h http.Handler
	// who acts; changed by tests of rights.
	who actor.Actor
	p   *platform
}

// Channels of the test: one is searched, one ciphers and is not, one does neither.
const sealing, silent = "sealmall", "mutemall"

func open(t *testing.T, d *db.DB) (*site, context.Context) {
	w, ctx := ordertest.New(t, d)
	s := &site{World: w, p: &platform{calls: map[id.ID]int{}, fault: map[id.ID]error{}}}
	s.who, _ = actor.From(ctx)
	api := &channel.API{}
	manifests := []channel.Manifest{{Code: sealing, API: api, Capabilities: []channel.Capability{channel.DecryptReceivers, channel.SearchIndexes}},
		{Code: silent, API: api, Capabilities: []channel.Capability{channel.DecryptReceivers}}, {Code: shoptest.Channel, API: api}}
	routes := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return s.who, nil }})
	viewapi.Routes(routes, view.New(w.Kit, w.Orders, view.Seeking(seek.New(w.Kit, manifests, s.p).Tokens)), nil)
	s.h = routes.Handler()
	return s, ctx
}

type listed struct {
	Items []struct {
		ChannelOrderNo string `json:"channel_order_no"`
	} `json:"items"`
	Unasked []view.Unasked `json:"unasked"`
}

func (s *site) get(t *testing.T, path string, out any) {
	t.Helper()
	r := httptest.NewRequest("GET", "http://127.0.0.1"+web.Prefix+path, nil)
	r.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		t.Fatalf("%s: %s", path, w.Body)
	}
}

// find asks for the orders that a filter names, and which shops could not be asked.
func (s *site) find(t *testing.T, filter ...string) (nos, missed []string) {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(filter); i += 2 {
		q.Set(filter[i], filter[i+1])
	}
	var l listed
	s.get(t, "/orders?"+q.Encode(), &l)
	for _, o := range l.Items {
		nos = append(nos, o.ChannelOrderNo)
	}
	for _, u := range l.Unasked {
		if u.Message == "" {
			t.Errorf("%+v", u)
		}
		missed = append(missed, u.ShopName+" "+u.Code)
	}
	slices.Sort(nos)
	slices.Sort(missed)
	return nos, missed
}

func TestCipheredReceiversAreFoundByTheirWholePhoneAndName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := open(t, d)
		shops := shop.New(s.Kit, []string{sealing, silent})
		add := func(code, name, mode string) shop.Shop {
			return shoptest.Add(t, ctx, shops, name, func(in *shop.CreateInput) { in.Channel, in.Mode = code, mode })
		}
		one, two := add(sealing, "一号店", shop.ModeAPI), add(sealing, "二号店", shop.ModeAPI)
		mute, file := add(silent, "哑店", shop.ModeAPI), add(sealing, "文件店", shop.ModeFile)
		plain := order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路 8 号"}
		for _, o := range []struct {
			no   string
			shop shop.Shop
			r    order.Receiver
		}{{"A1", one, ciphered(one.ID, "赵小满", "13800001234")}, {"A2", one, ciphered(one.ID, "钱多多", "13911112222")}, {"A3", one, ciphered(one.ID, "赵小满", "13700001234")},
			{"B1", two, ciphered(two.ID, "孙小满", "13800001234")}, {"M1", mute, order.Receiver{Name: "#x", Phone: "#y", Detail: "#z", Encrypted: true}}, {"P1", file, plain}} {
			doc := s.Doc(o.no, "A-1")
			doc.Receiver = o.r
			kittest.InTx(t, s.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
				got, err := s.Orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: o.shop, Doc: doc, Source: order.SourceAPI, SourceAt: 1}})
				for _, a := range got {
					if a.Err != nil {
						return a.Err
					}
				}
				return err
			})
		}
		check := func(what string, calls int, want, unasked []string, filter ...string) {
			t.Helper()
			before := s.p.calls[one.ID] + s.p.calls[two.ID]
			nos, missed := s.find(t, filter...)
			if after := s.p.calls[one.ID] + s.p.calls[two.ID]; !slices.Equal(nos, want) || !slices.Equal(missed, unasked) || after-before != calls {
				t.Errorf("%s: %q, unasked %q, %d calls; want %q, %q, %d", what, nos, missed, after-before, want, unasked, calls)
			}
		}
		cannot := []string{"哑店 seek.unsearchable"}
		check("a whole number", 2, []string{"A1", "B1", "P1"}, cannot, "phone", "13800001234")
		check("written otherwise, the answer is still known", 0, []string{"A1", "B1", "P1"}, cannot, "phone", "+86 138 0000 1234")
		check("in the one search box", 0, []string{"A1", "B1", "P1"}, cannot, "q", "13800001234")
		check("another sort and shop", 0, []string{"A1"}, nil, "phone", "13800001234", "shop_id", one.ID.String(), "sort", "placed_asc")
		check("four digits ask nobody", 0, []string{"P1"}, nil, "phone", "1234")
		check("a whole name", 2, []string{"A1", "A3", "P1"}, cannot, "receiver", "赵小满")
		check("a name in the one search box", 0, []string{"A1", "A3", "P1"}, cannot, "q", "赵小满")
		check("both", 0, []string{"A1", "P1"}, cannot, "receiver", "赵小满", "phone", "13800001234")
		check("a number nobody has", 2, nil, cannot, "phone", "13800009999")
		var counted struct{ Counts map[string]view.Count }
		s.get(t, "/orders/counts?phone=13800001234", &counted)
		if counted.Counts["all"].N != 3 {
			t.Errorf("counted %+v", counted.Counts["all"])
		}
		if s.p.calls[mute.ID]+s.p.calls[file.ID] != 0 {
			t.Errorf("asked %v", s.p.calls)
		}

		s.p.fault[one.ID] = channel.Throttled(60_000, "ban")
		s.p.fault[two.ID] = fmt.Errorf("a broken line")
		missed := append([]string{"一号店 channel.throttled", "二号店 channel.unavailable"}, cannot...)
		slices.Sort(missed)
		check("where channels fail the search does not", 2, nil, missed, "phone", "13911112222")
		delete(s.p.fault, one.ID)
		check("nor are they asked at once again", 0, nil, missed, "phone", "13911112222")
		kittest.Clock(s.Kit).Advance(time.Minute)
		missed = slices.DeleteFunc(missed, func(m string) bool { return strings.HasPrefix(m, "一") })
		check("a minute later", 2, []string{"A2"}, missed, "phone", "13911112222")
		delete(s.p.fault, two.ID)
		kittest.Clock(s.Kit).Advance(time.Hour)
		check("an hour later nothing is kept", 2, []string{"A1", "B1", "P1"}, cannot, "phone", "13800001234")

		s.who.Scope = map[string][]id.ID{shop.Scope: {two.ID}}
		kittest.Clock(s.Kit).Advance(time.Hour)
		check("whose shops are fewer asks for them only", 1, []string{"B1"}, nil, "phone", "13800001234")
	})
}
