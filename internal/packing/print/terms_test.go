package print_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// words are what stands on the pages of a batch's file, page by page, without blanks.
func (h *house) words(batch id.ID) []string {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "it.pdf")
	h.must(os.WriteFile(file, h.pdf(batch), 0o600))
	out, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		h.t.Fatalf("pdftotext (scripts/provision poppler installs it): %v", err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	for i := range pages {
		pages[i] = strings.Join(strings.Fields(pages[i]), "")
	}
	return pages
}

func TestALabelTellsTheCourierWhatToCollectAndWhatWasPromised(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		skus, _, err := h.catalog.SKUs(h.ctx, catalog.SKUFilter{})
		h.must(err)
		gram := int64(250)
		for _, k := range skus {
			_, err = h.catalog.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: k.ID, WeightGram: &gram})
			h.must(err)
		}
		cod := h.doc("cod", "A", 2)
		pays := money.Fen(8_850)
		cod.PaidAt, cod.Money.BuyerPaid = 0, &pays
		cod.Flags = []string{order.FlagCashOnDelivery, logistics.FlagToDoor}
		plain := h.placed(h.doc("plain", "A", 1), h.own)
		b := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{plain, h.placed(cod, h.own)}}).Batch.ID
		text := h.words(b)
		if len(text) != 2 || strings.Contains(text[0], "代收") || strings.Contains(text[0], "上门") || !strings.Contains(text[0], "0.25kg") {
			t.Errorf("a paid order without promises: %q", text)
		}
		if !strings.Contains(text[1], "送货上门代收¥88.500.50kg") {
			t.Errorf("what the courier has to know is not on the label: %q", text[1])
		}

		two := h.doc("two", "A", 3)
		two.PaidAt, two.Money.BuyerPaid, two.Flags = 0, &pays, []string{order.FlagCashOnDelivery}
		j := h.run(print.RunInput{StartInput: print.StartInput{FulfillmentOrderIDs: []id.ID{h.allocated(two)}}, AccountID: h.own, Pieces: 2})
		text = h.words(h.batches(j)[0])
		if len(text) != 2 || !strings.Contains(text[0], "1/2") || !strings.Contains(text[0], "代收¥88.50") || strings.Contains(text[1], "代收") || strings.Contains(text[1], "kg") {
			t.Errorf("it is collected once: %q", text)
		}
	})
}
