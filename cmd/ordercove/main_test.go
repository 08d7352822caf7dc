package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

// The tests run the real command: this binary, started again, is it.
const asCommand = "ORDERCOVE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	return c
}

// output runs a command to its end and returns its exit code and what it printed.
func output(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out, errOut bytes.Buffer
	c := command(t, args...)
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	if c.ProcessState.ExitCode() != 0 {
		t.Logf("%v: %s", args, errOut.String())
	}
	return c.ProcessState.ExitCode(), out.String()
}

type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	http *http.Client
	said *bytes.Buffer
	mu   sync.Mutex
}

var readyLine = regexp.MustCompile(`msg=ready url=(\S+)`)

// start runs serve on a free port and waits until it answers.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	s := &server{t: t, said: &bytes.Buffer{}, http: &http.Client{Jar: jar, Timeout: time.Minute}}
	if !strings.Contains(strings.Join(args, " "), "--listen") {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	s.cmd = command(t, append([]string{"serve"}, args...)...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errOut, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, heard := make(chan string, 1), make(chan struct{})
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-heard // before the test is over, so that nothing is logged after it
		_ = s.cmd.Wait()
	})
	go func() {
		defer close(heard)
		lines := bufio.NewScanner(errOut)
		for lines.Scan() {
			if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
				ready <- m[1]
			}
			if strings.Contains(lines.Text(), "level=ERROR") || strings.HasPrefix(lines.Text(), "ordercove:") {
				t.Log(lines.Text())
			}
		}
	}()
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			s.mu.Lock()
			s.said.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
		}
	}()
	select {
	case s.url = <-ready:
	case <-time.After(time.Minute):
		t.Fatal("the server is not ready")
	}
	return s
}

var tokenInURL = regexp.MustCompile(`token=(\S+)`)

func (s *server) token() string {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		s.mu.Lock()
		m := tokenInURL.FindStringSubmatch(s.said.String())
		s.mu.Unlock()
		if m != nil {
			return m[1]
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatal("no setup token was printed")
	return ""
}

func (s *server) do(method, path string, body any, header ...string) (int, map[string]any, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequest(method, s.url+"/api/v1"+path, bytes.NewReader(b))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, err
	}
	var out map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			return res.StatusCode, nil, fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, raw)
		}
	}
	return res.StatusCode, out, nil
}

func (s *server) must(status int, method, path string, body any, header ...string) map[string]any {
	s.t.Helper()
	got, out, err := s.do(method, path, body, header...)
	if err != nil || got != status {
		s.t.Fatalf("%s %s: %d %v %v, want %d", method, path, got, out, err, status)
	}
	return out
}

func (s *server) setUp(token string) {
	s.t.Helper()
	s.must(201, "POST", "/setup", map[string]any{"token": token, "merchant_code": "nuandong", "merchant_name": "暖冬家居", "user_name": "boss",
		"display_name": "林店长", "password": "correct horse battery 9", "lang": "zh-CN", "demo_data": false})
}

func (s *server) signIn() {
	s.t.Helper()
	s.must(201, "POST", "/sessions", map[string]any{"merchant_code": "nuandong", "user_name": "boss", "password": "correct horse battery 9"})
}

func engines(t *testing.T) map[string][]string {
	return map[string][]string{"sqlite": nil, "postgres": {"--db", dbtest.PostgresURL(t)}}
}

func TestTheFirstRunPrintsATokenThatWorksOnce(t *testing.T) {
	for engine, args := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			s := start(t, append(args, "--data", t.TempDir())...)
			if sys := s.must(200, "GET", "/system", nil); sys["setup_needed"] != true || sys["engine"] != engine {
				t.Fatalf("before: %v", sys)
			}
			token := s.token()
			s.setUp(token)
			if me := s.must(200, "GET", "/me", nil); me["merchant_name"] != "暖冬家居" {
				t.Fatalf("signed in as %v", me)
			}
			if got, _, _ := s.do("POST", "/setup", map[string]any{"token": token, "merchant_code": "other", "merchant_name": "别家", "user_name": "boss",
				"display_name": "x", "password": "correct horse battery 9", "lang": "zh-CN", "demo_data": false}); got < 400 {
				t.Fatalf("the token works twice: %d", got)
			}
			if sys := s.must(200, "GET", "/system", nil); sys["setup_needed"] != false {
				t.Fatalf("after: %v", sys)
			}
		})
	}
}

// TestKillingTheServerLosesNothingAcknowledged writes through the API from many
// clients, kills the process in the middle, three times, and compares what was
// answered with what is there.
func TestKillingTheServerLosesNothingAcknowledged(t *testing.T) {
	for engine, args := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			data := t.TempDir()
			args := append(args, "--data", data)
			s := start(t, args...)
			s.setUp(s.token())
			acknowledged := map[string]string{} // warehouse code → id
			var mu sync.Mutex
			for round := range 3 {
				if round > 0 {
					s = start(t, args...)
					s.signIn()
				}
				var wg sync.WaitGroup
				enough := make(chan struct{})
				count := 0
				for client := range 8 {
					wg.Add(1)
					go func() {
						defer wg.Done()
						for n := 0; ; n++ {
							code := fmt.Sprintf("R%d-%d-%d", round, client, n)
							status, out, err := s.do("POST", "/warehouses", map[string]any{"code": code, "name": "仓 " + code}, "Idempotency-Key", "key-"+code)
							if err != nil {
								return // killed
							}
							if status != 200 && status != 201 {
								t.Errorf("create %s: %d %v", code, status, out)
								return
							}
							mu.Lock()
							acknowledged[code], _ = out["id"].(string)
							if count++; count == 120 {
								close(enough)
							}
							mu.Unlock()
						}
					}()
				}
				select {
				case <-enough:
				case <-time.After(2 * time.Minute):
					t.Fatal("too slow to tell anything")
				}
				if err := s.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				wg.Wait()
				_ = s.cmd.Wait()
			}
			s = start(t, args...)
			s.signIn()
			have := s.warehouses()
			for code, id := range acknowledged {
				if have[code] != id {
					t.Errorf("%s was acknowledged as %s and is %q now", code, id, have[code])
				}
			}
			// The same key answers the same, also across the restarts.
			for code, id := range acknowledged {
				out := s.must(201, "POST", "/warehouses", map[string]any{"code": code, "name": "仓 " + code}, "Idempotency-Key", "key-"+code)
				if out["id"] != id {
					t.Errorf("repeating %s made %v, want %s", code, out["id"], id)
				}
				break
			}
			if after := s.warehouses(); len(after) != len(have) {
				t.Errorf("the repeated request made another one: %d, then %d", len(have), len(after))
			}
			code, out := output(t, append([]string{"verify", "--json"}, args...)...)
			var report struct {
				OK bool `json:"ok"`
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitOK || !report.OK {
				t.Errorf("verify: exit %d, %s %v", code, out, err)
			}
		})
	}
}

func (s *server) warehouses() map[string]string {
	s.t.Helper()
	have := map[string]string{}
	cursor := ""
	for {
		out := s.must(200, "GET", "/warehouses?limit=200&cursor="+cursor, nil)
		for _, w := range out["items"].([]any) {
			w := w.(map[string]any)
			have[w["code"].(string)] = w["id"].(string)
		}
		if cursor, _ = out["next_cursor"].(string); cursor == "" {
			return have
		}
	}
}

func TestSIGTERMFinishesWhatWasAcceptedAndExitsInTime(t *testing.T) {
	s := start(t, "--data", t.TempDir())
	s.setUp(s.token())
	open, err := s.http.Get(s.url + "/api/v1/events/stream") // a page that listens must not hold the exit up
	if err != nil {
		t.Fatal(err)
	}
	defer open.Body.Close()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = s.cmd.Wait()
	if took := time.Since(began); err != nil || took > 30*time.Second {
		t.Fatalf("ended after %v with %v", took, err)
	}
}

func TestASecondServerKeepsAwayFromTheData(t *testing.T) {
	data := t.TempDir()
	start(t, "--data", data)
	if code, _ := output(t, "serve", "--data", data, "--listen", "127.0.0.1:0"); code != exitUsage {
		t.Fatalf("exit %d, want %d", code, exitUsage)
	}
}

func TestBeyondLoopbackTheServerSpeaksTLSWithItsOwnAuthority(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--data", data, "--listen", "0.0.0.0:0")
	if !strings.HasPrefix(s.url, "https://localhost:") {
		t.Fatalf("serves %s", s.url)
	}
	port := s.url[strings.LastIndexByte(s.url, ':')+1:]
	if res, err := http.Get("http://127.0.0.1:" + port + "/healthz"); err == nil && res.StatusCode == 200 {
		t.Fatal("answers plain HTTP beyond loopback")
	}
	pool := certPool(t, filepath.Join(data, "tls", "ca.crt"))
	s.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	s.setUp(s.token())
	s.must(200, "GET", "/me", nil)
	for _, c := range s.http.Jar.Cookies(mustURL(t, s.url)) {
		if c.Name != "__Host-ordercove" {
			t.Errorf("cookie %s", c.Name)
		}
	}
	if i, err := os.Stat(filepath.Join(data, "tls", "ca.key")); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("the authority's key: %v %v", i.Mode(), err)
	}
}

func TestTheCommandsExitCodesTellScriptsWhatHappened(t *testing.T) {
	data := t.TempDir()
	for args, want := range map[string]int{
		"version":                       exitOK,
		"openapi":                       exitOK,
		"--help":                        exitOK,
		"migrate up --data " + data:     exitOK,
		"migrate status --data " + data: exitOK,
		"verify --json --data " + data:  exitOK,
		"audit verify --data " + data:   exitOK,
		"bootstrap --data " + data:      exitOK,
		"bootstrap --token short":       exitFailure,
		"fly":                           exitUsage,
		"serve --listen nowhere":        exitUsage,
		"serve --tls-cert x.pem":        exitUsage,
	} {
		if code, out := output(t, append(strings.Fields(args), extra(args, t.TempDir())...)...); code != want {
			t.Errorf("%s: exit %d, want %d: %s", args, code, want, out)
		}
	}
}

func extra(args, dir string) []string {
	if strings.HasPrefix(args, "serve") || strings.HasSuffix(args, "short") {
		return []string{"--data", dir}
	}
	return nil
}

func TestVerifyExitsThreeWhenTheBooksAreWrong(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--data", data)
	s.setUp(s.token())
	sealed(t, filepath.Join(data, "ordercove.db"))
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	if code, _ := output(t, "audit", "verify", "--data", data); code != exitOK {
		t.Fatalf("before: exit %d", code)
	}
	tamper(t, filepath.Join(data, "ordercove.db"))
	for _, args := range [][]string{{"audit", "verify", "--json"}, {"verify", "--json"}} {
		if code, out := output(t, append(args, "--data", data)...); code != exitFindings {
			t.Errorf("%v: exit %d, want %d: %s", args, code, exitFindings, out)
		}
	}
}

func TestAWrongMasterKeyStopsTheStart(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--data", data)
	s.setUp(s.token())
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	if err := os.Remove(filepath.Join(data, "master.key")); err != nil {
		t.Fatal(err)
	}
	if code, _ := output(t, "verify", "--data", data); code != exitFailure {
		t.Fatalf("exit %d, want %d", code, exitFailure)
	}
}

func TestStartingIsQuick(t *testing.T) {
	data := t.TempDir()
	if code, _ := output(t, "migrate", "up", "--data", data); code != exitOK {
		t.Fatal("migrate")
	}
	best := time.Hour
	for range 3 {
		s := start(t, "--data", data)
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
		best = min(best, s.cmd.ProcessState.UserTime()+s.cmd.ProcessState.SystemTime())
	}
	// The aim is to be ready after 100 ms on an idle machine; this guards against a
	// change of its order, in processor time, whatever else the machine does.
	if best > 2*time.Second {
		t.Errorf("starting and ending took %v of a processor at best", best)
	}
	t.Log("starting and ending took " + strconv.FormatInt(best.Milliseconds(), 10) + " ms of a processor at best")
}
