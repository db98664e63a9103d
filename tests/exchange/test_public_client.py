"""A client of Open311 that others have written (georeport), unmodified, against a real server.

It knows of no key for reading; the token stands where such clients look for a password, in ``.netrc``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from georeport import GeoReport
from werkzeug.serving import make_server

from tests.exchange.systems import System, system
from tests.world import COUNTY, World


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/open311/v2/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def one(app: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    made = system(app, world)
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login any password {made.token}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    return made


@pytest.mark.parametrize("form", ["json", "xml"])
def test_it_reads_services_and_requests(address: str, one: System, form: str) -> None:
    made = [
        one.post("/open311/v2/requests.json", service_code=code, address_id="330424102000001").json[0]
        for code in ("HAZ-09", "HAZ-10")
    ]
    client = GeoReport(address, jurisdiction=COUNTY, output_format=form)
    services = client.get_service_list()
    assert {"HAZ-09", "HAZ-10"} <= {service["service_code"] for service in services}
    ids = [request["service_request_id"] for request in made]
    assert [found["service_request_id"] for found in client.get_service_requests(status="open")] == ids[::-1]
    found = client.get_service_request(ids[0])
    assert (found["service_code"], found["status"], found["address_id"]) == ("HAZ-09", "open", "330424102000001")
    assert client.get_service_requests(service_request_id=",".join(ids), service_code="x")
