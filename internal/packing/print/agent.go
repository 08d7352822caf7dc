package print

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// pairFor is how long a pairing code counts, in milliseconds.
const pairFor = 10 * 60_000

// maxPrinters bounds what an agent says it has.
const maxPrinters = 50

// States of an agent.
const (
	AgentPairing = "pairing"
	AgentActive  = "active"
	AgentRevoked = "revoked"
)

// Agent (打印站) is a program on a packing PC that prints what is in its queue.
type Agent struct {
	ID       id.ID
	Name     string
	State    string
	Printers []string // what it last said it has
	// Components are the channels' print components on its machine, as it last found them.
	Components []Found
	SeenAt     int64
	CreatedAt  int64
}

// Found says whether a channel's print component answers.
type Found struct {
	Channel string `json:"channel"`
	Open    bool   `json:"open"`
}

func scanAgent(r scanner) (a Agent, err error) {
	var printers, components string
	if err = r.Scan(&a.ID, &a.Name, &a.State, &printers, &components, &a.SeenAt, &a.CreatedAt); err == nil {
		err = errors.Join(json.Unmarshal([]byte(printers), &a.Printers), json.Unmarshal([]byte(components), &a.Components))
	}
	return a, err
}

// Agents lists the print agents. Permission packing.read.
func (s *Service) Agents(ctx context.Context) (out []Agent, err error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	for row := range db.Each(ctx, s.k.DB, selectAgents, actor.Merchant(ctx)) {
		a, err := scanAgent(row)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (s *Service) activeTx(ctx context.Context, q db.Querier, agent id.ID) error {
	a, err := scanAgent(q.QueryRow(ctx, selectAgent, actor.Merchant(ctx), agent))
	if errors.Is(err, sql.ErrNoRows) || err == nil && a.State != AgentActive {
		return ErrNoAgent
	}
	return err
}

// letters have no two that look alike, for codes that people type.
var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

func (s *Service) secret(bytes int) (string, error) {
	raw := make([]byte, bytes)
	_, err := io.ReadFull(s.rand, raw)
	return letters.EncodeToString(raw), err
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// Added is an agent that waits for its program, and the code to type into it.
type Added struct {
	Agent Agent
	Code  string
}

// AddAgent makes a print agent. Its code pairs one program within ten minutes and is not
// shown again. Permission packing.print.
//
// Errors: ErrBadName.
func (s *Service) AddAgent(ctx context.Context, name string) (Added, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return Added{}, err
	}
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return Added{}, ErrBadName.With("max", maxName).At("name")
	}
	about := &command.About{Action: "print.add_agent"}
	return command.Run(command.WithKey(ctx, ""), s.k.Commands, about, name, func(ctx context.Context, tx *db.Tx) (Added, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Added{}, err
		}
		code, err := s.secret(10)
		if err != nil {
			return Added{}, err
		}
		now := clock.Millis(s.k.Clock)
		out := Added{Agent: Agent{ID: s.k.IDs.New(), Name: name, State: AgentPairing, CreatedAt: now}, Code: strconv.FormatInt(int64(a.MerchantID), 36) + "-" + code}
		about.Object = "print_agent/" + out.Agent.ID.String()
		_, err = tx.Exec(ctx, insertAgent, a.MerchantID, out.Agent.ID, name, digest(strings.ToUpper(out.Code)), now+pairFor, a.ID, now)
		return out, err
	})
}

// Paired is what a program keeps: its key opens its queue and nothing else.
type Paired struct {
	Agent Agent
	Key   string
}

// Pair exchanges a code for a key, once. Nobody is signed in.
//
// Errors: ErrBadPairing.
func (s *Service) Pair(ctx context.Context, code string, printers []string) (Paired, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	head, _, _ := strings.Cut(code, "-")
	merchant, err := strconv.ParseInt(strings.ToLower(head), 36, 64)
	if err != nil || merchant <= 0 {
		return Paired{}, ErrBadPairing
	}
	// Without a key of its own the answer, which bears the secret, is kept nowhere.
	ctx = command.WithKey(actor.With(ctx, actor.ForSystem(id.ID(merchant), "print agent pairing")), "")
	now := clock.Millis(s.k.Clock)
	if _, err := s.coded(ctx, s.k.DB, code, now); err != nil {
		return Paired{}, err // before a transaction, whose keys a wrong merchant lacks
	}
	has, err := printersText(printers)
	if err != nil {
		return Paired{}, err
	}
	about := &command.About{Action: "print.pair_agent"}
	return command.Run(ctx, s.k.Commands, about, string(digest(code)), func(ctx context.Context, tx *db.Tx) (Paired, error) {
		a, err := s.coded(ctx, tx, code, now)
		if err != nil {
			return Paired{}, err
		}
		about.Object = "print_agent/" + a.ID.String()
		random, err := s.secret(20)
		if err != nil {
			return Paired{}, err
		}
		key := strings.Join([]string{"oca", strconv.FormatInt(merchant, 36), a.ID.String(), random}, "_")
		n, err := tx.ExecN(ctx, pairAgent, digest(key), has, now, id.ID(merchant), a.ID)
		if err == nil && n == 0 {
			err = ErrBadPairing
		}
		a.State, a.Printers, a.SeenAt = AgentActive, printers, now
		return Paired{a, key}, err
	})
}

func (s *Service) coded(ctx context.Context, q db.Querier, code string, now int64) (Agent, error) {
	a, err := scanAgent(q.QueryRow(ctx, selectByCode, actor.Merchant(ctx), digest(code), now))
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrBadPairing
	}
	return a, err
}

func printersText(all []string) (string, error) {
	if len(all) > maxPrinters {
		all = all[:maxPrinters]
	}
	text, err := json.Marshal(append([]string{}, all...))
	return string(text), err
}

// AsAgent makes ctx act as the agent that holds key.
//
// Errors: ErrBadKey.
func (s *Service) AsAgent(ctx context.Context, key string) (context.Context, error) {
	parts := strings.Split(key, "_")
	if len(parts) != 4 || parts[0] != "oca" {
		return nil, ErrBadKey
	}
	merchant, err := strconv.ParseInt(parts[1], 36, 64)
	agent, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || err2 != nil {
		return nil, ErrBadKey
	}
	a, err := scanAgent(s.k.DB.QueryRow(ctx, selectByKey, id.ID(merchant), id.ID(agent), digest(key)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrBadKey
	}
	if err != nil {
		return nil, err
	}
	who := actor.Actor{MerchantID: id.ID(merchant), ID: a.ID, Kind: actor.System, Name: a.Name, Permissions: []string{permitAgent}, Lang: "zh-CN", Cause: "print_agent/" + a.ID.String()}
	return actor.With(ctx, who), nil
}

// permitAgent is what the key of an agent may do: no person holds it.
const permitAgent = "print.agent"

// agentOf is the agent that acts.
func agentOf(ctx context.Context) (actor.Actor, error) {
	a, err := actor.From(ctx)
	if err == nil && !slices.Contains(a.Permissions, permitAgent) {
		err = ErrBadKey
	}
	return a, err
}

// Seen notes that the agent is there, its printers and the components it looked for. The
// agent calls it.
//
// Errors: ErrBadKey.
func (s *Service) Seen(ctx context.Context, printers []string, components ...Found) error {
	a, err := agentOf(ctx)
	if err != nil {
		return err
	}
	has, err := printersText(printers)
	if err != nil {
		return err
	}
	found, err := json.Marshal(append([]Found{}, components...))
	if err != nil {
		return err
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, seeAgent, clock.Millis(s.k.Clock), has, string(found), a.MerchantID, a.ID)
		return err
	})
}

// Revoke ends an agent: its key opens nothing any more. Its queue stays until somebody
// hands it over. Permission packing.print.
//
// Errors: ErrNoAgent.
func (s *Service) Revoke(ctx context.Context, agent id.ID) error {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return err
	}
	about := &command.About{Action: "print.revoke_agent", Object: "print_agent/" + agent.String()}
	_, err := command.Run(ctx, s.k.Commands, about, agent, func(ctx context.Context, tx *db.Tx) (int64, error) {
		n, err := tx.ExecN(ctx, revokeAgent, actor.Merchant(ctx), agent)
		if err == nil && n == 0 {
			err = ErrNoAgent
		}
		return n, err
	})
	return err
}
