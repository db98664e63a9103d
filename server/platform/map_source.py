"""Where the picture under the map comes from: nowhere (the drawn outline stays), 天地图 by key, or a template of addresses.

Pure: read once by ``Settings``. ``for_phones`` is what signed-in phones are told, ``host`` the one address that a page may
load tiles from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PLACES = ("{z}", "{x}", "{y}")
DEEPEST = 18
# Web Mercator (EPSG:3857): the ground and, over it, its names. One host, so that a page is allowed no more than that.
TIANDITU = tuple(
    f"https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
    for layer in ("vec", "cva")
)
KEY = re.compile(r"[\w.-]{1,100}")


class MapSourceError(Exception):
    """A map source that cannot be used; the message says which setting and why."""


@dataclass(frozen=True)
class MapSource:
    """``tiles``: templates of one host, the lower layer first; none means no picture. ``gcj02``: drawn in GCJ-02."""

    tiles: tuple[str, ...] = ()
    attribution: str = ""  # empty with 天地图: the phone says its name in the person's language
    gcj02: bool = False
    deepest: int = DEEPEST

    @property
    def host(self) -> str:
        """``scheme://host[:port]`` of the tiles, empty without any."""
        if not self.tiles:
            return ""
        parts = urlsplit(self.tiles[0])
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def for_phones(self) -> dict[str, Any] | None:
        if not self.tiles:
            return None
        return {
            "tiles": list(self.tiles),
            "attribution": self.attribution,
            "gcj02": self.gcj02,
            "deepest": self.deepest,
        }


def read(env: Mapping[str, str]) -> MapSource:
    """The source that the environment names. Raises ``MapSourceError``."""
    kind, key = env.get("MAP_TILES", "none").strip(), env.get("MAP_KEY", "")
    if kind in ("", "none"):
        return MapSource()
    if key and not KEY.fullmatch(key):
        raise MapSourceError("MAP_KEY holds letters, digits, dots and dashes only.")
    if kind == "tianditu":
        if not key:
            raise MapSourceError("MAP_TILES=tianditu needs MAP_KEY, the key that Tianditu gave you.")
        return MapSource(_with_key(TIANDITU, key), env.get("MAP_ATTRIBUTION", ""))
    source = MapSource(
        _with_key(kind.split(), key),
        env.get("MAP_ATTRIBUTION", "").strip(),
        env.get("MAP_GCJ02", "0") == "1",
        int(env.get("MAP_DEEPEST", DEEPEST)),
    )
    _check(source)
    return source


def _with_key(templates: tuple[str, ...] | list[str], key: str) -> tuple[str, ...]:
    return tuple(template.replace("{key}", key) if key else template for template in templates)


def _check(source: MapSource) -> None:
    hosts = {urlsplit(template)[:2] for template in source.tiles}
    for template in source.tiles:
        parts = urlsplit(template)
        if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc):
            raise MapSourceError("MAP_TILES is none, tianditu, or addresses that begin with https:// and a host.")
        if not all(place in template for place in PLACES):
            raise MapSourceError("An address of MAP_TILES names {z}, {x} and {y}.")
        if "{key}" in template:
            raise MapSourceError("MAP_TILES names {key}, so MAP_KEY is needed.")
    if len(hosts) > 1:
        raise MapSourceError("All layers of MAP_TILES come from one host: pages may load from that one only.")
    if not source.attribution:
        raise MapSourceError(
            "MAP_ATTRIBUTION says whose map it is (name and approval number); it stands under the map."
        )
