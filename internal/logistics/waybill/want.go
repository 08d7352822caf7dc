package waybill

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// MaxPieces bounds the pieces of one shipment, whatever the carrier allows.
const MaxPieces = 50

// Want asks for the numbers of one fulfillment order.
type Want struct {
	FulfillmentID id.ID
	Version       int64 // of its content
	AccountID     id.ID
	Product       string // empty for the account's usual one
	ShopID        id.ID  // who uses it up
	Pieces        int64  // 0 is 1
	// Replace gives back a number that stands for other content or at another account;
	// without it that is ErrStanding.
	Replace bool
}

// WantTx asks for numbers (取号) in the caller's transaction; they come afterwards, with
// an event each. Asked again for the same content at the same account it changes
// nothing, but for what failed, which is tried anew. It returns the waybills of each
// want, in the order of the question.
//
// Errors: account.ErrNotFound, account.ErrOff, ErrPieces, ErrStanding.
func (s *Service) WantTx(ctx context.Context, tx *db.Tx, wants []Want) ([][]Waybill, error) {
	ids := make([]id.ID, len(wants))
	for i, w := range wants {
		ids[i] = w.FulfillmentID
	}
	live, err := s.Of(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	accounts := map[id.ID]account.Account{}
	out := make([][]Waybill, len(wants))
	var rows [][]any
	for i, w := range wants {
		a, known := accounts[w.AccountID]
		if !known {
			if a, err = s.accounts.GetTx(ctx, tx, w.AccountID); err != nil {
				return nil, err
			}
			if !a.Enabled {
				return nil, account.ErrOff
			}
			accounts[w.AccountID] = a
		}
		if w.Pieces == 0 {
			w.Pieces = 1
		}
		if w.Pieces < 1 || w.Pieces > MaxPieces {
			return nil, ErrPieces.With("max", MaxPieces)
		}
		if w.Product == "" {
			w.Product = a.Product
		}
		keep, err := s.clearTx(ctx, tx, w, live[w.FulfillmentID])
		if err != nil {
			return nil, err
		}
		if out[i] = keep; keep == nil {
			fresh, some, err := s.rows(ctx, tx, w, a)
			if err != nil {
				return nil, err
			}
			out[i], rows = fresh, append(rows, some...)
		}
		live[w.FulfillmentID] = out[i]
	}
	if _, err := tx.Insert(ctx, "logistics_waybill", insertColumns, rows, ""); err != nil {
		return nil, err
	}
	for one := range accounts {
		if err := s.wakeTx(ctx, tx, one, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// clearTx makes way for new rows, or returns those that are what is wanted already.
func (s *Service) clearTx(ctx context.Context, tx *db.Tx, w Want, live []Waybill) ([]Waybill, error) {
	same := int64(len(live)) == w.Pieces
	for _, l := range live {
		same = same && l.Version == w.Version && l.AccountID == w.AccountID && l.Product == w.Product && l.State != Failed
	}
	if same {
		return live, nil
	}
	for _, l := range live {
		if l.State != Wanted && l.State != Failed && !w.Replace {
			return nil, ErrStanding.With("no", l.No)
		}
	}
	return nil, s.retireTx(ctx, tx, live)
}

// tokenKey is the kind of the keyed digest that ends an issue key.
const tokenKey int64 = 108

// rows are new waybills. Where one number leads the others, only the first is asked for.
func (s *Service) rows(ctx context.Context, tx *db.Tx, w Want, a account.Account) (made []Waybill, rows [][]any, err error) {
	who, err := actor.From(ctx)
	if err != nil {
		return nil, nil, err
	}
	keys, err := s.k.Seal.KeysTx(ctx, tx, who.MerchantID)
	if err != nil {
		return nil, nil, err
	}
	now, first := clock.Millis(s.k.Clock), id.ID(0)
	led := w.Pieces > 1 && s.leads(a)
	for piece := int64(1); piece <= w.Pieces; piece++ {
		one := s.k.IDs.New()
		// Two installations may share a carrier account: the digest keeps their keys apart.
		key := "OC" + one.String() + "-" + strconv.FormatUint(uint64(keys.Token(tokenKey, one.String()))>>44, 36)
		made = append(made, Waybill{ID: one, FulfillmentID: w.FulfillmentID, Piece: piece, Pieces: w.Pieces, ParentID: first, Version: w.Version, AccountID: a.ID,
			Carrier: a.Carrier, Product: w.Product, ShopID: w.ShopID, Key: key, State: Wanted, Live: true, NextAt: now, CreatedAt: now, ActorID: who.ID, ActorName: who.Name})
		rows = append(rows, []any{who.MerchantID, one, w.FulfillmentID, piece, w.Pieces, first, w.Version, a.ID, a.Carrier, w.Product, w.ShopID, key,
			string(Wanted), now, now, who.ID, who.Name})
		if piece == 1 && led {
			first = one
		}
	}
	return made, rows, nil
}

// leads reports whether one request brings the numbers of all pieces.
func (s *Service) leads(a account.Account) bool {
	m, ok := s.accounts.Manifest(a.Carrier)
	return a.Kind == account.Carrier && ok && m.MaxPieces > 1
}

// CancelTx gives the live waybills of fulfillment orders back (回收单号), with the
// caller's transaction: from then on none of them may be printed or shipped with. The
// issuer is told afterwards. Without a live waybill it does nothing.
func (s *Service) CancelTx(ctx context.Context, tx *db.Tx, fulfillments []id.ID) error {
	live, err := s.Of(ctx, tx, fulfillments)
	if err != nil {
		return err
	}
	for _, f := range fulfillments {
		if err := s.retireTx(ctx, tx, live[f]); err != nil {
			return err
		}
		delete(live, f)
	}
	return nil
}

// retireTx ends what counts of waybills and has their issuers told.
func (s *Service) retireTx(ctx context.Context, tx *db.Tx, list []Waybill) error {
	now, m := clock.Millis(s.k.Clock), actor.Merchant(ctx)
	for _, w := range list {
		var state State
		if err := tx.QueryRow(ctx, retire, now, now, m, w.ID).Scan(&state); err != nil {
			return err
		}
		if state == Cancelled {
			if err := s.k.Events.AppendTx(ctx, tx, aggregate(w), NumberCancelled{Of: of(w), No: w.No}); err != nil {
				return err
			}
			continue
		}
		if err := s.wakeTx(ctx, tx, w.AccountID, 0); err != nil {
			return err
		}
	}
	return nil
}

// AdoptVersionTx lets issued waybills go with changed content, where a person judged
// that the label need not change.
func (s *Service) AdoptVersionTx(ctx context.Context, tx *db.Tx, fulfillment id.ID, from, to int64) error {
	_, err := tx.Exec(ctx, adoptVersion, to, actor.Merchant(ctx), fulfillment, from)
	return err
}

func of(w Waybill) Of {
	return Of{WaybillID: w.ID, FulfillmentID: w.FulfillmentID, Version: w.Version, Piece: w.Piece, AccountID: w.AccountID, Carrier: w.Carrier, ShopID: w.ShopID}
}

func aggregate(w Waybill) event.Of {
	return event.Of{Aggregate: "waybill", ID: w.ID, Version: w.Attempts + 1}
}
