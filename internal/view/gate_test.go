package view

import (
	"context"
	"errors"
	"testing"
)

func TestAGateKeepsOutWhoLeavesBeforeTheirTurn(t *testing.T) {
	g := make(gate, 1)
	if err := g.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a full gate let in: %v", err)
	}
	g.leave()
	if err := g.enter(t.Context()); err != nil {
		t.Errorf("an empty gate kept out: %v", err)
	}
}
