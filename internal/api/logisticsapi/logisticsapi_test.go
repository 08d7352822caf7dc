package logisticsapi_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/ordercove/ordercove/internal/api/logisticsapi"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func TestCarriersAreListedToWhoeverSignedIn(t *testing.T) {
	api := web.New(web.Options{Version: "test", Authenticate: func(context.Context, web.Credential) (actor.Actor, error) {
		return actor.Actor{MerchantID: 1, ID: 2, Kind: actor.User}, nil
	}})
	logisticsapi.Routes(api, logisticsapi.Services{})
	h := api.Handler()
	r := httptest.NewRequest("GET", "http://127.0.0.1"+web.Prefix+"/carriers", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("a stranger: %d", w.Code)
	}
	r.Header.Set("Authorization", "Bearer x")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var list web.Page[logisticsapi.Carrier]
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 || len(list.Items) < 20 || list.Items[0] != (logisticsapi.Carrier{Code: "SF", NameZH: "顺丰速运", NameEN: "SF Express"}) {
		t.Errorf("%d %s %v", w.Code, w.Body, err)
	}
}
