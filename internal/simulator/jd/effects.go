package jd

import (
	"encoding/json"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type shipment struct {
	Packages []struct {
		Company  id     `json:"companyId"`
		Waybill  string `json:"waybillCode"`
		Shipment int64  `json:"shipmentId"`
		Goods    []struct {
			SKU  id     `json:"skuId"`
			UUID string `json:"skuUuid"`
			Num  int64  `json:"skuNum"`
		} `json:"outboundGoodsFacetDTOList"`
	} `json:"packageInfoList"`
}

func (s shipment) check() error {
	if len(s.Packages) == 0 {
		return fail("invalidParameter", "packageInfoList 为空")
	}
	for _, p := range s.Packages {
		n, err := strconv.Atoi(string(p.Company))
		known := false
		for _, x := range carriers {
			known = known || x.id == n
		}
		if err != nil || !known || p.Waybill == "" {
			return fail("invalidParameter", "companyId 不存在或 waybillCode 为空")
		}
	}
	return nil
}

// ship takes packages in: what each holds, or all that is left where it does not say.
func ship(c *call) (answer, error) {
	var in shipment
	if err := c.read("orderShipmentDTO", &in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return answer{}, err
	}
	var parcels []world.Shipment
	asked := map[string]int64{}
	for _, p := range in.Packages {
		s := world.Shipment{Carrier: string(p.Company), Waybill: p.Waybill}
		for _, g := range p.Goods {
			line := ""
			for _, l := range o.Lines {
				if l.SKUNo == string(g.SKU) && (g.UUID == "" || g.UUID == l.No) && (line == "" || asked[line] >= o.Line(line).Quantity-o.Line(line).Sent) {
					line = l.No
				}
			}
			l := o.Line(line)
			if l == nil {
				return answer{}, fail("order.notAllowed", "商品不在订单中")
			}
			if asked[line] += g.Num; g.Num < 1 || asked[line] > l.Quantity-l.Sent {
				return answer{}, fail("order.notAllowed", "出库数量大于剩余数量")
			}
			s.Lines = append(s.Lines, world.ParcelLine{No: line, Quantity: g.Num})
		}
		parcels = append(parcels, s)
	}
	for _, s := range parcels {
		if _, err := c.t.Ship(o.No, s); err != nil {
			return answer{}, err
		}
	}
	return answer{data: obj{"orderId": num(o.No)}}, nil
}

// reship replaces the waybills of packages that are told by shipmentId, or of the
// only one.
func reship(c *call) (answer, error) {
	var in shipment
	if err := c.read("orderShipmentDTO", &in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return answer{}, err
	}
	for _, p := range in.Packages {
		old := ""
		for i, x := range o.Parcels {
			if p.Shipment == shipmentID(o, i) || p.Shipment == 0 && len(o.Parcels) == 1 {
				old = x.Waybill
			}
		}
		if old == "" {
			return answer{}, fail("order.notAllowed", "shipmentId 不存在")
		}
		if err := c.t.Rewaybill(o.No, "", old, string(p.Company), p.Waybill); err != nil {
			return answer{}, err
		}
	}
	return answer{data: obj{"orderId": num(o.No)}}, nil
}

func remark(c *call) (answer, error) {
	var in struct {
		Remark string
		FlagID *int `json:"flagId"`
		Flag   *int
	}
	if err := c.read("orderVenderRemarkDTO", &in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	flag := in.FlagID
	if flag == nil {
		flag = in.Flag
	}
	if flag != nil && (*flag < 0 || *flag > 5) || len([]rune(in.Remark)) > 500 {
		return answer{}, fail("invalidParameter", "flag 0到5，remark 500字")
	}
	return answer{data: obj{"orderId": num(o.No)}}, c.t.Memo(o.No, "", &in.Remark, flag)
}

// changeConsignee changes name, phone and detail; areas have numbers that are this
// platform's own, and stay.
func changeConsignee(c *call) (answer, error) {
	var in struct {
		Name   string `json:"customerName"`
		Phone  string `json:"customerPhone"`
		Detail string `json:"detailAddress"`
	}
	if err := c.read("orderConsigneeDTO", &in); err != nil {
		return answer{}, err
	}
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	return answer{data: obj{"orderId": num(o.No)}}, c.t.Readdress(o.No, "", world.Person{Name: in.Name, Phone: in.Phone, Detail: in.Detail})
}

type refundFacet struct {
	Amount *json.Number `json:"submitRefundAmount"`
}

// patchCase decides a case by what the request carries: a refusal, a consent, the
// confirmation that goods are back, or a refund with its amount.
func patchCase(c *call) (answer, error) {
	var in struct {
		Pass      json.RawMessage `json:"approvePassInfo"`
		Reject    json.RawMessage `json:"approveRejectInfo"`
		AfsReject json.RawMessage `json:"afsApproveRejectInfo"`
		Receive   json.RawMessage `json:"confirmReceiveInfo"`
		Only      *refundFacet    `json:"onlyRefundInfo"`
		Submit    *refundFacet    `json:"submitRefundInfo"`
		Order     struct {
			Notes string `json:"approveNotes"`
		} `json:"afsOrderDTO"`
	}
	if err := c.read("", &in); err != nil {
		return answer{}, err
	}
	d := world.Decision{CaseNo: c.r.PathValue("afsOrderId"), Reason: in.Order.Notes}
	refund := in.Only
	if refund == nil {
		refund = in.Submit
	}
	switch {
	case in.Reject != nil || in.AfsReject != nil:
	case in.Pass != nil || in.Receive != nil || refund != nil:
		d.Approve = true
	default:
		return answer{}, fail("invalidParameter", "operateType 对应的信息缺失")
	}
	if refund != nil && refund.Amount != nil {
		fen, ok := decimal(refund.Amount.String())
		if !ok {
			return answer{}, fail("invalidParameter", "submitRefundAmount")
		}
		d.Amount = fen
	}
	if err := c.t.Decide(d); err != nil {
		return answer{}, err
	}
	return getCase(c)
}

// putStocks sets stockNum, or adds incrStockNum where that is given; stockRfID keeps a
// repeated request from adding twice.
func putStocks(c *call) (answer, error) {
	var in struct {
		RfID string `json:"stockRfID"`
		List []struct {
			SKU   id     `json:"skuId"`
			Stock *int64 `json:"stockNum"`
			Incr  *int64 `json:"incrStockNum"`
		} `json:"putSkuStockList"`
	}
	if err := c.read("", &in); err != nil {
		return answer{}, err
	}
	if len(in.List) == 0 || len(in.List) > 50 {
		return answer{}, fail("invalidParameter", "putSkuStockList 1到50条")
	}
	out := []obj{}
	for _, x := range in.List {
		l := world.Level{SKUNo: string(x.SKU)}
		if in.RfID != "" {
			l.Key = in.RfID + "/" + string(x.SKU)
		}
		switch {
		case x.Incr != nil:
			l.Delta, l.Quantity = true, *x.Incr
		case x.Stock != nil:
			l.Quantity = *x.Stock
		default:
			return answer{}, fail("invalidParameter", "stockNum")
		}
		if err := c.t.SetStock(l); err != nil {
			return answer{}, err
		}
		out = append(out, obj{"skuId": num(string(x.SKU))})
	}
	return answer{data: out}, nil
}
