package shopify

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel/wire"
)

type storeOrder struct {
	ID          wire.Text `json:"id"`
	Name        wire.Text `json:"name"`
	Email       wire.Text `json:"email"`
	Currency    string    `json:"currency"`
	Created     wire.Text `json:"created_at"`
	Updated     wire.Text `json:"updated_at"`
	Cancelled   wire.Text `json:"cancelled_at"`
	Processed   wire.Text `json:"processed_at"`
	LinePrices  wire.Yuan `json:"total_line_items_price"`
	Discounts   wire.Yuan `json:"total_discounts"`
	Total       wire.Yuan `json:"total_price"`
	Financial   wire.Text `json:"financial_status"`
	Fulfilment  wire.Text `json:"fulfillment_status"`
	Note        wire.Text `json:"note"`
	Attributes  []pair    `json:"note_attributes"`
	Gateways    []string  `json:"payment_gateway_names"`
	Fulfilments []struct {
		ID      wire.Text   `json:"id"`
		Status  string      `json:"status"`
		Created wire.Text   `json:"created_at"`
		Company wire.Text   `json:"tracking_company"`
		No      wire.Text   `json:"tracking_number"`
		Nos     []wire.Text `json:"tracking_numbers"`
	} `json:"fulfillments"`
	Customer struct {
		ID wire.Text `json:"id"`
	} `json:"customer"`
	Shipping struct {
		Name     wire.Text `json:"name"`
		Phone    wire.Text `json:"phone"`
		Address1 wire.Text `json:"address1"`
		Address2 wire.Text `json:"address2"`
		City     wire.Text `json:"city"`
		Province wire.Text `json:"province"`
		Zip      wire.Text `json:"zip"`
	} `json:"shipping_address"`
	Freight []struct {
		Price      wire.Yuan `json:"price"`
		Discounted wire.Yuan `json:"discounted_price"`
	} `json:"shipping_lines"`
	Lines   []storeLine `json:"line_items"`
	Refunds []struct {
		Lines []struct {
			Line     wire.Text `json:"line_item_id"`
			Quantity wire.Int  `json:"quantity"`
			Subtotal wire.Yuan `json:"subtotal"`
			Tax      wire.Yuan `json:"total_tax"`
		} `json:"refund_line_items"`
		Transactions []struct {
			Kind   string    `json:"kind"`
			Status string    `json:"status"`
			Amount wire.Yuan `json:"amount"`
		} `json:"transactions"`
	} `json:"refunds"`
}

type storeLine struct {
	ID         wire.Text `json:"id"`
	Variant    wire.Text `json:"variant_id"`
	Product    wire.Text `json:"product_id"`
	Name       string    `json:"name"`
	Spec       wire.Text `json:"variant_title"`
	SKU        wire.Text `json:"sku"`
	Quantity   wire.Int  `json:"quantity"`
	Fulfilment wire.Text `json:"fulfillment_status"`
	Price      wire.Yuan `json:"price"`
	Discounts  []struct {
		Amount wire.Yuan `json:"amount"`
	} `json:"discount_allocations"`
}

type pair struct {
	Name  string    `json:"name"`
	Value wire.Text `json:"value"`
}

// fulfilmentOrder is what one place has to send.
type fulfilmentOrder struct {
	ID     json.Number `json:"id"`
	Status string      `json:"status"`
	Lines  []struct {
		ID   json.Number `json:"id"`
		Line wire.Text   `json:"line_item_id"`
		Left wire.Int    `json:"fulfillable_quantity"`
	} `json:"line_items"`
}

type fulfilmentLines struct {
	ID    json.Number   `json:"fulfillment_order_id"`
	Lines []pieceOfLine `json:"fulfillment_order_line_items"`
}

type pieceOfLine struct {
	ID       json.Number `json:"id"`
	Quantity int64       `json:"quantity"`
}

type tracking struct {
	Number  string `json:"number"`
	Company string `json:"company"`
}
