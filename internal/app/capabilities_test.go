package app

import (
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/connector"
)

// TestNoCapabilityIsLeftOutOfTheTable compares the table's rows with the manifests.
func TestNoCapabilityIsLeftOutOfTheTable(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range capabilities {
		if listed[string(row.c)] || row.zh == "" || row.en == "" {
			t.Errorf("%+v", row)
		}
		listed[string(row.c)] = true
	}
	doc := capabilitiesDoc()
	for _, m := range connector.All() {
		if !strings.Contains(doc, " "+m.Code+" |") {
			t.Errorf("%s has no column", m.Code)
		}
		for _, c := range m.Capabilities {
			if !listed[string(c)] {
				t.Errorf("%s of %s is not listed", c, m.Code)
			}
		}
	}
}
