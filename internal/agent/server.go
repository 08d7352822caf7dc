package agent

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// ErrServer: the server gave no usable answer; whether it did what it was asked is unknown.
var ErrServer = errors.New("print agent: the server cannot be asked")

// refusal is a server's clear no.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (r *refusal) Error() string { return fmt.Sprintf("the server refused: %s (%s)", r.Detail, r.Code) }

// The server's words that the program acts on.
const (
	codeLost   = "print.task_lost"
	codeBadKey = "print.bad_agent_key"
)

// server is the server as the program knows it.
type server struct {
	base string
	key  string
	http *http.Client
}

// newServer checks an address: beyond this machine it must be https, since the key and
// addresses of people go over it.
//
// Errors: ErrConfig.
func newServer(address, ca string) (*server, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(address), "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("%w: %q is no address of a server", ErrConfig, address)
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	default:
		return nil, fmt.Errorf("%w: %s: only https goes beyond this machine", ErrConfig, address)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		raw, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		if conf.RootCAs = x509.NewCertPool(); !conf.RootCAs.AppendCertsFromPEM(raw) {
			return nil, fmt.Errorf("%w: %s holds no certificate", ErrConfig, ca)
		}
	}
	t := &http.Transport{TLSClientConfig: conf, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 8, ForceAttemptHTTP2: true}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes nowhere else
	return &server{base: u.String(), http: &http.Client{Transport: t, Timeout: 30 * time.Second, CheckRedirect: stay}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// maxAnswer bounds an answer, in bytes: twenty labels as PDF are far below.
const maxAnswer = 64 << 20

// call posts in and reads out.
//
// Errors: *refusal, ErrServer, ErrNotPaired where the key opens nothing any more.
func (s *server) call(ctx context.Context, path string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/v1/print/agent"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if s.key != "" {
		r.Header.Set("X-Agent-Key", s.key)
	}
	res, err := s.http.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrServer, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrServer, err)
	case res.StatusCode >= 200 && res.StatusCode < 300:
		if out == nil {
			return nil
		}
		if err := json.Unmarshal(raw, out); err != nil {
			return fmt.Errorf("%w: %w", ErrServer, err)
		}
		return nil
	}
	no := &refusal{Status: res.StatusCode}
	if json.Unmarshal(raw, no) != nil || no.Code == "" || res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
		return fmt.Errorf("%w: status %d", ErrServer, res.StatusCode)
	}
	if no.Code == codeBadKey {
		return fmt.Errorf("%w: %w", ErrNotPaired, no)
	}
	return no
}

// Ref names a label in the hands of this program.
type Ref struct {
	BatchID  id.ID `json:"batch_id"`
	Sequence int64 `json:"sequence"`
	Attempt  int64 `json:"attempt"`
}

// task is the name of this attempt at a component.
func (r Ref) task() string { return fmt.Sprintf("oc-%s-%d-%d", r.BatchID, r.Sequence, r.Attempt) }

// Label is one label to print. It bears personal data.
type Label struct {
	Ref
	Channel   string `json:"channel"`
	Printer   string `json:"printer"`
	WaybillNo string `json:"waybill_no"`
	PDF       []byte `json:"pdf"`
	Data      string `json:"data"`
	Signature string `json:"signature"`
	Template  string `json:"template"`
	Params    string `json:"params"`
	Custom    string `json:"custom"`
}

type foundComponent struct {
	Channel string `json:"channel"`
	Open    bool   `json:"open"`
}

type taking struct {
	Limit      int              `json:"limit"`
	Printers   []string         `json:"printers"`
	Components []foundComponent `json:"components,omitempty"`
	Busy       []string         `json:"busy,omitempty"`
}

type pairedAs struct {
	AgentID string `json:"agent_id"`
	Name    string `json:"name"`
	Key     string `json:"key"`
}

func (s *server) pair(ctx context.Context, code string) (out pairedAs, err error) {
	err = s.call(ctx, "/pair", map[string]any{"code": code}, &out)
	var no *refusal
	if errors.As(err, &no) {
		err = fmt.Errorf("%w: %w", ErrNotPaired, no)
	}
	return out, err
}

func (s *server) take(ctx context.Context, in taking) ([]Label, error) {
	if in.Printers = in.Printers[:min(len(in.Printers), 50)]; in.Printers == nil {
		in.Printers = []string{}
	}
	in.Busy = in.Busy[:min(len(in.Busy), 50)]
	var out struct {
		Items []Label `json:"items"`
	}
	err := s.call(ctx, "/tasks", in, &out)
	return out.Items, err
}

func (s *server) sending(ctx context.Context, r Ref) error {
	return s.call(ctx, "/tasks/sending", r, nil)
}

func (s *server) outcome(ctx context.Context, r Ref, outcome, code string) error {
	return s.call(ctx, "/tasks/outcome", map[string]any{"task": r, "outcome": outcome, "code": code}, nil)
}
