package channel

import (
	"context"
	"database/sql"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/shop"
)

// plan opens an import's files again and makes the batches of orders to read for
// a shop. Detection is cheap and gives the same answer each time, so nothing of
// an open file has to be remembered between detect, preview and run.
//
// Errors: ErrImportNothing, ErrImportShop, ErrPartMissing, ErrMappingIncomplete,
// and those of kit/sheet.
func (im *Importer) plan(ctx context.Context, one *Import, sh shop.Shop, m Mapping) ([]Batch, error) {
	var files []File
	for _, f := range one.stored {
		r, err := im.kit.Files.Open(ctx, f.file)
		if err != nil {
			return nil, err
		}
		book, err := sheet.Open(r.Name, r, r.Size(), sheet.DefaultLimits())
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: r.Name, Book: book})
	}
	found, err := Detect(im.all, files)
	if err != nil {
		return nil, err
	}
	var batches []Batch
	for i := range found {
		f := &found[i]
		switch f.State {
		case Ambiguous:
			f.choose(sh.Channel)
		case Unknown:
			b, ok, err := im.mapped(*f, m)
			if err != nil {
				return nil, err
			}
			if ok {
				batches = append(batches, b)
			}
		}
	}
	return im.ofShop(append(batches, Plan(found)...), sh)
}

// choose settles an ambiguous sheet by the shop's own channel.
func (f *Found) choose(code string) {
	for _, c := range f.Candidates {
		if c.Channel == code {
			f.State, f.Candidate = Recognised, c
			f.HeaderRecord, f.Header = c.header.Record, c.header.Names
			return
		}
	}
}

// mapped makes a batch of a table nobody knows, when its columns were mapped.
func (im *Importer) mapped(f Found, m Mapping) (Batch, bool, error) {
	if len(m) == 0 {
		return Batch{}, false, nil
	}
	for _, man := range im.all {
		for i, format := range man.Files {
			if format.Mapped && format.Kind == Orders {
				b, err := As(im.all, f, man.Code, i, 0)
				return b, err == nil, err
			}
		}
	}
	return Batch{}, false, nil
}

// ofShop keeps the batches of orders and cases, and refuses those of another channel.
func (im *Importer) ofShop(batches []Batch, sh shop.Shop) ([]Batch, error) {
	var out []Batch
	for _, b := range batches {
		if b.Lacks != "" && b.Kind != Orders {
			return nil, ErrPartMissing.With("kind", string(b.Lacks))
		}
		if b.Kind != Orders && (b.Kind != Aftersales || im.cases == nil) {
			continue
		}
		m, _ := Find(im.all, b.Channel)
		if b.Channel != sh.Channel && !m.Files[b.Format].Mapped {
			theirs, _ := Find(im.all, sh.Channel)
			return nil, ErrImportShop.With("file_channel", m.NameZH, "shop_channel", theirs.NameZH).At("shop_id")
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, ErrImportNothing
	}
	// Cases come after the orders that they are about.
	slices.SortStableFunc(out, func(a, b Batch) int { return turn(a.Kind) - turn(b.Kind) })
	return out, nil
}

func turn(k Kind) int {
	if k == Orders {
		return 0
	}
	return 1
}

// words are the status words saved for a channel, with those given now on top.
func (im *Importer) words(ctx context.Context, q db.Querier, code string, given map[string]Status) (map[string]Status, error) {
	out, err := SavedWords(ctx, q, code)
	if err != nil {
		return nil, err
	}
	for w, s := range given {
		out[w] = s
	}
	return out, nil
}

func scanWords(rows *sql.Rows) (map[string]Status, error) {
	defer rows.Close()
	out := map[string]Status{}
	for rows.Next() {
		var word string
		var status Status
		if err := rows.Scan(&word, &status); err != nil {
			return nil, err
		}
		out[word] = status
	}
	return out, rows.Err()
}

var statuses = []Status{PendingPayment, PartlyPaid, AwaitingShipment, PartlyShipped, Shipped, Delivered, Completed, Closed}

func checkWords(words map[string]Status) error {
	for w, s := range words {
		ok := false
		for _, x := range statuses {
			ok = ok || x == s
		}
		if !ok || Fold(w) == "" || len(w) > 200 {
			return ErrBadWord.With("word", w).At("status_words")
		}
	}
	return nil
}
