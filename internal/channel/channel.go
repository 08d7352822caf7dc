package channel

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// The order document under the port's own name.
type (
	Order       = order.Document
	Receiver    = order.Receiver
	Line        = order.Line
	Money       = order.Money
	Waybill     = order.Waybill
	Status      = order.ChannelStatus
	RefundState = order.RefundState
)

const (
	PendingPayment   = order.ChannelPendingPayment
	PartlyPaid       = order.ChannelPartlyPaid
	AwaitingShipment = order.ChannelAwaitingShipment
	PartlyShipped    = order.ChannelPartlyShipped
	Shipped          = order.ChannelShipped
	Delivered        = order.ChannelDelivered
	Completed        = order.ChannelCompleted
	Closed           = order.ChannelClosed

	RefundNone       = order.RefundNone
	RefundInProgress = order.RefundInProgress
	RefundPart       = order.RefundPart
	RefundDone       = order.RefundDone
	RefundRejected   = order.RefundRejected
	RefundExchanged  = order.RefundExchanged
	RefundUnknown    = order.RefundUnknown
)

// Holds and flags a file can tell.
const (
	HoldRiskReview   = "risk_review"
	HoldLocked       = "locked"
	HoldPaused       = "paused"
	HoldGroupPending = "group_pending"
	// HoldGiftPending: who was given the goods has not taken them and named an address.
	HoldGiftPending = "gift_pending"

	FlagPresale      = "presale"
	FlagCOD          = "cash_on_delivery"
	FlagGiftOrder    = "gift_order"
	FlagHasGiftOrder = "has_gift_order"
	// FlagAddressWish: the buyer asks for another address and the seller has to answer.
	FlagAddressWish = "address_change_requested"
	// FlagConsolidation: it goes to a transit warehouse, which sends it on (集运、中转);
	// behind FlagConsolidationTo stands where to.
	FlagConsolidation   = "consolidation"
	FlagConsolidationTo = "consolidation:"
	// FlagSerial, with a line's number behind it: it ships with the numbers of its pieces.
	FlagSerial = order.FlagSerial
	// FlagUrged: the buyer urges. FlagShipFirst: it was promised to ship before others.
	FlagUrged     = order.FlagUrged
	FlagShipFirst = order.FlagShipFirst
	// FlagToDoor: the buyer was promised delivery to the door.
	FlagToDoor = logistics.FlagToDoor
	// FlagCarrier, with our code of a carrier behind it: the buyer was promised that one.
	FlagCarrier = logistics.FlagCarrier
)

// Capability is something a connector can do for a shop.
type Capability string

const (
	OrderFiles     Capability = "order_files"      // reads order exports
	AftersaleFiles Capability = "aftersale_files"  // reads after-sale exports
	LedgerFiles    Capability = "ledger_files"     // reads bills
	MappedFiles    Capability = "mapped_files"     // reads tables whose columns a person maps
	ShipByTemplate Capability = "ship_by_template" // shipments go back in the channel's own template
)

// Manifest is what a connector declares; screens and the conformance suite read it.
type Manifest struct {
	Code   string
	NameZH string
	NameEN string
	// Color is the badge colour; white text on it has a contrast of at least 4.5.
	Color        string
	Capabilities []Capability
	Files        []FileFormat
	// Words maps the channel's status words, as files write them, to ours.
	Words map[string]Status
	// RefundWords maps the channel's after-sale words of orders and lines.
	RefundWords map[string]RefundState
	// CarrierNames are the carriers (by our code) that the channel spells in its own
	// way; the others go by the carrier's name.
	CarrierNames map[string]string
	// Refusal is what it asks of who refuses a case; nil where nobody told.
	Refusal *Refusal
	// API is nil for a channel that is read by file only.
	API *API
}

// Can tells whether the manifest declares a capability.
func (m Manifest) Can(c Capability) bool {
	for _, x := range m.Capabilities {
		if x == c {
			return true
		}
	}
	return false
}

// Find returns the manifest with that code.
func Find(all []Manifest, code string) (Manifest, bool) {
	for _, m := range all {
		if m.Code == code {
			return m, true
		}
	}
	return Manifest{}, false
}

// Fold is the form in which header names and status words are compared: NFKC
// (full-width brackets and commas become half-width), without blanks, lower case.
func Fold(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c <= ' ' || c >= 'A' && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '\u00a0', '\ufeff', '\u3000', '\u200b':
			return -1
		}
		return r
	}, norm.NFKC.String(s)))
}
