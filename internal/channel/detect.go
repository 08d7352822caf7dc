package channel

import (
	"sort"

	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// headerWithin is how far down a header row may stand, below titles and notes.
const headerWithin = 20

// File is one uploaded file, opened.
type File struct {
	Name string
	Book *sheet.Book
}

// State says how sure detection is.
type State string

const (
	Recognised State = "recognised"
	Ambiguous  State = "ambiguous" // two formats fit equally well: a person chooses
	Unknown    State = "unknown"   // no format fits: a person maps the columns
)

// Candidate is a format that fits a sheet.
type Candidate struct {
	Channel string
	Kind    Kind
	Layout  string
	// Format is the index in the manifest's Files.
	Format int
	// Score is the number of key and mark columns found.
	Score int
	// Needs is the kind of file that must come with this one, empty for none.
	Needs Kind
	// Readable tells whether the file's rows can be imported.
	Readable bool

	header *Header
}

// Found is what detection says about one sheet of one file.
type Found struct {
	State State
	// Candidate is the best one; zero when the state is Unknown.
	Candidate
	// Candidates are all that fit equally well, when the state is Ambiguous.
	Candidates []Candidate

	File     int // index of the file
	Name     string
	Sheet    *sheet.Sheet
	Encoding string
	// HeaderRecord is the record number of the header row. Of an unknown sheet it
	// is a guess: the fullest row among the first.
	HeaderRecord int
	Header       []string
	// ExportedAt is the export instant (unix ms) the file name tells, or 0.
	ExportedAt int64
}

// Detect says for every sheet of every file whose export it is. Sheets without a
// row are left out; so are sheets nobody knows beside one that is recognised.
//
// Errors: those of kit/sheet.
func Detect(all []Manifest, files []File) ([]Found, error) {
	var out []Found
	for i, f := range files {
		var known, unknown []Found
		for _, s := range f.Book.Sheets {
			head, err := s.Head(headerWithin)
			if err != nil {
				return nil, err
			}
			found, ok := detectSheet(all, head)
			if !ok {
				continue
			}
			found.File, found.Name, found.Sheet, found.Encoding = i, f.Name, s, f.Book.Encoding
			if found.State == Unknown {
				unknown = append(unknown, found)
				continue
			}
			m, _ := Find(all, found.Channel)
			if at := m.Files[found.Format].ExportedAt; at != nil {
				found.ExportedAt = at(f.Name)
			}
			known = append(known, found)
		}
		if len(known) == 0 && len(unknown) > 0 {
			known = unknown[:1]
		}
		out = append(out, known...)
	}
	return out, nil
}

func detectSheet(all []Manifest, head []sheet.Record) (Found, bool) {
	var fits []Candidate
	fullest, cells := sheet.Record{}, 0
	for _, rec := range head {
		h := NewHeader(rec.No, rec.Cells)
		if len(h.at) == 0 {
			continue
		}
		if len(h.at) > cells {
			fullest, cells = rec, len(h.at)
		}
		for _, m := range all {
			for i, f := range m.Files {
				if score, ok := f.score(h); ok {
					fits = append(fits, Candidate{m.Code, f.Kind, f.Layout, i, score, f.Needs, f.Read != nil, h})
				}
			}
		}
		if len(fits) > 0 {
			break // the first row that anybody knows is the header
		}
	}
	if cells == 0 {
		return Found{}, false
	}
	if len(fits) == 0 {
		h := NewHeader(fullest.No, fullest.Cells)
		return Found{State: Unknown, Candidate: Candidate{Kind: UnknownKind, Format: -1, header: h}, HeaderRecord: h.Record, Header: h.Names}, true
	}
	sort.SliceStable(fits, func(i, j int) bool { return fits[i].Score > fits[j].Score })
	best := fits[0]
	found := Found{State: Recognised, Candidate: best, HeaderRecord: best.header.Record, Header: best.header.Names}
	for _, c := range fits[1:] {
		if c.Score == best.Score && (c.Channel != best.Channel || c.Kind != best.Kind) {
			found.State = Ambiguous
		}
	}
	if found.State == Ambiguous {
		for _, c := range fits {
			if c.Score == best.Score {
				found.Candidates = append(found.Candidates, c)
			}
		}
	}
	return found, true
}

// score counts the format's columns in h; false when a key is missing.
func (f FileFormat) score(h *Header) (int, bool) {
	if len(f.Keys) == 0 {
		return 0, false
	}
	for _, k := range f.Keys {
		if !h.Has(k) {
			return 0, false
		}
	}
	for _, w := range f.Without {
		if h.Has(w) {
			return 0, false
		}
	}
	n := len(f.Keys)
	for _, m := range f.Marks {
		if h.Has(m) {
			n++
		}
	}
	return n, true
}

// Batch is what is read together: one sheet, or the parts of a pair.
type Batch struct {
	Channel string
	Format  int
	Kind    Kind
	Sources []Source
	// Lacks is a kind of file that would complete the batch, empty where it is whole.
	Lacks Kind
}

// Plan turns recognised sheets into batches and joins order, detail and receiver
// files of the same channel. Unknown and ambiguous sheets are left out: make their
// batch with As.
func Plan(found []Found) []Batch {
	var out []Batch
	headers := map[string]int{} // channel -> batch of its order file that waits for details
	for pass := range 2 {
		for _, f := range found {
			if f.State != Recognised {
				continue
			}
			partner := f.Kind == OrderDetails || f.Kind == Receivers
			if partner != (pass == 1) {
				continue
			}
			if i, ok := headers[f.Channel]; ok && partner {
				out[i].Sources = append(out[i].Sources, f.source())
				if f.Kind == out[i].Lacks {
					out[i].Lacks = ""
				}
				continue
			}
			b := Batch{Channel: f.Channel, Format: f.Format, Kind: f.Kind, Sources: []Source{f.source()}}
			if i, ok := headers[f.Channel]; ok && f.Kind == Orders {
				// Several order files of a channel that needs details share them.
				out[i].Sources = append(out[i].Sources, f.source())
				continue
			}
			switch {
			case f.Needs != "":
				headers[f.Channel], b.Lacks = len(out), f.Needs
			case partner:
				b.Lacks = Orders
			}
			out = append(out, b)
		}
	}
	return out
}

// As makes a batch of a sheet that a person assigned to a format. headerRecord 0
// keeps the detected one.
//
// Errors: ErrUnknownFile, and those of kit/sheet.
func As(all []Manifest, f Found, code string, format, headerRecord int) (Batch, error) {
	m, ok := Find(all, code)
	if !ok || format < 0 || format >= len(m.Files) {
		return Batch{}, ErrUnknownFile
	}
	src := f.source()
	src.Kind = m.Files[format].Kind
	if headerRecord > 0 {
		src.Header = nil
		head, err := f.Sheet.Head(headerRecord)
		if err != nil {
			return Batch{}, err
		}
		for _, rec := range head {
			if rec.No == headerRecord {
				src.Header = NewHeader(rec.No, rec.Cells)
			}
		}
		if src.Header == nil {
			return Batch{}, ErrUnknownFile
		}
	}
	return Batch{Channel: code, Format: format, Kind: src.Kind, Sources: []Source{src}}, nil
}

func (f Found) source() Source {
	return Source{File: f.File, Kind: f.Kind, Name: f.Name, Sheet: f.Sheet, Header: f.header}
}
