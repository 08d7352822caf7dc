package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// paper is the stock as a clerk with pencil and paper would keep it: the model
// the real thing is compared with.
type paper struct {
	onHand    map[[2]id.ID]int64 // SKU, warehouse
	backorder map[[2]id.ID]int64
	held      map[[4]id.ID]int64 // order, line, SKU, warehouse
}

func newPaper() *paper {
	return &paper{map[[2]id.ID]int64{}, map[[2]id.ID]int64{}, map[[4]id.ID]int64{}}
}

func (p *paper) reserved(sku, wh id.ID) (n int64) {
	for k, q := range p.held {
		if k[2] == sku && k[3] == wh {
			n += q
		}
	}
	return n
}

func (p *paper) free(sku, wh id.ID) int64 {
	return p.onHand[[2]id.ID{sku, wh}] - p.reserved(sku, wh) + p.backorder[[2]id.ID{sku, wh}]
}

func (p *paper) reserve(w inventory.Want) bool {
	if p.free(w.SKUID, w.WarehouseID) < w.Quantity {
		return false
	}
	p.held[[4]id.ID{w.OrderID, w.LineID, w.SKUID, w.WarehouseID}] += w.Quantity
	return true
}

func (p *paper) releaseOrder(order id.ID) {
	for k := range p.held {
		if k[0] == order {
			delete(p.held, k)
		}
	}
}

func (p *paper) move(order, to id.ID) bool {
	need := map[id.ID]int64{}
	for k, q := range p.held {
		if k[0] == order && k[3] != to {
			need[k[2]] += q
		}
	}
	for sku, q := range need {
		if p.free(sku, to) < q {
			return false
		}
	}
	for k, q := range p.held {
		if k[0] == order && k[3] != to && q > 0 {
			delete(p.held, k)
			p.held[[4]id.ID{k[0], k[1], k[2], to}] += q
		}
	}
	return true
}

func (p *paper) deduct(t inventory.Take) bool {
	k := [4]id.ID{t.OrderID, t.LineID, t.SKUID, t.WarehouseID}
	own := min(p.held[k], t.Quantity)
	at := [2]id.ID{t.SKUID, t.WarehouseID}
	if p.onHand[at] < t.Quantity || p.free(t.SKUID, t.WarehouseID) < t.Quantity-own {
		return false
	}
	p.onHand[at] -= t.Quantity
	p.held[k] -= own
	rest := t.Quantity - own
	for k2, q := range p.held {
		if k2[0] == t.OrderID && k2[1] == t.LineID && k2[2] == t.SKUID && k2[3] != t.WarehouseID {
			give := min(rest, q)
			p.held[k2] -= give
			rest -= give
		}
	}
	return true
}

func TestAnySequenceOfStockCommandsKeepsTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		wh := []id.ID{s.main, s.second}
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			skus := []id.ID{
				catalogtest.SKU(t, s.ctx, s.catalog, fmt.Sprintf("P%d-1", round)).ID,
				catalogtest.SKU(t, s.ctx, s.catalog, fmt.Sprintf("P%d-2", round)).ID,
			}
			run := &clerk{s: s, p: newPaper(), base: id.ID(round * 100), skus: skus, wh: wh}
			run.receive(rt, skus[0], wh[0], 8)
			run.receive(rt, skus[1], wh[1], 5)
			for range rapid.IntRange(1, 14).Draw(rt, "commands") {
				run.step(rt)
			}
			run.compare(rt)
		})
		inventorytest.Proved(t, s.ctx, s.stock)
	})
}

// clerk gives the same command to the real stock and to the paper.
type clerk struct {
	s        *shelf
	p        *paper
	base     id.ID
	skus, wh []id.ID
}

func (c *clerk) do(rt *rapid.T, f func(context.Context, *db.Tx) error) error {
	return c.s.k.DB.InTx(c.s.ctx, f)
}

func (c *clerk) must(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatal(err)
	}
}

func (c *clerk) receive(rt *rapid.T, sku, wh id.ID, n int64) {
	c.must(rt, c.do(rt, func(ctx context.Context, tx *db.Tx) error {
		return c.s.stock.ReceiveTx(ctx, tx, []inventory.Receipt{{SKUID: sku, WarehouseID: wh, Quantity: n}})
	}))
	c.p.onHand[[2]id.ID{sku, wh}] += n
}

func (c *clerk) step(rt *rapid.T) {
	order := c.base + id.ID(rapid.IntRange(1, 3).Draw(rt, "order"))
	line := id.ID(rapid.IntRange(1, 2).Draw(rt, "line"))
	sku := rapid.SampledFrom(c.skus).Draw(rt, "sku")
	wh := rapid.SampledFrom(c.wh).Draw(rt, "warehouse")
	n := int64(rapid.IntRange(1, 5).Draw(rt, "quantity"))
	switch rapid.SampledFrom([]string{"reserve", "reserve", "release line", "release order", "move", "deduct", "deduct", "receive", "count", "backorder"}).Draw(rt, "command") {
	case "reserve":
		c.reserve(rt, []inventory.Want{{OrderID: order, LineID: line, SKUID: sku, WarehouseID: wh, Quantity: n},
			{OrderID: order, LineID: line, SKUID: c.skus[0], WarehouseID: c.wh[0], Quantity: 2}})
	case "release line":
		c.must(rt, c.do(rt, func(ctx context.Context, tx *db.Tx) error {
			return c.s.stock.ReleaseTx(ctx, tx, order, []inventory.LineQty{{LineID: line}})
		}))
		for k := range c.p.held {
			if k[0] == order && k[1] == line {
				delete(c.p.held, k)
			}
		}
	case "release order":
		c.must(rt, c.do(rt, func(ctx context.Context, tx *db.Tx) error { return c.s.stock.ReleaseTx(ctx, tx, order, nil) }))
		c.p.releaseOrder(order)
	case "move":
		c.move(rt, order, wh)
	case "deduct":
		c.deduct(rt, inventory.Take{OrderID: order, LineID: line, SKUID: sku, WarehouseID: wh, Quantity: n})
	case "receive":
		c.receive(rt, sku, wh, n)
	case "count":
		c.count(rt, sku, wh, n)
	case "backorder":
		c.allow(rt, sku, wh, n-1)
	}
}

func (c *clerk) reserve(rt *rapid.T, wants []inventory.Want) {
	var short []inventory.Short
	c.must(rt, c.do(rt, func(ctx context.Context, tx *db.Tx) (err error) {
		short, err = c.s.stock.ReserveTx(ctx, tx, wants)
		return err
	}))
	for _, w := range wants {
		refused := len(short) > 0 && short[0].Want == w && c.p.free(w.SKUID, w.WarehouseID) < w.Quantity
		if refused {
			short = short[1:]
		}
		if c.p.reserve(w) == refused {
			rt.Fatalf("reserve %+v: short %+v, but the paper says otherwise", w, short)
		}
	}
	if len(short) > 0 {
		rt.Fatalf("short %+v, and the paper has enough", short)
	}
}

func (c *clerk) move(rt *rapid.T, order, to id.ID) {
	var short []inventory.Short
	c.must(rt, c.do(rt, func(ctx context.Context, tx *db.Tx) (err error) {
		short, err = c.s.stock.MoveTx(ctx, tx, order, to)
		return err
	}))
	if ok := c.p.move(order, to); ok != (len(short) == 0) {
		rt.Fatalf("move: short %+v, the paper says %t", short, ok)
	}
}

func (c *clerk) deduct(rt *rapid.T, t inventory.Take) {
	err := c.do(rt, func(ctx context.Context, tx *db.Tx) error { return c.s.stock.DeductTx(ctx, tx, []inventory.Take{t}) })
	if ok := c.p.deduct(t); ok != (err == nil) || err != nil && !errors.Is(err, inventory.ErrInsufficient) {
		rt.Fatalf("deduct %+v: %v, the paper says %t", t, err, ok)
	}
}

func (c *clerk) count(rt *rapid.T, sku, wh id.ID, n int64) {
	_, err := c.s.stock.Adjust(c.s.ctx, inventory.AdjustInput{SKUID: sku, WarehouseID: wh, SetTo: &n, Reason: "盘点"})
	at := [2]id.ID{sku, wh}
	ok := n-c.p.reserved(sku, wh)+c.p.backorder[at] >= 0 || n == c.p.onHand[at]
	if ok != (err == nil) || err != nil && !errors.Is(err, inventory.ErrBelowReserved) {
		rt.Fatalf("count %d: %v, the paper says %t", n, err, ok)
	}
	if ok {
		c.p.onHand[at] = n
	}
}

func (c *clerk) allow(rt *rapid.T, sku, wh id.ID, n int64) {
	_, err := c.s.stock.SetLevels(c.s.ctx, inventory.LevelsInput{SKUID: sku, WarehouseID: wh, Backorder: n})
	at := [2]id.ID{sku, wh}
	ok := c.p.onHand[at]-c.p.reserved(sku, wh)+n >= 0
	if ok != (err == nil) {
		rt.Fatalf("backorder %d: %v, the paper says %t", n, err, ok)
	}
	if ok {
		c.p.backorder[at] = n
	}
}

func (c *clerk) compare(rt *rapid.T) {
	for _, sku := range c.skus {
		for _, wh := range c.wh {
			onHand, reserved := c.level(rt, sku, wh)
			if onHand != c.p.onHand[[2]id.ID{sku, wh}] || reserved != c.p.reserved(sku, wh) {
				rt.Fatalf("SKU %d in %d: %d on hand, %d reserved; the paper says %d and %d", sku, wh, onHand, reserved,
					c.p.onHand[[2]id.ID{sku, wh}], c.p.reserved(sku, wh))
			}
		}
	}
	found, err := c.s.stock.Verify(c.s.ctx)
	if err != nil || len(found) > 0 {
		rt.Fatalf("the books disagree: %+v, %v", found, err)
	}
}

func (c *clerk) level(rt *rapid.T, sku, wh id.ID) (onHand, reserved int64) {
	all, _, err := c.s.stock.Balances(c.s.ctx, inventory.BalanceFilter{SKUID: sku, WarehouseID: wh})
	c.must(rt, err)
	for _, b := range all {
		onHand, reserved = onHand+b.OnHand, reserved+b.Reserved
	}
	return onHand, reserved
}
