package scenario

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheFirstRunNeedsTheTokenAndEndsWithIt(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.visitor()
		if !c.get("/system")["setup_needed"].(bool) {
			t.Fatal("a new installation does not ask for its first run")
		}
		setup := obj{"token": "not the token that was printed", "merchant_code": "haiwan", "merchant_name": "海湾商贸",
			"user_name": "laoban", "display_name": "林店长", "password": password, "lang": "zh-CN"}
		c.refused("POST", "/setup", setup, http.StatusForbidden, "iam.bad_setup_token")
		c.refused("GET", "/orders", nil, http.StatusUnauthorized, "")

		s.open()
		if s.owner.get("/system")["setup_needed"].(bool) {
			t.Error("the first run is still asked for")
		}
		me := s.owner.get("/me")
		want(t, "the owner's merchant", me.str("merchant_name"), "海湾商贸")
		want(t, "the owner's role", me.list("roles")[0].str("code"), "owner")

		setup["token"], setup["merchant_code"] = s.token, "second"
		s.visitor().refused("POST", "/setup", setup, http.StatusForbidden, "iam.bad_setup_token")
	})
}

func TestSigningOutEndsTheSessionAndSigningInBeginsOne(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		c.call("DELETE", "/sessions/current", nil, http.StatusNoContent)
		c.refused("GET", "/me", nil, http.StatusUnauthorized, "")
		login := obj{"merchant_code": "haiwan", "user_name": "laoban", "password": "wrong " + password}
		bad := c.refused("POST", "/sessions", login, http.StatusUnauthorized, "iam.bad_login")
		login["user_name"] = "nobody"
		unknown := c.refused("POST", "/sessions", login, http.StatusUnauthorized, "iam.bad_login")
		want(t, "the answer to an unknown user", unknown.str("detail"), bad.str("detail"))

		login["user_name"], login["password"] = "laoban", password
		c.post("/sessions", login, http.StatusCreated)
		want(t, "the user", c.get("/me").str("user_name"), "laoban")
	})
}

func TestRefusalsSpeakTheReadersLanguage(t *testing.T) {
	s := start(t, "")
	c := s.open()
	c.lang = "en-US"
	en := c.refused("GET", "/orders/123456", nil, http.StatusNotFound, "order.not_found").str("detail")
	c.lang = "zh-CN"
	zh := c.refused("GET", "/orders/123456", nil, http.StatusNotFound, "order.not_found").str("detail")
	if !chinese(zh) || chinese(en) {
		t.Errorf("in Chinese %q, in English %q", zh, en)
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

func TestWhatTheContractDoesNotNameIsRefused(t *testing.T) {
	s := start(t, "")
	c := s.open()
	shop := obj{"channel": "pdd", "name": "海湾一店"}
	for name, body := range map[string]string{
		"an unknown field":   `{"channel":"pdd","name":"海湾一店","colour":"red"}`,
		"a key twice":        `{"channel":"pdd","name":"海湾一店","name":"海湾二店"}`,
		"two values":         `{"channel":"pdd","name":"海湾一店"} {}`,
		"a wrong type":       `{"channel":"pdd","name":7}`,
		"a missing field":    `{"channel":"pdd"}`,
		"nothing":            ``,
		"not UTF-8":          "{\"channel\":\"pdd\",\"name\":\"\xff\xfe\"}",
		"bottomless nesting": strings.Repeat(`{"channel":`, 5000) + strings.Repeat(`}`, 5000),
	} {
		a := c.send("POST", "/shops", "application/json", strings.NewReader(body))
		if a.status < 400 || a.status >= 500 || a.json(t).str("code") == "" {
			t.Errorf("%s is answered with %d: %.200s", name, a.status, a.body)
		}
	}
	if n := len(c.items("/shops")); n != 0 {
		t.Fatalf("%d shops came of it", n)
	}
	c.refused("GET", "/orders?colour=red", nil, http.StatusUnprocessableEntity, "web.invalid")
	c.refused("GET", "/orders?limit=100000", nil, http.StatusUnprocessableEntity, "web.invalid")
	c.refused("GET", "/orders?cursor=made-up", nil, http.StatusUnprocessableEntity, "")
	c.refused("GET", "/nowhere", nil, http.StatusNotFound, "web.no_route")
	c.post("/shops", shop, http.StatusCreated)

	// Another site's page cannot write with the owner's cookie.
	r, err := http.NewRequest("POST", s.base+"/api/v1/shops", strings.NewReader(`{"channel":"pdd","name":"海湾三店"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "https://elsewhere.example")
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want(t, "the status of a write from another site", resp.StatusCode, http.StatusForbidden)
}

// One answer per key, however often it is asked and whoever asks after a restart.
func TestAnIdempotencyKeyRepeatsItsAnswerAcrossARestart(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		c.key = "the-same-shop"
		first := c.post("/shops", obj{"channel": "pdd", "name": "海湾一店"}, http.StatusCreated)
		c.key = "the-same-shop"
		again := c.post("/shops", obj{"channel": "pdd", "name": "海湾一店"}, http.StatusCreated)
		want(t, "the repeated answer", again.str("id"), first.str("id"))
		s.kill()
		s.run()
		c.key = "the-same-shop"
		after := c.post("/shops", obj{"channel": "pdd", "name": "海湾一店"}, http.StatusCreated)
		want(t, "the answer after a restart", after.str("id"), first.str("id"))
		want(t, "the number of shops", len(c.items("/shops")), 1)
		c.key = "the-same-shop"
		c.refused("POST", "/shops", obj{"channel": "pdd", "name": "海湾二店"}, http.StatusConflict, "command.key_reused")
		// A person's key is theirs: another's same key does another thing.
		other := s.staff("helper", "admin", nil)
		other.key = "the-same-shop"
		made := other.post("/shops", obj{"channel": "pdd", "name": "海湾二店"}, http.StatusCreated)
		if made.str("id") == first.str("id") {
			t.Error("one person's key answered another person")
		}
	})
}
