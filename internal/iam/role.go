package iam

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Role is a set of permissions. Name is empty for roles of the catalogue that
// nobody renamed: their text is ZH and EN.
type Role struct {
	ID          id.ID
	Code        string
	Name        string
	ZH, EN      string
	BuiltIn     bool
	Permissions []string   // sorted
	RefundLimit *money.Fen // nil: no bound
	Version     int64
}

// scanRole reads the columns of roleSelect, after extra ones.
func scanRole(r scanner, extra ...any) (Role, error) {
	var x Role
	var builtIn int64
	var permissions string
	if err := r.Scan(append(extra, &x.ID, &x.Code, &x.Name, &builtIn, &permissions, &x.RefundLimit, &x.Version)...); err != nil {
		return x, err
	}
	x.BuiltIn = builtIn == 1
	x.ZH, x.EN = x.Name, x.Name
	if d, ok := roleDef(x.Code); ok && x.Name == "" {
		x.ZH, x.EN = d.ZH, d.EN
	}
	if x.BuiltIn {
		x.Permissions = DefaultRights(x.Code)
		return x, nil
	}
	if err := json.Unmarshal([]byte(permissions), &x.Permissions); err != nil {
		return x, fmt.Errorf("role %s: %w", x.Code, err)
	}
	// A permission that a later release dropped gives nothing.
	known := DefaultRights(Owner)
	x.Permissions = slices.DeleteFunc(x.Permissions, func(p string) bool { return !slices.Contains(known, p) })
	slices.Sort(x.Permissions)
	return x, nil
}

// Roles lists the merchant's roles, built-in ones first. Permission iam.read.
func (s *Service) Roles(ctx context.Context) ([]Role, error) {
	m, err := reader(ctx)
	if err != nil {
		return nil, err
	}
	return s.roles(ctx, s.k.DB, m)
}

func (s *Service) roles(ctx context.Context, q db.Querier, m id.ID) ([]Role, error) {
	return list(ctx, q, selectRoles, func(r scanner) (Role, error) { return scanRole(r) }, m)
}

// list reads every row of a query.
func list[T any](ctx context.Context, q db.Querier, text string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	out := []T{}
	for row := range db.Each(ctx, q, text, args...) {
		x, err := scan(row)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// RoleIDs are the ids of the acting user's roles: saved views are shared by role.
// A key and the product itself have none.
func (s *Service) RoleIDs(ctx context.Context) ([]id.ID, error) {
	a, err := actor.From(ctx)
	if err != nil || a.Kind != actor.User {
		return nil, err
	}
	roles, err := rolesOf(ctx, s.k.DB, a.MerchantID, []id.ID{a.ID})
	out := []id.ID{}
	for _, r := range roles[a.ID] {
		out = append(out, r.ID)
	}
	return out, err
}

// RoleInput is a role of the merchant's own.
type RoleInput struct {
	Code        string // create only
	Name        string
	Permissions []string
	RefundLimit *money.Fen // nil: no bound
	Version     int64      // update: the version that was read; 0 does not check
}

func (s *Service) checkRole(a actor.Actor, in RoleInput) (RoleInput, error) {
	var err error
	if in.Name, err = checkDisplayName(in.Name, "name"); err != nil {
		return in, err
	}
	if in.RefundLimit != nil && *in.RefundLimit < 0 {
		return in, ErrLimit.At("refund_limit_fen")
	}
	if in.Permissions, err = checkPermissions(in.Permissions); err != nil {
		return in, err
	}
	return in, withinOwn(a, in.Permissions, nil, nil)
}

// fen as stored: NULL for no bound.
func fen(f *money.Fen) any {
	if f == nil {
		return nil
	}
	return int64(*f)
}

// CreateRole (新建角色) adds a role. Permission iam.edit_role, and none beyond
// one's own.
//
// Errors: ErrBeyondOwn, ErrRoleTaken, ErrPermission, ErrRoleCode, ErrLimit.
func (s *Service) CreateRole(ctx context.Context, in RoleInput) (Role, error) {
	about := &command.About{Action: "iam.create_role"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Role, error) {
		a, err := editor(ctx, "iam.edit_role")
		if err != nil {
			return Role{}, err
		}
		if !roleCode.MatchString(in.Code) {
			return Role{}, ErrRoleCode.At("code")
		}
		x, err := s.checkRole(unscoped(a), in)
		if err != nil {
			return Role{}, err
		}
		permissions, err := packStrings(x.Permissions)
		if err != nil {
			return Role{}, err
		}
		r := Role{ID: s.k.IDs.New(), Code: in.Code, Name: x.Name, ZH: x.Name, EN: x.Name, Permissions: x.Permissions, RefundLimit: x.RefundLimit, Version: 1}
		row := []any{a.MerchantID, r.ID, r.Code, r.Name, int64(0), permissions, fen(r.RefundLimit), int64(1)}
		if _, err = tx.Insert(ctx, "iam_role", roleColumns, [][]any{row}, ""); db.IsUnique(err) {
			return Role{}, ErrRoleTaken.Because(err).At("code")
		}
		about.Object, about.Detail = "role/"+r.ID.String(), map[string]any{"code": r.Code, "permissions": r.Permissions}
		return r, err
	})
}

// UpdateRole (修改角色) replaces a role's name, rights and refund limit. Of a
// built-in role only the refund limit may change. Permission iam.edit_role, none
// beyond one's own, before and after.
//
// Errors: ErrRoleNotFound, ErrBuiltIn, ErrChanged, ErrBeyondOwn, ErrPermission.
func (s *Service) UpdateRole(ctx context.Context, role id.ID, in RoleInput) (Role, error) {
	about := &command.About{Action: "iam.update_role", Object: "role/" + role.String()}
	type key struct {
		Role id.ID
		In   RoleInput
	}
	out, err := command.Run(ctx, s.k.Commands, about, key{role, in}, func(ctx context.Context, tx *db.Tx) (Role, error) {
		a, r, err := s.roleForEdit(ctx, tx, role)
		if err != nil {
			return Role{}, err
		}
		if r.BuiltIn {
			same := in.Name == "" || in.Name == r.Name
			if !same || in.Permissions != nil && !slices.Equal(sorted(in.Permissions), r.Permissions) {
				return Role{}, ErrBuiltIn
			}
			in.Name, in.Permissions = "-", nil
		}
		x, err := s.checkRole(unscoped(a), in)
		if err != nil {
			return Role{}, err
		}
		if r.BuiltIn {
			x.Name = ""
		} else {
			r.Permissions, r.ZH, r.EN = x.Permissions, x.Name, x.Name
		}
		permissions, err := packStrings(x.Permissions)
		if err != nil {
			return Role{}, err
		}
		n, err := tx.ExecN(ctx, updateRole, x.Name, permissions, fen(x.RefundLimit), a.MerchantID, role, in.Version, in.Version)
		if err == nil && n != 1 {
			err = ErrChanged
		}
		r.Name, r.RefundLimit, r.Version = x.Name, x.RefundLimit, r.Version+1
		about.Detail = map[string]any{"code": r.Code, "permissions": r.Permissions, "refund_limit_fen": fen(r.RefundLimit)}
		return r, err
	})
	s.forget()
	return out, err
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// unscoped: a role says what, not where; its maker's own shops do not matter.
func unscoped(a actor.Actor) actor.Actor {
	a.Scope = nil
	return a
}

func editor(ctx context.Context, permission string) (actor.Actor, error) {
	if err := actor.Require(ctx, permission); err != nil {
		return actor.Actor{}, err
	}
	return actor.From(ctx)
}

// roleForEdit loads a role whose rights the actor holds himself.
func (s *Service) roleForEdit(ctx context.Context, tx *db.Tx, role id.ID) (actor.Actor, Role, error) {
	a, err := editor(ctx, "iam.edit_role")
	if err != nil {
		return a, Role{}, err
	}
	r, err := scanRole(tx.QueryRow(ctx, selectRole, a.MerchantID, role))
	if err != nil {
		return a, r, none(err, ErrRoleNotFound)
	}
	return a, r, withinOwn(unscoped(a), r.Permissions, nil, nil)
}

// DeleteRole (删除角色) removes a role that nobody has. Permission iam.edit_role.
//
// Errors: ErrRoleNotFound, ErrBuiltIn, ErrRoleInUse, ErrBeyondOwn.
func (s *Service) DeleteRole(ctx context.Context, role id.ID) error {
	about := &command.About{Action: "iam.delete_role", Object: "role/" + role.String()}
	_, err := command.Run(ctx, s.k.Commands, about, role, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		a, r, err := s.roleForEdit(ctx, tx, role)
		if err != nil {
			return struct{}{}, err
		}
		if r.BuiltIn {
			return struct{}{}, ErrBuiltIn
		}
		about.Detail = map[string]any{"code": r.Code}
		// Locked first: who is being given the role right now waits, and then fails.
		if _, err := tx.Exec(ctx, deleteRole, a.MerchantID, role); err != nil {
			return struct{}{}, err
		}
		var one int64
		err = tx.QueryRow(ctx, selectRoleUse, a.MerchantID, role).Scan(&one)
		if err == nil {
			return struct{}{}, ErrRoleInUse
		}
		return struct{}{}, none(err, nil)
	})
	s.forget()
	return err
}

// KnowsRole checks that a role to share with is one of the merchant's; nil and 0
// name none.
//
// Errors: ErrRoleNotFound.
func (s *Service) KnowsRole(ctx context.Context, role *id.ID) error {
	if role == nil || *role == 0 {
		return nil
	}
	_, err := scanRole(s.k.DB.QueryRow(ctx, selectRole, actor.Merchant(ctx), *role))
	return none(err, ErrRoleNotFound)
}
