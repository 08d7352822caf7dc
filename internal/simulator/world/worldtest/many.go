package worldtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// Rendered hands some hundred orders in every state of their life, some of them
// poison, to render, and fails where what comes back is no JSON. carrier is one that
// the platform knows.
func Rendered(t *testing.T, p world.Platform, carrier string, render func(*world.Tx, *world.Order) []any) {
	t.Helper()
	profile := world.Profiles()[2]
	profile.Faults = world.Faults{PoisonPerMille: 30}
	profile.Life.OrdersPerHour, profile.Life.Scale = 0, .2
	w, err := world.New(world.Config{Seed: 11, Clock: clock.NewFake(Start), Profile: profile, Backlog: 600})
	if err != nil {
		t.Fatal(err)
	}
	s := w.Add(p, 1, "")
	s.Do(func(tx *world.Tx) {
		for _, o := range tx.Orders(0, 1000) {
			if o.Status == world.AwaitingShipment && o.Serial%3 == 0 {
				_, _ = tx.Ship(o.No, world.Shipment{Carrier: carrier, Waybill: "w" + o.No}) // held ones are refused
			}
		}
	})
	w.Advance(90 * time.Minute)
	states, poison := map[world.Status]int{}, 0
	s.Do(func(tx *world.Tx) {
		for _, o := range tx.Orders(0, 1000) {
			states[o.Status]++
			if o.Poison > 0 {
				poison++
			}
			for _, doc := range render(tx, o) {
				raw, err := world.Encode(doc)
				if err != nil || !json.Valid(raw) {
					t.Fatalf("order %s: %v", o.No, err)
				}
			}
		}
	})
	if len(states) < 4 || poison == 0 {
		t.Errorf("too few states: %v, %d poison", states, poison)
	}
}
