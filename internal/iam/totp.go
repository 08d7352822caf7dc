package iam

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	totpSeconds   = 30
	recoveryCodes = 10
)

// totpState is a user's second factor as stored.
type totpState struct {
	sealed   []byte
	lastStep int64  // the last 30-second step a code was used for
	recovery string // JSON array of hex digests
}

// TOTPSecret is what an authenticator app needs, shown while enrolling.
type TOTPSecret struct {
	Secret string // base32
	URL    string // otpauth://
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

func totpPlace(user id.ID) string { return "iam_user/totp_sealed/" + user.String() }

// BeginTOTP (绑定动态验证码) makes a new secret for the acting user after asking for
// his password. It counts only once ConfirmTOTP has seen a code.
//
// Errors: ErrOldPassword, ErrTooManyAttempts, ErrTOTPState when one is in use.
func (s *Service) BeginTOTP(ctx context.Context, password string) (out TOTPSecret, err error) {
	a, err := person(ctx)
	if err != nil {
		return out, err
	}
	if err := s.prove(ctx, password); err != nil {
		return out, err
	}
	raw := make([]byte, 20)
	if _, err := io.ReadFull(s.opt.Random, raw); err != nil {
		return out, fmt.Errorf("iam: randomness: %w", err)
	}
	out.Secret = base32Text.EncodeToString(raw)
	sealed, err := s.k.Seal.Seal(ctx, a.MerchantID, totpPlace(a.ID), []byte(out.Secret))
	if err != nil {
		return TOTPSecret{}, err
	}
	u, err := s.loadUser(ctx, s.k.DB, a.MerchantID, a.ID)
	if err != nil {
		return TOTPSecret{}, err
	}
	code, err := s.merchantCode(ctx, a.MerchantID)
	if err != nil {
		return TOTPSecret{}, err
	}
	out.URL = "otpauth://totp/" + url.PathEscape("Ordercove:"+code+"/"+u.UserName) + "?secret=" + out.Secret + "&issuer=Ordercove"
	about := &command.About{Action: "iam.begin_totp", Object: "user/" + a.ID.String()}
	_, err = command.Run(command.WithKey(ctx, ""), s.k.Commands, about, a.ID, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		n, err := tx.ExecN(ctx, beginTOTP, sealed, a.MerchantID, a.ID)
		if err == nil && n != 1 {
			err = ErrTOTPState
		}
		return struct{}{}, err
	})
	if err != nil {
		return TOTPSecret{}, err
	}
	return out, nil
}

// ConfirmTOTP turns the second factor on once the app showed a right code, and
// returns the recovery codes, this once. Sessions other than token's end.
//
// Errors: ErrBadTOTP, ErrTOTPState, ErrTooManyAttempts.
func (s *Service) ConfirmTOTP(ctx context.Context, code, token string) (recovery []string, err error) {
	a, err := person(ctx)
	if err != nil {
		return nil, err
	}
	account := "totp\n" + a.MerchantID.String() + "\n" + a.ID.String()
	if err := s.countAttempt(ctx, account, a.IP); err != nil {
		return nil, err
	}
	var digests []string
	for range recoveryCodes {
		raw := make([]byte, 15)
		if _, err := io.ReadFull(s.opt.Random, raw); err != nil {
			return nil, fmt.Errorf("iam: randomness: %w", err)
		}
		c := strings.ToLower(base32Text.EncodeToString(raw)) // 24 letters, 120 bits
		recovery = append(recovery, strings.Join([]string{c[:6], c[6:12], c[12:18], c[18:]}, "-"))
		digests = append(digests, hex.EncodeToString(digest(c)))
	}
	stored, err := packStrings(digests)
	if err != nil {
		return nil, err
	}
	about := &command.About{Action: "iam.confirm_totp", Object: "user/" + a.ID.String()}
	_, err = command.Run(command.WithKey(ctx, ""), s.k.Commands, about, a.ID, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		st, enabled, err := s.totpTx(ctx, tx, a.MerchantID, a.ID)
		if err != nil {
			return struct{}{}, err
		}
		if enabled || len(st.sealed) == 0 {
			return struct{}{}, ErrTOTPState
		}
		step, err := s.matchStep(ctx, a.MerchantID, a.ID, st, code)
		if err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(ctx, enableTOTP, step, stored, a.MerchantID, a.ID); err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(ctx, endUserSessions, s.now(), a.MerchantID, a.ID, digest(token)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.forgiveTx(ctx, tx, account, a.IP)
	})
	s.forget()
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// DisableTOTP (解绑动态验证码) turns the acting user's second factor off; it takes
// the password and a code.
//
// Errors: ErrOldPassword, ErrBadTOTP, ErrTOTPState, ErrTooManyAttempts.
func (s *Service) DisableTOTP(ctx context.Context, password, code string) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, password); err != nil {
		return err
	}
	account := "totp\n" + a.MerchantID.String() + "\n" + a.ID.String()
	if err := s.countAttempt(ctx, account, a.IP); err != nil {
		return err
	}
	about := &command.About{Action: "iam.disable_totp", Object: "user/" + a.ID.String()}
	_, err = command.Run(command.WithKey(ctx, ""), s.k.Commands, about, a.ID, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		st, enabled, err := s.totpTx(ctx, tx, a.MerchantID, a.ID)
		if err != nil {
			return struct{}{}, err
		}
		if !enabled {
			return struct{}{}, ErrTOTPState
		}
		if err := s.useTOTPTx(ctx, tx, a.MerchantID, a.ID, st, code); err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(ctx, dropTOTP, a.MerchantID, a.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.forgiveTx(ctx, tx, account, a.IP)
	})
	return err
}

// ResetTOTP removes another user's second factor after he lost it, and signs him
// out everywhere. Permission iam.edit_user, and no user beyond one's own rights.
//
// Errors: ErrUserNotFound, ErrBeyondOwn.
func (s *Service) ResetTOTP(ctx context.Context, user id.ID) error {
	about := &command.About{Action: "iam.reset_totp", Object: "user/" + user.String()}
	_, err := command.Run(ctx, s.k.Commands, about, user, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		u, err := s.governed(ctx, tx, user)
		if err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(ctx, dropTOTP, u.merchant, u.ID); err != nil {
			return struct{}{}, err
		}
		_, err = tx.Exec(ctx, endUserSessions, s.now(), u.merchant, u.ID, []byte{})
		return struct{}{}, err
	})
	s.forget()
	return err
}

func (s *Service) totpTx(ctx context.Context, tx *db.Tx, m, user id.ID) (st totpState, enabled bool, err error) {
	var on int64
	err = tx.QueryRow(ctx, lockTOTP, m, user).Scan(&st.sealed, &on, &st.lastStep, &st.recovery)
	return st, on == 1, none(err, ErrUserNotFound)
}

// useTOTPTx spends a code or a recovery code: each works once.
func (s *Service) useTOTPTx(ctx context.Context, tx *db.Tx, m, user id.ID, st totpState, code string) error {
	step, err := s.matchStep(ctx, m, user, st, code)
	if err == nil {
		n, err := tx.ExecN(ctx, spendStep, step, m, user, step)
		if err == nil && n != 1 {
			err = ErrBadTOTP
		}
		return err
	}
	if !errors.Is(err, ErrBadTOTP) || len(code) < 20 {
		return err
	}
	var left []string
	if json.Unmarshal([]byte(st.recovery), &left) != nil {
		return ErrBadTOTP
	}
	c := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	i := slices.Index(left, hex.EncodeToString(digest(c)))
	if i < 0 {
		return ErrBadTOTP
	}
	rest, err := packStrings(slices.Delete(left, i, i+1))
	if err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, spendRecovery, rest, m, user, st.recovery)
	if err == nil && n != 1 {
		err = ErrBadTOTP
	}
	return err
}

// matchStep finds the 30-second step that a code belongs to: this one or its
// neighbours, since phones' clocks drift, and later than the last one used.
func (s *Service) matchStep(ctx context.Context, m, user id.ID, st totpState, code string) (int64, error) {
	code = strings.TrimSpace(code)
	secret, err := s.k.Seal.Open(ctx, m, totpPlace(user), st.sealed)
	if err != nil {
		return 0, err
	}
	now := s.k.Clock.Now().Unix() / totpSeconds
	found := int64(-1)
	for step := now - 1; step <= now+1; step++ {
		want, err := totp.GenerateCode(string(secret), time.Unix(step*totpSeconds, 0))
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > st.lastStep {
			found = step
		}
	}
	if found < 0 {
		return 0, ErrBadTOTP
	}
	return found, nil
}
