package verify

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	// LockFor is how long a bench keeps what it does not touch, milliseconds.
	LockFor   = 10 * 60_000
	maxBench  = 30
	maxCode   = 80
	maxReason = 200
	maxGram   = 200_000
)

// Session (复核) is a fulfillment order open at a bench. Instants are unix milliseconds,
// 0 while they have not come.
type Session struct {
	ID                 id.ID
	FulfillmentOrderID id.ID
	Version            int64 // of the content its papers were made for
	WarehouseID        id.ID
	Kind               string // of the fulfillment order
	Bench              string
	ByID               id.ID
	ByName             string
	State              State
	WaybillID          id.ID // 0 where its number was not issued here
	Carrier            string
	WaybillNo          string
	Need, Done         int64 // pieces
	// SerialLine and SerialSKU name the piece whose own number is scanned next.
	SerialLine, SerialSKU id.ID
	MustWeigh             bool
	ExpectedGram          int64 // 0: not known
	Gram                  int64
	Forced                int64
	Reason                string
	VideoURL              string
	OpenedAt              int64
	TouchedAt             int64
	EndedAt               int64
	Items                 []Item
	// Orders are filled in by Open and Get.
	Orders []Told
}

// Item is what has to be in the parcel of one order line: a bundle as its parts.
type Item struct {
	OrderID, LineID id.ID
	SKUID           id.ID // 0: the line has no SKU, its code is scanned
	BundleID        id.ID // the bundle it is part of
	Per             int64 // pieces in one bundle
	Code, Name      string
	// Codes are the other codes its pieces are known by; filled in by Open and Get.
	Codes      []string
	ImageURL   string
	Serial     string // kind of number each piece shows, "" for none
	Need, Done int64
}

// Told is what an order says to whoever packs it.
type Told struct {
	OrderID        id.ID
	ShopID         id.ID
	ChannelOrderNo string
	BuyerNote      string
	SellerNote     string
	Receiver       string // masked
}

// Answer is what became of one step at a bench.
type Answer struct {
	Verdict Verdict
	Next    Next
	Session *Session
	// Item is the piece it was about, nil where there was none.
	Item *Item
	// Refusal says why, for Stopped and Refused.
	Refusal *errs.Error
}

// Place is where a fulfillment order's papers and goods are, for whoever has to find it.
type Place struct {
	Wave     string
	Basket   string
	Batch    string // of the print
	Sequence int64  // in that batch
}

// Around is what packages beside this one know and do; nil functions know nothing.
type Around struct {
	// Vouch checks that a supervisor with a permission signs at somebody else's bench.
	Vouch func(ctx context.Context, by Supervisor, permission string) (actor.Actor, error)
	// Reprint prints the labels of a fulfillment order again and returns the batch; 0: it never
	// had one here.
	Reprint func(ctx context.Context, fulfillmentOrderID id.ID, reason string) (id.ID, error)
	// Basket finds the fulfillment order in the basket with this code, 0 for none.
	Basket func(ctx context.Context, q db.Querier, code string) (id.ID, error)
	// Places tells where fulfillment orders are.
	Places func(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]Place, error)
}

// Service verifies parcels.
type Service struct {
	k           *kit.Kit
	catalog     *catalog.Service
	stock       *inventory.Service
	orders      *order.Service
	fulfillment *fulfillment.Service
	waybills    *waybill.Service
	around      Around
}

// New wires the use cases and their consumers.
func New(k *kit.Kit, cat *catalog.Service, stock *inventory.Service, orders *order.Service, ships *fulfillment.Service, waybills *waybill.Service, around Around) *Service {
	s := &Service{k: k, catalog: cat, stock: stock, orders: orders, fulfillment: ships, waybills: waybills, around: around}
	k.Runner.Add(s.hits())
	k.Runner.Add(s.outgoing())
	return s
}

func (s *Service) now() int64 { return clock.Millis(s.k.Clock) }

// needsNumber: it goes with a carrier.
func (s *Session) needsNumber() bool { return s.Kind == fulfillment.KindExpress }

// item finds a line's piece.
func (s *Session) item(line, sku id.ID) *Item {
	for i := range s.Items {
		if s.Items[i].LineID == line && s.Items[i].SKUID == sku {
			return &s.Items[i]
		}
	}
	return nil
}

// cleanCode is what a scanner sent, without what scanners and keyboards add.
//
// Errors: ErrCode.
func cleanCode(raw string) (string, error) {
	code := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\ufeff' || r == '\u200b' {
			return -1
		}
		return r
	}, raw))
	if n := utf8.RuneCountInString(code); n == 0 || n > maxCode {
		return "", ErrCode.At("code")
	}
	return code, nil
}

// cleanBench checks the name of a bench.
//
// Errors: ErrBench.
func cleanBench(raw string) (string, error) {
	bench := strings.TrimSpace(raw)
	if n := utf8.RuneCountInString(bench); n == 0 || n > maxBench || strings.ContainsFunc(bench, unicode.IsControl) {
		return "", ErrBench.With("max", maxBench).At("bench")
	}
	return bench, nil
}

// cleanReason checks a reason that must be there.
//
// Errors: ErrReason.
func cleanReason(raw string) (string, error) {
	reason := strings.TrimSpace(raw)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return "", ErrReason.With("max", maxReason).At("reason")
	}
	return reason, nil
}

// refusal tells a refusal that a person reads from a failure that undoes everything. Its
// cause is left out: answers are stored.
func refusal(err error) (*errs.Error, error) {
	e := errs.As(err)
	if e == nil || e.Kind == errs.Internal || e.Kind == errs.Unavailable {
		return nil, err
	}
	out := *e
	out.Err = nil
	return &out, nil
}
