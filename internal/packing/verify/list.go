package verify

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

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
	// HereDays is for how many days what shipped waits for its handover scan before it
	// counts as gone, 1 to 90; 0 is 7.
	HereDays int64 `json:"here_days,omitempty"`
	// NoHandover are the warehouses whose couriers' parcels nobody scans.
	NoHandover []id.ID `json:"no_handover_warehouse_ids,omitempty"`
	Version    int64   `json:"version"`
}

// usual is the policy of a merchant who chose none.
var usual = Policy{BoxGram: 100, OffGram: 50, OffPercent: 5, HereDays: 7}

const (
	maxHereDays   = 90
	maxNoHandover = 100
)

// Policy returns the merchant's policy. Permission packing.read.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return Policy{}, err
	}
	return s.policy(ctx, s.k.DB)
}

func (s *Service) policy(ctx context.Context, q db.Querier) (Policy, error) {
	p, weigh, none := usual, int64(0), ""
	err := q.QueryRow(ctx, selectPolicy, actor.Merchant(ctx)).Scan(&weigh, &p.BoxGram, &p.OffGram, &p.OffPercent, &p.HereDays, &none, &p.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return usual, nil
	}
	if err != nil {
		return p, err
	}
	p.MustWeigh = weigh == 1
	return p, json.Unmarshal([]byte(none), &p.NoHandover)
}

// SetPolicy changes the policy; Version is the one it was read with. Permission
// packing.force.
//
// Errors: ErrPolicy, ErrPolicyChanged.
func (s *Service) SetPolicy(ctx context.Context, in Policy) (Policy, error) {
	if err := actor.Require(ctx, packing.PermitForce); err != nil {
		return Policy{}, err
	}
	if in.BoxGram < 0 || in.BoxGram > maxGram || in.OffGram < 0 || in.OffGram > maxGram || in.OffPercent < 0 || in.OffPercent > 100 ||
		in.HereDays < 0 || in.HereDays > maxHereDays || len(in.NoHandover) > maxNoHandover {
		return Policy{}, ErrPolicy
	}
	if in.HereDays == 0 {
		in.HereDays = usual.HereDays
	}
	return command.Run(ctx, s.k.Commands, &command.About{Action: "packing.set_verify_policy"}, in, func(ctx context.Context, tx *db.Tx) (Policy, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Policy{}, err
		}
		none, err := json.Marshal(append([]id.ID{}, in.NoHandover...))
		if err != nil {
			return Policy{}, err
		}
		weigh := int64(0)
		if in.MustWeigh {
			weigh = 1
		}
		n, err := tx.ExecN(ctx, putPolicy, a.MerchantID, weigh, in.BoxGram, in.OffGram, in.OffPercent, in.HereDays, string(none), a.ID, s.now(), in.Version)
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
	var out []Session
	for row := range db.Each(ctx, q, text, args...) {
		var s Session
		var weigh int64
		if err := row.Scan(&s.ID, &s.FulfillmentOrderID, &s.Version, &s.WarehouseID, &s.Kind, &s.Bench, &s.ByID, &s.ByName, &s.State, &s.WaybillID, &s.Carrier, &s.WaybillNo,
			&s.Need, &s.Done, &s.SerialLine, &s.SerialSKU, &weigh, &s.ExpectedGram, &s.Gram, &s.Forced, &s.Reason, &s.VideoURL, &s.OpenedAt, &s.TouchedAt, &s.EndedAt); err != nil {
			return nil, err
		}
		s.MustWeigh = weigh == 1
		out = append(out, s)
	}
	return out, nil
}

func (s *Service) readItems(ctx context.Context, q db.Querier, se *Session) error {
	se.Items = nil
	for row := range db.Each(ctx, q, selectItems, actor.Merchant(ctx), se.ID) {
		var it Item
		if err := row.Scan(&it.OrderID, &it.LineID, &it.SKUID, &it.BundleID, &it.Per, &it.Code, &it.Name, &it.ImageURL, &it.Serial, &it.Need, &it.Done); err != nil {
			return err
		}
		se.Items = append(se.Items, it)
	}
	return nil
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
	var out []Scanned
	for row := range db.Each(ctx, s.k.DB, selectScans, actor.Merchant(ctx), fulfillmentOrderID, 0, maxScans) {
		var c Scanned
		if err := row.Scan(&c.ID, &c.SessionID, &c.FulfillmentOrderID, &c.Bench, &c.ByID, &c.Code, &c.Verdict, &c.Refusal, &c.SKUID, &c.Pieces, &c.At); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
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

// Counts tells what a bench, or each ("") did per minute since an instant, a day ago at
// most. Permission packing.read.
func (s *Service) Counts(ctx context.Context, since int64, bench string) ([]Count, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	args := []any{actor.Merchant(ctx), max(since, s.now()-longest)}
	if bench = strings.TrimSpace(bench); bench != "" {
		args = append(args, bench)
	}
	var out []Count
	for row := range db.Each(ctx, s.k.DB, selectCounts(bench != ""), args...) {
		var c Count
		if err := row.Scan(&c.Bench, &c.MinuteAt, &c.Scans, &c.Pieces, &c.Parcels); err != nil {
			return nil, err
		}
		c.MinuteAt *= 60_000
		out = append(out, c)
	}
	return out, nil
}
