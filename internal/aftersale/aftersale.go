package aftersale

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

// Permissions.
const (
	PermitRead    = "aftersale.read"
	PermitDecide  = "refund.approve"
	PermitReceive = "aftersale.receive"
)

// AgreeLimit names the setting above which, in fen, nobody is advised to agree unread.
const AgreeLimit = "aftersale.agree_limit_fen"

// Settings are the merchant's own rules.
func Settings() []setting.Def {
	return []setting.Def{{Name: AgreeLimit, Kind: setting.Int, Default: int64(20000), Min: 0, Max: 100_000_000,
		ZH: "建议同意退款的上限（分）", EN: "Recommend to agree to refunds up to (fen)",
		HintZH: "超过这个金额的售后一律建议人工处理，也不会被批量同意", HintEN: "Above it every case is left to a person, and is never agreed to in bulk"}}
}

// Case is an after-sale case (售后单). Amounts are fen, instants unix milliseconds, 0
// where unknown.
type Case struct {
	ID            id.ID
	ShopID        id.ID
	No            string
	OrderNo       string // the channel's
	OrderID       id.ID  // 0 while we hold no such order
	CustomerID    id.ID
	LineNo        string // the channel's, "" for the whole order
	Kind          string
	State         State
	StateRaw      string
	CaseVersion   string // the channel's
	Refund        money.Fen
	Quantity      int64 // 0 where the channel does not tell
	Reason        string
	ReturnCarrier string
	ReturnWaybill string
	OpenedAt      int64
	ModifiedAt    int64
	RespondByAt   int64
	Goods         Goods
	RefundedAt    int64
	Decision      string // "", Approve or Refuse
	DecidedFor    string // the channel's version it was made for
	Decisions     int64
	EffectID      id.ID
	DecidedAt     int64
	DecidedBy     id.ID
	DecidedName   string
	GivenUpReason string
	SeenAt        int64
	Version       int64
	Source        string // FromChannel, FromFile or Own

	turn int64
}

// Decisions.
const (
	Approve = "approve"
	Refuse  = "refuse"
)

func (c *Case) into() []any {
	return []any{&c.ID, &c.ShopID, &c.No, &c.OrderNo, &c.OrderID, &c.CustomerID, &c.LineNo, &c.Kind, &c.State, &c.StateRaw, &c.CaseVersion, &c.Refund, &c.Quantity,
		&c.Reason, &c.ReturnCarrier, &c.ReturnWaybill, &c.OpenedAt, &c.ModifiedAt, &c.RespondByAt, &c.turn, &c.Goods, &c.RefundedAt, &c.Decision, &c.DecidedFor,
		&c.Decisions, &c.EffectID, &c.DecidedAt, &c.DecidedBy, &c.DecidedName, &c.GivenUpReason, &c.SeenAt, &c.Version, &c.Source}
}

func (c *Case) row(m id.ID) []any {
	return []any{m, c.ID, c.ShopID, c.No, c.OrderNo, c.OrderID, c.CustomerID, c.LineNo, c.Kind, string(c.State), c.StateRaw, c.CaseVersion, int64(c.Refund), c.Quantity,
		c.Reason, c.ReturnCarrier, c.ReturnWaybill, c.OpenedAt, c.ModifiedAt, c.RespondByAt, c.turn, string(c.Goods), c.RefundedAt, c.Decision, c.DecidedFor,
		c.Decisions, c.EffectID, c.DecidedAt, c.DecidedBy, c.DecidedName, c.GivenUpReason, c.SeenAt, c.Version, c.Source}
}

// never sorts what has no deadline behind everything that has one.
const never = int64(1) << 52

// settle computes what follows from the rest.
func (c *Case) settle() {
	c.turn = never + c.OpenedAt
	if c.RespondByAt > 0 {
		c.turn = c.RespondByAt
	}
	c.Goods = c.Goods.follows(c.Kind, c.State)
}

// Words are what a buyer wrote and showed. They may hold personal data: they are read
// from the sealed case when somebody opens it, and stand in no table of ours.
type Words struct {
	Note     string
	Evidence []string // addresses at the channel
}

// Telling is a decision on its way to the channel.
type Telling struct {
	Case            Case
	Number          int64 // how many decisions on this case there were before
	Approve         bool
	Amount          money.Fen
	Reason          string
	ReturnAddressNo string
}

// Refusal is what a channel asks of who refuses a case (拒绝售后、举证).
type Refusal struct {
	BackOffice  bool // no call refuses it
	OnlyShipped bool // what has not left cannot be refused a refund
	Proofs      []Proof
}

// Proof is what the channel wants to be shown or done before a refusal.
type Proof struct {
	Kind     string // picture | video | shipping | negotiation
	Need     string // always | by_reason | optional
	Required bool   // a person has to say that it is there, or that the reason asks for none
}

// Answer is what became of telling a channel.
type Answer struct {
	State  string // waiting | sending | done | refused | uncertain | dropped
	Code   string
	Params map[string]any
}

// ended: the channel said no, or nobody wants it any more: the case may be decided anew.
func (a Answer) ended() bool { return a.State == "refused" || a.State == "dropped" }

// Around is what stands above this package: how a channel is told and asked. Every
// function acts within the rights of whoever asks.
type Around struct {
	// Decides says whether decisions on a shop's cases go through its channel.
	Decides func(shop.Shop) bool
	// Refusal is what the shop's channel asks of who refuses a case of a kind; nil asks nothing.
	Refusal func(sh shop.Shop, kind string) Refusal
	// TellTx has the channel told and returns the number of the effect. Errors: those of
	// the channel's way back, an amount above the actor's limit among them.
	TellTx func(context.Context, *db.Tx, Telling) (id.ID, error)
	// Answers says what became of effects; those it does not know are absent.
	Answers func(context.Context, db.Querier, []id.ID) (map[id.ID]Answer, error)
	// Words opens what the buyer wrote. ErrNotFound where nothing is kept.
	Words func(ctx context.Context, shopID id.ID, caseNo string) (Words, error)
	// Limit is up to what the actor may approve, nil without bound.
	Limit func(context.Context) (*money.Fen, error)
}

// Service is the after-sale capability.
type Service struct {
	k        *kit.Kit
	shops    *shop.Service
	catalog  *catalog.Service
	stock    *inventory.Service
	orders   *order.Service
	parcels  *fulfillment.Service
	settings *setting.Service
	around   Around
}

// New wires the capability and registers its job.
func New(k *kit.Kit, shops *shop.Service, cat *catalog.Service, stock *inventory.Service, orders *order.Service, parcels *fulfillment.Service,
	settings *setting.Service, around Around) *Service {
	s := &Service{k: k, shops: shops, catalog: cat, stock: stock, orders: orders, parcels: parcels, settings: settings, around: around}
	k.Jobs.Register(JobAgree, job.Handler{Run: s.runAgree, Retry: retryAgree})
	return s
}

func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }

// shopScope are the shops the actor is narrowed to; none: he may see nothing.
func shopScope(ctx context.Context) (shops []id.ID, none bool, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, false, err
	}
	shops, narrowed := a.Scoped(shop.Scope)
	return shops, narrowed && len(shops) == 0, nil
}
