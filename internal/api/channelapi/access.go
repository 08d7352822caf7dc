package channelapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
)

// HookPath is where pushes come in; the secret part of a shop's address follows.
const HookPath = "/hooks/"

// Tuning is how often and how carefully a shop is pulled. 0 or absent is the default.
type Tuning struct {
	PollIntervalMS      int64    `json:"poll_interval_ms,omitempty" minimum:"0" maximum:"3600000"`
	LagMS               *int64   `json:"lag_ms,omitempty" minimum:"0" maximum:"600000" doc:"How late a change may show in the channel's lists"`
	OverlapMS           int64    `json:"overlap_ms,omitempty" minimum:"0" maximum:"3600000" doc:"How far a window reaches back behind the last one"`
	ReconcileIntervalMS int64    `json:"reconcile_interval_ms,omitempty" minimum:"0" maximum:"86400000" doc:"How often both sides are compared"`
	RetryMS             []int64  `json:"retry_ms,omitempty" maxItems:"10" doc:"Waits before a failed window is tried again; after the last it becomes a gap"`
	StartAt             web.Time `json:"start_at,omitempty" doc:"Where the first pull begins; null: the shop's live_from"`
}

func (t *Tuning) input() *access.Tuning {
	if t == nil {
		return nil
	}
	out := &access.Tuning{PollMS: t.PollIntervalMS, LagMS: -1, OverlapMS: t.OverlapMS, ReconcileMS: t.ReconcileIntervalMS, RetryMS: t.RetryMS, StartAt: int64(t.StartAt)}
	if t.LagMS != nil {
		out.LagMS = *t.LagMS
	}
	return out
}

// Access is a shop's access to its channel. It never holds a secret.
type Access struct {
	ShopID      id.ID    `json:"shop_id"`
	Channel     string   `json:"channel"`
	State       string   `json:"state" enum:"unauthorised,ok,expiring,expired,refused"`
	Error       *Fault   `json:"error" doc:"What the channel refuses"`
	BaseURL     string   `json:"base_url"`
	Given       []string `json:"given" nullable:"false" doc:"Credentials that are stored"`
	Shown       []Shown  `json:"shown" nullable:"false" doc:"Those of them that are no secret"`
	Account     string   `json:"account" doc:"The shop as the channel names it"`
	NeedsPerson bool     `json:"needs_person" doc:"A person has to agree on the channel's page"`
	ExpiresAt   web.Time `json:"expires_at" doc:"When the present token ends"`
	ConsentByAt web.Time `json:"consent_by_at" doc:"When a person has to agree again"`
	Tuning      Tuning   `json:"tuning"`
	HookPath    string   `json:"hook_path" doc:"Where the channel pushes to, below this server's address; empty without the right to edit"`
	CreatedAt   web.Time `json:"created_at"`
	UpdatedAt   web.Time `json:"updated_at"`
	Version     int64    `json:"version"`
}

// Shown is a credential that is no secret.
type Shown struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func accessOf(ctx context.Context, v access.View) Access {
	lag := v.Tuning.LagMS
	out := Access{ShopID: v.ShopID, Channel: v.Channel, State: v.State, BaseURL: v.BaseURL, Given: append([]string{}, v.Given...), Shown: []Shown{}, Account: v.Account,
		NeedsPerson: v.Consent, ExpiresAt: web.Time(v.ExpiresAt), ConsentByAt: web.Time(v.ConsentAt), CreatedAt: web.Time(v.CreatedAt), UpdatedAt: web.Time(v.UpdatedAt), Version: v.Version,
		Tuning: Tuning{v.Tuning.PollMS, &lag, v.Tuning.OverlapMS, v.Tuning.ReconcileMS, v.Tuning.RetryMS, web.Time(v.Tuning.StartAt)}}
	for _, name := range v.Given {
		if text, ok := v.Shown[name]; ok {
			out.Shown = append(out.Shown, Shown{name, text})
		}
	}
	if v.ErrorCode != "" {
		out.Error = &Fault{Code: v.ErrorCode, Message: errs.Message(actor.Lang(ctx), v.ErrorCode, v.ErrorParams)}
	}
	if v.Hook != "" {
		out.HookPath = HookPath + v.Hook
	}
	return out
}

// PutAccess gives a shop access. A credential that is left out or empty stays.
type PutAccess struct {
	Version     int64             `json:"version,omitempty"`
	BaseURL     *string           `json:"base_url,omitempty" maxLength:"500" doc:"Only where the channel is a server of one's own"`
	Credentials map[string]string `json:"credentials,omitempty"`
	Tuning      *Tuning           `json:"tuning,omitempty"`
}

// TestReport is what a connection test found.
type TestReport struct {
	OK      bool   `json:"ok"`
	Problem string `json:"problem" enum:"none,credentials,signature,clock,ip_not_listed,permission,expired,private_address,unreachable,throttled,other"`
	Error   *Fault `json:"error"`
	SkewMS  *int64 `json:"skew_ms" doc:"The channel's clock minus ours, to the second; null where it told no time"`
	TookMS  int64  `json:"took_ms"`
}

type consentOut struct {
	Body struct {
		URL       string   `json:"url"`
		ExpiresAt web.Time `json:"expires_at"`
	}
}

type accessOut struct{ Body Access }

func (h *handlers) accesses(api *web.API) {
	op := func(id, method, path, zh, en string, faults ...*errs.Error) web.Op {
		return web.Op{ID: id, Method: method, Path: path, Tag: "sync", Permission: "channel.edit", ZH: zh, EN: en,
			Errors: append(faults, shop.ErrNotFound, access.ErrNotFound, access.ErrNoAPI)}
	}
	get := op("getAccess", http.MethodGet, "/shops/{id}/access", "店铺的接口设置（不含密钥）", "A shop's access to its channel, without secrets")
	get.Permission = "channel.read"
	web.Register(api, get, func(ctx context.Context, in *shopIn) (*accessOut, error) {
		return h.shown(ctx)(h.access.Get(ctx, in.ID))
	})
	web.Register(api, op("putAccess", http.MethodPut, "/shops/{id}/access", "设置店铺接口并转为接口同步", "Give a shop access and turn it to pulling",
		access.ErrChanged, access.ErrCredential, access.ErrUnknown, access.ErrBaseURL, access.ErrFixedURL, access.ErrTuning, httpx.ErrPrivate, httpx.ErrPlain, shop.ErrChanged), h.put)
	web.Register(api, op("deleteAccess", http.MethodDelete, "/shops/{id}/access", "删除接口设置并转回文件导入", "Take access away and turn the shop back to files", shop.ErrChanged),
		func(ctx context.Context, in *shopIn) (*noBody, error) { return nil, h.access.Remove(ctx, in.ID) })
	web.Register(api, op("testAccess", http.MethodPost, "/shops/{id}/access/test", "测试连接，指出哪里不通", "Test the connection and name what fails"), h.test)
	web.Register(api, op("startConsent", http.MethodPost, "/shops/{id}/access/consent", "发起平台授权", "Begin an authorisation on the channel's page",
		access.ErrNoConsent, access.ErrRedirect, channel.ErrCredentials), h.startConsent)
	web.Register(api, op("finishConsent", http.MethodPost, "/consents", "用平台返回的授权码完成授权", "End an authorisation with the channel's code",
		access.ErrState, access.ErrOtherShop, access.ErrNoConsent, channel.ErrSignature, channel.ErrTokenExpired, channel.ErrRefused, channel.ErrUnavailable),
		func(ctx context.Context, in *struct {
			Body struct {
				State string `json:"state" minLength:"1" maxLength:"200"`
				Code  string `json:"code" minLength:"1" maxLength:"2000"`
			}
		}) (*accessOut, error) {
			return h.begun(ctx)(h.access.FinishConsent(ctx, in.Body.State, in.Body.Code))
		})
}

func (h *handlers) shown(ctx context.Context) func(access.View, error) (*accessOut, error) {
	return func(v access.View, err error) (*accessOut, error) {
		if err != nil {
			return nil, err
		}
		return &accessOut{accessOf(ctx, v)}, nil
	}
}

// begun is shown for an access that may work from now on: its shop is read at once.
func (h *handlers) begun(ctx context.Context) func(access.View, error) (*accessOut, error) {
	return func(v access.View, err error) (*accessOut, error) {
		if err == nil {
			h.engine.Wake(actor.Merchant(ctx), v.ShopID)
		}
		return h.shown(ctx)(v, err)
	}
}

func (h *handlers) put(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body PutAccess
}) (*accessOut, error) {
	b := in.Body
	return h.begun(ctx)(h.access.Put(ctx, access.PutInput{ShopID: in.ID, Version: b.Version, BaseURL: b.BaseURL, Credentials: b.Credentials, Tuning: b.Tuning.input()}))
}

func (h *handlers) test(ctx context.Context, in *shopIn) (*struct{ Body TestReport }, error) {
	r, err := h.access.Test(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := TestReport{OK: r.Problem == access.ProblemNone, Problem: r.Problem, TookMS: r.TookMS}
	if r.Dated {
		out.SkewMS = &r.SkewMS
	}
	if r.Code != "" {
		out.Error = &Fault{Code: r.Code, Message: errs.Message(actor.Lang(ctx), r.Code, r.Params)}
	}
	return &struct{ Body TestReport }{out}, nil
}

func (h *handlers) startConsent(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		RedirectURL string `json:"redirect_url,omitempty" maxLength:"500" doc:"Where the channel sends the person back; empty where the code is copied by hand"`
	}
}) (*consentOut, error) {
	c, err := h.access.StartConsent(ctx, in.ID, in.Body.RedirectURL)
	if err != nil {
		return nil, err
	}
	var out consentOut
	out.Body.URL, out.Body.ExpiresAt = c.URL, web.Time(c.ExpiresAt)
	return &out, nil
}
