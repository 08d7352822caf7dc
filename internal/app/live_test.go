package app

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/systemapi"
)

var (
	aggregateOf = regexp.MustCompile(`event\.Of\{Aggregate: "([a-z_]+)"`)
	watchedOf   = regexp.MustCompile(`(?m)^  ([a-z]+): \[\[`)
)

// What changes without a topic, and a topic that no page watches, leave screens old until they are loaded anew.
func TestEveryChangeReachesTheScreensThatShowIt(t *testing.T) {
	root := os.DirFS("../..")
	seen := map[string]string{}
	err := fs.WalkDir(root, "internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "internal/kit/") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		for _, m := range aggregateOf.FindAllStringSubmatch(string(text), -1) {
			seen[m[1]] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 10 {
		t.Fatalf("found only %v", seen)
	}
	for aggregate, path := range seen {
		topic := systemapi.Topic(aggregate)
		if _, ok := systemapi.Topics[topic]; !ok {
			t.Errorf("%s tells of a changed %q under the topic %q, which nobody may watch", path, aggregate, topic)
		}
	}
	layout, err := fs.ReadFile(root, "web/src/features/shell/Layout.tsx")
	if err != nil {
		t.Fatal(err)
	}
	var watched []string
	for _, m := range watchedOf.FindAllStringSubmatch(string(layout), -1) {
		watched = append(watched, m[1])
	}
	slices.Sort(watched)
	if topics := slices.Sorted(maps.Keys(systemapi.Topics)); !slices.Equal(watched, topics) {
		t.Errorf("pages watch %v, the server tells of %v", watched, topics)
	}
}
