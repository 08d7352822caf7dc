package kuaishou

import (
	"context"
	"errors"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/logistics"
)

type billAddress struct {
	Country  string `json:"countryCode"`
	Province string `json:"provinceName"`
	City     string `json:"cityName"`
	District string `json:"districtName"`
	Street   string `json:"streetName,omitempty"`
	Detail   string `json:"detailAddress"`
}

func billPlace(r channel.Receiver) billAddress {
	return billAddress{"CHN", r.Province, r.City, r.District, r.Town, r.Detail}
}

// account is what a shop has with a carrier at one branch (订购关系).
type account struct {
	Carrier   wire.Text     `json:"expressCompanyCode"`
	Branch    wire.Text     `json:"netSiteCode"`
	Name      wire.Text     `json:"netSiteName"`
	Settle    wire.Text     `json:"settleAccount"`
	Left      wire.Int      `json:"availableQuantity"`
	Used      wire.Int      `json:"usedQuantity"`
	Cancelled wire.Int      `json:"cancelQuantity"`
	Senders   []billAddress `json:"senderAddress"`
}

// accounts are those with a carrier, all of them for "".
func (c *client) accounts(ctx context.Context, carrier string) ([]account, error) {
	var answer struct {
		Data []account `json:"data"`
	}
	if _, err := c.call(ctx, post, "open.express.subscribe.query", nil, &answer); err != nil {
		return nil, err
	}
	var out []account
	for _, a := range answer.Data {
		one, ok := logistics.Find(a.Carrier.String())
		if carrier == "" || a.Carrier.String() == carrier || ok && one.Code == carrier {
			out = append(out, a)
		}
	}
	return out, nil
}

// account is the one to take a waybill from.
func (c *client) account(ctx context.Context, carrier, branch string) (account, error) {
	all, err := c.accounts(ctx, carrier)
	if err != nil {
		return account{}, err
	}
	for _, a := range all {
		if branch == "" || a.Branch.String() == branch {
			return a, nil
		}
	}
	return account{}, channel.Told(channel.ErrRefused, "expressCompanyCode", "the shop has no account with "+strconv.Quote(carrier)+" at this branch")
}

// onePart are templates of one part (快递一联单).
const onePart = 6

// billTemplate is the carrier's standard template, one of one part before others.
func (c *client) billTemplate(ctx context.Context, carrier string) (string, error) {
	var answer struct {
		Data []struct {
			Carrier wire.Text `json:"expressCompanyCode"`
			Type    wire.Int  `json:"waybillType"`
			URL     wire.Text `json:"templateUrl"`
		} `json:"data"`
	}
	if _, err := c.call(ctx, post, "open.express.standard.template.list.get", object{"expressCompanyCode": carrier}, &answer); err != nil {
		return "", err
	}
	first := ""
	for _, t := range answer.Data {
		if t.Carrier != "" && t.Carrier.String() != carrier {
			continue
		}
		if t.Type.N == onePart {
			return t.URL.String(), nil
		}
		first = channel.FirstOf(first, t.URL.String())
	}
	if first == "" {
		return "", channel.Told(channel.ErrRefused, carrier, "no standard template of this carrier")
	}
	return first, nil
}

const paidBySender = 1

// bill is the request for one waybill. The platform knows one order of a parcel; the
// receiver goes as the ciphers that came with it.
func (c *client) bill(ctx context.Context, r channel.WaybillRequest) (object, string, error) {
	if len(r.Orders) == 0 {
		return nil, "", channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	a, err := c.account(ctx, r.Carrier, r.Branch)
	if err != nil {
		return nil, "", err
	}
	if r.Template == "" {
		if r.Template, err = c.billTemplate(ctx, a.Carrier.String()); err != nil {
			return nil, "", err
		}
	}
	o, err := c.order(ctx, r.Orders[0])
	if err != nil {
		return nil, "", err
	}
	items := []object{}
	for _, g := range r.Goods {
		items = append(items, object{"itemTitle": g.Name, "itemQuantity": g.Quantity})
	}
	parcel := wire.PackageID(r.Key)
	p := object{"merchantCode": channel.FirstOf(o.Base.SellerID.String(), c.Token.Account), "merchantName": o.Base.SellerNick.String(), "orderChannel": "KUAI_SHOU",
		"tradeOrderCode": r.Orders[0], "packageCode": parcel, "requestId": r.Orders[0] + "-" + parcel, "totalPackageQuantity": 1, "payMethod": paidBySender,
		"expressCompanyCode": a.Carrier.String(), "templateUrl": r.Template, "itemList": items,
		"senderContract": object{"name": r.Sender.Name, "mobile": r.Sender.Phone}, "senderAddress": billPlace(r.Sender),
		"receiverContract": object{"name": r.Receiver.Name, "mobile": r.Receiver.Phone}, "receiverAddress": billPlace(r.Receiver)}
	optional := object{"netSiteCode": a.Branch.String(), "netSiteName": a.Name.String(), "settleAccount": a.Settle.String(), "expressProductCode": r.Service}
	for k, v := range optional {
		if v != "" {
			p[k] = v
		}
	}
	if r.Carrier == "POSTB" {
		p["extData"] = `{"oneBillFeeType":1}` // the post takes no parcel without
	}
	if r.WeightGram > 0 {
		p["totalPackageWeight"] = r.WeightGram
	}
	if r.VolumeML > 0 {
		p["totalPackageVolume"] = r.VolumeML
	}
	return p, r.Template, nil
}

type issuedBill struct {
	No        wire.Text `json:"waybillCode"`
	Parent    wire.Text `json:"parentWaybillCode"`
	Print     wire.Text `json:"printData"`
	Key       wire.Text `json:"key"`
	Version   wire.Text `json:"version"`
	Signature wire.Text `json:"signature"`
}

// IssueWaybill implements channel.WaybillIssuer. The request's id and the parcel's are
// the platform's key. What its print component takes is more than the cipher text: it
// is put together here as the component documents a document's content.
func (c *client) IssueWaybill(ctx context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	p, template, err := c.bill(ctx, r)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var answer struct {
		Data []struct {
			Response struct {
				Result  wire.Text `json:"result"`
				Message string    `json:"message"`
			} `json:"baseResponse"`
			Data []issuedBill `json:"data"`
		} `json:"data"`
	}
	if _, err := c.call(ctx, change, "open.express.ebill.get", object{"getEbillOrderRequest": []object{p}}, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(wire.WaybillRefusal(err), r.Orders[0])
	}
	if len(answer.Data) == 1 {
		if told := answer.Data[0].Response; told.Result != "" && told.Result != "1" {
			err := envelope{Result: told.Result, ErrorMsg: told.Message}.fault(true, 0)
			return channel.IssuedWaybill{}, wire.NotFound(wire.WaybillRefusal(err), r.Orders[0])
		}
	}
	if len(answer.Data) != 1 || len(answer.Data[0].Data) != 1 {
		return channel.IssuedWaybill{}, channel.ErrUnknownOutcome.Because(errors.New("no waybill in the answer"))
	}
	b := answer.Data[0].Data[0]
	if b.No == "" || b.Print == "" {
		return channel.IssuedWaybill{}, channel.ErrUnknownOutcome.Because(errors.New("a waybill without number or print data"))
	}
	content, err := canonical(object{"templateURL": template, "key": b.Key, "ver": b.Version, "signature": b.Signature, "encryptedData": b.Print})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	return channel.IssuedWaybill{Carrier: r.Carrier, No: b.No.String(), ParentNo: b.Parent.String(), PrintData: content, Signature: b.Signature.String(), Template: template}, nil
}

// ReadWaybill implements channel.WaybillIssuer: the platform tells print data only when
// it issues.
func (c *client) ReadWaybill(context.Context, channel.WaybillName) (channel.IssuedWaybill, error) {
	return channel.IssuedWaybill{}, channel.ErrUnsupported
}

// CancelWaybill implements channel.WaybillIssuer.
func (c *client) CancelWaybill(ctx context.Context, w channel.WaybillName) error {
	a, err := c.account(ctx, w.Carrier, "")
	if err != nil {
		return err
	}
	_, err = c.call(ctx, getChange, "open.express.ebill.cancel", object{"expressCompanyCode": a.Carrier.String(), "waybillCode": w.No}, &struct{}{})
	return wire.NotFound(wire.WaybillRefusal(err), w.No)
}

// WaybillBranches implements channel.WaybillIssuer. Carriers that run their branches
// themselves settle by an account and keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	all, err := c.accounts(ctx, carrier)
	if err != nil {
		return nil, err
	}
	var out []channel.WaybillBranch
	for _, a := range all {
		b := channel.WaybillBranch{Carrier: a.Carrier.String(), Code: a.Branch.String(), Name: a.Name.String(), Left: wire.Counted(a.Left), Used: wire.Counted(a.Used), Cancelled: wire.Counted(a.Cancelled)}
		if a.Settle != "" {
			b.Left = -1
		}
		for _, s := range a.Senders {
			b.Senders = append(b.Senders, channel.Receiver{Province: s.Province, City: s.City, District: s.District, Town: s.Street, Detail: s.Detail})
		}
		out = append(out, b)
	}
	return out, nil
}
