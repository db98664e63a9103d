"""The small county on both databases, with a design in force."""

from __future__ import annotations

import pytest
from flask import Flask

from server.badges.commands import set_design, set_supervision_phone
from tests.builders import writing
from tests.county import county_fixtures
from tests.world import STARTED, World

template, app, world, session, acts = county_fixtures("badges")

DESIGN = {
    "heading_zh": "网格化服务管理工作证", "heading_en": "Grid service work badge", "issuer": "测试市", "tone": "blue",
    "valid_months": 24, "from_day": STARTED, "document_no": "测〔2026〕5号",
}  # fmt: skip


@pytest.fixture
def designed(app: Flask, world: World) -> Flask:
    """The app with the city's design and the town's supervision telephone."""
    with writing(app) as session:
        set_design(session, None, DESIGN)
        set_supervision_phone(session, None, world.areas["town"], "0573-1234567", STARTED)
    return app
