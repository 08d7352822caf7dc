package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"
)

const (
	maxMethods      = 7
	maxFuncLines    = 70
	maxPackageLines = 5000
)

var setter = regexp.MustCompile(`^Set[A-Z]\w*Service$|^SetService$`)

func noHiddenStart(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if p.testSupport() {
			continue
		}
		seen++
		for _, s := range p.code {
			bad := func(n ast.Node, why string) { breaches = append(breaches, t.at(n)+": "+why) }
			for _, d := range s.ast.Decls {
				f, ok := d.(*ast.FuncDecl)
				switch {
				case !ok:
				case f.Recv == nil && f.Name.Name == "init":
					bad(f, "no init: app wires everything, where it can be read")
				case setter.MatchString(f.Name.Name):
					bad(f, "a setter that breaks a cycle: the rank is wrong")
				}
			}
			if p.capability() != "kit" {
				goroutines(s, bad)
			}
		}
	}
	return seen, breaches
}

// goroutines reports what starts work behind the caller's back: go statements and
// the library calls that hide one.
func goroutines(s *source, bad func(ast.Node, string)) {
	const why = "concurrency belongs to kit: append an event or enqueue a job"
	hasSync := false
	for _, i := range s.imports() {
		hasSync = hasSync || i == "sync" || strings.HasSuffix(i, "/errgroup")
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			bad(n, why)
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "AfterFunc" || hasSync && sel.Sel.Name == "Go") {
				bad(n, why)
			}
		}
		return true
	})
}

func narrowInterfaces(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		local := map[string]*ast.InterfaceType{}
		for _, s := range p.code {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok {
					if i, ok := spec.Type.(*ast.InterfaceType); ok {
						local[spec.Name.Name] = i
					}
				}
				return true
			})
		}
		for _, s := range p.code {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				i, ok := n.(*ast.InterfaceType)
				if !ok {
					return true
				}
				seen++
				if m := methods(i, local, 0); m > maxMethods {
					breaches = append(breaches, fmt.Sprintf("%s: an interface of %d methods, %d is the limit", t.at(i), m, maxMethods))
				}
				return true
			})
		}
	}
	return seen, breaches
}

// methods counts an interface's methods with those of embedded interfaces of the
// same package; one from elsewhere counts once.
func methods(i *ast.InterfaceType, local map[string]*ast.InterfaceType, depth int) int {
	n := 0
	for _, f := range i.Methods.List {
		n += max(1, len(f.Names))
		if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && local[id.Name] != nil && depth < 8 {
			n += methods(local[id.Name], local, depth+1) - 1
		}
	}
	return n
}

func shortFunctions(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		for _, s := range p.code {
			for _, d := range s.ast.Decls {
				ast.Inspect(d, func(n ast.Node) bool {
					switch n.(type) {
					case *ast.FuncDecl, *ast.FuncLit:
					default:
						return true
					}
					seen++
					if l := t.lines(start(n), n.End()); l > maxFuncLines {
						breaches = append(breaches, fmt.Sprintf("%s: a function of %d lines, %d is the limit", t.at(n), l, maxFuncLines))
					}
					return false
				})
			}
		}
	}
	return seen, breaches
}

// start leaves the doc comment out of a function's length.
func start(n ast.Node) token.Pos {
	if f, ok := n.(*ast.FuncDecl); ok {
		return f.Type.Pos()
	}
	return n.Pos()
}

func smallPackages(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		lines := 0
		for _, s := range p.code {
			lines += t.lines(s.ast.FileStart, s.ast.FileEnd)
		}
		seen++
		if lines > maxPackageLines {
			breaches = append(breaches, fmt.Sprintf("%s has %d lines, %d is the limit: split the capability", p.dir, lines, maxPackageLines))
		}
	}
	return seen, breaches
}

// vague names say what kind of code something is, or nothing at all.
var vague = map[string]bool{
	"service": true, "services": true, "repository": true, "repositories": true, "repo": true,
	"model": true, "models": true, "entity": true, "entities": true, "dto": true, "dao": true,
	"util": true, "utils": true, "common": true, "shared": true, "helper": true, "helpers": true,
	"types": true, "base": true, "store": true, "misc": true, "manager": true, "core": true,
	"lib": true, "platform": true, "handlers": true, "impl": true,
}

func tellingNames(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		seen++
		if vague[p.base()] {
			breaches = append(breaches, fmt.Sprintf("%s: %q says what kind of code it is, not what it does", p.dir, p.base()))
		}
		for _, s := range p.code {
			name := s.ast.Name.Name
			if name != p.base() && name != "main" {
				breaches = append(breaches, fmt.Sprintf("%s: package %s in a folder called %s", s.path, name, p.base()))
			}
			file := strings.TrimSuffix(s.base(), ".go")
			if vague[file] && !(file == "types" && p.capability() == "connector") {
				breaches = append(breaches, fmt.Sprintf("%s: name the file for its use case", s.path))
			}
		}
	}
	return seen, breaches
}

// clockCalls are the ways to ask the machine for the time or to wait for it.
var clockCalls = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true,
	"Tick": true, "NewTicker": true, "NewTimer": true,
}

func injectedClock(t *tree) (seen int, breaches []string) {
	for _, p := range t.product() {
		if c := p.capability(); c == "kit" || c == "app" {
			continue
		}
		seen++
		for _, s := range p.code {
			for _, i := range s.imports() {
				if i == "math/rand" || i == "math/rand/v2" || i == "crypto/rand" {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: randomness comes from kit, so that a run can be repeated", s.path, i))
				}
			}
			ast.Inspect(s.ast, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok || !clockCalls[sel.Sel.Name] {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					breaches = append(breaches, fmt.Sprintf("%s: time.%s; ask the injected clock", t.at(n), sel.Sel.Name))
				}
				return true
			})
		}
	}
	return seen, breaches
}

var moneyName = regexp.MustCompile(`(?i)(fen|amount|price|money|cost|fee)$|(?:^|[a-z])Fen`)

func noFloatMoney(t *tree) (seen int, breaches []string) {
	for _, p := range t.product() {
		seen++
		for _, s := range p.code {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				var names []*ast.Ident
				var typ ast.Expr
				switch n := n.(type) {
				case *ast.Field:
					names, typ = n.Names, n.Type
				case *ast.ValueSpec:
					names, typ = n.Names, n.Type
				default:
					return true
				}
				if star, ok := typ.(*ast.StarExpr); ok {
					typ = star.X
				}
				id, ok := typ.(*ast.Ident)
				if !ok || id.Name != "float64" && id.Name != "float32" {
					return true
				}
				for _, name := range names {
					if moneyName.MatchString(name.Name) {
						breaches = append(breaches, fmt.Sprintf("%s: %s is a float; money is money.Fen", t.at(n), name.Name))
					}
				}
				return true
			})
		}
	}
	return seen, breaches
}

func testsNeverSkip(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		files := p.tests
		if p.testSupport() {
			files = p.all()
		}
		for _, s := range files {
			seen++
			ast.Inspect(s.ast, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
					switch sel.Sel.Name {
					case "Skip", "Skipf", "SkipNow":
						breaches = append(breaches, t.at(n)+": a skipped test proves nothing; make it fail or make it run")
					}
				}
				return true
			})
		}
	}
	return seen, breaches
}

func packageDoc(p *pkg) string {
	for _, s := range p.code {
		if s.ast.Doc != nil {
			return s.ast.Doc.Text()
		}
	}
	return ""
}

func everyPackageIsDocumented(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if len(p.code) == 0 {
			continue
		}
		seen++
		doc, first := packageDoc(p), "Package "+p.base()+" "
		if p.code[0].ast.Name.Name == "main" {
			first = "Command " + p.base() + " "
		}
		if !strings.HasPrefix(strings.Join(strings.Fields(doc), " "), first) {
			breaches = append(breaches, fmt.Sprintf("%s: its comment does not begin %q", p.dir, first+"…"))
		}
	}
	return seen, breaches
}

// sections of a capability's doc.go, in the words a reader looks for.
var sections = []string{"Owns", "Does not own", "Invariants", "Read next"}

func capabilitiesSayWhatTheyOwn(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if !isCapability(p.capability()) || strings.Count(p.dir, "/") != 1 || len(p.code) == 0 {
			continue
		}
		seen++
		doc := ""
		for _, s := range p.code {
			if s.base() == "doc.go" && s.ast.Doc != nil {
				doc = s.ast.Doc.Text()
			}
		}
		for _, section := range sections {
			if !regexp.MustCompile(`(?i)\b` + section + `\b`).MatchString(doc) {
				breaches = append(breaches, fmt.Sprintf("%s lacks a line %q", path.Join(p.dir, "doc.go"), section+": …"))
			}
		}
	}
	return seen, breaches
}
