package iam

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// CreateUserInput describes a new member of staff.
type CreateUserInput struct {
	UserName    string
	DisplayName string
	// Password is the first one, to be changed at the first login; "" makes one.
	// It stays out of the hash that guards the idempotency key.
	Password     string `json:"-"`
	Lang         string
	RoleIDs      []id.ID
	ShopIDs      []id.ID // nil: all
	WarehouseIDs []id.ID // nil: all
}

// Created is a new or reset user. Password is set when it was made here, and is
// shown this once.
type Created struct {
	User     User
	Password string
}

// CreateUser (新增员工) adds a member of staff. Permission iam.edit_user; no role,
// shop or warehouse beyond one's own.
//
// Errors: ErrNameTaken, ErrBeyondOwn, ErrNoRole, ErrRoleNotFound, password checks.
func (s *Service) CreateUser(ctx context.Context, in CreateUserInput) (Created, error) {
	a, err := editor(ctx, "iam.edit_user")
	if err != nil {
		return Created{}, err
	}
	if in.UserName, err = checkUserName(in.UserName); err != nil {
		return Created{}, err
	}
	if in.DisplayName == "" {
		in.DisplayName = in.UserName
	}
	if in.DisplayName, err = checkDisplayName(in.DisplayName, "display_name"); err != nil {
		return Created{}, err
	}
	if in.Lang, err = checkLang(in.Lang); err != nil {
		return Created{}, err
	}
	hash, made, err := s.firstPassword(ctx, a.MerchantID, in.Password, in.UserName)
	if err != nil {
		return Created{}, err
	}
	about := &command.About{Action: "iam.create_user"}
	key, err := s.sameRequest(ctx, a.MerchantID, in, in.Password)
	if err != nil {
		return Created{}, err
	}
	return command.Run(ctx, s.k.Commands, about, key, func(ctx context.Context, tx *db.Tx) (Created, error) {
		now := s.now()
		u := User{ID: s.k.IDs.New(), UserName: in.UserName, DisplayName: in.DisplayName, Lang: in.Lang, Active: true, MustChangePassword: true,
			ShopIDs: in.ShopIDs, WarehouseIDs: in.WarehouseIDs, CreatedAt: now, Version: 1}
		shops, warehouses, err := packScope(in.ShopIDs, in.WarehouseIDs)
		if err != nil {
			return Created{}, err
		}
		row := []any{a.MerchantID, u.ID, u.UserName, u.DisplayName, hash, int64(1), u.Lang, shops, warehouses, now, int64(0), int64(1)}
		if _, err := tx.Insert(ctx, "iam_user", userColumns, [][]any{row}, ""); err != nil {
			if db.IsUnique(err) {
				return Created{}, ErrNameTaken.Because(err).At("user_name")
			}
			return Created{}, err
		}
		if u.Roles, err = s.giveRolesTx(ctx, tx, a, u.ID, in.RoleIDs); err != nil {
			return Created{}, err
		}
		row2 := userRow{u, a.MerchantID}
		about.Object, about.Detail = "user/"+u.ID.String(), map[string]any{"roles": roleCodes(u.Roles)}
		return Created{u, made}, withinOwn(a, row2.permissions(), u.ShopIDs, u.WarehouseIDs)
	})
}

// request is what an idempotency key is compared by. The password is in it as a
// token under the merchant's own key, since a bare hash of it could be guessed.
type request struct {
	In       any
	Password int64
}

func (s *Service) sameRequest(ctx context.Context, m id.ID, in any, password string) (request, error) {
	keys, err := s.k.Seal.Keys(ctx, m)
	if err != nil {
		return request{}, err
	}
	return request{in, keys.Token(passwordToken, password)}, nil
}

// passwordToken is the kind under which passwords are tokenised: no other value
// shares it, so tokens of different fields never meet.
const passwordToken = 901

func packScope(shops, warehouses []id.ID) (a, b string, err error) {
	if a, err = packIDs(shops); err != nil {
		return a, b, err
	}
	b, err = packIDs(warehouses)
	return a, b, err
}

// firstPassword checks the given first password, or makes one.
func (s *Service) firstPassword(ctx context.Context, m id.ID, given, userName string) (hash, made string, err error) {
	if given == "" {
		if made, err = s.randomPassword(); err != nil {
			return "", "", err
		}
		hash, err = s.hasher.hash(ctx, made)
		return hash, made, err
	}
	p, err := s.opt.Policy(ctx, m)
	if err != nil {
		return "", "", err
	}
	code, err := s.merchantCode(ctx, m)
	if err != nil {
		return "", "", err
	}
	hash, err = s.newPassword(ctx, p, given, userName, code)
	return hash, "", err
}

func (s *Service) merchantCode(ctx context.Context, m id.ID) (string, error) {
	var x Merchant
	err := s.k.DB.QueryRow(ctx, selectMerchant, m).Scan(&x.ID, &x.Code, &x.Name, &x.TimeZone, &x.CreatedAt)
	return x.Code, none(err, nil)
}

// giveRolesTx replaces a user's roles.
func (s *Service) giveRolesTx(ctx context.Context, tx *db.Tx, a actor.Actor, user id.ID, roles []id.ID) ([]Role, error) {
	roles = slices.Clone(roles)
	slices.Sort(roles)
	roles = slices.Compact(roles)
	if len(roles) == 0 {
		return nil, ErrNoRole.At("role_ids")
	}
	if len(roles) > 20 {
		return nil, ErrTooMany.With("max", 20).At("role_ids")
	}
	if _, err := tx.Exec(ctx, deleteUserRoles, a.MerchantID, user); err != nil {
		return nil, err
	}
	for _, r := range roles {
		// Locks the role, so that it cannot be deleted meanwhile.
		n, err := tx.ExecN(ctx, holdRole, a.MerchantID, r)
		if err != nil {
			return nil, err
		}
		if n != 1 {
			return nil, ErrRoleNotFound.At("role_ids")
		}
		if _, err := tx.Exec(ctx, insertUserRole, a.MerchantID, user, r); err != nil {
			return nil, err
		}
	}
	got, err := rolesOf(ctx, tx, a.MerchantID, []id.ID{user})
	return got[user], err
}

func roleCodes(roles []Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.Code
	}
	return out
}

// UpdateUserInput changes what is not nil.
type UpdateUserInput struct {
	UserID       id.ID
	Version      int64 // the version that was read; 0 does not check
	DisplayName  *string
	Lang         *string
	Active       *bool
	RoleIDs      []id.ID
	ShopIDs      *[]id.ID // pointing at nil: all
	WarehouseIDs *[]id.ID
}

// UpdateUser (修改员工) changes a member of staff; switching one off ends all his
// sessions and silences his keys. Permission iam.edit_user; nobody changes a user
// who holds more than himself, nor gives more than he holds.
//
// Errors: ErrUserNotFound, ErrChanged, ErrBeyondOwn, ErrLastOwner, ErrRoleNotFound.
func (s *Service) UpdateUser(ctx context.Context, in UpdateUserInput) (User, error) {
	about := &command.About{Action: "iam.update_user", Object: "user/" + in.UserID.String()}
	out, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (User, error) {
		return s.updateUserTx(ctx, tx, in, about)
	})
	s.forget()
	return out, err
}

func (s *Service) updateUserTx(ctx context.Context, tx *db.Tx, in UpdateUserInput, about *command.About) (User, error) {
	a, err := editor(ctx, "iam.edit_user")
	if err != nil {
		return User{}, err
	}
	// Two owners who switch each other off at once queue up here.
	if _, err := tx.Exec(ctx, lockOwnerRole, a.MerchantID, Owner); err != nil {
		return User{}, err
	}
	u, err := s.governed(ctx, tx, in.UserID)
	if err != nil {
		return User{}, err
	}
	wasOwner := u.Active && u.has(Owner)
	changed, err := applyUpdate(&u, in)
	if err != nil {
		return User{}, err
	}
	shops, warehouses, err := packScope(u.ShopIDs, u.WarehouseIDs)
	if err != nil {
		return User{}, err
	}
	n, err := tx.ExecN(ctx, updateUser, u.DisplayName, u.Lang, u.Active, shops, warehouses, a.MerchantID, u.ID, in.Version, in.Version)
	if err != nil {
		return User{}, err
	}
	if n != 1 {
		return User{}, ErrChanged
	}
	u.Version++
	if in.RoleIDs != nil {
		if u.Roles, err = s.giveRolesTx(ctx, tx, a, u.ID, in.RoleIDs); err != nil {
			return User{}, err
		}
		changed = append(changed, "roles")
	}
	if err := withinOwn(a, u.permissions(), u.ShopIDs, u.WarehouseIDs); err != nil {
		return User{}, err
	}
	if wasOwner && !(u.Active && u.has(Owner)) {
		var owners int64
		if err := tx.QueryRow(ctx, countOwners, a.MerchantID, Owner).Scan(&owners); err != nil {
			return User{}, err
		}
		if owners == 0 {
			return User{}, ErrLastOwner
		}
	}
	if !u.Active {
		if _, err := tx.Exec(ctx, endUserSessions, s.now(), a.MerchantID, u.ID, []byte{}); err != nil {
			return User{}, err
		}
	}
	about.Detail = map[string]any{"fields": changed, "roles": roleCodes(u.Roles), "active": u.Active}
	return u.User, nil
}

func applyUpdate(u *userRow, in UpdateUserInput) (changed []string, err error) {
	if in.DisplayName != nil {
		changed = append(changed, "display_name")
		if u.DisplayName, err = checkDisplayName(*in.DisplayName, "display_name"); err != nil {
			return nil, err
		}
	}
	if in.Lang != nil {
		changed = append(changed, "lang")
		if u.Lang, err = checkLang(*in.Lang); err != nil {
			return nil, err
		}
	}
	if in.Active != nil {
		changed, u.Active = append(changed, "active"), *in.Active
	}
	if in.ShopIDs != nil {
		changed, u.ShopIDs = append(changed, "shop_ids"), *in.ShopIDs
	}
	if in.WarehouseIDs != nil {
		changed, u.WarehouseIDs = append(changed, "warehouse_ids"), *in.WarehouseIDs
	}
	return changed, nil
}

// ResetPassword (重置密码) gives a user a new first password and signs him out
// everywhere; his second factor stays. "" makes a password. Permission
// iam.edit_user, and no user beyond one's own rights.
//
// Errors: ErrUserNotFound, ErrBeyondOwn, password checks.
func (s *Service) ResetPassword(ctx context.Context, user id.ID, password string) (Created, error) {
	u, err := s.governed(ctx, s.k.DB, user)
	if err != nil {
		return Created{}, err
	}
	hash, made, err := s.firstPassword(ctx, u.merchant, password, u.UserName)
	if err != nil {
		return Created{}, err
	}
	about := &command.About{Action: "iam.reset_password", Object: "user/" + user.String()}
	key, err := s.sameRequest(ctx, u.merchant, user, password)
	if err != nil {
		return Created{}, err
	}
	out, err := command.Run(ctx, s.k.Commands, about, key, func(ctx context.Context, tx *db.Tx) (Created, error) {
		u, err := s.governed(ctx, tx, user)
		if err != nil {
			return Created{}, err
		}
		if _, err := tx.Exec(ctx, setPassword, hash, int64(1), u.merchant, u.ID); err != nil {
			return Created{}, err
		}
		if _, err := tx.Exec(ctx, endUserSessions, s.now(), u.merchant, u.ID, []byte{}); err != nil {
			return Created{}, err
		}
		u.MustChangePassword, u.Version = true, u.Version+1
		return Created{u.User, made}, nil
	})
	s.forget()
	return out, err
}
