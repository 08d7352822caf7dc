package app

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/shop"
)

// channelsOfCases is how after-sale cases reach the channels they came from. What it
// points at is filled in before anything asks.
func channelsOfCases(manifests []channel.Manifest, sync **pull.Engine, back **send.Service, people **iam.Service) aftersale.Around {
	return aftersale.Around{
		Decides: func(sh shop.Shop) bool { return (*back).Decides(sh) },
		Refusal: func(sh shop.Shop, kind string) aftersale.Refusal {
			m, _ := channel.Find(manifests, sh.Channel)
			if m.Refusal == nil {
				return aftersale.Refusal{}
			}
			out := aftersale.Refusal{BackOffice: m.Refusal.BackOffice, OnlyShipped: m.Refusal.OnlyShipped}
			for _, p := range m.Refusal.ProofsOf(kind) {
				out.Proofs = append(out.Proofs, aftersale.Proof{Kind: string(p.Kind), Need: string(p.Need), Required: p.Need != channel.ProofOptional})
			}
			return out
		},
		TellTx: func(ctx context.Context, tx *db.Tx, t aftersale.Telling) (id.ID, error) {
			e, err := (*back).DecideAftersaleTx(ctx, tx, send.DecideInput{ShopID: t.Case.ShopID, CaseNo: t.Case.No, OrderNo: t.Case.OrderNo, Version: t.Case.CaseVersion,
				Number: t.Number, Approve: t.Approve, AmountFen: int64(t.Amount), Reason: t.Reason, ReturnTo: t.ReturnAddressNo})
			return e.ID, err
		},
		Answers: func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]aftersale.Answer, error) {
			all, err := (*back).Of(ctx, q, ids)
			out := make(map[id.ID]aftersale.Answer, len(all))
			for _, e := range all {
				out[e.ID] = aftersale.Answer{State: string(e.State), Code: e.ErrorCode, Params: e.ErrorParams}
			}
			return out, err
		},
		Words: func(ctx context.Context, shopID id.ID, caseNo string) (aftersale.Words, error) {
			facts, err := (*sync).Facts(ctx, shopID, caseNo)
			switch {
			case err == nil:
				return aftersale.Words{Note: facts.Note, Evidence: facts.Evidence}, nil
			case errors.Is(err, pull.ErrNoCase), errors.Is(err, access.ErrNotFound), errors.Is(err, access.ErrNoAPI), errors.Is(err, channel.ErrCredentials):
				return aftersale.Words{}, nil // kept no more, or by a channel nobody speaks to now
			}
			return aftersale.Words{}, err
		},
		Limit: func(ctx context.Context) (*money.Fen, error) { return (*people).RefundLimit(ctx) },
	}
}
