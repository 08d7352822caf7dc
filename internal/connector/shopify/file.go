package shopify

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{{
	Kind: channel.Orders, Layout: "orders_export",
	Keys:  []string{"Name", "Financial Status", "Lineitem name", "Lineitem quantity", "Lineitem price"},
	Marks: []string{"Email", "Fulfillment Status", "Created at", "Shipping Name", "Lineitem sku", "Currency", "Subtotal", "Total"},
	Read:  readOrders,
}}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header)
		if err := r.RowsPerOrder(src, c.no, nil, build(c)); err != nil {
			return err
		}
	}
	return nil
}
