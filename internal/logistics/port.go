package logistics

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Manifest declares what speaks to a carrier directly (carrier/<code>), for merchants
// with a contract of their own.
type Manifest struct {
	Code string // our code of the carrier: Get(Code) finds it
	// BaseURL is the carrier's gateway, TestURL its sandbox. An account may name another
	// address where CustomURL says so (tests, the simulator).
	BaseURL, TestURL string
	CustomURL        bool
	// Credentials are what a merchant types in, in the order of the form.
	Credentials []Credential
	// Products are the services that can be asked for, the usual one first.
	Products     []Product
	Capabilities []Capability
	// MaxPieces bounds the pieces of one shipment, 1 where there is no multi-piece.
	MaxPieces int
	// AtOnce bounds the requests of one account under way at the same time.
	AtOnce int
	// Open returns a client for one account. It sends nothing. Errors: ErrCredentials
	// naming the field.
	Open func(Access) (Client, error)
}

// Can reports whether the carrier's client has a capability.
func (m Manifest) Can(c Capability) bool { return slices.Contains(m.Capabilities, c) }

// Credential is one field of the settings form.
type Credential struct {
	Name             string
	NameZH, NameEN   string
	HelpZH, HelpEN   string
	Secret, Optional bool
}

// Product is a service of a carrier (产品类型), by the carrier's own code.
type Product struct {
	Code           string
	NameZH, NameEN string
}

// Access is what a client needs to speak for one account. The engine keeps the
// credentials sealed and opens them for a call.
type Access struct {
	HTTP        *httpx.Client
	Clock       clock.Clock
	BaseURL     string
	Credentials map[string]string
}

// Party is who gives a parcel or gets it. A receiver of a channel's order may be
// ciphered: then only that channel can issue for it.
type Party struct {
	Name      string `json:"name"`
	Phone     string `json:"phone"`
	Province  string `json:"province"`
	City      string `json:"city"`
	District  string `json:"district"`
	Town      string `json:"town,omitempty"`
	Detail    string `json:"detail"`
	Zip       string `json:"zip,omitempty"`
	Encrypted bool   `json:"encrypted,omitempty"`
	// GroupKey is the channel's id of the receiver, as it came with the order.
	GroupKey string `json:"group_key,omitempty"`
}

// Goods are goods of a parcel, named for the carrier.
type Goods struct {
	Name     string
	Quantity int64
}

// Request asks for the waybill of one shipment.
type Request struct {
	// Key is stable over retries and unlike that of any other waybill: at most 32 of
	// A-Z, a-z, 0-9 and "-". The carrier tells repeats by it.
	Key     string
	Carrier string // our code
	Branch  string // for issuers that ask for one
	// ShopID is the shop whose orders they are: an account may be another's.
	ShopID id.ID
	// Product is a Product.Code, empty for the usual one.
	Product string
	// Pieces is how many boxes travel together (子母件), at least 1.
	Pieces           int
	Sender, Receiver Party
	// Orders are the channel's numbers of the orders in the parcel; a channel issues
	// for its own orders only.
	Orders []string
	Goods  []Goods
	// WeightGram and VolumeML are 0 where nobody weighed or measured.
	WeightGram, VolumeML int64
	// DeclaredFen insures the parcel (保价), CollectFen is collected at the door (代收货款);
	// 0 is neither.
	DeclaredFen, CollectFen money.Fen
	// Note is printed for the courier.
	Note string
	// Template is a print template's address, for issuers that ask for one.
	Template string
}

// Issued is a waybill as its issuer tells it. What it does not tell stays empty.
type Issued struct {
	No string
	// Ref is what else the issuer knows it by, where a number alone does not name it.
	Ref string
	// Children are the numbers of the further pieces (子单号), in their order.
	Children []string
	// SortCode (三段码), Mark (大头笔) and Bag (集包地) lead the parcel; QR is the text of the
	// routing code.
	SortCode, Mark, Bag, QR string
	// Product names the service as the label shows it.
	Product string
	// Print is what a print component gets unread, Signature and Template go with it.
	// It bears personal data. Empty where the label is drawn here.
	Print, Signature, Template string
}

// Client is what the issue engine needs of every carrier. Methods are called
// concurrently, never inside a transaction.
//
// Errors, of this and every optional interface, are those of errors.go:
// ErrCredentials, ErrSignature, ErrClock, ErrIPNotListed, ErrPermission, ErrThrottled
// (Retry), ErrNotFound, ErrRefused, ErrDone, ErrBalance, ErrUnreachable, ErrAnswer and,
// for what may pass by itself, ErrUnavailable. A request that may have taken effect
// without an answer is ErrUnknownOutcome and nothing else.
type Client interface {
	// Test asks the cheapest question that needs every credential.
	Test(ctx context.Context) error
	// Issue asks for a waybill once. Errors: ErrDone where the key has one already
	// (then Find brings it), ErrBalance, ErrUnreachable.
	Issue(ctx context.Context, r Request) (Issued, error)
	// Find brings the waybill that was issued for a request's key, whatever else the
	// request says. Errors: ErrNotFound where none was, so that it is safe to ask for
	// it; ErrDone where it was cancelled.
	Find(ctx context.Context, r Request) (Issued, error)
	// Cancel gives a number back that nobody has scanned (回收单号). Errors: ErrNotFound,
	// ErrDone where it is cancelled, ErrRefused where the parcel travels.
	Cancel(ctx context.Context, key, no string) error
}

// Answer to whether and how a carrier goes from one place to another.
type Answer struct {
	Reached bool
	// Reason is the carrier's own, where it does not go there.
	Reason string
}

// Reacher tells whether a carrier delivers to an address (可达性).
type Reacher interface {
	Reach(ctx context.Context, from, to Party) (Answer, error)
}

// Quote is what a shipment costs and when it arrives. ArrivesAt is unix milliseconds,
// 0 where the carrier does not tell.
type Quote struct {
	Product   string
	FeeFen    money.Fen
	ArrivesAt int64
}

// Quoter asks a carrier for prices and times (运费时效).
type Quoter interface {
	Quote(ctx context.Context, from, to Party, weightGram, pickedUpAt int64) ([]Quote, error)
}

// Trace is one step of a parcel's way. At is unix milliseconds.
type Trace struct {
	At    int64
	Place string
	Text  string
	Code  string // the carrier's own
	State TrackState
}

// TrackState is what a step means, in our words.
type TrackState string

const (
	TrackCollected  TrackState = "collected"        // 已揽收
	TrackInTransit  TrackState = "in_transit"       // 运输中
	TrackDelivering TrackState = "out_for_delivery" // 派送中
	TrackAtLocker   TrackState = "at_locker"        // 已到柜或驿站
	TrackDelivered  TrackState = "delivered"        // 已签收
	TrackFailed     TrackState = "delivery_failed"  // 派送异常
	TrackReturning  TrackState = "returning"        // 退回中
	TrackReturned   TrackState = "returned"         // 已退回
	TrackOther      TrackState = "other"            // kept raw
)

// Router reads a parcel's way (物流轨迹), the oldest step first. phoneTail are the last
// four digits of the receiver's phone, which some carriers ask for.
type Router interface {
	Route(ctx context.Context, no, phoneTail string) ([]Trace, error)
}

// Labeler draws an issued waybill's label as a PDF.
type Labeler interface {
	Label(ctx context.Context, no string) ([]byte, error)
}

// Interceptor stops a parcel under way and sends it back (拦截退回).
type Interceptor interface {
	Intercept(ctx context.Context, key, no, reason string) error
}

// Balancer tells how many waybills, or how much money, an account has left.
type Balancer interface {
	Balances(ctx context.Context) ([]Balance, error)
}

// Balance is what is left at a carrier's branch.
type Balance struct {
	Carrier            string // our code
	Branch, BranchName string
	// Left is how many waybills can be issued, -1 where no count is kept.
	Left int64
	// Senders are the addresses the branch collects at, without names.
	Senders []Party
}

// Capability is something besides issuing that a client can do.
type Capability string

const (
	CanReach     Capability = "reach"
	CanQuote     Capability = "quote"
	CanRoute     Capability = "route"
	CanLabel     Capability = "label_pdf"
	CanIntercept Capability = "intercept"
	CanBalance   Capability = "balance"
)

// Implemented returns the capabilities a client has by its interfaces.
func Implemented(c Client) []Capability {
	var out []Capability
	add := func(ok bool, one Capability) {
		if ok {
			out = append(out, one)
		}
	}
	add(is[Reacher](c), CanReach)
	add(is[Quoter](c), CanQuote)
	add(is[Router](c), CanRoute)
	add(is[Labeler](c), CanLabel)
	add(is[Interceptor](c), CanIntercept)
	add(is[Balancer](c), CanBalance)
	return out
}

func is[T any](c Client) bool {
	_, ok := c.(T)
	return ok
}
