package printed

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/waybills"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing/print"
)

const kindTell = "printed.tell"

// Service passes on what was printed.
type Service struct {
	k        *kit.Kit
	doors    waybills.Doors
	accounts *account.Service
	numbers  *waybill.Service
	prints   *print.Service
}

// New wires it behind the batches that are closed.
func New(k *kit.Kit, doors waybills.Doors, accounts *account.Service, numbers *waybill.Service, prints *print.Service) *Service {
	s := &Service{k: k, doors: doors, accounts: accounts, numbers: numbers, prints: prints}
	k.Jobs.Register(kindTell, job.Handler{Run: s.run})
	k.Runner.Add(event.Consumer{Name: "channel.printed", FromNow: true, Names: []string{print.BatchClosed{}.EventName()}, Handle: s.hear})
	return s
}

type tellJob struct {
	BatchID id.ID `json:"batch_id"`
}

func (s *Service) hear(ctx context.Context, tx *db.Tx, events []event.Event) error {
	for _, e := range events {
		var b print.BatchClosed
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return err
		}
		if b.Printed == 0 {
			continue
		}
		spec := job.Spec{Kind: kindTell, Payload: tellJob{b.BatchID}, UniqueKey: kindTell + "/" + b.BatchID.String(), GroupKey: kindTell}
		if _, err := s.k.Jobs.EnqueueTx(ctx, tx, spec); err != nil {
			return err
		}
	}
	return nil
}

// run tells the labels of a batch one by one; a crash goes on with the one it was at.
func (s *Service) run(ctx context.Context, r *job.Run) error {
	ctx = actor.With(ctx, actor.ForSystem(r.Job.MerchantID, kindTell))
	var p tellJob
	if err := r.Payload(&p); err != nil {
		return err
	}
	batch, labels, err := s.prints.Get(ctx, p.BatchID)
	if errors.Is(err, print.ErrNoBatch) {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := s.accounts.GetTx(ctx, s.k.DB, batch.AccountID)
	if err != nil || a.Kind != account.Channel {
		return err
	}
	client, err := s.doors.Open(ctx, a.ShopID)
	if err != nil {
		return err
	}
	teller, ok := client.(channel.PrintTeller)
	if !ok {
		return nil
	}
	done, _ := strconv.ParseInt(r.Checkpoint(), 10, 64)
	for _, l := range labels {
		if l.Sequence <= done || l.State != print.Printed {
			continue
		}
		step, err := s.tell(ctx, teller, a.ShopID, l)
		if err != nil {
			return err
		}
		if err := r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) { return step, nil }); err != nil {
			return err
		}
	}
	return nil
}

// tell passes one label on. What may pass by itself is an error, and tried again.
func (s *Service) tell(ctx context.Context, teller channel.PrintTeller, shopID id.ID, l print.Label) (job.Step, error) {
	step := job.Step{Checkpoint: strconv.FormatInt(l.Sequence, 10), Done: 1}
	w, err := s.numbers.Get(ctx, s.k.DB, l.WaybillID)
	if errors.Is(err, waybill.ErrNotFound) {
		step.Skipped = 1
		return step, nil
	}
	if err != nil {
		return step, err
	}
	err = teller.TellPrinted(ctx, channel.WaybillName{Carrier: w.Carrier, No: w.No, Ref: w.Ref, Template: w.Template}, l.Copy > 1)
	s.doors.Told(ctx, shopID, err)
	switch {
	case err == nil, errors.Is(err, channel.ErrDone):
		step.OK = 1
		return step, nil
	case errors.Is(err, channel.ErrRefused), errors.Is(err, channel.ErrNotFound), errors.Is(err, channel.ErrUnsupported):
		code, params, field := job.RowError(err)
		step.Failed, step.Rows = 1, []job.Row{{No: l.Sequence, Ref: l.WaybillNo, ObjectID: l.WaybillID, Result: job.Bad, Code: code, Params: params, Field: field}}
		return step, nil
	case errs.As(err) == nil:
		err = channel.ErrUnavailable.Because(err)
	}
	return step, err
}
