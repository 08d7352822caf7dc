package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

var errShut = errs.Define(errs.Conflict, "web_test.shut", "已关闭 {n} 次", "Shut {n} times")

type thing struct {
	ID        id.ID    `json:"id"`
	AmountFen int64    `json:"amount_fen" class:"money"`
	CostFen   int64    `json:"cost_fen" class:"cost"`
	PlacedAt  web.Time `json:"placed_at"`
}

type listIn struct {
	web.ListInput
	ShopID web.IDs  `query:"shop_id"`
	State  []string `query:"state,explode" enum:"open,shut"`
	From   web.Time `query:"from_at"`
}

type listOut struct{ Body web.Page[thing] }

type changeIn struct {
	ID   id.ID `path:"id"`
	Body struct {
		Note    string   `json:"note" maxLength:"5"`
		Flag    string   `json:"flag,omitempty" enum:"red,blue"`
		At      web.Time `json:"at,omitempty"`
		ShopIDs []id.ID  `json:"shop_ids,omitempty"`
	}
}

type changeOut struct{ Body thing }

type got struct {
	list   listIn
	change changeIn
}

func serve(t *testing.T, seen *got, fail *error) http.Handler {
	t.Helper()
	api := web.New(web.Options{Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			switch c.Bearer {
			case "all":
				return kittest.Owner(1), nil
			case "packer":
				return actor.Actor{MerchantID: 1, ID: 9, Kind: actor.User, Permissions: []string{"thing.change", "thing.read"}}, nil
			}
			return actor.Actor{}, actor.ErrNone
		}})
	web.Register(api, web.Op{ID: "listThings", Method: "GET", Path: "/things", Tag: "things", ZH: "列表", EN: "List", Permission: "thing.read"},
		func(_ context.Context, in *listIn) (*listOut, error) {
			seen.list = *in
			if *fail != nil {
				return nil, *fail
			}
			return &listOut{web.NewPage([]thing{{ID: 1 << 60, AmountFen: 990, CostFen: 500, PlacedAt: 1795233600123}}, "next")}, nil
		})
	web.Register(api, web.Op{ID: "changeThing", Method: "POST", Path: "/things/{id}/change", Tag: "things", ZH: "修改", EN: "Change",
		Permission: "thing.change", Errors: []*errs.Error{errShut}},
		func(_ context.Context, in *changeIn) (*changeOut, error) {
			seen.change = *in
			if *fail != nil {
				return nil, *fail
			}
			return &changeOut{thing{ID: in.ID}}, nil
		})
	return api.Handler()
}

type answer struct {
	status int
	header http.Header
	body   string
	web.Problem
}

func ask(t *testing.T, h http.Handler, method, path, key, body string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, "http://shop.example"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.Problem); err != nil {
			t.Fatalf("%s %s: %d is no problem: %s", method, path, w.Code, w.Body)
		}
		if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" || a.RequestID == "" || a.RequestID != w.Header().Get("X-Request-Id") {
			t.Fatalf("%s %s: problem as %q, request id %q", method, path, ct, a.RequestID)
		}
	}
	return a
}

func TestParametersArriveAsWhatTheyAre(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	a := ask(t, h, "GET", "/api/v1/things?shop_id=7&shop_id=1152921504606846976&state=open&state=shut&from_at=2026-11-21T12:00:00.123%2B08:00", "all", "")
	if a.status != 200 {
		t.Fatal(a.body)
	}
	if l := seen.list.ShopID.List; len(l) != 2 || l[1] != 1<<60 || len(seen.list.State) != 2 || seen.list.From != 1795233600123 || seen.list.Limit != 50 {
		t.Fatalf("read as %+v", seen.list)
	}
	want := `{"items":[{"id":"1152921504606846976","amount_fen":990,"cost_fen":500,"placed_at":"2026-11-21T12:00:00.123+08:00"}],"next_cursor":"next"}`
	if strings.TrimSpace(a.body) != want {
		t.Fatalf("answered %s", a.body)
	}
}

func TestBadParametersAreRefusedOneByOne(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	for query, want := range map[string]string{
		"limit=0":           "query.limit web.too_small",
		"limit=201":         "query.limit web.too_big",
		"limit=many":        "query.limit web.wrong_type",
		"limit=5&limit=6":   "query.limit web.bad_value",
		"state=broken":      "query.state[0] web.not_a_choice",
		"shop_id=seven":     "query.shop_id[0] web.bad_format",
		"shop_id=-1":        "query.shop_id[0] web.bad_format",
		"from_at=yesterday": "query.from_at web.bad_format",
		"page=2":            "query.page web.unknown_field",
	} {
		a := ask(t, h, "GET", "/api/v1/things?"+query, "all", "")
		if a.status != 422 || a.Code != "web.invalid" || len(a.Errors) != 1 || a.Errors[0].Location+" "+a.Errors[0].Code != want {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := ask(t, h, "POST", "/api/v1/things/x/change", "all", `{"note":"a"}`); a.status != 422 || a.Errors[0].Location != "path.id" {
		t.Errorf("bad id in the path: %s", a.body)
	}
}

func TestBodiesAreReadStrictly(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	for body, want := range map[string]string{
		`{"note":"a","nope":1}`:       "422 body.nope web.unknown_field",
		`{}`:                          "422 body.note web.required",
		`{"note":"abcdef"}`:           "422 body.note web.too_long",
		`{"note":7}`:                  "422 body.note web.wrong_type",
		`{"note":"a","flag":"green"}`: "422 body.flag web.not_a_choice",
		`{"note":"a","shop_ids":[1]}`: "422 body.shop_ids[0] web.wrong_type",
		`{"note":"a","note":"b"}`:     "400",
		`{"note":"a"} {"note":"b"}`:   "400",
		`{"note":"a"`:                 "400",
		"{\"note\":\"\xff\"}":         "400",
		`{"note":1e999}`:              "400",
		`{"note":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`: "400",
		`{"note":"` + strings.Repeat("a", 2<<20) + `"}`:                      "413",
	} {
		a := ask(t, h, "POST", "/api/v1/things/5/change", "all", body)
		have := map[int]string{400: "400", 413: "413"}[a.status]
		if len(a.Errors) == 1 {
			have = "422 " + a.Errors[0].Location + " " + a.Errors[0].Code
		}
		if have != want {
			t.Errorf("%.60s: %d %.300s, want %s", body, a.status, a.body, want)
		}
		if strings.Contains(a.body, "abcdef") || strings.Contains(a.body, "green") && !strings.Contains(a.body, "red") {
			t.Errorf("%.60s: the answer echoes what was sent: %s", body, a.body)
		}
	}
	if a := ask(t, h, "POST", "/api/v1/things/5/change", "all", `{"note":"好","at":"2026-11-21T04:00:00Z","shop_ids":["3"]}`); a.status != 200 ||
		seen.change.ID != 5 || seen.change.Body.At != 1795233600000 || seen.change.Body.ShopIDs[0] != 3 {
		t.Errorf("a good body: %s, read as %+v", a.body, seen.change)
	}
	if a := ask(t, h, "POST", "/api/v1/things/5/change", "all", "note=a", "Content-Type", "application/x-www-form-urlencoded"); a.status != 415 {
		t.Errorf("a form: %s", a.body)
	}
}

func TestMoneyAndCostAreNullForWhoeverMayNotSeeThem(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	a := ask(t, h, "GET", "/api/v1/things", "packer", "")
	if a.status != 200 || !strings.Contains(a.body, `"amount_fen":null`) || !strings.Contains(a.body, `"cost_fen":null`) ||
		!strings.Contains(a.body, `"id":"1152921504606846976"`) {
		t.Fatal(a.body)
	}
}

func TestWhoMayNotIsToldSoInTheirLanguage(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	if a := ask(t, h, "GET", "/api/v1/things", "", ""); a.status != 401 || a.Code != "actor.not_signed_in" || a.Detail != "请先登录" {
		t.Errorf("nobody: %s", a.body)
	}
	if a := ask(t, h, "GET", "/api/v1/things", "forged", "", "Accept-Language", "en-GB,en;q=0.9"); a.status != 401 || a.Detail != "Please sign in" {
		t.Errorf("a forged key: %s", a.body)
	}
	fail = errShut.With("n", 2).At("note")
	a := ask(t, h, "POST", "/api/v1/things/5/change", "packer", `{"note":"a"}`, "Accept-Language", "en")
	if a.status != 409 || a.Code != "web_test.shut" || a.Detail != "Shut 2 times" || a.Errors[0].Location != "body.note" {
		t.Errorf("a conflict: %s", a.body)
	}
	fail = errors.New("disk sda1 of db.internal is on fire")
	if a := ask(t, h, "GET", "/api/v1/things", "all", ""); a.status != 500 || strings.Contains(a.body, "sda1") {
		t.Errorf("an internal error: %s", a.body)
	}
}

func TestRequestsFromOtherSitesAreRefused(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	if a := ask(t, h, "POST", "/api/v1/things/5/change", "all", `{"note":"a"}`, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); a.status != 403 || a.Code != "web.cross_origin" {
		t.Errorf("cross-site: %s", a.body)
	}
	if a := ask(t, h, "POST", "/api/v1/things/5/change", "all", `{"note":"a"}`, "Sec-Fetch-Site", "same-origin"); a.status != 200 {
		t.Errorf("same origin: %s", a.body)
	}
}

func TestUnknownAddressesAndMethodsAreProblems(t *testing.T) {
	var seen got
	var fail error
	h := serve(t, &seen, &fail)
	if a := ask(t, h, "GET", "/api/v1/nothing", "all", ""); a.status != 404 || a.Code != "web.no_route" {
		t.Error(a.body)
	}
	if a := ask(t, h, "DELETE", "/api/v1/things", "all", ""); a.status != 405 || a.header.Get("Allow") != "GET" {
		t.Errorf("%s, Allow %q", a.body, a.header.Get("Allow"))
	}
	if a := ask(t, h, "POST", "/api/v1/things/5/change", "all", `{"note":"a"}`, "Idempotency-Key", "with space"); a.status != 422 || a.Code != "web.bad_idempotency_key" {
		t.Error(a.body)
	}
}

func TestAPanicStaysWithinItsRequest(t *testing.T) {
	api := web.New(web.Options{Version: "test"})
	web.Register(api, web.Op{ID: "boom", Method: "GET", Path: "/boom", Tag: "t", ZH: "炸", EN: "Boom"},
		func(context.Context, *struct{}) (*listOut, error) { panic("torn") })
	if a := ask(t, api.Handler(), "GET", "/api/v1/boom", "", ""); a.status != 500 || a.Code != "web.internal" {
		t.Fatal(a.body)
	}
}

func TestEveryAnswerBearsTheSecurityHeaders(t *testing.T) {
	var seen got
	var fail error
	a := ask(t, serve(t, &seen, &fail), "GET", "/api/v1/things", "all", "")
	for name, part := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if !strings.Contains(a.header.Get(name), part) {
			t.Errorf("%s is %q", name, a.header.Get(name))
		}
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self' ws://127.0.0.1:13528 ") || strings.Contains(policy, "*") {
		t.Errorf("a page may speak to %q", policy)
	}
	if strings.Contains(a.header.Get("Content-Security-Policy"), "script-src 'self' 'unsafe") {
		t.Error("inline scripts are allowed")
	}
}

func TestLargeAnswersAreCompressedForWhoeverIsElsewhere(t *testing.T) {
	api := web.New(web.Options{Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return kittest.Owner(1), nil }})
	web.Register(api, web.Op{ID: "listThings", Method: "GET", Path: "/things", Tag: "things", ZH: "列表", EN: "List", Permission: "thing.read"},
		func(context.Context, *struct{}) (*listOut, error) {
			return &listOut{web.NewPage(make([]thing, 100), "")}, nil
		})
	h := api.Handler()
	for _, c := range []struct {
		name, peer, accept, forwarded, coding string
	}{
		{"another machine of the house", "192.168.1.7:5000", "gzip, br", "", "gzip"},
		{"another machine that cannot unpack", "192.168.1.7:5000", "identity", "", ""},
		{"the same machine", "127.0.0.1:5000", "gzip, br", "", ""},
		{"the same machine, as IPv6", "[::1]:5000", "gzip", "", ""},
		{"a proxy on the same machine", "127.0.0.1:5000", "gzip", "203.0.113.9", "gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example/api/v1/things", nil)
			r.RemoteAddr = c.peer
			r.Header.Set("Authorization", "Bearer all")
			r.Header.Set("Accept-Encoding", c.accept)
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != 200 || w.Header().Get("Content-Encoding") != c.coding {
				t.Fatalf("%d, packed as %q, want %q", w.Code, w.Header().Get("Content-Encoding"), c.coding)
			}
			if body := w.Body.Bytes(); (c.coding == "") != json.Valid(body) {
				t.Fatalf("packed as %q, but it begins %q", c.coding, body[:min(20, len(body))])
			}
		})
	}
}

func TestTheDocumentIsTheSameEveryTime(t *testing.T) {
	build := func() []byte {
		api := web.New(web.Options{Version: "test"})
		web.Register(api, web.Op{ID: "listThings", Method: "GET", Path: "/things", Tag: "things", ZH: "列表", EN: "List", Permission: "thing.read"},
			func(context.Context, *listIn) (*listOut, error) { return nil, nil })
		web.Register(api, web.Op{ID: "changeThing", Method: "POST", Path: "/things/{id}/change", Tag: "things", ZH: "修改", EN: "Change", Errors: []*errs.Error{errShut}},
			func(context.Context, *changeIn) (*changeOut, error) { return nil, nil })
		b, err := api.OpenAPI()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := build()
	if !bytes.Equal(a, build()) {
		t.Fatal("two builds differ")
	}
	for _, want := range []string{`"x-permission": "thing.read"`, `"web_test.shut"`, `"x-class": "money"`, `"Idempotency-Key"`, `"application/problem+json"`, `"openapi": "3.1.0"`} {
		if !bytes.Contains(a, []byte(want)) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

func TestUploadsStreamIntoTheStoreAndComeBackWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		api := web.New(web.Options{Version: "test", Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return kittest.Owner(1), nil }})
		up := &web.Upload{MaxFiles: 2, MaxBytes: 1 << 20, Fields: []string{"shop_id"}}
		type out struct {
			Body struct {
				Files []file.File `json:"files"`
				Shop  string      `json:"shop"`
			}
		}
		web.Register(api, web.Op{ID: "upload", Method: "POST", Path: "/up", Tag: "t", ZH: "上传", EN: "Upload", Permission: web.SignedIn, Upload: up},
			func(ctx context.Context, _ *struct{}) (*out, error) {
				files, fields, err := web.ReceiveFiles(ctx, k.Files, *up, file.New{Purpose: file.Upload})
				if err != nil {
					return nil, err
				}
				o := &out{}
				o.Body.Files, o.Body.Shop = files, fields["shop_id"]
				return o, nil
			})
		web.Register(api, web.Op{ID: "download", Method: "GET", Path: "/down/{id}", Tag: "t", ZH: "下载", EN: "Download", Permission: web.SignedIn},
			func(ctx context.Context, in *struct {
				ID id.ID `path:"id"`
			}) (*web.Stream, error) {
				r, err := k.Files.Open(ctx, in.ID)
				if err != nil {
					return nil, err
				}
				return web.SendFile(r), nil
			})
		h := api.Handler()
		content := strings.Repeat("订单号,金额\n", 40000)
		post := func(parts ...string) answer {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			_ = m.WriteField("shop_id", "7")
			for i, p := range parts {
				w, _ := m.CreateFormFile("file", `C:\导出\orders"`+string(rune('a'+i))+".csv")
				_, _ = io.WriteString(w, p)
			}
			m.Close()
			return ask(t, h, "POST", "/api/v1/up", "any", b.String(), "Content-Type", m.FormDataContentType())
		}
		a := post(content, "x")
		var o struct {
			Files []file.File `json:"files"`
			Shop  string      `json:"shop"`
		}
		if err := json.Unmarshal([]byte(a.body), &o); err != nil || a.status != 200 || len(o.Files) != 2 || o.Shop != "7" || o.Files[0].SizeBytes != int64(len(content)) {
			t.Fatalf("%d %s %v", a.status, a.body, err)
		}
		a = ask(t, h, "GET", "/api/v1/down/"+o.Files[0].ID.String(), "any", "")
		if a.status != 200 || a.body != content || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; ") {
			t.Fatalf("download: %d, %d bytes, %v", a.status, len(a.body), a.header)
		}
		a = ask(t, h, "GET", "/api/v1/down/"+o.Files[0].ID.String(), "any", "", "Range", "bytes=300000-300011")
		if a.status != 206 || a.body != content[300000:300012] {
			t.Fatalf("range: %d %q", a.status, a.body)
		}
		for name, bad := range map[string]struct {
			parts []string
			code  string
		}{
			"no file":     {nil, "web.no_file"},
			"three files": {[]string{"a", "b", "c"}, "web.too_many_files"},
			"empty file":  {[]string{""}, "file.empty"},
			"large file":  {[]string{"a", strings.Repeat("x", 1<<20+1)}, "file.too_large"},
		} {
			if a := post(bad.parts...); a.Code != bad.code {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		var left int
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM file_file WHERE merchant_id = 1`).Scan(&left); err != nil || left != 2 {
			t.Errorf("%d files stay behind, want the 2 good ones (%v)", left, err)
		}
	})
}
