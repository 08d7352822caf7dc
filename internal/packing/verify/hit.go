package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

// How a hit ends.
const (
	hitFree   = "free"   // it may go on, or has left rightly
	hitPulled = "pulled" // a person took the parcel out
)

// Hit is a parcel on its way through the house that must not leave (拦截).
type Hit struct {
	FulfillmentOrderID id.ID
	WarehouseID        id.ID
	Refusal            *errs.Error
	RaisedAt           int64
	BlockedAt          int64 // the last scan that was stopped, 0 for none
	Bench              string
	Blocks             int64
	// AwaitsCourier: it has shipped, and lies where the courier takes it.
	AwaitsCourier bool
	// Number is its waybill number, "" without one; Place where to look for it; Orders are the
	// channels' numbers of its orders.
	Number string
	Orders []string
	Place  Place
}

type hit struct {
	order, warehouse id.ID
	why              *errs.Error
	blocked          bool   // a scan was stopped
	bench            string // where, "" for a handover
	at               int64
}

// isHit: somebody has to find the parcel. What shipped is judged apart, and a void label
// is only printed anew.
func isHit(why *errs.Error) bool {
	switch why.Code {
	case ErrVoid.Code, fulfillment.ErrNoOrder.Code:
		return false
	case fulfillment.ErrNotOpen.Code:
		return why.Params["state"] != string(fulfillment.StateShipped)
	}
	return true
}

// raiseTx puts fulfillment orders on the hit list, or tells it what is wrong with them now.
func (s *Service) raiseTx(ctx context.Context, tx *db.Tx, all ...hit) error {
	rows := make([][]any, len(all))
	for i, h := range all {
		params, err := json.Marshal(h.why.Params)
		if err != nil {
			return err
		}
		blocks, at := int64(0), int64(0)
		if h.blocked {
			blocks, at = 1, h.at
		}
		rows[i] = []any{actor.Merchant(ctx), h.order, h.warehouse, h.why.Code, string(params), h.at, at, h.bench, blocks}
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[1].(id.ID), b[1].(id.ID)) })
	_, err := tx.Insert(ctx, "packing_verify_hit", hitColumns, rows, raiseHit)
	return err
}

func (s *Service) endHitTx(ctx context.Context, tx *db.Tx, how string, fulfillmentOrders ...id.ID) error {
	if len(fulfillmentOrders) == 0 {
		return nil
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	// What is free is so whether or not somebody had taken it out: it can be a hit again.
	args := []any{s.now(), a.ID, how, a.MerchantID, how}
	for _, one := range db.Pad(fulfillmentOrders) {
		args = append(args, one)
	}
	_, err = tx.Exec(ctx, endHits(len(args)-5), args...)
	return err
}

// hits is the consumer that raises a hit when an order changes whose papers are made,
// and ends it when the order may leave after all. A scan does not wait for it.
func (s *Service) hits() event.Consumer {
	var names []string
	for _, p := range []event.Payload{order.RefundChanged{}, order.AddressChanged{}, order.LinesChanged{}, order.NoteChanged{}, order.FlagChanged{}, order.OrderClosed{},
		order.ApprovalRevoked{}, order.Approved{}, order.Held{}, order.Released{}, order.LocksChanged{}, fulfillment.OrderChanged{}} {
		names = append(names, p.EventName())
	}
	return event.Consumer{Name: "packing.verify_hits", Names: names, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		var orders, ids []id.ID
		for _, e := range events {
			if e.Name == (fulfillment.OrderChanged{}).EventName() {
				ids = append(ids, e.Of.ID)
			} else {
				orders = append(orders, e.Of.ID)
			}
		}
		if len(orders) > 0 {
			args := []any{actor.Merchant(ctx)}
			for _, o := range db.Pad(id.Once(orders)) {
				args = append(args, o)
			}
			if err := db.Read(ctx, tx, selectServing(len(args)-1), args, func(r *db.Row) { ids = append(ids, id.ID(r.Int())) }); err != nil {
				return err
			}
		}
		return s.judgeTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(ids))))
	}}
}

// judgeTx compares fulfillment orders that have papers with what their orders say.
func (s *Service) judgeTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	all, err := s.fulfillment.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	labels, err := s.waybills.Of(ctx, tx, ids)
	if err != nil {
		return err
	}
	var checks []fulfillment.Check
	var papers, shipped []fulfillment.FulfillmentOrder
	for _, f := range all {
		if f.State == fulfillment.StateShipped {
			if f.SupplierID == 0 {
				shipped = append(shipped, f)
			}
			continue
		}
		c, printed := fulfillment.Check{ID: f.ID}, f.Sealed == fulfillment.SealPrint || f.Sealed == fulfillment.SealWave
		for _, w := range labels[f.ID] {
			if w.State == waybill.Issued {
				c.Version, printed = w.Version, true
			}
		}
		if printed {
			checks, papers = append(checks, c), append(papers, f)
		}
	}
	raise, free, again, err := s.judgeShipped(ctx, tx, shipped)
	if err != nil {
		return err
	}
	verdicts, err := s.fulfillment.GuardEachTx(ctx, tx, checks)
	if err != nil {
		return err
	}
	for i, f := range papers {
		why, err := refusal(verdicts[i])
		switch {
		case err != nil:
			return err
		case why != nil && isHit(why):
			raise = append(raise, hit{order: f.ID, warehouse: f.WarehouseID, why: why, at: s.now()})
		default:
			free = append(free, f.ID)
		}
	}
	if err := s.raiseTx(ctx, tx, raise...); err != nil {
		return err
	}
	if err := s.endHitTx(ctx, tx, hitFree, free...); err != nil {
		return err
	}
	return s.sentTx(ctx, tx, again)
}

// Hits lists the parcels to be found and kept (拦截清单), the latest first, and the next
// cursor. Permission packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) Hits(ctx context.Context, cursor string, limit int) ([]Hit, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	var at int64
	var last id.ID
	if err := page.Decode(cursor, &at, &last); err != nil {
		return nil, "", err
	}
	args, houses, none := scope(ctx)
	if none {
		return nil, "", nil
	}
	if cursor != "" {
		args = slices.Insert(args, 1, any(at), any(at), any(last))
	}
	n := page.Limit(limit)
	var out []Hit
	for row := range db.Each(ctx, s.k.DB, openHits(cursor != "", houses), append(args, n+1)...) {
		var h Hit
		var code, params string
		if err := row.Scan(&h.FulfillmentOrderID, &h.WarehouseID, &code, &params, &h.RaisedAt, &h.BlockedAt, &h.Bench, &h.Blocks); err != nil {
			return nil, "", err
		}
		t, _ := errs.Lookup(code)
		h.Refusal = &errs.Error{Kind: t.Kind, Code: code}
		if err := json.Unmarshal([]byte(params), &h.Refusal.Params); err != nil {
			return nil, "", err
		}
		out = append(out, h)
	}
	out, next := page.Cut(out, n, func(h Hit) string { return page.Encode(h.RaisedAt, h.FulfillmentOrderID) })
	return out, next, s.locate(ctx, out)
}

// locate adds numbers and places.
func (s *Service) locate(ctx context.Context, all []Hit) error {
	ids := make([]id.ID, len(all))
	for i, h := range all {
		ids[i] = h.FulfillmentOrderID
	}
	labels, err := s.waybills.Of(ctx, s.k.DB, ids)
	if err != nil {
		return err
	}
	places := map[id.ID]Place{}
	if s.around.Places != nil && len(ids) > 0 {
		if places, err = s.around.Places(ctx, s.k.DB, ids); err != nil {
			return err
		}
	}
	nos, shipped, err := s.orderNos(ctx, ids)
	if err != nil {
		return err
	}
	for i := range all {
		h := &all[i]
		h.AwaitsCourier = shipped[h.FulfillmentOrderID]
		h.Place, h.Orders = places[h.FulfillmentOrderID], nos[h.FulfillmentOrderID]
		if w := labels[h.FulfillmentOrderID]; len(w) > 0 {
			h.Number = w[0].No
		}
	}
	return nil
}

// orderNos are the channels' numbers of the orders in fulfillment orders, and which of
// those have shipped.
func (s *Service) orderNos(ctx context.Context, ids []id.ID) (map[id.ID][]string, map[id.ID]bool, error) {
	all, err := s.fulfillment.LoadTx(ctx, s.k.DB, ids)
	if err != nil {
		return nil, nil, err
	}
	var orders []id.ID
	for i := range all {
		orders = append(orders, all[i].OrderIDs()...)
	}
	found, err := s.orders.LoadTx(ctx, s.k.DB, slices.Compact(slices.Sorted(slices.Values(orders))))
	if err != nil {
		return nil, nil, err
	}
	no := make(map[id.ID]string, len(found))
	for _, o := range found {
		no[o.ID] = o.ChannelOrderNo
	}
	out, shipped := make(map[id.ID][]string, len(all)), make(map[id.ID]bool, len(all))
	for i := range all {
		shipped[all[i].ID] = all[i].State == fulfillment.StateShipped
		for _, o := range all[i].OrderIDs() {
			if no[o] != "" {
				out[all[i].ID] = append(out[all[i].ID], no[o])
			}
		}
	}
	return out, shipped, nil
}

// scope is the merchant, followed by the warehouses the actor is narrowed to; none: it
// may see nothing.
func scope(ctx context.Context) (args []any, warehouses int, none bool) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, 0, true
	}
	args = []any{a.MerchantID}
	ids, narrowed := a.Scoped(inventory.Scope)
	for _, w := range ids {
		args = append(args, w)
	}
	return args, len(ids), narrowed && len(ids) == 0
}

// Pull ends a hit: a person has the parcel in his hands (已拦下). It still must not leave,
// and a scan of it raises the hit again. Permission packing.verify.
//
// Errors: ErrNoHit.
func (s *Service) Pull(ctx context.Context, fulfillmentOrderID id.ID) error {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return err
	}
	about := &command.About{Action: "packing.pull", Object: "fulfillment_order/" + fulfillmentOrderID.String()}
	_, err := command.Run(ctx, s.k.Commands, about, fulfillmentOrderID, func(ctx context.Context, tx *db.Tx) (int64, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return 0, err
		}
		seen, err := s.fulfillment.LoadTx(ctx, tx, []id.ID{fulfillmentOrderID})
		if err != nil {
			return 0, err
		}
		if len(seen) == 0 {
			return 0, ErrNoHit
		}
		n, err := tx.ExecN(ctx, endHits(1), s.now(), a.ID, hitPulled, a.MerchantID, hitPulled, fulfillmentOrderID)
		if err == nil && n == 0 {
			err = ErrNoHit
		}
		if err != nil || seen[0].State != fulfillment.StateShipped {
			return n, err
		}
		return n, s.keepTx(ctx, tx, &seen[0])
	})
	return err
}
