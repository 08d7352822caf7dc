package iamapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Me is the signed-in user with merchant and rights.
type Me struct {
	UserID             id.ID      `json:"user_id"`
	UserName           string     `json:"user_name"`
	DisplayName        string     `json:"display_name"`
	MerchantID         id.ID      `json:"merchant_id"`
	MerchantCode       string     `json:"merchant_code"`
	MerchantName       string     `json:"merchant_name"`
	Lang               string     `json:"lang" enum:"zh-CN,en-US"`
	Permissions        []string   `json:"permissions" nullable:"false"`
	Roles              []RoleRef  `json:"roles" nullable:"false"`
	ShopIDs            Scope      `json:"shop_ids"`
	WarehouseIDs       Scope      `json:"warehouse_ids"`
	MustChangePassword bool       `json:"must_change_password" doc:"Until then nothing else is allowed"`
	TOTPEnabled        bool       `json:"totp_enabled"`
	RefundLimitFen     *money.Fen `json:"refund_limit_fen" doc:"Up to here I may approve refunds; null: no limit"`
}

func me(ctx context.Context, s *iam.Service) (Me, error) {
	x, err := s.Me(ctx)
	if err != nil {
		return Me{}, err
	}
	permissions := x.Permissions
	if permissions == nil {
		permissions = []string{}
	}
	return Me{UserID: x.ID, UserName: x.UserName, DisplayName: x.DisplayName, MerchantID: x.Merchant.ID, MerchantCode: x.Merchant.Code,
		MerchantName: x.Merchant.Name, Lang: x.Lang, Permissions: permissions, Roles: roleRefs(ctx, x.Roles), ShopIDs: Scope{IDs: x.ShopIDs},
		WarehouseIDs: Scope{IDs: x.WarehouseIDs}, MustChangePassword: x.MustChangePassword, TOTPEnabled: x.TOTPEnabled, RefundLimitFen: x.RefundLimit}, nil
}

type meOut struct{ Body Me }

func answerMe(ctx context.Context, s *iam.Service, err error) (*meOut, error) {
	if err != nil {
		return nil, err
	}
	who, err := me(ctx, s)
	return &meOut{who}, err
}

// MeChange changes what is sent.
type MeChange struct {
	DisplayName *string `json:"display_name,omitempty" maxLength:"200"`
	Lang        *string `json:"lang,omitempty" enum:"zh-CN,en-US"`
}

// PasswordChange replaces the signed-in user's password.
type PasswordChange struct {
	OldPassword string `json:"old_password" minLength:"1" maxLength:"1024"`
	NewPassword string `json:"new_password" minLength:"1" maxLength:"1024"`
}

// PasswordProof asks for the password again.
type PasswordProof struct {
	Password string `json:"password" minLength:"1" maxLength:"1024"`
}

// TOTPSecret is what an authenticator app needs.
type TOTPSecret struct {
	Secret string `json:"secret"`
	URL    string `json:"otpauth_url"`
}

// TOTPCode is a code of the authenticator app.
type TOTPCode struct {
	Code string `json:"code" minLength:"6" maxLength:"6" pattern:"^[0-9]{6}$"`
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recovery_codes" nullable:"false"`
}

// TOTPOff takes the second factor away.
type TOTPOff struct {
	Password string `json:"password" minLength:"1" maxLength:"1024"`
	Code     string `json:"code" minLength:"6" maxLength:"64" doc:"Code of the authenticator app, or a recovery code"`
}

func meRoutes(api *web.API, s *iam.Service) {
	web.Register(api, web.Op{ID: "getMe", Method: http.MethodGet, Path: "/me", Tag: "session", Permission: web.SignedIn,
		ZH: "当前用户、商家与权限", EN: "Who I am and what I may do", Errors: []*errs.Error{iam.ErrSessionEnded, iam.ErrNotAPerson}},
		func(ctx context.Context, _ *struct{}) (*meOut, error) { return answerMe(ctx, s, nil) })

	web.Register(api, web.Op{ID: "updateMe", Method: http.MethodPatch, Path: "/me", Tag: "session", Permission: web.SignedIn,
		ZH: "修改我的姓名和语言", EN: "Change my name and language", Errors: []*errs.Error{iam.ErrDisplayName, iam.ErrLang, iam.ErrNotAPerson}},
		func(ctx context.Context, in *struct{ Body MeChange }) (*meOut, error) {
			return answerMe(ctx, s, s.UpdateMe(ctx, iam.UpdateMeInput{DisplayName: in.Body.DisplayName, Lang: in.Body.Lang}))
		})

	web.Register(api, web.Op{ID: "changeMyPassword", Method: http.MethodPost, Path: "/me/password", Tag: "session", Permission: web.SignedIn,
		ZH: "修改我的密码；其他登录会话随之结束", EN: "Change my password; my other sessions end",
		Errors: append(passwordErrors(), iam.ErrOldPassword, iam.ErrPasswordSame, iam.ErrTooManyAttempts, iam.ErrNotAPerson)},
		func(ctx context.Context, in *struct{ Body PasswordChange }) (*Nothing, error) {
			return nil, s.ChangePassword(ctx, in.Body.OldPassword, in.Body.NewPassword, web.SessionToken(ctx))
		})

	type secretOut struct{ Body TOTPSecret }
	web.Register(api, web.Op{ID: "beginTOTP", Method: http.MethodPost, Path: "/me/totp", Tag: "session", Permission: web.SignedIn,
		ZH: "开始绑定动态验证码", EN: "Start to enrol an authenticator app",
		Errors: []*errs.Error{iam.ErrOldPassword, iam.ErrTooManyAttempts, iam.ErrTOTPState, iam.ErrNotAPerson}},
		func(ctx context.Context, in *struct{ Body PasswordProof }) (*secretOut, error) {
			x, err := s.BeginTOTP(ctx, in.Body.Password)
			return &secretOut{TOTPSecret{x.Secret, x.URL}}, err
		})

	type recoveryOut struct{ Body RecoveryCodes }
	web.Register(api, web.Op{ID: "confirmTOTP", Method: http.MethodPost, Path: "/me/totp/confirm", Tag: "session", Permission: web.SignedIn,
		ZH: "用一个验证码确认绑定，返回恢复码（仅此一次）", EN: "Confirm with a code; answers the recovery codes, this once",
		Errors: []*errs.Error{iam.ErrBadTOTP, iam.ErrTooManyAttempts, iam.ErrTOTPState, iam.ErrNotAPerson}},
		func(ctx context.Context, in *struct{ Body TOTPCode }) (*recoveryOut, error) {
			x, err := s.ConfirmTOTP(ctx, in.Body.Code, web.SessionToken(ctx))
			return &recoveryOut{RecoveryCodes{x}}, err
		})

	web.Register(api, web.Op{ID: "disableTOTP", Method: http.MethodPost, Path: "/me/totp/disable", Tag: "session", Permission: web.SignedIn,
		ZH: "解绑动态验证码", EN: "Remove the authenticator app",
		Errors: []*errs.Error{iam.ErrOldPassword, iam.ErrBadTOTP, iam.ErrTooManyAttempts, iam.ErrTOTPState, iam.ErrNotAPerson}},
		func(ctx context.Context, in *struct{ Body TOTPOff }) (*Nothing, error) {
			return nil, s.DisableTOTP(ctx, in.Body.Password, in.Body.Code)
		})
}

func passwordErrors() []*errs.Error {
	return []*errs.Error{iam.ErrPasswordShort, iam.ErrPasswordLong, iam.ErrPasswordCommon, iam.ErrPasswordNames, iam.ErrPasswordMix}
}
