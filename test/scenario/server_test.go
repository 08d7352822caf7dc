package scenario

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

// binary is the product, built once for all stories.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "ordercove-scenario")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "ordercove")
		if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/ordercove").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// each tells a story on both engines, each time to a new installation.
func each(t *testing.T, story func(t *testing.T, s *server)) {
	t.Helper()
	engines(t, func(t *testing.T, db string) { story(t, start(t, db)) })
}

// engines runs a test on both engines side by side: a story waits more than it
// works. db is the database's URL, empty for SQLite.
func engines(t *testing.T, run func(t *testing.T, db string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, dbtest.PostgresURL(t))
	})
}

// server is one installation and, while it runs, its process.
type server struct {
	t    *testing.T
	data string
	db   string
	base string
	// token is the setup token that the first start printed.
	token string
	owner *client
	// listen is a fixed address where somebody has to find it again after a restart.
	listen string
	flags  []string
	proc   *exec.Cmd
	log    *tail
	dead   chan error
}

func start(t *testing.T, db string) *server {
	t.Helper()
	s := &server{t: t, data: t.TempDir(), db: db, log: &tail{}}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server's last words:\n%s", s.log)
		}
	})
	s.run()
	return s
}

var (
	greeting = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)(?:/setup\?token=(\S+))?`)
	errSlow  = errors.New("nothing within a minute")
)

// run starts the process and returns when it answers.
func (s *server) run() {
	s.t.Helper()
	args := append([]string{"serve", "--data", s.data, "--listen", cmp.Or(s.listen, "127.0.0.1:0")}, s.flags...)
	if s.db != "" {
		args = append(args, "--db", s.db)
	}
	s.proc = exec.Command(binary, args...)
	said := &tail{}
	s.proc.Stdout, s.proc.Stderr = said, s.log
	if err := s.proc.Start(); err != nil {
		s.t.Fatal(err)
	}
	proc, dead := s.proc, make(chan error, 1)
	s.dead = dead
	go func() { dead <- proc.Wait() }()
	var m []string
	s.until("greeting", func() bool { m = greeting.FindStringSubmatch(said.String()); return m != nil })
	s.base = m[1]
	if m[2] != "" {
		token, err := url.QueryUnescape(m[2])
		if err != nil {
			s.t.Fatal(err)
		}
		s.token = token
	}
	s.until("readiness", func() bool {
		r, err := http.Get(s.base + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	if s.owner != nil {
		s.owner.base = s.base
	}
}

// until waits for a fact, and fails the story when the process ends before it.
func (s *server) until(what string, fact func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if fact() {
			return
		}
		select {
		case err := <-s.dead:
			s.dead <- err
			s.t.Fatalf("waiting for %s: the server ended: %v\n%s", what, err, s.log)
		default:
		}
	}
	s.t.Fatalf("waiting for %s: %v", what, errSlow)
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	if s.proc == nil {
		return
	}
	_ = s.proc.Process.Kill()
	<-s.dead
	s.proc = nil
}

// stop ends the process as an operator would, and it must end by itself.
func (s *server) stop() {
	s.t.Helper()
	if err := s.proc.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.dead:
		s.proc = nil
		if err != nil {
			s.t.Fatalf("the server ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		s.t.Fatal("the server does not end")
	}
}

// command runs another command of the binary on the same installation.
func (s *server) command(args ...string) (string, int) {
	s.t.Helper()
	args = append(args, "--data", s.data)
	if s.db != "" {
		args = append(args, "--db", s.db)
	}
	out, err := exec.Command(binary, args...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

// sound lets the binary check its own books.
func (s *server) sound() {
	s.t.Helper()
	if out, code := s.command("verify", "--json"); code != 0 {
		s.t.Errorf("verify ends with %d:\n%s", code, out)
	}
}

const password = "saltwater harbour 42"

// open does the first run and signs the owner in.
func (s *server) open() *client {
	s.t.Helper()
	s.owner = s.visitor()
	s.owner.post("/setup", obj{"token": s.token, "merchant_code": "haiwan", "merchant_name": "海湾商贸", "user_name": "laoban",
		"display_name": "林店长", "password": password, "lang": "zh-CN"}, http.StatusCreated)
	return s.owner
}

// visitor is a browser that nobody signed in with yet.
func (s *server) visitor() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{t: s.t, base: s.base, http: &http.Client{Jar: jar, Timeout: 2 * time.Minute}}
}

// staff adds a user with one of the product's roles and signs them in; scope may
// narrow shop_ids and warehouse_ids.
func (s *server) staff(name, role string, scope obj) *client {
	s.t.Helper()
	var roleID string
	for _, r := range s.owner.items("/roles") {
		if r.str("code") == role {
			roleID = r.str("id")
		}
	}
	if roleID == "" {
		s.t.Fatalf("no role %s", role)
	}
	body := obj{"user_name": name, "password": "first " + password, "role_ids": []string{roleID}}
	for k, v := range scope {
		body[k] = v
	}
	s.owner.post("/users", body, http.StatusCreated)
	c := s.visitor()
	c.post("/sessions", obj{"merchant_code": "haiwan", "user_name": name, "password": "first " + password}, http.StatusCreated)
	c.post("/me/password", obj{"old_password": "first " + password, "new_password": password}, http.StatusNoContent)
	return c
}

// tail keeps what a process said.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if extra := len(t.b) - 32<<10; extra > 0 {
		t.b = t.b[extra:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// obj is a JSON object, read without types: the stories see what a client sees.
type obj map[string]any

func (o obj) str(key string) string { s, _ := o[key].(string); return s }

func (o obj) num(key string) int64 {
	n, _ := o[key].(json.Number)
	i, _ := n.Int64()
	return i
}

func (o obj) obj(key string) obj { m, _ := o[key].(map[string]any); return m }

func (o obj) list(key string) []obj { return objects(o[key]) }

func (o obj) strs(key string) []string {
	var out []string
	all, _ := o[key].([]any)
	for _, v := range all {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

func objects(v any) []obj {
	all, _ := v.([]any)
	out := make([]obj, 0, len(all))
	for _, x := range all {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

// client is a person's browser.
type client struct {
	t    *testing.T
	base string
	http *http.Client
	key  string // of the next write only
	lang string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json(t *testing.T) obj {
	t.Helper()
	if len(a.body) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	var o obj
	if err := d.Decode(&o); err != nil {
		t.Fatalf("not a JSON object: %v\n%.300s", err, a.body)
	}
	return o
}

func (c *client) send(method, path, media string, body io.Reader) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.base + "/api/v1" + path
	}
	r, err := http.NewRequestWithContext(context.Background(), method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if c.lang != "" {
		r.Header.Set("Accept-Language", c.lang)
	}
	if c.key != "" && method != http.MethodGet {
		r.Header.Set("Idempotency-Key", c.key)
		c.key = ""
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, b}
}

// call sends a JSON body and expects a status.
func (c *client) call(method, path string, body any, want int) answer {
	c.t.Helper()
	var in io.Reader
	media := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in, media = bytes.NewReader(b), "application/json"
	}
	a := c.send(method, path, media, in)
	if a.status != want {
		c.t.Fatalf("%s %s: %d, want %d\n%.600s", method, path, a.status, want, a.body)
	}
	return a
}

func (c *client) get(path string) obj {
	c.t.Helper()
	return c.call(http.MethodGet, path, nil, http.StatusOK).json(c.t)
}

func (c *client) post(path string, body any, want int) obj {
	c.t.Helper()
	return c.call(http.MethodPost, path, body, want).json(c.t)
}

// refused expects a problem with this status and code.
func (c *client) refused(method, path string, body any, status int, code string) obj {
	c.t.Helper()
	p := c.call(method, path, body, status).json(c.t)
	if code != "" && p.str("code") != code {
		c.t.Errorf("%s %s is refused with %s, want %s", method, path, p.str("code"), code)
	}
	if p.str("detail") == "" || p.str("request_id") == "" {
		c.t.Errorf("%s %s: a problem without detail or request id: %v", method, path, p)
	}
	return p
}

// items reads every page of a list.
func (c *client) items(path string) []obj {
	c.t.Helper()
	var out []obj
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	for next := path; ; {
		page := c.get(next)
		out = append(out, page.list("items")...)
		cursor := page.str("next_cursor")
		if cursor == "" {
			return out
		}
		next = path + sep + "cursor=" + url.QueryEscape(cursor)
	}
}

// dropped is a file as a person drops it.
type dropped struct {
	name    string
	content []byte
}

// upload sends one file, or files of the only field.
func (c *client) upload(method, path string, want int, files ...dropped) obj {
	c.t.Helper()
	return c.form(method, path, "file", want, files...)
}

// form sends files in a field of a form.
func (c *client) form(method, path, field string, want int, files ...dropped) obj {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		p, err := w.CreateFormFile(field, f.name)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := p.Write(f.content); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	a := c.send(method, path, w.FormDataContentType(), &b)
	if a.status != want {
		c.t.Fatalf("%s %s: %d, want %d\n%.600s", method, path, a.status, want, a.body)
	}
	return a.json(c.t)
}

// finished waits for a job to end by itself.
func (c *client) finished(jobID string) obj {
	c.t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		j := c.get("/jobs/" + jobID)
		if s := j.str("state"); s != "waiting" && s != "running" {
			return j
		}
	}
	c.t.Fatalf("job %s does not end", jobID)
	return nil
}

// succeeded waits for a job that has to work.
func (c *client) succeeded(jobID string) obj {
	c.t.Helper()
	j := c.finished(jobID)
	if j.str("state") != "succeeded" {
		c.t.Fatalf("job %s %s: %v", j.str("kind"), j.str("state"), j["error"])
	}
	return j
}

// eventually waits for what an event or a job brings about.
func (c *client) eventually(what string, fact func() bool) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if fact() {
			return
		}
	}
	c.t.Fatalf("%s: not within a minute", what)
}

// want fails the story, with a name for what is compared.
func want[T comparable](t *testing.T, what string, got, expected T) {
	t.Helper()
	if got != expected {
		t.Errorf("%s is %v, want %v", what, got, expected)
	}
}

func sorted(s []string) []string { s = slices.Clone(s); slices.Sort(s); return s }
