package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// Types of orders that follow from another one: neither sells anything new.
const (
	TypeReship   = "reship"   // 补发
	TypeExchange = "exchange" // 换货
)

// FollowsUp reports whether the order was made of another one.
func (o *Order) FollowsUp() bool { return o.Type == TypeReship || o.Type == TypeExchange }

// Order is an order as we keep it. Instants are unix milliseconds, 0 unknown;
// amounts are fen, nil where no source ever said.
type Order struct {
	ID             id.ID
	ShopID         id.ID
	Channel        string
	ChannelOrderNo string
	Type           string // normal | presale | gift | manual | reship | exchange

	State       State // display() of everything below; written by save only
	Problem     bool  // has an open hold
	InAftersale bool
	Unread      bool
	Archived    bool
	History     bool // facts only, see doc.go

	Payment          Payment
	PaymentMethod    string
	ChannelStatus    ChannelStatus
	ChannelStatusRaw string
	ChannelLocks     []string
	ChannelFlags     []string
	RefundState      RefundState
	ApprovedAt       int64
	RevokedAt        int64 // a person took the approval back, and nobody approved it since
	ApprovedBy       id.ID
	ClosedReason     string

	PlacedAt    int64  // never 0
	PlacedKnown string // instant | day | seen
	PaidAt      int64
	ShipByAt    int64
	ShippedAt   int64
	DeliveredAt int64
	CompletedAt int64
	ClosedAt    int64

	Amounts Amounts

	CustomerID        id.ID
	BuyerNick         string
	ReceiverKind      string // none | plain | masked | sealed
	ReceiverMasked    string
	Province          string
	City              string
	District          string
	BuyerNote         string
	SellerNote        string
	ChannelSellerNote string
	ChannelFlag       int64
	Flag              int64
	Tags              []string
	LineCount         int64
	Quantity          int64

	WarehouseID id.ID
	Carrier     string
	WaybillNo   string
	ParcelCount int64

	Source    string // file | manual | api
	SourceAt  int64
	Digest    []byte
	Version   int64
	CreatedAt int64
	UpdatedAt int64

	Lines []OrderLine
	// Holds are the open ones.
	Holds []Hold
}

// Amounts are an order's or a line's money by bearer; an order's are the exact
// sums of its lines'.
type Amounts struct {
	Goods            *money.Fen
	MerchantDiscount *money.Fen
	PlatformDiscount *money.Fen
	TalentDiscount   *money.Fen
	PaymentDiscount  *money.Fen
	PriceChange      *money.Fen
	Freight          *money.Fen
	BuyerPaid        *money.Fen
	Receivable       *money.Fen
	Refund           *money.Fen
}

// OrderLine is one line (订单明细) with its counters, all quantities of the line's SKU.
type OrderLine struct {
	ID            id.ID
	OrderID       id.ID
	PlacedAt      int64 // the order's, kept by save
	Position      int64
	Key           string
	ChannelLineNo string
	ListingID     id.ID // 0 on manual lines
	SKUID         id.ID // 0 while unmapped
	SKUCode       string
	Title         string
	Spec          string
	ImageURL      string
	IsGift        bool
	ChannelStatus ChannelStatus
	RefundState   RefundState
	Price         *money.Fen
	Amounts       Amounts

	Ordered           int64
	Cancelled         int64
	Allocated         int64
	Picked            int64
	Shipped           int64
	Delivered         int64
	ReturnRequested   int64
	ReturnedGood      int64
	ReturnedDefective int64
	Refunded          int64
	Reshipped         int64
	QuantityKnown     bool
	ChannelQuantity   *int64
	SKUByHand         bool
}

// Open is what still has to ship: ordered − cancelled − shipped.
func (l OrderLine) Open() int64 { return l.Ordered - l.Cancelled - l.Shipped }

// LineQty is a quantity of one line.
type LineQty struct {
	LineID   id.ID `json:"line_id"`
	Quantity int64 `json:"quantity"`
}

// Hold (挂起, 异常) is one open reason why an order must not go on by itself.
type Hold struct {
	ID       id.ID
	OrderID  id.ID
	Kind     HoldKind
	Note     string
	RaisedAt int64
	RaisedBy id.ID
	UntilAt  int64 // when it ends at the latest, 0 where nobody can tell
	CauseID  id.ID // what raised it and may end it, such as a wave, 0 for none
}

// OnHold reports whether a hold of kind k is open.
func (o *Order) OnHold(k HoldKind) bool {
	return slices.ContainsFunc(o.Holds, func(h Hold) bool { return h.Kind == k })
}

// NeedsSerial reports whether the channel asks for the number of each piece of a line.
func (o *Order) NeedsSerial(l OrderLine) bool {
	return l.ChannelLineNo != "" && slices.Contains(o.ChannelFlags, FlagSerial+l.ChannelLineNo)
}

// Service is the order capability.
type Service struct {
	kit       *kit.Kit
	shops     *shop.Service
	catalog   *catalog.Service
	customers *customer.Service
	stock     *inventory.Service
	addresses *receiver.AddressIndex
	asks      func(channel string) bool
	reviewer  Reviewer // nil: nobody but the shops' own wish decides
	place     Placer   // nil: an order's own warehouse is the only one
}

// Option is a rule that others know.
type Option func(*Service)

// AskForAddress says which channels change a receiver by API when asked: in shops
// that are synchronised with one, no order's receiver is changed here alone.
func AskForAddress(asks func(channel string) bool) Option { return func(s *Service) { s.asks = asks } }

// New wires the capability and registers its jobs and consumers.
func New(k *kit.Kit, shops *shop.Service, cat *catalog.Service, customers *customer.Service, stock *inventory.Service, rules ...Option) *Service {
	s := &Service{kit: k, shops: shops, catalog: cat, customers: customers, stock: stock, addresses: receiver.NewAddressIndex(k), asks: func(string) bool { return false }}
	for _, r := range rules {
		r(s)
	}
	s.register()
	return s
}

// AddressIndex is the search of whole addresses, which a merchant switches on.
func (s *Service) AddressIndex() *receiver.AddressIndex { return s.addresses }

// Result is what every mutation of one order answers.
type Result struct {
	OrderID        id.ID    `json:"order_id"`
	Version        int64    `json:"version"`
	State          State    `json:"state"`
	AllowedActions []Action `json:"allowed_actions"`
}

// LoadTx reads orders with lines and open holds, in the order asked. Orders that
// do not exist or belong to a shop outside the actor's scope are left out.
func (s *Service) LoadTx(ctx context.Context, q db.Querier, ids []id.ID) ([]Order, error) {
	return load(ctx, q, ids, false)
}

// LockTx is LoadTx that also keeps the rows from changing until the transaction
// ends. Use cases that change stock and order together lock the order first.
func (s *Service) LockTx(ctx context.Context, tx *db.Tx, ids []id.ID) ([]Order, error) {
	return load(ctx, tx, ids, tx.Dialect() == db.Postgres)
}

// FindByNoTx finds orders by their channel's numbers in the given shops (all
// shops where none are given), within the actor's scope. A number may stand in
// several shops.
func (s *Service) FindByNoTx(ctx context.Context, q db.Querier, shopIDs []id.ID, nos []string) (map[string][]id.ID, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]id.ID, len(nos))
	for part := range slices.Chunk(nos, lookupChunk) {
		if err := eachFound(ctx, q, a.MerchantID, part, func(f found) {
			if a.InScope("shop", f.shopID) && (len(shopIDs) == 0 || slices.Contains(shopIDs, f.shopID)) {
				out[f.no] = append(out[f.no], f.id)
			}
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
