package pull

import (
	"context"
	"sync"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

// Streams of a shop.
const (
	Orders     = "orders"
	Aftersales = "aftersales"
)

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	// alarmAfter is how long a shop may be behind, or a gap open, before people are told.
	alarmAfter = 15 * minute
)

// Engine pulls every shop in API mode.
type Engine struct {
	k      *kit.Kit
	access *access.Service
	shops  *shop.Service
	orders *order.Service
	door   *intake.Service
	files  *channel.Importer
	holder string

	settings *setting.Service

	apps  *apps
	seen  *seenBodies
	calls tally

	mu     sync.Mutex
	leases map[shopKey]int64 // until when we hold a shop's loop
	days   map[shopKey]int64 // the last day that has its row
	due    map[shopKey]int64 // when a shop's next round is worth its while
	// streaming are the shops whose channel keeps a connection open for its pushes.
	streaming map[shopKey]bool
	wake      chan struct{}
	// takeCases is nil where nobody keeps after-sale cases.
	takeCases func(context.Context, *db.Tx, id.ID, []aftersale.Told) error
}

type shopKey struct{ merchant, shop id.ID }

// KeepDays is the setting that says how long raw bodies of orders are kept.
const KeepDays = "channel.raw_body_days"

// Settings are what a merchant may decide about synchronisation.
func Settings() []setting.Def {
	return []setting.Def{{Name: KeepDays, Kind: setting.Int, Default: int64(30), Min: 1, Max: 3650, ZH: "平台原始报文保留天数", EN: "Days for which raw bodies of pulled orders are kept"}}
}

// Option is what others have to do with what is pulled.
type Option func(*Engine)

// CasesTo hands what a channel says about after-sale cases to those who keep them, in the
// transaction that keeps the raw bodies.
func CasesTo(take func(ctx context.Context, tx *db.Tx, shopID id.ID, all []aftersale.Told) error) Option {
	return func(e *Engine) { e.takeCases = take }
}

// New wires the engine. holder names this process in leases; the same data
// directory keeps its name, so that a restart goes on at once.
func New(k *kit.Kit, acc *access.Service, shops *shop.Service, orders *order.Service, door *intake.Service, files *channel.Importer, settings *setting.Service, holder string, rules ...Option) *Engine {
	e := &Engine{k: k, access: acc, shops: shops, orders: orders, door: door, files: files, settings: settings, holder: holder,
		apps: newApps(k), seen: newSeenBodies(), calls: tally{n: map[[2]string]int64{}}, leases: map[shopKey]int64{}, days: map[shopKey]int64{}, due: map[shopKey]int64{}, streaming: map[shopKey]bool{}, wake: make(chan struct{}, 1)}
	for _, r := range rules {
		r(e)
	}
	e.register()
	return e
}

// Wake asks for a round of a shop as soon as can be, in this process.
func (e *Engine) Wake(merchant, shopID id.ID) {
	e.mu.Lock()
	e.due[shopKey{merchant, shopID}] = 0
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *Engine) now() int64 { return clock.Millis(e.k.Clock) }

// acting makes the product itself act for a merchant.
func acting(ctx context.Context, merchant id.ID) context.Context {
	return actor.With(ctx, actor.ForSystem(merchant, "sync"))
}
