package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// catchUp measures how fast a shop that was away comes up to date: b.rows orders
// wait at a simulated channel, whose lists have 100 orders a page. The simulator is
// a process of its own on the same processors.
func (b *bench) catchUp(ctx context.Context, engine string) error {
	dir, err := os.MkdirTemp(b.dir, "catchup-")
	if err != nil {
		return err
	}
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return err
	}
	sim := exec.CommandContext(ctx, binary, "simulate", "--listen", simulatorAt, "--shops", "sandbox=1", "--shops-each", "0",
		"--orders", strconv.Itoa(b.rows), "--days", "3")
	if err := sim.Start(); err != nil {
		return err
	}
	defer func() { _ = sim.Process.Kill(); _ = sim.Wait() }()
	p := &process{dir: dir, binary: binary, flags: []string{"--allow-private", "127.0.0.1"}, quick: b.quick}
	if engine == "postgres" {
		name, url, err := newDatabase(ctx)
		if err != nil {
			return err
		}
		defer dropDatabase(name)
		p.db = url
	}
	defer p.stop()
	if err := p.start(ctx); err != nil {
		return err
	}
	shop, credentials, err := b.simulated(ctx, sim)
	if err != nil {
		return err
	}
	raw, err := openRaw(ctx, engine, b.dir)
	if err != nil {
		return err
	}
	defer raw.close()
	bare, err := rawFill(ctx, raw, newWorld(b.rows, time.Now()), 0, b.rows)
	if err != nil {
		return err
	}
	if err := p.setUpMerchant(); err != nil {
		return err
	}
	// Nothing happens at the channel by itself any more: what is measured is the same
	// for every run.
	if err := post(ctx, "http://"+simulatorAt+"/admin/quiesce"); err != nil {
		return err
	}
	cpu, began := p.cpu(), time.Now()
	calls, err := p.follow(b.rows, shop, credentials)
	if err != nil {
		return err
	}
	took, used := time.Since(began), p.cpu()-cpu
	name := fmt.Sprintf("catch-up of %d orders that wait at a channel", b.rows)
	b.rep.add(row{Section: "catchup", Engine: engine, Orders: b.rows, Name: name, Unit: "orders/s", Ours: rate(b.rows, took), Raw: bare.perSecond()})
	b.rep.add(row{Section: "catchup", Engine: engine, Orders: b.rows, Name: "… CPU of the product per order", Unit: "µs", Ours: float64(used.Microseconds()) / float64(b.rows), Raw: bare.cpuEach()})
	b.rep.add(row{Section: "catchup", Engine: engine, Orders: b.rows, Name: "… calls used", Unit: "calls", Ours: float64(calls)})
	b.rep.add(row{Section: "catchup", Engine: engine, Orders: b.rows, Name: "… orders per call", Unit: "orders", Ours: float64(b.rows) / float64(calls)})
	return nil
}

const simulatorAt = "127.0.0.1:19910"

// simulated waits for the simulator and returns its sandbox shop's address and credentials.
func (b *bench) simulated(ctx context.Context, sim *exec.Cmd) (base string, credentials map[string]string, err error) {
	for range 600 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+simulatorAt+"/admin/shops", nil)
		if err != nil {
			return "", nil, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		var seen struct {
			Shops []struct {
				Platform    string            `json:"platform"`
				BaseURL     string            `json:"base_url"`
				Credentials map[string]string `json:"credentials"`
				Orders      int               `json:"orders"`
			} `json:"shops"`
		}
		err = json.NewDecoder(res.Body).Decode(&seen)
		res.Body.Close()
		found := 0
		for _, one := range seen.Shops {
			if one.Platform != "sandbox" {
				continue // carriers have counters too
			}
			if found++; one.Orders >= b.rows {
				return one.BaseURL, one.Credentials, nil
			}
		}
		if err != nil || found != 1 {
			return "", nil, errors.Join(err, fmt.Errorf("the simulator has %d sandbox shops", found))
		}
		time.Sleep(100 * time.Millisecond)
	}
	return "", nil, errors.New("the simulator does not answer")
}

func post(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return nil
}

// follow connects the shop and returns, once it holds n orders, how many calls that took.
func (p *process) follow(n int, base string, credentials map[string]string) (calls int64, err error) {
	var made struct {
		ID string `json:"id"`
	}
	err = p.call("POST", "/shops", map[string]any{"channel": "sandbox", "name": "Sandbox", "live_from_at": time.Now().Add(-4 * 24 * time.Hour).UTC().Format(time.RFC3339)}, &made)
	if err != nil {
		return 0, err
	}
	err = p.call("PUT", "/shops/"+made.ID+"/access", map[string]any{"base_url": base, "credentials": credentials,
		"tuning": map[string]any{"poll_interval_ms": 1000, "lag_ms": 0}}, nil)
	if err != nil {
		return 0, err
	}
	for end := time.Now().Add(20 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var s struct {
			Streams []struct {
				Stream string `json:"stream"`
				LagMS  int64  `json:"lag_ms"`
			} `json:"streams"`
			Quota struct {
				Calls int64 `json:"calls"`
			} `json:"quota"`
		}
		if err := p.call("GET", "/sync/"+made.ID, nil, &s); err != nil {
			return 0, err
		}
		for _, one := range s.Streams {
			if one.Stream == "orders" && one.LagMS < 10_000 {
				return s.Quota.Calls, p.holds(n)
			}
		}
	}
	return 0, errors.New("the shop does not catch up within 20 minutes")
}

// holds checks that every order came.
func (p *process) holds(n int) error {
	var c struct {
		Counts map[string]struct {
			N int `json:"n"`
		} `json:"counts"`
	}
	if err := p.call("GET", "/orders/counts", nil, &c); err != nil {
		return err
	}
	if c.Counts["all"].N < n {
		return fmt.Errorf("%d of %d orders are held", c.Counts["all"].N, n)
	}
	return nil
}
