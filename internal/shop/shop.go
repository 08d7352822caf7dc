package shop

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Modes: how a shop's orders reach us.
const (
	ModeFile = "file" // the merchant uploads export files
	ModeAPI  = "api"  // a connector pulls
)

// When stock is reserved.
const (
	ReserveOnPaid   = "paid"
	ReserveOnPlaced = "placed"
)

// Scope is the kind of object under which actors are narrowed to shops.
const Scope = "shop"

// Shop is one shop of the merchant on one channel. Instants are unix milliseconds.
type Shop struct {
	ID       id.ID
	Channel  string // connector code
	Name     string
	Mode     string // file | api
	TimeZone string // IANA name; reports of this shop count days in it
	// LiveFrom: orders placed earlier create facts only, they are never work.
	LiveFrom int64
	// WarehouseID is where stock is reserved first; 0 is the merchant's default.
	WarehouseID id.ID
	ReserveOn   string // paid | placed
	AutoApprove bool   // paid orders without holds need no person
	// StaleAfterHours: shipping on older data asks for a fresh file or a supervisor.
	StaleAfterHours int64
	// DataAt is the export time of the newest data we hold, 0 for none yet.
	DataAt    int64
	Active    bool
	Position  int64
	CreatedAt int64
	Version   int64
}

// Stale reports whether the data of a shop in file mode is older than it allows
// at now (unix milliseconds). A shop that pulls by itself is never stale here.
func (s Shop) Stale(now int64) bool {
	return s.Mode == ModeFile && now-s.DataAt > s.StaleAfterHours*3_600_000
}

// Service is the shop capability.
type Service struct {
	k         *kit.Kit
	channels  []string
	beforeAPI func(context.Context, db.Querier, id.ID) error
}

// New returns the capability. channels are the codes a shop may be on.
func New(k *kit.Kit, channels []string) *Service {
	return &Service{k: k, channels: slices.Clone(channels)}
}

// BeforeAPI has f asked before somebody turns a shop to being pulled: who holds the
// access to its channel says whether it works. Once, while wiring.
func (s *Service) BeforeAPI(f func(ctx context.Context, q db.Querier, shopID id.ID) error) {
	s.beforeAPI = f
}

// mayPull refuses a shop in API mode that cannot be pulled.
func (s *Service) mayPull(ctx context.Context, q db.Querier, one Shop) error {
	if one.Mode != ModeAPI || s.beforeAPI == nil {
		return nil
	}
	return s.beforeAPI(ctx, q, one.ID)
}

// List returns the shops the actor may see, in the merchant's order, closed ones
// included.
func (s *Service) List(ctx context.Context) ([]Shop, error) { return s.ListTx(ctx, s.k.DB) }

// ListTx is List inside the caller's transaction.
func (s *Service) ListTx(ctx context.Context, q db.Querier) ([]Shop, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	var out []Shop
	for row := range db.Each(ctx, q, selectAll, a.MerchantID) {
		var one Shop
		if err := row.Scan(one.fields()...); err != nil {
			return nil, err
		}
		if a.InScope(Scope, one.ID) {
			out = append(out, one)
		}
	}
	return out, nil
}

// Get returns one shop. Errors: ErrNotFound, also outside the actor's scope.
func (s *Service) Get(ctx context.Context, shopID id.ID) (Shop, error) {
	return s.GetTx(ctx, s.k.DB, shopID)
}

// GetTx is Get inside the caller's transaction.
func (s *Service) GetTx(ctx context.Context, q db.Querier, shopID id.ID) (Shop, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Shop{}, err
	}
	var one Shop
	err = q.QueryRow(ctx, selectOne, a.MerchantID, shopID).Scan(one.fields()...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(Scope, shopID) {
		return Shop{}, ErrNotFound
	}
	return one, err
}

// TouchDataTx remembers that we now hold the shop's data as of at (unix
// milliseconds). An older instant than the one we have changes nothing.
func (s *Service) TouchDataTx(ctx context.Context, tx *db.Tx, shopID id.ID, at int64) error {
	_, err := tx.Exec(ctx, touchData, at, actor.Merchant(ctx), shopID, at)
	return err
}

func (s *Shop) fields() []any {
	return []any{&s.ID, &s.Channel, &s.Name, &s.Mode, &s.TimeZone, &s.LiveFrom, &s.WarehouseID, &s.ReserveOn, &s.AutoApprove,
		&s.StaleAfterHours, &s.DataAt, &s.Active, &s.Position, &s.CreatedAt, &s.Version}
}

// check refuses values no shop may have.
func (s *Shop) check() error {
	s.Name = strings.TrimSpace(s.Name)
	if n := utf8.RuneCountInString(s.Name); n < 1 || n > 60 {
		return ErrBadName.At("name")
	}
	bad := func(field string) error { return ErrBadValue.With("field", field).At(field) }
	switch {
	case s.Mode != ModeFile && s.Mode != ModeAPI:
		return bad("mode")
	case s.ReserveOn != ReserveOnPaid && s.ReserveOn != ReserveOnPlaced:
		return bad("reserve_on")
	case s.StaleAfterHours < 1 || s.StaleAfterHours > 24*365:
		return bad("stale_after_hours")
	case s.LiveFrom < 0:
		return bad("live_from_at")
	}
	return nil
}
