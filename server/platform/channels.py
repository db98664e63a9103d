"""Ways out of the house by apprise: the robots of DingTalk, WeCom and Feishu groups, and gateways for short messages.

Only the worker sends, so apprise is loaded at the first call. Its robots take any status 200 for a success; these services
say no in the body of a 200, so the answer is listened to. Only hosts of the installation's list are called, and redirects
are not followed: an address is typed in the office and must not open this server's own network.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from server.platform.config import current_settings
from server.platform.logs import log
from server.platform.pushing import ANSWER_SECONDS, CONNECT_SECONDS, NOT_SENT, SILENT, UNREACHABLE, Answer, seconds

DINGTALK, WECOM, FEISHU, SMS = "dingtalk", "wecom", "feishu", "sms"
KINDS = (DINGTALK, WECOM, FEISHU, SMS)
PER_MINUTE = {DINGTALK: 20, WECOM: 20, FEISHU: 100, SMS: 600}  # what the services allow; a gateway's is in its contract
TOKEN = r"[A-Za-z0-9_-]{8,200}"
FORMS = {
    DINGTALK: re.compile(rf"dingtalk://(?:{TOKEN}@)?{TOKEN}/?"),
    WECOM: re.compile(rf"wecombot://{TOKEN}/?"),
    FEISHU: re.compile(rf"feishu://{TOKEN}/?"),
    SMS: re.compile(r"(?:json|form)s?://[!-\[\]-~]+"),
}
PHONE = re.compile(r"\+?\d{5,15}")
CALLED_PLACE = "{phone}"
YES = frozenset(
    {"0", "200"}
)  # under status 200; a code in words (``OK``) is taken for yes, since each gateway has its own
CODES = ("errcode", "code", "StatusCode")  # DingTalk and WeCom, Feishu, Feishu's older robots
TOO_FAST = frozenset({130101, 45009, 11232})  # DingTalk, WeCom, Feishu
UNHEARD = frozenset({"get", "put", "patch", "delete", "head", "options", "session", "Session", "sessions", "api"})
SHUT_AFTER_TOO_FAST_S = 600  # DingTalk blocks a robot for ten minutes


def may_be(kind: str, address: str, hosts: tuple[str, ...]) -> bool:
    """Whether this can be the address of such a channel; a gateway's host is on the list and has a place for the number."""
    if kind not in FORMS or not FORMS[kind].fullmatch(address):
        return False
    if kind != SMS:
        return True
    return CALLED_PLACE in address and _is_at(address, hosts)


def _is_at(address: str, hosts: tuple[str, ...]) -> bool:
    """Whether both who checks and who connects read a host of the list there: they may differ on odd addresses."""
    try:
        read = {urlsplit(address).hostname, parse_url(address).host}
    except (ValueError, LocationParseError):
        return False
    return all(host is not None and host.strip("[]").lower() in hosts for host in read)


def send(address: str, title: str, body: str, phone: str | None) -> Answer:
    """One call, five seconds at most. ``phone``: whom a gateway is to reach. Never raises."""
    digits = re.sub(r"[\s-]", "", phone or "")
    if phone is not None and not PHONE.fullmatch(digits):
        return Answer(None, NOT_SENT)
    listening = _Listening(current_settings().channel_hosts)
    try:
        import apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # what it met is told by the answer
        way = apprise.Apprise.instantiate(address.replace(CALLED_PLACE, quote(digits)), suppress_exceptions=True)
        if not isinstance(way, apprise.NotifyBase):
            return Answer(None, NOT_SENT)
        module: Any = sys.modules[type(way).__module__]
        module.requests = _each_its_own
        calling = _calling.set(listening)
        try:
            way.notify(body=body, title=title)
        finally:
            _calling.reset(calling)
    except Exception as error:
        log().warning("channel_not_sent", error=type(error).__name__)
        return Answer(None, NOT_SENT)
    return listening.heard


class _Listening:
    """``requests`` as a plugin of apprise sees it: calls nobody off the list and keeps what was answered."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._hosts, self.heard = hosts, Answer(None, NOT_SENT)

    def __getattr__(self, name: str) -> Any:
        if name in UNHEARD:  # ways past this class: no plugin of today takes one, and none of tomorrow may
            raise AttributeError(name)
        return getattr(requests, name)

    def post(self, url: str, **more: Any) -> requests.Response:
        return self.request("POST", url, **more)

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        if not _is_at(url, self._hosts):
            raise requests.ConnectionError("this host is not on the list")
        if "sign" in (more.get("params") or {}):  # DingTalk's: apprise quotes it, and requests would once more
            more["params"] = {**more["params"], "sign": unquote(more["params"]["sign"])}
        more |= {"allow_redirects": False, "timeout": (CONNECT_SECONDS, ANSWER_SECONDS)}
        try:
            answer = requests.request(method, url, **more)
        except requests.Timeout:
            self.heard = Answer(None, SILENT)
            raise
        except requests.RequestException:
            self.heard = Answer(None, UNREACHABLE)
            raise
        self.heard = _meant(answer)
        return answer


_calling: ContextVar[_Listening | None] = ContextVar("calling", default=None)


class _EachItsOwn:
    """What a plugin of apprise finds under ``requests``: the listener of the thread that calls a channel, and for everybody
    else, such as an anchor that leaves from the worker's other lane at that moment, ``requests`` itself."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_calling.get() or requests, name)


_each_its_own = _EachItsOwn()


def _meant(answer: requests.Response) -> Answer:
    code = _code(answer) if answer.status_code == 200 else 0
    if code in TOO_FAST:
        return Answer(429, None, SHUT_AFTER_TOO_FAST_S)
    status = 400 if code else answer.status_code
    return Answer(status, None, seconds(answer.headers.get("Retry-After", "")))


def _code(answer: requests.Response) -> int:
    """What the body of a 200 says: 0 for yes, or for a body that says nothing of the kind."""
    try:
        told = answer.json()
    except ValueError:
        return 0
    found = str(next((told[name] for name in CODES if name in told), 0) if isinstance(told, dict) else 0)
    is_code = re.fullmatch(r"-?\d{1,9}", found) is not None
    return int(found) if is_code and found not in YES else 0
