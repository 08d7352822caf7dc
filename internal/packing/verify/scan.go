package verify

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

// ScanInput is one scan at a bench.
type ScanInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	Code      string `json:"code"`
}

// Scan counts a piece, or takes what the bench waits for: a piece's serial number, a
// waybill number (扫码). With the last one the parcel ships, unless it is to be weighed.
// Permission packing.verify.
//
// Errors: ErrCode, ErrNoSession, ErrLost.
func (s *Service) Scan(ctx context.Context, in ScanInput) (Answer, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Answer{}, err
	}
	code, err := cleanCode(in.Code)
	if err != nil {
		return Answer{}, err
	}
	return s.step(ctx, "packing.scan", in, in.SessionID, in.Bench, code, func(ctx context.Context, t *turn) error {
		switch t.se.Next() {
		case NextSerial:
			return t.serial(ctx)
		case NextWaybill:
			return t.number(ctx)
		}
		return t.piece(ctx)
	})
}

// turn is one step of a session in one transaction. The session's row is locked by it.
type turn struct {
	s        *Service
	tx       *db.Tx
	se       *Session
	code     string
	now      int64
	verdict  Verdict
	item     *Item
	sku      id.ID
	pieces   int64
	refusal  *errs.Error
	unopened bool  // there is no session yet
	signer   id.ID // who answers for what did not verify
}

// step runs f on an open session of a bench, unless the parcel may not leave, and
// writes down what came of it.
func (s *Service) step(ctx context.Context, action string, in any, session id.ID, bench, code string, f func(context.Context, *turn) error) (Answer, error) {
	about := &command.About{Action: action, Object: "verify_session/" + session.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Answer, error) {
		t := &turn{s: s, tx: tx, code: code, now: s.now()}
		var err error
		if t.se, err = s.takeTx(ctx, tx, session, bench); err != nil {
			return Answer{}, err
		}
		refused, err := s.guard(ctx, tx, t.se)
		if err != nil {
			return Answer{}, err
		}
		if refused != nil {
			about.Detail = map[string]any{"verdict": Stopped, "refusal": refused.Code}
			return t.stop(ctx, refused)
		}
		if err := f(ctx, t); err != nil {
			return Answer{}, err
		}
		about.Detail = map[string]any{"verdict": t.verdict, "pieces": t.pieces}
		if t.se.Reason != "" {
			about.Detail["reason"] = t.se.Reason
		}
		if t.signer != 0 {
			about.Detail["signed_by"] = t.signer
		}
		if err := t.save(ctx); err != nil {
			return Answer{}, err
		}
		return t.answer(ctx)
	})
}

// takeTx locks a session that is open at a bench and reads it.
//
// Errors: ErrNoSession, ErrLost.
func (s *Service) takeTx(ctx context.Context, tx *db.Tx, session id.ID, bench string) (*Session, error) {
	m := actor.Merchant(ctx)
	n, err := tx.ExecN(ctx, touchSession, s.now(), m, session, strings.TrimSpace(bench))
	if err != nil {
		return nil, err
	}
	se, err := s.readOne(ctx, tx, session)
	if err == nil && n == 0 {
		err = ErrLost
	}
	return se, err
}

// readOne reads a session with its items.
//
// Errors: ErrNoSession.
func (s *Service) readOne(ctx context.Context, q db.Querier, session id.ID) (*Session, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	all, err := readSessions(ctx, q, selectSession, a.MerchantID, session)
	if err == nil && (len(all) == 0 || !a.InScope(inventory.Scope, all[0].WarehouseID)) {
		err = ErrNoSession
	}
	if err != nil {
		return nil, err
	}
	return &all[0], s.readItems(ctx, q, &all[0])
}

// guard asks whether the parcel may still leave with the label it has.
func (s *Service) guard(ctx context.Context, q db.Querier, se *Session) (*errs.Error, error) {
	if err := s.fulfillment.GuardTx(ctx, q, se.FulfillmentOrderID, se.Version); err != nil {
		return refusal(err)
	}
	if se.WaybillID == 0 {
		return nil, nil
	}
	live, err := s.waybills.Of(ctx, q, []id.ID{se.FulfillmentOrderID})
	if err != nil {
		return nil, err
	}
	for _, w := range live[se.FulfillmentOrderID] {
		if w.ID == se.WaybillID && w.State == waybill.Issued {
			return nil, nil
		}
	}
	return ErrVoid.With("no", se.WaybillNo), nil
}

// stop writes down that the parcel must not leave, and puts it on the hit list.
func (t *turn) stop(ctx context.Context, why *errs.Error) (Answer, error) {
	t.verdict, t.refusal = Stopped, why
	if isHit(why) {
		err := t.s.raiseTx(ctx, t.tx, hit{order: t.se.FulfillmentOrderID, warehouse: t.se.WarehouseID, why: why, blocked: true, bench: t.se.Bench, at: t.now})
		if err != nil {
			return Answer{}, err
		}
	}
	err := t.s.k.Events.AppendTx(ctx, t.tx, event.Of{Aggregate: "fulfillment_order", ID: t.se.FulfillmentOrderID},
		ParcelStopped{FulfillmentOrderID: t.se.FulfillmentOrderID, Bench: t.se.Bench, Refusal: why.Code})
	if err != nil {
		return Answer{}, err
	}
	return t.answer(ctx)
}

// save writes what the step changed of the session.
func (t *turn) save(ctx context.Context) error {
	se := t.se
	n, err := t.tx.ExecN(ctx, saveSession, se.Done, se.SerialLine, se.SerialSKU, se.Carrier, se.WaybillNo, se.Gram, se.Forced, se.Reason, string(se.State), se.EndedAt,
		actor.Merchant(ctx), se.ID)
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}

// answer writes the scan and tells the bench.
func (t *turn) answer(ctx context.Context) (Answer, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Answer{}, err
	}
	out := Answer{Verdict: t.verdict, Item: t.item, Refusal: t.refusal}
	session, code := id.ID(0), ""
	if !t.unopened {
		session, out.Session, out.Next = t.se.ID, t.se, t.se.Next()
	}
	if t.refusal != nil {
		code = t.refusal.Code
	}
	_, err = t.tx.Insert(ctx, "packing_verify_scan", scanColumns, [][]any{{a.MerchantID, t.s.k.IDs.New(), session, t.se.FulfillmentOrderID, t.se.Bench, a.ID,
		t.code, string(t.verdict), code, t.sku, t.pieces, t.now}}, "")
	return out, err
}

// piece counts what was scanned.
func (t *turn) piece(ctx context.Context) error {
	se := t.se
	if se.WaybillNo != "" && logistics.Clean(t.code) == se.WaybillNo {
		t.verdict = Resumed
		if se.Next() == NextShip {
			return t.finish(ctx, fulfillment.ShipOrderInput{})
		}
		return nil
	}
	k, known, err := t.s.sku(ctx, t.tx, t.code)
	if err != nil {
		return err
	}
	t.sku = k.ID
	match := func(it *Item) bool {
		return known && it.SKUID == k.ID || it.SKUID == 0 && it.Code != "" && strings.EqualFold(it.Code, t.code)
	}
	t.verdict = Strange
	if known {
		t.verdict = Wrong
	}
	for i := range se.Items {
		it := &se.Items[i]
		switch {
		case !match(it):
		case it.Done == it.Need:
			t.verdict, t.item = Extra, it
		case it.Serial != "":
			t.verdict, t.item = WantSerial, it
			se.SerialLine, se.SerialSKU = it.LineID, it.SKUID
			return nil
		default:
			return t.count(ctx, it, 1)
		}
	}
	if known && k.IsBundle {
		return t.bundle(ctx, k.ID)
	}
	return nil
}

// sku finds what a code stands for: a barcode, else a SKU's own code.
func (s *Service) sku(ctx context.Context, q db.Querier, code string) (catalog.SKU, bool, error) {
	k, ok, err := s.catalog.FindByBarcodeTx(ctx, q, code)
	if ok || err != nil {
		return k, ok, err
	}
	found, err := s.catalog.SKUsByCodeTx(ctx, q, []string{code})
	k, ok = found[code]
	return k, ok, err
}

// bundle counts all parts of one bundle at once: packed ones have a barcode of their own.
func (t *turn) bundle(ctx context.Context, bundle id.ID) error {
	parts := map[id.ID][]*Item{} // by line
	var lines []id.ID
	for i := range t.se.Items {
		if it := &t.se.Items[i]; it.BundleID == bundle {
			if parts[it.LineID] == nil {
				lines = append(lines, it.LineID)
			}
			parts[it.LineID] = append(parts[it.LineID], it)
		}
	}
	for _, line := range lines {
		fits := true
		for _, it := range parts[line] {
			if it.Serial != "" {
				return nil // its parts have numbers of their own: each is scanned
			}
			fits = fits && it.Done+it.Per <= it.Need
		}
		if !fits {
			t.verdict = Extra
			continue
		}
		for n, it := range parts[line] {
			if n+1 < len(parts[line]) {
				if err := t.add(ctx, it, it.Per); err != nil {
					return err
				}
				continue
			}
			return t.count(ctx, it, it.Per)
		}
	}
	return nil
}

// add counts n pieces of an item.
func (t *turn) add(ctx context.Context, it *Item, n int64) error {
	done, err := t.tx.ExecN(ctx, countItem, n, actor.Merchant(ctx), t.se.ID, it.LineID, it.SKUID, n)
	if err == nil && done == 0 {
		err = order.ErrChanged
	}
	it.Done += n
	t.se.Done += n
	t.pieces += n
	return err
}

// count is add for a step's last item: it says so, and ships what is complete.
func (t *turn) count(ctx context.Context, it *Item, n int64) error {
	if err := t.add(ctx, it, n); err != nil {
		return err
	}
	t.verdict, t.item = Counted, it
	return t.finish(ctx, fulfillment.ShipOrderInput{})
}

// number takes a waybill number where none was issued here. Shipping judges it.
func (t *turn) number(ctx context.Context) error {
	no := logistics.Clean(t.code)
	if t.se.Carrier == "" {
		guess := logistics.Guess(no)
		if len(guess) != 1 {
			t.verdict, t.refusal = Refused, fulfillment.ErrNoCarrier
			return nil
		}
		t.se.Carrier = guess[0].Code
	}
	if logistics.CheckWaybill(t.se.Carrier, no) == logistics.Wrong {
		t.verdict, t.refusal = Strange, nil
		return nil
	}
	t.se.WaybillNo, t.verdict = no, Counted
	return t.finish(ctx, fulfillment.ShipOrderInput{})
}
