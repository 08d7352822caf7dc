package connector

import (
	"bytes"
	"encoding/csv"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// A variant is another way in which the same table may reach us. shift is how
// many records it puts above.
type variant struct {
	name  string
	shift int
	write func(t *testing.T, rows [][]string) []byte
}

func csvText(rows [][]string, comma rune) string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = comma, true
	w.WriteAll(rows)
	return out.String()
}

func mapCells(rows [][]string, fn func(string) string) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		for _, c := range r {
			out[i] = append(out[i], fn(c))
		}
	}
	return out
}

// shuffled moves the columns of all rows the same way, keeping the first in place
// where totals rows have their word. Rows that are cut short stay short.
func shuffled(rows [][]string) [][]string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	order := rand.New(rand.NewSource(11)).Perm(width - 1)
	out := make([][]string, len(rows))
	for i, r := range rows {
		row := make([]string, width)
		for k, c := range r {
			if k > 0 {
				row[order[k-1]+1] = c
			} else {
				row[0] = c
			}
		}
		out[i] = row
	}
	return out
}

func variants() []variant {
	return []variant{
		{"utf-8", 0, func(_ *testing.T, rows [][]string) []byte { return []byte(csvText(rows, ',')) }},
		{"gb18030 with tabs before text", 0, func(t *testing.T, rows [][]string) []byte {
			s, err := simplifiedchinese.GB18030.NewEncoder().String(csvText(mapCells(rows, func(c string) string { return "\t" + c }), ','))
			if err != nil {
				t.Fatal(err)
			}
			return []byte(s)
		}},
		{"utf-16 with tabs as separators", 0, func(t *testing.T, rows [][]string) []byte {
			s, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(csvText(rows, '\t'))
			if err != nil {
				t.Fatal(err)
			}
			return []byte(s)
		}},
		{"shuffled columns and blanks in names", 0, func(_ *testing.T, rows [][]string) []byte {
			rows = shuffled(rows)
			for r := range min(5, len(rows)) {
				if len(rows[r]) > 4 && !strings.HasPrefix(rows[r][0], "#") {
					rows[r] = mapCells(rows[r:r+1], func(c string) string {
						return strings.NewReplacer("(", "（", ")", "）").Replace(c) + " "
					})[0]
					break
				}
			}
			return []byte("\ufeff" + csvText(rows, ','))
		}},
		{"title lines above", 3, func(_ *testing.T, rows [][]string) []byte {
			return []byte("店铺：测试店,导出时间：2026-06-01\r\n订单明细，共若干条\r\n\r\n" + csvText(rows, ','))
		}},
		{"wrapped in equals signs", 0, func(_ *testing.T, rows [][]string) []byte {
			return []byte(csvText(mapCells(rows, func(c string) string {
				if c = sheet.Clean(c); c == "" || strings.HasPrefix(c, "#") {
					return c
				}
				return `="` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}), ','))
		}},
		{"saved as a workbook", 0, func(t *testing.T, rows [][]string) []byte {
			var out bytes.Buffer
			w := sheet.NewXLSX(&out, "订单", nil)
			for _, r := range rows {
				var cells []sheet.Cell
				for _, c := range r {
					cells = append(cells, sheet.Str(c))
				}
				if err := w.Row(cells); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}},
	}
}

// TestTheSameTableInAnyFormReadsTheSame rewrites every fixture in every form: the
// orders must not change, and rejections may only move down.
func TestTheSameTableInAnyFormReadsTheSame(t *testing.T) {
	runs := 0
	for _, want := range expected(t) {
		if want.Kind == "ship_template" {
			continue
		}
		for _, v := range variants() {
			t.Run(want.Channel+" "+want.Kind+" "+v.name, func(t *testing.T) {
				runs++
				var files []channel.File
				for _, name := range want.Files {
					data := v.write(t, tableOf(t, name))
					book, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)), sheet.Limits{})
					if err != nil {
						t.Fatal(err)
					}
					files = append(files, channel.File{Name: filepath.Base(name), Book: book})
				}
				found, err := channel.Detect(All(), files)
				if err != nil {
					t.Fatal(err)
				}
				batches := channel.Plan(found)
				if len(batches) != 1 || batches[0].Channel != want.Channel || string(batches[0].Kind) != want.Kind {
					t.Fatalf("planned %+v of %+v", batches, found)
				}
				got := readBatch(t, batches[0], len(files) > 1)
				compare(t, "orders", want.Orders, got.Orders, "channel_order_no")
				compare(t, "aftersales", want.Aftersales, got.Aftersales, "aftersale_no")
				compare(t, "ledger", want.Ledger, got.Ledger, "flow_no")
				for _, list := range [][]map[string]any{got.Rejected, got.Warnings} {
					for _, r := range list {
						r["record"] = r["record"].(int) - v.shift
					}
				}
				compare(t, "rejected", want.Rejected, got.Rejected, "record")
				compare(t, "warnings", want.Warnings, got.Warnings, "record")
			})
		}
	}
	if runs < 80 {
		t.Errorf("ran only %d variants", runs)
	}
}

// tableOf reads a fixture's records, blank ones included.
func tableOf(t *testing.T, name string) [][]string {
	t.Helper()
	f := openFixture(t, name)
	var rows [][]string
	if err := f.Book.Sheets[0].Each(func(no int, cells []string) error {
		for len(rows) < no-1 {
			rows = append(rows, []string{""})
		}
		rows = append(rows, append([]string(nil), cells...))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}
