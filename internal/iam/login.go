package iam

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// LoginInput is what a person types, and where from.
type LoginInput struct {
	MerchantCode string
	UserName     string
	Password     string
	TOTP         string // six digits, or a recovery code
	IP           string
	UserAgent    string
	RequestID    string
}

// LoginResult is the new session and whose it is.
type LoginResult struct {
	MerchantID id.ID
	UserID     id.ID
	Session    NewSession
}

// candidate is what a login is checked against: a real user, or nobody.
type candidate struct {
	merchant, user id.ID
	displayName    string
	hash           string
	active         bool
	totp           totpState
}

// Login (登录) checks the credentials and opens a session. Whatever is wrong with
// the names or the password, the answer and the time it takes are the same; only
// with the right password does it tell that a second factor is missing.
//
// Errors: ErrBadLogin, ErrTOTPRequired, ErrBadTOTP, ErrTooManyAttempts.
func (s *Service) Login(ctx context.Context, in LoginInput) (out LoginResult, err error) {
	in.MerchantCode, in.UserName = fold(in.MerchantCode), fold(in.UserName)
	account := in.MerchantCode + "\n" + in.UserName
	if err := s.countAttempt(ctx, account, in.IP); err != nil {
		return out, err
	}
	c, err := s.candidate(ctx, in.MerchantCode, in.UserName)
	if err != nil {
		return out, err
	}
	hash := c.hash
	if c.user == 0 {
		hash = s.hasher.decoy
	}
	right, stale, err := s.hasher.verify(ctx, hash, in.Password)
	if err != nil {
		return out, err
	}
	if !right || c.user == 0 || !c.active {
		return out, s.failLogin(ctx, c, in, ErrBadLogin)
	}
	fresh := ""
	if stale {
		if fresh, err = s.hasher.hash(ctx, in.Password); err != nil {
			return out, err
		}
	}
	token, err := s.secret(32)
	if err != nil {
		return out, err
	}
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = s.loginTx(ctx, tx, in, c, account, fresh, token)
		return err
	})
	if errors.Is(err, ErrTOTPRequired) {
		// Half a login is no failure, yet it does not give the guess back either.
		return LoginResult{}, err
	}
	if errors.Is(err, ErrBadTOTP) || errors.Is(err, ErrBadLogin) {
		return LoginResult{}, s.failLogin(ctx, c, in, err)
	}
	return out, err
}

func (s *Service) candidate(ctx context.Context, code, name string) (c candidate, err error) {
	// The merchant stays known when the user is not: the failure is audited there.
	err = s.k.DB.QueryRow(ctx, selectMerchantByCode, code).Scan(&c.merchant)
	if err = none(err, nil); err != nil {
		return c, err
	}
	var active int64
	err = s.k.DB.QueryRow(ctx, selectLogin, c.merchant, name).Scan(&c.user, &c.displayName, &c.hash, &active)
	c.active = active == 1
	return c, none(err, nil)
}

// failLogin leaves a trace of the failure where there is a merchant to keep it,
// and returns why. The same commit happens for known and unknown users.
func (s *Service) failLogin(ctx context.Context, c candidate, in LoginInput, why error) error {
	err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if c.merchant == 0 {
			return nil
		}
		a := actor.ForSystem(c.merchant, "login")
		a.IP, a.RequestID = in.IP, in.RequestID
		return s.k.Commands.Record(actor.With(ctx, a), tx, command.Entry{Actor: a, Action: "iam.login_failed",
			Object: "user/" + c.user.String(), At: s.now(), Detail: map[string]any{"reason": reason(why)}})
	})
	if err != nil {
		return err
	}
	return why
}

func reason(err error) string {
	if errors.Is(err, ErrBadTOTP) {
		return "totp"
	}
	return "credentials"
}

func (s *Service) loginTx(ctx context.Context, tx *db.Tx, in LoginInput, c candidate, account, fresh, token string) (out LoginResult, err error) {
	now := s.now()
	// The row may have changed while the hash was computed: take it again, locked.
	var hash string
	var active, enabled int64
	err = tx.QueryRow(ctx, lockLogin, c.merchant, c.user).Scan(&hash, &active, &c.totp.sealed, &enabled, &c.totp.lastStep, &c.totp.recovery)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (active != 1 || hash != c.hash) {
		return out, ErrBadLogin
	}
	if err != nil {
		return out, err
	}
	a := actor.Actor{MerchantID: c.merchant, ID: c.user, Kind: actor.User, Name: c.displayName, IP: in.IP, RequestID: in.RequestID}
	ctx = actor.With(ctx, a)
	if enabled == 1 {
		if in.TOTP == "" {
			return out, ErrTOTPRequired
		}
		if err := s.useTOTPTx(ctx, tx, c.merchant, c.user, c.totp, in.TOTP); err != nil {
			return out, err
		}
	}
	if fresh == "" {
		fresh = hash
	}
	if _, err := tx.Exec(ctx, markLogin, now, fresh, c.merchant, c.user); err != nil {
		return out, err
	}
	if err := s.forgiveTx(ctx, tx, account, in.IP); err != nil {
		return out, err
	}
	out = LoginResult{MerchantID: c.merchant, UserID: c.user}
	if out.Session, err = s.openSessionTx(ctx, tx, c.merchant, c.user, token, in.IP, in.UserAgent); err != nil {
		return out, err
	}
	return out, s.k.Commands.Record(ctx, tx, command.Entry{Actor: a, Action: "iam.login", Object: "user/" + c.user.String(), At: now})
}
