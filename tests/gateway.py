"""A real HTTP endpoint that stands for the services behind channels: group robots and a gateway for short messages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot


@dataclass
class Call:
    """One request as it came in."""

    path: str
    body: str

    @property
    def words(self) -> str:
        """What people of the group would read."""
        told = json.loads(self.body)
        found = told.get("text") or told.get("content") or told
        return str(found.get("content") or found.get("text") or found.get("message"))


@dataclass
class Gateway:
    """``answers``: by the first part of the path, what to say (status, body, headers); otherwise yes."""

    origin: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=dict)

    def of(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.path.startswith(f"/{name}/")]


@contextmanager
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Started, and the robots of apprise led to it: everything else about them is their own."""
    found = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _taker(found))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    found.origin = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(NotifyDingTalk, "notify_url", found.origin + "/dingtalk/{token}")
    monkeypatch.setattr(NotifyWeComBot, "notify_url", found.origin + "/wecom/{key}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", found.origin + "/feishu/{token}")
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _taker(found: Gateway) -> type[BaseHTTPRequestHandler]:
    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.calls.append(Call(self.path, body))
            name = self.path.split("/")[1]
            status, told, more = found.answers.get(name, (200, {"errcode": 0, "code": 0}, {}))
            raw = json.dumps(told).encode()
            self.send_response(status)
            for header, value in {**more, "Content-Length": str(len(raw))}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_words: Any) -> None:
            pass

    return Take
