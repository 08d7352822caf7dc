package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// canonical is what the chain covers, in this order of fields; numbers are
// decimal, ids are strings, detail is the stored text. Outside programs rebuild it
// to check an export.
type canonical struct {
	MerchantID id.ID  `json:"merchant_id"`
	Seq        int64  `json:"seq"`
	ID         id.ID  `json:"id"`
	At         int64  `json:"at"`
	ActorKind  string `json:"actor_kind"`
	ActorID    id.ID  `json:"actor_id"`
	ActorName  string `json:"actor_name"`
	Action     string `json:"action"`
	Object     string `json:"object"`
	Detail     string `json:"detail"`
	RequestID  string `json:"request_id"`
	IP         string `json:"ip"`
}

var genesis = make([]byte, sha256.Size)

// chainHash is the hash of an entry at its number, given the one before it.
func chainHash(m id.ID, prev []byte, e Entry) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(canonical{m, e.Seq, e.ID, e.At, e.ActorKind, e.ActorID, e.ActorName, e.Action, e.Object, e.Detail, e.RequestID, e.IP})
	h := sha256.New()
	h.Write(prev)
	h.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return h.Sum(nil), err
}

// Checkpoint states, signed, that the chain had a hash at a number. Keep it where
// nobody who can write to the database can write.
type Checkpoint struct {
	MerchantID id.ID  `json:"merchant_id"`
	Seq        int64  `json:"seq"`
	Hash       string `json:"hash"`       // hex
	At         int64  `json:"at"`         // unix ms
	PublicKey  string `json:"public_key"` // hex, ed25519
	Signature  string `json:"signature"`  // hex
}

func checkpointText(m id.ID, seq int64, hash []byte, at int64) []byte {
	return fmt.Appendf(nil, "ordercove audit checkpoint\n%d\n%d\n%x\n%d\n", m, seq, hash, at)
}

// Valid says that the signature fits the statement and its public key.
func (c Checkpoint) Valid() bool {
	key, err1 := hex.DecodeString(c.PublicKey)
	hash, err2 := hex.DecodeString(c.Hash)
	sig, err3 := hex.DecodeString(c.Signature)
	if err1 != nil || err2 != nil || err3 != nil || len(key) != ed25519.PublicKeySize {
		return false
	}
	return ed25519.Verify(key, checkpointText(c.MerchantID, c.Seq, hash, c.At), sig)
}
