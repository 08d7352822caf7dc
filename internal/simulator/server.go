package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// Config is what `ordercove simulate` is told.
type Config struct {
	Listen      string            `help:"Address to listen on." default:"127.0.0.1:9900"`
	Seed        uint64            `help:"Equal seeds give equal worlds." default:"1"`
	Profile     string            `help:"calm, busy, hostile, or a JSON file (docs/simulator.md)." default:"calm"`
	Shops       map[string]int    `help:"Shops by platform, NAME=N;NAME=N. Without it, --shops-each of every platform." placeholder:"NAME=N"`
	ShopsEach   int               `help:"Shops of every platform that --shops does not name; 0 leaves those out." default:"1"`
	Accounts    int               `help:"Accounts at every simulated carrier." default:"1"`
	Orders      int               `help:"Orders that each shop has from the days before." default:"200"`
	Days        int               `help:"How many days those are spread over." default:"3"`
	Rate        float64           `help:"How many seconds pass in the simulator in one of the machine's." default:"1"`
	Hook        map[string]string `help:"Where a shop's pushes go, NAME-N=URL;…" placeholder:"NAME-N=URL"`
	Dir         string            `help:"Folder to keep the state in; a simulator started again with the same flags goes on from there." type:"path" placeholder:"DIR"`
	Components  bool              `help:"Also answer as the platforms' print components, each on this machine where it usually listens."`
	AllowRemote bool              `help:"Listen beyond this machine. The simulator checks no operator's password."`
}

// ErrConfig is a setting that does not fit.
var ErrConfig = errors.New("simulator settings")

// Serve runs a simulator until ctx ends.
func Serve(ctx context.Context, c Config, out io.Writer, log *slog.Logger) error {
	s, err := New(c, clock.System{})
	if err != nil {
		return err
	}
	defer func() { _ = s.World.Close() }()
	if host, _, err := net.SplitHostPort(c.Listen); err != nil || !c.AllowRemote && !loopback(host) {
		return fmt.Errorf("%w: --listen %s is not on this machine; --allow-remote permits it", ErrConfig, c.Listen)
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	s.Describe(out, "http://"+l.Addr().String())
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	g := run.NewGroup(ctx, log)
	if c.Components {
		if err := components(g, out); err != nil {
			g.Stop()
			return errors.Join(err, l.Close(), g.Wait(5*time.Second))
		}
	}
	s.World.Run(g)
	g.Start("http", func(ctx context.Context) error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Start("end", func(ctx context.Context) error {
		<-ctx.Done()
		return server.Close()
	})
	return g.Wait(5 * time.Second)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Server answers for every platform and for the administrator.
type Server struct {
	World *world.World
	mux   *http.ServeMux
}

// New makes the world and its shops.
func New(c Config, k clock.Clock) (*Server, error) {
	profile, err := world.LoadProfile(c.Profile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	all := Platforms()
	for code := range c.Shops {
		if !slices.ContainsFunc(all, func(p world.Platform) bool { return p.Code == code }) {
			return nil, fmt.Errorf("%w: there is no platform %q", ErrConfig, code)
		}
	}
	wc := world.Config{Seed: c.Seed, Profile: profile, Clock: k, Rate: c.Rate, Backlog: c.Orders, BacklogDays: c.Days}
	if c.Dir != "" {
		wc.StatePath = filepath.Join(c.Dir, "world.jsonl")
	}
	w, err := world.New(wc)
	if err != nil {
		return nil, err
	}
	s := &Server{World: w, mux: http.NewServeMux()}
	hooks := map[string]string{}
	for name, u := range c.Hook {
		hooks[name] = u
	}
	for _, p := range all {
		n, named := c.Shops[p.Code]
		if !named {
			n = c.ShopsEach
		}
		for i := range n {
			name := fmt.Sprintf("%s-%d", p.Code, i+1)
			w.Add(p, i+1, hooks[name])
			delete(hooks, name)
		}
		s.mux.Handle("/"+p.Code+"/", http.StripPrefix("/"+p.Code, p.Handler(w)))
		s.mux.Handle("/"+p.Code, root(p.Handler(w)))
	}
	for _, p := range Couriers() {
		for i := range c.Accounts {
			w.Add(p, i+1, "")
		}
		s.mux.Handle("/"+p.Code+"/", http.StripPrefix("/"+p.Code, p.Handler(w)))
		s.mux.Handle("/"+p.Code, root(p.Handler(w)))
	}
	for name := range hooks {
		return nil, fmt.Errorf("%w: there is no shop %q to push for", ErrConfig, name)
	}
	s.adminRoutes()
	return s, nil
}

// root serves the base URL itself: a gateway of one address is called by it.
func root(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		at := *r.URL
		at.Path, at.RawPath = "/", ""
		to := r.WithContext(r.Context())
		to.URL = &at
		h.ServeHTTP(rw, to)
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(rw http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(rw, r) }

// Describe says where every shop is and what to type in for it.
func (s *Server) Describe(out io.Writer, base string) {
	fmt.Fprintf(out, "simulator on %s, administration on %s/admin/\n", base, base)
	for _, one := range s.World.Shops() {
		fmt.Fprintf(out, "\n%s  %s  base URL %s/%s\n", one.Name, one.Title, base, one.Platform.Code)
		c := credentials(one)
		for _, k := range sortedKeys(c) {
			fmt.Fprintf(out, "  %s: %s\n", strings.ReplaceAll(k, "_", " "), c[k])
		}
	}
}

func credentials(s *world.Shop) map[string]string {
	if s.Platform.Credentials != nil {
		return s.Platform.Credentials(s)
	}
	return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret}
}
