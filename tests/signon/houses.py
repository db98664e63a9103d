"""Two other houses that speak their calls over HTTP: an OpenID provider, and 浙政钉's sign-in page with its gateway.

Each hands out codes that are good once, for five minutes of its own clock, to the browser that was sent there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from server.kernel import clock
from server.platform.sign_on import OIDC, ZHEZHENGDING, SignOnSettings

CLIENT, SECRET = "gridwalk", "a-secret-of-the-tests"
CODE_MS = 5 * 60_000


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def number(value: int, length: int = 0) -> str:
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8))


class House:
    """``subject``: who signs in there now. ``calls``: paths asked for. ``is_broken``: answers 503."""

    kind = ""

    def __init__(self) -> None:
        self.subject, self.is_broken, self.ahead_ms = "u-1", False, 0
        self.codes: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                self._answer(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

            def _answer(self, told: dict[str, list[str]]) -> None:
                path = urlsplit(self.path).path
                house.calls.append(path)
                one = {name: values[0] for name, values in told.items()}
                status, body = (503, {}) if house.is_broken else house.answer(self.command, path, one, self.headers)
                content = json.dumps(body).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body["to"])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self) -> SignOnSettings:
        return SignOnSettings(self.kind, self.url, self.url, CLIENT, SECRET)

    def answer(self, method: str, path: str, told: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError

    def send_back(self, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The person has signed in: back to where the browser came from, with a code."""
        assert told["client_id"] == CLIENT and told["response_type"] == "code"
        code = b64(os.urandom(12))
        self.codes[code] = {**told, "subject": self.subject, "at": self.now()}
        return 302, {"to": f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}"}

    def take(self, code: str) -> dict[str, Any] | None:
        """What a code stands for: once, for five minutes."""
        found = self.codes.pop(code, None)
        return found if found is not None and self.now() - found["at"] < CODE_MS else None

    def now(self) -> int:
        return clock.now() + self.ahead_ms


class OpenIdHouse(House):
    """``spoil`` changes the claims before they are signed; ``signer``: rs256, es256, or what must never be believed."""

    kind = OIDC

    def __init__(self) -> None:
        super().__init__()
        self.rsa, self.other_rsa = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.signer, self.spoil = "rs256", dict[str, Any]()

    def answer(self, method: str, path: str, told: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return 200, {"issuer": self.url, **{name: self.url + end for name, end in ends.items()}}
        if path == "/authorize":
            return self.send_back(told)
        if path == "/keys":
            return 200, {"keys": self._keys()}
        assert (method, path) == ("POST", "/token")
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if headers["Authorization"] != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        found = self.take(told["code"])
        challenge = b64(hashlib.sha256(told["code_verifier"].encode()).digest())
        if found is None or found["redirect_uri"] != told["redirect_uri"] or found["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        at = self.now() // 1000
        claims = {"iss": self.url, "aud": CLIENT, "sub": found["subject"], "nonce": found["nonce"]}
        claims |= {"iat": at, "exp": at + 300, **self.spoil}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _keys(self) -> list[dict[str, str]]:
        numbers, point = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        return [
            {"kty": "RSA", "kid": "r", "use": "sig", "n": number(numbers.n), "e": number(numbers.e)},
            {"kty": "EC", "kid": "e", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)},
        ]

    def _signed(self, claims: dict[str, Any]) -> str:
        heads = {"es256": ("ES256", "e"), "none": ("none", "r"), "hs256": ("HS256", "r")}
        alg, kid = heads.get(self.signer, ("RS256", "r"))
        written = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": alg, "kid": kid}, claims))
        return f"{written}.{b64(self._tag(written.encode()))}"

    def _tag(self, written: bytes) -> bytes:
        if self.signer == "none":
            return b""
        if self.signer == "hs256":  # the published modulus as if it were a shared secret
            return hmac.new(self._keys()[0]["n"].encode(), written, hashlib.sha256).digest()
        if self.signer == "es256":
            r, s = decode_dss_signature(self.ec.sign(written, ec.ECDSA(SHA256())))
            return r.to_bytes(32) + s.to_bytes(32)
        key = self.other_rsa if self.signer == "a stranger" else self.rsa
        return key.sign(written, padding.PKCS1v15(), SHA256())


class ZheZhengDingHouse(House):
    """Checks each signature of a call itself; an access token is good for one more call."""

    kind = ZHEZHENGDING

    def __init__(self) -> None:
        super().__init__()
        self.tokens: set[str] = set()
        self.secret = SECRET

    def answer(self, method: str, path: str, told: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        if path == "/oauth2/auth.htm":
            assert told["authType"] == "QRCODE" and told["scope"] == "get_user_info"
            return self.send_back(told)
        if not self._is_signed(method, path, told, headers):
            return 200, {"success": False, "errorCode": "AUTH_FAILED", "content": None}
        if path == "/gettoken.json":
            token = b64(os.urandom(12))
            self.tokens.add(token)
            return 200, self._told({"accessToken": token, "expiresIn": 7200})
        assert (method, path) == ("POST", "/rpc/oauth2/getuserinfo_bycode.json")
        found = self.take(told["code"]) if told["access_token"] in self.tokens else None
        if found is None:
            return 200, {"success": True, "content": {"success": False, "responseMessage": "code", "data": None}}
        return 200, self._told({"accountId": int(found["subject"]), "nickNameCn": "李某某", "tenantId": 1})

    def _told(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "content": {"success": True, "data": data, "responseCode": "0"}}

    def _is_signed(self, method: str, path: str, told: dict[str, str], headers: Any) -> bool:
        listed = "&".join(f"{name}={told[name]}" for name in sorted(told))
        parts = (method, headers["X-Hmac-Auth-Timestamp"], headers["X-Hmac-Auth-Nonce"], path, listed)
        tag = hmac.new(self.secret.encode(), "\n".join(parts).encode(), hashlib.sha256).digest()
        is_ours = headers["apiKey"] == CLIENT and headers["X-Hmac-Auth-Version"] == "1.0"
        return is_ours and headers["X-Hmac-Auth-Signature"] == base64.b64encode(tag).decode()
