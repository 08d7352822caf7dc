package view

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/web"
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

// anyTab is all of them together, to count them in one reading.
const anyTab Tab = "any"

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
	SortShipByAsc  Sort = "ship_by_asc" // only orders that wait for shipment, without a deadline last
	// sortUndated is the second part of it, by the instant they were placed.
	sortUndated Sort = "undated_asc"
)

// MaxNumbers bounds one multi-line paste.
const MaxNumbers = 500

// Filter is what the list, its counters, exports, bulk actions and saved views
// share. Values of one field are alternatives (OR), fields narrow each other
// (AND). The zero value is every order that is not archived.
type Filter struct {
	Tab           Tab      `json:"tab,omitempty" query:"tab" enum:"all,pending_payment,awaiting_approval,awaiting_shipment,partly_shipped,shipped,delivered,in_aftersale,completed,closed,archived,problem,adoptable"`
	ShopIDs       web.IDs  `json:"shop_id,omitzero" required:"false" query:"shop_id"`
	Channels      []string `json:"channel,omitempty" query:"channel,explode" maxItems:"50"`
	States        []string `json:"state,omitempty" query:"state,explode" maxItems:"8"`
	TimeKind      string   `json:"time_kind,omitempty" query:"time_kind" enum:"placed,paid,shipped,completed,ship_by"`
	From          web.Time `json:"from_at,omitempty" query:"from_at" doc:"inclusive"`
	To            web.Time `json:"to_at,omitempty" query:"to_at" doc:"exclusive"`
	PaymentMethod []string `json:"payment_method,omitempty" query:"payment_method,explode" maxItems:"20"`
	Product       string   `json:"product,omitempty" query:"product" doc:"part of a product's title or spec"`
	SKU           string   `json:"sku,omitempty" query:"sku" doc:"SKU code"`
	Receiver      string   `json:"receiver,omitempty" query:"receiver" doc:"receiver's name or a part of two characters"`
	Phone         string   `json:"phone,omitempty" query:"phone" doc:"full number or last four digits"`
	Address       string   `json:"address,omitempty" query:"address" doc:"beginning of province, city or district; any part of the address of two characters where the merchant has addresses searched (order.search_address)"`
	Note          string   `json:"note,omitempty" query:"note" doc:"part of a buyer or seller note"`
	Flags         []int64  `json:"flag,omitempty" query:"flag,explode" maxItems:"6"`
	Tags          []string `json:"tag,omitempty" query:"tag,explode" maxItems:"20"`
	AmountMin     int64    `json:"amount_min_fen,omitempty" query:"amount_min_fen" minimum:"0" doc:"fen; needs field.money"`
	AmountMax     int64    `json:"amount_max_fen,omitempty" query:"amount_max_fen" minimum:"0" doc:"fen, 0 for none; needs field.money"`
	OrderTypes    []string `json:"order_type,omitempty" query:"order_type,explode" maxItems:"10"`
	Holds         []string `json:"hold,omitempty" query:"hold,explode" maxItems:"20"`
	Warehouses    web.IDs  `json:"warehouse_id,omitzero" required:"false" query:"warehouse_id"`
	Carriers      []string `json:"carrier,omitempty" query:"carrier,explode" maxItems:"20"`
	Unread        bool     `json:"unread,omitempty" query:"unread"`
	Overdue       bool     `json:"overdue,omitempty" query:"overdue"`
	DueWithin     int64    `json:"due_within_hours,omitempty" query:"due_within_hours" minimum:"0" maximum:"1440"`
	Numbers       []string `json:"numbers,omitempty" query:"numbers,explode" maxItems:"500" doc:"order or waybill numbers; in whatever tab, archived or not"`
	Query         string   `json:"q,omitempty" query:"q" doc:"a number, phone, waybill, SKU code, name or title"`

	sought sought
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
	g.Tab, g.ShopIDs, g.Channels, g.TimeKind = "", web.IDs{}, nil, ""
	return g.empty()
}

func (f Filter) empty() bool {
	return f.From == 0 && f.To == 0 && len(f.States)+len(f.PaymentMethod)+len(f.Flags)+len(f.Tags)+len(f.OrderTypes)+
		len(f.Holds)+len(f.Warehouses.List)+len(f.Carriers)+len(f.Numbers) == 0 &&
		f.Product+f.SKU+f.Receiver+f.Phone+f.Address+f.Note+f.Query == "" &&
		f.AmountMin == 0 && f.AmountMax == 0 && !f.Unread && !f.Overdue && f.DueWithin == 0
}
