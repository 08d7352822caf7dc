// Package catalogtest builds legal products for tests of the packages above.
package catalogtest

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
)

// SKU adds a plain SKU under a product of its own; change alters the input first.
func SKU(t testing.TB, ctx context.Context, s *catalog.Service, code string, change ...func(*catalog.SKUInput)) catalog.SKU {
	t.Helper()
	in := catalog.SKUInput{ProductName: "棉麻桌布", Code: code, Spec: "米色 " + code}
	for _, f := range change {
		f(&in)
	}
	k, err := s.CreateSKU(ctx, in)
	if err != nil {
		t.Fatalf("create SKU %s: %v", code, err)
	}
	return k
}

// Bundle adds a SKU made of one piece of each part, in equal shares.
func Bundle(t testing.TB, ctx context.Context, s *catalog.Service, code string, parts ...catalog.Component) catalog.SKU {
	t.Helper()
	k := SKU(t, ctx, s, code)
	for i := range parts {
		if parts[i].Quantity == 0 {
			parts[i].Quantity = 1
		}
		if parts[i].Share == 0 {
			parts[i].Share = 1
		}
	}
	k, err := s.SetComponents(ctx, catalog.ComponentsInput{SKUID: k.ID, Components: parts})
	if err != nil {
		t.Fatalf("bundle %s: %v", code, err)
	}
	return k
}
