package account

import "github.com/ordercove/ordercove/internal/kit/id"

// Changed: an account was made or changed; Fields names what.
type Changed struct {
	AccountID id.ID    `json:"account_id"`
	Fields    []string `json:"fields"`
}

func (Changed) EventName() string { return "account.changed" }

// BalanceLow: an account has as few waybills left as its owner wants to know of.
type BalanceLow struct {
	AccountID id.ID  `json:"account_id"`
	Carrier   string `json:"carrier"`
	Branch    string `json:"branch"`
	Left      int64  `json:"left"`
	LowAt     int64  `json:"low_at"`
}

func (BalanceLow) EventName() string { return "account.balance_low" }

// Refused: the carrier takes the account's credentials no more.
type Refused struct {
	AccountID id.ID  `json:"account_id"`
	Code      string `json:"error_code"`
}

func (Refused) EventName() string { return "account.refused" }

// Restored: the carrier takes the account's calls again.
type Restored struct {
	AccountID id.ID `json:"account_id"`
}

func (Restored) EventName() string { return "account.restored" }
