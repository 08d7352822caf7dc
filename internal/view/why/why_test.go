package why_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view/why"
)

// counter is a carrier's counter that issues nothing.
type counter struct{}

func (counter) Test(context.Context) error { return nil }
func (counter) Issue(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (counter) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (counter) Cancel(context.Context, string, string) error { return nil }

type house struct {
	*ordertest.World
	ctx      context.Context
	ship     *fulfillment.Service
	accounts *account.Service
	choices  *choose.Service
	s        *why.Service
	n        int
}

func open(t *testing.T, d *db.DB) *house {
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	h := &house{World: w, ctx: ctx, ship: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 1, AtOnce: 1, Open: func(logistics.Access) (logistics.Client, error) { return counter{}, nil }}
	h.accounts = account.New(w.Kit, []logistics.Manifest{m}, nil)
	h.choices = choose.New(w.Kit, h.accounts, func(context.Context, db.Querier, id.ID) (string, error) { return w.Shop.Channel, nil })
	waybills := waybill.New(w.Kit, h.accounts, nil, nil)
	h.s = why.New(w.Kit, w.Orders, h.ship, issue.New(w.Kit, h.ship, w.Orders, w.Catalog, h.choices, waybills).Choose)
	w.SKU(ctx, "TEA", 100)
	return h
}

func (h *house) account() id.ID {
	h.T.Helper()
	name := "城西网点"
	sender := logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
	a, err := h.accounts.Put(h.ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: &name, Sender: &sender})
	if err != nil {
		h.T.Fatal(err)
	}
	return a.ID
}

// doc is a paid order; every one has a number of its own.
func (h *house) doc(change ...func(*order.Document)) order.Document {
	h.n++
	d := h.Doc(fmt.Sprintf("W%d", h.n), "TEA")
	d.ShipByAt = d.PlacedAt + 48*3_600_000
	for _, f := range change {
		f(&d)
	}
	return d
}

func (h *house) order(change ...func(*order.Document)) id.ID {
	return h.One(h.ctx, 0, h.doc(change...)).ID
}

func (h *house) allocated(o id.ID) id.ID {
	h.T.Helper()
	got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o})
	if err != nil {
		h.T.Fatal(err)
	}
	return got.FulfillmentOrderID
}

func (h *house) explain(o id.ID) why.Answer {
	h.T.Helper()
	a, err := h.s.Explain(h.ctx, o)
	if err != nil {
		h.T.Fatal(err)
	}
	for _, b := range a.Blockers {
		if b.Text == "" || b.Owner == "" || b.Ends == "" {
			h.T.Errorf("%s is not said whole: %+v", b.Kind, b)
		}
	}
	return a
}

// kinds are what an answer names; what stops the order stands before a bar.
func kinds(a why.Answer) string {
	var stops, steps []string
	for _, b := range a.Blockers {
		if b.Stops {
			stops = append(stops, b.Kind)
		} else {
			steps = append(steps, b.Kind)
		}
	}
	slices.Sort(stops)
	slices.Sort(steps)
	return strings.Join(stops, " ") + "|" + strings.Join(steps, " ")
}

func (h *house) exec(text string, args ...any) {
	h.T.Helper()
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, append([]any{kittest.Merchant}, args...)...)
		return err
	})
}

// waybill puts a live number of a version and state to a fulfillment order.
func (h *house) waybill(f, account id.ID, version int64, state string) {
	h.exec(`INSERT INTO logistics_waybill (merchant_id, id, fulfillment_id, piece, pieces, version, account_id, carrier, issue_key, state, live, next_at, created_at, actor_id, actor_name, error_code, error_params)
		VALUES (?, ?, ?, 1, 1, ?, ?, 'ZTO', ?, ?, 1, 0, 5, 0, '', 'waybill.no_numbers', '')`, h.Kit.IDs.New(), f, version, account, f.String()+state, state)
}

func (h *house) label(f id.ID, version int64, state string) {
	batch := h.Kit.IDs.New()
	h.exec(`INSERT INTO packing_print_batch (merchant_id, id, on_day, number, account_id, carrier, template_id, way, state, total, created_by, created_name, created_at, version)
		VALUES (?, ?, 20261122, ?, 0, 'ZTO', 0, 'file', 'closed', 1, 0, '', 7, 1)`, batch, int64(batch)%100000)
	h.exec(`INSERT INTO packing_print_label (merchant_id, batch_id, sequence, waybill_id, waybill_no, piece, fulfillment_order_id, content_version, items, copy_no, state)
		VALUES (?, ?, 1, 1, 'X', 1, ?, ?, '[]', 1, ?)`, batch, f, version, state)
}

func TestEveryReasonIsNamedUntilItIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		now := clock.Millis(h.Kit.Clock)
		is := func(name string, o id.ID, want string) {
			t.Helper()
			if got := kinds(h.explain(o)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		unpaid := h.order(func(d *order.Document) {
			d.Status, d.PaidAt, d.Money.BuyerPaid = order.ChannelPendingPayment, 0, ordertest.Fen(0)
		})
		is("not paid", unpaid, "unpaid|")

		revoked := h.order()
		if _, err := h.Orders.RevokeApproval(h.ctx, order.ApproveInput{OrderID: revoked}); err != nil {
			t.Fatal(err)
		}
		is("a person took the approval back", revoked, "awaiting_approval|")
		if b := h.explain(revoked).Blockers[0]; b.Detail == "" || int64(b.SinceAt) != now {
			t.Errorf("%+v", b)
		}
		h.exec(`UPDATE order_head SET revoked_at = 0 WHERE merchant_id = ? AND id = ?`, revoked)
		h.exec(`INSERT INTO order_review_due (merchant_id, order_id, due_at, approves) VALUES (?, ?, ?, 1)`, revoked, now+60_000)
		if b := h.explain(revoked).Blockers[0]; !strings.HasSuffix(b.Detail, "12:01") {
			t.Errorf("%+v", b)
		}

		held := h.order()
		if _, err := h.Orders.Hold(h.ctx, order.HoldInput{OrderID: held, Note: "等客户回电"}); err != nil {
			t.Fatal(err)
		}
		is("held by a person", held, "manual|")
		if b := h.explain(held).Blockers[0]; b.Detail != "等客户回电" || !b.Releasable || b.RiskFen == nil || *b.RiskFen != 5600 {
			t.Errorf("%+v", b)
		}

		o := h.order()
		is("approved", o, "not_allocated|")
		f := h.allocated(o)
		is("allocated, numbers come by file", o, "|to_ship")

		a := h.account()
		is("numbers are issued here", o, "|to_issue")
		h.waybill(f, a, 1, "failed")
		is("the issuer said no", o, "waybill_failed|")
		if b := h.explain(o).Blockers[0]; b.Detail == "" || b.FulfillmentOrderID != f {
			t.Errorf("%+v", b)
		}
		h.exec(`UPDATE logistics_waybill SET state = 'uncertain' WHERE merchant_id = ?`)
		is("the issuer said nothing", o, "waybill_uncertain|")
		h.exec(`UPDATE logistics_waybill SET state = 'issued' WHERE merchant_id = ?`)
		is("the number is there", o, "|to_print")
		h.label(f, 1, "failed")
		is("the paper jammed", o, "print_failed|")
		h.label(f, 1, "printed")
		is("the label is printed", o, "|to_verify")
		h.exec(`UPDATE fulfillment_order SET hold = 'carrier_suspended' WHERE merchant_id = ?`)
		is("the carrier suspended the area since", o, "waybill_suspended|")
		h.exec(`UPDATE fulfillment_order SET hold = '' WHERE merchant_id = ?`)
		if _, err := h.Orders.Note(h.ctx, order.NoteInput{OrderID: o, SellerNote: "加一张贺卡"}); err != nil {
			t.Fatal(err)
		}
		is("the memo changed after print, the fulfillment order not yet", o, "content_changed|")
		if err := h.Kit.Runner.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		is("the memo changed after print", o, "reprint_needed waybill_stale|")
		h.exec(`INSERT INTO packing_verify_hit (merchant_id, fulfillment_order_id, warehouse_id, refusal, params, raised_at) VALUES (?, ?, 1, 'fulfillment.order_dropped', '{"order_no":"W3"}', 9)`, f)
		h.exec(`UPDATE logistics_waybill SET version = 2 WHERE merchant_id = ?`)
		h.label(f, 2, "printed")
		is("it is on the hit list", o, "hit|")
		if b := h.explain(o).Blockers[0]; !strings.Contains(b.Detail, "W3") {
			t.Errorf("%+v", b)
		}

		presale := h.order(func(d *order.Document) {
			d.Flags, d.ShipByAt = []string{order.FlagPresale}, now+72*3_600_000
		})
		h.allocated(presale)
		got := h.explain(presale)
		if kinds(got) != "presale_date|" || int64(got.Blockers[0].ByAt) != now+24*3_600_000 {
			t.Errorf("a presale: %+v", got.Blockers)
		}

		kittest.Clock(h.Kit).Advance(49 * time.Hour)
		late := h.explain(held).Blockers[0]
		if late.LateMinutes < 100 || late.LateMinutes > 121 {
			t.Errorf("two hours after the promise: %d minutes late", late.LateMinutes)
		}
		is("nothing was told of the shop for two days", o, "data_too_old hit|")
	})
}

func TestWhatWasAgreedWithABuyerWhoWaitsIsSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.order()
		day := time.Date(2026, 12, 1, 1, 0, 0, 0, time.FixedZone("CST", 8*3600)).UnixMilli()
		h.exec(`INSERT INTO fulfillment_waiting (merchant_id, order_id, urgency, ship_by_at, since_at, agreed, agreed_note, promised_at, replace_sku_id)
			VALUES (?, ?, 0, 9, 5, 'replace', '红色也行', ?, ?)`, o, day, h.Load(h.ctx, o).Lines[0].SKUID)
		got := h.explain(o)
		if kinds(got) != "waiting_for_goods|" || got.Blockers[0].Detail != "买家同意换货，待修改商品 → TEA · 答应 12-01 · 红色也行" {
			t.Errorf("%+v", got.Blockers)
		}
	})
}

func TestWhatLeftAndIsNotKnownToTheChannelIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.order()
		if err := h.World.Ship(h.ctx, o, "YT2600000000001"); err != nil {
			t.Fatal(err)
		}
		if got := kinds(h.explain(o)); got != "|" {
			t.Errorf("it left: %s", got)
		}
		h.exec(`INSERT INTO channel_effect (merchant_id, id, shop_id, kind, effect_key, order_id, channel_no, state, next_at, created_at, actor_id, actor_name)
			VALUES (?, 5, ?, 'ship', 'ship/1', ?, 'W1', 'refused', 0, 3, 0, '')`, h.Shop.ID, o)
		if got := kinds(h.explain(o)); got != "|shipment_upload_refused" {
			t.Errorf("the channel refused it: %s", got)
		}
	})
}

func TestAnOrderOfAnotherShopIsNotExplained(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.order()
		if _, err := h.s.Explain(kittest.Within(h.ctx, "shop", 5), o); !errors.Is(err, order.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestAChoiceTellsWhatWasChosenAndWhyNotTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		east, err := h.Stock.CreateWarehouse(h.ctx, inventory.WarehouseInput{Code: "EAST", Name: "东仓"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.ship.Rules().SaveRule(h.ctx, allocate.Rule{Name: "华东先发", Active: true,
			Action: allocate.Action{WarehouseIDs: []id.ID{east.ID, h.Warehouse}, Strategy: allocate.ByPriority, Shortage: allocate.ShortMove}}); err != nil {
			t.Fatal(err)
		}
		a := h.account()
		o := h.order(func(d *order.Document) {
			gift := ordertest.Line("TEA", 1, 0)
			gift.Title, gift.IsGift, gift.SKUText = "茶样", true, "赠"
			d.Lines = append(d.Lines, gift)
		})
		if _, _, err := h.ship.AllocateMany(h.ctx, fulfillment.BulkInput{OrderIDs: []id.ID{o}, ByRules: true}); err != nil {
			t.Fatal(err)
		}
		by := map[string]why.Choice{}
		for _, c := range h.explain(o).Chosen {
			by[c.What] = c
		}
		w := by["warehouse"]
		if w.Chosen == "" || w.Chosen == "东仓" || len(w.Because) < 3 || !strings.Contains(w.Because[0], "华东先发") {
			t.Errorf("the warehouse: %+v", w)
		}
		if len(w.Alternatives) != 1 || w.Alternatives[0].Name != "东仓" || !strings.Contains(w.Alternatives[0].WhyNot, "0 / 2") {
			t.Errorf("the other warehouse: %+v", w.Alternatives)
		}
		if c := by["carrier"]; !strings.Contains(c.Chosen, "城西网点") || len(c.Because) != 1 {
			t.Errorf("the carrier: %+v", c)
		}
		if g := by["gift"]; !strings.HasPrefix(g.Chosen, "茶样") || len(g.Because) != 1 {
			t.Errorf("the gift: %+v", g)
		}
		now := clock.Millis(h.Kit.Clock)
		if _, err := h.choices.Suspend(h.ctx, choose.SuspendInput{AccountID: a, Region: choose.Region{Province: "浙江省"}, EndsAt: now + 3_600_000, Reason: "台风"}); err != nil {
			t.Fatal(err)
		}
		got := h.explain(o)
		if kinds(got) != "carrier_suspended|" || got.Blockers[0].Detail != "台风" || int64(got.Blockers[0].ByAt) != now+3_600_000 {
			t.Errorf("while the carrier has suspended the area: %+v", got.Blockers)
		}
		// Who may not read accounts is told nothing of them.
		poor, err := h.s.Explain(kittest.As(h.ctx, "order.read"), o)
		if err != nil || slices.ContainsFunc(poor.Chosen, func(c why.Choice) bool { return c.What == "carrier" }) {
			t.Errorf("%+v %v", poor.Chosen, err)
		}
		english, err := h.s.Explain(actor.With(h.ctx, func() actor.Actor { a, _ := actor.From(h.ctx); a.Lang = "en-US"; return a }()), o)
		if err != nil || english.Blockers[0].Text != "The carriers have suspended the area" {
			t.Errorf("in English: %+v %v", english.Blockers, err)
		}
	})
}
