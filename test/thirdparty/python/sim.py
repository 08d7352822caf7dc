"""What every program here knows of the simulator: its shop, and the truth to compare with.

The truth comes from the administration, past all proxies; a library never sees it.
"""

import json
import os
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

ADMIN = os.environ["SIM_ADMIN"]
PLAIN = os.environ["SIM_PLAIN"]  # the platform's own paths, without a proxy
SHOP = json.loads(os.environ["SIM_SHOP"])
KEYS = SHOP["credentials"]
CHINA = timezone(timedelta(hours=8))

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def admin(method, path, body=None):
    request = urllib.request.Request(
        f"{ADMIN}/shops/{SHOP['name']}/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with _direct.open(request, timeout=30) as answer:
        return json.load(answer)


def make(count):
    """Makes paid orders to which nothing happens by itself; answers their numbers."""
    return admin("POST", "orders", {"count": count, "paid": True, "still": True})["orders"]


def truth(no):
    return admin("GET", f"orders/{no}")


def act(no, what):
    return admin("POST", f"orders/{no}/acts", {"do": what})


def token():
    return admin("POST", "tokens", {})["Access"]


def code():
    return admin("POST", "codes", {})["code"]


def cases():
    return admin("GET", "aftersales")["aftersales"] or []


def china(delta=0):
    """The platforms' wall clock, delta seconds from now."""
    return datetime.fromtimestamp(time.time() + delta, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def same(got, want, what=""):
    assert got == want, f"{what}: got {got!r}, want {want!r}"


def shipped(no, waybill):
    """The platform's truth has the parcel, once."""
    order = truth(no)
    same(order["status"], "shipped", "status after shipping")
    same(order["waybills"], [waybill], "waybills after shipping")


def ok(step):
    print(f"ok: {step}", flush=True)
