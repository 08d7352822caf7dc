package wire

import (
	"context"
	"strconv"
	"sync"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Company is a carrier in a channel's own list.
type Company struct{ ID, Code, Name string }

// Companies finds a carrier in a channel's list of companies. The list is asked
// once a day.
type Companies struct {
	mu    sync.Mutex
	until int64
	known []Company
}

const companiesFor = 24 * 60 * 60 * 1000

// Find returns the company that is our carrier. ask reads the channel's list; now
// is in unix milliseconds. Errors: those of ask; ErrRefused where the list has no
// such carrier.
func (c *Companies) Find(ctx context.Context, now int64, carrier string, ask func(context.Context) ([]Company, error)) (Company, error) {
	c.mu.Lock()
	known, fresh := c.known, now < c.until
	c.mu.Unlock()
	if !fresh {
		asked, err := ask(ctx)
		if err != nil {
			return Company{}, err
		}
		known = asked
		c.mu.Lock()
		c.known, c.until = asked, now+companiesFor
		c.mu.Unlock()
	}
	if one, ok := pick(known, carrier); ok {
		return one, nil
	}
	return Company{}, channel.Told(channel.ErrRefused, "carrier", "no carrier "+strconv.Quote(carrier)+" in the channel's list")
}

// pick prefers the carrier's own name; of several others that mean the carrier the
// first of the channel's list counts. A name nobody knows leaves the channel's code.
func pick(known []Company, carrier string) (Company, bool) {
	own, ours := logistics.Get(carrier)
	var found Company
	for _, one := range known {
		got, ok := logistics.Find(one.Name)
		if !ok {
			got, ok = logistics.Find(one.Code)
		}
		switch {
		case ours && one.Name == own.NameZH, !ours && (one.Code == carrier || one.Name == carrier):
			return one, true
		case ours && ok && got.Code == carrier && found == Company{}:
			found = one
		}
	}
	return found, found != Company{}
}
