package app

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/metric"
)

// The figures of the synchronisation, in the order in which syncFigures gives them.
var syncDefs = []metric.Def{
	{Name: "ordercove_sync_lag_seconds", Help: "How far a shop's stream is behind its channel's present.", Labels: []string{"merchant", "shop", "channel", "stream"}},
	{Name: "ordercove_sync_gaps", Help: "Stretches of time that are still to be read.", Labels: []string{"merchant", "shop", "channel"}},
	{Name: "ordercove_sync_quarantined", Help: "Orders set aside because they could not be read.", Labels: []string{"merchant", "shop", "channel"}},
	{Name: "ordercove_sync_hints_waiting", Help: "Pushed or missing order numbers that are still to be looked up.", Labels: []string{"merchant", "shop", "channel"}},
	{Name: "ordercove_send_effects", Help: "Effects at the channel that wait, were refused, or whose outcome nobody knows.", Labels: []string{"merchant", "shop", "state"}},
	{Name: "ordercove_send_oldest_seconds", Help: "Age of the oldest effect that waits.", Labels: []string{"merchant", "shop"}},
	{Name: "ordercove_send_stale_listings", Help: "Listings that still offer another stock than they should.", Labels: []string{"merchant", "shop"}},
}

// syncMetrics registers what an operator watches of the channels.
func (a *App) syncMetrics(m *metric.Metrics) {
	m.Group([]metric.Def{{Name: "ordercove_channel_calls_total", Help: "Calls of this process to channels, by what they came to: ok, or the error's code.",
		Labels: []string{"channel", "outcome"}, Counter: true}}, func(context.Context) ([][]metric.Sample, error) {
		var out []metric.Sample
		for _, c := range a.sync.Calls() {
			out = append(out, metric.Sample{Labels: []string{c.Channel, c.Outcome}, Value: float64(c.Number)})
		}
		return [][]metric.Sample{out}, nil
	})
	m.Group(syncDefs, func(ctx context.Context) ([][]metric.Sample, error) {
		out := make([][]metric.Sample, len(syncDefs))
		all, err := a.merchants(ctx)
		for _, merchant := range all {
			if err := a.syncFigures(actor.With(ctx, actor.ForSystem(merchant, "metrics")), merchant, out); err != nil {
				return nil, err
			}
		}
		return out, err
	})
}

// syncFigures adds one merchant's shops to out.
func (a *App) syncFigures(ctx context.Context, merchant id.ID, out [][]metric.Sample) error {
	figures, err := a.sync.Figures(ctx)
	if err != nil {
		return err
	}
	add := func(which int, value float64, labels ...string) {
		out[which] = append(out[which], metric.Sample{Labels: append([]string{merchant.String()}, labels...), Value: value})
	}
	for _, f := range figures {
		number, code := f.Shop.ID.String(), f.Shop.Channel
		for stream, lag := range f.LagMS {
			add(0, float64(lag)/1000, number, code, stream)
		}
		add(1, float64(f.Gaps), number, code)
		add(2, float64(f.Quarantined), number, code)
		add(3, float64(f.Hints), number, code)
	}
	backlogs, err := a.send.Backlogs(ctx)
	if err != nil {
		return err
	}
	now := clock.Millis(a.k.Clock)
	for shopID, b := range backlogs {
		number, age := shopID.String(), time.Duration(0)
		if b.OldestAt > 0 {
			age = time.Duration(max(0, now-b.OldestAt)) * time.Millisecond
		}
		for state, n := range map[send.State]int64{send.Waiting: b.Waiting, send.Refused: b.Refused, send.Uncertain: b.Uncertain} {
			add(4, float64(n), number, string(state))
		}
		add(5, age.Seconds(), number)
		add(6, float64(b.StaleListings), number)
	}
	return nil
}
