"""mcp-cn-commerce (PyPI), Pinduoduo: a form without a version."""

import asyncio
import time

from servers.pinduoduo.client import PinduoduoMCP
from shared.cn_commerce_base import CommerceAPIError

from sim import KEYS, act, make, ok, same, shipped, token, truth


async def main():
    shop = PinduoduoMCP(KEYS["client_id"], KEYS["client_secret"], token())
    made = make(5)
    now = int(time.time())
    answer = await shop._call(
        "pdd.order.list.get",
        {"order_status": 1, "refund_status": 1, "start_confirm_at": now - 600, "end_confirm_at": now + 5, "page": 1, "page_size": 100},
    )
    same(answer["order_list_get_response"]["total_count"], 5, "total")
    same(sorted(o["order_sn"] for o in answer["order_list_get_response"]["order_list"]), sorted(made), "listed")
    ok("list")

    seen, page, more = [], 1, True
    while more:
        answer = await shop._call(
            "pdd.order.number.list.increment.get",
            {"is_lucky_flag": 1, "order_status": 5, "refund_status": 5, "start_updated_at": now - 600, "end_updated_at": now + 5,
             "page": page, "page_size": 2, "use_has_next": True},
        )
        body = answer["order_sn_increment_get_response"]
        seen += [o["order_sn"] for o in body["order_sn_list"]]
        more, page = body["has_next"], page + 1
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    answer = await shop._call("pdd.order.information.get", {"order_sn": made[0]})
    order = answer["order_info_get_response"]["order_info"]
    same(round(order["pay_amount"] * 100), truth(made[0])["buyer_paid"], "paid")
    same([i["goods_count"] for i in order["item_list"]], [l["quantity"] for l in truth(made[0])["full"]["lines"]], "lines")
    ok("detail")

    answer = await shop._call("pdd.logistics.companies.get", {})
    carrier = answer["logistics_companies_get_response"]["logistics_companies"][0]["id"]
    await shop._call("pdd.logistics.online.send", {"order_sn": made[0], "logistics_id": carrier, "tracking_number": "YT9007001"})
    shipped(made[0], "YT9007001")
    ok("ship")

    act(made[1], "ask_refund")
    answer = await shop._call(
        "pdd.refund.list.increment.get",
        {"after_sales_status": 1, "after_sales_type": 1, "start_updated_at": now - 600, "end_updated_at": int(time.time()) + 5, "page": 1, "page_size": 100},
    )
    same([r["order_sn"] for r in answer["refund_increment_get_response"]["refund_list"]], [made[1]], "refunds")
    ok("refunds")

    try:
        await PinduoduoMCP(KEYS["client_id"], "0" * 40, token())._call("pdd.order.information.get", {"order_sn": made[0]})
    except CommerceAPIError as e:
        assert e.code, e
        ok("refused")


asyncio.run(main())
