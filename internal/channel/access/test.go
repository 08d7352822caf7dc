package access

import (
	"context"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Problems a connection test can name.
const (
	ProblemNone        = "none"
	ProblemCredentials = "credentials"
	ProblemSignature   = "signature"
	ProblemClock       = "clock"
	ProblemIP          = "ip_not_listed"
	ProblemPermission  = "permission"
	ProblemExpired     = "expired"
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
	{channel.ErrCredentials, ProblemCredentials}, {channel.ErrSignature, ProblemSignature}, {channel.ErrClock, ProblemClock},
	{channel.ErrIPNotListed, ProblemIP}, {channel.ErrPermission, ProblemPermission}, {channel.ErrTokenExpired, ProblemExpired},
	{httpx.ErrPrivate, ProblemPrivate}, {channel.ErrThrottled, ProblemThrottled},
	{channel.ErrUnavailable, ProblemUnreachable}, {channel.ErrUnknownOutcome, ProblemUnreachable}, {httpx.ErrUnreachable, ProblemUnreachable},
}

// Report is what a connection test found. SkewMS is the channel's clock minus ours,
// to the second, where it told its time (Dated).
type Report struct {
	Problem string
	// Code and Params are the error's, empty where there is none.
	Code   string
	Params map[string]any
	Dated  bool
	SkewMS int64
	TookMS int64
}

// Test asks the channel the cheapest question that needs every credential (测试连接)
// and says what is wrong: the signature, the clock and by how much, the address
// list, a right, the authorisation. Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrNotFound, ErrNoAPI. What the channel says is in the
// report.
func (s *Service) Test(ctx context.Context, shopID id.ID) (Report, error) {
	if err := actor.Require(ctx, "channel.edit"); err != nil {
		return Report{}, err
	}
	var rep Report
	began := clock.Millis(s.k.Clock)
	eye := httpx.Watch(s.http, func(at time.Time) {
		// The header counts whole seconds: its middle is the best guess.
		rep.Dated, rep.SkewMS = true, at.UnixMilli()+500-clock.Millis(s.k.Clock)
	})
	l, err := s.Open(ctx, shopID)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrNoAPI) || err != nil && l == nil && errs.KindOf(err) == errs.NotFound {
		return Report{}, err
	}
	if err == nil {
		var again *Line
		if again, _, _, err = s.line(ctx, shopID, eye); err == nil {
			err = again.Test(ctx)
			if err != nil && s.Failed(ctx, again, err) {
				if again, _, _, err = s.line(ctx, shopID, eye); err == nil {
					err = again.Test(ctx)
				}
			}
		}
	}
	rep.TookMS = clock.Millis(s.k.Clock) - began
	rep.Problem = ProblemNone
	if err == nil {
		s.Works(ctx, shopID)
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
		rep.Code = channel.ErrUnavailable.Code
		s.k.Log.Warn("connection test", "shop", shopID, "error", "unexpected")
	}
	return rep, nil
}
