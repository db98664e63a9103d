"""Where the map's picture comes from: what may be set, who is told, and what pages may load then."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server.platform.config import Settings, SettingsError
from tests.builders import Browser, Template, code_of, signed_in
from tests.databases import Databases

TEMPLATE = "https://tiles.example.cn/{z}/{x}/{y}.png"
OWN = {"MAP_TILES": f"{TEMPLATE}?k={{key}}", "MAP_KEY": "secret-1", "MAP_ATTRIBUTION": "示例地图"}


def source(**env: str) -> Any:
    return Settings.from_environment(env).map


def policy_of(app: Flask, path: str) -> dict[str, str]:
    header = Browser(app).client.get(path).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in header.split("; "))


def test_without_a_setting_there_is_no_picture() -> None:
    assert source().tiles == () and source().host == "" and source().for_phones is None
    assert source(MAP_TILES="none").tiles == ()


def test_tianditu_takes_a_key_and_two_layers_in_web_mercator() -> None:
    found = source(MAP_TILES="tianditu", MAP_KEY="abc123")
    assert found.host == "https://t0.tianditu.gov.cn" and not found.gcj02
    assert ["/vec_w/" in found.tiles[0], "/cva_w/" in found.tiles[1]] == [True, True]
    assert all(tile.endswith("&tk=abc123") and "TILEMATRIXSET=w" in tile for tile in found.tiles)


def test_a_template_may_have_a_key_several_layers_and_chinas_shift() -> None:
    found = source(**OWN | {"MAP_TILES": f"{TEMPLATE} {TEMPLATE}?names={{key}}", "MAP_GCJ02": "1", "MAP_DEEPEST": "17"})
    assert found.tiles == (TEMPLATE, f"{TEMPLATE}?names=secret-1")
    assert (found.gcj02, found.deepest, found.attribution) == (True, 17, "示例地图")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MAP_TILES": "tianditu", "MAP_KEY": ""}, "needs MAP_KEY"),
        ({"MAP_KEY": "a&b;c"}, "MAP_KEY holds"),
        ({"MAP_TILES": "amap"}, "begin with https://"),
        ({"MAP_TILES": "https://a.cn;script-src/{z}/{x}/{y}"}, "begin with https://"),
        ({"MAP_TILES": "https://a.cn/{z}/{x}.png"}, "{y}"),
        ({"MAP_TILES": f"{TEMPLATE} https://other.cn/{{z}}/{{x}}/{{y}}"}, "one host"),
        ({"MAP_KEY": ""}, "MAP_KEY is needed"),
        ({"MAP_ATTRIBUTION": " "}, "MAP_ATTRIBUTION"),
        ({"MAP_DEEPEST": "deep"}, "deep"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_at_the_start(changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        source(**OWN | changes)


@pytest.fixture
def mapped(databases: Databases, template: Template, tmp_path: Path) -> Any:
    folder = tmp_path / "mapped"
    folder.mkdir()
    with template.app(databases, folder, map=source(**OWN)) as app:
        yield app


def test_only_who_is_signed_in_is_told_the_key(mapped: Flask, app: Flask) -> None:
    told = signed_in(mapped, "worker").get("/api/v1/session").json["policy"]["map"]
    assert told == {"tiles": [f"{TEMPLATE}?k=secret-1"], "attribution": "示例地图", "gcj02": False, "deepest": 18}
    assert code_of(Browser(mapped).get("/api/v1/session")) == "signed_out"
    for path in ("/app", "/sw.js", "/sign-in", "/openapi.json", "/manifest.webmanifest"):
        assert b"secret-1" not in Browser(mapped).client.get(path).data
    assert signed_in(app, "worker").get("/api/v1/session").json["policy"]["map"] is None


def test_the_phone_app_may_load_from_that_host_alone_and_no_other_page(mapped: Flask, app: Flask) -> None:
    for path in ("/app", "/app/x", "/sw.js"):
        assert policy_of(mapped, path)["img-src"] == "'self' blob: data: https://tiles.example.cn"
        assert policy_of(mapped, path)["connect-src"] == "'self' https://tiles.example.cn"
        assert policy_of(mapped, path)["default-src"] == "'self'"
        assert "https:" not in str(policy_of(app, path))
    for path in ("/sign-in", "/office", "/healthz", "/api/v1/session", "/application"):
        assert "https:" not in str(policy_of(mapped, path))


def test_another_host_is_another_worker_and_the_same_is_the_same(mapped: Flask, app: Flask) -> None:
    plain = Browser(app).client.get("/sw.js").data
    first = Browser(mapped).client.get("/sw.js")
    assert first.data == f"self.mapHost={json.dumps('https://tiles.example.cn')};\n".encode() + plain
    small = Browser(mapped).client.get("/sw.js", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(small.data) == first.data and small.headers["Cache-Control"] == "no-cache"
    again = Browser(mapped).client.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
