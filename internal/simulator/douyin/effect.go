package douyin

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// carriers are the platform's companies: code, name, id.
var carriers = []struct {
	code, name string
	id         int64
}{{"shunfeng", "顺丰速运", 12}, {"zhongtong", "中通快递", 15}, {"yuantong", "圆通快递", 7}, {"shentong", "申通快递", 8}, {"yunda", "韵达快递", 9}, {"ems", "EMS", 1},
	{"youzhengguonei", "邮政快递包裹", 19}, {"jtexpress", "极兔速递", 1057}, {"debangwuliu", "德邦快递", 3}, {"jd", "京东物流", 32}}

func companyName(code string) string {
	for _, x := range carriers {
		if x.code == code {
			return x.name
		}
	}
	return code
}

func known(code string) bool { return companyName(code) != code || code == "" }

func companyList(call) (any, *fault) {
	rows := []any{}
	for _, x := range carriers {
		rows = append(rows, map[string]any{"id": x.id, "name": x.name, "code": x.code})
	}
	return rows, nil
}

// reject says whether open refund requests are to be refused; the flag has two names.
type reject struct {
	A bool `json:"is_refund_reject"`
	B bool `json:"is_reject_refund"`
}

func (r reject) yes() bool { return r.A || r.B }

func carrier(code, waybill string) *fault {
	if code == "" || !known(code) {
		return business("logistics-company-invalid", "物流公司code不存在")
	}
	if waybill == "" {
		return wrong("logistics_code")
	}
	return nil
}

func logisticsAdd(c call) (any, *fault) {
	var p struct {
		OrderID word   `json:"order_id"`
		Company string `json:"company_code"`
		Waybill string `json:"logistics_code"`
		reject
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if f := carrier(p.Company, p.Waybill); f != nil {
		return nil, f
	}
	if _, err := c.t.Ship(string(p.OrderID), world.Shipment{Carrier: p.Company, Waybill: p.Waybill, RejectRefund: p.yes()}); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

type shipped struct {
	ID  word `json:"shipped_order_id"`
	Num word `json:"shipped_num"`
}

func lines(list []shipped) []world.ParcelLine {
	var out []world.ParcelLine
	for _, x := range list {
		out = append(out, world.ParcelLine{No: string(x.ID), Quantity: x.Num.int()})
	}
	return out
}

// addSinglePack ships lines of several orders in one parcel.
func addSinglePack(c call) (any, *fault) {
	var p struct {
		Orders    []word    `json:"order_id_list"`
		Shipped   []shipped `json:"shipped_order_info"`
		Company   string    `json:"company_code"`
		Waybill   string    `json:"logistics_code"`
		RequestID string    `json:"request_id"`
		reject
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if f := carrier(p.Company, p.Waybill); f != nil {
		return nil, f
	}
	if len(p.Orders) == 0 || p.RequestID == "" {
		return nil, wrong("order_id_list,request_id")
	}
	for _, no := range p.Orders {
		o := c.t.Order(string(no))
		if o == nil {
			return nil, business("order-not-found", "订单不存在")
		}
		var own []shipped
		for _, x := range p.Shipped {
			if o.Line(string(x.ID)) != nil {
				own = append(own, x)
			}
		}
		if _, err := c.t.Ship(o.No, world.Shipment{Key: p.RequestID, Carrier: p.Company, Waybill: p.Waybill, Lines: lines(own), RejectRefund: p.yes()}); err != nil {
			return nil, refuse(err)
		}
	}
	return map[string]any{"pack_id": packID(p.Waybill)}, nil
}

// addMultiPack ships one order in several parcels, all or none as far as the lines go.
func addMultiPack(c call) (any, *fault) {
	var p struct {
		OrderID word `json:"order_id"`
		Packs   []struct {
			Shipped []shipped `json:"shipped_order_info"`
			Company string    `json:"company_code"`
			Waybill string    `json:"logistics_code"`
		} `json:"pack_list"`
		RequestID string `json:"request_id"`
		reject
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if len(p.Packs) == 0 || p.RequestID == "" {
		return nil, wrong("pack_list,request_id")
	}
	o := c.t.Order(string(p.OrderID))
	if o == nil {
		return nil, business("order-not-found", "订单不存在")
	}
	left := map[string]int64{}
	for _, l := range o.Lines {
		left[l.No] = l.Quantity
	}
	for _, x := range p.Packs {
		if f := carrier(x.Company, x.Waybill); f != nil {
			return nil, f
		}
		for _, s := range x.Shipped {
			if left[string(s.ID)] -= s.Num.int(); left[string(s.ID)] < 0 {
				return nil, business("num-exceeded", "发货数量超过可发数量")
			}
		}
	}
	rows := []any{}
	for _, x := range p.Packs {
		key := p.RequestID + "/" + x.Waybill
		if _, err := c.t.Ship(o.No, world.Shipment{Key: key, Carrier: x.Company, Waybill: x.Waybill, Lines: lines(x.Shipped), RejectRefund: p.yes()}); err != nil {
			return nil, refuse(err)
		}
		rows = append(rows, map[string]any{"pack_id": packID(x.Waybill), "logistics_code": x.Waybill, "shipped_order_info": x.Shipped})
	}
	return map[string]any{"pack_list": rows}, nil
}

func logisticsEdit(c call) (any, *fault) {
	var p struct {
		OrderID word   `json:"order_id"`
		Company string `json:"company_code"`
		Waybill string `json:"logistics_code"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	return c.edit(string(p.OrderID), "", p.Company, p.Waybill)
}

func editByPack(c call) (any, *fault) {
	var p struct {
		OrderID word   `json:"order_id"`
		PackID  string `json:"pack_id"`
		Company string `json:"company_code"`
		Waybill string `json:"logistics_code"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	old, ok := strings.CutPrefix(p.PackID, packID(""))
	if !ok || old == "" {
		return nil, wrong("pack_id")
	}
	return c.edit(string(p.OrderID), old, p.Company, p.Waybill)
}

func (c call) edit(no, old, company, waybill string) (any, *fault) {
	if f := carrier(company, waybill); f != nil {
		return nil, f
	}
	if err := c.t.Rewaybill(no, "", old, company, waybill); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

func addRemark(c call) (any, *fault) {
	var p struct {
		OrderID word   `json:"order_id"`
		Remark  string `json:"remark"`
		AddStar word   `json:"is_add_star"`
		Star    word   `json:"star"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if utf8.RuneCountInString(p.Remark) > 60 {
		return nil, wrong("remark")
	}
	var flag *int
	if p.AddStar == "true" {
		if p.Star == "" || p.Star.int() < 0 || p.Star.int() > 5 {
			return nil, wrong("star")
		}
		for ours, theirs := range stars {
			if int64(theirs) == p.Star.int() {
				flag = &ours
			}
		}
	}
	if err := c.t.Memo(string(p.OrderID), "", &p.Remark, flag); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

func addressConfirm(c call) (any, *fault) {
	var p struct {
		OrderID  word  `json:"order_id"`
		Approved *word `json:"is_approved"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Approved == nil || *p.Approved != "0" && (p.Approved.int() < 1001 || p.Approved.int() > 1005) {
		return nil, wrong("is_approved")
	}
	if err := c.t.AnswerWish(string(p.OrderID), "", *p.Approved == "0", string(*p.Approved)); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

func addressModify(c call) (any, *fault) {
	type named struct {
		Name string `json:"name"`
	}
	var p struct {
		OrderID word `json:"order_id"`
		Addr    struct {
			Province, City, Town, Street named
			Detail                       string `json:"address_detail"`
		} `json:"post_addr"`
		Name string `json:"post_receiver"`
		Tel  string `json:"post_tel"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Addr.Province.Name == "" || p.Addr.City.Name == "" || p.Addr.Town.Name == "" || p.Addr.Detail == "" {
		return nil, wrong("post_addr")
	}
	err := c.t.Readdress(string(p.OrderID), "", world.Person{Name: p.Name, Phone: p.Tel, Province: p.Addr.Province.Name, City: p.Addr.City.Name, District: p.Addr.Town.Name,
		Town: p.Addr.Street.Name, Detail: p.Addr.Detail})
	if err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

// updateOrderAmount takes discounts off lines of an unpaid order; one replaces the
// earlier one.
func updateOrderAmount(c call) (any, *fault) {
	var p struct {
		PID    word `json:"pid"`
		Detail []struct {
			OrderID  word `json:"order_id"`
			Discount word `json:"discount_amount"`
		} `json:"update_detail"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	o := c.t.Order(string(p.PID))
	if o == nil {
		return nil, business("order-not-found", "订单不存在")
	}
	paid := map[string]int64{}
	for _, x := range p.Detail {
		l := o.Line(string(x.OrderID))
		if l == nil {
			return nil, wrong("update_detail")
		}
		paid[l.No] = l.Paid() - l.Adjust - x.Discount.int()
	}
	if err := c.t.Reprice(o.No, "", paid, -1); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

func updatePostAmount(c call) (any, *fault) {
	var p struct {
		OrderID word  `json:"order_id"`
		Post    *word `json:"post_amount"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Post == nil || p.Post.int() < 0 {
		return nil, wrong("post_amount")
	}
	if err := c.t.Reprice(string(p.OrderID), "", nil, p.Post.int()); err != nil {
		return nil, refuse(err)
	}
	return map[string]any{}, nil
}

func syncStock(c call) (any, *fault) {
	var p struct {
		Code        string `json:"code"`
		SKUID       word   `json:"sku_id"`
		ProductID   word   `json:"product_id"`
		Incremental bool   `json:"incremental"`
		Key         string `json:"idempotent_id"`
		Num         *word  `json:"stock_num"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Num == nil || p.Incremental && p.Key == "" {
		return nil, wrong("stock_num,idempotent_id")
	}
	l := world.Level{ItemNo: string(p.ProductID), SKUNo: string(p.SKUID), Code: p.Code, Quantity: p.Num.int(), Delta: p.Incremental}
	if p.Incremental {
		l.Key = p.Key
	}
	if err := c.t.SetStock(l); err != nil {
		return nil, stockRefusal(err)
	}
	return map[string]any{}, nil
}

func stockRefusal(err error) *fault {
	if world.KindOf(err) == world.NotFound {
		return business("sku-not-found", "商品或规格不存在")
	}
	return refuse(err)
}

// syncStockBatch sets all SKUs of a product, or none.
func syncStockBatch(c call) (any, *fault) {
	var p struct {
		ProductID   word   `json:"product_id"`
		Incremental bool   `json:"incremental"`
		Key         string `json:"idempotent_id"`
		List        []struct {
			SKUID word `json:"sku_id"`
			Num   word `json:"stock_num"`
		} `json:"sku_sync_list"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if len(p.List) == 0 || p.Incremental && p.Key == "" {
		return nil, wrong("sku_sync_list,idempotent_id")
	}
	stock := map[string]int64{}
	for _, l := range c.t.Listings() {
		if l.ItemNo == string(p.ProductID) {
			stock[l.SKUNo] = l.Stock
		}
	}
	for _, x := range p.List {
		now, ok := stock[string(x.SKUID)]
		if !ok {
			return nil, business("sku-not-found", "商品或规格不存在")
		}
		if x.Num.int() < 0 && (!p.Incremental || now+x.Num.int() < 0) {
			return nil, business("stock-negative", "库存不能小于0")
		}
	}
	for _, x := range p.List {
		l := world.Level{ItemNo: string(p.ProductID), SKUNo: string(x.SKUID), Quantity: x.Num.int(), Delta: p.Incremental}
		if p.Incremental {
			l.Key = p.Key
		}
		if err := c.t.SetStock(l); err != nil {
			return nil, stockRefusal(err)
		}
	}
	return map[string]any{}, nil
}

func stockNum(c call) (any, *fault) {
	var p struct {
		SKUID word   `json:"sku_id"`
		Code  string `json:"code"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	for _, l := range c.t.Listings() {
		if p.SKUID != "" && l.SKUNo == string(p.SKUID) || p.SKUID == "" && p.Code != "" && l.Code == p.Code {
			return map[string]any{"sku_id": json.Number(l.SKUNo), "out_sku_id": 0, "code": l.Code, "sku_type": 0, "stock_num": l.Stock, "normal_stock_num": l.Stock, "prehold_stock_num": 0}, nil
		}
	}
	return nil, business("sku-not-found", "商品或规格不存在")
}

type sealed struct {
	ID   word   `json:"auth_id"`
	Text string `json:"cipher_text"`
}

func (c call) sealed() ([]sealed, *fault) {
	var p struct {
		List []sealed `json:"cipher_infos"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if len(p.List) == 0 || len(p.List) > 50 {
		return nil, wrong("cipher_infos")
	}
	return p.List, nil
}

// opened finds which field of an order a cipher text stands for: 1 address, 2 name,
// 3 phone.
func (c call) opened(x sealed) (kind int, text string) {
	o := c.t.Order(string(x.ID))
	if o == nil || x.Text == "" {
		return 0, ""
	}
	for i, f := range [][2]string{{"address", o.Receiver.Detail}, {"name", o.Receiver.Name}, {"phone", o.Receiver.Phone}} {
		if cipher(c.t.Shop, o, f[0], f[1]) == x.Text {
			return i + 1, f[1]
		}
	}
	return 0, ""
}

func batchDecrypt(c call) (any, *fault) {
	list, f := c.sealed()
	if f != nil {
		return nil, f
	}
	if !c.t.TakeDecrypt(int64(len(list))) {
		return map[string]any{"decrypt_infos": []any{}, "custom_err": map[string]any{"err_code": 300008, "err_msg": "今日解密额度已用完"}}, nil
	}
	return c.infos(list, func(_ int, text string) string { return text }), nil
}

func (c call) infos(list []sealed, show func(int, string) string) any {
	rows := []any{}
	for _, x := range list {
		kind, text := c.opened(x)
		row := map[string]any{"auth_id": x.ID, "cipher_text": x.Text, "decrypt_text": show(kind, text), "err_no": 0, "err_msg": "", "data_type": kind, "is_virtual_tel": false,
			"expire_time": 0, "phone_no_a": "", "phone_no_b": ""}
		if kind == 0 {
			row["decrypt_text"], row["err_no"], row["err_msg"] = "", 300007, "密文与订单不匹配"
		}
		rows = append(rows, row)
	}
	return map[string]any{"decrypt_infos": rows, "custom_err": map[string]any{"err_code": 0, "err_msg": ""}}
}

func batchSensitive(c call) (any, *fault) {
	list, f := c.sealed()
	if f != nil {
		return nil, f
	}
	return c.infos(list, func(kind int, text string) string {
		return []func(string) string{func(s string) string { return s }, world.MaskDetail, world.MaskName, world.MaskPhone}[kind](text)
	}), nil
}

var indexFields = map[string]string{"1": "address", "2": "name", "3": "phone"}

func searchIndex(c call) (any, *fault) {
	var p struct {
		Plain string `json:"plain_text"`
		Kind  word   `json:"sensitive_type"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	field, ok := indexFields[string(p.Kind)]
	if !ok || p.Plain == "" {
		return nil, wrong("plain_text,sensitive_type")
	}
	return map[string]any{"encrypt_index_text": c.t.Index(field, p.Plain)}, nil
}

func batchSearchIndex(c call) (any, *fault) {
	var p struct {
		List []struct {
			Plain string `json:"plain_text"`
			Kind  word   `json:"encrypt_type"`
		} `json:"plain_text_list"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	rows := []any{}
	for _, x := range p.List {
		field, ok := indexFields[string(x.Kind)]
		if !ok {
			return nil, wrong("encrypt_type")
		}
		rows = append(rows, map[string]any{"plain": x.Plain, "search_index": c.t.Index(field, x.Plain)})
	}
	return map[string]any{"plain_to_encrypt_index_list": rows, "custom_err": map[string]any{"err_code": 0, "err_msg": ""}}, nil
}
