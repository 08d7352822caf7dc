package purchaseapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/purchaseapi"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/purchase"
	"github.com/ordercove/ordercove/internal/shop"
)

// desk is the HTTP side of a merchant whose second warehouse is a supplier's.
type desk struct {
	*ordertest.World
	ctx    context.Context
	h      http.Handler
	ship   *fulfillment.Service
	sku    id.ID
	theirs id.ID
	n      int
}

func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	x := &desk{World: w, ctx: ctx, ship: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	suppliers := purchase.New(w.Kit, w.Catalog, kittest.Random())
	readers := map[string]context.Context{"buyer": kittest.As(ctx, purchase.PermitRead), "packer": kittest.As(ctx, fulfillment.PermitRead)}
	api := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
		if reader, ok := readers[c.Bearer]; ok {
			return actor.From(reader)
		}
		return actor.From(ctx)
	}})
	purchaseapi.Routes(api, suppliers, dropship.New(w.Kit, x.ship, w.Orders, w.Catalog, suppliers))
	x.h = api.Handler()
	kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
		return w.Shops.TouchDataTx(ctx, tx, w.Shop.ID, clock.Millis(w.Kit.Clock))
	})
	wh, err := w.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Name: "松木仓", Code: "SM"})
	if err != nil {
		t.Fatal(err)
	}
	x.theirs, x.sku = wh.ID, w.SKU(ctx, "TEA", 0)
	if err := w.Stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: x.sku, WarehouseID: wh.ID, Quantity: 100}, {SKUID: x.sku, WarehouseID: w.Warehouse, Quantity: 100}}}); err != nil {
		t.Fatal(err)
	}
	return x
}

// ask sends a request; who is a bearer, or a supplier's token after "door ". A nil out
// leaves the answer to be looked at; else it must be a success.
func (x *desk) ask(who, method, path string, body, out any) (int, string) {
	x.T.Helper()
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			x.T.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, bytes.NewReader(sent))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token, ok := strings.CutPrefix(who, "door "); ok {
		r.Header.Set("X-Supplier-Token", token)
	} else {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil || w.Code >= 300 {
			x.T.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	return w.Code, w.Body.String()
}

// refused fails unless the answer is that status with that code.
func (x *desk) refused(who, method, path string, body any, status int, code string) {
	x.T.Helper()
	if got, text := x.ask(who, method, path, body, nil); got != status || !strings.Contains(text, `"code":"`+code+`"`) {
		x.T.Errorf("%s %s as %s: %d %s, want %d %s", method, path, who, got, text, status, code)
	}
}

type object = map[string]any

func supplier(change ...object) object {
	out := object{"name": "松木供应链", "contract": "masked", "cutoff_minute": 960, "lead_days": 2, "active": true, "contact": object{"person": "周一帆", "phone": "13900001111"}}
	for _, c := range change {
		for k, v := range c {
			out[k] = v
		}
	}
	return out
}

func TestSuppliersOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		var made purchaseapi.Supplier
		x.refused("buyer", "POST", "/suppliers", supplier(), 403, actor.ErrForbidden.Code)
		x.ask("owner", "POST", "/suppliers", supplier(), &made)
		x.refused("owner", "POST", "/suppliers", supplier(), 409, purchase.ErrNameTaken.Code)
		x.refused("owner", "POST", "/suppliers", supplier(object{"name": " "}), 422, purchase.ErrBadSupplier.Code)
		if status, text := x.ask("owner", "POST", "/suppliers", supplier(object{"name": "竹木", "contract": "everything"}), nil); status != 422 {
			t.Errorf("a contract nobody knows: %d %s", status, text)
		}
		var all web.Page[purchaseapi.Supplier]
		if x.ask("buyer", "GET", "/suppliers", nil, &all); len(all.Items) != 1 || all.Items[0].Name != made.Name || all.Items[0].Contact != nil {
			t.Errorf("%+v", all.Items)
		}
		one := "/suppliers/" + made.ID.String()
		var got purchaseapi.Supplier
		if x.ask("owner", "GET", one, nil, &got); got.Contact == nil || got.Contact.Phone != "13900001111" {
			t.Errorf("who edits it sees its contact: %+v", got)
		}
		got = purchaseapi.Supplier{}
		if x.ask("buyer", "GET", one, nil, &got); got.Contact != nil {
			t.Errorf("a reader sees the contact: %+v", got.Contact)
		}
		x.refused("buyer", "GET", "/suppliers/404", nil, 404, purchase.ErrNotFound.Code)

		change := supplier(object{"id": made.ID.String(), "version": made.Version, "contract": "number_only"})
		x.ask("owner", "POST", "/suppliers", change, &got)
		if got.Contract != purchase.NumberOnly || got.Version <= made.Version {
			t.Errorf("%+v", got)
		}
		x.refused("owner", "POST", "/suppliers", change, 409, purchase.ErrChanged.Code)

		skus := object{"skus": []object{{"sku_id": x.sku.String(), "code": "SM-1", "cost_fen": 1250}}}
		x.refused("owner", "POST", one+"/skus", object{"skus": []object{{"sku_id": "404"}}}, 422, purchase.ErrUnknownSKU.Code)
		if status, text := x.ask("owner", "POST", one+"/skus", skus, nil); status != 204 {
			t.Fatal(status, text)
		}
		for who, sees := range map[string]bool{"owner": true, "buyer": false} {
			var list web.Page[purchaseapi.Supply]
			x.ask(who, "GET", one+"/skus", nil, &list)
			if len(list.Items) != 1 || list.Items[0].Code != "SM-1" || (list.Items[0].CostFen != nil) != sees {
				t.Errorf("%s: %+v", who, list.Items)
			}
		}
	})
}

// theirOrder is an order that the supplier's warehouse ships.
func (x *desk) theirOrder() id.ID {
	x.T.Helper()
	x.n++
	o := x.One(x.ctx, 0, x.Doc(fmt.Sprintf("S%d", x.n), "TEA"))
	got, err := x.ship.Allocate(x.ctx, fulfillment.AllocateInput{OrderID: o.ID, WarehouseID: x.theirs})
	if err != nil {
		x.T.Fatal(err)
	}
	return got.FulfillmentOrderID
}

// joined is a supplier whose warehouse ships, and the token of its door.
func (x *desk) joined() (one purchaseapi.Supplier, portal purchaseapi.PortalOpened) {
	x.T.Helper()
	x.ask("owner", "POST", "/suppliers", supplier(), &one)
	if _, err := x.ship.Rules().SetSite(x.ctx, allocate.Site{WarehouseID: x.theirs, SupplierID: one.ID}); err != nil {
		x.T.Fatal(err)
	}
	x.ask("owner", "POST", "/suppliers/"+one.ID.String()+"/portals", object{"days": 30}, &portal)
	return one, portal
}

// faults are what became of the asked ones, in their order; a success is "ok".
func faults(rows []purchaseapi.DropshipRow, asked ...id.ID) (out []string) {
	for _, one := range asked {
		for _, r := range rows {
			switch {
			case r.ID != one:
			case r.Fault == nil:
				out = append(out, "ok")
			default:
				out = append(out, r.Fault.Code)
			}
		}
	}
	return out
}

func TestDropshipOrdersOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		one, _ := x.joined()
		f, g := x.theirOrder(), x.theirOrder()
		ids := []string{f.String(), g.String()}
		list := func(state string, want int) web.Page[purchaseapi.DropshipOrder] {
			t.Helper()
			var all web.Page[purchaseapi.DropshipOrder]
			if x.ask("packer", "GET", "/dropship-orders?supplier_id="+one.ID.String()+"&state="+state, nil, &all); len(all.Items) != want {
				t.Errorf("%d %s, want %d", len(all.Items), state, want)
			}
			return all
		}
		list("ready", 2)
		x.refused("packer", "POST", "/dropship-orders/send", object{"supplier_id": one.ID.String(), "ids": ids}, 403, actor.ErrForbidden.Code)
		x.refused("owner", "POST", "/dropship-orders/send", object{"supplier_id": "404", "ids": ids}, 404, purchase.ErrNotFound.Code)
		var sent purchaseapi.DropshipResult
		x.ask("owner", "POST", "/dropship-orders/send", object{"supplier_id": one.ID.String(), "ids": append(ids, "404")}, &sent)
		if got := faults(sent.Rows, f, g, 404); sent.BatchID == 0 || !slices.Equal(got, []string{"ok", "ok", fulfillment.ErrNoOrder.Code}) {
			t.Fatalf("%v", got)
		}
		if o := list("sent", 2).Items[0]; strings.Contains(o.Receiver.Phone, "13800") && !strings.Contains(o.Receiver.Phone, "*") || o.BatchID != sent.BatchID {
			t.Errorf("%+v", o)
		}
		if status, text := x.ask("owner", "GET", "/dropship-orders/file?supplier_id="+one.ID.String(), nil, nil); status != 200 || !strings.HasPrefix(text, "PK") {
			t.Errorf("the file: %d", status)
		}
		x.refused("packer", "GET", "/dropship-orders/file?supplier_id="+one.ID.String(), nil, 403, actor.ErrForbidden.Code)

		var moved purchaseapi.DropshipResult
		x.refused("owner", "POST", "/dropship-orders/move", object{"ids": ids[:1], "state": "refused"}, 422, dropship.ErrNoReason.Code)
		x.ask("owner", "POST", "/dropship-orders/move", object{"ids": ids[:1], "state": "accepted"}, &moved)
		if got := faults(moved.Rows, f); !slices.Equal(got, []string{"ok"}) {
			t.Errorf("%v", got)
		}
		list("accepted", 1)
		ship := object{"shipments": []object{{"id": f.String(), "carrier": "YTO", "waybill_no": "YT2600000000001"}, {"id": g.String(), "carrier": "YTO", "waybill_no": "nonsense"}}}
		var shipped purchaseapi.DropshipResult
		x.ask("owner", "POST", "/dropship-orders/ship", ship, &shipped)
		if got := faults(shipped.Rows, f, g); !slices.Equal(got, []string{"ok", fulfillment.ErrBadWaybill.Code}) {
			t.Errorf("%v", got)
		}
		if o := list("shipped", 1).Items[0]; o.WaybillNo != "YT2600000000001" || o.CarrierName == "" || time0(o.ShippedAt) {
			t.Errorf("%+v", o)
		}
		x.refused("packer", "GET", "/dropship-orders?cursor=nonsense", nil, 422, "page.bad_cursor")
	})
}

func time0(at web.Time) bool { return at == 0 }

func TestASuppliersDoorOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		one, portal := x.joined()
		f, g := x.theirOrder(), x.theirOrder()
		var sent purchaseapi.DropshipResult
		x.ask("owner", "POST", "/dropship-orders/send", object{"supplier_id": one.ID.String(), "ids": []string{f.String(), g.String()}}, &sent)
		door := "door " + portal.Token
		x.refused("door ocs_nobody", "GET", "/supplier/orders", nil, 401, purchase.ErrBadToken.Code)
		if status, _ := x.ask("owner", "GET", "/supplier/orders", nil, nil); status < 400 {
			t.Error("somebody who is signed in enters without a token")
		}
		var desk purchaseapi.SupplierDesk
		x.ask(door, "GET", "/supplier/orders", nil, &desk)
		if desk.Supplier != one.Name || len(desk.Items) != 2 || strings.Contains(fmt.Sprint(desk), "13800138000") {
			t.Errorf("%+v", desk)
		}
		if status, text := x.ask(door, "GET", "/supplier/file", nil, nil); status != 200 || !strings.HasPrefix(text, "PK") {
			t.Errorf("its file: %d", status)
		}
		var answered purchaseapi.DropshipResult
		x.refused(door, "POST", "/supplier/answer", object{"ids": []string{g.String()}, "state": "refused"}, 422, dropship.ErrNoReason.Code)
		x.ask(door, "POST", "/supplier/answer", object{"ids": []string{g.String()}, "state": "refused", "reason": "断货"}, &answered)
		if got := faults(answered.Rows, g); !slices.Equal(got, []string{"ok"}) {
			t.Errorf("%v", got)
		}
		// What is entered by a file and by hand is one use case: what has shipped does not ship again.
		csv := []byte("发货单号(勿改),快递公司,快递单号\n" + f.String() + ",圆通速递,YT2600000000009\n")
		var byFile, again purchaseapi.DropshipResult
		x.ask(door, "POST", "/supplier/numbers", object{"name": "numbers.csv", "content": csv}, &byFile)
		if got := faults(byFile.Rows, f); !slices.Equal(got, []string{"ok"}) {
			t.Fatalf("%v", got)
		}
		x.ask(door, "POST", "/supplier/ship", object{"shipments": []object{{"id": f.String(), "carrier": "YTO", "waybill_no": "YT2600000000010"}}}, &again)
		if got := faults(again.Rows, f); len(got) != 1 || got[0] == "ok" {
			t.Errorf("shipped twice: %v", got)
		}
		x.refused(door, "POST", "/supplier/numbers", object{"name": "numbers.csv", "content": []byte("什么\n也没有\n")}, 422, dropship.ErrNoRows.Code)

		doors := "/suppliers/" + one.ID.String() + "/portals"
		var all web.Page[purchaseapi.Portal]
		if x.ask("buyer", "GET", doors, nil, &all); len(all.Items) != 1 || time0(all.Items[0].UsedAt) || strings.Contains(fmt.Sprint(all), portal.Token) {
			t.Errorf("%+v", all.Items)
		}
		x.refused("owner", "POST", "/supplier-portals/404/revoke", nil, 404, purchase.ErrNoPortal.Code)
		if status, text := x.ask("owner", "POST", "/supplier-portals/"+portal.Portal.ID.String()+"/revoke", nil, nil); status != 204 {
			t.Fatal(status, text)
		}
		x.refused(door, "GET", "/supplier/orders", nil, 401, purchase.ErrBadToken.Code)
		var left web.Page[purchaseapi.DropshipOrder]
		x.ask("packer", "GET", "/dropship-orders?supplier_id="+one.ID.String()+"&state=shipped", nil, &left)
		if len(left.Items) != 1 || left.Items[0].ID != f || left.Items[0].WaybillNo != "YT2600000000009" {
			t.Errorf("%+v", left.Items)
		}
	})
}
