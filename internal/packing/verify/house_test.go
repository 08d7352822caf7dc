package verify_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/verify"
	"github.com/ordercove/ordercove/internal/shop"
)

// house is a merchant with a shop, goods, carrier numbers at hand, and benches.
type house struct {
	t        *testing.T
	k        *kit.Kit
	ctx      context.Context
	s        *verify.Service
	cat      *catalog.Service
	stock    *inventory.Service
	orders   *order.Service
	ships    *fulfillment.Service
	waybills *waybill.Service
	shop     shop.Shop
	wh       id.ID
	account  id.ID
	skus     map[string]id.ID
	serial   int
	// baskets, signers and reprinted stand for waves, iam and printing.
	baskets   map[string]id.ID
	signers   map[string]actor.Actor
	reprinted []string
}

func (h *house) around() verify.Around {
	return verify.Around{
		Basket: func(_ context.Context, _ db.Querier, code string) (id.ID, error) { return h.baskets[code], nil },
		Vouch: func(ctx context.Context, by verify.Supervisor, permission string) (actor.Actor, error) {
			who, ok := h.signers[by.UserName+"/"+by.Password]
			if !ok {
				return who, iam.ErrVouch
			}
			return who, actor.Require(actor.With(ctx, who), permission)
		},
		Reprint: func(_ context.Context, f id.ID, reason string) (id.ID, error) {
			h.reprinted = append(h.reprinted, f.String()+" "+reason)
			return id.ID(len(h.reprinted) - 1), nil
		},
	}
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	h := &house{t: t, k: k, ctx: ctx, skus: map[string]id.ID{}}
	shops := shop.New(k, []string{"generic"})
	h.cat = catalog.New(k)
	h.stock = inventory.New(k, h.cat)
	h.orders = order.New(k, shops, h.cat, customer.New(k), h.stock)
	h.ships = fulfillment.New(k, shops, h.cat, h.stock, h.orders)
	accounts := account.New(k, nil, nil)
	h.waybills = waybill.New(k, accounts, nil, func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i, w := range all {
			f, err := h.ships.Get(ctx, w.FulfillmentID)
			if err != nil {
				return nil, err
			}
			out[i].Version = f.Version
		}
		return out, nil
	})
	h.s = verify.New(k, h.cat, h.stock, h.orders, h.ships, h.waybills, h.around())
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := h.stock.EnsureDefaultTx(ctx, tx)
		h.wh = w.ID
		return err
	})
	now := k.Clock.Now().UnixMilli()
	var err error
	if h.shop, err = shops.Create(ctx, shop.CreateInput{Channel: "generic", Name: "青禾茶铺", LiveFrom: now - 90*24*3_600_000, AutoApprove: true}); err != nil {
		t.Fatal(err)
	}
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error { return shops.TouchDataTx(ctx, tx, h.shop.ID, now) })
	h.shop.DataAt = now
	name := "城西网点"
	a, err := accounts.Put(ctx, account.PutInput{Kind: account.Numbers, Carrier: "YTO", Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	h.account = a.ID
	return h
}

// sku adds goods with a barcode "69…" of their code, 200 grams a piece.
func (h *house) sku(code string) id.ID {
	h.t.Helper()
	gram := int64(200)
	k, err := h.cat.CreateSKU(h.ctx, catalog.SKUInput{ProductName: "明前茶 " + code, Code: code, WeightGram: &gram, Barcodes: []string{"69" + code}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.skus[code] = k.ID
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		return h.stock.SetOpeningTx(ctx, tx, k.ID, h.wh, 1000, "test")
	})
	return k.ID
}

type item struct {
	code string
	n    int64
}

func (h *house) doc(no string, items ...item) order.Document {
	now := h.k.Clock.Now().UnixMilli()
	d := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: now - 3_600_000, PaidAt: now - 3_500_000,
		BuyerNick: "买家" + no, BuyerKey: "b" + no, RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号 " + no}}
	for i, it := range items {
		d.Lines = append(d.Lines, order.Line{ChannelLineNo: fmt.Sprintf("%s-%d", no, i+1), Title: "茶 " + it.code, MerchantSKUCode: it.code, Quantity: &it.n})
	}
	return d
}

func (h *house) put(d order.Document) (out id.ID) {
	h.t.Helper()
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		done, err := h.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: h.shop, Doc: d, Source: "file", SourceAt: h.k.Clock.Now().UnixMilli()}})
		if err == nil {
			out, err = done[0].OrderID, done[0].Err
		}
		return err
	})
	return out
}

// labelled is an allocated, printed fulfillment order and its number.
func (h *house) labelled(d order.Document) (order, f id.ID, no string) {
	h.t.Helper()
	order = h.put(d)
	out, err := h.ships.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: order})
	if err != nil {
		h.t.Fatal(err)
	}
	h.serial++
	no = fmt.Sprintf("YT26%011d", h.serial)
	if _, err := h.waybills.AddNumbers(h.ctx, waybill.AddNumbersInput{AccountID: h.account, Numbers: []string{no}}); err != nil {
		h.t.Fatal(err)
	}
	f = out.FulfillmentOrderID
	got, err := h.ships.Get(h.ctx, f)
	if err != nil {
		h.t.Fatal(err)
	}
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := h.waybills.WantTx(ctx, tx, []waybill.Want{{FulfillmentID: f, Version: got.Version, AccountID: h.account, ShopID: h.shop.ID}})
		return err
	})
	if err := h.k.Jobs.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	if w, err := h.waybills.CurrentTx(h.ctx, h.k.DB, f, got.Version); err != nil || w[0].No != no {
		h.t.Fatalf("label: %+v %v", w, err)
	}
	if _, err := h.ships.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{f}, Reason: fulfillment.SealPrint}); err != nil {
		h.t.Fatal(err)
	}
	return order, f, no
}

// at opens a number at a bench.
func (h *house) at(bench, code string) verify.Answer {
	h.t.Helper()
	a, err := h.s.Open(h.ctx, verify.OpenInput{Bench: bench, Code: code})
	if err != nil {
		h.t.Fatalf("open %s: %v", code, err)
	}
	return a
}

// scan scans at the bench of a session, and wants a verdict.
func (h *house) scan(se *verify.Session, code string, want verify.Verdict) verify.Answer {
	h.t.Helper()
	a, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: se.ID, Bench: se.Bench, Code: code})
	if err != nil || a.Verdict != want {
		h.t.Fatalf("scan %s: %s (%v) %v, want %s", code, a.Verdict, a.Refusal, err, want)
	}
	return a
}

func (h *house) events() {
	h.t.Helper()
	if err := h.k.Runner.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) hits() []verify.Hit {
	h.t.Helper()
	h.events()
	all, _, err := h.s.Hits(h.ctx, "", 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) state(o id.ID) order.State {
	h.t.Helper()
	all, err := h.orders.LoadTx(h.ctx, h.k.DB, []id.ID{o})
	if err != nil || len(all) != 1 {
		h.t.Fatalf("order: %v", err)
	}
	return all[0].State
}

func code(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
