"""What addresses in QR codes begin with: never a name that the request itself brought from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.kernel.problems import Problem
from server.platform.security import address_for_codes, insist_on_address
from tests.builders import Browser, Template
from tests.databases import Databases

POSTER = "/board/330424102000001/print"
SET = "https://grid.example.gov.cn"
LIED = {"X-Forwarded-Host": "evil.example", "Host": "evil.example"}


@pytest.mark.parametrize(
    ("settings", "asked", "found"),
    [
        ({}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ({}, "http://localhost", "http://localhost"),
        ({}, "http://[::1]:8000", "http://[::1]:8000"),
        ({}, "http://evil.example", None),
        ({}, "http://localhost.evil.example", None),
        ({"host": "0.0.0.0"}, "http://localhost", None),
        ({"base_url": SET + "/"}, "http://evil.example", SET),
    ],
)
def test_codes_carry_what_is_set_or_what_this_machine_asked_for(
    databases: Databases, template: Template, tmp_path: Path, settings: dict[str, str], asked: str, found: str | None
) -> None:
    with template.app(databases, tmp_path, **settings) as app, app.test_request_context(base_url=asked):
        assert address_for_codes() == found
        if found is None:
            with pytest.raises(Problem, match="base_url_missing"):
                insist_on_address()


def test_a_forwarded_name_is_believed_by_no_page(databases: Databases, template: Template, tmp_path: Path) -> None:
    with template.app(databases, tmp_path, trusted_proxies=1) as app:
        seen: list[str] = []

        @app.before_request
        def look() -> None:
            from flask import request

            seen.append(request.host)

        client = Browser(app).client
        client.get("/", headers={"X-Forwarded-Host": "evil.example"})
        assert seen == ["localhost"]
        answer = client.get(POSTER, headers=LIED)
        assert (
            answer.status_code == 503
            and "evil.example" not in answer.text
            and "public" not in answer.headers["Cache-Control"]
        )
