package verify

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

// OpenInput is what a bench scanned to begin.
type OpenInput struct {
	Bench string `json:"bench"`
	// Code is a waybill number, the code of a basket, a fulfillment order's or an order's
	// number.
	Code string `json:"code"`
}

// target is what a code stands for.
type target struct{ order, waybill id.ID }

// Open takes a fulfillment order to a bench (开始复核): nobody else opens it until it has
// shipped, is put aside or left, or its bench was silent for LockFor. The same bench
// opens it again where it stopped. One that may not leave is not opened; the answer is
// Stopped. Permission packing.verify.
//
// Errors: ErrBench, ErrCode, ErrUnknown, ErrSeveral, ErrVoid, ErrTaken, ErrBusy.
func (s *Service) Open(ctx context.Context, in OpenInput) (Answer, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Answer{}, err
	}
	bench, err := cleanBench(in.Bench)
	if err != nil {
		return Answer{}, err
	}
	code, err := cleanCode(in.Code)
	if err != nil {
		return Answer{}, err
	}
	found, err := s.find(ctx, s.k.DB, code)
	if err != nil {
		return Answer{}, err
	}
	about := &command.About{Action: "packing.verify_open", Object: "fulfillment_order/" + found.order.String(), Detail: map[string]any{"bench": bench}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Answer, error) {
		return s.openTx(ctx, tx, bench, code, found)
	})
}

// find tells which fulfillment order a code stands for. Whether it may be opened is
// looked at later.
func (s *Service) find(ctx context.Context, q db.Querier, code string) (target, error) {
	switch w, err := s.waybills.Scanned(ctx, q, code); {
	case err == nil && (!w.Live || w.State != waybill.Issued):
		return target{}, ErrVoid.With("no", w.No)
	case err == nil:
		return target{w.FulfillmentID, w.ID}, nil
	case !errors.Is(err, waybill.ErrNotFound):
		return target{}, err
	}
	if n, err := id.Parse(code); err == nil && n != 0 {
		all, err := s.fulfillment.LoadTx(ctx, q, []id.ID{n})
		if err != nil || len(all) == 1 {
			return target{order: n}, err
		}
	}
	if s.around.Basket != nil {
		if n, err := s.around.Basket(ctx, q, code); err != nil || n != 0 {
			return target{order: n}, err
		}
	}
	return s.findByOrder(ctx, q, code)
}

// findByOrder looks for an order of this number, and for a parcel that left under it.
func (s *Service) findByOrder(ctx context.Context, q db.Querier, code string) (target, error) {
	found, err := s.orders.FindByNoTx(ctx, q, nil, []string{code})
	if err != nil {
		return target{}, err
	}
	var open, ended []id.ID
	for _, o := range found[code] {
		all, _, err := s.fulfillment.List(ctx, fulfillment.OrderFilter{OrderID: o})
		if err != nil {
			return target{}, err
		}
		for _, f := range all {
			if f.State == fulfillment.StateOpen {
				open = append(open, f.ID)
			} else {
				ended = append(ended, f.ID)
			}
		}
	}
	open = slices.Compact(slices.Sorted(slices.Values(open)))
	switch {
	case len(open) == 1:
		return target{order: open[0]}, nil
	case len(open) > 1:
		return target{}, ErrSeveral.With("code", code, "n", len(open)).At("code")
	case len(ended) > 0:
		return target{order: ended[0]}, nil
	}
	parcels, _, err := s.fulfillment.Parcels(ctx, fulfillment.ParcelFilter{WaybillNo: code, Limit: 1})
	if err == nil && len(parcels) == 1 && parcels[0].FulfillmentOrderID != 0 {
		return target{order: parcels[0].FulfillmentOrderID}, nil
	}
	if err == nil {
		// A number that was scanned here, and not issued: its parcel may wait for its weight.
		var noted []Session
		if noted, err = readSessions(ctx, q, selectNoted, actor.Merchant(ctx), code); err == nil && len(noted) > 0 {
			return target{order: noted[0].FulfillmentOrderID}, nil
		}
	}
	if err == nil {
		err = ErrUnknown.With("code", code).At("code")
	}
	return target{}, err
}

func (s *Service) openTx(ctx context.Context, tx *db.Tx, bench, code string, at target) (Answer, error) {
	all, err := s.fulfillment.LoadTx(ctx, tx, []id.ID{at.order})
	if err == nil && len(all) == 0 {
		err = ErrUnknown.With("code", code).At("code")
	}
	if err != nil {
		return Answer{}, err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return Answer{}, err
	}
	f, now := &all[0], s.now()
	se := &Session{ID: s.k.IDs.New(), FulfillmentOrderID: f.ID, Version: f.Version, WarehouseID: f.WarehouseID, Kind: f.Kind, Bench: bench, ByID: a.ID, ByName: a.Name,
		State: Open, Carrier: f.CarrierWish, OpenedAt: now, TouchedAt: now}
	if err := s.labelled(ctx, tx, se, at.waybill); err != nil {
		return Answer{}, err
	}
	t := &turn{s: s, tx: tx, se: se, code: code, now: now, verdict: Opened}
	refused, err := s.guard(ctx, tx, se)
	if err != nil {
		return Answer{}, err
	}
	if refused != nil {
		t.unopened = true
		return t.stop(ctx, refused)
	}
	had, err := s.clearTx(ctx, tx, se)
	if err != nil {
		return Answer{}, err
	}
	if had != nil {
		t.se, t.verdict = had, Resumed
		if _, err := tx.Exec(ctx, touchSession, now, a.MerchantID, had.ID, bench); err != nil {
			return Answer{}, err
		}
	} else if err := s.insertTx(ctx, tx, se, f); err != nil {
		return Answer{}, err
	}
	if err := s.readItems(ctx, tx, t.se); err != nil {
		return Answer{}, err
	}
	if err := s.nameCodes(ctx, tx, t.se); err != nil {
		return Answer{}, err
	}
	if t.se.Orders, err = s.told(ctx, tx, t.se); err != nil {
		return Answer{}, err
	}
	return t.answer(ctx)
}

// labelled takes over the number and the version of the label that goes with it: the
// one that was scanned, else that of its first piece.
func (s *Service) labelled(ctx context.Context, q db.Querier, se *Session, scanned id.ID) error {
	live, err := s.waybills.Of(ctx, q, []id.ID{se.FulfillmentOrderID})
	if err != nil {
		return err
	}
	for _, w := range live[se.FulfillmentOrderID] {
		if w.State != waybill.Issued {
			continue
		}
		if se.WaybillID == 0 { // every piece leaves under the number of the first
			se.WaybillID, se.Carrier, se.WaybillNo, se.Version = w.ID, w.Carrier, w.No, w.Version
		}
		if w.ID == scanned {
			se.Version = w.Version
		}
	}
	return nil
}

// clearTx looks at who has the fulfillment order and the bench. It returns the session
// that this bench goes on with, or nil once nothing is in the way. A parcel that is complete
// and only waits for its weight holds no bench: whoever scans it next weighs it.
func (s *Service) clearTx(ctx context.Context, tx *db.Tx, want *Session) (*Session, error) {
	m := actor.Merchant(ctx)
	open, err := readSessions(ctx, tx, selectOpen, m, want.FulfillmentOrderID, want.Bench)
	if err != nil {
		return nil, err
	}
	var mine, weigh *Session
	for i := range open {
		one := &open[i]
		same, silent := one.FulfillmentOrderID == want.FulfillmentOrderID, want.OpenedAt-one.TouchedAt >= LockFor
		end := Expired
		switch {
		case same && one.Bench == want.Bench && one.Version == want.Version && one.WaybillID == want.WaybillID:
			mine = one
			continue
		case same && one.Bench == want.Bench:
			end = Replaced
		case one.Next() == NextWeight:
			if same {
				weigh = one
			} else if err := changed(tx.ExecN(ctx, parkSession, m, one.ID, one.TouchedAt)); err != nil {
				return nil, err
			}
			continue
		case same && !silent:
			return nil, ErrTaken.With("bench", one.Bench, "name", one.ByName)
		case !same && !silent:
			return nil, ErrBusy.With("no", one.number())
		}
		if err := s.endTx(ctx, tx, one, end, ""); err != nil {
			return nil, err
		}
	}
	if mine != nil {
		return mine, nil
	}
	return s.weighTx(ctx, tx, want, weigh)
}

// weighTx gives a complete parcel that waits for its weight to the bench that scanned it:
// the one that is open elsewhere, or was left to be weighed. nil: there is none.
func (s *Service) weighTx(ctx context.Context, tx *db.Tx, want, had *Session) (*Session, error) {
	m := actor.Merchant(ctx)
	if had == nil {
		left, err := readSessions(ctx, tx, selectVerified, m, want.FulfillmentOrderID)
		if err != nil || len(left) == 0 {
			return nil, err
		}
		had = &left[0]
	}
	if had.Version != want.Version || had.WaybillID != want.WaybillID {
		return nil, s.endTx(ctx, tx, had, Replaced, "")
	}
	err := changed(tx.ExecN(ctx, moveSession, want.Bench, want.ByID, want.ByName, want.OpenedAt, m, had.ID, string(had.State), had.TouchedAt))
	had.State, had.Bench, had.ByID, had.ByName, had.TouchedAt = Open, want.Bench, want.ByID, want.ByName, want.OpenedAt
	return had, err
}

// changed: somebody was faster where no row was.
//
// Errors: ErrLost.
func changed(n int64, err error) error {
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}

// number is what people know a session by.
func (s *Session) number() string {
	if s.WaybillNo != "" {
		return s.WaybillNo
	}
	return s.FulfillmentOrderID.String()
}

// endTx ends a session that did not ship. Its pieces' numbers are free again.
//
// Errors: ErrLost where somebody went on with it meanwhile.
func (s *Service) endTx(ctx context.Context, tx *db.Tx, se *Session, state State, reason string) error {
	m := actor.Merchant(ctx)
	if err := changed(tx.ExecN(ctx, endSession, string(state), reason, s.now(), m, se.ID, se.TouchedAt)); err != nil {
		return err
	}
	se.State, se.Reason, se.EndedAt = state, reason, s.now()
	_, err := tx.Exec(ctx, dropSerials, m, se.ID)
	return err
}

func (s *Service) insertTx(ctx context.Context, tx *db.Tx, se *Session, f *fulfillment.FulfillmentOrder) error {
	p, err := s.policy(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.fill(ctx, tx, se, f, p.BoxGram); err != nil {
		return err
	}
	se.MustWeigh = p.MustWeigh
	m, weigh := actor.Merchant(ctx), int64(0)
	if se.MustWeigh {
		weigh = 1
	}
	n, err := tx.Insert(ctx, "packing_verify_session", sessionColumns, [][]any{{m, se.ID, se.FulfillmentOrderID, se.Version, se.WarehouseID, se.Kind, se.Bench,
		se.ByID, se.ByName, string(se.State), se.WaybillID, se.Carrier, se.WaybillNo, se.Need, weigh, se.ExpectedGram, se.OpenedAt, se.TouchedAt}}, unlessTaken)
	if err != nil {
		return err
	}
	if n == 0 { // another bench was faster
		open, err := readSessions(ctx, tx, selectOpen, m, se.FulfillmentOrderID, se.Bench)
		switch {
		case err != nil:
			return err
		case len(open) > 0 && open[0].FulfillmentOrderID != se.FulfillmentOrderID:
			return ErrBusy.With("no", open[0].number())
		case len(open) > 0:
			return ErrTaken.With("bench", open[0].Bench, "name", open[0].ByName)
		}
		return order.ErrChanged
	}
	rows := make([][]any, len(se.Items))
	for i, it := range se.Items {
		rows[i] = []any{m, se.ID, it.LineID, it.SKUID, it.OrderID, it.BundleID, it.Per, it.Code, it.Name, it.ImageURL, it.Serial, it.Need}
	}
	_, err = tx.Insert(ctx, "packing_verify_item", itemColumns, rows, "")
	return err
}

// fill works out what has to be in the parcel and what it weighs.
func (s *Service) fill(ctx context.Context, q db.Querier, se *Session, f *fulfillment.FulfillmentOrder, boxGram int64) error {
	found, err := s.orders.LoadTx(ctx, q, f.OrderIDs())
	if err != nil {
		return err
	}
	lines := map[id.ID]*order.OrderLine{}
	var skus []id.ID
	for i := range found {
		for j := range found[i].Lines {
			l := &found[i].Lines[j]
			lines[l.ID] = l
			if l.SKUID != 0 {
				skus = append(skus, l.SKUID)
			}
		}
	}
	parts, err := s.catalog.ComponentsTx(ctx, q, skus)
	if err != nil {
		return err
	}
	for _, fl := range f.Lines {
		l := lines[fl.LineID]
		if fl.Left() == 0 || l == nil {
			continue
		}
		if len(parts[l.SKUID]) == 0 {
			se.Items = append(se.Items, Item{OrderID: fl.OrderID, LineID: l.ID, Per: 1, Code: l.SKUCode, Name: l.Title, ImageURL: l.ImageURL, Need: fl.Left()})
			continue
		}
		for _, c := range parts[l.SKUID] {
			it := Item{OrderID: fl.OrderID, LineID: l.ID, SKUID: c.SKUID, Per: c.Quantity, Code: c.Code, Name: c.Name, Need: c.Quantity * fl.Left()}
			if c.SKUID != l.SKUID {
				it.BundleID = l.SKUID
			}
			se.Items = append(se.Items, it)
		}
	}
	if err := s.weighItems(ctx, q, se, boxGram); err != nil {
		return err
	}
	for i := range found {
		for _, l := range found[i].Lines {
			if found[i].NeedsSerial(l) {
				se.askSerials(l.ID)
			}
		}
	}
	return nil
}

// askSerials: the channel wants the number of each piece of a line. Where the goods say
// which parts of a bundle bear one, those are asked for, else all.
func (s *Session) askSerials(line id.ID) {
	of := func(it Item) bool { return it.LineID == line }
	if slices.ContainsFunc(s.Items, func(it Item) bool { return of(it) && it.Serial != "" }) {
		return
	}
	for i := range s.Items {
		if of(s.Items[i]) {
			s.Items[i].Serial = SerialAny
		}
	}
}

// weighItems adds what the catalog knows of the pieces.
func (s *Service) weighItems(ctx context.Context, q db.Querier, se *Session, boxGram int64) error {
	var ids []id.ID
	for _, it := range se.Items {
		se.Need += it.Need
		if it.SKUID != 0 {
			ids = append(ids, it.SKUID)
		}
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	skus, err := s.catalog.SKUsTx(ctx, q, ids)
	if err != nil {
		return err
	}
	serials, err := s.serialKinds(ctx, q, ids)
	if err != nil {
		return err
	}
	gram, known := boxGram, true
	for i := range se.Items {
		it := &se.Items[i]
		var k catalog.SKU
		if it.SKUID != 0 {
			k = skus[it.SKUID]
			it.ImageURL, it.Serial = k.ImageURL, serials[it.SKUID]
		}
		if k.WeightGram == nil {
			known = false
			continue
		}
		gram += *k.WeightGram * it.Need
	}
	if known && len(se.Items) > 0 {
		se.ExpectedGram = gram
	}
	return nil
}

// nameCodes adds the codes that the pieces are known by, so that a bench tells at once what
// it scanned.
func (s *Service) nameCodes(ctx context.Context, q db.Querier, se *Session) error {
	var ids []id.ID
	for _, it := range se.Items {
		if it.SKUID != 0 {
			ids = append(ids, it.SKUID)
		}
	}
	codes, err := s.catalog.BarcodesTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	for i := range se.Items {
		se.Items[i].Codes = codes[se.Items[i].SKUID]
	}
	return err
}

// told is what the orders of a session say now.
func (s *Service) told(ctx context.Context, q db.Querier, se *Session) ([]Told, error) {
	found, err := s.orders.LoadTx(ctx, q, se.orderIDs())
	if err != nil {
		return nil, err
	}
	out := make([]Told, len(found))
	for i, o := range found {
		out[i] = Told{OrderID: o.ID, ShopID: o.ShopID, ChannelOrderNo: o.ChannelOrderNo, BuyerNote: o.BuyerNote, SellerNote: o.SellerNote, Receiver: o.ReceiverMasked}
	}
	return out, nil
}

func (s *Session) orderIDs() []id.ID {
	out := make([]id.ID, len(s.Items))
	for i, it := range s.Items {
		out[i] = it.OrderID
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}
