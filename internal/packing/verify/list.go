package verify

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// Policy is how a merchant wants parcels verified.
type Policy struct {
	MustWeigh  bool  `json:"must_weigh"`
	BoxGram    int64 `json:"box_gram"`    // what the packing weighs
	OffGram    int64 `json:"off_gram"`    // a weight may be this far off,
	OffPercent int64 `json:"off_percent"` // or this, whichever is more
	Version    int64 `json:"version"`
}

// usual is the policy of a merchant who chose none.
var usual = Policy{BoxGram: 100, OffGram: 50, OffPercent: 5}

// Policy returns the merchant's policy. Permission packing.read.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return Policy{}, err
	}
	return s.policy(ctx, s.k.DB)
}

func (s *Service) policy(ctx context.Context, q db.Querier) (Policy, error) {
	p, weigh := usual, int64(0)
	err := q.QueryRow(ctx, selectPolicy, actor.Merchant(ctx)).Scan(&weigh, &p.BoxGram, &p.OffGram, &p.OffPercent, &p.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return usual, nil
	}
	p.MustWeigh = weigh == 1
	return p, err
}

// SetPolicy changes the policy; Version is the one it was read with. Permission
// packing.force.
//
// Errors: ErrPolicy, ErrPolicyChanged.
func (s *Service) SetPolicy(ctx context.Context, in Policy) (Policy, error) {
	if err := actor.Require(ctx, packing.PermitForce); err != nil {
		return Policy{}, err
	}
	if in.BoxGram < 0 || in.BoxGram > maxGram || in.OffGram < 0 || in.OffGram > maxGram || in.OffPercent < 0 || in.OffPercent > 100 {
		return Policy{}, ErrPolicy
	}
	return command.Run(ctx, s.k.Commands, &command.About{Action: "packing.set_verify_policy"}, in, func(ctx context.Context, tx *db.Tx) (Policy, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Policy{}, err
		}
		weigh := int64(0)
		if in.MustWeigh {
			weigh = 1
		}
		n, err := tx.ExecN(ctx, putPolicy, a.MerchantID, weigh, in.BoxGram, in.OffGram, in.OffPercent, a.ID, s.now(), in.Version)
		if err == nil && n == 0 {
			err = ErrPolicyChanged
		}
		if err != nil {
			return Policy{}, err
		}
		return s.policy(ctx, tx)
	})
}

// Get returns a session with what its orders say. Permission packing.read.
//
// Errors: ErrNoSession.
func (s *Service) Get(ctx context.Context, session id.ID) (Session, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return Session{}, err
	}
	se, err := s.readOne(ctx, s.k.DB, session)
	if err != nil {
		return Session{}, err
	}
	if err := s.nameCodes(ctx, s.k.DB, se); err != nil {
		return Session{}, err
	}
	se.Orders, err = s.told(ctx, s.k.DB, se)
	return *se, err
}

// Sessions returns the last sessions of a fulfillment order, the latest first, without
// items. Permission packing.read.
func (s *Service) Sessions(ctx context.Context, fulfillmentOrderID id.ID) ([]Session, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	seen, err := s.fulfillment.LoadTx(ctx, s.k.DB, []id.ID{fulfillmentOrderID})
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	return readSessions(ctx, s.k.DB, selectLast, actor.Merchant(ctx), fulfillmentOrderID, 20)
}

func readSessions(ctx context.Context, q db.Querier, text string, args ...any) ([]Session, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var s Session
		var weigh int64
		if err := rows.Scan(&s.ID, &s.FulfillmentOrderID, &s.Version, &s.WarehouseID, &s.Kind, &s.Bench, &s.ByID, &s.ByName, &s.State, &s.WaybillID, &s.Carrier, &s.WaybillNo,
			&s.Need, &s.Done, &s.SerialLine, &s.SerialSKU, &weigh, &s.ExpectedGram, &s.Gram, &s.Forced, &s.Reason, &s.VideoURL, &s.OpenedAt, &s.TouchedAt, &s.EndedAt); err != nil {
			return nil, err
		}
		s.MustWeigh = weigh == 1
		out = append(out, s)
	}
	return out, rows.Err()
}

func (s *Service) readItems(ctx context.Context, q db.Querier, se *Session) error {
	rows, err := q.Query(ctx, selectItems, actor.Merchant(ctx), se.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	se.Items = nil
	for rows.Next() {
		var it Item
		if err := rows.Scan(&it.OrderID, &it.LineID, &it.SKUID, &it.BundleID, &it.Per, &it.Code, &it.Name, &it.ImageURL, &it.Serial, &it.Need, &it.Done); err != nil {
			return err
		}
		se.Items = append(se.Items, it)
	}
	return rows.Err()
}

// Scanned is one scan as it was written down.
type Scanned struct {
	ID                 id.ID
	SessionID          id.ID // 0 where nothing was opened
	FulfillmentOrderID id.ID
	Bench              string
	ByID               id.ID
	Code               string
	Verdict            Verdict
	Refusal            string // error code
	SKUID              id.ID
	Pieces             int64
	At                 int64
}

const maxScans = 1000

// Scans returns what was scanned for a fulfillment order, the first 1,000 in their
// order. Permission packing.read.
func (s *Service) Scans(ctx context.Context, fulfillmentOrderID id.ID) ([]Scanned, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	seen, err := s.fulfillment.LoadTx(ctx, s.k.DB, []id.ID{fulfillmentOrderID})
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	rows, err := s.k.DB.Query(ctx, selectScans, actor.Merchant(ctx), fulfillmentOrderID, 0, maxScans)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Scanned
	for rows.Next() {
		var c Scanned
		if err := rows.Scan(&c.ID, &c.SessionID, &c.FulfillmentOrderID, &c.Bench, &c.ByID, &c.Code, &c.Verdict, &c.Refusal, &c.SKUID, &c.Pieces, &c.At); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Count is what a bench did in one minute.
type Count struct {
	Bench    string
	MinuteAt int64 // unix milliseconds
	Scans    int64
	Pieces   int64
	Parcels  int64
}

// longest is how far back Counts looks, milliseconds.
const longest = 24 * 3_600_000

// Counts tells what benches did per minute since an instant, a day ago at most.
// Permission packing.read.
func (s *Service) Counts(ctx context.Context, since int64) ([]Count, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	rows, err := s.k.DB.Query(ctx, selectCounts, actor.Merchant(ctx), max(since, s.now()-longest))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Bench, &c.MinuteAt, &c.Scans, &c.Pieces, &c.Parcels); err != nil {
			return nil, err
		}
		c.MinuteAt *= 60_000
		out = append(out, c)
	}
	return out, rows.Err()
}
