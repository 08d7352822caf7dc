package send

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Kind is what an effect does.
type Kind string

const (
	Ship          Kind = "ship"
	ChangeWaybill Kind = "change_waybill"
	Note          Kind = "note"
	Close         Kind = "close"
	Price         Kind = "adjust_price"
	Address       Kind = "change_address"
	AddressAnswer Kind = "answer_address"
	Decide        Kind = "decide_aftersale"
	ShipExchange  Kind = "ship_exchange"
	Reply         Kind = "reply_review"
	Tell          Kind = "tell_buyer"
)

// State is where an effect stands.
type State string

const (
	Waiting   State = "waiting"
	Sending   State = "sending"
	Done      State = "done"
	Refused   State = "refused"   // the channel said no; a person may try again
	Uncertain State = "uncertain" // nobody can tell; a person looks at the channel
	Dropped   State = "dropped"   // no longer wanted, or ended by a person
)

// Permissions.
const (
	PermitRead = "channel.read"
	PermitSync = "channel.sync" // try again, give up
	PermitEdit = "channel.edit" // stock plans
)

// Effect is one thing that shall happen at a channel. Instants are unix milliseconds.
type Effect struct {
	ID          id.ID
	ShopID      id.ID
	Kind        Kind
	Key         string
	OrderID     id.ID
	ParcelID    id.ID
	ChannelNo   string
	State       State
	Unanswered  bool
	Attempts    int64
	ErrorCode   string
	ErrorParams map[string]any
	NextAt      int64
	CreatedAt   int64
	DoneAt      int64
	ActorID     id.ID
	ActorName   string
}

// Doors opens the way to a shop's channel.
type Doors interface {
	// Open returns the shop's client with a valid token, its calls held to what the
	// channel allows. Errors: those of channel.Client, and channel.ErrUnsupported for
	// a shop without one.
	Open(ctx context.Context, shopID id.ID) (channel.Client, error)
	// Turn waits until the app may make another call; Open waited for the first one.
	Turn(ctx context.Context, shopID id.ID) error
	// Told passes on what a call met, nil included: a ban holds for the whole app, an
	// ended token is renewed.
	Told(ctx context.Context, shopID id.ID, cause error)
}

// Fetch asks for an order, an after-sale case, or both to be pulled again soon.
type Fetch func(ctx context.Context, tx *db.Tx, shopID id.ID, channelOrderNo, caseNo string) error

// RefundLimit is up to which amount, in fen, the actor may approve a refund; nil is
// without bound.
type RefundLimit func(context.Context) (*money.Fen, error)

// Serials are the numbers of the pieces that shipped with fulfillment orders, by order line.
type Serials func(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID][]string, error)

// Service is the way back.
type Service struct {
	// CaseOf tells which case's goods an order brings; with nil no case is told.
	CaseOf CaseOf

	k         *kit.Kit
	manifests []channel.Manifest
	doors     Doors
	fetch     Fetch
	shops     *shop.Service
	catalog   *catalog.Service
	stock     *inventory.Service
	orders    *order.Service
	parcels   *fulfillment.Service
	limit     RefundLimit
	serials   Serials
	holder    string
	wake      chan struct{}
	mu        sync.Mutex
	watches   map[id.ID]*watch
	leases    map[id.ID]int64    // until when this process sends for a shop
	unwritten map[id.ID]leftover // answers that the database did not take
	recount   map[id.ID]bool     // merchants whose numbers changed without a movement
}

// New wires the capability and its consumer. serials may be nil; holder names this process in leases.
func New(k *kit.Kit, manifests []channel.Manifest, doors Doors, fetch Fetch, shops *shop.Service, cat *catalog.Service,
	stock *inventory.Service, orders *order.Service, parcels *fulfillment.Service, limit RefundLimit, serials Serials, holder string) *Service {
	s := &Service{k: k, manifests: manifests, doors: doors, fetch: fetch, shops: shops, catalog: cat, stock: stock, orders: orders,
		parcels: parcels, limit: limit, serials: serials, holder: holder, wake: make(chan struct{}, 1), watches: map[id.ID]*watch{},
		leases: map[id.ID]int64{}, unwritten: map[id.ID]leftover{}, recount: map[id.ID]bool{}}
	k.Runner.Add(s.quotaConsumer())
	k.Runner.Add(s.consumer())
	return s
}

// place is where a body is sealed.
func place(effect id.ID) string { return "channel_effect/body/" + effect.String() }

// body is what an effect carries besides its row. It is sealed: it may hold a receiver.
type body struct {
	Text       string              `json:"text,omitempty"`
	Flag       int                 `json:"flag,omitempty"`
	Accept     bool                `json:"accept,omitempty"`
	AmountFen  int64               `json:"amount_fen,omitempty"`
	Version    string              `json:"version,omitempty"`
	ReturnTo   string              `json:"return_to,omitempty"`
	OldCarrier string              `json:"old_carrier,omitempty"`
	OldWaybill string              `json:"old_waybill,omitempty"`
	OrderNo    string              `json:"order_no,omitempty"`
	LineNo     string              `json:"line_no,omitempty"`
	ItemNo     string              `json:"item_no,omitempty"`
	Receiver   *channel.Receiver   `json:"receiver,omitempty"`
	Prices     []channel.LinePrice `json:"prices,omitempty"`
	FreightFen int64               `json:"freight_fen,omitempty"`
}

// wanted is an effect on its way into the table.
type wanted struct {
	shopID    id.ID
	kind      Kind
	key       string
	orderID   id.ID
	parcelID  id.ID
	channelNo string
	body      *body
	// byID and by are who made it wanted, where that is not who acts now.
	byID id.ID
	by   string
}

// putTx writes effects that are not there yet. It returns how many are new.
func (s *Service) putTx(ctx context.Context, tx *db.Tx, all []wanted) (int64, error) {
	if len(all) == 0 {
		return 0, nil
	}
	a, err := actor.From(ctx)
	if err != nil {
		return 0, err
	}
	keys, err := s.k.Seal.KeysTx(ctx, tx, a.MerchantID)
	if err != nil {
		return 0, err
	}
	now := clock.Millis(s.k.Clock)
	rows := make([][]any, len(all))
	for i, w := range all {
		effect := s.k.IDs.New()
		var sealed []byte
		if w.body != nil {
			b, err := json.Marshal(w.body)
			if err != nil {
				return 0, err
			}
			if sealed, err = keys.Seal(place(effect), b); err != nil {
				return 0, err
			}
		}
		rows[i] = []any{a.MerchantID, effect, w.shopID, string(w.kind), w.key, w.orderID, w.parcelID, w.channelNo, sealed,
			string(Waiting), now, now, cmp.Or(w.byID, a.ID), cmp.Or(w.by, a.Name)}
	}
	n, err := tx.Insert(ctx, "channel_effect", effectColumns, rows, onSameKey)
	if err != nil {
		return 0, fmt.Errorf("channel effects: %w", err)
	}
	tx.AfterCommit(s.Wake)
	return n, nil
}

// Wake makes the senders look at once.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) manifest(code string) (channel.Manifest, bool) {
	return channel.Find(s.manifests, code)
}

// get reads one effect of a shop within the actor's scope. Errors: ErrNotFound.
func (s *Service) get(ctx context.Context, q db.Querier, effect id.ID) (Effect, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Effect{}, err
	}
	e, err := scanEffect(q.QueryRow(ctx, selectEffect, a.MerchantID, effect))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(shop.Scope, e.ShopID) {
		return Effect{}, ErrNotFound
	}
	return e, err
}
