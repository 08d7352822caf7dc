package inventory

import (
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
)

// Conditions of goods. Only good stock is reserved and shipped.
const (
	Good      = "good"      // 良品
	Defective = "defective" // 残次品
)

// Kinds of movement (流水).
const (
	KindOpening = "opening" // first count of a SKU in a warehouse
	KindAdjust  = "adjust"
	KindReceive = "receive"
	KindReserve = "reserve"
	KindRelease = "release"
	KindDeduct  = "deduct"
	KindReturn  = "return"
)

// MaxQuantity bounds one quantity, so that no sum of them passes int64.
const MaxQuantity = 1_000_000_000

// Want asks to reserve Quantity of a SKU for an order line. WarehouseID 0 is the
// merchant's default warehouse. New says that the order is made in this very
// transaction and holds nothing yet, so that nobody looks.
type Want struct {
	OrderID     id.ID
	LineID      id.ID
	SKUID       id.ID
	WarehouseID id.ID
	Quantity    int64
	New         bool
}

// Short is a Want (or Take) that could not be served. Available is how much there
// was for it, backorder included.
type Short struct {
	Want
	Available int64
}

// LineQty is a quantity of one SKU of an order line. SKUID 0 means whatever is
// reserved for the line; Quantity 0 means all of it.
type LineQty struct {
	LineID   id.ID
	SKUID    id.ID
	Quantity int64
}

// Take removes goods that leave for an order line. Ref names the paper behind it
// ("parcel/123").
type Take struct {
	OrderID     id.ID
	LineID      id.ID
	SKUID       id.ID
	WarehouseID id.ID
	Quantity    int64
	Ref         string
}

// Receipt is goods that come in, or come back for an order line.
type Receipt struct {
	SKUID       id.ID
	WarehouseID id.ID
	Condition   string // good unless told
	Quantity    int64
	Kind        string // receive unless told; return
	OrderID     id.ID
	LineID      id.ID
	Ref         string
}

// Reservation is stock an order line holds.
type Reservation struct {
	OrderID     id.ID
	LineID      id.ID
	SKUID       id.ID
	WarehouseID id.ID
	Quantity    int64
}

// Service is the inventory capability.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	lanes   *lanes
	// Imports takes tables.
	Imports *rowimport.Importer
}

// New returns the capability and tells the job queue how to import files.
func New(k *kit.Kit, c *catalog.Service) *Service {
	s := &Service{k: k, catalog: c, lanes: newLanes()}
	s.Imports = s.newImporter()
	return s
}
