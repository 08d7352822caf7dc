package generic

import "github.com/ordercove/ordercove/internal/channel"

// columns finds the mapped fields in a header.
type columns map[channel.Field]channel.Col

func find(h *channel.Header, m channel.Mapping) columns {
	c := columns{}
	for _, f := range channel.Fields() {
		c[f] = channel.None
		if name := m[f]; name != "" {
			c[f] = h.Col(name)
		}
	}
	return c
}
