"""WooCommerce (PyPI): OAuth 1.0a over http, Basic would be over https."""

from urllib.parse import urlsplit

from woocommerce import API

from sim import KEYS, SHOP, act, make, ok, same, shipped, truth, yuan

shop = API(url=SHOP["base_url"], consumer_key=KEYS["consumer_key"], consumer_secret=KEYS["consumer_secret"], timeout=30)
made = make(5)

answer = shop.get("orders", params={"status": "processing", "per_page": 100, "orderby": "modified", "order": "asc", "dates_are_gmt": "true"})
same(answer.status_code, 200, answer.text)
same(sorted(str(o["number"]) for o in answer.json()), sorted(made), "listed")
for order in answer.json():
    same(order["total"], yuan(truth(str(order["number"]))["buyer_paid"]), "total")
ok("list")

seen, page = [], 1
while True:
    answer = shop.get("orders", params={"per_page": 2, "page": page})
    same((answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]), ("5", "3"), "headers")
    seen += [str(o["number"]) for o in answer.json()]
    if page == int(answer.headers["X-WP-TotalPages"]):
        break
    page += 1
same(sorted(seen), sorted(made), "paged")
ok("page")

ids = {str(o["number"]): o["id"] for o in shop.get("orders", params={"per_page": 100}).json()}
order = shop.get(f"orders/{ids[made[0]]}").json()
full = truth(made[0])["full"]
same([(l["quantity"], l["sku"]) for l in order["line_items"]], [(l["quantity"], l["code"]) for l in full["lines"]], "lines")
same(order["shipping"]["city"], full["receiver"]["city"], "city")
same(shop.get("orders/999999999").json()["code"], "woocommerce_rest_shop_order_invalid_id", "unknown order")
ok("detail")

answer = shop.put(
    f"orders/{ids[made[0]]}",
    {"status": "completed", "meta_data": [{"key": "_tracking_number", "value": "SF900100"}, {"key": "_tracking_provider", "value": "SF"}]},
)
same((answer.status_code, answer.json()["status"]), (200, "completed"), "ship")
shipped(made[0], "SF900100")
ok("ship")

answer = shop.post(f"orders/{ids[made[1]]}/notes", {"note": "尽快发货 & 勿折"})
same((answer.status_code, answer.json()["note"]), (201, "尽快发货 & 勿折"), "note")
ok("memo")

act(made[2], "ask_refund")
act(made[2], "grant_refund")
refunds = shop.get(f"orders/{ids[made[2]]}/refunds").json()
same([r["amount"] for r in refunds], [yuan(truth(made[2])["refunded"])], "refunds")
ok("refunds")

thief = API(url=SHOP["base_url"], consumer_key=KEYS["consumer_key"], consumer_secret="cs_" + "0" * 40, timeout=30)
answer = thief.get("orders")
same((answer.status_code, answer.json()["code"]), (401, "woocommerce_rest_authentication_error"), "forged")
assert urlsplit(answer.url).query, "signed in the address"
ok("refused")
