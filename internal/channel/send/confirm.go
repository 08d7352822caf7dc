package send

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ask reads the order as the channel has it now.
func (t *task) ask(ctx context.Context) (channel.Order, error) {
	var item channel.Item
	err := t.call(ctx, func(ctx context.Context) (err error) {
		item, err = t.client.Get(ctx, t.ChannelNo)
		return err
	})
	if err != nil {
		return channel.Order{}, err
	}
	return t.client.Map(item.Raw)
}

// shown asks whether the channel has the parcel.
func (t *task) shown(ctx context.Context, p fulfillment.Parcel) (bool, error) {
	doc, err := t.ask(ctx)
	if err != nil {
		return false, err
	}
	same := func(w channel.Waybill) bool { return strings.EqualFold(strings.TrimSpace(w.No), p.WaybillNo) }
	return doc.Waybill != nil && same(*doc.Waybill) || slices.ContainsFunc(doc.Waybills, same), nil
}

// gone asks whether the channel knows that the whole order has left.
func (t *task) gone(ctx context.Context) (bool, error) {
	doc, err := t.ask(ctx)
	return err == nil && (doc.Status == channel.Shipped || doc.Status == channel.Delivered || doc.Status == channel.Completed), err
}

// found is the outcome of having looked: done with its parcels, or the error of
// looking, after which nothing is known still.
func (t *task) found(err error, parcels ...id.ID) outcome {
	if err == nil {
		return outcome{state: Done, parcels: parcels, refetch: t.Kind != Ship}
	}
	o := judge(err)
	if o.state == Refused {
		o.state, o.err = Uncertain, err
	}
	o.unknown = true
	return o
}

// settle makes a call and the outcome of effects for which "it has happened already"
// is as good as done.
func (t *task) settle(ctx context.Context, do func(context.Context) error) outcome {
	err := t.call(ctx, do)
	if errors.Is(err, channel.ErrDone) {
		err = nil
	}
	return judge(err)
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
