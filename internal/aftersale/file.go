package aftersale

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// FileResult is what a row of an after-sale export does to our cases.
type FileResult string

const (
	FileNew       FileResult = "new"
	FileChanged   FileResult = "changed"
	FileUnchanged FileResult = "unchanged" // it says nothing new
	FileStale     FileResult = "stale"     // the interface, or a newer file, knows better
)

// ForeseeFileTx says what rows of an export would do, in their order, and changes nothing.
func (s *Service) ForeseeFileTx(ctx context.Context, q db.Querier, shopID id.ID, all []Told) ([]FileResult, error) {
	out := make([]FileResult, len(all))
	seen := map[string]bool{}
	for i, t := range all {
		c, err := scanCase(q.QueryRow(ctx, selectOwn, actor.Merchant(ctx), shopID, t.No))
		switch {
		case errors.Is(err, ErrNotFound) && seen[t.No]:
			out[i] = FileUnchanged // the same number twice in one file: the first row counts
		case errors.Is(err, ErrNotFound):
			out[i], seen[t.No] = FileNew, true
		case err != nil:
			return nil, err
		case c.Source != FromFile || t.ModifiedAt < c.ModifiedAt:
			out[i] = FileStale
		case c.says(t):
			out[i] = FileUnchanged
		default:
			out[i] = FileChanged
		}
	}
	return out, nil
}

// says reports whether the case holds what a row tells; a column that is empty tells nothing.
func (c *Case) says(t Told) bool {
	return c.State == t.State && c.StateRaw == t.StateRaw && c.Kind == t.Kind && c.Refund == t.Refund && c.Reason == t.Reason &&
		c.ReturnWaybill == logistics.Clean(t.ReturnWaybill) && c.RespondByAt == t.RespondByAt
}

// AbsorbFileTx takes the rows of an after-sale export (售后导出文件), and answers like
// ForeseeFileTx. The same file twice changes nothing, and no file takes back what the
// interface has told. An order whose money is asked back is held as if its own document said so.
func (s *Service) AbsorbFileTx(ctx context.Context, tx *db.Tx, shopID id.ID, all []Told) ([]FileResult, error) {
	out, err := s.ForeseeFileTx(ctx, tx, shopID, all)
	if err != nil {
		return nil, err
	}
	var take []Told
	for i, t := range all {
		if out[i] == FileNew || out[i] == FileChanged {
			t.File = true
			take = append(take, t)
		}
	}
	if err := s.AbsorbTx(ctx, tx, shopID, take); err != nil {
		return nil, err
	}
	return out, s.holdTx(ctx, tx, shopID, take)
}

// holdTx holds the orders of cases that only a file tells of, and frees them when the
// cases have ended: an order that nobody imports anew must not leave meanwhile.
func (s *Service) holdTx(ctx context.Context, tx *db.Tx, shopID id.ID, told []Told) error {
	var nos []string
	for _, t := range told {
		if t.OrderNo != "" && !slices.Contains(nos, t.OrderNo) {
			nos = append(nos, t.OrderNo)
		}
	}
	orders, err := s.ordersByNo(ctx, tx, shopID, nos)
	if err != nil {
		return err
	}
	var raised []order.Raised
	for _, no := range nos {
		o, ok := orders[no]
		if !ok {
			continue
		}
		cases, err := readCases(ctx, tx, selectOfOrder, actor.Merchant(ctx), no, shopID, 0, maxOfOrder)
		if err != nil {
			return err
		}
		r := order.Raised{OrderID: o.ID, Kind: order.HoldRefund}
		for _, c := range cases {
			if c.Source == FromFile && c.stops(&o) {
				r.Stands, r.Note = true, c.No
			}
		}
		raised = append(raised, r)
	}
	return s.orders.RaiseTx(ctx, tx, raised)
}

// maxOfOrder bounds the cases of one order that are looked at.
const maxOfOrder = 50

// stops: what has not left of the order is asked back, or its money has gone.
func (c *Case) stops(o *order.Order) bool {
	if c.Kind != KindRefund && c.Kind != KindReturn || !c.State.Open() && c.State != Refunded {
		return false
	}
	at := slices.IndexFunc(o.Lines, func(l order.OrderLine) bool { return c.LineNo != "" && l.ChannelLineNo == c.LineNo })
	if at < 0 {
		return c.State != Refunded || o.Amounts.BuyerPaid != nil && c.Refund >= *o.Amounts.BuyerPaid
	}
	l := o.Lines[at]
	return l.Open() > 0 && (c.State != Refunded || l.Amounts.BuyerPaid != nil && c.Refund >= *l.Amounts.BuyerPaid)
}
