package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// desk is the channel's side of an authorisation.
type desk struct {
	exchanged, refreshed int
	refuse               error
	account              string
	life                 int64
	test                 func(channel.Access) error
	c                    clock.Clock
}

func (d *desk) token() channel.Token {
	now := clock.Millis(d.c)
	return channel.Token{Access: "access-secret-1", Refresh: "refresh-secret-1", ExpiresAt: now + d.life, RefreshExpiresAt: now + 14*24*3600_000, Account: d.account}
}

func (d *desk) manifest() channel.Manifest {
	return channel.Manifest{Code: shoptest.Channel, NameZH: "测试商城", NameEN: "Test mall", API: &channel.API{BaseURL: "https://mall.example.com", CustomURL: true,
		Credentials: []channel.Credential{{Name: "app_key", NameZH: "应用键", NameEN: "App key"}, {Name: "secret", NameZH: "应用密钥", NameEN: "App secret", Secret: true}, {Name: "extra", NameZH: "附加", NameEN: "Extra", Optional: true}},
		Limits:      channel.Limits{ModifiedSpan: 3600_000, PageSize: 50, Lag: 2000},
		OAuth: &channel.OAuth{
			AuthorizeURL: func(a channel.Access, state, redirect string) (string, error) {
				return "https://mall.example.com/agree?state=" + state + "&to=" + redirect, nil
			},
			Exchange: func(_ context.Context, a channel.Access, code, _ string) (channel.Token, error) {
				if d.exchanged++; code != "good" {
					return channel.Token{}, channel.Told(channel.ErrRefused, "10", "code")
				}
				return d.token(), nil
			},
			Refresh: func(_ context.Context, a channel.Access) (channel.Token, error) {
				d.refreshed++
				return d.token(), d.refuse
			},
		},
		Open: func(a channel.Access) (channel.Client, error) { return &client{d, a}, nil }}}
}

type client struct {
	d *desk
	a channel.Access
}

func (c *client) Test(context.Context) error {
	if c.d.test == nil {
		return nil
	}
	return c.d.test(c.a)
}
func (c *client) List(context.Context, channel.Query) (channel.Page, error) {
	return channel.Page{}, nil
}
func (c *client) Get(context.Context, string) (channel.Item, error) { return channel.Item{}, nil }
func (c *client) Map([]byte) (channel.Order, error)                 { return channel.Order{}, nil }

type setup struct {
	t     *testing.T
	k     *kit.Kit
	ctx   context.Context
	d     *desk
	shops *shop.Service
	s     *access.Service
	shop  shop.Shop
}

func begin(t *testing.T, base *db.DB, allow ...string) *setup {
	k, ctx := kittest.New(t, base)
	hc, err := httpx.New(httpx.Options{Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	x := &setup{t: t, k: k, ctx: ctx, d: &desk{account: "山海旗舰店", life: 2 * 3600_000, c: k.Clock}, shops: shoptest.New(k)}
	x.s = access.New(k, x.shops, []channel.Manifest{x.d.manifest()}, hc, kittest.Random())
	x.shop = shoptest.Add(t, ctx, x.shops, "甲店")
	return x
}

var given = map[string]string{"app_key": "key-1", "secret": "very-secret-1"}

func (x *setup) put() access.View {
	x.t.Helper()
	v, err := x.s.Put(x.ctx, access.PutInput{ShopID: x.shop.ID, Credentials: given})
	if err != nil {
		x.t.Fatal(err)
	}
	return v
}

func (x *setup) consent() (state string) {
	x.t.Helper()
	c, err := x.s.StartConsent(x.ctx, x.shop.ID, "https://erp.example.com/back")
	if err != nil {
		x.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(c.URL, "state=")
	state, _, _ = strings.Cut(rest, "&")
	return state
}

func (x *setup) authorise() access.View {
	x.t.Helper()
	v, err := x.s.FinishConsent(x.ctx, x.consent(), "good")
	if err != nil {
		x.t.Fatal(err)
	}
	return v
}

func TestSecretsStayInside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		v := x.put()
		if v.State != access.Unauthorised || v.Version != 1 || v.Shown["app_key"] != "key-1" || v.Shown["secret"] != "" || len(v.Hook) != 32 {
			t.Errorf("%+v", v)
		}
		if got, err := x.shops.Get(x.ctx, x.shop.ID); err != nil || got.Mode != shop.ModeAPI {
			t.Errorf("mode %q, %v", got.Mode, err)
		}
		x.authorise()
		v, err := x.s.Get(x.ctx, x.shop.ID)
		b, _ := json.Marshal(v)
		if err != nil || bytes.Contains(b, []byte("secret-1")) {
			t.Errorf("a secret shows: %s, %v", b, err)
		}
		var credentials, tokens []byte
		if err := d.QueryRow(x.ctx, `SELECT credentials, tokens FROM channel_access`).Scan(&credentials, &tokens); err != nil || bytes.Contains(credentials, []byte("very")) || bytes.Contains(tokens, []byte("access-")) {
			t.Errorf("stored in the open, %v", err)
		}
		// Bound to the row: another shop's credentials do not open here.
		other := shoptest.Add(t, x.ctx, x.shops, "乙店")
		if _, err := x.s.Put(x.ctx, access.PutInput{ShopID: other.ID, Credentials: map[string]string{"app_key": "k2", "secret": "s2"}}); err != nil {
			t.Fatal(err)
		}
		kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE channel_access SET credentials = ? WHERE shop_id = ?`, credentials, other.ID)
			return err
		})
		if _, err := x.s.Open(x.ctx, other.ID); !errors.Is(err, access.ErrUnsealed) {
			t.Errorf("moved credentials open: %v", err)
		}
		for _, e := range kittest.Audited(t) {
			if b, _ := json.Marshal(e); bytes.Contains(b, []byte("secret-1")) {
				t.Errorf("the audit trail holds a secret: %s", b)
			}
		}
		if v, err := x.s.Get(kittest.As(x.ctx, "channel.read"), x.shop.ID); err != nil || v.Hook != "" {
			t.Errorf("the hook address shows without the right to edit: %q, %v", v.Hook, err)
		}
	})
}

func TestWhatIsTypedInIsChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d, "127.0.0.0/8")
		text := func(s string) *string { return &s }
		for name, c := range map[string]struct {
			in   access.PutInput
			want error
		}{
			"nothing":               {access.PutInput{}, access.ErrCredential},
			"no secret":             {access.PutInput{Credentials: map[string]string{"app_key": "k"}}, access.ErrCredential},
			"an unknown field":      {access.PutInput{Credentials: map[string]string{"app_key": "k", "secret": "s", "pin": "1"}}, access.ErrUnknown},
			"no address":            {access.PutInput{Credentials: given, BaseURL: text("mall")}, access.ErrBaseURL},
			"a file":                {access.PutInput{Credentials: given, BaseURL: text("file:///etc/passwd")}, access.ErrBaseURL},
			"a password in it":      {access.PutInput{Credentials: given, BaseURL: text("https://a:b@93.184.216.34")}, access.ErrBaseURL},
			"a private address":     {access.PutInput{Credentials: given, BaseURL: text("https://10.0.0.7/api")}, httpx.ErrPrivate},
			"the metadata service":  {access.PutInput{Credentials: given, BaseURL: text("http://169.254.169.254")}, httpx.ErrPrivate},
			"plain http to the net": {access.PutInput{Credentials: given, BaseURL: text("http://93.184.216.34")}, httpx.ErrPlain},
			"polling too often":     {access.PutInput{Credentials: given, Tuning: &access.Tuning{PollMS: 999, LagMS: -1}}, access.ErrTuning},
			"an overlap too wide":   {access.PutInput{Credentials: given, Tuning: &access.Tuning{OverlapMS: 1800_001, LagMS: -1}}, access.ErrTuning},
			"a wait too short":      {access.PutInput{Credentials: given, Tuning: &access.Tuning{RetryMS: []int64{99}, LagMS: -1}}, access.ErrTuning},
		} {
			c.in.ShopID = x.shop.ID
			if _, err := x.s.Put(x.ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if _, err := x.s.Put(x.ctx, access.PutInput{ShopID: x.shop.ID, Credentials: given, BaseURL: text("http://127.0.0.1:9900/sandbox/")}); err != nil {
			t.Errorf("a listed address: %v", err)
		}
		if v, err := x.s.Get(x.ctx, x.shop.ID); err != nil || v.BaseURL != "http://127.0.0.1:9900/sandbox" || v.Tuning.PollMS != 60_000 || v.Tuning.LagMS != 2000 {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := x.s.Put(x.ctx, access.PutInput{ShopID: x.shop.ID, Version: 7}); !errors.Is(err, access.ErrChanged) {
			t.Errorf("an old version: %v", err)
		}
		if _, err := x.s.Put(kittest.As(x.ctx, "channel.read"), access.PutInput{ShopID: x.shop.ID, Credentials: given}); err == nil {
			t.Error("access was given without the right to")
		}
	})
}

func TestAConsentIsUsedOnceByWhomBeganIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		x.put()
		state := x.consent()
		if _, err := x.s.FinishConsent(x.ctx, "made up", "good"); !errors.Is(err, access.ErrState) {
			t.Errorf("a made-up state: %v", err)
		}
		a, _ := actor.From(x.ctx)
		a.ID = 101
		if _, err := x.s.FinishConsent(actor.With(x.ctx, a), state, "good"); !errors.Is(err, access.ErrState) {
			t.Errorf("another person's state: %v", err)
		}
		if v, err := x.s.FinishConsent(x.ctx, state, "good"); err != nil || v.State != access.OK || v.Account != "山海旗舰店" || v.ConsentAt == 0 {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := x.s.FinishConsent(x.ctx, state, "good"); !errors.Is(err, access.ErrState) || x.d.exchanged != 1 {
			t.Errorf("used twice: %v", err)
		}
		late := x.consent()
		kittest.Clock(x.k).Advance(10 * time.Minute)
		if _, err := x.s.FinishConsent(x.ctx, late, "good"); !errors.Is(err, access.ErrState) {
			t.Errorf("after ten minutes: %v", err)
		}
		x.d.account = "别家店"
		if _, err := x.s.FinishConsent(x.ctx, x.consent(), "good"); !errors.Is(err, access.ErrOtherShop) {
			t.Errorf("another shop's account: %v", err)
		}
	})
}

func TestTokensAreRenewedAheadAndByOneProcess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		x.put()
		x.authorise()
		if err := x.s.RenewDue(x.ctx); err != nil || x.d.refreshed != 0 {
			t.Fatalf("renewed a fresh token: %d, %v", x.d.refreshed, err)
		}
		kittest.Clock(x.k).Advance(100 * time.Minute)
		// Another process holds the renewal.
		kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE channel_access SET refresh_until = ?`, clock.Millis(x.k.Clock)+30_000)
			return err
		})
		if err := x.s.RenewDue(x.ctx); err != nil || x.d.refreshed != 0 {
			t.Errorf("renewed beside another process: %d, %v", x.d.refreshed, err)
		}
		kittest.Clock(x.k).Advance(31 * time.Second)
		if err := errors.Join(x.s.RenewDue(x.ctx), x.s.RenewDue(x.ctx)); err != nil || x.d.refreshed != 1 {
			t.Errorf("%d renewals, %v", x.d.refreshed, err)
		}
		x.d.refuse = channel.ErrTokenExpired.With("channel_code", "27")
		kittest.Clock(x.k).Advance(3 * time.Hour)
		if err := x.s.RenewDue(x.ctx); err != nil {
			t.Fatal(err)
		}
		if v, err := x.s.Get(x.ctx, x.shop.ID); err != nil || v.State != access.Expired || v.ErrorCode != channel.ErrTokenExpired.Code {
			t.Errorf("%+v, %v", v, err)
		}
		x.d.refuse = nil
		if v := x.authorise(); v.State != access.OK || v.ErrorCode != "" {
			t.Errorf("authorised again: %+v", v)
		}
	})
}

func TestPeopleAreToldBeforeAConsentEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		x.put()
		x.d.life = 30 * 24 * 3600_000
		x.authorise()
		told := 0
		x.k.Runner.Add(event.Consumer{Name: "test.listen", Names: []string{"access.expiring"}, Handle: func(_ context.Context, _ *db.Tx, all []event.Event) error {
			told += len(all)
			return nil
		}})
		for range 14 * 4 { // the refresh token lives 14 days
			if err := x.s.RenewDue(x.ctx); err != nil {
				t.Fatal(err)
			}
			kittest.Clock(x.k).Advance(6 * time.Hour)
		}
		if err := x.k.Runner.Drain(x.ctx); err != nil || told != 2 {
			t.Errorf("told %d times, not a week and a day before: %v", told, err)
		}
	})
}

func TestTakingAccessAwayTurnsBackToFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		v := x.put()
		if m, s, err := x.s.ByHook(context.Background(), v.Hook); err != nil || m != kittest.Merchant || s != x.shop.ID {
			t.Errorf("hook of %d/%d, %v", m, s, err)
		}
		if err := x.s.Remove(x.ctx, x.shop.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := x.shops.Get(x.ctx, x.shop.ID); err != nil || got.Mode != shop.ModeFile {
			t.Errorf("mode %q, %v", got.Mode, err)
		}
		if _, _, err := x.s.ByHook(context.Background(), v.Hook); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("the hook address still works: %v", err)
		}
		if _, err := x.s.Open(x.ctx, x.shop.ID); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("opened: %v", err)
		}
		if again := x.put(); again.Hook == v.Hook {
			t.Error("a new hook address is the old one")
		}
	})
}

func TestATestNamesWhatFails(t *testing.T) {
	x := begin(t, dbtest.SQLite(t), "127.0.0.1")
	x.put()
	x.authorise()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", x.k.Clock.Now().Add(11*time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	for want, answer := range map[string]error{
		access.ProblemNone: nil, access.ProblemSignature: channel.ErrSignature, access.ProblemClock: channel.ErrClock, access.ProblemIP: channel.ErrIPNotListed,
		access.ProblemPermission: channel.ErrPermission, access.ProblemUnreachable: channel.ErrUnavailable, access.ProblemThrottled: channel.Throttled(1000, "x"),
	} {
		x.d.test = func(a channel.Access) error {
			res, err := a.HTTP.Get(server.URL)
			if err != nil {
				return err
			}
			return errors.Join(answer, res.Body.Close())
		}
		r, err := x.s.Test(x.ctx, x.shop.ID)
		if err != nil || r.Problem != want || !r.Dated || r.SkewMS < 659_000 || r.SkewMS > 661_000 {
			t.Errorf("%+v, %v, want %s", r, err, want)
		}
	}
	x.d.test, x.d.refuse = func(channel.Access) error { return channel.ErrTokenExpired }, channel.ErrTokenExpired
	if r, err := x.s.Test(x.ctx, x.shop.ID); err != nil || r.Problem != access.ProblemExpired {
		t.Errorf("%+v, %v", r, err)
	}
	if v, _ := x.s.Get(x.ctx, x.shop.ID); v.State != access.Expired {
		t.Errorf("state %q", v.State)
	}
}

func TestAShopIsTurnedToPullingOnlyWithAccessThatWorks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := begin(t, d)
		x.shops.BeforeAPI(x.s.Ready)
		turn := func(mode string) error {
			_, err := x.shops.Update(x.ctx, shop.UpdateInput{ShopID: x.shop.ID, Mode: &mode})
			return err
		}
		if err := turn(shop.ModeAPI); !errors.Is(err, access.ErrNeeded) {
			t.Errorf("without access: %v", err)
		}
		if _, err := x.shops.Create(x.ctx, shop.CreateInput{Channel: shoptest.Channel, Name: "乙店", Mode: shop.ModeAPI}); !errors.Is(err, access.ErrNeeded) {
			t.Errorf("a new shop without access: %v", err)
		}
		x.put() // turns it by itself, before anybody has agreed
		if err := turn(shop.ModeFile); err != nil {
			t.Fatal(err)
		}
		if err := turn(shop.ModeAPI); !errors.Is(err, access.ErrNotWorking) || !strings.Contains(err.Error(), "nobody has authorised it yet") {
			t.Errorf("before consent: %v", err)
		}
		x.authorise()
		if err := turn(shop.ModeAPI); err != nil {
			t.Errorf("with a token: %v", err)
		}
		if got, err := x.shops.Get(x.ctx, x.shop.ID); err != nil || got.Mode != shop.ModeAPI {
			t.Error(got.Mode, err)
		}
		name := "甲一店"
		if _, err := x.shops.Update(x.ctx, shop.UpdateInput{ShopID: x.shop.ID, Name: &name}); err != nil {
			t.Errorf("another setting: %v", err)
		}
	})
}
