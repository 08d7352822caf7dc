package wire

import (
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/douyin"
	"github.com/ordercove/ordercove/internal/simulator/pdd"
	"github.com/ordercove/ordercove/internal/simulator/wechat"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// exchange is a case of a buyer who wants other goods for his, opened at the platform.
func (st *stand) exchange(t *testing.T) (no, orderNo string) {
	t.Helper()
	st.s.Do(func(tx *world.Tx) {
		for range 2000 { // one case in twenty-five is of this kind
			o, err := tx.Create(world.Wanted{Paid: true, Still: true, Acts: []world.Act{world.ActShipElsewhere, world.ActAskRefund}})
			if err != nil {
				t.Fatal(err)
			}
			if c := tx.CasesOf(o.No)[0]; c.Kind == "exchange" {
				no, orderNo = c.No, o.No
				return
			}
		}
	})
	if no == "" {
		t.Fatal("nobody wants other goods")
	}
	return no, orderNo
}

func (st *stand) caseOf(t *testing.T, no, orderNo string) channel.Case {
	t.Helper()
	lister := st.c.(channel.AftersaleLister)
	item, err := lister.GetAftersale(t.Context(), no, orderNo)
	if err != nil {
		t.Fatal(err)
	}
	c, err := lister.MapAftersale(item.Raw)
	if err != nil || c.Kind != "exchange" {
		t.Fatalf("%+v %v", c, err)
	}
	return c
}

// TestTheNumberOfAnExchangeReachesItsCase: once the buyer's goods came back.
func TestTheNumberOfAnExchangeReachesItsCase(t *testing.T) {
	for _, p := range []world.Platform{wechat.Platform(), pdd.Platform(), douyin.Platform()} {
		t.Run(p.Code, func(t *testing.T) {
			st := set(t, p)
			no, orderNo := st.exchange(t)
			tell := func() error {
				return st.c.(channel.ExchangeShipper).ShipExchange(t.Context(), channel.ExchangeShipment{Key: "e1", Case: st.caseOf(t, no, orderNo), Carrier: "ZTO", CarrierName: "中通快递", Waybill: "73100000000017"})
			}
			if err := tell(); !errors.Is(err, channel.ErrRefused) {
				t.Errorf("before it was agreed to: %v", err)
			}
			st.s.Do(func(tx *world.Tx) {
				err := tx.Decide(world.Decision{CaseNo: no, Approve: true})
				if err == nil {
					err = tx.Perform(orderNo, world.ActReturnGoods)
				}
				if err != nil {
					t.Fatal(err)
				}
			})
			if err := tell(); err != nil {
				t.Fatal(err)
			}
			st.s.Do(func(tx *world.Tx) {
				if c := tx.Case(no); c.State != world.CaseExchanged || c.SentWaybill != "73100000000017" {
					t.Errorf("%+v", c)
				}
			})
			if c := st.caseOf(t, no, orderNo); c.State != channel.AftersaleExchanged {
				t.Errorf("%+v", c)
			}
			if err := tell(); !errors.Is(err, channel.ErrRefused) && !errors.Is(err, channel.ErrDone) {
				t.Errorf("told again: %v", err)
			}
		})
	}
}
