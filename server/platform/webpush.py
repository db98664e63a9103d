"""Web Push from the server's side: the installation's VAPID keys and where pushes may go (``pushing.py`` sends).

A phone names its own push host, so a host must be on the installation's list: otherwise any signed-in phone could make
this server knock at addresses behind its own firewall.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid, VapidException

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
        point = vapid(self.private_key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _b64(point)


@dataclass(frozen=True)
class Target:
    """One browser's subscription."""

    endpoint: str
    p256dh: str
    auth: str


def read(env: Mapping[str, str]) -> PushSettings:
    """From the environment; raises ``VapidError``."""
    key, subject = env.get("VAPID_PRIVATE_KEY", ""), env.get("VAPID_SUBJECT", "")
    if key:
        vapid(key)
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


def vapid(private_key: str) -> Vapid:
    """The installation's key as one that signs; raises ``VapidError``."""
    try:
        return Vapid.from_string(private_key)
    except (ValueError, VapidException) as problem:
        raise VapidError("VAPID_PRIVATE_KEY cannot be read: make one with flask vapid-keys") from problem


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
