package account

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Problems a connection test can name.
const (
	ProblemNone        = "none"
	ProblemCredentials = "credentials"
	ProblemSignature   = "signature"
	ProblemClock       = "clock"
	ProblemIP          = "ip_not_listed"
	ProblemPermission  = "permission"
	ProblemPrivate     = "private_address"
	ProblemUnreachable = "unreachable"
	ProblemThrottled   = "throttled"
	ProblemOther       = "other"
)

// problems in the order in which they are looked for.
var problems = []struct {
	is   *errs.Error
	name string
}{
	{logistics.ErrCredentials, ProblemCredentials}, {ErrUnsealed, ProblemCredentials}, {logistics.ErrSignature, ProblemSignature}, {logistics.ErrClock, ProblemClock},
	{logistics.ErrIPNotListed, ProblemIP}, {logistics.ErrPermission, ProblemPermission}, {httpx.ErrPrivate, ProblemPrivate}, {logistics.ErrThrottled, ProblemThrottled},
	{logistics.ErrUnavailable, ProblemUnreachable}, {logistics.ErrUnknownOutcome, ProblemUnreachable},
}

// Report is what a connection test found. Code and Params are the error's, empty
// where there is none.
type Report struct {
	Problem string
	Code    string
	Params  map[string]any
	TookMS  int64
}

// Test asks the carrier the cheapest question that needs every credential (测试连接) and
// says what is wrong. Permission logistics.edit.
//
// through asks on behalf of accounts of a channel, which have no interface of their own.
//
// Errors: ErrNotFound, ErrCarrier for accounts that ask nobody. What the other side says
// is in the report.
func (s *Service) Test(ctx context.Context, account id.ID, through func(context.Context, Account) error) (Report, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return Report{}, err
	}
	a, err := s.read(ctx, s.k.DB, account)
	if err != nil {
		return Report{}, err
	}
	began := clock.Millis(s.k.Clock)
	if a.Kind == Channel && through != nil {
		err = through(ctx, a.Account)
	} else {
		var c logistics.Client
		c, _, err = s.client(ctx, a)
		if errors.Is(err, ErrCarrier) {
			return Report{}, err
		}
		if err == nil {
			err = c.Test(ctx)
		}
	}
	rep := Report{Problem: ProblemNone, TookMS: clock.Millis(s.k.Clock) - began}
	if e := s.Told(ctx, account, err); e != nil {
		return rep, e
	}
	if err == nil {
		return rep, nil
	}
	rep.Problem = ProblemOther
	for _, p := range problems {
		if errors.Is(err, p.is) {
			rep.Problem = p.name
			break
		}
	}
	if e := errs.As(err); e != nil {
		rep.Code, rep.Params = e.Code, e.Params
	} else {
		rep.Code = logistics.ErrUnavailable.Code
	}
	return rep, nil
}
