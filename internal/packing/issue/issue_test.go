package issue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
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
)

// counter is a carrier's counter that notes what it is asked.
type counter struct{ asked []logistics.Request }

func (c *counter) Test(context.Context) error { return nil }
func (c *counter) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	c.asked = append(c.asked, r)
	return logistics.Issued{No: "7361146253" + r.Key[len(r.Key)-9:len(r.Key)-5], SortCode: "310"}, nil
}
func (c *counter) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (c *counter) Cancel(context.Context, string, string) error { return nil }

// bench is the whole way from an order to its number.
type bench struct {
	*ordertest.World
	ctx          context.Context
	fulfillments *fulfillment.Service
	accounts     *account.Service
	waybills     *waybill.Service
	choices      *choose.Service
	s            *issue.Service
	counter      *counter
	account      id.ID
}

func open(t *testing.T, d *db.DB) *bench {
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	b := &bench{World: w, ctx: ctx, counter: &counter{}, fulfillments: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 1, AtOnce: 1, Open: func(logistics.Access) (logistics.Client, error) { return b.counter, nil }}
	b.accounts = account.New(w.Kit, []logistics.Manifest{m}, nil)
	b.choices = choose.New(w.Kit, b.accounts, func(context.Context, db.Querier, id.ID) (string, error) { return w.Shop.Channel, nil })
	b.waybills = waybill.New(w.Kit, b.accounts, func(context.Context, account.Account) (waybill.Issuer, error) { return platform{b.counter}, nil }, func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		return b.s.Resolve(ctx, all)
	})
	b.s = issue.New(w.Kit, b.fulfillments, w.Orders, w.Catalog, b.choices, b.waybills)
	name := "城西网点"
	sender := logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
	a, err := b.accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: &name, Sender: &sender})
	if err != nil {
		t.Fatal(err)
	}
	b.account = a.ID
	w.SKU(ctx, "TEA", 100)
	return b
}

func (b *bench) allocated(d order.Document) (order.Order, id.ID) {
	b.T.Helper()
	o := b.One(b.ctx, 0, d)
	got, err := b.fulfillments.Allocate(b.ctx, fulfillment.AllocateInput{OrderID: o.ID})
	if err != nil {
		b.T.Fatal(err)
	}
	return o, got.FulfillmentOrderID
}

func (b *bench) issue(in issue.Input) []issue.Row {
	b.T.Helper()
	rows, err := b.s.Issue(b.ctx, in)
	if err != nil {
		b.T.Fatal(err)
	}
	if err := b.Kit.Jobs.Drain(b.ctx); err != nil {
		b.T.Fatal(err)
	}
	return rows
}

func (b *bench) last(f id.ID) waybill.Waybill {
	b.T.Helper()
	all, err := b.waybills.History(b.ctx, b.Kit.DB, f)
	if err != nil || len(all) == 0 {
		b.T.Fatal(all, err)
	}
	return all[len(all)-1]
}

func TestACarrierHearsThatAParcelGoesToTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		doc := b.Doc("A1", "TEA")
		doc.Flags = append(doc.Flags, logistics.FlagToDoor)
		_, f := b.allocated(doc)
		b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f}, AccountID: b.account})
		if len(b.counter.asked) != 1 || b.counter.asked[0].Note != "送货上门" {
			t.Errorf("asked: %+v", b.counter.asked)
		}
	})
}

func TestANumberIsAskedForWithWhatTheOrderSaysNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		o, f := b.allocated(b.Doc("A1", "TEA"))
		rows := b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f, 5}})
		if rows[0].Err != nil || rows[0].Choice.AccountID != b.account || len(rows[0].Waybills) != 1 || !errors.Is(rows[1].Err, fulfillment.ErrNoOrder) {
			t.Fatalf("%+v", rows)
		}
		if len(b.counter.asked) != 1 {
			t.Fatalf("asked: %+v", b.counter.asked)
		}
		r := b.counter.asked[0]
		if r.Receiver.Name != "赵小满" || r.Receiver.Phone != "13800001234" || r.Receiver.Detail != "文一路 8 号" || r.Sender.Name != "云杉仓" || r.Orders[0] != "A1" ||
			len(r.Goods) != 1 || r.Goods[0] != (logistics.Goods{Name: "商品 TEA", Quantity: 1}) || r.CollectFen != 0 {
			t.Errorf("the request: %+v", r)
		}
		fo, err := b.fulfillments.Get(b.ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		now, err := b.waybills.CurrentTx(b.ctx, d, f, fo.Version)
		if err != nil || now[0].ShopID != o.ShopID || now[0].No == "" {
			t.Errorf("%+v %v", now, err)
		}
		why, err := b.s.Choose(b.ctx, f)
		if err != nil || why.AccountID != b.account || why.Why != choose.First {
			t.Errorf("%+v %v", why, err)
		}
		if err := b.s.Cancel(b.ctx, []id.ID{f}); err != nil {
			t.Fatal(err)
		}
		if err := b.Kit.Jobs.Drain(b.ctx); err != nil {
			t.Fatal(err)
		}
		if w := b.last(f); w.State != waybill.Cancelled || w.Live {
			t.Errorf("%+v", w)
		}
	})
}

// What changes between the wish and the request is seen: nothing is asked for a parcel
// that may not go on.
func TestNothingIsAskedForAParcelThatMayNotGoOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		for _, c := range []struct {
			name string
			doc  func(order.Document) order.Document
			then func(o order.Order, doc order.Document)
			row  error // of Issue
			code string
		}{
			{"a refund comes after the wish", nil, func(_ order.Order, doc order.Document) {
				doc.RefundState = order.RefundInProgress
				b.Apply(b.ctx, kittest.Noon.UnixMilli()+1, doc)
			}, nil, "order.refund_open"},
			{"a masked receiver", func(d order.Document) order.Document {
				d.Receiver.Name, d.Receiver.Phone, d.Receiver.Detail = "赵*", "138****1234", "文一路****"
				return d
			}, nil, nil, issue.ErrMasked.Code},
			{"cash on delivery without an amount", func(d order.Document) order.Document {
				d.Flags, d.Money, d.PaidAt = []string{order.FlagCashOnDelivery}, order.Money{}, 0
				return d
			}, nil, nil, issue.ErrCollect.Code},
		} {
			t.Run(c.name, func(t *testing.T) {
				b.T = t
				doc := b.Doc("N-"+c.name, "TEA")
				if c.doc != nil {
					doc = c.doc(doc)
				}
				o, f := b.allocated(doc)
				rows, err := b.s.Issue(b.ctx, issue.Input{FulfillmentOrderIDs: []id.ID{f}})
				if err != nil || rows[0].Err != nil {
					t.Fatalf("%+v %v", rows, err)
				}
				if c.then != nil {
					c.then(o, doc)
				}
				if err := b.Kit.Jobs.Drain(b.ctx); err != nil {
					t.Fatal(err)
				}
				if w := b.last(f); w.State != waybill.Failed || w.ErrorCode != c.code || len(b.counter.asked) != 0 {
					t.Errorf("%+v, asked %d times", w, len(b.counter.asked))
				}
			})
		}
	})
}

func TestOnlyWhoMayIssueIssues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		_, f := b.allocated(b.Doc("P1", "TEA"))
		if _, err := b.s.Issue(kittest.As(b.ctx, "logistics.read"), issue.Input{FulfillmentOrderIDs: []id.ID{f}}); err == nil {
			t.Error("issued without the right")
		}
		if err := b.s.Cancel(kittest.As(b.ctx, "logistics.read"), []id.ID{f}); err == nil {
			t.Error("cancelled without the right")
		}
		for _, n := range []int{0, 201} {
			if _, err := b.s.Issue(b.ctx, issue.Input{FulfillmentOrderIDs: make([]id.ID, n)}); !errors.Is(err, issue.ErrTooMany) {
				t.Errorf("%d orders: %v", n, err)
			}
		}
		off := false
		if _, err := b.accounts.Put(b.ctx, account.PutInput{AccountID: b.account, Enabled: &off}); err != nil {
			t.Fatal(err)
		}
		rows := b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f}})
		if !errors.Is(rows[0].Err, issue.ErrNoCarrier) || errs.Message("zh-CN", rows[0].Err.Code, rows[0].Err.Params) != "没有可用的快递账号（账号已停用）" {
			t.Errorf("no account is on: %+v", rows[0])
		}
		rows = b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f}, AccountID: b.account})
		if !errors.Is(rows[0].Err, account.ErrOff) {
			t.Errorf("an account that is off: %+v", rows[0])
		}
	})
}

func TestRulesAreTriedOnWhatIsOpenBeforeTheyAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		o, f := b.allocated(b.Doc("A1", "TEA"))
		draft := choose.PutRuleInput{Name: "不发中通", Condition: []byte(`{"field":"sku_codes","op":"has","value":"TEA"}`), Effect: choose.Exclude, Accounts: []id.ID{b.account}, Enabled: true}
		rows, err := b.s.Try(b.ctx, &draft)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		r := rows[0]
		if r.FulfillmentOrderID != f || len(r.Orders) != 1 || r.Orders[0].ID != o.ID || r.Orders[0].No != "A1" || r.Region.Province != "浙江省" ||
			r.Choice.AccountID != 0 || r.Choice.Why != choose.Excluded || r.Before.AccountID != b.account {
			t.Errorf("%+v", r)
		}
		draft.Enabled = false
		if rows, err = b.s.Try(b.ctx, &draft); err != nil || rows[0].Choice.AccountID != b.account {
			t.Errorf("switched off: %+v %v", rows, err)
		}
		if rows, err = b.s.Try(b.ctx, nil); err != nil || rows[0].Choice.AccountID != b.account {
			t.Errorf("as they are: %+v %v", rows, err)
		}
		draft.Effect = "please"
		if _, err = b.s.Try(b.ctx, &draft); !errors.Is(err, choose.ErrEffect) {
			t.Errorf("a draft that cannot be saved: %v", err)
		}
		if _, err = b.waybills.History(b.ctx, d, f); err != nil {
			t.Error(err)
		}
		names, err := b.s.Names(b.ctx, []id.ID{f, f, 5})
		if err != nil || len(names) != 1 || names[f].Orders[0].No != "A1" {
			t.Errorf("names: %+v %v", names, err)
		}
	})
}

func TestTheChoiceKnowsTheGoodsAndWhatTheBuyerWasPromised(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		_, f := b.allocated(b.Doc("A1", "TEA"))
		rule := choose.PutRuleInput{Name: "液体不发", Condition: []byte(`{"all":[{"field":"classes","op":"has","value":"液体"},{"field":"volume_ml","op":"ge","value":500}]}`), Effect: choose.Exclude,
			Accounts: []id.ID{b.account}, Enabled: true}
		tried := func() choose.Choice {
			t.Helper()
			rows, err := b.s.Try(b.ctx, &rule)
			if err != nil || len(rows) == 0 {
				t.Fatal(rows, err)
			}
			return rows[0].Choice
		}
		if c := tried(); c.AccountID != b.account {
			t.Errorf("nothing is known of the goods: %+v", c)
		}
		skus, _, err := b.Catalog.SKUs(b.ctx, catalog.SKUFilter{})
		if err != nil {
			t.Fatal(err)
		}
		ml, classes := int64(500), []string{"液体"}
		if _, err := b.Catalog.UpdateSKU(b.ctx, catalog.UpdateSKUInput{SKUID: skus[0].ID, VolumeML: &ml, Classes: &classes}); err != nil {
			t.Fatal(err)
		}
		if c := tried(); c.AccountID != 0 || c.Why != choose.Excluded {
			t.Errorf("a liquid: %+v", c)
		}
		if _, err := b.fulfillments.Get(b.ctx, f); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Catalog.UpdateSKU(b.ctx, catalog.UpdateSKUInput{SKUID: skus[0].ID, Classes: &[]string{}}); err != nil {
			t.Fatal(err)
		}
		for flag, why := range map[string]choose.Reason{logistics.FlagCarrier + "SF": choose.NotNamed, logistics.FlagToDoor: choose.NotToDoor,
			logistics.FlagCarrier + "NOBODY": ""} {
			doc := b.Doc("B"+flag, "TEA")
			doc.Flags = append(doc.Flags, flag)
			_, f := b.allocated(doc)
			c, err := b.s.Choose(b.ctx, f)
			if why == "" && err == nil && c.AccountID == b.account {
				continue // a carrier that does not exist is passed over, as when it ships
			}
			if err != nil || c.AccountID != 0 || c.Why != why {
				t.Errorf("%s: %+v %v", flag, c, err)
			}
		}
	})
}

// platform is a channel's counter, which changes issued waybills.
type platform struct{ *counter }

func (p platform) Cancel(context.Context, waybill.Given) error { return nil }
func (p platform) Balances(context.Context) ([]logistics.Balance, error) {
	return nil, logistics.ErrUnsupported
}
func (p platform) Traits() waybill.Traits { return waybill.Traits{AtOnce: 1, MaxPieces: 1} }
func (p platform) Update(_ context.Context, g waybill.Given, r logistics.Request) (logistics.Issued, error) {
	p.asked = append(p.asked, r)
	return logistics.Issued{No: g.No, SortCode: "571", Print: "changed"}, nil
}

func TestAWaybillFollowsItsOrdersByAChangeOrANewNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		o, f := b.allocated(b.Doc("A1", "TEA"))
		b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f}})
		before := b.last(f)
		refresh := func() issue.Refreshed {
			t.Helper()
			rows, err := b.s.Refresh(b.ctx, []id.ID{f})
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			if err := b.Kit.Jobs.Drain(b.ctx); err != nil {
				t.Fatal(err)
			}
			return rows[0]
		}
		if r := refresh(); r.Err != nil || r.Outcome != issue.Unchanged {
			t.Errorf("nothing changed: %+v", r)
		}
		flag := func(n int64) {
			t.Helper()
			if _, err := b.Orders.Flag(b.ctx, order.FlagInput{OrderID: o.ID, Flag: n}); err != nil {
				t.Fatal(err)
			}
			if err := b.Kit.Runner.Drain(b.ctx); err != nil {
				t.Fatal(err)
			}
		}
		flag(3)
		// A carrier without such a call gives another number.
		if r := refresh(); r.Err != nil || r.Outcome != issue.Reissued {
			t.Fatalf("%+v", r)
		}
		after := b.last(f)
		if after.ID == before.ID || after.No == before.No || after.State != waybill.Issued || after.Version == before.Version {
			t.Errorf("before %+v, after %+v", before, after)
		}
		// Of a carrier that has suspended the area no other number is asked for by itself.
		hold := func(why string) {
			kittest.InTx(t, b.Kit, b.ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE fulfillment_order SET hold = ? WHERE merchant_id = ? AND id = ?`, why, kittest.Merchant, f)
				return err
			})
		}
		hold(fulfillment.HoldSuspended)
		flag(2)
		if r := refresh(); !errors.Is(r.Err, fulfillment.ErrSuspended) || b.last(f).No != after.No {
			t.Errorf("%+v, %+v", r, b.last(f))
		}
		// A channel changes what it issued.
		name := "平台圆通"
		a, err := b.accounts.Put(b.ctx, account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: b.Shop.ID, Name: &name})
		if err != nil {
			t.Fatal(err)
		}
		b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{f}, AccountID: a.ID, Replace: true})
		hold("")
		if before = b.last(f); before.AccountID != a.ID || before.State != waybill.Issued {
			t.Fatalf("no other account takes what the first one will not: %+v", before)
		}
		flag(4)
		if r := refresh(); r.Err != nil || r.Outcome != issue.Updated {
			t.Fatalf("%+v", r)
		}
		fo, err := b.fulfillments.Get(b.ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		if now := b.last(f); now.ID != before.ID || now.No != before.No || now.Version != fo.Version || now.SortCode != "571" {
			t.Errorf("before %+v, after %+v", before, now)
		}
		prints, err := b.waybills.PrintTx(b.ctx, d, []id.ID{before.ID})
		if err != nil || prints[before.ID].Data != "changed" {
			t.Errorf("print data: %+v %v", prints, err)
		}
		if _, err := b.s.Refresh(b.ctx, nil); !errors.Is(err, issue.ErrTooMany) {
			t.Errorf("none: %v", err)
		}
	})
}

func TestManyNumbersAreAskedForTogetherAndARefusalIsOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		// asked is how many statements it takes to ask for n.
		asked := func(round string, n int) (int64, []id.ID) {
			t.Helper()
			var ids []id.ID
			for i := range n {
				_, f := b.allocated(b.Doc(fmt.Sprintf("%s%02d", round, i), "TEA"))
				ids = append(ids, f)
			}
			before := d.Statements()
			rows, err := b.s.Issue(b.ctx, issue.Input{FulfillmentOrderIDs: ids, AccountID: b.account})
			took := d.Statements() - before
			for i, r := range rows {
				if err != nil || r.Err != nil || len(r.Waybills) != 1 || r.Waybills[0].FulfillmentID != ids[i] {
					t.Fatalf("%+v %v", r, err)
				}
			}
			return took, ids
		}
		few, ids := asked("F", 2)
		if many, _ := asked("M", 14); many > few+2 {
			t.Errorf("%d statements for 14, %d for 2", many, few)
		}
		_, fresh := b.allocated(b.Doc("N1", "TEA"))
		if err := b.Kit.Jobs.Drain(b.ctx); err != nil {
			t.Fatal(err)
		}
		rows := b.issue(issue.Input{FulfillmentOrderIDs: []id.ID{ids[0], fresh, ids[1]}, AccountID: b.account, Product: "另一个产品"})
		if !errors.Is(rows[0].Err, waybill.ErrStanding) || rows[1].Err != nil || len(rows[1].Waybills) != 1 || !errors.Is(rows[2].Err, waybill.ErrStanding) {
			t.Errorf("%+v", rows)
		}
		if w := b.last(fresh); w.State != waybill.Issued {
			t.Errorf("%+v", w)
		}
	})
}
