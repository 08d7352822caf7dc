package shop

import "github.com/ordercove/ordercove/internal/kit/id"

// Created: the merchant added a shop.
type Created struct {
	ShopID  id.ID  `json:"shop_id"`
	Channel string `json:"channel"`
	Name    string `json:"name"`
}

func (Created) EventName() string { return "shop.created" }

// Changed: settings of a shop changed; Fields names which.
type Changed struct {
	ShopID id.ID    `json:"shop_id"`
	Fields []string `json:"fields"`
}

func (Changed) EventName() string { return "shop.changed" }
