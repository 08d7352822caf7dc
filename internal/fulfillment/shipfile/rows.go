package shipfile

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// FileOptions is how a tracking file is to be read. Check and Run take the same,
// so that Run does what Check showed.
type FileOptions struct {
	Mapping Mapping `json:"mapping"`
	// DefaultCarrier is for rows that name none.
	DefaultCarrier string `json:"default_carrier,omitempty"`
	WarehouseID    id.ID  `json:"warehouse_id,omitempty"`
	StaleReason    string `json:"stale_reason,omitempty"`
	// ConfirmWaybills ships rows whose number does not look like the carrier's.
	ConfirmWaybills bool `json:"confirm_waybills,omitempty"`
}

// asked is the parcels that rows ask for, and which rows each came from.
type asked struct {
	ins  []fulfillment.ShipInput
	rows [][]int // indexes of rows, by input
	errs []error // by row: why it asks for nothing
	ids  []id.ID // by row: its order, where it is known
}

// ask turns rows into parcels. Rows of one order under one number are one parcel.
func (s *Service) ask(ctx context.Context, q db.Querier, o FileOptions, rows []fileRow) (*asked, error) {
	nos := make([]string, 0, len(rows))
	for _, r := range rows {
		if r.Err == nil {
			nos = append(nos, r.OrderNo)
		}
	}
	slices.Sort(nos)
	found, err := s.orders.FindByNoTx(ctx, q, nil, slices.Compact(nos))
	if err != nil {
		return nil, err
	}
	type key struct {
		order id.ID
		no    string
	}
	a := &asked{errs: make([]error, len(rows)), ids: make([]id.ID, len(rows))}
	at := map[key]int{}
	for i, r := range rows {
		ids := found[r.OrderNo]
		switch {
		case r.Err != nil:
			a.errs[i] = r.Err
			continue
		case len(ids) == 0:
			a.errs[i] = fulfillment.ErrUnknownOrder.With("order_no", clip(r.OrderNo)).At(string(ColumnOrderNo))
			continue
		case len(ids) > 1:
			a.errs[i] = fulfillment.ErrAmbiguousOrder.With("order_no", clip(r.OrderNo), "n", len(ids)).At(string(ColumnOrderNo))
			continue
		}
		a.ids[i] = ids[0]
		k := key{ids[0], logistics.Clean(r.WaybillNo)}
		n, seen := at[k]
		if !seen {
			n = len(a.ins)
			at[k] = n
			a.ins = append(a.ins, r.input(ids[0], o))
			a.rows = append(a.rows, nil)
		} else {
			merge(&a.ins[n], r)
		}
		a.rows[n] = append(a.rows[n], i)
	}
	return a, nil
}

func (r fileRow) input(order id.ID, o FileOptions) fulfillment.ShipInput {
	in := fulfillment.ShipInput{OrderID: order, WarehouseID: o.WarehouseID, Carrier: r.Carrier, WaybillNo: r.WaybillNo,
		StaleReason: o.StaleReason, ConfirmWaybill: o.ConfirmWaybills}
	if in.Carrier == "" {
		in.Carrier = o.DefaultCarrier
	}
	if r.SKUCode != "" {
		in.SKUs = []fulfillment.SKUQty{{Code: r.SKUCode, Quantity: r.Quantity}}
	}
	return in
}

// merge adds a row to the parcel of an earlier one. A row without goods means all
// that is left.
func merge(in *fulfillment.ShipInput, r fileRow) {
	switch i := slices.IndexFunc(in.SKUs, func(q fulfillment.SKUQty) bool { return q.Code == r.SKUCode }); {
	case len(in.SKUs) == 0:
	case r.SKUCode == "":
		in.SKUs = nil
	case i < 0:
		in.SKUs = append(in.SKUs, fulfillment.SKUQty{Code: r.SKUCode, Quantity: r.Quantity})
	case r.Quantity == 0 || in.SKUs[i].Quantity == 0:
		in.SKUs[i].Quantity = 0
	default:
		in.SKUs[i].Quantity += r.Quantity
	}
}
