package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// FindingKind says what is wrong with a chain.
type FindingKind string

const (
	Edited        FindingKind = "edited"         // an entry is not what was chained
	Missing       FindingKind = "missing"        // a number is not there
	Relinked      FindingKind = "relinked"       // an entry does not follow the one before it
	TailCut       FindingKind = "tail_cut"       // the chain once was longer
	BadCheckpoint FindingKind = "bad_checkpoint" // a signature is wrong, or the chain had another hash there
	Unsealed      FindingKind = "unsealed"       // an old entry is still without a number
)

// Finding is one thing that Verify found wrong, at a number of the chain.
type Finding struct {
	Kind FindingKind `json:"kind"`
	Seq  int64       `json:"seq"`
	ID   id.ID       `json:"id"`
}

// Report is the state of one merchant's chain. A sound one has no findings.
type Report struct {
	MerchantID  id.ID     `json:"merchant_id"`
	Entries     int64     `json:"entries"` // in the chain
	LastSeq     int64     `json:"last_seq"`
	LastHash    string    `json:"last_hash"` // hex
	Checkpoints int64     `json:"checkpoints"`
	Unsealed    int64     `json:"unsealed"` // waiting for a number, at most 500 counted
	Findings    []Finding `json:"findings"`
}

// unsealedAfter is when an entry without a number is no longer a matter of waiting.
const unsealedAfter = time.Minute

// maxFindings bounds a report on a ruined chain.
const maxFindings = 1000

// Verify (校验操作日志) reads a merchant's whole chain and reports edits, deletions,
// swaps and cuts of the tail. kept are checkpoints that were exported earlier; they
// alone prove a cut by someone who rewrote the end of the chain as well.
func (s *Service) Verify(ctx context.Context, m id.ID, kept []Checkpoint) (Report, error) {
	v := &verifier{Report: Report{MerchantID: m, Findings: []Finding{}}, prev: genesis, at: map[int64][][]byte{}}
	var c chain
	err := s.k.DB.QueryRow(ctx, selectChain, m).Scan(&c.seq, &c.hash, &c.publicKey, &c.sealedKey)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return v.Report, err
	}
	if c.seq > 0 {
		// Entries chained while this runs only make the chain longer than its row said.
		v.at[c.seq] = append(v.at[c.seq], c.hash)
	}
	if err := s.checkpoints(ctx, v, m, c, kept); err != nil {
		return v.Report, err
	}
	for {
		page, err := entries(ctx, s.k.DB, selectChained, m, v.LastSeq, int64(batch))
		if err != nil {
			return v.Report, err
		}
		for _, e := range page {
			if err := v.entry(e); err != nil {
				return v.Report, err
			}
		}
		if len(page) < batch {
			break
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(v.at)) {
		if seq > v.LastSeq { // known to have been, and not there
			v.found(TailCut, seq, 0)
		}
	}
	v.LastHash = hex.EncodeToString(v.prev)
	waiting, err := entries(ctx, s.k.DB, selectUnsealed(s.k.DB.Dialect), m, int64(batch))
	v.Unsealed = int64(len(waiting))
	for _, e := range waiting {
		if clock.Millis(s.k.Clock)-e.At > unsealedAfter.Milliseconds() {
			v.found(Unsealed, 0, e.ID)
		}
	}
	return v.Report, err
}

type verifier struct {
	Report
	prev []byte
	// at are the hashes that checkpoints sign for, by number, until met.
	at map[int64][][]byte
}

func (v *verifier) found(k FindingKind, seq int64, i id.ID) {
	if len(v.Findings) < maxFindings {
		v.Findings = append(v.Findings, Finding{k, seq, i})
	}
}

func (v *verifier) entry(e Entry) error {
	if e.Seq != v.LastSeq+1 {
		v.found(Missing, v.LastSeq+1, 0)
	} else if !bytes.Equal(e.PrevHash, v.prev) {
		v.found(Relinked, e.Seq, e.ID)
	}
	want, err := chainHash(v.MerchantID, e.PrevHash, e)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, e.Hash) {
		v.found(Edited, e.Seq, e.ID)
	}
	for _, hash := range v.at[e.Seq] {
		if !bytes.Equal(hash, e.Hash) {
			v.found(BadCheckpoint, e.Seq, e.ID)
		}
	}
	delete(v.at, e.Seq)
	v.Entries++
	v.LastSeq, v.prev = e.Seq, e.Hash
	return nil
}

// checkpoints gathers what was signed for, in the database and outside.
func (s *Service) checkpoints(ctx context.Context, v *verifier, m id.ID, c chain, kept []Checkpoint) error {
	for row := range db.Each(ctx, s.k.DB, selectCheckpoints, m) {
		var seq, at int64
		var hash, sig []byte
		if err := row.Scan(&seq, &hash, &at, &sig); err != nil {
			return err
		}
		v.Checkpoints++
		if len(c.publicKey) != ed25519.PublicKeySize || !ed25519.Verify(c.publicKey, checkpointText(m, seq, hash, at), sig) {
			v.found(BadCheckpoint, seq, 0)
			continue
		}
		v.at[seq] = append(v.at[seq], hash)
	}
	for _, k := range kept {
		if k.MerchantID != m {
			continue
		}
		hash, err := hex.DecodeString(k.Hash)
		if err != nil || !k.Valid() {
			v.found(BadCheckpoint, k.Seq, 0)
			continue
		}
		v.at[k.Seq] = append(v.at[k.Seq], hash)
	}
	return nil
}
