package aftersale

import "github.com/ordercove/ordercove/internal/kit/id"

// CaseOpened: a channel told of a case for the first time.
type CaseOpened struct {
	ShopID  id.ID  `json:"shop_id"`
	OrderID id.ID  `json:"order_id"`
	Kind    string `json:"kind"`
	State   State  `json:"state"`
}

func (CaseOpened) EventName() string { return "aftersale.case_opened" }

// CaseMoved: the channel says something new of a case.
type CaseMoved struct {
	ShopID  id.ID `json:"shop_id"`
	OrderID id.ID `json:"order_id"`
	From    State `json:"from"`
	To      State `json:"to"`
}

func (CaseMoved) EventName() string { return "aftersale.case_moved" }

// CaseDecided: a person or a rule agreed or refused; the channel is being told.
type CaseDecided struct {
	ShopID    id.ID `json:"shop_id"`
	OrderID   id.ID `json:"order_id"`
	Approve   bool  `json:"approve"`
	AmountFen int64 `json:"amount_fen"`
}

func (CaseDecided) EventName() string { return "aftersale.case_decided" }

// ParcelArrived: a returned parcel is in the house.
type ParcelArrived struct {
	ParcelID id.ID `json:"parcel_id"`
	CaseID   id.ID `json:"case_id"`
}

func (ParcelArrived) EventName() string { return "aftersale.parcel_arrived" }

// GoodsInspected: somebody looked into a returned parcel, and what can be sold is stock again.
type GoodsInspected struct {
	ParcelID  id.ID `json:"parcel_id"`
	CaseID    id.ID `json:"case_id"`
	OrderID   id.ID `json:"order_id"`
	Good      int64 `json:"good"`
	Defective int64 `json:"defective"`
	Missing   int64 `json:"missing"`
}

func (GoodsInspected) EventName() string { return "aftersale.goods_inspected" }

// GoodsForsaken: a person said that the goods of a case will not come back.
type GoodsForsaken struct {
	CaseID id.ID `json:"case_id"`
}

func (GoodsForsaken) EventName() string { return "aftersale.goods_given_up" }
