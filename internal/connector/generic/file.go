package generic

import "github.com/ordercove/ordercove/internal/channel"

var files = []channel.FileFormat{{Kind: channel.Orders, Layout: "自定义表格", Mapped: true, Read: readOrders}}

func readOrders(in *channel.Input, yield channel.Yield) error {
	r := channel.NewReading(in, yield)
	for i := range in.Sources {
		src := &in.Sources[i]
		c := find(src.Header, in.Options.Mapping)
		goesOn := func(row channel.Row) bool {
			return row.Text(c[channel.FieldStatus]) == "" && row.Text(c[channel.FieldTitle]) != ""
		}
		if c[channel.FieldStatus] == channel.None {
			goesOn = nil
		}
		if err := r.RowsPerOrder(src, c[channel.FieldOrderNo], goesOn, build(c)); err != nil {
			return err
		}
	}
	return nil
}
