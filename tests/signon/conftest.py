"""A county on both databases beside another house that its desks may sign in through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import Template
from tests.county import county_fixtures
from tests.databases import Databases
from tests.signon.houses import House, OpenIdHouse, ZheZhengDingHouse

template, _app, world, session, acts = county_fixtures("signon")
BASE = "http://gridwalk.test"
HOUSES: dict[str, type[House]] = {"oidc": OpenIdHouse, "zhezhengding": ZheZhengDingHouse}


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("NO_PROXY", "*")
    made = HOUSES[request.param]()
    made.subject = "77001"
    yield made
    made.close()


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path, house: House) -> Iterator[Flask]:
    with template.app(databases, tmp_path, sign_on=house.settings, base_url=BASE) as app:
        yield app
