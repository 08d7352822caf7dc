package iamapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// SetupBody describes the first merchant and its owner.
type SetupBody struct {
	Token        string `json:"token" minLength:"1" maxLength:"200" doc:"The single-use token that the server printed"`
	MerchantCode string `json:"merchant_code" minLength:"1" maxLength:"64" doc:"Typed at every login: small letters, digits, hyphens"`
	MerchantName string `json:"merchant_name" minLength:"1" maxLength:"200"`
	UserName     string `json:"user_name" minLength:"1" maxLength:"200"`
	DisplayName  string `json:"display_name,omitempty" maxLength:"200"`
	Password     string `json:"password" minLength:"1" maxLength:"1024"`
	Lang         string `json:"lang,omitempty" enum:"zh-CN,en-US"`
	DemoData     bool   `json:"demo_data,omitempty" doc:"Fill the new merchant with believable data"`
}

// SetupDone names the new merchant; the owner's session comes as a cookie.
type SetupDone struct {
	MerchantID id.ID `json:"merchant_id"`
}

// LoginBody is what a person types.
type LoginBody struct {
	MerchantCode string `json:"merchant_code" minLength:"1" maxLength:"200"`
	UserName     string `json:"user_name" minLength:"1" maxLength:"200"`
	Password     string `json:"password" minLength:"1" maxLength:"1024"`
	TOTP         string `json:"totp,omitempty" maxLength:"64" doc:"Code of the authenticator app, or a recovery code"`
}

// SignedIn is who signed in; the session comes as a cookie.
type SignedIn struct {
	User Me `json:"user"`
}

// Session is one place where a user is signed in.
type Session struct {
	ID        id.ID    `json:"id"`
	CreatedAt web.Time `json:"created_at"`
	SeenAt    web.Time `json:"seen_at"`
	ExpiresAt web.Time `json:"expires_at"`
	IP        string   `json:"ip"`
	UserAgent string   `json:"user_agent"`
	Current   bool     `json:"current"`
}

func sessions(list []iam.Session) web.Page[Session] {
	out := make([]Session, len(list))
	for i, x := range list {
		out[i] = Session{x.ID, web.Time(x.CreatedAt), web.Time(x.SeenAt), web.Time(x.ExpiresAt), x.IP, x.UserAgent, x.Current}
	}
	return web.NewPage(out, "")
}

type sessionList struct{ Body web.Page[Session] }

func sessionRoutes(api *web.API, s *iam.Service, hooks Hooks) {
	setupRoute(api, s, hooks)
	loginRoute(api, s)
	ownSessionRoutes(api, s)
}

func setupRoute(api *web.API, s *iam.Service, hooks Hooks) {
	type setupOut struct {
		Cookie http.Cookie `header:"Set-Cookie"`
		Body   SetupDone
	}
	web.Register(api, web.Op{ID: "setup", Method: http.MethodPost, Path: "/setup", Tag: "session", Status: http.StatusCreated,
		ZH: "首次初始化：用一次性令牌创建商家和店长，并登录", EN: "First run: create a merchant and its owner with the single-use token, and sign in",
		Errors: []*errs.Error{iam.ErrSetupToken, iam.ErrTooManyAttempts, iam.ErrCodeTaken, iam.ErrMerchantCode, iam.ErrUserName, iam.ErrDisplayName,
			iam.ErrPasswordShort, iam.ErrPasswordLong, iam.ErrPasswordCommon, iam.ErrPasswordNames, iam.ErrLang}},
		func(ctx context.Context, in *struct{ Body SetupBody }) (*setupOut, error) {
			b := in.Body
			if b.Lang == "" {
				b.Lang = actor.Lang(ctx)
			}
			r, err := s.Setup(ctx, iam.SetupInput{Token: b.Token, MerchantCode: b.MerchantCode, MerchantName: b.MerchantName, UserName: b.UserName,
				DisplayName: b.DisplayName, Password: b.Password, Lang: b.Lang, IP: web.RemoteIP(ctx), UserAgent: web.UserAgent(ctx), RequestID: web.RequestID(ctx)})
			if err != nil {
				return nil, err
			}
			if b.DemoData && hooks.Demo != nil {
				owner, err := s.Authenticate(ctx, r.Session.Token, "")
				if err != nil {
					return nil, err
				}
				if err := hooks.Demo(actor.With(ctx, owner), r.MerchantID); err != nil {
					return nil, err
				}
			}
			return &setupOut{web.SessionCookie(ctx, r.Session.Token, r.Session.ExpiresAt), SetupDone{r.MerchantID}}, nil
		})
}

func loginRoute(api *web.API, s *iam.Service) {
	type loginOut struct {
		Cookie http.Cookie `header:"Set-Cookie"`
		Body   SignedIn
	}
	web.Register(api, web.Op{ID: "login", Method: http.MethodPost, Path: "/sessions", Tag: "session", Status: http.StatusCreated,
		ZH: "登录", EN: "Sign in", Errors: []*errs.Error{iam.ErrBadLogin, iam.ErrTOTPRequired, iam.ErrBadTOTP, iam.ErrTooManyAttempts}},
		func(ctx context.Context, in *struct{ Body LoginBody }) (*loginOut, error) {
			b := in.Body
			r, err := s.Login(ctx, iam.LoginInput{MerchantCode: b.MerchantCode, UserName: b.UserName, Password: b.Password, TOTP: b.TOTP,
				IP: web.RemoteIP(ctx), UserAgent: web.UserAgent(ctx), RequestID: web.RequestID(ctx)})
			if err != nil {
				return nil, err
			}
			a, err := s.Authenticate(ctx, r.Session.Token, "")
			if err != nil {
				return nil, err
			}
			who, err := me(actor.With(ctx, a), s)
			return &loginOut{web.SessionCookie(ctx, r.Session.Token, r.Session.ExpiresAt), SignedIn{who}}, err
		})
}

func ownSessionRoutes(api *web.API, s *iam.Service) {
	type logoutOut struct {
		Cookie http.Cookie `header:"Set-Cookie"`
	}
	web.Register(api, web.Op{ID: "logout", Method: http.MethodDelete, Path: "/sessions/current", Tag: "session", Permission: web.SignedIn,
		ZH: "退出登录", EN: "Sign out", Errors: []*errs.Error{iam.ErrSessionEnded, iam.ErrNotAPerson}},
		func(ctx context.Context, _ *struct{}) (*logoutOut, error) {
			return &logoutOut{web.EndSessionCookie(ctx)}, s.Logout(ctx, web.SessionToken(ctx))
		})

	web.Register(api, web.Op{ID: "listSessions", Method: http.MethodGet, Path: "/sessions", Tag: "session", Permission: web.SignedIn,
		ZH: "我的登录会话", EN: "Where I am signed in", Errors: []*errs.Error{iam.ErrSessionEnded, iam.ErrNotAPerson}},
		func(ctx context.Context, _ *struct{}) (*sessionList, error) {
			list, err := s.Sessions(ctx, web.SessionToken(ctx))
			return &sessionList{sessions(list)}, err
		})

	web.Register(api, web.Op{ID: "endSession", Method: http.MethodDelete, Path: "/sessions/{id}", Tag: "session", Permission: web.SignedIn,
		ZH: "结束我的一个登录会话", EN: "End one of my sessions", Errors: []*errs.Error{iam.ErrSessionNotFound, iam.ErrNotAPerson}},
		func(ctx context.Context, in *ByID) (*Nothing, error) { return nil, s.EndSession(ctx, in.ID) })
}
