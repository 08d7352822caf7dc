package pull

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// endless is a list that never ends.
const endless = 20_000

// tries is how often one page is asked for within one reading of a window.
const tries = 3

// source is one list of a channel.
type source struct {
	list   func(context.Context, channel.Query) (channel.Page, error)
	axis   channel.Stream
	cursor bool
	size   int
	most   int // pages of one window, 0 is unbounded
}

// reading is what one pass over a window saw.
type reading struct {
	seen map[string]struct{}
	// serverAt is the channel's clock when the reading began, 0 where it tells none.
	serverAt int64
	pages    int
}

// read lists a window whole and hands each page's items to take, in an order in
// which orders that leave the window meanwhile hide no other.
//
// Errors: ErrIncomplete, those of List and those of take.
func (s source) read(ctx context.Context, from, to int64, take func(context.Context, []channel.Item) error) (reading, error) {
	p := &pass{source: s, q: channel.Query{Stream: s.axis, From: from, To: to, Size: s.size}, take: take, got: reading{seen: map[string]struct{}{}}}
	var err error
	switch {
	case s.cursor:
		err = p.forward(ctx)
	default:
		err = p.backward(ctx)
	}
	if errors.Is(err, channel.ErrPaging) {
		err = p.incomplete(-1).Because(err)
	}
	return p.got, err
}

// pass is one reading under way.
type pass struct {
	source
	q    channel.Query
	take func(context.Context, []channel.Item) error
	got  reading
}

func (p *pass) incomplete(want int) *errs.Error {
	return ErrIncomplete.With("want", want, "got", len(p.got.seen))
}

// ask gets one page; what may pass by itself is asked again at once.
func (p *pass) ask(ctx context.Context, page int, cursor string) (channel.Page, error) {
	q := p.q
	q.Page, q.Cursor = page, cursor
	var err error
	for range tries {
		var got channel.Page
		if got, err = p.list(ctx, q); err == nil {
			if p.got.serverAt == 0 {
				p.got.serverAt = got.ServerAt
			}
			p.got.pages++
			return got, nil
		}
		if !passing(err) || ctx.Err() != nil {
			break
		}
	}
	return channel.Page{}, err
}

// passing reports an error that another call may not meet.
func passing(err error) bool {
	return errors.Is(err, channel.ErrUnavailable) || errors.Is(err, channel.ErrAnswer) || errors.Is(err, channel.ErrUnknownOutcome)
}

// keep hands a page's items on and remembers their numbers.
func (p *pass) keep(ctx context.Context, items []channel.Item) error {
	for _, i := range items {
		p.got.seen[i.No] = struct{}{}
	}
	return p.take(ctx, items)
}

// beyond reports more pages than a window may have.
func (p *pass) beyond(pages int) bool { return pages > endless || p.most > 0 && pages > p.most }

// forward follows cursors.
func (p *pass) forward(ctx context.Context) error {
	cursor, total := "", -1
	for n := 1; ; n++ {
		if p.beyond(n) {
			return channel.ErrWindow.With("channel_code", "pages")
		}
		page, err := p.ask(ctx, n, cursor)
		if err != nil {
			return err
		}
		if err := p.keep(ctx, page.Items); err != nil {
			return err
		}
		if page.Total >= 0 {
			total = page.Total
		}
		if !page.More {
			break
		}
		if page.Next == "" || page.Next == cursor {
			return p.incomplete(total)
		}
		cursor = page.Next
	}
	if len(p.got.seen) < total {
		return p.incomplete(total)
	}
	return nil
}

// backward reads numbered pages last to first: an order that changes leaves the
// window and moves the later ones towards the first page, which is still to come.
func (p *pass) backward(ctx context.Context) error {
	first, err := p.ask(ctx, 1, "")
	if err != nil {
		return err
	}
	if first.Total < 0 {
		return p.untold(ctx, first)
	}
	pages := (first.Total + p.size - 1) / p.size
	if p.beyond(pages) {
		return channel.ErrWindow.With("channel_code", "pages")
	}
	if pages <= 1 {
		if err := p.keep(ctx, first.Items); err != nil {
			return err
		}
		if len(p.got.seen) < first.Total {
			return p.incomplete(first.Total)
		}
		return nil
	}
	total := first.Total
	for n := pages; n >= 1; n-- {
		page, err := p.whole(ctx, n)
		if err != nil {
			return err
		}
		if err := p.keep(ctx, page.Items); err != nil {
			return err
		}
		if page.Total > total {
			// Something came in and may have pushed others to pages that were read.
			return p.incomplete(page.Total)
		}
		if page.Total >= 0 {
			total = page.Total
		}
	}
	if len(p.got.seen) < total {
		return p.incomplete(total)
	}
	return nil
}

// whole gets a page with as many orders as its own total promises.
func (p *pass) whole(ctx context.Context, n int) (channel.Page, error) {
	for try := 1; ; try++ {
		page, err := p.ask(ctx, n, "")
		if err != nil {
			return page, err
		}
		want := min(p.size, page.Total-(n-1)*p.size)
		if page.Total < 0 || distinct(page.Items) >= want {
			return page, nil
		}
		if try == tries {
			return page, p.incomplete(page.Total)
		}
	}
}

func distinct(items []channel.Item) int {
	nos := make([]string, len(items))
	for i, x := range items {
		nos[i] = x.No
	}
	slices.Sort(nos)
	return len(slices.Compact(nos))
}

// untold reads pages of a list that tells no total: forward to find the last one,
// then back. A page before the last one must be full.
func (p *pass) untold(ctx context.Context, first channel.Page) error {
	if !first.More {
		return p.keep(ctx, first.Items)
	}
	last, page := 1, first
	for page.More {
		if last++; p.beyond(last) {
			return channel.ErrWindow.With("channel_code", "pages")
		}
		var err error
		if page, err = p.ask(ctx, last, ""); err != nil {
			return err
		}
	}
	for n := last; n >= 1; n-- {
		page, err := p.ask(ctx, n, "")
		if err != nil {
			return err
		}
		if err := p.keep(ctx, page.Items); err != nil {
			return err
		}
		if n < last && len(page.Items) < p.size || n == last && page.More {
			return p.incomplete(-1)
		}
	}
	return nil
}
