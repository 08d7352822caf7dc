package waybill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// Waybill (电子面单) is one number, wanted or there, for one piece of a fulfillment
// order. Instants are unix milliseconds, 0 while they have not come.
type Waybill struct {
	ID            id.ID
	FulfillmentID id.ID
	// Piece counts from 1 to Pieces. ParentID is the first piece's waybill where its
	// number leads the others (子母件), 0 otherwise.
	Piece, Pieces int64
	ParentID      id.ID
	// Version is the content of the fulfillment order this was asked for.
	Version   int64
	AccountID id.ID
	Carrier   string // our code
	Product   string
	ShopID    id.ID
	Key       string
	State     State
	// Live: it is what the piece goes with. At most one waybill of a piece is.
	Live bool
	No   string
	// SortCode (三段码), Mark (大头笔) and Bag (集包地) lead the parcel.
	SortCode, Mark, Bag string
	// Ref is what else the issuer knows it by; Template the print template's address.
	Ref, Template     string
	Attempts          int64
	ErrorCode         string
	ErrorParams       map[string]any
	NextAt            int64
	CreatedAt         int64
	IssuedAt, EndedAt int64
	ActorID           id.ID
	ActorName         string
}

// Print is what prints a waybill: sealed at rest, personal data in it.
type Print struct {
	QR        string `json:"qr,omitempty"`
	Product   string `json:"product,omitempty"`
	Data      string `json:"data,omitempty"`
	Signature string `json:"signature,omitempty"`
	Template  string `json:"template,omitempty"`
	ParentNo  string `json:"parent_no,omitempty"`
}

// Content is what a parcel holds and where it goes, as of Version. Of Request the
// engine sets Key, Carrier, Branch, Product, Template and Pieces, and Sender where it
// is empty. Err says why nothing can be sent, Masked why only to a channel, which knows
// whom its masks stand for.
type Content struct {
	Version     int64
	Request     logistics.Request
	Err, Masked error
}

// refused is why an account's issuer is not asked.
func (c Content) refused(a account.Account) error {
	if c.Err == nil && a.Kind != account.Channel {
		return c.Masked
	}
	return c.Err
}

// Resolve tells what the parcels of waybills hold just before they are asked for, in
// the order of the question. It runs outside of transactions.
type Resolve func(ctx context.Context, all []Waybill) ([]Content, error)

// Issuer issues numbers for one account. Methods are called concurrently, never inside
// a transaction. Errors are those of logistics.Client.
type Issuer interface {
	// Issue asks once. Errors: logistics.ErrDone where the key has a number already.
	Issue(ctx context.Context, r logistics.Request) (logistics.Issued, error)
	// Find brings what was issued for the request's key. Errors: logistics.ErrNotFound
	// where nothing was, or where asking again with the key is as good as looking.
	Find(ctx context.Context, r logistics.Request) (logistics.Issued, error)
	// Cancel gives a number back.
	Cancel(ctx context.Context, g Given) error
	// Balances tells what is left at the branches. Errors: logistics.ErrUnsupported.
	Balances(ctx context.Context) ([]logistics.Balance, error)
	// Traits say how it wants to be asked.
	Traits() Traits
}

// Given is a number to be given back, as it was issued.
type Given struct {
	Key, Carrier, No, Ref, Template string
	ShopID                          id.ID // who uses it
}

func given(w Waybill) Given {
	return Given{Key: w.Key, Carrier: w.Carrier, No: w.No, Ref: w.Ref, Template: w.Template, ShopID: w.ShopID}
}

// Traits of an issuer.
type Traits struct {
	AtOnce int // requests under way at the same time, at least 1
	// MaxPieces above 1: one request brings the numbers of all pieces.
	MaxPieces int
	// Batch above 1: a Batcher takes so many requests in one call.
	Batch int
}

// Doors opens the issuer of an account of kind Channel. Errors: those of Issuer.
type Doors func(ctx context.Context, a account.Account) (Issuer, error)

// Unreached hears that an account's carrier does not go where a parcel goes.
type Unreached func(ctx context.Context, tx *db.Tx, accountID id.ID, to logistics.Party, reason string) error

// Papered reports whether the number of a waybill was given to paper, where it may stand
// on a parcel.
type Papered func(ctx context.Context, q db.Querier, waybill id.ID) (bool, error)

// Service is the issue engine.
type Service struct {
	// Papered keeps a number at hand that is on paper from standing for another parcel; with
	// nil, who prints is not asked.
	Papered Papered
	// Unreached is told of refusals for the place alone; nil where nobody wants to know.
	Unreached Unreached

	k        *kit.Kit
	accounts *account.Service
	doors    Doors
	resolve  Resolve
}

// New wires the engine and its jobs.
func New(k *kit.Kit, accounts *account.Service, doors Doors, resolve Resolve) *Service {
	s := &Service{k: k, accounts: accounts, doors: doors, resolve: resolve}
	s.register()
	return s
}

func scanOne(r interface{ Scan(...any) error }) (w Waybill, err error) {
	var live int64
	var params string
	err = r.Scan(&w.ID, &w.FulfillmentID, &w.Piece, &w.Pieces, &w.ParentID, &w.Version, &w.AccountID, &w.Carrier, &w.Product, &w.ShopID, &w.Key, &w.State, &live,
		&w.No, &w.SortCode, &w.Mark, &w.Bag, &w.Ref, &w.Template, &w.Attempts, &w.ErrorCode, &params, &w.NextAt, &w.CreatedAt, &w.IssuedAt, &w.EndedAt, &w.ActorID, &w.ActorName)
	w.Live = live == 1
	if err == nil && params != "" {
		err = json.Unmarshal([]byte(params), &w.ErrorParams)
	}
	return w, err
}

func scanAll(ctx context.Context, q db.Querier, text string, args ...any) ([]Waybill, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Waybill
	for rows.Next() {
		w, err := scanOne(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// Get returns one waybill of the acting merchant. For use cases and tests.
//
// Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, q db.Querier, waybill id.ID) (Waybill, error) {
	w, err := scanOne(q.QueryRow(ctx, selectOne, actor.Merchant(ctx), waybill))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return w, err
}

// Of returns the live waybills of fulfillment orders, by piece.
func (s *Service) Of(ctx context.Context, q db.Querier, fulfillments []id.ID) (map[id.ID][]Waybill, error) {
	out := map[id.ID][]Waybill{}
	for len(fulfillments) > 0 {
		n := min(len(fulfillments), 500)
		some := db.Pad(fulfillments[:n])
		args := []any{actor.Merchant(ctx)}
		for _, f := range some {
			args = append(args, f)
		}
		all, err := scanAll(ctx, q, liveOf(len(some)), args...)
		if err != nil {
			return nil, err
		}
		for _, w := range all {
			out[w.FulfillmentID] = append(out[w.FulfillmentID], w)
		}
		fulfillments = fulfillments[n:]
	}
	return out, nil
}

// History returns every waybill a fulfillment order ever had, the oldest first.
func (s *Service) History(ctx context.Context, q db.Querier, fulfillment id.ID) ([]Waybill, error) {
	return scanAll(ctx, q, selectHistory, actor.Merchant(ctx), fulfillment)
}

// CurrentTx returns the waybills with which a fulfillment order of this version goes,
// one for each piece: what printing, scanning and shipping ask first.
//
// Errors: ErrNotIssued while a piece has no number, ErrStale where a number was issued
// for other content.
func (s *Service) CurrentTx(ctx context.Context, q db.Querier, fulfillment id.ID, version int64) ([]Waybill, error) {
	all, err := s.Of(ctx, q, []id.ID{fulfillment})
	if err != nil {
		return nil, err
	}
	list := all[fulfillment]
	if len(list) == 0 {
		return nil, ErrNotIssued
	}
	for _, w := range list {
		switch {
		case w.State != Issued:
			return nil, ErrNotIssued
		case w.Version != version:
			return nil, ErrStale.With("no", w.No)
		}
	}
	return list, nil
}

// Scanned finds the waybill that a scanned number stands for: the issued one, or the
// last that had the number, so that a cancelled label is recognised.
//
// Errors: ErrNotFound.
func (s *Service) Scanned(ctx context.Context, q db.Querier, no string) (Waybill, error) {
	w, err := scanOne(q.QueryRow(ctx, selectByNo, actor.Merchant(ctx), logistics.Clean(no)))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return w, err
}

// place is where a waybill's print data is sealed.
func place(waybill id.ID) string { return "logistics_waybill/print/" + waybill.String() }

// PrintTx opens the print data of issued waybills. It bears personal data: for printing
// only, and the caller audits.
func (s *Service) PrintTx(ctx context.Context, q db.Querier, waybills []id.ID) (map[id.ID]Print, error) {
	keys, err := s.k.Seal.KeysTx(ctx, q, actor.Merchant(ctx))
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Print{}
	for len(waybills) > 0 {
		n := min(len(waybills), 500)
		some := db.Pad(waybills[:n])
		args := []any{actor.Merchant(ctx)}
		for _, w := range some {
			args = append(args, w)
		}
		rows, err := q.Query(ctx, printsOf(len(some)), args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var one id.ID
			var sealed []byte
			if err := rows.Scan(&one, &sealed); err != nil {
				return nil, err
			}
			plain, err := keys.Open(place(one), sealed)
			if err != nil {
				return nil, err
			}
			var p Print
			if err := json.Unmarshal(plain, &p); err != nil {
				return nil, err
			}
			out[one] = p
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		rows.Close()
		waybills = waybills[n:]
	}
	return out, nil
}
