package setting

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Kind is what values a setting takes.
type Kind string

const (
	Bool   Kind = "bool"
	Int    Kind = "int"
	Text   Kind = "text"
	Choice Kind = "choice"
)

// Def defines a setting. Default is a bool, an int64 or a string, as Kind says.
type Def struct {
	Name     string // "iam.password_min_length"
	Kind     Kind
	Default  any
	Min, Max int64    // of an Int; of a Text, its length in characters
	Choices  []string // of a Choice
	ZH, EN   string   // what it is, as people read it
	// HintZH and HintEN tell what it costs or brings, where the name does not.
	HintZH, HintEN string
}

// Names of the settings that guard passwords: iam asks for them through app.
const (
	PasswordMinLength = "iam.password_min_length"
	PasswordMix       = "iam.password_mix"
)

// BuiltIn are the settings of the packages that stand too low to bring their own.
func BuiltIn() []Def {
	return []Def{
		{Name: PasswordMinLength, Kind: Int, Default: int64(8), Min: 8, Max: 64, ZH: "密码最短长度", EN: "Shortest password allowed"},
		{Name: PasswordMix, Kind: Bool, Default: false, ZH: "密码须含三类字符（等保要求）", EN: "Passwords need three kinds of character"},
	}
}

// Service is the settings of every merchant.
type Service struct {
	k     *kit.Kit
	defs  map[string]Def
	onSet map[string]func(context.Context, *db.Tx, any) error
}

// New builds the service over every capability's definitions. It panics on a
// definition that contradicts itself: every start sees it.
func New(k *kit.Kit, defs ...Def) *Service {
	s := &Service{k: k, defs: map[string]Def{}, onSet: map[string]func(context.Context, *db.Tx, any) error{}}
	for _, d := range append(BuiltIn(), defs...) {
		b, err := json.Marshal(d.Default)
		if err == nil {
			_, err = d.check(b)
		}
		if _, twice := s.defs[d.Name]; twice || err != nil || d.ZH == "" || d.EN == "" || !strings.Contains(d.Name, ".") {
			panic("setting: bad definition of " + d.Name)
		}
		s.defs[d.Name] = d
	}
	return s
}

// OnSet has f do what follows from a setting, in the transaction that saves it;
// an error of f keeps the former value. It panics on an unknown setting or a
// second f: every start sees it.
func (s *Service) OnSet(name string, f func(ctx context.Context, tx *db.Tx, value any) error) {
	if _, known := s.defs[name]; !known || s.onSet[name] != nil {
		panic("setting: cannot follow " + name)
	}
	s.onSet[name] = f
}

// check reads a JSON value of the setting's kind.
func (d Def) check(raw json.RawMessage) (any, error) {
	bad := func() (any, error) { return nil, ErrValue.With("expected", d.expected()).At("value") }
	switch d.Kind {
	case Bool:
		var v *bool
		if json.Unmarshal(raw, &v) != nil || v == nil {
			return bad()
		}
		return *v, nil
	case Int:
		var v *int64
		if json.Unmarshal(raw, &v) != nil || v == nil || *v < d.Min || *v > d.Max {
			return bad()
		}
		return *v, nil
	}
	var v *string
	if json.Unmarshal(raw, &v) != nil || v == nil || !utf8.ValidString(*v) {
		return bad()
	}
	n := int64(utf8.RuneCountInString(*v))
	if d.Kind == Choice && !slices.Contains(d.Choices, *v) || d.Kind == Text && (n < d.Min || n > d.Max) {
		return bad()
	}
	return *v, nil
}

func (d Def) expected() string {
	switch d.Kind {
	case Bool:
		return "true / false"
	case Int:
		return fmt.Sprintf("%d–%d", d.Min, d.Max)
	case Choice:
		return strings.Join(d.Choices, " / ")
	}
	return fmt.Sprintf("%d–%d 字 / characters", d.Min, d.Max)
}

// Value is a setting as it stands. Version is 0 while nobody saved one.
type Value struct {
	Def
	Value     any // bool, int64 or string
	Version   int64
	UpdatedAt int64 // unix ms; 0: never
}

// All lists the acting merchant's settings by name.
func (s *Service) All(ctx context.Context) ([]Value, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]Value{}
	for n, d := range s.defs {
		out[n] = Value{Def: d, Value: d.Default}
	}
	for row := range db.Each(ctx, s.k.DB, selectValues, a.MerchantID) {
		var name, raw string
		var version, at int64
		if err := row.Scan(&name, &raw, &version, &at); err != nil {
			return nil, err
		}
		d, known := s.defs[name]
		if !known {
			continue // of a later release
		}
		out[name] = d.stored(raw, version, at)
	}
	list := make([]Value, 0, len(out))
	for _, v := range out {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// stored falls back to the default where the bounds moved past a stored value.
func (d Def) stored(raw string, version, at int64) Value {
	v, err := d.check(json.RawMessage(raw))
	if err != nil {
		v = d.Default
	}
	return Value{d, v, version, at}
}

// get reads one setting of a merchant.
func (s *Service) get(ctx context.Context, q db.Querier, m id.ID, name string) (Value, error) {
	d, known := s.defs[name]
	if !known {
		return Value{}, ErrUnknown
	}
	var raw string
	var version, at int64
	err := q.QueryRow(ctx, selectValue, m, name).Scan(&raw, &version, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Value{Def: d, Value: d.Default}, nil
	}
	if err != nil {
		return Value{}, err
	}
	return d.stored(raw, version, at), nil
}

// Int reads a whole number of a merchant.
//
// Errors: ErrUnknown also where the setting is of another kind.
func (s *Service) Int(ctx context.Context, m id.ID, name string) (int64, error) {
	return typed[int64](ctx, s, m, name)
}

// Bool reads a switch of a merchant.
func (s *Service) Bool(ctx context.Context, m id.ID, name string) (bool, error) {
	return typed[bool](ctx, s, m, name)
}

// Text reads a text or choice of a merchant.
func (s *Service) Text(ctx context.Context, m id.ID, name string) (string, error) {
	return typed[string](ctx, s, m, name)
}

func typed[T any](ctx context.Context, s *Service, m id.ID, name string) (T, error) {
	v, err := s.get(ctx, s.k.DB, m, name)
	x, fits := v.Value.(T)
	if err == nil && !fits {
		err = ErrUnknown
	}
	return x, err
}

// SetInput changes one setting.
type SetInput struct {
	Name    string
	Value   json.RawMessage
	Version int64 // the version that was read; negative does not check
}

// Set (修改设置) saves a setting. Permission setting.edit.
//
// Errors: ErrUnknown, ErrValue, ErrChanged.
func (s *Service) Set(ctx context.Context, in SetInput) (Value, error) {
	about := &command.About{Action: "setting.set", Object: "setting/" + in.Name}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Value, error) {
		if err := actor.Require(ctx, "setting.edit"); err != nil {
			return Value{}, err
		}
		m := actor.Merchant(ctx)
		d, known := s.defs[in.Name]
		if !known {
			return Value{}, ErrUnknown
		}
		v, err := d.check(in.Value)
		if err != nil {
			return Value{}, err
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return Value{}, err
		}
		now := clock.Millis(s.k.Clock)
		was, err := s.get(ctx, tx, m, in.Name)
		if err != nil {
			return Value{}, err
		}
		if in.Version >= 0 && in.Version != was.Version {
			return Value{}, ErrChanged
		}
		n, err := tx.ExecN(ctx, upsertValue, m, in.Name, string(raw), was.Version+1, now, was.Version)
		if err == nil && n != 1 {
			err = ErrChanged // somebody saved between our reading and our writing
		}
		about.Detail = map[string]any{"from": was.Value, "to": v}
		if follow := s.onSet[in.Name]; err == nil && follow != nil {
			err = follow(ctx, tx, v)
		}
		return Value{d, v, was.Version + 1, now}, err
	})
}
