package print

// Way says who draws the labels of a batch.
type Way string

const (
	File      Way = "file"      // we do, as PDF
	Component Way = "component" // the channel's print component does, from its own data
)

// State is where a batch stands.
type State string

const (
	Making State = "making" // being checked and drawn
	Ready  State = "ready"  // to be printed
	Closed State = "closed" // nothing of it is still to be printed
)

// States lists every state of a batch.
var States = []State{Making, Ready, Closed}

// Transitions says which state of a batch may follow which. A ready batch is made again
// where labels had to be taken out of its file.
var Transitions = map[State][]State{Making: {Ready, Closed}, Ready: {Making, Closed}, Closed: {}}

// LabelState is where a label stands on its way to paper.
type LabelState string

const (
	Wanted    LabelState = "wanted"    // not drawn yet
	Laid      LabelState = "ready"     // in the file; a person prints it
	Asked     LabelState = "asked"     // waits for an agent
	Sent      LabelState = "sent"      // given to a printer, which has not answered
	Printed   LabelState = "printed"   // somebody who knows said so
	Failed    LabelState = "failed"    // did not come out; it may be printed as if for the first time
	Uncertain LabelState = "uncertain" // no answer came: a person looks at the paper
	Refused   LabelState = "refused"   // must not be printed
)

// LabelStates lists every state of a label.
var LabelStates = []LabelState{Wanted, Laid, Asked, Sent, Printed, Failed, Uncertain, Refused}

// LabelTransitions says which state of a label may follow which. What is uncertain is
// never sent again by itself.
var LabelTransitions = map[LabelState][]LabelState{
	Wanted:    {Laid, Asked, Refused, Failed},
	Laid:      {Printed, Failed, Refused},
	Asked:     {Sent, Refused, Failed},
	Sent:      {Printed, Failed, Uncertain},
	Uncertain: {Printed, Failed},
	Printed:   {}, Failed: {}, Refused: {},
}

// open reports whether something is still to happen to a label.
func (l LabelState) open() bool { return len(LabelTransitions[l]) > 0 }

// freed reports whether a label in this state left no paper behind.
func (l LabelState) freed() bool { return l == Failed || l == Refused }
