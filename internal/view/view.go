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
	most     int           // orders that a name or a title list before the others are tested
}

// New returns the service.
func New(k *kit.Kit, orders *order.Service) *Service {
	return &Service{k: k, orders: orders, budget: budget, counting: countBudget, most: maxCandidates}
}

func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }

// shopName is what lists show of a shop.
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
	rows, err := q.Query(ctx, selectShops, merchant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []shopName
	for rows.Next() {
		var n shopName
		if err := rows.Scan(&n.ID, &n.Name, &n.Channel, &n.Mode, &n.DataAt, &n.StaleHours, &n.TimeZone, &n.Active); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

func (s *Service) warehouseNames(ctx context.Context, q db.Querier, merchant id.ID) (map[id.ID]string, error) {
	rows, err := q.Query(ctx, selectWarehouses, merchant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[id.ID]string{}
	for rows.Next() {
		var i id.ID
		var n string
		if err := rows.Scan(&i, &n); err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, rows.Err()
}

// zone is where the merchant's days begin and end.
func zone(name string) *time.Location {
	if l, err := time.LoadLocation(name); err == nil && name != "" {
		return l
	}
	return time.FixedZone("Asia/Shanghai", 8*3600)
}
