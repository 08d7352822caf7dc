package fulfillmentapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/fulfillment/legs"
	"github.com/ordercove/ordercove/internal/fulfillment/place"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/fulfillment/shipfile"
	"github.com/ordercove/ordercove/internal/fulfillment/suggest"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view"
)

type desk struct {
	t      *testing.T
	k      *kit.Kit
	ctx    context.Context
	h      http.Handler
	orders *order.Service
	shops  *shop.Service
	shop   shop.Shop
}

func open(t *testing.T, d *db.DB) *desk {
	k, ctx := kittest.New(t, d)
	x := &desk{t: t, k: k, ctx: ctx, shops: shop.New(k, []string{"plain"})}
	cat := catalog.New(k)
	stock := inventory.New(k, cat)
	x.orders = order.New(k, x.shops, cat, customer.New(k), stock)
	ship := fulfillment.New(k, x.shops, cat, stock, x.orders)
	clerk := kittest.As(ctx, fulfillment.PermitRead)
	api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
		if c.Bearer == "clerk" {
			return actor.From(clerk)
		}
		return actor.From(ctx)
	}})
	fulfillmentapi.Routes(api, fulfillmentapi.Services{Fulfillment: ship, SendBack: channel.NewSendBack(k, []channel.Manifest{{Code: "plain"}}, x.shops, x.orders, ship),
		Stock: stock, View: view.New(k, x.orders), Store: k.Files, Files: shipfile.New(k, x.orders, ship), Waiting: waiting.New(k, cat, x.orders, ship),
		Bulk: bulk.New(k, ship, nil), Place: place.New(k, ship, x.orders, x.shops, stock, cat)})
	fulfillmentapi.LegRoutes(api, legs.New(k, x.orders, ship))
	fulfillmentapi.RoutingRoutes(api, routing.New(k, cat, x.orders, ship, setting.New(k, routing.Settings()...)))
	fulfillmentapi.SuggestRoutes(api, suggest.New(k, ship, x.orders, x.shops, suggest.Grouper{}))
	x.h = api.Handler()
	now := k.Clock.Now().UnixMilli()
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := stock.EnsureDefaultTx(ctx, tx)
		if err != nil {
			return err
		}
		for _, q := range []string{
			`INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (1, 5, '明前茶', 1, 1)`,
			`INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (1, 5, 5, 'TEA', '明前茶', '', 1, 1)`,
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return stock.SetOpeningTx(ctx, tx, 5, w.ID, 100, "test")
	})
	var err error
	if x.shop, err = x.shops.Create(ctx, shop.CreateInput{Channel: "plain", Name: "青禾茶铺", LiveFrom: now - 1e9, AutoApprove: true}); err != nil {
		t.Fatal(err)
	}
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error { return x.shops.TouchDataTx(ctx, tx, x.shop.ID, now) })
	return x
}

func (x *desk) order(no string) id.ID { return x.orderTo(no, order.Receiver{}) }

func (x *desk) orderTo(no string, to order.Receiver) id.ID {
	x.t.Helper()
	now, n := x.k.Clock.Now().UnixMilli(), int64(1)
	doc := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, PlacedAt: now - 2000, PaidAt: now - 1000, RefundState: order.RefundNone, Receiver: to,
		Lines: []order.Line{{Title: "茶", MerchantSKUCode: "TEA", Quantity: &n}}}
	var out id.ID
	kittest.InTx(x.t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
		done, err := x.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: x.shop, Doc: doc, Source: "file", SourceAt: now}})
		if err == nil {
			out, err = done[0].OrderID, done[0].Err
		}
		return err
	})
	return out
}

func (x *desk) send(who string, r *http.Request, out any) (int, string) {
	x.t.Helper()
	r.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil || w.Code >= 300 {
			x.t.Fatalf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
		}
	}
	return w.Code, w.Body.String()
}

func (x *desk) ask(who, method, path, body string, out any) (int, string) {
	x.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return x.send(who, r, out)
}

func (x *desk) upload(method, path, name, content string, out any) (int, string) {
	x.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		x.t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return x.send("owner", r, out)
}

func TestShippingOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("H-1")
		body := fmt.Sprintf(`{"order_id":"%d","carrier":"圆通","waybill_no":"yt2600000000001"}`, o)
		if got, text := x.ask("clerk", "POST", "/parcels", body, nil); got != 403 {
			t.Errorf("a reader ships: %d %s", got, text)
		}
		var p fulfillmentapi.ShippedParcel
		x.ask("owner", "POST", "/parcels", body, &p)
		if p.ChannelOrderNo != "H-1" || p.WaybillNo != "YT2600000000001" || p.Carrier != "YTO" || p.WarehouseName == "" || p.Unchanged || len(p.Lines) != 1 {
			t.Errorf("parcel %+v", p)
		}
		var again fulfillmentapi.ShippedParcel
		x.ask("owner", "POST", "/parcels", body, &again)
		if !again.Unchanged || again.ID != p.ID {
			t.Errorf("again %+v", again)
		}
		if got, text := x.ask("owner", "POST", "/parcels", fmt.Sprintf(`{"order_id":"%d","carrier":"圆通","waybill_no":"YT2600000000002"}`, o), nil); got != 409 || !strings.Contains(text, "fulfillment.already_shipped") {
			t.Errorf("a second number: %d %s", got, text)
		}
		if got, text := x.ask("owner", "POST", "/parcels", fmt.Sprintf(`{"order_id":"%d","carrier":"中通","waybill_no":"YT2600000000003"}`, x.order("H-2")), nil); got != 422 || !strings.Contains(text, "圆通") {
			t.Errorf("a wrong carrier: %d %s", got, text)
		}
		var list web.Page[fulfillmentapi.Parcel]
		x.ask("clerk", "GET", fmt.Sprintf("/parcels?order_id=%d&reported=false", o), "", &list)
		if len(list.Items) != 1 || list.Items[0].ID != p.ID {
			t.Errorf("list %+v", list.Items)
		}
	})
}

func TestAllocatingOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("A-1")
		var a fulfillmentapi.AllocateAnswer
		x.ask("owner", "POST", "/fulfillment-orders/allocate", fmt.Sprintf(`{"order_ids":["%d","77"],"dry_run":true}`, o), &a)
		if a.OK != 1 || len(a.Failed) != 1 || a.Failed[0].Code != "order.not_found" || a.Failed[0].Message == "" {
			t.Errorf("dry run %+v", a)
		}
		x.ask("owner", "POST", "/fulfillment-orders/allocate", `{"filter":{"tab":"awaiting_shipment"}}`, &a)
		if a.OK != 1 || a.Total != 1 {
			t.Errorf("by filter %+v", a)
		}
		x.ask("owner", "POST", "/fulfillment-orders/allocate", fmt.Sprintf(`{"order_ids":["%d"]}`, o), &a)
		if a.OK != 0 || a.Unchanged != 1 {
			t.Errorf("again %+v", a)
		}
	})
}

func TestATrackingFileOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.order("F-1")
		x.order("F-2")
		var f fulfillmentapi.ShipmentFile
		x.upload("POST", "/shipment-files", "发货.csv", "订单号,快递公司,快递单号\nF-1,圆通,YT2600000000001\nF-2,,7864766044150\nF-3,圆通,YT2600000000003\n", &f)
		if f.Mapping["waybill_no"] != "快递单号" || len(f.Columns) != 3 || len(f.Sample) != 3 {
			t.Fatalf("upload %+v", f)
		}
		path := "/shipment-files/" + f.ID.String()
		var c fulfillmentapi.FileCheck
		x.ask("owner", "POST", path+"/check", `{"mapping":{"order_no":"订单号","carrier":"快递公司","waybill_no":"快递单号"},"default_carrier":"ZTO"}`, &c)
		if c.Counts["ok"] != 2 || c.Counts["suspicious"] != 1 || c.Counts["unknown_order"] != 1 || len(c.Rows) != 3 || c.Rows[1].Message == "" {
			t.Errorf("check %+v", c)
		}
		if got, text := x.ask("owner", "POST", path+"/check", `{"mapping":{"order_no":"单号","waybill_no":"快递单号"}}`, nil); got != 422 || !strings.Contains(text, "mapping.order_no") {
			t.Errorf("a wrong mapping: %d %s", got, text)
		}
		var j web.Job
		x.ask("owner", "POST", path+"/run", `{"default_carrier":"ZTO"}`, &j)
		if err := x.k.Jobs.Drain(x.ctx); err != nil {
			t.Fatal(err)
		}
		done, err := x.k.Jobs.Get(x.ctx, j.ID)
		if err != nil || done.OKCount != 2 || done.FailedCount != 1 {
			t.Errorf("job %+v %v", done, err)
		}
		if got, text := x.ask("owner", "GET", path+"/failures.csv", "", nil); got != 200 || !strings.Contains(text, "F-3") || strings.Contains(text, "F-1") {
			t.Errorf("failures %d %s", got, text)
		}
		if got, text := x.upload("POST", "/shipment-files", "空.csv", " \n", nil); got != 422 {
			t.Errorf("an empty file: %d %s", got, text)
		}
		if got, _ := x.ask("owner", "GET", "/shipment-files/1", "", nil); got != 404 {
			t.Errorf("no such file: %d", got)
		}
	})
}

func TestABatchShipFileOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("T-1")
		path := "/ship-templates/" + x.shop.ID.String()
		if got, text := x.ask("owner", "GET", path+"/filled", "", nil); got != 404 || !strings.Contains(text, "channel.template_missing") {
			t.Errorf("without a template: %d %s", got, text)
		}
		if got, text := x.upload("PUT", path, "x.csv", "a,b\n", nil); got != 422 || !strings.Contains(text, "channel.template_header_missing") {
			t.Errorf("no template: %d %s", got, text)
		}
		var saved fulfillmentapi.ShipTemplate
		x.upload("PUT", path, "模板.csv", "订单号,快递公司,快递单号\n", &saved)
		x.ask("owner", "POST", "/parcels", fmt.Sprintf(`{"order_id":"%d","carrier":"圆通","waybill_no":"YT2600000000001"}`, o), &struct{}{})
		var list web.Page[fulfillmentapi.ShipTemplate]
		x.ask("clerk", "GET", "/ship-templates", "", &list)
		if len(list.Items) != 1 || list.Items[0].Unreported != 1 || list.Items[0].FileName != "模板.csv" {
			t.Errorf("templates %+v", list.Items)
		}
		var sum fulfillmentapi.FilledSummary
		x.ask("owner", "GET", path+"/preview", "", &sum)
		if sum.Rows != 1 || len(sum.ParcelIDs) != 1 {
			t.Fatalf("preview %+v", sum)
		}
		if got, text := x.ask("owner", "GET", path+"/filled?unreported=true", "", nil); got != 200 || !strings.Contains(text, "T-1,圆通速递,YT2600000000001") {
			t.Errorf("filled: %d %s", got, text)
		}
		x.ask("owner", "POST", path+"/reported", fmt.Sprintf(`{"parcel_ids":["%d"]}`, sum.ParcelIDs[0]), &struct{}{})
		if got, text := x.ask("owner", "GET", path+"/filled", "", nil); got != 404 || !strings.Contains(text, "channel.nothing_to_report") {
			t.Errorf("after reporting: %d %s", got, text)
		}
		if got, _ := x.ask("owner", "POST", path+"/reported", `{"parcel_ids":["5"]}`, nil); got != 404 {
			t.Errorf("no such parcel: %d", got)
		}
	})
}

func TestFulfillmentOrdersAndRulesOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("F1")
		var rule struct {
			ID      string `json:"id"`
			Version int64  `json:"version"`
		}
		x.ask("owner", "POST", "/allocation-rules", `{"name":"默认","active":true,"condition":{"field":"pieces","op":"ge","value":1},"action":{"strategy":"priority","shortage":"split"}}`, &rule)
		if code, body := x.ask("owner", "POST", "/allocation-rules", `{"name":"坏","active":true,"condition":{"field":"mood","op":"eq"},"action":{"strategy":"priority","shortage":"split"}}`, nil); code != 422 {
			t.Errorf("an unknown field: %d %s", code, body)
		}
		var dry struct {
			OK    int64 `json:"ok"`
			Plans []struct {
				Rule    string `json:"rule"`
				Outcome string `json:"outcome"`
				Shares  []any  `json:"shares"`
			} `json:"plans"`
		}
		all := `{"order_ids":["` + o.String() + `"],"by_rules":true,"dry_run":true}`
		if x.ask("owner", "POST", "/fulfillment-orders/allocate", all, &dry); dry.OK != 1 || len(dry.Plans) != 1 || dry.Plans[0].Rule != "默认" || len(dry.Plans[0].Shares) != 1 {
			t.Errorf("preview: %+v", dry)
		}
		x.ask("owner", "POST", "/fulfillment-orders/allocate", strings.Replace(all, "true,\"dry_run\":true", "true", 1), &dry)
		var list struct {
			Items []struct {
				ID      string `json:"id"`
				State   string `json:"state"`
				Version int64  `json:"version"`
			} `json:"items"`
		}
		x.ask("owner", "GET", "/fulfillment-orders?state=open&order_id="+o.String(), "", &list)
		if len(list.Items) != 1 {
			t.Fatalf("%+v", list)
		}
		one := "/fulfillment-orders/" + list.Items[0].ID
		x.ask("owner", "POST", "/orders/"+o.String()+"/urge", `{"urgency":10}`, &struct{}{})
		x.ask("owner", "POST", one+"/kind", `{"kind":"virtual"}`, &struct{}{})
		if code, body := x.ask("owner", "POST", one+"/split", `{"parts":[{"lines":[{"line_id":"5","quantity":1}]}]}`, nil); code != 422 {
			t.Errorf("a split of nothing: %d %s", code, body)
		}
		x.ask("owner", "POST", "/fulfillment-orders/seal", `{"ids":["`+list.Items[0].ID+`"],"reason":"hand"}`, &struct{}{})
		if code, body := x.ask("owner", "POST", one+"/kind", `{"kind":"express"}`, nil); code != 409 {
			t.Errorf("a sealed one: %d %s", code, body)
		}
		var shipped struct {
			ParcelIDs []string `json:"parcel_ids"`
		}
		if x.ask("owner", "POST", one+"/ship", `{}`, &shipped); len(shipped.ParcelIDs) != 1 {
			t.Errorf("%+v", shipped)
		}
		for path, body := range map[string]string{"/merge-policy": `{"shop_groups":[],"wait_minutes":30,"version":0}`,
			"/warehouse-sites": `{"warehouse_id":"7","supplier_id":"0","plain":false,"areas":[{"province":"浙江","served":true,"preference":1,"distance_km":9,"first_fen":300,"next_fen":100}]}`} {
			x.ask("owner", "POST", path, body, &struct{}{})
			if code, back := x.ask("owner", "GET", path, "", nil); code != 200 || !strings.Contains(back, "30") {
				t.Errorf("%s: %d %s", path, code, back)
			}
		}
		for _, path := range []string{"/waiting-orders", "/allocation-rules", "/allocation-rules/fields"} {
			if code, back := x.ask("owner", "GET", path, "", nil); code != 200 {
				t.Errorf("%s: %d %s", path, code, back)
			}
		}
		if code, body := x.ask("owner", "POST", "/waiting-orders/agree", `{"order_ids":["`+o.String()+`"],"agreed":"wait"}`, nil); code != 409 {
			t.Errorf("nobody waits: %d %s", code, body)
		}
		if code, body := x.ask("owner", "POST", "/fulfillment-edits/5/undo", "", nil); code != 404 {
			t.Errorf("no edit: %d %s", code, body)
		}
		if code, _ := x.ask("owner", "DELETE", "/allocation-rules/"+rule.ID, "", nil); code >= 300 {
			t.Errorf("delete: %d", code)
		}
	})
}
