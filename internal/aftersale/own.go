package aftersale

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// OwnInput is a return that we agreed on with a buyer ourselves, of which no channel told.
type OwnInput struct {
	No     string // unique in the shop
	Order  *order.Order
	Kind   string
	Lines  []order.LineQty // what is to come back
	Reason string
}

// OpenOwnTx opens a case of our own, whose goods are awaited from now on. It ends when
// they are inspected, or given up. The caller has asked for the right and checked the
// quantities.
func (s *Service) OpenOwnTx(ctx context.Context, tx *db.Tx, in OwnInput) (id.ID, error) {
	m, now, o := actor.Merchant(ctx), s.now(), in.Order
	c := Case{ID: s.k.IDs.New(), ShopID: o.ShopID, No: in.No, OrderNo: o.ChannelOrderNo, OrderID: o.ID, CustomerID: o.CustomerID, Kind: in.Kind, State: Returning,
		StateRaw: string(Returning), CaseVersion: "1", Reason: in.Reason, OpenedAt: now, ModifiedAt: now, Goods: NoGoods, SeenAt: now, Version: 1, Source: Own}
	rows := make([][]any, len(in.Lines))
	for i, l := range in.Lines {
		rows[i] = []any{m, c.ID, l.LineID, l.Quantity}
		c.Quantity += l.Quantity
	}
	c.settle()
	if _, err := tx.Insert(ctx, "aftersale_case", caseColumns, [][]any{c.row(m)}, ""); err != nil {
		return 0, err
	}
	if _, err := tx.Insert(ctx, "aftersale_expected", expectedColumns, rows, ""); err != nil {
		return 0, err
	}
	return c.ID, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version},
		CaseOpened{ShopID: c.ShopID, OrderID: c.OrderID, Kind: c.Kind, State: c.State})
}

// endOwnTx ends a case of our own; those of channels end when their channel says so.
func (s *Service) endOwnTx(ctx context.Context, tx *db.Tx, c Seen, to State) error {
	if c.Source != Own || c.State == to {
		return nil
	}
	if _, err := tx.Exec(ctx, endCase, string(to), string(to), never+c.OpenedAt, s.now(), actor.Merchant(ctx), c.ID); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version},
		CaseMoved{ShopID: c.ShopID, OrderID: c.OrderID, From: c.State, To: to})
}

// addExpected narrows a case of our own to the lines that are to come back.
func (s *Service) addExpected(ctx context.Context, q db.Querier, c *Seen) error {
	asked := map[id.ID]int64{}
	if err := db.Read(ctx, q, expectedOf, []any{actor.Merchant(ctx), c.ID}, func(r *db.Row) { line := id.ID(r.Int()); asked[line] = r.Int() }); err != nil {
		return err
	}
	c.Lines = slices.DeleteFunc(c.Lines, func(l Line) bool { return asked[l.ID] == 0 })
	for i := range c.Lines {
		c.Lines[i].Asked = asked[c.Lines[i].ID]
	}
	return nil
}

// CaseTx reads a case of a shop the actor may see, with its order, its lines and what of
// them came back. Whoever shows it asks for the right.
//
// Errors: ErrNotFound.
func (s *Service) CaseTx(ctx context.Context, q db.Querier, caseID id.ID) (Seen, error) {
	return s.see(ctx, q, caseID, 0)
}

// OfOrderTx reads the cases of an order, the last first. Whoever shows them asks for the right.
func (s *Service) OfOrderTx(ctx context.Context, q db.Querier, o *order.Order) ([]Case, error) {
	return readCases(ctx, q, selectOfOrder, actor.Merchant(ctx), o.ChannelOrderNo, o.ShopID, id.ID(0), 200)
}
