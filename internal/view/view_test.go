package view_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/view"
)

// pages follows the cursors to the end and returns every id in the order given.
func pages(ctx context.Context, s *view.Service, in view.ListInput) ([]id.ID, error) {
	out := []id.ID{}
	for n := 0; ; n++ {
		l, err := s.List(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, o := range l.Items {
			out = append(out, o.ID)
		}
		if l.NextCursor == "" {
			return out, nil
		}
		if l.NextCursor == in.Cursor || n > 2000 {
			return nil, errors.New("paging does not end")
		}
		in.Cursor = l.NextCursor
	}
}

// single holds one value for every filter field, and what it should find.
func (w *world) single() map[string]view.Filter {
	at := func(h int64) web.Time { return web.Time(w.now - h*hour) }
	all := map[string]view.Filter{
		"one shop":                       {ShopIDs: web.IDs{List: []id.ID{w.shops[1].ID}}},
		"two shops":                      {ShopIDs: web.IDs{List: []id.ID{w.shops[0].ID, w.shops[2].ID}}},
		"one channel":                    {Channels: []string{"secondmall"}},
		"one state":                      {States: []string{"completed"}},
		"two states":                     {States: []string{"shipped", "awaiting_shipment"}},
		"a state in a shop":              {States: []string{"closed"}, ShopIDs: web.IDs{List: []id.ID{w.shops[0].ID}}},
		"placed from":                    {From: at(200)},
		"placed before":                  {To: at(200)},
		"placed between":                 {From: at(400), To: at(100)},
		"paid between":                   {TimeKind: "paid", From: at(400), To: at(100)},
		"shipped between":                {TimeKind: "shipped", From: at(400), To: at(100)},
		"completed since":                {TimeKind: "completed", From: at(300)},
		"to be shipped by":               {TimeKind: "ship_by", To: at(0)},
		"a way to pay":                   {PaymentMethod: []string{"支付宝"}},
		"ways to pay":                    {PaymentMethod: []string{"支付宝", "银行卡"}},
		"a title":                        {Product: "保温杯"},
		"a title in other letters":       {Product: "led"},
		"a title with a wildcard":        {Product: "毯_大"},
		"a spec":                         {Product: "暖光"},
		"a SKU's own name":               {Product: "商品 C"},
		"a SKU code":                     {SKU: "A-1"},
		"a code that nobody mapped":      {SKU: "UNKNOWN-9"},
		"a whole name":                   {Receiver: "赵小满"},
		"two characters of a name":       {Receiver: "小满"},
		"a long name":                    {Receiver: "欧阳小满天"},
		"a name of one character":        {Receiver: "满"},
		"a Latin name":                   {Receiver: "Chen"},
		"a phone":                        {Phone: "138 0000 1234"},
		"a phone's last four digits":     {Phone: "1234"},
		"a province":                     {Address: "浙江"},
		"a province and a city":          {Address: "浙江 宁波"},
		"a note":                         {Note: "发货"},
		"a note with a wildcard":         {Note: "100%_不"},
		"a note in other letters":        {Note: "led"},
		"a flag":                         {Flags: []int64{2}},
		"flags":                          {Flags: []int64{1, 3}},
		"no flag":                        {Flags: []int64{0}},
		"a tag":                          {Tags: []string{"加急"}},
		"tags":                           {Tags: []string{"VIP", "老客"}},
		"an amount and more":             {AmountMin: 9000},
		"an amount and less":             {AmountMax: 9000},
		"between amounts":                {AmountMin: 4000, AmountMax: 12000},
		"an order type":                  {OrderTypes: []string{"presale"}},
		"a hold":                         {Holds: []string{"manual"}},
		"holds":                          {Holds: []string{"sku_unmapped", "out_of_stock"}},
		"a carrier":                      {Carriers: []string{"ZTO"}},
		"unread":                         {Unread: true},
		"overdue":                        {Overdue: true},
		"due within a day":               {DueWithin: 24},
		"overdue or due within two days": {Overdue: true, DueWithin: 48},
	}
	if w.whole {
		for name, text := range map[string]string{"a street": "文一路", "a street and a number": "文一路18号", "a number with a blank": "文一路 8 号", "a number of full width": "路１８号",
			"a room": "3-201室", "city and district": "杭州市西湖", "across the street": "西湖区中山", "a Latin street": "riverside", "parts that stand apart": "浙江 201", "two characters": "代收"} {
			all["the address by "+name] = view.Filter{Address: text}
		}
	}
	return all
}

func TestEveryTabAndFilterFindsExactlyItsOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 300)
		check := func(t *testing.T, f view.Filter) {
			t.Helper()
			sort := view.SortPlacedDesc
			want := w.want(f, sort, nil)
			got, err := pages(ctx, w.view, view.ListInput{Filter: f, Sort: sort, Limit: 7})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%+v: found %d, want %d, error %v\n%v\n%v", f, len(got), len(want), err, got, want)
			}
			if len(want) == 0 || len(want) == len(w.orders) {
				t.Errorf("%+v finds %d of %d: it proves nothing", f, len(want), len(w.orders))
			}
		}
		for _, tab := range view.Tabs {
			t.Run("tab "+string(tab), func(t *testing.T) { check(t, view.Filter{Tab: tab}) })
		}
		for name, f := range w.single() {
			t.Run(name, func(t *testing.T) { check(t, f) })
		}
		w.searchAddresses(ctx, true)
		for name, f := range w.single() {
			if f.Address != "" {
				t.Run("addresses searched whole: "+name, func(t *testing.T) { check(t, f) })
			}
		}
	})
}

func TestAddressesAreSearchedWholeOnlyWhileTheMerchantWantsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 230)
		check := func(t *testing.T, when string, texts ...string) {
			t.Helper()
			for _, text := range texts {
				f := view.Filter{Address: text}
				want := w.want(f, view.SortPlacedDesc, nil)
				got, err := pages(ctx, w.view, view.ListInput{Filter: f, Limit: 20})
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s, %s: found %d, want %d, error %v", when, text, len(got), len(want), err)
				}
			}
		}
		state := func(t *testing.T, want receiver.AddressState) {
			t.Helper()
			if got, err := w.view.AddressSearch(ctx, view.Filter{Address: "文一路"}); err != nil || got != want {
				t.Errorf("the answer says %s, want %s, %v", got, want, err)
			}
		}
		tokens := func(t *testing.T) (n int) {
			t.Helper()
			if err := w.Kit.DB.QueryRow(ctx, "SELECT COUNT(*) FROM order_token WHERE merchant_id = ? AND kind = ?", 1, receiver.TokenAddressBigram).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		texts := []string{"文一路", "浙江", "湖滨", "文一路 8 号", "8 号"}
		state(t, receiver.AddressOff)
		check(t, "off", texts...)
		if n := tokens(t); n != 0 {
			t.Errorf("%d tokens that nobody asked for", n)
		}
		w.switchAddresses(ctx, true)
		state(t, receiver.AddressBuilding)
		check(t, "while it is built", texts...)
		w.moveSome(ctx)
		w.searchAddresses(ctx, true)
		state(t, receiver.AddressOn)
		check(t, "on", texts...)
		w.moveSome(ctx)
		check(t, "after people changed addresses", texts...)
		if len(w.want(view.Filter{Address: "湖滨"}, view.SortPlacedDesc, nil)) == 0 || len(w.want(view.Filter{Address: "文一路"}, view.SortPlacedDesc, nil)) == 0 {
			t.Error("nothing to be found: it proves nothing")
		}
		w.searchAddresses(ctx, false)
		w.moveSome(ctx)
		state(t, receiver.AddressOff)
		check(t, "off again", texts...)
		if n := tokens(t); n != 0 {
			t.Errorf("%d tokens are left", n)
		}
		w.switchAddresses(ctx, true)
		w.switchAddresses(ctx, false)
		w.searchAddresses(ctx, true)
		state(t, receiver.AddressOn)
		check(t, "after a change of mind", texts...)
	})
}

// moveSome lets people change the address of an order that the list finds, twice.
func (w *world) moveSome(ctx context.Context) {
	w.T.Helper()
	for i, n := 0, 0; i < len(w.orders) && n < 4; i++ {
		o := &w.orders[i]
		if now := w.Load(ctx, o.ID); !now.Allows(order.ActChangeAddress) || o.ReceiverKind != receiver.Plain || strings.HasPrefix(o.receiver.Detail, "湖滨") {
			continue
		}
		n++
		o.receiver = order.Receiver{Name: o.receiver.Name, Phone: o.receiver.Phone, Province: "江苏省", City: "无锡市", District: "滨湖区", Detail: fmt.Sprintf("湖滨路 %d 号", i)}
		o.Province, o.City, o.District = "江苏省", "无锡市", "滨湖区"
		if _, err := w.Orders.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: o.ID, Receiver: o.receiver}); err != nil {
			w.T.Fatal(err)
		}
	}
}

func TestPastedNumbersFindArchivedOrdersInEveryTab(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 60)
		var pasted []string
		archived := 0
		for _, o := range w.orders {
			pasted = append(pasted, o.ChannelOrderNo)
			if o.Archived {
				archived++
			}
		}
		for _, tab := range append([]view.Tab{""}, view.Tabs...) {
			l, err := w.view.List(ctx, view.ListInput{Filter: view.Filter{Tab: tab, Numbers: pasted}, Limit: 200})
			if err != nil || len(l.Items) != len(w.orders) || len(l.NotFound) != 0 || archived == 0 {
				t.Errorf("%q: %d of %d orders (%d archived), %d not found, %v", tab, len(l.Items), len(w.orders), archived, len(l.NotFound), err)
			}
		}
	})
}

// inTab is the counter of a filter's tab: where numbers are pasted, which of them stand in it.
func (w *world) inTab(f view.Filter, scope []id.ID) (n int64) {
	found := w.want(f, view.SortPlacedDesc, scope)
	for _, o := range w.orders {
		if slices.Contains(found, o.ID) && (len(f.Numbers) == 0 || f.Tab == view.TabAll || inTab(o, f.Tab)) {
			n++
		}
	}
	return n
}

// drawFilter combines up to three fields of the single ones.
func drawFilter(t *rapid.T, w *world) view.Filter {
	single := w.single()
	var keys []string
	for k := range single {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	f := view.Filter{Tab: rapid.SampledFrom(view.Tabs).Draw(t, "tab")}
	if rapid.Bool().Draw(t, "any tab") {
		f.Tab = view.TabAll
	}
	for range rapid.IntRange(0, 3).Draw(t, "fields") {
		g := single[rapid.SampledFrom(keys).Draw(t, "field")]
		if len(g.ShopIDs.List) > 0 {
			f.ShopIDs = g.ShopIDs
		}
		if g.From+g.To > 0 {
			f.From, f.To, f.TimeKind = g.From, g.To, g.TimeKind
		}
		for _, p := range []struct{ to, from *[]string }{{&f.Channels, &g.Channels}, {&f.States, &g.States}, {&f.PaymentMethod, &g.PaymentMethod}, {&f.Tags, &g.Tags},
			{&f.OrderTypes, &g.OrderTypes}, {&f.Holds, &g.Holds}, {&f.Carriers, &g.Carriers}} {
			if len(*p.from) > 0 {
				*p.to = *p.from
			}
		}
		for _, p := range []struct{ to, from *string }{{&f.Product, &g.Product}, {&f.SKU, &g.SKU}, {&f.Receiver, &g.Receiver}, {&f.Phone, &g.Phone}, {&f.Address, &g.Address}, {&f.Note, &g.Note}} {
			if *p.from != "" {
				*p.to = *p.from
			}
		}
		if len(g.Flags) > 0 {
			f.Flags = g.Flags
		}
		f.AmountMin, f.AmountMax, f.DueWithin = max(f.AmountMin, g.AmountMin), max(f.AmountMax, g.AmountMax), max(f.DueWithin, g.DueWithin)
		f.Unread, f.Overdue = f.Unread || g.Unread, f.Overdue || g.Overdue
	}
	if rapid.IntRange(0, 5).Draw(t, "paste") == 0 {
		for range rapid.IntRange(1, 20).Draw(t, "numbers") {
			o := rapid.SampledFrom(w.orders).Draw(t, "number of")
			f.Numbers = append(f.Numbers, rapid.SampledFrom([]string{o.ChannelOrderNo, o.ID.String()}).Draw(t, "number"))
		}
	}
	return f
}

func TestPagesHoldEveryOrderOnceInAnyCombination(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 180)
		w.searchAddresses(ctx, true)
		rapid.Check(t, func(t *rapid.T) {
			f := drawFilter(t, w)
			sort := rapid.SampledFrom([]view.Sort{view.SortPlacedDesc, view.SortPlacedAsc, view.SortPaidDesc, view.SortShipByAsc}).Draw(t, "sort")
			limit := rapid.SampledFrom([]int{3, 10, 50, 200}).Draw(t, "limit")
			w.view.Narrow(view.Budget, rapid.SampledFrom([]int{20, 60, 5000}).Draw(t, "candidates"))
			defer w.view.Widen()
			who, scope := ctx, []id.ID(nil)
			if rapid.IntRange(0, 2).Draw(t, "scope") == 0 {
				scope = []id.ID{w.shops[0].ID, w.shops[2].ID}
				who = kittest.Within(ctx, "shop", scope...)
			}
			want := w.want(f, sort, scope)
			got, err := pages(who, w.view, view.ListInput{Filter: f, Sort: sort, Limit: limit})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%+v by %s: found %d, want %d, error %v", f, sort, len(got), len(want), err)
			}
			counts, err := w.view.Counts(who, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, tab := range view.Tabs {
				g := f
				g.Tab = tab
				n := w.inTab(g, scope)
				if c := counts[tab]; c.Known && c.Exact && c.N != n || c.N > n || !c.Known {
					t.Fatalf("%+v: counter of %s says %+v, there are %d", f, tab, c, n)
				}
			}
			ids, more, err := w.view.IDs(who, f, 1000)
			slices.Sort(ids)
			all := w.want(f, view.SortPlacedDesc, scope)
			slices.Sort(all)
			if err != nil || more || !slices.Equal(ids, all) {
				t.Fatalf("%+v: %d ids for a bulk action, want %d, more %v, error %v", f, len(ids), len(all), more, err)
			}
		})
	})
}

func TestAnExactCounterWithoutFiltersEqualsARecountBeforeAndAfterFolding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 150)
		check := func(shops []id.ID) {
			t.Helper()
			counts, err := w.view.Counts(kittest.Within(ctx, "shop", shops...), view.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, tab := range view.Tabs {
				if n := int64(len(w.want(view.Filter{Tab: tab}, view.SortPlacedDesc, shops))); counts[tab] != (view.Count{N: n, Exact: true, Known: true}) {
					t.Errorf("counter of %s says %+v, there are %d", tab, counts[tab], n)
				}
			}
		}
		every := []id.ID{w.shops[0].ID, w.shops[1].ID, w.shops[2].ID}
		check(every)
		check(every[1:2])
		if n, err := w.Orders.FoldCounts(ctx); err != nil || n == 0 {
			t.Fatalf("folded %d, %v", n, err)
		}
		check(every)
		check([]id.ID{})
	})
}

func TestAPasteOfNumbersTellsWhichNameNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 120)
		var mine, foreign, waybill seen
		for _, o := range w.orders {
			switch {
			case o.ShopID == w.shops[1].ID:
				foreign = o
			case o.Archived:
			case o.WaybillNo != "":
				waybill = o
			default:
				mine = o
			}
		}
		who := kittest.Within(ctx, "shop", w.shops[0].ID, w.shops[2].ID)
		paste := strings.Join([]string{mine.ChannelOrderNo, "没有这个单号", foreign.ChannelOrderNo, "\t" + waybill.WaybillNo, mine.ChannelOrderNo, "  "}, "，\n")
		l, err := w.view.List(who, view.ListInput{Filter: view.Filter{Numbers: []string{paste}}, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		var got []id.ID
		for _, o := range l.Items {
			got = append(got, o.ID)
		}
		want := []id.ID{mine.ID, waybill.ID}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
		// A number of a shop that the reader may not see is as unknown as a wrong one.
		if !slices.Equal(l.NotFound, []string{"没有这个单号", foreign.ChannelOrderNo}) {
			t.Errorf("not found: %q", l.NotFound)
		}
	})
}

func TestTheOneSearchBoxReadsWhatIsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 200)
		var some seen
		for _, o := range w.orders {
			if o.WaybillNo != "" && !o.Archived {
				some = o
			}
		}
		for typed, like := range map[string]view.Filter{
			some.ChannelOrderNo: {Numbers: []string{some.ChannelOrderNo}},
			some.ID.String():    {Numbers: []string{some.ID.String()}},
			some.WaybillNo:      {Numbers: []string{some.WaybillNo}},
			some.ChannelOrderNo + " " + w.orders[0].ChannelOrderNo: {Numbers: []string{some.ChannelOrderNo, w.orders[0].ChannelOrderNo}},
			"13800001234": {Phone: "13800001234"}, "5678": {Phone: "5678"}, "赵小满": {Receiver: "赵小满"}, "毛毯": {Product: "毛毯"}, "B-2": {SKU: "B-2"},
		} {
			want := w.want(like, view.SortPlacedDesc, nil)
			got, err := pages(ctx, w.view, view.ListInput{Filter: view.Filter{Query: typed}, Limit: 11})
			if err != nil || len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%q: found %d, want %d, error %v", typed, len(got), len(want), err)
			}
		}
		// A word that stands in titles and in names finds both.
		if l, err := w.view.List(ctx, view.ListInput{Filter: view.Filter{Query: "寻无此物"}}); err != nil || len(l.Items) != 0 {
			t.Errorf("nonsense finds %d, %v", len(l.Items), err)
		}
	})
}

func TestAnAnswerThatRanOutOfTimeSaysSoAndGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 150)
		for _, sort := range []view.Sort{view.SortPlacedDesc, view.SortPlacedAsc} {
			f := view.Filter{Note: "发货"}
			w.view.Narrow(1, 5000)
			first, err := w.view.List(ctx, view.ListInput{Filter: f, Sort: sort})
			w.view.Widen()
			if err != nil || first.SearchedUntil == 0 || first.NextCursor == "" {
				t.Fatalf("%s: without time: %+v, %v", sort, first, err)
			}
			rest, err := pages(ctx, w.view, view.ListInput{Filter: f, Sort: sort, Cursor: first.NextCursor, Limit: 9})
			if want := w.want(f, sort, nil); err != nil || len(want) == 0 || len(first.Items) > 0 || !slices.Equal(rest, want) {
				t.Errorf("%s: went on to %d orders after %d, want %d, error %v", sort, len(rest), len(first.Items), len(want), err)
			}
			whole, err := w.view.List(ctx, view.ListInput{Filter: f, Sort: sort})
			if err != nil || whole.SearchedUntil != 0 {
				t.Errorf("%s: with time: searched until %d, %v", sort, whole.SearchedUntil, err)
			}
		}
	})
}

func TestABulkActionIsToldThatThereAreMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 60)
		all := w.want(view.Filter{}, view.SortPlacedDesc, nil)
		for _, limit := range []int{1, len(all) - 1, len(all), len(all) + 1} {
			ids, more, err := w.view.IDs(ctx, view.Filter{}, limit)
			if err != nil || !slices.Equal(ids, all[:min(limit, len(all))]) || more != (limit < len(all)) {
				t.Errorf("limit %d of %d: %d ids, more %v, %v", limit, len(all), len(ids), more, err)
			}
		}
	})
}

func TestMerchantsNeverSeeEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 60)
		kittest.NewMerchant(t, w.Kit, 2)
		stranger := actor.With(ctx, kittest.Owner(2))
		o := w.orders[0]
		for _, f := range []view.Filter{{}, {Query: o.ChannelOrderNo}, {Receiver: "小满"}, {Phone: "1234"}, {SKU: "A-1"}, {Product: "保温杯"}, {Numbers: []string{o.ID.String()}}} {
			if l, err := w.view.List(stranger, view.ListInput{Filter: f}); err != nil || len(l.Items) != 0 {
				t.Errorf("%+v: a stranger sees %d orders, %v", f, len(l.Items), err)
			}
		}
		if _, err := w.view.Detail(stranger, o.ID); !errors.Is(err, order.ErrNotFound) {
			t.Errorf("a stranger's look at an order: %v", err)
		}
		if c, err := w.view.Counts(stranger, view.Filter{}); err != nil || c[view.TabAll].N != 0 {
			t.Errorf("a stranger counts %+v, %v", c[view.TabAll], err)
		}
	})
}

func TestFiltersThatCannotBeReadAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 10)
		for name, x := range map[string]struct {
			in   view.ListInput
			want *errs.Error
		}{
			"an unknown tab":          {view.ListInput{Filter: view.Filter{Tab: "lost"}}, view.ErrBadFilter},
			"an unknown time":         {view.ListInput{Filter: view.Filter{TimeKind: "eaten"}}, view.ErrBadFilter},
			"an end before its start": {view.ListInput{Filter: view.Filter{From: 20, To: 10}}, view.ErrBadFilter},
			"an unknown state":        {view.ListInput{Filter: view.Filter{States: []string{"gone"}}}, view.ErrBadFilter},
			"an unknown flag":         {view.ListInput{Filter: view.Filter{Flags: []int64{6}}}, view.ErrBadFilter},
			"too many hours":          {view.ListInput{Filter: view.Filter{DueWithin: 5000}}, view.ErrBadFilter},
			"a novel":                 {view.ListInput{Filter: view.Filter{Query: strings.Repeat("长", 101)}}, view.ErrBadFilter},
			"an unknown sort":         {view.ListInput{Sort: "by_taste"}, view.ErrBadFilter},
			"501 numbers":             {view.ListInput{Filter: view.Filter{Numbers: numbers(501)}}, view.ErrTooManyNumbers},
			"a made-up cursor":        {view.ListInput{Cursor: "AAAA"}, page.ErrCursor},
		} {
			if _, err := w.view.List(ctx, x.in); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %s", name, err, x.want.Code)
			}
		}
		if l, err := w.view.List(ctx, view.ListInput{Filter: view.Filter{Numbers: numbers(500)}}); err != nil || len(l.NotFound) != 500 {
			t.Errorf("500 numbers: %d not found, %v", len(l.NotFound), err)
		}
		poor := kittest.As(ctx, "order.read")
		if _, err := w.view.List(poor, view.ListInput{Filter: view.Filter{AmountMin: 1}}); !errors.Is(err, actor.ErrForbidden) {
			t.Errorf("amounts can be guessed by who may not see them: %v", err)
		}
	})
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "N" + strings.Repeat("x", i%7) + id.ID(i).String()
	}
	return out
}

func TestAListShowsOfAnOrderWhatItsDetailShows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 60)
		l, err := w.view.List(ctx, view.ListInput{Limit: 200})
		if err != nil || len(l.Items) < 40 {
			t.Fatalf("%d orders, %v", len(l.Items), err)
		}
		for _, row := range l.Items {
			one, err := w.view.Detail(ctx, row.ID)
			if err != nil || !reflect.DeepEqual(row, one.OrderRow) {
				t.Fatalf("the list says\n%+v\nthe detail says\n%+v\n%v", row, one.OrderRow, err)
			}
			if len(one.LineDetails) != len(one.Lines) || len(one.HoldDetails) != len(one.Holds) {
				t.Errorf("%s: %d of %d lines, %d of %d holds", one.ChannelOrderNo, len(one.LineDetails), len(one.Lines), len(one.HoldDetails), len(one.Holds))
			}
		}
		if _, err := w.view.Detail(kittest.Within(ctx, "shop", w.shops[0].ID), w.want(view.Filter{ShopIDs: web.IDs{List: []id.ID{w.shops[1].ID}}}, view.SortPlacedDesc, nil)[0]); !errors.Is(err, order.ErrNotFound) {
			t.Errorf("an order of a shop outside the scope: %v", err)
		}
	})
}

func TestAnExportHoldsTheFilteredListAndNothingMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 90)
		w.view.Narrow(view.Budget, 20)
		f := view.Filter{Receiver: "小满"}
		want := w.want(f, view.SortPlacedDesc, nil)
		poor := kittest.As(ctx, "export.run", "order.read")
		for _, format := range []string{"csv", "xlsx"} {
			rows := w.export(poor, view.ExportInput{Filter: f, Format: format, Per: "order"})
			if len(rows) != len(want)+1 || len(want) == 0 {
				t.Fatalf("%s: %d rows, want a header and %d", format, len(rows), len(want))
			}
			for i, o := range want {
				if strings.TrimSuffix(rows[i+1][1], "\t") != o.String() { // the tab keeps it text
					t.Fatalf("%s: row %d is %s, want %s", format, i+1, rows[i+1][1], o)
				}
			}
			text := fmt.Sprint(rows)
			if strings.Contains(text, "赵小满") || strings.Contains(text, "13800001234") || strings.Contains(text, "(元)") {
				t.Errorf("%s: shows a receiver or an amount to who may not see it: %s", format, text[:min(len(text), 300)])
			}
		}
		lines := 0
		for _, o := range w.orders {
			if slices.Contains(want, o.ID) {
				lines += len(o.Lines)
			}
		}
		rows := w.export(ctx, view.ExportInput{Filter: f, Format: "csv", Per: "line", Columns: []string{"channel_order_no", "line_price", "sku_code"}})
		if len(rows) != lines+1 || !slices.Equal(rows[0], []string{"平台单号", "SKU 编码", "单价(元)"}) {
			t.Errorf("per line: %d rows, want %d under %v", len(rows), lines+1, rows[0])
		}
		for want, in := range map[*errs.Error]view.ExportInput{view.ErrUnknownFormat: {Format: "pdf"}, view.ErrUnknownColumn: {Format: "csv", Columns: []string{"password"}}, view.ErrBadFilter: {Format: "csv", Filter: view.Filter{Tab: "x"}}} {
			if _, err := w.view.Export(ctx, in); !errors.Is(err, want) {
				t.Errorf("%+v: %v, want %s", in, err, want.Code)
			}
		}
	})
}

func TestTheHomePageCountsTodayAsARecountDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 150)
		h, err := w.view.Home(ctx)
		if err != nil {
			t.Fatal(err)
		}
		midnight := w.now - 12*hour
		var placed, sales int64
		byShop := map[id.ID]int64{}
		for _, o := range w.orders {
			if o.PlacedAt >= midnight {
				placed++
				byShop[o.ShopID]++
			}
			if at := o.PaidAt; at >= midnight && o.Amounts.BuyerPaid != nil {
				sales += int64(*o.Amounts.BuyerPaid)
			}
		}
		if h.Today.Orders != placed || placed == 0 || *h.Today.SalesFen != sales || len(h.Trend) != 30 || len(h.ByShop) != 3 {
			t.Errorf("today %+v (sales %d), %d days, %d shops; a recount finds %d orders and %d fen", h.Today, *h.Today.SalesFen, len(h.Trend), len(h.ByShop), placed, sales)
		}
		for _, s := range h.ByShop {
			if s.Orders != byShop[s.ShopID] {
				t.Errorf("%s: %d orders today, a recount finds %d", s.Name, s.Orders, byShop[s.ShopID])
			}
		}
		for _, todo := range h.Todo {
			if todo.Page != "orders" {
				continue
			}
			if n := int64(len(w.want(todo.Filter, view.SortPlacedDesc, nil))); todo.N != n || !todo.Exact || !todo.Known {
				t.Errorf("%s: %+v, its list has %d", todo.Key, todo, n)
			}
		}
		one, err := w.view.Home(kittest.Within(ctx, "shop", w.shops[1].ID))
		if err != nil || len(one.ByShop) != 1 || one.Today.Orders != byShop[w.shops[1].ID] {
			t.Errorf("who sees one shop: %+v, %v", one.Today, err)
		}
	})
}
