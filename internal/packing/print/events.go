package print

import "github.com/ordercove/ordercove/internal/kit/id"

// BatchStarted: labels were given to a batch, each for the first time unless Again.
type BatchStarted struct {
	BatchID   id.ID  `json:"batch_id"`
	Code      string `json:"code"`
	AccountID id.ID  `json:"account_id"`
	Carrier   string `json:"carrier"`
	AgentID   id.ID  `json:"agent_id,omitempty"`
	Labels    int64  `json:"labels"`
	Ships     bool   `json:"ships,omitempty"` // what is printed ships
}

func (BatchStarted) EventName() string { return "print.batch_started" }

// LabelsReprinted: a batch holds waybills that were given to paper before (重打).
type LabelsReprinted struct {
	BatchID   id.ID  `json:"batch_id"`
	ReprintOf id.ID  `json:"reprint_of_id,omitempty"`
	Labels    int64  `json:"labels"`
	Reason    string `json:"reason"`
}

func (LabelsReprinted) EventName() string { return "print.labels_reprinted" }

// BatchClosed: nothing of a batch is still to be printed.
type BatchClosed struct {
	BatchID id.ID `json:"batch_id"`
	Printed int64 `json:"printed"`
	Failed  int64 `json:"failed,omitempty"`
	Refused int64 `json:"refused,omitempty"`
}

func (BatchClosed) EventName() string { return "print.batch_closed" }
