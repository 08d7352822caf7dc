package thirdparty

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// hosts are the addresses that libraries have built in, by whose they are.
var hosts = map[string]string{
	"openapi-fxg.jinritemai.com": "douyin",
	"openapi.kwaixiaodian.com":   "kuaishou",
	"eco.taobao.com":             "taobao",
	"gw-api.pinduoduo.com":       "pdd",
	"api.weixin.qq.com":          "wechat",
	"ark.xiaohongshu.com":        "xhs",
}

// gateway stands where the internet would: a proxy that leads the platforms' own
// addresses to the simulator, with certificates of an authority that only the
// libraries' processes trust. Nothing leaves this machine.
type gateway struct {
	proxy     string // what HTTPS_PROXY says
	authority string // file of the authority's certificate
	plain     map[string]string
	mu        sync.Mutex
	strangers []string // hosts asked for that lead nowhere
}

// open starts a gateway to the simulator's address and one plain address for each of
// the platforms, whose paths begin where the platform's do.
func open(t *testing.T, simulator string, platforms []string) *gateway {
	g := &gateway{plain: map[string]string{}, authority: filepath.Join(t.TempDir(), "authority.pem")}
	to, err := url.Parse(simulator)
	if err != nil {
		t.Fatal(err)
	}
	lead := func(platform string) http.Handler {
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.Out.URL.Path, r.Out.URL.RawPath = "/"+platform+inside(platform, r.In.URL.Path), ""
			r.Out.Host = r.In.Host
		}}
	}
	byHost := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if p := g.whose(r.Host); p != "" {
			lead(p).ServeHTTP(rw, r)
			return
		}
		http.Error(rw, "no such platform", http.StatusBadGateway)
	})
	behind := httptest.NewUnstartedServer(byHost)
	behind.TLS = &tls.Config{Certificates: []tls.Certificate{certify(t, g.authority)}}
	behind.StartTLS()
	t.Cleanup(behind.Close)
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			byHost(rw, r)
			return
		}
		if g.whose(r.Host) == "" {
			http.Error(rw, "no such platform", http.StatusBadGateway)
			return
		}
		tunnel(rw, behind.Listener.Addr().String())
	}))
	t.Cleanup(front.Close)
	g.proxy = front.URL
	for _, p := range platforms {
		one := httptest.NewServer(lead(p))
		t.Cleanup(one.Close)
		g.plain[p] = one.URL
	}
	return g
}

// inside is the path behind the simulator's base URL: Xiaohongshu has one address,
// which is the base URL itself; a link to a next page has the base URL already.
func inside(platform, path string) string {
	if platform == "xhs" {
		return ""
	}
	if rest, found := strings.CutPrefix(path, "/"+platform+"/"); found {
		return "/" + rest
	}
	return path
}

func (g *gateway) whose(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.HasSuffix(host, ".myshopify.com") {
		return "shopify"
	}
	if hosts[host] == "" {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.strangers = append(g.strangers, host)
	}
	return hosts[host]
}

// tunnel joins the caller to address, as CONNECT asks.
func tunnel(rw http.ResponseWriter, address string) {
	far, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(far, buffered)
		close(done)
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
	<-done
}

// certify makes an authority, writes its certificate to file, and answers a
// certificate of it for all the hosts.
func certify(t *testing.T, file string) tls.Certificate {
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	names := []string{"*.myshopify.com"}
	for h := range hosts {
		names = append(names, h)
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	root, leaf := key(), key()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Ordercove test authority"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: []byte{1}}
	site := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "platforms"}, NotBefore: from, NotAfter: to, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, AuthorityKeyId: []byte{1}}
	of := func(c *x509.Certificate, k *ecdsa.PrivateKey) []byte {
		raw, err := x509.CreateCertificate(rand.Reader, c, authority, &k.PublicKey, root)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: of(authority, root)}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{of(site, leaf)}, PrivateKey: leaf}
}
