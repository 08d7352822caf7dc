// Package actor carries who acts, for which merchant and with which rights,
// through the context. kit/web puts it there; jobs put the person who asked.
package actor

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Kind says what kind of actor it is.
type Kind string

const (
	User   Kind = "user"
	APIKey Kind = "api_key"
	System Kind = "system" // the product itself: workers, rules, imports
)

var (
	// ErrNone means that nobody is signed in.
	ErrNone = errs.Define(errs.Unauthorized, "actor.not_signed_in", "请先登录", "Please sign in")
	// ErrForbidden names the permission that is missing.
	ErrForbidden = errs.Define(errs.Forbidden, "actor.forbidden", "没有权限：{permission}", "Permission missing: {permission}")
)

// Actor is who acts. Scope narrows rights to some shops or warehouses: a kind of
// object ("shop", "warehouse") that is absent is not narrowed.
type Actor struct {
	MerchantID  id.ID
	ID          id.ID // user or key, 0 for System
	Kind        Kind
	Name        string
	Permissions []string // sorted; ["*"] may do everything
	Scope       map[string][]id.ID
	Lang        string // zh-CN or en-US
	IP          string
	RequestID   string
	// Cause is the event or job that made the product act, for System.
	Cause string
}

type key struct{}

// With puts a into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns who acts, or ErrNone.
func From(ctx context.Context) (Actor, error) {
	a, ok := ctx.Value(key{}).(Actor)
	if !ok || a.MerchantID == 0 {
		return Actor{}, ErrNone
	}
	return a, nil
}

// Merchant is the acting merchant's id, or 0 where nobody acts: no row has it.
func Merchant(ctx context.Context) id.ID {
	a, _ := ctx.Value(key{}).(Actor)
	return a.MerchantID
}

// Lang is the language of the texts the actor reads, zh-CN unless told.
func Lang(ctx context.Context) string {
	if a, ok := ctx.Value(key{}).(Actor); ok && a.Lang != "" {
		return a.Lang
	}
	return "zh-CN"
}

// ForSystem acts for the product itself, unrestricted, in merchant.
func ForSystem(merchant id.ID, cause string) Actor {
	return Actor{MerchantID: merchant, Kind: System, Name: "system", Permissions: []string{"*"}, Lang: "zh-CN", Cause: cause}
}

// Can reports whether the actor holds permission.
func (a Actor) Can(permission string) bool {
	if len(a.Permissions) == 1 && a.Permissions[0] == "*" {
		return true
	}
	_, ok := slices.BinarySearch(a.Permissions, permission)
	return ok
}

// Require returns ErrForbidden unless the actor in ctx holds permission.
func Require(ctx context.Context, permission string) error {
	a, err := From(ctx)
	if err != nil {
		return err
	}
	if !a.Can(permission) {
		return ErrForbidden.With("permission", permission)
	}
	return nil
}

// InScope reports whether the actor may touch object i of a kind. Callers answer
// "not found" where it may not, so that a foreign id and an absent one look alike.
func (a Actor) InScope(kind string, i id.ID) bool {
	ids, narrowed := a.Scope[kind]
	return !narrowed || slices.Contains(ids, i)
}

// Scoped returns the ids of a kind the actor is narrowed to, and whether it is.
func (a Actor) Scoped(kind string) ([]id.ID, bool) {
	ids, ok := a.Scope[kind]
	return ids, ok
}
