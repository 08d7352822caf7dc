package setting

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	maxViews = 100  // per user and page
	maxQuery = 8192 // bytes
)

// View is a saved filter of a list. RoleID is the role it is shared with, 0: none.
type View struct {
	ID        id.ID
	UserID    id.ID
	Page      string
	Name      string
	Query     json.RawMessage // the page's own filter, a JSON object
	RoleID    id.ID
	Position  int64 // among the user's views of the page
	CreatedAt int64 // unix ms
	Mine      bool  // the asking user's own, not one shared with him
}

var pageName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func saver(ctx context.Context) (actor.Actor, error) {
	a, err := actor.From(ctx)
	if err == nil && a.Kind != actor.User {
		err = ErrNotPerson
	}
	return a, err
}

func viewPlace(i id.ID) string { return "setting_view/query/" + i.String() }

// Views lists the acting user's views of a page, then those shared with one of
// roles, which are the ids of the user's own roles.
func (s *Service) Views(ctx context.Context, page string, roles []id.ID) ([]View, error) {
	a, err := saver(ctx)
	if err != nil {
		return nil, err
	}
	if !pageName.MatchString(page) {
		return nil, ErrViewPage.At("page")
	}
	args := []any{a.MerchantID, page, a.ID}
	padded := db.Pad(roles)
	for _, r := range padded {
		args = append(args, r)
	}
	out := []View{}
	for row := range db.Each(ctx, s.k.DB, selectViews(len(padded)), append(args, int64(4*maxViews))...) {
		v, err := s.scanView(ctx, a, row)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(x, y View) int {
		if x.Mine != y.Mine {
			if x.Mine {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.Position, y.Position)
	})
	return out, nil
}

type scanner interface{ Scan(...any) error }

func (s *Service) scanView(ctx context.Context, a actor.Actor, r scanner) (v View, err error) {
	var sealed []byte
	if err = r.Scan(&v.ID, &v.UserID, &v.Page, &v.Name, &sealed, &v.RoleID, &v.Position, &v.CreatedAt); err != nil {
		return v, err
	}
	v.Mine = v.UserID == a.ID
	v.Query, err = s.k.Seal.Open(ctx, a.MerchantID, viewPlace(v.ID), sealed)
	return v, err
}

// SaveInput is a view to create, or what to change of one: nil stays as it is.
type SaveInput struct {
	Page     string // create only
	Name     *string
	Query    json.RawMessage
	RoleID   *id.ID // 0 stops sharing; sharing needs setting.edit
	Position *int64
}

func (in SaveInput) apply(ctx context.Context, v View) (View, error) {
	if in.Name != nil {
		v.Name = strings.TrimSpace(*in.Name)
	}
	if n := utf8.RuneCountInString(v.Name); n < 1 || n > 40 || !utf8.ValidString(v.Name) {
		return v, ErrViewName.At("name")
	}
	if in.Query != nil {
		v.Query = in.Query
	}
	var object map[string]any
	if len(v.Query) > maxQuery || json.Unmarshal(v.Query, &object) != nil || object == nil {
		return v, ErrViewQuery.At("query")
	}
	if in.RoleID != nil && *in.RoleID != v.RoleID {
		if err := actor.Require(ctx, "setting.edit"); err != nil {
			return v, err
		}
		v.RoleID = *in.RoleID
	}
	if in.Position != nil {
		v.Position = *in.Position
	}
	return v, nil
}

// CreateView (保存视图) saves a filter for the acting user.
//
// Errors: ErrViewName, ErrViewPage, ErrViewQuery, ErrManyViews, ErrNotPerson,
// actor.ErrForbidden when sharing without setting.edit.
func (s *Service) CreateView(ctx context.Context, in SaveInput) (View, error) {
	about := &command.About{Action: "setting.create_view"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (View, error) {
		a, err := saver(ctx)
		if err != nil {
			return View{}, err
		}
		if !pageName.MatchString(in.Page) {
			return View{}, ErrViewPage.At("page")
		}
		var n, last int64
		if err := tx.QueryRow(ctx, countViews, a.MerchantID, in.Page, a.ID).Scan(&n, &last); err != nil {
			return View{}, err
		}
		if n >= maxViews {
			return View{}, ErrManyViews.With("max", maxViews)
		}
		v, err := in.apply(ctx, View{ID: s.k.IDs.New(), UserID: a.ID, Page: in.Page, Position: last + 1, CreatedAt: clock.Millis(s.k.Clock), Mine: true})
		if err != nil {
			return View{}, err
		}
		sealed, err := s.k.Seal.Seal(ctx, a.MerchantID, viewPlace(v.ID), v.Query)
		if err != nil {
			return View{}, err
		}
		about.Object = "view/" + v.ID.String()
		_, err = tx.Exec(ctx, insertView, a.MerchantID, v.ID, v.UserID, v.Page, v.Name, sealed, v.RoleID, v.Position, v.CreatedAt)
		return v, err
	})
}

// own loads a view for changing: one's own, or a shared one with setting.edit.
func (s *Service) own(ctx context.Context, tx *db.Tx, view id.ID) (actor.Actor, View, error) {
	a, err := saver(ctx)
	if err != nil {
		return a, View{}, err
	}
	v, err := s.scanView(ctx, a, tx.QueryRow(ctx, selectView, a.MerchantID, view))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !v.Mine && !(v.RoleID != 0 && a.Can("setting.edit")) {
		return a, View{}, ErrNoView
	}
	return a, v, err
}

// UpdateView (修改视图) renames, re-filters, moves or shares a view.
//
// Errors: ErrNoView, and those of CreateView.
func (s *Service) UpdateView(ctx context.Context, view id.ID, in SaveInput) (View, error) {
	about := &command.About{Action: "setting.update_view", Object: "view/" + view.String()}
	type key struct {
		View id.ID
		In   SaveInput
	}
	return command.Run(ctx, s.k.Commands, about, key{view, in}, func(ctx context.Context, tx *db.Tx) (View, error) {
		a, v, err := s.own(ctx, tx, view)
		if err != nil {
			return View{}, err
		}
		if v, err = in.apply(ctx, v); err != nil {
			return View{}, err
		}
		sealed, err := s.k.Seal.Seal(ctx, a.MerchantID, viewPlace(v.ID), v.Query)
		if err != nil {
			return View{}, err
		}
		_, err = tx.Exec(ctx, updateView, v.Name, sealed, v.RoleID, v.Position, a.MerchantID, v.ID)
		return v, err
	})
}

// DeleteView (删除视图) removes a view.
//
// Errors: ErrNoView.
func (s *Service) DeleteView(ctx context.Context, view id.ID) error {
	about := &command.About{Action: "setting.delete_view", Object: "view/" + view.String()}
	_, err := command.Run(ctx, s.k.Commands, about, view, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		a, v, err := s.own(ctx, tx, view)
		if err == nil {
			_, err = tx.Exec(ctx, deleteView, a.MerchantID, v.ID)
		}
		return struct{}{}, err
	})
	return err
}
