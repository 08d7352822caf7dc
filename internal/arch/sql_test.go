package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A statement, or a piece of one. SQL is written with capital keywords, so that
// English sentences ("select a shop from the list") are not taken for it; the
// last pattern finds statements in small letters by their table names.
var statement = regexp.MustCompile(`\bSELECT\b[\s\S]+\bFROM\b\s+\S` +
	`|\b(?:INSERT|REPLACE)\s+(?:OR\s+\w+\s+)?INTO\s+\w` +
	`|\bUPDATE\s+\w+(?:\s+(?:AS\s+)?\w+)?\s+SET\b` +
	`|\bDELETE\s+FROM\s+\w` +
	`|\b(?:WHERE|ORDER BY|GROUP BY|ON CONFLICT|LEFT JOIN|INNER JOIN|RETURNING|FOR UPDATE)\b` +
	`|\b(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|UNIQUE INDEX)\b` +
	`|^\s*(?i:select\s[\s\S]+\sfrom\s+[a-z]+_\w+|insert\s+into\s+[a-z]+_\w+|update\s+[a-z]+_\w+\s+set\b|delete\s+from\s+[a-z]+_\w+)`)

// literals calls f with every string literal of a file but import paths and tags.
func literals(s *source, f func(lit *ast.BasicLit, text string)) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			// A struct tag is not text; its type may still hold literals.
			ast.Inspect(n.Type, func(m ast.Node) bool {
				if l, ok := m.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, _ := strconv.Unquote(l.Value)
					f(l, text)
				}
				return true
			})
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				text, _ := strconv.Unquote(n.Value)
				f(n, text)
			}
		}
		return true
	})
}

func isSQLFile(name string) bool { return name == "sql.go" || strings.HasSuffix(name, "_sql.go") }

func sqlStandsInSQLGo(t *tree) (seen int, breaches []string) {
	for _, p := range t.product() {
		// kit/db is the engine room: it speaks to the engines' own catalogues.
		if p.dir == "internal/kit/db" {
			continue
		}
		for _, s := range p.code {
			literals(s, func(lit *ast.BasicLit, text string) {
				if !statement.MatchString(text) {
					return
				}
				seen++
				if !isSQLFile(s.base()) {
					breaches = append(breaches, fmt.Sprintf("%s: SQL outside sql.go: %s", t.at(lit), firstWords(text)))
				}
			})
		}
	}
	return seen, breaches
}

func firstWords(text string) string {
	w := strings.Fields(text)
	return strings.Join(w[:min(8, len(w))], " ")
}

var written = regexp.MustCompile(`\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+([a-z]+)_[a-z0-9_]+`)

// ownerOf is the folder that may write the tables of a prefix, empty where none may.
func ownerOf(t *tree, prefix string) string {
	if prefix == "sqlite" {
		return "internal/kit/db" // the engine's own tables: its statistics
	}
	if _, ok := rank[prefix]; ok && prefix != "kit" {
		return "internal/" + prefix
	}
	if t.exists("internal/kit/" + prefix) {
		return "internal/kit/" + prefix
	}
	return ""
}

func onlyTheOwnerWrites(t *tree) (seen int, breaches []string) {
	for _, p := range t.product() {
		for _, s := range p.code {
			literals(s, func(lit *ast.BasicLit, text string) {
				for _, m := range written.FindAllStringSubmatch(text, -1) {
					seen++
					owner := ownerOf(t, m[1])
					switch {
					case owner == "":
						breaches = append(breaches, fmt.Sprintf("%s writes %s_…, and no package has that name", t.at(lit), m[1]))
					case !within(p.dir, owner):
						breaches = append(breaches, fmt.Sprintf("%s writes %s_…, which belongs to %s", t.at(lit), m[1], owner))
					}
				}
			})
		}
	}
	return seen, breaches
}

var writeVerb = regexp.MustCompile(`\b(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|MERGE)\s+[A-Za-z]`)

func viewOnlySelects(t *tree) (seen int, breaches []string) {
	for _, p := range t.product() {
		if p.capability() != "view" {
			continue
		}
		for _, s := range p.code {
			literals(s, func(lit *ast.BasicLit, text string) {
				if statement.MatchString(text) {
					seen++
				}
				if writeVerb.MatchString(text) {
					breaches = append(breaches, fmt.Sprintf("%s: view reads, the capability writes: %s", t.at(lit), firstWords(text)))
				}
			})
		}
	}
	return seen, breaches
}

// globalTables must be found before the merchant is known: by the digest of a
// secret, by the code typed at login, by a node. Every entry must be in use.
var globalTables = map[string]string{
	"iam_merchant": "the list of merchants itself",
	"iam_setup":    "the single-use token of the first run",
	"iam_session":  "found by the digest of a cookie",
	"iam_api_key":  "found by the digest of a key",
	"iam_attempt":  "failed logins, also of unknown merchants",
	"channel_hook": "found by the digest of a hook address",
	"node_lease":   "which process makes ids with which node number",
}

var (
	createTable = regexp.MustCompile(`(?is)^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*)\)[^)]*$`)
	createIndex = regexp.MustCompile(`(?is)^\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s+ON\s+(\w+)\s*\(\s*(\w+)`)
	keyItem     = regexp.MustCompile(`(?is)^\s*(?:CONSTRAINT\s+\w+\s+)?(PRIMARY\s+KEY|UNIQUE|FOREIGN\s+KEY)\s*\(\s*(\w+)`)
	inlineKey   = regexp.MustCompile(`(?is)\b(PRIMARY\s+KEY|UNIQUE|REFERENCES)\b`)
	wrongType   = regexp.MustCompile(`(?i)\b(INTEGER|INT|SMALLINT|SERIAL|BIGSERIAL|REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL|VARCHAR|CHAR|BOOLEAN|DATETIME|TIMESTAMP|TIMESTAMPTZ|JSON|JSONB|BYTEA|UUID)\b`)
	wrongThing  = regexp.MustCompile(`(?i)\b(AUTOINCREMENT|CREATE\s+(?:TEMP|TEMPORARY|SEQUENCE|TRIGGER|FUNCTION|VIEW|EXTENSION))\b`)
	quoted      = regexp.MustCompile(`'(?:[^']|'')*'`)
	comment     = regexp.MustCompile(`--[^\n]*`)
)

func migrationsFitTheHouse(t *tree) (seen int, breaches []string) {
	names, _ := fs.Glob(t.fsys, "migrations/*.sql")
	for _, name := range names {
		text, err := fs.ReadFile(t.fsys, name)
		if err != nil {
			return 0, []string{err.Error()}
		}
		for _, stmt := range strings.Split(quoted.ReplaceAllString(comment.ReplaceAllString(string(text), ""), "''"), ";") {
			n, bad := checkDDL(t, stmt)
			seen += n
			for _, b := range bad {
				breaches = append(breaches, path.Base(name)+": "+b)
			}
		}
	}
	return seen, breaches
}

// checkDDL looks at one statement whose comments and string values are gone.
func checkDDL(t *tree, stmt string) (seen int, bad []string) {
	if m := wrongThing.FindString(stmt); m != "" {
		bad = append(bad, fmt.Sprintf("%s is not in the common subset: %s", strings.ToUpper(m), firstWords(stmt)))
	}
	if m := createIndex.FindStringSubmatch(stmt); m != nil {
		seen++
		if _, global := globalTables[m[2]]; !global && m[3] != "merchant_id" {
			bad = append(bad, fmt.Sprintf("index %s on %s begins with %s, not merchant_id", m[1], m[2], m[3]))
		}
	}
	m := createTable.FindStringSubmatch(stmt)
	if m == nil {
		return seen, bad
	}
	seen++
	table, global := m[1], false
	if _, ok := globalTables[table]; ok {
		global = true
	}
	prefix, _, _ := strings.Cut(table, "_")
	if ownerOf(t, prefix) == "" {
		bad = append(bad, fmt.Sprintf("table %s bears the name of no package", table))
	}
	columns, hasKey := []string{}, false
	for _, item := range topLevel(m[2]) {
		if k := keyItem.FindStringSubmatch(item); k != nil {
			kind := strings.ToUpper(strings.Join(strings.Fields(k[1]), " "))
			hasKey = hasKey || kind == "PRIMARY KEY"
			if !global && k[2] != "merchant_id" {
				bad = append(bad, fmt.Sprintf("table %s: %s begins with %s, not merchant_id", table, kind, k[2]))
			}
			continue
		}
		word := strings.Fields(item)
		if len(word) < 2 || strings.EqualFold(word[0], "CHECK") || strings.EqualFold(word[0], "CONSTRAINT") {
			continue
		}
		columns = append(columns, word[0])
		bad = append(bad, checkColumn(table, global, item, word)...)
		hasKey = hasKey || inlineKey.MatchString(item)
	}
	if !global && !slices.Contains(columns, "merchant_id") {
		bad = append(bad, fmt.Sprintf("table %s has no merchant_id", table))
	}
	if !hasKey {
		bad = append(bad, fmt.Sprintf("table %s has no primary key", table))
	}
	return seen, bad
}

func checkColumn(table string, global bool, item string, word []string) (bad []string) {
	if k := inlineKey.FindString(item); k != "" && !global && word[0] != "merchant_id" {
		bad = append(bad, fmt.Sprintf("table %s: column %s has its own %s, which merchant_id cannot lead", table, word[0], strings.ToUpper(k)))
	}
	if w := wrongType.FindString(word[1]); w != "" {
		bad = append(bad, fmt.Sprintf("table %s: column %s is %s; both engines share BIGINT, TEXT and BLOB", table, word[0], w))
	}
	for _, unit := range []string{"_fen", "_at"} {
		if strings.HasSuffix(word[0], unit) && !strings.EqualFold(word[1], "BIGINT") {
			bad = append(bad, fmt.Sprintf("table %s: column %s is not BIGINT", table, word[0]))
		}
	}
	return bad
}

// topLevel splits a table's body at the commas outside parentheses.
func topLevel(body string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range body {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, body[from:i])
				from = i + 1
			}
		}
	}
	return append(out, body[from:])
}

// TestGlobalTablesAreInUse keeps the list of exceptions short.
func TestGlobalTablesAreInUse(t *testing.T) {
	house, err := readHouse()
	if err != nil {
		t.Fatal(err)
	}
	names, _ := fs.Glob(house.fsys, "migrations/*.sql")
	var all strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(house.fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for table := range globalTables {
		if !regexp.MustCompile(`CREATE TABLE ` + table + `\b`).MatchString(all.String()) {
			t.Errorf("%s is excepted from merchant_id and does not exist", table)
		}
	}
}
