package iam

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// setupLives is how long a setup token may lie around unused.
const setupLives = 24 * time.Hour

// SetupNeeded reports that no merchant exists yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	s.mu.Lock()
	settled := s.noMerchant
	s.mu.Unlock()
	if settled { // a merchant never goes away
		return false, nil
	}
	list, err := s.Merchants(ctx)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	s.noMerchant = len(list) > 0
	s.mu.Unlock()
	return len(list) == 0, nil
}

// CreateSetupToken makes a single-use token for Setup and returns it, once. Unused
// earlier ones stop working. given sets the token instead of making one (at least
// 16 characters); "" makes one.
func (s *Service) CreateSetupToken(ctx context.Context, given string) (string, error) {
	token := given
	if token == "" {
		var err error
		if token, err = s.secret(24); err != nil {
			return "", err
		}
	}
	if utf8.RuneCountInString(token) < 16 {
		return "", ErrPasswordShort.With("min", 16).At("token")
	}
	return token, s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		if _, err := tx.Exec(ctx, dropSetupTokens); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertSetupToken, digest(token), now)
		return err
	})
}

// SetupInput describes the first merchant and its owner.
type SetupInput struct {
	Token        string
	MerchantCode string // typed at login: small letters, digits, hyphens
	MerchantName string
	UserName     string
	DisplayName  string
	Password     string
	Lang         string
	IP           string
	UserAgent    string
	RequestID    string
}

// SetupResult is the new merchant and its owner's first session.
type SetupResult struct {
	MerchantID id.ID
	UserID     id.ID
	Session    NewSession
}

// Setup (首次初始化) creates a merchant with its keys, its built-in and preset
// roles and its owner, and signs the owner in. It needs a setup token, which is
// then used up; the whole of it commits or nothing.
//
// Errors: ErrSetupToken, ErrTooManyAttempts, ErrCodeTaken, and the checks of
// names and passwords.
func (s *Service) Setup(ctx context.Context, in SetupInput) (out SetupResult, err error) {
	if err := s.countAttempt(ctx, "setup", in.IP); err != nil {
		return out, err
	}
	if in, err = s.checkSetup(in); err != nil {
		return out, err
	}
	hash, err := s.newPassword(ctx, Policy{}, in.Password, in.UserName, in.MerchantCode)
	if err != nil {
		return out, err
	}
	token, err := s.secret(32)
	if err != nil {
		return out, err
	}
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = s.setupTx(ctx, tx, in, hash, token)
		return err
	})
	if err != nil {
		return SetupResult{}, err
	}
	return out, nil
}

func (s *Service) checkSetup(in SetupInput) (SetupInput, error) {
	var err error
	in.MerchantCode = fold(in.MerchantCode)
	if !merchantCode.MatchString(in.MerchantCode) {
		return in, ErrMerchantCode.At("merchant_code")
	}
	if in.MerchantName, err = checkDisplayName(in.MerchantName, "merchant_name"); err != nil {
		return in, err
	}
	if in.UserName, err = checkUserName(in.UserName); err != nil {
		return in, err
	}
	if in.DisplayName == "" {
		in.DisplayName = in.UserName
	}
	if in.DisplayName, err = checkDisplayName(in.DisplayName, "display_name"); err != nil {
		return in, err
	}
	in.Lang, err = checkLang(in.Lang)
	return in, err
}

func (s *Service) setupTx(ctx context.Context, tx *db.Tx, in SetupInput, hash, token string) (out SetupResult, err error) {
	now := s.now()
	n, err := tx.ExecN(ctx, useSetupToken, now, digest(in.Token), now-setupLives.Milliseconds())
	if err != nil {
		return out, err
	}
	if n != 1 {
		return out, ErrSetupToken.At("token")
	}
	out.MerchantID, out.UserID = s.k.IDs.New(), s.k.IDs.New()
	m := out.MerchantID
	if _, err := tx.Exec(ctx, insertMerchant, m, in.MerchantCode, in.MerchantName, "Asia/Shanghai", now); err != nil {
		if db.IsUnique(err) {
			return out, ErrCodeTaken.Because(err).At("merchant_code")
		}
		return out, err
	}
	owner := actor.Actor{MerchantID: m, ID: out.UserID, Kind: actor.User, Name: in.DisplayName,
		Permissions: DefaultRights(Owner), Lang: in.Lang, IP: in.IP, RequestID: in.RequestID}
	ctx = actor.With(ctx, owner)
	if err := s.k.Seal.CreateKeysTx(ctx, tx, m); err != nil {
		return out, err
	}
	ownerRole, err := s.createRolesTx(ctx, tx, m)
	if err != nil {
		return out, err
	}
	row := []any{m, out.UserID, in.UserName, in.DisplayName, hash, int64(0), in.Lang, "", "", now, now, int64(1)}
	if _, err := tx.Insert(ctx, "iam_user", userColumns, [][]any{row}, ""); err != nil {
		return out, err
	}
	if _, err := tx.Exec(ctx, insertUserRole, m, out.UserID, ownerRole); err != nil {
		return out, err
	}
	for _, f := range s.opt.OnMerchantCreated {
		if err := f(ctx, tx, m); err != nil {
			return out, err
		}
	}
	if out.Session, err = s.openSessionTx(ctx, tx, m, out.UserID, token, in.IP, in.UserAgent); err != nil {
		return out, err
	}
	if err := s.forgiveTx(ctx, tx, "setup", in.IP); err != nil {
		return out, err
	}
	return out, s.k.Commands.Record(ctx, tx, command.Entry{Actor: owner, Action: "iam.setup", Object: "merchant/" + m.String(), At: now,
		Detail: map[string]any{"merchant_code": in.MerchantCode}})
}

// createRolesTx lays the built-in roles and the presets, and returns the owner's.
func (s *Service) createRolesTx(ctx context.Context, tx *db.Tx, m id.ID) (owner id.ID, err error) {
	rows := make([][]any, 0, 11)
	for _, d := range RoleDefs() {
		i := s.k.IDs.New()
		if d.Code == Owner {
			owner = i
		}
		// Built-in roles keep following the matrix, so their rights are not stored.
		permissions := "[]"
		if d.Preset {
			if permissions, err = packStrings(DefaultRights(d.Code)); err != nil {
				return 0, err
			}
		}
		var bound any
		if d.RefundLimit >= 0 {
			bound = int64(d.RefundLimit)
		}
		rows = append(rows, []any{m, i, d.Code, "", !d.Preset, permissions, bound, int64(1)})
	}
	_, err = tx.Insert(ctx, "iam_role", roleColumns, rows, "")
	return owner, err
}

// Merchant is one tenant.
type Merchant struct {
	ID        id.ID
	Code      string
	Name      string
	TimeZone  string // IANA
	CreatedAt int64  // unix ms
}

// Merchants lists every tenant, oldest first: workers go through it.
func (s *Service) Merchants(ctx context.Context) ([]Merchant, error) {
	var out []Merchant
	for row := range db.Each(ctx, s.k.DB, selectMerchants) {
		var m Merchant
		if err := row.Scan(&m.ID, &m.Code, &m.Name, &m.TimeZone, &m.CreatedAt); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
