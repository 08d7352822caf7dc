package receiver

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/setting"
)

// SearchAddress is the setting by which a merchant has its addresses searched.
const SearchAddress = "order.search_address"

// Settings are what a merchant decides about receivers.
func Settings() []setting.Def {
	return []setting.Def{{Name: SearchAddress, Kind: setting.Bool, Default: false,
		ZH: "按完整地址搜索订单（街道、门牌号）", EN: "Search orders by the whole address (street and number)",
		HintZH: "开启后可用地址中任意两个以上的字找订单。代价：每单多占约 1 KB（SQLite）或 4 KB（PostgreSQL），写入新订单的时间约为原来的两倍。索引里只有加密片段。已有订单在后台补建，进度见任务中心；关闭后全部删除。",
		HintEN: "Finds orders by any two or more characters of the address. It costs about 1 KB per order (SQLite) or 4 KB (PostgreSQL), and new orders take about twice as long to write. The index holds keyed fragments only. Existing orders follow in the background, as the task centre shows; switching off deletes all of it."}}
}

// IndexJob builds or removes the address tokens of the orders there are.
const IndexJob = "order.address_index"

// AddressState is how far the search of whole addresses is.
type AddressState string

const (
	AddressOff      AddressState = "off"
	AddressBuilding AddressState = "building"
	AddressOn       AddressState = "on"
)

// AddressIndex switches the search of addresses on and off. Orders keep their
// tokens from the switch on; a job brings the ones before it along.
type AddressIndex struct{ kit *kit.Kit }

// NewAddressIndex registers the job.
func NewAddressIndex(k *kit.Kit) *AddressIndex {
	x := &AddressIndex{kit: k}
	k.Jobs.Register(IndexJob, job.Handler{Run: x.run})
	return x
}

// wish is a merchant's row of order_address_search; the zero wish was never on.
type wish struct {
	Generation    int64 // counts the switches
	Wanted, Built bool
}

func wishOf(ctx context.Context, q db.Querier, m id.ID) (w wish, err error) {
	err = q.QueryRow(ctx, selectWish, m).Scan(&w.Generation, &w.Wanted, &w.Built)
	if errors.Is(err, sql.ErrNoRows) {
		return wish{}, nil
	}
	return w, err
}

// State tells whether the acting merchant's addresses can be searched whole.
func (x *AddressIndex) State(ctx context.Context, q db.Querier) (AddressState, error) {
	w, err := wishOf(ctx, q, actor.Merchant(ctx))
	switch {
	case err != nil || !w.Wanted:
		return AddressOff, err
	case !w.Built:
		return AddressBuilding, nil
	}
	return AddressOn, nil
}

// settle is how long the job waits where transactions run beside each other: one
// that began before the switch may still write by the former wish. No
// transaction of ours lasts nearly as long.
const settle = time.Minute

type indexPayload struct {
	Generation int64 `json:"generation"`
}

// SwitchTx takes the merchant's wish and enqueues the job that fulfils it for the
// orders there are. The same wish again changes nothing.
func (x *AddressIndex) SwitchTx(ctx context.Context, tx *db.Tx, on bool) error {
	m := actor.Merchant(ctx)
	w, err := wishOf(ctx, tx, m)
	if err != nil || w.Wanted == on {
		return err
	}
	now := clock.Millis(x.kit.Clock)
	if _, err := tx.Exec(ctx, putWish, m, w.Generation+1, on, now); err != nil {
		return err
	}
	spec := job.Spec{Kind: IndexJob, Payload: indexPayload{w.Generation + 1}, GroupKey: IndexJob, Visible: true}
	if tx.Dialect() == db.Postgres {
		spec.RunAt = now + settle.Milliseconds()
	}
	if on {
		if err := tx.QueryRow(ctx, countOrders, m, m).Scan(&spec.Total); err != nil {
			return err
		}
	}
	_, err = x.kit.Jobs.EnqueueTx(ctx, tx, spec)
	return err
}

// run goes on from its checkpoint and ends when a later switch overtook it.
func (x *AddressIndex) run(ctx context.Context, r *job.Run) error {
	var p indexPayload
	if err := r.Payload(&p); err != nil {
		return err
	}
	m := actor.Merchant(ctx)
	keys, err := x.kit.Seal.Keys(ctx, m)
	if err != nil {
		return err
	}
	for more := true; more; {
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			w, err := wishOf(ctx, tx, m)
			if err != nil {
				return job.Step{}, err
			}
			at, err := strconv.ParseInt("0"+r.Checkpoint(), 10, 64)
			if err != nil {
				return job.Step{}, err
			}
			var step job.Step
			switch {
			case w.Generation != p.Generation:
				more = false
			case w.Wanted:
				step, more, err = buildTx(ctx, tx, m, keys, id.ID(at), p.Generation)
			default:
				step, more, err = removeTx(ctx, tx, m, at)
			}
			return step, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	buildPage  = 200  // orders
	removePage = 5000 // tokens
)

// buildTx writes the address tokens of the orders after one. Its lock keeps an
// order from changing between our reading and our writing.
func buildTx(ctx context.Context, tx *db.Tx, m id.ID, k *seal.Keys, after id.ID, generation int64) (job.Step, bool, error) {
	ids, sides, err := sidesAfter(ctx, tx, m, after)
	if err != nil {
		return job.Step{}, false, err
	}
	receivers, err := Load(ctx, tx, m, k, ids)
	if err != nil {
		return job.Step{}, false, err
	}
	var b Batch
	for i, o := range ids {
		sides[i].Receiver = receivers[o]
		b.add(m, o, sides[i].PlacedAt, sides[i].addressTokens(k))
	}
	rows := b.Tokens()
	if _, err := tx.Insert(ctx, rows.Table, rows.Cols, rows.Rows, skipConflict); err != nil {
		return job.Step{}, false, err
	}
	n := int64(len(ids))
	if n < buildPage {
		if _, err := tx.Exec(ctx, setBuilt, m, generation); err != nil {
			return job.Step{}, false, err
		}
	}
	step := job.Step{Done: n, OK: n}
	if n > 0 {
		step.Checkpoint = ids[n-1].String()
	}
	return step, n == buildPage, nil
}

func sidesAfter(ctx context.Context, tx *db.Tx, m, after id.ID) (ids []id.ID, sides []Side, err error) {
	for row := range db.Each(ctx, tx, headsAfter(tx.Dialect() == db.Postgres), m, after, buildPage) {
		var i id.ID
		var s Side
		if err := row.Scan(&i, &s.PlacedAt, &s.Province, &s.City, &s.District); err != nil {
			return nil, nil, err
		}
		ids, sides = append(ids, i), append(sides, s)
	}
	return ids, sides, nil
}

// removeTx deletes a page of address tokens, quarter by quarter.
func removeTx(ctx context.Context, tx *db.Tx, m id.ID, quarter int64) (job.Step, bool, error) {
	var next *int64
	if err := tx.QueryRow(ctx, selectQuarterFrom, m, quarter).Scan(&next); err != nil || next == nil {
		return job.Step{}, false, err
	}
	n, err := tx.ExecN(ctx, deletePage, m, *next, TokenAddressBigram, m, *next, TokenAddressBigram, removePage)
	if err != nil {
		return job.Step{}, false, err
	}
	quarter = *next
	if n < removePage {
		quarter++
	}
	return job.Step{Checkpoint: strconv.FormatInt(quarter, 10)}, true, nil
}
