package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// The data is made up and skewed as real shops are: one shop sells most, few
// goods and few buyers come again and again, campaign days stand out, the last
// two days wait for shipment.

const (
	shopCount = 7
	goodCount = 400 // of 5 specs each
	specCount = 5
	spanDays  = 400
)

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
	given    = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文梅国春海燕雪佳宁嘉欣雨桐子涵浩然思远一诺梓轩晓彤志")
	things   = []string{"保温杯", "四件套", "护颈枕", "收纳袋", "台灯", "马克杯", "香薰蜡烛", "每日坚果", "咖啡豆", "龙井茶叶", "珊瑚绒毛毯", "折叠晾衣架", "猫粮", "地垫", "颈椎按摩仪", "儿童餐具"}
	styles   = []string{"加厚", "大容量", "轻奢", "便携", "北欧风", "日式", "家用", "旗舰款", "礼盒装", "升级版", "经典", "静音", "防滑", "可折叠", "秋冬", "学生"}
	specs    = []string{"燕麦色 大号", "雾霾蓝 中号", "樱花粉 小号", "墨绿色 两件装", "深空灰 礼盒"}
	places   = [][3]string{{"浙江省", "杭州市", "余杭区"}, {"广东省", "广州市", "天河区"}, {"广东省", "深圳市", "南山区"}, {"江苏省", "苏州市", "吴中区"},
		{"上海市", "上海市", "浦东新区"}, {"四川省", "成都市", "武侯区"}, {"山东省", "青岛市", "市南区"}, {"河南省", "郑州市", "金水区"}, {"湖北省", "武汉市", "洪山区"},
		{"福建省", "厦门市", "思明区"}, {"北京市", "北京市", "朝阳区"}, {"湖南省", "长沙市", "岳麓区"}, {"陕西省", "西安市", "雁塔区"}, {"西藏自治区", "拉萨市", "城关区"}}
	payments = []string{"支付宝", "微信支付", "银行卡", "分期"}
	// A reader of masked data sees what a Zipf distribution does to seven shops.
	shopShare = []float64{0.40, 0.20, 0.14, 0.10, 0.07, 0.05, 0.04}
)

// good is one SKU of the made-up assortment.
type good struct {
	code, title, spec string
	price             int64 // fen
}

// world makes orders; the same seed gives the same world.
type world struct {
	r      *rand.Rand
	goods  []good
	bySale *rand.Zipf
	days   []float64 // cumulated share of the orders up to a day
	now    time.Time
	buyers *rand.Zipf
	wide   uint64 // distinct buyers
}

func newWorld(orders int, now time.Time) *world {
	r := rand.New(rand.NewPCG(20261121, uint64(orders)))
	w := &world{r: r, now: now, wide: uint64(max(orders/2, 50))}
	for g := range goodCount {
		for s := range specCount {
			w.goods = append(w.goods, good{code: fmt.Sprintf("OC%03d-%d", g, s+1), spec: specs[s], price: 990 + int64((g*7919+s*331)%40000),
				title: styles[g%len(styles)] + things[(g/len(styles)+g)%len(things)] + " " + styles[(g*5+3)%len(styles)] + fmt.Sprintf("%03d款", g)})
		}
	}
	w.bySale = rand.NewZipf(r, 1.25, 8, uint64(len(w.goods)-1))
	w.buyers = rand.NewZipf(r, 1.05, 400, w.wide-1)
	sum := 0.0
	for d := range spanDays {
		t := now.AddDate(0, 0, d-spanDays+1)
		share := 1 + float64(d)/spanDays // business grows
		switch {
		case t.Month() == time.November && t.Day() == 11:
			share *= 9
		case t.Month() == time.June && t.Day() == 18:
			share *= 6
		case t.Day() <= 2:
			share *= 1.7
		}
		sum += share
		w.days = append(w.days, sum)
	}
	return w
}

// placed is the instant of the i-th of n orders, oldest first.
func (w *world) placed(i, n int) time.Time {
	at := (float64(i) + w.r.Float64()) / float64(n) * w.days[spanDays-1]
	d := sort.SearchFloat64s(w.days, at)
	before := 0.0
	if d > 0 {
		before = w.days[d-1]
	}
	in := (at - before) / (w.days[d] - before)
	t := w.now.Add(-time.Duration((float64(spanDays-1-d) + 1 - in) * float64(24*time.Hour)))
	return t.Truncate(time.Second)
}

func (w *world) shop() int {
	x := w.r.Float64()
	for i, s := range shopShare {
		if x -= s; x < 0 {
			return i
		}
	}
	return 0
}

// receiver is the b-th buyer's name, phone and place.
func (w *world) receiver(b uint64) order.Receiver {
	h := b*0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019
	pick := func(n int) int { v := int(h % uint64(n)); h = h/uint64(n) ^ h<<7; return v }
	// Squaring the draw makes the first surnames common, as they are.
	skew := func(n int) int { f := float64(pick(10000)) / 10000; return int(math.Floor(f * f * float64(n))) }
	name := string(surnames[skew(len(surnames))]) + string(given[skew(len(given))])
	if pick(3) > 0 {
		name += string(given[pick(len(given))])
	}
	p := places[skew(len(places))]
	return order.Receiver{Name: name, Phone: phoneOf(b), Province: p[0], City: p[1], District: p[2], Detail: fmt.Sprintf("文昌路%d号%d幢%d室", 1+b%900, 1+b%30, 101+b%2600)}
}

// phoneOf uses a prefix that no network assigns.
func phoneOf(b uint64) string { return fmt.Sprintf("140%08d", (b*7368787+1234567)%100000000) }

// order makes the i-th of n orders for a shop.
func (w *world) order(i, n, shop int) order.Document {
	at := w.placed(i, n)
	buyer := w.buyers.Uint64()
	d := order.Document{ChannelOrderNo: orderNo(at, shop, i), PlacedAt: at.UnixMilli(), RefundState: order.RefundNone,
		PaymentMethod: payments[w.skew(len(payments))], BuyerNick: fmt.Sprintf("买家%07d", buyer), BuyerKey: fmt.Sprintf("b%d", buyer), Receiver: w.receiver(buyer)}
	var goods int64
	lines := 1
	for lines < 4 && w.r.IntN(5) == 0 {
		lines++
	}
	seen := map[string]bool{}
	for range lines {
		g := w.goods[w.bySale.Uint64()]
		if seen[g.code] {
			continue
		}
		seen[g.code] = true
		q, price := int64(1), money.Fen(g.price)
		if w.r.IntN(8) == 0 {
			q = 2 + w.r.Int64N(3)
		}
		goods += g.price * q
		d.Lines = append(d.Lines, order.Line{Title: g.title, SKUText: g.spec, MerchantSKUCode: g.code, ChannelItemNo: "3" + g.code[2:5], ChannelSKUNo: "8" + g.code[2:5] + g.code[6:], Quantity: &q, PriceFen: &price})
	}
	off := money.Fen(goods / 20)
	total, paid, free := money.Fen(goods), money.Fen(goods)-off, money.Fen(0)
	d.Money = order.Money{Goods: &total, MerchantDiscount: &off, Freight: &free, BuyerPaid: &paid, MerchantReceivable: &paid}
	w.progress(&d, at)
	if w.r.IntN(25) == 0 {
		d.SellerNote, d.Flag = "老客户,送小样", 1+w.skew(5)
	}
	if w.r.IntN(18) == 0 {
		d.BuyerNote = "麻烦轻拿轻放,周末派送"
	}
	return d
}

func orderNo(at time.Time, shop, i int) string {
	return fmt.Sprintf("%s-%d%08d%03d", at.Format("060102"), shop+1, i, (i*37)%1000)
}

func (w *world) skew(n int) int { f := w.r.Float64(); return int(f * f * float64(n)) }

// progress gives an order the state its age would have.
func (w *world) progress(d *order.Document, at time.Time) {
	age, zero := w.now.Sub(at), money.Fen(0)
	set := func(s order.ChannelStatus, raw string) { d.Status, d.StatusRaw = s, raw }
	k := w.r.IntN(1000)
	if k < 30 || age < 20*time.Minute {
		set(order.ChannelPendingPayment, "待付款")
		if age > 24*time.Hour {
			set(order.ChannelClosed, "已取消")
		}
		d.Money.BuyerPaid = &zero
		return
	}
	paid := at.Add(time.Duration(20+k) * time.Second)
	d.PaidAt, d.ShipByAt = paid.UnixMilli(), paid.Add(48*time.Hour).UnixMilli()
	shipped := paid.Add(time.Duration(8+k%30) * time.Hour)
	switch {
	case k < 70 && age > 3*24*time.Hour:
		set(order.ChannelClosed, "已发货，退款成功")
		d.RefundState, d.Lines[0].RefundState = order.RefundDone, order.RefundDone
	case shipped.After(w.now) || age < 6*time.Hour:
		set(order.ChannelAwaitingShipment, "待发货")
		return
	case age > 11*24*time.Hour:
		set(order.ChannelCompleted, "交易成功")
		d.CompletedAt = shipped.Add(6 * 24 * time.Hour).UnixMilli()
	case k < 100:
		set(order.ChannelShipped, "已发货")
		d.RefundState = order.RefundInProgress
	case age > 7*24*time.Hour:
		set(order.ChannelDelivered, "已签收")
	default:
		set(order.ChannelShipped, "已发货")
	}
	d.ShippedAt = shipped.UnixMilli()
	d.Waybill = &order.Waybill{Carrier: "ZTO", No: fmt.Sprintf("75%012d", (d.PlacedAt/1000*1000+int64(k))%1000000000000)}
}

// exportFile writes n paid, unshipped orders as the back office of the channel
// with the most common layout exports them. Its first line is the header.
func exportFile(n int, now time.Time) (file []byte, nos []string) {
	w := newWorld(n, now)
	var b strings.Builder
	b.Grow(n * 420)
	b.WriteString("\uFEFF商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),收货人,手机,省,市,区,详细地址,发货时间,确认收货时间,商品id,商品规格,样式ID,商家编码-规格维度,商家编码-商品维度,商家备注,售后状态,快递单号,快递公司,订单成交时间,承诺发货时间\n")
	for i := range n {
		g := w.goods[w.bySale.Uint64()]
		buyer := w.buyers.Uint64()
		p := w.receiver(buyer)
		at := now.Add(-time.Duration(float64(n-i) / float64(n) * 40 * float64(time.Hour))).Truncate(time.Second)
		no := fmt.Sprintf("%s-%015d", at.Format("060102"), 100000000000000+int64(i)*7+w.r.Int64N(7))
		nos = append(nos, no)
		off := g.price / 20
		paid := money.Fen(g.price - off).Yuan()
		fmt.Fprintf(&b, "%s\t,%s\t,待发货\t,%s,0.00,%s,0.00,0.00,%s,%s,1,%s\t,%s\t,%s,%s,%s,%s\t,\t,\t,3%s\t,%s\t,8%s\t,%s\t,\t,\t,无售后或售后取消\t,\t,\t,%s\t,%s\t\n",
			g.title, no, money.Fen(g.price).Yuan(), money.Fen(off).Yuan(), paid, paid, p.Name, p.Phone, p.Province, p.City, p.District, p.Detail,
			g.code[2:5], g.spec, g.code[2:5]+g.code[6:], g.code, at.Format(time.DateTime), at.Add(48*time.Hour).Format(time.DateTime))
	}
	return []byte(b.String()), nos
}

// shipFile writes a tracking file: order number, carrier, waybill number.
func shipFile(nos []string) []byte {
	var b strings.Builder
	b.WriteString("订单号,快递公司,快递单号\n")
	for i, no := range nos {
		fmt.Fprintf(&b, "%s\t,中通快递,75%012d\t\n", no, 31000000000+int64(i)*13)
	}
	return []byte(b.String())
}
