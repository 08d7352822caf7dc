// Package word finds the orders whose channel told a status we do not know (平台状态
// 无法识别): they are held under that word, as it came, until it is known.
//
// Owns nothing. Does not own: when the hold begins and ends (order), what a word
// means (channel).
package word

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Count is how many orders of a shop are held under one word.
type Count struct {
	Word   string
	Orders int64
}

// Most bounds the orders that Counts looks at: beyond, many is enough to know.
const Most = 1000

// Counts lists the words under which a shop's orders are held.
func Counts(ctx context.Context, q db.Querier, m, shop id.ID) ([]Count, error) {
	var out []Count
	for row := range db.Each(ctx, q, countWords, m, shop, Most) {
		var c Count
		if err := row.Scan(&c.Word, &c.Orders); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Held is one order that waits for its word.
type Held struct {
	OrderID, ShopID id.ID
	No              string // the channel's number
	Word            string
}

// After lists held orders of a channel, all shops, by id, those after the given one.
func After(ctx context.Context, q db.Querier, m id.ID, channel string, after id.ID, limit int) ([]Held, error) {
	var out []Held
	for row := range db.Each(ctx, q, selectHeld, m, after, channel, limit) {
		var h Held
		if err := row.Scan(&h.OrderID, &h.ShopID, &h.No, &h.Word); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}
