package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// States of a shop's access.
const (
	Unauthorised = "unauthorised" // credentials are there, a person has yet to agree
	OK           = "ok"
	Expiring     = "expiring" // a person has to agree again soon
	Expired      = "expired"
	Refused      = "refused" // the channel refuses the credentials, the clock, the address or the rights
)

// A refusal says in words why an access does not work.
var _ = errs.Words("state", errs.Table(map[string][2]string{
	Unauthorised: {"还没有授权", "nobody has authorised it yet"},
	Expired:      {"授权已过期", "the authorisation has expired"},
	Refused:      {"被平台拒绝", "the channel refuses it"},
}), "access")

// View is a shop's access as people see it: no secret is in it. Instants are unix
// milliseconds, 0 where there is none.
type View struct {
	ShopID  id.ID
	Channel string
	State   string
	// ErrorCode and ErrorParams say what the channel refuses.
	ErrorCode   string
	ErrorParams map[string]any
	BaseURL     string
	// Given names the credentials that are stored; Shown holds those that are no secret.
	Given   []string
	Shown   map[string]string
	Account string
	// ExpiresAt is when the token ends, ConsentAt when a person has to agree again.
	ExpiresAt, ConsentAt int64
	// Consent: a person has to agree in the browser.
	Consent bool
	Tuning  Tuning
	// Hook is the secret part of the address for pushes.
	Hook                 string
	CreatedAt, UpdatedAt int64
	Version              int64
}

// Service is the access of every shop.
type Service struct {
	k     *kit.Kit
	shops *shop.Service
	all   []channel.Manifest
	http  *httpx.Client
	rand  io.Reader
	// renewing holds a lock per shop for renewals within this process.
	renewing sync.Map
}

// New wires the use cases and registers their periodic job. hc is the guarded
// transport that every connector gets; random makes hook addresses and states.
func New(k *kit.Kit, shops *shop.Service, all []channel.Manifest, hc *httpx.Client, random io.Reader) *Service {
	s := &Service{k: k, shops: shops, all: all, http: hc, rand: random}
	s.register()
	return s
}

// Ready refuses a shop that cannot be pulled: it has no access, or one that does
// not work. It fits shop.BeforeAPI.
//
// Errors: ErrNeeded, ErrNotWorking.
func (s *Service) Ready(ctx context.Context, q db.Querier, shopID id.ID) error {
	r, err := readRow(ctx, q, shopID)
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrNeeded.At("mode")
	case err == nil && r.state != OK && r.state != Expiring:
		return ErrNotWorking.With("state", r.state).At("mode")
	}
	return err
}

// api is the manifest of a shop's channel and the side that speaks.
func (s *Service) api(sh shop.Shop) (*channel.API, error) {
	m, ok := channel.Find(s.all, sh.Channel)
	if !ok || m.API == nil {
		return nil, ErrNoAPI
	}
	return m.API, nil
}

// row is channel_access as it is stored.
type row struct {
	shopID                          id.ID
	baseURL                         string
	credentials, hook, tokens       []byte
	app                             int64
	tokenVersion                    int64
	account                         string
	tokenAt, expiresAt, renewableTo int64
	state, errorCode, errorParams   string
	alarmed                         int64
	tuning                          string
	createdAt, updatedAt, version   int64
}

func (r *row) into() []any {
	return []any{&r.shopID, &r.baseURL, &r.credentials, &r.app, &r.hook, &r.tokens, &r.tokenVersion, &r.account, &r.tokenAt, &r.expiresAt, &r.renewableTo,
		&r.state, &r.errorCode, &r.errorParams, &r.alarmed, &r.tuning, &r.createdAt, &r.updatedAt, &r.version}
}

func readRow(ctx context.Context, q db.Querier, shopID id.ID) (row, error) {
	var r row
	err := q.QueryRow(ctx, selectOne, actor.Merchant(ctx), shopID).Scan(r.into()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return r, err
}

func readRows(ctx context.Context, q db.Querier) ([]row, error) {
	return db.All(ctx, q, (*row).into, selectAll, actor.Merchant(ctx))
}

// place binds a sealed value to its row.
func place(column string, shopID id.ID) string {
	return "channel_access/" + column + "/" + strconv.FormatInt(int64(shopID), 10)
}

func (s *Service) seal(ctx context.Context, column string, shopID id.ID, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.k.Seal.Seal(ctx, actor.Merchant(ctx), place(column, shopID), b)
}

func (s *Service) open(ctx context.Context, column string, shopID id.ID, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := s.k.Seal.Open(ctx, actor.Merchant(ctx), place(column, shopID), sealed)
	if err != nil {
		return ErrUnsealed.Because(err)
	}
	return json.Unmarshal(plain, v)
}

// Get returns a shop's access. Permission channel.read.
//
// Errors: shop.ErrNotFound, ErrNotFound.
func (s *Service) Get(ctx context.Context, shopID id.ID) (View, error) {
	if err := actor.Require(ctx, "channel.read"); err != nil {
		return View{}, err
	}
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return View{}, err
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, sh, r)
}

// List returns the access of every shop the actor may see. Permission channel.read.
func (s *Service) List(ctx context.Context) ([]View, error) {
	if err := actor.Require(ctx, "channel.read"); err != nil {
		return nil, err
	}
	shops, err := s.shops.List(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := readRows(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, sh := range shops {
		for _, r := range rows {
			if r.shopID != sh.ID {
				continue
			}
			v, err := s.view(ctx, sh, r)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}

func (s *Service) view(ctx context.Context, sh shop.Shop, r row) (View, error) {
	v := View{ShopID: sh.ID, Channel: sh.Channel, State: r.state, ErrorCode: r.errorCode, BaseURL: r.baseURL, Account: r.account, ExpiresAt: r.expiresAt,
		Shown: map[string]string{}, CreatedAt: r.createdAt, UpdatedAt: r.updatedAt, Version: r.version}
	if r.errorParams != "" {
		if err := json.Unmarshal([]byte(r.errorParams), &v.ErrorParams); err != nil {
			return v, err
		}
	}
	given := map[string]string{}
	if err := s.open(ctx, "credentials", sh.ID, r.credentials, &given); err != nil && !errors.Is(err, ErrUnsealed) {
		return v, err
	}
	api, err := s.api(sh)
	if err != nil {
		return v, err
	}
	for _, c := range api.Credentials {
		if given[c.Name] == "" {
			continue
		}
		v.Given = append(v.Given, c.Name)
		if !c.Secret {
			v.Shown[c.Name] = given[c.Name]
		}
	}
	v.Consent = api.OAuth != nil && api.OAuth.AuthorizeURL != nil
	v.ConsentAt = r.consentAt(api)
	if v.BaseURL == "" {
		v.BaseURL = api.BaseURL
	}
	if v.Tuning, err = readTuning(r.tuning, api.Limits); err != nil {
		return v, err
	}
	if a, err := actor.From(ctx); err != nil || !a.Can("channel.edit") {
		return v, nil // whoever knows the address may knock
	}
	return v, s.open(ctx, "hook", sh.ID, r.hook, &v.Hook)
}

// consentAt is when a person has to agree again, 0 where nobody has to.
func (r *row) consentAt(api *channel.API) int64 {
	if api.OAuth == nil || api.OAuth.AuthorizeURL == nil || r.tokenVersion == 0 {
		return 0
	}
	if api.OAuth.Refresh != nil && r.renewableTo != 0 {
		return r.renewableTo
	}
	if api.OAuth.Refresh != nil && r.renewableTo == 0 {
		return 0
	}
	return r.expiresAt
}
