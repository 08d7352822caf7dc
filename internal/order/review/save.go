package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// PermitEdit is the right to change the rules and the blacklist.
const PermitEdit = "review.edit"

// Kinds of jobs.
const (
	rejudgeJob = "order.review_rejudge"
	dueJob     = "order.review_due"
)

// page is how many orders one step judges.
const page = 100

// Service is what people do with the review rules.
type Service struct {
	kit    *kit.Kit
	engine *Engine
	orders *order.Service

	Teller Teller // set once when wired; without it a person writes every message
}

// New wires the use cases and registers their jobs. The engine must be the reviewer
// of orders.
func New(k *kit.Kit, engine *Engine, orders *order.Service) *Service {
	s := &Service{kit: k, engine: engine, orders: orders}
	k.Jobs.Register(rejudgeJob, job.Handler{Run: s.rejudge})
	k.Jobs.Periodic(dueJob, time.Minute, func(ctx context.Context, _ *job.Run) error { return s.ApproveDue(ctx) })
	return s
}

// Policy is the merchant's policy as saved last. Permission order.approve.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	if err := actor.Require(ctx, order.Permission(order.ActApprove)); err != nil {
		return Policy{}, err
	}
	return readPolicy(ctx, s.kit.DB)
}

// SaveInput is a whole policy and the version it was made from, 0 for the first.
type SaveInput struct {
	Version int64  `json:"version"`
	Policy  Policy `json:"policy"`
}

// Save replaces the policy; orders that wait for approval are judged anew in the
// background. Permission review.edit.
//
// Errors: ErrChanged, ErrBadPolicy, ErrUnknownSKU, those of rule.Compile.
func (s *Service) Save(ctx context.Context, in SaveInput) (Policy, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return Policy{}, err
	}
	if err := in.Policy.check(); err != nil {
		return Policy{}, err
	}
	about := &command.About{Action: "order.review_policy", Detail: map[string]any{"rules": len(in.Policy.Rules)}}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Policy, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Policy{}, err
		}
		p := in.Policy
		if err := findSKUs(ctx, tx, &p); err != nil {
			return Policy{}, err
		}
		body, err := json.Marshal(p)
		if err != nil {
			return Policy{}, err
		}
		now := clock.Millis(s.kit.Clock)
		var n int64
		if in.Version == 0 {
			n, err = tx.ExecN(ctx, insertPolicy, a.MerchantID, string(body), now, a.ID)
		} else {
			n, err = tx.ExecN(ctx, updatePolicy, string(body), now, a.ID, a.MerchantID, in.Version)
		}
		if err == nil && n == 0 {
			err = ErrChanged
		}
		if err != nil {
			return Policy{}, err
		}
		p.Version, p.UpdatedAt = in.Version+1, now
		return p, s.rejudgeTx(ctx, tx)
	})
}

// findSKUs finds the SKUs of limits and floors by their codes.
func findSKUs(ctx context.Context, q db.Querier, p *Policy) error {
	var codes []string
	for _, l := range p.Limits {
		codes = append(codes, strings.TrimSpace(l.SKUCode))
	}
	for _, f := range p.Floors {
		codes = append(codes, strings.TrimSpace(f.SKUCode))
	}
	found := map[string]id.ID{}
	for from := 0; from < len(codes); from += chunk {
		part := db.Pad(codes[from:min(from+chunk, len(codes))])
		args := []any{actor.Merchant(ctx)}
		for _, c := range part {
			args = append(args, c)
		}
		if err := readCodes(ctx, q, len(part), args, found); err != nil {
			return err
		}
	}
	find := func(code *string, to *id.ID, field string) error {
		*code = strings.TrimSpace(*code)
		if *to = found[*code]; *to == 0 {
			return ErrUnknownSKU.With("code", *code).At(field)
		}
		return nil
	}
	for i := range p.Limits {
		if err := find(&p.Limits[i].SKUCode, &p.Limits[i].SKUID, "limits"); err != nil {
			return err
		}
	}
	for i := range p.Floors {
		if err := find(&p.Floors[i].SKUCode, &p.Floors[i].SKUID, "floors"); err != nil {
			return err
		}
	}
	return nil
}

func readCodes(ctx context.Context, q db.Querier, n int, args []any, found map[string]id.ID) error {
	for row := range db.Each(ctx, q, selectCodes(n), args...) {
		var i id.ID
		var code string
		if err := row.Scan(&i, &code); err != nil {
			return err
		}
		found[code] = i
	}
	return nil
}

// rejudgeTx has every order that waits for approval judged anew.
func (s *Service) rejudgeTx(ctx context.Context, tx *db.Tx) error {
	_, err := s.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: rejudgeJob, Payload: struct{}{}, GroupKey: rejudgeJob})
	return err
}

func (s *Service) rejudge(ctx context.Context, r *job.Run) error {
	var after id.ID
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &after); err != nil {
			return err
		}
	}
	for more := true; more; {
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			ids, err := waiting(ctx, tx, after)
			if err != nil || len(ids) == 0 {
				more = false
				return job.Step{}, err
			}
			more, after = len(ids) == page, ids[len(ids)-1]
			c, err := json.Marshal(after)
			if err != nil {
				return job.Step{}, err
			}
			n := int64(len(ids))
			return job.Step{Checkpoint: string(c), Done: n, OK: n}, s.orders.RejudgeTx(ctx, tx, ids, false)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// waiting lists the orders that wait for approval, from the oldest placed, after one.
func waiting(ctx context.Context, q db.Querier, after id.ID) ([]id.ID, error) {
	m := actor.Merchant(ctx)
	placed := int64(-1)
	if after != 0 {
		if err := q.QueryRow(ctx, selectPlaced, m, after).Scan(&placed); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	return db.Column[id.ID](ctx, q, selectWaiting, m, placed, after, page)
}

// ApproveDue judges the orders anew whose time has come: those whose waiting time is over
// approve themselves where nothing holds them (等待窗口), the others are only looked at.
func (s *Service) ApproveDue(ctx context.Context) error {
	for more := true; more; {
		err := s.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			ready, rest, err := s.dueTx(ctx, tx)
			if err != nil {
				return err
			}
			more = len(ready)+len(rest) == page
			for _, some := range []struct {
				ids []id.ID
				due bool
			}{{ready, true}, {rest, false}} {
				if len(some.ids) == 0 {
					continue
				}
				if err := s.orders.RejudgeTx(ctx, tx, some.ids, some.due); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dueTx takes a page of due orders off the list: those that may approve themselves, and
// those that may not.
func (s *Service) dueTx(ctx context.Context, tx *db.Tx) (ready, rest []id.ID, err error) {
	var sets []db.Stmt
	for row := range db.Each(ctx, tx, selectDue, actor.Merchant(ctx), clock.Millis(s.kit.Clock), page) {
		var one id.ID
		var approves bool
		if err := row.Scan(&one, &approves); err != nil {
			return nil, nil, err
		}
		if approves {
			ready = append(ready, one)
		} else {
			rest = append(rest, one)
		}
		sets = append(sets, db.Stmt{SQL: deleteDue, Args: []any{actor.Merchant(ctx), one}})
	}
	if len(sets) == 0 {
		return nil, nil, nil
	}
	_, err = tx.BatchN(ctx, sets)
	return ready, rest, err
}

// candidate is a stored order with its receiver.
//
// Errors: order.ErrNotFound.
func (s *Service) candidate(ctx context.Context, q db.Querier, i id.ID) (order.Candidate, error) {
	orders, err := s.orders.LoadTx(ctx, q, []id.ID{i})
	if err != nil {
		return order.Candidate{}, err
	}
	if len(orders) == 0 {
		return order.Candidate{}, order.ErrNotFound
	}
	c := order.Candidate{Order: &orders[0]}
	if orders[0].ReceiverKind != receiver.None {
		all, err := s.orders.ReceiversTx(ctx, q, []id.ID{i})
		if err != nil {
			return order.Candidate{}, err
		}
		c.Receiver = all[i]
	}
	return c, nil
}

// words tidies a text that must be there.
//
// Errors: ErrNoText, ErrTooLong.
func words(s string, most int, field string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", ErrNoText.At(field)
	case utf8.RuneCountInString(s) > most:
		return "", ErrTooLong.With("max", most).At(field)
	}
	return s, nil
}
