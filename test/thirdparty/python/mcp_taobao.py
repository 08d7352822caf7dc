"""mcp-cn-commerce (PyPI), Taobao: everything in the address of a POST, MD5; it checks what it reads against TOP's documents."""

import asyncio

from servers.taobao.client import TaobaoMCP
from shared.cn_commerce_base import CommerceAPIError

from sim import KEYS, act, china, make, ok, same, shipped, token, truth, yuan


async def main():
    shop = TaobaoMCP(KEYS["app_key"], KEYS["app_secret"], token())
    made = make(5)
    answer = await shop._call(
        "taobao.trades.sold.increment.get",
        {"fields": "tid,status,payment", "start_modified": china(-600), "end_modified": china(5), "page_size": 40},
    )
    trades = answer["trades_sold_increment_get_response"]["trades"]["trade"]
    same(sorted(str(t["tid"]) for t in trades), sorted(made), "listed")
    for trade in trades:
        same(trade["payment"], yuan(truth(str(trade["tid"]))["buyer_paid"]), "payment")
    ok("list")

    seen, page, more = [], 1, True
    while more:
        answer = await shop._call(
            "taobao.trades.sold.get",
            {"fields": "tid", "start_created": china(-600), "end_created": china(5), "page_no": page, "page_size": 2, "use_has_next": "true"},
        )
        body = answer["trades_sold_get_response"]
        seen += [str(t["tid"]) for t in body["trades"]["trade"]]
        more, page = body["has_next"], page + 1
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    answer = await shop._call("taobao.trade.fullinfo.get", {"fields": "tid,orders,oaid,receiver_name", "tid": made[0]})
    trade = answer["trade_fullinfo_get_response"]["trade"]
    same([o["outer_sku_id"] for o in trade["orders"]["order"]], [l["code"] for l in truth(made[0])["full"]["lines"]], "lines")
    ok("detail")

    await shop._call("taobao.logistics.offline.send", {"tid": made[0], "company_code": "YTO", "out_sid": "YT9006001"})
    shipped(made[0], "YT9006001")
    ok("ship")

    act(made[1], "ask_refund")
    answer = await shop._call("taobao.refunds.receive.get", {"fields": "refund_id,tid,status", "start_modified": china(-600), "end_modified": china(5)})
    same([str(r["tid"]) for r in answer["refunds_receive_get_response"]["refunds"]["refund"]], [made[1]], "refunds")
    ok("refunds")

    try:
        await TaobaoMCP(KEYS["app_key"], "0" * 32, token())._call("taobao.trades.sold.get", {"fields": "tid"})
    except CommerceAPIError as e:
        same(e.code, 25, "forged")
        ok("refused")


asyncio.run(main())
