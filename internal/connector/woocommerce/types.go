package woocommerce

import (
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
)

type columns struct {
	no, placed, paidAt, status, currency, freight, total, subtotal, discount, payMethod, email, note channel.Col

	first, last, phone, address1, address2, city, state, zip channel.Col

	refund channel.Col
	// packed are line_item_1 …: "name:…|sku:…|quantity:2|total:36.00".
	packed []channel.Col
	wide   []wideLine
}

// wideLine is one group of "Product Item 1 Name", "… SKU", "… Quantity", "… Total".
type wideLine struct{ name, id, sku, quantity, total, subtotal channel.Col }

// maxLines bounds the numbered column groups that are looked for.
const maxLines = 200

func find(h *channel.Header) columns {
	c := columns{
		no: h.Col("order_number", "order_id"), placed: h.Col("order_date"), paidAt: h.Col("paid_date"), status: h.Col("status"),
		currency: h.Col("order_currency"), freight: h.Col("shipping_total"), total: h.Col("order_total"), subtotal: h.Col("order_subtotal"),
		discount: h.Col("discount_total"), payMethod: h.Col("payment_method_title", "payment_method"), email: h.Col("customer_email", "billing_email"),
		note:  h.Col("customer_note"),
		first: h.Col("shipping_first_name"), last: h.Col("shipping_last_name"),
		phone: h.Col("shipping_phone", "billing_phone"), address1: h.Col("shipping_address_1"), address2: h.Col("shipping_address_2"),
		city: h.Col("shipping_city"), state: h.Col("shipping_state"), zip: h.Col("shipping_postcode"), refund: h.Col("refunded_total", "order_refund"),
	}
	if one := h.Col("line_items"); one != channel.None {
		c.packed = append(c.packed, one)
	}
	for i := 1; i <= maxLines; i++ {
		n := strconv.Itoa(i)
		if col := h.Col("line_item_" + n); col != channel.None {
			c.packed = append(c.packed, col)
			continue
		}
		p := "Product Item " + n + " "
		if name := h.Col(p + "Name"); name != channel.None {
			c.wide = append(c.wide, wideLine{name, h.Col(p + "id"), h.Col(p + "SKU"), h.Col(p + "Quantity"), h.Col(p + "Total"), h.Col(p + "Subtotal")})
			continue
		}
		break
	}
	return c
}
