package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// morning is a merchant with many orders to get out before noon, seen over HTTP as the
// back office sees it.
type morning struct {
	*process
	engine string
	stored int // orders in the database
	n      int // of them go through the house
	rep    *report
}

// fulfil measures the way of a morning's orders out of the house: approved, allocated
// over three warehouses by rules, numbered, printed, verified by scan, shipped.
func (b *bench) fulfil(ctx context.Context, engine string) error {
	dir, err := os.MkdirTemp(b.dir, "morning-")
	if err != nil {
		return err
	}
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return err
	}
	m := &morning{process: &process{dir: dir, binary: binary, quick: b.quick}, engine: engine, stored: b.rows, n: b.ships, rep: b.rep}
	if engine == "postgres" {
		name, url, err := newDatabase(ctx)
		if err != nil {
			return err
		}
		defer dropDatabase(name)
		m.db = url
	}
	defer m.stop()
	if err := m.start(ctx); err != nil {
		return err
	}
	orders, err := m.begin(newWorld(b.rows, time.Now()))
	if err != nil {
		return err
	}
	if err := m.many("approve %d orders", "/orders/bulk/approve", map[string]any{"ids": orders}); err != nil {
		return err
	}
	if err := m.many("allocate %d orders over 3 warehouses by rules", "/fulfillment-orders/allocate", map[string]any{"order_ids": orders, "by_rules": true}); err != nil {
		return err
	}
	parcels, err := m.numbered(orders)
	if err != nil {
		return err
	}
	if err := m.labels(parcels); err != nil {
		return err
	}
	verified := min(len(parcels)/10, 500)
	if err := m.scans(parcels[:verified]); err != nil {
		return err
	}
	rest := make([]id.ID, 0, len(parcels))
	for _, p := range parcels[verified:] {
		rest = append(rest, p.id)
	}
	return m.many("ship %d fulfillment orders at once", "/fulfillment-orders/bulk/ship", map[string]any{"ids": rest})
}

func (m *morning) say(name, unit string, ours float64, targets ...target) {
	m.rep.add(row{Section: "fulfil", Engine: m.engine, Orders: m.stored, Name: name, Unit: unit, Ours: ours}, targets...)
}

// begin makes three warehouses that hold different goods, a rule, and the orders, and
// returns those that go out, the oldest first.
func (m *morning) begin(w *world) ([]id.ID, error) {
	file, _ := exportFile(m.stored, time.Now())
	shop, err := m.setUp(w, file)
	if err != nil {
		return nil, err
	}
	if err := m.call("PATCH", "/shops/"+shop, map[string]any{"auto_approve": false}, nil); err != nil {
		return nil, err
	}
	for _, one := range []struct{ code, name, province, city string }{{"W2", "成都仓", "四川省", "成都市"}, {"W3", "东莞仓", "广东省", "东莞市"}} {
		if err := m.call("POST", "/warehouses", map[string]any{"code": one.code, "name": one.name, "province": one.province, "city": one.city}, nil); err != nil {
			return nil, err
		}
		var stock bytes.Buffer
		stock.WriteString("SKU编码,仓库,数量\n")
		for i, g := range w.goods {
			if i%3 != len(one.code)-2 { // neither has all
				fmt.Fprintf(&stock, "%s,%s,1000000\n", g.code, one.code)
			}
		}
		if err := m.stockFile(stock.Bytes()); err != nil {
			return nil, err
		}
	}
	if err := m.call("POST", "/allocation-rules", map[string]any{"name": "近的先发", "active": true, "action": map[string]any{"strategy": "distance", "shortage": "wait"}}, nil); err != nil {
		return nil, err
	}
	got, _, _, err := m.importFile(shop, file)
	if err != nil || got["created"] != int64(m.stored) {
		return nil, fmt.Errorf("the import of %d orders made %v: %w", m.stored, got, err)
	}
	var out []id.ID
	for cursor := ""; len(out) < m.n; {
		var page struct {
			Items []struct {
				ID id.ID `json:"id"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		if err := m.call("GET", "/orders?tab=awaiting_approval&sort=placed_asc&limit=200&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			out = append(out, o.ID)
		}
		if cursor = page.Next; cursor == "" {
			return nil, fmt.Errorf("only %d orders await approval", len(out))
		}
	}
	return out[:m.n], nil
}

func (m *morning) stockFile(file []byte) error {
	var up struct {
		ID      string            `json:"id"`
		Mapping map[string]string `json:"mapping"`
	}
	if err := m.call("POST", "/stock-imports", upload("file", "stock.csv", file), &up); err != nil {
		return err
	}
	var j jobState
	if err := m.call("POST", "/stock-imports/"+up.ID+"/run", map[string]any{"mapping": up.Mapping}, &j); err != nil {
		return err
	}
	j, err := m.wait(j)
	if err == nil && j.FailedCount > 0 {
		err = fmt.Errorf("%d rows of the stock file failed", j.FailedCount)
	}
	return err
}

// many times one bulk action that becomes a job, from the click to its last row.
func (m *morning) many(name, path string, body map[string]any) error {
	m.calm()
	cpu, began := m.cpu(), time.Now()
	var out struct {
		OK  int64     `json:"ok"`
		Job *jobState `json:"job"`
	}
	if err := m.call("POST", path, body, &out); err != nil {
		return err
	}
	ok := out.OK
	if out.Job != nil {
		j, err := m.wait(*out.Job)
		if err != nil {
			return err
		}
		ok = j.OKCount
	}
	took, used := time.Since(began), m.cpu()-cpu
	n := 0
	for _, key := range []string{"ids", "order_ids"} {
		if ids, is := body[key].([]id.ID); is {
			n = len(ids)
		}
	}
	if ok != int64(n) {
		return fmt.Errorf(name+": %d went well", n, ok)
	}
	m.say(fmt.Sprintf(name, n), "/s", rate(n, took))
	m.say("… CPU of the product each", "µs", float64(used.Microseconds())/float64(n))
	return nil
}

// parcel is a fulfillment order with its number.
type parcel struct {
	id id.ID
	no string
}

// numbered has a number issued for each order's parcel, from numbers at hand.
func (m *morning) numbered(orders []id.ID) ([]parcel, error) {
	var account struct {
		ID id.ID `json:"id"`
	}
	err := m.call("POST", "/carrier-accounts", map[string]any{"kind": "numbers", "carrier": "ZTO", "name": "手边的号", "sender": map[string]any{
		"name": "云杉仓", "phone": "13800000002", "province": "浙江省", "city": "杭州市", "district": "余杭区", "detail": "良睦路 9 号"}}, &account)
	if err != nil {
		return nil, err
	}
	for at := 0; at < m.n; at += 1000 {
		var nos []string
		for i := at; i < min(at+1000, m.n); i++ {
			nos = append(nos, fmt.Sprintf("7360%010d", 1_000_000+i*7))
		}
		if err := m.call("POST", "/carrier-accounts/"+account.ID.String()+"/numbers", map[string]any{"numbers": nos}, nil); err != nil {
			return nil, err
		}
	}
	parcels, err := m.parcels(len(orders))
	if err != nil {
		return nil, err
	}
	m.calm()
	cpu, began := m.cpu(), time.Now()
	for at := 0; at < len(parcels); at += 200 {
		var ids []id.ID
		for _, p := range parcels[at:min(at+200, len(parcels))] {
			ids = append(ids, p.id)
		}
		if err := m.call("POST", "/waybills", map[string]any{"fulfillment_order_ids": ids, "account_id": account.ID}, nil); err != nil {
			return nil, err
		}
	}
	nos, err := m.issued(len(parcels), account.ID)
	if err != nil {
		return nil, err
	}
	m.say(fmt.Sprintf("issue %d numbers at hand", len(parcels)), "/s", rate(len(parcels), time.Since(began)))
	m.say("… CPU of the product each", "µs", float64((m.cpu()-cpu).Microseconds())/float64(len(parcels)))
	for i := range parcels {
		parcels[i].no = nos[parcels[i].id]
	}
	return parcels, nil
}

// parcels lists the open fulfillment orders.
func (m *morning) parcels(n int) ([]parcel, error) {
	var out []parcel
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				ID id.ID `json:"id"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		if err := m.call("GET", "/fulfillment-orders?state=open&limit=200&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, f := range page.Items {
			out = append(out, parcel{id: f.ID})
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(out) != n {
		return nil, fmt.Errorf("%d orders have %d fulfillment orders", n, len(out))
	}
	return out, nil
}

// issued waits until every number is there.
func (m *morning) issued(n int, account id.ID) (map[id.ID]string, error) {
	for until := time.Now().Add(5 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var open struct {
			Items []json.RawMessage `json:"items"`
		}
		busy := 0
		for _, state := range []string{"wanted", "asking"} {
			if err := m.call("GET", "/waybills?limit=1&state="+state, nil, &open); err != nil {
				return nil, err
			}
			busy += len(open.Items)
		}
		if busy == 0 {
			break
		}
		if time.Now().After(until) {
			return nil, fmt.Errorf("numbers are missing after 5 min")
		}
	}
	out := map[id.ID]string{}
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				Fulfillment id.ID  `json:"fulfillment_order_id"`
				No          string `json:"no"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		if err := m.call("GET", "/waybills?limit=200&state=issued&account_id="+account.String()+"&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, w := range page.Items {
			out[w.Fulfillment] = w.No
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(out) != n {
		return nil, fmt.Errorf("%d numbers for %d parcels", len(out), n)
	}
	return out, nil
}

// labels prints all parcels, 500 a batch, from the click to the downloaded file.
func (m *morning) labels(parcels []parcel) error {
	var templates struct {
		Items []struct {
			ID id.ID `json:"id"`
		} `json:"items"`
	}
	if err := m.call("GET", "/print/templates", nil, &templates); err != nil || len(templates.Items) == 0 {
		return fmt.Errorf("no label template: %w", err)
	}
	m.calm()
	m.forgetPeak()
	idle, cpu, size := m.memory("VmRSS"), m.cpu(), int64(0)
	var making time.Duration
	var batches []id.ID
	for at := 0; at < len(parcels); at += 500 {
		var ids []id.ID
		for _, p := range parcels[at:min(at+500, len(parcels))] {
			ids = append(ids, p.id)
		}
		started := time.Now()
		var out struct {
			Batch *struct {
				ID    id.ID `json:"id"`
				JobID id.ID `json:"job_id"`
				Total int   `json:"total"`
			} `json:"batch"`
		}
		if err := m.call("POST", "/print/batches", map[string]any{"fulfillment_order_ids": ids, "template_id": templates.Items[0].ID}, &out); err != nil {
			return err
		}
		if out.Batch == nil || out.Batch.Total != len(ids) {
			return fmt.Errorf("of %d labels the batch has %+v", len(ids), out.Batch)
		}
		if _, err := m.wait(jobState{ID: out.Batch.JobID.String()}); err != nil {
			return err
		}
		n, err := m.download("/print/batches/" + out.Batch.ID.String() + "/labels.pdf")
		if err != nil {
			return err
		}
		making += time.Since(started)
		size += n
		batches = append(batches, out.Batch.ID)
	}
	n := len(parcels)
	m.say(fmt.Sprintf("labels as PDF: %d, 500 a file, from the click to the downloaded file", n), "/s", rate(n, making), atLeast(1000))
	m.say("… CPU of the product per label", "µs", float64((m.cpu()-cpu).Microseconds())/float64(n))
	m.say("… memory above idle", "MB", max(m.memory("VmHWM")-idle, 0))
	m.say("… size of a file of 500", "kB", float64(size)/float64(len(batches))/1000)
	for _, one := range batches {
		if err := m.call("POST", "/print/batches/"+one.String()+"/told", map[string]any{"from": 1, "to": 500, "printed": true}, nil); err != nil {
			return err
		}
	}
	return nil
}

// download reads a file to its end and says how long it is.
func (m *morning) download(path string) (int64, error) {
	res, err := m.http.Get(m.base + "/api/v1" + path)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("GET %s: %s", path, res.Status)
	}
	return io.Copy(io.Discard, res.Body)
}

// scans verifies parcels as a packer does: the label, then each piece; the last one
// ships. It times every answer.
func (m *morning) scans(parcels []parcel) error {
	m.calm()
	var took []time.Duration
	cpu, shipped := m.cpu(), 0
	for _, p := range parcels {
		var a struct {
			Verdict string `json:"verdict"`
			Session struct {
				ID    id.ID  `json:"id"`
				Next  string `json:"next"`
				Items []struct {
					Code string `json:"sku_code"`
				} `json:"items"`
			} `json:"session"`
		}
		began := time.Now()
		if err := m.call("POST", "/verify-sessions", map[string]any{"bench": "1", "code": p.no}, &a); err != nil {
			return err
		}
		took = append(took, time.Since(began))
		for a.Verdict != "shipped" {
			if a.Session.Next != "piece" || len(a.Session.Items) == 0 {
				return fmt.Errorf("parcel %s waits for %q after %s", p.no, a.Session.Next, a.Verdict)
			}
			began = time.Now()
			if err := m.call("POST", "/verify-sessions/"+a.Session.ID.String()+"/scans", map[string]any{"bench": "1", "code": a.Session.Items[0].Code}, &a); err != nil {
				return err
			}
			took = append(took, time.Since(began))
		}
		shipped++
	}
	used := m.cpu() - cpu
	p50, _ := percentiles(took)
	m.say(fmt.Sprintf("scan to answer at the bench, %d parcels, median", shipped), "ms", p50)
	m.say("… 99th percentile", "ms", percentile(took, 0.99), atMost(100))
	m.say("… CPU of the product per scan", "µs", float64(used.Microseconds())/float64(len(took)))
	return nil
}
