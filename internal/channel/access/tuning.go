package access

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
)

// Tuning is how often and how carefully a shop is pulled; milliseconds.
type Tuning struct {
	PollMS      int64   `json:"poll_interval_ms"`
	LagMS       int64   `json:"lag_ms"`
	OverlapMS   int64   `json:"overlap_ms"`
	ReconcileMS int64   `json:"reconcile_interval_ms"`
	RetryMS     []int64 `json:"retry_ms"`
	// StartAt is where the first pull begins, unix milliseconds; 0 is the shop's live_from.
	StartAt int64 `json:"start_at,omitempty"`
}

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// Default is the tuning of a channel with those limits.
func Default(l channel.Limits) Tuning {
	lag := l.Lag
	if lag == 0 {
		lag = 5 * second
	}
	return Tuning{PollMS: minute, LagMS: lag, OverlapMS: minute, ReconcileMS: hour, RetryMS: []int64{second, 5 * second, 30 * second, 2 * minute, 10 * minute}}
}

// check fills in what is 0 and refuses what the channel cannot bear.
func (t Tuning) check(api *channel.API) (Tuning, error) {
	d := Default(api.Limits)
	fill := func(to *int64, v int64) {
		if *to == 0 {
			*to = v
		}
	}
	fill(&t.PollMS, d.PollMS)
	fill(&t.OverlapMS, d.OverlapMS)
	fill(&t.ReconcileMS, d.ReconcileMS)
	if t.LagMS < 0 {
		t.LagMS = d.LagMS
	}
	if len(t.RetryMS) == 0 {
		t.RetryMS = d.RetryMS
	}
	// A channel's own lag is a fact; only a server of one's own may have another.
	least := int64(0)
	if !api.CustomURL {
		least = api.Limits.Lag
	}
	span := widest(api.Limits)
	bad := func(field string, v, lo, hi int64) error {
		if v < lo || v > hi {
			return ErrTuning.With("field", field, "min", lo, "max", hi).At("tuning." + field)
		}
		return nil
	}
	for _, err := range []error{
		bad("poll_interval_ms", t.PollMS, second, hour),
		bad("lag_ms", t.LagMS, least, 10*minute),
		bad("overlap_ms", t.OverlapMS, second, max(second, min(hour, span/2))),
		bad("reconcile_interval_ms", t.ReconcileMS, second, day),
		bad("retry_ms", int64(len(t.RetryMS)), 1, 10),
	} {
		if err != nil {
			return t, err
		}
	}
	for _, w := range t.RetryMS {
		if err := bad("retry_ms", w, 100, hour); err != nil {
			return t, err
		}
	}
	if t.StartAt < 0 {
		return t, ErrTuning.With("field", "start_at", "min", 0, "max", 0).At("tuning.start_at")
	}
	return t, nil
}

// widest is the widest window of the stream that is pulled.
func widest(l channel.Limits) int64 {
	if l.ModifiedSpan > 0 {
		return l.ModifiedSpan
	}
	if l.CreatedSpan > 0 {
		return l.CreatedSpan
	}
	return day
}

func readTuning(text string, l channel.Limits) (Tuning, error) {
	t := Default(l)
	if text == "" {
		return t, nil
	}
	return t, json.Unmarshal([]byte(text), &t)
}
