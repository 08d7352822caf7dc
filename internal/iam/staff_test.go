package iam_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// cove is a merchant with its owner, on one engine.
type cove struct {
	*iam.Service
	clock interface{ Advance(time.Duration) }
	setup iam.SetupResult
	owner context.Context
}

func each(t *testing.T, f func(t *testing.T, c cove)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		r, owner := iamtest.Merchant(t, s, "cove")
		f(t, cove{s, kittest.Clock(k), r, owner})
	})
}

func (c cove) role(t *testing.T, code string) []id.ID {
	return []id.ID{iamtest.Role(t, c.Service, c.owner, code).ID}
}

func TestANewUserMustChangeTheFirstPassword(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		made, err := c.CreateUser(c.owner, iam.CreateUserInput{UserName: "Mei.Lin", DisplayName: "梅琳", RoleIDs: c.role(t, iam.CustomerService)})
		ok(t, err)
		if len(made.Password) != 19 || made.User.UserName != "mei.lin" {
			t.Fatalf("made %+v", made)
		}
		_, err = c.CreateUser(c.owner, iam.CreateUserInput{UserName: "MEI.LIN", RoleIDs: c.role(t, iam.Finance)})
		want(t, err, iam.ErrNameTaken)
		r, err := c.Login(t.Context(), login("cove", "mei.lin", made.Password))
		ok(t, err)
		mei := iamtest.As(t, c.Service, r.Session.Token)
		me, err := c.Me(mei)
		ok(t, err)
		if !me.MustChangePassword || len(me.Permissions) != 0 || me.Merchant.Code != "cove" {
			t.Fatalf("before the change: %+v", me)
		}
		want(t, actor.Require(mei, "order.read"), actor.ErrForbidden)
		want(t, c.ChangePassword(mei, "not it at all", iamtest.Password, r.Session.Token), iam.ErrOldPassword)
		want(t, c.ChangePassword(mei, made.Password, made.Password, r.Session.Token), iam.ErrPasswordSame)
		want(t, c.ChangePassword(mei, made.Password, "mei.lin forever", r.Session.Token), iam.ErrPasswordNames)
		other, err := c.Login(t.Context(), login("cove", "mei.lin", made.Password))
		ok(t, err)
		ok(t, c.ChangePassword(mei, made.Password, iamtest.Password, r.Session.Token))
		_, err = c.Authenticate(t.Context(), other.Session.Token, "")
		want(t, err, iam.ErrSessionEnded) // a change ends every other session
		ok(t, actor.Require(iamtest.As(t, c.Service, r.Session.Token), "order.read"))
		_, err = c.Login(t.Context(), login("cove", "mei.lin", made.Password))
		want(t, err, iam.ErrBadLogin)
	})
}

func TestNobodyGivesMoreThanHeHolds(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		_, admin := iamtest.User(t, c.Service, c.owner, "cove", "admin", iam.Admin)
		_, err := c.CreateUser(admin, iam.CreateUserInput{UserName: "mole", RoleIDs: c.role(t, iam.Owner)})
		want(t, err, iam.ErrBeyondOwn)
		_, err = c.CreateRole(admin, iam.RoleInput{Code: "peeker", Name: "偷看", Permissions: []string{"order.reveal"}})
		want(t, err, iam.ErrBeyondOwn)
		_, err = c.CreateKey(admin, iam.CreateKeyInput{Name: "erp", Permissions: []string{"export.plain"}, ExpiresAt: kittest.Noon.Add(time.Hour).UnixMilli()})
		want(t, err, iam.ErrBeyondOwn)
		_, err = c.ResetPassword(admin, c.setup.UserID, "")
		want(t, err, iam.ErrBeyondOwn)
		want(t, c.EndSessionsOf(admin, c.setup.UserID), iam.ErrBeyondOwn)
		want(t, c.ResetTOTP(admin, c.setup.UserID), iam.ErrBeyondOwn)
		_, err = c.UpdateUser(admin, iam.UpdateUserInput{UserID: c.setup.UserID, Active: new(bool)})
		want(t, err, iam.ErrBeyondOwn)

		t.Log("an admin of one shop rules one shop")
		shops := []id.ID{7}
		adminID, narrow := iamtest.User(t, c.Service, c.owner, "cove", "branch", iam.Admin)
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: adminID, ShopIDs: &shops})
		ok(t, err)
		a, err := actor.From(narrow)
		ok(t, err)
		a.Scope = map[string][]id.ID{"shop": shops}
		narrow = actor.With(narrow, a)
		_, err = c.CreateUser(narrow, iam.CreateUserInput{UserName: "wide", RoleIDs: c.role(t, iam.Warehouse)})
		want(t, err, iam.ErrBeyondOwn)
		_, err = c.CreateUser(narrow, iam.CreateUserInput{UserName: "wide", RoleIDs: c.role(t, iam.Warehouse), ShopIDs: []id.ID{7, 8}})
		want(t, err, iam.ErrBeyondOwn)
		_, err = c.CreateUser(narrow, iam.CreateUserInput{UserName: "fits", RoleIDs: c.role(t, iam.Warehouse), ShopIDs: []id.ID{7}})
		ok(t, err)

		t.Log("staff without the permission manage nobody")
		_, clerk := iamtest.User(t, c.Service, c.owner, "cove", "clerk", iam.CustomerService)
		_, err = c.CreateUser(clerk, iam.CreateUserInput{UserName: "friend", RoleIDs: c.role(t, iam.CustomerService)})
		want(t, err, actor.ErrForbidden)
		_, err = c.Users(clerk, 0, 50)
		want(t, err, actor.ErrForbidden)
		_, err = c.ResetPassword(clerk, adminID, "")
		want(t, err, actor.ErrForbidden)
		_, err = c.Keys(clerk)
		want(t, err, actor.ErrForbidden)
	})
}

func TestOneOwnerRemains(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		off := false
		_, err := c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: c.setup.UserID, Active: &off})
		want(t, err, iam.ErrLastOwner)
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: c.setup.UserID, RoleIDs: c.role(t, iam.Admin)})
		want(t, err, iam.ErrLastOwner)
		second, secondCtx := iamtest.User(t, c.Service, c.owner, "cove", "second", iam.Owner)

		t.Log("two owners switch each other off at the same time")
		var wg sync.WaitGroup
		failures := make([]error, 2)
		wg.Go(func() {
			_, failures[0] = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: second, Active: &off})
		})
		wg.Go(func() {
			_, failures[1] = c.UpdateUser(secondCtx, iam.UpdateUserInput{UserID: c.setup.UserID, Active: &off})
		})
		wg.Wait()
		lost := 0
		for _, err := range failures {
			if err != nil {
				want(t, err, iam.ErrLastOwner)
				lost++
			}
		}
		if lost != 1 {
			t.Fatalf("failures: %v", failures)
		}
	})
}

func TestSwitchingAUserOffEndsEverything(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		user, ctx := iamtest.User(t, c.Service, c.owner, "cove", "temp", iam.Admin)
		r, err := c.Login(t.Context(), login("cove", "temp", iamtest.Password))
		ok(t, err)
		key, err := c.CreateKey(ctx, iam.CreateKeyInput{Name: "脚本", Permissions: []string{"order.read"}, ExpiresAt: kittest.Noon.Add(time.Hour).UnixMilli()})
		ok(t, err)
		_, err = c.Authenticate(t.Context(), "", key.Secret)
		ok(t, err)
		off, on := false, true
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, Active: &off})
		ok(t, err)
		_, err = c.Authenticate(t.Context(), r.Session.Token, "")
		want(t, err, iam.ErrSessionEnded)
		_, err = c.Authenticate(t.Context(), "", key.Secret)
		want(t, err, iam.ErrBadKey)
		_, err = c.Login(t.Context(), login("cove", "temp", iamtest.Password))
		want(t, err, iam.ErrBadLogin)
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, Active: &on, Version: 1})
		want(t, err, iam.ErrChanged)
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, Active: &on})
		ok(t, err)
		_, err = c.Authenticate(t.Context(), r.Session.Token, "")
		want(t, err, iam.ErrSessionEnded) // what ended stays ended
	})
}

func TestAPIKeysReachNoFartherThanTheirMaker(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		user, ctx := iamtest.User(t, c.Service, c.owner, "cove", "maker", iam.Admin)
		in := iam.CreateKeyInput{Name: "ERP", Permissions: []string{"order.read", "shop.edit"}, ShopIDs: []id.ID{3, 4}, ExpiresAt: kittest.Noon.Add(48 * time.Hour).UnixMilli()}
		again := command.WithKey(ctx, "once")
		key, err := c.CreateKey(again, in)
		ok(t, err)
		same, err := c.CreateKey(again, in)
		ok(t, err)
		if same.Secret != key.Secret {
			t.Error("the repeated request made another key")
		}
		if !strings.HasPrefix(key.Secret, iam.KeyPrefix) || !strings.HasSuffix(key.Secret, key.Key.Hint) {
			t.Errorf("secret and hint do not fit: %q", key.Key.Hint)
		}
		a, err := c.Authenticate(t.Context(), "", key.Secret)
		ok(t, err)
		if !slices.Equal(a.Permissions, in.Permissions) || a.Kind != actor.APIKey || !a.InScope("shop", 3) || a.InScope("shop", 5) {
			t.Fatalf("acts as %+v", a)
		}
		shops := []id.ID{4, 5}
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, RoleIDs: c.role(t, iam.CustomerService), ShopIDs: &shops})
		ok(t, err)
		a, err = c.Authenticate(t.Context(), "", key.Secret)
		ok(t, err)
		if !slices.Equal(a.Permissions, []string{"order.read"}) || a.InScope("shop", 3) || !a.InScope("shop", 4) || a.InScope("shop", 5) {
			t.Fatalf("after the maker lost rights: %+v", a)
		}
		_, err = c.CreateKey(actor.With(t.Context(), a), in)
		want(t, err, iam.ErrNotAPerson)
		list, err := c.Keys(c.owner)
		ok(t, err)
		if len(list) != 1 || list[0].LastUsedAt == 0 {
			t.Fatalf("listed %+v", list)
		}
		ok(t, c.RevokeKey(c.owner, key.Key.ID))
		_, err = c.Authenticate(t.Context(), "", key.Secret)
		want(t, err, iam.ErrBadKey)
		want(t, c.RevokeKey(c.owner, key.Key.ID), iam.ErrKeyNotFound)

		key, err = c.CreateKey(c.owner, in)
		ok(t, err)
		c.clock.Advance(49 * time.Hour)
		_, err = c.Authenticate(t.Context(), "", key.Secret)
		want(t, err, iam.ErrBadKey)
		in.ExpiresAt = kittest.Noon.Add(5 * 365 * 24 * time.Hour).UnixMilli()
		_, err = c.CreateKey(c.owner, in)
		want(t, err, iam.ErrExpiry)
	})
}

func TestRoles(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		roles, err := c.Roles(c.owner)
		ok(t, err)
		if len(roles) != len(iam.RoleDefs()) || roles[0].Code != iam.Owner || roles[0].ZH != "店长" {
			t.Fatalf("a new merchant has %+v", roles)
		}
		limit := money.Fen(50000)
		in := iam.RoleInput{Code: "night_shift", Name: "夜班", Permissions: []string{"order.read", "refund.approve", "order.read"}, RefundLimit: &limit}
		r, err := c.CreateRole(c.owner, in)
		ok(t, err)
		_, err = c.CreateRole(c.owner, in)
		want(t, err, iam.ErrRoleTaken)
		in.Permissions = []string{"order.delete_everything"}
		in.Code = "x2"
		_, err = c.CreateRole(c.owner, in)
		want(t, err, iam.ErrPermission)

		user, ctx := iamtest.User(t, c.Service, c.owner, "cove", "night", "night_shift")
		me, err := c.Me(ctx)
		ok(t, err)
		if !slices.Equal(me.Permissions, []string{"order.read", "refund.approve"}) || *me.RefundLimit != limit {
			t.Fatalf("acts with %v up to %v", me.Permissions, me.RefundLimit)
		}
		want(t, c.DeleteRole(c.owner, r.ID), iam.ErrRoleInUse)
		want(t, c.DeleteRole(c.owner, iamtest.Role(t, c.Service, c.owner, iam.Admin).ID), iam.ErrBuiltIn)
		r, err = c.UpdateRole(c.owner, r.ID, iam.RoleInput{Name: "夜班", Permissions: []string{"order.read"}, Version: r.Version})
		ok(t, err)
		_, err = c.UpdateRole(c.owner, r.ID, iam.RoleInput{Name: "夜班", Permissions: []string{"order.read"}, Version: r.Version - 1})
		want(t, err, iam.ErrChanged)
		me, err = c.Me(ctx)
		ok(t, err)
		if !slices.Equal(me.Permissions, []string{"order.read"}) {
			t.Fatalf("still acts with %v", me.Permissions)
		}
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, RoleIDs: c.role(t, iam.Picker)})
		ok(t, err)
		ok(t, c.DeleteRole(c.owner, r.ID))
		_, err = c.UpdateUser(c.owner, iam.UpdateUserInput{UserID: user, RoleIDs: []id.ID{r.ID}})
		want(t, err, iam.ErrRoleNotFound)

		t.Log("a built-in role follows the matrix; its refund limit is the merchant's")
		clerk := iamtest.Role(t, c.Service, c.owner, iam.CustomerService)
		_, err = c.UpdateRole(c.owner, clerk.ID, iam.RoleInput{Permissions: []string{"order.adjust_price"}})
		want(t, err, iam.ErrBuiltIn)
		low := money.Fen(3000)
		clerk, err = c.UpdateRole(c.owner, clerk.ID, iam.RoleInput{RefundLimit: &low})
		ok(t, err)
		if clerk.Name != "" || clerk.ZH != "客服" || !slices.Contains(clerk.Permissions, "refund.approve") {
			t.Fatalf("changed to %+v", clerk)
		}
		_, ctx = iamtest.User(t, c.Service, c.owner, "cove", "clerk", iam.CustomerService)
		bound, err := c.RefundLimit(ctx)
		ok(t, err)
		if bound == nil || *bound != low {
			t.Fatalf("bound %v", bound)
		}
		bound, err = c.RefundLimit(c.owner)
		ok(t, err)
		if bound != nil {
			t.Fatalf("the owner is bound to %v", *bound)
		}
		_, picker := iamtest.User(t, c.Service, c.owner, "cove", "pick", iam.Picker)
		bound, err = c.RefundLimit(picker)
		ok(t, err)
		if bound == nil || *bound != 0 {
			t.Fatalf("a picker refunds up to %v", bound)
		}
	})
}

func TestForeignAndAbsentLookAlike(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		other, rival := iamtest.Merchant(t, c.Service, "rival")
		role := iamtest.Role(t, c.Service, rival, iam.Picker)
		for why, user := range map[string]id.ID{"foreign": other.UserID, "absent": 424242} {
			_, err := c.User(c.owner, user)
			if !errors.Is(err, iam.ErrUserNotFound) {
				t.Errorf("%s user: %v", why, err)
			}
			_, err = c.ResetPassword(c.owner, user, "")
			if !errors.Is(err, iam.ErrUserNotFound) {
				t.Errorf("%s user's password: %v", why, err)
			}
			if _, err = c.SessionsOf(c.owner, user); !errors.Is(err, iam.ErrUserNotFound) {
				t.Errorf("%s user's sessions: %v", why, err)
			}
		}
		_, err := c.CreateUser(c.owner, iam.CreateUserInput{UserName: "spy", RoleIDs: []id.ID{role.ID}})
		want(t, err, iam.ErrRoleNotFound)
		want(t, c.DeleteRole(c.owner, role.ID), iam.ErrRoleNotFound)
		users, err := c.Users(rival, 0, 50)
		ok(t, err)
		if len(users) != 1 {
			t.Errorf("the rival sees %d users", len(users))
		}
	})
}

func TestTOTP(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		now := kittest.Noon
		advance := func(d time.Duration) { c.clock.Advance(d); now = now.Add(d) }
		code := func(secret string) string {
			x, err := totp.GenerateCode(secret, now)
			ok(t, err)
			return x
		}
		token := c.setup.Session.Token
		_, err := c.BeginTOTP(c.owner, "wrong wrong")
		want(t, err, iam.ErrOldPassword)
		_, err = c.ConfirmTOTP(c.owner, "123456", token)
		want(t, err, iam.ErrTOTPState)
		secret, err := c.BeginTOTP(c.owner, iamtest.Password)
		ok(t, err)
		if !strings.HasPrefix(secret.URL, "otpauth://totp/Ordercove:cove%2Fowner?secret="+secret.Secret) {
			t.Errorf("the QR code says %s", secret.URL)
		}
		_, err = c.Login(t.Context(), login("cove", "owner", iamtest.Password))
		ok(t, err) // until confirmed it changes nothing
		_, err = c.ConfirmTOTP(c.owner, "000000", token)
		want(t, err, iam.ErrBadTOTP)
		recovery, err := c.ConfirmTOTP(c.owner, code(secret.Secret), token)
		ok(t, err)
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		in := login("cove", "owner", iamtest.Password)
		_, err = c.Login(t.Context(), in)
		want(t, err, iam.ErrTOTPRequired)
		in.TOTP = code(secret.Secret)
		_, err = c.Login(t.Context(), in)
		want(t, err, iam.ErrBadTOTP) // it was spent on confirming
		advance(time.Minute)
		in.TOTP = code(secret.Secret)
		_, err = c.Login(t.Context(), in)
		ok(t, err)
		_, err = c.Login(t.Context(), in)
		want(t, err, iam.ErrBadTOTP) // a code works once
		advance(time.Minute)
		in.TOTP = strings.ToUpper(recovery[3])
		_, err = c.Login(t.Context(), in)
		ok(t, err)
		_, err = c.Login(t.Context(), in)
		want(t, err, iam.ErrBadTOTP) // and so does a recovery code
		_, err = c.BeginTOTP(c.owner, iamtest.Password)
		want(t, err, iam.ErrTOTPState)
		advance(20 * time.Minute)
		want(t, c.DisableTOTP(c.owner, iamtest.Password, "000000"), iam.ErrBadTOTP)
		ok(t, c.DisableTOTP(c.owner, iamtest.Password, code(secret.Secret)))
		_, err = c.Login(t.Context(), login("cove", "owner", iamtest.Password))
		ok(t, err)
	})
}

func TestIdempotentUserCreation(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		ctx := command.WithKey(c.owner, "k1")
		in := iam.CreateUserInput{UserName: "twice", Password: "first day at work", RoleIDs: c.role(t, iam.Picker)}
		a, err := c.CreateUser(ctx, in)
		ok(t, err)
		b, err := c.CreateUser(ctx, in)
		ok(t, err)
		if a.User.ID != b.User.ID {
			t.Error("two users")
		}
		in.Password = "another first day"
		_, err = c.CreateUser(ctx, in)
		want(t, err, command.ErrKeyReused)
	})
}

func TestUsersPageByPage(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		for _, n := range []string{"a1", "a2", "a3", "a4"} {
			_, err := c.CreateUser(c.owner, iam.CreateUserInput{UserName: n, RoleIDs: c.role(t, iam.Picker)})
			ok(t, err)
		}
		var names []string
		after := id.ID(0)
		for {
			page, err := c.Users(c.owner, after, 2)
			ok(t, err)
			if len(page) == 0 {
				break
			}
			for _, u := range page {
				names = append(names, u.UserName)
				if len(u.Roles) != 1 {
					t.Errorf("%s has roles %v", u.UserName, u.Roles)
				}
			}
			after = page[len(page)-1].ID
		}
		if strings.Join(names, " ") != "owner a1 a2 a3 a4" {
			t.Errorf("listed %v", names)
		}
	})
}

func TestMyOwnProfile(t *testing.T) {
	each(t, func(t *testing.T, c cove) {
		name, lang := "周青青", "en-US"
		ok(t, c.UpdateMe(c.owner, iam.UpdateMeInput{DisplayName: &name, Lang: &lang}))
		me, err := c.Me(c.owner)
		ok(t, err)
		if me.DisplayName != name || me.Lang != lang {
			t.Errorf("saved %+v", me.User)
		}
		bad := "tlh"
		want(t, c.UpdateMe(c.owner, iam.UpdateMeInput{Lang: &bad}), iam.ErrLang)
		ok(t, c.Sweep(t.Context()))
	})
}
