package world

import "fmt"

// fill gives an order its lines and money.
func (t *Tx) fill(o *Order, r *Random, want Wanted) {
	n := want.Lines
	if n <= 0 {
		n = 1 + r.Below(3)*r.Below(2)
	}
	if t.Platform.OneLine {
		n = 1
	}
	for i := range n {
		sku := r.Below(len(t.listings))
		for k, l := range t.listings {
			if want.Code != "" && l.Code == want.Code {
				sku = k
			}
		}
		l := t.listings[sku]
		line := Line{SKU: sku, ItemNo: l.ItemNo, SKUNo: l.SKUNo, Code: l.Code, Title: l.Title, SKUText: l.SKUText, Price: l.Price,
			Quantity: 1 + int64(r.Below(3)*r.Below(2)), Status: o.Status, Refund: RefundNone}
		if want.Quantity > 0 {
			line.Quantity = want.Quantity
		}
		if r.Chance(.3) {
			line.MerchantDiscount = line.Goods() / r.Between(8, 25)
		}
		if r.Chance(.2) {
			line.PlatformDiscount = line.Goods() / r.Between(10, 30)
		}
		if i > 0 && r.Chance(.15) { // a present with the order
			line.Gift, line.MerchantDiscount, line.PlatformDiscount = true, line.Goods(), 0
		}
		line.No = t.lineNo(o, i)
		o.Lines = append(o.Lines, line)
	}
	if r.Chance(.2) {
		o.Freight = 100 * r.Between(5, 15)
	}
}

func (t *Tx) lineNo(o *Order, i int) string {
	if t.Platform.LineNo != nil {
		return t.Platform.LineNo(o.No, o.Serial, i)
	}
	return beyond(4_700_000_000_000_000_001+uint64(t.Number)*1_000_000_000_000, o.Serial*100+uint64(i)+1)
}

// destiny decides what kind of order it is and what will happen to it.
func (t *Tx) destiny(o *Order, r *Random, want Wanted) {
	l := t.life
	wait := func(lo, hi int64) int64 { return int64(float64(r.Between(lo, hi)*1000) * l.Scale) } // seconds
	if presale := want.Presale || r.Chance(l.Presale) && !want.Paid; presale && !t.Platform.NoPresale {
		o.Presale = &Presale{Deposit: max(1, o.BuyerPaid()/5), FinalFrom: o.CreatedAt + wait(600, 7200)}
		o.PayBy = o.CreatedAt + 3*24*3600_000
	}
	if t.Platform.Groups && (want.Group || r.Chance(l.Group) && !want.Paid) {
		o.Holds = append(o.Holds, HoldGroup)
	}
	if t.Platform.GiftOrders && (want.Gift || r.Chance(l.GiftOrder) && !want.Paid) {
		o.Gift = true
		o.Holds = append(o.Holds, HoldGift)
	}
	if r.Chance(l.Risk) && !want.Paid && !t.Platform.NoRisk {
		o.Holds = append(o.Holds, HoldRisk)
	}
	o.Holds = append(o.Holds, want.Holds...)
	o.Poison, o.Virtual = want.Poison, want.Virtual
	if r.Chance(t.faults.PoisonPerMille/1000) && want.Poison == 0 {
		o.Poison = 1 + r.Below(3)
	}
	if want.Paid || want.Still {
		return
	}
	plan := func(at int64, do Act) int64 {
		o.Plan = append(o.Plan, Step{At: at, Do: do})
		t.agenda.add(Step{At: at, Do: do}, o)
		return at
	}
	if r.Chance(l.NeverPaid) {
		plan(o.PayBy, ActClose)
		return
	}
	paid := plan(o.CreatedAt+wait(3, 300), ActPay)
	if o.Presale != nil {
		paid = plan(max(paid, o.Presale.FinalFrom)+wait(60, 600), ActPay)
	}
	ready := paid
	if len(o.Holds) > 0 {
		ready = plan(paid+wait(120, 3600), ActRelease)
	}
	t.afterPayment(r, plan, wait, ready)
}

// afterPayment plans what disturbs an order between payment and shipping.
func (t *Tx) afterPayment(r *Random, plan func(int64, Act) int64, wait func(lo, hi int64) int64, ready int64) {
	l := t.life
	if r.Chance(l.AddressWish) {
		at := plan(ready+wait(60, 1800), ActWish)
		if r.Chance(.2) {
			plan(at+wait(600, 1800), ActUnwish)
		}
	}
	if r.Chance(l.AddressMoved) {
		plan(ready+wait(30, 1200), ActMove)
	}
	if r.Chance(l.MemoElsewhere) {
		plan(ready+wait(60, 7200), ActNote)
	}
	switch {
	case r.Chance(l.RefundBefore):
		at := plan(ready+wait(30, 7200), ActAskRefund)
		if r.Chance(.4) {
			plan(at+wait(300, 3600), ActTakeBack)
		} else {
			plan(at+wait(86_400, 172_800), ActGrantRefund) // the platform's patience ends
		}
	case r.Chance(l.ShippedElsewhere):
		plan(ready+wait(600, 21_600), ActShipElsewhere)
	}
}

// afterShipping plans an order's way to the buyer.
func (t *Tx) afterShipping(o *Order) {
	if t.still || o.Still {
		return
	}
	r := Stream(t.w.cfg.Seed, t.Name, "journey", number(o.Serial))
	wait := func(lo, hi int64) int64 { return int64(float64(r.Between(lo, hi)*1000) * t.life.Scale) }
	plan := func(at int64, do Act) int64 {
		o.Plan = append(o.Plan, Step{At: at, Do: do})
		t.agenda.add(Step{At: at, Do: do}, o)
		return at
	}
	at := plan(t.now+wait(86_400, 259_200), ActDeliver)
	if r.Chance(t.life.RefundAfter) {
		asked := plan(at+wait(3600, 86_400), ActAskRefund)
		plan(asked+wait(86_400, 172_800), ActReturnGoods)
	}
	done := plan(at+wait(172_800, 604_800), ActComplete)
	if r.Chance(t.life.Reviewed) {
		plan(done+wait(60, 3600), ActReview)
	}
}

var (
	surnames  = []string{"林", "周", "沈", "苏", "何", "吕", "方", "袁", "秦", "章", "欧阳", "司徒"}
	given     = []string{"晓禾", "云帆", "若溪", "子墨", "静怡", "一诺", "雨桐", "明远", "佳", "思源", "念", "书航"}
	nicks     = []string{"云边小卖部", "星河", "小满", "橘子汽水", "山间", "木子", "晚风", "阿离"}
	shopWords = []string{"青禾", "拾光", "云上", "南山", "小岛", "半夏", "橙子", "北巷"}
	shopKinds = []string{"家居店", "日用铺", "生活馆", "杂货店"}
	places    = [][4]string{
		{"浙江省", "杭州市", "西湖区", "北山街道"}, {"广东省", "深圳市", "南山区", "粤海街道"}, {"江苏省", "苏州市", "吴中区", "长桥街道"},
		{"四川省", "成都市", "武侯区", "玉林街道"}, {"北京", "北京市", "朝阳区", "望京街道"}, {"上海", "上海市", "徐汇区", "田林街道"},
		{"湖北省", "武汉市", "洪山区", "关山街道"}, {"新疆维吾尔自治区", "乌鲁木齐市", "天山区", "新华南路街道"}, {"海南省", "海口市", "龙华区", "金宇街道"},
	}
	streets     = []string{"文三路", "科苑路", "红旗路", "建设大道", "人民南路", "育才巷", "滨江道"}
	buyerNotes  = []string{"请发顺丰", "尽快发货,谢谢", "不要放驿站", "包装严实一点🎁", "送人的,不要放价签", "周末在家"}
	sellerNotes = []string{"老客户,优先", "已电话确认", "等补货", "加赠品一份"}
	reasons     = []string{"不想要了", "拍错规格", "商品有瑕疵", "与描述不符", "收货地址写错"}
	reviewTexts = []string{"质量不错,会再来", "物流很快", "颜色和图片有一点差别", "包装完好👍", "一般般吧"}
)

func person(r *Random) Person {
	p := pick(r, places)
	return Person{
		Name: pick(r, surnames) + pick(r, given), Phone: pick(r, []string{"138", "159", "186", "177", "199"}) + fmt.Sprintf("%08d", r.Below(1e8)),
		Province: p[0], City: p[1], District: p[2], Town: p[3],
		Detail: fmt.Sprintf("%s%d号%d幢%d室", pick(r, streets), r.Between(1, 399), r.Between(1, 20), r.Between(101, 2302)),
	}
}

// goods are what every shop sells, under the merchant's codes.
var goods = []struct {
	code, title, sku string
	price            int64
}{
	{"TW-01", "纯棉毛巾", "蓝色", 1990}, {"TW-02", "纯棉毛巾", "米色", 1990}, {"TW-03", "浴巾", "灰色;大号", 4990}, {"CP-01", "马克杯", "白色;350ml", 2990},
	{"CP-02", "马克杯", "黑色;350ml", 2990}, {"CP-03", "玻璃杯两只装", "透明", 3590}, {"BX-01", "收纳箱", "小号", 2590}, {"BX-02", "收纳箱", "大号", 4590},
	{"SK-01", "棉袜五双", "均码;混色", 2900}, {"SK-02", "羊毛袜两双", "均码;驼色", 3900}, {"LP-01", "台灯", "暖光", 8900}, {"LP-02", "小夜灯", "感应", 1590},
	{"TE-01", "乌龙茶", "100g", 5800}, {"TE-02", "红茶", "罐装125g", 6800}, {"NB-01", "笔记本三本", "横线", 1680}, {"PN-01", "中性笔十支", "黑色0.5", 1280},
	{"UM-01", "晴雨伞", "墨绿", 5900}, {"BG-01", "帆布包", "原色", 3990}, {"SP-01", "香皂四块", "茉莉", 2480}, {"CN-01", "香薰蜡烛", "雪松", 7900},
}

// makeListings gives the goods numbers of the shop's own: no two shops of a platform
// share one.
func makeListings(r *Random, p Platform, shop int) []Listing {
	out := make([]Listing, len(goods))
	for i, g := range goods {
		item := beyond(600_000_000_000, uint64(r.Below(1e8))*1000+uint64(i))
		if p.ItemNo != nil {
			item = p.ItemNo(uint64(600_000_000 + 1000*shop + i))
		}
		sku := beyond(4_800_000_000_000_000_000, uint64(r.Below(1e9))*1000+uint64(i))
		if p.SKUNo != nil {
			sku = p.SKUNo(uint64(600_000_000 + 1000*shop + i))
		}
		out[i] = Listing{ItemNo: item, SKUNo: sku, Code: g.code,
			Title: g.title, SKUText: g.sku, Price: g.price, Stock: 100_000}
	}
	return out
}
