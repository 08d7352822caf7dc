package order

import "github.com/ordercove/ordercove/internal/kit/id"

// Events of an order. None holds personal data: readers look the order up.

// Created: an order was seen for the first time.
type Created struct {
	ShopID  id.ID   `json:"shop_id"`
	State   State   `json:"state"`
	Payment Payment `json:"payment"`
	History bool    `json:"history"`
	Source  string  `json:"source"`
	// Approved: the shop approves paid orders without holds by itself.
	Approved bool `json:"approved,omitempty"`
}

func (Created) EventName() string { return "order.created" }

// PaymentChanged: the payment axis moved.
type PaymentChanged struct {
	From Payment `json:"from"`
	To   Payment `json:"to"`
}

func (PaymentChanged) EventName() string { return "order.payment_changed" }

// RefundChanged: the channel's word on refunds moved.
type RefundChanged struct {
	From RefundState `json:"from"`
	To   RefundState `json:"to"`
	// Cancelled is how many pieces will no longer ship.
	Cancelled int64 `json:"cancelled,omitempty"`
}

func (RefundChanged) EventName() string { return "order.refund_changed" }

// ChannelStatusChanged: the channel's own state moved.
type ChannelStatusChanged struct {
	From ChannelStatus `json:"from"`
	To   ChannelStatus `json:"to"`
}

func (ChannelStatusChanged) EventName() string { return "order.channel_status_changed" }

// LocksChanged: channel locks (group pending, risk review, …) came or went.
type LocksChanged struct {
	Locks []string `json:"locks"`
}

func (LocksChanged) EventName() string { return "order.locks_changed" }

// Urged: on the channel the buyer urges, or the order was promised to ship first.
type Urged struct{}

func (Urged) EventName() string { return "order.urged" }

// AddressChanged: the receiver changed, on the channel or here. The address
// itself stays behind the order.
type AddressChanged struct {
	By            string `json:"by"` // channel | person
	AfterApproval bool   `json:"after_approval"`
}

func (AddressChanged) EventName() string { return "order.address_changed" }

// LinesChanged: SKU, quantity or the set of lines changed.
type LinesChanged struct {
	By            string  `json:"by"` // channel | person | mapping
	LineIDs       []id.ID `json:"line_ids"`
	AfterApproval bool    `json:"after_approval"`
}

func (LinesChanged) EventName() string { return "order.lines_changed" }

// NoteChanged: a note changed; which says whose.
type NoteChanged struct {
	By    string   `json:"by"` // channel | person
	Which []string `json:"which"`
}

func (NoteChanged) EventName() string { return "order.note_changed" }

// FlagChanged: the flag changed.
type FlagChanged struct {
	By   string `json:"by"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

func (FlagChanged) EventName() string { return "order.flag_changed" }

// AmountsChanged: money changed, on the channel or by adjusting the price here.
type AmountsChanged struct {
	By string `json:"by"`
}

func (AmountsChanged) EventName() string { return "order.amounts_changed" }

// TagsChanged: tags were put on or taken off.
type TagsChanged struct {
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

func (TagsChanged) EventName() string { return "order.tags_changed" }

// Approved: the order may ship.
type Approved struct {
	Auto bool `json:"auto"`
}

func (Approved) EventName() string { return "order.approved" }

// ApprovalRevoked: the order must be approved again.
type ApprovalRevoked struct{}

func (ApprovalRevoked) EventName() string { return "order.approval_revoked" }

// Held: a person put the order on hold.
type Held struct {
	Kind HoldKind `json:"kind"`
}

func (Held) EventName() string { return "order.held" }

// Released: a person ended a hold.
type Released struct {
	Kinds []HoldKind `json:"kinds"`
}

func (Released) EventName() string { return "order.released" }

// OrderClosed: the order will not be shipped.
type OrderClosed struct {
	By     string `json:"by"` // channel | person
	Reason string `json:"reason"`
}

func (OrderClosed) EventName() string { return "order.closed" }

// Reopened: a closed order was paid after all.
type Reopened struct{}

func (Reopened) EventName() string { return "order.reopened" }

// Allocated: a warehouse was chosen.
type Allocated struct {
	WarehouseID id.ID `json:"warehouse_id"`
}

func (Allocated) EventName() string { return "order.allocated" }

// ShippedHere: goods left, by our own parcel.
type ShippedHere struct {
	WarehouseID id.ID     `json:"warehouse_id"`
	Carrier     string    `json:"carrier"`
	WaybillNo   string    `json:"waybill_no"`
	Lines       []LineQty `json:"lines"`
	Complete    bool      `json:"complete"` // nothing is left to ship
}

func (ShippedHere) EventName() string { return "order.shipped" }

// WaybillChanged: a parcel of the order goes under another number.
type WaybillChanged struct {
	From    string `json:"from"`
	Carrier string `json:"carrier"`
	To      string `json:"to"`
}

func (WaybillChanged) EventName() string { return "order.waybill_changed" }

// ShippedElsewhere: the channel calls goods shipped for which we have no parcel.
// Stock was deducted in the same transaction, as far as there was any.
type ShippedElsewhere struct {
	ShopID      id.ID     `json:"shop_id"`
	WarehouseID id.ID     `json:"warehouse_id"`
	Carrier     string    `json:"carrier"` // as the channel writes it
	WaybillNo   string    `json:"waybill_no"`
	ShippedAt   int64     `json:"shipped_at"`
	Lines       []LineQty `json:"lines"`
}

func (ShippedElsewhere) EventName() string { return "order.shipped_elsewhere" }

// Archived and Unarchived: the order left or came back to the daily lists.
type Archived struct{}

func (Archived) EventName() string { return "order.archived" }

type Unarchived struct{}

func (Unarchived) EventName() string { return "order.unarchived" }

// Read: a person has looked at the order.
type Read struct{}

func (Read) EventName() string { return "order.read" }

// Unread: a person put the unread mark back on.
type Unread struct{}

func (Unread) EventName() string { return "order.unread" }

// Adopted: a history order became work.
type Adopted struct{}

func (Adopted) EventName() string { return "order.adopted" }

// StockReserved: goods that were missing before are reserved now.
type StockReserved struct{}

func (StockReserved) EventName() string { return "order.stock_reserved" }
