package intakeapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/intakeapi"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

type reply = map[string]any

func ask(t *testing.T, h http.Handler, want int, who, method, path string) reply {
	t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, nil)
	r.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	out := reply{}
	if w.Code != want || json.Unmarshal(w.Body.Bytes(), &out) != nil {
		t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	return out
}

func TestThePulledQuarantineOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		k := w.Kit
		door := intake.New(k, w.Orders, w.Shops, w.Catalog)
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			for range 2 { // the same body again is the same row
				got, err := door.PulledTx(ctx, tx, w.Shop, []intake.Pulled{
					{No: "A1", At: 5000, Raw: []byte(`{"no":"A1"}`), Doc: w.Doc("A1", "TW-01")},
					{No: "A2", At: 5000, Raw: []byte(`{"no":"A2","name":"张小满"}`), Err: channel.ErrUnknownStatus.With("value", "?")}})
				if err != nil {
					return err
				}
				if got[0].Err != nil || got[1].Err == nil {
					t.Errorf("%+v", got)
				}
			}
			return nil
		})
		replay := func(ctx context.Context, row id.ID) (intake.Replayed, error) {
			return door.Replay(ctx, row, func(_ context.Context, _ id.ID, raw intake.RawRecord) (order.Document, error) {
				if !strings.Contains(string(raw.Wire), "张小满") {
					t.Errorf("replayed %q", raw.Wire)
				}
				return w.Doc("A2", "TW-01"), nil
			})
		}
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "reader" {
				return actor.From(kittest.As(ctx, "intake.read", "intake.replay"))
			}
			return actor.From(ctx)
		}})
		intakeapi.Routes(api, k, channel.NewImporter(k, nil, door, w.Orders, w.Shops), door, w.Shops, replay)
		h := api.Handler()

		list := func(query string) []any { return ask(t, h, 200, "reader", "GET", "/inbox"+query)["items"].([]any) }
		if n := len(list("?source=file")); n != 0 {
			t.Errorf("%d rows of files", n)
		}
		if n := len(list("?source=api&state=applied")); n != 1 {
			t.Errorf("%d raw rows of one order pulled twice", n)
		}
		rows := list("?source=api&shop_id=" + w.Shop.ID.String())
		if len(rows) != 1 {
			t.Fatalf("%d rows", len(rows))
		}
		row := rows[0].(reply)
		if row["channel_order_no"] != "A2" || row["source"] != "api" || row["attempts"] != 1.0 || row["message"] == "" {
			t.Errorf("quarantine %v", row)
		}
		path := "/inbox/" + row["id"].(string)
		ask(t, h, 403, "reader", "POST", path+"/reveal")
		if r := ask(t, h, 200, "owner", "POST", path+"/reveal"); !strings.Contains(r["raw"].(string), "张小满") {
			t.Errorf("raw %v", r)
		}
		if r := ask(t, h, 200, "reader", "POST", path+"/replay"); r["result"] != "created" {
			t.Errorf("replayed %v", r)
		}
		ask(t, h, 409, "reader", "POST", path+"/replay")
		for _, e := range kittest.Audited(t) {
			if b, _ := json.Marshal(e); strings.Contains(string(b), "张小满") {
				t.Errorf("the audit trail holds a name: %s", b)
			}
		}
	})
}
