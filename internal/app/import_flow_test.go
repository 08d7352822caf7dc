package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, "orders", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// small is the first fixture whose channel writes one row per order.
func small(t *testing.T) (code string, name string) {
	t.Helper()
	for _, f := range expected(t) {
		if len(f.Files) == 1 && strings.HasSuffix(f.Files[0], "pdd_orders_export.csv") {
			return f.Channel, "pdd_orders_export.csv"
		}
	}
	t.Fatal("no fixture with one row per order")
	return "", ""
}

const table = "订单号,下单时间,付款时间,订单状态,商品名称,商家编码,数量,单价,收件人,手机,详细地址\r\n"

func tableRow(no, status, qty string) string {
	return fmt.Sprintf("%s,2026-11-21 09:00:00,2026-11-21 09:01:00,%s,手冲壶,POT-1,%s,99.00,周周,13700001111,湖滨路 3 号\r\n", no, status, qty)
}

// mapped imports a table nobody knows, with the guessed mapping.
func (w *world) mapped(ctx context.Context, shopID id.ID, content string, words map[string]channel.Status) (channel.Import, channel.ImportInput) {
	w.t.Helper()
	one := w.upload(ctx, dropped{"自家订单.csv", []byte(content)})
	if one.Files[0].State != channel.Unknown || len(one.Files[0].Mapping) == 0 {
		w.t.Fatalf("%+v", one.Files[0])
	}
	return one, channel.ImportInput{ImportID: one.ID, ShopID: shopID, ExportedAt: clock.Millis(w.kit.Clock), Mapping: one.Files[0].Mapping, StatusWords: words}
}

func (w *world) mappedShop(ctx context.Context, name string) id.ID {
	for _, m := range w.manifests() {
		if m.Can(channel.MappedFiles) {
			return w.shop(ctx, m.Code, name).ID
		}
	}
	w.t.Fatal("no connector reads mapped tables")
	return 0
}

func TestUnknownWordsAreShownMappedOnceAndRemembered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		sh := w.mappedShop(ctx, "自家商城")
		content := table + tableRow("A1", "可以发了", "1") + tableRow("A2", "可以发了", "2") + tableRow("A3", "可以发了", "x")
		_, in := w.mapped(ctx, sh, content, nil)
		p, err := w.files.Preview(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.UnknownWords) != 1 || p.UnknownWords[0].Word != "可以发了" || p.Counts.New != 0 || p.Counts.Rejected != 3 {
			t.Fatalf("%+v", p)
		}
		in.StatusWords = map[string]channel.Status{"可以发了": "sent away"}
		if _, err := w.files.Run(ctx, in); !errors.Is(err, channel.ErrBadWord) {
			t.Fatal(err)
		}
		in.StatusWords = map[string]channel.Status{"可以发了": channel.AwaitingShipment}
		j, r := w.run(ctx, in)
		if j.State != job.Succeeded || r.Created != 2 || r.Rejected != 1 || j.FailedCount != 1 || j.OKCount != 2 || j.Done != 3 {
			t.Fatalf("%+v %+v", j, r)
		}
		// The next file needs neither the word nor the mapping again.
		one, in := w.mapped(ctx, sh, table+tableRow("A4", "可以发了", "1"), nil)
		if !slices.Equal([]string{one.Files[0].Mapping[channel.FieldOrderNo]}, []string{"订单号"}) {
			t.Error(one.Files[0].Mapping)
		}
		if _, r := w.run(ctx, in); r.Created != 1 {
			t.Fatalf("%+v", r)
		}
		var first bytes.Buffer
		imports, _, err := w.files.List(ctx, "", 10)
		if err != nil || len(imports) != 2 {
			t.Fatal(len(imports), err)
		}
		if err := w.files.Rejects(ctx, imports[1].ID, &first); err != nil || !strings.Contains(first.String(), "A3") || !strings.Contains(first.String(), "bad_quantity") {
			t.Errorf("%s %v", first.String(), err)
		}
		if !strings.Contains(first.String(), "13700001111") {
			t.Error("whoever may export plain data gets the row back to correct it")
		}
		first.Reset()
		clerk := kittest.As(ctx, "intake.import")
		if err := w.files.Rejects(clerk, imports[1].ID, &first); err != nil || strings.Contains(first.String(), "13700001111") {
			t.Errorf("a phone number leaked: %v", err)
		}
	})
}

func TestAWordThatBecomesKnownLetsTheQuarantinedRowBeReplayed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		code, name := small(t)
		sh := w.shop(ctx, code, "云雾杂货")
		content := bytes.ReplaceAll(fixture(t, name), []byte("待发货"), []byte("备货完毕"))
		one := w.upload(ctx, dropped{name, content})
		in := channel.ImportInput{ImportID: one.ID, ShopID: sh.ID, ExportedAt: clock.Millis(w.kit.Clock)}
		_, r := w.run(ctx, in)
		rows, _, err := w.door.List(ctx, intake.StateQuarantined, "", 200)
		if err != nil || int64(len(rows)) != r.Rejected || r.Rejected == 0 {
			t.Fatal(len(rows), r, err)
		}
		i := slices.IndexFunc(rows, func(x intake.Row) bool {
			return x.ErrorCode == channel.ErrUnknownStatus.Code && x.ErrorParams["value"] == "备货完毕"
		})
		if i < 0 {
			t.Fatal("no row waits for its word")
		}
		if _, err := w.files.Replay(ctx, rows[i].ID); !errors.Is(err, channel.ErrUnknownStatus) {
			t.Fatal(err)
		}
		// Somebody says what the word means with the next import of the shop.
		two := w.upload(ctx, dropped{name, content})
		in.ImportID, in.StatusWords = two.ID, map[string]channel.Status{"备货完毕": channel.AwaitingShipment}
		in.ExportedAt -= 1000 // an older file: it teaches the word and brings nothing else in
		if _, err := w.files.Run(ctx, in); err != nil {
			t.Fatal(err)
		}
		out, err := w.files.Replay(ctx, rows[i].ID)
		if err != nil || out.Result != order.ApplyCreated {
			t.Fatalf("%+v %v", out, err)
		}
		if _, err := w.files.Replay(ctx, rows[i].ID); !errors.Is(err, intake.ErrNotOpen) {
			t.Errorf("replayed twice: %v", err)
		}
	})
}

func TestANumberUnderAnotherShopOfTheChannelStopsForConfirmation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		code, name := small(t)
		a, b := w.shop(ctx, code, "一号店"), w.shop(ctx, code, "二号店")
		one := w.upload(ctx, dropped{name, fixture(t, name)})
		in := channel.ImportInput{ImportID: one.ID, ShopID: a.ID, ExportedAt: clock.Millis(w.kit.Clock)}
		_, first := w.run(ctx, in)
		two := w.upload(ctx, dropped{name, fixture(t, name)})
		in.ImportID, in.ShopID = two.ID, b.ID
		p, err := w.files.Preview(ctx, in)
		if err != nil || int64(len(p.Conflicts)) != first.Created || p.Conflicts[0].ShopID != a.ID {
			t.Fatal(len(p.Conflicts), first, err)
		}
		if _, err := w.files.Run(ctx, in); !errors.Is(err, channel.ErrImportConflicts) {
			t.Fatal(err)
		}
		in.ConfirmConflicts = true
		if _, r := w.run(ctx, in); r.Created != first.Created {
			t.Fatalf("%+v", r)
		}
	})
}

func TestAnImportThatWasNeverPreviewedSetsConflictsAsideAndRetriesThemOnRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		code, name := small(t)
		a, b := w.shop(ctx, code, "一号店"), w.shop(ctx, code, "二号店")
		one := w.upload(ctx, dropped{name, fixture(t, name)})
		in := channel.ImportInput{ImportID: one.ID, ShopID: a.ID, ExportedAt: clock.Millis(w.kit.Clock)}
		_, first := w.run(ctx, in)
		two := w.upload(ctx, dropped{name, fixture(t, name)})
		in.ImportID, in.ShopID = two.ID, b.ID
		j, r := w.run(ctx, in)
		if r.Created != 0 || r.Rejected != first.Created+first.Rejected {
			t.Fatalf("%+v", r)
		}
		again, err := w.kit.Jobs.RetryFailed(ctx, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, r := w.finish(ctx, again.ID); r.Created != first.Created {
			t.Fatalf("%+v", r)
		}
		rows, _, err := w.door.List(ctx, intake.StateQuarantined, "", 200)
		if err != nil || int64(len(rows)) != 2*first.Rejected {
			t.Errorf("%d rows in quarantine, want the %d of each file", len(rows), first.Rejected)
		}
	})
}

// watched is a clock that tells when it was looked at.
type watched struct {
	*clock.Fake
	looked func()
}

func (w *watched) Now() time.Time { w.looked(); return w.Fake.Now() }

func TestAnImportGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		sh := w.mappedShop(ctx, "自家商城")
		var b strings.Builder
		b.WriteString(table)
		for i := range 1300 {
			q := "1"
			if i%100 == 7 {
				q = "many"
			}
			b.WriteString(tableRow(fmt.Sprintf("R%05d", i), "待发货", q))
		}
		_, in := w.mapped(ctx, sh, b.String(), map[string]channel.Status{"待发货": channel.AwaitingShipment})
		jobID, err := w.files.Run(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		// The process is stopped three times on its way: after a step has begun, the
		// next one finds its context ended.
		var reached []int64
		clockOf := kittest.Clock(w.kit)
		for range 3 {
			stopped, stop := context.WithCancel(ctx)
			n := 0
			w.kit.Clock = &watched{clockOf, func() {
				if n++; n == 4 {
					stop()
				}
			}}
			_ = w.kit.Jobs.Drain(stopped)
			w.kit.Clock = clockOf
			half, err := w.kit.Jobs.Get(ctx, jobID)
			if err != nil {
				t.Fatal(err)
			}
			reached = append(reached, half.Done)
			clockOf.Advance(time.Hour)
		}
		if !slices.ContainsFunc(reached, func(n int64) bool { return n > 0 && n < 1300 }) {
			t.Fatalf("the job never stopped half-way: %v", reached)
		}
		j, r := w.finish(ctx, jobID)
		if j.State != job.Succeeded || r.Created != 1287 || r.Rejected != 13 || j.Done != 1300 {
			t.Fatalf("after stops at %v: %s %s %+v done %d", reached, j.State, j.ErrorCode, r, j.Done)
		}
		rows, _, err := w.door.List(ctx, intake.StateQuarantined, "", 200)
		if err != nil || len(rows) != 13 {
			t.Errorf("%d rows in quarantine", len(rows))
		}
	})
}

func TestOnePoisonOrderStopsNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		shopID := w.mappedShop(ctx, "自家商城")
		sh, err := w.shops.Get(ctx, shopID)
		if err != nil {
			t.Fatal(err)
		}
		one := int64(1)
		var records []intake.Record
		for i := range 40 {
			doc := order.Document{ChannelOrderNo: fmt.Sprintf("P%03d", i), Status: order.ChannelAwaitingShipment, PlacedAt: clock.Millis(w.kit.Clock), RefundState: order.RefundNone,
				Lines: []order.Line{{Title: "壶", MerchantSKUCode: "POT", Quantity: &one}}}
			if i == 23 {
				doc.Lines[0].Title = "bad \xff\x00 text" // no database takes this on every engine
			}
			records = append(records, intake.Record{No: int64(i + 2), Doc: doc})
		}
		if d.Dialect == db.Postgres {
			err := d.InBulkTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := w.door.AcceptWholeTx(ctx, tx, sh, clock.Millis(w.kit.Clock), 0, records)
				return err
			})
			if !errors.Is(err, intake.ErrSplit) {
				t.Errorf("taken whole: %v", err)
			}
		}
		var out []order.Applied
		kittest.InTx(t, w.kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			file, err := w.door.OpenFileTx(ctx, tx, shopID, 1, 1)
			if err != nil {
				return err
			}
			out, err = w.door.AcceptTx(ctx, tx, sh, clock.Millis(w.kit.Clock), file, records)
			return err
		})
		created, rejected := 0, 0
		for i, a := range out {
			switch a.Result {
			case order.ApplyCreated:
				created++
			case order.ApplyRejected:
				rejected++
				if i != 23 {
					t.Errorf("record %d was rejected: %v", i, a.Err)
				}
			}
		}
		if d.Dialect == db.Postgres && (created != 39 || rejected != 1) || created+rejected != 40 {
			t.Errorf("%d created, %d rejected", created, rejected)
		}
	})
}

func TestAFileOfAnotherChannelOrOfNoOrdersIsRefusedWithItsReason(t *testing.T) {
	d := dbtest.SQLite(t)
	w, ctx := newWorld(t, d)
	code, name := small(t)
	other := id.ID(0)
	for _, m := range w.manifests() {
		if m.Code != code {
			other = w.shop(ctx, m.Code, "别家").ID
			break
		}
	}
	one := w.upload(ctx, dropped{name, fixture(t, name)})
	in := channel.ImportInput{ImportID: one.ID, ShopID: other, ExportedAt: clock.Millis(w.kit.Clock)}
	if _, err := w.files.Preview(ctx, in); !errors.Is(err, channel.ErrImportShop) {
		t.Error(err)
	}
	in.ShopID = w.shop(ctx, code, "本家").ID
	in.ExportedAt = clock.Millis(w.kit.Clock) + 3_600_000
	if _, err := w.files.Run(ctx, in); !errors.Is(err, channel.ErrImportTime) {
		t.Error(err)
	}
	in.ExportedAt = 0
	if _, err := w.files.Run(ctx, in); !errors.Is(err, channel.ErrImportTime) {
		t.Error("a file without an export time needs a person's word:", err)
	}
	if _, err := w.files.Create(kittest.As(ctx, "order.read"), []id.ID{1}); errs.KindOf(err) != errs.Forbidden {
		t.Error(err)
	}
	junk := w.upload(ctx, dropped{"x.csv", []byte("<html><body>login</body></html>")})
	if junk.Files[0].ErrorCode == "" {
		t.Errorf("%+v", junk.Files[0])
	}
	foreign := actor.With(ctx, kittest.Owner(2))
	if _, err := w.files.Get(foreign, one.ID); !errors.Is(err, channel.ErrImportNotFound) {
		t.Error("another merchant's import is visible:", err)
	}
}

func TestAManualOrderGoesThroughTheSameDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		shopID := w.mappedShop(ctx, "自家商城")
		sku := w.sku(ctx, "POT-1", 5)
		price, freight := fen(9900), fen(800)
		in := intake.CreateInput{ShopID: shopID, Paid: true, Receiver: order.Receiver{Name: "周周", Phone: "13700001111", Province: "浙江省", City: "杭州市", Detail: "湖滨路 3 号"},
			Lines: []intake.CreateLine{{SKUID: sku, Quantity: 2, PriceFen: price}}, FreightFen: freight}
		res, err := w.door.Create(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.orders.LoadTx(ctx, w.kit.DB, []id.ID{res.OrderID})
		if err != nil || len(got) != 1 {
			t.Fatal(err)
		}
		o := got[0]
		if o.Type != "manual" || o.Lines[0].SKUID != sku || *o.Amounts.BuyerPaid != 20600 || o.State != order.AwaitingApproval || o.Problem {
			t.Errorf("%+v", o)
		}
		rows, _, err := w.door.List(ctx, intake.StateApplied, "", 10)
		if err != nil || len(rows) != 1 || rows[0].Source != intake.SourceManual {
			t.Errorf("%+v %v", rows, err)
		}
		in.ChannelOrderNo = o.ChannelOrderNo
		if _, err := w.door.Create(ctx, in); !errors.Is(err, order.ErrNumberTaken) {
			t.Error(err)
		}
		in.ChannelOrderNo, in.Lines[0].Quantity = "", 0
		if _, err := w.door.Create(ctx, in); !errors.Is(err, intake.ErrBadQuantity) {
			t.Error(err)
		}
	})
}
