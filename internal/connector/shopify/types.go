package shopify

import "github.com/ordercove/ordercove/internal/channel"

type columns struct {
	no, email, financial, fulfilment, currency, paidAt, shippedAt, placed, cancelledAt channel.Col

	freight, total, discount, refunded, notes, payMethod channel.Col

	title, price, sku, quantity, lineState channel.Col

	name, phone, street, address1, address2, city, zip, provinceName, province channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("Name"), email: h.Col("Email"), financial: h.Col("Financial Status"), fulfilment: h.Col("Fulfillment Status"),
		currency: h.Col("Currency"), paidAt: h.Col("Paid at"), shippedAt: h.Col("Fulfilled at"), placed: h.Col("Created at"),
		cancelledAt: h.Col("Cancelled at"), freight: h.Col("Shipping"), total: h.Col("Total"), discount: h.Col("Discount Amount"),
		refunded: h.Col("Refunded Amount"), notes: h.Col("Notes"), payMethod: h.Col("Payment Method"),
		title: h.Col("Lineitem name"), price: h.Col("Lineitem price"), sku: h.Col("Lineitem sku"), quantity: h.Col("Lineitem quantity"),
		lineState: h.Col("Lineitem fulfillment status"),
		name:      h.Col("Shipping Name"), phone: h.Col("Shipping Phone"), street: h.Col("Shipping Street"), address1: h.Col("Shipping Address1"),
		address2: h.Col("Shipping Address2"), city: h.Col("Shipping City"), zip: h.Col("Shipping Zip"),
		provinceName: h.Col("Shipping Province Name"), province: h.Col("Shipping Province"),
	}
}
