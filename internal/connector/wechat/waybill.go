package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

const (
	ewaybill = "/channels/ec/logistics/ewaybill/biz/"

	bound     = 3 // the status of an account that may be used
	franchise = 1 // the company_type of carriers whose branches sell waybills
	cancelled = 2 // the status of an issue
	// standard is the platform's own template of a single piece (一联单).
	standard = "single"

	existsCode = "10025019"
	// maxIssues bounds how often one parcel's waybill is cancelled and issued anew.
	maxIssues = 50
)

// issueNo is the platform's name of a parcel's issue: a number that has to be unique
// among all of its shops, so 63 bits of a digest. What was cancelled keeps its name,
// and the next issue for the parcel has another.
func issueNo(app, key string, before int) string {
	sum := sha256.Sum256([]byte(app + "/" + key + "/" + strconv.Itoa(before)))
	return strconv.FormatUint(binary.BigEndian.Uint64(sum[:])>>1|1, 10)
}

// waybillRefused words the refusals of waybill calls. What timed out at the carrier may
// have happened there.
func waybillRefused(n int64, text, detail string) error {
	code := strconv.FormatInt(n, 10)
	switch n {
	case 10025010:
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case 10025011, 10025030: // someone else changes it; the carrier did not answer
		return wire.Unknown(errors.New(code))
	}
	for _, word := range []string{"超时", "繁忙", "系统", "稍后"} {
		if strings.Contains(detail, word) {
			return wire.Unknown(errors.New(code))
		}
	}
	return channel.Told(channel.ErrRefused, code, channel.FirstOf(detail, text))
}

type waybillParty struct {
	Name     string `json:"name"`
	Mobile   string `json:"mobile"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Street   string `json:"street"`
	Address  string `json:"address"`
}

func partyOf(r channel.Receiver) waybillParty {
	return waybillParty{r.Name, r.Phone, r.Province, r.City, r.District, r.Town, r.Detail}
}

type waybillGoods struct {
	Name    string    `json:"good_name"`
	Count   int64     `json:"good_count"`
	Product wire.Text `json:"product_id,omitempty"`
	SKU     wire.Text `json:"sku_id,omitempty"`
}

type waybillOrder struct {
	No    json.Number    `json:"ec_order_id"`
	Goods []waybillGoods `json:"goods_list"`
}

// waybillOrders are a parcel's orders with what of them it holds. Of several orders
// only the platform tells which goods are whose.
func (c *client) waybillOrders(ctx context.Context, r channel.WaybillRequest) ([]waybillOrder, error) {
	var out []waybillOrder
	for _, no := range r.Orders {
		if _, err := strconv.ParseUint(no, 10, 64); err != nil {
			return nil, channel.ErrNotFound.With("no", no)
		}
		one := waybillOrder{No: json.Number(no)}
		if len(r.Orders) == 1 {
			for _, g := range r.Goods {
				one.Goods = append(one.Goods, waybillGoods{Name: g.Name, Count: g.Quantity})
			}
			return []waybillOrder{one}, nil
		}
		o, err := c.order(ctx, no)
		if err != nil {
			return nil, err
		}
		for _, l := range o.Detail.Products {
			one.Goods = append(one.Goods, waybillGoods{Name: l.Title.String(), Count: l.Count.N})
		}
		out = append(out, one)
	}
	return out, nil
}

// IssueWaybill implements channel.WaybillIssuer. The platform knows an issue by a number
// that we choose, and refuses one that it has: then it is asked what came of it.
func (c *client) IssueWaybill(ctx context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	var none channel.IssuedWaybill
	if len(r.Orders) == 0 {
		return none, channel.Told(channel.ErrRefused, "orders", "a waybill needs an order")
	}
	carrier, err := c.issuer(ctx, r.Carrier)
	if err != nil {
		return none, err
	}
	account, err := c.account(ctx, carrier, r.Branch)
	if err != nil {
		return none, err
	}
	orders, err := c.waybillOrders(ctx, r)
	if err != nil {
		return none, err
	}
	w := channel.IssuedWaybill{Carrier: r.Carrier, Template: channel.FirstOf(r.Template, standard)}
	p := object{"delivery_id": carrier, "ewaybill_acct_id": account.ID, "shop_id": account.Shop, "sender": partyOf(r.Sender), "receiver": partyOf(r.Receiver),
		"ec_order_list": orders, "template_id": w.Template}
	if account.Site.Code != "" {
		p["site_code"] = account.Site.Code
	}
	if n, err := strconv.Atoi(r.Service); err == nil {
		p["order_type"] = n
	}
	for before := range maxIssues {
		w.Ref = issueNo(c.Credentials[appID], r.Key, before)
		p["ewaybill_order_id"] = w.Ref
		made, err := c.create(ctx, w, p)
		if e := errs.As(err); e != nil && e.Params["channel_code"] == existsCode {
			var gone bool
			if made, gone, err = c.made(ctx, w); gone {
				continue
			}
		}
		return made, wire.WaybillRefusal(wire.NotFound(err, r.Orders[0]))
	}
	return none, channel.Told(channel.ErrRefused, "ewaybill_order_id", "the parcel's waybill was cancelled too often")
}

// create asks for a waybill under a name.
func (c *client) create(ctx context.Context, w channel.IssuedWaybill, p object) (channel.IssuedWaybill, error) {
	var answer struct {
		No       wire.Text `json:"waybill_id"`
		Print    wire.Text `json:"print_info"`
		Waybills []struct {
			No   wire.Text `json:"waybill_id"`
			Kind wire.Int  `json:"waybill_type"`
		} `json:"waybill_id_list"`
	}
	if _, err := c.Call(ctx, true, ewaybill+"order/create", p, &answer); err != nil {
		return w, err
	}
	w.No, w.PrintData = answer.No.String(), answer.Print.String()
	if w.No == "" {
		return w, wire.Unknown(errors.New("no waybill in the answer"))
	}
	if len(answer.Waybills) > 1 {
		w.ParentNo = w.No
	}
	return c.printed(ctx, w)
}

// printed asks for the print data where it did not come along; without it the issue is
// to be asked again.
func (c *client) printed(ctx context.Context, w channel.IssuedWaybill) (channel.IssuedWaybill, error) {
	if w.PrintData == "" {
		var err error
		if w.PrintData, err = c.printData(ctx, w.Name()); err != nil {
			return w, wire.Unknown(err)
		}
	}
	return w, nil
}

// made is what came of an issue that the platform has, or that it was cancelled.
// Errors: ErrUnknownOutcome where it is still being made.
func (c *client) made(ctx context.Context, w channel.IssuedWaybill) (_ channel.IssuedWaybill, gone bool, err error) {
	status, no, err := c.issue(ctx, w.Ref)
	switch {
	case err != nil:
		return w, false, wire.Unknown(err)
	case status == cancelled:
		return w, true, nil
	case no == "":
		return w, false, wire.Unknown(errors.New("an issue without a waybill"))
	}
	w.No = no
	w, err = c.printed(ctx, w)
	return w, false, err
}

// issue asks for the status of an issue and its waybill.
func (c *client) issue(ctx context.Context, ref string) (int64, string, error) {
	var answer struct {
		Issue struct {
			Status wire.Int  `json:"status"`
			No     wire.Text `json:"waybill_id"`
		} `json:"order_info"`
	}
	_, err := c.Call(ctx, false, ewaybill+"order/get", object{"ewaybill_order_id": ref}, &answer)
	return answer.Issue.Status.N, answer.Issue.No.String(), err
}

func (c *client) printData(ctx context.Context, w channel.WaybillName) (string, error) {
	var answer struct {
		Print wire.Text `json:"print_info"`
	}
	if _, err := c.Call(ctx, false, ewaybill+"print/get", object{"ewaybill_order_id": w.Ref, "template_id": channel.FirstOf(w.Template, standard)}, &answer); err != nil {
		return "", err
	}
	if answer.Print == "" {
		return "", channel.Told(channel.ErrAnswer, "print_info", "no print data in the answer")
	}
	return answer.Print.String(), nil
}

// ReadWaybill implements channel.WaybillIssuer.
func (c *client) ReadWaybill(ctx context.Context, w channel.WaybillName) (channel.IssuedWaybill, error) {
	status, no, err := c.issue(ctx, w.Ref)
	if err == nil && (status == cancelled || no != w.No) {
		err = channel.ErrNotFound
	}
	if err != nil {
		return channel.IssuedWaybill{}, wire.NotFound(err, w.No)
	}
	out := channel.IssuedWaybill{Carrier: w.Carrier, No: w.No, Ref: w.Ref, Template: channel.FirstOf(w.Template, standard)}
	out.PrintData, err = c.printData(ctx, w)
	return out, wire.NotFound(err, w.No)
}

// CancelWaybill implements channel.WaybillIssuer. A refusal does not tell why, so the
// issue is looked at.
func (c *client) CancelWaybill(ctx context.Context, w channel.WaybillName) error {
	carrier, err := c.issuer(ctx, w.Carrier)
	if err != nil {
		return err
	}
	_, err = c.Call(ctx, true, ewaybill+"order/cancel", object{"ewaybill_order_id": w.Ref, "delivery_id": carrier, "waybill_id": w.No}, &struct{}{})
	if errors.Is(err, channel.ErrRefused) {
		if status, _, looked := c.issue(ctx, w.Ref); looked == nil && status == cancelled {
			return channel.Told(channel.ErrDone, strconv.Itoa(cancelled), "the waybill is cancelled")
		}
	}
	return wire.NotFound(wire.WaybillRefusal(err), w.No)
}

// TellPrinted implements channel.PrintTeller. The order's own state does not move by it.
func (c *client) TellPrinted(ctx context.Context, w channel.WaybillName, again bool) error {
	carrier, err := c.issuer(ctx, w.Carrier)
	if err != nil {
		return err
	}
	times := 0
	if again {
		times = 1
	}
	_, err = c.Call(ctx, true, ewaybill+"order/print", object{"ewaybill_order_id": w.Ref, "delivery_id": carrier, "waybill_id": w.No, "re_print": times}, &struct{}{})
	return wire.NotFound(wire.WaybillRefusal(err), w.No)
}

// issuer is the platform's id of a carrier that the shop may take waybills from.
func (c *client) issuer(ctx context.Context, carrier string) (string, error) {
	one, err := c.issuers.Find(ctx, clock.Millis(c.Clock), carrier, func(ctx context.Context) ([]wire.Company, error) {
		var l struct {
			List []struct {
				ID   wire.Text `json:"delivery_id"`
				Name wire.Text `json:"delivery_name"`
			} `json:"list"`
		}
		if _, err := c.Call(ctx, false, ewaybill+"delivery/get", object{"status": bound}, &l); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range l.List {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.ID.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.ID, err
}

// waybillAccount is the shop's account at a branch, or with a carrier that has none.
type waybillAccount struct {
	ID        string    `json:"acct_id"`
	Carrier   wire.Text `json:"delivery_id"`
	Shop      string    `json:"shop_id"`
	Kind      wire.Int  `json:"company_type"`
	Available wire.Int  `json:"available"`
	Allocated wire.Int  `json:"allocated"`
	Cancelled wire.Int  `json:"cancel"`
	Site      struct {
		Code    string `json:"site_code"`
		Name    string `json:"site_name"`
		Address struct {
			Province wire.Text `json:"province_name"`
			City     wire.Text `json:"city_name"`
			District wire.Text `json:"district_name"`
			Street   wire.Text `json:"street_name"`
			Detail   wire.Text `json:"detail_address"`
		} `json:"address"`
	} `json:"site_info"`
	Sender struct {
		Province wire.Text `json:"province"`
		City     wire.Text `json:"city"`
		County   wire.Text `json:"county"`
		Street   wire.Text `json:"street"`
		Address  wire.Text `json:"address"`
	} `json:"sender_address"`
}

// accountsPage keeps the platform from asking too many branches at once.
const accountsPage = 15

// accounts lists the shop's accounts with a carrier, with all for "". What is left is
// asked of the carriers, which takes time.
func (c *client) accounts(ctx context.Context, carrier string, balance bool) ([]waybillAccount, error) {
	var out []waybillAccount
	for {
		p := object{"need_balance": balance, "status": bound, "offset": len(out), "limit": accountsPage}
		if carrier != "" {
			p["delivery_id"] = carrier
		}
		var answer struct {
			Total wire.Int         `json:"total_num"`
			List  []waybillAccount `json:"account_list"`
		}
		if _, err := c.Call(ctx, false, ewaybill+"account/get", p, &answer); err != nil {
			return nil, err
		}
		out = append(out, answer.List...)
		if len(answer.List) == 0 || int64(len(out)) >= answer.Total.N {
			return out, nil
		}
	}
}

// account is the one that a branch's code names, the carrier's first for none.
func (c *client) account(ctx context.Context, carrier, branch string) (waybillAccount, error) {
	list, err := c.accounts(ctx, carrier, false)
	if err != nil {
		return waybillAccount{}, err
	}
	for _, one := range list {
		if branch == "" || one.ID == branch {
			return one, nil
		}
	}
	return waybillAccount{}, channel.Told(channel.ErrRefused, "ewaybill_acct_id", "no such account with the carrier")
}

// WaybillBranches implements channel.WaybillIssuer. An account stands for a branch:
// carriers that run their branches themselves have one without, and keep no count.
func (c *client) WaybillBranches(ctx context.Context, carrier string) ([]channel.WaybillBranch, error) {
	id := ""
	if carrier != "" {
		var err error
		if id, err = c.issuer(ctx, carrier); err != nil {
			return nil, err
		}
	}
	list, err := c.accounts(ctx, id, true)
	if err != nil {
		return nil, err
	}
	known := func(n wire.Int) int64 {
		if !n.Set {
			return -1
		}
		return n.N
	}
	var out []channel.WaybillBranch
	for _, a := range list {
		b := channel.WaybillBranch{Carrier: a.Carrier.String(), Code: a.ID, Name: a.Site.Name, Left: a.Available.N, Used: known(a.Allocated), Cancelled: known(a.Cancelled)}
		if a.Kind.N != franchise {
			b.Left = -1
		}
		if s := a.Sender; s.Province != "" {
			b.Senders = append(b.Senders, channel.Receiver{Province: s.Province.String(), City: s.City.String(), District: s.County.String(), Town: s.Street.String(), Detail: s.Address.String()})
		} else if s := a.Site.Address; s.Province != "" {
			b.Senders = append(b.Senders, channel.Receiver{Province: s.Province.String(), City: s.City.String(), District: s.District.String(), Town: s.Street.String(), Detail: s.Detail.String()})
		}
		out = append(out, b)
	}
	return out, nil
}
