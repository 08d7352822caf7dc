package view

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Tab is one tab of the order list: a displayed state, or a flag beside it.
type Tab string

const (
	TabAll              Tab = "all"
	TabPendingPayment   Tab = "pending_payment"
	TabAwaitingApproval Tab = "awaiting_approval"
	TabAwaitingShipment Tab = "awaiting_shipment"
	TabPartlyShipped    Tab = "partly_shipped"
	TabShipped          Tab = "shipped"
	TabDelivered        Tab = "delivered"
	TabInAftersale      Tab = "in_aftersale"
	TabCompleted        Tab = "completed"
	TabClosed           Tab = "closed"
	TabArchived         Tab = "archived"
	TabProblem          Tab = "problem"
	TabAdoptable        Tab = "adoptable"
)

// Tabs in the order the list shows them.
var Tabs = []Tab{TabAll, TabPendingPayment, TabAwaitingApproval, TabAwaitingShipment, TabPartlyShipped, TabShipped,
	TabDelivered, TabInAftersale, TabCompleted, TabClosed, TabArchived, TabProblem, TabAdoptable}

// Sort is the order of a list; every sort ends in the id, so that pages never
// repeat or skip a row.
type Sort string

const (
	SortPlacedDesc Sort = "placed_desc"
	SortPlacedAsc  Sort = "placed_asc"
	SortPaidDesc   Sort = "paid_desc"
	SortShipByAsc  Sort = "ship_by_asc" // only orders that wait for shipment
)

var (
	// ErrBadFilter names the filter field that cannot be read.
	ErrBadFilter = errs.Define(errs.Invalid, "view.bad_filter", "筛选条件“{field}”的值无效", "Filter {field} has a value that cannot be used")
	// ErrTooManyNumbers: a paste of more than MaxNumbers numbers.
	ErrTooManyNumbers = errs.Define(errs.Invalid, "view.too_many_numbers", "一次最多查询 {max} 个单号", "At most {max} numbers at once")
)

// MaxNumbers bounds one multi-line paste.
const MaxNumbers = 500

// Filter is what the list, its counters, exports, bulk actions and saved views
// share. Values of one field are alternatives (OR), fields narrow each other
// (AND). The zero value is every order that is not archived.
type Filter struct {
	Tab           Tab      `json:"tab,omitempty"`
	ShopIDs       []id.ID  `json:"shop_id,omitempty"`
	Channels      []string `json:"channel,omitempty"`
	States        []string `json:"state,omitempty"`
	TimeKind      string   `json:"time_kind,omitempty"` // placed | paid | shipped | completed | ship_by
	From          int64    `json:"from_at,omitempty"`   // unix ms, inclusive
	To            int64    `json:"to_at,omitempty"`     // unix ms, exclusive
	PaymentMethod []string `json:"payment_method,omitempty"`
	Product       string   `json:"product,omitempty"`
	SKU           string   `json:"sku,omitempty"`
	Receiver      string   `json:"receiver,omitempty"`
	Phone         string   `json:"phone,omitempty"`
	Address       string   `json:"address,omitempty"`
	Note          string   `json:"note,omitempty"`
	Flags         []int64  `json:"flag,omitempty"`
	Tags          []string `json:"tag,omitempty"`
	AmountMin     *int64   `json:"amount_min_fen,omitempty"`
	AmountMax     *int64   `json:"amount_max_fen,omitempty"`
	OrderTypes    []string `json:"order_type,omitempty"`
	Holds         []string `json:"hold,omitempty"`
	Warehouses    []id.ID  `json:"warehouse_id,omitempty"`
	Carriers      []string `json:"carrier,omitempty"`
	Unread        bool     `json:"unread,omitempty"`
	Overdue       bool     `json:"overdue,omitempty"`
	DueWithin     int64    `json:"due_within_hours,omitempty"`
	Numbers       []string `json:"numbers,omitempty"`
	Query         string   `json:"q,omitempty"`
}

var timeColumns = map[string]string{"placed": "placed_at", "paid": "paid_at", "shipped": "shipped_at", "completed": "completed_at", "ship_by": "ship_by_at"}

// clean validates f and brings its values into one form.
// Errors: ErrBadFilter, ErrTooManyNumbers.
func (f Filter) clean() (Filter, error) {
	if f.Tab == "" {
		f.Tab = TabAll
	}
	if !slices.Contains(Tabs, f.Tab) {
		return f, ErrBadFilter.With("field", "tab").At("tab")
	}
	if f.TimeKind == "" {
		f.TimeKind = "placed"
	}
	if timeColumns[f.TimeKind] == "" {
		return f, ErrBadFilter.With("field", "time_kind").At("time_kind")
	}
	if f.From < 0 || f.To < 0 || f.To > 0 && f.From >= f.To {
		return f, ErrBadFilter.With("field", "from_at").At("from_at")
	}
	for _, v := range f.States {
		if _, ok := order.ParseState(v); !ok {
			return f, ErrBadFilter.With("field", "state").At("state")
		}
	}
	for _, v := range f.Flags {
		if v < 0 || v > 5 {
			return f, ErrBadFilter.With("field", "flag").At("flag")
		}
	}
	if f.DueWithin < 0 || f.DueWithin > 24*60 {
		return f, ErrBadFilter.With("field", "due_within_hours").At("due_within_hours")
	}
	for field, p := range map[string]*string{"product": &f.Product, "sku": &f.SKU, "receiver": &f.Receiver, "phone": &f.Phone, "address": &f.Address, "note": &f.Note, "q": &f.Query} {
		*p = strings.TrimSpace(*p)
		if utf8.RuneCountInString(*p) > 100 {
			return f, ErrBadFilter.With("field", field).At(field)
		}
	}
	f.Numbers = SplitNumbers(strings.Join(f.Numbers, "\n"))
	if len(f.Numbers) > MaxNumbers {
		return f, ErrTooManyNumbers.With("max", MaxNumbers).At("numbers")
	}
	return f, nil
}

// SplitNumbers reads a paste of order or waybill numbers: separated by any blank,
// comma or 、, without repeats, in the order given.
func SplitNumbers(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range strings.FieldsFunc(s, func(r rune) bool {
		return strings.ContainsRune(",;\uFF0C\uFF1B\u3001\u00A0\u3000", r) || r <= ' '
	}) {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// narrowOnlyByShop reports whether the exact roll-ups can answer the counters.
func (f Filter) narrowOnlyByShop() bool {
	g := f
	g.Tab, g.ShopIDs, g.Channels, g.TimeKind = "", nil, nil, ""
	return g.empty()
}

func (f Filter) empty() bool {
	return f.From == 0 && f.To == 0 && len(f.States)+len(f.PaymentMethod)+len(f.Flags)+len(f.Tags)+len(f.OrderTypes)+
		len(f.Holds)+len(f.Warehouses)+len(f.Carriers)+len(f.Numbers) == 0 &&
		f.Product+f.SKU+f.Receiver+f.Phone+f.Address+f.Note+f.Query == "" &&
		f.AmountMin == nil && f.AmountMax == nil && !f.Unread && !f.Overdue && f.DueWithin == 0
}
