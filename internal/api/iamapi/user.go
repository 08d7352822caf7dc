package iamapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// User is a member of staff.
type User struct {
	ID                 id.ID     `json:"id"`
	UserName           string    `json:"user_name"`
	DisplayName        string    `json:"display_name"`
	Lang               string    `json:"lang" enum:"zh-CN,en-US"`
	Active             bool      `json:"active"`
	MustChangePassword bool      `json:"must_change_password"`
	TOTPEnabled        bool      `json:"totp_enabled"`
	ShopIDs            Scope     `json:"shop_ids"`
	WarehouseIDs       Scope     `json:"warehouse_ids"`
	Roles              []RoleRef `json:"roles" nullable:"false"`
	CreatedAt          web.Time  `json:"created_at"`
	LastLoginAt        web.Time  `json:"last_login_at"`
	Version            int64     `json:"version"`
}

func userOf(ctx context.Context, u iam.User) User {
	return User{u.ID, u.UserName, u.DisplayName, u.Lang, u.Active, u.MustChangePassword, u.TOTPEnabled, Scope{IDs: u.ShopIDs},
		Scope{IDs: u.WarehouseIDs}, roleRefs(ctx, u.Roles), web.Time(u.CreatedAt), web.Time(u.LastLoginAt), u.Version}
}

// NewUser describes a new member of staff.
type NewUser struct {
	UserName     string  `json:"user_name" minLength:"1" maxLength:"200"`
	DisplayName  string  `json:"display_name,omitempty" maxLength:"200"`
	Password     string  `json:"password,omitempty" maxLength:"1024" doc:"The first password; one is made when absent"`
	Lang         string  `json:"lang,omitempty" enum:"zh-CN,en-US"`
	RoleIDs      []id.ID `json:"role_ids" minItems:"1" maxItems:"20" nullable:"false"`
	ShopIDs      Scope   `json:"shop_ids,omitempty" required:"false"`
	WarehouseIDs Scope   `json:"warehouse_ids,omitempty" required:"false"`
}

// CreatedUser holds the first password where one was made, this once.
type CreatedUser struct {
	User     User   `json:"user"`
	Password string `json:"password,omitempty"`
}

// UserChange changes what is sent.
type UserChange struct {
	DisplayName  *string `json:"display_name,omitempty" maxLength:"200"`
	Lang         *string `json:"lang,omitempty" enum:"zh-CN,en-US"`
	Active       *bool   `json:"active,omitempty"`
	RoleIDs      []id.ID `json:"role_ids,omitempty" minItems:"1" maxItems:"20"`
	ShopIDs      Scope   `json:"shop_ids,omitempty" required:"false"`
	WarehouseIDs Scope   `json:"warehouse_ids,omitempty" required:"false"`
	Version      int64   `json:"version,omitempty"`
}

// FirstPassword gives a user a password to be changed at the next login.
type FirstPassword struct {
	Password string `json:"password,omitempty" maxLength:"1024" doc:"One is made when absent"`
}

type (
	userOut    struct{ Body User }
	createdOut struct{ Body CreatedUser }
)

func userRoutes(api *web.API, s *iam.Service) {
	governed := []*errs.Error{iam.ErrUserNotFound, iam.ErrBeyondOwn}
	type usersOut struct{ Body web.Page[User] }
	web.Register(api, web.Op{ID: "listUsers", Method: http.MethodGet, Path: "/users", Tag: "staff", Permission: "iam.read",
		ZH: "员工列表", EN: "List staff", Errors: []*errs.Error{page.ErrCursor}},
		func(ctx context.Context, in *web.ListInput) (*usersOut, error) {
			var after id.ID
			if err := page.Decode(in.Cursor, &after); err != nil {
				return nil, err
			}
			limit := page.Limit(in.Limit)
			list, err := s.Users(ctx, after, limit)
			if err != nil {
				return nil, err
			}
			next := ""
			if len(list) == limit {
				next = page.Encode(list[limit-1].ID)
			}
			out := make([]User, len(list))
			for i, u := range list {
				out[i] = userOf(ctx, u)
			}
			return &usersOut{web.NewPage(out, next)}, nil
		})

	web.Register(api, web.Op{ID: "getUser", Method: http.MethodGet, Path: "/users/{id}", Tag: "staff", Permission: "iam.read",
		ZH: "员工详情", EN: "One member of staff", Errors: []*errs.Error{iam.ErrUserNotFound}},
		func(ctx context.Context, in *ByID) (*userOut, error) {
			u, err := s.User(ctx, in.ID)
			return &userOut{userOf(ctx, u)}, err
		})

	web.Register(api, web.Op{ID: "createUser", Method: http.MethodPost, Path: "/users", Tag: "staff", Permission: "iam.edit_user", Status: http.StatusCreated,
		ZH: "新增员工", EN: "Add a member of staff",
		Errors: append(passwordErrors(), iam.ErrNameTaken, iam.ErrBeyondOwn, iam.ErrNoRole, iam.ErrRoleNotFound, iam.ErrUserName, iam.ErrDisplayName, iam.ErrLang, iam.ErrTooMany)},
		func(ctx context.Context, in *struct{ Body NewUser }) (*createdOut, error) {
			b := in.Body
			c, err := s.CreateUser(ctx, iam.CreateUserInput{UserName: b.UserName, DisplayName: b.DisplayName, Password: b.Password, Lang: b.Lang,
				RoleIDs: b.RoleIDs, ShopIDs: b.ShopIDs.IDs, WarehouseIDs: b.WarehouseIDs.IDs})
			return &createdOut{CreatedUser{userOf(ctx, c.User), c.Password}}, err
		})

	web.Register(api, web.Op{ID: "updateUser", Method: http.MethodPatch, Path: "/users/{id}", Tag: "staff", Permission: "iam.edit_user",
		ZH: "修改员工；停用会结束其所有登录会话", EN: "Change a member of staff; switching one off ends all sessions",
		Errors: append(governed, iam.ErrChanged, iam.ErrLastOwner, iam.ErrRoleNotFound, iam.ErrNoRole, iam.ErrDisplayName, iam.ErrLang, iam.ErrTooMany)},
		func(ctx context.Context, in *struct {
			ByID
			Body UserChange
		}) (*userOut, error) {
			b := in.Body
			u, err := s.UpdateUser(ctx, iam.UpdateUserInput{UserID: in.ID, Version: b.Version, DisplayName: b.DisplayName, Lang: b.Lang, Active: b.Active,
				RoleIDs: b.RoleIDs, ShopIDs: b.ShopIDs.change(), WarehouseIDs: b.WarehouseIDs.change()})
			return &userOut{userOf(ctx, u)}, err
		})
	userSecurityRoutes(api, s, governed)
}

func userSecurityRoutes(api *web.API, s *iam.Service, governed []*errs.Error) {
	web.Register(api, web.Op{ID: "resetPassword", Method: http.MethodPost, Path: "/users/{id}/reset-password", Tag: "staff", Permission: "iam.edit_user",
		ZH: "重置员工密码", EN: "Give a member of staff a new first password", Errors: append(passwordErrors(), governed...)},
		func(ctx context.Context, in *struct {
			ByID
			Body FirstPassword
		}) (*createdOut, error) {
			c, err := s.ResetPassword(ctx, in.ID, in.Body.Password)
			return &createdOut{CreatedUser{userOf(ctx, c.User), c.Password}}, err
		})

	web.Register(api, web.Op{ID: "resetTOTP", Method: http.MethodPost, Path: "/users/{id}/reset-totp", Tag: "staff", Permission: "iam.edit_user",
		ZH: "清除员工的动态验证码", EN: "Remove a member of staff's authenticator app", Errors: governed},
		func(ctx context.Context, in *ByID) (*Nothing, error) { return nil, s.ResetTOTP(ctx, in.ID) })

	web.Register(api, web.Op{ID: "listUserSessions", Method: http.MethodGet, Path: "/users/{id}/sessions", Tag: "staff", Permission: "iam.edit_user",
		ZH: "员工的登录会话", EN: "Where a member of staff is signed in", Errors: governed},
		func(ctx context.Context, in *ByID) (*sessionList, error) {
			list, err := s.SessionsOf(ctx, in.ID)
			return &sessionList{sessions(list)}, err
		})

	web.Register(api, web.Op{ID: "endUserSessions", Method: http.MethodDelete, Path: "/users/{id}/sessions", Tag: "staff", Permission: "iam.edit_user",
		ZH: "结束员工的全部登录会话", EN: "Sign a member of staff out everywhere", Errors: governed},
		func(ctx context.Context, in *ByID) (*Nothing, error) { return nil, s.EndSessionsOf(ctx, in.ID) })
}
