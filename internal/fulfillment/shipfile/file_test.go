package shipfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/order"
)

func (h *house) run(f ShipFile, o FileOptions) job.Job {
	h.t.Helper()
	if o.Mapping == nil {
		o.Mapping = f.Mapping
	}
	j, err := h.f.RunFile(h.ctx, f.ID, o)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.drain(j.ID)
}

func (h *house) drain(j id.ID) job.Job {
	h.t.Helper()
	if err := h.k.Jobs.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	done, err := h.k.Jobs.Get(h.ctx, j)
	if err != nil {
		h.t.Fatal(err)
	}
	return done
}

func (h *house) rows(j id.ID, result string) map[int64]string {
	h.t.Helper()
	rows, _, err := h.k.Jobs.Rows(h.ctx, j, result, "", 200)
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[int64]string{}
	for _, r := range rows {
		out[r.No] = r.Code
	}
	return out
}

func TestATrackingFileIsCheckedAndShipsWhatTheCheckSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 100)
		h.sku("B", 1)
		unpaid := h.doc("N-5", item{"A", 1})
		unpaid.Status, unpaid.PaidAt = order.ChannelPendingPayment, 0
		ids := h.put(h.doc("N-1", item{"A", 1}), h.doc("N-2", item{"A", 1}), h.doc("N-3", item{"A", 2}, item{"B", 1}), h.doc("N-4", item{"A", 1}), unpaid, h.doc("N-6", item{"A", 1}))
		if _, err := h.s.Ship(h.ctx, fulfillment.ShipInput{OrderID: ids[5], WaybillNo: yt(60)}); err != nil {
			t.Fatal(err)
		}
		f := h.upload("今日发货.csv", "请核对后上传,,,,\n订单号,快递公司,快递单号,商家编码,数量\n"+ // 1, 2
			"N-1,圆通速递,"+yt(1)+",,\n"+ // 3 ok
			"N-1,圆通速递,"+yt(1)+",,\n"+ // 4 same parcel again
			"N-2,,"+yt(2)+",,\n"+ // 5 ok, carrier by number
			"N-3,圆通,"+yt(3)+",A,2\n"+ // 6 ok: part of an order
			"N-3,圆通,"+yt(3)+",B,1\n"+ // 7 ok: the same parcel
			"N-4,中通,7864766044150,,\n"+ // 8 suspicious
			"N-5,圆通,"+yt(5)+",,\n"+ // 9 not paid
			"N-6,圆通,"+yt(60)+",,\n"+ // 10 unchanged
			"N-7,圆通,"+yt(7)+",,\n"+ // 11 unknown
			",,,,\n"+ // 12 blank
			"N-2,圆通,"+yt(8)+",,\n"+ // 13 already shipped by row 5
			"N-4,圆通,,,\n"+ // 14 no number
			"6.97E+18,圆通,"+yt(9)+",,\n"+ // 15 digits lost
			"N-1,飞毛腿,"+yt(9)+",,\n") // 16 already shipped, whatever the carrier
		if f.State != "uploaded" || f.Mapping[ColumnOrderNo] != "订单号" || len(f.Sample) != 5 || f.Sample[0][2] != yt(1) {
			t.Fatalf("upload %+v", f)
		}
		m := maps.Clone(f.Mapping)
		m[ColumnSKUCode], m[ColumnQuantity] = "商家编码", "数量"
		got, err := h.f.CheckFile(h.ctx, f.ID, FileOptions{Mapping: m})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"ok": 5, "suspicious": 1, "not_paid": 1, "unchanged": 1, "unknown_order": 1, "already_shipped": 1, "missing": 1, "bad_row": 1, "unknown_carrier": 1}
		if got.Total != 13 || !maps.Equal(got.Counts, want) {
			t.Errorf("check: %d rows %v, want %v", got.Total, got.Counts, want)
		}
		if r := got.Rows[2]; r.Row != 5 || !r.Guessed || r.Carrier != "YTO" || r.OrderID != ids[1] {
			t.Errorf("row 5: %+v", r)
		}
		if on, _ := h.onHand("A"); on != 99 || h.count("fulfillment_parcel", "") != 1 {
			t.Fatalf("the check wrote something")
		}
		j := h.run(f, FileOptions{Mapping: m})
		if j.State != job.Succeeded || j.Total != 13 || j.Done != 13 || j.OKCount != 6 || j.SkippedCount != 1 || j.FailedCount != 6 {
			t.Errorf("job %s total %d done %d ok %d skipped %d failed %d", j.State, j.Total, j.Done, j.OKCount, j.SkippedCount, j.FailedCount)
		}
		var sum ShipResult
		if err := json.Unmarshal(j.Result, &sum); err != nil || sum != (ShipResult{ShipFileID: f.ID, Shipped: 6, Unchanged: 1, Failed: 6, Suspicious: 1}) {
			t.Errorf("result %+v %v", sum, err)
		}
		failed := h.rows(j.ID, job.Bad)
		if !maps.Equal(failed, map[int64]string{9: "order.not_paid", 11: "fulfillment.unknown_order", 13: "fulfillment.already_shipped", 14: "fulfillment.no_waybill",
			15: "fulfillment.number_damaged", 16: "fulfillment.carrier_unknown"}) {
			t.Errorf("failed rows %v", failed)
		}
		if on, _ := h.onHand("A"); on != 94 {
			t.Errorf("%d of A", on)
		}
		if o := h.load(ids[2]); o.State != order.Shipped || o.ParcelCount != 1 {
			t.Errorf("two rows of one parcel: %v, %d parcels", o.State, o.ParcelCount)
		}
		h.sound()
	})
}

func TestUploadingTheSameFileAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 5000)
		text := "订单号,快递单号\n"
		var docs []order.Document
		for i := range 1200 {
			docs = append(docs, h.doc(fmt.Sprintf("R-%d", i), item{"A", 1}))
			text += fmt.Sprintf("R-%d,%s\n", i, yt(i))
		}
		h.put(docs...)
		if j := h.run(h.upload("a.csv", text), FileOptions{}); j.OKCount != 1200 || j.FailedCount != 0 {
			t.Fatalf("first: ok %d failed %d", j.OKCount, j.FailedCount)
		}
		parcels, events, moves := h.count("fulfillment_parcel", ""), h.count("event_log", ""), h.count("inventory_movement", "")
		j := h.run(h.upload("a.csv", text), FileOptions{})
		if j.SkippedCount != 1200 || j.OKCount != 0 || j.FailedCount != 0 {
			t.Errorf("again: ok %d skipped %d failed %d", j.OKCount, j.SkippedCount, j.FailedCount)
		}
		if h.count("fulfillment_parcel", "") != parcels || h.count("event_log", "") != events || h.count("inventory_movement", "") != moves {
			t.Error("the second upload wrote parcels, events or movements")
		}
		h.sound()
	})
}

func TestFailedRowsAreRetriedAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 100)
		late := h.doc("L-2", item{"A", 1})
		late.Status, late.PaidAt = order.ChannelPendingPayment, 0
		h.put(h.doc("L-1", item{"A", 1}), late)
		f := h.upload("a.csv", "订单号,快递单号\nL-1,"+yt(1)+"\nL-2,"+yt(2)+"\nL-3,"+yt(3)+"\n")
		j := h.run(f, FileOptions{})
		if j.OKCount != 1 || j.FailedCount != 2 || !j.Retryable {
			t.Fatalf("ok %d failed %d retryable %v", j.OKCount, j.FailedCount, j.Retryable)
		}
		h.put(h.doc("L-2", item{"A", 1}))
		again, err := h.k.Jobs.RetryFailed(h.ctx, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		done := h.drain(again.ID)
		if done.Total != 2 || done.Done != 2 || done.OKCount != 1 || done.FailedCount != 1 {
			t.Errorf("retry: total %d done %d ok %d failed %d", done.Total, done.Done, done.OKCount, done.FailedCount)
		}
		if rows := h.rows(done.ID, job.Bad); rows[4] != "fulfillment.unknown_order" {
			t.Errorf("still failed: %v", rows)
		}
		if on, _ := h.onHand("A"); on != 98 {
			t.Errorf("%d on hand", on)
		}
	})
}

// A job that dies between two commits goes on where its last commit was.
func TestARunThatDiesGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 5000)
		text := "订单号,快递单号\n"
		var docs []order.Document
		for i := range 1300 {
			docs = append(docs, h.doc(fmt.Sprintf("K-%d", i), item{"A", 1}))
			text += fmt.Sprintf("K-%d,%s\n", i, yt(i))
		}
		h.put(docs...)
		f := h.upload("a.csv", text)
		table, err := h.f.openTable(h.ctx, f, f.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		// What the job's first step commits, without the job: the crash came right after.
		died := errors.New("the process died here")
		var last int64
		err = table.batches(0, nil, func(rows []fileRow) error {
			h.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.f.shipRowsTx(ctx, tx, FileOptions{Mapping: f.Mapping}, rows, ShipResult{})
				return err
			})
			last = rows[len(rows)-1].No
			return died
		})
		if !errors.Is(err, died) || h.count("fulfillment_parcel", "") != 500 {
			t.Fatalf("%v, %d parcels", err, h.count("fulfillment_parcel", ""))
		}
		j, err := h.f.RunFile(h.ctx, f.ID, FileOptions{Mapping: f.Mapping})
		if err != nil {
			t.Fatal(err)
		}
		h.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job_job SET checkpoint = ?, done = 500, ok_count = 500 WHERE merchant_id = ? AND id = ?`, fmt.Sprint(last), kittest.Merchant, j.ID)
			return err
		})
		done := h.drain(j.ID)
		if done.State != job.Succeeded || done.Done != 1300 || done.OKCount != 1300 || done.SkippedCount != 0 {
			t.Errorf("%s done %d ok %d skipped %d", done.State, done.Done, done.OKCount, done.SkippedCount)
		}
		if on, held := h.onHand("A"); on != 3700 || held != 0 || h.count("fulfillment_parcel", "") != 1300 {
			t.Errorf("%d on hand, %d reserved, %d parcels", on, held, h.count("fulfillment_parcel", ""))
		}
		h.sound()
	})
}

func TestARunIsRefusedBeforeItStarts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		f := h.upload("a.csv", "订单号,快递单号\n1,"+yt(1)+"\n")
		clerk := kittest.As(h.ctx, fulfillment.PermitShip)
		for _, c := range []struct {
			name string
			ctx  context.Context
			f    id.ID
			o    FileOptions
			want string
		}{
			{"no such file", h.ctx, 7, FileOptions{Mapping: f.Mapping}, "fulfillment.ship_file_not_found"},
			{"no mapping", h.ctx, f.ID, FileOptions{}, "fulfillment.mapping_incomplete"},
			{"a column that is not there", h.ctx, f.ID, FileOptions{Mapping: Mapping{"order_no": "单", "waybill_no": "快递单号"}}, "fulfillment.column_missing"},
			{"a reason by somebody who may not", clerk, f.ID, FileOptions{Mapping: f.Mapping, StaleReason: "x"}, "actor.forbidden"},
			{"without the permission", kittest.As(h.ctx), f.ID, FileOptions{Mapping: f.Mapping}, "actor.forbidden"},
			{"another merchant", func() context.Context { kittest.NewMerchant(t, h.k, 2); return asOwner(h.ctx, 2) }(), f.ID, FileOptions{Mapping: f.Mapping}, "fulfillment.ship_file_not_found"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := h.f.RunFile(c.ctx, c.f, c.o); code(err) != c.want {
					t.Errorf("run: %v, want %s", err, c.want)
				}
			})
		}
		if n := h.count("job_job", ""); n != 0 {
			t.Errorf("%d jobs", n)
		}
		j1, err1 := h.f.RunFile(h.ctx, f.ID, FileOptions{Mapping: f.Mapping})
		j2, err2 := h.f.RunFile(h.ctx, f.ID, FileOptions{Mapping: f.Mapping})
		if err1 != nil || err2 != nil || j1.ID != j2.ID {
			t.Errorf("two clicks made two jobs: %v %v %v %v", j1.ID, j2.ID, err1, err2)
		}
	})
}

func TestNumbersOfSeveralShopsAreNotGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		other := h.newShop("青禾茶铺二店")
		h.put(h.doc("S-1", item{"A", 1}))
		h.putIn(other, h.doc("S-1", item{"A", 1}))
		f := h.upload("a.csv", "订单号,快递单号\nS-1,"+yt(1)+"\n")
		got, err := h.f.CheckFile(h.ctx, f.ID, FileOptions{Mapping: f.Mapping})
		if err != nil || got.Counts["ambiguous_order"] != 1 || !strings.Contains(got.Rows[0].Code, "ambiguous") {
			t.Errorf("%v %v", got, err)
		}
	})
}

// The databases check every statement's owner here, which costs about a third.
func BenchmarkShipByFile10k(b *testing.B) {
	for name, engine := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				h := open(b, engine(b))
				f := h.tenThousand()
				b.StartTimer()
				if c, err := h.f.CheckFile(h.ctx, f.ID, FileOptions{Mapping: f.Mapping}); err != nil || c.Counts["ok"] != 10000 {
					b.Fatalf("%v %v", c.Counts, err)
				}
				checked := b.Elapsed()
				if j := h.run(f, FileOptions{}); j.OKCount != 10000 {
					b.Fatalf("ok %d failed %d", j.OKCount, j.FailedCount)
				}
				b.ReportMetric((b.Elapsed() - checked).Seconds(), "run-s")
				shipped := b.Elapsed()
				if j := h.run(f, FileOptions{}); j.SkippedCount != 10000 {
					b.Fatalf("again: skipped %d", j.SkippedCount)
				}
				b.ReportMetric((b.Elapsed() - shipped).Seconds(), "again-s")
			}
		})
	}
}

// tenThousand brings in 10,000 orders and uploads the file that ships them.
func (h *house) tenThousand() ShipFile {
	for i := range 50 {
		h.sku(fmt.Sprintf("S%d", i), 100000)
	}
	var text strings.Builder
	text.WriteString("订单号,快递公司,快递单号\n")
	var docs []order.Document
	for i := range 10000 {
		docs = append(docs, h.doc(fmt.Sprintf("B-%d", i), item{fmt.Sprintf("S%d", i%50), 1}))
		fmt.Fprintf(&text, "B-%d,圆通速递,%s\n", i, yt(i))
		if len(docs) == 500 {
			h.put(docs...)
			docs = docs[:0]
		}
	}
	return h.upload("b.csv", text.String())
}

func TestTheFailureFileHoldsFailedRowsWithReasons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		h.put(h.doc("F-1", item{"A", 1}))
		f := h.upload("a.csv", "标题\n订单号,快递单号,备注\nF-1,"+yt(1)+",x\nF-2,"+yt(2)+",=cmd\n")
		j := h.run(f, FileOptions{})
		write, err := h.f.Failures(h.ctx, f.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		book, err := sheet.Open("f.csv", bytes.NewReader(b.Bytes()), int64(b.Len()), sheet.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.Sheets[0].Head(10)
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0].Cells, []string{"订单号", "快递单号", "备注", "失败原因"}) {
			t.Fatalf("%v %v", rows, err)
		}
		if got := rows[1].Cells; sheet.Clean(got[0]) != "F-2" || strings.HasPrefix(got[2], "=") || got[3] != "没有找到订单 F-2" {
			t.Errorf("%q", got)
		}
		if _, err := h.f.Failures(h.ctx, f.ID, j.ID+1); code(err) != "job.not_found" {
			t.Errorf("another job: %v", err)
		}
	})
}
