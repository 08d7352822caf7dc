package iam

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ChangePassword (修改密码) replaces the acting user's password and ends all his
// sessions but the one that asks (token; "" ends them all).
//
// Errors: ErrOldPassword, ErrPasswordSame, ErrTooManyAttempts, password checks.
func (s *Service) ChangePassword(ctx context.Context, old, password, token string) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, old); err != nil {
		return err
	}
	if old == password {
		return ErrPasswordSame.At("new_password")
	}
	u, err := s.loadUser(ctx, s.k.DB, a.MerchantID, a.ID)
	if err != nil {
		return err
	}
	p, err := s.opt.Policy(ctx, a.MerchantID)
	if err != nil {
		return err
	}
	code, err := s.merchantCode(ctx, a.MerchantID)
	if err != nil {
		return err
	}
	hash, err := s.newPassword(ctx, p, password, u.UserName, code)
	if err != nil {
		return err
	}
	about := &command.About{Action: "iam.change_password", Object: "user/" + a.ID.String()}
	_, err = command.Run(ctx, s.k.Commands, about, a.ID, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		if _, err := tx.Exec(ctx, setPassword, hash, int64(0), a.MerchantID, a.ID); err != nil {
			return struct{}{}, err
		}
		_, err := tx.Exec(ctx, endUserSessions, s.now(), a.MerchantID, a.ID, digest(token))
		return struct{}{}, err
	})
	s.forget()
	return err
}

// prove asks the acting user for his password again, before what would let a
// thief of the session settle in. Guesses are counted like logins.
func (s *Service) prove(ctx context.Context, password string) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	account := "prove\n" + a.MerchantID.String() + "\n" + a.ID.String()
	if err := s.countAttempt(ctx, account, a.IP); err != nil {
		return err
	}
	var hash string
	if err := s.k.DB.QueryRow(ctx, selectPassword, a.MerchantID, a.ID).Scan(&hash); err != nil {
		return none(err, ErrUserNotFound)
	}
	ok, _, err := s.hasher.verify(ctx, hash, password)
	if err != nil {
		return err
	}
	if !ok {
		return ErrOldPassword.At("old_password")
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.forgiveTx(ctx, tx, account, a.IP)
	})
}

// UpdateMeInput changes what is not nil.
type UpdateMeInput struct {
	DisplayName *string
	Lang        *string
}

// UpdateMe (我的资料) changes the acting user's own name and language.
func (s *Service) UpdateMe(ctx context.Context, in UpdateMeInput) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	about := &command.About{Action: "iam.update_me", Object: "user/" + a.ID.String()}
	type key struct {
		User id.ID
		In   UpdateMeInput
	}
	_, err = command.Run(ctx, s.k.Commands, about, key{a.ID, in}, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		u, err := s.loadUser(ctx, tx, a.MerchantID, a.ID)
		if err != nil {
			return struct{}{}, err
		}
		changed, err := applyUpdate(&u, UpdateUserInput{DisplayName: in.DisplayName, Lang: in.Lang})
		if err != nil {
			return struct{}{}, err
		}
		about.Detail = map[string]any{"fields": changed}
		_, err = tx.Exec(ctx, updateMe, u.DisplayName, u.Lang, a.MerchantID, a.ID)
		return struct{}{}, err
	})
	s.forget()
	return err
}
