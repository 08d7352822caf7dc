package label

import (
	"strconv"
	"strings"
	"time"
)

// Party is one end of a parcel's way, in plain text.
type Party struct {
	Name, Phone string
	Address     string // province to door, in one line
}

// Item is one line of the goods in the parcel.
type Item struct {
	Code     string // SKU code
	Name     string // short name
	Spec     string
	Quantity int64
	Location string // where it lies in the warehouse
}

// Label is everything that can be printed for one piece of one parcel.
type Label struct {
	Ref             string // the caller's own, for reports
	Carrier         string // 顺丰速运
	Product         string // 标快
	WaybillNo       string // of this piece
	ParentNo        string // of the whole shipment, where there are several pieces
	Piece, Pieces   int
	Route           string // 三段码 or 大头笔: the largest type on the label
	Hub             string // 集包地
	QR              string // the carrier's routing symbol
	Receiver        Party
	Sender          Party
	Items           []Item
	OrderNos        []string
	Shop            string
	BuyerNotes      []string // of every order in the parcel
	SellerNotes     []string
	Services        []string // 保价, 到付, 送货上门
	CollectFen      int64    // cash on delivery; 0 is none
	Batch           string   // number of the print batch
	Sequence, Total int      // place in the batch
	Position        string   // basket of the wave
	WeightGram      int64
	PrintedAt       time.Time // in the zone it is to be printed in
	Reprint         int       // how often it was printed before
}

// Pieces of goods in the parcel.
func (l *Label) quantity() (n int64) {
	for _, i := range l.Items {
		n += i.Quantity
	}
	return n
}

// Fields names what a template may print, with the Chinese and the English word.
var Fields = []struct{ Name, ZH, EN string }{
	{"carrier", "快递公司", "Carrier"}, {"product", "快递产品", "Carrier's product"},
	{"waybill_no", "快递单号", "Waybill no."}, {"parent_no", "母单号", "Parent waybill no."}, {"piece", "第几件/共几件", "Piece of pieces"},
	{"route", "三段码/大头笔", "Route code"}, {"hub", "集包地", "Hub"}, {"qr", "路由二维码", "Routing QR text"},
	{"receiver_name", "收件人", "Receiver"}, {"receiver_phone", "收件电话", "Receiver's phone"}, {"receiver_address", "收件地址", "Receiver's address"},
	{"receiver_name_masked", "收件人（隐藏）", "Receiver, masked"}, {"receiver_phone_masked", "收件电话（隐藏）", "Receiver's phone, masked"},
	{"sender_name", "寄件人", "Sender"}, {"sender_phone", "寄件电话", "Sender's phone"}, {"sender_address", "寄件地址", "Sender's address"},
	{"shop", "店铺", "Shop"}, {"order_nos", "订单号", "Order numbers"}, {"quantity", "总件数", "Pieces of goods"}, {"items", "商品摘要", "Goods in short"},
	{"buyer_note", "买家留言", "Buyer's notes"}, {"seller_note", "卖家备注", "Seller's notes"}, {"services", "增值服务", "Services"},
	{"collect", "代收货款", "Cash to collect"}, {"batch", "批次号", "Batch no."}, {"sequence", "批次序号", "Place in the batch"}, {"position", "篮位", "Basket"},
	{"weight", "重量", "Weight"}, {"printed_at", "打印时间", "Printed at"}, {"reprint", "重打标记", "Reprint mark"},
}

// known reports whether a template may ask for the field.
func known(name string) bool {
	for _, f := range Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// field is what a label has to print for a name of Fields; empty is nothing.
func (l *Label) field(name string) string {
	switch name {
	case "carrier":
		return l.Carrier
	case "product":
		return l.Product
	case "waybill_no":
		return l.WaybillNo
	case "parent_no":
		return l.ParentNo
	case "piece":
		if l.Pieces > 1 {
			return strconv.Itoa(l.Piece) + "/" + strconv.Itoa(l.Pieces)
		}
	case "route":
		return l.Route
	case "hub":
		return l.Hub
	case "qr":
		return l.QR
	case "shop":
		return l.Shop
	case "order_nos":
		return strings.Join(l.OrderNos, " ")
	case "quantity":
		return strconv.FormatInt(l.quantity(), 10)
	case "items":
		return summary(l.Items)
	case "buyer_note":
		return strings.Join(l.BuyerNotes, "；")
	case "seller_note":
		return strings.Join(l.SellerNotes, "；")
	case "services":
		return strings.Join(l.Services, " ")
	}
	return l.more(name)
}

func (l *Label) more(name string) string {
	switch name {
	case "receiver_name":
		return l.Receiver.Name
	case "receiver_phone":
		return l.Receiver.Phone
	case "receiver_address":
		return l.Receiver.Address
	case "receiver_name_masked":
		return maskName(l.Receiver.Name)
	case "receiver_phone_masked":
		return maskPhone(l.Receiver.Phone)
	case "sender_name":
		return l.Sender.Name
	case "sender_phone":
		return l.Sender.Phone
	case "sender_address":
		return l.Sender.Address
	case "collect":
		if l.CollectFen > 0 {
			return "代收 ¥" + strconv.FormatInt(l.CollectFen/100, 10) + "." + strconv.FormatInt(100+l.CollectFen%100, 10)[1:]
		}
	case "batch":
		return l.Batch
	case "sequence":
		if l.Total > 0 {
			return strconv.Itoa(l.Sequence) + "/" + strconv.Itoa(l.Total)
		}
	case "position":
		return l.Position
	case "weight":
		if l.WeightGram > 0 {
			return strconv.FormatFloat(float64(l.WeightGram)/1000, 'f', 2, 64) + " kg"
		}
	case "printed_at":
		if !l.PrintedAt.IsZero() {
			return l.PrintedAt.Format("2006-01-02 15:04")
		}
	case "reprint":
		if l.Reprint > 0 {
			return "重打 " + strconv.Itoa(l.Reprint)
		}
	}
	return ""
}

// summary is the goods in one line: A-101 白色 ×2；B-7 ×1.
func summary(items []Item) string {
	var b strings.Builder
	for i, it := range items {
		if i > 0 {
			b.WriteString("；")
		}
		b.WriteString(it.line())
	}
	return b.String()
}

func (i Item) line() string {
	parts := make([]string, 0, 4)
	for _, s := range []string{i.Code, i.Name, i.Spec} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(append(parts, "×"+strconv.FormatInt(i.Quantity, 10)), " ")
}

func maskName(s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return s
	}
	return string(r[0]) + strings.Repeat("*", len(r)-1)
}

func maskPhone(s string) string {
	if len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	return s[:3] + strings.Repeat("*", len(s)-7) + s[len(s)-4:]
}
