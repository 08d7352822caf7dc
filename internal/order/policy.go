package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// Candidate is an order that may be approved next, as it becomes in this transaction.
type Candidate struct {
	Order    *Order
	Receiver Receiver // the zero Receiver where none is stored
	// Ready: something just made the order ready, so that it may approve itself.
	Ready bool
	// Approved: it was approved a moment ago; only Verdict.Finance is asked for.
	Approved bool
}

// Reason is a hold that the review rules want open, and why.
type Reason struct {
	Kind HoldKind
	Note string // never empty; names no person
}

// Verdict is what the review rules (审单规则) say of a candidate.
type Verdict struct {
	Holds     []Reason
	Approve   bool   // a rule approves it, whatever the shop asks for
	NotBefore int64  // it approves itself no earlier, unix ms; 0 for at once
	Finance   string // why finance has to approve too, "" for not
}

// Reviewer judges orders before they are approved, in the order's transaction.
type Reviewer interface {
	// JudgeTx answers in the order of the candidates.
	JudgeTx(ctx context.Context, tx *db.Tx, c []Candidate) ([]Verdict, error)
	// WaiveTx is told which holds a person ended: for the same note they stay ended.
	WaiveTx(ctx context.Context, tx *db.Tx, orderID id.ID, ended []Hold) error
}

// Placer reserves what orders are short of in other warehouses, each order whole or not
// at all, and says which it served.
type Placer func(ctx context.Context, tx *db.Tx, orders []*Order) (served map[id.ID]bool, err error)

// PlaceBy has p look for goods elsewhere before an order is out of stock.
func PlaceBy(p Placer) Option { return func(s *Service) { s.place = p } }

// ReviewBy has r judge every order before it is approved.
func ReviewBy(r Reviewer) Option { return func(s *Service) { s.reviewer = r } }

// judged are the kinds of holds that are open exactly while the Reviewer says so.
var judged = []HoldKind{HoldOverLimit, HoldBlacklist, HoldPriceFloor, HoldDuplicate, HoldPayMethod, HoldSellerNote,
	HoldUndeliverable, HoldByRule, HoldAddress}

// candidate: work that is paid, open and not approved before this edit.
func (e *edit) candidate() bool {
	o := e.now
	return e.verdict == nil && !o.History && o.ClosedAt == 0 && e.was.ApprovedAt == 0 && payable(o) && len(o.OpenLines()) > 0
}

// judge asks the reviewer about the edits that may be approved next.
func (s *Service) judge(ctx context.Context, tx *db.Tx, edits []*edit) error {
	if s.reviewer == nil {
		return nil
	}
	var of []*edit
	for _, e := range edits {
		if e.candidate() {
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return nil
	}
	if err := s.knowReceivers(ctx, tx, of); err != nil {
		return err
	}
	c := make([]Candidate, len(of))
	for i, e := range of {
		c[i] = Candidate{Order: e.now, Ready: e.ready(), Approved: e.now.ApprovedAt != 0}
		switch {
		case e.receiver != nil:
			c[i].Receiver = e.receiver.Receiver
		case e.receiverWas != nil:
			c[i].Receiver = e.receiverWas.Receiver
		}
	}
	verdicts, err := s.reviewer.JudgeTx(ctx, tx, c)
	if err != nil {
		return err
	}
	for i, e := range of {
		e.obey(verdicts[i])
	}
	return nil
}

// knowReceivers reads the receivers that the edits did not need so far.
func (s *Service) knowReceivers(ctx context.Context, q db.Querier, edits []*edit) error {
	var missing []id.ID
	for _, e := range edits {
		if !e.created && e.receiver == nil && e.receiverWas == nil {
			missing = append(missing, e.now.ID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	m := actor.Merchant(ctx)
	keys, err := s.kit.Seal.KeysTx(ctx, q, m)
	if err != nil {
		return err
	}
	all, err := receiver.Load(ctx, q, m, keys, missing)
	if err != nil {
		return err
	}
	for _, e := range edits {
		if r := all[e.now.ID]; r != nil {
			e.receiverWas = r
		}
	}
	return nil
}

// obey opens and ends the judged holds; a person who just approved has looked.
func (e *edit) obey(v Verdict) {
	e.verdict = &v
	if e.now.ApprovedAt != 0 {
		e.noted(HoldFinance, v.Finance)
		return
	}
	for _, k := range judged {
		note := ""
		if i := slices.IndexFunc(v.Holds, func(r Reason) bool { return r.Kind == k }); i >= 0 {
			note = v.Holds[i].Note
		}
		e.noted(k, note)
	}
}

// ready: the order came in, was paid, was adopted, lost a hold, or its time came.
func (e *edit) ready() bool {
	return e.created || e.due || !payable(&e.was) || e.was.History || len(e.now.Holds) < len(e.was.Holds)
}

// waive tells the reviewer what a person released, and asks it anew.
func (s *Service) waive(ctx context.Context, tx *db.Tx, e *edit) error {
	if s.reviewer == nil {
		return nil
	}
	var ended []Hold
	for _, h := range e.was.Holds {
		if slices.Contains(judged, h.Kind) && !e.now.OnHold(h.Kind) {
			ended = append(ended, h)
		}
	}
	if len(ended) > 0 {
		if err := s.reviewer.WaiveTx(ctx, tx, e.now.ID, ended); err != nil {
			return err
		}
	}
	return s.judge(ctx, tx, []*edit{e})
}

// RejudgeTx judges orders that wait for approval anew: the rules changed, or (due)
// the time came before which they did not approve themselves. Others are passed over.
func (s *Service) RejudgeTx(ctx context.Context, tx *db.Tx, ids []id.ID, due bool) error {
	edits, err := s.lockEdits(ctx, tx, ids)
	if err != nil {
		return err
	}
	edits = slices.DeleteFunc(edits, func(e *edit) bool { return e.now.State != AwaitingApproval })
	shops, err := s.shopsOf(ctx, tx, edits)
	if err != nil {
		return err
	}
	for _, e := range edits {
		e.evaluate()
		e.due = due
	}
	if err := s.judge(ctx, tx, edits); err != nil {
		return err
	}
	for _, e := range edits {
		e.autoApprove(shops[e.now.ShopID])
	}
	return s.save(ctx, tx, edits)
}

// ApproveFinanceTx ends the wait for finance (财审) on an approved order. Whoever
// approved it may not be the one. Permission order.approve_finance.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrSamePerson.
func (s *Service) ApproveFinanceTx(ctx context.Context, tx *db.Tx, in ApproveInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActApproveFinance, func(_ context.Context, e *edit) error {
		if e.now.ApprovedBy == e.by && e.by != 0 {
			return ErrSamePerson
		}
		e.clear(HoldFinance)
		e.emit(Released{Kinds: []HoldKind{HoldFinance}})
		return nil
	})
}

// ApproveFinance is ApproveFinanceTx in a transaction of its own.
func (s *Service) ApproveFinance(ctx context.Context, in ApproveInput) (Result, error) {
	return run(ctx, s, ActApproveFinance, in.OrderID, nil, in, s.ApproveFinanceTx)
}
