package choose

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// Suspension is a region to which an account or carrier does not deliver, for good
// (超区) or between two instants (停发). Instants are unix milliseconds; EndsAt 0 is
// until it is taken back.
type Suspension struct {
	ID        id.ID
	AccountID id.ID  // 0: all accounts of the carrier
	Carrier   string // "": all carriers
	Region    Region
	StartsAt  int64
	EndsAt    int64
	Reason    string
	CreatedAt int64
	ActorID   id.ID
	ActorName string
}

func (s Suspension) holds(a account.Account, to Region, at int64) bool {
	return (s.AccountID == 0 || s.AccountID == a.ID) && (s.Carrier == "" || s.Carrier == a.Carrier) && at >= s.StartsAt && (s.EndsAt == 0 || at < s.EndsAt) &&
		s.Region.covers(to) >= 0
}

// SuspendInput says where nothing is delivered.
type SuspendInput struct {
	AccountID id.ID  `json:"account_id"`
	Carrier   string `json:"carrier"`
	Region    Region `json:"region"`
	StartsAt  int64  `json:"starts_at"` // 0 is now
	EndsAt    int64  `json:"ends_at"`   // 0 until it is taken back
	Reason    string `json:"reason"`
}

// Suspend has no more parcels go to a region (停发、超区). Permission logistics.edit.
//
// Errors: account.ErrNotFound, account.ErrCarrier, ErrPeriod, ErrReason.
func (s *Service) Suspend(ctx context.Context, in SuspendInput) (Suspension, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return Suspension{}, err
	}
	who, err := actor.From(ctx)
	if err != nil {
		return Suspension{}, err
	}
	now := clock.Millis(s.k.Clock)
	one := Suspension{AccountID: in.AccountID, Carrier: in.Carrier, Region: in.Region, StartsAt: in.StartsAt, EndsAt: in.EndsAt, Reason: strings.TrimSpace(in.Reason),
		CreatedAt: now, ActorID: who.ID, ActorName: who.Name}
	if one.StartsAt == 0 {
		one.StartsAt = now
	}
	switch _, known := logistics.Get(one.Carrier); {
	case one.Carrier != "" && !known:
		return one, account.ErrCarrier.At("carrier")
	case one.EndsAt != 0 && one.EndsAt <= one.StartsAt:
		return one, ErrPeriod.At("ends_at")
	case one.Reason == "":
		return one, ErrReason.At("reason")
	}
	about := &command.About{Action: "choose.suspend", Detail: map[string]any{"carrier": one.Carrier, "province": one.Region.Province, "reason": one.Reason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Suspension, error) {
		if one.AccountID != 0 {
			if _, err := s.accounts.GetTx(ctx, tx, one.AccountID); err != nil {
				return one, err
			}
		}
		one.ID = s.k.IDs.New()
		about.Object = "suspension/" + one.ID.String()
		_, err := tx.Exec(ctx, insertSuspension, who.MerchantID, one.ID, one.AccountID, one.Carrier, one.Region.Province, one.Region.City, one.Region.District,
			one.StartsAt, one.EndsAt, one.Reason, one.CreatedAt, one.ActorID, one.ActorName)
		if err == nil && one.StartsAt <= now {
			err = s.tellTx(ctx, tx, one, true)
		}
		for _, at := range []int64{one.StartsAt, one.EndsAt} {
			if err == nil && at > now {
				_, err = s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: kindTurn, Payload: turn{one.ID, at}, RunAt: at})
			}
		}
		return one, err
	})
}

// Resume ends a suspension now (恢复派送). Permission logistics.edit.
//
// Errors: ErrSuspension.
func (s *Service) Resume(ctx context.Context, suspension id.ID) error {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return err
	}
	about := &command.About{Action: "choose.resume", Object: "suspension/" + suspension.String()}
	_, err := command.Run(ctx, s.k.Commands, about, suspension, func(ctx context.Context, tx *db.Tx) (int64, error) {
		now := clock.Millis(s.k.Clock)
		n, err := tx.ExecN(ctx, endSuspension, now, actor.Merchant(ctx), suspension, now)
		if err == nil && n == 0 {
			err = ErrSuspension
		}
		if err != nil {
			return n, err
		}
		one, err := s.suspension(ctx, tx, suspension)
		if err == nil {
			err = s.tellTx(ctx, tx, one, false)
		}
		return n, err
	})
	return err
}

// kindTurn is the job that says that a suspension begins or ends by its date.
const kindTurn = "choose.turn"

type turn struct {
	SuspensionID id.ID `json:"suspension_id"`
	At           int64 `json:"at"`
}

// turned says so, unless somebody changed the date meanwhile.
func (s *Service) turned(ctx context.Context, r *job.Run) error {
	var t turn
	if err := r.Payload(&t); err != nil {
		return err
	}
	return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		one, err := s.suspension(ctx, tx, t.SuspensionID)
		switch {
		case err != nil:
		case t.At == one.EndsAt:
			err = s.tellTx(ctx, tx, one, false)
		case t.At == one.StartsAt && (one.EndsAt == 0 || one.EndsAt > t.At):
			err = s.tellTx(ctx, tx, one, true)
		}
		return job.Step{}, err
	})
}

func (s *Service) tellTx(ctx context.Context, tx *db.Tx, one Suspension, begins bool) error {
	of := event.Of{Aggregate: "carrier_suspension", ID: one.ID}
	if begins {
		return s.k.Events.AppendTx(ctx, tx, of, RegionSuspended{SuspensionID: one.ID, AccountID: one.AccountID, Carrier: one.Carrier, Region: one.Region, EndsAt: one.EndsAt})
	}
	return s.k.Events.AppendTx(ctx, tx, of, RegionResumed{SuspensionID: one.ID, AccountID: one.AccountID, Carrier: one.Carrier, Region: one.Region})
}

func (s *Service) suspension(ctx context.Context, q db.Querier, one id.ID) (Suspension, error) {
	all, err := readSuspensions(ctx, q, selectSuspension, actor.Merchant(ctx), one)
	if err == nil && len(all) == 0 {
		err = ErrSuspension
	}
	if err != nil {
		return Suspension{}, err
	}
	return all[0], nil
}

// Suspensions lists those that hold or will. Permission logistics.read.
func (s *Service) Suspensions(ctx context.Context) ([]Suspension, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	return s.suspensions(ctx, s.k.DB)
}

func (s *Service) suspensions(ctx context.Context, q db.Querier) ([]Suspension, error) {
	return readSuspensions(ctx, q, selectSuspensions, actor.Merchant(ctx), clock.Millis(s.k.Clock))
}

func readSuspensions(ctx context.Context, q db.Querier, text string, args ...any) (out []Suspension, err error) {
	err = db.Read(ctx, q, text, args, func(r *db.Row) {
		out = append(out, Suspension{ID: id.ID(r.Int()), AccountID: id.ID(r.Int()), Carrier: r.Text(), Region: Region{r.Text(), r.Text(), r.Text()},
			StartsAt: r.Int(), EndsAt: r.Int(), Reason: r.Text(), CreatedAt: r.Int(), ActorID: id.ID(r.Int()), ActorName: r.Text()})
	})
	return out, err
}
