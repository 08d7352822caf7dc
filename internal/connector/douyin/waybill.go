package douyin

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

func waybillParty(r channel.Receiver) object {
	place := object{"country_code": "CHN", "province_name": r.Province, "city_name": r.City, "district_name": r.District, "detail_address": r.Detail}
	if r.Town != "" {
		place["street_name"] = r.Town
	}
	return object{"address": place, "contact": object{"name": r.Name, "mobile": r.Phone}}
}

// waybillFault is one order or waybill that the platform refused.
type waybillFault struct {
	Code wire.Text `json:"err_code"`
	Msg  string    `json:"err_msg"`
}

// err is the refusal in the port's words. What is to be tried again later may have
// happened.
func (f waybillFault) err() error {
	if strings.Contains(f.Msg, "系统") || strings.Contains(f.Msg, "稍后") || strings.Contains(f.Msg, "请重试") {
		return channel.ErrUnknownOutcome.Because(errors.New(f.Code.String()))
	}
	return wire.WaybillRefusal(business(f.Code.String(), f.Msg))
}

type waybillMade struct {
	No         wire.Text `json:"track_no"`
	SortCode   wire.Text `json:"sort_code"`
	BagCode    wire.Text `json:"package_center_code"`
	BagName    wire.Text `json:"package_center_name"`
	MarkCode   wire.Text `json:"short_address_code"`
	MarkName   wire.Text `json:"short_address_name"`
	SubNumbers wire.Text `json:"sub_waybill_codes"`
}

// IssueWaybill implements channel.WaybillIssuer. Order and parcel id are the
// platform's key; the print data is asked for beside, so a number without it is an
// issue to be asked again.
func (c *client) IssueWaybill(ctx context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	var none channel.IssuedWaybill
	if len(r.Orders) == 0 {
		return none, channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	carrier, err := c.company(ctx, r.Carrier)
	if err != nil {
		return none, err
	}
	if r.Template == "" {
		if r.Template, err = c.template(ctx, carrier); err != nil {
			return none, err
		}
	}
	items := []object{}
	for _, g := range r.Goods {
		items = append(items, object{"item_name": g.Name, "item_count": g.Quantity})
	}
	one := object{"order_id": r.Orders[0], "pack_id": wire.PackageID(r.Key), "receiver_info": waybillParty(r.Receiver), "items": items}
	if len(r.Orders) > 1 {
		one["combine_orders"] = r.Orders
	}
	if r.Service != "" {
		one["product_type"] = r.Service
	}
	if r.Carrier == "SF" && r.WeightGram > 0 {
		one["total_weight"] = strconv.FormatInt(r.WeightGram, 10) // other carriers refuse it
	}
	var answer struct {
		Made   []waybillMade  `json:"ebill_infos"`
		Faults []waybillFault `json:"err_infos"`
	}
	p := object{"logistics_code": carrier, "sender_info": waybillParty(r.Sender), "order_infos": []object{one}}
	if r.Shop != "" {
		p["user_id"] = json.Number(r.Shop)
	}
	if _, err := c.call(ctx, true, "/logistics/newCreateOrder", p, &answer); err != nil {
		return none, wire.WaybillRefusal(wire.NotFound(err, r.Orders[0]))
	}
	if len(answer.Made) != 1 || answer.Made[0].No == "" {
		if len(answer.Faults) > 0 {
			return none, wire.NotFound(answer.Faults[0].err(), r.Orders[0])
		}
		return none, channel.ErrUnknownOutcome.Because(errors.New("no waybill in the answer"))
	}
	made := answer.Made[0]
	w, err := c.print(ctx, r.Carrier, carrier, made.No.String())
	if err != nil {
		return none, wire.Unknown(err)
	}
	w.Template, w.SortCode = r.Template, made.SortCode.String()
	w.Mark = channel.FirstOf(made.MarkName.String(), made.MarkCode.String())
	w.Bag = channel.FirstOf(made.BagName.String(), made.BagCode.String())
	if made.SubNumbers != "" {
		w.ParentNo = w.No
	}
	return w, nil
}

// ShareWaybill implements channel.WaybillSharer. The platform takes -1 for a shop of which
// nobody knows the number.
func (c *client) ShareWaybill(_ context.Context, r *channel.WaybillRequest) error {
	if r.Shop = "-1"; wire.Text(c.Token.Account).Number() > 0 {
		r.Shop = c.Token.Account
	}
	return nil
}

// PrintParams implements channel.PrintSigner.
func (c *client) PrintParams() (string, error) {
	const method, body = "logistics.getShopKey", "{}"
	key, at := c.Credentials[appKey], strconv.FormatInt(clock.Millis(c.Clock)/second, 10)
	return "access_token=" + c.Token.Access + "&app_key=" + key + "&method=" + method + "&param_json=" + body + "&timestamp=" + at + "&v=2&sign=" +
		sign(key, c.Credentials[appSecret], method, body, at) + "&sign_method=hmac-sha256", nil
}

// print asks for the print data of a waybill.
func (c *client) print(ctx context.Context, carrier, code, no string) (channel.IssuedWaybill, error) {
	var answer struct {
		Waybills []struct {
			No        wire.Text `json:"track_no"`
			PrintData wire.Text `json:"print_data"`
			Sign      wire.Text `json:"sign"`
		} `json:"waybill_infos"`
		Faults []waybillFault `json:"err_infos"`
	}
	if _, err := c.call(ctx, false, "/logistics/waybillApply", object{"waybill_applies": []object{{"logistics_code": code, "track_no": no}}}, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.WaybillRefusal(wire.NotFound(err, no))
	}
	for _, w := range answer.Waybills {
		if w.No.String() == no && w.PrintData != "" {
			return channel.IssuedWaybill{Carrier: carrier, No: no, PrintData: w.PrintData.String(), Signature: w.Sign.String()}, nil
		}
	}
	if len(answer.Faults) > 0 {
		err := answer.Faults[0].err()
		if errors.Is(err, channel.ErrUnknownOutcome) {
			return channel.IssuedWaybill{}, channel.Told(channel.ErrUnavailable, answer.Faults[0].Code.String(), answer.Faults[0].Msg)
		}
		return channel.IssuedWaybill{}, wire.NotFound(err, no)
	}
	return channel.IssuedWaybill{}, channel.Told(channel.ErrAnswer, "waybill_infos", "no print data in the answer")
}

// template is the carrier's standard template, the one of a single piece (一联单)
// before others.
func (c *client) template(ctx context.Context, carrier string) (string, error) {
	var answer struct {
		Carriers []struct {
			Carrier   wire.Text `json:"logistics_code"`
			Templates []struct {
				Name wire.Text `json:"template_name"`
				URL  wire.Text `json:"template_url"`
			} `json:"template_infos"`
		} `json:"template_data"`
	}
	if _, err := c.call(ctx, false, "/logistics/templateList", object{"logistics_code": carrier}, &answer); err != nil {
		return "", err
	}
	first := ""
	for _, one := range answer.Carriers {
		if one.Carrier.String() != carrier {
			continue
		}
		for _, t := range one.Templates {
			if strings.Contains(t.Name.String(), "一联") {
				return t.URL.String(), nil
			}
			first = channel.FirstOf(first, t.URL.String())
		}
	}
	if first == "" {
		return "", channel.Told(channel.ErrRefused, carrier, "no standard template of this carrier")
	}
	return first, nil
}

// ReadWaybill implements channel.WaybillIssuer. The template and what leads the
// parcel are told only when a waybill is issued.
func (c *client) ReadWaybill(ctx context.Context, w channel.WaybillName) (channel.IssuedWaybill, error) {
	code, err := c.company(ctx, w.Carrier)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	return c.print(ctx, w.Carrier, code, w.No)
}

// CancelWaybill implements channel.WaybillIssuer.
func (c *client) CancelWaybill(ctx context.Context, w channel.WaybillName) error {
	code, err := c.company(ctx, w.Carrier)
	if err != nil {
		return err
	}
	var answer struct {
		Result struct {
			Success wire.Text `json:"success"`
		} `json:"cancel_result"`
	}
	p := object{"logistics_code": code, "track_no": w.No}
	if w.Shop != "" {
		p["user_id"] = json.Number(w.Shop)
	}
	if _, err := c.call(ctx, true, "/logistics/cancelOrder", p, &answer); err != nil {
		return wire.NotFound(wire.WaybillRefusal(err), w.No)
	}
	if answer.Result.Success != "true" {
		return channel.Told(channel.ErrRefused, "cancel_result", "the waybill was not cancelled")
	}
	return nil
}

// WaybillBranches implements channel.WaybillIssuer. Carriers that run their branches
// themselves (company_type 1) keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	code := ""
	if carrier != "" {
		one, err := c.company(ctx, carrier)
		if err != nil {
			return nil, err
		}
		code = one
	}
	var answer struct {
		Branches []struct {
			Code      wire.Text `json:"netsite_code"`
			Name      wire.Text `json:"netsite_name"`
			Left      wire.Int  `json:"amount"`
			Used      wire.Int  `json:"allocated_quantity"`
			Cancelled wire.Int  `json:"cancelled_quantity"`
			Carrier   wire.Text `json:"company"`
			Type      wire.Int  `json:"company_type"`
			Addresses []struct {
				Province wire.Text `json:"province_name"`
				City     wire.Text `json:"city_name"`
				District wire.Text `json:"district_name"`
				Street   wire.Text `json:"street_name"`
				Detail   wire.Text `json:"detail_address"`
			} `json:"sender_address"`
		} `json:"netsites"`
	}
	if _, err := c.call(ctx, false, "/logistics/listShopNetsite", object{"logistics_code": code}, &answer); err != nil {
		return nil, err
	}
	var out []channel.WaybillBranch
	for _, b := range answer.Branches {
		one := channel.WaybillBranch{Carrier: b.Carrier.String(), Code: b.Code.String(), Name: b.Name.String(), Left: b.Left.N, Used: wire.Counted(b.Used), Cancelled: wire.Counted(b.Cancelled)}
		if b.Type.N == 1 {
			one.Left = -1
		}
		for _, a := range b.Addresses {
			one.Senders = append(one.Senders, channel.Receiver{Province: a.Province.String(), City: a.City.String(), District: a.District.String(), Town: a.Street.String(), Detail: a.Detail.String()})
		}
		out = append(out, one)
	}
	return slices.Clip(out), nil
}
