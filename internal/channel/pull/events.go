package pull

import "github.com/ordercove/ordercove/internal/kit/id"

// Behind: a shop's stream has not been read whole for a quarter of an hour.
type Behind struct {
	ShopID id.ID  `json:"shop_id"`
	Stream string `json:"stream"`
	Since  int64  `json:"since_at"`
	Code   string `json:"error_code"`
}

func (Behind) EventName() string { return "pull.behind" }

// CaughtUp: the stream is current again.
type CaughtUp struct {
	ShopID id.ID  `json:"shop_id"`
	Stream string `json:"stream"`
}

func (CaughtUp) EventName() string { return "pull.caught_up" }

// GapOpened: a window could not be read and is tried apart from now on.
type GapOpened struct {
	ShopID id.ID  `json:"shop_id"`
	Stream string `json:"stream"`
	From   int64  `json:"from_at"`
	To     int64  `json:"to_at"`
	Code   string `json:"error_code"`
}

func (GapOpened) EventName() string { return "pull.gap_opened" }

// GapStays: a gap has been open for a quarter of an hour.
type GapStays struct {
	ShopID id.ID  `json:"shop_id"`
	Stream string `json:"stream"`
	From   int64  `json:"from_at"`
	To     int64  `json:"to_at"`
	Code   string `json:"error_code"`
}

func (GapStays) EventName() string { return "pull.gap_stays" }

// GapClosed: everything of a gap has been read.
type GapClosed struct {
	ShopID id.ID  `json:"shop_id"`
	Stream string `json:"stream"`
	From   int64  `json:"from_at"`
	To     int64  `json:"to_at"`
}

func (GapClosed) EventName() string { return "pull.gap_closed" }

// OrdersFound: a comparison brought orders that no list and no push had told of.
type OrdersFound struct {
	ShopID id.ID `json:"shop_id"`
	From   int64 `json:"from_at"`
	To     int64 `json:"to_at"`
	Number int64 `json:"number"`
}

func (OrdersFound) EventName() string { return "pull.orders_found" }

// DayClosed: two comparisons of a day were equal.
type DayClosed struct {
	ShopID id.ID `json:"shop_id"`
	Day    int64 `json:"day"`
	Orders int64 `json:"orders"`
}

func (DayClosed) EventName() string { return "pull.day_closed" }

// DayReopened: a later comparison of a closed day was not equal.
type DayReopened struct {
	ShopID id.ID `json:"shop_id"`
	Day    int64 `json:"day"`
}

func (DayReopened) EventName() string { return "pull.day_reopened" }
