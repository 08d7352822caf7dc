package iamapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Role is a set of permissions.
type Role struct {
	ID             id.ID      `json:"id"`
	Code           string     `json:"code"`
	Name           string     `json:"name"`
	BuiltIn        bool       `json:"built_in"`
	Permissions    []string   `json:"permissions" nullable:"false"`
	RefundLimitFen *money.Fen `json:"refund_limit_fen" doc:"Bounds refund.approve; null: no limit"`
	Version        int64      `json:"version"`
}

func roleOf(ctx context.Context, r iam.Role) Role {
	return Role{r.ID, r.Code, inLang(ctx, r.ZH, r.EN), r.BuiltIn, r.Permissions, r.RefundLimit, r.Version}
}

// rolePlace is where a role stands in the list: the built-in ones first.
type rolePlace struct {
	Own bool
	ID  id.ID
}

func placeOf(r iam.Role) rolePlace { return rolePlace{!r.BuiltIn, r.ID} }

func (p rolePlace) compare(q rolePlace) int {
	switch {
	case p.Own == q.Own:
		return cmp.Compare(p.ID, q.ID)
	case p.Own:
		return 1
	}
	return -1
}

// NewRole describes a role of the merchant's own.
type NewRole struct {
	Code           string     `json:"code" minLength:"1" maxLength:"64"`
	Name           string     `json:"name" minLength:"1" maxLength:"200"`
	Permissions    []string   `json:"permissions" maxItems:"200" nullable:"false"`
	RefundLimitFen *money.Fen `json:"refund_limit_fen,omitempty"`
}

// RoleChange replaces a role's name, rights and refund limit. Of a built-in role
// only the refund limit may change: leave name and permissions out.
type RoleChange struct {
	Name           string     `json:"name,omitempty" maxLength:"200"`
	Permissions    []string   `json:"permissions,omitempty" maxItems:"200"`
	RefundLimitFen *money.Fen `json:"refund_limit_fen,omitempty" doc:"null or absent: no limit"`
	Version        int64      `json:"version,omitempty"`
}

// Permission is a line of the matrix: one right, and the roles that hold it.
type Permission struct {
	Permission string   `json:"permission"`
	NameZH     string   `json:"name_zh"`
	NameEN     string   `json:"name_en"`
	Roles      []string `json:"roles" nullable:"false" doc:"Codes of built-in and preset roles; the matrix as published"`
}

func roleRoutes(api *web.API, s *iam.Service) {
	type (
		roleOut   struct{ Body Role }
		rolesOut  struct{ Body web.Page[Role] }
		matrixOut struct{ Body web.Page[Permission] }
	)
	faults := []*errs.Error{iam.ErrBeyondOwn, iam.ErrPermission, iam.ErrDisplayName, iam.ErrLimit}
	web.Register(api, web.Op{ID: "listRoles", Method: http.MethodGet, Path: "/roles", Tag: "staff", Permission: "iam.read",
		ZH: "角色列表", EN: "List roles", Errors: []*errs.Error{page.ErrCursor}},
		func(ctx context.Context, in *web.ListInput) (*rolesOut, error) {
			all, err := s.Roles(ctx)
			if err != nil {
				return nil, err
			}
			list, next, err := page.Slice(all, in.Cursor, in.Limit, placeOf, rolePlace.compare)
			if err != nil {
				return nil, err
			}
			out := make([]Role, len(list))
			for i, r := range list {
				out[i] = roleOf(ctx, r)
			}
			return &rolesOut{web.NewPage(out, next)}, nil
		})

	web.Register(api, web.Op{ID: "createRole", Method: http.MethodPost, Path: "/roles", Tag: "staff", Permission: "iam.edit_role", Status: http.StatusCreated,
		ZH: "新建自定义角色", EN: "Add a role of one's own", Errors: append(faults, iam.ErrRoleTaken, iam.ErrRoleCode)},
		func(ctx context.Context, in *struct{ Body NewRole }) (*roleOut, error) {
			b := in.Body
			r, err := s.CreateRole(ctx, iam.RoleInput{Code: b.Code, Name: b.Name, Permissions: b.Permissions, RefundLimit: b.RefundLimitFen})
			return &roleOut{roleOf(ctx, r)}, err
		})

	web.Register(api, web.Op{ID: "updateRole", Method: http.MethodPatch, Path: "/roles/{id}", Tag: "staff", Permission: "iam.edit_role",
		ZH: "修改角色", EN: "Change a role", Errors: append(faults, iam.ErrRoleNotFound, iam.ErrBuiltIn, iam.ErrChanged)},
		func(ctx context.Context, in *struct {
			ByID
			Body RoleChange
		}) (*roleOut, error) {
			b := in.Body
			r, err := s.UpdateRole(ctx, in.ID, iam.RoleInput{Name: b.Name, Permissions: b.Permissions, RefundLimit: b.RefundLimitFen, Version: b.Version})
			return &roleOut{roleOf(ctx, r)}, err
		})

	web.Register(api, web.Op{ID: "deleteRole", Method: http.MethodDelete, Path: "/roles/{id}", Tag: "staff", Permission: "iam.edit_role",
		ZH: "删除角色", EN: "Delete a role", Errors: []*errs.Error{iam.ErrRoleNotFound, iam.ErrBuiltIn, iam.ErrRoleInUse, iam.ErrBeyondOwn}},
		func(ctx context.Context, in *ByID) (*Nothing, error) { return nil, s.DeleteRole(ctx, in.ID) })

	web.Register(api, web.Op{ID: "listPermissions", Method: http.MethodGet, Path: "/permissions", Tag: "staff", Permission: web.SignedIn,
		ZH: "权限矩阵", EN: "The permission matrix", Errors: []*errs.Error{page.ErrCursor}},
		func(_ context.Context, in *web.ListInput) (*matrixOut, error) {
			all := iam.Permissions()
			at := make(map[string]int, len(all)) // the matrix has an order of its own
			for i, p := range all {
				at[p.Code] = i
			}
			list, next, err := page.Slice(all, in.Cursor, in.Limit, func(p iam.Permission) int { return at[p.Code] }, cmp.Compare[int])
			if err != nil {
				return nil, err
			}
			out := make([]Permission, len(list))
			for i, p := range list {
				out[i] = Permission{p.Code, p.ZH, p.EN, slices.Concat([]string{iam.Owner}, p.Roles)}
			}
			return &matrixOut{web.NewPage(out, next)}, nil
		})
}
