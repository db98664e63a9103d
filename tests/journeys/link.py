"""The radio link between one phone and the server: a small HTTP proxy that can be cut, and that can veto a request.

A browser's own "offline" does not reach what its service worker sends, so the journeys cut the line as well. A vetoed
request is reset before a byte of it reaches the server, as a link that dies in the middle would do.
"""

from __future__ import annotations

import gzip
import http.client
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
Veto = Callable[[str, str, bytes], bool]  # method, path, body (unpacked) → shall it die?


class Link:
    """One phone's line. ``url`` is the only address that phone knows; ``seen`` lists (method, path, status) passed on."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.veto: Veto | None = None
        self.appended: dict[str, bytes] = {}  # path → bytes put at the end of what the server answers there
        self.seen: list[tuple[str, str, int]] = []
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._proxy = _Proxy(self)
        self.url = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()

    def cut(self) -> None:
        """Every open connection is reset; whoever knocks is reset too."""
        with self._lock:
            self._is_cut = True
            for side in self._open:
                _reset(side)

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._proxy.shutdown()
        self._proxy.server_close()

    def admits(self, side: socket.socket) -> bool:
        with self._lock:
            if not self._is_cut:
                self._open.add(side)
            return not self._is_cut

    def forget(self, side: socket.socket) -> None:
        with self._lock:
            self._open.discard(side)


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, link: Link) -> None:
        self.link = link
        super().__init__(("127.0.0.1", 0), _Carrier)

    def verify_request(self, request: socket.socket, client_address: object) -> bool:
        if self.link.admits(request):
            return True
        _reset(request)
        return False

    def close_request(self, request: socket.socket) -> None:
        self.link.forget(request)
        super().close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Cut lines are what this is for; nobody wants their tracebacks."""


class _Carrier(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def carry(self) -> None:
        link = self.server.link
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        if link.veto and link.veto(self.command, self.path, said):
            _reset(self.connection)
            self.close_connection = True
            return
        if self.path in link.appended:
            self.headers.replace_header("Accept-Encoding", "identity")
        line = http.client.HTTPConnection("127.0.0.1", link.target_port, timeout=60)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            line.request(self.command, self.path, body if body or self.command in ("POST", "PATCH") else None, headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        content += link.appended.get(self.path, b"")
        link.seen.append((self.command, self.path, answer.status))
        self._hand_down(answer, content)

    def _hand_down(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if answer.status != 204 and self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = carry

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the journeys speak for themselves."""


def _reset(side: socket.socket) -> None:
    try:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
