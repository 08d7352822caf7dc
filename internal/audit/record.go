package audit

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// RecordTx writes one entry in the caller's transaction. It is the Record function
// of the command pipe; use cases that run outside the pipe call that.
func (s *Service) RecordTx(ctx context.Context, tx *db.Tx, e command.Entry) error {
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return err
		}
	}
	a := e.Actor
	_, err := tx.Exec(ctx, insertEntry, a.MerchantID, s.k.IDs.New(), e.At, string(a.Kind), a.ID, a.Name, e.Action, e.Object, string(detail), a.RequestID, a.IP)
	if err == nil {
		tx.AfterCommit(func() { s.mark(a.MerchantID); s.wake() })
	}
	return err
}
