package backup

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"
)

const (
	format   = 1
	maxFrame = 1 << 20
)

// Header is the first frame: what a restore must know before it begins.
type Header struct {
	Format    int    `json:"format"`
	Engine    string `json:"engine"` // sqlite | postgres
	Schema    int64  `json:"schema"` // number of the last migration
	CreatedAt int64  `json:"created_at"`
	Product   string `json:"product"` // version of the program
	// MasterKeyID tells master keys apart without revealing one.
	MasterKeyID string `json:"master_key_id"`
	// MasterKeyInside is false where the key is kept elsewhere.
	MasterKeyInside bool `json:"master_key_inside"`
}

// Part is one table, or SQLite's file.
type Part struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Closing is the last frame. Tables counts the rows of every table.
type Closing struct {
	Parts  []Part           `json:"parts"`
	Tables map[string]int64 `json:"tables"`
	SHA256 string           `json:"sha256"`
}

// Rows is how many rows the backup holds.
func (c Closing) Rows() (n int64) {
	for _, t := range c.Tables {
		n += t
	}
	return n
}

// KeyID names a master key without revealing it.
func KeyID(key []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("ordercove backup: which master key"))
	return hex.EncodeToString(m.Sum(nil)[:12])
}

type partStart struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"`
}

// writer writes frames and sums up what went through it.
type writer struct {
	out      io.WriteCloser
	all, one hash.Hash
	part     Part
	closing  Closing
	progress func(part string, bytes int64)
}

func newWriter(out io.Writer, to []age.Recipient, progress func(string, int64)) (*writer, error) {
	enc, err := age.Encrypt(out, to...)
	if err != nil {
		return nil, err
	}
	return &writer{out: enc, all: sha256.New(), one: sha256.New(), progress: progress, closing: Closing{Tables: map[string]int64{}}}, nil
}

func (w *writer) frame(kind byte, payload []byte) error {
	head := [5]byte{kind}
	binary.BigEndian.PutUint32(head[1:], uint32(len(payload)))
	w.all.Write(head[:])
	w.all.Write(payload)
	if _, err := w.out.Write(head[:]); err != nil {
		return err
	}
	_, err := w.out.Write(payload)
	return err
}

func (w *writer) record(kind byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(b) > maxFrame {
		return fmt.Errorf("backup: a record of %d bytes", len(b))
	}
	return w.frame(kind, b)
}

func (w *writer) begin(s partStart) error {
	w.part = Part{Name: s.Name}
	w.one.Reset()
	return w.record('T', s)
}

// Write adds data to the part that began last.
func (w *writer) Write(p []byte) (int, error) {
	n := 0
	for len(p) > 0 {
		piece := p[:min(len(p), maxFrame)]
		if err := w.frame('D', piece); err != nil {
			return n, err
		}
		w.one.Write(piece)
		n += len(piece)
		w.part.Bytes += int64(len(piece))
		p = p[len(piece):]
	}
	w.progress(w.part.Name, w.part.Bytes)
	return n, nil
}

func (w *writer) end(rows int64) error {
	w.part.Rows, w.part.SHA256 = rows, hex.EncodeToString(w.one.Sum(nil))
	w.closing.Parts = append(w.closing.Parts, w.part)
	return w.record('E', w.part)
}

func (w *writer) close() (Closing, error) {
	w.closing.SHA256 = hex.EncodeToString(w.all.Sum(nil))
	if err := w.record('Z', w.closing); err != nil {
		return w.closing, err
	}
	return w.closing, w.out.Close()
}

// Reader reads a backup from its beginning to its end, once.
type Reader struct {
	Header    Header
	MasterKey []byte // as its file holds it; nil where it is not inside

	in       *bufio.Reader
	all      hash.Hash
	parts    []Part
	progress func(part string, bytes int64)
}

// OpenReader opens a backup and reads its header.
//
// Errors: ErrKey, ErrDamaged, ErrNewer.
func OpenReader(in io.Reader, with []age.Identity, progress func(part string, bytes int64)) (*Reader, error) {
	plain, err := age.Decrypt(bufio.NewReaderSize(in, 256<<10), with...)
	if err != nil {
		var other *age.NoIdentityMatchError
		if errors.As(err, &other) {
			return nil, ErrKey.Because(err)
		}
		return nil, ErrDamaged.Because(err)
	}
	r := &Reader{in: bufio.NewReaderSize(plain, 256<<10), all: sha256.New(), progress: progress}
	kind, b, err := r.frame()
	if err != nil || kind != 'H' {
		return nil, damaged(err, "no header")
	}
	// A newer format may have changed everything but the number.
	var which struct {
		Format  int    `json:"format"`
		Product string `json:"product"`
	}
	if err := json.Unmarshal(b, &which); err != nil {
		return nil, ErrDamaged.Because(err)
	}
	if which.Format > format {
		return nil, ErrNewer.With("version", which.Product)
	}
	if err := json.Unmarshal(b, &r.Header); err != nil {
		return nil, ErrDamaged.Because(err)
	}
	if r.Header.MasterKeyInside {
		if kind, r.MasterKey, err = r.frame(); err != nil || kind != 'K' {
			return nil, damaged(err, "no master key")
		}
	}
	return r, nil
}

func damaged(err error, otherwise string) error {
	if err == nil {
		err = errors.New(otherwise)
	}
	return ErrDamaged.Because(err)
}

func (r *Reader) frame() (kind byte, payload []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return 0, nil, fmt.Errorf("the end is missing: %w", err)
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes", n)
	}
	payload = make([]byte, n)
	if _, err := io.ReadFull(r.in, payload); err != nil {
		return 0, nil, fmt.Errorf("the end is missing: %w", err)
	}
	if head[0] != 'Z' { // the closing record sums up what stands before it
		r.all.Write(head[:])
		r.all.Write(payload)
	}
	return head[0], payload, nil
}

// each calls f for every part with its data, and returns the closing record once
// everything has proved itself. f reads its part to the end; rows is what the end
// of the part says, known only then.
//
// Errors: ErrDamaged, and f's.
func (r *Reader) each(f func(s partStart, data io.Reader) error) (Closing, error) {
	for {
		kind, b, err := r.frame()
		if err != nil {
			return Closing{}, ErrDamaged.Because(err)
		}
		switch kind {
		case 'T':
			var s partStart
			if err := json.Unmarshal(b, &s); err != nil {
				return Closing{}, ErrDamaged.Because(err)
			}
			d := &partReader{r: r, part: Part{Name: s.Name}, sum: sha256.New()}
			if err := f(s, d); err != nil {
				if d.err != nil && !errors.Is(d.err, io.EOF) {
					err = d.err // why the data ended says more than that it ended
				}
				return Closing{}, err
			}
			if !d.done {
				return Closing{}, fmt.Errorf("backup: %s was not read to its end", s.Name)
			}
			r.parts = append(r.parts, d.part)
		case 'Z':
			return r.finish(b)
		default:
			return Closing{}, ErrDamaged.Because(fmt.Errorf("an unexpected frame %q", kind))
		}
	}
}

func (r *Reader) finish(b []byte) (Closing, error) {
	var c Closing
	if err := json.Unmarshal(b, &c); err != nil {
		return c, ErrDamaged.Because(err)
	}
	if c.SHA256 != hex.EncodeToString(r.all.Sum(nil)) || len(c.Parts) != len(r.parts) {
		return c, ErrDamaged.Because(errors.New("the closing record tells of another content"))
	}
	for i, p := range c.Parts {
		if p != r.parts[i] {
			return c, ErrDamaged.Because(fmt.Errorf("the closing record tells of another %s", p.Name))
		}
	}
	// Only the end of the stream proves that its last piece is the last one.
	if n, err := io.Copy(io.Discard, r.in); err != nil || n > 0 {
		return c, damaged(err, "data after the closing record")
	}
	return c, nil
}

// partReader gives the data of one part.
type partReader struct {
	r    *Reader
	rest []byte
	part Part
	sum  hash.Hash
	done bool
	err  error
}

func (d *partReader) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		kind, b, err := d.r.frame()
		switch {
		case err != nil:
			d.err = ErrDamaged.Because(err)
		case kind == 'D':
			d.sum.Write(b)
			d.part.Bytes += int64(len(b))
			d.rest = b
			d.r.progress(d.part.Name, d.part.Bytes)
		case kind == 'E':
			d.err = d.end(b)
		default:
			d.err = ErrDamaged.Because(fmt.Errorf("an unexpected frame %q", kind))
		}
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func (d *partReader) end(b []byte) error {
	var e Part
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&e); err != nil {
		return ErrDamaged.Because(err)
	}
	d.part.Rows, d.part.SHA256 = e.Rows, hex.EncodeToString(d.sum.Sum(nil))
	if e != d.part {
		return ErrDamaged.Because(fmt.Errorf("%s differs from its own record", d.part.Name))
	}
	d.done = true
	return io.EOF
}
