"""ks-shop-python-sdk (PyPI): GET or POST as each method is documented, MD5; its own gateway, through the proxy."""

import json
import time

from ks_shop_api.order.request import (
    OpenOrderCursorListRequest,
    OpenOrderDetailRequest,
    OpenSellerOrderGoodsDeliverRequest,
)
from ks_shop_api.refund.request import OpenSellerOrderRefundPcursorListRequest

from sim import KEYS, act, code, make, ok, same, shipped, truth

keys = (KEYS["app_key"], KEYS["app_secret"], KEYS["sign_secret"])

client = OpenOrderDetailRequest(*keys)
grant = client.get_access_token_first(code())
same(grant["result"], 1, grant)
grant = client.refresh_access_token(grant["refresh_token"])
same(grant["result"], 1, grant)
token = grant["access_token"]
ok("token")


def call(request, params):
    answer = request(*keys).getResponse(token, params)
    same(answer["result"], 1, answer)
    return answer.get("data")


made = make(5)
now = int(time.time() * 1000)


def listed(cursor, size):
    return call(
        OpenOrderCursorListRequest,
        {"orderViewStatus": 1, "pageSize": size, "sort": 1, "queryType": 2, "beginTime": now - 600_000, "endTime": now + 5_000, "cpsType": 0, "cursor": cursor},
    )


answer = listed("", 50)
same(sorted(str(o["orderBaseInfo"]["oid"]) for o in answer["orderList"]), sorted(made), "listed")
for order in answer["orderList"]:
    base = order["orderBaseInfo"]
    same((base["status"], base["totalFee"]), (30, truth(str(base["oid"]))["buyer_paid"]), "order")
ok("list")

seen, cursor = [], ""
while cursor != "nomore":
    answer = listed(cursor, 2)
    seen += [str(o["orderBaseInfo"]["oid"]) for o in answer["orderList"]]
    cursor = answer["cursor"]
same(sorted(seen), sorted(made), "paged")
ok("page")

order = call(OpenOrderDetailRequest, {"oid": int(made[0])})
line = truth(made[0])["full"]["lines"][0]
same((order["orderItemInfo"]["num"], order["orderItemInfo"]["skuNick"]), (line["quantity"], line["code"]), "line")
ok("detail")

call(OpenSellerOrderGoodsDeliverRequest, {"orderId": int(made[0]), "expressCode": 4, "expressNo": "YT9005001"})
shipped(made[0], "YT9005001")
ok("ship")

act(made[1], "ask_refund")
answer = call(
    OpenSellerOrderRefundPcursorListRequest,
    {"beginTime": now - 600_000, "endTime": int(time.time() * 1000) + 5_000, "type": 9, "pageSize": 50, "currentPage": 1, "sort": 1, "queryType": 2, "pcursor": ""},
)
same([str(r["oid"]) for r in answer["refundOrderInfoList"]], [made[1]], "refunds")
ok("refunds")

answer = OpenOrderDetailRequest(keys[0], keys[1], "0" * 32).getResponse(token, {"oid": int(made[0])})
assert answer["result"] != 1, answer
assert json.dumps(answer), "told in JSON"
ok("refused")
