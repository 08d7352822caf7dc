// Package settingapi offers a merchant's settings and saved views over HTTP.
package settingapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/setting"
)

// Any is a JSON value that is not looked into here.
type Any struct{ json.RawMessage }

// Schema describes any value.
func (Any) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }

// Object is a JSON object that is not looked into here.
type Object struct{ json.RawMessage }

// Schema describes an object with any fields.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// Setting is what a merchant has decided, or the default.
type Setting struct {
	Name      string   `json:"name"`
	Kind      string   `json:"kind" enum:"bool,int,text,choice"`
	NameZH    string   `json:"name_zh"`
	NameEN    string   `json:"name_en"`
	HintZH    string   `json:"hint_zh" doc:"what it costs or brings; may be empty"`
	HintEN    string   `json:"hint_en"`
	Value     Any      `json:"value"`
	Default   Any      `json:"default"`
	Min       int64    `json:"min" doc:"of an int; of a text, its length"`
	Max       int64    `json:"max"`
	Choices   []string `json:"choices" nullable:"false"`
	Version   int64    `json:"version" doc:"0 while the default holds"`
	UpdatedAt web.Time `json:"updated_at"`
}

func settingOf(v setting.Value) (Setting, error) {
	out := Setting{Name: v.Name, Kind: string(v.Kind), NameZH: v.ZH, NameEN: v.EN, HintZH: v.HintZH, HintEN: v.HintEN, Min: v.Min, Max: v.Max, Choices: append([]string{}, v.Choices...),
		Version: v.Version, UpdatedAt: web.Time(v.UpdatedAt)}
	var err error
	if out.Value.RawMessage, err = json.Marshal(v.Value); err != nil {
		return out, err
	}
	out.Default.RawMessage, err = json.Marshal(v.Default)
	return out, err
}

// SettingChange saves a value. Without version nothing is compared.
type SettingChange struct {
	Value   Any    `json:"value"`
	Version *int64 `json:"version,omitempty"`
}

// Routes registers every operation. roles tells whose shared views a user sees.
func Routes(api *web.API, s *setting.Service, roles *iam.Service) {
	settingRoutes(api, s)
	viewRoutes(api, s, roles)
}

func settingRoutes(api *web.API, s *setting.Service) {
	type (
		listOut struct{ Body web.Page[Setting] }
		oneOut  struct{ Body Setting }
	)
	web.Register(api, web.Op{ID: "listSettings", Method: http.MethodGet, Path: "/settings", Tag: "settings", Permission: web.SignedIn,
		ZH: "全部设置", EN: "All settings"},
		func(ctx context.Context, _ *struct{}) (*listOut, error) {
			all, err := s.All(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]Setting, len(all))
			for i, v := range all {
				if out[i], err = settingOf(v); err != nil {
					return nil, err
				}
			}
			return &listOut{web.NewPage(out, "")}, nil
		})

	web.Register(api, web.Op{ID: "saveSetting", Method: http.MethodPut, Path: "/settings/{name}", Tag: "settings", Permission: "setting.edit",
		ZH: "修改一项设置", EN: "Change a setting", Errors: []*errs.Error{setting.ErrUnknown, setting.ErrValue, setting.ErrChanged}},
		func(ctx context.Context, in *struct {
			Name string `path:"name" maxLength:"100"`
			Body SettingChange
		}) (*oneOut, error) {
			version := int64(-1)
			if in.Body.Version != nil {
				version = *in.Body.Version
			}
			v, err := s.Set(ctx, setting.SetInput{Name: in.Name, Value: in.Body.Value.RawMessage, Version: version})
			if err != nil {
				return nil, err
			}
			out, err := settingOf(v)
			return &oneOut{out}, err
		})
}

// SavedView is a filter of a list that somebody saved.
type SavedView struct {
	ID        id.ID    `json:"id"`
	Page      string   `json:"page"`
	Name      string   `json:"name"`
	Query     Object   `json:"query" doc:"The page's own filter"`
	RoleID    *id.ID   `json:"role_id" doc:"Shared with this role"`
	Position  int64    `json:"position"`
	Mine      bool     `json:"mine"`
	CreatedAt web.Time `json:"created_at"`
}

func viewOf(v setting.View) SavedView {
	out := SavedView{v.ID, v.Page, v.Name, Object{v.Query}, nil, v.Position, v.Mine, web.Time(v.CreatedAt)}
	if v.RoleID != 0 {
		out.RoleID = &v.RoleID
	}
	return out
}

// NewSavedView saves a filter for the signed-in user.
type NewSavedView struct {
	Page     string `json:"page" maxLength:"40"`
	Name     string `json:"name" maxLength:"200"`
	Query    Object `json:"query"`
	RoleID   *id.ID `json:"role_id,omitempty" doc:"Share with this role; needs setting.edit"`
	Position *int64 `json:"position,omitempty"`
}

// SavedViewChange changes what is sent; role_id "0" stops sharing.
type SavedViewChange struct {
	Name     *string `json:"name,omitempty" maxLength:"200"`
	Query    *Object `json:"query,omitempty"`
	RoleID   *id.ID  `json:"role_id,omitempty"`
	Position *int64  `json:"position,omitempty"`
}

type viewOut struct{ Body SavedView }

func viewRoutes(api *web.API, s *setting.Service, roles *iam.Service) {
	faults := []*errs.Error{setting.ErrViewName, setting.ErrViewQuery, setting.ErrNotPerson, iam.ErrRoleNotFound, actor.ErrForbidden}
	type viewsOut struct{ Body web.Page[SavedView] }
	web.Register(api, web.Op{ID: "listSavedViews", Method: http.MethodGet, Path: "/saved-views", Tag: "settings", Permission: web.SignedIn,
		ZH: "我的和共享给我的视图", EN: "My saved views, and those shared with me", Errors: []*errs.Error{setting.ErrViewPage, setting.ErrNotPerson}},
		func(ctx context.Context, in *struct {
			Page string `query:"page" required:"true" maxLength:"40"`
		}) (*viewsOut, error) {
			mine, err := roles.RoleIDs(ctx)
			if err != nil {
				return nil, err
			}
			list, err := s.Views(ctx, in.Page, mine)
			out := make([]SavedView, len(list))
			for i, v := range list {
				out[i] = viewOf(v)
			}
			return &viewsOut{web.NewPage(out, "")}, err
		})

	web.Register(api, web.Op{ID: "createSavedView", Method: http.MethodPost, Path: "/saved-views", Tag: "settings", Permission: web.SignedIn, Status: http.StatusCreated,
		ZH: "保存视图", EN: "Save a view", Errors: append([]*errs.Error{setting.ErrViewPage, setting.ErrManyViews}, faults...)},
		func(ctx context.Context, in *struct{ Body NewSavedView }) (*viewOut, error) {
			b := in.Body
			if err := roles.KnowsRole(ctx, b.RoleID); err != nil {
				return nil, err
			}
			v, err := s.CreateView(ctx, setting.SaveInput{Page: b.Page, Name: &b.Name, Query: b.Query.RawMessage, RoleID: b.RoleID, Position: b.Position})
			return &viewOut{viewOf(v)}, err
		})

	web.Register(api, web.Op{ID: "updateSavedView", Method: http.MethodPatch, Path: "/saved-views/{id}", Tag: "settings", Permission: web.SignedIn,
		ZH: "修改视图", EN: "Change a saved view", Errors: append([]*errs.Error{setting.ErrNoView}, faults...)},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body SavedViewChange
		}) (*viewOut, error) {
			b := in.Body
			if err := roles.KnowsRole(ctx, b.RoleID); err != nil {
				return nil, err
			}
			change := setting.SaveInput{Name: b.Name, RoleID: b.RoleID, Position: b.Position}
			if b.Query != nil {
				change.Query = b.Query.RawMessage
			}
			v, err := s.UpdateView(ctx, in.ID, change)
			return &viewOut{viewOf(v)}, err
		})

	type nothing struct{}
	web.Register(api, web.Op{ID: "deleteSavedView", Method: http.MethodDelete, Path: "/saved-views/{id}", Tag: "settings", Permission: web.SignedIn,
		ZH: "删除视图", EN: "Delete a saved view", Errors: []*errs.Error{setting.ErrNoView, setting.ErrNotPerson}},
		func(ctx context.Context, in *struct {
			ID id.ID `path:"id"`
		}) (*nothing, error) {
			return nil, s.DeleteView(ctx, in.ID)
		})
}
