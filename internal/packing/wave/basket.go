package wave

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// basketCode is what a basket carries: the code of its wave and its number, W261122-003#7, also
// with a blank or a dash between them.
var basketCode = regexp.MustCompile(`^(W\d{6}-\d{3,})\s*[#\-]\s*(\d{1,4})$`)

// Basket finds the fulfillment order whose goods are in the basket with this code, 0 for none.
// Of a wave that has ended too: its parcels are still on their way to a bench.
func (s *Service) Basket(ctx context.Context, q db.Querier, code string) (out id.ID, err error) {
	m := basketCode.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(code)))
	if m == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return 0, err
	}
	err = q.QueryRow(ctx, selectBasket, actor.Merchant(ctx), m[1], n).Scan(&out)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return out, err
}
