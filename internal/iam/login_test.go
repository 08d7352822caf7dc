package iam_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func login(code, name, password string) iam.LoginInput {
	return iam.LoginInput{MerchantCode: code, UserName: name, Password: password, IP: "10.0.0.9", UserAgent: "test"}
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got %v, want %v", err, target)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSetup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		need, err := s.SetupNeeded(t.Context())
		ok(t, err)
		if !need {
			t.Fatal("an empty installation needs setup")
		}
		in := iam.SetupInput{Token: "wrong wrong wrong", MerchantCode: "Cove-1", MerchantName: "青橘小铺", UserName: "Owner", Password: iamtest.Password, IP: "10.0.0.1"}
		_, err = s.Setup(t.Context(), in)
		want(t, err, iam.ErrSetupToken)

		token, err := s.CreateSetupToken(t.Context(), "")
		ok(t, err)
		in.Token = token
		in.Password = "password1"
		_, err = s.Setup(t.Context(), in)
		want(t, err, iam.ErrPasswordCommon)

		in.Password = iamtest.Password
		r, err := s.Setup(t.Context(), in)
		ok(t, err)
		a, err := s.Authenticate(t.Context(), r.Session.Token, "")
		ok(t, err)
		if a.MerchantID != r.MerchantID || !a.Can("order.reveal") || !a.Can("iam.edit_user") {
			t.Fatalf("the owner acts with too little: %+v", a)
		}
		need, err = s.SetupNeeded(t.Context())
		ok(t, err)
		if need {
			t.Fatal("setup is done")
		}
		in.MerchantCode = "cove-2"
		_, err = s.Setup(t.Context(), in)
		want(t, err, iam.ErrSetupToken) // a token works once
		in.Token, err = s.CreateSetupToken(t.Context(), "")
		ok(t, err)
		kittest.Clock(k).Advance(25 * time.Hour)
		_, err = s.Setup(t.Context(), in)
		want(t, err, iam.ErrSetupToken) // and for a day
		in.Token, err = s.CreateSetupToken(t.Context(), "")
		ok(t, err)
		in.MerchantCode = "cove-1"
		_, err = s.Setup(t.Context(), in)
		want(t, err, iam.ErrCodeTaken)
		entries := kittest.Audited(t)
		if len(entries) != 1 || entries[0].Action != "iam.setup" {
			t.Fatalf("audited %+v", entries)
		}
	})
}

func TestASetupThatFailsHalfWayLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		boom := errors.New("no warehouse today")
		s := iamtest.New(t, k, iam.Options{OnMerchantCreated: hooks(boom)})
		token, err := s.CreateSetupToken(t.Context(), "a-token-given-by-hand")
		ok(t, err)
		in := iam.SetupInput{Token: token, MerchantCode: "cove", MerchantName: "青橘小铺", UserName: "owner", Password: iamtest.Password}
		_, err = s.Setup(t.Context(), in)
		want(t, err, boom)
		again := iamtest.New(t, k, iam.Options{})
		need, err := again.SetupNeeded(t.Context())
		ok(t, err)
		if !need {
			t.Fatal("a merchant stayed behind")
		}
		_, err = again.Setup(t.Context(), in)
		ok(t, err) // the token was not spent either
	})
}

func TestLogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		iamtest.Merchant(t, s, "cove")
		for _, c := range []struct{ why, code, name, password string }{
			{"an unknown merchant", "nowhere", "owner", iamtest.Password},
			{"an unknown user", "cove", "nobody", iamtest.Password},
			{"a wrong password", "cove", "owner", "not the password"},
			{"a password in another case", "cove", "owner", strings.ToUpper(iamtest.Password)},
		} {
			_, err := s.Login(t.Context(), login(c.code, c.name, c.password))
			if !errors.Is(err, iam.ErrBadLogin) {
				t.Errorf("%s: %v", c.why, err)
			}
		}
		r, err := s.Login(t.Context(), login(" COVE", "OWNER ", iamtest.Password))
		ok(t, err)
		if len(r.Session.Token) < 43 {
			t.Errorf("a token of %d characters", len(r.Session.Token))
		}
		failed := 0
		for _, e := range kittest.Audited(t) {
			if e.Action == "iam.login_failed" {
				failed++
			}
		}
		if failed != 3 {
			t.Errorf("%d failures in the audit trail, want those of the known merchant", failed)
		}
		var n int64
		ok(t, k.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM iam_session WHERE user_agent LIKE ? OR ip LIKE ?`, "%"+r.Session.Token+"%", "x").Scan(&n))
		if n != 0 {
			t.Error("the token itself is stored")
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		iamtest.Merchant(t, s, "cove")
		for range 5 {
			_, err := s.Login(t.Context(), login("cove", "owner", "wrong wrong"))
			want(t, err, iam.ErrBadLogin)
		}
		_, err := s.Login(t.Context(), login("cove", "owner", iamtest.Password))
		want(t, err, iam.ErrTooManyAttempts)
		if after := errs.As(err).Params["retry_after_seconds"]; after != int64(30) {
			t.Errorf("retry after %v", after)
		}
		elsewhere := login("cove", "owner", iamtest.Password)
		elsewhere.IP = "10.0.0.77"
		_, err = s.Login(t.Context(), elsewhere)
		ok(t, err) // a stranger's guesses do not lock the owner out at his own desk
		kittest.Clock(k).Advance(31 * time.Second)
		_, err = s.Login(t.Context(), login("cove", "owner", "wrong again"))
		want(t, err, iam.ErrBadLogin)
		_, err = s.Login(t.Context(), login("cove", "owner", iamtest.Password))
		want(t, err, iam.ErrTooManyAttempts) // and the block grew
		kittest.Clock(k).Advance(61 * time.Second)
		_, err = s.Login(t.Context(), login("cove", "owner", iamtest.Password))
		ok(t, err)
		for range 5 { // a success wipes the slate
			_, err := s.Login(t.Context(), login("cove", "owner", "wrong wrong"))
			want(t, err, iam.ErrBadLogin)
		}
	})
}

func TestOneAddressCannotTryManyAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		iamtest.Merchant(t, s, "cove")
		for i := range 50 {
			_, err := s.Login(t.Context(), login("cove", fmt.Sprintf("user%d", i), "spring2026"))
			want(t, err, iam.ErrBadLogin)
		}
		_, err := s.Login(t.Context(), login("cove", "owner", iamtest.Password))
		want(t, err, iam.ErrTooManyAttempts)
	})
}

func TestParallelGuessesAreAllCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		iamtest.Merchant(t, s, "cove")
		var mu sync.Mutex
		tried := 0
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				_, err := s.Login(t.Context(), login("cove", "owner", "wrong wrong"))
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, iam.ErrBadLogin) {
					tried++
				} else if !errors.Is(err, iam.ErrTooManyAttempts) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried != 5 {
			t.Errorf("%d guesses were checked, want 5", tried)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		other := iamtest.New(t, k, iam.Options{}) // another process on the same database
		_, owner := iamtest.Merchant(t, s, "cove")
		open := func() string {
			r, err := s.Login(t.Context(), login("cove", "owner", iamtest.Password))
			ok(t, err)
			_, err = s.Authenticate(t.Context(), r.Session.Token, "")
			ok(t, err)
			_, err = other.Authenticate(t.Context(), r.Session.Token, "")
			ok(t, err)
			return r.Session.Token
		}
		gone := func(s *iam.Service, token string) {
			t.Helper()
			_, err := s.Authenticate(t.Context(), token, "")
			want(t, err, iam.ErrSessionEnded)
		}
		clock := kittest.Clock(k)

		t.Log("logging out: here at once, elsewhere within five seconds")
		token := open()
		ok(t, s.Logout(iamtest.As(t, s, token), token))
		gone(s, token)
		clock.Advance(5 * time.Second)
		gone(other, token)

		t.Log("after half an hour without a request")
		token = open()
		clock.Advance(20 * time.Minute)
		_, err := s.Authenticate(t.Context(), token, "")
		ok(t, err)
		clock.Advance(20 * time.Minute)
		_, err = s.Authenticate(t.Context(), token, "")
		ok(t, err)
		clock.Advance(31 * time.Minute)
		gone(s, token)

		t.Log("after twelve hours, however busy")
		token = open()
		for range 47 {
			clock.Advance(15 * time.Minute)
			_, err := s.Authenticate(t.Context(), token, "")
			ok(t, err)
		}
		clock.Advance(15 * time.Minute)
		gone(s, token)

		t.Log("one by one from the list")
		token = open()
		second := open()
		me := iamtest.As(t, s, token)
		list, err := s.Sessions(me, token)
		ok(t, err)
		if len(list) != 2 || list[0].Current || !list[1].Current {
			t.Fatalf("listed %+v", list)
		}
		ok(t, s.EndSession(me, list[0].ID))
		gone(s, second)
		want(t, s.EndSession(me, list[0].ID), iam.ErrSessionNotFound)
		clock.Advance(time.Minute)
		_, err = s.Authenticate(t.Context(), token, "")
		ok(t, err)

		t.Log("the oldest, past twenty")
		first := open()
		for range 20 {
			clock.Advance(time.Second)
			open()
		}
		gone(s, first)
		_ = owner
	})
}

func TestCredentialsThatAreNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		_, err := s.Authenticate(t.Context(), "", "")
		want(t, err, actor.ErrNone)
		_, err = s.Authenticate(t.Context(), "made up", "")
		want(t, err, iam.ErrSessionEnded)
		_, err = s.Authenticate(t.Context(), "", "oc_made_up")
		want(t, err, iam.ErrBadKey)
		_, err = s.Authenticate(t.Context(), "", "made up")
		want(t, err, iam.ErrBadKey)
	})
}
