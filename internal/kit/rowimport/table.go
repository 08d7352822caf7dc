package rowimport

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Field is something a row can say. Synonyms are column names that mean it, in any
// language; Name is one of them.
type Field struct {
	Name     string
	Required bool
	Synonyms []string
}

// Mapping says which column holds a field.
type Mapping map[string]string

// Row is one record of the table.
type Row struct {
	No     int64 // as a person counts in the file
	FileID id.ID
	cells  map[string]string
	twin   int64 // the earlier row that speaks of the same thing, 0 for none
}

// Has reports whether a column was chosen for the field.
func (r Row) Has(field string) bool { _, ok := r.cells[field]; return ok }

// Get is the field's cell without blanks around it; "" where there is none.
func (r Row) Get(field string) string { return r.cells[field] }

// table is the sheet of a file that holds rows under a header.
type table struct {
	sheet   *sheet.Sheet
	header  int64
	columns []string
}

// headerDepth is how far down a header may stand, under titles and remarks.
const headerDepth = 20

// fold is the form in which column names are compared: full-width letters become
// half-width, blanks, stars and brackets with remarks go, letters become small.
func fold(s string) string {
	s = strings.ToLower(norm.NFKC.String(sheet.Clean(s)))
	for _, open := range []string{"(", "[", "【"} {
		if i := strings.Index(s, open); i > 0 && !strings.ContainsAny(s[i:], "斤千万k$") {
			s = s[:i] // a remark; another unit than ours (kg, 斤, 万元, US$) makes another column
		}
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\r_-*:：/", r) {
			return -1
		}
		return r
	}, s)
}

// findTable takes the sheet and record that look most like a header of fields.
func findTable(b *sheet.Book, fields []Field) (*table, error) {
	known := map[string]bool{}
	for _, f := range fields {
		for _, s := range append([]string{f.Name}, f.Synonyms...) {
			known[fold(s)] = true
		}
	}
	var best *table
	most := -1
	for _, s := range b.Sheets {
		if s.Hidden {
			continue
		}
		head, err := s.Head(headerDepth)
		if err != nil {
			return nil, err
		}
		for _, rec := range head {
			score, filled := 0, 0
			for _, c := range rec.Cells {
				if sheet.Clean(c) != "" {
					filled++
				}
				if known[fold(c)] {
					score++
				}
			}
			if filled > 0 && score > most {
				most, best = score, &table{sheet: s, header: int64(rec.No), columns: columnNames(rec.Cells)}
			}
		}
	}
	if best == nil {
		return nil, ErrNoHeader
	}
	return best, nil
}

// columnNames are the header's cells, told apart where two are the same.
func columnNames(cells []string) []string {
	seen := map[string]int{}
	out := make([]string, len(cells))
	for i, c := range cells {
		c = sheet.Clean(c)
		if c == "" {
			c = fmt.Sprintf("#%d", i+1)
		}
		if seen[c]++; seen[c] > 1 {
			c = fmt.Sprintf("%s (%d)", c, seen[c])
		}
		out[i] = c
	}
	return out
}

// guess maps the fields whose names the header knows, each column once.
func (t *table) guess(fields []Field) Mapping {
	m, used := Mapping{}, map[int]bool{}
	for _, f := range fields {
		for _, s := range append([]string{f.Name}, f.Synonyms...) {
			i := slices.IndexFunc(t.columns, func(c string) bool { return fold(c) == fold(s) })
			if i >= 0 && !used[i] {
				m[f.Name], used[i] = t.columns[i], true
				break
			}
		}
	}
	return m
}

// check makes sure that the mapping names columns of the file, and all required
// fields.
func (t *table) check(m Mapping, fields []Field) error {
	for _, f := range fields {
		c, ok := m[f.Name]
		if ok && c == "" {
			ok = false
		}
		if !ok && f.Required || ok && !slices.Contains(t.columns, c) {
			return ErrColumn.With("field", f.Name).At("mapping." + f.Name)
		}
	}
	return nil
}

// each calls fn for every record under the header that holds anything. An error of
// fn ends the reading.
func (t *table) each(m Mapping, fields []Field, fn func(Row) error) error {
	at := map[string]int{}
	for _, f := range fields {
		if i := slices.Index(t.columns, m[f.Name]); i >= 0 && m[f.Name] != "" {
			at[f.Name] = i
		}
	}
	return t.sheet.Each(func(no int, cells []string) error {
		if int64(no) <= t.header || sheet.Blank(cells) {
			return nil
		}
		r := Row{No: int64(no), cells: make(map[string]string, len(at))}
		for name, i := range at {
			r.cells[name] = ""
			if i < len(cells) {
				r.cells[name] = sheet.Clean(cells[i])
			}
		}
		return fn(r)
	})
}

// sample returns up to n records under the header as the file has them.
func (t *table) sample(n int) ([][]string, error) {
	out := [][]string{}
	err := t.sheet.Each(func(no int, cells []string) error {
		if int64(no) <= t.header || sheet.Blank(cells) {
			return nil
		}
		row := make([]string, len(t.columns))
		for i := range row {
			if i < len(cells) {
				row[i] = sheet.Clean(cells[i])
			}
		}
		if out = append(out, row); len(out) == n {
			return sheet.Stop
		}
		return nil
	})
	return out, err
}
