package access

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// PutInput gives a shop access to its channel. A credential that is absent or
// empty stays what it is. Version is the one the caller read, 0 to overwrite.
type PutInput struct {
	ShopID      id.ID             `json:"shop_id"`
	Version     int64             `json:"version"`
	BaseURL     *string           `json:"base_url"`
	Credentials map[string]string `json:"credentials"`
	Tuning      *Tuning           `json:"tuning"`
}

// Put stores a shop's access (接口授权) and turns the shop to pulling. A change of
// credentials or address ends the former authorisation. Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrNoAPI, ErrChanged, ErrCredential, ErrUnknown,
// ErrBaseURL, ErrFixedURL, ErrTuning, httpx.ErrPrivate, httpx.ErrPlain.
func (s *Service) Put(ctx context.Context, in PutInput) (View, error) {
	if err := actor.Require(ctx, "channel.edit"); err != nil {
		return View{}, err
	}
	sh, err := s.shops.Get(ctx, in.ShopID)
	if err != nil {
		return View{}, err
	}
	api, err := s.api(sh)
	if err != nil {
		return View{}, err
	}
	if in.BaseURL != nil {
		if *in.BaseURL, err = s.address(ctx, api, *in.BaseURL); err != nil {
			return View{}, err
		}
	}
	about := &command.About{Action: "access.put", Object: "shop/" + in.ShopID.String()}
	_, err = command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		fields, err := s.putTx(ctx, tx, sh, api, in)
		about.Detail = map[string]any{"fields": fields}
		return 1, err
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, in.ShopID)
}

// address checks a base address that a person typed in; "" is the channel's own.
func (s *Service) address(ctx context.Context, api *channel.API, text string) (string, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	if text == "" || text == strings.TrimRight(api.BaseURL, "/") {
		return "", nil
	}
	if !api.CustomURL {
		return "", ErrFixedURL.At("base_url")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(text) > 500 {
		return "", ErrBaseURL.At("base_url")
	}
	if err := httpx.Permit(ctx, s.http, u); err != nil {
		return "", err
	}
	return text, nil
}

func (s *Service) putTx(ctx context.Context, tx *db.Tx, sh shop.Shop, api *channel.API, in PutInput) ([]string, error) {
	r, err := readRow(ctx, tx, sh.ID)
	fresh := errors.Is(err, ErrNotFound)
	if err != nil && !fresh {
		return nil, err
	}
	if in.Version != 0 && in.Version != r.version {
		return nil, ErrChanged
	}
	var fields []string
	given := map[string]string{}
	if err := s.open(ctx, "credentials", sh.ID, r.credentials, &given); err != nil && !errors.Is(err, ErrUnsealed) {
		return nil, err
	}
	changed, err := merge(ctx, api, given, in.Credentials)
	if err != nil {
		return nil, err
	}
	if changed {
		fields = append(fields, "credentials")
	}
	baseURL := r.baseURL
	if in.BaseURL != nil && *in.BaseURL != baseURL {
		baseURL, changed = *in.BaseURL, true
		fields = append(fields, "base_url")
	}
	if api.BaseURL == "" && baseURL == "" {
		return nil, ErrBaseURL.At("base_url")
	}
	tuning := r.tuning
	if in.Tuning != nil || fresh {
		t := Tuning{LagMS: -1}
		if in.Tuning != nil {
			t = *in.Tuning
		}
		if t, err = t.check(api); err != nil {
			return nil, err
		}
		b, err := json.Marshal(t)
		if err != nil {
			return nil, err
		}
		if string(b) != tuning {
			tuning = string(b)
			fields = append(fields, "tuning")
		}
	}
	if len(fields) == 0 {
		return nil, s.shops.SetModeTx(ctx, tx, sh.ID, shop.ModeAPI)
	}
	return fields, s.writeTx(ctx, tx, sh, api, r, fresh, changed, given, baseURL, tuning, fields)
}

// merge takes over what was typed in and tells whether it differs.
func merge(ctx context.Context, api *channel.API, given, typed map[string]string) (changed bool, err error) {
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		known := slices.ContainsFunc(api.Credentials, func(c channel.Credential) bool { return c.Name == name })
		if !known {
			return false, ErrUnknown.With("field", name).At("credentials." + name)
		}
		v := strings.TrimSpace(typed[name])
		if v != "" && v != given[name] {
			given[name], changed = v, true
		}
	}
	for _, c := range api.Credentials {
		if given[c.Name] == "" && !c.Optional {
			name := c.NameZH
			if strings.HasPrefix(actor.Lang(ctx), "en") {
				name = c.NameEN
			}
			return false, ErrCredential.With("name", name).At("credentials." + c.Name)
		}
	}
	return changed, nil
}

func (s *Service) writeTx(ctx context.Context, tx *db.Tx, sh shop.Shop, api *channel.API, r row, fresh, changed bool, given map[string]string, baseURL, tuning string, fields []string) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	sealed, err := s.seal(ctx, "credentials", sh.ID, given)
	if err != nil {
		return err
	}
	app, err := s.appOf(ctx, sh.Channel, baseURL, api, given)
	if err != nil {
		return err
	}
	state := OK
	if api.OAuth != nil && api.OAuth.AuthorizeURL != nil {
		state = Unauthorised
	}
	if fresh {
		hook, err := s.newHookTx(ctx, tx, sh.ID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertOne, m, sh.ID, baseURL, sealed, app, hook, state, tuning, now, now); err != nil {
			return err
		}
	} else {
		n, err := tx.ExecN(ctx, updateOne, baseURL, sealed, app, tuning, now, m, sh.ID, r.version)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrChanged
		}
		if changed {
			if _, err := tx.Exec(ctx, dropToken, m, sh.ID); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, setState, state, "", "", now, m, sh.ID, state, ""); err != nil {
				return err
			}
		}
	}
	if err := s.shops.SetModeTx(ctx, tx, sh.ID, shop.ModeAPI); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "access", ID: sh.ID, Version: r.version + 1}, Changed{ShopID: sh.ID, Fields: fields})
}

// tokenApp is the kind of the keyed digest of an app.
const tokenApp int64 = 102

// appOf names the app whose limits the shop's calls count against: every
// credential that is no shop's own is part of it, as far as we can tell the first.
func (s *Service) appOf(ctx context.Context, code, baseURL string, api *channel.API, given map[string]string) (int64, error) {
	keys, err := s.k.Seal.Keys(ctx, actor.Merchant(ctx))
	if err != nil {
		return 0, err
	}
	app := ""
	if len(api.Credentials) > 0 {
		app = given[api.Credentials[0].Name]
	}
	return keys.Token(tokenApp, code+"\n"+baseURL+"\n"+app), nil
}

// Remove takes a shop's access away: credentials, tokens and hook address are gone,
// and the shop is back to files. Orders stay. Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrNotFound.
func (s *Service) Remove(ctx context.Context, shopID id.ID) error {
	if err := actor.Require(ctx, "channel.edit"); err != nil {
		return err
	}
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return err
	}
	_, err := command.Run(ctx, s.k.Commands, &command.About{Action: "access.remove", Object: "shop/" + shopID.String()}, shopID,
		func(ctx context.Context, tx *db.Tx) (int64, error) {
			r, err := readRow(ctx, tx, shopID)
			if err != nil {
				return 0, err
			}
			if err := s.dropHookTx(ctx, tx, r); err != nil {
				return 0, err
			}
			if _, err := tx.Exec(ctx, deleteOne, actor.Merchant(ctx), shopID); err != nil {
				return 0, err
			}
			if err := s.shops.SetModeTx(ctx, tx, shopID, shop.ModeFile); err != nil {
				return 0, err
			}
			return 1, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "access", ID: shopID, Version: r.version + 1}, Changed{ShopID: shopID, Fields: []string{"removed"}})
		})
	return err
}
