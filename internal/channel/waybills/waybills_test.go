package waybills_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/waybills"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
)

// mall is a channel's own waybills, and the door to them.
type mall struct {
	channel.Client
	says  error
	asked channel.WaybillRequest
	given channel.WaybillName
	told  []error
	shop  id.ID
}

func (m *mall) Open(_ context.Context, shopID id.ID) (channel.Client, error) {
	m.shop = shopID
	return m, nil
}

// ward is a shop without an account, which shares that of shop 31.
type ward struct {
	channel.Client
	says error
}

func (w ward) ShareWaybill(_ context.Context, r *channel.WaybillRequest) error {
	r.Shop, r.Receiver.GroupKey = "w32", "fresh"
	return w.says
}

// lending are the doors of shop 31, whose account shops 32 to 34 share: as the channel lets
// them, as one whose authorisation ended, and as one of a channel that shares nothing.
type lending struct{ mall }

func (l *lending) Open(_ context.Context, shopID id.ID) (channel.Client, error) {
	switch shopID {
	case 32:
		return ward{}, nil
	case 33:
		return nil, channel.ErrTokenExpired
	case 34:
		return struct{ channel.Client }{}, nil
	}
	return l, nil
}

func (l *lending) IssueWaybills(ctx context.Context, rs []channel.WaybillRequest) ([]channel.WaybillOutcome, error) {
	out := make([]channel.WaybillOutcome, len(rs))
	for i, r := range rs {
		out[i].Waybill, out[i].Err = l.IssueWaybill(ctx, r)
		out[i].Waybill.No += r.Shop
	}
	return out, nil
}

func TestOneAccountServesAnotherShopAsFarAsItsChannelLetsIt(t *testing.T) {
	l := &lending{}
	i := through(t, l)
	r := request
	r.ShopID = 32
	if got, err := i.Issue(t.Context(), r); err != nil || got.No == "" || l.asked.Shop != "w32" || l.asked.Receiver.GroupKey != "fresh" || l.asked.Receiver.Detail != "~d~" {
		t.Errorf("for the other shop: %+v %v", l.asked, err)
	}
	if err := i.Cancel(t.Context(), waybill.Given{Carrier: "ZTO", No: "7", ShopID: 32}); err != nil || l.given.Shop != "w32" {
		t.Errorf("given back: %+v %v", l.given, err)
	}
	if err := i.Cancel(t.Context(), waybill.Given{Carrier: "ZTO", No: "7", ShopID: 33}); err != nil || l.given.Shop != "" {
		t.Errorf("given back for a shop that is away: %+v %v", l.given, err)
	}
	var all []logistics.Request
	for _, shop := range []id.ID{31, 32, 33, 34, 0} {
		r.ShopID = shop
		all = append(all, r)
	}
	got, err := i.(waybill.Batcher).IssueMany(t.Context(), all)
	if err != nil || len(got) != 5 {
		t.Fatal(got, err)
	}
	for n, want := range []struct {
		no  string
		err error
	}{{"73611462538385", nil}, {"73611462538385w32", nil}, {"", logistics.ErrSharer}, {"", logistics.ErrNotShared}, {"73611462538385", nil}} {
		if got[n].Issued.No != want.no || !errors.Is(got[n].Err, want.err) {
			t.Errorf("%d: %+v, want %+v", n, got[n], want)
		}
	}
	// That another shop is away says nothing of the account's own.
	for _, told := range l.told {
		if told != nil {
			t.Errorf("told %v", told)
		}
	}
}
func (m *mall) Told(_ context.Context, _ id.ID, err error) { m.told = append(m.told, err) }

func (m *mall) IssueWaybill(_ context.Context, r channel.WaybillRequest) (channel.IssuedWaybill, error) {
	m.asked = r
	return channel.IssuedWaybill{Carrier: "ZTO", No: "73611462538385", Ref: "e1", PrintData: "{}", Signature: "s", Template: "t", SortCode: "310", Mark: "杭州", Bag: "浙北"}, m.says
}
func (m *mall) ReadWaybill(context.Context, channel.WaybillName) (channel.IssuedWaybill, error) {
	return channel.IssuedWaybill{}, channel.ErrUnsupported
}
func (m *mall) CancelWaybill(_ context.Context, w channel.WaybillName) error {
	m.given = w
	return m.says
}
func (m *mall) WaybillBranches(context.Context, string) ([]channel.WaybillBranch, error) {
	return []channel.WaybillBranch{{Carrier: "zhongtong", Code: "571", Name: "余杭部", Left: 42, Senders: []channel.Receiver{{Province: "浙江省", Detail: "良睦路 9 号"}}}}, m.says
}

func through(t *testing.T, m waybills.Doors) waybill.Issuer {
	t.Helper()
	i, err := waybills.Through(m)(t.Context(), account.Account{ID: 1, Kind: account.Channel, Carrier: "ZTO", Branch: "571", ShopID: 31})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

var request = logistics.Request{Key: "OC1", Carrier: "ZTO", Branch: "571", Product: "std", Orders: []string{"A1"}, Template: "t", WeightGram: 500, Goods: []logistics.Goods{{Name: "毛巾", Quantity: 2}},
	Receiver: logistics.Party{Name: "~n~", Phone: "~p~", Province: "浙江省", Detail: "~d~", Encrypted: true, GroupKey: "g"}}

func TestAChannelIsAskedAsTheEngineAsks(t *testing.T) {
	m := &mall{}
	i := through(t, m)
	want := logistics.Issued{No: "73611462538385", Ref: "e1", SortCode: "310", Mark: "杭州", Bag: "浙北", Print: "{}", Signature: "s", Template: "t"}
	for name, ask := range map[string]func(context.Context, logistics.Request) (logistics.Issued, error){"issue": i.Issue, "find": i.Find} {
		got, err := ask(t.Context(), request)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		r := m.asked
		if m.shop != 31 || r.Key != "OC1" || r.Branch != "571" || r.Service != "std" || r.Orders[0] != "A1" || !r.Receiver.Encrypted || r.Receiver.GroupKey != "g" || r.Receiver.Detail != "~d~" ||
			r.Goods[0] != (channel.WaybillGoods{Name: "毛巾", Quantity: 2}) || r.WeightGram != 500 {
			t.Errorf("%s asked: %+v", name, r)
		}
	}
	if _, err := i.Find(t.Context(), logistics.Request{Key: "OC2"}); !errors.Is(err, logistics.ErrNotFound) {
		t.Errorf("nothing is known of the parcel: %v", err)
	}
	if err := i.Cancel(t.Context(), waybill.Given{Key: "OC1", Carrier: "ZTO", No: "7", Ref: "e1", Template: "t"}); err != nil || m.given != (channel.WaybillName{Carrier: "ZTO", No: "7", Ref: "e1", Template: "t"}) {
		t.Errorf("cancel: %+v %v", m.given, err)
	}
	left, err := i.Balances(t.Context())
	if err != nil || len(left) != 1 || left[0].Carrier != "ZTO" || left[0].Branch != "571" || left[0].Left != 42 || left[0].Senders[0].Detail != "良睦路 9 号" {
		t.Errorf("balance: %+v %v", left, err)
	}
}

func TestEveryRefusalOfAChannelHasACarriersWord(t *testing.T) {
	for _, c := range []struct {
		says         error
		issue, carry *errs.Error
	}{
		{channel.ErrUnknownOutcome, logistics.ErrUnknownOutcome, logistics.ErrUnknownOutcome},
		{channel.Told(channel.ErrWaybillBalance, "1", "余额不足"), logistics.ErrBalance, logistics.ErrBalance},
		{channel.Told(channel.ErrUnreachable, "2", "不可达"), logistics.ErrUnreachable, logistics.ErrUnreachable},
		{channel.Throttled(5000, "3"), logistics.ErrThrottled, logistics.ErrThrottled},
		{channel.ErrTokenExpired, logistics.ErrSignature, logistics.ErrSignature},
		{channel.ErrPermission, logistics.ErrPermission, logistics.ErrPermission},
		{channel.ErrNotFound, logistics.ErrRefused, logistics.ErrDone}, // what is not there need not be cancelled
		{channel.ErrRefused, logistics.ErrRefused, logistics.ErrRefused},
		{channel.ErrDone, logistics.ErrDone, logistics.ErrDone},
		{channel.ErrAnswer, logistics.ErrAnswer, logistics.ErrAnswer},
		{channel.ErrUnavailable, logistics.ErrUnavailable, logistics.ErrUnavailable},
		{channel.ErrClock, logistics.ErrClock, logistics.ErrClock},
		{channel.ErrIPNotListed, logistics.ErrIPNotListed, logistics.ErrIPNotListed},
		{channel.ErrUnsupported, logistics.ErrUnsupported, logistics.ErrUnsupported},
	} {
		m := &mall{says: c.says}
		i := through(t, m)
		_, err := i.Issue(t.Context(), request)
		if !errors.Is(err, c.issue) {
			t.Errorf("issue, %v: %v", c.says, err)
		}
		if got := i.Cancel(t.Context(), waybill.Given{No: "7"}); !errors.Is(got, c.carry) {
			t.Errorf("cancel, %v: %v", c.says, got)
		}
		if errors.Is(err, logistics.ErrThrottled) && errs.As(err).Params["retry_ms"] != int64(5000) {
			t.Errorf("how long to wait is lost: %v", err)
		}
		if len(m.told) != 2 || !errors.Is(m.told[0], c.says) {
			t.Errorf("the channel's door was told %v", m.told)
		}
	}
}

// deaf has a shop whose channel issues nothing.
type deaf struct{ mall }

func (*deaf) Open(context.Context, id.ID) (channel.Client, error) {
	return struct{ channel.Client }{}, nil
}

func TestAChannelWithoutWaybillsSaysSo(t *testing.T) {
	if _, err := through(t, &deaf{}).Issue(t.Context(), request); !errors.Is(err, logistics.ErrUnsupported) {
		t.Error(err)
	}
}
