"""An unmodified public tus client (tus-js-client) uploads, breaks and resumes against our server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.photos.pictures import photo_of, sha256
from tests.photos.serving import ROOT, serving


def test_tus_js_client_uploads_breaks_and_resumes(tmp_path: Path) -> None:
    photo = photo_of(300_000, seed=9)
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo)
    with serving(tmp_path / "data") as port:
        command = [
            "node",
            "tests/photos/tus_client.mjs",
            f"http://127.0.0.1:{port}/api/v1/uploads",
            str(file),
            sha256(photo),
        ]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["first"]["offsets"] == [40_000, 80_000, 120_000], "broken off after 120,000 bytes"
    assert told["second"]["url"] == told["first"]["url"] and told["second"]["done"]
    assert told["second"]["offsets"] == [180_000, 240_000, 300_000], "only the rest was sent"
    assert told["again"]["done"] and told["again"]["offsets"] == [], "the end is told again, nothing is sent again"
    assert told["atOnce"]["done"] and told["withCreation"]
    assert told["gone"] == 404
