package send

import (
	"context"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// reviewDays is the longest time whose reviews are asked for at once.
const reviewDays = 31

// ReviewFilter says which reviews; instants are unix milliseconds of their writing.
type ReviewFilter struct {
	ShopID   id.ID
	From, To int64
	Cursor   string
	Limit    int
}

// reviewPlace is where a list of reviews goes on.
type reviewPlace struct {
	Page   int    `json:"page"`
	Cursor string `json:"cursor,omitempty"`
}

// Reviews asks the channel for buyers' reviews (评价), as it has them now; nothing of
// them is stored. Permission review.reply.
//
// Errors: shop.ErrNotFound, ErrOffline, channel.ErrUnsupported, ErrBadRange,
// page.ErrCursor, and those of the channel.
func (s *Service) Reviews(ctx context.Context, f ReviewFilter) ([]channel.Review, string, error) {
	if err := actor.Require(ctx, PermitReply); err != nil {
		return nil, "", err
	}
	if _, err := s.shopFor(ctx, f.ShopID, channel.Reviews); err != nil {
		return nil, "", err
	}
	if f.From <= 0 || f.To <= f.From || f.To-f.From > reviewDays*24*3600*1000 {
		return nil, "", ErrBadRange.With("days", reviewDays).At("from")
	}
	at := reviewPlace{Page: 1}
	if err := page.Decode(f.Cursor, &at); err != nil || at.Page < 1 {
		return nil, "", page.ErrCursor
	}
	client, err := s.doors.Open(ctx, f.ShopID)
	if err != nil {
		return nil, "", err
	}
	reviewer, ok := client.(channel.Reviewer)
	if !ok {
		return nil, "", channel.ErrUnsupported
	}
	all, got, err := reviewer.ListReviews(ctx, channel.Query{Stream: channel.ByCreated, From: f.From, To: f.To, Page: at.Page, Cursor: at.Cursor,
		Size: min(page.Limit(f.Limit), 20)}) // 20 is what every channel that has reviews gives
	s.doors.Told(ctx, f.ShopID, err)
	if err != nil {
		return nil, "", err
	}
	if !got.More {
		return all, "", nil
	}
	return all, page.Encode(reviewPlace{at.Page + 1, got.Next}), nil
}
