package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// twoShops is a merchant with the orders of two channels.
func twoShops(t *testing.T, s *server) *journey {
	t.Helper()
	j := &journey{t: t, c: s.open(), shops: map[string]string{}}
	j.expected = slices.DeleteFunc(expected(t), func(f obj) bool {
		return f.str("kind") != "orders" || f.str("channel") != "pdd" && f.str("channel") != "wechat"
	})
	for _, f := range j.expected {
		made := j.c.post("/shops", obj{"channel": f.str("channel"), "name": "海湾 " + f.str("channel"), "live_from_at": "2026-01-01T00:00:00+08:00"}, http.StatusCreated)
		j.shops[f.str("channel")] = made.str("id")
		j.importFile(f)
	}
	return j
}

func TestEachRoleSeesAndDoesItsOwnWorkOnly(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		j := twoShops(t, s)
		orders := j.c.items("/orders?tab=pending_payment&limit=200")
		unpaid := orders[0].str("id")
		price := obj{"freight_fen": 100}

		service := s.staff("kefu", "customer_service", nil)
		p := service.refused("POST", "/orders/"+unpaid+"/adjust-price", price, http.StatusForbidden, "actor.forbidden")
		if !strings.Contains(p.str("detail"), "order.adjust_price") {
			t.Errorf("the refusal does not name the permission: %s", p.str("detail"))
		}
		service.post("/orders/"+unpaid+"/hold", obj{"note": "买家要改地址"}, http.StatusOK)
		service.post("/orders/"+unpaid+"/note", obj{"seller_note": "已联系买家"}, http.StatusOK)
		service.refused("POST", "/parcels", obj{"order_id": unpaid, "waybill_no": "78123456789012"}, http.StatusForbidden, "actor.forbidden")
		service.refused("POST", "/orders/"+unpaid+"/reveal", obj{"fields": []string{"phone"}, "reason": "call"}, http.StatusForbidden, "actor.forbidden")
		service.refused("GET", "/audit", nil, http.StatusForbidden, "actor.forbidden")
		if m := service.get("/orders/" + unpaid).obj("money"); m["goods_fen"] == nil {
			t.Error("customer service sees no amounts")
		}

		clerk := s.staff("cangguan", "warehouse", nil)
		for _, path := range []string{"/orders?limit=200", "/orders/" + unpaid, "/orders/" + unpaid + "/explain", "/home", "/skus", "/stock"} {
			noMoney(t, path, clerk.call("GET", path, nil, http.StatusOK).body)
		}
		noMoney(t, "/orders/search", clerk.call("POST", "/orders/search", obj{"filter": obj{}}, http.StatusOK).body)
		// Nor can amounts be found out by filtering.
		clerk.refused("GET", "/orders?amount_min_fen=1", nil, http.StatusForbidden, "actor.forbidden")
		clerk.refused("POST", "/orders/"+unpaid+"/approve", obj{}, http.StatusForbidden, "actor.forbidden")
		j.exportsDiffer(clerk)

		// What was done is on record, with who did it, without what was written.
		var seen bool
		for _, e := range s.owner.items("/audit?limit=200") {
			if e.str("object") == "order/"+unpaid && e.str("action") == "order.note" {
				seen = e.str("actor_name") == "kefu" && !strings.Contains(canonical(e["detail"]), "已联系买家")
			}
		}
		if !seen {
			t.Error("the audit log lacks customer service's note, or tells its text")
		}
	})
}

// noMoney finds any amount in an answer.
func noMoney(t *testing.T, path string, body []byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var walk func(where string, v any)
	found := false
	walk = func(where string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if strings.HasSuffix(k, "_fen") {
					found = true
					if x != nil {
						t.Errorf("%s tells the warehouse %s%s = %v", path, where, k, x)
					}
				}
				walk(where+k+".", x)
			}
		case []any:
			for _, x := range v {
				walk(where, x)
			}
		}
	}
	walk("", v)
	if !found && strings.HasPrefix(path, "/orders?") {
		t.Errorf("%s has no amounts at all, so this proves nothing", path)
	}
}

// exportsDiffer holds the warehouse's export against the owner's: the same
// orders, without amounts.
func (j *journey) exportsDiffer(clerk *client) {
	j.t.Helper()
	money := regexp.MustCompile(`^\d+\.\d\d$`)
	amounts := func(c *client) (n, rows int) {
		job := c.post("/exports", obj{"filter": obj{}, "format": "csv"}, http.StatusAccepted)
		file := c.call("GET", "/files/"+c.succeeded(job.str("id")).obj("result").str("file_id"), nil, http.StatusOK)
		all := table(j.t, "x.csv", file.body)
		for _, r := range all {
			for _, v := range r {
				if money.MatchString(v) {
					n++
				}
			}
		}
		return n, len(all)
	}
	theirs, rows := amounts(clerk)
	all, every := amounts(j.c)
	want(j.t, "rows of the warehouse's export", rows, every)
	want(j.t, "amounts in the warehouse's export", theirs, 0)
	if all == 0 {
		j.t.Error("the owner's export has no amounts, so this proves nothing")
	}
}

// Whoever may see one shop learns nothing of another, not even that it exists.
func TestAForeignShopsThingsAreAsGoodAsAbsent(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		j := twoShops(t, s)
		own, foreign := j.shops["pdd"], j.shops["wechat"]
		theirs := j.c.items("/orders?limit=200&shop_id=" + foreign)
		ours := j.c.items("/orders?limit=200&shop_id=" + own)
		c := s.staff("dianyuan", "admin", obj{"shop_ids": []string{own}})
		absent := "98765432101234567"

		want(t, "orders in the list", len(c.items("/orders?limit=200")), len(ours))
		want(t, "the counter of all orders", c.get("/orders/counts").obj("counts").obj("all").num("n"), int64(len(ours)))
		want(t, "shops", len(c.items("/shops")), 1)
		want(t, "found by number", len(c.get("/orders?numbers="+theirs[0].str("channel_order_no")).list("items")), 0)
		want(t, "found by another shop's id", len(c.get("/orders?shop_id="+foreign).list("items")), 0)
		for _, p := range c.items("/parcels?limit=200") {
			want(t, "the shop of a parcel", p.str("shop_id"), own)
		}
		for _, l := range c.items("/listings?limit=200") {
			want(t, "the shop of a listing", l.str("shop_id"), own)
		}
		for _, m := range c.get("/home").list("by_shop") {
			want(t, "the shop on the home page", m.str("shop_id"), own)
		}

		alike := func(method, path string, body any, real string) {
			t.Helper()
			a := c.refused(method, strings.ReplaceAll(path, "{}", real), body, http.StatusNotFound, "")
			b := c.refused(method, strings.ReplaceAll(path, "{}", absent), body, http.StatusNotFound, "")
			want(t, method+" "+path, fmt.Sprint(a.str("code"), a.str("detail"), a["errors"]), fmt.Sprint(b.str("code"), b.str("detail"), b["errors"]))
		}
		order := theirs[0].str("id")
		alike("GET", "/orders/{}", nil, order)
		alike("GET", "/orders/{}/events", nil, order)
		alike("GET", "/orders/{}/explain", nil, order)
		for _, action := range []string{"approve", "hold", "archive", "read", "adopt"} {
			alike("POST", "/orders/{}/"+action, obj{}, order)
		}
		alike("POST", "/orders/{}/note", obj{"seller_note": "x"}, order)
		alike("POST", "/orders/{}/close", obj{"reason": "x"}, order)
		alike("GET", "/shops/{}", nil, foreign)
		alike("PATCH", "/shops/{}", obj{"name": "x"}, foreign)
		alike("GET", "/ship-templates/{}/preview", nil, foreign)
		want(t, "the foreign order's note", j.c.get("/orders/"+order).str("seller_note"), theirs[0].str("seller_note"))

		done := c.post("/orders/bulk/archive", obj{"ids": []string{order, ours[0].str("id")}}, http.StatusOK)
		want(t, "orders archived", done.num("ok"), 1)
		want(t, "whether the foreign order is archived", j.c.get("/orders/" + order)["archived"].(bool), false)
	})
}

// The published matrix is what every operation goes by: each role on each
// operation of the document, and nobody without signing in.
func TestEveryOperationGoesByThePublishedMatrix(t *testing.T) {
	s := start(t, "")
	owner := s.open()
	doc := owner.call("GET", s.base+"/openapi.json", nil, http.StatusOK).json(t)
	holders := map[string][]string{}
	for _, p := range owner.items("/permissions") {
		holders[p.str("permission")] = p.strs("roles")
	}
	if len(holders) < 30 {
		t.Fatalf("the matrix has %d permissions", len(holders))
	}
	staff := map[string]*client{}
	for _, role := range []string{"admin", "customer_service", "finance", "warehouse", "read_only", "auditor", "reviewer", "picker", "warehouse_manager", "purchaser"} {
		staff[role] = s.staff("u-"+strings.ReplaceAll(role, "_", "-"), role, nil)
	}
	path := regexp.MustCompile(`\{[^}]+\}`)
	tried := 0
	operations(doc, func(method, where string, op obj) {
		permission, address := op.str("x-permission"), path.ReplaceAllString(where, "1")
		if permission == "" {
			return
		}
		nobody := s.visitor().send(method, address, "application/json", strings.NewReader("{}"))
		want(t, method+" "+where+" without signing in", nobody.status, http.StatusUnauthorized)
		if permission == "-" || where == "/events/stream" {
			return
		}
		if holders[permission] == nil {
			t.Errorf("%s %s asks for %s, which the matrix does not have", method, where, permission)
		}
		for role, c := range staff {
			a := c.send(method, address, "application/json", strings.NewReader("{}"))
			refused := a.status == http.StatusForbidden && a.json(t).str("code") == "actor.forbidden"
			if may := slices.Contains(holders[permission], role); may == refused {
				t.Errorf("%s %s: %s may: %v, is refused: %v (%d)", method, where, role, may, refused, a.status)
			}
			if a.status >= 500 {
				t.Errorf("%s %s by %s ends with %d: %.200s", method, where, role, a.status, a.body)
			}
			tried++
		}
	})
	if tried < 500 {
		t.Errorf("only %d attempts", tried)
	}
}

// operations walks the document.
func operations(doc obj, f func(method, path string, op obj)) {
	for path, item := range doc.obj("paths") {
		methods, _ := item.(map[string]any)
		for m, op := range methods {
			if o, ok := op.(map[string]any); ok {
				f(strings.ToUpper(m), path, o)
			}
		}
	}
}

// The document says who may, what can go wrong, and every word of it in two languages.
func TestTheDocumentNamesPermissionsAndErrorsWithTexts(t *testing.T) {
	s := start(t, "")
	served := s.visitor().call("GET", s.base+"/openapi.json", nil, http.StatusOK)
	printed, err := exec.Command(binary, "openapi").Output()
	if err != nil {
		t.Fatal(err)
	}
	doc := served.json(t)
	want(t, "the printed document's operations", len(answer{body: printed}.json(t).obj("paths")), len(doc.obj("paths")))
	if v := doc.str("openapi"); !strings.HasPrefix(v, "3.1") {
		t.Errorf("OpenAPI %s", v)
	}

	dir := t.TempDir()
	if out, err := exec.Command(binary, "docs", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	list, err := os.ReadFile(filepath.Join(dir, "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	type texts struct{ zh, en string }
	known := map[string]texts{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9_.]+)` \\| [^|]+ \\| ((?:[^|]|\\\\\\|)*) \\| ((?:[^|]|\\\\\\|)*) \\|$").FindAllStringSubmatch(string(list), -1) {
		known[m[1]] = texts{strings.TrimSpace(m[2]), strings.TrimSpace(m[3])}
	}
	ids, n := map[string]bool{}, 0
	operations(doc, func(method, path string, op obj) {
		n++
		name := method + " " + path
		if _, present := op["x-permission"].(string); !present {
			t.Errorf("%s does not say who may", name)
		}
		if op.str("summary") == "" || chinese(op.str("summary")) || !chinese(op.str("description")) {
			t.Errorf("%s lacks a text: %q, %q", name, op.str("summary"), op.str("description"))
		}
		if op.str("operationId") == "" || ids[op.str("operationId")] {
			t.Errorf("%s has no name of its own: %q", name, op.str("operationId"))
		}
		ids[op.str("operationId")] = true
		if len(op.strs("x-errors")) == 0 {
			t.Errorf("%s knows no errors", name)
		}
		for _, code := range op.strs("x-errors") {
			x, exists := known[code]
			if !exists || !chinese(x.zh) || x.en == "" || chinese(x.en) {
				t.Errorf("%s: %s has the texts %q and %q", name, code, x.zh, x.en)
			}
		}
	})
	if n < 100 {
		t.Errorf("the document lists only %d operations", n)
	}
}
