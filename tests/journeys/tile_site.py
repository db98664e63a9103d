"""A source of map tiles on this machine: pictures that say which tile they are, on a host of its own, as 天地图 is one."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw

KEY = "key-of-the-county"
SIDE = 256


@dataclass
class TileSource:
    """``asked``: (layer, z, x, y) of every tile; ``heard``: the address that each asker named."""

    url: str = ""
    asked: list[tuple[str, int, int, int]] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    without_key: int = 0

    def settings(self, **more: str) -> dict[str, str]:
        """Two layers in the manner of 天地图, ground and names."""
        layer = "{url}/{name}_w/wmts?LAYER={name}&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
        layers = " ".join(layer.format(url=self.url, name=name) for name in ("vec", "cva"))
        return {"MAP_TILES": layers, "MAP_KEY": KEY, "MAP_ATTRIBUTION": "示例地图 审图号 示例1号", **more}


@contextmanager
def tile_source() -> Iterator[TileSource]:
    source = TileSource()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            if asked.get("tk") != KEY:
                source.without_key += 1
                self.send_error(403)
                return
            layer, z, x, y = asked["LAYER"], int(asked["TILEMATRIX"]), int(asked["TILECOL"]), int(asked["TILEROW"])
            source.asked.append((layer, z, x, y))
            source.heard.add(self.headers.get("Referer", ""))
            picture = draw(layer, z, x, y)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(picture)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cache-Control", "no-store")  # what shows without a network is the app's own keeping
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    source.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield source
    finally:
        server.shutdown()
        server.server_close()


def draw(layer: str, z: int, x: int, y: int) -> bytes:
    """Ground: pale fields with roads; names: words on nothing."""
    ground = layer == "vec"
    picture = Image.new(
        "RGBA", (SIDE, SIDE), ((240, 238, 230) if (x + y) % 2 else (226, 236, 222)) if ground else (0, 0, 0, 0)
    )
    pen = ImageDraw.Draw(picture)
    if ground:
        pen.line((0, 90, SIDE, 140), fill=(255, 255, 255), width=14)
        pen.line((120, 0, 150, SIDE), fill=(250, 220, 150), width=10)
        pen.line((0, 200, SIDE, 190), fill=(160, 200, 230), width=18)
    else:
        pen.text((70, 110), f"{z}/{x}/{y}", fill=(60, 60, 60, 255))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
