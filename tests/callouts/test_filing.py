"""A position that is filed in a case stays with it: who may, what goes, what the case's page says, on both databases."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.callouts import commands
from server.callouts.models import Callout, CalloutPosition
from server.cases import enclosures
from server.cases.models import CaseFile, CaseStep
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.audit import AuditEvent
from server.platform.db import transaction
from server.platform.looks import Look
from server.platform.streams import StreamEntry
from server.privacy import keeping, retention
from tests.builders import DAY, Browser, at_desk
from tests.county import looking
from tests.privacy.conftest import set_figure
from tests.privacy.test_retention import held  # noqa: F401
from tests.strangers import OTHER_COUNTY, add_strangers
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import case_of
from tests.world import COUNTY, World

PLACE = {"lng": 120.9151234, "lat": 30.5051234, "accuracy_m": 12}
WHY = "<script>alert(1)</script> 事故调查要用"
ACTS = "/office/callouts/positions/<uuid:position_id>/"


def given(app: Flask, world: World, by: str = "county") -> tuple[str, str]:
    """The town is called, two workers say where they are; the page of the first and its position."""
    with app.app_context(), transaction() as session:
        holder = holder_of(session, world.people[by], clock.today())
        called = commands.open_callout(session, holder, world.areas["town"], "台风登陆", 4).id
    for who in ("worker", "worker2"):
        told = {"id": str(new_id()), "callout_id": str(called), "kind": "need_help", "place": PLACE}
        assert Phone(app, who).do("callouts.answer", told)["outcome"] == "applied"
    worker = world.people["worker"]
    with looking(app) as session:
        own = sa.and_(CalloutPosition.person_id == worker, CalloutPosition.stream.is_(None))
        return f"/office/callouts/{called}/positions/{worker}", str(
            session.scalars(sa.select(CalloutPosition.id).where(own)).one()
        )


def case_made(app: Flask, world: World) -> tuple[str, str]:
    """A record of the worker, and the open case that the town made of it."""
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"]), case_of(app, world, str(told["id"]), "dept")


def filing(desk: Browser, position: str, case: str, reason: str = WHY) -> int:
    sent = {"case_id": case, "reason": reason}
    return desk.form(f"/office/callouts/positions/{position}/file", **sent).status_code


def taking_out(desk: Browser, position: str) -> int:
    return desk.form(f"/office/callouts/positions/{position}/take-out").status_code


def kept(app: Flask) -> list[tuple[UUID, str | None, bool]]:
    """Whose positions are left, for which reader, and whether each is filed."""
    with looking(app) as session:
        rows = session.scalars(sa.select(CalloutPosition)).all()
        return [(row.person_id, row.stream, row.case_id is not None) for row in rows]


def swept(app: Flask, days: int) -> int:
    """The call-out has ended, and so many days have passed since."""
    with app.app_context(), transaction() as session:
        commands.end_due(session, clock.now() + DAY)
        ended = session.scalars(sa.select(Callout.ended_at)).one()
        assert ended is not None
        clock.set_source(lambda: ended + days * DAY)
        return commands.forget_positions(session, clock.now())


def test_a_filed_position_stays_after_thirty_days_and_all_others_go(app: Flask, world: World) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    county = at_desk(app, "county")
    assert case[-12:] in county.get(page).text and filing(county, position, case) == 303
    with looking(app) as session:
        reason = session.execute(
            sa.text("SELECT filed_reason FROM callout_position WHERE case_id IS NOT NULL")
        ).scalar_one()
    assert "事故".encode() not in bytes(reason)
    assert len(kept(app)) == 4 and swept(app, 29) == 0
    assert swept(app, 30) == 3
    assert kept(app) == [(world.people["worker"], None, True)]
    assert swept(app, 400) == 0 and "30.50512, 120.91512" in at_desk(app, "county").get(page).text


def test_what_is_taken_out_goes_with_the_next_sweep(app: Flask, world: World) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    county = at_desk(app, "county")
    assert filing(county, position, case) == 303 and taking_out(county, position) == 303
    assert 'data-testid="file"' in county.get(page).text, "it may be filed again while it is kept"
    assert filing(county, position, case) == 303 and swept(app, 31) == 3
    county = at_desk(app, "county")
    shown = county.get(page).text
    assert "take-out" in shown and 'data-testid="file"' not in shown
    assert taking_out(county, position) == 303
    assert 'data-testid="file"' not in county.get(page).text and filing(county, position, case) == 409
    assert swept(app, 31) == 1 and kept(app) == []
    assert county.get(page).status_code == 404 and taking_out(county, position) == 404


def test_it_goes_when_the_words_of_its_case_go_unless_a_hold_names_the_record(
    app: Flask,
    world: World,
    held: set[UUID],  # noqa: F811
) -> None:
    _, position = given(app, world)
    record, case = case_made(app, world)
    assert filing(at_desk(app, "county"), position, case) == 303 and swept(app, 31) == 3
    over = clock.now()
    with app.app_context(), transaction() as session:
        found = session.get_one(CaseFile, UUID(case))
        found.state, found.over_at = "closed", over
    set_figure(app, world, "cases", 100)
    held.add(UUID(record))
    with app.app_context():
        assert retention.run(over + 100 * DAY) == 0 and len(kept(app)) == 1
    held.clear()
    with app.app_context():
        assert retention.run(over + 100 * DAY - 1) == 0 and retention.run(over + 100 * DAY) == 1
    assert kept(app) == []


def test_it_stays_when_the_case_is_opened_again_after_retention_has_found_it_over(app: Flask, world: World) -> None:
    _, position = given(app, world)
    _, case = case_made(app, world)
    assert filing(at_desk(app, "county"), position, case) == 303
    (cases,) = [one for one in keeping.keepings() if one.name == "cases"]
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, UUID(case)).place_words = "三楼"
        session.flush()
        cases.forget(session, [UUID(case)])
    with looking(app) as session:
        assert session.get_one(CaseFile, UUID(case)).place_words == "三楼"
    assert sum(one[2] for one in kept(app)) == 1


def test_nothing_is_taken_out_of_a_case_under_a_hold(app: Flask, world: World, held: set[UUID]) -> None:  # noqa: F811
    page, position = given(app, world)
    record, case = case_made(app, world)
    county = at_desk(app, "county")
    assert filing(county, position, case) == 303
    held.add(UUID(record))
    assert taking_out(county, position) == 409 and "take-out" in county.get(page).text
    held.clear()
    assert taking_out(county, position) == 303


def test_only_the_unit_that_opened_the_call_out_files_and_takes_out(app: Flask, world: World) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    add_strangers(app, world)
    for name in ("town", "county_b", "town_b"):
        desk = at_desk(app, name)
        assert (desk.get(page).status_code, filing(desk, position, case), taking_out(desk, position)) == (404,) * 3, (
            name
        )
    for name in ("village", "dept", "auditor"):
        desk = at_desk(app, name)
        assert (filing(desk, position, case), taking_out(desk, position)) == (403, 403), name
    with looking(app) as session:
        leaders = session.scalars(sa.select(CalloutPosition.id).where(CalloutPosition.stream.is_not(None))).first()
    county = at_desk(app, "county")
    assert filing(county, str(leaders), case) == 404, "a leader's copy is nobody's to file"
    assert filing(county, position, case) == 303
    assert taking_out(at_desk(app, "town"), position) == 404 and sum(one[2] for one in kept(app)) == 1


def test_the_database_itself_keeps_a_leader_s_copy_and_what_nobody_answers_for_out_of_any_case(
    app: Flask, world: World
) -> None:
    given(app, world)
    whole = {"case_id": new_id(), "filed_by": world.people["county"], "filed_at": 1, "filed_reason": "x"}
    is_leaders = CalloutPosition.stream.is_not(None)
    refused: list[tuple[Any, Any]] = [(is_leaders, whole), (~is_leaders, {"case_id": new_id()})]
    refused.append((~is_leaders, {**whole, "filed_reason": None}))
    for rows, values in refused:
        with app.app_context(), pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.execute(sa.update(CalloutPosition).where(rows).values(values))


def test_a_reason_and_a_case_are_asked_for_and_a_refused_form_shows_what_was_typed(app: Flask, world: World) -> None:
    _, position = given(app, world)
    _, case = case_made(app, world)
    county, path = at_desk(app, "county"), f"/office/callouts/positions/{position}/file"
    for fields in (
        {"case_id": case},
        {"case_id": case, "reason": "  "},
        {"reason": WHY},
        {"case_id": "x", "reason": WHY},
    ):
        answer = county.form(path, **fields)
        assert answer.status_code == 422 and "30.50512" in answer.text, fields
    answer = county.form(path, reason=WHY)
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert" in answer.text
    with looking(app) as session:
        looks = session.scalars(sa.select(Look.object_id).where(Look.kind == "callout_position")).all()
    assert looks == [UUID(position)] * 5, "each showed where somebody was"


def test_a_case_that_the_office_does_not_see_or_that_is_over_is_neither_offered_nor_taken(
    app: Flask, world: World
) -> None:
    page, position = given(app, world, by="town")
    town = at_desk(app, "town")
    assert "<select" not in town.get(page).text and 'data-testid="file"' not in town.get(page).text
    _, own = case_made(app, world)
    add_strangers(app, world)
    _, over = case_made(app, world)
    _, near = case_made(app, world)
    _, foreign = case_made(app, world)
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, UUID(over)).state = "closed"
        session.get_one(CaseFile, UUID(near)).grid_id = world.areas["grid_b"]
        session.get_one(CaseFile, UUID(foreign)).county_code = OTHER_COUNTY
    offered = re.findall(r'<option lang="zh-CN" value="([0-9a-f-]{36})"', town.get(page).text)
    assert offered == [own]
    for case in (over, near, foreign, str(new_id())):
        answer = town.form(f"/office/callouts/positions/{position}/file", case_id=case, reason=WHY)
        assert answer.status_code == 422 and own in answer.text
    assert not any(one[2] for one in kept(app)) and filing(town, position, own) == 303


def test_a_case_beyond_the_list_is_named_by_the_number_on_its_slip(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, position = given(app, world)
    (_, first), (_, last) = case_made(app, world), case_made(app, world)
    county, path = at_desk(app, "county"), f"/office/callouts/positions/{position}/file"
    assert 'name="number"' not in county.get(page).text
    monkeypatch.setattr(enclosures, "MOST", 1)
    shown = county.get(page).text
    assert last in shown and first not in shown and 'name="number"' in shown
    assert county.form(path, number="12", reason=WHY).status_code == 422
    assert county.form(path, number=first, reason=WHY).status_code == 303
    assert filing(county, position, first) == 303, "the same twice is once"
    assert filing(county, position, last) == 409


def test_of_several_positions_the_filed_one_is_found_again(app: Flask, world: World) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    county = at_desk(app, "county")
    assert filing(county, position, case) == 303
    told = {"id": str(new_id()), "callout_id": page.split("/")[3], "kind": "safe", "place": {"lng": 121.0, "lat": 31.0}}
    assert Phone(app, "worker").do("callouts.answer", told)["outcome"] == "applied"
    newest = county.get(page).text
    assert "31.00000, 121.00000" in newest and f"{page}?position={position}" in newest
    assert "30.50512, 120.91512" in county.get(f"{page}?position={position}").text
    assert county.get(f"{page}?position={new_id()}").status_code == 404


def test_the_page_of_the_case_says_who_and_when_and_leads_only_the_opening_unit_there(app: Flask, world: World) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    desks = {name: at_desk(app, name) for name in ("county", "town", "village", "dept")}
    assert all("位置已归入本案" not in desk.get(f"/office/cases/{case}").text for desk in desks.values())
    assert filing(desks["county"], position, case) == 303
    for name, desk in desks.items():
        shown = desk.get(f"/office/cases/{case}").text
        assert "位置已归入本案" in shown and "张county" in shown, name
        assert (f"{page}?position={position}" in shown) == (name == "county"), name
        assert (
            "30.505" not in shown
            and "事故调查" not in shown
            and str(world.people["worker"]) not in shown.replace(page, "")
        )
    shown = desks["county"].get(page).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 事故调查要用" in shown and "<script>alert" not in shown
    slip = desks["county"].get(f"/office/cases/{case}/slip/2")
    assert slip.status_code == 200 and "归入" not in slip.text


def test_each_look_and_each_act_is_noted_and_no_stream_and_no_step_of_the_case_hears_of_it(
    app: Flask, world: World
) -> None:
    page, position = given(app, world)
    _, case = case_made(app, world)
    with looking(app) as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(StreamEntry))
        steps = session.scalar(sa.select(sa.func.count()).select_from(CaseStep))
    county = at_desk(app, "county")
    assert filing(county, position, case, "") == 422 and filing(county, position, case) == 303
    assert county.get(f"{page}?position={position}").status_code == 200
    assert taking_out(county, position) == 303
    with looking(app) as session:
        looks = session.execute(sa.select(Look.person_id, Look.object_id)).all()
        noted = sa.select(AuditEvent).where(AuditEvent.object_id == UUID(position)).order_by(AuditEvent.id)
        acts = [(one.act, one.person_id, one.county_code, one.details) for one in session.scalars(noted)]
        assert session.scalar(sa.select(sa.func.count()).select_from(StreamEntry)) == before
        assert session.scalar(sa.select(sa.func.count()).select_from(CaseStep)) == steps
    by = world.people["county"]
    assert looks == [(by, UUID(position))] * 2
    assert acts == [
        (f"{ACTS}file", by, COUNTY, {"refused": "invalid"}),
        (f"{ACTS}file", by, COUNTY, {"filed_in": case}),
        (f"{ACTS}take-out", by, COUNTY, {"taken_out_of": case}),
    ]
