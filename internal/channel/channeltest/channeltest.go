// Package channeltest is the conformance suite every connector passes, and what
// connectors' own tests need to read a table.
package channeltest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// APIData is the folder of testdata that holds what API tests read, not export files.
const APIData = "api"

// Answer is what a reading gave.
type Answer struct {
	Orders     map[string]channel.Order // by channel order number
	Aftersales []channel.Aftersale
	Entries    []channel.LedgerEntry
	// Rejected and Warned are "record reason value".
	Rejected, Warned []string
	// All is every verdict in order as JSON.
	All []string
}

// Open opens content as an uploaded file.
func Open(t *testing.T, name string, content []byte) channel.File {
	t.Helper()
	b, err := sheet.Open(name, bytes.NewReader(content), int64(len(content)), sheet.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return channel.File{Name: name, Book: b}
}

// Batch detects the files as exports of m alone and joins them to one batch. Of a
// mapped format it takes the first sheet.
func Batch(t *testing.T, m channel.Manifest, files ...channel.File) channel.Batch {
	t.Helper()
	all := []channel.Manifest{m}
	found, err := channel.Detect(all, files)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: found %v %v", files[0].Name, found, err)
	}
	if m.Can(channel.MappedFiles) {
		b, err := channel.As(all, found[0], m.Code, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	plan := channel.Plan(found)
	if len(plan) != 1 {
		t.Fatalf("%s: planned %d batches of %+v", files[0].Name, len(plan), found)
	}
	return plan[0]
}

// Read reads a batch of m.
func Read(t *testing.T, m channel.Manifest, b channel.Batch, opt channel.Options) Answer {
	t.Helper()
	a := Answer{Orders: map[string]channel.Order{}}
	err := channel.Read([]channel.Manifest{m}, b, opt, func(v channel.Verdict) error {
		line := strconv.Itoa(v.Record) + " " + string(v.Reason) + " " + v.Value
		switch {
		case v.Result == channel.Rejected:
			a.Rejected = append(a.Rejected, strings.TrimSpace(line))
		case v.Result == channel.Warned:
			a.Warned = append(a.Warned, strings.TrimSpace(line))
		case v.Order != nil:
			a.Orders[v.Order.ChannelOrderNo] = *v.Order
		case v.Aftersale != nil:
			a.Aftersales = append(a.Aftersales, *v.Aftersale)
		case v.Entry != nil:
			a.Entries = append(a.Entries, *v.Entry)
		}
		if v.Result != channel.Accepted && v.Reason.Code() != "channel.file_"+string(v.Reason) {
			t.Errorf("reason %q has no text", v.Reason)
		}
		if e := v.Err(); (e == nil) != (v.Result == channel.Accepted) {
			t.Errorf("record %d: error %v", v.Record, e)
		}
		js, err := json.Marshal(struct {
			V       channel.Verdict
			Records []int
			Raw     json.RawMessage
		}{v, v.Records(), v.Raw()})
		if err != nil {
			t.Error(err)
		}
		a.All = append(a.All, string(js))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ReadCSV reads tables given as CSV text, by file name, as exports of m.
func ReadCSV(t *testing.T, m channel.Manifest, opt channel.Options, namesAndTexts ...string) Answer {
	t.Helper()
	var files []channel.File
	for i := 0; i+1 < len(namesAndTexts); i += 2 {
		files = append(files, Open(t, namesAndTexts[i], []byte(namesAndTexts[i+1])))
	}
	b := Batch(t, m, files...)
	if m.Can(channel.MappedFiles) && opt.Mapping == nil {
		opt.Mapping = channel.Propose(b.Sources[0].Header.Names)
	}
	return Read(t, m, b, opt)
}

// Run checks m and the sample files in testdata: at least one per readable format.
// Files that belong together stand in a folder of their own; testdata/api belongs to
// the tests of the channel's API.
func Run(t *testing.T, m channel.Manifest) {
	t.Run("the manifest is complete", func(t *testing.T) { manifest(t, m) })
	t.Run("what is declared is implemented", func(t *testing.T) { declared(t, m) })
	t.Run("every word maps to a status we have", func(t *testing.T) { vocabulary(t, m) })
	seen := map[string]bool{}
	for _, group := range samples(t, m) {
		t.Run(filepath.Base(group[0]), func(t *testing.T) { sample(t, m, group, seen) })
	}
	for _, f := range m.Files {
		if f.Read != nil && !seen[string(f.Kind)+f.Layout] {
			t.Errorf("testdata holds no sample of %s %s", f.Kind, f.Layout)
		}
	}
}

var hexColor = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func manifest(t *testing.T, m channel.Manifest) {
	if m.Code == "" || m.NameZH == "" || m.NameEN == "" || !hexColor.MatchString(m.Color) || len(m.Files) == 0 && m.API == nil {
		t.Fatalf("incomplete: %+v", m)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(m.Color[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		// The exact curve is steeper still; its square is enough for a bound.
		sum += weight * c * c
	}
	if contrast := 1.05 / (sum + 0.05); contrast < 4.5 {
		t.Errorf("white on %s has a contrast of %.1f", m.Color, contrast)
	}
}

func declared(t *testing.T, m channel.Manifest) {
	for capability, kind := range map[channel.Capability]channel.Kind{
		channel.OrderFiles: channel.Orders, channel.AftersaleFiles: channel.Aftersales, channel.LedgerFiles: channel.Ledger,
	} {
		reads := slices.ContainsFunc(m.Files, func(f channel.FileFormat) bool { return f.Kind == kind && f.Read != nil })
		if reads != m.Can(capability) {
			t.Errorf("%s: the manifest says %v, the formats say %v", capability, m.Can(capability), reads)
		}
	}
	mapped := slices.ContainsFunc(m.Files, func(f channel.FileFormat) bool { return f.Mapped })
	if mapped != m.Can(channel.MappedFiles) {
		t.Errorf("mapped files: the manifest says %v", m.Can(channel.MappedFiles))
	}
	for _, f := range m.Files {
		if f.Layout == "" || len(f.Keys) == 0 && !f.Mapped {
			t.Errorf("%s has no layout name or no keys", f.Kind)
		}
	}
}

func vocabulary(t *testing.T, m channel.Manifest) {
	statuses := []channel.Status{channel.PendingPayment, channel.PartlyPaid, channel.AwaitingShipment, channel.PartlyShipped,
		channel.Shipped, channel.Delivered, channel.Completed, channel.Closed}
	look := channel.NewWords(m.Words)
	for word, s := range m.Words {
		if got, ok := look.Look(" " + strings.ReplaceAll(word, ",", "，") + "\t"); !ok || got != s || !slices.Contains(statuses, s) {
			t.Errorf("%q maps to %q, found %q", word, s, got)
		}
	}
	refunds := []channel.RefundState{channel.RefundNone, channel.RefundInProgress, channel.RefundPart, channel.RefundDone, channel.RefundRejected, channel.RefundExchanged}
	for word, s := range m.RefundWords {
		if !slices.Contains(refunds, s) {
			t.Errorf("%q maps to %q", word, s)
		}
	}
}

// samples lists testdata's files; a folder is one group.
func samples(t *testing.T, m channel.Manifest) [][]string {
	if len(m.Files) == 0 {
		return nil
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, e := range entries {
		path := filepath.Join("testdata", e.Name())
		if e.Name() == APIData {
			continue
		}
		if !e.IsDir() {
			out = append(out, []string{path})
			continue
		}
		parts, _ := filepath.Glob(filepath.Join(path, "*"))
		out = append(out, parts)
	}
	if len(out) == 0 {
		t.Fatal("testdata is empty")
	}
	return out
}

func sample(t *testing.T, m channel.Manifest, paths []string, seen map[string]bool) {
	load := func(spoil bool) channel.Batch {
		var files []channel.File
		for _, p := range paths {
			raw, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			f := Open(t, filepath.Base(p), raw)
			if spoil {
				f = spoiled(t, f)
			}
			files = append(files, f)
		}
		return Batch(t, m, files...)
	}
	b := load(false)
	var opt channel.Options
	if m.Can(channel.MappedFiles) {
		opt.Mapping = channel.Propose(b.Sources[0].Header.Names)
	}
	first := Read(t, m, b, opt)
	for _, s := range b.Sources {
		for _, f := range m.Files {
			if f.Kind == s.Kind && (f.Mapped || fits(f, s.Header)) {
				seen[string(f.Kind)+f.Layout] = true
			}
		}
	}
	if len(first.Orders)+len(first.Aftersales)+len(first.Entries) == 0 && b.Lacks == "" {
		t.Errorf("nothing was accepted: %v", first.Rejected)
	}
	if again := Read(t, m, b, opt); !slices.Equal(first.All, again.All) {
		t.Error("a second reading differs")
	}
	bad := Read(t, m, load(true), opt)
	for no := range first.Orders {
		if _, ok := bad.Orders[no]; !ok {
			t.Errorf("bad rows cost order %s", no)
		}
	}
	if len(bad.Aftersales) < len(first.Aftersales) || len(bad.Entries) < len(first.Entries) {
		t.Error("bad rows cost after-sale cases or entries")
	}
	if len(bad.Rejected)+len(bad.Warned) <= len(first.Rejected)+len(first.Warned) {
		t.Error("bad rows were not reported")
	}
}

func fits(f channel.FileFormat, h *channel.Header) bool {
	for _, k := range f.Keys {
		if !h.Has(k) {
			return false
		}
	}
	return true
}

// spoiled puts broken rows between all rows below the header: one cell only, an
// id in scientific notation in every cell, and nonsense in every cell.
func spoiled(t *testing.T, f channel.File) channel.File {
	t.Helper()
	var out bytes.Buffer
	w := sheet.NewXLSX(&out, "s", nil)
	width, headed := 0, false
	err := f.Book.Sheets[0].Each(func(_ int, cells []string) error {
		row := make([]sheet.Cell, len(cells))
		for i, c := range cells {
			row[i] = sheet.Str(c)
		}
		if err := w.Row(row); err != nil {
			return err
		}
		if len(cells) < 4 && !headed {
			return nil
		}
		headed, width = true, max(width, len(cells))
		for _, junk := range []string{"2.55E+18", "不是任何东西"} {
			bad := make([]sheet.Cell, width)
			for i := range bad {
				bad[i] = sheet.Str(junk)
			}
			if err := w.Row(bad); err != nil {
				return err
			}
		}
		return w.Row([]sheet.Cell{sheet.Str("孤零零")})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return Open(t, f.Name, out.Bytes())
}
