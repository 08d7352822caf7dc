package simulator

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// adminRoutes are the administrator's: docs/simulator.md lists them.
func (s *Server) adminRoutes() {
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) (any, error){
		"GET /admin/":                               s.overview,
		"GET /admin/shops":                          s.overview,
		"GET /admin/shops/{shop}/orders":            s.truth,
		"GET /admin/shops/{shop}/orders/{no}":       s.oneOrder,
		"POST /admin/shops/{shop}/orders":           s.createOrders,
		"POST /admin/shops/{shop}/orders/{no}/acts": s.act,
		"GET /admin/shops/{shop}/aftersales":        s.cases,
		"GET /admin/shops/{shop}/effects":           s.effects,
		"GET /admin/shops/{shop}/listings":          s.listings,
		"GET /admin/shops/{shop}/waybills":          s.waybills,
		"PUT /admin/shops/{shop}/waybills":          s.setBalance,
		"POST /admin/shops/{shop}/tokens/expire":    s.expire,
		"POST /admin/shops/{shop}/tokens":           s.token,
		"POST /admin/shops/{shop}/codes":            s.code,
		"GET /admin/faults":                         s.faults,
		"PUT /admin/faults":                         s.setFaults,
		"PUT /admin/life":                           s.setLife,
		"PUT /admin/profile":                        s.setProfile,
		"POST /admin/outage":                        s.outage,
		"POST /admin/clock/advance":                 s.advance,
		"POST /admin/push":                          s.pushNow,
		"POST /admin/quiesce":                       s.quiesce,
		"POST /admin/resume":                        s.resume,
	} {
		s.mux.HandleFunc(pattern, admin(h))
	}
}

// errNothing is answered 404.
var errNothing = errors.New("there is no such thing")

// admin answers this machine only, and nothing that a web page on it sends.
func admin(h func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		if !loopback(host) || r.Header.Get("Origin") != "" {
			http.Error(rw, `{"error":"administration is for this machine"}`, http.StatusForbidden)
			return
		}
		v, err := h(rw, r)
		status := http.StatusOK
		switch {
		case errors.Is(err, errNothing), world.KindOf(err) == world.NotFound:
			status = http.StatusNotFound
		case world.KindOf(err) == world.Refused, world.KindOf(err) == world.Done:
			status = http.StatusConflict
		case err != nil:
			status = http.StatusBadRequest
		}
		if err != nil {
			v = map[string]string{"error": err.Error()}
		}
		reply := world.JSON(status, v)
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(reply.Status)
		_, _ = rw.Write(reply.Body)
	}
}

// body reads a JSON body into v; an empty one leaves v as it is.
func body(r *http.Request, v any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || len(raw) == 0 {
		return err
	}
	return json.Unmarshal(raw, v)
}

func (s *Server) shop(r *http.Request) (*world.Shop, error) {
	if one := s.World.Named(r.PathValue("shop")); one != nil {
		return one, nil
	}
	return nil, errNothing
}

// page reads after and size (1 to 10,000, 1,000 without).
func page(r *http.Request) (after uint64, size int) {
	after, _ = strconv.ParseUint(r.FormValue("after"), 10, 64)
	size, _ = strconv.Atoi(r.FormValue("size"))
	if size < 1 || size > 10_000 {
		size = 1000
	}
	return after, size
}

type shopView struct {
	Name        string            `json:"name"`
	Platform    string            `json:"platform"`
	Title       string            `json:"title"`
	ID          string            `json:"id"`
	BaseURL     string            `json:"base_url"`
	Hook        string            `json:"hook"`
	Credentials map[string]string `json:"credentials"`
	Orders      int               `json:"orders"`
	Pending     int               `json:"pending_pushes"`
	Faults      world.Faults      `json:"faults"`
}

func (s *Server) overview(_ http.ResponseWriter, r *http.Request) (any, error) {
	out := struct {
		Now      int64      `json:"now"`
		Shops    []shopView `json:"shops"`
		Accounts []shopView `json:"accounts"` // with carriers
	}{Now: s.World.Now(), Shops: []shopView{}, Accounts: []shopView{}}
	couriers := map[string]bool{}
	for _, p := range Couriers() {
		couriers[p.Code] = true
	}
	for _, one := range s.World.Shops() {
		v := shopView{Name: one.Name, Platform: one.Platform.Code, Title: one.Title, ID: one.ID, BaseURL: "http://" + r.Host + "/" + one.Platform.Code,
			Hook: one.Hook, Credentials: credentials(one)}
		one.Do(func(t *world.Tx) { v.Orders, v.Pending, v.Faults = t.Count(), t.Pending(), t.Faults() })
		if couriers[v.Platform] {
			out.Accounts = append(out.Accounts, v)
		} else {
			out.Shops = append(out.Shops, v)
		}
	}
	return out, nil
}

// orderView is the truth of one order for comparison; Full has everything.
type orderView struct {
	Serial     uint64             `json:"serial"`
	No         string             `json:"no"`
	Status     world.Status       `json:"status"`
	Refund     world.RefundStatus `json:"refund"`
	CreatedAt  int64              `json:"created_at"`
	ModifiedAt int64              `json:"modified_at"`
	BuyerPaid  int64              `json:"buyer_paid"`
	Refunded   int64              `json:"refunded"`
	Waybills   []string           `json:"waybills"`
	Memo       string             `json:"memo"`
	Told       []string           `json:"told,omitempty"`
	Flag       int                `json:"flag"`
	Holds      []string           `json:"holds"`
	Poison     bool               `json:"poison"`
	Full       *world.Order       `json:"full,omitempty"`
}

func viewOf(o *world.Order, full bool) orderView {
	v := orderView{Serial: o.Serial, No: o.No, Status: o.Status, Refund: o.Refund, CreatedAt: o.CreatedAt, ModifiedAt: o.ModifiedAt, BuyerPaid: o.BuyerPaid(),
		Refunded: o.Refunded, Waybills: []string{}, Memo: o.Memo, Told: o.Told, Flag: o.Flag, Holds: o.Holds, Poison: o.Poison > 0}
	for _, p := range o.Parcels {
		v.Waybills = append(v.Waybills, p.Waybill)
	}
	if full {
		v.Full = o
	}
	return v
}

func (s *Server) truth(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	after, size := page(r)
	out := struct {
		Now    int64       `json:"now"`
		Count  int         `json:"count"`
		Next   uint64      `json:"next,omitempty"` // after for the next page; 0 is the end
		Orders []orderView `json:"orders"`
	}{Orders: []orderView{}}
	one.Do(func(t *world.Tx) {
		out.Now, out.Count = t.Now(), t.Count()
		list := t.Orders(after, size)
		for _, o := range list {
			out.Orders = append(out.Orders, viewOf(o, r.FormValue("full") == "true"))
		}
		if len(list) == size {
			out.Next = list[size-1].Serial
		}
	})
	return out, nil
}

func (s *Server) oneOrder(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var o *world.Order
	one.Do(func(t *world.Tx) { o = t.Order(r.PathValue("no")) })
	if o == nil {
		return nil, errNothing
	}
	return viewOf(o, true), nil
}

func (s *Server) createOrders(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	want := struct {
		Count int `json:"count"`
		world.Wanted
	}{Count: 1}
	if err := body(r, &want); err != nil {
		return nil, err
	}
	if want.Count < 1 || want.Count > 1_000_000 || want.Lines > 90 {
		return nil, errors.New("count is 1 to 1,000,000, lines at most 90")
	}
	nos := []string{}
	for left := want.Count; left > 0 && err == nil; left -= 1000 {
		one.Do(func(t *world.Tx) {
			for range min(left, 1000) {
				var o *world.Order
				if o, err = t.Create(want.Wanted); err != nil {
					return
				}
				if len(nos) < 10_000 {
					nos = append(nos, o.No)
				}
			}
		})
	}
	return map[string]any{"orders": nos}, err
}

func (s *Server) act(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var want struct {
		Do world.Act `json:"do"`
	}
	if err := body(r, &want); err != nil {
		return nil, err
	}
	if !slices.Contains(world.Acts(), want.Do) {
		return map[string]any{"error": "do is one of acts", "acts": world.Acts()}, nil
	}
	var o *world.Order
	one.Do(func(t *world.Tx) {
		err = t.Perform(r.PathValue("no"), want.Do)
		o = t.Order(r.PathValue("no"))
	})
	if err != nil {
		return nil, err
	}
	return viewOf(o, true), nil
}

func (s *Server) cases(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	after, size := page(r)
	var list []*world.Case
	one.Do(func(t *world.Tx) { list = t.AllCases(after, size) })
	return map[string]any{"aftersales": list}, nil
}

func (s *Server) effects(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	after, size := page(r)
	var list []world.Effect
	one.Do(func(t *world.Tx) { list = t.Effects(after, size) })
	return map[string]any{"effects": append([]world.Effect{}, list...)}, nil
}

func (s *Server) listings(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var list []world.Listing
	one.Do(func(t *world.Tx) { list = t.Listings() })
	return map[string]any{"listings": list}, nil
}

func (s *Server) expire(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err == nil {
		one.Do(func(t *world.Tx) { t.ExpireTokens(r.FormValue("refresh") == "true") })
	}
	return map[string]bool{"ok": true}, err
}

func (s *Server) token(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var g world.Grant
	one.Do(func(t *world.Tx) { g = t.Access() })
	return g, nil
}

func (s *Server) code(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var c string
	one.Do(func(t *world.Tx) { c = t.NewCode() })
	return map[string]string{"code": c}, nil
}

// chosen are the shops that ?shop= names, all without it.
func (s *Server) chosen(r *http.Request) ([]*world.Shop, error) {
	name := r.FormValue("shop")
	if name == "" {
		return s.World.Shops(), nil
	}
	if one := s.World.Named(name); one != nil {
		return []*world.Shop{one}, nil
	}
	return nil, errNothing
}

// change does something to the chosen shops.
func (s *Server) change(r *http.Request, f func(*world.Tx) error) (any, error) {
	shops, err := s.chosen(r)
	if err != nil {
		return nil, err
	}
	for _, one := range shops {
		one.Do(func(t *world.Tx) { err = f(t) })
		if err != nil {
			return nil, err
		}
	}
	return map[string]bool{"ok": true}, nil
}

func (s *Server) faults(_ http.ResponseWriter, r *http.Request) (any, error) {
	out := map[string]world.Faults{}
	_, err := s.change(r, func(t *world.Tx) error { out[t.Name] = t.Faults(); return nil })
	return out, err
}

// setFaults replaces the fields that the body has.
func (s *Server) setFaults(_ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return s.change(r, func(t *world.Tx) error {
		f := t.Faults()
		f.Outages = slices.Clone(f.Outages)
		if err := json.Unmarshal(raw, &f); err != nil {
			return err
		}
		t.SetFaults(f)
		return nil
	})
}

func (s *Server) setLife(_ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return s.change(r, func(t *world.Tx) error {
		l := t.Life()
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		t.SetLife(l)
		return nil
	})
}

func (s *Server) setProfile(_ http.ResponseWriter, r *http.Request) (any, error) {
	var want struct{ Name string }
	if err := body(r, &want); err != nil {
		return nil, err
	}
	for _, p := range world.Profiles() {
		if p.Name == want.Name {
			return s.change(r, func(t *world.Tx) error { t.SetFaults(p.Faults); t.SetLife(p.Life); return nil })
		}
	}
	return nil, errors.New("name is calm, busy or hostile")
}

func (s *Server) outage(_ http.ResponseWriter, r *http.Request) (any, error) {
	var want struct{ On bool }
	if err := body(r, &want); err != nil {
		return nil, err
	}
	return s.change(r, func(t *world.Tx) error {
		f := t.Faults()
		f.Outage = want.On
		t.SetFaults(f)
		return nil
	})
}

func (s *Server) advance(_ http.ResponseWriter, r *http.Request) (any, error) {
	var want struct {
		Seconds int64 `json:"seconds"`
	}
	if err := body(r, &want); err != nil {
		return nil, err
	}
	if want.Seconds < 0 || want.Seconds > 366*24*3600 {
		return nil, errors.New("seconds is 0 to a year")
	}
	s.World.Advance(time.Duration(want.Seconds) * time.Second)
	return map[string]int64{"now": s.World.Now()}, nil
}

func (s *Server) pushNow(_ http.ResponseWriter, r *http.Request) (any, error) {
	return s.change(r, func(t *world.Tx) error { t.PushNow(); return nil })
}

// quiesce stops what happens by itself and says what still waits to be pushed.
func (s *Server) quiesce(_ http.ResponseWriter, r *http.Request) (any, error) {
	pending := 0
	_, err := s.change(r, func(t *world.Tx) error {
		t.Quiet(true)
		if t.Hook != "" {
			pending += t.Pending()
		}
		return nil
	})
	return map[string]any{"pending_pushes": pending, "drained": pending == 0}, err
}

func (s *Server) resume(_ http.ResponseWriter, r *http.Request) (any, error) {
	return s.change(r, func(t *world.Tx) error { t.Quiet(false); return nil })
}
