package thirdparty

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// client is one library: the program that drives it, the shop it gets for itself, and
// everything that program must report. A program that ends early without an error
// is so a failure too.
type client struct {
	library string
	program string
	shop    string
	does    string
}

var clients = []client{
	{"WooCommerce 3.0.0 (PyPI)", "python/woocommerce_api.py", "woocommerce-1", "list page detail ship memo refunds refused"},
	{"@woocommerce/woocommerce-rest-api 1.0.2 (npm)", "node/woocommerce.mjs", "woocommerce-2", "list page detail ship refunds refused"},
	{"ShopifyAPI 12.7.0 (PyPI)", "python/shopify_api.py", "shopify-1", "list page detail ship refused"},
	{"shopify-api-node 3.15.0 (npm)", "node/shopify.mjs", "shopify-2", "list page detail ship refused"},
	{"taobao-openapi 1.1.0 (PyPI)", "python/taobao_openapi.py", "taobao-1", "token list page detail memo refunds refused"},
	{"node-taobao-topclient 0.1.7 (npm)", "node/taobao.mjs", "taobao-2", "token list page detail ship refunds refused"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_taobao.py", "taobao-3", "list page detail ship refunds refused"},
	{"pdd-sdk 1.0.8 (PyPI)", "python/pdd_sdk_rest.py", "pdd-1", "token list page detail ship refunds refused"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_pdd.py", "pdd-2", "list page detail ship refunds refused"},
	{"doudian 0.6 (PyPI)", "python/doudian_sdk.py", "douyin-1", "token list page detail ship refunds refused"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_douyin.py", "douyin-2", "list page detail ship refunds refused"},
	{"ks-shop-python-sdk 0.3.0 (PyPI)", "python/ks_shop.py", "kuaishou-1", "token list page detail ship refunds refused"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_kuaishou.py", "kuaishou-3", "list page detail refunds refused"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_wechat.py", "wechat-1", "token list page detail ship refunds refused"},
	{"wechat-crypto 0.0.2 (npm)", "node/wechat.mjs", "wechat-2", "echo push forged"},
	{"mcp-cn-commerce 0.1.6 (PyPI)", "python/mcp_xhs.py", "xhs-1", "list page detail refunds refused"},
}

func env(t *testing.T, name string) string {
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run scripts/thirdparty", name)
	}
	return v
}

func TestClientsOfOthersWorkAgainstTheSimulatorUnchanged(t *testing.T) {
	python := env(t, "THIRDPARTY_PYTHON")
	pushes := &relay{}
	hook := httptest.NewServer(pushes)
	t.Cleanup(hook.Close)
	base := simulate(t, env(t, "THIRDPARTY_ORDERCOVE"), "wechat-2="+hook.URL+"/push")
	shops := shopsOf(t, base)
	platforms := []string{}
	for _, s := range shops {
		if !slices.Contains(platforms, s.Platform) {
			platforms = append(platforms, s.Platform)
		}
	}
	g := open(t, base, platforms)
	t.Run("client", func(t *testing.T) {
		for _, c := range clients {
			t.Run(filepath.Base(c.program), func(t *testing.T) {
				t.Parallel()
				run(t, c, python, base, hook.URL, g, shops[c.shop])
			})
		}
	})
	if len(g.strangers) > 0 {
		t.Errorf("libraries asked for addresses that lead to no platform: %v", g.strangers)
	}
}

// run drives one library and compares what its program reports with what it should.
func run(t *testing.T, c client, python, base, hook string, g *gateway, s shop) {
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	defer stop()
	what, err := json.Marshal(s)
	if err != nil || s.Name == "" {
		t.Fatalf("no shop %s: %v", c.shop, err)
	}
	interpreter := python
	if strings.HasSuffix(c.program, ".mjs") {
		interpreter = "node"
	}
	cmd := exec.CommandContext(ctx, interpreter, filepath.Base(c.program))
	cmd.Dir = filepath.Dir(c.program)
	cmd.Env = append(os.Environ(), "SIM_ADMIN="+base+"/admin", "SIM_SHOP="+string(what), "SIM_PLAIN="+g.plain[s.Platform], "SIM_HOOK="+hook,
		"HTTP_PROXY="+g.proxy, "http_proxy="+g.proxy, "HTTPS_PROXY="+g.proxy, "https_proxy="+g.proxy, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"SSL_CERT_FILE="+g.authority, "REQUESTS_CA_BUNDLE="+g.authority, "NODE_EXTRA_CA_CERTS="+g.authority,
		// The wall clock of the platforms' country: some libraries sign their machine's.
		"TZ=Asia/Shanghai", "PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var did []string
	for lines := bufio.NewScanner(bytes.NewReader(out.Bytes())); lines.Scan(); {
		if word, ok := strings.CutPrefix(lines.Text(), "ok: "); ok {
			did = append(did, word)
		}
	}
	if err != nil || strings.Join(did, " ") != c.does {
		t.Fatalf("%s did %q of %q: %v\n%s", c.library, strings.Join(did, " "), c.does, err, out.String())
	}
	t.Logf("%s against %s: %s", c.library, s.Name, c.does)
}

type shop struct {
	Name        string            `json:"name"`
	Platform    string            `json:"platform"`
	ID          string            `json:"id"`
	BaseURL     string            `json:"base_url"`
	Credentials map[string]string `json:"credentials"`
}

// simulate starts the product's own simulator command, three shops of each platform
// in which nothing happens by itself and every change shows at once, and answers its
// base URL.
func simulate(t *testing.T, binary, hook string) string {
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "simulate", "--listen", "127.0.0.1:0", "--profile", "calm", "--shops-each", "3", "--orders", "0", "--hook", hook)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the simulator said nothing")
	}
	_, rest, _ := strings.Cut(lines.Text(), "simulator on ")
	base, _, found := strings.Cut(rest, ",")
	if !found {
		t.Fatalf("the simulator said %q", lines.Text())
	}
	go func() { // it tells every shop; a full pipe would stop it
		for lines.Scan() {
		}
	}()
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		answer, err := http.Post(base+"/admin/quiesce", "application/json", nil)
		if err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(until) {
			t.Fatal(err)
		}
	}
	ask, err := http.NewRequest(http.MethodPut, base+"/admin/faults", strings.NewReader(`{"lag_ms":0}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("faults: %s", answer.Status)
	}
	return base
}

// relay is the hook address: it stands before the simulator starts, and leads to the
// program that registers.
type relay struct{ to atomic.Pointer[url.URL] }

func (h *relay) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/register" {
		raw, err := io.ReadAll(io.LimitReader(r.Body, 1024))
		to, bad := url.Parse(string(raw))
		if err != nil || bad != nil {
			http.Error(rw, "no address", http.StatusBadRequest)
			return
		}
		h.to.Store(to)
		return
	}
	to := h.to.Load()
	if to == nil {
		http.Error(rw, "nobody listens yet", http.StatusServiceUnavailable)
		return
	}
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}).ServeHTTP(rw, r)
}

func shopsOf(t *testing.T, base string) map[string]shop {
	answer, err := http.Get(base + "/admin/shops")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var all struct {
		Shops []shop `json:"shops"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	out := map[string]shop{}
	for _, s := range all.Shops {
		out[s.Name] = s
	}
	return out
}
