package print_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/shop"
)

// post gives every key a number; of a channel it brings print data as well.
type post struct{ channel bool }

func (post) Test(context.Context) error { return nil }

func (p post) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	out := logistics.Issued{No: "75" + r.Key[len(r.Key)-12:], SortCode: "310-P6 031", Bag: "浙江集散"}
	if p.channel {
		out.Print, out.Signature, out.Template = "sealed:"+out.No, "sig", "https://templates.example/1"
	}
	return out, nil
}

func (post) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (post) Cancel(context.Context, string, string) error { return nil }

// door is a channel that issues.
type door struct{ post }

func (d door) Cancel(context.Context, waybill.Given) error { return nil }
func (d door) Balances(context.Context) ([]logistics.Balance, error) {
	return nil, logistics.ErrUnsupported
}
func (d door) Traits() waybill.Traits { return waybill.Traits{AtOnce: 2, MaxPieces: 1} }

// house is a merchant with a shop, stock, a carrier's account and a channel's.
type house struct {
	t        *testing.T
	k        *kit.Kit
	ctx      context.Context
	s        *print.Service
	ship     *fulfillment.Service
	order    *order.Service
	stock    *inventory.Service
	waybills *waybill.Service
	shop     shop.Shop
	own      id.ID
	channel  id.ID
	wh       id.ID
}

var party = logistics.Party{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	h := &house{t: t, k: k, ctx: ctx}
	shops, cat := shop.New(k, []string{"generic"}), catalog.New(k)
	h.stock = inventory.New(k, cat)
	h.order = order.New(k, shops, cat, customer.New(k), h.stock)
	h.ship = fulfillment.New(k, shops, cat, h.stock, h.order)
	carrier := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 5, AtOnce: 4,
		Credentials: []logistics.Credential{{Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Open:        func(logistics.Access) (logistics.Client, error) { return post{}, nil }}
	accounts := account.New(k, []logistics.Manifest{carrier}, nil)
	h.waybills = waybill.New(k, accounts, func(context.Context, account.Account) (waybill.Issuer, error) { return door{post{true}}, nil },
		func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
			out := make([]waybill.Content, len(all))
			for i := range all {
				out[i] = waybill.Content{Version: all[i].Version, Request: logistics.Request{Receiver: party}}
			}
			return out, nil
		})
	h.s = print.New(k, h.ship, h.order, cat, shops, accounts, h.waybills, kittest.Random())
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		w, err := h.stock.EnsureDefaultTx(ctx, tx)
		h.wh = w.ID
		return err
	})
	var err error
	h.shop, err = shops.Create(ctx, shop.CreateInput{Channel: "generic", Name: "青禾茶铺", LiveFrom: h.now() - 90*24*3_600_000, AutoApprove: true})
	h.must(err)
	h.tx(func(ctx context.Context, tx *db.Tx) error { return shops.TouchDataTx(ctx, tx, h.shop.ID, h.now()) })
	h.shop.DataAt = h.now()
	name := "城西网点"
	own, err := accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: &name, Credentials: map[string]string{"secret": "not a real one"}, Sender: &party})
	h.must(err)
	theirs, err := accounts.Put(ctx, account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: h.shop.ID, Name: &name, Sender: &party})
	h.must(err)
	h.own, h.channel = own.ID, theirs.ID
	for _, code := range []string{"A", "B"} {
		h.sku(code)
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) now() int64 { return h.k.Clock.Now().UnixMilli() }

func (h *house) tx(f func(context.Context, *db.Tx) error) {
	h.t.Helper()
	kittest.InTx(h.t, h.k, h.ctx, f)
}

func (h *house) sku(code string) {
	i := h.k.IDs.New()
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (?, ?, ?, 1, 1)`, kittest.Merchant, i, "明前茶 "+code); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (?, ?, ?, ?, ?, '', 1, 1)`,
			kittest.Merchant, i, i, code, "明前茶 "+code); err != nil {
			return err
		}
		return h.stock.SetOpeningTx(ctx, tx, i, h.wh, 500, "test")
	})
}

func (h *house) doc(no, code string, n int64) order.Document {
	return order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: h.now() - 3_600_000, PaidAt: h.now() - 3_500_000,
		BuyerNick: "买家" + no, BuyerKey: "b" + no, RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号 " + no},
		Lines:    []order.Line{{ChannelLineNo: no + "-1", Title: "茶 " + code, MerchantSKUCode: code, Quantity: &n}}}
}

func (h *house) put(d order.Document) (out id.ID) {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		all, err := h.order.ApplyTx(ctx, tx, []order.Incoming{{Shop: h.shop, Doc: d, Source: "file", SourceAt: h.now()}})
		if err == nil {
			out, err = all[0].OrderID, all[0].Err
		}
		return err
	})
	return out
}

// placed is an allocated order with a number from an account.
func (h *house) placed(d order.Document, account id.ID) id.ID {
	h.t.Helper()
	a, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: h.put(d)})
	h.must(err)
	h.number(a.FulfillmentOrderID, account)
	return a.FulfillmentOrderID
}

func (h *house) number(one, account id.ID) {
	h.t.Helper()
	f, err := h.ship.Get(h.ctx, one)
	h.must(err)
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := h.waybills.WantTx(ctx, tx, []waybill.Want{{FulfillmentID: one, Version: f.Version, AccountID: account, ShopID: h.shop.ID}})
		return err
	})
	h.drain()
	if _, err := h.waybills.CurrentTx(h.ctx, h.k.DB, one, f.Version); err != nil {
		h.t.Fatalf("no number: %v", err)
	}
}

func (h *house) drain() {
	h.t.Helper()
	h.must(h.k.Jobs.Drain(h.ctx))
}

func (h *house) orderOf(f id.ID) id.ID {
	h.t.Helper()
	one, err := h.ship.Get(h.ctx, f)
	h.must(err)
	return one.OrderIDs()[0]
}

// orders are n orders of some goods with numbers of an account.
func (h *house) orders(n int, code string, account id.ID) (out []id.ID) {
	h.t.Helper()
	for i := range n {
		out = append(out, h.placed(h.doc(fmt.Sprintf("%s-%d", code, i), code, int64(n-i)), account))
	}
	return out
}

// start starts a batch and lets it be drawn.
func (h *house) start(in print.StartInput) print.Started {
	h.t.Helper()
	if in.TemplateID == 0 {
		in.TemplateID = 1
	}
	out, err := h.s.Start(h.ctx, in)
	h.must(err)
	h.drain()
	return out
}

func (h *house) get(batch id.ID) (print.Batch, []print.Label) {
	h.t.Helper()
	b, all, err := h.s.Get(h.ctx, batch)
	h.must(err)
	return b, all
}

// states are the labels' states, in one line.
func (h *house) states(batch id.ID) (out string) {
	h.t.Helper()
	b, all := h.get(batch)
	out = string(b.State) + ":"
	for _, l := range all {
		out += " " + string(l.State)
	}
	return out
}

func (h *house) want(batch id.ID, want string) {
	h.t.Helper()
	if got := h.states(batch); got != want {
		h.t.Fatalf("%s, want %s", got, want)
	}
}

func (h *house) pdf(batch id.ID) []byte {
	h.t.Helper()
	r, err := h.s.Open(h.ctx, batch)
	h.must(err)
	b, err := io.ReadAll(r)
	h.must(err)
	if !bytes.HasPrefix(b, []byte("%PDF")) {
		h.t.Fatal("no PDF")
	}
	return b
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

func left(s print.Started) (out string) {
	for _, l := range s.Left {
		out += l.Err.Code + " "
	}
	return out
}
