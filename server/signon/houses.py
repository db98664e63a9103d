"""What each house speaks: where a browser is sent, and whose code it came back with.

OpenID Connect: discovery, authorisation code with PKCE, an ID token signed with RS256 or ES256, checked against the keys of the
issuer. 浙政钉: its sign-in page, then two calls to its gateway, signed by HMAC over method, time, nonce, path and parameters.
Raises ``sign_on_refused`` when the house does not vouch, ``sign_on_silent`` when it cannot be asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

import orjson
import requests

from server.kernel import clock
from server.kernel.problems import Problem
from server.platform.keys import b64
from server.platform.logs import log
from server.platform.sign_on import OIDC, SignOnSettings
from server.signon import rules, tokens

SECONDS = (3, 5)  # to connect, to answer
MOST_BYTES = 256 * 1024
Told = Mapping[str, Any]


class House(Protocol):
    """``back``: where the browser comes back to; ``nonce`` and ``verifier`` are of the try."""

    def way(self, *, back: str, state: str, nonce: str, verifier: str) -> str: ...

    def subject(self, code: str, *, back: str, nonce: str, verifier: str) -> str: ...


def house_of(settings: SignOnSettings) -> House:
    return OpenId(settings) if settings.kind == OIDC else ZheZhengDing(settings)


class OpenId:
    def __init__(self, settings: SignOnSettings) -> None:
        self._settings = settings

    def way(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        asked = {
            "response_type": "code", "client_id": self._settings.client_id, "redirect_uri": back, "scope": "openid",
            "state": state, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": b64(hashlib.sha256(verifier.encode()).digest()),
        }  # fmt: skip
        return f"{self._named('authorization_endpoint')}?{urlencode(asked)}"

    def subject(self, code: str, *, back: str, nonce: str, verifier: str) -> str:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        known = (self._settings.client_id, self._settings.secret)
        answer = _ask("POST", self._named("token_endpoint"), data=form, auth=known)
        keys = _ask("GET", self._named("jwks_uri")).get("keys")
        claims = tokens.claims_of(answer.get("id_token"), keys)
        is_ours = claims is not None and rules.is_for_us(
            claims,
            issuer=self._settings.address,
            client_id=self._settings.client_id,
            nonce=nonce,
            now_s=clock.now() // 1000,
        )
        found = rules.subject_in(claims, "sub") if claims is not None and is_ours else None
        if found is None:
            raise Problem("sign_on_refused")
        return found

    def _named(self, what: str) -> str:
        """An address from the issuer's own description, on its own host."""
        issuer = self._settings.address
        told = _ask("GET", f"{issuer}/.well-known/openid-configuration")
        address = told.get(what)
        if told.get("issuer") != issuer or not isinstance(address, str) or not address.startswith("http"):
            raise Problem("sign_on_refused")
        if issuer.startswith("https:") and not address.startswith("https:"):
            raise Problem("sign_on_refused")
        return address


class ZheZhengDing:
    """专有钉钉: a code lives five minutes and is good once, which its gateway sees to."""

    def __init__(self, settings: SignOnSettings) -> None:
        self._settings = settings

    def way(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        asked = {
            "response_type": "code", "client_id": self._settings.client_id, "redirect_uri": back, "scope": "get_user_info",
            "authType": "QRCODE", "state": state,
        }  # fmt: skip
        return f"{self._settings.address}/oauth2/auth.htm?{urlencode(asked)}"

    def subject(self, code: str, *, back: str, nonce: str, verifier: str) -> str:
        keys = {"appkey": self._settings.client_id, "appsecret": self._settings.secret}
        token = self._data("GET", "/gettoken.json", keys).get("accessToken")
        if not isinstance(token, str):
            raise Problem("sign_on_refused")
        told = self._data("POST", "/rpc/oauth2/getuserinfo_bycode.json", {"access_token": token, "code": code})
        found = rules.subject_in(told, "accountId")
        if found is None:
            raise Problem("sign_on_refused")
        return found

    def _data(self, method: str, path: str, told: Mapping[str, str]) -> Told:
        at, nonce = clock.as_text(clock.now()), f"{clock.now()}{secrets.randbelow(9000) + 1000}"
        listed = "&".join(f"{name}={told[name]}" for name in sorted(told))
        signed = "\n".join((method, at, nonce, path, listed))
        tag = hmac.new(self._settings.secret.encode(), signed.encode(), hashlib.sha256).digest()
        headers = {
            "X-Hmac-Auth-Timestamp": at,
            "X-Hmac-Auth-Version": "1.0",
            "X-Hmac-Auth-Nonce": nonce,
            "X-Hmac-Auth-Signature": base64.b64encode(tag).decode(),
            "apiKey": self._settings.client_id,
        }
        place = {"params": told} if method == "GET" else {"data": told}
        answer = _ask(method, self._settings.api + path, headers=headers, **place)
        content = answer.get("content") if answer.get("success") is True else None
        if (
            not isinstance(content, dict)
            or content.get("success") is False
            or not isinstance(content.get("data"), dict)
        ):
            raise Problem("sign_on_refused")
        data: Told = content["data"]
        return data


def _ask(method: str, address: str, **more: Any) -> Told:
    """One call; no redirect is followed, no long answer read."""
    try:
        with requests.request(method, address, timeout=SECONDS, allow_redirects=False, stream=True, **more) as answer:
            content = answer.raw.read(MOST_BYTES, decode_content=True)
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        log().warning("sign_on_silent", error=type(error).__name__)
        raise Problem("sign_on_silent") from error
    if status >= 500:
        raise Problem("sign_on_silent")
    try:
        told = orjson.loads(content) if status == 200 else None
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise Problem("sign_on_refused")
    return told
