package why

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
)

// Answer is everything that stands between an order and its parcel, and why it was
// given the warehouse, carrier and gifts it has.
type Answer struct {
	Blockers []Blocker `json:"blockers" nullable:"false"`
	Chosen   []Choice  `json:"chosen" nullable:"false"`
}

// Blocker is one reason why an order is not shipped yet, or the step it waits for.
type Blocker struct {
	Kind   string `json:"kind" doc:"a kind of hold, or a step such as to_print"`
	Text   string `json:"text"`
	Detail string `json:"detail" doc:"what exactly, in the reader's language; may be empty"`
	Owner  string `json:"owner" enum:"customer_service,warehouse,channel,buyer,owner" doc:"who must act"`
	// Stops: nothing ships while it lasts. The others are steps on the way.
	Stops       bool       `json:"stops" doc:"nothing ships while it lasts; the others are steps on the way"`
	Releasable  bool       `json:"releasable" doc:"a person may end it"`
	Ends        string     `json:"ends" doc:"what ends it"`
	SinceAt     web.Time   `json:"since_at"`
	ByAt        web.Time   `json:"by_at" doc:"the promise it endangers, or when it ends by itself"`
	LateMinutes int64      `json:"late_minutes" doc:"past by_at, 0 before"`
	RiskFen     *money.Fen `json:"risk_fen" class:"money" doc:"what the merchant would receive for the order"`
	// FulfillmentOrderID is 0 where it concerns the whole order.
	FulfillmentOrderID id.ID `json:"fulfillment_order_id" doc:"0 where it concerns the whole order"`
}

// Choice is a warehouse, carrier or gift that somebody or something chose, or the order
// that a reship or an exchange was made of.
type Choice struct {
	What               string        `json:"what" enum:"warehouse,carrier,gift,origin"`
	Chosen             string        `json:"chosen" doc:"a name; empty where nothing could be chosen"`
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	MadeAt             web.Time      `json:"made_at"`
	FeeFen             *money.Fen    `json:"fee_fen" class:"cost" doc:"the freight, where it was compared"`
	Because            []string      `json:"because" nullable:"false"`
	Alternatives       []Alternative `json:"alternatives" nullable:"false"`
}

// Alternative is what was not chosen.
type Alternative struct {
	Name   string     `json:"name"`
	WhyNot string     `json:"why_not"`
	FeeFen *money.Fen `json:"fee_fen" class:"cost" doc:"its freight, where it was compared"`
}

// Carriers tells which account the rules choose for a fulfillment order, and why; it is
// packing/issue's Choose.
type Carriers func(ctx context.Context, fulfillmentOrderID id.ID) (choose.Choice, error)

// Service answers.
type Service struct {
	k        *kit.Kit
	orders   *order.Service
	ship     *fulfillment.Service
	carriers Carriers
}

// New returns the service.
func New(k *kit.Kit, orders *order.Service, ship *fulfillment.Service, carriers Carriers) *Service {
	return &Service{k: k, orders: orders, ship: ship, carriers: carriers}
}

// account is one answer under way.
type account struct {
	s       *Service
	m       id.ID
	now     int64
	lang    string
	order   *order.Order
	parcels []fulfillment.FulfillmentOrder
	facts   facts
	out     Answer
}

// Explain lists everything that stands between an order and its parcel, what stops it
// first, and why it has the warehouse, carrier and gifts it has. Permission order.read,
// asked for by the caller; a carrier's reasons are told to who may read logistics.
//
// Errors: order.ErrNotFound, also for an order of a shop outside the actor's scope.
func (s *Service) Explain(ctx context.Context, orderID id.ID) (Answer, error) {
	found, err := s.orders.LoadTx(ctx, s.k.DB, []id.ID{orderID})
	if err == nil && len(found) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return Answer{}, err
	}
	a := &account{s: s, m: actor.Merchant(ctx), now: clock.Millis(s.k.Clock), lang: actor.Lang(ctx), order: &found[0],
		out: Answer{Blockers: []Blocker{}, Chosen: []Choice{}}}
	if err := a.read(ctx); err != nil {
		return Answer{}, err
	}
	a.states()
	if err := a.approval(ctx); err != nil {
		return Answer{}, err
	}
	a.holds()
	if a.order.State < order.Shipped && !a.order.History {
		if err := a.ways(ctx); err != nil {
			return Answer{}, err
		}
	}
	a.uploads()
	a.steps()
	a.gifts()
	if err := a.origin(ctx); err != nil {
		return Answer{}, err
	}
	slices.SortStableFunc(a.out.Blockers, func(x, y Blocker) int { return cmp.Compare(rankOf(x), rankOf(y)) })
	return a.out, nil
}

func rankOf(b Blocker) int {
	if b.Stops {
		return 0
	}
	return 1
}

// states are the reasons that lie in the order's own state.
func (a *account) states() {
	o := a.order
	switch {
	case o.State == order.Closed:
		a.say("closed", o.ClosedAt, "")
	case o.State >= order.Shipped:
	case o.History:
		a.say("not_adopted", o.CreatedAt, "")
	case o.State == order.PendingPayment:
		a.say("unpaid", o.PlacedAt, "")
	}
}

func (a *account) holds() {
	if a.order.State == order.Closed {
		return
	}
	for _, h := range a.order.Holds {
		r := hold.Of(h.Kind)
		b := Blocker{Kind: string(h.Kind), Text: r.Text(a.lang), Detail: h.Note, Owner: r.Owner, Stops: r.StopsShip, Releasable: r.Releasable,
			Ends: pick(a.lang, r.EndZH, r.EndEN), SinceAt: web.Time(h.RaisedAt)}
		by := a.order.ShipByAt
		if r.Clock == hold.NoTime {
			by = 0
		} else if h.UntilAt != 0 {
			by = h.UntilAt
		}
		a.add(b, by)
	}
}

// say adds a reason of the table in words.go.
func (a *account) say(kind string, since int64, detail string) {
	a.sayOf(kind, 0, since, a.order.ShipByAt, detail)
}

// sayOf is say about one parcel, with a clock of its own.
func (a *account) sayOf(kind string, parcel id.ID, since, by int64, detail string) {
	if slices.ContainsFunc(a.out.Blockers, func(b Blocker) bool {
		return b.Kind == kind && (b.FulfillmentOrderID == parcel || b.FulfillmentOrderID == 0)
	}) {
		return
	}
	w := reasons[kind]
	a.add(Blocker{Kind: kind, Text: pick(a.lang, w.zh, w.en), Detail: detail, Owner: w.owner, Stops: w.stops, Ends: pick(a.lang, w.endZH, w.endEN),
		SinceAt: web.Time(since), FulfillmentOrderID: parcel}, by)
}

func (a *account) add(b Blocker, by int64) {
	b.ByAt = web.Time(by)
	if by != 0 && a.now > by && a.order.ClosedAt == 0 {
		b.LateMinutes = (a.now - by) / 60_000
	}
	if b.RiskFen = a.order.Amounts.Receivable; b.RiskFen == nil {
		b.RiskFen = a.order.Amounts.BuyerPaid
	}
	a.out.Blockers = append(a.out.Blockers, b)
}

// stopped reports whether something keeps the order, or a parcel of it, from leaving.
func (a *account) stopped(parcel id.ID) bool {
	return slices.ContainsFunc(a.out.Blockers, func(b Blocker) bool { return b.Stops && (b.FulfillmentOrderID == 0 || b.FulfillmentOrderID == parcel) })
}

func pick(lang, zh, en string) string {
	if lang == "en-US" {
		return en
	}
	return zh
}
