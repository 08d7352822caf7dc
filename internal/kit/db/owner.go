package db

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// The house rule "a table is written only by the package whose name prefixes it"
// is checked on the SQL that really runs, because text search cannot see built SQL.

const module = "github.com/ordercove/ordercove/internal/"

var (
	writes  = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z]+)_[a-z_0-9]+`)
	parsed  sync.Map // SQL text → []string of table prefixes it writes
	checked atomic.Int64
)

// CheckedWrites is how many writing statements were checked in this process; the
// house test fails when it is zero.
func CheckedWrites() int64 { return checked.Load() }

// Statements is how many statements ran, those of a Batch one by one; 0 unless owners are
// checked.
func (d *DB) Statements() int64 { return d.asked.Load() }

func (d *DB) check(q string) {
	if !d.opt.CheckOwner {
		return
	}
	d.asked.Add(1)
	var owners []string
	if v, ok := parsed.Load(q); ok {
		owners = v.([]string)
	} else {
		for _, m := range writes.FindAllStringSubmatch(q, -1) {
			if !strings.EqualFold(m[1], "do") && !strings.EqualFold(m[1], "set") {
				owners = append(owners, strings.ToLower(m[1]))
			}
		}
		parsed.Store(q, owners)
	}
	if len(owners) == 0 {
		return
	}
	who, test := caller()
	if test {
		return
	}
	checked.Add(1)
	for _, o := range owners {
		if o != who {
			panic(fmt.Sprintf("db: package %s writes %s_*: %s", who, o, head(q)))
		}
	}
}

// caller names the capability (or kit package) whose code is running, and whether
// that is a test, which may arrange rows as it likes.
func caller() (name string, test bool) {
	pc := make([]uintptr, 24)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if rest, ok := strings.CutPrefix(f.Function, module); ok && !strings.HasPrefix(rest, "kit/db.") {
			if strings.HasSuffix(f.File, "_test.go") || strings.Contains(rest, "test.") && strings.HasSuffix(strings.SplitN(rest, ".", 2)[0], "test") {
				return "", true
			}
			path := strings.SplitN(rest, ".", 2)[0]
			if kit, ok := strings.CutPrefix(path, "kit/"); ok {
				return strings.SplitN(kit, "/", 2)[0], false
			}
			return strings.SplitN(path, "/", 2)[0], false
		}
		if !more {
			return "", true // bench, cmd or test code outside internal
		}
	}
}
