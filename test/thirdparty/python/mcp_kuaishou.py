"""mcp-cn-commerce (PyPI), Kuaishou: reads only; it checks what it reads against Kuaishou's documents."""

import asyncio
import time

from servers.kuaishou.client import KuaishouMCP
from shared.cn_commerce_base import CommerceAPIError

from sim import KEYS, act, make, ok, same, token, truth


async def main():
    keys = (KEYS["app_key"], KEYS["app_secret"])
    shop = KuaishouMCP(*keys, KEYS["sign_secret"], token())
    made = make(5)
    now = int(time.time() * 1000)

    async def listed(cursor, size):
        answer = await shop._call(
            "open.order.cursor.list",
            {"orderViewStatus": 1, "beginTime": now - 600_000, "endTime": now + 5_000, "pageSize": size, "sort": 1, "queryType": 2, "cursor": cursor},
        )
        return answer["data"]

    answer = await listed("", 50)
    same(sorted(str(o["orderBaseInfo"]["oid"]) for o in answer["orderList"]), sorted(made), "listed")
    ok("list")

    seen, cursor = [], ""
    while cursor != "nomore":
        answer = await listed(cursor, 2)
        seen += [str(o["orderBaseInfo"]["oid"]) for o in answer["orderList"]]
        cursor = answer["cursor"]
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    order = (await shop._call("open.order.detail", {"oid": int(made[0])}))["data"]
    same(order["orderBaseInfo"]["totalFee"], truth(made[0])["buyer_paid"], "paid")
    ok("detail")

    act(made[1], "ask_refund")
    answer = await shop._call(
        "open.seller.order.refund.pcursor.list",
        {"beginTime": now - 600_000, "endTime": int(time.time() * 1000) + 5_000, "type": 9, "pageSize": 50, "currentPage": 1, "sort": 1, "queryType": 2, "pcursor": ""},
    )
    rows = answer["data"]["refundOrderInfoList"]
    same([str(r["oid"]) for r in rows], [made[1]], "refunds")
    one = (await shop._call("open.seller.order.refund.detail", {"refundId": rows[0]["refundId"]}))["data"]
    same((str(one["oid"]), one["refundId"]), (made[1], rows[0]["refundId"]), "refund")
    ok("refunds")

    try:
        await KuaishouMCP(*keys, "0" * 32, token())._call("open.order.detail", {"oid": int(made[0])})
    except CommerceAPIError as e:
        assert e.code, e
        ok("refused")


asyncio.run(main())
