"""pdd-sdk (PyPI): its gateway class with the merchants' methods, system fields in the address, others in the form."""

import time
from urllib.parse import urlsplit

import pdd_sdk
from pdd_sdk.api.base import DdkException, RestApi

from sim import KEYS, PLAIN, act, code, make, ok, same, shipped, truth

at = urlsplit(PLAIN)
app = pdd_sdk.appinfo(KEYS["client_id"], KEYS["client_secret"])


def call(method, token=None, as_app=app, **fields):
    request = type("Request", (RestApi,), {"getapiname": lambda self: method})(at.hostname, at.port)
    request.set_app_info(as_app)
    if token:  # the library names it otherwise in the address; the platform's name goes with the fields
        fields["access_token"] = token
    for key, value in fields.items():
        setattr(request, key, value)
    (answer,) = request.getResponse().values()
    return answer


grant = call("pdd.pop.auth.token.create", code=code())
token = grant["access_token"]
ok("token")

made = make(5)
now = int(time.time())
window = {"start_updated_at": now - 600, "end_updated_at": now + 5}
answer = call("pdd.order.number.list.increment.get", token, is_lucky_flag=0, order_status=5, refund_status=5, page=1, page_size=100, **window)
same(answer["total_count"], 5, "total")
same(sorted(o["order_sn"] for o in answer["order_sn_list"]), sorted(made), "listed")
ok("list")

seen, page = [], 1
while True:
    answer = call(
        "pdd.order.list.get", token, start_confirm_at=now - 600, end_confirm_at=now + 5, order_status=1, refund_status=5, page=page, page_size=2, use_has_next="true"
    )
    seen += [o["order_sn"] for o in answer["order_list"]]
    if not answer["has_next"]:
        break
    page += 1
same(sorted(seen), sorted(made), "paged")
ok("page")

order = call("pdd.order.information.get", token, order_sn=made[0])["order_info"]
same((order["order_status"], round(order["pay_amount"] * 100)), (1, truth(made[0])["buyer_paid"]), "order")
same([i["outer_id"] for i in order["item_list"]], [l["code"] for l in truth(made[0])["full"]["lines"]], "lines")
ok("detail")

carriers = call("pdd.logistics.companies.get")["logistics_companies"]
same(call("pdd.logistics.online.send", token, order_sn=made[0], logistics_id=carriers[0]["id"], tracking_number="YT9003001")["is_success"], True, "ship")
shipped(made[0], "YT9003001")
ok("ship")

act(made[1], "ask_refund")
answer = call(
    "pdd.refund.list.increment.get", token, after_sales_status=1, after_sales_type=1, page=1, page_size=100, start_updated_at=now - 600, end_updated_at=int(time.time()) + 5
)
same([r["order_sn"] for r in answer["refund_list"]], [made[1]], "refunds")
ok("refunds")

for who, key in ((pdd_sdk.appinfo(KEYS["client_id"], "0" * 40), token), (app, "0" * 40)):
    try:
        call("pdd.order.information.get", key, who, order_sn=made[0])
    except DdkException:
        continue
    raise AssertionError("the platform took a forged call")
ok("refused")
