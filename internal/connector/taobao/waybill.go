package taobao

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// waybillAddress and waybillParty are Cainiao's spelling of a place and of who is there.
type waybillAddress struct {
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	District string `json:"district,omitempty"`
	Town     string `json:"town,omitempty"`
	Detail   string `json:"detail,omitempty"`
}

type waybillParty struct {
	Name    string         `json:"name,omitempty"`
	Mobile  string         `json:"mobile,omitempty"`
	Oaid    string         `json:"oaid,omitempty"`
	Tid     string         `json:"tid,omitempty"`
	Address waybillAddress `json:"address"`
}

func party(r channel.Receiver) waybillParty {
	return waybillParty{Name: r.Name, Mobile: r.Phone, Address: waybillAddress{r.Province, r.City, r.District, r.Town, r.Detail}}
}

type waybillGoods struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

type waybillOrder struct {
	ObjectID  string `json:"object_id"`
	OrderInfo struct {
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
	UserID    json.Number  `json:"user_id"`
}

type waybillApply struct {
	Carrier     string         `json:"cp_code"`
	Product     string         `json:"product_code,omitempty"`
	Branch      string         `json:"shipping_branch_code,omitempty"`
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
	ask := waybillApply{Product: rs[0].Service, Branch: rs[0].Branch, Sender: party(rs[0].Sender), NeedEncrypt: true}
	at := map[string]int{}
	template := "" // of the batch's one carrier
	for i, r := range rs {
		r.Template = channel.FirstOf(r.Template, template)
		carrier, one, err := c.parcel(ctx, r)
		user := r.Shop
		if err == nil && user == "" {
			user, err = c.userID(ctx)
		}
		if out[i].Err = err; err != nil {
			continue
		}
		ask.Carrier, one.UserID = carrier, json.Number(user)
		at[one.ObjectID], template = i, one.Template
		ask.Orders = append(ask.Orders, one)
		out[i].Err = channel.ErrUnknownOutcome.Because(errors.New("no waybill in the answer"))
	}
	if len(ask.Orders) == 0 {
		return out, nil
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, channel.Told(channel.ErrAnswer, "user_id", "the seller has no number").Because(err)
	}
	var answer struct {
		Modules rows `json:"modules"`
	}
	if _, err := c.call(ctx, effect, "cainiao.waybill.ii.get", map[string]string{"param_waybill_cloud_print_apply_new_request": string(body)}, &answer); err != nil {
		return nil, wire.WaybillRefusal(wire.NotFound(err, rs[0].Orders[0]))
	}
	for _, raw := range answer.Modules.Items {
		i, known := at[wire.Field(raw, "object_id").String()]
		if !known && len(ask.Orders) == 1 { // there is no mistaking the only one
			i, known = at[ask.Orders[0].ObjectID], true
		}
		if known {
			out[i].Waybill, out[i].Err = issued(rs[i].Carrier, raw)
		}
	}
	return out, nil
}

// ShareWaybill implements channel.WaybillSharer. Only the shop itself is told its orders'
// oaid, which goes where other channels have an id of the receiver.
func (c *client) ShareWaybill(ctx context.Context, r *channel.WaybillRequest) (err error) {
	if r.Shop, err = c.userID(ctx); err == nil && len(r.Orders) > 0 {
		r.Receiver.GroupKey, err = c.oaid(ctx, r.Orders[0])
	}
	return err
}

// oaid is by what the platform knows an order's receiver. It changes with the address.
func (c *client) oaid(ctx context.Context, order string) (string, error) {
	trade, err := c.Get(ctx, order)
	return wire.Field(trade.Raw, "oaid").String(), err
}

// parcel is the carrier's code and a parcel as the platform takes it.
func (c *client) parcel(ctx context.Context, r channel.WaybillRequest) (string, waybillOrder, error) {
	var one waybillOrder
	if len(r.Orders) == 0 {
		return "", one, channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	carrier, err := c.company(ctx, r.Carrier)
	if err != nil {
		return "", one, err
	}
	oaid := r.Receiver.GroupKey
	if r.Shop == "" {
		if oaid, err = c.oaid(ctx, r.Orders[0]); err != nil {
			return "", one, err
		}
	}
	if r.Template == "" {
		if r.Template, err = c.template(ctx, carrier); err != nil {
			return "", one, err
		}
	}
	one = waybillOrder{ObjectID: wire.PackageID(r.Key), Recipient: party(r.Receiver), Template: r.Template}
	one.OrderInfo.Channel, one.OrderInfo.Orders = "TB", r.Orders
	one.Package.ID, one.Package.Weight, one.Package.Volume = wire.PackageID(r.Key), r.WeightGram, r.VolumeML
	for _, g := range r.Goods {
		one.Package.Items = append(one.Package.Items, waybillGoods{g.Name, g.Quantity})
	}
	if oaid != "" {
		one.Recipient.Oaid, one.Recipient.Tid = oaid, r.Orders[0]
	}
	return carrier, one, nil
}

// UpdateWaybill implements channel.WaybillUpdater.
func (c *client) UpdateWaybill(ctx context.Context, w channel.WaybillName, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	carrier, one, err := c.parcel(ctx, r)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	body, err := json.Marshal(map[string]any{"cp_code": carrier, "waybill_code": w.No, "object_id": one.ObjectID, "template_url": one.Template,
		"sender": party(r.Sender), "recipient": one.Recipient, "package_info": one.Package})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var raw json.RawMessage
	if _, err := c.call(ctx, effect, "cainiao.waybill.ii.update", map[string]string{"param_waybill_cloud_print_update_request": string(body)}, &raw); err != nil {
		return channel.IssuedWaybill{}, wire.WaybillRefusal(wire.NotFound(err, w.No))
	}
	return issued(r.Carrier, raw)
}

// issued reads a waybill.
func issued(carrier string, raw []byte) (channel.IssuedWaybill, error) {
	w := channel.IssuedWaybill{Carrier: carrier, No: wire.Field(raw, "waybill_code").String(), ParentNo: wire.Field(raw, "parent_waybill_code").String(),
		PrintData: wire.Field(raw, "print_data").String()}
	if w.No == "" || w.PrintData == "" {
		return w, channel.ErrUnknownOutcome.Because(errors.New("a waybill without number or print data"))
	}
	return wire.ReadPrintData(w), nil
}

// userID is the seller's number, whose account the waybills come from.
func (c *client) userID(ctx context.Context) (string, error) {
	if known := c.seller.Load(); known != nil {
		return *known, nil
	}
	var answer struct {
		User struct {
			ID wire.Text `json:"user_id"`
		} `json:"user"`
	}
	if _, err := c.call(ctx, question, "taobao.user.seller.get", map[string]string{"fields": "user_id"}, &answer); err != nil {
		return "", err
	}
	no := answer.User.ID.String()
	if no == "" {
		return "", channel.Told(channel.ErrAnswer, "taobao.user.seller.get", "no number of the seller")
	}
	c.seller.Store(&no)
	return no, nil
}

// onePiece is the standard template of 76 by 130 millimetres.
const onePiece = "6"

// template is the carrier's standard template, the one of a single piece before others.
func (c *client) template(ctx context.Context, carrier string) (string, error) {
	var answer struct {
		Result struct {
			Carriers rows `json:"datas"`
		} `json:"result"`
	}
	if _, err := c.call(ctx, question, "cainiao.cloudprint.stdtemplates.get", nil, &answer); err != nil {
		return "", err
	}
	var first string
	for _, raw := range answer.Result.Carriers.Items {
		var one struct {
			Carrier   wire.Text `json:"cp_code"`
			Templates rows      `json:"standard_templates"`
		}
		if json.Unmarshal(raw, &one) != nil || one.Carrier.String() != carrier {
			continue
		}
		for _, t := range one.Templates.Items {
			address := wire.Field(t, "standard_template_url").String()
			if wire.Field(t, "standard_waybill_type") == onePiece {
				return address, nil
			}
			first = channel.FirstOf(first, address)
		}
	}
	if first == "" {
		return "", channel.Told(channel.ErrRefused, carrier, "no standard template of this carrier")
	}
	return first, nil
}

// ReadWaybill implements channel.WaybillIssuer.
func (c *client) ReadWaybill(ctx context.Context, w channel.WaybillName) (channel.IssuedWaybill, error) {
	code, err := c.company(ctx, w.Carrier)
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	list, err := json.Marshal([]map[string]string{{"cp_code": code, "waybill_code": w.No, "object_id": "1"}})
	if err != nil {
		return channel.IssuedWaybill{}, err
	}
	var answer struct {
		Modules rows `json:"modules"`
	}
	if _, err := c.call(ctx, question, "cainiao.waybill.ii.query.by.waybillcode", map[string]string{"param_list": string(list)}, &answer); err != nil {
		return channel.IssuedWaybill{}, wire.WaybillRefusal(wire.NotFound(err, w.No))
	}
	for _, raw := range answer.Modules.Items {
		var one struct {
			Waybill json.RawMessage `json:"waybill_cloud_print_response"`
		}
		if json.Unmarshal(raw, &one) == nil && wire.Field(one.Waybill, "waybill_code").String() == w.No {
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
	code, err := c.company(ctx, w.Carrier)
	if err != nil {
		return err
	}
	var answer struct {
		Result wire.Text `json:"cancel_result"`
	}
	if _, err := c.call(ctx, effect, "cainiao.waybill.ii.cancel", map[string]string{"cp_code": code, "waybill_code": w.No}, &answer); err != nil {
		return wire.NotFound(wire.WaybillRefusal(err), w.No)
	}
	if answer.Result != "true" {
		return channel.Told(channel.ErrRefused, "cancel_result", "the waybill was not cancelled")
	}
	return nil
}

// WaybillBranches implements channel.WaybillIssuer. Carriers that run their branches
// themselves (cp_type 1) keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	p := map[string]string{}
	if carrier != "" {
		code, err := c.company(ctx, carrier)
		if err != nil {
			return nil, err
		}
		p["cp_code"] = code
	}
	var answer struct {
		Carriers rows `json:"waybill_apply_subscription_cols"`
	}
	if _, err := c.call(ctx, question, "cainiao.waybill.ii.search", p, &answer); err != nil {
		return nil, err
	}
	var out []channel.WaybillBranch
	for _, raw := range answer.Carriers.Items {
		var one struct {
			Carrier  wire.Text `json:"cp_code"`
			Type     wire.Int  `json:"cp_type"`
			Branches rows      `json:"branch_account_cols"`
		}
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, channel.Told(channel.ErrAnswer, "waybill_apply_subscription_cols", "unreadable branches").Because(err)
		}
		for _, raw := range one.Branches.Items {
			b, err := branch(raw)
			if err != nil {
				return nil, err
			}
			if b.Carrier = one.Carrier.String(); one.Type.N == 1 {
				b.Left = -1
			}
			out = append(out, b)
		}
	}
	return slices.Clip(out), nil
}

func branch(raw []byte) (channel.WaybillBranch, error) {
	var one struct {
		Code      wire.Text `json:"branch_code"`
		Name      wire.Text `json:"branch_name"`
		Quantity  wire.Int  `json:"quantity"`
		Allocated wire.Int  `json:"allocated_quantity"`
		Cancelled wire.Int  `json:"cancel_quantity"`
		Addresses rows      `json:"shipp_address_cols"`
	}
	if err := json.Unmarshal(raw, &one); err != nil {
		return channel.WaybillBranch{}, channel.Told(channel.ErrAnswer, "branch_account_cols", "unreadable branch").Because(err)
	}
	b := channel.WaybillBranch{Code: one.Code.String(), Name: one.Name.String(), Left: one.Quantity.N, Used: wire.Counted(one.Allocated), Cancelled: wire.Counted(one.Cancelled)}
	for _, a := range one.Addresses.Items {
		at := func(name string) string { return wire.Field(a, name).String() }
		b.Senders = append(b.Senders, channel.Receiver{Province: at("province"), City: at("city"), District: at("district"), Town: at("town"), Detail: at("detail")})
	}
	return b, nil
}
