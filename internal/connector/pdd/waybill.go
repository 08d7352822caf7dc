package pdd

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// waybillPlace and waybillParty are the platform's spelling of a place and of who is there.
type waybillPlace struct {
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Town     string `json:"town,omitempty"`
	Detail   string `json:"detail"`
}

type waybillParty struct {
	Name    string       `json:"name"`
	Mobile  string       `json:"mobile"`
	Address waybillPlace `json:"address"`
}

func party(r channel.Receiver) waybillParty {
	return waybillParty{r.Name, r.Phone, waybillPlace{r.Province, r.City, r.District, r.Town, r.Detail}}
}

type waybillGoods struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

type waybillOrder struct {
	ObjectID string `json:"object_id"`
	Services string `json:"logistics_services,omitempty"`
	Order    struct {
		Channel string   `json:"order_channels_type"`
		Orders  []string `json:"trade_order_list"`
	} `json:"order_info"`
	Package struct {
		ID     string         `json:"id"`
		Items  []waybillGoods `json:"items"`
		Weight int64          `json:"weight,omitempty"`
		Volume int64          `json:"volume,omitempty"`
	} `json:"package_info"`
	Recipient waybillParty `json:"recipient"`
	Template  string       `json:"template_url"`
	UserID    json.Number  `json:"user_id,omitempty"`
}

type waybillApply struct {
	Carrier     string         `json:"wp_code"`
	Sender      waybillParty   `json:"sender"`
	Orders      []waybillOrder `json:"trade_order_info_dtos"`
	NeedEncrypt bool           `json:"need_encrypt"`
}

// IssueWaybill implements channel.WaybillIssuer. Carrier, orders and parcel id are
// the platform's key.
func (c *client) IssueWaybill(ctx context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	all, err := c.IssueWaybills(ctx, []channel.WaybillRequest{r})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	return all[0].Waybill, all[0].Err
}

// IssueWaybills implements channel.WaybillBatcher.
func (c *client) IssueWaybills(ctx context.Context, rs []channel.WaybillRequest) ([]channel.WaybillOutcome, error) {
	out := make([]channel.WaybillOutcome, len(rs))
	var orders []waybillOrder
	at, code := map[string]int{}, ""
	template := "" // of the batch's one carrier
	for i, r := range rs {
		r.Template = channel.FirstOf(r.Template, template)
		carrier, one, err := c.parcel(ctx, r)
		if out[i].Err = err; err != nil {
			continue
		}
		code, template, at[one.ObjectID] = carrier, one.Template, i
		orders = append(orders, one)
		out[i].Err = channel.ErrUnknownOutcome.Because(errors.New("no waybill in the answer"))
	}
	if len(orders) == 0 {
		return out, nil
	}
	body, err := json.Marshal(waybillApply{code, party(rs[0].Sender), orders, true})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Modules []json.RawMessage `json:"modules"`
	}
	if _, err := c.call(ctx, true, "pdd.waybill.get", map[string]string{"param_waybill_cloud_print_apply_new_request": string(body)}, &answer); err != nil {
		return nil, wire.NotFound(err, rs[0].Orders[0])
	}
	for _, raw := range answer.Modules {
		i, known := at[wire.Field(raw, "object_id").String()]
		if !known && len(orders) == 1 { // there is no mistaking the only one
			i, known = at[orders[0].ObjectID], true
		}
		if known {
			out[i].Waybill, out[i].Err = issued(rs[i].Carrier, raw)
		}
	}
	return out, nil
}

// parcel is the carrier's code and a parcel as the platform takes it: the receiver as
// the ciphers that came with the order. A service is the JSON of its documents.
func (c *client) parcel(ctx context.Context, r channel.WaybillRequest) (string, waybillOrder, error) {
	var one waybillOrder
	if len(r.Orders) == 0 {
		return "", one, channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	carrier, err := c.carrier(ctx, r.Carrier)
	if err != nil {
		return "", one, err
	}
	if r.Template == "" {
		if r.Template, err = c.template(ctx, carrier.Code); err != nil {
			return "", one, err
		}
	}
	one = waybillOrder{ObjectID: wire.PackageID(r.Key), Services: r.Service, Recipient: party(r.Receiver), Template: r.Template}
	one.Order.Channel, one.Order.Orders = "PDD", r.Orders
	one.Package.ID, one.Package.Weight, one.Package.Volume = wire.PackageID(r.Key), r.WeightGram, r.VolumeML
	for _, g := range r.Goods {
		one.Package.Items = append(one.Package.Items, waybillGoods{g.Name, g.Quantity})
	}
	if user := channel.FirstOf(r.Shop, c.Token.Account); wire.Text(user).Number() > 0 {
		one.UserID = json.Number(user)
	}
	return carrier.Code, one, nil
}

// ShareWaybill implements channel.WaybillSharer.
func (c *client) ShareWaybill(_ context.Context, r *channel.WaybillRequest) error {
	r.Shop = c.Token.Account
	return nil
}

// UpdateWaybill implements channel.WaybillUpdater.
func (c *client) UpdateWaybill(ctx context.Context, w channel.WaybillName, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	carrier, one, err := c.parcel(ctx, r)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	body, err := json.Marshal(map[string]any{"wp_code": carrier, "waybill_code": w.No, "object_id": one.ObjectID, "template_url": one.Template,
		"sender": map[string]string{"name": r.Sender.Name, "mobile": r.Sender.Phone}, "recipient": one.Recipient,
		"package_info": map[string]any{"items": one.Package.Items, "weight": one.Package.Weight, "volume": one.Package.Volume}})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var raw json.RawMessage
	if _, err := c.call(ctx, true, "pdd.waybill.update", map[string]string{"param_waybill_cloud_print_update_request": string(body)}, &raw); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(err, w.No)
	}
	return issued(r.Carrier, raw)
}

func issued(carrier string, raw []byte) (channel.IssuedWaybill, error) {
	w := channel.IssuedWaybill{Carrier: carrier, No: wire.Field(raw, "waybill_code").String(), ParentNo: wire.Field(raw, "parent_waybill_code").String(),
		PrintData: wire.Field(raw, "print_data").String()}
	if w.No == "" || w.PrintData == "" {
		return w, channel.ErrUnknownOutcome.Because(errors.New("a waybill without number or print data"))
	}
	return wire.ReadPrintData(w), nil
}

// onePieceType is the standard template of one piece.
const onePieceType = 6

// template is the carrier's standard template, the one of a single piece before others.
func (c *client) template(ctx context.Context, carrier string) (string, error) {
	var answer struct {
		Result struct {
			Carriers []struct {
				Carrier   wire.Text `json:"wp_code"`
				Templates []struct {
					URL  wire.Text `json:"standard_template_url"`
					Type wire.Int  `json:"standard_waybill_type"`
				} `json:"standard_templates"`
			} `json:"datas"`
		} `json:"result"`
	}
	if _, err := c.call(ctx, false, "pdd.cloudprint.stdtemplates.get", map[string]string{"wp_code": carrier}, &answer); err != nil {
		return "", err
	}
	first := ""
	for _, one := range answer.Result.Carriers {
		if one.Carrier.String() != carrier {
			continue
		}
		for _, t := range one.Templates {
			if t.Type.N == onePieceType {
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

// ReadWaybill implements channel.WaybillIssuer.
func (c *client) ReadWaybill(ctx context.Context, w channel.WaybillName) (channel.IssuedWaybill, error) {
	company, err := c.carrier(ctx, w.Carrier)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	list, err := json.Marshal([]map[string]string{{"object_id": "1", "waybill_code": w.No, "wp_code": company.Code}})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var answer struct {
		Modules []struct {
			Waybill json.RawMessage `json:"waybill_cloud_print_response"`
		} `json:"modules"`
	}
	if _, err := c.call(ctx, false, "pdd.waybill.query.by.waybillcode", map[string]string{"param_list": string(list)}, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(err, w.No)
	}
	for _, one := range answer.Modules {
		if wire.Field(one.Waybill, "waybill_code").String() == w.No {
			w, err := issued(w.Carrier, one.Waybill)
			if err != nil {
				return w, channel.Told(channel.ErrAnswer, "print_data", "a waybill without print data")
			}
			return w, nil
		}
	}
	return channel.IssuedWaybill{}, channel.ErrNotFound.With("no", w.No)
}

// CancelWaybill implements channel.WaybillIssuer.
func (c *client) CancelWaybill(ctx context.Context, w channel.WaybillName) error {
	company, err := c.carrier(ctx, w.Carrier)
	if err != nil {
		return err
	}
	var answer struct {
		Result wire.Text `json:"cancel_result"`
	}
	if _, err := c.call(ctx, true, "pdd.waybill.cancel", map[string]string{"waybill_code": w.No, "wp_code": company.Code}, &answer); err != nil {
		return wire.NotFound(err, w.No)
	}
	if answer.Result != "true" {
		return channel.Told(channel.ErrRefused, "cancel_result", "the waybill was not cancelled")
	}
	return nil
}

// WaybillBranches implements channel.WaybillIssuer. Carriers that run their branches
// themselves (wp_type 1) keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	p := map[string]string{}
	if carrier != "" {
		company, err := c.carrier(ctx, carrier)
		if err != nil {
			return nil, err
		}
		p["wp_code"] = company.Code
	}
	var answer struct {
		Carriers []struct {
			Carrier  wire.Text `json:"wp_code"`
			Type     wire.Int  `json:"wp_type"`
			Branches []struct {
				Code      wire.Text      `json:"branch_code"`
				Name      wire.Text      `json:"branch_name"`
				Quantity  wire.Int       `json:"quantity"`
				Allocated wire.Int       `json:"allocated_quantity"`
				Cancelled wire.Int       `json:"cancel_quantity"`
				Addresses []waybillPlace `json:"shipp_address_cols"`
			} `json:"branch_account_cols"`
		} `json:"waybill_apply_subscription_cols"`
	}
	if _, err := c.call(ctx, false, "pdd.waybill.search", p, &answer); err != nil {
		return nil, err
	}
	var out []channel.WaybillBranch
	for _, one := range answer.Carriers {
		for _, b := range one.Branches {
			w := channel.WaybillBranch{Carrier: one.Carrier.String(), Code: b.Code.String(), Name: b.Name.String(), Left: b.Quantity.N, Used: wire.Counted(b.Allocated), Cancelled: wire.Counted(b.Cancelled)}
			if one.Type.N == 1 {
				w.Left = -1
			}
			for _, a := range b.Addresses {
				w.Senders = append(w.Senders, channel.Receiver{Province: a.Province, City: a.City, District: a.District, Town: a.Town, Detail: strings.TrimSpace(a.Detail)})
			}
			out = append(out, w)
		}
	}
	return out, nil
}
