package waybill

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

const (
	kindIssue   = "waybill.issue"
	kindSweep   = "waybill.sweep"
	kindBalance = "waybill.balance"

	batchSize    = 64
	sweepEvery   = time.Minute
	balanceEvery = 30 * time.Minute
	longestGap   = 10 * time.Minute
)

type issueJob struct {
	AccountID id.ID `json:"account_id"`
}

func (s *Service) register() {
	s.k.Jobs.Register(kindIssue, job.Handler{Run: s.work})
	// Whatever becomes of a job, a row that is due finds another within a minute.
	s.k.Jobs.Periodic(kindSweep, sweepEvery, s.sweep)
	s.k.Jobs.Periodic(kindBalance, balanceEvery, s.balances)
}

// wakeTx has the account's rows looked at: at once, or at an instant. The jobs of an
// account run one at a time.
func (s *Service) wakeTx(ctx context.Context, tx *db.Tx, accountID id.ID, at int64) error {
	key := kindIssue + "/" + accountID.String()
	spec := job.Spec{Kind: kindIssue, Payload: issueJob{accountID}, UniqueKey: key, Coalesce: true, GroupKey: key, RunAt: at}
	if at > 0 {
		spec.UniqueKey += "/later" // a job that waits must not stand for one that is wanted now
	}
	_, err := s.k.Jobs.EnqueueTx(ctx, tx, spec)
	return err
}

// work asks for everything that is due at one account.
func (s *Service) work(ctx context.Context, r *job.Run) error {
	var p issueJob
	if err := r.Payload(&p); err != nil {
		return err
	}
	ctx = actor.With(ctx, actor.ForSystem(r.Job.MerchantID, kindIssue))
	for {
		n, err := s.Round(ctx, p.AccountID)
		if err != nil {
			return err
		}
		err = r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			if n > 0 {
				return job.Step{Done: int64(n)}, nil
			}
			next, err := s.nextDue(ctx, tx, p.AccountID)
			if err != nil || next == 0 {
				return job.Step{}, err
			}
			return job.Step{}, s.wakeTx(ctx, tx, p.AccountID, max(next, clock.Millis(s.k.Clock)+1))
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// nextDue is when the account's next row may be asked for, 0 where none waits.
func (s *Service) nextDue(ctx context.Context, q db.Querier, accountID id.ID) (at int64, err error) {
	if err = q.QueryRow(ctx, selectNextDue, actor.Merchant(ctx), accountID).Scan(&at); err != nil || at == 0 {
		return 0, err
	}
	a, err := s.accounts.GetTx(ctx, q, accountID)
	return max(at, a.BannedUntil), err
}

// Round asks for what is due at an account, at most a batch, and returns how many rows
// it took. The caller sees to it that rounds of one account do not overlap.
func (s *Service) Round(ctx context.Context, accountID id.ID) (int, error) {
	a, err := s.accounts.GetTx(ctx, s.k.DB, accountID)
	if err != nil {
		return 0, err
	}
	now := clock.Millis(s.k.Clock)
	if a.BannedUntil > now {
		return 0, nil
	}
	due, err := scanAll(ctx, s.k.DB, selectDue, actor.Merchant(ctx), accountID, now, batchSize)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	b := &batch{s: s, account: a}
	if b.issuer, err = s.issuer(ctx, a); err != nil {
		b.trouble = err
	}
	if err := b.prepare(ctx, due); err != nil {
		return 0, err
	}
	if due, err = b.take(ctx, due); err != nil {
		return 0, err
	}
	atOnce, taken := 1, len(due)
	if b.issuer != nil {
		atOnce = max(1, b.issuer.Traits().AtOnce)
	}
	run.Each(ctx, atOnce, b.together(ctx, due), b.one)
	if b.failed != nil {
		return 0, b.failed
	}
	return taken, b.tell(ctx)
}

// batch is one round under way.
type batch struct {
	s       *Service
	account account.Account
	issuer  Issuer
	content map[id.ID]Content

	mu       sync.Mutex
	trouble  error // of the whole account: nothing more is asked in this round
	answered bool
	failed   error // writing down did not work
}

// prepare asks what the parcels hold.
func (b *batch) prepare(ctx context.Context, due []Waybill) error {
	b.content = make(map[id.ID]Content, len(due))
	if b.account.Kind == account.Numbers {
		return nil // nobody is told what the parcel holds
	}
	all, err := b.s.resolve(ctx, due)
	if err != nil {
		return err
	}
	sender, err := b.s.accounts.SenderTx(ctx, b.s.k.DB, b.account.ID)
	if err != nil && !errors.Is(err, account.ErrUnsealed) {
		return err
	}
	for i, w := range due {
		c := Content{Err: ErrContent}
		if i < len(all) {
			c = all[i]
		}
		c.Err = c.refused(b.account)
		r := &c.Request
		r.Key, r.ShopID, r.Carrier, r.Branch, r.Product, r.Pieces = w.Key, w.ShopID, w.Carrier, b.account.Branch, w.Product, 1
		if r.Template == "" {
			r.Template = b.account.Template
		}
		if w.Pieces > 1 && b.issuer != nil && b.issuer.Traits().MaxPieces > 1 {
			r.Pieces = int(w.Pieces)
		}
		if r.Sender == (logistics.Party{}) {
			r.Sender = sender
		}
		b.content[w.ID] = c
	}
	return nil
}

// take writes down which rows are about to be asked for, all at once. Rows that somebody
// else took or ended meanwhile are left out.
func (b *batch) take(ctx context.Context, due []Waybill) (mine []Waybill, err error) {
	m := actor.Merchant(ctx)
	stmts := make([]db.Stmt, len(due))
	for i, w := range due {
		stmts[i] = db.Stmt{SQL: take, Args: []any{m, w.ID, string(w.State), w.Attempts}}
	}
	var took []int64
	err = b.s.k.DB.InBulkTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		took, err = tx.BatchN(ctx, stmts)
		return err
	})
	for i, n := range took {
		if n == 1 {
			due[i].Attempts++
			mine = append(mine, due[i])
		}
	}
	return mine, err
}

// one has one row's attempt made and written down. w.State is the state it was found in.
func (b *batch) one(ctx context.Context, w Waybill) {
	b.mu.Lock()
	trouble := b.trouble
	b.mu.Unlock()
	var o outcome
	switch {
	case trouble != nil || ctx.Err() != nil:
		o = outcome{state: back(w.State), err: trouble, spared: true}
	case w.State == Cancelling:
		o = b.giveBack(ctx, w)
	default:
		o = b.ask(ctx, w)
	}
	b.write(ctx, w, o)
}

// everything is more than any balance.
const everything = math.MaxInt64

// write notes an outcome and what it says of the account.
func (b *batch) write(ctx context.Context, w Waybill, o outcome) {
	if errors.Is(o.err, logistics.ErrBalance) {
		// Others use the branch too: what we believed is left is not, and no choice may
		// count on it until the branch is asked again.
		o.told = func(ctx context.Context, tx *db.Tx) error {
			return b.s.accounts.UseTx(ctx, tx, b.account.ID, everything)
		}
	}
	if b.s.Unreached != nil && errors.Is(o.err, logistics.ErrUnreachable) {
		o.told = func(ctx context.Context, tx *db.Tx) error {
			reason, _ := errs.As(o.err).Params["carrier_message"].(string)
			return b.s.Unreached(ctx, tx, b.account.ID, b.content[w.ID].Request.Receiver, reason)
		}
	}
	// The answer is written down even where the process is told to stop.
	err := b.s.settle(context.WithoutCancel(ctx), b.account, w, o)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil && b.failed == nil {
		b.failed = err
	}
	switch {
	case o.spared:
	case ofAccount(o.err):
		b.trouble = o.err
	default:
		b.answered = true
	}
}

// back is where a row returns to that was not asked for after all.
func back(found State) State {
	switch found {
	case Wanted, Cancelling:
		return found
	}
	return Uncertain
}

// ofAccount reports whether an error concerns the account rather than one parcel.
func ofAccount(err error) bool {
	for _, e := range []*errs.Error{logistics.ErrThrottled, logistics.ErrSignature, logistics.ErrCredentials, logistics.ErrIPNotListed, logistics.ErrClock, logistics.ErrUnavailable,
		logistics.ErrUnknownOutcome, logistics.ErrAnswer, account.ErrUnsealed, account.ErrOff, account.ErrCarrier} {
		if errors.Is(err, e) {
			return true
		}
	}
	return err != nil && errs.As(err) == nil
}

// tell passes on what the round met, so that an account that is silent holds up no other.
func (b *batch) tell(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if b.answered {
		if err := b.s.accounts.Told(ctx, b.account.ID, nil); err != nil {
			return err
		}
	}
	if b.trouble != nil {
		return b.s.accounts.Told(ctx, b.account.ID, b.trouble)
	}
	return nil
}

// ask has a number issued, or finds that it was.
func (b *batch) ask(ctx context.Context, w Waybill) outcome {
	if b.account.Kind == account.Numbers {
		return outcome{state: Issued, local: true}
	}
	c := b.content[w.ID]
	if w.State != Wanted {
		got, err := b.issuer.Find(ctx, c.Request)
		switch {
		case err == nil:
			return outcome{state: Issued, issued: got}
		case errors.Is(err, logistics.ErrDone):
			return outcome{state: Failed, err: err} // given back behind our back
		case !errors.Is(err, logistics.ErrNotFound):
			return judge(err, Uncertain)
		}
	}
	switch {
	case c.Err != nil:
		return judge(c.Err, Wanted)
	case c.Version != w.Version:
		return outcome{state: Failed, err: ErrGone}
	}
	got, err := b.issuer.Issue(ctx, c.Request)
	if errors.Is(err, logistics.ErrDone) {
		if got, err = b.issuer.Find(ctx, c.Request); errors.Is(err, logistics.ErrNotFound) {
			err = logistics.Told(logistics.ErrRefused, "duplicate", c.Request.Key)
		}
		if err != nil {
			return judge(err, Uncertain)
		}
	}
	if err != nil {
		return judge(err, Wanted)
	}
	return outcome{state: Issued, issued: got}
}

// giveBack returns a number to its issuer, looking for it first where none is known.
func (b *batch) giveBack(ctx context.Context, w Waybill) outcome {
	if b.account.Kind == account.Numbers {
		return outcome{state: Cancelled, local: true}
	}
	if w.No == "" {
		got, err := b.issuer.Find(ctx, b.content[w.ID].Request)
		switch {
		case errors.Is(err, logistics.ErrNotFound), errors.Is(err, logistics.ErrDone):
			return outcome{state: Cancelled}
		case err != nil:
			return judge(err, Cancelling)
		}
		w.No, w.Ref, w.Template = got.No, got.Ref, got.Template
	}
	err := b.issuer.Cancel(ctx, given(w))
	switch {
	case err == nil, errors.Is(err, logistics.ErrDone), errors.Is(err, logistics.ErrNotFound):
		return outcome{state: Cancelled, issued: logistics.Issued{No: w.No}}
	case errors.Is(err, logistics.ErrRefused), errors.Is(err, logistics.ErrUnsupported):
		return outcome{state: Issued, err: err, issued: logistics.Issued{No: w.No}}
	}
	return judge(err, Cancelling)
}

// outcome is what came of an attempt.
type outcome struct {
	state  State
	err    error
	issued logistics.Issued
	spared bool                                // nothing was asked
	local  bool                                // a number at hand is taken or put back with the settling
	spent  bool                                // the number at hand is used up though its waybill is cancelled
	told   func(context.Context, *db.Tx) error // who else is told, in the same transaction
}

// judge makes the outcome of an error. again is where the row goes that may be tried
// again without looking first.
func judge(err error, again State) outcome {
	e := errs.As(err)
	switch {
	case errors.Is(err, logistics.ErrUnknownOutcome), errors.Is(err, logistics.ErrAnswer):
		if again == Wanted {
			again = Uncertain
		}
		return outcome{state: again, err: err}
	case ofAccount(err), e != nil && e.Kind == errs.Unavailable:
		return outcome{state: again, err: err}
	case again == Cancelling:
		return outcome{state: Cancelling, err: err}
	}
	return outcome{state: Failed, err: err}
}

// backoff grows from two seconds to ten minutes, ms.
func backoff(attempts int64) int64 {
	return min(2*time.Second<<min(max(attempts, 1)-1, 12), longestGap).Milliseconds()
}
