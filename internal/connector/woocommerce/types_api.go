package woocommerce

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel/wire"
)

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type address struct {
	First    wire.Text `json:"first_name"`
	Last     wire.Text `json:"last_name"`
	Address1 wire.Text `json:"address_1"`
	Address2 wire.Text `json:"address_2"`
	City     wire.Text `json:"city"`
	State    wire.Text `json:"state"`
	Zip      wire.Text `json:"postcode"`
	Phone    wire.Text `json:"phone"`
	Email    wire.Text `json:"email"`
}

type metaData struct {
	Key          string          `json:"key"`
	Value        json.RawMessage `json:"value"`
	DisplayKey   wire.Text       `json:"display_key"`
	DisplayValue json.RawMessage `json:"display_value"`
}

type storeOrder struct {
	ID            wire.Text   `json:"id"`
	Number        wire.Text   `json:"number"`
	Status        string      `json:"status"`
	Currency      string      `json:"currency"`
	Created       wire.Text   `json:"date_created_gmt"`
	Modified      wire.Text   `json:"date_modified_gmt"`
	Paid          wire.Text   `json:"date_paid_gmt"`
	Completed     wire.Text   `json:"date_completed_gmt"`
	Discount      wire.Yuan   `json:"discount_total"`
	DiscountTax   wire.Yuan   `json:"discount_tax"`
	Freight       wire.Yuan   `json:"shipping_total"`
	FreightTax    wire.Yuan   `json:"shipping_tax"`
	Total         wire.Yuan   `json:"total"`
	Customer      wire.Text   `json:"customer_id"`
	Billing       address     `json:"billing"`
	Shipping      address     `json:"shipping"`
	PayMethod     string      `json:"payment_method"`
	PayTitle      string      `json:"payment_method_title"`
	Note          string      `json:"customer_note"`
	Meta          []metaData  `json:"meta_data"`
	Lines         []storeLine `json:"line_items"`
	ShippingLines []struct {
		ID wire.Text `json:"id"`
	} `json:"shipping_lines"`
	Refunds []struct {
		Total wire.Yuan `json:"total"`
	} `json:"refunds"`
}

type storeLine struct {
	ID          wire.Text  `json:"id"`
	Name        string     `json:"name"`
	Product     wire.Text  `json:"product_id"`
	Variation   wire.Text  `json:"variation_id"`
	Quantity    wire.Int   `json:"quantity"`
	Subtotal    wire.Yuan  `json:"subtotal"`
	SubtotalTax wire.Yuan  `json:"subtotal_tax"`
	Total       wire.Yuan  `json:"total"`
	TotalTax    wire.Yuan  `json:"total_tax"`
	SKU         wire.Text  `json:"sku"`
	Meta        []metaData `json:"meta_data"`
	Image       struct {
		Src string `json:"src"`
	} `json:"image"`
}

// tracking is one parcel as the Shipment Tracking extension keeps it.
type tracking struct {
	Provider string    `json:"tracking_provider"`
	Custom   string    `json:"custom_tracking_provider"`
	Link     string    `json:"custom_tracking_link"`
	No       wire.Text `json:"tracking_number"`
	Shipped  wire.Text `json:"date_shipped"`
	ID       wire.Text `json:"tracking_id"`
}
