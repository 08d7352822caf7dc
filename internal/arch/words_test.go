package arch

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// everyday is a channel code that is also an English word; only a whole literal
// or name counts as the channel then.
var everyday = map[string]bool{"generic": true, "sandbox": true}

func channelNamesStayHome(t *tree) (seen int, breaches []string) {
	codes := partiesOf(t, "connector")
	seen = len(codes)
	for _, p := range t.pkgs {
		c := p.capability()
		if c == "simulator" || c == "agent" || p.testSupport() {
			continue
		}
		for _, s := range p.code {
			if p.dir == "internal/connector" && s.base() == "all.go" {
				continue
			}
			for _, code := range codes {
				if within(p.dir, "internal/connector/"+code) {
					continue
				}
				for _, where := range mentions(t, s, code) {
					breaches = append(breaches, fmt.Sprintf("%s: %q is a channel; only its connector may know it", where, code))
				}
			}
		}
	}
	return seen, breaches
}

func mentions(t *tree, s *source, code string) []string {
	var out []string
	found := func(n ast.Node, text string) {
		if everyday[code] && strings.EqualFold(text, code) || !everyday[code] && names(words(text), code) {
			out = append(out, t.at(n))
		}
	}
	for _, i := range s.ast.Imports {
		if strings.HasPrefix(strings.Trim(i.Path.Value, `"`), mod) {
			found(i, i.Path.Value)
		}
	}
	literals(s, func(lit *ast.BasicLit, text string) { found(lit, text) })
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found(id, id.Name)
		}
		return true
	})
	return out
}

// names says that the words hold the code, unless they speak of the wallet of
// that name: "wechat pay" is a way to pay on every channel.
func names(words []string, code string) bool {
	for i, w := range words {
		if w == code && !(i+1 < len(words) && words[i+1] == "pay") {
			return true
		}
	}
	return false
}

// words splits text and identifiers into small words: OrderID → order id.
func words(text string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.ToLower(string(cur)))
			cur = nil
		}
	}
	runes := []rune(text)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		newWord := unicode.IsUpper(r) && i > 0 &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]))
		if newWord {
			flush()
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

var (
	dotted      = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+$`)
	placeholder = regexp.MustCompile(`\{[a-z_0-9]+\}`)
)

func codesCarryTheirPackage(t *tree) (seen int, breaches []string) {
	at := map[string]string{}
	for _, p := range t.product() {
		for _, s := range p.code {
			n, bad := checkCodes(t, p, s, at)
			seen += n
			breaches = append(breaches, bad...)
			if s.base() == "events.go" {
				literals(s, func(lit *ast.BasicLit, text string) {
					if dotted.MatchString(text) && !strings.HasPrefix(text, p.base()+".") {
						breaches = append(breaches, fmt.Sprintf("%s: the event %s is not called %s.<what happened>", t.at(lit), text, p.base()))
					}
				})
			}
		}
	}
	return seen, breaches
}

// checkCodes looks at the error codes one file defines. A family of codes may go
// through one function of the file that adds a fixed prefix and takes the texts as
// its last two arguments; then the calls of that function are looked at.
func checkCodes(t *tree, p *pkg, s *source, at map[string]string) (seen int, breaches []string) {
	bad := func(n ast.Node, why string) { breaches = append(breaches, t.at(n)+": "+why) }
	families := map[string]bool{}
	for _, d := range s.ast.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isDefine(call) {
				return true
			}
			seen++
			if isCapability(p.capability()) && s.base() != "errors.go" {
				bad(call, "error codes stand in errors.go")
			}
			code, zh, en, ok := defineArgs(call)
			if !ok {
				f, inFunc := d.(*ast.FuncDecl)
				if !inFunc || len(call.Args) != 4 || !strings.HasPrefix(prefixOf(call.Args[1]), p.base()+".") {
					bad(call, "a code and its texts are written out, so that a search finds them")
					return true
				}
				families[f.Name.Name] = true
				return true
			}
			if first, ok := at[code]; ok {
				bad(call, fmt.Sprintf("%s is already defined at %s", code, first))
			}
			at[code] = t.at(call)
			if !dotted.MatchString(code) || !strings.HasPrefix(code, p.base()+".") {
				bad(call, fmt.Sprintf("%s is not called %s.<what>", code, p.base()))
			}
			for _, why := range textFaults(zh, en) {
				bad(call, code+": "+why)
			}
			return true
		})
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.Ident); !ok || !families[f.Name] {
			return true
		}
		seen++
		n2 := len(call.Args)
		zh, ok1 := constant(call.Args[max(0, n2-2)])
		en, ok2 := constant(call.Args[n2-1])
		if !ok1 || !ok2 {
			bad(call, "a code's texts are written out, so that a search finds them")
			return true
		}
		for _, why := range textFaults(zh, en) {
			bad(call, why)
		}
		return true
	})
	return seen, breaches
}

// prefixOf is the constant a string expression begins with.
func prefixOf(e ast.Expr) string {
	for {
		b, ok := e.(*ast.BinaryExpr)
		if !ok {
			s, _ := constant(e)
			return s
		}
		e = b.X
	}
}

func isDefine(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Define" {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "errs"
}

func defineArgs(call *ast.CallExpr) (code, zh, en string, ok bool) {
	if len(call.Args) != 4 {
		return "", "", "", false
	}
	var out [3]string
	for i, a := range call.Args[1:] {
		if out[i], ok = constant(a); !ok {
			return "", "", "", false
		}
	}
	return out[0], out[1], out[2], true
}

// constant is the value of a string literal or of several joined by +.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok1 := constant(e.X)
		b, ok2 := constant(e.Y)
		return a + b, ok1 && ok2
	}
	return "", false
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func textFaults(zh, en string) (faults []string) {
	if !hasHan(zh) {
		faults = append(faults, "the Chinese text is not Chinese")
	}
	if en == "" || hasHan(en) {
		faults = append(faults, "the English text is not English")
	}
	a, b := placeholder.FindAllString(zh, -1), placeholder.FindAllString(en, -1)
	sort.Strings(a)
	sort.Strings(b)
	if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
		faults = append(faults, fmt.Sprintf("the texts name different parameters: %v and %v", a, b))
	}
	return faults
}

// half is a half-width mark next to a Chinese character or mark; a parameter of a text
// stands for words in its language.
var (
	half    = regexp.MustCompile(`[\p{Han}，。；：、！？「」“”（）…}] *[,;:!?()]|[,;:!?()] *[\p{Han}「“（…{]|\p{Han}\.(?: |$)`)
	aside   = regexp.MustCompile(`\w \(\p{Han}+\)`) // an English text that names the Chinese word
	headers = []string{                             // columns of files: (元) as every platform's file has it
		"internal/fulfillment/dropship/paper.go", "internal/fulfillment/shipfile/columns.go", "internal/view/export.go",
	}
)

// chineseMarks looks at what the product says in Chinese. What platforms say (their
// simulators, and in a connector all but errors and the fields called …ZH) stays as they
// write it; so do patterns that read addresses.
func chineseMarks(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if p.testSupport() || within(p.dir, "internal/simulator") {
			continue
		}
		for _, s := range p.code {
			if slices.Contains(headers, s.path) {
				continue
			}
			ours := func(ast.Node) bool { return true }
			if within(p.dir, "internal/connector") {
				ours = said(s)
			}
			patterns := arguments(s, func(call *ast.CallExpr) bool {
				sel, ok := call.Fun.(*ast.SelectorExpr)
				return ok && sel.Sel.Name == "MustCompile"
			})
			literals(s, func(lit *ast.BasicLit, text string) {
				if !hasHan(text) || !ours(lit) || inside(patterns, lit) {
					return
				}
				seen++
				if m := half.FindString(aside.ReplaceAllString(text, "")); m != "" || strings.Count(text, "（") != strings.Count(text, "）") {
					breaches = append(breaches, fmt.Sprintf("%s: %q has half-width punctuation (%s) in a Chinese text", t.at(lit), text, strings.TrimSpace(m)))
				}
			})
		}
	}
	return seen, breaches
}

// said tells what a connector's file says in our name.
func said(s *source) func(ast.Node) bool {
	spans := arguments(s, isDefine)
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && strings.HasSuffix(key.Name, "ZH") {
				spans = append(spans, kv.Value)
			}
		}
		return true
	})
	return func(n ast.Node) bool { return inside(spans, n) }
}

// arguments are those of the calls that is picks.
func arguments(s *source, is func(*ast.CallExpr) bool) (out []ast.Node) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && is(call) {
			for _, a := range call.Args {
				out = append(out, a)
			}
		}
		return true
	})
	return out
}

func inside(spans []ast.Node, n ast.Node) bool {
	return slices.ContainsFunc(spans, func(s ast.Node) bool { return s.Pos() <= n.Pos() && n.End() <= s.End() })
}

var tick = regexp.MustCompile("`([^`]+)`")

func apiValuesAreInTheGlossary(t *tree) (seen int, breaches []string) {
	text, err := fs.ReadFile(t.fsys, "docs/glossary.md")
	if err != nil {
		return 0, []string{err.Error()}
	}
	known := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "|") {
			for _, m := range tick.FindAllStringSubmatch(line, -1) {
				known[m[1]] = true
			}
		}
	}
	raw, err := fs.ReadFile(t.fsys, "api/openapi.json")
	if err != nil {
		return 0, []string{err.Error() + ": generate it with make gen"}
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return 0, []string{"api/openapi.json: " + err.Error()}
	}
	missing := map[string]string{}
	seen = enums(doc, "", func(where, value string) {
		if !known[value] {
			missing[value] = where
		}
	})
	for value, where := range missing {
		breaches = append(breaches, fmt.Sprintf("docs/glossary.md has no row for `%s` (%s)", value, where))
	}
	sort.Strings(breaches)
	return seen, breaches
}

// enums calls f with every string value an enum in the document allows.
func enums(node any, where string, f func(where, value string)) (seen int) {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			list, ok := child.([]any)
			if key != "enum" || !ok {
				seen += enums(child, where+"/"+key, f)
				continue
			}
			for _, v := range list {
				if s, ok := v.(string); ok && s != "" {
					seen++
					f(where, s)
				}
			}
		}
	case []any:
		for _, child := range node {
			seen += enums(child, where, f)
		}
	}
	return seen
}

// traces are what a developer's machine leaves behind. They are put together here
// so that this file does not hold them itself.
var traces = regexp.MustCompile(strings.Join([]string{
	`(?:^|[\s"'=(:])/(?:work|root|farm)` + `/\w`,
	`(?:^|[\s"'=(])/(?:tmp|home)` + `/[a-z]`,
	`"resolved"` + `:\s*"http`,
	`registry\.npm` + `(?:js|mirror)`,
	`proxy\.golang` + `\.org|goproxy\.(?:cn|io)`,
}, "|"))

// judged are the kinds of files people write or commit.
var judged = regexp.MustCompile(`(?:^|/)(?:Makefile|Dockerfile|\.npmrc|run|check|testpg|provision)$|\.(?:go|md|sh|json|yml|yaml|ts|tsx|js|mjs|cjs|html|css|sql|toml|mod)$`)

func noMachineTraces(t *tree) (seen int, breaches []string) {
	err := fs.WalkDir(t.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if skipDir(d.Name()) && d.Name() != ".ci" || name == "data" {
				return fs.SkipDir
			}
			return nil
		case !judged.MatchString(name):
			return nil
		}
		text, err := fs.ReadFile(t.fsys, name)
		if err != nil {
			return err
		}
		if !utf8.Valid(text) {
			return nil
		}
		seen++
		for i, line := range strings.Split(string(text), "\n") {
			if m := traces.FindString(line); m != "" {
				breaches = append(breaches, fmt.Sprintf("%s:%d: %q belongs to one machine", name, i+1, strings.TrimSpace(m)))
			}
		}
		return nil
	})
	if err != nil {
		breaches = append(breaches, err.Error())
	}
	return seen, breaches
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func linksLeadSomewhere(t *tree) (seen int, breaches []string) {
	err := fs.WalkDir(t.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipDir(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".md"):
			return nil
		}
		text, err := fs.ReadFile(t.fsys, name)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			seen++
			if !t.exists(path.Join(path.Dir(name), target)) {
				breaches = append(breaches, fmt.Sprintf("%s points at %s, which does not exist", name, m[1]))
			}
		}
		return nil
	})
	if err != nil {
		breaches = append(breaches, err.Error())
	}
	return seen, breaches
}
