package account

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

const maxName = 40

// PutInput makes an account (AccountID 0) or changes one. Nil fields and credentials
// that are absent or empty stay what they are. Kind, Carrier and ShopID are for a new
// one. Version is the one the caller read, 0 to overwrite.
type PutInput struct {
	AccountID   id.ID             `json:"account_id"`
	Version     int64             `json:"version"`
	Kind        Kind              `json:"kind"`
	Carrier     string            `json:"carrier"`
	ShopID      id.ID             `json:"shop_id"`
	Name        *string           `json:"name"`
	Branch      *string           `json:"branch"`
	BranchName  *string           `json:"branch_name"`
	BaseURL     *string           `json:"base_url"`
	Credentials map[string]string `json:"credentials"`
	Sender      *logistics.Party  `json:"sender"`
	Product     *string           `json:"product"`
	Template    *string           `json:"template"`
	Enabled     *bool             `json:"enabled"`
	LowAt       *int64            `json:"low_at"`
	Shops       *[]id.ID          `json:"shops"`
	Warehouses  *[]id.ID          `json:"warehouses"`
}

// Put makes or changes an account (新增/修改月结账号). Changed credentials make it
// untested. Permission logistics.edit.
//
// Errors: ErrNotFound, ErrChanged, ErrKind, ErrCarrier, ErrShop, ErrName, ErrUnknown,
// ErrCredential, ErrFixedURL, ErrSender, ErrProduct, ErrLow, logistics.ErrCredentials.
func (s *Service) Put(ctx context.Context, in PutInput) (Account, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return Account{}, err
	}
	about := &command.About{Action: "account.put"}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		a := row{Account: Account{ID: s.k.IDs.New(), Kind: in.Kind, Carrier: in.Carrier, ShopID: in.ShopID, Enabled: true, State: Untested}}
		if in.AccountID != 0 {
			had, err := s.read(ctx, tx, in.AccountID)
			if err != nil {
				return 0, err
			}
			if in.Version != 0 && in.Version != had.Version {
				return 0, ErrChanged
			}
			a = had
		}
		fields, err := s.putTx(ctx, tx, &a, in)
		about.Object, about.Detail = "carrier_account/"+a.ID.String(), map[string]any{"fields": fields}
		return a.ID, err
	})
	if err != nil {
		return Account{}, err
	}
	return s.GetTx(ctx, s.k.DB, made)
}

// change is one Put under way.
type change struct {
	a      *row
	fields []string
}

func set[T comparable](c *change, name string, to *T, from *T) {
	if from != nil && *from != *to {
		*to = *from
		c.fields = append(c.fields, name)
	}
}

func (s *Service) putTx(ctx context.Context, tx *db.Tx, a *row, in PutInput) ([]string, error) {
	c := &change{a: a}
	if err := s.knows(a); err != nil {
		return nil, err
	}
	set(c, "name", &a.Name, trimmed(in.Name))
	set(c, "branch", &a.Branch, trimmed(in.Branch))
	set(c, "branch_name", &a.BranchName, trimmed(in.BranchName))
	set(c, "product", &a.Product, trimmed(in.Product))
	set(c, "template", &a.Template, trimmed(in.Template))
	set(c, "enabled", &a.Enabled, in.Enabled)
	set(c, "low_at", &a.LowAt, in.LowAt)
	if n := utf8.RuneCountInString(a.Name); n == 0 || n > maxName {
		return nil, ErrName.With("max", maxName).At("name")
	}
	if a.LowAt < 0 {
		return nil, ErrLow.At("low_at")
	}
	if err := s.secrets(ctx, tx, c, in); err != nil {
		return nil, err
	}
	if in.Sender != nil {
		p := *in.Sender
		if p.Name == "" || p.Phone == "" || p.Province == "" || p.City == "" || p.Detail == "" || p.Encrypted {
			return nil, ErrSender.At("sender")
		}
		sealed, err := s.seal(ctx, tx, "sender", a.ID, p)
		if err != nil {
			return nil, err
		}
		a.sender = sealed
		c.fields = append(c.fields, "sender")
	}
	if in.Shops != nil || in.Warehouses != nil {
		c.fields = append(c.fields, "use")
	}
	if len(c.fields) == 0 && a.Version > 0 {
		return nil, nil
	}
	if err := s.writeTx(ctx, tx, a, in); err != nil {
		return nil, err
	}
	return c.fields, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "carrier_account", ID: a.ID, Version: a.Version + 1}, Changed{AccountID: a.ID, Fields: c.fields})
}

func trimmed(s *string) *string {
	if s == nil {
		return nil
	}
	t := strings.TrimSpace(*s)
	return &t
}

// knows checks what an account is of.
func (s *Service) knows(a *row) error {
	_, known := logistics.Get(a.Carrier)
	_, direct := s.Manifest(a.Carrier)
	switch {
	case a.Kind != Carrier && a.Kind != Channel && a.Kind != Numbers:
		return ErrKind.At("kind")
	case !known || a.Kind == Carrier && !direct:
		return ErrCarrier.At("carrier")
	case a.Kind == Channel && a.ShopID == 0:
		return ErrShop.At("shop_id")
	}
	return nil
}

// secrets takes over credentials and address, checked by opening a client with them.
func (s *Service) secrets(ctx context.Context, tx *db.Tx, c *change, in PutInput) error {
	a := c.a
	if a.Kind != Carrier {
		if len(in.Credentials) > 0 || in.BaseURL != nil && *in.BaseURL != "" {
			return ErrUnknown.With("field", "credentials").At("credentials")
		}
		return nil
	}
	m, _ := s.Manifest(a.Carrier)
	if a.Product != "" && !slices.ContainsFunc(m.Products, func(p logistics.Product) bool { return p.Code == a.Product }) {
		return ErrProduct.At("product")
	}
	if in.BaseURL != nil {
		u := strings.TrimRight(strings.TrimSpace(*in.BaseURL), "/")
		if u == m.BaseURL {
			u = ""
		}
		if u != "" && u != m.TestURL && !m.CustomURL {
			return ErrFixedURL.At("base_url")
		}
		set(c, "base_url", &a.BaseURL, &u)
	}
	given := map[string]string{}
	if err := s.open(ctx, tx, "credentials", a.ID, a.credentials, &given); err != nil && len(in.Credentials) == 0 {
		return err
	}
	changed := false
	for _, name := range slices.Sorted(maps.Keys(in.Credentials)) {
		if !slices.ContainsFunc(m.Credentials, func(one logistics.Credential) bool { return one.Name == name }) {
			return ErrUnknown.With("field", name).At("credentials." + name)
		}
		if v := strings.TrimSpace(in.Credentials[name]); v != "" && v != given[name] {
			given[name], changed = v, true
		}
	}
	for _, one := range m.Credentials {
		if given[one.Name] == "" && !one.Optional {
			name := one.NameZH
			if strings.HasPrefix(actor.Lang(ctx), "en") {
				name = one.NameEN
			}
			return ErrCredential.With("name", name).At("credentials." + one.Name)
		}
	}
	if _, err := m.Open(logistics.Access{HTTP: s.http, Clock: s.k.Clock, BaseURL: m.BaseURL, Credentials: given}); err != nil {
		return err
	}
	if !changed {
		return nil
	}
	sealed, err := s.seal(ctx, tx, "credentials", a.ID, given)
	a.credentials, a.State = sealed, Untested
	c.fields = append(c.fields, "credentials")
	return err
}

func (s *Service) writeTx(ctx context.Context, tx *db.Tx, a *row, in PutInput) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	if a.Version == 0 {
		if _, err := tx.Exec(ctx, insertOne, m, a.ID, string(a.Kind), a.Carrier, a.Name, a.Branch, a.BranchName, a.ShopID, a.BaseURL, a.credentials, a.sender,
			a.Product, a.Template, a.Enabled, a.LowAt, now, now); err != nil {
			return err
		}
	} else {
		if a.State == Denied {
			a.State = Untested // what was wrong may be put right: the next call tells
		}
		n, err := tx.ExecN(ctx, updateOne, a.Name, a.Branch, a.BranchName, a.BaseURL, a.credentials, a.sender, a.Product, a.Template, a.Enabled, a.LowAt,
			string(a.State), now, m, a.ID, a.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrChanged
		}
	}
	if in.Shops != nil || in.Warehouses != nil {
		if in.Shops != nil {
			a.Shops = *in.Shops
		}
		if in.Warehouses != nil {
			a.Warehouses = *in.Warehouses
		}
		if _, err := tx.Exec(ctx, deleteUse, m, a.ID); err != nil {
			return err
		}
		var rows [][]any
		for kind, list := range map[string][]id.ID{"shop": a.Shops, "warehouse": a.Warehouses} {
			for _, one := range slices.Compact(slices.Sorted(slices.Values(list))) {
				rows = append(rows, []any{m, a.ID, kind, one})
			}
		}
		if _, err := tx.Insert(ctx, "logistics_account_use", []string{"merchant_id", "account_id", "kind", "object_id"}, rows, ""); err != nil {
			return err
		}
	}
	return s.alarmTx(ctx, tx, a.ID)
}
