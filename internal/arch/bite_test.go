package arch

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// sound is a small tree that keeps every rule. Each bite adds one breach to it.
var sound = map[string]string{
	"internal/kit/errs/errs.go": "// Package errs is the error type.\npackage errs\n\nfunc Define(k int, code, zh, en string) int { return k }\n",
	"internal/order/doc.go":     "// Package order keeps orders.\n//\n// Owns: orders. Does not own: stock. Invariants: none is lost. Read next: approve.go.\npackage order\n",
	"internal/order/errors.go": "package order\n\nimport \"github.com/ordercove/ordercove/internal/kit/errs\"\n\n" +
		"var ErrClosed = errs.Define(1, \"order.closed\", \"订单 {no} 已关闭\", \"Order {no} is closed\")\n",
	"internal/order/sql.go":                 "package order\n\nconst setNote = `UPDATE order_head SET note = ? WHERE merchant_id = ? AND id = ?`\n",
	"internal/order/ordertest/ordertest.go": "// Package ordertest builds orders for tests.\npackage ordertest\n",
	"internal/view/doc.go":                  "// Package view reads.\n//\n// Owns: lists. Does not own: rows. Invariants: SELECT only. Read next: sql.go.\npackage view\n",
	"internal/view/sql.go":                  "package view\n\nconst list = `SELECT id FROM order_head WHERE merchant_id = ?`\n",
	"internal/channel/doc.go":               "// Package channel is the port.\n//\n// Owns: the port. Does not own: orders. Invariants: one door. Read next: docs.\npackage channel\n",
	"internal/connector/all.go":             "// Package connector lists the connectors.\npackage connector\n\nimport _ \"github.com/ordercove/ordercove/internal/connector/acme\"\n",
	"internal/connector/acme/acme.go": "// Package acme reads the files of Acme.\npackage acme\n\n" +
		"import _ \"github.com/ordercove/ordercove/internal/channel\"\n\nconst code = \"acme\"\n",
	"internal/connector/acme/types.go":            "package acme\n",
	"internal/connector/acme/map.go":              "package acme\n",
	"internal/connector/acme/file.go":             "package acme\n",
	"internal/connector/acme/acme_test.go":        "package acme\n",
	"internal/connector/acme/testdata/orders.csv": "no\n",
	"internal/api/orderapi/orderapi.go":           "// Package orderapi serves orders.\npackage orderapi\n\nimport _ \"net/http\"\n",
	"cmd/ordercove/main.go":                       "// Command ordercove starts the product.\npackage main\n\nfunc main() {}\n",
	"migrations/0001_first.sql": "-- +goose Up\nCREATE TABLE order_head (\n  merchant_id BIGINT NOT NULL,\n  id BIGINT NOT NULL, -- time-sortable; unique\n" +
		"  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'old;er')),\n  paid_fen BIGINT,\n  PRIMARY KEY (merchant_id, id)\n);\n" +
		"CREATE UNIQUE INDEX order_head_status ON order_head (merchant_id, status);\n" +
		"CREATE TABLE iam_session (digest BLOB PRIMARY KEY, merchant_id BIGINT NOT NULL);\n",
	"docs/glossary.md": "| 中文 | canonical |\n|---|---|\n| 已关闭 | `closed` |\n",
	"api/openapi.json": `{"schemas": {"status": {"type": "string", "enum": ["closed"]}}}`,
}

// bites break one rule each; want is part of the message that must come.
var bites = []struct {
	rule, name, file, text, want string
}{
	{"every package has a rank", "an unranked capability", "internal/shipping/doc.go", "package shipping\n", "has no rank"},
	{"every package has a rank", "product code beside internal", "orders/orders.go", "package orders\n", "lives under internal"},
	{"imports point to lower ranks only", "upwards", "internal/order/up.go", importing("order", "internal/fulfillment"), "rank 4"},
	{"imports point to lower ranks only", "sideways", "internal/order/side.go", importing("order", "internal/purchase"), "rank 4"},
	{"imports point to lower ranks only", "upwards from a test", "internal/order/up_test.go", importing("order", "internal/intake"), "rank 7"},
	{"imports point to lower ranks only", "the API wires a connector", "internal/api/orderapi/x.go", importing("orderapi", "internal/connector"), "only app"},
	{"imports point to lower ranks only", "a capability reads the web files", "internal/order/w.go", importing("order", "web"), "known only by"},
	{"imports point to lower ranks only", "the command reaches past app", "cmd/ordercove/x.go", importing("main", "internal/order"), "internal/app"},
	{"a party at the edge knows its port and kit only", "a connector knows orders", "internal/connector/acme/o.go", importing("acme", "internal/order"), "may know"},
	{"a party at the edge knows its port and kit only", "a connector knows its sibling", "internal/connector/acme/s.go", importing("acme", "internal/connector/other"), "sibling"},
	{"a party at the edge knows its port and kit only", "the simulator knows orders", "internal/simulator/s.go", importing("simulator", "internal/order"), "may know"},
	{"a party at the edge knows its port and kit only", "the print agent knows orders", "internal/agent/o.go", importing("agent", "internal/order"), "may know"},
	{"a party at the edge knows its port and kit only", "the print agent ships with a simulator", "internal/agent/s.go", importing("agent", "internal/simulator"), "may know"},
	{"a party at the edge knows its port and kit only", "a simulated platform knows another", "internal/simulator/acme/s.go", importing("acme", "internal/simulator/other"), "sibling"},
	{"an API package stands for one capability and knows no other API package", "a neighbour", "internal/api/orderapi/n.go", importing("orderapi", "internal/api/shopapi"), "shopapi"},
	{"an API package stands for one capability and knows no other API package", "a vague API", "internal/api/mobileapi/m.go", "package mobileapi\n", "<capability>api"},
	{"test support is imported by tests only", "builders in the product", "internal/order/b.go", importing("order", "internal/order/ordertest"), "ships with the product"},
	{"net/http stays at the edges", "a capability speaks HTTP", "internal/order/h.go", "package order\n\nimport _ \"net/http\"\n", "net/http"},
	{"no init, no goroutine outside kit, no setter that breaks a cycle", "init", "internal/order/i.go", "package order\n\nfunc init() {}\n", "no init"},
	{"no init, no goroutine outside kit, no setter that breaks a cycle", "a goroutine", "internal/order/g.go", "package order\n\nfunc f() { go f() }\n", "concurrency"},
	{"no init, no goroutine outside kit, no setter that breaks a cycle", "a hidden goroutine", "internal/order/g.go", "package order\n\nimport \"sync\"\n\nfunc f() { var w sync.WaitGroup; w.Go(f) }\n", "concurrency"},
	{"no init, no goroutine outside kit, no setter that breaks a cycle", "a setter", "internal/order/s.go", "package order\n\ntype a struct{}\n\nfunc (a) SetStockService() {}\n", "setter"},
	{"interfaces have at most 7 methods", "eight methods", "internal/order/w.go", "package order\n\ntype w interface{ A(); B(); C(); D(); E(); F(); G(); H() }\n", "8 methods"},
	{"interfaces have at most 7 methods", "eight by embedding", "internal/order/w.go", "package order\n\ntype v interface{ A(); B(); C(); D() }\n\ntype w interface{ v; E(); F(); G(); H() }\n", "8 methods"},
	{"functions have at most 70 lines", "71 lines", "internal/order/l.go", "package order\n\nfunc l() {\n" + strings.Repeat("\tl()\n", 69) + "}\n", "71 lines"},
	{"functions have at most 70 lines", "a long literal", "internal/order/l.go", "package order\n\nvar l = func() {\n" + strings.Repeat("\tprintln()\n", 69) + "}\n", "71 lines"},
	{"packages have at most 5,000 lines", "5,001 lines", "internal/order/l.go", "package order\n" + strings.Repeat("\n", 5000), "split the capability"},
	{"packages and files are named for what they do", "a package of helpers", "internal/order/utils/u.go", "package utils\n", "what kind"},
	{"packages and files are named for what they do", "a file of helpers", "internal/order/helpers.go", "package order\n", "use case"},
	{"packages and files are named for what they do", "another name", "internal/order/n.go", "package orders\n", "in a folder called"},
	{"time and randomness are injected", "the machine's clock", "internal/order/c.go", "package order\n\nimport \"time\"\n\nvar at = time.Now()\n", "time.Now"},
	{"time and randomness are injected", "the machine's dice", "internal/order/c.go", "package order\n\nimport _ \"math/rand/v2\"\n", "randomness"},
	{"money is never a float", "a float price", "internal/order/m.go", "package order\n\ntype m struct{ PaidFen *float64 }\n", "PaidFen"},
	{"tests never skip", "a skipped test", "internal/order/s_test.go", "package order\n\nfunc f(t interface{ Skip() }) { t.Skip() }\n", "skipped"},
	{"every package says what it is for", "silence", "internal/shop/shop.go", "package shop\n", "does not begin"},
	{"every capability says what it owns", "no doc.go", "internal/shop/shop.go", "// Package shop keeps shops.\npackage shop\n", "Does not own"},
	{"SQL stands in sql.go", "a statement elsewhere", "internal/order/q.go", "package order\n\nconst q = `SELECT id\nFROM order_head`\n", "outside sql.go"},
	{"SQL stands in sql.go", "a piece elsewhere", "internal/order/q.go", "package order\n\nvar q = read + ` WHERE id = ?`\n", "outside sql.go"},
	{"SQL stands in sql.go", "small letters", "internal/order/q.go", "package order\n\nconst q = `delete from order_head`\n", "outside sql.go"},
	{"SQL stands in sql.go", "in kit too", "internal/kit/errs/q.go", "package errs\n\nconst q = `DELETE FROM errs_log`\n", "outside sql.go"},
	{"a table is written by the package whose name it bears", "another's table", "internal/intake/sql.go", "package intake\n\nconst q = `UPDATE order_head SET note = ?`\n", "belongs to internal/order"},
	{"a table is written by the package whose name it bears", "nobody's table", "internal/order/more_sql.go", "package order\n\nconst q = `INSERT INTO orders_head (id) VALUES (?)`\n", "no package"},
	{"view only selects", "view writes", "internal/view/w_sql.go", "package view\n\nconst q = `DELETE FROM view_x WHERE id = ?`\n", "view reads"},
	{"merchant_id leads every key, and types fit both engines", "the key", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT, id BIGINT, PRIMARY KEY (id, merchant_id));", "begins with id"},
	{"merchant_id leads every key, and types fit both engines", "a unique key", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT, no TEXT, PRIMARY KEY (merchant_id), CONSTRAINT u UNIQUE (no, merchant_id));", "UNIQUE begins with no"},
	{"merchant_id leads every key, and types fit both engines", "a column's own key", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT, no TEXT UNIQUE, PRIMARY KEY (merchant_id));", "its own UNIQUE"},
	{"merchant_id leads every key, and types fit both engines", "an index", "migrations/2.sql", "CREATE INDEX order_no ON order_head (no) WHERE no <> '';", "not merchant_id"},
	{"merchant_id leads every key, and types fit both engines", "no merchant", "migrations/2.sql", "CREATE TABLE order_x (id BIGINT, PRIMARY KEY (id));", "has no merchant_id"},
	{"merchant_id leads every key, and types fit both engines", "no key", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT);", "no primary key"},
	{"merchant_id leads every key, and types fit both engines", "a type of one engine", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT, n INTEGER, PRIMARY KEY (merchant_id));", "n is INTEGER"},
	{"merchant_id leads every key, and types fit both engines", "money as text", "migrations/2.sql", "CREATE TABLE order_x (merchant_id BIGINT, paid_fen TEXT, PRIMARY KEY (merchant_id));", "not BIGINT"},
	{"merchant_id leads every key, and types fit both engines", "nobody's table", "migrations/2.sql", "CREATE TABLE orders (merchant_id BIGINT, PRIMARY KEY (merchant_id));", "no package"},
	{"merchant_id leads every key, and types fit both engines", "a trigger", "migrations/2.sql", "CREATE TRIGGER x AFTER INSERT ON order_head BEGIN SELECT 1;", "common subset"},
	{"a channel's name stays in its connector", "in a literal", "internal/order/n.go", "package order\n\nconst n = \"acme_orders\"\n", "its connector"},
	{"a channel's name stays in its connector", "in a name", "internal/order/n.go", "package order\n\nvar isAcme bool\n", "its connector"},
	{"edge folders all look alike and are listed", "no reader", "internal/connector/other/other.go", "package other\n", "lacks file.go"},
	{"edge folders all look alike and are listed", "not listed", "internal/connector/other/other.go", "package other\n", "not listed"},
	{"error codes and event names carry their package and both languages", "another's code", "internal/order/errors.go", defining("stock.short", "缺货", "Out of stock"), "is not called order."},
	{"error codes and event names carry their package and both languages", "English twice", "internal/order/errors.go", defining("order.short", "Short", "Short"), "not Chinese"},
	{"error codes and event names carry their package and both languages", "Chinese twice", "internal/order/errors.go", defining("order.short", "缺货", "缺货"), "not English"},
	{"error codes and event names carry their package and both languages", "another parameter", "internal/order/errors.go", defining("order.short", "缺 {n} 件", "{count} missing"), "different parameters"},
	{"error codes and event names carry their package and both languages", "a family without texts", "internal/order/errors.go", family("缺货", "缺货"), "not English"},
	{"error codes and event names carry their package and both languages", "a code from nowhere", "internal/order/errors.go", strings.Replace(family("缺货", "Short"), `"order.bad_" + `, "", 1), "written out"},
	{"error codes and event names carry their package and both languages", "elsewhere", "internal/order/approve.go", defining("order.short", "缺货", "Out of stock"), "errors.go"},
	{"error codes and event names carry their package and both languages", "another's event", "internal/order/events.go", "package order\n\nconst E = \"stock.moved\"\n", "the event stock.moved"},
	{"Chinese texts have full-width punctuation", "a comma", "internal/order/t.go", "package order\n\nconst t = \"缺货,请等待\"\n", "(货,)"},
	{"Chinese texts have full-width punctuation", "after a parameter", "internal/order/t.go", "package order\n\nconst t = \"第 {n}: 缺货\"\n", "(}:)"},
	{"Chinese texts have full-width punctuation", "half a pair", "internal/order/t.go", "package order\n\nconst t = \"密钥（key)\"\n", "in a Chinese text"},
	{"Chinese texts have full-width punctuation", "a connector's own words", "internal/connector/acme/map.go", "package acme\n\nvar f = struct{ NameZH string }{NameZH: \"密钥(key)\"}\n", "(钥()"},
	{"every value of the API stands in the glossary", "a new word", "api/openapi.json", `{"a": [{"enum": ["closed", "vanished"]}]}`, "`vanished`"},
	{"links in documents lead somewhere", "a dead link", "docs/x.md", "see [words](glossary.md) and [more](words.md#top)\n", "docs/x.md points at words.md"},
	{"no machine path and no download host in the repository", "a path", "docs/x.md", "see " + "/" + "work/main\n", "docs/x.md:1"},
	{"no machine path and no download host in the repository", "a lock file", "web/package-lock.json", `{"` + `resolved": "https://example.com/x.tgz"}`, "package-lock.json:1"},
}

func importing(name, dir string) string {
	return "package " + name + "\n\nimport _ \"" + mod + dir + "\"\n"
}

func defining(code, zh, en string) string {
	return "package order\n\nimport \"github.com/ordercove/ordercove/internal/kit/errs\"\n\nvar E = errs.Define(1, \"" + code + "\", \"" + zh + "\", \"" + en + "\")\n"
}

// family defines codes through a function that adds their prefix.
func family(zh, en string) string {
	return `package order

import "github.com/ordercove/ordercove/internal/kit/errs"

func bad(what, zh, en string) int { return errs.Define(1, "order.bad_" + what, zh, en) }

var E = bad("line", "` + zh + `", "` + en + `")
`
}

func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// TestRulesBite proves that each rule can fail, and that none fails on a sound tree.
func TestRulesBite(t *testing.T) {
	small, err := load(mapFS(sound))
	if err != nil {
		t.Fatal(err)
	}
	byName, bitten := map[string]rule{}, map[string]bool{}
	for _, r := range rules {
		byName[r.name] = r
		if _, breaches := r.check(small); len(breaches) > 0 {
			t.Errorf("%s: the sound tree is refused: %v", r.name, breaches)
		}
	}
	for _, b := range bites {
		t.Run(b.rule+"/"+b.name, func(t *testing.T) {
			r, ok := byName[b.rule]
			if !ok {
				t.Fatalf("there is no rule %q", b.rule)
			}
			bitten[b.rule] = true
			files := maps.Clone(sound)
			files[b.file] = b.text
			broken, err := load(mapFS(files))
			if err != nil {
				t.Fatal(err)
			}
			_, breaches := r.check(broken)
			if !strings.Contains(strings.Join(breaches, "\n"), b.want) {
				t.Errorf("the breach in %s went unseen; expected %q in %q", b.file, b.want, breaches)
			}
		})
	}
	for _, r := range rules {
		if !bitten[r.name] {
			t.Errorf("nothing proves that %q can fail", r.name)
		}
	}
}

// TestEmptyTreeIsSeen proves that no rule is content with nothing to look at.
func TestEmptyTreeIsSeen(t *testing.T) {
	empty, err := load(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if seen, _ := r.check(empty); seen != 0 || r.atLeast < 1 {
			t.Errorf("%s: saw %d things in an empty tree and asks for %d", r.name, seen, r.atLeast)
		}
	}
}
