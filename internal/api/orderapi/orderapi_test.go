package orderapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/api/orderapi"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/bulk"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/reveal"
	"github.com/ordercove/ordercove/internal/view"
)

type site struct {
	*ordertest.World
	ctx context.Context
	h   http.Handler
	// who acts; changed by tests of rights.
	who actor.Actor
}

func open(t *testing.T, d *db.DB) *site {
	w, ctx := ordertest.New(t, d)
	s := &site{World: w, ctx: ctx}
	s.who, _ = actor.From(ctx)
	api := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return s.who, nil }})
	orderapi.Routes(api, w.Orders, bulk.New(w.Kit, w.Orders), intake.New(w.Kit, w.Orders, w.Shops, w.Catalog), view.New(w.Kit, w.Orders), w.Kit.Jobs)
	orderapi.Reveal(api, reveal.New(w.Kit, w.Orders, func(context.Context, order.Order, []reveal.Field, string) ([]string, error) {
		return nil, reveal.ErrNoOpener
	}))
	s.h = api.Handler()
	return s
}

// ask posts a body and reads the answer; it returns the status and a problem's code.
func (s *site) ask(t *testing.T, path, body, key string, out any) (int, string) {
	t.Helper()
	r := httptest.NewRequest("POST", "http://127.0.0.1"+web.Prefix+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer x")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	var p struct{ Code string }
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s: %s", path, w.Body)
		}
		return w.Code, p.Code
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s: %s", path, w.Body)
		}
	}
	return w.Code, ""
}

type result struct {
	OrderID        string   `json:"order_id"`
	Version        int64    `json:"version"`
	State          string   `json:"state"`
	AllowedActions []string `json:"allowed_actions"`
}

func TestAnOrderIsReviewedMarkedAndClosedOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.SKU(s.ctx, "A-1", 10)
		o := s.One(s.ctx, 0, s.Doc("1001", "A-1"))
		at := "/orders/" + o.ID.String()
		var r result
		steps := []struct {
			path, body string
			status     int
			code       string
			state      string
		}{
			{"/approve", `{"version":99}`, 409, "order.changed", ""},
			{"/approve", fmt.Sprintf(`{"version":%d}`, o.Version), 200, "", "awaiting_shipment"},
			{"/approve", `{}`, 409, "order.action_not_allowed", ""},
			{"/hold", `{"note":"等买家"}`, 200, "", "awaiting_shipment"},
			{"/release", `{"kind":"manual"}`, 200, "", "awaiting_shipment"},
			{"/release", `{"kind":"nonsense"}`, 409, "order.action_not_allowed", ""},
			{"/revoke-approval", `{}`, 200, "", "awaiting_approval"},
			{"/note", `{"seller_note":"送贺卡"}`, 200, "", "awaiting_approval"},
			{"/flag", `{"flag":9}`, 422, "web.invalid", ""},
			{"/flag", `{"flag":3}`, 200, "", "awaiting_approval"},
			{"/tag", `{"add":["加急"]}`, 200, "", "awaiting_approval"},
			{"/tag", `{"add":["a,b"]}`, 422, "order.bad_tag", ""},
			{"/read", `{}`, 200, "", "awaiting_approval"},
			{"/read", `{}`, 409, "order.action_not_allowed", ""},
			{"/unread", `{}`, 200, "", "awaiting_approval"},
			{"/change-address", `{"receiver":{"name":"周","phone":"139","detail":""}}`, 422, "order.bad_receiver", ""},
			{"/change-address", `{"receiver":{"name":"周周","phone":"13700001111","province":"浙江省","city":"杭州市","detail":"湖滨路 3 号"}}`, 200, "", "awaiting_approval"},
			{"/change-lines", fmt.Sprintf(`{"lines":[{"line_id":"%d","quantity":2}]}`, o.Lines[0].ID), 200, "", "awaiting_approval"},
			{"/adjust-price", `{"freight_fen":0}`, 409, "order.action_not_allowed", ""},
			{"/adopt", `{}`, 409, "order.action_not_allowed", ""},
			{"/archive", `{}`, 409, "order.action_not_allowed", ""},
			{"/close", `{"reason":""}`, 422, "web.invalid", ""},
			{"/close", `{"reason":"other","colour":"red"}`, 422, "web.invalid", ""},
			{"/close", `{"reason":"buyer_cancelled"}`, 200, "", "closed"},
			{"/archive", `{}`, 200, "", "closed"},
			{"/unarchive", `{}`, 200, "", "closed"},
		}
		for i, c := range steps {
			r = result{}
			status, code := s.ask(t, at+c.path, c.body, fmt.Sprintf("step-%d", i), &r)
			if status != c.status || c.code != "" && c.code != code && !strings.HasPrefix(c.code, "web.") || r.State != c.state {
				t.Errorf("%d: %s %s answers %d %s %s, want %d %s %s", i, c.path, c.body, status, code, r.State, c.status, c.code, c.state)
			}
		}
		if status, code := s.ask(t, "/orders/99/approve", `{}`, "", nil); status != 404 || code != "order.not_found" {
			t.Errorf("%d %s", status, code)
		}
		var shown map[string]string
		if status, _ := s.ask(t, at+"/reveal", `{"fields":["phone","address"],"reason":"核对地址"}`, "", &shown); status != 200 || shown["phone"] != "13700001111" || shown["name"] != "" || shown["address"] != "湖滨路 3 号" {
			t.Errorf("%d %v", status, shown)
		}
	})
}

func TestTheSameKeyAnswersTheSameAndDoesNothingTwice(t *testing.T) {
	d := dbtest.SQLite(t)
	s := open(t, d)
	sku := s.SKU(s.ctx, "A-1", 10)
	body := fmt.Sprintf(`{"shop_id":"%d","paid":true,"receiver":{"name":"周周","phone":"13700001111","detail":"湖滨路 3 号"},"lines":[{"sku_id":"%d","quantity":1,"price_fen":1000}]}`, s.Shop.ID, sku)
	var one, two result
	if status, code := s.ask(t, "/orders", body, "make-1", &one); status != 201 {
		t.Fatal(status, code)
	}
	if status, _ := s.ask(t, "/orders", body, "make-1", &two); status != 201 || one.OrderID != two.OrderID {
		t.Errorf("%+v %+v", one, two)
	}
	if status, code := s.ask(t, "/orders", strings.Replace(body, "1000", "2000", 1), "make-1", nil); status != 409 || code != "command.key_reused" {
		t.Error(status, code)
	}
	var n int
	if err := s.Kit.DB.QueryRow(s.ctx, `SELECT COUNT(*) FROM order_head WHERE merchant_id = ?`, kittest.Merchant).Scan(&n); err != nil || n != 1 {
		t.Error(n, err)
	}
}

type bulkBody struct {
	Will int64 `json:"will"`
	Skip []struct {
		Code    string
		N       int64
		Message string
		Sample  []string
	} `json:"skip"`
	OK     int64 `json:"ok"`
	Failed []struct {
		OrderID        string `json:"order_id"`
		ChannelOrderNo string `json:"channel_order_no"`
		Code, Message  string
	} `json:"failed"`
	Job *struct {
		ID    id.ID
		State string
	} `json:"job"`
}

func TestABulkActionSaysWhatItSkipsThenDoesTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.SKU(s.ctx, "A-1", 1000)
		docs := make([]order.Document, 5)
		for i := range docs {
			docs[i] = s.Doc(fmt.Sprintf("B%03d", i), "A-1")
		}
		docs[3].Lines[0].MerchantSKUCode = "NOBODY-KNOWS"
		ids := make([]string, len(docs))
		for i, a := range s.Apply(s.ctx, 0, docs...) {
			ids[i] = `"` + a.OrderID.String() + `"`
		}
		body := func(dry bool) string {
			return fmt.Sprintf(`{"ids":[%s,"77"],"dry_run":%v}`, strings.Join(ids, ","), dry)
		}
		var b bulkBody
		if status, code := s.ask(t, "/orders/bulk/approve", body(true), "", &b); status != 200 || b.Will != 4 || len(b.Skip) != 2 {
			t.Fatalf("%d %s %+v", status, code, b)
		}
		for _, k := range b.Skip {
			if k.Message == k.Code || k.Code == "order.on_hold" && (k.N != 1 || k.Sample[0] != "B003" || !strings.Contains(k.Message, order.RuleOf(order.HoldUnmapped).ZH)) {
				t.Errorf("%+v", k)
			}
		}
		b = bulkBody{}
		if status, _ := s.ask(t, "/orders/bulk/approve", body(false), "", &b); status != 200 || b.OK != 4 || len(b.Failed) != 2 || b.Job != nil {
			t.Fatalf("%d %+v", status, b)
		}
		s.who = actor.Actor{MerchantID: kittest.Merchant, ID: 9, Kind: actor.User, Permissions: []string{"order.read"}}
		if status, code := s.ask(t, "/orders/bulk/approve", body(false), "", nil); status != 403 || code != "actor.forbidden" {
			t.Error(status, code)
		}
	})
}

func TestALargeBulkActionBecomesAJobWithOneRowPerFailure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.SKU(s.ctx, "A-1", 1000)
		docs := make([]order.Document, 230)
		for i := range docs {
			docs[i] = s.Doc(fmt.Sprintf("J%03d", i), "A-1")
		}
		docs[7].Lines[0].MerchantSKUCode = "NOBODY-KNOWS"
		s.Apply(s.ctx, 0, docs...)
		var b bulkBody
		if status, code := s.ask(t, "/orders/bulk/approve", `{"filter":{"tab":"awaiting_approval"}}`, "", &b); status != 202 || b.Job == nil {
			t.Fatalf("%d %s %+v", status, code, b)
		}
		if err := s.Kit.Jobs.Drain(s.ctx); err != nil {
			t.Fatal(err)
		}
		j, err := s.Kit.Jobs.Get(s.ctx, b.Job.ID)
		if err != nil || j.State != "succeeded" || j.OKCount != 229 || j.FailedCount != 1 || !j.Retryable {
			t.Fatalf("%+v %v", j, err)
		}
		rows, _, err := s.Kit.Jobs.Rows(s.ctx, j.ID, "failed", "", 10)
		if err != nil || len(rows) != 1 || rows[0].Ref != "J007" || rows[0].Code != "order.on_hold" {
			t.Fatalf("%+v %v", rows, err)
		}
		again, err := s.Kit.Jobs.RetryFailed(s.ctx, j.ID)
		if err != nil || again.Total != 1 && again.State == "" {
			t.Fatal(again, err)
		}
		if err := s.Kit.Jobs.Drain(s.ctx); err != nil {
			t.Fatal(err)
		}
		if j, err = s.Kit.Jobs.Get(s.ctx, again.ID); err != nil || j.FailedCount != 1 || j.OKCount != 0 {
			t.Errorf("%+v %v", j, err)
		}
	})
}

func TestABulkActionIsTakenBackWhereNothingMovedOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.SKU(s.ctx, "A-1", 1000)
		docs := make([]order.Document, 203)
		for i := range docs {
			docs[i] = s.Doc(fmt.Sprintf("U%03d", i), "A-1")
		}
		made := s.Apply(s.ctx, 0, docs...)
		state := func(i int) order.State {
			t.Helper()
			all, err := s.Orders.LoadTx(s.ctx, d, []id.ID{made[i].OrderID})
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			return all[0].State
		}
		drain := func() {
			t.Helper()
			if err := s.Kit.Jobs.Drain(s.ctx); err != nil {
				t.Fatal(err)
			}
		}
		// One was approved before: it is not the job's to take back.
		if status, code := s.ask(t, "/orders/"+made[0].OrderID.String()+"/approve", `{}`, "", nil); status != 200 {
			t.Fatal(status, code)
		}
		ids := make([]string, len(made))
		for i, m := range made {
			ids[i] = `"` + m.OrderID.String() + `"`
		}
		var b bulkBody
		if status, code := s.ask(t, "/orders/bulk/approve", `{"ids":[`+strings.Join(ids, ",")+`]}`, "", &b); status != 202 || b.Job == nil {
			t.Fatalf("%d %s %+v", status, code, b)
		}
		if _, err := s.Kit.Jobs.Undo(s.ctx, b.Job.ID); !errors.Is(err, job.ErrNotUndoable) {
			t.Fatalf("a job that has not ended: %v", err)
		}
		drain()
		j, err := s.Kit.Jobs.Get(s.ctx, b.Job.ID)
		if err != nil || j.OKCount != 202 || j.FailedCount != 1 || !j.Undoable {
			t.Fatalf("%+v %v", j, err)
		}
		// One went on since: it stays as it is, with its reason.
		if status, code := s.ask(t, "/orders/"+made[1].OrderID.String()+"/revoke-approval", `{}`, "", nil); status != 200 {
			t.Fatal(status, code)
		}
		reader := actor.With(s.ctx, actor.Actor{MerchantID: kittest.Merchant, ID: 9, Kind: actor.User, Permissions: []string{"job.read"}})
		if _, err := s.Kit.Jobs.Undo(reader, j.ID); !errors.Is(err, actor.ErrForbidden) {
			t.Fatalf("without the right to revoke: %v", err)
		}
		back, err := s.Kit.Jobs.Undo(s.ctx, j.ID)
		if err != nil || back.Total != 201 {
			t.Fatalf("%+v %v", back, err)
		}
		if again, err := s.Kit.Jobs.Undo(s.ctx, j.ID); err != nil || again.ID != back.ID {
			t.Fatalf("asked twice: %+v %v", again, err)
		}
		drain()
		if back, err = s.Kit.Jobs.Get(s.ctx, back.ID); err != nil || back.OKCount != 201 || back.FailedCount != 0 {
			t.Fatalf("%+v %v", back, err)
		}
		for i, want := range []order.State{order.AwaitingShipment, order.AwaitingApproval, order.AwaitingApproval} {
			if got := state(i); got != want {
				t.Errorf("order %d is %s, not %s", i, got, want)
			}
		}

		var few struct {
			OK   int64
			Undo struct {
				Action string
				IDs    []string
				Kind   string
			}
		}
		if status, code := s.ask(t, "/orders/"+made[5].OrderID.String()+"/hold", `{"note":"先等"}`, "", nil); status != 200 {
			t.Fatal(status, code)
		}
		kittest.Clock(s.Kit).Advance(time.Second)
		if status, code := s.ask(t, "/orders/bulk/hold", `{"ids":[`+strings.Join(ids[4:7], ",")+`]}`, "", &few); status != 200 || few.OK != 3 {
			t.Fatalf("%d %s %+v", status, code, few)
		}
		if few.Undo.Action != "release" || few.Undo.Kind != string(order.HoldManual) || len(few.Undo.IDs) != 2 {
			t.Errorf("held before by somebody else: %+v", few.Undo)
		}
	})
}
