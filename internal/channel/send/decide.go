package send

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// DecideInput decides an after-sale case. Version is the case's as it was seen; Number
// how many decisions on the case came before, for one that the channel refused is made
// anew with other words.
type DecideInput struct {
	ShopID    id.ID
	CaseNo    string
	OrderNo   string
	Version   string
	Number    int64
	Approve   bool
	AmountFen int64
	Reason    string
	ReturnTo  string
}

// Decides says whether cases of a shop are decided through its channel.
func (s *Service) Decides(sh shop.Shop) bool {
	m, ok := s.manifest(sh.Channel)
	return ok && m.API != nil && sh.Mode == shop.ModeAPI && m.Can(channel.DecideAftersales)
}

// DecideAftersaleTx has a case approved or refused at its channel (同意/拒绝售后), in the
// transaction that records who decided so. The same decision of the same number on the
// same version is made once. Permission refund.approve.
//
// Errors: shop.ErrNotFound, ErrOffline, channel.ErrUnsupported, ErrBadCase for an
// amount below zero, ErrOverLimit for one above what the actor may approve.
func (s *Service) DecideAftersaleTx(ctx context.Context, tx *db.Tx, in DecideInput) (Effect, error) {
	if err := actor.Require(ctx, PermitDecide); err != nil {
		return Effect{}, err
	}
	if _, err := s.shopFor(ctx, in.ShopID, channel.DecideAftersales); err != nil {
		return Effect{}, err
	}
	if in.AmountFen < 0 || in.CaseNo == "" {
		return Effect{}, ErrBadCase.At("amount_fen")
	}
	if in.Approve {
		most, err := s.limit(ctx)
		if err != nil {
			return Effect{}, err
		}
		if most != nil && in.AmountFen > int64(*most) {
			return Effect{}, ErrOverLimit.With("limit_fen", int64(*most)).At("amount_fen")
		}
	}
	key := "decision/" + in.ShopID.String() + "/" + in.CaseNo + "/" + in.Version
	if in.Number > 0 {
		key += "/" + strconv.FormatInt(in.Number, 10)
	}
	w := wanted{shopID: in.ShopID, kind: Decide, channelNo: in.CaseNo, key: key,
		body: &body{Accept: in.Approve, AmountFen: in.AmountFen, Text: in.Reason, Version: in.Version, ReturnTo: in.ReturnTo, OrderNo: in.OrderNo}}
	if _, err := s.putTx(ctx, tx, []wanted{w}); err != nil {
		return Effect{}, err
	}
	return scanEffect(tx.QueryRow(ctx, selectByKey, actor.Merchant(ctx), key))
}

// Of reads effects by their ids, those of shops within the actor's scope.
func (s *Service) Of(ctx context.Context, q db.Querier, ids []id.ID) ([]Effect, error) {
	var out []Effect
	for _, one := range ids {
		e, err := s.get(ctx, q, one)
		switch {
		case err == nil:
			out = append(out, e)
		case err != ErrNotFound:
			return nil, err
		}
	}
	return out, nil
}
