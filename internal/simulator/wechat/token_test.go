package wechat

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestAPlainTokenIsNewEachTime(t *testing.T) {
	c := start(t, "")
	get := func(secret string) map[string]any {
		t.Helper()
		a, err := http.Get(c.base + "/cgi-bin/token?grant_type=client_credential&appid=" + c.s.AppKey + "&secret=" + secret)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		var v map[string]any
		if err := json.NewDecoder(a.Body).Decode(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := get("wrong"); v["errcode"] != 40125.0 {
		t.Error(v)
	}
	first, second := get(c.s.Secret)["access_token"], get(c.s.Secret)["access_token"]
	if first == second || first == nil || second == nil {
		t.Error(first, second)
	}
	for _, token := range []any{first, second} {
		c.token = token.(string)
		if v := c.ask("/channels/ec/order/deliverycompanylist/new/get", obj{}); v["errcode"] != json.Number("0") {
			t.Error("a token that was just given", v)
		}
	}
}
