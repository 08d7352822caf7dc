package metric

import (
	"context"
	"errors"
	"testing"
)

func TestFiguresReadTogetherKeepTheirKindsAndAFailedReadingIsAbsent(t *testing.T) {
	m := New("1", "sqlite")
	var fail error
	m.Group([]Def{{Name: "calls_total", Help: "Calls.", Labels: []string{"outcome"}, Counter: true}, {Name: "lag_seconds", Help: "Lag.", Labels: []string{"shop"}}},
		func(context.Context) ([][]Sample, error) {
			return [][]Sample{{{[]string{"ok"}, 7}, {[]string{"throttled"}, 2}}, {{[]string{"41"}, 3.5}}}, fail
		})
	read := func() map[string]float64 {
		t.Helper()
		all, err := m.Gatherer().Gather()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, f := range all {
			for _, x := range f.GetMetric() {
				key := f.GetType().String() + " " + f.GetName()
				for _, l := range x.GetLabel() {
					key += " " + l.GetValue()
				}
				out[key] = x.GetCounter().GetValue() + x.GetGauge().GetValue()
			}
		}
		return out
	}
	got := read()
	if got["COUNTER calls_total ok"] != 7 || got["COUNTER calls_total throttled"] != 2 || got["GAUGE lag_seconds 41"] != 3.5 {
		t.Errorf("%v", got)
	}
	fail = errors.New("the database is away")
	if got := read(); got["COUNTER calls_total ok"] != 0 || got["GAUGE lag_seconds 41"] != 0 || got["GAUGE ordercove_build sqlite 1"] != 1 {
		t.Errorf("%v", got)
	}
}
