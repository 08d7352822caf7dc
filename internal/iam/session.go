package iam

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// NewSession is a session just opened. Token is the cookie's value and is not
// kept anywhere: only its digest is.
type NewSession struct {
	Token     string
	ID        id.ID
	ExpiresAt int64 // unix ms
}

// Session is one place where a user is signed in.
type Session struct {
	ID        id.ID
	UserID    id.ID
	CreatedAt int64 // unix ms
	SeenAt    int64 // to the minute
	ExpiresAt int64
	IP        string
	UserAgent string
	Current   bool // the one that asks
}

func (s *Service) openSessionTx(ctx context.Context, tx *db.Tx, m, user id.ID, token, ip, agent string) (NewSession, error) {
	now := s.now()
	n := NewSession{Token: token, ID: s.k.IDs.New(), ExpiresAt: now + SessionAbsolute.Milliseconds()}
	agent = strings.ToValidUTF8(agent, "")
	if utf8.RuneCountInString(agent) > 200 {
		agent = string([]rune(agent)[:200])
	}
	if _, err := tx.Exec(ctx, insertSession, digest(token), m, n.ID, user, now, now, n.ExpiresAt, ip, agent); err != nil {
		return n, err
	}
	_, err := tx.Exec(ctx, endOldestSessions, now, m, user, m, user, now, int64(maxSessions))
	return n, err
}

// Sessions lists where the acting user is signed in, newest first. token marks
// the session that asks; "" marks none.
func (s *Service) Sessions(ctx context.Context, token string) ([]Session, error) {
	a, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return s.sessions(ctx, a.MerchantID, a.ID, token)
}

// SessionsOf lists where another user is signed in. Permission iam.edit_user, and
// no more rights than one's own.
//
// Errors: ErrUserNotFound, ErrBeyondOwn.
func (s *Service) SessionsOf(ctx context.Context, user id.ID) ([]Session, error) {
	u, err := s.governed(ctx, s.k.DB, user)
	if err != nil {
		return nil, err
	}
	return s.sessions(ctx, u.merchant, u.ID, "")
}

func (s *Service) sessions(ctx context.Context, m, user id.ID, token string) ([]Session, error) {
	now := s.now()
	out := []Session{}
	for row := range db.Each(ctx, s.k.DB, selectSessions, digest(token), m, user, now, now-SessionIdle.Milliseconds(), int64(maxSessions)) {
		var x Session
		var current int64
		if err := row.Scan(&x.ID, &x.UserID, &x.CreatedAt, &x.SeenAt, &x.ExpiresAt, &x.IP, &x.UserAgent, &current); err != nil {
			return nil, err
		}
		x.Current = current == 1
		out = append(out, x)
	}
	return out, nil
}

// Logout (退出) ends the session of a token; an unknown token is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, endSession, s.now(), digest(token), a.MerchantID, a.ID)
		if err != nil || n == 0 {
			return err
		}
		return s.k.Commands.Record(ctx, tx, command.Entry{Actor: a, Action: "iam.logout", Object: "user/" + a.ID.String(), At: s.now()})
	})
	s.forget()
	return err
}

// EndSession ends one of the acting user's sessions.
//
// Errors: ErrSessionNotFound.
func (s *Service) EndSession(ctx context.Context, session id.ID) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	about := &command.About{Action: "iam.end_session", Object: "session/" + session.String()}
	_, err = command.Run(ctx, s.k.Commands, about, session, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		n, err := tx.ExecN(ctx, endSessionByID, s.now(), a.MerchantID, a.ID, session)
		if err == nil && n == 0 {
			err = ErrSessionNotFound
		}
		return struct{}{}, err
	})
	s.forget()
	return err
}

// EndSessionsOf signs a user out everywhere: he left, or lost a device.
// Permission iam.edit_user.
//
// Errors: ErrUserNotFound, ErrBeyondOwn.
func (s *Service) EndSessionsOf(ctx context.Context, user id.ID) error {
	about := &command.About{Action: "iam.end_sessions", Object: "user/" + user.String()}
	_, err := command.Run(ctx, s.k.Commands, about, user, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		u, err := s.governed(ctx, tx, user)
		if err != nil {
			return struct{}{}, err
		}
		_, err = tx.Exec(ctx, endUserSessions, s.now(), u.merchant, u.ID, []byte{})
		return struct{}{}, err
	})
	s.forget()
	return err
}

// forget empties the cache of credentials: whatever was revoked in this process
// stops at once, in others when their few seconds have passed.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cache)
	s.generation++
}

// governed loads a user whom the actor may manage: of his merchant, within his
// own rights and scope.
func (s *Service) governed(ctx context.Context, q db.Querier, user id.ID) (userRow, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return userRow{}, err
	}
	if !a.Can("iam.edit_user") {
		return userRow{}, actor.ErrForbidden.With("permission", "iam.edit_user")
	}
	u, err := s.loadUser(ctx, q, a.MerchantID, user)
	if err != nil {
		return userRow{}, err
	}
	return u, withinOwn(a, u.permissions(), u.ShopIDs, u.WarehouseIDs)
}

// none turns "no row" into a capability's own error.
func none(err, instead error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return instead
	}
	return err
}
