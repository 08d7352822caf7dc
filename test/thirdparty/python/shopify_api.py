"""ShopifyAPI (PyPI): the shop's own https address, through the proxy."""

from datetime import datetime, timedelta, timezone

import pyactiveresource.connection
import shopify

from sim import KEYS, make, ok, same, shipped, truth, yuan

VERSION = "2024-10"


def enter(token):
    shopify.ShopifyResource.activate_session(shopify.Session(KEYS["shop_domain"], VERSION, token))


enter(KEYS["access_token"])
made = make(5)
since = (datetime.now(timezone.utc) - timedelta(minutes=10)).isoformat()

orders = shopify.Order.find(status="any", updated_at_min=since, limit=250)
found = {str(o.id): o for o in orders}
same(sorted(found), sorted(made), "listed")
for no, order in found.items():
    same(order.total_price, yuan(truth(no)["buyer_paid"]), "total")
ok("list")

seen, page = [], shopify.Order.find(status="any", limit=2)
while True:
    seen += [str(o.id) for o in page]
    if not page.has_next_page():
        break
    page = page.next_page()
same(sorted(seen), sorted(made), "paged")
ok("page")

order = shopify.Order.find(found[made[0]].id)
full = truth(made[0])["full"]
same([(l.quantity, l.sku) for l in order.line_items], [(l["quantity"], l["code"]) for l in full["lines"]], "lines")
same(order.shipping_address.city, full["receiver"]["city"], "city")
same(shopify.Shop.current().myshopify_domain, KEYS["shop_domain"], "shop")
ok("detail")

todo = shopify.FulfillmentOrders.find(order_id=order.id)
parcel = shopify.FulfillmentV2.create(
    {
        "line_items_by_fulfillment_order": [{"fulfillment_order_id": todo[0].id}],
        "tracking_info": {"number": "SF900200", "company": "SF Express"},
        "notify_customer": False,
    }
)
same(parcel.errors.full_messages(), [], "fulfilment")
shipped(made[0], "SF900200")
same(shopify.Order.find(order.id).fulfillment_status, "fulfilled", "after")
ok("ship")

enter("shpat_" + "0" * 32)
try:
    shopify.Order.find(limit=1)
except pyactiveresource.connection.UnauthorizedAccess as e:
    same(e.code, 401, "forged")
    ok("refused")
