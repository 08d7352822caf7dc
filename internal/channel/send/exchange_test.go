package send_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

func (m *mall) ShipExchange(_ context.Context, s channel.ExchangeShipment) error {
	return m.answer("exchange "+s.Case.No+" "+s.Carrier+" "+s.Waybill, func() error {
		c := m.cases[s.Case.No]
		if c.State != channel.AftersaleReceiving {
			return channel.Told(channel.ErrRefused, "state", string(c.State))
		}
		c.State = channel.AftersaleExchanged
		return nil
	})
}

// exchange is an order that a person made for a case.
func (w *world) exchange(no string, codes ...string) id.ID {
	w.T.Helper()
	doc := w.Doc(no, codes[0])
	for _, more := range codes[1:] {
		doc.Lines = append(doc.Lines, ordertest.Line(more, 1, 5000))
	}
	var out id.ID
	kittest.InTx(w.T, w.Kit, w.ctx, func(ctx context.Context, tx *db.Tx) error {
		applied, err := w.Orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: w.Shop, Doc: doc, Source: order.SourceManual, SourceAt: clock.Millis(w.Kit.Clock), Made: order.TypeExchange}})
		if err == nil {
			out, err = applied[0].OrderID, applied[0].Err
		}
		return err
	})
	w.drainEvents()
	return out
}

func TestTheNumberOfAnExchangeIsToldToItsCaseOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d, channel.ShipOrders, channel.PullAftersales, channel.ShipExchanges)
		made := w.exchange("A1-H1", "CUP", "MUG")
		own := w.exchange("A2-H1", "CUP")
		w.send.CaseOf = func(_ context.Context, _ db.Querier, o id.ID) (string, string, error) {
			if o == made {
				return "C1", "A1", nil
			}
			return "", "", nil // a case of our own: no channel knows it
		}
		w.mall.cases["C1"] = &channel.Case{No: "C1", OrderNo: "A1", Kind: "exchange", State: channel.AftersaleReceiving}
		lost := false
		w.mall.lose = func() bool { was := lost; lost = true; return !was }
		o := w.order(made)
		first := w.ship(made, "73100000000001", order.LineQty{LineID: o.Lines[0].ID, Quantity: 1})
		second := w.ship(made, "73100000000002")
		w.ship(own, "73100000000003")
		w.settle(4)
		var states []send.State
		for _, e := range w.effects() {
			if e.Kind != send.ShipExchange || e.ChannelNo != "C1" {
				t.Errorf("%+v", e)
			}
			states = append(states, e.State)
		}
		slices.Sort(states)
		if !slices.Equal(states, []send.State{send.Done, send.Dropped}) {
			t.Errorf("a case takes the first parcel's number: %v", states)
		}
		if len(w.mall.took) != 1 || w.mall.took["exchange C1 ZTO 73100000000001"] != 1 || !w.reported(first) || w.reported(second) {
			t.Error(w.mall.took, w.reported(first), w.reported(second))
		}
		if !slices.Contains(w.fetched, "A1") {
			t.Errorf("pulled again: %v", w.fetched)
		}
	})
}

// What the channel refuses a person settles; after a silence the refusal may be the answer
// to our own earlier word, which nobody can tell.
func TestARefusedExchangeIsAPersonsMatter(t *testing.T) {
	for name, silent := range map[string]bool{"refused": false, "refused after a silence": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := setUp(t, d, channel.ShipOrders, channel.PullAftersales, channel.ShipExchanges)
				made := w.exchange("A1-H1", "CUP")
				w.send.CaseOf = func(context.Context, db.Querier, id.ID) (string, string, error) { return "C1", "A1", nil }
				c := &channel.Case{No: "C1", OrderNo: "A1", Kind: "exchange", State: channel.AftersaleRequested}
				w.mall.cases["C1"] = c
				want := send.Refused
				if silent {
					want, c.State = send.Uncertain, channel.AftersaleReceiving
					w.mall.lose = func() bool {
						c.State = channel.AftersaleUnknown
						return true
					}
				}
				w.ship(made, "73100000000001")
				w.settle(4)
				w.want(want, 1)
			})
		})
	}
}
