package order

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// keyOf names a line within its order: the channel's line number, else SKU code,
// spec and how many lines of that kind came before.
func keyOf(l *Line, nth int) string {
	if l.ChannelLineNo != "" {
		return bound("#" + l.ChannelLineNo)
	}
	return bound(likeness(l.MerchantSKUCode, l.SKUText, l.Title) + "|" + strconv.Itoa(nth))
}

// likeness is what tells lines without a number apart.
func likeness(code, spec, title string) string {
	if code == "" && spec == "" {
		return "t:" + title
	}
	return code + "|" + spec
}

func (l *OrderLine) likeness() string { return likeness(l.SKUCode, l.Spec, l.Title) }

func bound(s string) string {
	if len(s) <= 160 {
		return s
	}
	h := sha256.Sum256([]byte(s))
	return "h:" + hex.EncodeToString(h[:])
}

// takeLines brings the document's lines into the order. It returns, for every
// line of the order, what the document says about it (nil: nothing). A line the
// document leaves out stays: filtered exports carry only some lines.
func (e *edit) takeLines(d *Document) []*Line {
	o := e.now
	said := make([]*Line, len(o.Lines))
	taken := make([]bool, len(d.Lines))
	pair := func(fits func(l *OrderLine, doc *Line) bool) {
		for i := range d.Lines {
			if taken[i] {
				continue
			}
			for k := range o.Lines {
				if said[k] == nil && fits(&o.Lines[k], &d.Lines[i]) {
					said[k], taken[i] = &d.Lines[i], true
					break
				}
			}
		}
	}
	pair(func(l *OrderLine, doc *Line) bool {
		return doc.ChannelLineNo != "" && l.ChannelLineNo == doc.ChannelLineNo
	})
	// A line with a number is adopted by one without, and the other way round.
	pair(func(l *OrderLine, doc *Line) bool {
		return (l.ChannelLineNo == "" || doc.ChannelLineNo == "") && l.ListingID != manualListing && l.IsGift == doc.IsGift &&
			l.likeness() == likeness(doc.MerchantSKUCode, doc.SKUText, doc.Title)
	})
	if left(said) == leftOf(taken) {
		// As many gone as new, none with a number: the buyer changed the SKU.
		pair(func(l *OrderLine, doc *Line) bool {
			return l.ChannelLineNo == "" && doc.ChannelLineNo == "" && l.IsGift == doc.IsGift && l.Shipped == 0
		})
	}
	var touched []id.ID
	for k := range said {
		if said[k] != nil && e.takeLine(&o.Lines[k], said[k]) {
			touched = append(touched, o.Lines[k].ID)
		}
	}
	for i := range d.Lines {
		if !taken[i] {
			l := e.newLine(d, i)
			o.Lines = append(o.Lines, l)
			said = append(said, &d.Lines[i])
			touched = append(touched, l.ID)
		}
	}
	if len(touched) > 0 && !e.created {
		e.emit(LinesChanged{By: byChannel, LineIDs: touched, AfterApproval: e.was.ApprovedAt != 0})
		e.afterApproval(HoldSKUChanged)
	}
	return said
}

const (
	byChannel = "channel"
	byPerson  = "person"
	byMapping = "mapping"
)

// manualListing is the listing of lines no channel sold.
const manualListing id.ID = 0

func left(said []*Line) (n int) {
	for _, s := range said {
		if s == nil {
			n++
		}
	}
	return n
}

func leftOf(taken []bool) (n int) {
	for _, t := range taken {
		if !t {
			n++
		}
	}
	return n
}

func (e *edit) newLine(d *Document, i int) OrderLine {
	doc := &d.Lines[i]
	nth := 0
	for k := range i {
		if likeness(d.Lines[k].MerchantSKUCode, d.Lines[k].SKUText, d.Lines[k].Title) == likeness(doc.MerchantSKUCode, doc.SKUText, doc.Title) {
			nth++
		}
	}
	key := keyOf(doc, nth)
	for slices.ContainsFunc(e.now.Lines, func(l OrderLine) bool { return l.Key == key }) {
		nth++
		key = keyOf(doc, nth) + "+" + strconv.Itoa(nth)
	}
	l := OrderLine{ID: e.newID(), OrderID: e.now.ID, Position: int64(len(e.now.Lines)), Key: key, ChannelLineNo: doc.ChannelLineNo,
		SKUCode: doc.MerchantSKUCode, Title: doc.Title, Spec: doc.SKUText, ImageURL: doc.ImageURL, IsGift: doc.IsGift,
		ChannelStatus: doc.Status, RefundState: knownRefund(doc.RefundState), Price: doc.PriceFen, ChannelQuantity: doc.Quantity, SKUID: doc.SKUID, SKUByHand: doc.SKUID != 0}
	if doc.Quantity != nil {
		l.Ordered, l.QuantityKnown = *doc.Quantity, true
	}
	return l
}

// takeLine updates one line and reports whether what has to ship changed.
func (e *edit) takeLine(l *OrderLine, doc *Line) (changed bool) {
	if l.ChannelLineNo == "" && doc.ChannelLineNo != "" {
		l.ChannelLineNo, l.Key = doc.ChannelLineNo, keyOf(doc, 0)
	}
	if progress[doc.Status] > progress[l.ChannelStatus] {
		l.ChannelStatus = doc.Status
	}
	if l.RefundState != RefundDone && doc.RefundState != "" && doc.RefundState != RefundUnknown {
		l.RefundState = doc.RefundState
	}
	if doc.PriceFen != nil {
		l.Price = doc.PriceFen
	}
	if doc.ImageURL != "" {
		l.ImageURL = doc.ImageURL
	}
	if l.Shipped == 0 && l.swapped(doc) {
		l.SKUCode, l.Spec, l.Title = doc.MerchantSKUCode, doc.SKUText, doc.Title
		l.ListingID, l.SKUID, l.SKUByHand = 0, 0, false
		changed = true
	}
	if q := doc.Quantity; q != nil && (l.ChannelQuantity == nil || *l.ChannelQuantity != *q) {
		l.ChannelQuantity = q
		l.Ordered, l.QuantityKnown = max(*q, l.Shipped+l.Cancelled), true
		changed = true
	}
	return changed
}

// swapped: the document names another SKU for this line than before.
func (l *OrderLine) swapped(doc *Line) bool {
	return doc.MerchantSKUCode != "" && doc.MerchantSKUCode != l.SKUCode || doc.SKUText != "" && doc.SKUText != l.Spec
}

func knownRefund(s RefundState) RefundState {
	if s == "" {
		return RefundNone
	}
	return s
}
