"""mcp-cn-commerce (PyPI), WeChat shop: gets its token by GET /cgi-bin/token."""

import asyncio
import time

from servers.weixin_store.client import WeixinStoreMCP
from shared.cn_commerce_base import CommerceAPIError

from sim import KEYS, act, make, ok, same, shipped, truth

EC = "/channels/ec"


async def main():
    shop = WeixinStoreMCP(KEYS["app_id"], KEYS["app_secret"])
    await shop._ensure_token()
    ok("token")

    made = make(5)
    now = int(time.time())
    between = {"start_time": now - 600, "end_time": now + 5}
    answer = await shop._request("POST", f"{EC}/order/list/get", data={"update_time_range": between, "page_size": 100})
    same((sorted(answer["order_id_list"]), answer["has_more"]), (sorted(made), False), "listed")
    ok("list")

    seen, key, more = [], "", True
    while more:
        answer = await shop._request("POST", f"{EC}/order/list/get", data={"create_time_range": between, "page_size": 2, "next_key": key})
        seen += answer["order_id_list"]
        key, more = answer["next_key"], answer["has_more"]
    same(sorted(seen), sorted(made), "paged")
    ok("page")

    order = (await shop._request("POST", f"{EC}/order/get", data={"order_id": made[0]}))["order"]
    detail = order["order_detail"]
    same((order["status"], detail["price_info"]["order_price"]), (20, truth(made[0])["buyer_paid"]), "order")
    same([p["sku_code"] for p in detail["product_infos"]], [l["code"] for l in truth(made[0])["full"]["lines"]], "lines")
    ok("detail")

    companies = await shop._request("POST", f"{EC}/order/deliverycompanylist/new/get", data={})
    pieces = [{"product_id": p["product_id"], "sku_id": p["sku_id"], "product_cnt": p["sku_cnt"]} for p in detail["product_infos"]]
    parcel = {"delivery_id": companies["company_list"][0]["delivery_id"], "waybill_id": "YT9009001", "deliver_type": 1, "product_infos": pieces}
    await shop._request("POST", f"{EC}/order/delivery/send", data={"order_id": made[0], "delivery_list": [parcel]})
    shipped(made[0], "YT9009001")
    ok("ship")

    act(made[1], "ask_refund")
    answer = await shop._request(
        "POST", f"{EC}/aftersale/getaftersalelist", data={"begin_update_time": now - 600, "end_update_time": int(time.time()) + 5}
    )
    case = await shop._request("POST", f"{EC}/aftersale/getaftersaleorder", data={"after_sale_order_id": answer["after_sale_order_id_list"][0]})
    same(case["after_sale_order"]["order_id"], made[1], "refunds")
    ok("refunds")

    for thief in (WeixinStoreMCP(KEYS["app_id"], "0" * 32), WeixinStoreMCP(access_token="6" * 40)):
        try:
            await thief._request("POST", f"{EC}/order/get", data={"order_id": made[0]})
        except CommerceAPIError:
            continue
        raise AssertionError("the platform took a forged call")
    ok("refused")


asyncio.run(main())
