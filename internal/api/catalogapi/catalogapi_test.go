package catalogapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/catalogapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type desk struct {
	t   *testing.T
	k   *kit.Kit
	ctx context.Context
	s   *catalog.Service
	h   http.Handler
}

// newDesk serves the operations to "owner", and to "clerk" who may read and edit
// but sees no cost, and to "guest" who may only read.
func newDesk(t *testing.T, d *db.DB) *desk {
	k, ctx := kittest.New(t, d)
	x := &desk{t: t, k: k, ctx: ctx, s: catalog.New(k)}
	api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
		switch c.Bearer {
		case "clerk":
			return actor.From(kittest.As(ctx, "catalog.read", "catalog.edit"))
		case "guest":
			return actor.From(kittest.As(ctx, "catalog.read"))
		}
		return actor.From(ctx)
	}})
	catalogapi.Routes(api, k, x.s)
	x.h = api.Handler()
	return x
}

type reply map[string]any

func (x *desk) ask(who, method, path, body string) (int, reply) {
	x.t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return x.send(who, r)
}

func (x *desk) send(who string, r *http.Request) (int, reply) {
	x.t.Helper()
	r.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	out := reply{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			x.t.Fatalf("%s %s: %s", r.Method, r.URL, w.Body)
		}
	}
	return w.Code, out
}

// ok fails the test unless the answer is as expected.
func (x *desk) ok(want int, who, method, path, body string) reply {
	x.t.Helper()
	code, out := x.ask(who, method, path, body)
	if code != want {
		x.t.Fatalf("%s %s: %d %v, want %d", method, path, code, out, want)
	}
	return out
}

func items(r reply) []any { return r["items"].([]any) }

func TestASKUIsMadeChangedAndFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		k := x.ok(201, "owner", "POST", "/skus", `{"code":"MUG-1","name":"搪瓷杯","spec":"蓝色","cost_fen":1250,"weight_gram":0,"barcodes":["69012345"]}`)
		id := k["id"].(string)
		if k["name"] != "搪瓷杯 蓝色" || k["product_name"] != "搪瓷杯" || k["cost_fen"] != 1250.0 {
			t.Errorf("made %v", k)
		}
		if got := x.ok(200, "clerk", "GET", "/skus/"+id, ""); got["cost_fen"] != nil {
			t.Errorf("a clerk without field.cost reads %v", got["cost_fen"])
		}
		code, problem := x.ask("clerk", "PATCH", "/skus/"+id, `{"version":9,"spec":"红色"}`)
		if code != 409 || problem["code"] != "catalog.changed" {
			t.Errorf("an old version: %d %v", code, problem)
		}
		if got := x.ok(200, "clerk", "PATCH", "/skus/"+id, `{"version":1,"name":"搪瓷杯 蓝色","spec":"红色"}`); got["name"] != "搪瓷杯 红色" {
			t.Errorf("a new spec made the name %v", got["name"])
		}
		if code, _ := x.ask("guest", "PATCH", "/skus/"+id, `{"spec":"绿色"}`); code != 403 {
			t.Errorf("a guest changed a SKU: %d", code)
		}
		for _, q := range []string{"mug", "69012345", "搪瓷"} {
			if n := len(items(x.ok(200, "guest", "GET", "/skus?active=true&limit=20&q="+q, ""))); n != 1 {
				t.Errorf("q=%s finds %d", q, n)
			}
		}
		if n := len(items(x.ok(200, "guest", "GET", "/skus?active=false", ""))); n != 0 {
			t.Errorf("switched-off SKUs: %d", n)
		}
		plate := x.ok(201, "owner", "POST", "/skus", `{"product_name":"盘子","code":"PLATE"}`)
		set := x.ok(201, "owner", "POST", "/skus", `{"product_name":"套装","code":"SET"}`)
		set = x.ok(200, "owner", "POST", "/skus/"+set["id"].(string)+"/components",
			`{"components":[{"sku_id":"`+id+`","quantity":2,"share":60},{"sku_id":"`+plate["id"].(string)+`","quantity":1,"share":40}]}`)
		if set["is_bundle"] != true || len(set["components"].([]any)) != 2 {
			t.Errorf("bundle %v", set)
		}
		code, problem = x.ask("owner", "POST", "/skus", `{"product_name":"盘子","code":"PLATE"}`)
		if code != 409 || problem["code"] != "catalog.code_taken" {
			t.Errorf("a code twice: %d %v", code, problem)
		}
	})
}

func TestListingsAreMappedFromTheQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := x.s.EnsureListingsTx(ctx, tx, []catalog.Seen{
				{ShopID: 7, SKUNo: "1", MerchantCode: "TEE-S", Title: "白T恤", Spec: "S"},
				{ShopID: 7, SKUNo: "2", Title: "没有编码"}})
			return err
		})
		if n := len(items(x.ok(200, "guest", "GET", "/listings?mapped=false&shop_id=7", ""))); n != 2 {
			t.Errorf("%d in the queue", n)
		}
		p := items(x.ok(200, "guest", "GET", "/listings/proposals?limit=200", ""))
		if len(p) != 1 || p[0].(map[string]any)["sku_code"] != "TEE-S" {
			t.Errorf("proposals %v", p)
		}
		if done := x.ok(200, "clerk", "POST", "/listings/accept-proposals", `{"all":true}`); done["skus"] != 1.0 || done["mapped"] != 1.0 || done["left"] != false {
			t.Errorf("accepted %v", done)
		}
		left := items(x.ok(200, "guest", "GET", "/listings?mapped=false", ""))[0].(map[string]any)
		sku := items(x.ok(200, "guest", "GET", "/skus", ""))[0].(map[string]any)
		l := x.ok(200, "clerk", "POST", "/listings/"+left["id"].(string)+"/map", `{"sku_id":"`+sku["id"].(string)+`"}`)
		if l["sku_code"] != "TEE-S" || l["mapped_by"] != "hand" {
			t.Errorf("mapped %v", l)
		}
		if out := x.ok(200, "clerk", "POST", "/listings/map-bulk", `{"items":[{"listing_id":"`+left["id"].(string)+`","sku_id":"0"}]}`); items(out)[0].(map[string]any)["sku_id"] != "0" {
			t.Errorf("unmapped %v", out)
		}
		if code, _ := x.ask("guest", "POST", "/listings/accept-proposals", `{"all":true}`); code != 403 {
			t.Errorf("a guest accepted proposals: %d", code)
		}
	})
}

func TestATableGoesThroughUploadPreviewAndRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newDesk(t, d)
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		part, err := form.CreateFormFile("file", "商品.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte("SKU编码,商品名称,成本\nA,杯子,1.5\nB,,2\n")); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/api/v1/catalog-imports", &b)
		r.Header.Set("Content-Type", form.FormDataContentType())
		code, up := x.send("owner", r)
		if code != 201 || len(up["columns"].([]any)) != 3 || up["mapping"].(map[string]any)["cost"] != "成本" {
			t.Fatalf("uploaded: %d %v", code, up)
		}
		mapping, err := json.Marshal(reply{"mapping": up["mapping"]})
		if err != nil {
			t.Fatal(err)
		}
		path := "/catalog-imports/" + up["id"].(string)
		p := x.ok(200, "owner", "POST", path+"/preview", string(mapping))
		bad := p["bad"].([]any)
		if p["total"] != 2.0 || p["ok"] != 1.0 || len(bad) != 1 || bad[0].(map[string]any)["message"] != "没有编码为 B 的 SKU；要新建它，请给出商品名称" {
			t.Errorf("preview %v", p)
		}
		job := x.ok(202, "owner", "POST", path+"/run", string(mapping))
		if job["kind"] != catalog.JobImport || job["state"] != "waiting" {
			t.Errorf("job %v", job)
		}
		if err := x.k.Jobs.Drain(x.ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(items(x.ok(200, "guest", "GET", "/skus", ""))); n != 1 {
			t.Errorf("%d SKUs after the import", n)
		}
		if code, problem := x.ask("clerk", "POST", path+"/preview", string(mapping)); code != 404 || problem["code"] != "rowimport.not_found" {
			t.Errorf("somebody else's upload: %d %v", code, problem)
		}
	})
}
