"""Web Push from the server's side: the installation's VAPID keys, where pushes may go, and sending one.

The body is encrypted for one browser (RFC 8291) and signed with the installation's key (RFC 8292) by pywebpush. A phone
names its own push host, so a host must be on the installation's list: otherwise any signed-in phone could make this
server knock at addresses behind its own firewall. Redirects are not followed, for the same reason.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid, VapidException
from pywebpush import WebPusher

from server.platform.logs import log

CONNECT_SECONDS, ANSWER_SECONDS = 2, 3  # five in all
KNOWN_HOSTS = "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com"
APPLE = "push.apple.com"
SUBJECT = re.compile(r"(mailto:[^@\s]+@|https://)(?P<host>[^/@\s]+\.[^/@\s]+)\S*")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Nothing that two readers of addresses could read differently: no backslash, no blank, no name before the host.
ADDRESS = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{LABEL}(?:\.{LABEL})*)(?::(?P<port>\d{{1,5}}))?(?:/[!-\[\]-~]*)?", re.IGNORECASE
)
LONGEST_HOST = 253
NOT_REAL = re.compile(r"(^|\.)(example(\.(com|org|net))?|invalid|localhost)$")
SILENT, UNREACHABLE, NOT_SENT = "silent", "unreachable", "refused"


class VapidError(Exception):
    """A setting of push that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class PushSettings:
    """``private_key``: 32 bytes in base64url, empty = no push. ``subject``: whom a push host writes to about trouble."""

    private_key: str = field(default="", repr=False)
    subject: str = ""
    hosts: tuple[str, ...] = tuple(KNOWN_HOSTS.split(","))
    retry_seconds: float = 30.0

    @property
    def is_on(self) -> bool:
        return bool(self.private_key)

    @property
    def public_key(self) -> str:
        """As browsers take it: the uncompressed point in base64url."""
        point = _vapid(self.private_key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _b64(point)


@dataclass(frozen=True)
class Target:
    """One browser's subscription."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Answer:
    """What a push host said: an HTTP status, or none with ``silent`` or ``unreachable``; ``retry_after`` in seconds."""

    status: int | None
    trouble: str | None = None
    retry_after: int | None = None


def read(env: Mapping[str, str]) -> PushSettings:
    """From the environment; raises ``VapidError``."""
    key, subject = env.get("VAPID_PRIVATE_KEY", ""), env.get("VAPID_SUBJECT", "")
    if key:
        _vapid(key)
        found = SUBJECT.fullmatch(subject)
        if not found or NOT_REAL.search(found["host"].lower()):
            raise VapidError("VAPID_SUBJECT must be a real mailto: or https: address: push hosts refuse others")
    hosts = tuple(host.strip().lower() for host in env.get("PUSH_HOSTS", KNOWN_HOSTS).split(",") if host.strip())
    return PushSettings(key, subject, hosts, float(env.get("PUSH_RETRY_SECONDS", "30")))


def new_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _b64(number.to_bytes(32, "big"))


def host_of(endpoint: str) -> str:
    return (urlsplit(endpoint).hostname or "").lower()


def may_go_to(endpoint: str, hosts: tuple[str, ...]) -> bool:
    """https at the usual port of a listed host or below it; a listed loopback address as it is, for tests."""
    found = ADDRESS.fullmatch(endpoint)
    if not found or len(found["host"]) > LONGEST_HOST:
        return False
    host = found["host"].lower()
    if not any(host == listed or host.endswith(f".{listed}") for listed in hosts):
        return False
    return _is_loopback(host) or (found["scheme"].lower() == "https" and found["port"] in (None, "443"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_browser_key(p256dh: str, auth: str) -> bool:
    """Whether these are a point of P-256 and sixteen bytes, so that encrypting for it cannot fail."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        return len(_bytes(auth)) == 16
    except (ValueError, UnsupportedAlgorithm):
        return False


def send(target: Target, body: dict[str, Any], settings: PushSettings, now: int, **headers: str | int) -> Answer:
    """One push, five seconds at most. ``now`` in ms UTC; ``headers``: ``ttl`` seconds, ``urgency``, ``topic``.

    Never raises: whatever goes wrong with one address is its own answer and touches no other message.
    """
    if not may_go_to(target.endpoint, settings.hosts):
        return Answer(None, NOT_SENT)
    try:
        return _send(target, body, settings, now, headers)
    except requests.Timeout:
        return Answer(None, SILENT)
    except requests.RequestException:
        return Answer(None, UNREACHABLE)
    except Exception as error:
        log().warning("push_not_sent", error=type(error).__name__)
        return Answer(None, NOT_SENT)


def _send(
    target: Target, body: dict[str, Any], settings: PushSettings, now: int, headers: Mapping[str, str | int]
) -> Answer:
    parts = urlsplit(target.endpoint)
    claims = {"sub": settings.subject, "aud": f"{parts.scheme}://{parts.netloc}", "exp": now // 1000 + 12 * 3600}
    sent = {
        "Urgency": str(headers["urgency"]),
        "Topic": str(headers["topic"]),
        **_vapid(settings.private_key).sign(claims),
    }
    subscription = {"endpoint": target.endpoint, "keys": {"p256dh": target.p256dh, "auth": target.auth}}
    with _Straight() as session:
        pusher = WebPusher(subscription, requests_session=session)
        answer = pusher.send(
            json.dumps(body, ensure_ascii=False).encode(),
            sent,
            ttl=int(headers["ttl"]),
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        )
    return Answer(answer.status_code, None, _seconds(answer.headers.get("Retry-After", "")))


class _Straight(requests.Session):
    """Goes where it was told and nowhere else, and reads no long answer."""

    def post(self, url: Any, data: Any = None, json: Any = None, **more: Any) -> requests.Response:
        answer = super().post(url, data, json, allow_redirects=False, stream=True, **more)
        answer._content = b""  # pywebpush would read it whole
        answer.close()
        return answer


def _seconds(retry_after: str) -> int | None:
    return min(int(retry_after), 86_400) if retry_after.isascii() and retry_after.isdigit() else None


def _vapid(private_key: str) -> Vapid:
    try:
        return Vapid.from_string(private_key)
    except (ValueError, VapidException) as problem:
        raise VapidError("VAPID_PRIVATE_KEY cannot be read: make one with flask vapid-keys") from problem


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
