package order

import (
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/shop"
)

// evaluate opens and ends the holds that follow from the order's own data. Holds
// on stock come from stock.go, on the address from whoever sets the receiver.
// Only work has holds: history and finished orders lose theirs.
func (e *edit) evaluate() {
	o := e.now
	if progress[o.ChannelStatus] >= progress[ChannelShipped] {
		e.clear(hold.UploadRefused) // it was told after all
	}
	for i := range o.Lines {
		if l := &o.Lines[i]; o.ClosedAt != 0 {
			l.Allocated = l.Shipped // nothing more leaves
		}
	}
	if o.History || o.ClosedAt != 0 || len(o.Lines) > 0 && len(o.OpenLines()) == 0 && !o.unsure() {
		o.Holds = slices.DeleteFunc(o.Holds, func(h Hold) bool { return o.History || !hold.AfterShipping(h.Kind) })
		return
	}
	unmapped, refund := false, o.RefundState == RefundInProgress
	for _, l := range o.Lines {
		unmapped = unmapped || l.SKUID == 0 && (l.Open() > 0 || !l.QuantityKnown)
		refund = refund || l.RefundState == RefundInProgress && l.Open() > 0
	}
	e.set(HoldUnmapped, unmapped, "")
	e.set(HoldQuantity, o.unsure(), "")
	// What an after-sale file told bears its case as its note: it ends with the case, or with
	// a newer word about the order.
	if h := e.hold(HoldRefund); h == nil || h.Note == "" || o.SourceAt > h.RaisedAt {
		e.set(HoldRefund, refund, "")
	}
	e.set(hold.PresaleBalance, o.Payment == PartPaid, "")
	if slices.Contains(o.ChannelFlags, FlagConsolidation) && (e.was.History || !slices.Contains(e.was.ChannelFlags, FlagConsolidation)) {
		e.raise(hold.Consolidation, "")
	}
	e.noted(HoldChannelLock, strings.Join(o.ChannelLocks, ","))
	word := ""
	if slices.Contains(o.ChannelFlags, FlagUnknownStatus) {
		word = o.ChannelStatusRaw
	}
	e.noted(HoldUnknownStatus, word)
}

// noted opens or ends a hold whose note is its reason: another note is another
// hold, with its own beginning.
func (e *edit) noted(k HoldKind, note string) {
	if h := e.hold(k); h != nil && h.Note != note {
		e.clear(k)
	}
	e.set(k, note != "", note)
}

// unsure: the file did not tell how many pieces some line has.
func (o *Order) unsure() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return !l.QuantityKnown && l.Shipped == 0 && l.Cancelled == 0 })
}

func (e *edit) hold(k HoldKind) *Hold {
	for i := range e.now.Holds {
		if e.now.Holds[i].Kind == k {
			return &e.now.Holds[i]
		}
	}
	return nil
}

// readFirst keeps an order whose buyer says something new from approving itself unread.
func (e *edit) readFirst(s shop.Shop) {
	o := e.now
	said := o.BuyerNote != "" && (o.BuyerNote != e.was.BuyerNote || e.was.History)
	if said && s.AutoApprove && !o.History && o.ApprovedAt == 0 && len(o.OpenLines()) > 0 {
		e.raise(HoldBuyerNote, "")
	}
}

// autoApprove approves a paid order without holds in shops or by rules that ask for it. It
// acts when something just made the order ready: it came in, was paid, was
// adopted, or lost a hold. What a person revoked stays revoked.
func (e *edit) autoApprove(s shop.Shop) {
	o := e.now
	v := e.verdict
	if v == nil {
		v = &Verdict{}
	}
	if !s.AutoApprove && !v.Approve || v.NotBefore > e.at || o.History || o.ApprovedAt != 0 || o.RevokedAt != 0 || display(o) != AwaitingApproval {
		return
	}
	if slices.ContainsFunc(o.Holds, func(h Hold) bool { return RuleOf(h.Kind).StopsAuto }) {
		return
	}
	if !e.ready() {
		return
	}
	o.ApprovedAt, o.ApprovedBy = e.at, 0
	e.noted(HoldFinance, v.Finance)
	if !e.created {
		e.emit(Approved{Auto: true})
	}
}
