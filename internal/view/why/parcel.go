package why

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/order"
)

// china is the zone of the days that people promise.
var china = time.FixedZone("CST", 8*3600)

// ways goes through what an approved order has to pass: allocation, the guard, a number,
// paper, the bench. What it passed last is the step it waits for.
func (a *account) ways(ctx context.Context) error {
	a.allocation()
	checks := make([]fulfillment.Check, len(a.parcels))
	for i, p := range a.parcels {
		checks[i] = fulfillment.Check{ID: p.ID}
	}
	seen, err := a.s.ship.SeeTx(ctx, a.s.k.DB, checks)
	if err != nil {
		return err
	}
	stale, err := a.s.ship.FreshTx(ctx, a.s.k.DB, seen)
	if err != nil {
		return err
	}
	for i := range a.parcels {
		p := &a.parcels[i]
		a.guard(p, seen[i].Err)
		if err := stale[p.ID]; err != nil {
			a.sayOf("data_too_old", p.ID, 0, a.order.ShipByAt, a.words(err))
		}
		if p.PresaleAt > a.now {
			a.sayOf("presale_date", p.ID, p.CreatedAt, p.PresaleAt, "")
		}
		if err := a.carrier(ctx, p); err != nil {
			return err
		}
		a.papers(p)
		a.warehouse(p)
	}
	return nil
}

// allocation: whether a warehouse has all of it.
func (a *account) allocation() {
	o, open := a.order, false
	for _, l := range o.Lines {
		open = open || l.Open() > 0 && l.Allocated-l.Shipped < l.Open()
	}
	if w := a.facts.waiting; w != nil && open {
		detail := a.word(agreed, w.agreed)
		if w.instead != "" {
			detail += " → " + w.instead
		}
		if w.promised != 0 {
			detail += " · " + pick(a.lang, "答应 ", "promised for ") + time.UnixMilli(w.promised).In(china).Format("01-02")
		}
		if w.note != "" {
			detail += " · " + w.note
		}
		kind := "waiting_for_goods"
		if w.ask {
			kind = "ask_buyer"
		}
		a.say(kind, w.since, detail)
		return
	}
	if open && o.State >= order.AwaitingShipment && len(o.Blocking()) == 0 {
		a.say("not_allocated", o.ApprovedAt, "")
	}
}

// guard says what GuardTx refuses, where the order's own state and holds do not.
func (a *account) guard(p *fulfillment.FulfillmentOrder, refusal error) {
	if refusal == nil {
		return
	}
	no, _ := errs.As(refusal).Params["order_no"].(string)
	switch {
	case errors.Is(refusal, fulfillment.ErrMergedChanged):
		a.sayOf("merged_order_changed", p.ID, p.UpdatedAt, a.order.ShipByAt, "")
	case errors.Is(refusal, fulfillment.ErrContentChanged):
		a.sayOf("content_changed", p.ID, p.UpdatedAt, a.order.ShipByAt, a.words(refusal))
	case errors.Is(refusal, fulfillment.ErrSuspended):
		a.sayOf("waybill_suspended", p.ID, p.UpdatedAt, a.order.ShipByAt, "")
	case no != "" && no != a.order.ChannelOrderNo:
		a.sayOf("merged_with_stopped", p.ID, p.UpdatedAt, a.order.ShipByAt, no+": "+a.words(refusal))
	case !a.stopped(p.ID):
		a.sayOf("guard", p.ID, p.UpdatedAt, a.order.ShipByAt, a.words(refusal))
	}
}

// carrier: the number, or who would carry it.
func (a *account) carrier(ctx context.Context, p *fulfillment.FulfillmentOrder) error {
	if p.Kind != fulfillment.KindExpress {
		return nil
	}
	for _, w := range a.facts.waybills[p.ID] {
		switch w.state {
		case "failed":
			a.sayOf("waybill_failed", p.ID, w.at, a.order.ShipByAt, w.fault(a.lang))
		case "uncertain":
			a.sayOf("waybill_uncertain", p.ID, w.at, a.order.ShipByAt, w.fault(a.lang))
		case "wanted", "asking":
			a.sayOf("waybill_pending", p.ID, w.at, a.order.ShipByAt, "")
		case "issued":
			if w.version != p.Version {
				a.sayOf("waybill_stale", p.ID, p.UpdatedAt, a.order.ShipByAt, "")
			}
		}
	}
	if len(a.facts.accounts) == 0 || a.s.carriers == nil {
		return nil // numbers come by file
	}
	c, err := a.s.carriers(ctx, p.ID)
	if errors.Is(err, actor.ErrForbidden) || errors.Is(err, fulfillment.ErrNoOrder) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.AccountID == 0 && len(a.facts.waybills[p.ID]) == 0 {
		a.noCarrier(p, c)
	}
	a.carrierChoice(p, c)
	return nil
}

func (a *account) noCarrier(p *fulfillment.FulfillmentOrder, c choose.Choice) {
	kind, by, detail := "carrier_unset", a.order.ShipByAt, a.word(carrierWords, string(c.Why))
	switch c.Why {
	case choose.Suspended:
		kind = "carrier_suspended"
		for _, s := range c.Trace {
			if s.Reason != choose.Suspended {
				continue
			}
			if s.Text != "" {
				detail = s.Text
			}
			if s.Until != 0 {
				by = s.Until
			}
		}
	case choose.NotToDoor, choose.NotNamed:
		kind = "carrier_unreachable"
	}
	a.sayOf(kind, p.ID, p.CreatedAt, by, detail)
}

// papers: labels, waves, benches and hits.
func (a *account) papers(p *fulfillment.FulfillmentOrder) {
	f, by := &a.facts, a.order.ShipByAt
	if l, ok := f.labels[p.ID]; ok {
		switch {
		case l.state == "failed" || l.state == "refused":
			a.sayOf("print_failed", p.ID, l.at, by, l.fault(a.lang))
		case l.state == "uncertain":
			a.sayOf("print_uncertain", p.ID, l.at, by, "")
		case l.state == "printed" && l.version != p.Version:
			a.sayOf("reprint_needed", p.ID, p.UpdatedAt, by, "")
		}
	}
	if w, ok := f.waves[p.ID]; ok {
		switch {
		case w.out == "short":
			a.sayOf("short_at_shelf", p.ID, w.at, by, w.code)
		case w.out == "" && (w.state == "made" || w.state == "picking"):
			a.sayOf("being_picked", p.ID, w.at, by, w.code+" · "+fmt.Sprintf(pick(a.lang, "格 %s", "basket %s"), strconv.FormatInt(w.basket, 10)))
		}
	}
	if b, ok := f.benches[p.ID]; ok {
		a.sayOf("at_bench", p.ID, b.at, by, b.code+" · "+b.state)
	}
	if h, ok := f.hits[p.ID]; ok {
		a.sayOf("hit", p.ID, h.at, by, h.fault(a.lang))
	}
}

// steps says for each parcel that nothing stops what comes next.
func (a *account) steps() {
	o := a.order
	if o.State >= order.Shipped || o.State < order.AwaitingShipment || o.History {
		return
	}
	for _, p := range a.parcels {
		if a.stopped(p.ID) {
			continue
		}
		label, printed := a.facts.labels[p.ID]
		kind := "to_ship"
		switch {
		case p.Kind != fulfillment.KindExpress:
			kind = "to_ship_plain"
		case len(a.facts.accounts) > 0 && len(a.facts.waybills[p.ID]) == 0:
			kind = "to_issue"
		case len(a.facts.waybills[p.ID]) > 0 && (!printed || label.state != "printed"):
			kind = "to_print"
		case printed:
			kind = "to_verify"
		}
		a.sayOf(kind, p.ID, max(p.CreatedAt, label.at), o.ShipByAt, "")
	}
	if len(a.parcels) == 0 && len(a.out.Blockers) == 0 {
		a.say("ready", o.ApprovedAt, "")
	}
}

// uploads: it left, and the channel does not know.
func (a *account) uploads() {
	for _, u := range a.facts.uploads {
		kind := "shipment_upload_retried"
		switch u.state {
		case "refused":
			kind = "shipment_upload_refused"
		case "uncertain":
			kind = "shipment_upload_uncertain"
		}
		a.say(kind, u.at, u.fault(a.lang))
	}
}

// words is an error in the reader's language.
func (a *account) words(err error) string {
	if e := errs.As(err); e != nil {
		return errs.Message(a.lang, e.Code, e.Params)
	}
	return ""
}
