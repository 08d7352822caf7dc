package audit

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// RecordTx writes entries of one merchant, in their order, in the caller's transaction.
// It is the Record function of the command pipe; use cases that run outside the pipe call
// that.
func (s *Service) RecordTx(ctx context.Context, tx *db.Tx, all ...command.Entry) error {
	rows := make([][]any, len(all))
	for i, e := range all {
		detail := []byte("{}")
		if len(e.Detail) > 0 {
			var err error
			if detail, err = json.Marshal(e.Detail); err != nil {
				return err
			}
		}
		a := e.Actor
		rows[i] = []any{a.MerchantID, s.k.IDs.New(), e.At, string(a.Kind), a.ID, a.Name, e.Action, e.Object, string(detail), a.RequestID, a.IP}
	}
	_, err := tx.Insert(ctx, "audit_entry", entryColumns, rows, "")
	if err == nil && len(all) > 0 {
		m := all[0].Actor.MerchantID
		tx.AfterCommit(func() { s.mark(m); s.wake() })
	}
	return err
}
