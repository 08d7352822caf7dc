package issue_test

import (
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

func TestPricesAreAskedOnceForParcelsOfOneAreaAndWeight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		first := b.Doc("A1", "TEA")
		first.Receiver.Province, first.Receiver.City, first.Receiver.District = "浙江省", "杭州市", "西湖区"
		o, _ := b.allocated(first)
		if got, err := b.s.Loads(b.ctx); err != nil || len(got) != 0 {
			t.Errorf("goods of which nobody knows the weight: %v %v", got, err)
		}
		gram := int64(620)
		if _, err := b.Catalog.UpdateSKU(b.ctx, catalog.UpdateSKUInput{SKUID: o.Lines[0].SKUID, WeightGram: &gram}); err != nil {
			t.Fatal(err)
		}
		same := first
		same.ChannelOrderNo = "A2"
		b.allocated(same)
		away := b.Doc("A3", "TEA")
		away.Receiver.Province, away.Receiver.City, away.Receiver.District = "四川省", "成都市", "武侯区"
		b.allocated(away)
		pieces := *first.Lines[0].Quantity
		load := quote.Load{Area: reach.Area{Province: "浙江省", City: "杭州市", District: "西湖区"}, WeightGram: quote.Gram(gram * pieces)}
		got, err := b.s.Loads(b.ctx)
		if err != nil || len(got) != 2 || !slices.Contains(got, load) || !slices.ContainsFunc(got, func(l quote.Load) bool { return l.Province == "四川省" && l.WeightGram == load.WeightGram }) {
			t.Errorf("%+v %v, want %+v and one away", got, err, load)
		}
	})
}
