package world

import (
	"encoding/json"
	"fmt"
	"os"
)

// Faults is what goes wrong. Rates are probabilities from 0 to 1.
type Faults struct {
	ErrorRate float64 `json:"error_rate"` // an internal error instead of an answer; nothing happened
	DropRate  float64 `json:"drop_rate"`  // the connection is cut after the request took effect
	LoseRate  float64 `json:"lose_rate"`  // the connection is cut before it did
	SlowRate  float64 `json:"slow_rate"`
	SlowMS    int64   `json:"slow_ms"`

	// Outages are spans, in seconds after the simulator's start, without an answer;
	// Outage is one that lasts until it is taken back.
	Outages []Span `json:"outages,omitempty"`
	Outage  bool   `json:"outage"`

	ShortPageRate  float64 `json:"short_page_rate"`  // a page lacks some of its orders
	MutatePageRate float64 `json:"mutate_page_rate"` // an order of the window changes before the page is made
	LagMS          int64   `json:"lag_ms"`           // how late a change shows in lists

	ThrottleRate float64 `json:"throttle_rate"`
	PerSecond    float64 `json:"per_second"`  // more calls of one shop are throttled; 0 is unbounded
	BanSeconds   int64   `json:"ban_seconds"` // as a throttled answer says; calls before it ends are throttled too

	ClockSkewMS      int64 `json:"clock_skew_ms"` // the platform's clock minus the world's
	IPNotListed      bool  `json:"ip_not_listed"`
	PermissionDenied bool  `json:"permission_denied"`
	DecryptDaily     int64 `json:"decrypt_daily"`     // fields a shop may decrypt a day of China time; 0: the platform's own
	TokenTTLSeconds  int64 `json:"token_ttl_seconds"` // of tokens from now on; 0: the platform's own

	PushLossRate float64 `json:"push_loss_rate"`
	PushCopies   int     `json:"push_copies"`  // how often each is sent, at least once
	PushLateMS   int64   `json:"push_late_ms"` // each copy waits up to this long, so they come out of order

	PoisonPerMille float64 `json:"poison_per_mille"` // new orders whose content nobody can read
}

// Span is a stretch of time, seconds after the simulator's start.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Life is what happens by itself. Chances are of one order.
type Life struct {
	OrdersPerHour float64 `json:"orders_per_hour"` // of each shop
	// Scale multiplies every waiting time of an order's life; 1 is a pay delay of
	// seconds to minutes and a journey of days.
	Scale float64 `json:"scale"`

	NeverPaid        float64 `json:"never_paid"`
	Presale          float64 `json:"presale"`
	Group            float64 `json:"group"`
	Risk             float64 `json:"risk"`
	GiftOrder        float64 `json:"gift_order"`
	AddressWish      float64 `json:"address_wish"`
	AddressMoved     float64 `json:"address_moved"` // changed without asking
	RefundBefore     float64 `json:"refund_before"` // asked for while awaiting shipment
	RefundAfter      float64 `json:"refund_after"`
	ShippedElsewhere float64 `json:"shipped_elsewhere"`
	MemoElsewhere    float64 `json:"memo_elsewhere"`
	Reviewed         float64 `json:"reviewed"`
}

// Profile is a named setting of both.
type Profile struct {
	Name   string `json:"name"`
	Faults Faults `json:"faults"`
	Life   Life   `json:"life"`
}

func life(perHour, scale float64) Life {
	return Life{OrdersPerHour: perHour, Scale: scale, NeverPaid: .06, Presale: .03, Group: .04, Risk: .02, GiftOrder: .01,
		AddressWish: .02, AddressMoved: .01, RefundBefore: .05, RefundAfter: .03, ShippedElsewhere: .02, MemoElsewhere: .02, Reviewed: .2}
}

// Profiles are the built-in ones.
func Profiles() []Profile {
	return []Profile{
		{Name: "calm", Life: life(12, 1), Faults: Faults{LagMS: 1000, PushCopies: 1}},
		{Name: "busy", Life: life(900, .05), Faults: Faults{LagMS: 2000, PushCopies: 1, PushLateMS: 500, ErrorRate: .002, MutatePageRate: .1, PerSecond: 50, BanSeconds: 1}},
		{Name: "hostile", Life: life(600, .02), Faults: Faults{
			ErrorRate: .1, DropRate: .02, LoseRate: .02, SlowRate: .03, SlowMS: 800, ShortPageRate: .05, MutatePageRate: .3, LagMS: 3000,
			ThrottleRate: .02, BanSeconds: 2, ClockSkewMS: 90_000, TokenTTLSeconds: 600,
			PushLossRate: .1, PushCopies: 3, PushLateMS: 5000, PoisonPerMille: 1,
			Outages: []Span{{60, 80}, {150, 175}},
		}},
	}
}

// LoadProfile returns the built-in profile of that name, or the one in that file: a
// built-in one's fields (named by "name", else calm) with those of the file over them.
func LoadProfile(name string) (Profile, error) {
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return Profile{}, fmt.Errorf("profile is calm, busy, hostile or a file: %w", err)
	}
	var named struct{ Name string }
	if err := json.Unmarshal(raw, &named); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	out := Profiles()[0]
	for _, p := range Profiles() {
		if p.Name == named.Name {
			out = p
		}
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	return out, nil
}
