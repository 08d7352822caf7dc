package connector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// expectedFile is one entry of expected.json.
type expectedFile struct {
	Files        []string         `json:"files"`
	Channel      string           `json:"channel"`
	Kind         string           `json:"kind"`
	Orders       []map[string]any `json:"orders"`
	Aftersales   []map[string]any `json:"aftersales"`
	Ledger       []map[string]any `json:"ledger"`
	Rejected     []map[string]any `json:"rejected"`
	Warnings     []map[string]any `json:"warnings"`
	Shipments    []shipment       `json:"shipments"`
	ExpectedRows [][]string       `json:"expected_rows"`
	HeaderRecord int              `json:"header_record"`
}

type shipment struct {
	OrderNo string   `json:"channel_order_no"`
	Lines   []string `json:"lines"`
	Carrier string   `json:"carrier"`
	No      string   `json:"no"`
}

func expected(t *testing.T) []expectedFile {
	t.Helper()
	raw, err := os.ReadFile("testdata/fixtures/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Files []expectedFile `json:"files"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Files) < 15 {
		t.Fatalf("expected.json lists only %d files", len(doc.Files))
	}
	return doc.Files
}

func openFixture(t *testing.T, path string) channel.File {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/fixtures", path))
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(path, bytes.NewReader(raw), int64(len(raw)), sheet.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return channel.File{Name: filepath.Base(path), Book: book}
}

func TestEveryFixtureGivesExactlyWhatIsExpected(t *testing.T) {
	for _, want := range expected(t) {
		if want.Kind == "ship_template" {
			continue
		}
		t.Run(want.Channel+" "+want.Kind+" "+filepath.Base(want.Files[0]), func(t *testing.T) {
			var files []channel.File
			for _, f := range want.Files {
				files = append(files, openFixture(t, f))
			}
			found, err := channel.Detect(All(), files)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.State != channel.Recognised || f.Channel != want.Channel {
					t.Fatalf("%s is %s as %s, want %s", f.Name, f.State, f.Channel, want.Channel)
				}
			}
			batches := channel.Plan(found)
			if len(batches) != 1 || batches[0].Lacks != "" || string(batches[0].Kind) != want.Kind {
				t.Fatalf("planned %+v", batches)
			}
			for round := range 2 {
				got := readBatch(t, batches[0], len(files) > 1)
				compare(t, fmt.Sprintf("round %d orders", round), want.Orders, got.Orders, "channel_order_no")
				compare(t, "aftersales", want.Aftersales, got.Aftersales, "aftersale_no")
				compare(t, "ledger", want.Ledger, got.Ledger, "flow_no")
				compare(t, "rejected", want.Rejected, got.Rejected, "record")
				compare(t, "warnings", want.Warnings, got.Warnings, "record")
			}
		})
	}
}

func readBatch(t *testing.T, b channel.Batch, pair bool) expectedFile {
	t.Helper()
	var got expectedFile
	err := channel.Read(All(), b, channel.Options{}, func(v channel.Verdict) error {
		if !json.Valid(v.Raw()) || len(v.Rows) == 0 {
			t.Errorf("record %d carries no readable rows: %s", v.Record, v.Raw())
		}
		switch {
		case v.Result == channel.Rejected:
			key := map[channel.Kind]string{channel.Orders: "order_no", channel.Aftersales: "aftersale_no", channel.Ledger: "flow_no"}[b.Kind]
			r := map[string]any{"record": v.Record, key: orNil(v.No), "reason": string(v.Reason)}
			if pair {
				r["file"] = v.File
			}
			got.Rejected = append(got.Rejected, r)
		case v.Result == channel.Warned:
			got.Warnings = append(got.Warnings, map[string]any{"record": v.Record, "order_no": orNil(v.No), "kind": string(v.Reason)})
		case v.Order != nil:
			got.Orders = append(got.Orders, orderJSON(b.Channel, v.Order))
		case v.Aftersale != nil:
			got.Aftersales = append(got.Aftersales, aftersaleJSON(v.Aftersale))
		case v.Entry != nil:
			e := v.Entry
			got.Ledger = append(got.Ledger, map[string]any{"flow_no": orNil(e.FlowNo), "at": instant(e.At), "direction": e.Direction,
				"amount_fen": e.AmountFen, "scene": e.Scene, "channel_order_no": orNil(e.ChannelOrderNo),
				"channel_line_no": orNil(e.ChannelLineNo), "note": orNil(e.Note)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func orderJSON(code string, o *channel.Order) map[string]any {
	var lines []any
	for _, l := range o.Lines {
		lines = append(lines, map[string]any{"channel_line_no": orNil(l.ChannelLineNo), "title": l.Title, "sku_text": orNil(l.SKUText),
			"merchant_sku_code": orNil(l.MerchantSKUCode), "quantity": l.Quantity, "price_fen": l.PriceFen, "is_gift": l.IsGift,
			"status": orNil(string(l.Status)), "refund_status": l.RefundState})
	}
	r, m := o.Receiver, o.Money
	out := map[string]any{"channel": code, "shop_hint": orNil(o.ShopHint), "channel_order_no": o.ChannelOrderNo, "status": o.Status,
		"status_raw": o.StatusRaw, "holds": list(o.Holds), "flags": list(o.Flags), "placed_at": instant(o.PlacedAt), "placed_date": orNil(o.PlacedOn),
		"paid_at": instant(o.PaidAt), "shipped_at": instant(o.ShippedAt), "completed_at": instant(o.CompletedAt), "buyer_nick": orNil(o.BuyerNick),
		"receiver": map[string]any{"name": orNil(r.Name), "phone": orNil(r.Phone), "province": orNil(r.Province), "city": orNil(r.City),
			"district": orNil(r.District), "town": orNil(r.Town), "detail": orNil(r.Detail), "encrypted": r.Encrypted},
		"lines": lines, "total_quantity": o.TotalQuantity,
		"money": map[string]*money.Fen{"goods": m.Goods, "merchant_discount": m.MerchantDiscount, "platform_discount": m.PlatformDiscount,
			"payment_discount": m.PaymentDiscount, "freight": m.Freight, "buyer_paid": m.BuyerPaid, "merchant_receivable": m.MerchantReceivable},
		"refund_status": o.RefundState, "refund_fen": o.RefundFen, "buyer_note": orNil(o.BuyerNote), "seller_note": orNil(o.SellerNote), "waybill": nil}
	if o.Waybill != nil {
		out["waybill"] = map[string]any{"carrier": o.Waybill.Carrier, "no": o.Waybill.No}
	}
	return out
}

func aftersaleJSON(a *channel.Aftersale) map[string]any {
	out := map[string]any{"aftersale_no": a.AftersaleNo, "channel_order_no": a.ChannelOrderNo, "channel_line_no": orNil(a.ChannelLineNo),
		"type": a.Type, "status": a.Status, "status_raw": a.StatusRaw, "refund_goods_fen": a.RefundGoodsFen, "refund_freight_fen": a.RefundFreightFen,
		"applied_at": instant(a.AppliedAt), "refunded_at": instant(a.RefundedAt), "return_waybill": nil, "reason": orNil(a.Reason), "buyer_note": orNil(a.BuyerNote)}
	if a.ReturnWaybill != nil {
		out["return_waybill"] = map[string]any{"carrier": a.ReturnWaybill.Carrier, "no": a.ReturnWaybill.No}
	}
	return out
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func instant(ms int64) any {
	if ms == 0 {
		return nil
	}
	return time.UnixMilli(ms).In(time.FixedZone("", 8*3600)).Format(time.RFC3339)
}

// compare compares both lists as JSON, element by element, in the order of key.
func compare(t *testing.T, what string, want, got []map[string]any, key string) {
	t.Helper()
	w, g := plain(t, want, key), plain(t, got, key)
	if len(w) != len(g) {
		t.Errorf("%s: %d, want %d", what, len(g), len(w))
	}
	shown := 0
	for i := range min(len(w), len(g)) {
		for k := range w[i] {
			if !reflect.DeepEqual(w[i][k], g[i][k]) && shown < 12 {
				shown++
				t.Errorf("%s %v: %s is %s, want %s", what, w[i][key], k, js(g[i][k]), js(w[i][k]))
			}
		}
	}
}

func js(v any) string { b, _ := json.Marshal(v); return string(b) }

func plain(t *testing.T, list []map[string]any, key string) []map[string]any {
	t.Helper()
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	sort.SliceStable(out, func(i, j int) bool {
		return js(out[i][key])+js(out[i]["file"])+js(out[i]["at"]) < js(out[j][key])+js(out[j]["file"])+js(out[j]["at"])
	})
	return out
}

func TestEveryShipTemplateIsFilledAsExpected(t *testing.T) {
	seen := 0
	for _, want := range expected(t) {
		if want.Kind != "ship_template" {
			continue
		}
		seen++
		f := openFixture(t, want.Files[0])
		shape, err := channel.DescribeTemplate(f.Book)
		if err != nil {
			t.Fatal(err)
		}
		if shape.HeaderRecord != want.HeaderRecord {
			t.Errorf("%s: header in record %d, want %d", f.Name, shape.HeaderRecord, want.HeaderRecord)
		}
		var ships []channel.Shipment
		for _, s := range want.Shipments {
			ships = append(ships, channel.Shipment{ChannelOrderNo: s.OrderNo, Lines: s.Lines, Carrier: s.Carrier, No: s.No})
		}
		var out bytes.Buffer
		done, err := channel.FillTemplate(&out, f.Book, shape, ships)
		if err != nil || len(done.UnknownCarriers) > 0 {
			t.Fatal(done, err)
		}
		filled, err := sheet.Open(f.Name, bytes.NewReader(out.Bytes()), int64(out.Len()), sheet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if filled.Encoding != f.Book.Encoding || len(filled.Sheets) != len(f.Book.Sheets) {
			t.Errorf("%s: encoding %q, %d sheets", f.Name, filled.Encoding, len(filled.Sheets))
		}
		before, _ := f.Book.Sheets[0].Head(want.HeaderRecord)
		recs, err := filled.Sheets[0].Head(1000)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(recs[:want.HeaderRecord], before) {
			t.Errorf("%s: the rows above changed: %v", f.Name, recs[:want.HeaderRecord])
		}
		var rows [][]string
		for _, r := range recs[want.HeaderRecord-1:] {
			rows = append(rows, append(r.Cells, make([]string, len(want.ExpectedRows[0])-len(r.Cells))...))
		}
		if !reflect.DeepEqual(rows, want.ExpectedRows) {
			t.Errorf("%s: rows %q", f.Name, rows)
		}
	}
	if seen < 2 {
		t.Errorf("saw %d ship templates", seen)
	}
}
