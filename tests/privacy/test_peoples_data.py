"""Requests of people, consents, incidents and drills, and the public page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.households.models import Household, VisitPlan
from server.kernel import clock
from server.kernel.ids import new_id
from server.photos.models import PhotoLink
from server.platform.db import reading, transaction
from server.platform.looks import Look
from server.platform.workdays import add_working_days
from server.privacy import consents, queries, rules
from server.privacy.models import Consent, DataRequest, SafetyEvent
from server.records.models import RecordPhoto
from tests.builders import Browser, at_desk
from tests.privacy.conftest import set_figure
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.world import COUNTY, World

SHA = "cd" * 32


def asked(**more: Any) -> dict[str, Any]:
    told = {
        "id": str(new_id()),
        "kind": "show",
        "asker_name": "王芳",
        "asker_contact": "10512345678",
        "words": "想看留了什么",
    }
    return {**told, **more}


def door_of(app: Flask, household_id: UUID) -> str:
    with app.app_context(), reading() as session:
        return session.get_one(Household, household_id).door


def test_a_request_has_a_clock_and_its_household_is_shown_and_the_look_noted(app: Flask, world: World) -> None:
    set_figure(app, world, "request_days", 15)
    village, town = at_desk(app, "village"), at_desk(app, "town")
    told = asked(door=door_of(app, world.households[0]))
    assert village.form("/office/data-requests", **told).status_code == 303
    assert village.form("/office/data-requests", **told).status_code == 303, "a form sent twice is one request"
    with app.app_context(), reading() as session:
        found = session.scalars(sa.select(DataRequest)).one()
        assert found.due == add_working_days(clock.today(), 15) and found.document_no == "示〔2026〕41号"
        contact = session.get_one(Household, world.households[0]).contact_name
    listed = town.get("/office/data-requests").text
    assert "王*" in listed and "王芳" not in listed and "10512345678" not in listed
    assert "王芳" in town.get(f"/office/data-requests/{found.id}").text
    assert contact in town.get(f"/office/data-requests/{found.id}/copy").text
    assert village.get(f"/office/data-requests/{found.id}").status_code == 403
    with app.app_context(), reading() as session:
        looks = {(look.kind, look.object_id) for look in session.scalars(sa.select(Look))}
    assert {("data_request", found.id), ("household", world.households[0])} <= looks
    path = f"/office/data-requests/{found.id}"
    assert town.form(path, answer="done", words=" ").status_code == 422
    assert town.form(path, answer="done", words="已当面出示").status_code == 303
    assert town.form(path, answer="refused", words="又").status_code == 409
    assert "按期答复" in town.get("/office/data-requests").text


def test_a_deletion_deletes_unless_it_is_held_or_still_needed(app: Flask, world: World) -> None:
    town = at_desk(app, "town")
    household = world.households[0]
    told = asked(kind="delete", door=door_of(app, household))
    town.form("/office/data-requests", **told)
    path = f"/office/data-requests/{told['id']}"
    answer = town.form(path, answer="done", words="已删除")
    assert answer.status_code == 409 and "还有要走访的安排" in answer.text
    with app.app_context(), transaction() as session:
        session.execute(sa.update(VisitPlan).values(closed_on=clock.today()))

    def held(_session: Any, ids: Any) -> set[UUID]:
        return {household} & set(ids)

    queries.plug_holds(held)
    assert town.form(path, answer="done", words="已删除").status_code == 409
    queries._holds.remove(held)
    assert town.form(path, answer="done", words="已删除").status_code == 303
    with app.app_context(), reading() as session:
        assert session.get(Household, household) is None
    nobody = asked(kind="delete")
    town.form("/office/data-requests", **nobody)
    assert town.form(f"/office/data-requests/{nobody['id']}", answer="done", words="x").status_code == 422


def test_a_door_of_another_town_is_unknown_and_its_requests_do_not_exist(app: Flask, world: World) -> None:
    add_strangers(app, world)
    town, town_b = at_desk(app, "town"), at_desk(app, "town_b")
    assert town.form("/office/data-requests", **asked(door=door_of(app, world.households[-1]))).status_code == 422
    told = asked(door=door_of(app, world.households[0]))
    assert town_b.form("/office/data-requests", **told).status_code == 422
    assert town.form("/office/data-requests", **told).status_code == 303
    for path in ("", "/copy"):
        assert town_b.get(f"/office/data-requests/{told['id']}{path}").status_code == 404
    assert "王*" not in town_b.get("/office/data-requests").text


def photo_of(app: Flask, world: World) -> UUID:
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    record = UUID(str(told["id"]))
    with app.app_context(), transaction() as session:
        session.add(RecordPhoto(record_id=record, sha256=SHA, role="before", position=0))
        session.add(
            PhotoLink(
                county_code=COUNTY, sha256=SHA, kind="record", object_id=record, role="before",
                author_id=world.people["worker"], linked_at=1,
            )
        )  # fmt: skip
    return record


def test_a_consent_is_noted_and_withdrawing_it_deletes(app: Flask, world: World) -> None:
    record = photo_of(app, world)
    village = at_desk(app, "village")
    told = {"id": str(new_id()), "purpose": "person_photo", "object_id": str(record), "given_by": "王芳"}
    told |= {"words": "同意照片用于说明隐患，销号后两年删除", "form": "spoken", "given_on": clock.today().isoformat()}
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    for wrong in ({"given_on": tomorrow}, {"purpose": "anything"}, {"words": ""}):
        assert village.form("/office/consents", **{**told, **wrong}).status_code == 422, wrong
    assert village.form("/office/consents", **{**told, "object_id": str(new_id())}).status_code == 404
    assert village.form("/office/consents", **told).status_code == 303
    assert "王*" in village.get("/office/consents").text
    add_strangers(app, world)
    assert at_desk(app, "village_b").form(f"/office/consents/{told['id']}/withdraw").status_code == 404

    def held(_session: Any, ids: Any) -> set[UUID]:
        return {record} & set(ids)

    queries.plug_holds(held)
    assert village.form(f"/office/consents/{told['id']}/withdraw").headers["Location"].endswith("held")
    assert village.form(f"/office/consents/{told['id']}/withdraw").status_code == 409
    assert links(app) == 1
    with app.app_context(), transaction() as session:
        assert consents.erase_withdrawn(session, clock.now()) == 0
    queries._holds.remove(held)
    with app.app_context(), transaction() as session:
        assert consents.erase_withdrawn(session, clock.now()) == 1
        found = session.scalars(sa.select(Consent)).one()
        assert found.erased_at is not None and found.given_by == "" and "销号" in found.words
    assert links(app) == 0


def links(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return (
            len(session.scalars(sa.select(PhotoLink)).all()) + len(session.scalars(sa.select(RecordPhoto)).all()) // 2
        )


def test_an_incident_goes_its_steps_with_a_clock(app: Flask, world: World) -> None:
    set_figure(app, world, "report_hours", 24)
    set_figure(app, world, "drill_days", 365)
    admin = at_desk(app, "secadmin")
    told = {"id": str(new_id()), "kind": "drill", "title": "演练：账号被盗用", "found_day": clock.today().isoformat()}
    assert admin.form("/office/incidents", **told, found_time="25:00").status_code == 422
    assert admin.form("/office/incidents", **told, found_time="00:00").status_code == 303
    path = f"/office/incidents/{told['id']}"
    assert admin.form(path, step="closed", words="完").status_code == 422, "not before it was contained and reviewed"
    for step in ("contained", "assessed", "reported", "reviewed", "closed"):
        assert admin.form(path, step=step, words="停用账号，换密码").status_code == 303, step
    assert admin.form(path, step="recovered", words="晚了").status_code == 409
    page = at_desk(app, "county").get("/office/incidents").text
    assert "按时报告" in page and "下次演练最迟" in page
    assert at_desk(app, "county").form(path, step="recovered", words="x").status_code == 403
    with app.app_context(), reading() as session:
        assert session.scalars(sa.select(SafetyEvent)).one().closed_at is not None


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [(None, None, "none"), (1, None, "open"), (-1, None, "overdue"), (1, 0, "in_time"), (-1, 0, "late")],
)
def test_what_a_clock_says(due: int | None, done: int | None, state: str) -> None:
    today = clock.today()
    day = [today + timedelta(days=one) if one is not None else None for one in (due, done)]
    assert rules.clock_state(day[0], day[1], today) == state


def test_names_and_numbers_are_masked() -> None:
    assert rules.masked_phone("13812345678") == "138****5678" and rules.masked_phone("") == ""
    assert rules.masked_phone("110") == "****10" and rules.masked_name("欧阳修") == "欧*"


def test_everybody_reads_the_public_page_in_both_languages(app: Flask, world: World) -> None:
    set_figure(app, world, "photos", 365)
    object.__setattr__(app.extensions["settings"], "filing_no", "浙政备〔2026〕1号<script>")
    for language, words in (("zh", "您的权利"), ("en", "Your rights")):
        answer = Browser(app).get(f"/privacy?lang={language}&county={COUNTY}")
        assert answer.status_code == 200 and words in answer.text and "365" in answer.text
        assert "浙政备〔2026〕1号&lt;script&gt;" in answer.text and "<script" not in answer.text
        assert len(answer.data) < 60_000 and answer.headers["Cache-Control"] == "no-store"
    assert Browser(app).get("/privacy?county=<x>").status_code == 200
