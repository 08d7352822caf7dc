package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
)

const raceClients = 256

// race lets 256 callers reserve one hot SKU, each in a commit of its own, beside
// the bare one-row update in its own transaction.
func (b *bench) race(ctx context.Context, engine string) error {
	s, err := newStand(ctx, engine, b.dir)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.assort(newWorld(1000, time.Now())); err != nil {
		return err
	}
	raw, err := openRaw(ctx, engine, b.dir)
	if err != nil {
		return err
	}
	defer raw.close()
	n := 20_000
	if b.quick {
		n = 1000
	}
	var ours, bare []float64
	for range 3 {
		began := time.Now()
		if err := s.reserveHot(n); err != nil {
			return err
		}
		ours = append(ours, rate(n, time.Since(began)))
		began = time.Now()
		for range n / 10 {
			if err := raw.take(ctx); err != nil {
				return err
			}
		}
		bare = append(bare, rate(n/10, time.Since(began)))
	}
	found, err := s.stock.Verify(s.ctx)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("stock does not add up after the race: %v", found[0])
	}
	want := []target{atLeast(2000)}
	if !b.quick {
		want = append(want, ratioLeast(4))
	}
	b.rep.add(row{Section: "race", Engine: engine, Name: "256 callers reserve one SKU, in process", Unit: "/s", Ours: median(ours), Raw: median(bare)}, want...)
	return err
}

// reserveHot reserves one piece of the first SKU n times from many callers.
func (s *stand) reserveHot(n int) error {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	errc := make(chan error, raceClients)
	var place inventory.Warehouse
	err := s.d.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		place, err = s.stock.EnsureDefaultTx(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for range raceClients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for left.Add(-1) >= 0 {
				short, err := s.stock.Reserve(s.ctx, []inventory.Want{{OrderID: s.kit.IDs.New(), LineID: s.kit.IDs.New(), SKUID: s.skus[0], WarehouseID: place.ID, Quantity: 1}})
				if err == nil && len(short) > 0 {
					err = fmt.Errorf("short of stock in the race")
				}
				if err != nil {
					errc <- err
					return
				}
			}
		}()
	}
	wg.Wait()
	close(errc)
	return <-errc
}
