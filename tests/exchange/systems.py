"""Another system with a token, and what a county has for it to fetch."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from server.exchange import commands, rules
from server.kernel import clock
from server.people.queries import holder_of
from tests.builders import writing
from tests.world import World

ALL = rules.SCOPES


@dataclass
class System:
    """Calls with its token."""

    app: Flask
    token: str
    token_id: UUID
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **query: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer: TestResponse = self.client.get(path, query_string=query, headers=headers, buffered=True)
        return answer

    def post(self, path: str, **form: Any) -> TestResponse:
        answer: TestResponse = self.client.post(path, data=form, headers={"Authorization": f"Bearer {self.token}"})
        return answer

    def rows(self, what: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(f"/api/v1/exchange/{what}", **query)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


def system(
    app: Flask,
    world: World,
    *scopes: str,
    area: str = "county",
    name: str = "platform",
    last_day: date | None = None,
) -> System:
    """A token given by the security administrator; every scope unless some are named."""
    told = {"system": name, "name": "测试数据平台", "document_no": "示〔2026〕40号", "scopes": list(scopes or ALL)}
    told |= {"area_unit": world.areas[area], "last_day": last_day or clock.today() + timedelta(days=30)}
    with writing(app) as session:
        by = holder_of(session, world.people["secadmin"], clock.today())
        row, token = commands.make_token(session, by, told)
        return System(app, token, row.id)


def revoke(app: Flask, world: World, one: System) -> None:
    with writing(app) as session:
        commands.revoke_token(session, holder_of(session, world.people["secadmin"], clock.today()), one.token_id)
