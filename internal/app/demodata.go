package app

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// The demo shop sells bedding, cups and snacks. People, places and goods are made
// up; the shape is a real shop's: few goods sell most, evenings are busy, one
// campaign day stands out, most orders have one line.

type demoGood struct {
	title    string
	price    money.Fen
	cost     money.Fen
	specs    []string
	code     string
	weight   float64 // how often it is bought
	stockTop int
}

var demoGoods = []demoGood{
	{"加厚珊瑚绒毛毯 双面法兰绒冬季盖毯", 8990, 3850, []string{"燕麦色 150×200cm", "雾霾蓝 150×200cm", "樱花粉 180×200cm"}, "BL-01", 9, 900},
	{"纯棉四件套 40支精梳棉", 19900, 9200, []string{"奶油白 1.5m", "墨绿色 1.8m"}, "BD-04", 6, 400},
	{"记忆棉护颈枕 慢回弹枕芯", 7580, 2960, []string{"标准款", "加高款"}, "PW-02", 5, 500},
	{"316 不锈钢保温杯 500ml", 6900, 2480, []string{"墨绿色", "奶油白", "深空灰"}, "CP-05", 5, 800},
	{"真空压缩收纳袋 免抽气 8 件装", 4590, 1720, []string{"大号", "混合装"}, "ST-08", 4, 600},
	{"防滑吸水地垫 卫生间门口脚垫", 2990, 980, []string{"深灰 40×60cm", "米白 50×80cm"}, "MT-03", 4, 1200},
	{"LED 护眼台灯 充插两用", 11900, 5100, []string{"白色", "黑色"}, "LP-11", 2, 220},
	{"陶瓷马克杯 带盖带勺", 3290, 1120, []string{"雾蓝", "豆绿", "奶白"}, "CP-09", 3, 700},
	{"懒人沙发豆袋 单人榻榻米", 16900, 7450, []string{"奶油白", "墨绿色"}, "SF-01", 1.5, 120},
	{"大豆香薰蜡烛礼盒", 5990, 1890, []string{"雪松", "白茶", "无花果"}, "CD-06", 2, 350},
	{"每日坚果混合装 30 袋", 8900, 4320, []string{"原味", "轻盐"}, "NT-30", 4, 1500},
	{"冻干草莓脆 100g", 2580, 1040, []string{"单袋", "三袋装"}, "FZ-02", 3, 900},
	{"手冲咖啡豆 500g 深烘", 8900, 3760, []string{"意式", "曼特宁"}, "CF-50", 2, 260},
	{"龙井茶叶礼盒 明前", 26800, 12400, []string{"250g", "500g"}, "TE-01", 1, 90},
	{"儿童餐具套装 硅胶吸盘碗", 5680, 1990, []string{"鹅黄", "雾蓝"}, "KD-07", 2, 300},
	{"折叠晾衣架 落地免安装", 9900, 4300, []string{"三层", "四层"}, "HG-02", 1.5, 180},
}

var demoShopNames = []string{"暖冬家居", "暖冬好物", "暖冬生活旗舰店", "暖冬优选", "暖冬家居专卖店", "暖冬小铺", "暖冬慢生活"}

var demoSurnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
var demoGiven = []string{"梓涵", "雨桐", "浩然", "思远", "嘉怡", "子墨", "晓", "敏", "建国", "丽华", "志强", "一诺", "佳宁", "伟", "静"}

type demoPlace struct{ province, city, district, street string }

var demoPlaces = []demoPlace{
	{"浙江省", "杭州市", "余杭区", "五常街道文昌路"}, {"广东省", "广州市", "天河区", "体育东路"}, {"江苏省", "苏州市", "吴中区", "木渎镇金山路"},
	{"上海市", "上海市", "浦东新区", "张杨北路"}, {"四川省", "成都市", "武侯区", "桂溪街道天府大道"}, {"山东省", "青岛市", "市南区", "香港中路"},
	{"河南省", "郑州市", "金水区", "文化路"}, {"湖北省", "武汉市", "洪山区", "珞喻路"}, {"福建省", "厦门市", "思明区", "湖滨南路"},
	{"北京市", "北京市", "朝阳区", "望京街道阜通大街"}, {"广东省", "深圳市", "南山区", "粤海街道科苑路"}, {"湖南省", "长沙市", "岳麓区", "麓谷大道"},
	{"陕西省", "西安市", "雁塔区", "科技路"}, {"辽宁省", "沈阳市", "和平区", "南京南街"}, {"重庆市", "重庆市", "渝北区", "龙溪街道红锦大道"},
}

var demoBuyerNotes = []string{"请发顺丰，谢谢", "麻烦轻拿轻放", "周末派送，勿放驿站", "送礼用，不要放价签", "尽快发货"}
var demoSellerNotes = []string{"客户要求改发中通", "老客户，送小样", "已补差价 12 元", "缺货，15 号补发"}

// demoOrders makes n orders of one shop over the last 30 days, oldest first. The
// last of them are minutes old.
func demoOrders(r *rand.Rand, now time.Time, shop, n int) []order.Document {
	out := make([]order.Document, 0, n)
	for i := range n {
		back := float64(n-1-i) / float64(n) // 1 oldest … 0 newest
		at := now.Add(-time.Duration(back * 30 * 24 * float64(time.Hour))).Add(-time.Duration(r.IntN(5400)) * time.Second)
		if campaign := now.AddDate(0, 0, -10); at.Before(campaign) && r.IntN(7) == 0 {
			at = campaign.Add(-time.Duration(r.IntN(24*3600)) * time.Second)
		}
		if h := at.Hour(); h < 7 && r.IntN(4) > 0 { // nights are quiet
			at = at.Add(-time.Duration(9+r.IntN(5)) * time.Hour)
		}
		out = append(out, demoOrder(r, now, at, shop, i))
	}
	return out
}

func demoOrder(r *rand.Rand, now, at time.Time, shop, i int) order.Document {
	d := order.Document{
		ChannelOrderNo: fmt.Sprintf("%s%02d%07d%04d", at.Format("060102"), shop+1, 1000000+i*7+r.IntN(7), 1000+r.IntN(9000)),
		PlacedAt:       at.UnixMilli(), RefundState: order.RefundNone, PaymentMethod: []string{"支付宝", "微信支付", "银行卡"}[r.IntN(3)],
		BuyerNick: fmt.Sprintf("买家%04d", 1000+r.IntN(3000)), Receiver: demoReceiver(r),
	}
	lines := 1
	for lines < 4 && r.IntN(4) == 0 {
		lines++
	}
	var goods money.Fen
	for range lines {
		l := demoLine(r)
		goods += *l.PaidFen
		d.Lines = append(d.Lines, l)
	}
	freight := money.Fen([]int64{0, 0, 0, 600, 800}[r.IntN(5)])
	merchant, platform := money.Fen(0), money.Fen(0)
	if goods > 9900 && r.IntN(2) == 0 {
		merchant, platform = 500, money.Fen(r.IntN(4))*100
	}
	paid := goods + freight - merchant - platform
	receivable := paid + platform
	d.Money = order.Money{Goods: &goods, MerchantDiscount: &merchant, PlatformDiscount: &platform, Freight: &freight, BuyerPaid: &paid, MerchantReceivable: &receivable}
	for k := range d.Lines {
		d.Lines[k].PaidFen = nil // the header's amounts are shared over the lines at intake
	}
	demoProgress(r, now, at, &d)
	if r.IntN(14) == 0 {
		d.BuyerNote = demoBuyerNotes[r.IntN(len(demoBuyerNotes))]
	}
	if r.IntN(20) == 0 {
		d.SellerNote, d.Flag = demoSellerNotes[r.IntN(len(demoSellerNotes))], 1+r.IntN(5)
	}
	return d
}

// demoProgress gives an order the state its age would have.
func demoProgress(r *rand.Rand, now, at time.Time, d *order.Document) {
	age := now.Sub(at)
	set := func(st order.ChannelStatus, raw string) { d.Status, d.StatusRaw = st, raw }
	paid := at.Add(time.Duration(20+r.IntN(600)) * time.Second)
	if paid.After(now) {
		set(order.ChannelPendingPayment, "待付款")
		*d.Money.BuyerPaid = 0
		return
	}
	switch k := r.IntN(100); {
	case k < 4 && age < 24*time.Hour:
		set(order.ChannelPendingPayment, "待付款")
		*d.Money.BuyerPaid = 0
		return
	case k < 3:
		set(order.ChannelClosed, "已关闭")
		*d.Money.BuyerPaid = 0
		return
	}
	d.PaidAt = paid.UnixMilli()
	d.ShipByAt = paid.Add(48 * time.Hour).UnixMilli()
	switch {
	case age > 9*24*time.Hour:
		set(order.ChannelCompleted, "交易成功")
		d.ShippedAt, d.CompletedAt = paid.Add(20*time.Hour).UnixMilli(), paid.Add(6*24*time.Hour).UnixMilli()
	case age > 56*time.Hour || age > 30*time.Hour && r.IntN(3) > 0:
		set(order.ChannelShipped, "已发货")
		d.ShippedAt = paid.Add(time.Duration(6+r.IntN(20)) * time.Hour).UnixMilli()
	default:
		set(order.ChannelAwaitingShipment, "待发货")
		switch r.IntN(40) {
		case 0:
			d.RefundState = order.RefundInProgress
			d.Lines[0].RefundState = order.RefundInProgress
		case 1:
			d.Holds = []string{"risk_review"}
		case 2:
			d.Flags = []string{"presale"}
		}
	}
	if d.ShippedAt > 0 {
		d.Waybill = &order.Waybill{Carrier: "中通快递", No: fmt.Sprintf("78%012d", r.Int64N(1e12))}
	}
}

func demoReceiver(r *rand.Rand) order.Receiver {
	p := demoPlaces[min(r.IntN(len(demoPlaces)), r.IntN(len(demoPlaces)))]
	return order.Receiver{
		Name: string(demoSurnames[r.IntN(len(demoSurnames))]) + demoGiven[r.IntN(len(demoGiven))], Phone: fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.Int64N(1e9)),
		Province: p.province, City: p.city, District: p.district, Detail: fmt.Sprintf("%s%d号%d幢%d室", p.street, 1+r.IntN(300), 1+r.IntN(20), 101+r.IntN(1900)),
	}
}

func demoLine(r *rand.Rand) order.Line {
	var total float64
	for _, g := range demoGoods {
		total += g.weight
	}
	x := r.Float64() * total
	g := demoGoods[0]
	for _, c := range demoGoods {
		if x -= c.weight; x < 0 {
			g = c
			break
		}
	}
	k := min(r.IntN(len(g.specs)), r.IntN(len(g.specs)))
	qty := int64(1)
	if r.IntN(6) == 0 {
		qty += int64(1 + r.IntN(2))
	}
	price := g.price
	paid := price * money.Fen(qty)
	return order.Line{Title: g.title, SKUText: g.specs[k], MerchantSKUCode: demoCode(g, k), Quantity: &qty, PriceFen: &price, PaidFen: &paid, RefundState: order.RefundNone}
}

func demoCode(g demoGood, spec int) string { return fmt.Sprintf("%s-%c", g.code, 'A'+spec) }
