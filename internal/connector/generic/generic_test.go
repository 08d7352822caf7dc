package generic

import (
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func table(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/own_table.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAShopsOwnTableIsReadByItsMapping(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{Words: map[string]channel.Status{"做好了": channel.AwaitingShipment}}, "f.csv", table(t))
	o := a.Orders["A-001"]
	if len(o.Lines) != 2 || o.Lines[1].MerchantSKUCode != "CZ-1" || *o.Money.Goods != 11000 || *o.Money.BuyerPaid != 12000 || o.Receiver.District != "西湖区" ||
		o.BuyerNote != "轻拿" || o.PlacedAt == 0 || o.Money.PlatformDiscount != nil {
		t.Errorf("%+v", o)
	}
	if a.Orders["A-002"].StatusRaw != "做好了" || len(a.Rejected) > 0 {
		t.Errorf("%+v, rejected %q", a.Orders["A-002"], a.Rejected)
	}
}

func TestUnknownWordsAreAskedFor(t *testing.T) {
	if a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", table(t)); !reflect.DeepEqual(a.Rejected, []string{"4 unknown_status 做好了"}) {
		t.Errorf("rejected %q", a.Rejected)
	}
}

func TestAMappingIsProposedFromEnglishNamesToo(t *testing.T) {
	m := channel.Propose([]string{"Order Number", "Order Date", "Product Name", "SKU", "Qty", "Unit Price", "Recipient Name", "Phone", "Address", "Order Total", "Colour of box"})
	want := channel.Mapping{channel.FieldOrderNo: "Order Number", channel.FieldPlacedAt: "Order Date", channel.FieldTitle: "Product Name", channel.FieldSKUCode: "SKU",
		channel.FieldQuantity: "Qty", channel.FieldPrice: "Unit Price", channel.FieldReceiverName: "Recipient Name", channel.FieldReceiverPhone: "Phone",
		channel.FieldDetail: "Address", channel.FieldBuyerPaid: "Order Total"}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("proposed %v", m)
	}
}

func TestAMappingThatDoesNotFitIsRefused(t *testing.T) {
	b := channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", []byte(table(t))))
	yield := func(channel.Verdict) error { return nil }
	all := []channel.Manifest{Manifest}
	if err := channel.Read(all, b, channel.Options{}, yield); !errors.Is(err, channel.ErrMappingIncomplete) {
		t.Errorf("no mapping: %v", err)
	}
	m := channel.Mapping{channel.FieldOrderNo: "网店单号", channel.FieldTitle: "品名", channel.FieldQuantity: "没有这列"}
	if err := channel.Read(all, b, channel.Options{Mapping: m}, yield); !errors.Is(err, channel.ErrMappingColumn) {
		t.Errorf("a wrong column: %v", err)
	}
}
