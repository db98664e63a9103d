"""Bodies that arrive slowly, or never, must not hold all the threads that serve everybody.

A read from the server program cannot be interrupted, and a request that ends while another thread still reads its body
stops the whole program until that client goes away (tried with granian 2.8). So nothing is cut here: bodies on their way
are counted, in all and of one session or address, and beyond the bounds a door answers ``unavailable`` with
``Retry-After`` at once, so that threads remain for whoever only asks. Ending a dead link is the work of the proxy before
it (docs/operators.md).

A door that refuses without reading is not counted, nor is a body that lies in memory already (tests, the simulator).
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, has_request_context
from werkzeug.wsgi import ClosingIterator

from server.kernel.problems import Problem
from server.platform.config import Settings
from server.platform.limits import by_session

RETRY_SECONDS = 5


class Arrivals:
    """Counts the bodies on their way: at most ``most`` in all and ``most_of_one`` of one client."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.most, self.most_of_one = most, most_of_one
        self._lock = threading.Lock()
        self._coming: Counter[str] = Counter()

    def enter(self, client: str) -> None:
        """Problem ``unavailable`` when there is no room for one more."""
        with self._lock:
            if self._coming.total() >= self.most or self._coming[client] >= self.most_of_one:
                raise Problem("unavailable", headers={"Retry-After": str(RETRY_SECONDS)})
            self._coming[client] += 1

    def leave(self, client: str) -> None:
        with self._lock:
            self._coming[client] -= 1
            if self._coming[client] <= 0:
                del self._coming[client]


class Arriving(io.RawIOBase):
    """A body that is counted from its first read until its request is over."""

    def __init__(self, source: Any, arrivals: Arrivals, address: str) -> None:
        super().__init__()
        self._source, self._arrivals, self._address = source, arrivals, address
        self._client = ""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        """Bytes as the server program hands them over. Problem ``unavailable`` at the first read when there is no room."""
        if not self._client:
            client = by_session() if has_request_context() else self._address
            self._arrivals.enter(client)
            self._client = client
        came = self._source.read(len(into))
        into[: len(came)] = came
        return len(came)

    def over(self) -> None:
        if self._client:
            self._arrivals.leave(self._client)
            self._client = ""


def init_arrival(app: Flask, settings: Settings) -> None:
    """Put it before the app."""
    most = max(1, settings.web_threads * 3 // 4)
    arrivals, inner = Arrivals(most, max(4, most // 3)), app.wsgi_app

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        source = environ["wsgi.input"]
        if isinstance(source, io.BytesIO):
            return inner(environ, start_response)
        body = environ["wsgi.input"] = Arriving(source, arrivals, str(environ.get("REMOTE_ADDR", "")))
        try:
            return ClosingIterator(inner(environ, start_response), body.over)
        except BaseException:
            body.over()
            raise

    app.wsgi_app = outer  # type: ignore[method-assign]
