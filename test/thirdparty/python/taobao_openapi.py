"""taobao-openapi (PyPI): TOP's own Python SDK, for Python 3; its timestamp is in milliseconds."""

import json
from urllib.parse import urlsplit

import top.api.rest
from top.api.base import TopException
import top.api
import top

from sim import KEYS, PLAIN, act, cases, china, code, make, ok, same, truth, yuan

at = urlsplit(PLAIN)
app = top.appinfo(KEYS["app_key"], KEYS["app_secret"])


def call(name, session=None, as_app=app, **fields):
    module = __import__(f"top.api.rest.{name}Request", fromlist=["x"])
    request = getattr(module, f"{name}Request")(at.hostname, at.port)
    request.set_app_info(as_app)
    for key, value in fields.items():
        assert hasattr(request, key), f"{name} has no {key}"
        setattr(request, key, value)
    (answer,) = request.getResponse(session).values()
    return answer


grant = json.loads(call("TopAuthTokenCreate", code=code())["token_result"])
session = grant["access_token"]
again = json.loads(call("TopAuthTokenRefresh", refresh_token=grant["refresh_token"])["token_result"])
session = again["access_token"]
ok("token")

made = make(5)
answer = call(
    "TradesSoldIncrementGet", session, fields="tid,status,payment,orders", start_modified=china(-600), end_modified=china(5), page_size=40
)
same(answer["total_results"], 5, "total")
same(sorted(str(t["tid"]) for t in answer["trades"]["trade"]), sorted(made), "listed")
for trade in answer["trades"]["trade"]:
    same((trade["status"], trade["payment"]), ("WAIT_SELLER_SEND_GOODS", yuan(truth(str(trade["tid"]))["buyer_paid"])), "trade")
ok("list")

seen, page = [], 1
while True:
    answer = call(
        "TradesSoldGet", session, fields="tid", start_created=china(-600), end_created=china(5), page_no=page, page_size=2, use_has_next="true"
    )
    seen += [str(t["tid"]) for t in answer["trades"]["trade"]]
    if not answer["has_next"]:
        break
    page += 1
same(sorted(seen), sorted(made), "paged")
ok("page")

trade = call("TradeFullinfoGet", session, fields="tid,receiver_state,orders.oid,orders.outer_sku_id,orders.num", tid=made[0])["trade"]
full = truth(made[0])["full"]
same([(o["num"], o["outer_sku_id"]) for o in trade["orders"]["order"]], [(l["quantity"], l["code"]) for l in full["lines"]], "lines")
same(trade["receiver_state"], full["receiver"]["province"], "province")
ok("detail")

call("TradeMemoUpdate", session, tid=made[1], memo="加急 & 勿折", flag=1)
same((truth(made[1])["memo"], truth(made[1])["flag"]), ("加急 & 勿折", 1), "memo")
ok("memo")

act(made[2], "ask_refund")
answer = call("RefundsReceiveGet", session, fields="refund_id,tid,oid,status,refund_fee", start_modified=china(-600), end_modified=china(5))
same([(str(r["tid"]), r["status"]) for r in answer["refunds"]["refund"]], [(made[2], "WAIT_SELLER_AGREE")], "refunds")
ok("refunds")

for who, key, want in ((top.appinfo(KEYS["app_key"], "0" * 32), session, 25), (app, "6" + "0" * 50, 27)):
    try:
        call("TradesSoldGet", key, who, fields="tid")
    except TopException as e:
        same(e.errorcode, want, "forged")
    else:
        raise AssertionError("the platform took a forged call")
ok("refused")
