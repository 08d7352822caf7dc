package scenario

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// simulator is the other side of the wire, a process of its own.
type simulator struct {
	t     *testing.T
	base  string
	args  []string
	proc  *exec.Cmd
	log   *tail
	admin *client
}

// port is one that nobody listens on now, and below those the system gives to
// outgoing connections: while a killed server is away, somebody who calls it again
// and again would sooner or later be given its port, and it could not come back.
func port(t *testing.T) int {
	t.Helper()
	for range 200 {
		n := 12_000 + rand.IntN(18_000)
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n)); err == nil {
			ln.Close()
			return n
		}
	}
	t.Fatal("no free port")
	return 0
}

// simulate prepares a simulator with a profile of its own; run starts it.
func simulate(t *testing.T, profile obj, args ...string) *simulator {
	t.Helper()
	file := filepath.Join(t.TempDir(), "profile.json")
	b, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port(t))
	m := &simulator{t: t, base: "http://" + addr, args: append([]string{"simulate", "--listen", addr, "--profile", file}, args...), log: &tail{}}
	m.admin = &client{t: t, base: m.base, http: &http.Client{Timeout: 2 * time.Minute}}
	t.Cleanup(func() {
		m.end()
		if t.Failed() {
			t.Logf("the simulator's last words:\n%s", m.log)
		}
	})
	return m
}

func (m *simulator) run(more ...string) {
	m.t.Helper()
	m.proc = exec.Command(binary, append(slices.Clone(m.args), more...)...)
	m.proc.Stdout, m.proc.Stderr = m.log, m.log
	if err := m.proc.Start(); err != nil {
		m.t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(m.base + "/admin/"); err == nil {
			r.Body.Close()
			return
		}
	}
	m.t.Fatalf("the simulator does not answer\n%s", m.log)
}

func (m *simulator) end() {
	if m.proc != nil {
		_ = m.proc.Process.Kill()
		_ = m.proc.Wait()
		m.proc = nil
	}
}

func (m *simulator) get(path string) obj {
	m.t.Helper()
	return m.admin.get(m.base + "/admin" + path)
}

func (m *simulator) post(path string, body any) obj {
	m.t.Helper()
	return m.admin.post(m.base+"/admin"+path, body, http.StatusOK)
}

func (m *simulator) put(path string, body any) {
	m.t.Helper()
	m.admin.call(http.MethodPut, m.base+"/admin"+path, body, http.StatusOK)
}

// truth is every order of a shop as the channel has it, by number.
func (m *simulator) truth(shop string) map[string]obj {
	m.t.Helper()
	out := map[string]obj{}
	for after := int64(0); ; {
		page := m.get(fmt.Sprintf("/shops/%s/orders?size=1000&after=%d", shop, after))
		for _, o := range page.list("orders") {
			out[o.str("no")] = o
		}
		if after = page.num("next"); after == 0 {
			return out
		}
	}
}

// connect adds a shop and gives it access to the simulator.
func (s *server) connect(m *simulator, one obj, tuning obj) (shopID, hook string) {
	s.t.Helper()
	created := s.owner.post("/shops", obj{"channel": one.str("platform"), "name": one.str("title") + " " + one.str("name"), "auto_approve": true,
		"live_from_at": time.Now().Add(-90 * 24 * time.Hour).UTC().Format(time.RFC3339)}, http.StatusCreated)
	shopID = created.str("id")
	a := s.owner.call(http.MethodPut, "/shops/"+shopID+"/access", obj{"base_url": one.str("base_url"), "credentials": one["credentials"], "tuning": tuning}, http.StatusOK).json(s.t)
	return shopID, s.base + a.str("hook_path")
}
