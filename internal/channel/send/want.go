package send

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// byPerson is how order's events name a change made here.
const byPerson = "person"

// consumer turns what happened here into effects, for shops whose channel is
// spoken to and can do them.
func (s *Service) consumer() event.Consumer {
	return event.Consumer{Name: "channel.send", FromNow: true, Handle: s.onEvents, Names: []string{
		fulfillment.ParcelShipped{}.EventName(), order.NoteChanged{}.EventName(), order.FlagChanged{}.EventName(),
		order.OrderClosed{}.EventName(), order.AmountsChanged{}.EventName(), fulfillment.WaybillChanged{}.EventName()}}
}

func (s *Service) onEvents(ctx context.Context, tx *db.Tx, events []event.Event) error {
	shops, err := s.online(ctx, tx)
	if err != nil || len(shops) == 0 {
		return err
	}
	orders, err := s.ordersOf(ctx, tx, events)
	if err != nil {
		return err
	}
	var all []wanted
	var notes []id.ID
	for _, e := range events {
		o, ok := orders[e.Of.ID]
		if !ok || o.Source == order.SourceManual && !o.FollowsUp() || o.ChannelOrderNo == "" {
			continue
		}
		m, ok := shops[o.ShopID]
		if !ok {
			continue
		}
		var w *wanted
		if o.FollowsUp() { // the channel knows its case, not this order
			w, err = s.wantExchange(ctx, tx, e, o, m)
		} else {
			w, err = s.wantFrom(e, o, m)
		}
		if err != nil {
			return err
		}
		if w == nil {
			continue
		}
		if w.kind == Note {
			notes = append(notes, o.ID)
		}
		all = append(all, *w)
	}
	// The last note says everything: those that still wait are not needed.
	for part := range slices.Chunk(notes, 200) {
		part = db.Pad(part)
		args := []any{clock.Millis(s.k.Clock), actor.Merchant(ctx)}
		for _, o := range part {
			args = append(args, o)
		}
		if _, err := tx.Exec(ctx, dropNotes(len(part)), args...); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(a, b wanted) int { return cmp.Compare(a.key, b.key) })
	all = slices.CompactFunc(all, func(a, b wanted) bool { return a.key == b.key })
	_, err = s.putTx(ctx, tx, all)
	return err
}

// online are the shops that are spoken to, with what their connectors can.
func (s *Service) online(ctx context.Context, q db.Querier) (map[id.ID]channel.Manifest, error) {
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]channel.Manifest{}
	for _, sh := range shops {
		if m, ok := s.manifest(sh.Channel); ok && m.API != nil && sh.Mode == shop.ModeAPI && sh.Active {
			out[sh.ID] = m
		}
	}
	return out, nil
}

func (s *Service) ordersOf(ctx context.Context, q db.Querier, events []event.Event) (map[id.ID]*order.Order, error) {
	var ids []id.ID
	for _, e := range events {
		if e.Of.Aggregate == "order" {
			ids = append(ids, e.Of.ID)
		}
	}
	orders, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]*order.Order, len(orders))
	for i := range orders {
		out[orders[i].ID] = &orders[i]
	}
	return out, nil
}

// wantFrom is the effect that follows from an event, nil for none. Texts and
// amounts are not copied: the sender reads the order as it is then.
func (s *Service) wantFrom(e event.Event, o *order.Order, m channel.Manifest) (*wanted, error) {
	w := wanted{shopID: o.ShopID, orderID: o.ID, channelNo: o.ChannelOrderNo, byID: e.ActorID, by: e.ActorName}
	switch e.Name {
	case fulfillment.ParcelShipped{}.EventName():
		var p fulfillment.ParcelShipped
		if err := json.Unmarshal(e.Body, &p); err != nil {
			return nil, err
		}
		w.kind, w.parcelID, w.key = Ship, p.ParcelID, "ship/"+p.ParcelID.String()
		return when(&w, m.Can(channel.ShipOrders)), nil
	case fulfillment.WaybillChanged{}.EventName():
		var c fulfillment.WaybillChanged
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return nil, err
		}
		w.kind, w.parcelID, w.key = ChangeWaybill, c.ParcelID, "waybill/"+c.ParcelID.String()+"/"+strconv.FormatInt(c.Version, 10)
		w.body = &body{OldCarrier: c.OldCarrier, OldWaybill: c.OldNo}
		return when(&w, m.Can(channel.ChangeWaybills)), nil
	case order.NoteChanged{}.EventName():
		var n order.NoteChanged
		if err := json.Unmarshal(e.Body, &n); err != nil {
			return nil, err
		}
		w.kind, w.key = Note, "note/"+o.ID.String()+"/"+e.ID.String()
		return when(&w, n.By == byPerson && slices.Contains(n.Which, "seller_note") && m.Can(channel.Memos)), nil
	case order.FlagChanged{}.EventName():
		var f order.FlagChanged
		if err := json.Unmarshal(e.Body, &f); err != nil {
			return nil, err
		}
		w.kind, w.key = Note, "note/"+o.ID.String()+"/"+e.ID.String()
		return when(&w, f.By == byPerson && m.Can(channel.Memos)), nil
	case order.OrderClosed{}.EventName():
		var c order.OrderClosed
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return nil, err
		}
		w.kind, w.key, w.body = Close, "close/"+o.ID.String()+"/"+strconv.FormatInt(e.Of.Version, 10), &body{Text: c.Reason}
		return when(&w, c.By == byPerson && o.PaidAt == 0 && m.Can(channel.CloseOrders)), nil
	case order.AmountsChanged{}.EventName():
		var c order.AmountsChanged
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return nil, err
		}
		w.kind, w.key = Price, "price/"+o.ID.String()+"/"+strconv.FormatInt(e.Of.Version, 10)
		return when(&w, c.By == byPerson && o.PaidAt == 0 && m.Can(channel.PriceChanges)), nil
	}
	return nil, nil
}

// when is w where it applies.
func when(w *wanted, applies bool) *wanted {
	if !applies {
		return nil
	}
	return w
}
