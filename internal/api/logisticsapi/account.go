package logisticsapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing/issue"
)

// CarrierFault is what the other side refuses, in the reader's language.
type CarrierFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func faultOf(ctx context.Context, code string, params map[string]any) *CarrierFault {
	if code == "" {
		return nil
	}
	return &CarrierFault{code, errs.Message(actor.Lang(ctx), code, params)}
}

// CarrierAccount is a contract for waybills. It never holds a secret.
type CarrierAccount struct {
	ID           id.ID             `json:"id"`
	Kind         string            `json:"kind" enum:"carrier,channel,numbers"`
	Carrier      string            `json:"carrier"`
	Name         string            `json:"name"`
	Branch       string            `json:"branch"`
	BranchName   string            `json:"branch_name"`
	ShopID       id.ID             `json:"shop_id" doc:"Whose authorisation issues, for accounts of a channel"`
	BaseURL      string            `json:"base_url"`
	Given        []string          `json:"given" nullable:"false" doc:"Credentials that are stored"`
	Shown        map[string]string `json:"shown" doc:"Those of them that are no secret"`
	Product      string            `json:"product"`
	Template     string            `json:"template"`
	Sender       *SenderAddress    `json:"sender" doc:"Where parcels are sent from, name and phone masked; null where none is set"`
	Enabled      bool              `json:"enabled"`
	State        string            `json:"state" enum:"untested,ok,refused"`
	Error        *CarrierFault     `json:"error"`
	Balance      *int64            `json:"balance" doc:"Waybills left; null where nobody counts or knows"`
	BalanceAt    web.Time          `json:"balance_at"`
	LowAt        int64             `json:"low_at" doc:"A warning comes at this many or fewer; 0: never"`
	ShopIDs      []id.ID           `json:"shop_ids" nullable:"false" doc:"Shops it serves; empty: all"`
	WarehouseIDs []id.ID           `json:"warehouse_ids" nullable:"false" doc:"Warehouses it serves; empty: all"`
	CreatedAt    web.Time          `json:"created_at"`
	UpdatedAt    web.Time          `json:"updated_at"`
	Version      int64             `json:"version"`
}

func accountOf(ctx context.Context, a account.Account) CarrierAccount {
	out := CarrierAccount{ID: a.ID, Kind: string(a.Kind), Carrier: a.Carrier, Name: a.Name, Branch: a.Branch, BranchName: a.BranchName, ShopID: a.ShopID, BaseURL: a.BaseURL,
		Given: append([]string{}, a.Given...), Shown: a.Shown, Product: a.Product, Template: a.Template, Enabled: a.Enabled, State: string(a.State),
		Error: faultOf(ctx, a.ErrorCode, a.ErrorParams), BalanceAt: web.Time(a.BalanceAt), LowAt: a.LowAt, ShopIDs: append([]id.ID{}, a.Shops...),
		WarehouseIDs: append([]id.ID{}, a.Warehouses...), CreatedAt: web.Time(a.CreatedAt), UpdatedAt: web.Time(a.UpdatedAt), Version: a.Version}
	if s := a.Sender; s != nil {
		out.Sender = &SenderAddress{s.Name, s.Phone, s.Province, s.City, s.District, s.Town, s.Detail}
	}
	if a.Balance >= 0 {
		out.Balance = &a.Balance
	}
	return out
}

// SenderAddress is a party's name and address.
type SenderAddress struct {
	Name     string `json:"name" minLength:"1" maxLength:"50"`
	Phone    string `json:"phone" minLength:"5" maxLength:"30"`
	Province string `json:"province" minLength:"1" maxLength:"30"`
	City     string `json:"city" minLength:"1" maxLength:"30"`
	District string `json:"district" maxLength:"30"`
	Town     string `json:"town,omitempty" maxLength:"30"`
	Detail   string `json:"detail" minLength:"1" maxLength:"200"`
}

// PutCarrierAccount makes or changes an account. What is left out stays; kind, carrier and
// shop_id are for a new one.
type PutCarrierAccount struct {
	Version      int64             `json:"version,omitempty"`
	Kind         string            `json:"kind,omitempty" enum:"carrier,channel,numbers"`
	Carrier      string            `json:"carrier,omitempty"`
	ShopID       id.ID             `json:"shop_id,omitempty"`
	Name         *string           `json:"name,omitempty"`
	Branch       *string           `json:"branch,omitempty" maxLength:"60"`
	BranchName   *string           `json:"branch_name,omitempty" maxLength:"60"`
	BaseURL      *string           `json:"base_url,omitempty" maxLength:"500"`
	Credentials  map[string]string `json:"credentials,omitempty"`
	Sender       *SenderAddress    `json:"sender,omitempty" doc:"Where and by whom parcels are sent; never shown again"`
	Product      *string           `json:"product,omitempty" maxLength:"40"`
	Template     *string           `json:"template,omitempty" maxLength:"500"`
	Enabled      *bool             `json:"enabled,omitempty"`
	LowAt        *int64            `json:"low_at,omitempty"`
	ShopIDs      *[]id.ID          `json:"shop_ids,omitempty" maxItems:"1000"`
	WarehouseIDs *[]id.ID          `json:"warehouse_ids,omitempty" maxItems:"1000"`
}

func (p PutCarrierAccount) input(one id.ID) account.PutInput {
	in := account.PutInput{AccountID: one, Version: p.Version, Kind: account.Kind(p.Kind), Carrier: p.Carrier, ShopID: p.ShopID, Name: p.Name, Branch: p.Branch, BranchName: p.BranchName,
		BaseURL: p.BaseURL, Credentials: p.Credentials, Product: p.Product, Template: p.Template, Enabled: p.Enabled, LowAt: p.LowAt, Shops: p.ShopIDs, Warehouses: p.WarehouseIDs}
	if s := p.Sender; s != nil {
		in.Sender = &logistics.Party{Name: s.Name, Phone: s.Phone, Province: s.Province, City: s.City, District: s.District, Town: s.Town, Detail: s.Detail}
	}
	return in
}

// CarrierConnection is a carrier that can be spoken to directly.
type CarrierConnection struct {
	Carrier     Carrier           `json:"carrier"`
	Credentials []CredentialField `json:"credentials" nullable:"false"`
	Products    []CarrierProduct  `json:"products" nullable:"false"`
	BaseURL     string            `json:"base_url"`
	TestURL     string            `json:"test_url"`
	MaxPieces   int               `json:"max_pieces"`
}

// CredentialField is one field of the settings form.
type CredentialField struct {
	Name     string `json:"name"`
	NameZH   string `json:"name_zh"`
	NameEN   string `json:"name_en"`
	HelpZH   string `json:"help_zh"`
	HelpEN   string `json:"help_en"`
	Secret   bool   `json:"secret"`
	Optional bool   `json:"optional"`
}

// CarrierProduct is a service of a carrier.
type CarrierProduct struct {
	Code   string `json:"code"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
}

// CarrierTestReport is what a connection test found.
type CarrierTestReport struct {
	OK      bool          `json:"ok"`
	Problem string        `json:"problem" enum:"none,credentials,signature,clock,ip_not_listed,permission,private_address,unreachable,throttled,other"`
	Error   *CarrierFault `json:"error"`
	TookMS  int64         `json:"took_ms"`
}

// Services are what the operations call.
type Services struct {
	Accounts *account.Service
	Choices  *choose.Service
	Waybills *waybill.Service
	Issue    *issue.Service
}

type handlers struct{ Services }

type accountOut struct{ Body CarrierAccount }

type accountIn struct {
	ID id.ID `path:"id"`
}

var putErrors = []*errs.Error{account.ErrNotFound, account.ErrChanged, account.ErrKind, account.ErrCarrier, account.ErrShop, account.ErrName, account.ErrUnknown, account.ErrCredential,
	account.ErrFixedURL, account.ErrSender, account.ErrProduct, account.ErrLow, logistics.ErrCredentials}

func (h *handlers) accounts(api *web.API) {
	op := func(id, method, path, permission, zh, en string, faults ...*errs.Error) web.Op {
		return web.Op{ID: id, Method: method, Path: path, Tag: "fulfillment", Permission: permission, ZH: zh, EN: en, Errors: faults}
	}
	web.Register(api, op("listCarrierConnections", http.MethodGet, "/carrier-connections", logistics.PermitRead, "可直接对接的快递公司", "Carriers that can be connected directly"), h.connections)
	web.Register(api, op("listCarrierAccounts", http.MethodGet, "/carrier-accounts", logistics.PermitRead, "月结与电子面单账号", "Carrier accounts"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[CarrierAccount] }, error) {
			all, err := h.Accounts.List(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]CarrierAccount, len(all))
			for i, a := range all {
				out[i] = accountOf(ctx, a)
			}
			return &struct{ Body web.Page[CarrierAccount] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, op("createCarrierAccount", http.MethodPost, "/carrier-accounts", logistics.PermitEdit, "新增月结或电子面单账号", "Add a carrier account", putErrors...),
		func(ctx context.Context, in *struct{ Body PutCarrierAccount }) (*accountOut, error) {
			return h.shown(ctx)(h.Accounts.Put(ctx, in.Body.input(0)))
		})
	web.Register(api, op("getCarrierAccount", http.MethodGet, "/carrier-accounts/{id}", logistics.PermitRead, "一个月结账号（不含密钥）", "One carrier account, without secrets", account.ErrNotFound),
		func(ctx context.Context, in *accountIn) (*accountOut, error) {
			return h.shown(ctx)(h.Accounts.Get(ctx, in.ID))
		})
	web.Register(api, op("updateCarrierAccount", http.MethodPatch, "/carrier-accounts/{id}", logistics.PermitEdit, "修改月结账号", "Change a carrier account", putErrors...),
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body PutCarrierAccount
		}) (*accountOut, error) {
			return h.shown(ctx)(h.Accounts.Put(ctx, in.Body.input(in.ID)))
		})
	web.Register(api, op("testCarrierAccount", http.MethodPost, "/carrier-accounts/{id}/test", logistics.PermitEdit, "测试连接，指出哪里不通", "Test the connection and name what fails",
		account.ErrNotFound, account.ErrCarrier), h.test)
	web.Register(api, op("refreshWaybillBalance", http.MethodPost, "/carrier-accounts/{id}/balance", logistics.PermitEdit, "查询网点与单号余额", "Ask for the branches and the waybills left",
		account.ErrNotFound, account.ErrOff, logistics.ErrUnsupported), h.branches)
	web.Register(api, op("addWaybillNumbers", http.MethodPost, "/carrier-accounts/{id}/numbers", logistics.PermitEdit, "录入号段", "Add numbers at hand",
		account.ErrNotFound, account.ErrKind, waybill.ErrBadNumber, waybill.ErrKnown), h.addNumbers)
	web.Register(api, op("listWaybillUses", http.MethodGet, "/carrier-accounts/{id}/uses", logistics.PermitRead, "各店铺每天使用的单号数", "How many numbers each shop used each day"), h.uses)
}

func (h *handlers) shown(ctx context.Context) func(account.Account, error) (*accountOut, error) {
	return func(a account.Account, err error) (*accountOut, error) {
		if err != nil {
			return nil, err
		}
		return &accountOut{accountOf(ctx, a)}, nil
	}
}

func (h *handlers) connections(context.Context, *struct{}) (*struct{ Body web.Page[CarrierConnection] }, error) {
	var out []CarrierConnection
	for _, m := range h.Accounts.Manifests() {
		c, _ := logistics.Get(m.Code)
		one := CarrierConnection{Carrier: Carrier{c.Code, c.NameZH, c.NameEN}, Credentials: []CredentialField{}, Products: []CarrierProduct{}, BaseURL: m.BaseURL, TestURL: m.TestURL, MaxPieces: m.MaxPieces}
		for _, f := range m.Credentials {
			one.Credentials = append(one.Credentials, CredentialField{f.Name, f.NameZH, f.NameEN, f.HelpZH, f.HelpEN, f.Secret, f.Optional})
		}
		for _, p := range m.Products {
			one.Products = append(one.Products, CarrierProduct{p.Code, p.NameZH, p.NameEN})
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[CarrierConnection] }{web.NewPage(out, "")}, nil
}

func (h *handlers) test(ctx context.Context, in *accountIn) (*struct{ Body CarrierTestReport }, error) {
	r, err := h.Waybills.Test(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body CarrierTestReport }{CarrierTestReport{OK: r.Problem == account.ProblemNone, Problem: r.Problem, Error: faultOf(ctx, r.Code, r.Params), TookMS: r.TookMS}}, nil
}

// CarrierBranch is a carrier's branch that serves an account, with what is left there.
type CarrierBranch struct {
	Branch  string        `json:"branch"`
	Name    string        `json:"name"`
	Balance *int64        `json:"balance" doc:"Waybills left; null where nobody counts"`
	Places  []SenderPlace `json:"places" nullable:"false" doc:"Where it collects"`
}

// SenderPlace is an address without a person.
type SenderPlace struct {
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Town     string `json:"town"`
	Detail   string `json:"detail"`
}

func (h *handlers) branches(ctx context.Context, in *accountIn) (*struct{ Body web.Page[CarrierBranch] }, error) {
	all, err := h.Waybills.Branches(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out []CarrierBranch
	for _, b := range all {
		one := CarrierBranch{Branch: b.Branch, Name: b.BranchName, Places: []SenderPlace{}}
		if b.Left >= 0 {
			one.Balance = &b.Left
		}
		for _, p := range b.Senders {
			one.Places = append(one.Places, SenderPlace{p.Province, p.City, p.District, p.Town, p.Detail})
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[CarrierBranch] }{web.NewPage(out, "")}, nil
}

// NumbersAdded is how many numbers are new.
type NumbersAdded struct {
	Added int64 `json:"added"`
}

func (h *handlers) addNumbers(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		Numbers []string `json:"numbers" minItems:"1" maxItems:"20000"`
		Confirm bool     `json:"confirm,omitempty" doc:"Take numbers that do not look like the carrier's"`
	}
}) (*struct{ Body NumbersAdded }, error) {
	n, err := h.Waybills.AddNumbers(ctx, waybill.AddNumbersInput{AccountID: in.ID, Numbers: in.Body.Numbers, Confirm: in.Body.Confirm})
	if err != nil {
		return nil, err
	}
	return &struct{ Body NumbersAdded }{NumbersAdded{n}}, nil
}

// WaybillUse is how many numbers a shop used on a day.
type WaybillUse struct {
	ShopID    id.ID `json:"shop_id"`
	Day       int64 `json:"day" doc:"In China, as 20261122"`
	Issued    int64 `json:"issued"`
	Cancelled int64 `json:"cancelled"`
}

func (h *handlers) uses(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	From int64 `query:"from" doc:"First day, as 20261101"`
	To   int64 `query:"to" doc:"Last day"`
}) (*struct{ Body web.Page[WaybillUse] }, error) {
	all, err := h.Waybills.Uses(ctx, in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	var out []WaybillUse
	for _, u := range all {
		out = append(out, WaybillUse{u.ShopID, u.Day, u.Issued, u.Cancelled})
	}
	return &struct{ Body web.Page[WaybillUse] }{web.NewPage(out, "")}, nil
}
