// Package iamtest sets merchants and staff up for tests.
package iamtest

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// Password is what everybody set up here uses.
const Password = "tea with 7 plums"

// Cheap is a hash cost for tests: right, not slow.
var Cheap = iam.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

// New builds the service over k. opt may be the zero value.
func New(t testing.TB, k *kit.Kit, opt iam.Options) *iam.Service {
	t.Helper()
	if opt.Random == nil {
		opt.Random = kittest.Random()
	}
	if opt.Hash == (iam.Cost{}) {
		opt.Hash = Cheap
	}
	s, err := iam.New(k, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Merchant creates a merchant and returns its owner's first session, and a
// context in which the owner acts.
func Merchant(t testing.TB, s *iam.Service, code string) (iam.SetupResult, context.Context) {
	t.Helper()
	ctx := t.Context()
	token, err := s.CreateSetupToken(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Setup(ctx, iam.SetupInput{Token: token, MerchantCode: code, MerchantName: "青橘小铺", UserName: "owner", DisplayName: "周青", Password: Password, Lang: "zh-CN", IP: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return r, As(t, s, r.Session.Token)
}

// As acts with the credential of a session.
func As(t testing.TB, s *iam.Service, token string) context.Context {
	t.Helper()
	a, err := s.Authenticate(t.Context(), token, "")
	if err != nil {
		t.Fatal(err)
	}
	return actor.With(t.Context(), a)
}

// Role finds a role of the acting merchant by its code.
func Role(t testing.TB, s *iam.Service, ctx context.Context, code string) iam.Role {
	t.Helper()
	roles, err := s.Roles(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if r.Code == code {
			return r
		}
	}
	t.Fatalf("no role %s", code)
	return iam.Role{}
}

// User adds a member of staff with one role who has changed the first password
// already, and returns the id and a context in which he acts.
func User(t testing.TB, s *iam.Service, owner context.Context, merchantCode, name, role string) (id.ID, context.Context) {
	t.Helper()
	const first = "first day at the tea shop"
	c, err := s.CreateUser(owner, iam.CreateUserInput{UserName: name, Password: first, RoleIDs: []id.ID{Role(t, s, owner, role).ID}})
	if err != nil {
		t.Fatal(err)
	}
	in := iam.LoginInput{MerchantCode: merchantCode, UserName: name, Password: first, IP: "127.0.0.1"}
	r, err := s.Login(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ChangePassword(As(t, s, r.Session.Token), first, Password, r.Session.Token); err != nil {
		t.Fatal(err)
	}
	return c.User.ID, As(t, s, r.Session.Token)
}
