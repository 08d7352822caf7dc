"""doudian (PyPI): its own gateway, through the proxy; signs HMAC-SHA256 over ASCII-escaped, sorted JSON."""

import time

from doudian import AppType, DouDian

from sim import KEYS, act, make, ok, same, shipped, truth

shop = DouDian(KEYS["app_key"], KEYS["app_secret"], AppType.SELF, shop_id=KEYS["shop_id"])
assert shop._token and shop._token["access_token"], "no token"
ok("token")


def call(path, params, by=shop):
    answer = by.request(path, params)
    assert answer is not None, path
    same(answer["code"], 10000, answer)
    return answer["data"]


made = make(5)
now = int(time.time())
answer = call("/order/searchList", {"page": 0, "size": 100, "order_by": "update_time", "order_asc": True, "update_time_start": now - 600, "update_time_end": now + 5})
same(answer["total"], 5, "total")
same(sorted(o["order_id"] for o in answer["shop_order_list"]), sorted(made), "listed")
for order in answer["shop_order_list"]:
    same((order["order_status"], order["pay_amount"]), (2, truth(order["order_id"])["buyer_paid"]), "order")
ok("list")

seen = []
for page in range(3):
    answer = call("/order/searchList", {"page": page, "size": 2, "create_time_start": now - 600, "create_time_end": now + 5})
    seen += [o["order_id"] for o in answer["shop_order_list"]]
same(sorted(seen), sorted(made), "paged")
ok("page")

order = call("/order/orderDetail", {"shop_order_id": made[0]})["shop_order_detail"]
full = truth(made[0])["full"]
same([(l["item_num"], l["code"]) for l in order["sku_order_list"]], [(l["quantity"], l["code"]) for l in full["lines"]], "lines")
same(order["post_addr"]["province"]["name"], full["receiver"]["province"], "province")
ok("detail")

call("/order/logisticsAdd", {"order_id": made[0], "company_code": "yuantong", "logistics_code": "YT9004001", "is_refund_reject": False})
shipped(made[0], "YT9004001")
ok("ship")

act(made[1], "ask_refund")
answer = call(
    "/afterSale/List",
    {"page": 0, "size": 100, "order_by": ["update_time asc"], "update_start_time": now - 600, "update_end_time": int(time.time()) + 5},
)
same([str(c["order_info"]["shop_order_id"]) for c in answer["items"]], [made[1]], "refunds")
ok("refunds")

shop._app_secret = "0" * 36
answer = shop.request("/order/orderDetail", {"shop_order_id": made[0]})
same((answer["code"], answer["sub_code"]), (40003, "isv.signature-invalid"), "forged")
ok("refused")
