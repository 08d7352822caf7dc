package pull

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// SearchIndex asks a shop's channel with what its cipher texts of a plain phone or name
// are searched, in the app's turn and while ctx lasts. field is name or phone.
//
// Errors: shop.ErrNotFound for a shop that is not the actor's, channel.ErrUnsupported
// where nothing is ciphered or searched by API, channel.ErrThrottled while the app is
// banned, and what the channel says.
func (e *Engine) SearchIndex(ctx context.Context, shopID id.ID, field, plain string) (string, error) {
	sh, err := e.shops.Get(ctx, shopID)
	if err != nil {
		return "", err
	}
	if sh.Mode != shop.ModeAPI {
		return "", channel.ErrUnsupported
	}
	ctx = acting(ctx, merchantOf(ctx))
	line, err := e.access.Offline(ctx, shopID)
	if errors.Is(err, access.ErrNotFound) || errors.Is(err, access.ErrNoAPI) {
		return "", channel.ErrUnsupported
	}
	if err != nil {
		return "", err
	}
	if _, ok := line.Client.(channel.SearchIndexer); !ok {
		return "", channel.ErrUnsupported
	}
	c, err := e.Open(ctx, shopID) // takes a turn, so only where it is used
	if err != nil {
		return "", err
	}
	index, err := c.(channel.SearchIndexer).SearchIndex(ctx, field, plain)
	e.Told(ctx, shopID, err)
	return index, err
}
