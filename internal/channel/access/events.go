package access

import "github.com/ordercove/ordercove/internal/kit/id"

// Changed: a shop's access was set, changed or taken away; Fields names what.
type Changed struct {
	ShopID id.ID    `json:"shop_id"`
	Fields []string `json:"fields"`
}

func (Changed) EventName() string { return "access.changed" }

// ExpiringSoon: a person has to authorise the shop again before the instant given.
type ExpiringSoon struct {
	ShopID    id.ID `json:"shop_id"`
	ExpiresAt int64 `json:"expires_at"`
	DaysLeft  int64 `json:"days_left"`
}

func (ExpiringSoon) EventName() string { return "access.expiring" }

// Lost: the channel takes the shop's authorisation or credentials no more.
type Lost struct {
	ShopID id.ID  `json:"shop_id"`
	State  string `json:"state"`
	Code   string `json:"error_code"`
}

func (Lost) EventName() string { return "access.lost" }

// Restored: the channel takes the shop's calls again.
type Restored struct {
	ShopID id.ID `json:"shop_id"`
}

func (Restored) EventName() string { return "access.restored" }
