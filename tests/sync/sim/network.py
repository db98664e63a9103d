"""The network between phones and server: what may become of one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

# what becomes of a request, by the link it travels on: (fate, weight)
FATES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "good": (
        ("deliver", 900), ("late", 30), ("twice", 20), ("drop_answer", 15), ("drop", 15), ("kill_after", 8), ("kill_before", 4),
        ("bare_500", 4), ("busy", 4),
    ),
    "weak": (
        ("deliver", 420), ("drop", 110), ("drop_answer", 130), ("late", 80), ("twice", 70), ("cut", 60), ("cut_answer", 40),
        ("portal", 30), ("portal_redirect", 10), ("bare_500", 20), ("busy", 10), ("bare_429", 10), ("bare_403", 5),
        ("kill_after", 15), ("kill_before", 10),
    ),
    "off": (("drop", 1),),
}  # fmt: skip


@dataclass
class Request:
    """One request under way. ``cookie`` is what the browser sent with it; ``is_given_up``: the phone waits no longer."""

    n: int
    phone: str
    told: dict[str, Any]
    cookie: str
    is_given_up: bool = False

    def __str__(self) -> str:
        return f"{self.told['m']} {self.told['u'].partition('?')[0]}"


def fate(net: str, luck: Random) -> str:
    names, weights = zip(*FATES[net], strict=True)
    return str(luck.choices(names, weights)[0])


JSON = [["Content-Type", "application/json"]]
STRANGERS: Mapping[str, tuple[int, list[list[str]], str]] = {
    # answers that are not ours: a captive portal, a proxy, a gateway
    "portal": (200, [["Content-Type", "text/html"]], "<html>请先登录 WiFi</html>"),
    "portal_redirect": (302, [["Location", "http://portal/"]], ""),
    "bare_500": (500, [["Content-Type", "text/html"]], "<h1>Internal Server Error</h1>"),
    "bare_429": (429, [["Retry-After", "7"]], "slow down"),
    "bare_403": (403, [["Content-Type", "text/html"]], "forbidden by the proxy"),
    "busy": (
        429,
        [["Content-Type", "application/problem+json"], ["Retry-After", "20"]],
        orjson.dumps({"code": "too_many_requests", "status": 429, "title": "busy"}).decode(),
    ),
}
