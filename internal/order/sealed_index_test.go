package order_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

func TestACipheredReceiverIsFoundByTheChannelsIndexUntilAnotherReceives(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		keys, err := w.Kit.Seal.Keys(ctx, kittest.Merchant)
		if err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		apply := func(r order.Receiver) order.Order {
			t.Helper()
			at++
			doc := w.Doc("1001", "A-1")
			doc.Receiver = r
			return w.Pulled(ctx, at, doc)
		}
		check := func(when string, want ...string) {
			t.Helper()
			rows, err := d.Query(ctx, "SELECT kind, token FROM order_token WHERE merchant_id = ? ORDER BY kind, token", kittest.Merchant)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var got []string
			for rows.Next() {
				var kind, token int64
				if err := rows.Scan(&kind, &token); err != nil {
					t.Fatal(err)
				}
				word := "?"
				for _, text := range []string{"P1", "P2", "N1", "N2", "1234", "13800001234"} {
					if keys.Token(kind, text) == token {
						word = text
					}
				}
				if kind != receiver.TokenNameBigram && kind != receiver.TokenName {
					got = append(got, fmt.Sprint(kind, " ", word))
				}
			}
			slices.Sort(want)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		first := order.Receiver{Name: "#N1#x#1##", Phone: "$P1$y$1$$", Detail: "#z#", Province: "浙江省", Encrypted: true, NameIndex: "N1", PhoneIndex: "P1"}
		o := apply(first)
		check("ciphered", "8 P1", "9 N1")
		if s := w.Receiver(ctx, o.ID); s != first {
			t.Errorf("stored %+v", s)
		}
		var sealed []byte
		if err := d.QueryRow(ctx, "SELECT sealed FROM order_receiver WHERE merchant_id = ? AND order_id = ?", kittest.Merchant, o.ID).Scan(&sealed); err != nil || strings.Contains(string(sealed), "P1") {
			t.Errorf("in clear, %v", err)
		}
		second := first
		second.Name, second.Phone, second.NameIndex, second.PhoneIndex = "#N2#x#1##", "$P2$y$1$$", "N2", "P2"
		apply(second)
		check("another ciphered receiver", "8 P2", "9 N2")
		masked := order.Receiver{Name: "赵**", Phone: "138****1234", Detail: "文一路***", Province: "浙江省"}
		changes := func() (n int) {
			t.Helper()
			if err := d.QueryRow(ctx, "SELECT COUNT(*) FROM event_log WHERE merchant_id = ? AND name = ?", kittest.Merchant, order.AddressChanged{}.EventName()).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := changes()
		apply(masked)
		check("covered after the shipment", "8 P2", "9 N2", "2 1234")
		if n := changes(); n != before {
			t.Errorf("%d addresses changed", n-before)
		}
		masked.Zip = "310000" // the document is another one, the mask is the same
		apply(masked)
		check("covered again", "8 P2", "9 N2", "2 1234")
		masked.Province = "广东省"
		apply(masked)
		check("masked at another place", "2 1234")
		apply(order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路 8 号"})
		check("in plain", "1 13800001234", "2 1234")
	})
}
