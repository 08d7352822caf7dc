package kuaishou

import (
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// carriers are some of the platform's numbers.
var carriers = map[string]int{"EMS": 2, "STO": 3, "SF": 4, "YTO": 6, "POSTB": 8, "ZTO": 9, "ZJS": 10, "YUNDA": 11, "ZTOKY": 12, "JD": 14, "UC": 15,
	"DBL": 17, "KYE": 25, "ANE": 43, "DBKD": 53, "YMDD": 100, "JTSD": 109, "DANNIAO": 113, "FENGWANG": 127, "OTHER": 9999}

func carrierKnown(n int) bool {
	for _, c := range carriers {
		if c == n {
			return true
		}
	}
	return false
}

// expressOf is a parcel's carrier; parcels keep the number as clients sent it.
func expressOf(p world.Parcel) int {
	if n, err := strconv.Atoi(p.Carrier); err == nil {
		return n
	}
	return carriers["YTO"]
}

type express struct {
	Code int    `json:"expressCode"`
	No   string `json:"expressNo"`
}

func (e express) check() error {
	if !carrierKnown(e.Code) {
		return fail(11, "快递公司不存在")
	}
	if e.No == "" {
		return fail(1013, "expressNo 为空")
	}
	return nil
}

func deliver(c *call) (obj, error) {
	var in struct {
		express
		OrderID id
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	// The same waybill again is answered as the first time.
	if o := c.t.Order(string(in.OrderID)); o != nil && slices.ContainsFunc(o.Parcels, func(p world.Parcel) bool { return p.Waybill == in.No }) {
		return nil, nil
	}
	_, err := c.t.Ship(string(in.OrderID), world.Shipment{Carrier: strconv.Itoa(in.Code), Waybill: in.No})
	return nil, err
}

// splitDeliver ships all parcels of a request or none.
func splitDeliver(c *call) (obj, error) {
	var in struct {
		Main  id `json:"mainOrderId"`
		Items []struct {
			express
			Goods []struct {
				OID id
				Num int64 `json:"deliveryNum"`
			} `json:"deliveryGoodsInfoList"`
		} `json:"deliveryItemInfoList"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := c.t.Order(string(in.Main))
	if o == nil {
		return nil, fail(21, "order operation reject")
	}
	var parcels []world.Shipment
	asked := map[string]int64{}
	for _, i := range in.Items {
		if err := i.check(); err != nil {
			return nil, err
		}
		s := world.Shipment{Carrier: strconv.Itoa(i.Code), Waybill: i.No}
		for _, g := range i.Goods {
			line := string(g.OID)
			if line == o.No {
				line = o.Lines[0].No
			}
			l := o.Line(line)
			if l == nil {
				return nil, fail(21, "order operation reject")
			}
			if asked[line] += g.Num; g.Num < 1 || asked[line] > l.Quantity-l.Sent {
				return nil, fail(11, "发货数量大于剩余未发货数量")
			}
			s.Lines = append(s.Lines, world.ParcelLine{No: line, Quantity: g.Num})
		}
		if len(s.Lines) == 0 {
			return nil, fail(1013, "deliveryGoodsInfoList 为空")
		}
		parcels = append(parcels, s)
	}
	if len(parcels) == 0 {
		return nil, fail(1013, "deliveryItemInfoList 为空")
	}
	for _, s := range parcels {
		if _, err := c.t.Ship(o.No, s); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func appendLogistics(c *call) (obj, error) {
	var in struct {
		express
		OID id
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if o := c.t.Order(string(in.OID)); o != nil && o.Status != world.Shipped && o.Status != world.Delivered {
		return nil, fail(11, "当前订单状态不可追加包裹")
	}
	_, err := c.t.Ship(string(in.OID), world.Shipment{Carrier: strconv.Itoa(in.Code), Waybill: in.No, Append: true})
	return nil, err
}

func updateLogistics(c *call) (obj, error) {
	var in struct {
		express
		OrderID     id
		LogisticsID int64 `json:"logisticsId"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	o := c.t.Order(string(in.OrderID))
	if o == nil {
		return nil, fail(21, "order operation reject")
	}
	old := ""
	for i, p := range o.Parcels {
		if in.LogisticsID == logisticsID(o, i) {
			old = p.Waybill
		}
	}
	if old == "" && (in.LogisticsID != 0 || len(o.Parcels) != 1) {
		return nil, fail(11, "包裹不存在")
	}
	return nil, c.t.Rewaybill(o.No, "", old, strconv.Itoa(in.Code), in.No)
}

func addNote(c *call) (obj, error) {
	var in struct {
		OrderID id
		Note    string
		Flag    int
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len([]rune(in.Note)) > 200 || in.Flag < 0 || in.Flag > 6 {
		return nil, fail(1013, "备注字符数<=200")
	}
	flag := in.Flag % 6
	return nil, c.t.Memo(string(in.OrderID), "", &in.Note, &flag)
}

func closeOrder(c *call) (obj, error) {
	var in struct{ OrderID id }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return nil, c.t.Close(string(in.OrderID), "", "")
}

func updateAddress(c *call) (obj, error) {
	var in struct {
		OrderID                                                    id
		Consignee, Mobile, Province, City, District, Town, Address string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return nil, c.t.Readdress(string(in.OrderID), "", world.Person{Name: in.Consignee, Phone: in.Mobile, Province: in.Province, City: in.City,
		District: in.District, Town: in.Town, Detail: in.Address})
}

// getItem tells an item's SKUs with their stock.
func getItem(c *call) (obj, error) {
	var in struct {
		Item id `json:"kwaiItemId"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	skus := []obj{}
	for _, l := range c.t.Listings() {
		if l.ItemNo == string(in.Item) {
			skus = append(skus, obj{"kwaiSkuId": num(l.SKUNo), "relSkuId": 0, "kwaiItemId": num(l.ItemNo), "skuStock": l.Stock, "skuSalePrice": l.Price, "skuNick": l.Code, "specification": l.SKUText})
		}
	}
	if len(skus) == 0 {
		return nil, fail(1013, "商品不存在")
	}
	return obj{"data": obj{"kwaiItemId": num(string(in.Item)), "skuList": skus}}, nil
}

// updateStock knows differences only: 1 adds, 2 takes away.
func updateStock(c *call) (obj, error) {
	var in struct {
		Item   id    `json:"kwaiItemId"`
		SKU    id    `json:"skuId"`
		Change int64 `json:"skuChangeStock"`
		Type   int   `json:"changeType"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Change <= 0 || in.Change >= 9999999 || in.Type != 1 && in.Type != 2 {
		return nil, fail(1013, "skuChangeStock 大于0小于9999999，changeType 1或2")
	}
	if in.Type == 2 {
		in.Change = -in.Change
	}
	return nil, c.t.SetStock(world.Level{ItemNo: string(in.Item), SKUNo: string(in.SKU), Quantity: in.Change, Delta: true})
}

func caseError(err error) error {
	switch world.KindOf(err) {
	case world.NotFound:
		return fail(300011, "退款单不存在")
	case world.Done:
		return fail(300018, "当前退款状态不可操作")
	case world.Refused:
		return fail(300014, "退款单状态已更新，请刷新重试")
	}
	return err
}

func approve(c *call) (obj, error) {
	var in struct {
		RefundID id
		Amount   int64 `json:"refundAmount"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(string(in.RefundID))
	if x != nil && x.Kind != "exchange" && in.Amount != x.Refund {
		return nil, fail(300014, "退款金额与退款单不一致")
	}
	return nil, caseError(c.t.Decide(world.Decision{CaseNo: string(in.RefundID), Approve: true}))
}

// reject checks refundVersion, which is the case's update time.
func reject(c *call) (obj, error) {
	var in struct {
		RefundID id
		Reason   int    `json:"reasonCode"`
		Desc     string `json:"rejectDesc"`
		Version  int64  `json:"refundVersion"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(string(in.RefundID))
	if x != nil && in.Version != x.ModifiedAt && x.State == world.CaseRequested {
		return nil, fail(300014, "退款单状态已更新，请刷新重试")
	}
	return nil, caseError(c.t.Decide(world.Decision{CaseNo: string(in.RefundID), Reason: in.Desc}))
}

func addComment(c *call) (obj, error) {
	var in struct {
		ReplyTo id `json:"replyToCommentId"`
		Content string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Content == "" {
		return nil, fail(1013, "content 为空")
	}
	if err := c.t.Reply(func(r world.Review) bool { return r.No == string(in.ReplyTo) }, "", in.Content); err != nil {
		return nil, err
	}
	return obj{"data": obj{"commentId": num(string(in.ReplyTo) + "1")}}, nil
}
