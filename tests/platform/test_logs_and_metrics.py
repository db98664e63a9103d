"""Logs and figures: enough to run the installation, nothing that names anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from server.platform.config import Settings, SettingsError
from tests.builders import Browser, Template, at_desk, signed_in
from tests.databases import Databases
from tests.world import PASSWORD

ROOT = Path(__file__).parents[2]


@pytest.fixture
def talking(databases: Databases, template: Template, tmp_path: Path):
    with template.app(databases, tmp_path, log_level="INFO", metrics_token="token of the collector") as app:
        yield app


def test_a_line_for_each_request_without_names_paths_or_queries(
    talking: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = signed_in(talking, "worker")
    device = phone.register()
    token = phone.client.get_cookie("gw_session").value
    phone.call("DELETE", f"/api/v1/devices/{device}?username=worker")
    Browser(talking).sign_in("worker", "the wrong password")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    text = json.dumps(lines, ensure_ascii=False)
    for secret in (PASSWORD, "the wrong password", "worker", "张", str(device), token, phone.csrf, "10.0.0.1", "?"):
        assert secret not in text, secret
    routes = [(line["method"], line["route"], line["status"]) for line in lines]
    assert routes == [
        ("POST", "/api/v1/session", 200),
        ("POST", "/api/v1/devices", 200),
        ("DELETE", "/api/v1/devices/<uuid:device_id>", 204),
        ("POST", "/api/v1/session", 401),
    ]
    assert all(line["ms"] >= 0 and line["request_id"] for line in lines)


def test_lines_of_one_person_can_be_told_apart(talking: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    one, other = signed_in(talking, "worker"), signed_in(talking, "leader")
    capfd.readouterr()
    for browser in (one, other, one):
        browser.get("/api/v1/session")
    people = [json.loads(line)["person"] for line in capfd.readouterr().err.splitlines()]
    assert people[0] == people[2] != people[1] and len(people[0]) == 12


def test_a_foreign_request_id_is_kept_only_when_harmless(talking: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    Browser(talking).get("/healthz", headers={"X-Request-Id": "abcdef-123456"})
    Browser(talking).get("/healthz", headers={"X-Request-Id": "name=王小明"})
    ids = [json.loads(line)["request_id"] for line in capfd.readouterr().err.splitlines()]
    assert ids[0] == "abcdef-123456" and len(ids[1]) == 16


def test_metrics_are_for_the_collector_and_the_system_administrator(talking: Flask) -> None:
    def status(browser: Browser, token: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return browser.get("/metrics", headers=headers).status_code

    assert status(Browser(talking)) == 404
    assert status(Browser(talking), "another token") == 404
    assert status(Browser(talking), "token of the collector") == 200
    assert status(at_desk(talking, "sysadmin")) == 200
    for username in ("secadmin", "auditor", "town", "city"):
        assert status(at_desk(talking, username)) == 404, username
    assert status(signed_in(talking, "worker")) == 404


def test_without_a_token_no_token_opens_the_metrics(app: Flask) -> None:
    for token in ("", "Bearer ", "Bearer"):
        assert Browser(app).get("/metrics", headers={"Authorization": token}).status_code == 404


def test_metrics_count_templates_not_paths(talking: Flask) -> None:
    phone = signed_in(talking, "worker")
    device = phone.register()
    phone.call("DELETE", f"/api/v1/devices/{device}")
    phone.call("BREW", "/api/v1/session")
    text = Browser(talking).get("/metrics", headers={"Authorization": "Bearer token of the collector"}).text
    assert 'gridwalk_requests_total{method="DELETE",route="/api/v1/devices/<uuid:device_id>",status="204"} 1.0' in text
    assert 'method="OTHER"' in text and "BREW" not in text
    assert str(device) not in text and "worker" not in text


SERVED = """
import sys
from server.app import create_app
from server.platform.metrics import exposition
app = create_app()
for _ in range(int(sys.argv[1])):
    assert app.test_client().get("/healthz").status_code == 200
with app.app_context():
    print(exposition().get_data(as_text=True))
"""


def test_processes_of_one_server_program_tell_one_sum(tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    env = {
        **os.environ,
        "DATA_DIR": str(tmp_path / "data"),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    for times, total in ((2, 2), (3, 5)):
        command = [sys.executable, "-c", SERVED, str(times)]
        told = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
        (line,) = [one for one in told.splitlines() if one.startswith("gridwalk_requests_total") and "/healthz" in one]
        assert float(line.rpartition(" ")[2]) == total


def test_several_processes_are_refused_on_one_writer() -> None:
    with pytest.raises(SettingsError, match="PostgreSQL"):
        Settings.from_environment({"WEB_PROCESSES": "2"})
    Settings.from_environment({"WEB_PROCESSES": "2", "DATABASE_URL": "postgresql://u@h/d"})
