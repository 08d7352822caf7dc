package verify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
)

// Handover (交接单) is what one courier takes at one time. Instants are unix milliseconds.
type Handover struct {
	ID          id.ID
	Carrier     string
	WarehouseID id.ID
	State       string // open | closed
	Parcels     int64
	ByID        id.ID
	ByName      string
	OpenedAt    int64
	ClosedAt    int64
}

const handoverOpen = "open"

// parcel is a number that left the books, with one of its orders.
type parcel struct {
	No          string
	OrderID     id.ID
	Carrier     string
	ParcelID    id.ID
	WarehouseID id.ID
	ShippedAt   int64
	HandoverID  id.ID
	HandedAt    int64
}

// Waiting is a parcel that has shipped and that no courier has (已发未交接).
type Waiting struct {
	WaybillNo      string
	OrderID        id.ID
	ChannelOrderNo string
	Carrier        string
	ParcelID       id.ID
	WarehouseID    id.ID
	ShippedAt      int64
}

// HandoverInput begins a handover.
type HandoverInput struct {
	Carrier     string `json:"carrier"` // code or any spelling of its name
	WarehouseID id.ID  `json:"warehouse_id"`
}

// BeginHandover begins the handover of a carrier's parcels (开始交接). Permission
// packing.handover.
//
// Errors: ErrCarrier, ErrWarehouse.
func (s *Service) BeginHandover(ctx context.Context, in HandoverInput) (Handover, error) {
	if err := actor.Require(ctx, packing.PermitHandover); err != nil {
		return Handover{}, err
	}
	c, ok := logistics.Find(in.Carrier)
	if !ok {
		return Handover{}, ErrCarrier.With("carrier", in.Carrier).At("carrier")
	}
	houses, err := s.stock.Warehouses(ctx)
	if err != nil {
		return Handover{}, err
	}
	if !slices.ContainsFunc(houses, func(w inventory.Warehouse) bool { return w.ID == in.WarehouseID }) {
		return Handover{}, ErrWarehouse.At("warehouse_id")
	}
	about := &command.About{Action: "packing.handover_begin", Detail: map[string]any{"carrier": c.Code}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Handover, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Handover{}, err
		}
		h := Handover{ID: s.k.IDs.New(), Carrier: c.Code, WarehouseID: in.WarehouseID, State: handoverOpen, ByID: a.ID, ByName: a.Name, OpenedAt: s.now()}
		about.Object = "handover/" + h.ID.String()
		_, err = tx.Exec(ctx, insertHandover, a.MerchantID, h.ID, h.Carrier, h.WarehouseID, h.ByID, h.ByName, h.OpenedAt)
		return h, err
	})
}

// HandScanInput is one parcel in the courier's hands.
type HandScanInput struct {
	HandoverID id.ID  `json:"handover_id"`
	Code       string `json:"code"`
}

// HandAnswer is what became of it.
type HandAnswer struct {
	Verdict  Verdict
	Number   string
	Handover Handover
	// Refusal says why the parcel must stay, for Stopped.
	Refusal *errs.Error
}

// HandScan hands a parcel over (交接扫描): it must have shipped, go with this carrier, and
// nothing in it may be refunded since, or about to be: such a one is stopped and on the
// hit list. Permission packing.handover.
//
// Errors: ErrCode, ErrHandover, ErrClosed.
func (s *Service) HandScan(ctx context.Context, in HandScanInput) (HandAnswer, error) {
	if err := actor.Require(ctx, packing.PermitHandover); err != nil {
		return HandAnswer{}, err
	}
	code, err := cleanCode(in.Code)
	if err != nil {
		return HandAnswer{}, err
	}
	no := logistics.Clean(code)
	// What shipped a moment ago may not have reached our list.
	late, _, err := s.fulfillment.Parcels(ctx, fulfillment.ParcelFilter{WaybillNo: no})
	if err != nil {
		return HandAnswer{}, err
	}
	about := &command.About{Action: "packing.handover_scan", Object: "handover/" + in.HandoverID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (HandAnswer, error) {
		out, err := s.handScanTx(ctx, tx, in.HandoverID, no, late)
		about.Detail = map[string]any{"verdict": out.Verdict}
		return out, err
	})
}

func (s *Service) handScanTx(ctx context.Context, tx *db.Tx, handover id.ID, no string, late []fulfillment.Parcel) (HandAnswer, error) {
	h, err := s.takeHandover(ctx, tx, handover)
	if err != nil {
		return HandAnswer{}, err
	}
	if err := s.sentTx(ctx, tx, outgoingOf(late)); err != nil {
		return HandAnswer{}, err
	}
	out := HandAnswer{Number: no, Handover: h}
	found, err := readParcels(ctx, tx, selectOutgoing, actor.Merchant(ctx), no)
	if err == nil && len(found) == 0 {
		found, out.Verdict, err = s.furtherPiece(ctx, tx, no)
	}
	if err != nil || len(found) == 0 {
		return out, err
	}
	a, err := actor.From(ctx)
	switch {
	case err != nil:
	case !a.InScope(inventory.Scope, found[0].WarehouseID):
		out.Verdict = Strange // in a warehouse that is not the actor's to see
	case found[0].Carrier != h.Carrier:
		out.Verdict = OtherCarrier
	case found[0].HandoverID != 0:
		out.Verdict = Already
	default:
		err = s.handOne(ctx, tx, &out, found)
	}
	return out, err
}

// furtherPiece finds the shipment of a number that is not its first piece's. Without
// one it says what the number is.
func (s *Service) furtherPiece(ctx context.Context, tx *db.Tx, no string) ([]parcel, Verdict, error) {
	w, err := s.waybills.Scanned(ctx, tx, no)
	if errors.Is(err, waybill.ErrNotFound) {
		return nil, Strange, nil
	}
	if err != nil || w.Piece < 2 {
		return nil, NotShipped, err
	}
	live, err := s.waybills.Of(ctx, tx, []id.ID{w.FulfillmentID})
	if err != nil {
		return nil, "", err
	}
	for _, first := range live[w.FulfillmentID] {
		if first.Piece != 1 || !w.Live {
			continue
		}
		found, err := readParcels(ctx, tx, selectOutgoing, actor.Merchant(ctx), first.No)
		if err != nil || len(found) == 0 {
			return nil, NotShipped, err
		}
		for i := range found {
			found[i].No, found[i].HandoverID = no, 0
		}
		return found, "", s.sentTx(ctx, tx, found)
	}
	return nil, NotShipped, nil
}

// handOne hands a number over unless one of its orders must not leave any more: that
// parcel is on the hit list from then on.
func (s *Service) handOne(ctx context.Context, tx *db.Tx, out *HandAnswer, rows []parcel) error {
	orderIDs, parcelIDs := make([]id.ID, len(rows)), make([]id.ID, len(rows))
	for i, p := range rows {
		orderIDs[i], parcelIDs[i] = p.OrderID, p.ParcelID
	}
	orders, err := s.orders.LockTx(ctx, tx, orderIDs)
	if err != nil {
		return err
	}
	var of id.ID
	lines := map[id.ID][]order.LineQty{}
	err = s.fulfillment.EachParcelTx(ctx, tx, fulfillment.ParcelFilter{IDs: parcelIDs}, func(all []fulfillment.Parcel) error {
		for _, p := range all {
			of, lines[p.OrderID] = p.FulfillmentOrderID, p.Lines
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range orders {
		if why := mustStay(&orders[i], lines[orders[i].ID]); why != nil {
			out.Verdict, out.Refusal = Stopped, why
			if of == 0 {
				return nil
			}
			return s.raiseTx(ctx, tx, hit{order: of, warehouse: rows[0].WarehouseID, why: why, blocked: true, at: s.now()})
		}
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, handOver, out.Handover.ID, s.now(), a.ID, a.MerchantID, rows[0].No)
	if err != nil {
		return err
	}
	if n == 0 {
		out.Verdict = Already
		return nil
	}
	out.Verdict = Handed
	out.Handover.Parcels++
	if _, err := tx.ExecN(ctx, countHandover, a.MerchantID, out.Handover.ID); err != nil {
		return err
	}
	return s.endHitTx(ctx, tx, hitFree, of)
}

// takeHandover locks an open handover and reads it.
//
// Errors: ErrHandover, ErrClosed.
func (s *Service) takeHandover(ctx context.Context, tx *db.Tx, handover id.ID) (Handover, error) {
	n, err := tx.ExecN(ctx, takeHandover, actor.Merchant(ctx), handover)
	if err != nil {
		return Handover{}, err
	}
	h, err := s.handover(ctx, tx, handover)
	if err == nil && n == 0 {
		err = ErrClosed
	}
	return h, err
}

func (s *Service) handover(ctx context.Context, q db.Querier, handover id.ID) (Handover, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Handover{}, err
	}
	all, err := readHandovers(ctx, q, selectHandover, a.MerchantID, handover)
	if err == nil && (len(all) == 0 || !a.InScope(inventory.Scope, all[0].WarehouseID)) {
		err = ErrHandover
	}
	if err != nil {
		return Handover{}, err
	}
	return all[0], nil
}

// CloseHandover ends a handover: the courier signs for its parcels. Permission
// packing.handover.
//
// Errors: ErrHandover, ErrClosed.
func (s *Service) CloseHandover(ctx context.Context, handover id.ID) (Handover, error) {
	if err := actor.Require(ctx, packing.PermitHandover); err != nil {
		return Handover{}, err
	}
	about := &command.About{Action: "packing.handover_close", Object: "handover/" + handover.String()}
	return command.Run(ctx, s.k.Commands, about, handover, func(ctx context.Context, tx *db.Tx) (Handover, error) {
		h, err := s.takeHandover(ctx, tx, handover)
		if err != nil {
			return h, err
		}
		h.State, h.ClosedAt = "closed", s.now()
		if _, err := tx.Exec(ctx, closeHandover, h.ClosedAt, actor.Merchant(ctx), h.ID); err != nil {
			return h, err
		}
		return h, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "handover", ID: h.ID}, ParcelsHandedOver{HandoverID: h.ID, Carrier: h.Carrier, Parcels: h.Parcels})
	})
}

// Handovers lists handovers, the latest first, and the next cursor. Permission
// packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) Handovers(ctx context.Context, cursor string, limit int) ([]Handover, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	var last id.ID
	if err := page.Decode(cursor, &last); err != nil {
		return nil, "", err
	}
	args, houses, none := scope(ctx)
	if none {
		return nil, "", nil
	}
	if cursor != "" {
		args = slices.Insert(args, 1, any(last))
	}
	n := page.Limit(limit)
	all, err := readHandovers(ctx, s.k.DB, listHandovers(cursor != "", houses), append(args, n+1)...)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, n, func(h Handover) string { return page.Encode(h.ID) })
	return all, next, nil
}

// WaitingFilter narrows StillHere.
type WaitingFilter struct {
	Carrier string // code
	// Gone are those that have waited for longer than Policy.HereDays, instead of the others.
	Gone   bool
	Cursor string
	Limit  int // 1..200, 0 is 50
}

// StillHere lists what has shipped and was not handed over (已发未交接), the longest first,
// and the next cursor: of warehouses that scan what couriers take, for as long as
// Policy.HereDays. Permission packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) StillHere(ctx context.Context, f WaitingFilter) ([]Waiting, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	var at int64
	var no string
	var last id.ID
	if err := page.Decode(f.Cursor, &at, &no, &last); err != nil {
		return nil, "", err
	}
	args, houses, none := scope(ctx)
	if none {
		return nil, "", nil
	}
	of, more, err := s.notHanded(ctx, f.Gone)
	if err != nil {
		return nil, "", err
	}
	if f.Carrier != "" {
		more = append(more, f.Carrier)
	}
	if f.Cursor != "" {
		more = append(more, at, at, no, no, last)
	}
	args = slices.Insert(args, 1, more...)
	n := page.Limit(f.Limit)
	var all []Waiting
	for row := range db.Each(ctx, s.k.DB, stillHere(of, f.Carrier != "", f.Cursor != "", houses), append(args, n+1, actor.Merchant(ctx))...) {
		var w Waiting
		if err := row.Scan(&w.WaybillNo, &w.OrderID, &w.Carrier, &w.ParcelID, &w.WarehouseID, &w.ShippedAt, &w.ChannelOrderNo); err != nil {
			return nil, "", err
		}
		all = append(all, w)
	}
	all, next := page.Cut(all, n, func(w Waiting) string { return page.Encode(w.ShippedAt, w.WaybillNo, w.OrderID) })
	return all, next, nil
}

// PrintHandover writes the handover as a list for the courier to sign, PDF. Permission
// packing.read.
//
// Errors: ErrHandover, those of w.
func (s *Service) PrintHandover(ctx context.Context, handover id.ID, w io.Writer) error {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return err
	}
	h, err := s.handover(ctx, s.k.DB, handover)
	if err != nil {
		return err
	}
	rows, err := readParcels(ctx, s.k.DB, selectHanded, actor.Merchant(ctx), handover)
	if err != nil {
		return err
	}
	title, no, at, count, sign := "交接单", "快递单号", "时间", "件数：", "快递员签收：                    日期："
	if actor.Lang(ctx) == "en-US" {
		title, no, at, count, sign = "Courier handover", "Waybill no.", "Time", "Parcels: ", "Received by:                    Date:"
	}
	zone := time.FixedZone("CST", 8*3600)
	when := func(ms int64) string { return time.UnixMilli(ms).In(zone).Format("2006-01-02 15:04") }
	sheet := label.Sheet{Title: title + " · " + logistics.NameOf(h.Carrier, actor.Lang(ctx)), Meta: []string{h.ID.String() + "  " + when(h.OpenedAt) + "  " + h.ByName},
		Columns: []label.Column{{Title: "#", Width: 16}, {Title: no, Width: 110, Bold: true}, {Title: at, Width: 50}},
		Foot:    []string{count + strconv.FormatInt(h.Parcels, 10), sign}}
	last := ""
	for _, p := range rows {
		if p.No != last { // several orders share a box
			sheet.Rows = append(sheet.Rows, []string{strconv.Itoa(len(sheet.Rows) + 1), p.No, when(p.HandedAt)})
		}
		last = p.No
	}
	return label.RenderSheets(w, []label.Sheet{sheet})
}

// outgoing is the consumer that learns of parcels that shipped without a bench.
func (s *Service) outgoing() event.Consumer {
	return event.Consumer{Name: "packing.verify_outgoing", Names: []string{fulfillment.ParcelShipped{}.EventName(), fulfillment.WaybillChanged{}.EventName()},
		Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
			var sent []fulfillment.ParcelShipped
			at := map[id.ID]int64{} // by parcel
			for _, e := range events {
				if e.Name == (fulfillment.ParcelShipped{}).EventName() {
					var b fulfillment.ParcelShipped
					if err := json.Unmarshal(e.Body, &b); err != nil {
						return err
					}
					sent, at[b.ParcelID] = append(sent, b), e.At
					continue
				}
				var b fulfillment.WaybillChanged
				if err := json.Unmarshal(e.Body, &b); err != nil {
					return err
				}
				if err := s.leftTx(ctx, tx, sent, at); err != nil {
					return err
				}
				sent = nil
				if _, err := tx.Exec(ctx, renumber, b.Carrier, b.No, actor.Merchant(ctx), b.OldNo, b.OrderID); err != nil {
					return err
				}
			}
			return s.leftTx(ctx, tx, sent, at)
		}}
}

// leftTx notes what left the books at an instant. What a supplier ships was never here.
func (s *Service) leftTx(ctx context.Context, tx *db.Tx, sent []fulfillment.ParcelShipped, at map[id.ID]int64) error {
	var ids []id.ID
	for _, b := range sent {
		ids = append(ids, b.FulfillmentOrderID)
	}
	all, err := s.fulfillment.LoadTx(ctx, tx, id.Once(ids))
	if err != nil {
		return err
	}
	elsewhere := map[id.ID]bool{}
	for _, f := range all {
		elsewhere[f.ID] = f.SupplierID != 0
	}
	var rows []parcel
	for _, b := range sent {
		if b.WaybillNo != "" && !elsewhere[b.FulfillmentOrderID] {
			rows = append(rows, parcel{No: b.WaybillNo, OrderID: b.OrderID, Carrier: b.Carrier, ParcelID: b.ParcelID, WarehouseID: b.WarehouseID, ShippedAt: at[b.ParcelID]})
		}
	}
	return s.sentTx(ctx, tx, rows)
}

// sentTx notes parcels that wait for a courier; known ones stay as they are.
func (s *Service) sentTx(ctx context.Context, tx *db.Tx, all []parcel) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = []any{actor.Merchant(ctx), p.No, p.OrderID, p.Carrier, p.ParcelID, p.WarehouseID, p.ShippedAt}
	}
	slices.SortFunc(rows, func(a, b []any) int { return int(min(1, max(-1, a[2].(id.ID)-b[2].(id.ID)))) })
	_, err := tx.Insert(ctx, "packing_verify_outgoing", outgoingColumns, rows, keepOut)
	return err
}

func readParcels(ctx context.Context, q db.Querier, text string, args ...any) ([]parcel, error) {
	var out []parcel
	for row := range db.Each(ctx, q, text, args...) {
		var p parcel
		if err := row.Scan(&p.No, &p.OrderID, &p.Carrier, &p.ParcelID, &p.WarehouseID, &p.ShippedAt, &p.HandoverID, &p.HandedAt); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func readHandovers(ctx context.Context, q db.Querier, text string, args ...any) ([]Handover, error) {
	var out []Handover
	for row := range db.Each(ctx, q, text, args...) {
		var h Handover
		if err := row.Scan(&h.ID, &h.Carrier, &h.WarehouseID, &h.State, &h.Parcels, &h.ByID, &h.ByName, &h.OpenedAt, &h.ClosedAt); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}
