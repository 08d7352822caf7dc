package taobao

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// mergeAtOnce is how many orders one question takes.
const mergeAtOnce = 100

// MergeGroups implements channel.MergeGrouper. A receiver's key is the order's oaid.
func (c *client) MergeGroups(ctx context.Context, orders []channel.MergeOrder) ([][]string, error) {
	var out [][]string
	for part := range slices.Chunk(orders, mergeAtOnce) {
		groups, err := c.merge(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, groups...)
	}
	return out, nil
}

func (c *client) merge(ctx context.Context, orders []channel.MergeOrder) ([][]string, error) {
	type query struct {
		Oaid string `json:"oaid"`
		Tid  string `json:"tid"`
	}
	var queries []query
	for _, o := range orders {
		if o.ReceiverKey == "" {
			i, err := c.Get(ctx, o.OrderNo)
			if err != nil {
				return nil, err
			}
			o.ReceiverKey = wire.Field(i.Raw, "oaid").String()
		}
		if o.ReceiverKey != "" {
			queries = append(queries, query{o.ReceiverKey, o.OrderNo})
		}
	}
	var answer struct {
		Groups rows `json:"tid_list"`
	}
	if len(queries) > 1 {
		list, err := json.Marshal(queries)
		if err != nil {
			return nil, err
		}
		if _, err := c.call(ctx, question, "taobao.top.oaid.merge", map[string]string{"merge_list": string(list)}, &answer); err != nil {
			return nil, err
		}
	}
	return grouped(orders, answer.Groups)
}

// grouped puts every order into the group that the platform named it in first, in the
// order of the question.
func grouped(orders []channel.MergeOrder, told rows) ([][]string, error) {
	group := map[string]int{}
	for i, raw := range told.Items {
		var nos wire.Text
		if err := json.Unmarshal(raw, &nos); err != nil {
			return nil, channel.Told(channel.ErrAnswer, "tid_list", "unreadable groups").Because(err)
		}
		for _, no := range strings.Split(nos.String(), ",") {
			if no = strings.TrimSpace(no); group[no] == 0 {
				group[no] = i + 1
			}
		}
	}
	var out [][]string
	at, seen := map[int]int{}, map[string]bool{}
	for _, o := range orders {
		if seen[o.OrderNo] {
			continue
		}
		seen[o.OrderNo] = true
		g := group[o.OrderNo]
		if k, ok := at[g]; ok && g > 0 {
			out[k] = append(out[k], o.OrderNo)
			continue
		}
		at[g] = len(out)
		out = append(out, []string{o.OrderNo})
	}
	return out, nil
}
