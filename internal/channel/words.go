package channel

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// SavedWords are the status words that a person mapped for a channel, once, whether
// a file or an API brought them.
func SavedWords(ctx context.Context, q db.Querier, code string) (map[string]Status, error) {
	rows, err := q.Query(ctx, selectWords, actor.Merchant(ctx), code)
	if err != nil {
		return nil, err
	}
	return scanWords(rows)
}

// CheckWord refuses what no status word can mean. Errors: ErrBadWord.
func CheckWord(word string, s Status) error { return checkWords(map[string]Status{word: s}) }

// SaveWordTx remembers what a status word of a channel means. now is unix milliseconds.
func SaveWordTx(ctx context.Context, tx *db.Tx, code, word string, s Status, now int64) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, putWord, a.MerchantID, code, word, string(s), a.ID, now)
	return err
}
