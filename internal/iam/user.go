package iam

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// User is a member of a merchant's staff. ShopIDs and WarehouseIDs narrow what he
// sees; nil means all.
type User struct {
	ID                 id.ID
	UserName           string
	DisplayName        string
	Lang               string
	Active             bool
	MustChangePassword bool
	TOTPEnabled        bool
	ShopIDs            []id.ID
	WarehouseIDs       []id.ID
	Roles              []Role
	CreatedAt          int64 // unix ms
	LastLoginAt        int64 // 0: never
	Version            int64
}

type userRow struct {
	User
	merchant id.ID
}

// permissions of all the user's roles, sorted.
func (u userRow) permissions() []string {
	out := []string{}
	for _, r := range u.Roles {
		out = append(out, r.Permissions...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (u userRow) has(role string) bool {
	return slices.ContainsFunc(u.Roles, func(r Role) bool { return r.BuiltIn && r.Code == role })
}

func (u userRow) actor() actor.Actor {
	a := actor.Actor{MerchantID: u.merchant, ID: u.ID, Kind: actor.User, Name: u.DisplayName, Lang: u.Lang, Scope: scopeOf(u.ShopIDs, u.WarehouseIDs)}
	if !u.MustChangePassword {
		a.Permissions = u.permissions()
	}
	return a
}

type scanner interface{ Scan(...any) error }

func scanUser(r scanner) (u User, err error) {
	var active, must, totp int64
	var shops, warehouses string
	if err = r.Scan(&u.ID, &u.UserName, &u.DisplayName, &u.Lang, &active, &must, &totp, &shops, &warehouses, &u.CreatedAt, &u.LastLoginAt, &u.Version); err != nil {
		return u, err
	}
	u.Active, u.MustChangePassword, u.TOTPEnabled = active == 1, must == 1, totp == 1
	if u.ShopIDs, err = unpackIDs(shops); err != nil {
		return u, err
	}
	u.WarehouseIDs, err = unpackIDs(warehouses)
	return u, err
}

func (s *Service) loadUser(ctx context.Context, q db.Querier, m, user id.ID) (userRow, error) {
	u, err := scanUser(q.QueryRow(ctx, selectUser, m, user))
	if err != nil {
		return userRow{}, none(err, ErrUserNotFound)
	}
	roles, err := rolesOf(ctx, q, m, []id.ID{user})
	u.Roles = roles[user]
	return userRow{u, m}, err
}

// rolesOf loads the roles of several users at once.
func rolesOf(ctx context.Context, q db.Querier, m id.ID, users []id.ID) (map[id.ID][]Role, error) {
	out := map[id.ID][]Role{}
	if len(users) == 0 {
		return out, nil
	}
	args := []any{m}
	for _, u := range users {
		args = append(args, u)
	}
	for row := range db.Each(ctx, q, selectRolesOf(len(users)), args...) {
		var user id.ID
		r, err := scanRole(row, &user)
		if err != nil {
			return nil, err
		}
		out[user] = append(out[user], r)
	}
	return out, nil
}

// Users lists staff by id after a cursor (0: from the start). Permission iam.read.
func (s *Service) Users(ctx context.Context, after id.ID, limit int) ([]User, error) {
	m, err := reader(ctx)
	if err != nil {
		return nil, err
	}
	users, err := list(ctx, s.k.DB, selectUsers, scanUser, m, after, int64(bounded(limit)))
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	roles, err := rolesOf(ctx, s.k.DB, m, ids)
	for i := range users {
		users[i].Roles = roles[users[i].ID]
	}
	return users, err
}

// Holders lists the active members of staff who may do something, by name. It tells
// no more than who they are, to whoever may do it too.
func (s *Service) Holders(ctx context.Context, permission string) ([]User, error) {
	if err := actor.Require(ctx, permission); err != nil {
		return nil, err
	}
	var out []User
	for m, after := actor.Merchant(ctx), id.ID(0); ; {
		users, err := list(ctx, s.k.DB, selectUsers, scanUser, m, after, int64(holdersPage))
		if err != nil || len(users) == 0 {
			return out, err
		}
		ids := make([]id.ID, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		roles, err := rolesOf(ctx, s.k.DB, m, ids)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			u.Roles = roles[u.ID]
			if u.Active && slices.Contains(userRow{User: u}.permissions(), permission) {
				out = append(out, User{ID: u.ID, DisplayName: u.DisplayName})
			}
		}
		after = ids[len(ids)-1]
	}
}

const holdersPage = 200

// User returns one member of staff. Permission iam.read.
//
// Errors: ErrUserNotFound.
func (s *Service) User(ctx context.Context, user id.ID) (User, error) {
	m, err := reader(ctx)
	if err != nil {
		return User{}, err
	}
	u, err := s.loadUser(ctx, s.k.DB, m, user)
	return u.User, err
}

func reader(ctx context.Context) (id.ID, error) {
	return actor.Merchant(ctx), actor.Require(ctx, "iam.read")
}

func bounded(limit int) int { return min(max(limit, 1), maxListed) }

// Me is the acting user with merchant and rights.
type Me struct {
	User
	Merchant    Merchant
	Permissions []string
	// RefundLimit bounds refund.approve in fen, nil where there is no bound.
	RefundLimit *money.Fen
}

// Me (我) returns who is signed in.
func (s *Service) Me(ctx context.Context) (Me, error) {
	a, err := person(ctx)
	if err != nil {
		return Me{}, err
	}
	u, err := s.loadUser(ctx, s.k.DB, a.MerchantID, a.ID)
	if err != nil {
		return Me{}, err
	}
	me := Me{User: u.User, Permissions: u.actor().Permissions, RefundLimit: refundLimit(u.Roles)}
	x := &me.Merchant
	err = s.k.DB.QueryRow(ctx, selectMerchant, a.MerchantID).Scan(&x.ID, &x.Code, &x.Name, &x.TimeZone, &x.CreatedAt)
	return me, err
}

// RefundLimit is up to how many fen the actor may approve a refund: nil where
// nothing bounds him, 0 where he may approve none. A key follows its maker.
func (s *Service) RefundLimit(ctx context.Context) (*money.Fen, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	nothing := money.Fen(0)
	if !a.Can("refund.approve") {
		return &nothing, nil
	}
	user := a.ID
	switch a.Kind {
	case actor.System:
		return nil, nil
	case actor.APIKey:
		if err := s.k.DB.QueryRow(ctx, selectKeyMaker, a.MerchantID, a.ID).Scan(&user); err != nil {
			return &nothing, none(err, ErrKeyNotFound)
		}
	}
	roles, err := rolesOf(ctx, s.k.DB, a.MerchantID, []id.ID{user})
	return refundLimit(roles[user]), err
}

// refundLimit is the widest of several roles: a second role never takes away.
func refundLimit(roles []Role) *money.Fen {
	best := money.Fen(0)
	for _, r := range roles {
		if !slices.Contains(r.Permissions, "refund.approve") {
			continue
		}
		if r.RefundLimit == nil {
			return nil
		}
		best = max(best, *r.RefundLimit)
	}
	return &best
}

func packStrings(list []string) (string, error) {
	if list == nil {
		list = []string{}
	}
	b, err := json.Marshal(list)
	return string(b), err
}
