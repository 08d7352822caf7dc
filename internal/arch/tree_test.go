package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const mod = "github.com/ordercove/ordercove/"

// source is one parsed Go file.
type source struct {
	path string // from the root of the repository, with slashes
	test bool   // …_test.go
	ast  *ast.File
}

func (s *source) base() string { return path.Base(s.path) }

// imports lists the import paths of the file.
func (s *source) imports() []string {
	var out []string
	for _, i := range s.ast.Imports {
		v, _ := strconv.Unquote(i.Path.Value)
		out = append(out, v)
	}
	return out
}

// pkg is one directory with Go files.
type pkg struct {
	dir   string // internal/order/ordertest
	code  []*source
	tests []*source
}

func (p *pkg) all() []*source { return append(slices.Clone(p.code), p.tests...) }

func (p *pkg) base() string { return path.Base(p.dir) }

// capability is the ranked name p belongs to: "order" for internal/order/ordertest,
// empty outside internal.
func (p *pkg) capability() string { return capabilityOf(p.dir) }

func capabilityOf(dir string) string {
	rest, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}

// testSupport says that the package helps tests only: ordertest, dbtest.
func (p *pkg) testSupport() bool { return isTestSupport(p.dir) }

func isTestSupport(dir string) bool {
	if strings.HasPrefix(dir, "bench") || dir == "test" || strings.HasPrefix(dir, "test/") {
		return true
	}
	for _, part := range strings.Split(dir, "/") {
		if strings.HasSuffix(part, "test") && part != "test" {
			return true
		}
	}
	return false
}

type tree struct {
	fsys fs.FS
	fset *token.FileSet
	pkgs []*pkg
}

func (t *tree) at(n ast.Node) string {
	p := t.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func (t *tree) lines(from, to token.Pos) int {
	return t.fset.Position(to).Line - t.fset.Position(from).Line + 1
}

// product lists the packages under internal that ship: no test support.
func (t *tree) product() []*pkg {
	var out []*pkg
	for _, p := range t.pkgs {
		if p.capability() != "" && !p.testSupport() && len(p.code) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (t *tree) exists(name string) bool {
	_, err := fs.Stat(t.fsys, name)
	return err == nil
}

// skipDir names what is not ours to judge: dependencies, built files, test inputs.
func skipDir(name string) bool {
	switch name {
	case "node_modules", "testdata", "dist", "vendor", "bin":
		return true
	}
	return name != "." && strings.HasPrefix(name, ".")
}

func load(fsys fs.FS) (*tree, error) {
	t := &tree{fsys: fsys, fset: token.NewFileSet()}
	byDir := map[string]*pkg{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if skipDir(d.Name()) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(t.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		p := byDir[dir]
		if p == nil {
			p = &pkg{dir: dir}
			byDir[dir] = p
			t.pkgs = append(t.pkgs, p)
		}
		s := &source{path: name, test: strings.HasSuffix(name, "_test.go"), ast: f}
		if s.test {
			p.tests = append(p.tests, s)
		} else {
			p.code = append(p.code, s)
		}
		return nil
	})
	return t, err
}

var readHouse = sync.OnceValues(func() (*tree, error) { return load(os.DirFS("../..")) })

// rule is one house rule. check returns how many things it looked at, so that a
// rule which saw nothing can fail, and one line per breach.
type rule struct {
	name  string
	check func(*tree) (seen int, breaches []string)
	// atLeast is how many things the real tree must show.
	atLeast int
}

var rules = []rule{
	{"every package has a rank", everyPackageHasARank, 10},
	{"imports point to lower ranks only", importsPointDown, 50},
	{"a party at the edge knows its port and kit only", edgesKnowTheirPort, 8},
	{"an API package stands for one capability and knows no other API package", apiPackagesStandAlone, 4},
	{"test support is imported by tests only", testSupportStaysInTests, 50},
	{"net/http stays at the edges", httpStaysAtTheEdges, 10},
	{"no init, no goroutine outside kit, no setter that breaks a cycle", noHiddenStart, 10},
	{"interfaces have at most 7 methods", narrowInterfaces, 1},
	{"functions have at most 70 lines", shortFunctions, 100},
	{"packages have at most 5,000 lines", smallPackages, 10},
	{"packages and files are named for what they do", tellingNames, 10},
	{"time and randomness are injected", injectedClock, 10},
	{"money is never a float", noFloatMoney, 10},
	{"tests never skip", testsNeverSkip, 10},
	{"every package says what it is for", everyPackageIsDocumented, 10},
	{"every capability says what it owns", capabilitiesSayWhatTheyOwn, 5},
	{"SQL stands in sql.go", sqlStandsInSQLGo, 10},
	{"a table is written by the package whose name it bears", onlyTheOwnerWrites, 10},
	{"view only selects", viewOnlySelects, 1},
	{"merchant_id leads every key, and types fit both engines", migrationsFitTheHouse, 10},
	{"a channel's name stays in its connector", channelNamesStayHome, 10},
	{"edge folders all look alike and are listed", edgesLookAlike, 10},
	{"error codes and event names carry their package and both languages", codesCarryTheirPackage, 10},
	{"Chinese texts have full-width punctuation", chineseMarks, 500},
	{"every value of the API stands in the glossary", apiValuesAreInTheGlossary, 10},
	{"links in documents lead somewhere", linksLeadSomewhere, 5},
	{"no machine path and no download host in the repository", noMachineTraces, 50},
}

func TestHouse(t *testing.T) {
	house, err := readHouse()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			seen, breaches := r.check(house)
			if seen < r.atLeast {
				t.Errorf("saw %d things, expected at least %d: the rule looks at nothing, or the tree is not complete", seen, r.atLeast)
			}
			for _, b := range breaches {
				t.Error(b)
			}
		})
	}
}
