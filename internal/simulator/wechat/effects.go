package wechat

import (
	"github.com/ordercove/ordercove/internal/simulator/world"
)

type piece struct {
	ProductID orderID `json:"product_id"`
	SKUID     orderID `json:"sku_id"`
	Count     int64   `json:"product_cnt"`
}

type delivery struct {
	OrderID orderID `json:"order_id"`
	List    []struct {
		DeliveryID string  `json:"delivery_id"`
		WaybillID  string  `json:"waybill_id"`
		Type       int     `json:"deliver_type"`
		Products   []piece `json:"product_infos"`
	} `json:"delivery_list"`
}

// lines finds the lines of pieces: a product and SKU may stand in several.
func lines(o *world.Order, pieces []piece) ([]world.ParcelLine, error) {
	taken := map[string]int64{}
	var out []world.ParcelLine
	for _, p := range pieces {
		left := p.Count
		for _, l := range o.Lines {
			if l.ItemNo != string(p.ProductID) || l.SKUNo != string(p.SKUID) || left <= 0 {
				continue
			}
			n := min(left, l.Quantity-l.Sent-taken[l.No])
			if n <= 0 {
				continue
			}
			out = append(out, world.ParcelLine{No: l.No, Quantity: n})
			taken[l.No] += n
			left -= n
		}
		if left > 0 || p.Count <= 0 {
			return nil, fail(101100, "商品数量错误，不允许执行此操作")
		}
	}
	return out, nil
}

// withoutCarrier is the deliver_type of goods that need no delivery.
const withoutCarrier = 3

// send ships all parcels of a request or none.
func send(c *call) (obj, error) {
	var in delivery
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.List) == 0 {
		return nil, fail(40097, "invalid args: delivery_list")
	}
	o := c.t.Order(string(in.OrderID))
	if o == nil {
		return nil, fail(100002, "Not exist")
	}
	var all []piece
	for _, d := range in.List {
		switch {
		case len(d.Products) == 0:
			return nil, fail(40097, "invalid args: product_infos")
		case d.Type == withoutCarrier && !o.Virtual:
			return nil, fail(40097, "deliver_type不正确，使用虚拟发货请检查商品deliver_method是否符合要求")
		case d.Type != withoutCarrier && (d.DeliveryID == "" || d.WaybillID == "" || companyName(d.DeliveryID) == ""):
			return nil, fail(40097, "invalid args: delivery_id, waybill_id")
		}
		all = append(all, d.Products...)
	}
	if o.Status != world.AwaitingShipment && o.Status != world.PartlyShipped {
		return nil, fail(101100, "订单状态错误，不允许执行此操作")
	}
	if _, err := lines(o, all); err != nil {
		return nil, err
	}
	for _, d := range in.List {
		in, err := lines(c.t.Order(o.No), d.Products)
		if err != nil {
			return nil, err
		}
		s := world.Shipment{Carrier: d.DeliveryID, Waybill: d.WaybillID, Lines: in}
		if d.Type == withoutCarrier {
			s = world.Shipment{Numberless: true, Way: "virtual", Lines: in}
		}
		if _, err := c.t.Ship(o.No, s); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// updateDelivery replaces the parcels by those given, in their order.
func updateDelivery(c *call) (obj, error) {
	var in delivery
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := c.t.Order(string(in.OrderID))
	switch {
	case o == nil:
		return nil, fail(100002, "Not exist")
	case len(in.List) == 0 || len(in.List) != len(o.Parcels):
		return nil, fail(101100, "包裹数量错误，不允许执行此操作")
	}
	for _, d := range in.List {
		if companyName(d.DeliveryID) == "" || d.WaybillID == "" {
			return nil, fail(40097, "invalid args: delivery_id, waybill_id")
		}
	}
	for i, d := range in.List {
		if p := o.Parcels[i]; p.Waybill == d.WaybillID && p.Carrier == d.DeliveryID {
			continue
		}
		if err := c.t.Rewaybill(o.No, "", o.Parcels[i].Waybill, d.DeliveryID, d.WaybillID); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func updateNotes(c *call) (obj, error) {
	var in struct {
		ID    orderID `json:"order_id"`
		Notes string  `json:"merchant_notes"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return nil, c.t.Memo(string(in.ID), "", &in.Notes, nil)
}

func updatePrice(c *call) (obj, error) {
	var in struct {
		ID      orderID `json:"order_id"`
		Express bool    `json:"change_express"`
		Fee     int64   `json:"express_fee"`
		Infos   []struct {
			ProductID orderID `json:"product_id"`
			SKUID     orderID `json:"sku_id"`
			Price     int64   `json:"change_price"`
		} `json:"change_order_infos"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := c.t.Order(string(in.ID))
	if o == nil {
		return nil, fail(100002, "Not exist")
	}
	paid := map[string]int64{}
	for _, i := range in.Infos {
		for _, l := range o.Lines {
			if l.ItemNo == string(i.ProductID) && l.SKUNo == string(i.SKUID) {
				paid[l.No] = i.Price
				break
			}
		}
	}
	freight := int64(-1)
	if in.Express {
		freight = in.Fee
	}
	return nil, c.t.Reprice(o.No, "", paid, freight)
}

func updateAddress(c *call) (obj, error) {
	var in struct {
		ID   orderID `json:"order_id"`
		User struct {
			Name     string `json:"user_name"`
			Province string `json:"province_name"`
			City     string `json:"city_name"`
			County   string `json:"county_name"`
			Detail   string `json:"detail_info"`
			Tel      string `json:"tel_number"`
		} `json:"user_address"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	u := in.User
	return nil, c.t.Readdress(string(in.ID), "", world.Person{Name: u.Name, Phone: u.Tel, Province: u.Province, City: u.City, District: u.County, Detail: u.Detail})
}

func answerWish(accept bool) func(*call) (obj, error) {
	return func(c *call) (obj, error) {
		var in struct {
			ID orderID `json:"order_id"`
		}
		if err := c.read(&in); err != nil {
			return nil, err
		}
		return nil, c.t.AnswerWish(string(in.ID), "", accept, "")
	}
}

type stockQuery struct {
	ProductID orderID `json:"product_id"`
	SKUID     orderID `json:"sku_id"`
	Diff      int     `json:"diff_type"`
	Num       int64   `json:"num"`
}

// updateStock: diff_type 1 adds, 2 takes away, 3 sets.
func updateStock(c *call) (obj, error) {
	var in stockQuery
	if err := c.read(&in); err != nil {
		return nil, err
	}
	l := world.Level{ItemNo: string(in.ProductID), SKUNo: string(in.SKUID), Quantity: in.Num}
	switch in.Diff {
	case 1:
		l.Delta = true
	case 2:
		l.Delta, l.Quantity = true, -in.Num
	case 3:
	default:
		return nil, fail(40097, "invalid args: diff_type")
	}
	return nil, c.t.SetStock(l)
}

func stockOf(n int64) obj {
	return obj{"normal_stock_num": n, "limited_discount_stock_num": 0, "warehouse_stocks": []obj{}, "finder_total_num": 0, "total_stock_num": n}
}

func getStock(c *call) (obj, error) {
	var in stockQuery
	if err := c.read(&in); err != nil {
		return nil, err
	}
	for _, l := range c.t.Listings() {
		if l.ItemNo == string(in.ProductID) && l.SKUNo == string(in.SKUID) {
			return obj{"data": stockOf(l.Stock)}, nil
		}
	}
	return nil, fail(100002, "Not exist")
}

func batchStock(c *call) (obj, error) {
	var in struct {
		IDs []orderID `json:"product_id"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	out := []obj{}
	for _, id := range in.IDs {
		skus := []obj{}
		for _, l := range c.t.Listings() {
			if l.ItemNo == string(id) {
				s := stockOf(l.Stock)
				s["sku_id"] = l.SKUNo
				skus = append(skus, s)
			}
		}
		out = append(out, obj{"product_id": string(id), "sku_stock": skus})
	}
	return obj{"data": obj{"spu_stock_list": out}}, nil
}

func decide(approve bool) func(*call) (obj, error) {
	return func(c *call) (obj, error) {
		var in struct {
			ID     orderID `json:"after_sale_order_id"`
			Reason string  `json:"reject_reason"`
			Type   int64   `json:"reject_reason_type"`
		}
		if err := c.read(&in); err != nil {
			return nil, err
		}
		if !approve && in.Type == 0 {
			return nil, fail(9700224, "参数错误")
		}
		err := c.t.Decide(world.Decision{CaseNo: string(in.ID), Approve: approve, Reason: in.Reason})
		if kind := world.KindOf(err); kind == world.Done || kind == world.Refused {
			err = fail(10021041, "当前售后单不支持此操作，请检查售后单状态")
		}
		return nil, err
	}
}

// sendExchange is told with which parcel an exchange's goods leave.
func sendExchange(c *call) (obj, error) {
	var in struct {
		ID      orderID `json:"after_sale_order_id"`
		Waybill string  `json:"waybill_id"`
		Carrier string  `json:"delivery_id"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	x := c.t.Case(string(in.ID))
	switch {
	case in.Waybill == "" || in.Carrier == "":
		return nil, fail(9700224, "参数错误")
	case x != nil && (x.Kind != "exchange" || x.State != world.CaseReceiving):
		return nil, fail(10021041, "当前售后单不支持此操作，请检查售后单状态")
	}
	return nil, c.t.Decide(world.Decision{CaseNo: string(in.ID), Approve: true, Waybill: in.Waybill})
}
