package scenario

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const fixtures = "../../internal/connector/testdata/fixtures"

// The main job from the first file to the platform's batch-ship file: everything
// a merchant does on the first day, in the order in which they do it.
func TestAMerchantTakesInEveryShopsOrdersAndShipsByFile(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		j := &journey{t: t, c: c, expected: expected(t), shops: map[string]string{}}
		j.importEverything()
		j.importEverythingAgain()
		j.mapEverything()
		j.stockUp()
		j.approve()
		j.ship()
		j.sendBack()
		j.export()
		s.stop()
		s.sound()
	})
}

type journey struct {
	t        *testing.T
	c        *client
	expected []obj
	shops    map[string]string // shop id by channel
}

// expected is what the fixtures hold, file by file.
func expected(t *testing.T) []obj {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var doc obj
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc.list("files")
}

func fixture(t *testing.T, name string) dropped {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, name))
	if err != nil {
		t.Fatal(err)
	}
	return dropped{filepath.Base(name), b}
}

// of returns the expectations of one kind of file; there are never none.
func of(t *testing.T, all []obj, kind string) []obj {
	t.Helper()
	out := slices.DeleteFunc(slices.Clone(all), func(f obj) bool { return f.str("kind") != kind })
	if len(out) == 0 {
		t.Fatalf("expected.json lists no %s files", kind)
	}
	return out
}

func (j *journey) orderFiles() []obj {
	out := of(j.t, j.expected, "orders")
	if len(out) < 8 {
		j.t.Fatalf("only %d channels have order files", len(out))
	}
	return out
}

// importFile drops the files of one channel into its shop and runs the import.
func (j *journey) importFile(f obj) (preview, result obj) {
	j.t.Helper()
	var files []dropped
	for _, name := range f.strs("files") {
		files = append(files, fixture(j.t, name))
	}
	one := j.c.form("POST", "/imports", "files", http.StatusCreated, files...)
	for _, x := range one.list("files") {
		if x.str("channel") != f.str("channel") || x.str("kind") != "orders" && x.str("kind") != "order_details" {
			j.t.Errorf("%s is taken for %s of %s", x.str("name"), x.str("kind"), x.str("channel"))
		}
	}
	shopID := j.shops[f.str("channel")]
	want(j.t, "the suggested shop of "+f.str("channel"), one.str("suggested_shop_id"), shopID)
	choice := obj{"shop_id": shopID, "exported_at": time.Now().UTC().Format(time.RFC3339)}
	preview = j.c.post("/imports/"+one.str("id")+"/preview", choice, http.StatusOK)
	run := j.c.post("/imports/"+one.str("id")+"/run", choice, http.StatusAccepted)
	done := j.c.succeeded(run.str("id"))
	want(j.t, "rejected records of "+f.str("channel"), done.num("failed_count"), int64(len(f.list("rejected"))))
	j.checkRejects(f, run.str("id"), one.str("id"))
	return preview, done.obj("result")
}

// reveal compares the plain receiver with the file's, where the file has one.
func (j *journey) reveal(o, d obj) {
	j.t.Helper()
	r := o.obj("receiver")
	if r.str("name")+r.str("phone")+r.str("detail") == "" || r["encrypted"] == true {
		return
	}
	got := j.c.post("/orders/"+d.str("id")+"/reveal", obj{"fields": []string{"name", "phone", "address"}, "reason": "buyer calls about the delivery"}, http.StatusOK)
	want(j.t, "the receiver of "+o.str("channel_order_no"), fmt.Sprint(got.str("name"), "|", got.str("phone"), "|", got.str("address")),
		fmt.Sprint(r.str("name"), "|", r.str("phone"), "|", strings.TrimSpace(r.str("town")+" "+r.str("detail"))))
}

func (j *journey) checkRejects(f obj, jobID, importID string) {
	j.t.Helper()
	rows := j.c.items("/jobs/" + jobID + "/rows?result=failed")
	var got, expect []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.num("no"), " ", r.str("code")))
		if r.str("message") == "" {
			j.t.Errorf("record %d of %s is rejected without a word", r.num("no"), f.str("channel"))
		}
	}
	for _, r := range f.list("rejected") {
		expect = append(expect, fmt.Sprint(r.num("file")*10_000_000+r.num("record"), " channel.file_", r.str("reason")))
	}
	want(j.t, "rejected records of "+f.str("channel"), strings.Join(sorted(got), "; "), strings.Join(sorted(expect), "; "))
	sheet := j.c.call("GET", "/imports/"+importID+"/rejects.csv", nil, http.StatusOK)
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet.body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(records) != len(rows)+1 {
		j.t.Errorf("the list of rejected records of %s has %d lines, want %d: %v", f.str("channel"), len(records), len(rows)+1, err)
	}
}

func (j *journey) importEverything() {
	for _, f := range j.orderFiles() {
		ch := f.str("channel")
		made := j.c.post("/shops", obj{"channel": ch, "name": "海湾 " + ch, "live_from_at": "2026-01-01T00:00:00+08:00", "stale_after_hours": 24}, http.StatusCreated)
		j.shops[ch] = made.str("id")
		p, r := j.importFile(f)
		n := int64(len(f.list("orders")))
		want(j.t, "orders made from "+ch, r.num("created"), n)
		want(j.t, "new orders in the preview of "+ch, p.obj("counts").num("new"), n)
		j.compare(f)
	}
}

// Whatever is imported twice is there once.
func (j *journey) importEverythingAgain() {
	total := 0
	for _, f := range j.orderFiles() {
		p, r := j.importFile(f)
		n := int64(len(f.list("orders")))
		total += int(n)
		want(j.t, "orders made from "+f.str("channel")+" the second time", r.num("created"), 0)
		want(j.t, "unchanged orders of "+f.str("channel"), r.num("unchanged"), n)
		want(j.t, "unchanged orders in the second preview of "+f.str("channel"), p.obj("counts").num("unchanged"), n)
		j.compare(f)
	}
	want(j.t, "the number of orders", len(j.c.items("/orders?limit=200")), total)
	counts := j.c.get("/orders/counts").obj("counts")
	want(j.t, "the counter of all orders", counts.obj("all").num("n"), int64(total))
	sum := int64(0)
	for _, tab := range []string{"pending_payment", "awaiting_approval", "awaiting_shipment", "partly_shipped", "shipped", "delivered", "completed", "closed"} {
		n := counts.obj(tab).num("n")
		want(j.t, "the counter of "+tab, n, int64(len(j.c.items("/orders?limit=200&tab="+tab))))
		sum += n
	}
	want(j.t, "the sum of the states' counters", sum, int64(total))
}

// states is where an order of the file stands with us right after the import.
var states = map[string]string{"pending_payment": "pending_payment", "awaiting_shipment": "awaiting_approval", "partly_shipped": "partly_shipped",
	"shipped": "shipped", "completed": "completed", "closed": "closed"}

// compare reads every order of a file over the API and holds it against expected.json.
func (j *journey) compare(f obj) {
	j.t.Helper()
	rows := map[string]obj{}
	for _, r := range j.c.items("/orders?limit=200&shop_id=" + j.shops[f.str("channel")]) {
		if rows[r.str("channel_order_no")] != nil {
			j.t.Errorf("%s stands twice in the list", r.str("channel_order_no"))
		}
		rows[r.str("channel_order_no")] = r
	}
	want(j.t, "orders of "+f.str("channel"), len(rows), len(f.list("orders")))
	for i, o := range f.list("orders") {
		row := rows[o.str("channel_order_no")]
		if row == nil {
			j.t.Errorf("%s of %s is missing", o.str("channel_order_no"), f.str("channel"))
			continue
		}
		d := j.c.get("/orders/" + row.str("id"))
		j.compareOne(o, d)
		if i%5 == 0 {
			j.reveal(o, d)
		}
	}
}

func (j *journey) compareOne(o, d obj) {
	j.t.Helper()
	same := func(what string, got, expect any) {
		j.t.Helper()
		g, e := canonical(got), canonical(expect)
		if g != e {
			j.t.Errorf("order %s: %s is %s, want %s", o.str("channel_order_no"), what, g, e)
		}
	}
	same("state", d["state"], states[o.str("status")])
	same("channel status", d["channel_status_raw"], o["status_raw"])
	same("locks", d["channel_locks"], o["holds"])
	same("flags", d["channel_flags"], o["flags"])
	if o["placed_at"] != nil {
		same("placed_at", instant(d["placed_at"]), instant(o["placed_at"]))
	} else if day := o.str("placed_date"); day != "" && !strings.HasPrefix(d.str("placed_at"), day) {
		j.t.Errorf("order %s was placed at %s, want a time on %s", o.str("channel_order_no"), d.str("placed_at"), day)
	}
	for _, k := range []string{"paid_at", "shipped_at", "completed_at"} {
		same(k, instant(d[k]), instant(o[k]))
	}
	for _, k := range []string{"buyer_nick", "buyer_note", "seller_note"} {
		same(k, d.str(k), o.str(k))
	}
	same("quantity", d["quantity"], o["total_quantity"])
	same("refund state", d["refund_state"], o["refund_status"])
	m, e := d.obj("money"), o.obj("money")
	for ours, theirs := range map[string]string{"goods_fen": "goods", "merchant_discount_fen": "merchant_discount", "platform_discount_fen": "platform_discount",
		"payment_discount_fen": "payment_discount", "freight_fen": "freight", "buyer_paid_fen": "buyer_paid", "receivable_fen": "merchant_receivable"} {
		same(ours, m[ours], e[theirs])
	}
	same("refund", m["refund_fen"], o["refund_fen"])
	same("waybill", d.str("waybill_no"), o.obj("waybill").str("no"))
	r := o.obj("receiver")
	for _, k := range []string{"province", "city", "district"} {
		same(k, d.str(k), r.str(k))
	}
	same("the number of lines", len(d.list("line_details")), len(o.list("lines")))
	for i, l := range d.list("line_details") {
		x := o.list("lines")[i]
		for ours, theirs := range map[string]string{"title": "title", "spec": "sku_text", "sku_code": "merchant_sku_code"} {
			same(ours, l.str(ours), x.str(theirs))
		}
		same("price", l["price_fen"], x["price_fen"])
		same("gift", l["is_gift"], x["is_gift"])
		same("the line's refund state", l["refund_state"], x["refund_status"])
		same("whether the quantity is known", l["quantity_known"], x["quantity"] != nil)
		if x["quantity"] != nil {
			same("the line's quantity", l["quantity"], x["quantity"])
		}
	}
	// What the file holds of the receiver in plain is shown masked.
	shown := d.str("receiver_masked")
	for _, k := range []string{"name", "phone", "detail"} {
		if v := r.str(k); len([]rune(v)) > 3 && !strings.Contains(v, "*") && strings.Contains(shown, v) {
			j.t.Errorf("order %s shows the receiver's %s", o.str("channel_order_no"), k)
		}
	}
}

func canonical(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func instant(v any) string {
	s, _ := v.(string)
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return at.UTC().Format(time.RFC3339)
}

// mapEverything makes products from the codes seen in the orders, and maps what
// has no code by hand.
func (j *journey) mapEverything() {
	before := len(j.c.items("/listings?mapped=false"))
	codes := j.c.items("/listings/proposals")
	if before == 0 || len(codes) == 0 {
		j.t.Fatalf("%d unmapped listings, %d proposals", before, len(codes))
	}
	made := j.c.post("/listings/accept-proposals", obj{"all": true}, http.StatusOK)
	want(j.t, "SKUs made from proposals", made.num("skus"), int64(len(codes)))
	left := j.c.items("/listings?mapped=false")
	want(j.t, "listings left unmapped", int64(len(left)), int64(before)-made.num("mapped"))
	if len(left) == 0 {
		j.t.Fatal("the fixtures have lines without a code, and no listing waits for a hand")
	}
	for i, l := range left {
		sku := j.c.post("/skus", obj{"code": fmt.Sprintf("HAND-%02d", i), "product_name": l.str("title"), "spec": l.str("spec"), "cost_fen": 1250}, http.StatusCreated)
		j.c.post("/listings/"+l.str("id")+"/map", obj{"sku_id": sku.str("id")}, http.StatusOK)
	}
	want(j.t, "listings left unmapped", len(j.c.items("/listings?mapped=false")), 0)
	j.c.eventually("every order's lines know their SKU", func() bool { return len(j.c.items("/orders?hold=sku_unmapped")) == 0 })
}

const opening = 500

// stockUp brings opening stock in by file. A wrong row is told, and stops nothing.
func (j *journey) stockUp() {
	short := len(j.c.items("/orders?hold=out_of_stock&limit=200"))
	if short == 0 {
		j.t.Error("no order is short of stock before there is any")
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"商家编码", "数量"})
	skus := j.c.items("/skus?limit=200")
	for _, k := range skus {
		_ = w.Write([]string{k.str("code"), fmt.Sprint(opening)})
	}
	_ = w.Write([]string{"NO-SUCH-CODE", "7"})
	w.Flush()
	up := j.c.upload("POST", "/stock-imports", http.StatusCreated, dropped{"期初库存.csv", b.Bytes()})
	mapping := up.obj("mapping")
	if mapping.str("sku_code") != "商家编码" || mapping.str("quantity") != "数量" {
		j.t.Errorf("the columns are taken for %v", mapping)
	}
	p := j.c.post("/stock-imports/"+up.str("id")+"/preview", obj{"mapping": mapping}, http.StatusOK)
	want(j.t, "good rows of the stock file", p.num("ok"), int64(len(skus)))
	if bad := p.list("bad"); len(bad) != 1 || bad[0].str("message") == "" {
		j.t.Errorf("the preview of the stock file finds fault with %v", bad)
	}
	want(j.t, "balances after a preview", len(j.c.items("/stock")), 0)
	run := j.c.post("/stock-imports/"+up.str("id")+"/run", obj{"mapping": mapping}, http.StatusAccepted)
	done := j.c.succeeded(run.str("id"))
	want(j.t, "rows booked", done.num("ok_count"), int64(len(skus)))
	want(j.t, "rows refused", done.num("failed_count"), 1)
	for _, b := range j.c.items("/stock?limit=200") {
		want(j.t, "stock of "+b.str("sku_code"), b.num("on_hand"), opening)
	}
	j.c.eventually("orders that waited for stock have theirs", func() bool { return len(j.c.items("/orders?hold=out_of_stock")) == 0 })
}

// approve looks first, then approves every order that may be.
func (j *journey) approve() {
	filter := obj{"tab": "awaiting_approval"}
	waiting := j.c.items("/orders?tab=awaiting_approval&limit=200")
	dry := j.c.post("/orders/bulk/approve", obj{"filter": filter, "dry_run": true}, http.StatusOK)
	skipped := int64(0)
	for _, r := range dry.list("skip") {
		skipped += r.num("n")
		if r.str("message") == "" || len(r.strs("sample")) == 0 {
			j.t.Errorf("orders are left out without a word: %v", r)
		}
	}
	want(j.t, "orders looked at", dry.num("will")+skipped, int64(len(waiting)))
	want(j.t, "orders approved by a dry run", len(j.c.items("/orders?tab=awaiting_shipment")), 0)
	done := j.c.post("/orders/bulk/approve", obj{"filter": filter}, http.StatusOK)
	want(j.t, "orders approved", done.num("ok"), dry.num("will"))
	want(j.t, "orders not approved", int64(len(done.list("failed"))), skipped)
	approved := j.c.items("/orders?tab=awaiting_shipment&limit=200")
	want(j.t, "orders that wait for shipment", int64(len(approved)), dry.num("will"))
	if len(approved) < 20 {
		j.t.Fatalf("only %d orders can be shipped", len(approved))
	}
	for _, o := range approved {
		if slices.Contains(o.strs("holds"), "refund_open") {
			j.t.Errorf("%s is approved while its buyer asks for the money back", o.str("channel_order_no"))
		}
	}
}

// shipments of the fixtures, by channel.
func (j *journey) shipments() (rows [][]string) {
	for _, f := range of(j.t, j.expected, "ship_template") {
		for _, s := range f.list("shipments") {
			rows = append(rows, []string{s.str("channel_order_no"), s.str("carrier"), s.str("no")})
		}
	}
	return rows
}

func sheetOf(header []string, rows [][]string) dropped {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header)
	_ = w.WriteAll(rows)
	return dropped{"发货.csv", b.Bytes()}
}

// ship ships by a tracking file: dry run, run, and the same file again.
func (j *journey) ship() {
	good := j.shipments()
	header := []string{"订单号", "快递公司", "快递单号"}
	unpaid := j.c.items("/orders?tab=pending_payment")[0].str("channel_order_no")
	bad := [][]string{{"999999-000000000000001", "中通快递", "78123456789012"}, {unpaid, "中通快递", "78123456789013"}}
	file := sheetOf(header, append(slices.Clone(good), bad...))
	up := j.c.upload("POST", "/shipment-files", http.StatusCreated, file)
	for field, column := range map[string]string{"order_no": "订单号", "carrier": "快递公司", "waybill_no": "快递单号"} {
		want(j.t, "the column of "+field, up.obj("mapping").str(field), column)
	}
	options := obj{"mapping": up.obj("mapping")}
	check := j.c.post("/shipment-files/"+up.str("id")+"/check", options, http.StatusOK)
	for _, r := range check.list("rows") {
		if v := r.str("verdict"); v != "ok" && r.str("message") == "" {
			j.t.Errorf("row %d is %s without a word", r.num("row"), v)
		}
	}
	if n := check.obj("counts").num("ok"); n != int64(len(good)) {
		j.t.Fatalf("%d rows would ship, want %d: %s", n, len(good), canonical(check["rows"]))
	}
	want(j.t, "unknown orders", check.obj("counts").num("unknown_order"), 1)
	want(j.t, "parcels after a dry run", len(j.ours()), 0)
	before := j.onHand()

	run := j.c.post("/shipment-files/"+up.str("id")+"/run", options, http.StatusAccepted)
	done := j.c.succeeded(run.str("id"))
	want(j.t, "rows shipped", done.num("ok_count"), int64(len(good)))
	want(j.t, "rows that failed", done.num("failed_count"), int64(len(bad)))
	want(j.t, "parcels", len(j.ours()), len(good))
	after, pieces := j.onHand(), int64(0)
	for _, p := range j.ours() {
		o := j.c.get("/orders/" + p.str("order_id"))
		want(j.t, "the state of "+o.str("channel_order_no"), o.str("state"), "shipped")
		for _, l := range o.list("line_details") {
			want(j.t, "what was shipped of a line of "+o.str("channel_order_no"), l.num("shipped"), l.num("quantity"))
			pieces += l.num("shipped")
		}
	}
	want(j.t, "pieces taken from stock", before-after, pieces)

	again := j.c.upload("POST", "/shipment-files", http.StatusCreated, file)
	recheck := j.c.post("/shipment-files/"+again.str("id")+"/check", options, http.StatusOK)
	want(j.t, "rows that were done before", recheck.obj("counts").num("unchanged"), int64(len(good)))
	rerun := j.c.post("/shipment-files/"+again.str("id")+"/run", options, http.StatusAccepted)
	j.c.succeeded(rerun.str("id"))
	want(j.t, "parcels after the same file again", len(j.ours()), len(good))
	want(j.t, "stock after the same file again", j.onHand(), after)
}

// ours are the parcels shipped here; those of the files were shipped elsewhere.
func (j *journey) ours() []obj {
	return slices.DeleteFunc(j.c.items("/parcels?limit=200"), func(p obj) bool { return p.str("kind") != "express" })
}

func (j *journey) onHand() (sum int64) {
	for _, b := range j.c.items("/stock?limit=200") {
		sum += b.num("on_hand")
	}
	return sum
}

// sendBack fills each platform's own batch-ship file.
func (j *journey) sendBack() {
	for _, f := range of(j.t, j.expected, "ship_template") {
		shop := j.shops[f.str("channel")]
		empty := fixture(j.t, f.strs("files")[0])
		j.c.upload("PUT", "/ship-templates/"+shop, http.StatusOK, empty)
		preview := j.c.get("/ship-templates/" + shop + "/preview?unreported=true")
		filled := j.c.call("GET", "/ship-templates/"+shop+"/filled?unreported=true", nil, http.StatusOK)
		rows := table(j.t, empty.name, filled.body)
		head := int(f.num("header_record")) - 1
		var expect [][]string
		all, _ := f["expected_rows"].([]any)
		for _, r := range all {
			var row []string
			cells, _ := r.([]any)
			for _, v := range cells {
				text, _ := v.(string)
				row = append(row, text)
			}
			expect = append(expect, row)
		}
		if len(rows) < head+1 {
			j.t.Errorf("the filled file of %s has %d rows", f.str("channel"), len(rows))
			continue
		}
		got := rows[head:]
		slices.SortFunc(got[1:], slices.Compare[[]string])
		slices.SortFunc(expect[1:], slices.Compare[[]string])
		want(j.t, "the filled file of "+f.str("channel"), canonical(padded(got, len(expect[0]))), canonical(expect))
		want(j.t, "rows in the preview", preview.num("rows"), int64(len(expect)-1))

		ids := preview.strs("parcel_ids")
		j.c.post("/ship-templates/"+shop+"/reported", obj{"parcel_ids": ids}, http.StatusOK)
		j.c.refused("GET", "/ship-templates/"+shop+"/filled?unreported=true", nil, http.StatusNotFound, "channel.nothing_to_report")
		// Chosen parcels can be had again: the platform's page may have lost the upload.
		j.c.call("GET", "/ship-templates/"+shop+"/filled?parcel_ids="+ids[0], nil, http.StatusOK)
	}
}

func padded(rows [][]string, n int) [][]string {
	for i := range rows {
		for len(rows[i]) < n {
			rows[i] = append(rows[i], "")
		}
	}
	return rows
}

// table reads a CSV or XLSX file as a platform would.
func table(t *testing.T, name string, content []byte) [][]string {
	t.Helper()
	if filepath.Ext(name) == ".csv" {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	x, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// export hands the list out as files: every order once, masked, safe to open.
func (j *journey) export() {
	all := j.c.items("/orders?limit=200")
	for _, format := range []string{"csv", "xlsx"} {
		job := j.c.post("/exports", obj{"filter": obj{}, "format": format, "per": "order"}, http.StatusAccepted)
		done := j.c.succeeded(job.str("id"))
		file := j.c.call("GET", "/files/"+done.obj("result").str("file_id"), nil, http.StatusOK)
		if d := file.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
			j.t.Errorf("the export is not a download: %q", d)
		}
		rows := table(j.t, "export."+format, file.body)
		want(j.t, "rows of the "+format+" export", len(rows), len(all)+1)
		cells := map[string]bool{}
		for _, r := range rows {
			for _, v := range r {
				cells[strings.TrimRight(v, "\t")] = true
				if format == "csv" && strings.ContainsAny(v[:min(1, len(v))], "=+-@") && v != "-" {
					j.t.Errorf("a spreadsheet would calculate %q", v)
				}
			}
		}
		for _, o := range all {
			if !cells[o.str("channel_order_no")] {
				j.t.Errorf("%s is not in the %s export as text", o.str("channel_order_no"), format)
			}
		}
		for _, f := range j.orderFiles() {
			for _, o := range f.list("orders") {
				r := o.obj("receiver")
				for _, k := range []string{"phone", "detail"} {
					if v := r.str(k); len([]rune(v)) > 5 && !strings.Contains(v, "*") && cells[v] {
						j.t.Errorf("the %s export tells the %s of %s", format, k, o.str("channel_order_no"))
					}
				}
			}
		}
	}
}
