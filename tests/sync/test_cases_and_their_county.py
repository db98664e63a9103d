"""A case where counties, offices and grids meet: two roles in one hand, a grid that is closed, another county's terms."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from server.areas.models import Grid
from server.cases import following
from server.cases.models import CaseFile
from server.kernel import clock
from server.people.commands import appoint
from tests.builders import add_person, at_desk, writing
from tests.strangers import OTHER_COUNTY
from tests.sync.test_case_loop import call_told, kept, made, taken_in
from tests.sync.test_cases import level_form, take
from tests.world import STARTED, World


def test_nobody_decides_a_doubt_of_the_own_department(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    with writing(app) as session:
        both = add_person(session, "both", role="county_authority", org_unit_id=world.areas["county"])
        appoint(session, person_id=both, role="department", org_unit_id=world.areas["dept"], from_day=STARTED)
    desk = at_desk(app, "both")
    assert take(desk, app, case, "not_ours", words="不归我们") == 303
    assert take(desk, app, case, "duty_moved", words="归村里", unit_id=str(world.areas["village"])) == 403
    assert kept(app, case).state == "contested"
    assert take(at_desk(app, "county"), app, case, "duty_stays", words="职责清单写明了") == 303


def test_a_case_outlives_its_grid_and_no_new_one_is_taken_in_there(app: Flask, world: World) -> None:
    case = taken_in(app, world)
    with writing(app) as session:
        session.get_one(Grid, world.areas["grid"]).closed_on = clock.today()
    for office in ("village", "town", "county"):
        assert case in at_desk(app, office).get("/office/cases").text, office
    answer = at_desk(app, "town").form("/office/cases/take-in", **call_told(world, external_ref="2"))
    assert answer.status_code == 422
    assert take(at_desk(app, "town"), app, case, "assigned", unit_id=str(world.areas["dept"])) == 303


def test_no_county_waits_for_what_another_allows_longer(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SWEEP", 1)
    patient, other = taken_in(app, world), taken_in(app, world, external_ref="2")
    form = level_form(level="escalate", unit="days", amount="300")
    assert at_desk(app, "county").form("/office/levels", **form).status_code == 303
    with writing(app) as session:
        session.get_one(CaseFile, UUID(other)).county_code = OTHER_COUNTY
        due = session.get_one(CaseFile, UUID(patient)).due_at
    with writing(app) as session:
        assert following.escalate_overdue(session, due + 14 * clock.DAY_MS) == 1
    assert kept(app, other).escalated_at and kept(app, patient).escalated_at is None
