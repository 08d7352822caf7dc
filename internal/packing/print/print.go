// Package print puts labels and slips on paper (打印), each once.
//
// Owns: packing_print_*: the merchant's templates, print batches and their labels, how
// often each waybill was given to paper, print agents. Does not own: how a label is
// drawn (packing/label), numbers (logistics/waybill), what may leave (fulfillment), the
// printers (agent).
//
// How a parcel gets there: Queue shows where each stands; Run, a job, has the numbers
// issued that it lacks and starts a batch for each carrier account.
//
// How a label is printed: Start claims its waybill and writes it into a numbered batch;
// a job checks it once more and draws the file. A person prints the file and says which
// labels came out, or an agent leases them one by one: asked → sent → printed.
//
// Invariants: a waybill is given to paper again only where a person asks for it, with a
// reason; a label is laid out, handed out and sent only while fulfillment.GuardTx passes
// its version; printed is what a person or a component said, never what we sent; a label
// that was sent and not answered is uncertain, and only a person decides about it; a
// printer serves one batch at a time; what a batch ships was told printed, every piece.
//
// States: see status.go. Read next: queue.go, run.go, start.go, ship.go, layout.go, told.go, task.go, agent.go.
package print

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/packing/label"
	"github.com/ordercove/ordercove/internal/shop"
)

// JobLayout draws a batch.
const JobLayout = "print.layout"

// MaxOrders bounds the fulfillment orders of one batch.
const MaxOrders = 500

// Service prints.
type Service struct {
	k            *kit.Kit
	fulfillments *fulfillment.Service
	orders       *order.Service
	catalog      *catalog.Service
	shops        *shop.Service
	accounts     *account.Service
	waybills     *waybill.Service
	numbers      *issue.Service
	around       Around
	rand         io.Reader
}

// Place is where the goods of a parcel wait.
type Place struct {
	Wave   string
	Basket string
}

// String is what stands on a label: W1122-2 #7.
func (p Place) String() string {
	if p.Basket == "" {
		return p.Wave
	}
	return strings.TrimSpace(p.Wave + " #" + p.Basket)
}

// Around is what packages beside this one know; nil functions know nothing.
type Around struct {
	// Places tells for up to 500 fulfillment orders where their goods are.
	Places func(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]Place, error)
	// Inside lists the fulfillment orders of the wave with this code, by basket.
	Inside func(ctx context.Context, q db.Querier, wave string) ([]id.ID, error)
	// Params is the signed query with which the component of a shop's channel fetches the key
	// of a label, "" where it needs none. It is good for a few minutes.
	Params func(ctx context.Context, shopID id.ID) (string, error)
}

// New wires the capability and registers its jobs. random makes the secrets of agents.
func New(k *kit.Kit, fulfillments *fulfillment.Service, orders *order.Service, cat *catalog.Service, shops *shop.Service, accounts *account.Service, waybills *waybill.Service, numbers *issue.Service, around Around, random io.Reader) *Service {
	s := &Service{k: k, fulfillments: fulfillments, orders: orders, catalog: cat, shops: shops, accounts: accounts, waybills: waybills, numbers: numbers, around: around, rand: random}
	k.Jobs.Register(JobLayout, job.Handler{Run: s.layout})
	k.Jobs.Register(JobRun, job.Handler{Run: s.runJob, Retry: retryRun})
	k.Jobs.Register(JobShip, job.Handler{Run: s.ship, Retry: retryShip})
	k.Jobs.Periodic(JobSilent, lookForSilent, s.silent)
	waybills.Papered = s.papered
	return s
}

// Batch (打印批次) is labels of one carrier account that are printed in one go, on one
// printer. Instants are unix milliseconds.
type Batch struct {
	ID         id.ID
	Day        int64 // of China time, 20261122
	Number     int64 // within the day
	AccountID  id.ID
	Carrier    string
	TemplateID id.ID
	Way        Way
	State      State
	Printer    string // "" where a person prints the file
	AgentID    id.ID
	ReprintOf  id.ID
	Reason     string
	Total      int64
	FileID     id.ID
	JobID      id.ID
	CreatedBy  id.ID
	ActorName  string
	CreatedAt  int64
	ClosedAt   int64
	// Ships: what is printed of it ships. StaleReason is why it was printed on old data.
	Ships       bool
	StaleReason string
	Version     int64
}

// Code is what stands on paper: 1122-3.
func (b Batch) Code() string { return fmt.Sprintf("%04d-%d", b.Day%10_000, b.Number) }

// Label is one label of a batch and what became of it.
type Label struct {
	BatchID            id.ID
	Sequence           int64
	WaybillID          id.ID
	WaybillNo          string
	Piece              int64
	FulfillmentOrderID id.ID
	Version            int64
	Items              []Item
	// Copy is 1 for the first print of the waybill, more for each 重打.
	Copy        int64
	State       LabelState
	Page        int64 // in the batch's file, 0 where it is not in it
	Missing     string
	ErrorCode   string
	ErrorParams map[string]any
	AgentID     id.ID
	LeaseUntil  int64
	Attempt     int64
	SentAt      int64
	EndedAt     int64
	// ShippedAt is when printing shipped it; ShipCode says why it could not.
	ShippedAt  int64
	ShipCode   string
	ShipParams map[string]any
}

// Item is goods in the parcel.
type Item struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Spec     string `json:"spec,omitempty"`
	Quantity int64  `json:"quantity"`
}

// Get returns a batch with its labels in order. Permission packing.read.
//
// Errors: ErrNoBatch.
func (s *Service) Get(ctx context.Context, batch id.ID) (Batch, []Label, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return Batch{}, nil, err
	}
	b, err := s.batch(ctx, s.k.DB, batch)
	if err != nil {
		return Batch{}, nil, err
	}
	all, err := s.labels(ctx, s.k.DB, batch)
	return b, all, err
}

// Summary is what the parcels of labels hold together, by SKU code: what is taken off the
// shelf for a batch. Labels that were refused do not count.
func Summary(all []Label) (out []Item) {
	at := map[string]int{}
	for _, l := range all {
		if l.Piece > 1 || l.State == Refused {
			continue
		}
		for _, it := range l.Items {
			key := it.Code + "\x00" + it.Name
			if i, ok := at[key]; ok {
				out[i].Quantity += it.Quantity
				continue
			}
			at[key] = len(out)
			out = append(out, it)
		}
	}
	return out
}

// List lists batches, the newest first, and the next cursor. Permission packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, cursor string, limit int) ([]Batch, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	before := id.ID(1<<63 - 1)
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	var out []Batch
	for row := range db.Each(ctx, s.k.DB, listBatches, actor.Merchant(ctx), before, page.Limit(limit)+1) {
		b, err := scanBatch(row)
		if err != nil {
			return nil, "", err
		}
		out = append(out, b)
	}
	out, next := page.Cut(out, page.Limit(limit), func(b Batch) string { return page.Encode(b.ID) })
	return out, next, nil
}

// OfFulfillment lists every label a fulfillment order ever had, the oldest first.
// Permission packing.read.
func (s *Service) OfFulfillment(ctx context.Context, fulfillmentOrder id.ID) ([]Label, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	return scanLabels(ctx, s.k.DB, selectLabelsOf, actor.Merchant(ctx), fulfillmentOrder)
}

type scanner interface{ Scan(...any) error }

func scanBatch(r scanner) (b Batch, err error) {
	var ships int64
	err = r.Scan(&b.ID, &b.Day, &b.Number, &b.AccountID, &b.Carrier, &b.TemplateID, &b.Way, &b.State, &b.Printer, &b.AgentID, &b.ReprintOf, &b.Reason, &b.Total, &b.FileID,
		&b.JobID, &ships, &b.StaleReason, &b.CreatedBy, &b.ActorName, &b.CreatedAt, &b.ClosedAt, &b.Version)
	b.Ships = ships == 1
	return b, err
}

func (s *Service) batch(ctx context.Context, q db.Querier, batch id.ID) (Batch, error) {
	b, err := scanBatch(q.QueryRow(ctx, selectBatch, actor.Merchant(ctx), batch))
	if errors.Is(err, sql.ErrNoRows) {
		return b, ErrNoBatch
	}
	return b, err
}

func (s *Service) labels(ctx context.Context, q db.Querier, batch id.ID) ([]Label, error) {
	return scanLabels(ctx, q, selectLabels, actor.Merchant(ctx), batch)
}

func scanLabels(ctx context.Context, q db.Querier, text string, args ...any) (out []Label, err error) {
	for row := range db.Each(ctx, q, text, args...) {
		var l Label
		var items, params, ship string
		if err := row.Scan(&l.BatchID, &l.Sequence, &l.WaybillID, &l.WaybillNo, &l.Piece, &l.FulfillmentOrderID, &l.Version, &items, &l.Copy, &l.State, &l.Page, &l.Missing,
			&l.ErrorCode, &params, &l.AgentID, &l.LeaseUntil, &l.Attempt, &l.SentAt, &l.EndedAt,
			&l.ShippedAt, &l.ShipCode, &ship); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(items), &l.Items); err != nil {
			return nil, err
		}
		for text, to := range map[string]*map[string]any{params: &l.ErrorParams, ship: &l.ShipParams} {
			if text == "" {
				continue
			}
			if err := json.Unmarshal([]byte(text), to); err != nil {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// china is where the days of batches and the times on paper are counted.
var china = time.FixedZone("CST", 8*3600)

// plain is an error without its cause, nil where it has no code.
func plain(err error) *errs.Error {
	e := errs.As(err)
	if e == nil {
		return nil
	}
	out := *e
	out.Err = nil
	return &out
}

// drawn are the items as a label prints them.
func drawn(all []Item) []label.Item {
	out := make([]label.Item, len(all))
	for i, it := range all {
		out[i] = label.Item{Code: it.Code, Name: it.Name, Spec: it.Spec, Quantity: it.Quantity}
	}
	return out
}
