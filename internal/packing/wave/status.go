package wave

import (
	"slices"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// State is where a wave stands.
type State string

const (
	Made      State = "made"    // nothing is picked yet
	Picking   State = "picking" // part of it
	Picked    State = "picked"  // all of it, or told short
	Closed    State = "closed"  // its baskets went on to be packed
	Cancelled State = "cancelled"
)

// A refusal says in words how a wave ended.
var _ = errs.Words("state", errs.Table(map[string][2]string{
	string(Closed):    {"已拣完", "its baskets went on to be packed"},
	string(Cancelled): {"已取消", "cancelled"},
}), "wave")

// States lists every state.
var States = []State{Made, Picking, Picked, Closed, Cancelled}

// Transitions says which state may follow which.
var Transitions = map[State][]State{
	Made:      {Picking, Picked, Cancelled},
	Picking:   {Made, Picked, Cancelled},
	Picked:    {Made, Picking, Closed, Cancelled},
	Closed:    {},
	Cancelled: {},
}

// May reports whether to may follow from.
func May(from, to State) bool { return slices.Contains(Transitions[from], to) }

// Why a fulfillment order left a wave.
const (
	OutRemoved   = "removed"   // a person took it out
	OutDropped   = "dropped"   // cancelled, refunded or replaced
	OutShort     = "short"     // goods were missing
	OutCancelled = "cancelled" // the wave was
)
