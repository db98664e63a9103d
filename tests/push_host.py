"""A push host of the tests: takes real pushes over HTTP, checks their signature, decrypts them, answers what it is told to.

Each kind of trouble lives on a loopback address of its own (127.0.0.2, 127.0.0.3 …), since a circuit breaker knows hosts.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.platform import webpush

SUBJECT = "mailto:push@gridwalk.test"
LONGEST_SILENCE_S = 8


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def settings(*hosts: str, retry_seconds: float = 0.05) -> dict[str, str]:
    """The environment of an installation that pushes to loopback addresses only."""
    listed = ",".join(hosts or (f"127.0.0.{n}" for n in range(1, 20)))
    return {
        "VAPID_PRIVATE_KEY": webpush.new_private_key(), "VAPID_SUBJECT": SUBJECT, "PUSH_HOSTS": listed,
        "PUSH_RETRY_SECONDS": str(retry_seconds), "NO_PROXY": "*", "no_proxy": "*",
    }  # fmt: skip


@dataclass
class BrowserKeys:
    """What a browser makes at ``subscribe``: a key pair, a secret, an address."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def told(self) -> dict[str, Any]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": b64(point), "auth": b64(self.auth)}}

    def open(self, body: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        )
        return found


@dataclass
class Push:
    """One push as it came in; ``answer`` is what the sender was told, None = nothing at all."""

    name: str
    at: float
    headers: dict[str, str]
    body: dict[str, Any]
    answer: int | None = None


Plan = Callable[[int], tuple[int | None, dict[str, str]]]  # the number of the push at this address, from 1


def always(status: int | None, **headers: str) -> Plan:
    return lambda _number: (status, {name.replace("_", "-"): value for name, value in headers.items()})


def first(*statuses: int | None, then: int = 201) -> Plan:
    """These, one after the other, and from then on ``then``."""
    return lambda number: (statuses[number - 1] if number <= len(statuses) else then, {})


class PushHost:
    """``subscribe`` makes a browser; ``pushes`` holds all that came; ``on_push`` is called while the sender waits."""

    def __init__(self, address: str = "127.0.0.1", delay_s: float = 0.0) -> None:
        self.pushes: list[Push] = []
        self.browsers: dict[str, BrowserKeys] = {}
        self.plans: dict[str, Plan] = {}
        self.counts: dict[str, int] = defaultdict(int)
        self.on_push: Callable[[Push], None] = lambda _push: None
        self.delay_s = delay_s
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, 0), _knocker(self))
        self._server.daemon_threads = True
        self.origin = f"http://{address}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def subscribe(self, name: str, plan: Plan | None = None) -> BrowserKeys:
        self.browsers[name] = BrowserKeys(f"{self.origin}/push/{name}")
        self.plans[name] = plan or always(201)
        return self.browsers[name]

    def take(self, name: str, headers: dict[str, str], body: bytes) -> tuple[int | None, dict[str, str]]:
        check_signature(headers["authorization"], self.origin)
        push = Push(name, time.monotonic(), headers, self.browsers[name].open(body))
        with self._lock:
            self.counts[name] += 1
            push.answer, more = self.plans[name](self.counts[name])
            self.pushes.append(push)
        self.on_push(push)
        self.over.wait(LONGEST_SILENCE_S if push.answer is None else self.delay_s)
        return push.answer, more

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


def _knocker(host: PushHost) -> type[BaseHTTPRequestHandler]:
    class Knock(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more = host.take(self.path.rsplit("/", 1)[-1], headers, body)
            if status is None:
                return
            try:
                self.send_response(status)
                for name, value in {**more, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()
            except OSError:  # whoever asked is dead
                pass

        def log_message(self, *_words: Any) -> None:
            pass

    return Knock


def check_signature(authorization: str, origin: str) -> dict[str, Any]:
    """RFC 8292: the token is signed by the key beside it, for this host, not for longer than a day, by somebody real."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims_text, signature = parts["t"].split(".")
    claims: dict[str, Any] = json.loads(raw(claims_text))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    both = raw(signature)
    der = encode_dss_signature(int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big"))
    key.verify(der, f"{head}.{claims_text}".encode(), ec.ECDSA(hashes.SHA256()))
    assert scheme == "vapid" and claims["aud"] == origin and claims["sub"] == SUBJECT
    assert time.time() < claims["exp"] <= time.time() + 86_400
    return claims
