package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

// place is an installation's data directory and database.
type place struct {
	data string
	args []string
}

func newPlace(t *testing.T, engine string, empty bool) place {
	t.Helper()
	p := place{data: t.TempDir()}
	p.args = []string{"--data", p.data}
	if engine == "postgres" {
		url := dbtest.PostgresURL(t)
		if empty {
			bare(t, url)
		}
		p.args = append(p.args, "--db", url)
	}
	return p
}

// bare takes the schema away that test databases come with.
func bare(t *testing.T, url string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
}

type ageKey struct{ recipient, file string }

func newAgeKey(t *testing.T) ageKey {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	f := filepath.Join(t.TempDir(), "identity.txt")
	if err := os.WriteFile(f, []byte(i.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return ageKey{i.Recipient().String(), f}
}

// shopWithSKU makes what a manual order needs.
func (s *server) shopWithSKU() (shop, sku string) {
	s.t.Helper()
	shop = s.must(201, "POST", "/shops", map[string]any{"channel": s.anyChannel(), "name": "暖冬旗舰店"})["id"].(string)
	sku = s.must(201, "POST", "/skus", map[string]any{"code": "MB-01", "name": "毛绒毯"})["id"].(string)
	return shop, sku
}

// takeOrders creates manual orders from several clients until stop closes, and
// returns a function that tells the numbers acknowledged so far.
func (s *server) takeOrders(shop, sku string, stop chan struct{}, wg *sync.WaitGroup) (acknowledged func() []string) {
	var mu sync.Mutex
	var done []string
	for client := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				no := fmt.Sprintf("M%d-%04d", client, n)
				status, out, err := s.do("POST", "/orders", map[string]any{"shop_id": shop, "channel_order_no": no, "paid": true,
					"receiver": map[string]any{"name": "沈小满", "phone": "13900001234", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "梧桐路 8 号"},
					"lines":    []any{map[string]any{"sku_id": sku, "quantity": 1, "price_fen": 4990}}}, "Idempotency-Key", "order-"+no)
				if err != nil || status != 201 {
					s.t.Errorf("order %s: %d %v %v", no, status, out, err)
					return
				}
				mu.Lock()
				done = append(done, no)
				mu.Unlock()
			}
		}()
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), done...)
	}
}

func (s *server) orderNos() map[string]bool {
	s.t.Helper()
	have, cursor := map[string]bool{}, ""
	for {
		out := s.must(200, "GET", "/orders?limit=200&cursor="+cursor, nil)
		for _, o := range out["items"].([]any) {
			have[o.(map[string]any)["channel_order_no"].(string)] = true
		}
		if cursor, _ = out["next_cursor"].(string); cursor == "" {
			return have
		}
	}
}

func (s *server) end() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait()
}

// TestABackupUnderLoadHoldsEveryOrderAcknowledgedBeforeIt is the whole story: a
// server takes orders, a backup is made beside it, and another place serves it.
func TestABackupUnderLoadHoldsEveryOrderAcknowledgedBeforeIt(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			from, key := newPlace(t, engine, false), newAgeKey(t)
			s := start(t, from.args...)
			s.setUp(s.token())
			shop, sku := s.shopWithSKU()
			apiKey := s.must(201, "POST", "/api-keys", map[string]any{"name": "erp", "permissions": []string{"order.read"}, "expires_at": time.Now().Add(24 * time.Hour).Format(time.RFC3339)})["secret"].(string)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			acknowledged := s.takeOrders(shop, sku, stop, &wg)
			for deadline := time.Now().Add(2 * time.Minute); len(acknowledged()) < 60; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("too slow to tell anything")
				}
			}
			file := filepath.Join(t.TempDir(), "full.age")
			before := acknowledged()
			code, said := output(t, append([]string{"backup", "--out", file, "--recipient", key.recipient}, from.args...)...)
			during := len(acknowledged()) - len(before)
			close(stop)
			wg.Wait()
			if code != exitOK || !strings.Contains(said, "master key inside") {
				t.Fatalf("backup: exit %d, %s", code, said)
			}
			if during == 0 {
				t.Error("nothing was written while the backup ran: this proves no cut under load")
			}
			if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
				t.Errorf("the file: %v %v", i, err)
			}
			noLeftovers(t, from.data)
			cookies := s.http.Jar.Cookies(mustURL(t, s.url))
			s.end()

			to := newPlace(t, engine, true)
			code, said = output(t, append([]string{"restore", "--in", file, "--identity", key.file, "--json"}, to.args...)...)
			var report struct {
				OK        bool  `json:"ok"`
				Merchants []any `json:"merchants"`
			}
			if err := json.Unmarshal([]byte(said), &report); err != nil || code != exitOK || !report.OK || len(report.Merchants) != 1 {
				t.Fatalf("restore: exit %d, %s %v", code, said, err)
			}
			noLeftovers(t, to.data)
			sameKey(t, from.data, to.data)

			r := start(t, to.args...)
			r.http.Jar.SetCookies(mustURL(t, r.url), cookies)
			if me := r.must(200, "GET", "/me", nil); me["merchant_name"] != "暖冬家居" {
				t.Fatalf("the old session sees %v", me)
			}
			have := r.orderNos()
			for _, no := range before {
				if !have[no] {
					t.Errorf("%s was acknowledged before the backup and is not in it", no)
				}
			}
			t.Logf("%d acknowledged before, %d during, %d restored", len(before), during, len(have))
			again := r.must(201, "POST", "/orders", map[string]any{"shop_id": shop, "channel_order_no": "AFTER-1", "paid": true,
				"receiver": map[string]any{"name": "沈小满", "phone": "13900001234", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "梧桐路 8 号"},
				"lines":    []any{map[string]any{"sku_id": sku, "quantity": 1}}})
			if again["order_id"] == "" {
				t.Fatalf("a new order: %v", again)
			}
			r.http.Jar = nil
			if got, out, err := r.do("GET", "/orders?limit=1", nil, "Authorization", "Bearer "+apiKey); err != nil || got != 200 {
				t.Fatalf("the old API key: %d %v %v", got, out, err)
			}
			r.end()
			if code, said := output(t, append([]string{"verify", "--json"}, to.args...)...); code != exitOK {
				t.Fatalf("after serving: exit %d, %s", code, said)
			}
		})
	}
}

func noLeftovers(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func sameKey(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(filepath.Join(a, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(filepath.Join(b, "master.key"))
	if err != nil || !bytes.Equal(x, y) {
		t.Fatalf("another master key: %v", err)
	}
	if i, err := os.Stat(filepath.Join(b, "master.key")); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("the master key's mode: %v %v", i, err)
	}
}

// small makes an installation without a server: quick to back up again and again.
func small(t *testing.T, engine string) (from place, key ageKey, file string) {
	t.Helper()
	from, key = newPlace(t, engine, false), newAgeKey(t)
	if code, out := output(t, append([]string{"bootstrap"}, from.args...)...); code != exitOK {
		t.Fatalf("bootstrap: %d %s", code, out)
	}
	weigh(t, from)
	file = filepath.Join(t.TempDir(), "small.age")
	if code, out := output(t, append([]string{"backup", "--out", file, "--recipient", key.recipient}, from.args...)...); code != exitOK {
		t.Fatalf("backup: %d %s", code, out)
	}
	return from, key, file
}

// weigh adds enough bytes that no compression takes away to make the encrypted
// stream several chunks long.
func weigh(t *testing.T, p place) {
	t.Helper()
	driver, url := "sqlite", filepath.Join(p.data, "ordercove.db")
	if len(p.args) > 2 {
		driver, url = "pgx", p.args[3]
	}
	d, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	body := make([]byte, 150_000)
	rand.New(rand.NewSource(3)).Read(body)
	for n := range 3 {
		if _, err := d.Exec("INSERT INTO file_chunk (merchant_id, file_id, chunk_no, body) VALUES (9, 9, $1, $2)", n, body); err != nil {
			t.Fatal(err)
		}
	}
}

// untouched fails when a refused restore left anything that the next one, or a
// server, would find.
func untouched(t *testing.T, p place) {
	t.Helper()
	entries, err := os.ReadDir(p.data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "lock" {
			t.Errorf("a refused restore left %s", e.Name())
		}
	}
	if len(p.args) > 2 {
		c, err := pgx.Connect(t.Context(), p.args[3])
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		var n int
		if err := c.QueryRow(t.Context(), "SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").Scan(&n); err != nil || n != 0 {
			t.Errorf("a refused restore left %d relations %v", n, err)
		}
	}
}

func TestAnyChangedByteAndAnyMissingEndIsRefused(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			_, key, file := small(t, engine)
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			to := newPlace(t, engine, true)
			refuse := func(what string, b []byte) {
				t.Helper()
				bad := filepath.Join(t.TempDir(), "bad.age")
				if err := os.WriteFile(bad, b, 0o600); err != nil {
					t.Fatal(err)
				}
				if code, out := output(t, append([]string{"restore", "--in", bad, "--identity", key.file}, to.args...)...); code != exitBackup {
					t.Errorf("%s: exit %d, %s", what, code, out)
				}
				untouched(t, to)
			}
			rnd := rand.New(rand.NewSource(7))
			n := len(whole)
			// The first byte, the header's middle and its MAC, the stream's nonce, its
			// chunks' beginnings and ends, the last byte, and some at random.
			at := []int{0, 30, 100, 190, 250, n / 2, n - 1, n - 16, n - 17, n - 40}
			for range 5 {
				at = append(at, rnd.Intn(n))
			}
			for _, i := range at {
				b := bytes.Clone(whole)
				b[i] ^= 1 << rnd.Intn(8)
				refuse(fmt.Sprintf("byte %d of %d changed", i, n), b)
			}
			for _, keep := range []int{0, 10, 200, n / 2, n - 1, n - 64<<10} {
				refuse(fmt.Sprintf("cut after %d of %d", keep, n), whole[:keep])
			}
			refuse("a byte more", append(bytes.Clone(whole), 'x'))
			refuse("a file of another kind", bytes.Repeat([]byte("not a backup\n"), 500))
			if code, out := output(t, append([]string{"restore", "--in", file, "--identity", key.file}, to.args...)...); code != exitOK {
				t.Fatalf("the file itself: exit %d, %s", code, out)
			}
		})
	}
}

func TestARestoreNeedsTheRightKeyAndAnEmptyPlaceOfTheSameEngine(t *testing.T) {
	from, key, file := small(t, "sqlite")
	restore := func(p place, args ...string) int {
		t.Helper()
		code, _ := output(t, append(append([]string{"restore", "--in", file}, args...), p.args...)...)
		return code
	}
	to := newPlace(t, "sqlite", true)
	if code := restore(to, "--identity", newAgeKey(t).file); code != exitBackup {
		t.Errorf("another identity: exit %d", code)
	}
	untouched(t, to)
	if code := restore(to); code != exitUsage {
		t.Errorf("no key at all: exit %d", code)
	}
	if code := restore(from, "--identity", key.file); code != exitTarget {
		t.Errorf("over the installation itself: exit %d", code)
	}
	if code := restore(newPlace(t, "postgres", true), "--identity", key.file); code != exitTarget {
		t.Errorf("into the other engine: exit %d", code)
	}
	for _, leftover := range []string{"ordercove.db", "ordercove.db-wal"} {
		p := newPlace(t, "sqlite", true)
		if err := os.WriteFile(filepath.Join(p.data, leftover), []byte("something"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := restore(p, "--identity", key.file); code != exitTarget {
			t.Errorf("beside %s: exit %d", leftover, code)
		}
	}
	other := newPlace(t, "sqlite", true)
	text := []byte("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
	if err := os.WriteFile(filepath.Join(other.data, "master.key"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := restore(other, "--identity", key.file); code != exitTarget {
		t.Errorf("beside another master key: exit %d", code)
	}
	if b, err := os.ReadFile(filepath.Join(other.data, "master.key")); err != nil || !bytes.Equal(b, text) {
		t.Errorf("the other master key was touched: %v", err)
	}
	s := start(t, newPlace(t, "sqlite", true).args...)
	busy := place{args: s.cmd.Args[2:4]}
	if code := restore(busy, "--identity", key.file); code != exitUsage {
		t.Errorf("under a running server: exit %d", code)
	}
	full := newPlace(t, "postgres", false) // test databases come with the schema
	_, key, file = small(t, "postgres")
	if code := restore(full, "--identity", key.file); code != exitTarget {
		t.Errorf("into a database with tables: exit %d", code)
	}
}

func TestAPassphraseOpensWhatItClosedAndNothingElseDoes(t *testing.T) {
	from, _, _ := small(t, "sqlite")
	dir := t.TempDir()
	secret := func(name, text string) string {
		t.Helper()
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	right, wrong, short := secret("right", "seven warm blankets\n"), secret("wrong", "seven cold blankets\n"), secret("short", "blanket\n")
	file := filepath.Join(dir, "b.age")
	if code, out := output(t, append([]string{"backup", "--out", file, "--passphrase-file", short}, from.args...)...); code != exitUsage {
		t.Errorf("a short passphrase: exit %d, %s", code, out)
	}
	if code, out := output(t, append([]string{"backup", "--out", file, "--passphrase-file", right}, from.args...)...); code != exitOK {
		t.Fatalf("backup: exit %d, %s", code, out)
	}
	if code, out := output(t, append([]string{"backup", "--out", file, "--passphrase-file", right}, from.args...)...); code != exitUsage {
		t.Errorf("over an earlier backup: exit %d, %s", code, out)
	}
	to := newPlace(t, "sqlite", true)
	if code, out := output(t, append([]string{"restore", "--in", file, "--passphrase-file", wrong}, to.args...)...); code != exitBackup {
		t.Errorf("the wrong passphrase: exit %d, %s", code, out)
	}
	untouched(t, to)
	if code, out := output(t, append([]string{"restore", "--in", file, "--passphrase-file", right}, to.args...)...); code != exitOK {
		t.Errorf("the right passphrase: exit %d, %s", code, out)
	}
}

func TestAMasterKeyKeptElsewhereStaysElsewhere(t *testing.T) {
	from, key, _ := small(t, "sqlite")
	text, err := os.ReadFile(filepath.Join(from.data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.age")
	given := []string{"--master-key", strings.TrimSpace(string(text))}
	code, out := output(t, append(append([]string{"backup", "--out", file, "--recipient", key.recipient}, given...), from.args...)...)
	if code != exitOK || !strings.Contains(out, "NOT inside") {
		t.Fatalf("backup: exit %d, %s", code, out)
	}
	to := newPlace(t, "sqlite", true)
	if code, out := output(t, append([]string{"restore", "--in", file, "--identity", key.file}, to.args...)...); code != exitTarget {
		t.Errorf("without the key: exit %d, %s", code, out)
	}
	untouched(t, to)
	if code, out := output(t, append(append([]string{"restore", "--in", file, "--identity", key.file}, given...), to.args...)...); code != exitOK {
		t.Errorf("with the key: exit %d, %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(to.data, "master.key")); err == nil {
		t.Error("the key was written down")
	}
}

func TestThereMustBeSomethingToBackUp(t *testing.T) {
	key := newAgeKey(t)
	for _, engine := range []string{"sqlite", "postgres"} {
		p := newPlace(t, engine, true)
		text := []byte("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
		if err := os.WriteFile(filepath.Join(p.data, "master.key"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "b.age")
		if code, out := output(t, append([]string{"backup", "--out", file, "--recipient", key.recipient}, p.args...)...); code != exitTarget {
			t.Errorf("%s: exit %d, %s", engine, code, out)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) > 0 {
			t.Errorf("%s: left %v", engine, left)
		}
	}
}

// TestWhatAnEndedServerLeftUnnumberedIsNoFinding ages the log's tail, which a
// killed server or a backup's cut leaves without numbers.
func TestWhatAnEndedServerLeftUnnumberedIsNoFinding(t *testing.T) {
	p := newPlace(t, "sqlite", true)
	if code, out := output(t, append([]string{"demo"}, p.args...)...); code != exitOK {
		t.Fatalf("demo: exit %d, %s", code, out)
	}
	d, err := sql.Open("sqlite", filepath.Join(p.data, "ordercove.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.Exec("UPDATE audit_entry SET at = at - 3600000 WHERE seq IS NULL")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("no entry waits for its number: this proves nothing (%v)", err)
	}
	if code, out := output(t, append([]string{"verify", "--json"}, p.args...)...); code != exitOK {
		t.Fatalf("verify: exit %d, %s", code, out)
	}
}
