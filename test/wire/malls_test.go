package wire

import (
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/openmall"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

func TestAnOwnMallTakesOneMoreParcelAndRemembersKeys(t *testing.T) {
	st := set(t, openmall.Platform())
	o := st.oneOf(t, toShip)
	ship := channel.ShipRequest{Key: "k-1", OrderNo: o.No, Carrier: "ZTO", Waybill: "73100000000001", Last: true}
	for range 2 { // the second as if the first answer had been lost
		if err := st.c.(channel.Shipper).Ship(t.Context(), ship); err != nil {
			t.Fatal(err)
		}
	}
	if got := st.truth(o.No); got.Status != world.Shipped || len(got.Parcels) != 1 {
		t.Fatalf("%s %+v", got.Status, got.Parcels)
	}
	ship.Key, ship.Waybill = "k-2", "73100000000002"
	for range 2 {
		if err := st.c.(channel.ParcelAppender).AppendParcel(t.Context(), ship); err != nil {
			t.Fatal(err)
		}
	}
	if got := st.truth(o.No); len(got.Parcels) != 2 || got.Parcels[1].Waybill != ship.Waybill {
		t.Errorf("%+v", got.Parcels)
	}
	ship.Key = "k-3"
	if err := st.c.(channel.ParcelAppender).AppendParcel(t.Context(), ship); !errors.Is(err, channel.ErrDone) {
		t.Errorf("the same waybill under another key: %v", err)
	}
	ship.Key = "k-1"
	if err := st.c.(channel.Shipper).Ship(t.Context(), ship); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("the first key with another parcel: %v", err)
	}
	ship.Key, ship.Waybill = "k-4", "73100000000003"
	if err := st.c.(channel.WaybillChanger).ChangeWaybill(t.Context(), ship, "ZTO", "73100000000002"); err != nil {
		t.Error(err)
	}
	if got := st.truth(o.No); len(got.Parcels) != 2 || got.Parcels[1].Waybill != ship.Waybill {
		t.Errorf("changed to %+v", got.Parcels)
	}
}
