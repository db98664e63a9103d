"""Built files go out compressed to whoever takes brotli, and plain to everybody else."""

from __future__ import annotations

from pathlib import Path

import brotli
import pytest
from flask import Flask

from server.platform import shell
from server.platform.config import Settings

SCRIPT = b"console.log('grid');\n" * 50


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "boot-1.js").write_bytes(SCRIPT)
    (folder / "boot-1.js.br").write_bytes(brotli.compress(SCRIPT))
    (folder / "sw.js").write_bytes(SCRIPT)
    (folder / "sw.js.br").write_bytes(brotli.compress(SCRIPT))
    (folder / "alone-1.css").write_text("body { color: black }")
    monkeypatch.setattr(shell, "STATIC", tmp_path)
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = Settings()
    app.add_url_rule("/static/<folder>/<path:path>", view_func=shell.static_file)
    app.add_url_rule("/sw.js", view_func=shell.service_worker)
    return app.test_client()


@pytest.mark.parametrize("path", ["/static/dist/boot-1.js", "/sw.js"])
def test_a_browser_that_takes_brotli_gets_it(browser, path: str) -> None:
    answer = browser.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/javascript"
    assert brotli.decompress(answer.data) == SCRIPT


def test_another_gets_it_plain(browser) -> None:
    answer = browser.get("/static/dist/boot-1.js", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == SCRIPT
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_without_a_twin_goes_plain(browser) -> None:
    answer = browser.get("/static/dist/alone-1.css", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers
    assert answer.mimetype == "text/css"
