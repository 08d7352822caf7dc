package auditapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/ordercove/ordercove/internal/api/auditapi"
	"github.com/ordercove/ordercove/internal/audit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func TestTheLogOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := audit.New(k, "test", kittest.Random())
		k.Commands.Record = s.RecordTx
		who := kittest.Owner(kittest.Merchant)
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return who, nil }})
		auditapi.Routes(api, s)
		h := api.Handler()
		ask := func(method, path string, body any, out any) int {
			t.Helper()
			var b bytes.Buffer
			if body != nil {
				if err := json.NewEncoder(&b).Encode(body); err != nil {
					t.Fatal(err)
				}
			}
			r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, &b)
			r.Header.Set("Authorization", "Bearer x")
			if body != nil {
				r.Header.Set("Content-Type", "application/json")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if out != nil && w.Code < 300 {
				if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
					t.Fatalf("%s: %v", w.Body, err)
				}
			}
			return w.Code
		}
		if got := ask("POST", "/audit/checkpoints", nil, nil); got != 409 {
			t.Errorf("a checkpoint of nothing: %d", got)
		}
		for i := range 3 {
			_, err := command.Run(ctx, k.Commands, &command.About{Action: "order.close", Object: "order/7"}, i, func(context.Context, *db.Tx) (int, error) { return 0, nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		var page web.Page[auditapi.Entry]
		if got := ask("GET", "/audit?object=order/7&limit=2", nil, &page); got != 200 || len(page.Items) != 2 || page.Items[0].Seq != nil {
			t.Fatalf("before the chain: %d %+v", got, page)
		}
		if got := ask("GET", "/audit?object=order/7&limit=2&cursor="+page.NextCursor, nil, &page); got != 200 || len(page.Items) != 1 || page.NextCursor != "" {
			t.Fatalf("second page: %d %+v", got, page)
		}
		if got := ask("GET", "/audit?object=order", nil, nil); got != 422 {
			t.Errorf("an object without an id: %d", got)
		}
		var kept auditapi.Checkpoint
		if got := ask("POST", "/audit/checkpoints", nil, &kept); got != 200 || kept.Seq != 3 {
			t.Fatalf("checkpoint: %d %+v", got, kept)
		}
		ask("GET", "/audit", nil, &page)
		if page.Items[0].Seq == nil || *page.Items[0].Seq != 3 || *page.Items[0].Hash != kept.Hash || *page.Items[0].PrevHash != *page.Items[1].Hash {
			t.Errorf("in the chain: %+v", page.Items)
		}
		var r auditapi.Report
		if got := ask("POST", "/audit/verify", auditapi.Kept{Checkpoints: []auditapi.Checkpoint{kept}}, &r); got != 200 || r.Entries != 3 || len(r.Findings) != 0 {
			t.Errorf("verified: %d %+v", got, r)
		}
		kept.At++
		if ask("POST", "/audit/verify", auditapi.Kept{Checkpoints: []auditapi.Checkpoint{kept}}, &r); len(r.Findings) != 1 || r.Findings[0].Kind != "bad_checkpoint" {
			t.Errorf("with a forged checkpoint: %+v", r)
		}
		who.Permissions = []string{"order.read"}
		if got := ask("GET", "/audit", nil, nil); got != 403 {
			t.Errorf("without the permission: %d", got)
		}
	})
}
