package purchase

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Permissions of this capability.
const (
	PermitRead = "purchase.read"
	PermitEdit = "purchase.edit"
	// permitPlain is asked of who lets a supplier see receivers in plain.
	permitPlain = "export.plain"
)

// Contract is what a supplier may see of receivers.
type Contract string

const (
	// Masked: the place down to the district, name and phone with stars. The merchant's
	// own waybill tells the courier the rest.
	Masked Contract = "masked"
	// NumberOnly: goods and waybill numbers, nothing of the receiver.
	NumberOnly Contract = "number_only"
	// Full: all that the channel gives in plain. What a channel sealed stays sealed.
	Full Contract = "full"
)

// Contracts lists them, the narrowest first.
var Contracts = []Contract{NumberOnly, Masked, Full}

// Supplier (供应商) sells goods to the merchant, and may ship orders for it (代发).
// Instants are unix milliseconds.
type Supplier struct {
	ID       id.ID
	Name     string
	Contact  Contact // the zero Contact where the actor may not see it
	Contract Contract
	// CutoffMinute is until which minute of the day an order ships the same day, -1 for
	// none; LeadDays is from an order to the goods.
	CutoffMinute int64
	LeadDays     int64
	Note         string
	Active       bool
	SKUs         int64 // how many it supplies
	CreatedAt    int64
	UpdatedAt    int64
	Version      int64
}

// Contact is how to reach a supplier. It is stored sealed.
type Contact struct {
	Person  string `json:"person,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Supply is a SKU that a supplier supplies.
type Supply struct {
	SKUID   id.ID
	SKUCode string
	Name    string
	Code    string     // the supplier's own
	CostFen *money.Fen // nil: not known
}

// Service keeps suppliers.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	rand    io.Reader

	mu    sync.Mutex
	calls map[id.ID]bucket // by portal
}

// New wires the capability.
func New(k *kit.Kit, cat *catalog.Service, random io.Reader) *Service {
	return &Service{k: k, catalog: cat, rand: random, calls: map[id.ID]bucket{}}
}

const (
	maxName = 60
	maxText = 500
	maxLead = 180
)

// check tidies a supplier and refuses what cannot be.
func (s *Supplier) check() error {
	bad := func(field string) error { return ErrBadSupplier.With("field", field).At(field) }
	for _, p := range []*string{&s.Name, &s.Note, &s.Contact.Person, &s.Contact.Phone, &s.Contact.Address} {
		*p = strings.TrimSpace(*p)
	}
	n := utf8.RuneCountInString(s.Name)
	switch {
	case n < 1 || n > maxName:
		return bad("name")
	case s.Contract != Masked && s.Contract != NumberOnly && s.Contract != Full:
		return bad("contract")
	case s.CutoffMinute < -1 || s.CutoffMinute >= 24*60:
		return bad("cutoff_minute")
	case s.LeadDays < 0 || s.LeadDays > maxLead:
		return bad("lead_days")
	case utf8.RuneCountInString(s.Note) > maxText:
		return bad("note")
	case utf8.RuneCountInString(s.Contact.Person+s.Contact.Phone+s.Contact.Address) > maxText:
		return bad("contact")
	}
	return nil
}

func contactPlace(supplier id.ID) string { return "purchase_supplier/contact/" + supplier.String() }

func (c Contact) text() ([]byte, error) {
	if c == (Contact{}) {
		return nil, nil
	}
	return json.Marshal(c)
}
