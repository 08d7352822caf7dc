package send

import "github.com/ordercove/ordercove/internal/kit/id"

// EffectDone: the channel has confirmed what we told it.
type EffectDone struct {
	EffectID id.ID `json:"effect_id"`
	ShopID   id.ID `json:"shop_id"`
	Kind     Kind  `json:"kind"`
}

func (EffectDone) EventName() string { return "send.effect_done" }

// EffectFailed: the channel refused, or nobody can tell; a person has to look.
type EffectFailed struct {
	EffectID id.ID  `json:"effect_id"`
	ShopID   id.ID  `json:"shop_id"`
	Kind     Kind   `json:"kind"`
	State    State  `json:"state"`
	Code     string `json:"code"`
}

func (EffectFailed) EventName() string { return "send.effect_failed" }

// StockStale: listings of a shop have been offering another number than they
// should for longer than they may.
type StockStale struct {
	ShopID   id.ID `json:"shop_id"`
	Listings int64 `json:"listings"`
	Since    int64 `json:"since"`
}

func (StockStale) EventName() string { return "send.stock_stale" }
