package verify

import (
	"context"
	"net/url"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

// LeaveInput ends a session that did not ship.
type LeaveInput struct {
	SessionID id.ID  `json:"session_id"`
	Bench     string `json:"bench"`
	Reason    string `json:"reason,omitempty"`
}

// Leave gives the fulfillment order back (放弃); what was scanned counts no longer.
// Another bench's needs permission packing.force. Permission packing.verify.
//
// Errors: ErrNoSession, ErrLost.
func (s *Service) Leave(ctx context.Context, in LeaveInput) (Session, error) {
	return s.leave(ctx, "packing.verify_leave", in, Abandoned, nil)
}

// PutAside ends the session and puts its orders on hold with the reason (F2 挂起), which
// keeps them from leaving anywhere until somebody releases them. It works on parcels
// that must not leave too. Permission packing.verify.
//
// Errors: ErrReason, ErrNoSession, ErrLost.
func (s *Service) PutAside(ctx context.Context, in LeaveInput) (Session, error) {
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return Session{}, err
	}
	return s.leave(ctx, "packing.verify_hold", in, Held, func(ctx context.Context, tx *db.Tx, se *Session) error {
		a, err := actor.From(ctx)
		if err != nil {
			return err
		}
		a.Permissions = []string{"order.hold"} // whoever packs may hold what is on the bench
		ctx = actor.With(ctx, a)
		for _, o := range se.orderIDs() {
			err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := s.orders.HoldTx(ctx, tx, order.HoldInput{OrderID: o, Note: reason})
				return err
			})
			// A closed order cannot be held, and needs no hold.
			if e := errs.As(err); err != nil && (e == nil || e.Code != order.ErrNotAllowed.Code) {
				return err
			}
		}
		return nil
	})
}

func (s *Service) leave(ctx context.Context, action string, in LeaveInput, state State, more func(context.Context, *db.Tx, *Session) error) (Session, error) {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return Session{}, err
	}
	reason := strings.TrimSpace(in.Reason)
	if len([]rune(reason)) > maxReason {
		return Session{}, ErrReason.With("max", maxReason).At("reason")
	}
	about := &command.About{Action: action, Object: "verify_session/" + in.SessionID.String(), Detail: map[string]any{"reason": reason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Session, error) {
		se, err := s.readOne(ctx, tx, in.SessionID)
		if err != nil {
			return Session{}, err
		}
		if se.State != Open {
			return Session{}, ErrLost
		}
		if se.Bench != strings.TrimSpace(in.Bench) {
			if err := actor.Require(ctx, packing.PermitForce); err != nil {
				return Session{}, err
			}
		}
		if err := s.endTx(ctx, tx, se, state, reason); err != nil {
			return Session{}, err
		}
		if more != nil {
			err = more(ctx, tx, se)
		}
		return *se, err
	})
}

// VideoInput links a film of the packing to a session.
type VideoInput struct {
	SessionID id.ID  `json:"session_id"`
	URL       string `json:"url"` // "" takes it away
}

// SetVideo keeps the link to a film of the packing (打包录像), open session or not.
// Permission packing.verify.
//
// Errors: ErrVideo, ErrNoSession.
func (s *Service) SetVideo(ctx context.Context, in VideoInput) error {
	if err := actor.Require(ctx, packing.PermitVerify); err != nil {
		return err
	}
	link := strings.TrimSpace(in.URL)
	if u, err := url.Parse(link); link != "" && (err != nil || len(link) > 500 || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http") {
		return ErrVideo.At("url")
	}
	about := &command.About{Action: "packing.set_video", Object: "verify_session/" + in.SessionID.String()}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		if _, err := s.readOne(ctx, tx, in.SessionID); err != nil {
			return 0, err
		}
		return tx.ExecN(ctx, setVideo, link, actor.Merchant(ctx), in.SessionID)
	})
	return err
}
