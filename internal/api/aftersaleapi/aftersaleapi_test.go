package aftersaleapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/api/aftersaleapi"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

type reply = map[string]any

// door is the operations over one merchant with one shipped order and its return.
type door struct {
	t *testing.T
	h http.Handler
	n int
}

func (d *door) ask(status int, who, method, path, body string) reply {
	d.t.Helper()
	d.n++
	r := httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+who)
	r.Header.Set("Accept-Language", "en-US")
	if method != "GET" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", fmt.Sprint("key-", d.n))
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	var out reply
	_ = json.Unmarshal(w.Body.Bytes(), &out)
	if w.Code != status {
		d.t.Fatalf("%s %s: %d, not %d: %s", method, path, w.Code, status, w.Body)
	}
	return out
}

func items(r reply) []any { return r["items"].([]any) }

func TestCasesAndReturnsOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		s := aftersale.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders, fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders), setting.New(w.Kit, aftersale.Settings()...), aftersale.Around{
			Decides: func(shop.Shop) bool { return true },
			TellTx:  func(context.Context, *db.Tx, aftersale.Telling) (id.ID, error) { return w.Kit.IDs.New(), nil },
			Answers: func(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID]aftersale.Answer, error) {
				out := map[id.ID]aftersale.Answer{}
				for _, i := range ids {
					out[i] = aftersale.Answer{State: "refused", Code: "send.case_changed"}
				}
				return out, nil
			},
			Words: func(context.Context, id.ID, string) (aftersale.Words, error) {
				return aftersale.Words{Note: "压坏了", Evidence: []string{"https://img.example.com/1.jpg"}}, nil
			},
			Limit: func(context.Context) (*money.Fen, error) { return nil, nil },
		})
		api := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			switch c.Bearer {
			case "warehouse":
				return actor.From(kittest.As(ctx, aftersale.PermitRead, aftersale.PermitReceive))
			case "guest":
				return actor.From(kittest.As(ctx, "order.read"))
			}
			return actor.From(ctx)
		}})
		aftersaleapi.Routes(api, s)
		x := &door{t: t, h: api.Handler()}

		w.SKU(ctx, "A", 5)
		doc := w.Doc("O1", "A")
		doc.Lines[0].ChannelLineNo = "L1"
		o := w.One(ctx, 0, doc)
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		if err := w.Ship(ctx, o.ID, "YT1234567890123"); err != nil {
			t.Fatal(err)
		}
		now := clock.Millis(w.Kit.Clock)
		kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.AbsorbTx(ctx, tx, w.Shop.ID, []aftersale.Told{{No: "S1", OrderNo: "O1", LineNo: "L1", Kind: "return", State: aftersale.Requested, StateRaw: "WAIT", Version: "1",
				Refund: 5000, Quantity: 1, Reason: "尺码不合", OpenedAt: now, ModifiedAt: now, RespondByAt: now + 3600_000}})
		})
		x.ask(403, "guest", "GET", "/aftersales", "")
		list := items(x.ask(200, "owner", "GET", "/aftersales?state=requested&kind=return&sort=due", ""))
		c := list[0].(reply)
		path := "/aftersales/" + c["id"].(string)
		if len(list) != 1 || c["advice"] != "agree_return" || c["why"] != "goods_return" || c["refund_fen"] != 5000.0 || c["parcel"] != "shipped" || c["decidable"] != true {
			t.Fatalf("%v", c)
		}
		if hidden := items(x.ask(200, "warehouse", "GET", "/aftersales", ""))[0].(reply); hidden["refund_fen"] != nil || hidden["lines"].([]any)[0].(reply)["paid_fen"] != nil {
			t.Errorf("the warehouse sees amounts: %v", hidden)
		}
		if n := x.ask(200, "owner", "GET", "/aftersales/counts", ""); n["states"].(reply)["requested"] != 1.0 {
			t.Errorf("%v", n)
		}
		if one := x.ask(200, "owner", "GET", path, ""); one["buyer_note"] != "压坏了" || len(one["evidence"].([]any)) != 1 || len(one["history"].([]any)) != 1 {
			t.Errorf("%v", one)
		}
		x.ask(404, "owner", "GET", "/aftersales/5", "")
		x.ask(403, "warehouse", "POST", path+"/decision", `{"case_version":"1","approve":true,"amount_fen":1}`)
		x.ask(422, "owner", "POST", path+"/decision", `{"case_version":"1","approve":false}`)
		chosen := `{"cases":[{"case_id":"` + c["id"].(string) + `","case_version":"1"}]}`
		if f := x.ask(200, "owner", "POST", "/aftersales/agree/preview", chosen); len(f["agree"].([]any)) != 1 || f["amount_fen"] != 5000.0 {
			t.Errorf("%v", f)
		}
		if got := x.ask(200, "owner", "POST", path+"/decision", `{"case_version":"1","approve":true,"amount_fen":5000}`); got["answer"].(reply)["state"] != "refused" || got["answer"].(reply)["message"] == "" {
			t.Errorf("%v", got)
		}
		if j := x.ask(202, "owner", "POST", "/aftersales/agree", chosen); j["kind"] != aftersale.JobAgree {
			t.Errorf("%v", j)
		}
		house := w.Warehouse.String()
		x.ask(403, "guest", "GET", "/returns/find?code=O1-1", "")
		p := x.ask(200, "warehouse", "POST", "/returns/arrivals", `{"waybill_no":"SF1000200030004","warehouse_id":"`+house+`"}`)
		if p["state"] != "unclaimed" {
			t.Fatalf("%v", p)
		}
		x.ask(200, "warehouse", "POST", "/returns/"+p["id"].(string)+"/match", `{"case_id":"`+c["id"].(string)+`"}`)
		found := x.ask(200, "warehouse", "GET", "/returns/find?code=SF1000200030004", "")
		if len(found["parcels"].([]any)) != 1 {
			t.Errorf("%v", found)
		}
		line := c["lines"].([]any)[0].(reply)["line_id"].(string)
		receive := `{"case_id":"` + c["id"].(string) + `","waybill_no":"SF1000200030004","warehouse_id":"` + house + `","lines":[{"line_id":"` + line + `","good":1}]}`
		if p = x.ask(200, "warehouse", "POST", "/returns", receive); p["state"] != "inspected" || len(p["lines"].([]any)) != 1 {
			t.Errorf("%v", p)
		}
		if again := x.ask(409, "warehouse", "POST", "/returns", receive); again["code"] != "aftersale.received" {
			t.Errorf("%v", again)
		}
		if all := items(x.ask(200, "warehouse", "GET", "/returns?state=inspected", "")); len(all) != 1 {
			t.Errorf("%v", all)
		}
		x.ask(409, "owner", "POST", path+"/give-up", `{"reason":"x"}`)
	})
}
