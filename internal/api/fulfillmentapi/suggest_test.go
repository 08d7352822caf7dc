package fulfillmentapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

func TestMergesAreSuggestedPreviewedAndAskedForOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		to := order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号"}
		allocate := func(no string) string {
			var out struct{ Items []struct{ ID string } }
			o := x.orderTo(no, to)
			x.ask("owner", "POST", "/fulfillment-orders/allocate", fmt.Sprintf(`{"order_ids":["%d"]}`, o), &struct{}{})
			x.ask("owner", "GET", fmt.Sprintf("/fulfillment-orders?order_id=%d", o), "", &out)
			return out.Items[0].ID
		}
		a, b := allocate("M1"), allocate("M2")
		var list struct {
			Items []struct {
				Ready   bool
				Members []struct {
					ID       id.ID
					OrderNos []string `json:"order_nos"`
					Receiver string
				}
			}
		}
		x.ask("owner", "GET", "/merge-suggestions", "", &list)
		if len(list.Items) != 1 || !list.Items[0].Ready || len(list.Items[0].Members) != 2 || list.Items[0].Members[0].Receiver != "沈** 138****8000" {
			t.Fatalf("%+v", list)
		}
		var answer struct {
			Groups            int64
			FulfillmentOrders int64 `json:"fulfillment_orders"`
			Job               *struct{ ID, State string }
		}
		x.ask("owner", "POST", "/merge-suggestions/merge", `{"all":true,"dry_run":true}`, &answer)
		if answer.Groups != 1 || answer.FulfillmentOrders != 2 || answer.Job != nil {
			t.Errorf("%+v", answer)
		}
		var candidates struct{ Items []struct{ ID string } }
		x.ask("owner", "GET", "/fulfillment-orders/"+a+"/merge-candidates", "", &candidates)
		if len(candidates.Items) != 1 || candidates.Items[0].ID != b {
			t.Errorf("%+v", candidates)
		}
		x.ask("owner", "POST", "/fulfillment-orders/seal", fmt.Sprintf(`{"ids":[%q],"reason":"print"}`, a), &struct{}{})
		third := allocate("M3")
		var prompts struct {
			Items []struct{ New, Sealed struct{ ID string } }
		}
		x.ask("owner", "GET", "/merge-prompts", "", &prompts)
		if len(prompts.Items) != 1 || prompts.Items[0].New.ID != third || prompts.Items[0].Sealed.ID != a {
			t.Fatalf("%+v", prompts)
		}
		if status, text := x.ask("clerk", "POST", "/merge-prompts/"+third+"/answer", `{"answer":"append"}`, nil); status != 403 {
			t.Errorf("without the right: %d %s", status, text)
		}
		x.ask("owner", "POST", "/merge-prompts/"+third+"/answer", `{"answer":"append"}`, &struct{}{})
		var one struct {
			OrderCount int64 `json:"order_count"`
			Version    int64
			Sealed     string
		}
		x.ask("owner", "GET", "/fulfillment-orders/"+a, "", &one)
		if one.OrderCount != 2 || one.Version < 2 || one.Sealed != fulfillment.SealPrint {
			t.Errorf("%+v", one)
		}
		if status, text := x.ask("owner", "POST", "/merge-prompts/"+third+"/answer", `{"answer":"apart"}`, nil); status != 404 || !strings.Contains(text, "suggest.prompt_not_found") {
			t.Errorf("answered twice: %d %s", status, text)
		}
		if status, text := x.ask("owner", "POST", "/merge-suggestions/merge", `{"groups":[]}`, nil); status != 422 || !strings.Contains(text, "suggest.nothing_to_merge") {
			t.Errorf("nothing to merge: %d %s", status, text)
		}
	})
}
