package wire

import (
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/openmall"
	"github.com/ordercove/ordercove/internal/simulator/shopify"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/wechat"
	"github.com/ordercove/ordercove/internal/simulator/woocommerce"
	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/wxmall"
)

func TestWhatGoesWithoutACarrierIsToldOnceAndReadBack(t *testing.T) {
	own := func(o *world.Order) string { return o.No }
	for _, x := range []struct {
		platform world.Platform
		no       func(*world.Order) string
		// way is what the platform keeps of the one we told.
		way func(channel.Way) string
	}{
		{taobao.Platform(), own, func(channel.Way) string { return "" }},
		{wechat.Platform(), own, func(channel.Way) string { return "virtual" }},
		{wxmall.Platform(), own, func(w channel.Way) string {
			return map[channel.Way]string{channel.TownCourier: "2", channel.NothingTravels: "3", channel.BuyerFetches: "4"}[w]
		}},
		{openmall.Platform(), own, func(w channel.Way) string { return string(w) }},
		{shopify.Platform(), shopName, func(channel.Way) string { return "" }},
		{woocommerce.Platform(), own, func(channel.Way) string { return "" }},
	} {
		t.Run(x.platform.Code, func(t *testing.T) {
			st := set(t, x.platform)
			for _, way := range []channel.Way{channel.NothingTravels, channel.BuyerFetches, channel.TownCourier} {
				var o *world.Order
				st.s.Do(func(tx *world.Tx) {
					var err error
					if o, err = tx.Create(world.Wanted{Paid: true, Lines: 2, Quantity: 2, Virtual: true}); err != nil {
						t.Fatal(err)
					}
				})
				st.bare(t, x.no(o), o.No, way, x.way(way))
			}
		})
	}
}

// bare ships an order without a number and reads it back; a second time it is done.
func (st *stand) bare(t *testing.T, no, serial string, way channel.Way, kept string) {
	t.Helper()
	shipper := st.c.(channel.NumberlessShipper)
	ship := channel.ShipRequest{Key: "k-" + no, OrderNo: no, Last: true, Text: "毛巾", How: way}
	if err := shipper.ShipWithoutNumber(t.Context(), ship); err != nil {
		t.Fatal(way, err)
	}
	got := st.truth(serial)
	if got.Status != world.Shipped || len(got.Parcels) != 1 || got.Parcels[0].Waybill != "" || got.Parcels[0].Way != kept {
		t.Fatalf("%s: %s %+v", way, got.Status, got.Parcels)
	}
	item, err := st.c.Get(t.Context(), no)
	if err != nil {
		t.Fatal(err)
	}
	o, err := st.c.Map(item.Raw)
	if err != nil || o.Waybill != nil || len(o.Waybills) != 0 || o.Status != channel.Shipped && o.Status != channel.Completed {
		t.Errorf("%s read back: %s %v %v %v", way, o.Status, o.Waybill, o.Waybills, err)
	}
	ship.Key += "-again"
	if err := shipper.ShipWithoutNumber(t.Context(), ship); !errors.Is(err, channel.ErrDone) && !errors.Is(err, channel.ErrRefused) {
		t.Errorf("%s a second time: %v", way, err)
	}
	if got := st.truth(serial); len(got.Parcels) != 1 {
		t.Errorf("%s told twice: %+v", way, got.Parcels)
	}
}
