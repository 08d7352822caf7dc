package dropship

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/purchase"
)

type fulfillmentOrder = fulfillment.FulfillmentOrder

const stateOpen = fulfillment.StateOpen

// Shipment is a waybill number that a supplier gives back.
type Shipment struct {
	ID        id.ID  `json:"id"` // of the fulfillment order
	Carrier   string `json:"carrier"`
	WaybillNo string `json:"waybill_no"`
	// Confirm ships with another carrier than the buyer was promised; where the merchant
	// says so, with a number too that does not look like the carrier's.
	Confirm bool `json:"confirm,omitempty"`
}

// Ship takes waybill numbers back and ships the orders by them, each by itself (回填单号).
// Each goes through the check that every parcel goes through, for the content that the
// supplier was sent. Permission fulfillment.dropship.
//
// Errors: ErrBadCount. Of rows: ErrNotSent, those of fulfillment.ShipOrder.
func (s *Service) Ship(ctx context.Context, in []Shipment) ([]Row, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return nil, err
	}
	return s.ship(ctx, in, 0)
}

// ShipFor is Ship by the supplier itself.
func (s *Service) ShipFor(ctx context.Context, v purchase.Visitor, in []Shipment) ([]Row, error) {
	return s.ship(ctx, in, v.SupplierID)
}

func (s *Service) ship(ctx context.Context, in []Shipment, supplier id.ID) ([]Row, error) {
	if len(in) == 0 || len(in) > maxOrders {
		return nil, ErrBadCount.With("max", maxOrders)
	}
	confirmed := 0
	for _, one := range in {
		if one.Confirm {
			confirmed++
		}
	}
	about := &command.About{Action: "dropship.ship", Detail: map[string]any{"orders": len(in), "confirmed": confirmed}}
	if supplier != 0 {
		about.Object = "supplier/" + supplier.String()
	}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) ([]Row, error) {
		ids := make([]id.ID, len(in))
		for i, one := range in {
			ids[i] = one.ID
		}
		had, err := readStates(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		out := make([]Row, len(in))
		for i, one := range in {
			out[i].ID = one.ID
			err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error { return s.shipTx(ctx, tx, one, had[one.ID], supplier) })
			if out[i].Err = errs.As(err); err != nil && out[i].Err == nil {
				return nil, err
			}
		}
		return out, nil
	})
}

func (s *Service) shipTx(ctx context.Context, tx *db.Tx, in Shipment, was stored, supplier id.ID) error {
	if supplier != 0 && was.supplier != supplier || was.state != Sent && was.state != Accepted {
		return ErrNotSent.With("state", string(was.state))
	}
	if c, ok := logistics.Find(in.Carrier); supplier != 0 && in.Confirm && ok && logistics.CheckWaybill(c.Code, logistics.Clean(in.WaybillNo)) == logistics.Wrong {
		// The carrier is the supplier's to choose, a doubtful number the merchant's to confirm.
		return fulfillment.ErrBadWaybill.With("waybill_no", logistics.Clean(in.WaybillNo), "carrier", c.Name(actor.Lang(ctx))).At("waybill_no")
	}
	done, err := s.fulfillments.ShipOrderTx(ctx, tx, fulfillment.ShipOrderInput{ID: in.ID, Version: was.version, Carrier: in.Carrier, WaybillNo: in.WaybillNo, ConfirmWaybill: in.Confirm})
	if err != nil {
		return err
	}
	carrier, no := in.Carrier, logistics.Clean(in.WaybillNo)
	if len(done.Parcels) > 0 {
		carrier = done.Parcels[0].Carrier
	}
	n, err := tx.ExecN(ctx, shipOrder, carrier, no, clock.Millis(s.k.Clock), actor.Merchant(ctx), in.ID, string(was.state))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotSent.With("state", "changed")
	}
	e := told(in.ID, was.supplier, Shipped, "")
	return s.k.Events.AppendTx(ctx, tx, e.Of, e.Payload)
}

// maxFile bounds a file of numbers, in bytes; maxFileRows its rows.
const (
	MaxFile     = 700 << 10
	maxFileRows = 2000
)

// ReadShipments reads the file that Paper made, filled in by the supplier: rows without a
// number are passed over.
//
// Errors: ErrNoRows, ErrBadCount, and those of sheet.Open.
func ReadShipments(name string, r io.ReaderAt, size int64) ([]Shipment, error) {
	book, err := sheet.Open(name, r, size, sheet.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var out []Shipment
	for _, sh := range book.Sheets {
		if sh.Hidden {
			continue
		}
		at := map[string]int{}
		err := sh.Each(func(_ int, cells []string) error {
			if _, found := at["waybill"]; !found {
				at = columnsOf(cells)
				return nil
			}
			cell := func(name string) string {
				if i, ok := at[name]; ok && i < len(cells) {
					return sheet.Clean(sheet.Unguard(cells[i]))
				}
				return ""
			}
			no, _ := sheet.ID(cell("waybill"))
			one, why := sheet.ID(cell("id"))
			if no == "" {
				return nil
			}
			key, err := id.Parse(one)
			if why != "" || err != nil {
				return fulfillment.ErrNoOrder
			}
			if !slices.ContainsFunc(out, func(s Shipment) bool { return s.ID == key }) { // goods stand in rows of their own
				out = append(out, Shipment{ID: key, Carrier: cell("carrier"), WaybillNo: no})
			}
			if len(out) > maxFileRows {
				return ErrBadCount.With("max", maxFileRows)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, ErrNoRows
	}
	return out, nil
}

// columnsOf finds the columns by their names in either language; a row that is no header
// has none.
func columnsOf(cells []string) map[string]int {
	out := map[string]int{}
	for i, c := range cells {
		for name, words := range map[string][2]string{"id": {columnID.zh, columnID.en}, "carrier": {columnCarrier.zh, columnCarrier.en}, "waybill": {columnWaybill.zh, columnWaybill.en}} {
			if w := sheet.Clean(c); strings.EqualFold(w, words[0]) || strings.EqualFold(w, words[1]) {
				out[name] = i
			}
		}
	}
	if _, ok := out["id"]; !ok {
		return nil
	}
	return out
}
