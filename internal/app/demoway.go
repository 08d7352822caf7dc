package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/packing/wave"
	"github.com/ordercove/ordercove/internal/purchase"
	"github.com/ordercove/ordercove/internal/shop"
)

// A newcomer finds a morning in the packing room: goods on shelves in two warehouses,
// orders allocated, numbers issued and waiting for their labels, one wave half picked.

const (
	demoNumbers = 2000 // waybill numbers at hand
	demoOut     = 400  // orders allocated
	demoWave    = 24   // orders of the wave
)

// shelves puts a third of the goods into the second warehouse too, and says where they lie.
func (d demo) shelves(ctx context.Context, r *rand.Rand, first, second id.ID, skus []id.ID) error {
	var lines []inventory.Receipt
	var here, there []location.Place
	for i, one := range skus {
		here = append(here, location.Place{SKUID: one, Code: fmt.Sprintf("%c-%02d-%d", 'A'+i%4, 1+i/4, 1+r.IntN(4))})
		if i%3 == 0 {
			lines = append(lines, inventory.Receipt{SKUID: one, WarehouseID: second, Quantity: 40 + r.Int64N(160)})
			there = append(there, location.Place{SKUID: one, Code: fmt.Sprintf("甲-%02d", 1+i/3)})
		}
	}
	if err := d.stock.Receive(ctx, inventory.ReceiveInput{Lines: lines, Ref: "demo"}); err != nil {
		return err
	}
	if _, err := d.way.places.Put(ctx, location.Input{WarehouseID: first, Places: here}); err != nil {
		return err
	}
	_, err := d.way.places.Put(ctx, location.Input{WarehouseID: second, Places: there})
	return err
}

// rules say from where an order leaves, when couriers collect, and who ships for us.
func (d demo) rules(ctx context.Context, skus []id.ID) error {
	if _, err := d.routes.SaveRule(ctx, allocate.Rule{Name: "就近发货", Active: true, Action: allocate.Action{Strategy: allocate.ByDistance, Shortage: allocate.ShortWait}}); err != nil {
		return err
	}
	if _, err := d.way.waves.PutCutOffs(ctx, []wave.CutOff{{Carrier: "ZTO", Minute: 17*60 + 30}, {Carrier: "SF", Minute: 20 * 60}}); err != nil {
		return err
	}
	s, err := d.way.suppliers.Save(ctx, purchase.Supplier{Name: "山谷竹艺", Contract: purchase.Masked, CutoffMinute: 16 * 60, LeadDays: 2, Active: true, Note: "一件代发",
		Contact: purchase.Contact{Person: "田师傅", Phone: "13800000031", Address: "浙江省湖州市安吉县竹海路 18 号"}})
	if err != nil {
		return err
	}
	var all []purchase.Supply
	for i, one := range skus[len(skus)-4:] {
		cost := money.Fen(1800 + 350*i)
		all = append(all, purchase.Supply{SKUID: one, Code: fmt.Sprintf("SG-%03d", i+1), CostFen: &cost})
	}
	_, err = d.way.suppliers.SetSupplies(ctx, s.ID, all)
	return err
}

// numbers make an account whose waybill numbers are at hand: it needs no carrier's key.
func (d demo) numbers(ctx context.Context) (id.ID, error) {
	name := "手边的中通面单"
	low := int64(200)
	a, err := d.way.accounts.Put(ctx, account.PutInput{Kind: account.Numbers, Carrier: "ZTO", Name: &name, LowAt: &low, Sender: &logistics.Party{Name: "暖冬仓", Phone: "13800000002",
		Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号 3 幢"}})
	if err != nil {
		return 0, err
	}
	var nos []string
	for i := range demoNumbers {
		nos = append(nos, fmt.Sprintf("7368%010d", 10_000_000+i*13))
	}
	for part := range slices.Chunk(nos, 500) {
		if _, err := d.way.waybills.AddNumbers(ctx, waybill.AddNumbersInput{AccountID: a.ID, Numbers: part}); err != nil {
			return 0, err
		}
	}
	return a.ID, nil
}

// out allocates approved orders, has numbers issued for part of them, and begins a wave.
func (d demo) out(ctx context.Context, house id.ID, approved []id.ID) error {
	if len(approved) > demoOut {
		approved = approved[len(approved)-demoOut:]
	}
	var here []id.ID
	for part := range slices.Chunk(approved, fulfillment.MaxBulkNow) {
		rows, _, err := d.ship.AllocateMany(ctx, fulfillment.BulkInput{OrderIDs: part, ByRules: true})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.Code == "" && row.WarehouseID == house {
				here = append(here, row.FulfillmentOrderID)
			}
		}
	}
	account, err := d.numbers(ctx)
	if err != nil || len(here) == 0 {
		return err
	}
	for part := range slices.Chunk(here[:len(here)*2/3], 200) {
		if _, err := d.way.issue.Issue(ctx, issue.Input{FulfillmentOrderIDs: part, AccountID: account}); err != nil {
			return err
		}
	}
	return d.pick(ctx, house)
}

// pick makes a wave and fetches the goods of its first half.
func (d demo) pick(ctx context.Context, house id.ID) error {
	w, err := d.way.waves.Make(ctx, wave.MakeInput{Choice: wave.Choice{WarehouseID: house, Orders: demoWave}})
	if refused(err) {
		return nil // nothing may leave just now
	}
	if err != nil {
		return err
	}
	sheet, err := d.way.waves.Get(ctx, w.ID)
	if err != nil {
		return err
	}
	for _, stop := range sheet.Stops[:len(sheet.Stops)/2] {
		if _, err := d.way.waves.Pick(ctx, wave.PickInput{WaveID: w.ID, SKUID: stop.SKUID, Do: wave.DoPick, Quantity: stop.Wanted}); err != nil && !refused(err) {
			return err
		}
	}
	return nil
}

// cases are what buyers of a shop ask for after the sale: refunds before and after
// shipment, and returns on their way.
func (d demo) cases(ctx context.Context, r *rand.Rand, sh shop.Shop, docs []order.Document) error {
	now := d.k.Clock.Now()
	hours := func(n int) int64 { return now.Add(time.Duration(n) * time.Hour).UnixMilli() }
	var told []aftersale.Told
	for i := len(docs) - 1; i >= 0 && len(told) < 6; i-- {
		doc := docs[i]
		paid := doc.PaidAt != 0 && doc.Money.BuyerPaid != nil && *doc.Money.BuyerPaid > 0
		if !paid || r.IntN(9) > 0 {
			continue
		}
		t := aftersale.Told{No: fmt.Sprintf("AS%s%03d", doc.ChannelOrderNo, i%1000), OrderNo: doc.ChannelOrderNo, Kind: aftersale.KindRefund, State: aftersale.Requested, StateRaw: "待商家处理", Version: "1",
			Refund: *doc.Money.BuyerPaid, Quantity: 1, Reason: demoReasons[r.IntN(len(demoReasons))], OpenedAt: hours(-1 - r.IntN(20)), ModifiedAt: clock.Millis(d.k.Clock), RespondByAt: hours(2 + r.IntN(44))}
		if doc.ShippedAt > 0 {
			t.Kind = aftersale.KindReturn
			if len(told)%2 == 1 {
				t.State, t.StateRaw, t.ReturnCarrier, t.ReturnWaybill = aftersale.Receiving, "待商家收货", "圆通速递", fmt.Sprintf("YT%013d", r.Int64N(1e12))
			}
		}
		told = append(told, t)
	}
	return d.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return d.after.AbsorbTx(ctx, tx, sh.ID, told) })
}

var demoReasons = []string{"不想要了", "尺寸拍错", "颜色与图片有差异", "收到时包装破损", "少件"}

// demoTwins are orders that a buyer placed minutes after another one, for the same door.
func demoTwins(r *rand.Rand, docs []order.Document, n int) (out []order.Document) {
	for i := len(docs) - 1; i >= 0 && len(out) < n; i -= 3 {
		d := docs[i]
		if d.Status != order.ChannelAwaitingShipment || d.RefundState != order.RefundNone || len(d.Holds)+len(d.Flags) > 0 {
			continue
		}
		d.ChannelOrderNo = fmt.Sprintf("%s%02d", d.ChannelOrderNo[:len(d.ChannelOrderNo)-2], (i+37)%100)
		d.PlacedAt, d.PaidAt = d.PlacedAt+240_000, d.PaidAt+240_000
		d.Lines, d.Money = []order.Line{demoLine(r)}, order.Money{}
		paid := *d.Lines[0].PaidFen
		d.Money.Goods, d.Money.BuyerPaid, d.Money.MerchantReceivable = &paid, &paid, &paid
		d.Lines[0].PaidFen = nil
		out = append(out, d)
	}
	return out
}
