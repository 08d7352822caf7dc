package reship

import "github.com/ordercove/ordercove/internal/kit/id"

// Made: an order was made to make good for this one. It stands on the origin.
type Made struct {
	OrderID id.ID  `json:"order_id"` // the new one
	OrderNo string `json:"order_no"`
	Kind    string `json:"kind"`
	CaseID  id.ID  `json:"case_id,omitempty"`
	Liable  string `json:"liable"`
	// DifferenceFen is what the new goods are worth beyond the old ones, and what happens
	// with it.
	DifferenceFen int64  `json:"difference_fen"`
	Settlement    string `json:"settlement"`
}

func (Made) EventName() string { return "reship.made" }

// MadeFrom: this order makes good for another one. It stands on the new order.
type MadeFrom struct {
	OriginID id.ID  `json:"origin_id"`
	OriginNo string `json:"origin_no"`
	Kind     string `json:"kind"`
}

func (MadeFrom) EventName() string { return "reship.made_from" }

// Counted: what was sent again of an order's lines is another number now.
type Counted struct {
	By id.ID `json:"by"` // the reship that shipped
}

func (Counted) EventName() string { return "reship.counted" }
