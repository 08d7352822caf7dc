package aftersale

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// DecideInput decides a case. CaseVersion is the channel's version the person looked
// at; Amount what is refunded, at most what was asked for.
type DecideInput struct {
	CaseID          id.ID
	CaseVersion     string
	Approve         bool
	Amount          money.Fen
	Reason          string // of a refusal
	ReturnAddressNo string // the channel's number of an address, "" for its default one
	// Proofs are the kinds of proof that a person says are shown to the channel, or are not
	// asked for by the reason given; of a refusal.
	Proofs []string `json:",omitempty"`
}

// Decide agrees to a case or refuses it (同意/拒绝售后), and confirms returned goods where
// the case waits for that. The channel is told by itself, once. Permission refund.approve.
//
// Errors: ErrNotFound, ErrNotOpen, ErrDecided, ErrChanged, ErrOffline, ErrReason,
// ErrAmount, ErrRefuseThere, ErrRefuseUnshipped, ErrProof, and those of Around.TellTx.
func (s *Service) Decide(ctx context.Context, in DecideInput) (Seen, error) {
	if err := actor.Require(ctx, PermitDecide); err != nil {
		return Seen{}, err
	}
	if err := in.check(); err != nil {
		return Seen{}, err
	}
	about := &command.About{Action: "aftersale.decide", Object: "aftersale/" + in.CaseID.String(), Detail: map[string]any{"approve": in.Approve, "amount_fen": int64(in.Amount), "proofs": in.Proofs}}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		return s.DecideTx(ctx, tx, in)
	})
	if err != nil {
		return Seen{}, err
	}
	return s.shown(ctx, in.CaseID)
}

// shown is a case as it stands after a change.
func (s *Service) shown(ctx context.Context, caseID id.ID) (Seen, error) {
	most, err := s.limit(ctx)
	if err != nil {
		return Seen{}, err
	}
	return s.see(ctx, s.k.DB, caseID, most)
}

func (in *DecideInput) check() error {
	in.Reason, in.ReturnAddressNo = strings.TrimSpace(in.Reason), strings.TrimSpace(in.ReturnAddressNo)
	n := utf8.RuneCountInString(in.Reason)
	switch {
	case n > 200, n == 0 && !in.Approve:
		return ErrReason.At("reason")
	case len(in.Proofs) > 10:
		return ErrProof.At("proofs")
	case in.Amount < 0:
		return ErrAmount.At("amount_fen")
	}
	return nil
}

// see is look of one case.
func (s *Service) see(ctx context.Context, q db.Querier, caseID id.ID, most money.Fen) (Seen, error) {
	c, err := s.one(ctx, q, caseID)
	if err != nil {
		return Seen{}, err
	}
	all, err := s.look(ctx, q, []Case{c}, most)
	if err != nil {
		return Seen{}, err
	}
	return all[0], nil
}

// lockTx reads a case that nobody changes until the transaction ends.
func (s *Service) lockTx(ctx context.Context, tx *db.Tx, caseID id.ID, most money.Fen) (Seen, error) {
	if n, err := tx.ExecN(ctx, lockCase, actor.Merchant(ctx), caseID); err != nil || n == 0 {
		if err == nil {
			err = ErrNotFound
		}
		return Seen{}, err
	}
	return s.see(ctx, tx, caseID, most)
}

// DecideTx is Decide inside the caller's transaction. It returns the number of the effect
// by which the channel is told.
func (s *Service) DecideTx(ctx context.Context, tx *db.Tx, in DecideInput) (id.ID, error) {
	if err := in.check(); err != nil {
		return 0, err
	}
	c, err := s.lockTx(ctx, tx, in.CaseID, 0)
	if err != nil {
		return 0, err
	}
	if err := c.refuse(in); err != nil {
		return 0, err
	}
	return s.tellTx(ctx, tx, c, in)
}

// Decidable reports whether the case waits for a decision of ours.
func (c *Seen) Decidable() bool {
	return c.refuse(DecideInput{CaseVersion: c.CaseVersion, Amount: c.Refund, Approve: true}) == nil
}

// refuse says why a decision cannot be made.
func (c *Seen) refuse(in DecideInput) error {
	switch {
	case !c.State.decidable():
		return ErrNotOpen.With("state", string(c.State))
	case !c.Decides:
		return ErrOffline
	case in.CaseVersion != c.CaseVersion:
		return ErrChanged
	case c.Decision != "" && c.DecidedFor == c.CaseVersion && (c.Answer == nil || !c.Answer.ended()):
		return ErrDecided.With("name", c.DecidedName)
	case in.Approve && in.Amount > c.Refund:
		return ErrAmount.At("amount_fen")
	case !in.Approve:
		return c.unproved(in)
	}
	return nil
}

// unproved says what the channel lacks to take a refusal.
func (c *Seen) unproved(in DecideInput) error {
	switch r := c.Refusal; {
	case r.BackOffice:
		return ErrRefuseThere
	case r.OnlyShipped && c.Kind == KindRefund && c.Parcel == "not_shipped":
		return ErrRefuseUnshipped
	}
	for _, p := range c.Refusal.Proofs {
		if p.Required && !slices.Contains(in.Proofs, p.Kind) {
			return ErrProof.With("proof", p.Kind).At("proofs")
		}
	}
	return nil
}

func (s *Service) tellTx(ctx context.Context, tx *db.Tx, c Seen, in DecideInput) (id.ID, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, err
	}
	effect, err := s.around.TellTx(ctx, tx, Telling{Case: c.Case, Number: c.Decisions, Approve: in.Approve, Amount: in.Amount, Reason: in.Reason, ReturnAddressNo: in.ReturnAddressNo})
	if err != nil {
		return 0, err
	}
	word := Refuse
	if in.Approve {
		word = Approve
	}
	if _, err := tx.Exec(ctx, decideCase, word, c.CaseVersion, effect, s.now(), a.ID, a.Name, a.MerchantID, c.ID); err != nil {
		return 0, err
	}
	return effect, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "aftersale", ID: c.ID, Version: c.Version},
		CaseDecided{ShopID: c.ShopID, OrderID: c.OrderID, Approve: in.Approve, AmountFen: int64(in.Amount)})
}

// JobAgree is the kind of the job that agrees to many cases.
const JobAgree = "aftersale.agree"

// MaxAgree bounds the cases of one AgreeMany.
const MaxAgree = 500

// Chosen is a case as a person chose it.
type Chosen struct {
	CaseID      id.ID  `json:"case_id"`
	CaseVersion string `json:"case_version"`
}

// Foreseen is what agreeing to many cases would do.
type Foreseen struct {
	Agree   []Chosen
	Amount  money.Fen // of all of them
	Skipped []Skip
}

// Skip is a case that would be left alone, and why.
type Skip struct {
	CaseID id.ID
	No     string
	Err    *errs.Error
}

// Foresee says which of the cases are agreed to and which are left alone, and changes
// nothing. Only what the rules recommend is agreed to. Permission refund.approve.
//
// Errors: ErrTooMany.
func (s *Service) Foresee(ctx context.Context, cases []Chosen) (Foreseen, error) {
	var out Foreseen
	if err := actor.Require(ctx, PermitDecide); err != nil {
		return out, err
	}
	if len(cases) > MaxAgree || len(cases) == 0 {
		return out, ErrTooMany.With("max", MaxAgree)
	}
	most, err := s.limit(ctx)
	if err != nil {
		return out, err
	}
	for _, one := range cases {
		c, err := s.see(ctx, s.k.DB, one.CaseID, most)
		if err == nil {
			err = c.agree(one)
		}
		switch e := errs.As(err); {
		case err == nil:
			out.Agree = append(out.Agree, one)
			out.Amount += c.Refund
		case e == nil:
			return out, err
		default:
			out.Skipped = append(out.Skipped, Skip{one.CaseID, c.No, e})
		}
	}
	return out, nil
}

// agree says why a case is not agreed to with others.
func (c *Seen) agree(one Chosen) error {
	if err := c.refuse(DecideInput{Approve: true, CaseVersion: one.CaseVersion, Amount: c.Refund}); err != nil {
		return err
	}
	if !c.Advice.agreeable() {
		return ErrForPerson.With("why", c.Advice.Why)
	}
	return nil
}

// AgreeMany agrees to cases in the background (批量同意): each channel is told at the pace
// it allows, and every case has its result. Permission refund.approve.
//
// Errors: ErrTooMany.
func (s *Service) AgreeMany(ctx context.Context, cases []Chosen) (job.Job, error) {
	if err := actor.Require(ctx, PermitDecide); err != nil {
		return job.Job{}, err
	}
	if len(cases) > MaxAgree || len(cases) == 0 {
		return job.Job{}, ErrTooMany.With("max", MaxAgree)
	}
	about := &command.About{Action: "aftersale.agree_many", Detail: map[string]any{"cases": len(cases)}}
	return command.Run(ctx, s.k.Commands, about, cases, func(ctx context.Context, tx *db.Tx) (job.Job, error) {
		one, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobAgree, Payload: cases, Visible: true, Total: int64(len(cases))})
		if err != nil {
			return job.Job{}, err
		}
		return s.k.Jobs.GetTx(ctx, tx, one)
	})
}

// agreeMark is how far a job is: Told cases have been handed to their channels, of which
// Answered have a result. Bad ones got theirs at once.
type agreeMark struct {
	Told, Answered int
	Bad            []int
	Since          int64
}

// answersFor bounds how long a job waits for the channels; what they say later stands
// on the case.
const (
	answersFor = 3 * time.Minute
	askEvery   = 2 * time.Second
)

// runAgree tells the channels of every case first and waits for what they say after:
// a slow one delays no other.
func (s *Service) runAgree(ctx context.Context, r *job.Run) error {
	var cases []Chosen
	if err := r.Payload(&cases); err != nil {
		return err
	}
	mark := agreeMark{Since: s.now()}
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &mark); err != nil {
			return err
		}
	}
	most, err := s.limit(ctx)
	if err != nil {
		return err
	}
	for mark.Told < len(cases) {
		next := mark
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			next = mark
			return s.agreeStep(ctx, tx, cases[mark.Told], most, &next)
		})
		if err != nil {
			return err
		}
		mark = next
	}
	for mark.Answered < len(cases) {
		next, waits := mark, false
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (step job.Step, err error) {
			next = mark
			step, waits, err = s.answerStep(ctx, tx, cases, &next)
			return step, err
		})
		if err != nil {
			return err
		}
		if mark = next; waits {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-s.k.Clock.After(askEvery):
			}
		}
	}
	return nil
}

// retryAgree repeats the cases that failed.
func retryAgree(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var cases []Chosen
	if err := json.Unmarshal(j.Payload, &cases); err != nil {
		return nil, err
	}
	return job.Picked(cases, failed)
}

func (m agreeMark) step(s job.Step) (job.Step, error) {
	b, err := json.Marshal(m)
	s.Checkpoint, s.Done = string(b), s.OK+s.Failed+s.Skipped
	return s, err
}

// agreeStep tells the channel of one case, or says why not.
func (s *Service) agreeStep(ctx context.Context, tx *db.Tx, one Chosen, most money.Fen, m *agreeMark) (job.Step, error) {
	at := m.Told
	m.Told++
	row := job.Row{No: int64(at) + 1, Ref: one.CaseID.String(), ObjectID: one.CaseID}
	err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.lockTx(ctx, tx, one.CaseID, most)
		if err != nil {
			return err
		}
		row.Ref = c.No
		if err := c.agree(one); err != nil {
			return err
		}
		_, err = s.tellTx(ctx, tx, c, DecideInput{CaseID: c.ID, CaseVersion: c.CaseVersion, Approve: true, Amount: c.Refund})
		return err
	})
	if err == nil {
		return m.step(job.Step{})
	}
	e := errs.As(err)
	if e == nil || e.Kind == errs.Internal {
		return job.Step{}, err
	}
	m.Bad = append(m.Bad, at)
	row.Result, row.Code, row.Params = job.Bad, e.Code, e.Params
	return m.step(job.Step{Failed: 1, Rows: []job.Row{row}})
}

// answerStep writes down what the channels said of the next cases.
func (s *Service) answerStep(ctx context.Context, tx *db.Tx, cases []Chosen, m *agreeMark) (step job.Step, waits bool, err error) {
	late := s.now()-m.Since > answersFor.Milliseconds()
	for ; m.Answered < len(cases) && len(step.Rows) < 50; m.Answered++ {
		if len(m.Bad) > 0 && m.Bad[0] == m.Answered {
			m.Bad = m.Bad[1:]
			continue
		}
		c, err := s.one(ctx, tx, cases[m.Answered].CaseID)
		if err != nil {
			return step, false, err
		}
		answers, err := s.answers(ctx, tx, []Case{c})
		if err != nil {
			return step, false, err
		}
		row := job.Row{No: int64(m.Answered) + 1, Ref: c.No, ObjectID: c.ID, Result: job.OK}
		switch a := answers[c.EffectID]; {
		case a.State == "done":
			step.OK++
		case a.State == "refused" || a.State == "uncertain" || a.State == "dropped":
			row.Result, row.Code, row.Params = job.Bad, cmp.Or(a.Code, ErrUnanswered.Code), a.Params
			step.Failed++
		case late:
			row.Result, row.Code = job.Skipped, ErrUnanswered.Code
			step.Skipped++
		default:
			step, err = m.step(step)
			return step, true, err
		}
		step.Rows = append(step.Rows, row)
	}
	step, err = m.step(step)
	return step, false, err
}
