package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// Limits bound one file. A zero field means its default.
type Limits struct {
	FileBytes     int64 // size of the file as uploaded
	UnzippedBytes int64 // sum over the parts of an XLSX
	Ratio         int64 // unzipped over zipped, of a part above ratioFloor
	Rows          int64 // records of one sheet
	Columns       int   // cells of one record
	CellBytes     int   // one cell, UTF-8
	StringBytes   int64 // the shared string table of an XLSX, held in memory
	Sheets        int
}

// ratioFloor exempts small parts from the ratio: they cannot hurt.
const ratioFloor = 16 << 20

// DefaultLimits hold a year of one busy shop and refuse a bomb.
func DefaultLimits() Limits {
	return Limits{
		FileBytes: 200 << 20, UnzippedBytes: 1 << 30, Ratio: 100, Rows: 1_048_576,
		Columns: 1024, CellBytes: 64 << 10, StringBytes: 40 << 20, Sheets: 64,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	set := func(v *int64, def int64) {
		if *v <= 0 {
			*v = def
		}
	}
	set(&l.FileBytes, d.FileBytes)
	set(&l.UnzippedBytes, d.UnzippedBytes)
	set(&l.Ratio, d.Ratio)
	set(&l.Rows, d.Rows)
	set(&l.StringBytes, d.StringBytes)
	if l.Columns <= 0 {
		l.Columns = d.Columns
	}
	if l.CellBytes <= 0 {
		l.CellBytes = d.CellBytes
	}
	if l.Sheets <= 0 {
		l.Sheets = d.Sheets
	}
	return l
}

// Format is the container of a table.
type Format string

const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Stop, returned by the function given to Each, ends the reading without an error.
var Stop = errors.New("sheet: stop")

// Book is one opened file. It keeps the io.ReaderAt and may be read many times,
// by one goroutine at a time.
type Book struct {
	Name     string
	Format   Format
	Encoding string // of a CSV: utf-8, utf-8-bom, gb18030, utf-16le, utf-16be
	Sheets   []*Sheet

	r    io.ReaderAt
	size int64
	lim  Limits
	csv  dialect
	x    *xlsxParts
}

// Sheet is one table of a Book; a CSV has exactly one, without a name.
type Sheet struct {
	Name   string
	Hidden bool

	book *Book
	part string // the XLSX part
	// counted says that the part holds no more rows than the limit.
	counted bool
}

// Book is the file the sheet is in.
func (s *Sheet) Book() *Book { return s.book }

// Open recognises the container and the encoding and reads no more than it must.
// name is used for nothing but the message to people; content decides.
//
// Errors: ErrEmpty, ErrUnreadable, ErrTooLarge, ErrEncrypted, ErrOldExcel, ErrNotTable.
func Open(name string, r io.ReaderAt, size int64, lim Limits) (*Book, error) {
	lim = lim.orDefault()
	if size == 0 {
		return nil, ErrEmpty
	}
	if size > lim.FileBytes {
		return nil, tooLarge("file_bytes", lim.FileBytes)
	}
	head := make([]byte, min(size, 8192))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, ErrUnreadable.Because(err)
	}
	b := &Book{Name: name, r: r, size: size, lim: lim}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		b.Format = XLSX
		return b, b.openXLSX()
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, b.oldContainer()
	}
	if looksLikeMarkup(head) {
		return nil, ErrNotTable
	}
	b.Format = CSV
	return b, b.openCSV(head)
}

// Each calls fn for every record in order with its number and its cells as the
// file has them (not cleaned). The slice is reused; the strings are not. An
// error of fn ends the reading and is returned, Stop ends it without one.
//
// Errors: ErrUnreadable, ErrTooLarge, ErrEncrypted.
func (s *Sheet) Each(fn func(no int, cells []string) error) error {
	var err error
	if s.book.Format == CSV {
		err = s.book.eachCSV(fn)
	} else {
		err = s.book.eachXLSX(s, fn)
	}
	if errors.Is(err, Stop) {
		return nil
	}
	return err
}

// Head returns copies of at most n first records.
func (s *Sheet) Head(n int) ([]Record, error) {
	var out []Record
	err := s.Each(func(no int, cells []string) error {
		out = append(out, Record{no, append([]string(nil), cells...)})
		if len(out) >= n {
			return Stop
		}
		return nil
	})
	return out, err
}

// Record is one record kept beyond the call that gave it.
type Record struct {
	No    int
	Cells []string
}

// Blank tells whether no cell holds anything but blanks.
func Blank(cells []string) bool {
	for _, c := range cells {
		if Clean(c) != "" {
			return false
		}
	}
	return true
}

func looksLikeMarkup(head []byte) bool {
	s := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head[:min(len(head), 512)]), "\ufeff"), " \t\r\n"))
	for _, p := range []string{"<html", "<!doctype", "<table", "<?xml", "<head", "<meta", "<body", "<style"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// oldContainer tells an encrypted XLSX from a BIFF workbook: both are OLE files,
// and only the former has a stream named EncryptedPackage.
func (b *Book) oldContainer() error {
	mark := utf16le("EncryptedPackage")
	buf := make([]byte, 64<<10)
	for off := int64(0); off < b.size; off += int64(len(buf) - len(mark)) {
		n, err := b.r.ReadAt(buf, off)
		if bytes.Contains(buf[:n], mark) {
			return ErrEncrypted
		}
		if err != nil {
			break
		}
	}
	return ErrOldExcel
}

func utf16le(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}
