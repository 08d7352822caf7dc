package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

const secret = "not-a-real-secret"

// gate is a carrier that answers a test with whatever it is told to.
type gate struct {
	logistics.Client
	says error
	got  logistics.Access
}

func (g *gate) Test(context.Context) error { return g.says }

func shown(s string) *string { return &s }

func TestAnAccountKeepsItsSecrets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		g := &gate{}
		m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", TestURL: "https://try.example", MaxPieces: 1, Products: []logistics.Product{{Code: "standard"}},
			Credentials: []logistics.Credential{{Name: "key", NameZH: "标识", NameEN: "Key"}, {Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
			Open: func(a logistics.Access) (logistics.Client, error) {
				g.got = a
				return g, nil
			}}
		s := account.New(k, []logistics.Manifest{m}, nil)
		base := account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: shown("城西网点"), Credentials: map[string]string{"key": "k1", "secret": secret}}
		put := func(change func(*account.PutInput)) (account.Account, error) {
			in := base
			change(&in)
			return s.Put(ctx, in)
		}
		made, err := put(func(in *account.PutInput) {
			in.Sender = &logistics.Party{Name: "小满家仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
			in.Shops, in.Warehouses = &[]id.ID{7, 5, 7}, &[]id.ID{}
		})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(made)
		if strings.Contains(string(text), secret) || strings.Contains(string(text), "13800000002") || made.Shown["key"] != "k1" || len(made.Given) != 2 || made.State != account.Untested || made.Balance != -1 {
			t.Errorf("shown: %s", text)
		}
		if !made.Serves(5, 9) || made.Serves(6, 9) || len(made.Shops) != 2 {
			t.Errorf("serves: %+v", made)
		}
		var sealed, sender []byte
		if err := d.QueryRow(ctx, "SELECT credentials, sender FROM logistics_account WHERE merchant_id = ? AND id = ?", kittest.Merchant, made.ID).Scan(&sealed, &sender); err != nil ||
			strings.Contains(string(sealed), secret) || strings.Contains(string(sender), "小满") {
			t.Errorf("stored in plain: %v", err)
		}
		if _, _, err := s.Client(ctx, made.ID); err != nil || g.got.Credentials["secret"] != secret || g.got.BaseURL != m.BaseURL {
			t.Errorf("opened with %+v: %v", g.got, err)
		}
		if p, err := s.SenderTx(ctx, d, made.ID); err != nil || p.Name != "小满家仓库" {
			t.Errorf("sender: %+v %v", p, err)
		}
		// Another row's sealed values open nothing.
		other, err := put(func(in *account.PutInput) { in.Name = shown("城东网点") })
		if err != nil {
			t.Fatal(err)
		}
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE logistics_account SET credentials = ? WHERE merchant_id = ? AND id = ?", sealed, kittest.Merchant, other.ID)
			return err
		})
		if _, _, err := s.Client(ctx, other.ID); !errors.Is(err, account.ErrUnsealed) {
			t.Errorf("credentials of another row: %v", err)
		}
		for name, c := range map[string]struct {
			change func(*account.PutInput)
			want   error
		}{
			"no name":             {func(in *account.PutInput) { in.Name = shown(" ") }, account.ErrName},
			"no such kind":        {func(in *account.PutInput) { in.Kind = "x" }, account.ErrKind},
			"no such carrier":     {func(in *account.PutInput) { in.Carrier = "SF" }, account.ErrCarrier},
			"a channel, no shop":  {func(in *account.PutInput) { in.Kind = account.Channel }, account.ErrShop},
			"a missing secret":    {func(in *account.PutInput) { in.Credentials = map[string]string{"key": "k1"} }, account.ErrCredential},
			"an unknown field":    {func(in *account.PutInput) { in.Credentials = map[string]string{"pin": "1"} }, account.ErrUnknown},
			"another address":     {func(in *account.PutInput) { in.BaseURL = shown("https://elsewhere.example") }, account.ErrFixedURL},
			"half a sender":       {func(in *account.PutInput) { in.Sender = &logistics.Party{Name: "仓库"} }, account.ErrSender},
			"an unknown product":  {func(in *account.PutInput) { in.Product = shown("air") }, account.ErrProduct},
			"a threshold below 0": {func(in *account.PutInput) { n := int64(-1); in.LowAt = &n }, account.ErrLow},
			"not there":           {func(in *account.PutInput) { in.AccountID = 5 }, account.ErrNotFound},
			"changed meanwhile":   {func(in *account.PutInput) { in.AccountID, in.Version = made.ID, made.Version+1 }, account.ErrChanged},
		} {
			if _, err := put(c.change); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if _, err := s.Put(kittest.As(ctx, "logistics.read"), base); err == nil {
			t.Error("put without the right")
		}
	})
}

func TestAConnectionTestNamesWhatFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		g := &gate{}
		m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 1, Open: func(logistics.Access) (logistics.Client, error) { return g, nil }}
		s := account.New(k, []logistics.Manifest{m}, nil)
		a, err := s.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: shown("城西网点")})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			says    error
			problem string
			state   account.State
		}{
			{nil, account.ProblemNone, account.OK},
			{logistics.Told(logistics.ErrSignature, "A1006", "签名"), account.ProblemSignature, account.Denied},
			{logistics.Told(logistics.ErrIPNotListed, "A1003", "IP"), account.ProblemIP, account.Denied},
			{logistics.Throttled(3000, "429"), account.ProblemThrottled, account.Denied},
			{logistics.Told(logistics.ErrPermission, "A1004", "权限"), account.ProblemPermission, account.OK},
			{logistics.Told(logistics.ErrUnavailable, "dial", ""), account.ProblemUnreachable, account.OK},
			{errors.New("nobody foresaw this"), account.ProblemOther, account.OK},
		} {
			g.says = c.says
			r, err := s.Test(ctx, a.ID, nil)
			if err != nil || r.Problem != c.problem || (r.Code == "") != (c.says == nil) {
				t.Errorf("%v: %+v %v", c.says, r, err)
			}
			if now, err := s.Get(ctx, a.ID); err != nil || now.State != c.state {
				t.Errorf("after %v it is %s, want %s (%v)", c.says, now.State, c.state, err)
			}
		}
		if now, err := s.Get(ctx, a.ID); err != nil || now.BannedUntil <= k.Clock.Now().UnixMilli() {
			t.Errorf("a silent account is asked on: %+v %v", now, err)
		}
		paper, err := s.Put(ctx, account.PutInput{Kind: account.Numbers, Carrier: "ZTO", Name: shown("号段")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Test(ctx, paper.ID, nil); !errors.Is(err, account.ErrCarrier) {
			t.Errorf("numbers at hand: %v", err)
		}
	})
}

func TestALowBalanceIsWarnedOfOnceUntilItRose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := account.New(k, nil, nil)
		low := int64(10)
		a, err := s.Put(ctx, account.PutInput{Kind: account.Numbers, Carrier: "ZTO", Name: shown("号段"), LowAt: &low})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []struct {
			do   func(ctx context.Context, tx *db.Tx) error
			left int64
			told int64
		}{
			{func(ctx context.Context, tx *db.Tx) error { return s.UseTx(ctx, tx, a.ID, 3) }, -1, 0}, // not counted
			{func(ctx context.Context, tx *db.Tx) error { return s.SetBalanceTx(ctx, tx, a.ID, 12, "余杭部") }, 12, 0},
			{func(ctx context.Context, tx *db.Tx) error { return s.UseTx(ctx, tx, a.ID, 2) }, 10, 1},
			{func(ctx context.Context, tx *db.Tx) error { return s.UseTx(ctx, tx, a.ID, 20) }, 0, 1},
			{func(ctx context.Context, tx *db.Tx) error { return s.SetBalanceTx(ctx, tx, a.ID, 500, "") }, 500, 1},
			{func(ctx context.Context, tx *db.Tx) error { return s.SetBalanceTx(ctx, tx, a.ID, 9, "") }, 9, 2},
		} {
			kittest.InTx(t, k, ctx, c.do)
			now, err := s.Get(ctx, a.ID)
			var told int64
			if e := d.QueryRow(ctx, "SELECT COUNT(*) FROM event_log WHERE merchant_id = ? AND name = 'account.balance_low'", kittest.Merchant).Scan(&told); e != nil {
				t.Fatal(e)
			}
			if err != nil || now.Balance != c.left || told != c.told {
				t.Errorf("step %d: %d left, %d warnings, want %d and %d (%v)", i, now.Balance, told, c.left, c.told, err)
			}
		}
	})
}
