// Package shoptest builds legal shops for tests of the packages above.
package shoptest

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/shop"
)

// Channel is a channel that exists in tests only.
const Channel = "testmall"

// New returns the capability over the test channel.
func New(k *kit.Kit) *shop.Service { return shop.New(k, []string{Channel}) }

// Add creates a shop that is live since the epoch, so that every order is work;
// change alters the input first.
func Add(t testing.TB, ctx context.Context, s *shop.Service, name string, change ...func(*shop.CreateInput)) shop.Shop {
	t.Helper()
	in := shop.CreateInput{Channel: Channel, Name: name, LiveFrom: 1}
	for _, f := range change {
		f(&in)
	}
	one, err := s.Create(ctx, in)
	if err != nil {
		t.Fatalf("create shop %s: %v", name, err)
	}
	return one
}
