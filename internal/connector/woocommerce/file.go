package woocommerce

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{{
	Kind: channel.Orders, Layout: "order export",
	Keys:  []string{"order_id|order_number", "order_date", "status", "order_total", "line_item_1|line_items|Product Item 1 Name"},
	Marks: []string{"shipping_first_name", "order_currency", "customer_note", "shipping_items", "payment_method", "wt_import_key", "order_subtotal"},
	Read:  readOrders,
}}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		if err := r.RowPerOrder(src, c.no, false, build(c)); err != nil {
			return err
		}
	}
	return nil
}
