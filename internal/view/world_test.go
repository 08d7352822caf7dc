package view_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
	"github.com/ordercove/ordercove/internal/view"
)

// world is three shops with orders of every kind, and what a person who reads
// them one by one would know.
type world struct {
	*ordertest.World
	view   *view.Service
	shops  []shop.Shop
	orders []seen
	now    int64
	whole  bool // addresses are searched whole
}

// seen is an order as stored and the receiver as the channel told it.
type seen struct {
	order.Order
	receiver order.Receiver
	skuNames []string
}

const hour = int64(3_600_000)

var (
	names     = []string{"赵小满", "赵小满", "钱多多", "孙小满", "李满", "欧阳小满天", "Chen Wei", "满"}
	phones    = []string{"13800001234", "13911111234", "13700002222", "+8613800001234", "13600005678-4321"}
	provinces = [][2]string{{"浙江省", "杭州市"}, {"浙江省", "宁波市"}, {"广东省", "广州市"}, {"西藏自治区", "拉萨市"}}
	details   = []string{"文一路 8 号", "文一路１８号3-201室", "Riverside Park 12B", "中山北路 8 号（门卫代收）", "文一路****"}
	ways      = []string{"支付宝", "微信支付", "", "银行卡"}
	notes     = []string{"", "", "尽快发货", "送礼 100%_不要放价签", "LED 灯泡轻放"}
	codes     = []string{"A-1", "B-2", "C-3", "UNKNOWN-9"}
	titles    = map[string]string{"A-1": "保温杯 500ml", "B-2": "LED 台灯", "C-3": "毛毯_大号", "UNKNOWN-9": "保温杯 旧款"}
	states    = []order.ChannelStatus{order.ChannelPendingPayment, order.ChannelAwaitingShipment, order.ChannelAwaitingShipment, order.ChannelAwaitingShipment,
		order.ChannelPartlyShipped, order.ChannelShipped, order.ChannelDelivered, order.ChannelCompleted, order.ChannelClosed}
)

// newWorld fills d with n orders, the same in every run.
func newWorld(t *testing.T, d *db.DB, n int) (*world, context.Context) {
	t.Helper()
	base, ctx := ordertest.New(t, d)
	w := &world{World: base, view: view.New(base.Kit, base.Orders), now: clock.Millis(base.Kit.Clock)}
	base.Kit.Jobs.Register(view.ExportJob, job.Handler{Run: w.view.RunExport})
	other, err := shop.New(base.Kit, []string{"secondmall"}).Create(ctx, shop.CreateInput{Channel: "secondmall", Name: "白桦旗舰店", LiveFrom: w.now - 5*24*hour, AutoApprove: true})
	if err != nil {
		t.Fatal(err)
	}
	w.shops = []shop.Shop{base.Shop, other, shoptest.Add(t, ctx, base.Shops, "青松专卖店", func(in *shop.CreateInput) { in.AutoApprove = true })}
	for _, c := range codes[:3] {
		base.SKU(ctx, c, 60)
	}
	r := rand.New(rand.NewPCG(7, 11))
	docs := map[string]order.Document{}
	for part := 0; part < n; part += 50 {
		in := make([]order.Incoming, 0, 50)
		for i := part; i < min(part+50, n); i++ {
			d := w.document(r, i)
			docs[d.ChannelOrderNo] = d
			in = append(in, order.Incoming{Shop: w.shops[r.IntN(3)], Doc: d, Source: order.SourceFile, SourceAt: w.now})
		}
		w.apply(ctx, in)
	}
	w.actions(ctx, r)
	w.read(ctx, docs)
	return w, ctx
}

func (w *world) apply(ctx context.Context, in []order.Incoming) {
	w.T.Helper()
	err := w.Kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		got, err := w.Orders.ApplyTx(ctx, tx, in)
		for _, a := range got {
			if a.Err != nil {
				return a.Err
			}
		}
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// document makes the i-th order. Placing times repeat often, and some days are
// all that is known, so that pages break inside a tie.
func (w *world) document(r *rand.Rand, i int) order.Document {
	placed := w.now - int64(r.IntN(120))*6*hour - hour
	p := provinces[r.IntN(len(provinces))]
	code := codes[min(r.IntN(6), 3)]
	q := int64(1 + r.IntN(2))
	d := order.Document{ChannelOrderNo: fmt.Sprintf("T%05d", i), Status: states[r.IntN(len(states))], PlacedAt: placed, BuyerNick: fmt.Sprintf("买家%d", r.IntN(30)),
		PaymentMethod: ways[r.IntN(len(ways))], BuyerNote: notes[r.IntN(len(notes))], SellerNote: notes[r.IntN(len(notes))], Flag: r.IntN(4), RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: names[r.IntN(len(names))], Phone: phones[r.IntN(len(phones))], Province: p[0], City: p[1], District: "西湖区", Detail: details[i*7%len(details)]},
		Lines:    []order.Line{{Title: titles[code], SKUText: "默认", MerchantSKUCode: code, Quantity: &q, PriceFen: ordertest.Fen(2500)}}}
	d.StatusRaw = string(d.Status)
	if r.IntN(3) == 0 {
		d.Lines = append(d.Lines, order.Line{Title: titles["B-2"], SKUText: "暖光", MerchantSKUCode: "B-2", Quantity: &q, PriceFen: ordertest.Fen(9900)})
	}
	if r.IntN(5) > 0 {
		paid := money.Fen(1000 * (1 + r.IntN(20)))
		d.Money = order.Money{Goods: &paid, BuyerPaid: &paid, MerchantReceivable: &paid}
	}
	if r.IntN(6) == 0 {
		d.Receiver.Name, d.Receiver.Phone = "赵**", "138****1234"
	}
	if i%14 == 0 {
		d.Receiver = order.Receiver{Name: "##b2Vk##", Phone: "$$cGhv$$", Province: p[0], City: p[1], Detail: "~d2Vu文一路18号~", Encrypted: true}
	}
	if d.Status != order.ChannelPendingPayment {
		d.PaidAt = placed + int64(r.IntN(3))*hour
		if d.ShipByAt = placed + int64(24+r.IntN(3)*24)*hour; i%9 == 4 {
			d.ShipByAt = 0 // its channel tells none
		}
	}
	switch d.Status {
	case order.ChannelShipped, order.ChannelDelivered, order.ChannelCompleted:
		d.ShippedAt = d.PaidAt + 5*hour
		d.Waybill = &order.Waybill{Carrier: []string{"ZTO", "YTO"}[r.IntN(2)], No: fmt.Sprintf("7%013d", i)}
		if d.Status == order.ChannelCompleted {
			d.CompletedAt = d.ShippedAt + 48*hour
		}
	}
	if r.IntN(10) == 0 {
		d.RefundState = order.RefundInProgress
	}
	if r.IntN(12) == 0 {
		d.Flags = []string{order.FlagPresale}
	}
	return d
}

// actions lets people tag, archive, hold and read some of the orders.
func (w *world) actions(ctx context.Context, r *rand.Rand) {
	all, _, err := w.view.IDs(ctx, view.Filter{}, 100000)
	if err != nil {
		w.T.Fatal(err)
	}
	slices.Sort(all)
	for _, i := range all {
		o := w.Load(ctx, i)
		var errs []error
		do := func(_ order.Result, err error) { errs = append(errs, err) }
		if r.IntN(4) == 0 {
			do(w.Orders.Tag(ctx, order.TagInput{OrderID: i, Add: []string{[]string{"加急", "老客", "VIP"}[r.IntN(3)]}}))
		}
		if o.Allows(order.ActHold) && r.IntN(6) == 0 {
			do(w.Orders.Hold(ctx, order.HoldInput{OrderID: i, Note: "等客户确认"}))
		}
		if o.Allows(order.ActRead) && r.IntN(3) == 0 {
			do(w.Orders.MarkRead(ctx, order.ReadInput{OrderID: i}))
		}
		if o.Allows(order.ActArchive) && r.IntN(5) == 0 {
			do(w.Orders.Archive(ctx, order.ArchiveInput{OrderID: i}))
		}
		for _, err := range errs {
			if err != nil {
				w.T.Fatal(err)
			}
		}
	}
}

// read loads everything the slow and sure way.
func (w *world) read(ctx context.Context, docs map[string]order.Document) {
	var ids []id.ID
	rows, err := w.Kit.DB.Query(ctx, "SELECT id FROM order_head WHERE merchant_id = ?", 1)
	if err != nil {
		w.T.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i id.ID
		if err := rows.Scan(&i); err != nil {
			w.T.Fatal(err)
		}
		ids = append(ids, i)
	}
	for part := range slices.Chunk(ids, 200) {
		got, err := w.Orders.LoadTx(ctx, w.Kit.DB, part)
		if err != nil || len(got) != len(part) {
			w.T.Fatalf("load %d orders: %d, %v", len(part), len(got), err)
		}
		for _, o := range got {
			s := seen{Order: o, receiver: docs[o.ChannelOrderNo].Receiver}
			for _, l := range o.Lines {
				if l.SKUID != 0 {
					s.skuNames = append(s.skuNames, "商品 "+l.SKUCode)
				}
			}
			w.orders = append(w.orders, s)
		}
	}
}

// want is what a filter must find, in the order of the sort.
func (w *world) want(f view.Filter, sort view.Sort, shops []id.ID) []id.ID {
	var in []seen
	for _, o := range w.orders {
		if (shops == nil || slices.Contains(shops, o.ShopID)) && w.matches(o, f) && (sort != view.SortShipByAsc || waits(o)) && (sort != view.SortPaidDesc || o.PaidAt > 0) {
			in = append(in, o)
		}
	}
	slices.SortFunc(in, func(a, b seen) int {
		key := func(s seen) int64 {
			switch sort {
			case view.SortPaidDesc:
				return -s.PaidAt
			case view.SortShipByAsc:
				if s.ShipByAt == 0 {
					return 1<<62 + s.PlacedAt // nobody knows when they are due
				}
				return s.ShipByAt
			case view.SortPlacedAsc:
				return s.PlacedAt
			}
			return -s.PlacedAt
		}
		up := cmp.Compare(a.ID, b.ID)
		if sort == view.SortPlacedDesc || sort == view.SortPaidDesc {
			up = -up
		}
		return cmp.Or(cmp.Compare(key(a), key(b)), up)
	})
	out := []id.ID{}
	for _, o := range in {
		out = append(out, o.ID)
	}
	return out
}

func waits(o seen) bool { return o.State == order.AwaitingShipment || o.State == order.PartlyShipped }

func inTab(o seen, t view.Tab) bool {
	if o.Archived != (t == view.TabArchived) {
		return false
	}
	switch t {
	case "", view.TabAll, view.TabArchived:
		return true
	case view.TabInAftersale:
		return o.InAftersale
	case view.TabProblem:
		return o.Problem
	case view.TabAdoptable:
		return o.History && o.State >= order.AwaitingApproval && o.State <= order.PartlyShipped
	}
	return o.State.String() == string(t) && (o.State > order.PartlyShipped || !o.History)
}

func oneOf[T comparable](v T, of []T) bool { return len(of) == 0 || slices.Contains(of, v) }

// matches tells whether an order meets a filter, read as the words of filter.go.
func (w *world) matches(o seen, f view.Filter) bool {
	times := map[string]int64{"": o.PlacedAt, "placed": o.PlacedAt, "paid": o.PaidAt, "shipped": o.ShippedAt, "completed": o.CompletedAt, "ship_by": o.ShipByAt}
	at := times[f.TimeKind]
	channels := map[id.ID]string{}
	for _, s := range w.shops {
		channels[s.ID] = s.Channel
	}
	switch {
	case len(f.Numbers) == 0 && !inTab(o, f.Tab), !oneOf(o.ShopID, f.ShopIDs.List), !oneOf(channels[o.ShopID], f.Channels), !oneOf(o.State.String(), f.States),
		(f.From > 0 || f.To > 0) && at == 0, f.From > 0 && at < int64(f.From), f.To > 0 && at >= int64(f.To),
		!oneOf(o.PaymentMethod, f.PaymentMethod), !oneOf(o.Type, f.OrderTypes), !oneOf(o.Carrier, f.Carriers), !oneOf(o.WarehouseID, f.Warehouses.List), !oneOf(o.Flag, f.Flags),
		(f.AmountMin > 0 || f.AmountMax > 0) && o.Amounts.BuyerPaid == nil,
		f.AmountMin > 0 && int64(*o.Amounts.BuyerPaid) < f.AmountMin, f.AmountMax > 0 && int64(*o.Amounts.BuyerPaid) > f.AmountMax,
		f.Unread && !o.Unread:
		return false
	}
	if f.Overdue || f.DueWithin > 0 {
		due := o.ShipByAt > 0 && waits(o) && !o.History && o.ShipByAt < w.now+f.DueWithin*hour && (f.Overdue || o.ShipByAt >= w.now)
		if !due {
			return false
		}
	}
	return w.matchesText(o, f)
}

func (w *world) matchesText(o seen, f view.Filter) bool {
	fold := strings.ToLower
	has := func(s, part string) bool { return strings.Contains(fold(s), fold(part)) }
	line := func(ok func(l order.OrderLine) bool) bool { return slices.ContainsFunc(o.Lines, ok) }
	if f.Product != "" && !line(func(l order.OrderLine) bool { return has(l.Title, f.Product) || has(l.Spec, f.Product) }) &&
		!slices.ContainsFunc(o.skuNames, func(n string) bool { return has(n, f.Product) }) {
		return false
	}
	if f.SKU != "" && !line(func(l order.OrderLine) bool { return l.SKUCode == f.SKU }) {
		return false
	}
	masked := strings.Contains(o.receiver.Name, "*")
	if f.Receiver != "" && (masked || !fits(o.receiver.Name, f.Receiver)) {
		return false
	}
	if f.Phone != "" {
		want, have := receiver.NormalizePhone(f.Phone), receiver.NormalizePhone(o.receiver.Phone)
		if strings.Contains(o.receiver.Phone, "*") {
			have = "masked" + o.receiver.Phone[len(o.receiver.Phone)-4:]
		}
		if len(want) == 4 && len(have) >= 4 {
			have = have[len(have)-4:]
		}
		if want != have {
			return false
		}
	}
	if w.whole && len([]rune(f.Address)) > 1 && !wholeAddress(o, f.Address) {
		return false
	}
	for _, part := range strings.Fields(f.Address) {
		if !(w.whole && len([]rune(f.Address)) > 1) && !strings.HasPrefix(o.Province, part) && !strings.HasPrefix(o.City, part) && !strings.HasPrefix(o.District, part) {
			return false
		}
	}
	if f.Note != "" && !has(o.BuyerNote, f.Note) && !has(o.SellerNote, f.Note) {
		return false
	}
	any := func(have []string, want []string) bool {
		return len(want) == 0 || slices.ContainsFunc(want, func(v string) bool { return slices.Contains(have, v) })
	}
	var holds []string
	for _, h := range o.Holds {
		holds = append(holds, string(h.Kind))
	}
	numbers := []string{o.ChannelOrderNo, o.ID.String()}
	if o.WaybillNo != "" {
		numbers = append(numbers, o.WaybillNo)
	}
	return any(o.Tags, f.Tags) && any(holds, f.Holds) && any(numbers, f.Numbers)
}

// plainAddress writes an address the way both a person and a channel may.
var plainAddress = strings.NewReplacer(" ", "", "　", "", "-", "", "（", "", "）", "", "(", "", ")", "", "１", "1", "８", "8")

// wholeAddress: every pair of neighbouring characters stands in what can be read.
func wholeAddress(o seen, text string) bool {
	have := o.Province + o.City + o.District
	if !o.receiver.Encrypted {
		have += o.receiver.Town + o.receiver.Detail
	}
	have = strings.ToLower(plainAddress.Replace(have))
	for _, part := range strings.Fields(strings.ReplaceAll(text, "8 号", "8号")) {
		if rs := []rune(part); len(rs) > 1 && rs[0] == '8' && strings.Contains(text, "路 8") {
			part = "路" + part // a number stays with its street
		}
		rs := []rune(strings.ToLower(plainAddress.Replace(part)))
		for i := 0; i+1 < len(rs); i++ {
			if !strings.Contains(have, string(rs[i:i+2])) {
				return false
			}
		}
	}
	return true
}

// fits: the whole name, or all pairs of neighbouring characters.
func fits(name, part string) bool {
	if len([]rune(part)) == 1 {
		return name == part
	}
	for _, g := range receiver.Bigrams(part) {
		if !slices.Contains(receiver.Bigrams(name), g) {
			return false
		}
	}
	return true
}

// searchAddresses switches the search of whole addresses, and lets the job end.
func (w *world) searchAddresses(ctx context.Context, on bool) {
	w.T.Helper()
	w.switchAddresses(ctx, on)
	kittest.Clock(w.Kit).Advance(2 * time.Minute)
	if err := w.Kit.Jobs.Drain(ctx); err != nil {
		w.T.Fatal(err)
	}
	w.whole, w.now = on, clock.Millis(w.Kit.Clock)
}

func (w *world) switchAddresses(ctx context.Context, on bool) {
	w.T.Helper()
	kittest.InTx(w.T, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error { return w.Orders.AddressIndex().SwitchTx(ctx, tx, on) })
}

// export runs an export and reads its file back.
func (w *world) export(ctx context.Context, in view.ExportInput) [][]string {
	w.T.Helper()
	j, err := w.view.Export(ctx, in)
	if err != nil {
		w.T.Fatal(err)
	}
	if err := w.Kit.Jobs.Drain(ctx); err != nil {
		w.T.Fatal(err)
	}
	if j, err = w.Kit.Jobs.Get(ctx, j.ID); err != nil || j.State != job.Succeeded {
		w.T.Fatalf("the export ended as %s %s: %v", j.State, j.ErrorCode, err)
	}
	var r view.ExportResult
	if err := json.Unmarshal(j.Result, &r); err != nil {
		w.T.Fatal(err)
	}
	f, err := w.Kit.Files.Open(ctx, r.FileID)
	if err != nil {
		w.T.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		w.T.Fatal(err)
	}
	if in.Format == "xlsx" {
		x, err := excelize.OpenReader(bytes.NewReader(b))
		if err != nil {
			w.T.Fatal(err)
		}
		rows, err := x.GetRows(x.GetSheetName(0))
		if err != nil {
			w.T.Fatal(err)
		}
		return rows
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		w.T.Fatal(err)
	}
	return rows
}
