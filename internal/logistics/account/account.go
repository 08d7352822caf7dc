package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Kind is where an account's numbers come from.
type Kind string

const (
	Carrier Kind = "carrier" // the carrier's own interface, under the merchant's contract
	Channel Kind = "channel" // a channel's waybills at a carrier's branch
	Numbers Kind = "numbers" // numbers at hand
)

// State is whether the other side takes the account's calls.
type State string

const (
	Untested State = "untested"
	OK       State = "ok"
	Denied   State = "refused"
)

// Account is a contract as people see it: no secret is in it. Instants are unix
// milliseconds, 0 where there is none.
type Account struct {
	ID                 id.ID
	Kind               Kind
	Carrier, Name      string
	Branch, BranchName string
	// ShopID is whose authorisation issues, for Channel.
	ShopID  id.ID
	BaseURL string // "": the carrier's own
	// Given names the credentials that are stored; Shown holds those that are no secret.
	Given   []string
	Shown   map[string]string
	Product string
	// Sender is where parcels are sent from, its name and phone masked; nil where none is
	// set.
	Sender *logistics.Party
	// Template is the print template's address, for channels that ask for one.
	Template    string
	Enabled     bool
	State       State
	ErrorCode   string
	ErrorParams map[string]any
	// Balance is how many waybills are left, -1 where nobody knows or counts.
	Balance, BalanceAt, LowAt int64
	BannedUntil               int64
	// Shops and Warehouses the account serves; empty means all.
	Shops, Warehouses    []id.ID
	CreatedAt, UpdatedAt int64
	Version              int64
}

// Serves reports whether the account is for this shop and warehouse; 0 asks for none.
func (a Account) Serves(shopID, warehouseID id.ID) bool {
	return in(a.Shops, shopID) && in(a.Warehouses, warehouseID)
}

func in(list []id.ID, one id.ID) bool {
	if len(list) == 0 || one == 0 {
		return true
	}
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

// Service is every merchant's accounts.
type Service struct {
	k    *kit.Kit
	all  []logistics.Manifest
	http *httpx.Client
}

// New wires the use cases. hc is the guarded transport that every carrier gets.
func New(k *kit.Kit, all []logistics.Manifest, hc *httpx.Client) *Service {
	return &Service{k: k, all: all, http: hc}
}

// Manifests are the carriers that can be spoken to directly.
func (s *Service) Manifests() []logistics.Manifest { return s.all }

// Manifest is what speaks to a carrier directly.
func (s *Service) Manifest(carrier string) (logistics.Manifest, bool) {
	for _, m := range s.all {
		if m.Code == carrier {
			return m, true
		}
	}
	return logistics.Manifest{}, false
}

// row is logistics_account as it is stored.
type row struct {
	Account
	credentials, sender []byte
	alarmed, trouble    int64
}

func scan(r interface{ Scan(...any) error }) (row, error) {
	var a row
	var enabled int64
	var params string
	err := r.Scan(&a.ID, &a.Kind, &a.Carrier, &a.Name, &a.Branch, &a.BranchName, &a.ShopID, &a.BaseURL, &a.credentials, &a.sender, &a.Product, &a.Template, &enabled,
		&a.State, &a.ErrorCode, &params, &a.Balance, &a.BalanceAt, &a.LowAt, &a.alarmed, &a.BannedUntil, &a.trouble, &a.CreatedAt, &a.UpdatedAt, &a.Version)
	if err != nil {
		return a, err
	}
	a.Enabled = enabled == 1
	if params != "" {
		err = json.Unmarshal([]byte(params), &a.ErrorParams)
	}
	return a, err
}

func (s *Service) read(ctx context.Context, q db.Querier, account id.ID) (row, error) {
	a, err := scan(q.QueryRow(ctx, selectOne, actor.Merchant(ctx), account))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return a, err
	}
	all := []row{a}
	err = s.fill(ctx, q, all)
	return all[0], err
}

func (s *Service) readAll(ctx context.Context, q db.Querier) (out []row, err error) {
	for row := range db.Each(ctx, q, selectAll, actor.Merchant(ctx)) {
		a, err := scan(row)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, s.fill(ctx, q, out)
}

// fill adds whom accounts serve and which credentials they have.
func (s *Service) fill(ctx context.Context, q db.Querier, all []row) error {
	at := map[id.ID]*row{}
	for i := range all {
		at[all[i].ID] = &all[i]
	}
	err := db.Read(ctx, q, selectUse, []any{actor.Merchant(ctx)}, func(r *db.Row) {
		account, kind, object := id.ID(r.Int()), r.Text(), id.ID(r.Int())
		switch a := at[account]; {
		case a == nil:
		case kind == "shop":
			a.Shops = append(a.Shops, object)
		default:
			a.Warehouses = append(a.Warehouses, object)
		}
	})
	if err != nil {
		return err
	}
	for i := range all {
		if err := s.show(ctx, q, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) show(ctx context.Context, q db.Querier, a *row) error {
	a.Shown = map[string]string{}
	var from logistics.Party
	if err := s.open(ctx, q, "sender", a.ID, a.sender, &from); err != nil && !errors.Is(err, ErrUnsealed) {
		return err
	}
	if from != (logistics.Party{}) {
		from.Name, from.Phone = masked(from.Name, 1, 0), masked(from.Phone, 3, 4)
		a.Sender = &from
	}
	m, ok := s.Manifest(a.Carrier)
	if a.Kind != Carrier || !ok {
		return nil
	}
	given := map[string]string{}
	if err := s.open(ctx, q, "credentials", a.ID, a.credentials, &given); err != nil && !errors.Is(err, ErrUnsealed) {
		return err
	}
	for _, c := range m.Credentials {
		if given[c.Name] == "" {
			continue
		}
		a.Given = append(a.Given, c.Name)
		if !c.Secret {
			a.Shown[c.Name] = given[c.Name]
		}
	}
	return nil
}

// masked keeps the first and last characters of a text, as many as told, if that leaves
// something to hide.
func masked(s string, head, tail int) string {
	r := []rune(s)
	if len(r) <= head+tail {
		return strings.Repeat("*", len(r))
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}

// place binds a sealed value to its row.
func place(column string, account id.ID) string {
	return "logistics_account/" + column + "/" + account.String()
}

func (s *Service) seal(ctx context.Context, q db.Querier, column string, account id.ID, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	keys, err := s.k.Seal.KeysTx(ctx, q, actor.Merchant(ctx))
	if err != nil {
		return nil, err
	}
	return keys.Seal(place(column, account), b)
}

func (s *Service) open(ctx context.Context, q db.Querier, column string, account id.ID, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	var plain []byte
	keys, err := s.k.Seal.KeysTx(ctx, q, actor.Merchant(ctx))
	if err == nil {
		plain, err = keys.Open(place(column, account), sealed)
	}
	if err != nil {
		return ErrUnsealed.Because(err)
	}
	return json.Unmarshal(plain, v)
}

// Get returns an account. Permission logistics.read.
//
// Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, account id.ID) (Account, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return Account{}, err
	}
	return s.GetTx(ctx, s.k.DB, account)
}

// GetTx is Get for the product itself, inside a transaction or out of one.
//
// Errors: ErrNotFound.
func (s *Service) GetTx(ctx context.Context, q db.Querier, account id.ID) (Account, error) {
	a, err := s.read(ctx, q, account)
	return a.Account, err
}

// List returns the merchant's accounts, the oldest first. Permission logistics.read.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	return s.ListTx(ctx, s.k.DB)
}

// ListTx is List for the product itself, inside a transaction or out of one.
func (s *Service) ListTx(ctx context.Context, q db.Querier) ([]Account, error) {
	all, err := s.readAll(ctx, q)
	out := make([]Account, len(all))
	for i := range all {
		out[i] = all[i].Account
	}
	return out, err
}

// Asked is an account whose carrier may be asked something, with what a question needs.
type Asked struct {
	Account
	Manifest logistics.Manifest
	Client   logistics.Client
	From     logistics.Party
}

// Able lists the accounts in use whose carrier can do something and that say where their
// parcels come from. What is wrong with the others, the connection test tells. For the
// product itself.
func (s *Service) Able(ctx context.Context, what logistics.Capability) ([]Asked, error) {
	all, err := s.ListTx(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	var out []Asked
	for _, a := range all {
		m, direct := s.Manifest(a.Carrier)
		if a.Kind != Carrier || !direct || !a.Enabled || a.State == Denied || !m.Can(what) {
			continue
		}
		c, _, err := s.Client(ctx, a.ID)
		if err != nil {
			continue
		}
		from, err := s.SenderTx(ctx, s.k.DB, a.ID)
		if err != nil || from == (logistics.Party{}) {
			continue
		}
		out = append(out, Asked{a, m, c, from})
	}
	return out, nil
}

// SenderTx is where and by whom an account's parcels are sent, in plain; its zero
// value where none is set. For the product itself.
//
// Errors: ErrNotFound, ErrUnsealed.
func (s *Service) SenderTx(ctx context.Context, q db.Querier, account id.ID) (p logistics.Party, err error) {
	a, err := s.read(ctx, q, account)
	if err != nil {
		return p, err
	}
	return p, s.open(ctx, q, "sender", account, a.sender, &p)
}

// Client opens an account's client. For the product itself; it sends nothing.
//
// Errors: ErrNotFound, ErrOff, ErrCarrier, ErrUnsealed, logistics.ErrCredentials.
func (s *Service) Client(ctx context.Context, account id.ID) (logistics.Client, logistics.Manifest, error) {
	a, err := s.read(ctx, s.k.DB, account)
	if err != nil {
		return nil, logistics.Manifest{}, err
	}
	if !a.Enabled {
		return nil, logistics.Manifest{}, ErrOff
	}
	return s.client(ctx, a)
}

func (s *Service) client(ctx context.Context, a row) (logistics.Client, logistics.Manifest, error) {
	m, ok := s.Manifest(a.Carrier)
	if a.Kind != Carrier || !ok {
		return nil, m, ErrCarrier
	}
	access := logistics.Access{HTTP: s.http, Clock: s.k.Clock, BaseURL: a.BaseURL, Credentials: map[string]string{}}
	if access.BaseURL == "" {
		access.BaseURL = m.BaseURL
	}
	if err := s.open(ctx, s.k.DB, "credentials", a.ID, a.credentials, &access.Credentials); err != nil {
		return nil, m, err
	}
	c, err := m.Open(access)
	return c, m, err
}
