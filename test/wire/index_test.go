package wire

import (
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/simulator/kuaishou"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// TestCipherTextsBearWhatThePlatformIsAskedFor: the index cut out of an order's cipher
// texts is the one that the platform names for the receiver's own words.
func TestCipherTextsBearWhatThePlatformIsAskedFor(t *testing.T) {
	searched := 0
	for _, p := range append(platforms(), kuaishou.Platform()) {
		st := set(t, p)
		c, ok := st.c.(channel.SearchIndexer)
		if !ok {
			continue
		}
		t.Run(p.Code, func(t *testing.T) {
			searched++
			var truth []*world.Order
			st.s.Do(func(tx *world.Tx) { truth = tx.Orders(0, 10_000) })
			bearing, bare := 0, 0
			for _, o := range truth {
				if !toShip(o) || bearing >= 3 && bare > 0 || bearing+bare >= 40 {
					continue
				}
				i, err := st.c.Get(t.Context(), o.No)
				if err != nil {
					t.Fatal(err)
				}
				got, err := st.c.Map(i.Raw)
				if err != nil {
					t.Fatal(err)
				}
				r := got.Receiver
				if !r.Encrypted {
					continue // held: the platform shows no cipher of it
				}
				if r.PhoneIndex == "" && r.NameIndex == "" {
					bare++
					continue
				}
				bearing++
				phone, err1 := c.SearchIndex(t.Context(), "phone", o.Receiver.Phone)
				name, err2 := c.SearchIndex(t.Context(), "name", o.Receiver.Name)
				if err1 != nil || err2 != nil || phone != r.PhoneIndex || name != r.NameIndex {
					t.Errorf("%s: asked %q %q (%v, %v), its ciphers bear %q %q", o.No, phone, name, err1, err2, r.PhoneIndex, r.NameIndex)
				}
			}
			if bearing == 0 || bare == 0 && p.Code != "kuaishou" {
				t.Errorf("%d orders bear an index, %d do not", bearing, bare)
			}
		})
	}
	if searched != 3 {
		t.Errorf("%d platforms are searched", searched)
	}
}
