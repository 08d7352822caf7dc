package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// process is the built binary over a data directory, asked as a browser asks it.
type process struct {
	dir, db string
	binary  string
	flags   []string
	base    string
	cmd     *exec.Cmd
	http    *http.Client
	token   string // of the first run
	quick   bool   // measures nothing
	started time.Duration
}

// start runs the binary and waits until it says it is ready.
func (p *process) start(ctx context.Context) error {
	args := []string{"serve", "--data", p.dir, "--listen", "127.0.0.1:0", "--log-level", "warn"}
	args = append(args, p.flags...)
	if p.db != "" {
		args = append(args, "--db", p.db)
	}
	p.cmd = exec.CommandContext(ctx, p.binary, args...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("%w (build it first: scripts/build)", err)
	}
	lines := bufio.NewScanner(out)
	address := regexp.MustCompile(`https?://[0-9.:]+`)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			p.base = at
			if _, token, ok := strings.Cut(lines.Text(), "token="); ok {
				if p.token, err = url.QueryUnescape(strings.TrimSpace(token)); err != nil {
					return err
				}
			}
			break
		}
	}
	if p.base == "" {
		return errors.New("the product ended before it was ready")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if p.http == nil {
		jar, _ := cookiejar.New(nil)
		p.http = &http.Client{Jar: jar}
	}
	for {
		res, err := p.http.Get(p.base + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(began) > 30*time.Second {
			return errors.New("the product is not ready after 30 s")
		}
		time.Sleep(time.Millisecond)
	}
	p.started = time.Since(began)
	return nil
}

func (p *process) stop() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	done := make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-done
	}
}

// call sends JSON (or a ready body) and reads JSON.
func (p *process) call(method, path string, in, out any) error {
	var body io.Reader
	kind := "application/json"
	switch v := in.(type) {
	case nil:
	case *form:
		body, kind = &v.b, v.kind
	default:
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, p.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Idempotency-Key", fmt.Sprintf("bench-%d", time.Now().UnixNano()))
	res, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, b[:min(len(b), 400)])
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// form is a multipart body with one file.
type form struct {
	b    bytes.Buffer
	kind string
}

func upload(field, name string, file []byte) *form {
	f := &form{}
	w := multipart.NewWriter(&f.b)
	part, _ := w.CreateFormFile(field, name) // into memory: no error
	_, _ = part.Write(file)
	_ = w.Close()
	f.kind = w.FormDataContentType()
	return f
}

// jobState is a job as the task centre shows it.
type jobState struct {
	ID          string          `json:"id"`
	State       string          `json:"state"`
	OKCount     int64           `json:"ok_count"`
	FailedCount int64           `json:"failed_count"`
	FinishedAt  *string         `json:"finished_at"`
	Result      json.RawMessage `json:"result"`
	Error       json.RawMessage `json:"error"`
}

// wait follows a job to its end.
func (p *process) wait(j jobState) (jobState, error) {
	for j.FinishedAt == nil {
		time.Sleep(20 * time.Millisecond)
		if err := p.call("GET", "/jobs/"+j.ID, nil, &j); err != nil {
			return j, err
		}
	}
	if j.State != "succeeded" {
		return j, fmt.Errorf("job %s ended as %s: %s", j.ID, j.State, j.Error)
	}
	return j, nil
}

// setUpMerchant does the first run and signs the owner in.
func (p *process) setUpMerchant() error {
	return p.call("POST", "/setup", map[string]any{"token": p.token, "merchant_code": "bench", "merchant_name": "Bench", "user_name": "owner",
		"display_name": "Owner", "password": "seven Paper boats 41", "lang": "zh-CN"}, nil)
}

// setUp makes the merchant, the assortment and one shop on the channel that the
// product recognises in the export file.
func (p *process) setUp(w *world, export []byte) (shopID string, err error) {
	if err := p.setUpMerchant(); err != nil {
		return "", err
	}
	var goods, stock bytes.Buffer
	goods.WriteString("商品名称,规格,SKU编码\n")
	stock.WriteString("SKU编码,数量\n")
	for _, g := range w.goods {
		fmt.Fprintf(&goods, "%s,%s,%s\n", g.title, g.spec, g.code)
		fmt.Fprintf(&stock, "%s,1000000\n", g.code)
	}
	for _, x := range []struct {
		path string
		file []byte
	}{{"/catalog-imports", goods.Bytes()}, {"/stock-imports", stock.Bytes()}} {
		var up struct {
			ID      string            `json:"id"`
			Mapping map[string]string `json:"mapping"`
		}
		if err := p.call("POST", x.path, upload("file", "bench.csv", x.file), &up); err != nil {
			return "", err
		}
		var j jobState
		if err := p.call("POST", x.path+"/"+up.ID+"/run", map[string]any{"mapping": up.Mapping}, &j); err != nil {
			return "", err
		}
		if j, err = p.wait(j); err != nil {
			return "", err
		}
		if j.FailedCount > 0 || j.OKCount != int64(len(w.goods)) {
			return "", fmt.Errorf("%s: %d of %d rows, %d failed", x.path, j.OKCount, len(w.goods), j.FailedCount)
		}
	}
	imp, err := p.detect("probe.csv", firstLines(export, 20))
	if err != nil {
		return "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	err = p.call("POST", "/shops", map[string]any{"channel": imp.Files[0].Channel, "name": "第1店", "auto_approve": true, "live_from_at": "2020-01-01T00:00:00+08:00"}, &made)
	return made.ID, err
}

func firstLines(b []byte, n int) []byte {
	at := 0
	for range n {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return b
		}
		at += i + 1
	}
	return b[:at]
}

type importState struct {
	ID    string `json:"id"`
	Files []struct {
		Channel string `json:"channel"`
		Kind    string `json:"kind"`
	} `json:"files"`
}

func (p *process) detect(name string, file []byte) (importState, error) {
	var imp importState
	err := p.call("POST", "/imports", upload("files", name, file), &imp)
	if err == nil && (len(imp.Files) != 1 || imp.Files[0].Channel == "") {
		err = fmt.Errorf("the export file was not recognised: %+v", imp)
	}
	return imp, err
}

// importFile uploads a file and runs it; it returns what became of the orders.
func (p *process) importFile(shopID string, file []byte) (result map[string]int64, up, took time.Duration, err error) {
	began := time.Now()
	imp, err := p.detect("orders.csv", file)
	if err != nil {
		return nil, 0, 0, err
	}
	up = time.Since(began)
	began = time.Now()
	var j jobState
	if err := p.call("POST", "/imports/"+imp.ID+"/run", map[string]any{"shop_id": shopID, "exported_at": time.Now().UTC().Format(time.RFC3339)}, &j); err != nil {
		return nil, 0, 0, err
	}
	if j, err = p.wait(j); err != nil {
		return nil, 0, 0, err
	}
	took = time.Since(began)
	var all map[string]any
	if err := json.Unmarshal(j.Result, &all); err != nil {
		return nil, 0, 0, fmt.Errorf("result of the import %s: %w", j.Result, err)
	}
	result = map[string]int64{}
	for k, v := range all {
		if n, ok := v.(float64); ok {
			result[k] = int64(n)
		}
	}
	return result, up, took, nil
}

// product runs the built binary through a merchant's day with files.
func (b *bench) product(ctx context.Context, engine string) error {
	dir, err := os.MkdirTemp(b.dir, "product-")
	if err != nil {
		return err
	}
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return err
	}
	p := &process{dir: dir, binary: binary, quick: b.quick}
	if engine == "postgres" {
		name, url, err := newDatabase(ctx)
		if err != nil {
			return err
		}
		defer dropDatabase(name)
		p.db = url
	}
	defer p.stop()
	if err := b.startEmpty(ctx, p, engine); err != nil {
		return err
	}
	now := time.Now()
	w := newWorld(b.rows, now)
	file, nos := exportFile(b.rows, now)
	shopID, err := p.setUp(w, file)
	if err != nil {
		return err
	}
	raw, err := openRaw(ctx, engine, b.dir)
	if err != nil {
		return err
	}
	defer raw.close()
	if err := b.imports(ctx, p, raw, engine, shopID, file); err != nil {
		return err
	}
	if b.wants("ship") {
		if err := b.ship(ctx, p, raw, engine, nos); err != nil {
			return err
		}
	}
	if b.wants("export") {
		if err := b.export(p, engine); err != nil {
			return err
		}
	}
	if b.wants("start") {
		p.stop()
		if err := p.start(ctx); err != nil {
			return err
		}
		b.rep.add(row{Section: "start", Engine: engine, Orders: b.rows, Name: "start until ready", Unit: "ms", Ours: millis(p.started)}, atMost(300))
	}
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (b *bench) startEmpty(ctx context.Context, p *process, engine string) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	token := p.token
	b.rep.add(row{Section: "start", Engine: engine, Name: "first start until ready, with all migrations", Unit: "ms", Ours: millis(p.started)})
	if !b.wants("start") {
		return nil
	}
	var again []float64
	for range 3 {
		p.stop()
		if err := p.start(ctx); err != nil {
			return err
		}
		again = append(again, millis(p.started))
	}
	if p.token == "" {
		p.token = token
	}
	b.rep.add(row{Section: "start", Engine: engine, Name: "start until ready, empty", Unit: "ms", Ours: median(again)}, atMost(100))
	p.calm()
	b.rep.add(row{Section: "start", Engine: engine, Name: "memory when idle, empty (RSS)", Unit: "MB", Ours: p.memory("VmRSS")}, atMost(40))
	info, err := os.Stat(p.binary)
	if err != nil {
		return err
	}
	b.rep.add(row{Section: "start", Engine: engine, Name: "size of the binary with what it embeds", Unit: "MB", Ours: float64(info.Size()) / 1e6}, atMost(40))
	return nil
}

// imports brings the export file in twice, beside the same rows in bare tables.
func (b *bench) imports(ctx context.Context, p *process, raw rawEngine, engine, shopID string, file []byte) error {
	bare, err := rawFill(ctx, raw, newWorld(b.rows, time.Now()), 0, b.rows)
	if err != nil {
		return err
	}
	cpu := p.cpu()
	got, up, took, err := p.importFile(shopID, file)
	if err != nil {
		return err
	}
	if got["created"] != int64(b.rows) {
		return fmt.Errorf("the import of %d orders made %v", b.rows, got)
	}
	want := 0.6
	if engine == "postgres" {
		want = 0.3
	}
	if b.wants("import") {
		name := fmt.Sprintf("import of a file of %d rows, from its bytes to the last commit", b.rows)
		b.rep.add(row{Section: "import", Engine: engine, Name: name, Unit: "orders/s", Ours: rate(b.rows, up+took), Raw: bare.perSecond()}, ratioLeast(want))
		b.rep.add(row{Section: "import", Engine: engine, Name: "… of it uploading and recognising", Unit: "ms", Ours: millis(up)})
		b.rep.add(row{Section: "import", Engine: engine, Name: "… CPU of the product per order", Unit: "µs", Ours: float64((p.cpu() - cpu).Microseconds()) / float64(b.rows), Raw: bare.cpuEach()})
	}
	p.calm()
	cpu = p.cpu()
	got, up, took, err = p.importFile(shopID, file)
	if err != nil {
		return err
	}
	if got["unchanged"] != int64(b.rows) {
		return fmt.Errorf("the same file again made %v", got)
	}
	if b.wants("import") {
		b.rep.add(row{Section: "import", Engine: engine, Name: "the same file again, unchanged", Unit: "orders/s", Ours: rate(b.rows, up+took)}, atLeast(30000))
		b.rep.add(row{Section: "import", Engine: engine, Name: "… CPU of the product per order", Unit: "µs", Ours: float64((p.cpu() - cpu).Microseconds()) / float64(b.rows)})
	}
	return nil
}

// ship sends a tracking file, beside bare updates of as many orders.
func (b *bench) ship(ctx context.Context, p *process, raw rawEngine, engine string, nos []string) error {
	p.calm()
	file := shipFile(nos[:b.ships])
	began := time.Now()
	var up struct {
		ID      string            `json:"id"`
		Mapping map[string]string `json:"mapping"`
	}
	if err := p.call("POST", "/shipment-files", upload("file", "ship.csv", file), &up); err != nil {
		return err
	}
	var check struct {
		Counts map[string]int64 `json:"counts"`
	}
	uploaded := time.Since(began)
	began = time.Now()
	if err := p.call("POST", "/shipment-files/"+up.ID+"/check", map[string]any{}, &check); err != nil {
		return err
	}
	checked := time.Since(began)
	if check.Counts["ok"] != int64(b.ships) {
		return fmt.Errorf("of %d orders can be shipped: %v", b.ships, check.Counts)
	}
	began = time.Now()
	var j jobState
	if err := p.call("POST", "/shipment-files/"+up.ID+"/run", map[string]any{}, &j); err != nil {
		return err
	}
	j, err := p.wait(j)
	if err != nil {
		return err
	}
	took := time.Since(began)
	if j.OKCount != int64(b.ships) {
		return fmt.Errorf("shipped %d of %d, %d failed", j.OKCount, b.ships, j.FailedCount)
	}
	w, rawNos := newWorld(b.rows, time.Now()), []string{}
	for i := range b.ships { // the same numbers that rawFill made
		k := w.shop()
		rawNos = append(rawNos, w.order(i, b.rows, k).ChannelOrderNo)
	}
	began = time.Now()
	for at := 0; at < len(rawNos); at += batchSize {
		if err := raw.ship(ctx, rawNos[at:min(at+batchSize, len(rawNos))]); err != nil {
			return err
		}
	}
	bare := rate(len(rawNos), time.Since(began))
	b.rep.add(row{Section: "ship", Engine: engine, Orders: b.rows, Name: fmt.Sprintf("ship %d orders by a tracking file", b.ships), Unit: "orders/s", Ours: rate(b.ships, took+uploaded), Raw: bare}, atLeast(float64(b.ships)/3))
	b.rep.add(row{Section: "ship", Engine: engine, Orders: b.rows, Name: "… the dry run before it", Unit: "ms", Ours: millis(checked)})
	return nil
}

// export writes all orders into a workbook.
func (b *bench) export(p *process, engine string) error {
	p.calm()
	p.forgetPeak()
	idle, cpu, began := p.memory("VmRSS"), p.cpu(), time.Now()
	var j jobState
	if err := p.call("POST", "/exports", map[string]any{"filter": map[string]any{}, "format": "xlsx"}, &j); err != nil {
		return err
	}
	j, err := p.wait(j)
	if err != nil {
		return err
	}
	took, used, peak := time.Since(began), p.cpu()-cpu, p.memory("VmHWM")
	var r struct {
		Rows int64 `json:"rows"`
	}
	if err := json.Unmarshal(j.Result, &r); err != nil || r.Rows != int64(b.rows) {
		return fmt.Errorf("the export wrote %d of %d rows: %s", r.Rows, b.rows, j.Result)
	}
	name := fmt.Sprintf("XLSX export of %d orders", b.rows)
	b.rep.add(row{Section: "export", Engine: engine, Orders: b.rows, Name: name + ", wall", Unit: "s", Ours: took.Seconds()})
	b.rep.add(row{Section: "export", Engine: engine, Orders: b.rows, Name: name + ", CPU of the product", Unit: "s", Ours: used.Seconds()}, atMost(3))
	b.rep.add(row{Section: "export", Engine: engine, Orders: b.rows, Name: name + ", memory above idle", Unit: "MB", Ours: max(peak-idle, 0)}, atMost(64))
	return nil
}
