package review

import "github.com/ordercove/ordercove/internal/kit/id"

// Written: a buyer is to be told something.
type Written struct {
	MessageID id.ID  `json:"message_id"`
	Kind      string `json:"about"`
	Way       string `json:"way"`
}

func (Written) EventName() string { return "review.message_written" }

// Sent: a person says that a message was sent.
type Sent struct {
	MessageID id.ID  `json:"message_id"`
	Kind      string `json:"about"`
}

func (Sent) EventName() string { return "review.message_sent" }
