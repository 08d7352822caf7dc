package print_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/shop"
)

// post gives every key a number; of a channel it brings print data as well.
type post struct {
	channel bool
	silent  *bool // nobody answers
}

func (post) Test(context.Context) error { return nil }

func (p post) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	if p.silent != nil && *p.silent {
		return logistics.Issued{}, logistics.ErrUnavailable
	}
	out := logistics.Issued{No: "75" + r.Key[len(r.Key)-12:], SortCode: "310-P6 031", Bag: "浙江集散"}
	for i := int64(1); i < int64(r.Pieces); i++ {
		out.Children = append(out.Children, fmt.Sprintf("%s-%d", out.No, i))
	}
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
	catalog  *catalog.Service
	waybills *waybill.Service
	accounts *account.Service
	shop     shop.Shop
	own      id.ID
	channel  id.ID
	wh       id.ID
	baskets  map[id.ID]print.Place
	silent   bool
	masked   map[id.ID]bool // fulfillment orders for which nobody issues
}

var party = logistics.Party{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	h := &house{t: t, k: k, ctx: ctx}
	shops, cat := shop.New(k, []string{"generic"}), catalog.New(k)
	h.stock, h.catalog = inventory.New(k, cat), cat
	h.order = order.New(k, shops, cat, customer.New(k), h.stock)
	h.ship = fulfillment.New(k, shops, cat, h.stock, h.order)
	carrier := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 5, AtOnce: 4,
		Credentials: []logistics.Credential{{Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Open:        func(logistics.Access) (logistics.Client, error) { return post{silent: &h.silent}, nil }}
	accounts := account.New(k, []logistics.Manifest{carrier}, nil)
	h.accounts = accounts
	h.waybills = waybill.New(k, accounts, func(context.Context, account.Account) (waybill.Issuer, error) { return door{post{channel: true}}, nil },
		func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
			out := make([]waybill.Content, len(all))
			for i := range all {
				out[i] = waybill.Content{Version: all[i].Version, Request: logistics.Request{Receiver: party}}
				if h.masked[all[i].FulfillmentID] {
					out[i].Err = issue.ErrMasked
				}
			}
			return out, nil
		})
	choices := choose.New(k, accounts, func(context.Context, db.Querier, id.ID) (string, error) { return "generic", nil })
	numbers := issue.New(k, h.ship, h.order, cat, choices, h.waybills)
	h.s = print.New(k, h.ship, h.order, cat, shops, accounts, h.waybills, numbers, print.Around{Places: func(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID]print.Place, error) {
		out := map[id.ID]print.Place{}
		for _, one := range ids {
			if p, ok := h.baskets[one]; ok {
				out[one] = p
			}
		}
		return out, nil
	}, Inside: func(_ context.Context, _ db.Querier, wave string) ([]id.ID, error) {
		var out []id.ID
		for one, p := range h.baskets {
			if p.Wave == wave {
				out = append(out, one)
			}
		}
		slices.SortFunc(out, func(a, b id.ID) int { return strings.Compare(h.baskets[a].Basket, h.baskets[b].Basket) })
		return out, nil
	}}, kittest.Random())
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

// allocated is an order without a number.
func (h *house) allocated(d order.Document) id.ID {
	h.t.Helper()
	a, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: h.put(d)})
	h.must(err)
	return a.FulfillmentOrderID
}

// run runs a job until it ends, with the seconds it asks for in between.
func (h *house) run(in print.RunInput) job.Job {
	h.t.Helper()
	if in.TemplateID == 0 {
		in.TemplateID = 1
	}
	n, err := h.s.Run(h.ctx, in)
	h.must(err)
	return h.ended(n)
}

func (h *house) ended(n id.ID) job.Job {
	h.t.Helper()
	for range 1000 {
		h.drain()
		j, err := h.k.Jobs.Get(h.ctx, n)
		h.must(err)
		if j.FinishedAt != 0 {
			return j
		}
		kittest.Clock(h.k).Advance(5 * time.Second)
	}
	h.t.Fatal("the job does not end")
	return job.Job{}
}

// batches are those a run made.
func (h *house) batches(j job.Job) []id.ID {
	h.t.Helper()
	var out struct {
		IDs []id.ID `json:"batch_ids"`
	}
	h.must(json.Unmarshal(j.Result, &out))
	return out.IDs
}

// events are the names of those that begin with prefix, in their order.
func (h *house) events(prefix string) string {
	h.t.Helper()
	rows, err := h.k.DB.Query(h.ctx, `SELECT name FROM event_log WHERE merchant_id = ? ORDER BY id`, kittest.Merchant)
	h.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		h.must(rows.Scan(&name))
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out = append(out, rest)
		}
	}
	h.must(rows.Err())
	return strings.Join(out, " ")
}

func (h *house) rows(j job.Job) map[id.ID]string {
	h.t.Helper()
	all, _, err := h.k.Jobs.Rows(h.ctx, j.ID, job.Bad, "", 200)
	h.must(err)
	out := map[id.ID]string{}
	for _, r := range all {
		out[r.ObjectID] = r.Code
	}
	return out
}
