"""What the browser is served as files: the built client, the service worker, the manifest.

``static/dist/build.json`` tells which hashed files belong together (see ``tools/build_client.mjs``); it is read again
when the build changed, so that a rebuilt client needs no restart.
"""

from __future__ import annotations

import gc
import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, request, send_from_directory

from server.kernel.problems import Problem
from server.platform.config import current_settings

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
SERVED = frozenset({"dist", "icons", "office"})
HASHED_FOR = 31_536_000
AT_START = ("layouts/", "parts/forms", "parts/lists", "parts/border_map", "office/grid")


def make_ready(app: Flask) -> None:
    """
    What is done before anybody asks. The frame of every page and the border editor's pages are compiled: a refused edit
    answers with a whole page, and the first one would wait for it (a quarter of a second of processor; all pages would be
    1.5 s). And the half million objects that now stand for the life of the server are taken out of the garbage
    collector's walk: every so often one request waited 0.2 s for it.
    """
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(AT_START)):
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()


def build() -> dict[str, Any]:
    """The URLs of the present build: ``boot``, ``css``, ``office_css``, …; empty when nothing was built."""
    path = STATIC / "dist" / "build.json"
    return _build(path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=1)
def _build(_changed_at: int) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((STATIC / "dist" / "build.json").read_bytes())
    return found


def static_file(folder: str, path: str) -> Response:
    """A built file, an icon or a script of an office page. Sources are never served. Problem ``not_found``."""
    if folder not in SERVED or not (STATIC / folder / path).is_file():
        raise Problem("not_found")
    response = _smallest(STATIC / folder, path, max_age=HASHED_FOR if folder == "dist" else 86_400)
    if folder == "dist":
        response.headers["Cache-Control"] = f"public, max-age={HASHED_FOR}, immutable"
    return response


def _smallest(folder: Path, path: str, **options: Any) -> Response:
    """The file, or its brotli twin (made by the build) for a browser that takes one: a grid worker's signal is thin."""
    twin = f"{path}.br"
    takes_twin = request.accept_encodings.quality("br") > 0 and (folder / twin).is_file()
    response = send_from_directory(
        folder, twin if takes_twin else path, mimetype=mimetypes.guess_type(path)[0], **options
    )
    if takes_twin:
        response.headers["Content-Encoding"] = "br"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def service_worker() -> Response:
    """The worker, always asked for anew, for the whole site. Problem ``not_found`` when nothing was built."""
    if not (STATIC / "dist" / "sw.js").is_file():
        raise Problem("not_found")
    host = current_settings().map.host
    response = _worker_with_map(host) if host else _smallest(STATIC / "dist", "sw.js")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def _worker_with_map(host: str) -> Response:
    """The worker with the host of the map in its first line.

    A kept page keeps its header, which names that host. So another host must be another worker: it fetches the page anew.
    """
    script = b"self.mapHost=%s;\n" % orjson.dumps(host) + (STATIC / "dist" / "sw.js").read_bytes()
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(script, mtime=0) if takes_gzip else script, mimetype="text/javascript")
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.add_etag()
    response.make_conditional(request)
    return response


def manifest() -> Response:
    """How the phone installs the app. Problem ``not_found`` without one."""
    if not (STATIC / "manifest.webmanifest").is_file():
        raise Problem("not_found")
    response = send_from_directory(STATIC, "manifest.webmanifest", mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response
