package view

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Service answers lists, searches, counters, details and exports.
type Service struct {
	k        *kit.Kit
	orders   *order.Service
	budget   time.Duration // of one list
	counting time.Duration // of all counters of one answer
	gate     gate
	most     int // orders that a name or a title list before the others are tested
	seek     Seeker
}

// New returns the service.
func New(k *kit.Kit, orders *order.Service, options ...Option) *Service {
	s := &Service{k: k, orders: orders, budget: budget, counting: countBudget, gate: newGate(), most: maxCandidates}
	for _, o := range options {
		o(s)
	}
	return s
}

func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }

// names are what ids are shown as, and which shops there are; read once per answer.
type names struct {
	shops      map[id.ID]string
	channels   map[id.ID]string // of each shop
	modes      map[id.ID]string // of each shop
	warehouses map[id.ID]string
}

func (s *Service) names(ctx context.Context, q db.Querier, m id.ID) (names, error) {
	n := names{shops: map[id.ID]string{}, channels: map[id.ID]string{}, modes: map[id.ID]string{}, warehouses: map[id.ID]string{}}
	err := db.Read(ctx, q, selectNames, []any{m, m}, func(r *db.Row) {
		i, name, channel, mode := id.ID(r.Int()), r.Text(), r.Text(), r.Text()
		if channel == "" {
			n.warehouses[i] = name
			return
		}
		n.shops[i], n.channels[i], n.modes[i] = name, channel, mode
	})
	return n, err
}

// shopName is what the home page shows of a shop.
type shopName struct {
	ID         id.ID
	Name       string
	Channel    string
	Mode       string
	DataAt     int64
	StaleHours int64
	TimeZone   string
	Active     bool
}

// shopNames reads all shops of the merchant: a few rows by primary key.
func (s *Service) shopNames(ctx context.Context, q db.Querier, merchant id.ID) ([]shopName, error) {
	var out []shopName
	for row := range db.Each(ctx, q, selectShops, merchant) {
		var n shopName
		if err := row.Scan(&n.ID, &n.Name, &n.Channel, &n.Mode, &n.DataAt, &n.StaleHours, &n.TimeZone, &n.Active); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// zone is where the merchant's days begin and end.
func zone(name string) *time.Location {
	if l, err := time.LoadLocation(name); err == nil && name != "" {
		return l
	}
	return time.FixedZone("Asia/Shanghai", 8*3600)
}
