package taobao

import (
	"errors"
	"reflect"
	"strconv"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
)

func TestOrdersOfOneReceiverAreAGroup(t *testing.T) {
	merged := func(list string) string { return `{"top_oaid_merge_response":{"tid_list":` + list + `}}` }
	orders := func(nos ...string) (out []channel.MergeOrder) {
		for _, no := range nos {
			out = append(out, channel.MergeOrder{OrderNo: no, ReceiverKey: "1D" + no})
		}
		return out
	}
	for name, one := range map[string]struct {
		orders []channel.MergeOrder
		list   string
		want   [][]string
	}{
		"two and one":         {orders("3", "1", "2"), `{"string":["1,2","3"]}`, [][]string{{"3"}, {"1", "2"}}},
		"a bare list":         {orders("1", "2"), `["2,1"]`, [][]string{{"1", "2"}}},
		"one is left out":     {orders("1", "2", "4"), `{"string":["2,1"]}`, [][]string{{"1", "2"}, {"4"}}},
		"two are left out":    {orders("4", "5"), `{"string":[]}`, [][]string{{"4"}, {"5"}}},
		"asked for twice":     {orders("1", "2", "1"), `{"string":["1,2"]}`, [][]string{{"1", "2"}}},
		"a number of its own": {orders("1", "2"), `[1,"2"]`, [][]string{{"1"}, {"2"}}},
	} {
		c, sent := recorded(t, map[string]string{"taobao.top.oaid.merge": merged(one.list)})
		got, err := c.(channel.MergeGrouper).MergeGroups(t.Context(), one.orders)
		if err != nil || !reflect.DeepEqual(got, one.want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
		if name == "a bare list" && (*sent)[0].Get("merge_list") != `[{"oaid":"1D1","tid":"1"},{"oaid":"1D2","tid":"2"}]` {
			t.Error((*sent)[0])
		}
	}
	c, _ := recorded(t, map[string]string{"taobao.top.oaid.merge": merged(`[{}]`)})
	if _, err := c.(channel.MergeGrouper).MergeGroups(t.Context(), orders("1", "2")); !errors.Is(err, channel.ErrAnswer) {
		t.Error(err)
	}
}

func TestAReceiversKeyIsAskedForWhereNobodyKeptIt(t *testing.T) {
	answers := map[string]string{"taobao.top.oaid.merge": `{"top_oaid_merge_response":{"tid_list":["1,2"]}}`}
	for k, v := range lookups {
		answers[k] = v
	}
	c, sent := recorded(t, answers)
	got, err := c.(channel.MergeGrouper).MergeGroups(t.Context(), []channel.MergeOrder{{OrderNo: "1"}, {OrderNo: "2", ReceiverKey: "1Dkept"}})
	if err != nil || len(got) != 1 || len(*sent) != 2 || (*sent)[1].Get("merge_list") != `[{"oaid":"1DHoaid","tid":"1"},{"oaid":"1Dkept","tid":"2"}]` {
		t.Errorf("%v %v %v", got, err, *sent)
	}
}

func TestMoreOrdersThanOneQuestionTakes(t *testing.T) {
	var all []channel.MergeOrder
	for i := range 2*mergeAtOnce + 1 {
		all = append(all, channel.MergeOrder{OrderNo: strconv.Itoa(1000 + i), ReceiverKey: "1D"})
	}
	c, sent := recorded(t, map[string]string{"taobao.top.oaid.merge": `{"top_oaid_merge_response":{"tid_list":["1000,1001"]}}`})
	got, err := c.(channel.MergeGrouper).MergeGroups(t.Context(), all)
	// The last order is alone in its question, which is not asked.
	if err != nil || len(got) != len(all)-1 || len(*sent) != 2 {
		t.Errorf("%d groups, %d questions, %v", len(got), len(*sent), err)
	}
}
