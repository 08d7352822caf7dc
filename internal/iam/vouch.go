package iam

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// VouchInput is somebody who signs at another person's screen.
type VouchInput struct {
	UserName string
	Password string
	TOTP     string // for those who have a second factor
	// Permission is what he must hold, For what he signs ("packing.force").
	Permission string
	For        string
}

// Vouch (主管签字) checks that somebody of the actor's merchant is who he says and holds a
// permission, without opening a session: a supervisor signs at the bench of another. Guesses
// are counted like logins, and both answers are audited. Whatever is wrong, the answer is the
// same; only with the right password does it tell that a second factor is missing.
//
// Errors: ErrVouch, ErrVouchTOTP, ErrTooManyAttempts, ErrNotAPerson.
func (s *Service) Vouch(ctx context.Context, in VouchInput) (actor.Actor, error) {
	a, err := person(ctx)
	if err != nil {
		return actor.Actor{}, err
	}
	name := fold(in.UserName)
	account := "vouch\n" + a.MerchantID.String() + "\n" + name
	if err := s.countAttempt(ctx, account, a.IP); err != nil {
		return actor.Actor{}, err
	}
	var user id.ID
	var shown, hash string
	var active int64
	if err := none(s.k.DB.QueryRow(ctx, selectLogin, a.MerchantID, name).Scan(&user, &shown, &hash, &active), nil); err != nil {
		return actor.Actor{}, err
	}
	if user == 0 {
		hash = s.hasher.decoy
	}
	right, _, err := s.hasher.verify(ctx, hash, in.Password)
	if err != nil {
		return actor.Actor{}, err
	}
	var who actor.Actor
	refused := ErrVouch
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		refused = ErrVouch
		if right && user != 0 && active == 1 {
			u, err := s.loadUser(ctx, tx, a.MerchantID, user)
			if err != nil {
				return err
			}
			who = u.actor()
			if actor.Require(actor.With(ctx, who), in.Permission) == nil {
				if refused, err = s.secondTx(ctx, tx, a.MerchantID, user, in.TOTP); err != nil {
					return err
				}
			}
		}
		e := command.Entry{Actor: a, Action: "iam.vouched", Object: "user/" + user.String(), At: s.now(), Detail: map[string]any{"for": in.For}}
		if refused != nil {
			e.Action = "iam.vouch_refused"
			return s.k.Commands.Record(ctx, tx, e)
		}
		if err := s.forgiveTx(ctx, tx, account, a.IP); err != nil {
			return err
		}
		return s.k.Commands.Record(ctx, tx, e)
	})
	switch {
	case err != nil:
		return actor.Actor{}, err
	case refused != nil:
		return actor.Actor{}, refused
	}
	return who, nil
}

// secondTx asks for the second factor of those who have one.
func (s *Service) secondTx(ctx context.Context, tx *db.Tx, m, user id.ID, code string) (refused *errs.Error, err error) {
	st, enabled, err := s.totpTx(ctx, tx, m, user)
	switch {
	case err != nil || !enabled:
		return nil, err
	case code == "":
		return ErrVouchTOTP, nil
	}
	err = s.useTOTPTx(ctx, tx, m, user, st, code)
	if errors.Is(err, ErrBadTOTP) {
		return ErrVouch, nil
	}
	return nil, err
}
