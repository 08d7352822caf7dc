package purchase

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Portal (供应商入口) is a door through which a supplier sees the orders it ships.
type Portal struct {
	ID         id.ID
	SupplierID id.ID
	MadeAt     int64
	ExpiresAt  int64
	RevokedAt  int64 // 0 while it opens
	UsedAt     int64
}

// Opened is a new door and its token, which is shown once.
type Opened struct {
	Portal Portal
	Token  string
}

// Bounds of a door.
const (
	MaxDays = 365
	day     = 24 * 3_600_000

	// A door lets burst calls in at once, and one more every everyMS.
	burst   = 60
	everyMS = 500
	// usedEvery is how exactly it is known when a door was used last, in milliseconds.
	usedEvery = 60_000
)

var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// OpenPortal makes a token by which a supplier sees the orders it ships, for a number of
// days. Permission purchase.edit.
//
// Errors: ErrNotFound, ErrBadSupplier.
func (s *Service) OpenPortal(ctx context.Context, supplier id.ID, days int64) (Opened, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return Opened{}, err
	}
	if days < 1 || days > MaxDays {
		return Opened{}, ErrBadSupplier.With("field", "days").At("days")
	}
	about := &command.About{Action: "purchase.open_portal", Object: "supplier/" + supplier.String(), Detail: map[string]any{"days": days}}
	// Without a key of its own the answer, which bears the token, is kept nowhere.
	return command.Run(command.WithKey(ctx, ""), s.k.Commands, about, supplier, func(ctx context.Context, tx *db.Tx) (Opened, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Opened{}, err
		}
		if _, err := s.GetTx(ctx, tx, supplier); err != nil {
			return Opened{}, err
		}
		raw := make([]byte, 25)
		if _, err := io.ReadFull(s.rand, raw); err != nil {
			return Opened{}, err
		}
		now := clock.Millis(s.k.Clock)
		out := Opened{Portal: Portal{ID: s.k.IDs.New(), SupplierID: supplier, MadeAt: now, ExpiresAt: now + days*day}}
		out.Token = strings.Join([]string{"ocs", strconv.FormatInt(int64(a.MerchantID), 36), out.Portal.ID.String(), letters.EncodeToString(raw)}, "_")
		_, err = tx.Exec(ctx, insertPortal, a.MerchantID, out.Portal.ID, supplier, digest(out.Token), a.ID, now, out.Portal.ExpiresAt)
		return out, err
	})
}

// Portals lists a supplier's doors, the newest first. Permission purchase.read.
func (s *Service) Portals(ctx context.Context, supplier id.ID) (out []Portal, err error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, err
	}
	err = db.Read(ctx, s.k.DB, selectPortals, []any{actor.Merchant(ctx), supplier}, func(r *db.Row) {
		out = append(out, Portal{id.ID(r.Int()), id.ID(r.Int()), r.Int(), r.Int(), r.Int(), r.Int()})
	})
	return out, err
}

// RevokePortal shuts a door at once. Permission purchase.edit.
//
// Errors: ErrNoPortal, also where it is shut already.
func (s *Service) RevokePortal(ctx context.Context, portal id.ID) error {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return err
	}
	about := &command.About{Action: "purchase.revoke_portal", Object: "portal/" + portal.String()}
	_, err := command.Run(ctx, s.k.Commands, about, portal, func(ctx context.Context, tx *db.Tx) (int64, error) {
		n, err := tx.ExecN(ctx, revokePortal, clock.Millis(s.k.Clock), actor.Merchant(ctx), portal)
		if err == nil && n == 0 {
			err = ErrNoPortal
		}
		return n, err
	})
	return err
}

// Visitor is the supplier behind a token.
type Visitor struct {
	SupplierID id.ID
	Name       string
	Contract   Contract
}

// AsSupplier lets the holder of a token act as its supplier: it may see and ship that
// supplier's orders, and nothing else.
//
// Errors: ErrBadToken, ErrTooFast.
func (s *Service) AsSupplier(ctx context.Context, token, lang string) (context.Context, Visitor, error) {
	parts := strings.Split(token, "_")
	if len(parts) != 4 || parts[0] != "ocs" {
		return nil, Visitor{}, ErrBadToken
	}
	merchant, err := strconv.ParseInt(parts[1], 36, 64)
	portal, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || err2 != nil || merchant <= 0 || portal <= 0 {
		return nil, Visitor{}, ErrBadToken
	}
	now := clock.Millis(s.k.Clock)
	if !s.admit(id.ID(portal), now) {
		return nil, Visitor{}, ErrTooFast
	}
	var v Visitor
	var used int64
	err = s.k.DB.QueryRow(ctx, selectByToken, id.ID(merchant), id.ID(portal), digest(token), now).Scan(&v.SupplierID, &v.Name, &v.Contract, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, v, ErrBadToken
	}
	if err != nil {
		return nil, v, err
	}
	if lang == "" {
		lang = "zh-CN"
	}
	ctx = actor.With(ctx, actor.Actor{MerchantID: id.ID(merchant), ID: id.ID(portal), Kind: actor.System, Name: v.Name, Permissions: []string{permitVisit}, Lang: lang,
		Cause: "supplier/" + v.SupplierID.String()})
	if now-used >= usedEvery {
		err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, usePortal, now, id.ID(merchant), id.ID(portal))
			return err
		})
	}
	return ctx, v, err
}

// permitVisit is what a token may do: no person holds it.
const permitVisit = "purchase.visit"

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// bucket counts the calls through a door.
type bucket struct{ left, at int64 }

// maxDoors bounds the memory of the counts; guessed numbers push out the idle first.
const maxDoors = 10_000

// admit takes one call out of a door's bucket.
func (s *Service) admit(portal id.ID, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.calls[portal]
	if !known {
		if len(s.calls) >= maxDoors {
			clear(s.calls)
		}
		b = bucket{burst, now}
	}
	if more := (now - b.at) / everyMS; more > 0 {
		b.left, b.at = min(burst, b.left+more), b.at+more*everyMS
	}
	b.left--
	ok := b.left >= 0
	b.left = max(b.left, 0)
	s.calls[portal] = b
	return ok
}
