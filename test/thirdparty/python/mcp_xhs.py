"""mcp-cn-commerce (PyPI), Xiaohongshu: reads only; it checks envelopes as documented."""

import asyncio
import time

from servers.xiaohongshu.client import XiaohongshuMCP
from shared.cn_commerce_base import CommerceAPIError

from sim import KEYS, act, make, ok, same, token, truth


async def main():
    shop = XiaohongshuMCP(KEYS["app_id"], KEYS["app_secret"], token())
    made = make(5)
    now = int(time.time())

    async def listed(page, size):
        answer = await shop._call(
            "POST", "/api/order/list", {"startTime": now - 600, "endTime": now + 5, "timeType": 2, "pageNo": page, "pageSize": size}
        )
        return answer["data"]

    answer = await listed(1, 100)
    same((answer["total"], sorted(o["orderId"] for o in answer["orderList"])), (5, sorted(made)), "listed")
    ok("list")

    seen, last = [], (await listed(1, 2))["maxPageNo"]
    for page in range(last, 0, -1):
        seen += [o["orderId"] for o in (await listed(page, 2))["orderList"]]
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    order = (await shop._call("POST", "/api/order/detail", {"orderId": made[0]}))["data"]
    same((order["orderStatus"], order["totalPayAmount"]), (4, truth(made[0])["buyer_paid"]), "order")
    ok("detail")

    act(made[1], "ask_refund")
    now = int(time.time())
    answer = await shop._call(
        "POST", "/api/refund/list", {"startTime": (now - 600) * 1000, "endTime": (now + 5) * 1000, "timeType": 2, "pageNo": 1, "pageSize": 50}
    )
    rows = answer["data"]["afterSaleBasicInfos"]
    same([r["orderId"] for r in rows], [made[1]], "refunds")
    one = (await shop._call("POST", "/api/refund/detail", {"returnsId": rows[0]["returnsId"]}))["data"]
    assert made[1] in str(one), one
    ok("refunds")

    try:
        await XiaohongshuMCP(KEYS["app_id"], "0" * 32, token())._call("POST", "/api/order/detail", {"orderId": made[0]})
    except CommerceAPIError as e:
        assert e.code, e
        ok("refused")


asyncio.run(main())
