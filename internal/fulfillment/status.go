package fulfillment

// OrderState is where a fulfillment order stands.
type OrderState string

const (
	// StateOpen: it waits to leave; the only state in which it can change.
	StateOpen OrderState = "open"
	// StateShipped: all of it has left.
	StateShipped OrderState = "shipped"
	// StateCancelled: nothing of it will leave any more.
	StateCancelled OrderState = "cancelled"
	// StateReplaced: a split or merge put others in its place; undoing that opens it again.
	StateReplaced OrderState = "replaced"
)

// OrderStates lists every state.
var OrderStates = []OrderState{StateOpen, StateShipped, StateCancelled, StateReplaced}

// Transitions are the moves there are. A replaced one opens again when its edit is
// undone; what an undone edit had made is cancelled.
var Transitions = map[OrderState][]OrderState{
	StateOpen:      {StateShipped, StateCancelled, StateReplaced},
	StateReplaced:  {StateOpen},
	StateShipped:   {},
	StateCancelled: {},
}

// Why a fulfillment order's content stands (锁单).
const (
	SealWave  = "wave"
	SealPrint = "print"
	SealHand  = "hand"
)

// Why a fulfillment order must not leave although its orders may.
const (
	// HoldMergedChanged: one of several orders in it was cancelled, refunded or changed
	// after they were merged (合并单有变动).
	HoldMergedChanged = "merged_order_changed"
	// HoldSuspended: it has a number of an account that does not deliver there since (停发).
	// Package obstacle opens and ends it.
	HoldSuspended = "carrier_suspended"
)

// Kinds lists how fulfillment orders leave.
var Kinds = []string{KindExpress, KindVirtual, KindPickup, KindSameCity}
