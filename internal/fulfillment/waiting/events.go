package waiting

import "github.com/ordercove/ordercove/internal/kit/id"

// ShortageAgreed: it was agreed with the buyer what becomes of an order that is short.
type ShortageAgreed struct {
	OrderID id.ID  `json:"order_id"`
	Agreed  string `json:"agreed"` // wait | replace | refund
}

func (ShortageAgreed) EventName() string { return "waiting.shortage_agreed" }

// GoodsReplaced: lines of an order that waited ask for other goods now.
type GoodsReplaced struct {
	OrderID id.ID      `json:"order_id"`
	Lines   []Replaced `json:"lines"`
}

// Replaced is how many pieces of a line became what.
type Replaced struct {
	LineID   id.ID `json:"line_id"`
	FromSKU  id.ID `json:"from_sku_id"`
	ToSKU    id.ID `json:"to_sku_id"`
	Pieces   int64 `json:"pieces"` // that were missing
	Quantity int64 `json:"quantity"`
}

func (GoodsReplaced) EventName() string { return "waiting.goods_replaced" }
