"""Mozilla's push service in small: browsers speak its WebSocket protocol (hello, register, notification, ack), and servers
post to the endpoints it gives out. What is posted goes on as it came, encrypted: only the browser can read it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
ACKED = 100


class PushService:
    """``acks`` holds (channel, version, code) as browsers told them; ``posted`` counts what servers brought."""

    def __init__(self) -> None:
        self.acks: list[tuple[str, str, int]] = []
        self.said: list[str] = []
        self.posted = 0
        self._socket: socket.socket | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def preferences(self) -> str:
        """For Firefox's ``user.js``."""
        told: dict[str, Any] = {
            "dom.push.serverURL": f"ws://{self.address}/", "dom.push.testing.allowInsecureServerURL": True,
            "dom.push.testing.ignorePermission": True, "permissions.default.desktop-notification": 1,
            "alerts.useSystemBackend": False, "dom.push.connection.enabled": True,
        }  # fmt: skip
        return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in told.items())

    def converse(self, connection: socket.socket) -> None:
        self._socket = connection
        while (frame := _read(connection)) is not None:
            kind, payload = frame
            if kind == PING:
                _write(connection, payload, PONG)
            elif kind == TEXT:
                self._hear(json.loads(payload or b"{}"))

    def _hear(self, told: dict[str, Any]) -> None:
        kind = told.get("messageType", "ping")
        self.said.append(kind)
        if kind == "hello":
            uaid = told.get("uaid") or "0" * 31 + "1"
            self._say({"messageType": "hello", "uaid": uaid, "status": 200, "use_webpush": True, "broadcasts": {}})
        elif kind == "register":
            channel = told["channelID"]
            endpoint = f"http://{self.address}/push/{channel}"
            self._say({"messageType": "register", "channelID": channel, "status": 200, "pushEndpoint": endpoint})
        elif kind == "unregister":
            self._say({"messageType": "unregister", "channelID": told["channelID"], "status": 200})
        elif kind == "ack":
            self.acks += [(one["channelID"], one["version"], one["code"]) for one in told["updates"]]
        elif kind == "ping":
            self._say({})

    def pass_on(self, channel: str, body: bytes, encoding: str) -> str:
        self.posted += 1
        version = f"v{self.posted}"
        data = base64.urlsafe_b64encode(body).decode().rstrip("=")
        told = {"channelID": channel, "version": version, "data": data, "headers": {"encoding": encoding}}
        self._say({"messageType": "notification", **told})
        return version

    def _say(self, told: dict[str, Any]) -> None:
        assert self._socket, "no browser has come"
        _write(self._socket, json.dumps(told).encode(), TEXT)

    def await_ack(self, patience_s: float = 60) -> tuple[str, str, int]:
        until = time.monotonic() + patience_s
        while not self.acks:
            assert time.monotonic() < until, f"nothing was acknowledged; heard {self.said}, posted {self.posted}"
            time.sleep(0.1)
        return self.acks[0]

    def close(self) -> None:
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._server.server_close()


def _door(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            accept = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + MAGIC).encode()).digest()
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", base64.b64encode(accept).decode())
            if wanted := self.headers.get("Sec-WebSocket-Protocol"):
                self.send_header("Sec-WebSocket-Protocol", wanted.split(",")[0].strip())
            self.end_headers()
            self.wfile.flush()
            self.close_connection = True
            with suppress(OSError):
                service.converse(self.connection)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.pass_on(self.path.rsplit("/", 1)[-1], body, self.headers["Content-Encoding"])
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    return Door


def _exactly(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        piece = connection.recv(count - len(got))
        if not piece:
            raise ConnectionError
        got += piece
    return got


def _read(connection: socket.socket) -> tuple[int, bytes] | None:
    """One frame of a browser, unmasked; None when it goes."""
    try:
        first, second = _exactly(connection, 2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", _exactly(connection, 2))
        elif length == 127:
            (length,) = struct.unpack(">Q", _exactly(connection, 8))
        mask = _exactly(connection, 4) if second & 0x80 else bytes(4)
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(_exactly(connection, length)))
    except OSError:
        return None
    return None if first & 0x0F == CLOSE else (first & 0x0F, payload)


def _write(connection: socket.socket, payload: bytes, kind: int) -> None:
    size = bytes([len(payload)]) if len(payload) < 126 else struct.pack(">BH", 126, len(payload))
    connection.sendall(bytes([0x80 | kind]) + size + payload)
