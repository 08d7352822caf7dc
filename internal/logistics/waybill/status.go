package waybill

// State is where a waybill stands with its issuer.
type State string

const (
	Wanted     State = "wanted"     // not asked for yet
	Asking     State = "asking"     // a request is under way
	Uncertain  State = "uncertain"  // a request got no answer: it is looked up before it is repeated
	Issued     State = "issued"     // the number is there
	Failed     State = "failed"     // the issuer said no; a person or another account helps
	Cancelling State = "cancelling" // to be given back
	Cancelled  State = "cancelled"
)

// States lists every state.
var States = []State{Wanted, Asking, Uncertain, Issued, Failed, Cancelling, Cancelled}

// Transitions says which state may follow which.
var Transitions = map[State][]State{
	Wanted:     {Asking, Cancelled},
	Asking:     {Issued, Failed, Wanted, Uncertain, Cancelling, Cancelled},
	Uncertain:  {Asking, Cancelling},
	Issued:     {Cancelling},
	Failed:     {Wanted, Cancelled},
	Cancelling: {Asking, Cancelled, Issued},
	Cancelled:  {},
}

// May reports whether to may follow from.
func May(from, to State) bool {
	for _, s := range Transitions[from] {
		if s == to {
			return true
		}
	}
	return false
}
