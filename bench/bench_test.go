package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Figures of small sizes mean little; that every section runs to its end on both
// engines, finds what it asks for and prints both sides does.
func TestEverySectionRunsOnBothEngines(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "ordercove")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../cmd/ordercove").CombinedOutput(); err != nil {
		t.Fatalf("build the product: %v\n%s", err, out)
	}
	var out bytes.Buffer
	b := &bench{rep: newReport(&out), dir: t.TempDir(), binary: binary, engines: []string{"sqlite", "postgres"}, sections: allSections,
		sizes: []int{1000}, rows: 1000, ships: 200, quick: true}
	if err := b.all(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	sides := map[string]int{}
	for _, r := range b.rep.Rows {
		sides[r.Section+" "+r.Engine]++
		if r.Ours < 0 || r.Raw > 0 && r.Ratio == 0 && r.Ours > 0 {
			t.Errorf("%+v says nothing", r)
		}
	}
	for _, s := range allSections {
		for _, e := range b.engines {
			if sides[s+" "+e] == 0 {
				t.Errorf("section %s on %s reported nothing", s, e)
			}
		}
	}
	if got := strings.Count(out.String(), "\n"); got < len(b.rep.Rows) {
		t.Errorf("%d lines for %d figures", got, len(b.rep.Rows))
	}
}

func TestTheSameSeedMakesTheSameShop(t *testing.T) {
	made := func() string {
		w := newWorld(500, testNow)
		var b strings.Builder
		shops := map[int]int{}
		for i := range 500 {
			k := w.shop()
			shops[k]++
			d := w.order(i, 500, k)
			fmt.Fprint(&b, d.ChannelOrderNo, d.Status, d.Receiver, d.PlacedAt, len(d.Lines), *d.Money.BuyerPaid)
			if d.PlacedAt > testNow.UnixMilli() {
				t.Fatalf("%s is placed in the future", d.ChannelOrderNo)
			}
		}
		if len(shops) != shopCount || shops[0] < 2*shops[2] {
			t.Fatalf("orders by shop are not skewed: %v", shops)
		}
		return b.String()
	}
	if first, again := made(), made(); first != again {
		t.Error("two worlds of one seed differ")
	}
}

func TestAMissedTargetIsSaid(t *testing.T) {
	r := newReport(new(bytes.Buffer))
	r.add(row{Name: "slow", Unit: "ms", Ours: 6, P95: 9}, quickEnough...)
	r.add(row{Name: "slow at times", Unit: "ms", Ours: 5, P95: 16}, quickEnough...)
	r.add(row{Name: "quick", Unit: "ms", Ours: 5, P95: 15}, quickEnough...)
	r.add(row{Name: "far behind", Ours: 50, Raw: 100}, ratioLeast(0.6))
	r.add(row{Name: "near", Ours: 60, Raw: 100}, ratioLeast(0.6))
	var names []string
	for _, m := range r.missed() {
		names = append(names, m[strings.IndexByte(m, ' ')+1:])
	}
	if got := strings.Join(names, ", "); got != "slow, slow at times, far behind" {
		t.Errorf("missed: %s", got)
	}
}

var testNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
