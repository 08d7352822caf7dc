"""mcp-cn-commerce (PyPI), Douyin: HMAC-SHA256, timestamp in seconds; it checks what it reads against Douyin's documents."""

import asyncio
import time

from servers.doudian.client import DouDianAPIError, DouDianClient

from sim import KEYS, act, make, ok, same, shipped, token, truth


async def main():
    shop = DouDianClient(KEYS["app_key"], KEYS["app_secret"], token(), KEYS["shop_id"])
    made = make(5)
    now = int(time.time())
    answer = await shop.request("order/searchList", {"page": 0, "size": 100, "create_time_start": now - 600, "create_time_end": now + 5})
    same(sorted(o["order_id"] for o in answer["shop_order_list"]), sorted(made), "listed")
    for order in answer["shop_order_list"]:
        same(order["pay_amount"], truth(order["order_id"])["buyer_paid"], "paid")
    ok("list")

    seen = []
    for page in range(3):
        answer = await shop.request(
            "order/searchList", {"page": page, "size": 2, "order_by": "update_time", "order_asc": True, "update_time_start": now - 600, "update_time_end": now + 5}
        )
        seen += [o["order_id"] for o in answer["shop_order_list"]]
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    answer = await shop.request("order/orderDetail", {"shop_order_id": made[0]})
    lines = answer["shop_order_detail"]["sku_order_list"]
    same([l["code"] for l in lines], [l["code"] for l in truth(made[0])["full"]["lines"]], "lines")
    ok("detail")

    await shop.request("order/logisticsAdd", {"order_id": made[0], "company_code": "yuantong", "logistics_code": "YT9008001"})
    shipped(made[0], "YT9008001")
    ok("ship")

    act(made[1], "ask_refund")
    answer = await shop.request(
        "afterSale/List",
        {"page": 0, "size": 100, "order_by": ["update_time asc"], "update_start_time": now - 600, "update_end_time": int(time.time()) + 5},
    )
    same([str(c["order_info"]["shop_order_id"]) for c in answer["items"]], [made[1]], "refunds")
    ok("refunds")

    try:
        await DouDianClient(KEYS["app_key"], "0" * 36, token(), KEYS["shop_id"]).request("order/orderDetail", {"shop_order_id": made[0]})
    except DouDianAPIError as e:
        same((e.code, e.sub_code), (40003, "isv.signature-invalid"), "forged")
        ok("refused")


asyncio.run(main())
