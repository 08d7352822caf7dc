package iam_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// force is the permission that is signed for.
const force = "packing.force"

func TestASupervisorSignsAtSomebodyElsesScreen(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		made, err := c.CreateUser(c.owner, iam.CreateUserInput{UserName: "mei", DisplayName: "梅琳", RoleIDs: c.role(t, iam.CustomerService)})
		ok(t, err)
		r, err := c.Login(t.Context(), login("cove", "mei", made.Password))
		ok(t, err)
		mei := iamtest.As(t, c.Service, r.Session.Token)
		sign := func(ctx context.Context, name, password, code string) (actor.Actor, error) {
			return c.Vouch(ctx, iam.VouchInput{UserName: name, Password: password, TOTP: code, Permission: force, For: "packing.force"})
		}
		who, err := sign(mei, " OWNER ", iamtest.Password, "")
		ok(t, err)
		if who.MerchantID != c.setup.MerchantID || who.ID == 0 || actor.Require(actor.With(t.Context(), who), force) != nil {
			t.Errorf("signed by %+v", who)
		}
		for name, in := range map[string][2]string{"a wrong password": {"owner", "wrong wrong"}, "nobody": {"ghost", iamtest.Password}, "somebody without the right": {"mei", made.Password}} {
			if _, err := sign(mei, in[0], in[1], ""); err == nil {
				t.Errorf("%s may sign", name)
			} else {
				want(t, err, iam.ErrVouch)
			}
		}
		if _, err := c.Me(mei); err != nil {
			t.Errorf("a refused signature signs the other person out: %v", err)
		}
	})
}

func TestASignatureNeedsTheSecondFactorOfWhoHasOneAndGuessesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		now := kittest.Noon
		code := func(secret string) string {
			x, err := totp.GenerateCode(secret, now)
			ok(t, err)
			return x
		}
		secret, err := c.BeginTOTP(c.owner, iamtest.Password)
		ok(t, err)
		_, err = c.ConfirmTOTP(c.owner, code(secret.Secret), c.setup.Session.Token)
		ok(t, err)
		c.clock.Advance(time.Minute)
		now = now.Add(time.Minute)
		sign := func(password, second string) error {
			_, err := c.Vouch(c.owner, iam.VouchInput{UserName: "owner", Password: password, TOTP: second, Permission: force, For: "packing.force"})
			return err
		}
		want(t, sign(iamtest.Password, ""), iam.ErrVouchTOTP)
		want(t, sign(iamtest.Password, "000000"), iam.ErrVouch)
		ok(t, sign(iamtest.Password, code(secret.Secret)))
		want(t, sign(iamtest.Password, code(secret.Secret)), iam.ErrVouch) // a code works once
		for range 30 {
			if err = sign("wrong wrong", ""); errors.Is(err, iam.ErrTooManyAttempts) {
				return
			}
		}
		t.Errorf("thirty wrong guesses: %v", err)
	})
}
