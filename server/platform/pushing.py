"""Sending pushes, many of them: encrypted for each browser (RFC 8291) by pywebpush, signed for each host (RFC 8292).

What costs: encryption 0.2 ms of processor a message, a new connection several times that, a signature 0.1 ms. So
connections to a push host are kept open, and one signature serves a host for hours, as long as it is good. Redirects are
not followed: a host of the list must not send this server to an address off it.
"""

from __future__ import annotations

import json
import os
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
import urllib3
from pywebpush import WebPusher
from requests.utils import get_environ_proxies, select_proxy

from server.platform import webpush
from server.platform.logs import log
from server.platform.webpush import PushSettings, Target

CONNECT_SECONDS, ANSWER_SECONDS = 2, 3  # five in all
SIGNED_FOR_S, RENEWED_BEFORE_S = 12 * 3600, 6 * 3600
SILENT, UNREACHABLE, NOT_SENT = "silent", "unreachable", "refused"


@dataclass(frozen=True)
class Answer:
    """What a host said: an HTTP status, or none with ``silent`` or ``unreachable``; ``retry_after`` in seconds."""

    status: int | None
    trouble: str | None = None
    retry_after: int | None = None


class Pusher:
    """Sends for one installation, from many threads at once; ``at_once`` connections to a host are kept open."""

    def __init__(self, settings: PushSettings, at_once: int = 16) -> None:
        self._settings, self._at_once = settings, at_once
        self._lines: dict[str, urllib3.HTTPConnectionPool] = {}
        self._signed: dict[str, tuple[dict[str, str], int]] = {}

    def send(self, target: Target, body: dict[str, Any], now: int, **headers: str | int) -> Answer:
        """One push, five seconds at most. ``now`` in ms UTC; ``headers``: ``ttl`` seconds, ``urgency``, ``topic``.

        Never raises: whatever goes wrong with one address is its own answer and touches no other message.
        """
        if not webpush.may_go_to(target.endpoint, self._settings.hosts):
            return Answer(None, NOT_SENT)
        try:
            return self._send(target, body, now, headers)
        except (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.ReadTimeoutError):
            return Answer(None, SILENT)
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError):
            return Answer(None, UNREACHABLE)
        except Exception as error:
            log().warning("push_not_sent", error=type(error).__name__)
            return Answer(None, NOT_SENT)

    def close(self) -> None:
        for line in self._lines.values():
            line.close()

    def _send(self, target: Target, body: dict[str, Any], now: int, headers: dict[str, str | int]) -> Answer:
        parts = urlsplit(target.endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        keys = {"p256dh": target.p256dh, "auth": target.auth}
        text = json.dumps(body, ensure_ascii=False).encode()
        sealed = WebPusher({"endpoint": target.endpoint, "keys": keys}).encode(text, "aes128gcm")
        sent = {
            "Content-Encoding": "aes128gcm",
            "TTL": str(headers["ttl"]),
            "Urgency": str(headers["urgency"]),
            "Topic": str(headers["topic"]),
            **self._signature(origin, now // 1000),
        }
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        answer = self._line(origin).urlopen(
            "POST", path, body=sealed["body"], headers=sent, preload_content=False, retries=False, redirect=False
        )
        _leave(answer)
        return Answer(answer.status, None, seconds(answer.headers.get("Retry-After", "")))

    def _signature(self, origin: str, now_s: int) -> dict[str, str]:
        """Two threads may both sign anew: each signature is good."""
        signed, until = self._signed.get(origin, ({}, 0))
        if until - now_s <= RENEWED_BEFORE_S or until - now_s > SIGNED_FOR_S:
            until = now_s + SIGNED_FOR_S
            claims = {"sub": self._settings.subject, "aud": origin, "exp": until}
            signed = webpush.vapid(self._settings.private_key).sign(claims)
            self._signed[origin] = signed, until
        return signed

    def _line(self, origin: str) -> urllib3.HTTPConnectionPool:
        found = self._lines.get(origin)
        return found if found is not None else self._lines.setdefault(origin, self._new_line(origin))

    def _new_line(self, origin: str) -> urllib3.HTTPConnectionPool:
        kept: dict[str, Any] = {
            "maxsize": self._at_once,
            "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        }
        proxy = select_proxy(origin, get_environ_proxies(origin))
        if origin.startswith("https:"):
            kept["ssl_context"] = ssl.create_default_context(
                cafile=os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
            )
        pools = urllib3.ProxyManager(proxy, **kept) if proxy else urllib3.PoolManager(**kept)
        return pools.connection_from_url(origin)


def _leave(answer: urllib3.BaseHTTPResponse) -> None:
    """A short answer is read, so that the connection serves again; nobody waits for a long one."""
    length = answer.headers.get("Content-Length", "")
    if answer.status == 204 or (length.isdigit() and int(length) <= 1000):
        answer.read()
        answer.release_conn()
    else:
        answer.close()


def seconds(retry_after: str) -> int | None:
    """Of a Retry-After in seconds; None for a date or nonsense. A day at most."""
    return min(int(retry_after), 86_400) if retry_after.isascii() and retry_after.isdigit() else None
