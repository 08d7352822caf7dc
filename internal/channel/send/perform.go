package send

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// task is an effect with all that is needed to perform it.
type task struct {
	Effect
	s        *Service
	client   channel.Client
	manifest channel.Manifest
	order    *order.Order // nil for effects that are about no order of ours
	body     body
	calls    int // made so far
}

// call makes one call in the app's turn and passes on what it met.
func (t *task) call(ctx context.Context, do func(context.Context) error) error {
	if t.calls++; t.calls > 1 {
		if err := t.s.doors.Turn(ctx, t.ShopID); err != nil {
			return err
		}
	}
	err := do(ctx)
	if err != nil && errs.As(err) == nil {
		err = channel.ErrUnknownOutcome.Because(err) // nobody says that it did not happen
	}
	t.s.doors.Told(ctx, t.ShopID, err)
	return err
}

// perform does one effect, or finds that it has happened. It sends requests and
// changes no row.
func (s *Service) perform(ctx context.Context, client channel.Client, e Effect) outcome {
	t := task{Effect: e, s: s, client: client}
	if err := t.load(ctx); err != nil {
		return judge(err)
	}
	var o outcome
	switch e.Kind {
	case Ship:
		o = t.ship(ctx)
	case ChangeWaybill:
		o = t.changeWaybill(ctx)
	case Note:
		o = t.note(ctx)
	case Close:
		o = t.close(ctx)
	case Price:
		o = t.price(ctx)
	case Address:
		o = t.address(ctx)
	case AddressAnswer:
		o = t.answerAddress(ctx)
	case Decide:
		o = t.decide(ctx)
	case ShipExchange:
		o = t.shipExchange(ctx)
	case Reply:
		o = t.reply(ctx)
	case Tell:
		o = t.tell(ctx)
	default:
		o = judge(channel.ErrUnsupported)
	}
	// An earlier silence is not forgotten while nothing has answered since.
	if o.state == Waiting && e.Unanswered {
		o.unknown = true
	}
	return o
}

func (t *task) load(ctx context.Context) error {
	sh, err := t.s.shops.Get(ctx, t.ShopID)
	if err != nil {
		return err
	}
	t.manifest, _ = t.s.manifest(sh.Channel)
	if t.OrderID != 0 {
		all, err := t.s.orders.LoadTx(ctx, t.s.k.DB, []id.ID{t.OrderID})
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrNotFound
		}
		t.order = &all[0]
	}
	t.body, err = t.s.bodyOf(ctx, t.Effect)
	return err
}

// ship tells the channel of a parcel in the way the channel takes it: by line,
// as a further parcel, or all parcels of the order together.
func (t *task) ship(ctx context.Context) outcome {
	parcels, _, err := t.s.parcels.Parcels(ctx, fulfillment.ParcelFilter{OrderID: t.OrderID, Limit: 200})
	if err != nil {
		return judge(err)
	}
	parcels = slices.DeleteFunc(parcels, func(p fulfillment.Parcel) bool { return p.CancelledAt != 0 || p.Kind == fulfillment.KindElsewhere })
	slices.SortFunc(parcels, func(a, b fulfillment.Parcel) int { return int(min(1, max(-1, a.ID-b.ID))) })
	at := slices.IndexFunc(parcels, func(p fulfillment.Parcel) bool { return p.ID == t.ParcelID })
	if at < 0 {
		return outcome{state: Dropped} // cancelled before the channel knew of it
	}
	parcel := parcels[at]
	if parcel.ReportedAt != 0 {
		return outcome{state: Done}
	}
	if parcel.WaybillNo == "" {
		return t.shipWithout(ctx, parcel)
	}
	// The channel knows parcels by their numbers.
	parcels = slices.DeleteFunc(parcels, func(p fulfillment.Parcel) bool { return p.WaybillNo == "" })
	if t.Unanswered {
		if seen, err := t.shown(ctx, parcel); err != nil || seen {
			return t.found(err, parcel.ID)
		}
	}
	req, err := t.request(ctx, parcel, parcels)
	if err != nil {
		return judge(err)
	}
	told := slices.ContainsFunc(parcels, func(p fulfillment.Parcel) bool { return p.ReportedAt != 0 })
	report := []id.ID{parcel.ID}
	switch {
	case t.manifest.Can(channel.ShipAtOnce):
		if !req.Last {
			return outcome{state: Waiting, after: askLater.Milliseconds()}
		}
		report = nil
		for _, p := range parcels {
			report = append(report, p.ID)
		}
		err = t.send(ctx, *req)
	case told && !t.manifest.Can(channel.ShipLines):
		appender, ok := t.client.(channel.ParcelAppender)
		if !ok {
			return judge(channel.ErrUnsupported)
		}
		err = t.call(ctx, func(ctx context.Context) error { return appender.AppendParcel(ctx, *req) })
	default:
		err = t.send(ctx, *req)
	}
	if errors.Is(err, channel.ErrDone) || errors.Is(err, channel.ErrRefused) {
		// Told by an attempt whose answer was lost, or by somebody in the back office.
		if seen, e := t.shown(ctx, parcel); e != nil || seen {
			return t.found(e, report...)
		}
		o := judge(err)
		o.state, o.refetch = Refused, true
		return o
	}
	o := judge(err)
	if err == nil {
		o.parcels = report
	}
	return o
}

// shipWithout tells the channel that an order left without a carrier, once nothing of it is
// left. A channel that cannot hear it is told by a person.
func (t *task) shipWithout(ctx context.Context, parcel fulfillment.Parcel) outcome {
	shipper, ok := t.client.(channel.NumberlessShipper)
	if !ok {
		return outcome{state: Refused, err: ErrNumberless}
	}
	if !t.complete() {
		return outcome{state: Waiting, after: askLater.Milliseconds()}
	}
	if t.Unanswered {
		if seen, err := t.gone(ctx); err != nil || seen {
			return t.found(err, parcel.ID)
		}
	}
	req, err := t.request(ctx, parcel, nil)
	if err != nil {
		return judge(err)
	}
	req.How = channel.Way(parcel.Kind)
	o := t.settle(ctx, func(ctx context.Context) error { return shipper.ShipWithoutNumber(ctx, *req) })
	if o.state == Done {
		o.parcels = []id.ID{parcel.ID}
	}
	return o
}

func (t *task) send(ctx context.Context, r channel.ShipRequest) error {
	shipper, ok := t.client.(channel.Shipper)
	if !ok {
		return channel.ErrUnsupported
	}
	return t.call(ctx, func(ctx context.Context) error { return shipper.Ship(ctx, r) })
}

// request describes the parcel in the channel's own numbers.
func (t *task) request(ctx context.Context, parcel fulfillment.Parcel, all []fulfillment.Parcel) (*channel.ShipRequest, error) {
	listings, err := t.listings(ctx)
	if err != nil {
		return nil, err
	}
	r := &channel.ShipRequest{Key: t.Key, OrderNo: t.ChannelNo, Carrier: parcel.Carrier, CarrierName: carrierName(parcel), Waybill: parcel.WaybillNo,
		Lines: t.lines(parcel, listings), Last: t.complete(), Text: t.goods()}
	for _, p := range all {
		r.All = append(r.All, channel.Parcel{Carrier: p.Carrier, CarrierName: carrierName(p), Waybill: p.WaybillNo, Lines: t.lines(p, listings)})
	}
	who, err := t.s.orders.ReceiversTx(ctx, t.s.k.DB, []id.ID{t.OrderID})
	if err != nil {
		return nil, err
	}
	r.ReceiverPhone = maskPhone(who[t.OrderID].Phone)
	r.Serials, err = t.serials(ctx, parcel)
	return r, err
}

// serials are the numbers of the pieces in the parcel, by the channel's line.
func (t *task) serials(ctx context.Context, parcel fulfillment.Parcel) (map[string][]string, error) {
	if t.s.serials == nil || parcel.FulfillmentOrderID == 0 {
		return nil, nil
	}
	all, err := t.s.serials(ctx, t.s.k.DB, []id.ID{parcel.FulfillmentOrderID})
	if err != nil {
		return nil, err
	}
	var out map[string][]string
	for _, l := range t.order.Lines { // the lines of this order: a merged parcel has others
		if len(all[l.ID]) == 0 || l.ChannelLineNo == "" {
			continue
		}
		if out == nil {
			out = map[string][]string{}
		}
		out[l.ChannelLineNo] = append(out[l.ChannelLineNo], all[l.ID]...)
	}
	return out, nil
}

func carrierName(p fulfillment.Parcel) string {
	if c, ok := logistics.Get(p.Carrier); ok {
		return c.NameZH
	}
	return p.CarrierName
}

// maskPhone keeps the ends of a plain number and what is masked as it is.
func maskPhone(s string) string {
	if len(s) != 11 || slices.ContainsFunc([]byte(s), func(c byte) bool { return (c < '0' || c > '9') && c != '*' }) {
		return ""
	}
	return s[:3] + "****" + s[7:]
}

// complete: nothing is left to ship.
func (t *task) complete() bool {
	return !slices.ContainsFunc(t.order.Lines, func(l order.OrderLine) bool { return l.Open() > 0 })
}

// goods names the first line and how many there are, within what channels take.
func (t *task) goods() string {
	for _, l := range t.order.Lines {
		if l.Shipped > 0 && l.Title != "" {
			title := []rune(l.Title)
			return string(title[:min(len(title), 60)])
		}
	}
	return ""
}

func (t *task) listings(ctx context.Context) (map[id.ID]catalog.Listing, error) {
	var ids []id.ID
	for _, l := range t.order.Lines {
		if l.ListingID != 0 {
			ids = append(ids, l.ListingID)
		}
	}
	all, err := t.s.catalog.ListingsTx(ctx, t.s.k.DB, ids)
	out := make(map[id.ID]catalog.Listing, len(all))
	for _, l := range all {
		out[l.ID] = l
	}
	return out, err
}

// lines are the parcel's lines as the channel numbers and counts them: a line may
// stand for another number of our pieces than the channel's.
func (t *task) lines(p fulfillment.Parcel, listings map[id.ID]catalog.Listing) []channel.ParcelLine {
	var out []channel.ParcelLine
	for _, q := range p.Lines {
		at := slices.IndexFunc(t.order.Lines, func(l order.OrderLine) bool { return l.ID == q.LineID })
		if at < 0 {
			continue
		}
		l := t.order.Lines[at]
		if l.ChannelLineNo == "" && l.ListingID == 0 {
			continue // a gift of ours: the channel does not know it
		}
		n := q.Quantity
		if l.ChannelQuantity != nil && l.Ordered > 0 && *l.ChannelQuantity != l.Ordered {
			if n = q.Quantity * *l.ChannelQuantity / l.Ordered; n == 0 {
				n = 1
			}
		}
		out = append(out, channel.ParcelLine{LineNo: l.ChannelLineNo, ItemNo: listings[l.ListingID].ChannelItemNo, SKUNo: listings[l.ListingID].ChannelSKUNo, Quantity: n})
	}
	return out
}

func (t *task) changeWaybill(ctx context.Context) outcome {
	changer, ok := t.client.(channel.WaybillChanger)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	parcels, _, err := t.s.parcels.Parcels(ctx, fulfillment.ParcelFilter{IDs: []id.ID{t.ParcelID}})
	if err != nil || len(parcels) == 0 {
		return judge(cmpErr(err, ErrNotFound))
	}
	// The shipment may have gone out with the new number already: it was on its way
	// when the number changed, or it waited.
	if seen, err := t.shown(ctx, parcels[0]); err != nil || seen {
		return t.found(err)
	}
	r, err := t.request(ctx, parcels[0], parcels)
	if err != nil {
		return judge(err)
	}
	return t.settle(ctx, func(ctx context.Context) error {
		return changer.ChangeWaybill(ctx, *r, t.body.OldCarrier, t.body.OldWaybill)
	})
}

// note writes note and flag as they are now; writing them twice changes nothing.
func (t *task) note(ctx context.Context) outcome {
	writer, ok := t.client.(channel.MemoWriter)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	return t.settle(ctx, func(ctx context.Context) error {
		return writer.WriteMemo(ctx, channel.Memo{OrderNo: t.ChannelNo, Text: t.order.SellerNote, Flag: int(t.order.Flag)})
	})
}

func (t *task) close(ctx context.Context) outcome {
	closer, ok := t.client.(channel.Closer)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	if t.Unanswered {
		if doc, err := t.ask(ctx); err != nil || doc.Status == channel.Closed {
			return t.found(err)
		}
	}
	return t.settle(ctx, func(ctx context.Context) error { return closer.CloseOrder(ctx, t.ChannelNo, t.body.Text) })
}

// price sets what the order costs now; setting it twice changes nothing.
func (t *task) price(ctx context.Context) outcome {
	changer, ok := t.client.(channel.PriceChanger)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	if t.order.PaidAt != 0 {
		return outcome{state: Dropped, refetch: true} // paid meanwhile: the channel's price stands
	}
	p := channel.PriceChange{OrderNo: t.ChannelNo}
	if f := t.order.Amounts.Freight; f != nil {
		p.Freight = int64(*f)
	}
	for _, l := range t.order.Lines {
		if l.ChannelLineNo == "" || l.Amounts.BuyerPaid == nil {
			continue
		}
		was := int64(*l.Amounts.BuyerPaid)
		if l.Amounts.PriceChange != nil {
			was -= int64(*l.Amounts.PriceChange)
		}
		p.Lines = append(p.Lines, channel.LinePrice{LineNo: l.ChannelLineNo, Was: was, Now: int64(*l.Amounts.BuyerPaid)})
	}
	o := t.settle(ctx, func(ctx context.Context) error { return changer.ChangePrice(ctx, p) })
	o.refetch = o.state == Done || o.state == Refused
	return o
}

// address asks the channel to change the receiver. It counts once the order has
// been pulled again, with the tokens of the new address.
func (t *task) address(ctx context.Context) outcome {
	changer, ok := t.client.(channel.AddressChanger)
	if !ok || t.body.Receiver == nil {
		return judge(channel.ErrUnsupported)
	}
	o := t.settle(ctx, func(ctx context.Context) error { return changer.ChangeAddress(ctx, t.ChannelNo, *t.body.Receiver) })
	o.refetch = o.state == Done || o.state == Refused
	return o
}

func (t *task) answerAddress(ctx context.Context) outcome {
	answerer, ok := t.client.(channel.AddressAnswerer)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	if t.Unanswered {
		if doc, err := t.ask(ctx); err != nil || !slices.Contains(doc.Flags, channel.FlagAddressWish) {
			return t.found(err)
		}
	}
	o := t.settle(ctx, func(ctx context.Context) error {
		return answerer.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: t.ChannelNo, Accept: t.body.Accept, Reason: t.body.Text})
	})
	o.refetch = o.state == Done || o.state == Refused
	return o
}

func (t *task) decide(ctx context.Context) outcome {
	decider, ok := t.client.(channel.AftersaleDecider)
	lister, reads := t.client.(channel.AftersaleLister)
	if !ok || !reads {
		return judge(channel.ErrUnsupported)
	}
	now, err := t.askCase(ctx, lister)
	if err != nil {
		return judge(err)
	}
	if now.State != channel.AftersaleRequested && now.State != channel.AftersaleReceiving {
		// Decided: by us, when we asked before and heard nothing, else by somebody else.
		if decidedAs(now.State, t.body.Accept) {
			return outcome{state: Done, refetch: true, orderNo: t.body.OrderNo}
		}
		return outcome{state: Refused, refetch: true, orderNo: t.body.OrderNo, err: channel.Told(channel.ErrDone, now.StateRaw, "")}
	}
	if t.body.Version != "" && now.Version != t.body.Version {
		return outcome{state: Refused, refetch: true, orderNo: t.body.OrderNo, err: ErrCaseChanged}
	}
	o := t.settle(ctx, func(ctx context.Context) error {
		return decider.DecideAftersale(ctx, channel.Decision{Key: t.Key, Case: now, Approve: t.body.Accept, AmountFen: t.body.AmountFen,
			Reason: t.body.Text, ReturnAddressNo: t.body.ReturnTo})
	})
	o.refetch, o.orderNo = o.state == Done || o.state == Refused, t.body.OrderNo
	return o
}

// askCase reads the case that the effect is about as its channel has it now.
func (t *task) askCase(ctx context.Context, lister channel.AftersaleLister) (channel.Case, error) {
	var item channel.Item
	err := t.call(ctx, func(ctx context.Context) (err error) {
		item, err = lister.GetAftersale(ctx, t.ChannelNo, t.body.OrderNo)
		return err
	})
	if err != nil {
		return channel.Case{}, err
	}
	return lister.MapAftersale(item.Raw)
}

func decidedAs(s channel.AftersaleState, approve bool) bool {
	refused := s == channel.AftersaleRefused || s == channel.AftersaleClosed
	return approve != refused
}

// reply answers a review. A channel that would show it twice and cannot be asked
// leaves it to a person after a silence.
func (t *task) reply(ctx context.Context) outcome {
	reviewer, ok := t.client.(channel.Reviewer)
	if !ok {
		return judge(channel.ErrUnsupported)
	}
	if t.Unanswered {
		return outcome{state: Uncertain, err: channel.ErrUnknownOutcome}
	}
	return t.settle(ctx, func(ctx context.Context) error {
		return reviewer.ReplyReview(ctx, channel.Review{No: t.ChannelNo, OrderNo: t.body.OrderNo, LineNo: t.body.LineNo, ItemNo: t.body.ItemNo}, t.body.Text)
	})
}
