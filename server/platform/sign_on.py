"""Whether desks may sign in through another house, and through which: nobody, OpenID Connect, or 浙政钉 (专有钉钉).

Pure: read once by ``Settings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OIDC, ZHEZHENGDING = "oidc", "zhezhengding"
KINDS = ("", OIDC, ZHEZHENGDING)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SignOnError(Exception):
    """A setting that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class SignOnSettings:
    """``address``: the issuer of OIDC, or where people sign in to 浙政钉; ``api``: the gateway of 浙政钉."""

    kind: str = ""
    address: str = ""
    api: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)

    @property
    def is_on(self) -> bool:
        return bool(self.kind)


def read(env: Mapping[str, str]) -> SignOnSettings:
    """From the environment; raises ``SignOnError``."""
    kind = env.get("SIGN_ON", "")
    if kind not in KINDS:
        raise SignOnError(f"SIGN_ON must be empty, {OIDC} or {ZHEZHENGDING}.")
    if not kind:
        return SignOnSettings()
    names = ["SIGN_ON_ADDRESS", *(["SIGN_ON_API"] if kind == ZHEZHENGDING else [])]
    addresses = [_address(name, env.get(name, "")) for name in names]
    told = [env.get(name, "") for name in ("SIGN_ON_CLIENT_ID", "SIGN_ON_SECRET")]
    if not all(told):
        raise SignOnError("SIGN_ON needs SIGN_ON_CLIENT_ID and SIGN_ON_SECRET.")
    if not env.get("BASE_URL"):
        raise SignOnError("SIGN_ON needs BASE_URL: the other house sends people back there.")
    return SignOnSettings(kind, addresses[0], addresses[-1] if kind == ZHEZHENGDING else "", told[0], told[1])


def _address(name: str, text: str) -> str:
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise SignOnError(f"{name} must be an https address.")
    return text.rstrip("/")
