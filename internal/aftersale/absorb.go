package aftersale

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Told is a case as its channel tells it now. Fen and unix milliseconds.
type Told struct {
	No, OrderNo, LineNo          string
	Kind                         string
	State                        State
	StateRaw, Version            string
	Refund                       money.Fen
	Quantity                     int64
	Reason                       string
	ReturnCarrier, ReturnWaybill string
	OpenedAt, ModifiedAt         int64
	RespondByAt                  int64
	RefundedAt                   int64 // 0 where the channel does not tell
	// File: it stands in an export file, whose words a case told by the interface does
	// not take back. ModifiedAt is the instant of the export then.
	File bool
}

// AbsorbTx takes what a shop's channel says about cases, each number once, in the
// transaction that keeps the raw words. What a person decided stays; a case that names
// the number of an ownerless parcel gets it.
func (s *Service) AbsorbTx(ctx context.Context, tx *db.Tx, shopID id.ID, all []Told) error {
	if len(all) == 0 {
		return nil
	}
	m := actor.Merchant(ctx)
	nos := make([]string, 0, len(all))
	for _, t := range all {
		if t.OrderNo != "" && !slices.Contains(nos, t.OrderNo) {
			nos = append(nos, t.OrderNo)
		}
	}
	orders, err := s.ordersByNo(ctx, tx, shopID, nos)
	if err != nil {
		return err
	}
	now := s.now()
	var rows [][]any
	var events []event.Appended
	for _, t := range all {
		c, err := scanCase(tx.QueryRow(ctx, selectOwn, m, shopID, t.No))
		fresh := errors.Is(err, ErrNotFound)
		if err != nil && !fresh {
			return err
		}
		if !fresh && t.File && (c.Source != FromFile || t.ModifiedAt < c.ModifiedAt) {
			continue // the interface knows it better, or a newer file does
		}
		from := c.State
		if fresh {
			c = Case{ID: s.k.IDs.New(), ShopID: shopID, No: t.No, Goods: NoGoods, SeenAt: now, Version: 1}
		}
		c.take(t, now)
		if o, ok := orders[t.OrderNo]; ok {
			c.OrderID, c.CustomerID = o.ID, o.CustomerID
		}
		// Cases that had ended before we first heard of them are history: nobody waits
		// for their goods.
		if !fresh || c.State.Open() {
			c.settle()
		} else {
			c.turn = never + c.OpenedAt
		}
		if err := s.claimTx(ctx, tx, &c); err != nil {
			return err
		}
		rows = append(rows, c.row(m))
		of := event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version}
		switch {
		case fresh:
			events = append(events, event.Appended{Of: of, Payload: CaseOpened{ShopID: shopID, OrderID: c.OrderID, Kind: c.Kind, State: c.State}})
		case from != c.State:
			events = append(events, event.Appended{Of: of, Payload: CaseMoved{ShopID: shopID, OrderID: c.OrderID, From: from, To: c.State}})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, "aftersale_case", caseColumns, rows, newerCase); err != nil {
		return err
	}
	return s.k.Events.AppendAllTx(ctx, tx, events)
}

// take replaces what the channel says by what it says now.
func (c *Case) take(t Told, now int64) {
	c.OrderNo, c.LineNo, c.Kind, c.State, c.StateRaw, c.CaseVersion = t.OrderNo, t.LineNo, t.Kind, t.State, t.StateRaw, t.Version
	c.Refund, c.Quantity, c.Reason, c.ReturnCarrier = t.Refund, t.Quantity, t.Reason, t.ReturnCarrier
	c.ReturnWaybill = logistics.Clean(t.ReturnWaybill)
	c.ModifiedAt, c.RespondByAt = t.ModifiedAt, t.RespondByAt
	if c.Source = FromChannel; t.File {
		c.Source = FromFile
	}
	if c.OpenedAt = t.OpenedAt; c.OpenedAt == 0 {
		c.OpenedAt = c.SeenAt
	}
	if c.Kind == "" {
		c.Kind = KindOther
	}
	if c.State == "" {
		c.State = Unknown
	}
	if c.State == Refunded && c.RefundedAt == 0 {
		if c.RefundedAt = max(t.RefundedAt, 0); c.RefundedAt == 0 {
			c.RefundedAt = t.ModifiedAt
		}
		if c.RefundedAt == 0 {
			c.RefundedAt = now
		}
	}
}

// claimTx gives a case the ownerless parcels that bear its return number.
func (s *Service) claimTx(ctx context.Context, tx *db.Tx, c *Case) error {
	if c.ReturnWaybill == "" || c.Goods == GoodsReceived || c.Goods == GoodsGivenUp {
		return nil
	}
	n, err := tx.ExecN(ctx, claimParcels, c.ID, actor.Merchant(ctx), c.ReturnWaybill)
	if err == nil && n > 0 {
		c.Goods = GoodsArrived
	}
	return err
}

func scanCase(row interface{ Scan(...any) error }) (Case, error) {
	var c Case
	err := row.Scan(c.into()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return c, err
}

func readCases(ctx context.Context, q db.Querier, text string, args ...any) ([]Case, error) {
	var out []Case
	for row := range db.Each(ctx, q, text, args...) {
		c, err := scanCase(row)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
