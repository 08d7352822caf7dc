package scenario

import (
	"net/http"
	"net/url"
	"testing"
)

// Streets are found only where the merchant asked for it, also in orders of before.
func TestAStreetIsFoundOnceTheMerchantWantsAddressesSearched(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		shop := c.post("/shops", obj{"channel": "generic", "name": "海湾自营"}, http.StatusCreated)
		sku := c.post("/skus", obj{"code": "A-1", "product_name": "海盐饼干"}, http.StatusCreated)
		order := func(detail string) string {
			return c.post("/orders", obj{"shop_id": shop.str("id"), "paid": true, "receiver": obj{"name": "周周", "phone": "13700001111", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": detail},
				"lines": []obj{{"sku_id": sku.str("id"), "quantity": 1, "price_fen": 900}}}, http.StatusCreated).str("order_id")
		}
		before := order("湖滨路 3 号")
		find := func(text, state string) []string {
			page := c.get("/orders?address=" + url.QueryEscape(text))
			want(t, "what the answer says of addresses", page.str("address_search"), state)
			var ids []string
			for _, o := range page.list("items") {
				ids = append(ids, o.str("id"))
			}
			return ids
		}
		want(t, "a street before", len(find("湖滨路", "off")), 0)
		want(t, "a city before", len(find("杭州", "off")), 1)

		clerk := s.staff("cs", "customer_service", nil)
		clerk.refused("PUT", "/settings/order.search_address", obj{"value": true}, http.StatusForbidden, "actor.forbidden")
		c.call("PUT", "/settings/order.search_address", obj{"value": true}, http.StatusOK)
		after := order("湖滨路 8 号")
		if s.db != "" { // the index waits a minute for running work to settle
			want(t, "a street while it waits", len(find("湖滨路", "building")), 0)
			c.call("PUT", "/settings/order.search_address", obj{"value": false}, http.StatusOK)
			find("湖滨路", "off")
			return
		}
		s.kill()
		s.run()
		jobs := c.items("/jobs?kind=order.address_index")
		want(t, "jobs in the task centre", len(jobs), 1)
		c.succeeded(jobs[0].str("id"))
		want(t, "a street", len(find("湖滨路", "on")), 2)
		want(t, "a number", find("湖滨路 8 号", "on")[0], after)
		want(t, "another number", find("湖滨路3", "on")[0], before)

		c.call("PUT", "/settings/order.search_address", obj{"value": false}, http.StatusOK)
		want(t, "a street afterwards", len(find("湖滨路", "off")), 0)
		s.sound()
	})
}
