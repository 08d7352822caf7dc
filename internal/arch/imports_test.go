package arch

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// rank is the dependency rule: a capability imports lower ranks only. Equal
// ranks do not know each other; they meet in a higher use case or by an event.
// Moving a rank is one line here and a note in docs/decisions.
var rank = map[string]int{
	"kit": 0,
	"iam": 1, "audit": 1, "setting": 1,
	"shop": 2, "catalog": 2, "customer": 2,
	"inventory": 3, "logistics": 3, "promotion": 3, "deadline": 3,
	"order": 4, "purchase": 4,
	"fulfillment": 5,
	"packing":     6, "aftersale": 6, "review": 6, "chat": 6,
	"intake": 7, "finance": 7, "notify": 7,
	"automation": 8, "channel": 8, "integration": 8,
	"view": 9, "analytics": 9,
	"connector": 10, "carrier": 10, "messenger": 10, "payment": 10, "erp": 10, "simulator": 10,
	"api": 11, "agent": 11,
	"app": 12, "arch": 12,
}

// edges are the folders with one package per outside party, and the ports each
// may know. A connector may also carry a platform's own e-waybills.
var edges = map[string][]string{
	"connector": {"channel", "logistics"},
	"carrier":   {"logistics"},
	"messenger": {"notify"},
	"payment":   {"aftersale"},
	"erp":       {"integration"},
}

// rootPackages stand beside internal, hold files for the binary, know nothing of
// internal, and are known only by these.
var rootPackages = map[string][]string{
	"migrations": {"kit", "app"},
	"web":        {"app", "api"},
	"api":        {"app", "api"},
}

// capability ranks run from iam to analytics; kit is below, the edges above.
func isCapability(name string) bool { r, ok := rank[name]; return ok && r >= 1 && r <= 9 }

func everyPackageHasARank(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		c := p.capability()
		if c == "" {
			first, _, _ := strings.Cut(p.dir, "/")
			switch first {
			case "cmd", "bench", "test", "web", "migrations", "api":
			default:
				breaches = append(breaches, fmt.Sprintf("%s: product code lives under internal/, not here", p.dir))
			}
			continue
		}
		seen++
		if _, ok := rank[c]; !ok {
			breaches = append(breaches, fmt.Sprintf("%s: %q has no rank; give it one in internal/arch and a note in docs/decisions", p.dir, c))
		}
	}
	return seen, breaches
}

// ours lists the imports of a file that are packages of this module, as folders.
func ours(s *source) []string {
	var out []string
	for _, i := range s.imports() {
		if dir, ok := strings.CutPrefix(i, mod); ok {
			out = append(out, dir)
		}
	}
	return out
}

func importsPointDown(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		for _, s := range p.all() {
			for _, to := range ours(s) {
				seen++
				if why := wrongWay(p, to); why != "" {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: %s", s.path, to, why))
				}
			}
		}
	}
	return seen, breaches
}

// wrongWay says why p may not import the folder to, or is empty.
func wrongWay(p *pkg, to string) string {
	from, target := p.capability(), capabilityOf(to)
	first, _, _ := strings.Cut(p.dir, "/")
	switch {
	case first == "bench" || first == "test":
		return ""
	case first == "cmd":
		if target == "app" || target == "kit" {
			return ""
		}
		return "a command starts internal/app and nothing else"
	case from == "":
		return "a package that only carries files knows nothing of the product"
	case target == "":
		if slices.Contains(rootPackages[to], from) || from == "arch" {
			return ""
		}
		return fmt.Sprintf("%s is known only by %v", to, rootPackages[to])
	case target == from:
		return ""
	}
	if _, edge := edges[target]; edge && from != "app" {
		return "only app wires the edges in"
	}
	if rank[target] >= rank[from] {
		return fmt.Sprintf("%s has rank %d and %s has rank %d", from, rank[from], target, rank[target])
	}
	return ""
}

func edgesKnowTheirPort(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		from := p.capability()
		ports, edge := edges[from]
		if from == "simulator" || from == "agent" {
			ports, edge = nil, true
		}
		if !edge {
			continue
		}
		for _, s := range p.all() {
			for _, to := range ours(s) {
				seen++
				target := capabilityOf(to)
				switch {
				case target == "kit", slices.Contains(ports, target):
				case from == "agent" && (target == from || s.test && target == "simulator"): // its own parts, and who plays the components
				case target == from && (p.dir == "internal/"+from || party(to) == party(p.dir)):
				case from == "simulator" && within(to, "internal/simulator/world"): // the truth that every simulated platform tells of
				case target == from:
					breaches = append(breaches, fmt.Sprintf("%s knows its sibling %s", s.path, to))
				default:
					breaches = append(breaches, fmt.Sprintf("%s knows %s; it may know %v and kit", s.path, to, ports))
				}
			}
		}
	}
	return seen, breaches
}

// party is the folder of one outside party: internal/connector/x for …/x/y.
func party(dir string) string {
	parts := strings.SplitN(dir, "/", 4)
	return path.Join(parts[:min(3, len(parts))]...)
}

func apiPackagesStandAlone(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if p.capability() != "api" || p.dir == "internal/api" || p.testSupport() {
			continue
		}
		seen++
		own, ok := strings.CutSuffix(path.Base(party(p.dir)), "api")
		_, ranked := rank[own]
		if !ok || !ranked && own != "system" && !t.exists("internal/kit/"+own) {
			breaches = append(breaches, fmt.Sprintf("%s: an API package is called <capability>api", p.dir))
		}
		for _, s := range p.all() {
			for _, to := range ours(s) {
				if capabilityOf(to) == "api" && party(to) != party(p.dir) {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: what two APIs share is kit/web or a capability", s.path, to))
				}
			}
		}
	}
	return seen, breaches
}

func testSupportStaysInTests(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		for _, s := range p.code {
			for _, to := range ours(s) {
				seen++
				if isTestSupport(to) && !p.testSupport() {
					breaches = append(breaches, fmt.Sprintf("%s ships with the product and imports %s", s.path, to))
				}
			}
		}
	}
	return seen, breaches
}

func httpStaysAtTheEdges(t *tree) (seen int, breaches []string) {
	for _, p := range t.pkgs {
		if p.testSupport() {
			continue
		}
		seen++
		c := p.capability()
		_, edge := edges[c]
		if edge || c == "api" || c == "app" || c == "simulator" || c == "agent" || within(p.dir, "internal/kit/web") || within(p.dir, "internal/kit/httpx") ||
			p.dir == "internal/channel/wire" || p.dir == "internal/logistics/wire" {
			continue
		}
		for _, s := range p.code {
			for _, i := range s.imports() {
				if i == "net/http" || strings.HasPrefix(i, "net/http/") {
					breaches = append(breaches, fmt.Sprintf("%s imports %s: requests come in through api, go out through kit/httpx", s.path, i))
				}
			}
		}
	}
	return seen, breaches
}

func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

// edgeFiles is the file set every folder of an edge has; "a|b" means at least one. A
// channel that is read from files only has no client.go, one that has no export
// files no file.go.
var edgeFiles = map[string][]string{
	"connector": {"{}.go", "types.go", "map.go", "file.go|client.go", "{}_test.go", "testdata"},
	"carrier":   {"{}.go", "{}_test.go"},
	"messenger": {"{}.go", "{}_test.go"},
	"payment":   {"{}.go", "{}_test.go"},
	"erp":       {"{}.go", "{}_test.go"},
}

// partiesOf lists the folders under internal/<edge>, leaving out test support and inputs.
func partiesOf(t *tree, edge string) []string {
	entries, err := fs.ReadDir(t.fsys, "internal/"+edge)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" && !isTestSupport(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out
}

func edgesLookAlike(t *tree) (seen int, breaches []string) {
	for edge, files := range edgeFiles {
		listed := map[string]bool{}
		for _, p := range t.pkgs {
			if p.dir != "internal/"+edge {
				continue
			}
			for _, s := range p.code {
				if s.base() == "all.go" {
					for _, to := range ours(s) {
						listed[to] = true
					}
				}
			}
		}
		for _, name := range partiesOf(t, edge) {
			dir := "internal/" + edge + "/" + name
			seen++
			for _, f := range files {
				f = strings.ReplaceAll(f, "{}", name)
				if !slices.ContainsFunc(strings.Split(f, "|"), func(one string) bool { return t.exists(dir + "/" + one) }) {
					breaches = append(breaches, fmt.Sprintf("%s lacks %s", dir, strings.ReplaceAll(f, "|", " or ")))
				}
			}
			if !listed[dir] {
				breaches = append(breaches, fmt.Sprintf("%s is not listed in internal/%s/all.go", dir, edge))
			}
		}
	}
	return seen, breaches
}
