package aftersale

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/progress"
)

// Parcel is a parcel that came back (退货包裹). Instants are unix milliseconds.
type Parcel struct {
	ID            id.ID
	WaybillNo     string // "" where nobody could read it
	Carrier       string // as it was said, a code where we know one
	WarehouseID   id.ID
	CaseID        id.ID // 0: ownerless
	State         ParcelState
	Note          string
	ReceivedAt    int64
	ReceivedBy    id.ID
	ReceivedName  string
	InspectedAt   int64
	InspectedBy   id.ID
	InspectedName string
	Lines         []Back
}

// Back is what was in a parcel of one order line, in pieces of the line's SKU.
type Back struct {
	LineID    id.ID `json:"line_id"`
	SKUID     id.ID `json:"sku_id"` // 0: nobody mapped it, so no stock moved
	Good      int64 `json:"good"`
	Defective int64 `json:"defective"`
	Missing   int64 `json:"missing"`
}

func (p *Parcel) into() []any {
	return []any{&p.ID, &p.WaybillNo, &p.Carrier, &p.WarehouseID, &p.CaseID, &p.State, &p.Note, &p.ReceivedAt, &p.ReceivedBy, &p.ReceivedName,
		&p.InspectedAt, &p.InspectedBy, &p.InspectedName}
}

func (p *Parcel) row(m id.ID) []any {
	return []any{m, p.ID, p.WaybillNo, p.Carrier, p.WarehouseID, p.CaseID, string(p.State), p.Note, p.ReceivedAt, p.ReceivedBy, p.ReceivedName,
		p.InspectedAt, p.InspectedBy, p.InspectedName}
}

// Looked is what a scanned code leads to.
type Looked struct {
	Code    string
	Parcels []Parcel // that came back under this number already
	Cases   []Seen   // whose goods may be in the parcel, those that await goods first
	Rest    []Line   // of the first case's order, beside the lines the case is about
	OrderNo string   // an order that left under this number, where no case is known
}

// Look finds the cases behind a code: a return waybill, a case or order number, or the
// number under which the goods had left (拒收退回). Permission aftersale.receive.
//
// Errors: ErrWaybill.
func (s *Service) Look(ctx context.Context, code string) (Looked, error) {
	out := Looked{Code: strings.TrimSpace(code)}
	if err := actor.Require(ctx, PermitReceive); err != nil {
		return out, err
	}
	no := logistics.Clean(out.Code)
	if len(no) < 4 || len(no) > 40 {
		return out, ErrWaybill.At("code")
	}
	var err error
	m := actor.Merchant(ctx)
	if out.Parcels, err = s.readParcels(ctx, s.k.DB, parcelsByNo, m, no); err != nil {
		return out, err
	}
	cases, err := s.casesBehind(ctx, &out, no)
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(cases, func(a, b Case) int { return rankOf(a.Goods) - rankOf(b.Goods) })
	if out.Cases, err = s.look(ctx, s.k.DB, cases, 0); err != nil || len(out.Cases) == 0 {
		return out, err
	}
	if c := out.Cases[0]; c.Order != nil {
		out.Rest = restOf(c.Lines, *c.Order)
	}
	return out, nil
}

// rankOf puts those that wait for goods first.
func rankOf(g Goods) int {
	return slices.Index([]Goods{GoodsArrived, GoodsAwaited, NoGoods, GoodsGivenUp, GoodsReceived}, g)
}

func (s *Service) casesBehind(ctx context.Context, out *Looked, no string) ([]Case, error) {
	f := Filter{No: out.Code, Limit: 20}
	shops, none, err := f.scope(ctx)
	if err != nil || none {
		return nil, err
	}
	read := func(f Filter) ([]Case, error) {
		cond, args := f.where(shops)
		return readCases(ctx, s.k.DB, listCases(cond, ByDue, false), append(append([]any{actor.Merchant(ctx)}, args...), 20)...)
	}
	cases, err := read(f)
	if err != nil || len(cases) > 0 {
		return cases, err
	}
	left, _, err := s.parcels.Parcels(ctx, fulfillment.ParcelFilter{WaybillNo: no, ShopIDs: shops})
	if err != nil || len(left) == 0 {
		return nil, err
	}
	out.OrderNo = left[0].ChannelOrderNo
	return read(Filter{No: left[0].ChannelOrderNo})
}

// restOf are the shipped lines of an order that a case does not name: a gift may come
// back with what it was given for.
func restOf(named []Line, o order.Order) []Line {
	all := linesOf(Case{}, o)
	return slices.DeleteFunc(all, func(l Line) bool {
		return l.Shipped == 0 || slices.ContainsFunc(named, func(n Line) bool { return n.ID == l.ID })
	})
}

// ReceiveInput is a returned parcel with what was in it.
type ReceiveInput struct {
	CaseID      id.ID
	WaybillNo   string // "" where nobody can read it
	Carrier     string
	WarehouseID id.ID
	Note        string
	Lines       []Back // SKUID is not read
}

// Receive books what came back for a case (退货入库验收): good pieces can be sold again,
// defective ones are stock apart, missing ones are written down. The same parcel is
// booked once, however many scanners stand around it. Permission aftersale.receive.
//
// Errors: ErrNotFound, ErrNoOrder, ErrReceived, ErrLine, ErrTooMuch, ErrNothing,
// ErrWaybill, ErrNote, inventory.ErrNoWarehouse.
func (s *Service) Receive(ctx context.Context, in ReceiveInput) (Parcel, error) {
	if err := actor.Require(ctx, PermitReceive); err != nil {
		return Parcel{}, err
	}
	if err := in.check(); err != nil {
		return Parcel{}, err
	}
	about := &command.About{Action: "aftersale.receive", Object: "aftersale/" + in.CaseID.String(), Detail: map[string]any{"lines": len(in.Lines)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Parcel, error) { return s.receiveTx(ctx, tx, in) })
}

func checkParcel(no, note *string) error {
	*no, *note = logistics.Clean(*no), strings.TrimSpace(*note)
	switch n := len(*no); {
	case n > 0 && n < 4, n > 40:
		return ErrWaybill.At("waybill_no")
	case utf8.RuneCountInString(*note) > 200:
		return ErrNote.At("note")
	}
	return nil
}

func (in *ReceiveInput) check() error {
	if err := checkParcel(&in.WaybillNo, &in.Note); err != nil {
		return err
	}
	var pieces int64
	for i, l := range in.Lines {
		if l.Good < 0 || l.Defective < 0 || l.Missing < 0 || max(l.Good, l.Defective, l.Missing) > inventory.MaxQuantity ||
			slices.ContainsFunc(in.Lines[:i], func(o Back) bool { return o.LineID == l.LineID }) {
			return ErrLine
		}
		pieces += l.Good + l.Defective + l.Missing
	}
	if pieces == 0 {
		return ErrNothing
	}
	return nil
}

func (s *Service) receiveTx(ctx context.Context, tx *db.Tx, in ReceiveInput) (Parcel, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Parcel{}, err
	}
	if err := s.warehouseTx(ctx, tx, a, in.WarehouseID); err != nil {
		return Parcel{}, err
	}
	c, err := s.lockTx(ctx, tx, in.CaseID, 0)
	if err != nil {
		return Parcel{}, err
	}
	if c.Order == nil {
		return Parcel{}, ErrNoOrder
	}
	p, held, err := s.openTx(ctx, tx, c, in)
	if err != nil {
		return Parcel{}, err
	}
	if p.Lines, err = counted(c, in.Lines); err != nil {
		return Parcel{}, err
	}
	now := s.now()
	p.State, p.Note, p.WarehouseID, p.InspectedAt, p.InspectedBy, p.InspectedName = Inspected, in.Note, in.WarehouseID, now, a.ID, a.Name
	if held {
		_, err = tx.Exec(ctx, inspectParcel, p.Note, p.WarehouseID, now, a.ID, a.Name, a.MerchantID, p.ID)
	} else {
		_, err = tx.Insert(ctx, "aftersale_parcel", parcelColumns, [][]any{p.row(a.MerchantID)}, "")
	}
	if err != nil {
		return Parcel{}, err
	}
	if err := s.bookTx(ctx, tx, c, p); err != nil {
		return Parcel{}, err
	}
	if c.OrderID != 0 {
		if _, err := tx.Exec(ctx, linkCase, c.OrderID, c.CustomerID, a.MerchantID, c.ID); err != nil {
			return Parcel{}, err
		}
	}
	if _, err := tx.Exec(ctx, moveGoods, string(GoodsReceived), a.MerchantID, c.ID); err != nil {
		return Parcel{}, err
	}
	return p, s.endOwnTx(ctx, tx, c, Exchanged)
}

// openTx is the parcel to be inspected: the one that arrived under the number, else a new one.
func (s *Service) openTx(ctx context.Context, tx *db.Tx, c Seen, in ReceiveInput) (p Parcel, held bool, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return p, false, err
	}
	before, err := s.readParcels(ctx, tx, parcelsOfCase, a.MerchantID, c.ID)
	if err != nil {
		return p, false, err
	}
	for _, b := range before {
		switch {
		case b.State == Inspected && (b.WaybillNo == in.WaybillNo || in.WaybillNo == "" || b.WaybillNo == "" && same(b.Lines, in.Lines)):
			return p, false, ErrReceived.With("name", b.InspectedName, "at", b.InspectedAt)
		case b.State == Arrived && b.WaybillNo == in.WaybillNo:
			return b, true, nil
		}
	}
	carrier := in.Carrier
	if known, ok := logistics.Find(carrier); ok {
		carrier = known.Code
	}
	return Parcel{ID: s.k.IDs.New(), WaybillNo: in.WaybillNo, Carrier: carrier, CaseID: c.ID, ReceivedAt: s.now(), ReceivedBy: a.ID, ReceivedName: a.Name}, false, nil
}

// same reports whether two counts are of the same pieces: a parcel booked without its
// number and then scanned by it.
func same(a, b []Back) bool {
	return !slices.ContainsFunc(b, func(l Back) bool {
		at := slices.IndexFunc(a, func(o Back) bool { return o.LineID == l.LineID })
		return at < 0 || a[at].Good != l.Good || a[at].Defective != l.Defective || a[at].Missing != l.Missing
	}) && len(a) == len(b)
}

// counted checks what was counted against what has left.
func counted(c Seen, lines []Back) ([]Back, error) {
	all := append(slices.Clone(c.Lines), restOf(c.Lines, *c.Order)...)
	out := make([]Back, 0, len(lines))
	for _, b := range lines {
		at := slices.IndexFunc(all, func(l Line) bool { return l.ID == b.LineID })
		if at < 0 {
			return nil, ErrLine
		}
		if left := all[at].left(); b.Good+b.Defective > left {
			return nil, ErrTooMuch.With("left", left)
		}
		if b.Good+b.Defective+b.Missing > 0 {
			b.SKUID = all[at].SKUID
			out = append(out, b)
		}
	}
	return out, nil
}

// bookTx writes what was in the parcel, counts it on the order and puts it into stock.
func (s *Service) bookTx(ctx context.Context, tx *db.Tx, c Seen, p Parcel) error {
	m := actor.Merchant(ctx)
	var rows [][]any
	var skus []id.ID
	var back []progress.Returned
	sum := GoodsInspected{ParcelID: p.ID, CaseID: c.ID, OrderID: c.OrderID}
	for _, l := range p.Lines {
		rows = append(rows, []any{m, p.ID, l.LineID, l.SKUID, l.Good, l.Defective, l.Missing})
		skus = append(skus, l.SKUID)
		sum.Good, sum.Defective, sum.Missing = sum.Good+l.Good, sum.Defective+l.Defective, sum.Missing+l.Missing
		if l.Good+l.Defective > 0 {
			back = append(back, progress.Returned{LineID: l.LineID, Good: l.Good, Defective: l.Defective})
		}
	}
	if _, err := tx.Insert(ctx, "aftersale_parcel_line", lineColumns, rows, ""); err != nil {
		return err
	}
	if len(back) > 0 {
		if err := progress.ReturnedTx(ctx, tx, c.OrderID, back); err != nil {
			return err
		}
		parts, err := s.catalog.ComponentsTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(skus))))
		if err != nil {
			return err
		}
		var in []inventory.Receipt
		for _, l := range p.Lines {
			for _, part := range parts[l.SKUID] {
				for condition, n := range map[string]int64{inventory.Good: l.Good, inventory.Defective: l.Defective} {
					if n > 0 {
						in = append(in, inventory.Receipt{SKUID: part.SKUID, WarehouseID: p.WarehouseID, Condition: condition, Quantity: n * part.Quantity,
							Kind: inventory.KindReturn, OrderID: c.OrderID, LineID: l.LineID, Ref: "return/" + p.ID.String()})
					}
				}
			}
		}
		if err := s.stock.ReceiveTx(ctx, tx, in); err != nil {
			return err
		}
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version}, sum)
}

func (s *Service) warehouseTx(ctx context.Context, q db.Querier, a actor.Actor, warehouse id.ID) error {
	if !a.InScope(inventory.Scope, warehouse) {
		return inventory.ErrNoWarehouse.At("warehouse_id")
	}
	_, err := s.stock.WarehouseTx(ctx, q, warehouse)
	return err
}

// ArriveInput is a returned parcel that nobody has opened.
type ArriveInput struct {
	WaybillNo   string
	Carrier     string
	WarehouseID id.ID
	Note        string
}

// Arrive records a returned parcel as it comes in (退货到件): for the case that names its
// number, else without an owner until one does. Permission aftersale.receive.
//
// Errors: ErrWaybill, ErrReceived, ErrNote, inventory.ErrNoWarehouse.
func (s *Service) Arrive(ctx context.Context, in ArriveInput) (Parcel, error) {
	if err := actor.Require(ctx, PermitReceive); err != nil {
		return Parcel{}, err
	}
	if err := checkParcel(&in.WaybillNo, &in.Note); err != nil {
		return Parcel{}, err
	}
	if in.WaybillNo == "" {
		return Parcel{}, ErrWaybill.At("waybill_no")
	}
	about := &command.About{Action: "aftersale.arrive"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Parcel, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Parcel{}, err
		}
		if err := s.warehouseTx(ctx, tx, a, in.WarehouseID); err != nil {
			return Parcel{}, err
		}
		carrier := in.Carrier
		if known, ok := logistics.Find(carrier); ok {
			carrier = known.Code
		}
		p := Parcel{ID: s.k.IDs.New(), WaybillNo: in.WaybillNo, Carrier: carrier, WarehouseID: in.WarehouseID, State: Unclaimed, Note: in.Note,
			ReceivedAt: s.now(), ReceivedBy: a.ID, ReceivedName: a.Name}
		about.Object = "return/" + p.ID.String()
		before, err := s.readParcels(ctx, tx, parcelsByNo, a.MerchantID, p.WaybillNo)
		if err != nil {
			return Parcel{}, err
		}
		if len(before) > 0 {
			return Parcel{}, ErrReceived.With("name", before[0].ReceivedName, "at", before[0].ReceivedAt)
		}
		n, err := tx.Insert(ctx, "aftersale_parcel", parcelColumns, [][]any{p.row(a.MerchantID)}, onSameNumber)
		if err == nil && n == 0 {
			err = ErrReceived.With("name", "")
		}
		if err != nil {
			return Parcel{}, err
		}
		cases, err := readCases(ctx, tx, casesByWaybill, a.MerchantID, p.WaybillNo)
		if err != nil {
			return Parcel{}, err
		}
		at := slices.IndexFunc(cases, func(c Case) bool { return c.Goods == GoodsAwaited || c.Goods == NoGoods && c.State.Open() })
		if at < 0 {
			return p, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "return", ID: p.ID, Version: 1}, ParcelArrived{ParcelID: p.ID})
		}
		return s.giveTx(ctx, tx, p, cases[at].ID)
	})
}

// giveTx gives an ownerless parcel to a case.
func (s *Service) giveTx(ctx context.Context, tx *db.Tx, p Parcel, caseID id.ID) (Parcel, error) {
	c, err := s.lockTx(ctx, tx, caseID, 0)
	if err != nil {
		return p, err
	}
	if c.Goods == GoodsReceived {
		return p, ErrGoods
	}
	m := actor.Merchant(ctx)
	n, err := tx.ExecN(ctx, claimParcel, c.ID, m, p.ID)
	if err == nil && n == 0 {
		err = ErrParcel
	}
	if err != nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, moveGoods, string(GoodsArrived), m, c.ID); err != nil {
		return p, err
	}
	p.CaseID, p.State = c.ID, Arrived
	return p, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version}, ParcelArrived{ParcelID: p.ID, CaseID: c.ID})
}

// Match gives an ownerless parcel to the case a person found for it (认领). Permission
// aftersale.receive.
//
// Errors: ErrParcel, ErrNotFound, ErrGoods.
func (s *Service) Match(ctx context.Context, parcelID, caseID id.ID) (Parcel, error) {
	if err := actor.Require(ctx, PermitReceive); err != nil {
		return Parcel{}, err
	}
	about := &command.About{Action: "aftersale.match", Object: "return/" + parcelID.String(), Detail: map[string]any{"case_id": caseID}}
	return command.Run(ctx, s.k.Commands, about, []id.ID{parcelID, caseID}, func(ctx context.Context, tx *db.Tx) (Parcel, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Parcel{}, err
		}
		var p Parcel
		err = tx.QueryRow(ctx, selectParcel, a.MerchantID, parcelID).Scan(p.into()...)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(inventory.Scope, p.WarehouseID) {
			err = ErrParcel
		}
		if err != nil {
			return Parcel{}, err
		}
		return s.giveTx(ctx, tx, p, caseID)
	})
}

// GiveUpInput says why goods will not come back.
type GiveUpInput struct {
	CaseID id.ID
	Reason string
}

// GiveUp takes a case off the list of goods that are still out (不再追回). Permission
// refund.approve.
//
// Errors: ErrNotFound, ErrReason, ErrGoods.
func (s *Service) GiveUp(ctx context.Context, in GiveUpInput) (Seen, error) {
	if err := actor.Require(ctx, PermitDecide); err != nil {
		return Seen{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if n := utf8.RuneCountInString(in.Reason); n < 1 || n > 200 {
		return Seen{}, ErrReason.At("reason")
	}
	about := &command.About{Action: "aftersale.give_up", Object: "aftersale/" + in.CaseID.String()}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		c, err := s.lockTx(ctx, tx, in.CaseID, 0)
		if err != nil {
			return 0, err
		}
		if c.Goods != GoodsAwaited {
			return 0, ErrGoods
		}
		if _, err := tx.Exec(ctx, giveUpCase, in.Reason, actor.Merchant(ctx), c.ID); err != nil {
			return 0, err
		}
		if err := s.endOwnTx(ctx, tx, c, Closed); err != nil {
			return 0, err
		}
		return c.ID, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version}, GoodsForsaken{CaseID: c.ID})
	})
	if err != nil {
		return Seen{}, err
	}
	return s.shown(ctx, in.CaseID)
}
