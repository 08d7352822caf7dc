package xhs

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/logistics"
)

// newBill is the platform's own kind of waybill; numbers of its templates and those of
// the older kind do not mix.
const newBill = 2

type billAddress struct {
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district,omitempty"`
	Town     string `json:"town,omitempty"`
	Detail   string `json:"detail"`
}

type billParty struct {
	Name          string      `json:"name,omitempty"`
	Mobile        string      `json:"mobile,omitempty"`
	Address       billAddress `json:"address"`
	OpenAddressID string      `json:"openAddressId,omitempty"`
}

func party(r channel.Receiver) billParty {
	return billParty{Name: r.Name, Mobile: r.Phone, Address: billAddress{r.Province, r.City, r.District, r.Town, r.Detail}}
}

// account is what a shop has with a carrier at one branch (订购关系).
type account struct {
	Code     wire.Text `json:"cpCode"`
	Name     wire.Text `json:"cpName"`
	Type     wire.Int  `json:"cpType"`
	Branch   wire.Text `json:"branchCode"`
	At       wire.Text `json:"branchName"`
	Brand    wire.Text `json:"brandCode"`
	Customer wire.Text `json:"customerCode"`
	Senders  []struct {
		Address billAddress `json:"address"`
	} `json:"senderAddressList"`
	Usage *struct {
		Left      wire.Int `json:"quantity"`
		Used      wire.Int `json:"allocatedQuantity"`
		Cancelled wire.Int `json:"cancelQuantity"`
	} `json:"usage"`
}

func (a account) of(carrier string) bool {
	for _, name := range []wire.Text{a.Name, a.Code} {
		if one, ok := logistics.Find(name.String()); ok && one.Code == carrier {
			return true
		}
	}
	return a.Code.String() == carrier
}

// accounts are those with a carrier, all of them for "". The counts cost the platform
// time, so that they are asked for where they matter.
func (c *client) accounts(ctx context.Context, carrier string, counts bool) ([]account, error) {
	var answer struct {
		All []account `json:"subscribeList"`
	}
	if _, err := c.call(ctx, false, "express.queryEbillSubscribes", object{"billVersion": newBill, "needUsage": counts}, &answer); err != nil {
		return nil, err
	}
	var out []account
	for _, a := range answer.All {
		if carrier == "" || a.of(carrier) {
			out = append(out, a)
		}
	}
	return out, nil
}

// account is the one to take a waybill from.
func (c *client) account(ctx context.Context, carrier, branch string) (account, error) {
	all, err := c.accounts(ctx, carrier, false)
	if err != nil {
		return account{}, err
	}
	for _, a := range all {
		if branch == "" || a.Branch.String() == branch {
			return a, nil
		}
	}
	return account{}, channel.Told(channel.ErrRefused, "cpCode", "the shop has no account with "+strconv.Quote(carrier)+" at this branch")
}

type billTemplate struct {
	ID   wire.Text `json:"id"`
	Size wire.Text `json:"templateType"`
	Kind wire.Int  `json:"templateCustomerType"`
	URL  wire.Text `json:"standardTemplateUrl"`
}

// onePart is the size of labels of one part.
const onePart = "76*130"

// template is the one with that address, or else a standard one, of one part before others.
func (c *client) template(ctx context.Context, a account, address string) (billTemplate, error) {
	var answer struct {
		All []billTemplate `json:"templateList"`
	}
	p := object{"billVersion": newBill, "cpCode": a.Code.String()}
	if a.Brand != "" {
		p["brandCode"] = a.Brand.String()
	}
	if _, err := c.call(ctx, false, "express.queryEbillTemplates", p, &answer); err != nil {
		return billTemplate{}, err
	}
	var found billTemplate
	for _, t := range answer.All {
		switch {
		case address != "" && t.URL.String() == address:
			return t, nil
		case t.Kind.N == 0 && (found.ID == "" || t.Size == onePart && found.Size != onePart):
			found = t
		}
	}
	if found.ID == "" || address != "" {
		return found, channel.Told(channel.ErrRefused, "templateId", "no such template of this carrier")
	}
	return found, nil
}

// parcel is a parcel as the platform takes it: the receiver as the ciphers that came
// with the order, or as the id under which the platform keeps him.
func (c *client) parcel(ctx context.Context, r channel.WaybillRequest, t billTemplate) (object, error) {
	if len(r.Orders) == 0 {
		return nil, channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	to := party(r.Receiver)
	if !r.Receiver.Encrypted {
		var o json.RawMessage
		if _, err := c.call(ctx, false, "order.getOrderDetail", object{"orderId": r.Orders[0]}, &o); err != nil {
			return nil, wire.NotFound(err, r.Orders[0])
		}
		to = billParty{Address: to.Address, OpenAddressID: wire.Field(o, "openAddressId").String()}
		to.Address.Detail = ""
	}
	items := []object{}
	for _, g := range r.Goods {
		items = append(items, object{"name": g.Name, "count": g.Quantity})
	}
	id := wire.PackageID(r.Key)
	orders := object{"orderChannelsType": "XIAO_HONG_SHU", "tradeOrderList": r.Orders, "xhsOrderId": r.Orders[0]}
	if len(r.Orders) > 1 {
		orders["xhsOrderList"] = r.Orders
	}
	return object{"objectId": id, "orderInfo": orders, "recipient": to, "templateId": json.Number(t.ID),
		"packageInfo": object{"id": id, "items": items, "weight": r.WeightGram, "volume": r.VolumeML}}, nil
}

type bill struct {
	Success  *bool     `json:"success"`
	No       wire.Text `json:"waybillCode"`
	Parent   wire.Text `json:"parentWaybillCode"`
	Sort     wire.Text `json:"sortCode"`
	Mark     wire.Text `json:"bagAddr"`
	Bag      wire.Text `json:"packageCenterName"`
	Print    wire.Text `json:"printData"`
	Code     wire.Text `json:"errorCode"`
	ErrorMsg string    `json:"errorMsg"`
}

// issued reads a waybill of an effect's answer.
func (b bill) issued(carrier, template string) (channel.IssuedWaybill, error) {
	if b.Success != nil && !*b.Success {
		code := b.Code
		if code == "" {
			code = "-1"
		}
		return channel.IssuedWaybill{}, wire.WaybillRefusal(envelope{ErrorCode: code, ErrorMsg: b.ErrorMsg, Success: b.Success}.fault(true))
	}
	if b.No == "" || b.Print == "" {
		return channel.IssuedWaybill{}, channel.ErrUnknownOutcome.Because(errors.New("a waybill without number or print data"))
	}
	w := wire.ReadPrintData(channel.IssuedWaybill{Carrier: carrier, No: b.No.String(), ParentNo: b.Parent.String(), PrintData: b.Print.String()})
	return channel.IssuedWaybill{Carrier: w.Carrier, No: w.No, ParentNo: w.ParentNo, PrintData: w.PrintData, Template: channel.FirstOf(template, w.Template),
		SortCode: channel.FirstOf(b.Sort.String(), w.SortCode), Mark: channel.FirstOf(b.Mark.String(), w.Mark), Bag: channel.FirstOf(b.Bag.String(), w.Bag)}, nil
}

// IssueWaybill implements channel.WaybillIssuer. Carrier, orders and parcel id are the
// platform's key.
func (c *client) IssueWaybill(ctx context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	a, err := c.account(ctx, r.Carrier, r.Branch)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	t, err := c.template(ctx, a, r.Template)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	one, err := c.parcel(ctx, r, t)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	p := object{"billVersion": newBill, "cpCode": a.Code.String(), "branchCode": a.Branch.String(), "customerCode": a.Customer.String(), "sellerName": r.Sender.Name,
		"sender": party(r.Sender), "tradeOrderInfoList": []object{one}}
	if a.Brand != "" {
		p["brandCode"] = a.Brand.String()
	}
	if r.Service != "" {
		p["productCode"] = r.Service
	}
	var answer struct {
		Bills []bill `json:"wayBillList"`
		Named []bill `json:"tradeOrderInfoList"` // as some of its documents call them
	}
	if _, err := c.call(ctx, true, "express.createEbillOrders", p, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(wire.WaybillRefusal(err), r.Orders[0])
	}
	bills := append(answer.Bills, answer.Named...)
	if len(bills) != 1 {
		return channel.IssuedWaybill{}, channel.ErrUnknownOutcome.Because(errors.New("no waybill in the answer"))
	}
	w, err := bills[0].issued(r.Carrier, t.URL.String())
	return w, wire.NotFound(err, r.Orders[0])
}

// UpdateWaybill implements channel.WaybillUpdater. Some carriers change nothing.
func (c *client) UpdateWaybill(ctx context.Context, w channel.WaybillName, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	a, err := c.account(ctx, r.Carrier, r.Branch)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	t, err := c.template(ctx, a, r.Template)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	one, err := c.parcel(ctx, r, t)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var answer struct {
		Bill bill `json:"waybill"`
	}
	p := object{"billVersion": newBill, "cpCode": a.Code.String(), "waybillCode": w.No, "sender": object{"name": r.Sender.Name, "mobile": r.Sender.Phone}, "tradeOrderInfoList": []object{one}}
	if _, err := c.call(ctx, true, "express.updateEbillOrder", p, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(wire.WaybillRefusal(err), w.No)
	}
	got, err := answer.Bill.issued(r.Carrier, t.URL.String())
	return got, wire.NotFound(err, w.No)
}

// ReadWaybill implements channel.WaybillIssuer.
func (c *client) ReadWaybill(ctx context.Context, w channel.WaybillName) (channel.IssuedWaybill, error) {
	a, err := c.account(ctx, w.Carrier, "")
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var one bill
	if _, err := c.call(ctx, false, "express.queryEbillOrder", object{"billVersion": newBill, "cpCode": a.Code.String(), "waybillCode": w.No}, &one); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(wire.WaybillRefusal(err), w.No)
	}
	if one.No.String() != w.No || one.Print == "" {
		return channel.IssuedWaybill{}, channel.ErrNotFound.With("no", w.No)
	}
	return one.issued(w.Carrier, w.Template)
}

// CancelWaybill implements channel.WaybillIssuer.
func (c *client) CancelWaybill(ctx context.Context, w channel.WaybillName) error {
	a, err := c.account(ctx, w.Carrier, "")
	if err != nil {
		return err
	}
	p := object{"billVersion": newBill, "cpCode": a.Code.String(), "waybillCode": w.No}
	return wire.NotFound(wire.WaybillRefusal(c.change(ctx, "express.cancelEbillOrder", w.No, p)), w.No)
}

// WaybillBranches implements channel.WaybillIssuer. Carriers that run their branches
// themselves (cpType 1) keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	all, err := c.accounts(ctx, carrier, true)
	if err != nil {
		return nil, err
	}
	var out []channel.WaybillBranch
	for _, a := range all {
		b := channel.WaybillBranch{Carrier: a.Code.String(), Code: a.Branch.String(), Name: a.At.String(), Left: -1, Used: -1, Cancelled: -1}
		if a.Usage != nil {
			b.Used, b.Cancelled = wire.Counted(a.Usage.Used), wire.Counted(a.Usage.Cancelled)
			if a.Type.N != 1 {
				b.Left = wire.Counted(a.Usage.Left)
			}
		}
		for _, s := range a.Senders {
			b.Senders = append(b.Senders, channel.Receiver{Province: s.Address.Province, City: s.Address.City, District: s.Address.District, Town: s.Address.Town, Detail: s.Address.Detail})
		}
		out = append(out, b)
	}
	return out, nil
}
