// Package waybills lets channels issue waybills (平台电子面单) for the issue engine: what
// logistics/waybill asks is put to the channel of the shop whose authorisation an
// account uses.
//
// Owns: the translation of requests, answers and refusals. Does not own: when and how
// often is asked (logistics/waybill), the channels' wire (connector/<code>),
// authorisations and calls allowed (channel/access, channel/pull).
//
// An account may serve other shops of its channel (共享单号): then the shop whose orders they
// are completes the request before the account's shop is asked.
//
// Invariants: a channel gives the same waybill for the same key however often it is
// asked, so looking for one is asking again; nothing a receiver's cipher holds is read.
package waybills

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
)

// Doors opens the way to a shop's channel.
type Doors interface {
	// Open returns the shop's client with a valid token, its calls held to what the
	// channel allows.
	Open(ctx context.Context, shopID id.ID) (channel.Client, error)
	// Told passes on what a call met.
	Told(ctx context.Context, shopID id.ID, cause error)
}

// Through lets accounts of channels issue through doors.
func Through(doors Doors) waybill.Doors {
	return func(_ context.Context, a account.Account) (waybill.Issuer, error) { return issuer{doors, a}, nil }
}

// atOnce bounds the requests of one account: channels count calls by app.
const atOnce = 4

type issuer struct {
	doors Doors
	a     account.Account
}

// words are channels' refusals in the words of carriers.
var words = []struct{ is, as *errs.Error }{
	{channel.ErrUnknownOutcome, logistics.ErrUnknownOutcome}, {channel.ErrWaybillBalance, logistics.ErrBalance}, {channel.ErrUnreachable, logistics.ErrUnreachable},
	{channel.ErrSignature, logistics.ErrSignature}, {channel.ErrClock, logistics.ErrClock}, {channel.ErrIPNotListed, logistics.ErrIPNotListed},
	{channel.ErrTokenExpired, logistics.ErrSignature}, {channel.ErrCredentials, logistics.ErrCredentials}, {channel.ErrPermission, logistics.ErrPermission},
	{channel.ErrNotFound, logistics.ErrRefused}, {channel.ErrDone, logistics.ErrDone}, {channel.ErrRefused, logistics.ErrRefused}, {channel.ErrUnsupported, logistics.ErrUnsupported},
	{channel.ErrAnswer, logistics.ErrAnswer}, {channel.ErrUnavailable, logistics.ErrUnavailable},
}

// said is a channel's refusal in the words of carriers.
func said(err error) error {
	e := errs.As(err)
	if e == nil {
		return err
	}
	if errors.Is(err, channel.ErrThrottled) {
		retry, _ := e.Params["retry_ms"].(int64)
		code, _ := e.Params["channel_code"].(string)
		return logistics.Throttled(max(retry, 1000), code).Because(err)
	}
	for _, w := range words {
		if errors.Is(err, w.is) {
			code, _ := e.Params["channel_code"].(string)
			text, _ := e.Params["channel_message"].(string)
			return logistics.Told(w.as, code, text).With("field", e.Params["field"]).Because(err)
		}
	}
	return err
}

// errLacks: the shop's channel has no such call.
var errLacks = errors.New("the channel has no such call")

// ask has one question put to the shop's channel.
func ask[T any](ctx context.Context, i issuer, f func(channel.WaybillIssuer) (T, error)) (out T, err error) {
	c, err := i.doors.Open(ctx, i.a.ShopID)
	if err != nil {
		return out, said(err)
	}
	w, ok := c.(channel.WaybillIssuer)
	if !ok {
		return out, logistics.ErrUnsupported
	}
	out, err = f(w)
	if errors.Is(err, errLacks) { // nothing was called
		return out, logistics.ErrUnsupported
	}
	i.doors.Told(ctx, i.a.ShopID, err)
	return out, said(err)
}

func person(p logistics.Party) channel.Receiver {
	return channel.Receiver{Name: p.Name, Phone: p.Phone, Province: p.Province, City: p.City, District: p.District, Town: p.Town, Detail: p.Detail, Zip: p.Zip, Encrypted: p.Encrypted, GroupKey: p.GroupKey}
}

// request is what a channel is asked for.
func request(r logistics.Request) channel.WaybillRequest {
	q := channel.WaybillRequest{Key: r.Key, Orders: r.Orders, Carrier: r.Carrier, Branch: r.Branch, Service: r.Product, Sender: person(r.Sender), Receiver: person(r.Receiver),
		Template: r.Template, WeightGram: r.WeightGram, VolumeML: r.VolumeML}
	for _, g := range r.Goods {
		q.Goods = append(q.Goods, channel.WaybillGoods{Name: g.Name, Quantity: g.Quantity})
	}
	return q
}

// shared completes a request for another shop's orders by what that shop's client knows.
// What keeps that shop away concerns its parcels, not the account.
func (i issuer) shared(ctx context.Context, shopID id.ID, q *channel.WaybillRequest) error {
	if shopID == 0 || shopID == i.a.ShopID {
		return nil
	}
	c, err := i.doors.Open(ctx, shopID)
	if err == nil {
		s, ok := c.(channel.WaybillSharer)
		if !ok {
			return logistics.ErrNotShared
		}
		err = s.ShareWaybill(ctx, q)
		i.doors.Told(ctx, shopID, err)
	}
	if e := errs.As(err); e != nil && !errors.Is(err, channel.ErrUnavailable) && !errors.Is(err, channel.ErrThrottled) {
		return logistics.ErrSharer.Because(err)
	}
	return said(err)
}

// Issue implements waybill.Issuer.
func (i issuer) Issue(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	q := request(r)
	if err := i.shared(ctx, r.ShopID, &q); err != nil {
		return logistics.Issued{}, err
	}
	got, err := ask(ctx, i, func(w channel.WaybillIssuer) (channel.IssuedWaybill, error) { return w.IssueWaybill(ctx, q) })
	if err != nil {
		return logistics.Issued{}, err
	}
	if got.No == "" {
		return logistics.Issued{}, logistics.ErrUnknownOutcome
	}
	return issuedOf(got), nil
}

// IssueMany implements waybill.Batcher.
func (i issuer) IssueMany(ctx context.Context, rs []logistics.Request) ([]waybill.Result, error) {
	out := make([]waybill.Result, len(rs))
	var qs []channel.WaybillRequest
	var at []int // where the answers go
	for n, r := range rs {
		q := request(r)
		if out[n].Err = i.shared(ctx, r.ShopID, &q); out[n].Err == nil {
			qs, at = append(qs, q), append(at, n)
		}
	}
	if len(qs) == 0 {
		return out, nil
	}
	all, err := ask(ctx, i, func(w channel.WaybillIssuer) ([]channel.WaybillOutcome, error) {
		m, ok := w.(channel.WaybillBatcher)
		if !ok {
			return nil, errLacks
		}
		return m.IssueWaybills(ctx, qs)
	})
	for n, o := range all {
		if out[at[n]] = (waybill.Result{Issued: issuedOf(o.Waybill), Err: said(o.Err)}); o.Err == nil && o.Waybill.No == "" {
			out[at[n]].Err = logistics.ErrUnknownOutcome
		}
	}
	return out, err
}

// Update implements waybill.Updater.
func (i issuer) Update(ctx context.Context, g waybill.Given, r logistics.Request) (logistics.Issued, error) {
	q := request(r)
	if err := i.shared(ctx, r.ShopID, &q); err != nil {
		return logistics.Issued{}, err
	}
	got, err := ask(ctx, i, func(w channel.WaybillIssuer) (channel.IssuedWaybill, error) {
		u, ok := w.(channel.WaybillUpdater)
		if !ok {
			return channel.IssuedWaybill{}, errLacks
		}
		return u.UpdateWaybill(ctx, channel.WaybillName{Carrier: g.Carrier, No: g.No, Ref: g.Ref, Template: g.Template, Shop: q.Shop}, q)
	})
	return issuedOf(got), err
}

func issuedOf(got channel.IssuedWaybill) logistics.Issued {
	return logistics.Issued{No: got.No, Ref: got.Ref, SortCode: got.SortCode, Mark: got.Mark, Bag: got.Bag, Print: got.PrintData, Signature: got.Signature, Template: got.Template}
}

// Find implements waybill.Issuer: asked again, a channel gives the same waybill.
func (i issuer) Find(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	if len(r.Orders) == 0 {
		return logistics.Issued{}, logistics.ErrNotFound.With("no", r.Key)
	}
	return i.Issue(ctx, r)
}

// Cancel implements waybill.Issuer.
func (i issuer) Cancel(ctx context.Context, g waybill.Given) error {
	var who channel.WaybillRequest
	_ = i.shared(ctx, g.ShopID, &who) // most channels do not ask whose it was
	_, err := ask(ctx, i, func(w channel.WaybillIssuer) (struct{}, error) {
		err := w.CancelWaybill(ctx, channel.WaybillName{Carrier: g.Carrier, No: g.No, Ref: g.Ref, Template: g.Template, Shop: who.Shop})
		if errors.Is(err, channel.ErrNotFound) {
			err = channel.Told(channel.ErrDone, "not_found", "")
		}
		return struct{}{}, err
	})
	return err
}

// Balances implements waybill.Issuer.
func (i issuer) Balances(ctx context.Context) ([]logistics.Balance, error) {
	all, err := ask(ctx, i, func(w channel.WaybillIssuer) ([]channel.WaybillBranch, error) {
		return w.WaybillBranches(ctx, i.a.Carrier)
	})
	var out []logistics.Balance
	for _, b := range all {
		one := logistics.Balance{Carrier: i.a.Carrier, Branch: b.Code, BranchName: b.Name, Left: b.Left}
		for _, p := range b.Senders {
			one.Senders = append(one.Senders, logistics.Party{Province: p.Province, City: p.City, District: p.District, Town: p.Town, Detail: p.Detail, Zip: p.Zip})
		}
		out = append(out, one)
	}
	return out, err
}

// Traits implements waybill.Issuer.
func (issuer) Traits() waybill.Traits {
	return waybill.Traits{AtOnce: atOnce, MaxPieces: 1, Batch: channel.WaybillBatch}
}
