"""The auditor's two questions, and that every question, looks at the page of exports among them, is an entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from server.households.models import Household
from server.kernel import clock
from server.platform.audit import AuditEvent
from server.platform.db import reading, transaction
from server.platform.exports import note_export
from server.platform.looks import note_look
from tests.builders import Browser, at_desk
from tests.sync.phone import Phone, correction, mediation
from tests.world import COUNTY, World


def days() -> dict[str, str]:
    return {"since": clock.today().isoformat(), "until": clock.today().isoformat()}


def about(browser: Browser, kind: str, subject: str) -> Any:
    return browser.form("/office/audit/about", kind=kind, subject=subject, **days())


def noted(app: Flask, act: str) -> list[AuditEvent]:
    with app.app_context(), reading() as session:
        return list(session.scalars(sa.select(AuditEvent).where(AuditEvent.act == act).order_by(AuditEvent.id)))


def test_who_looked_at_a_household_a_person_or_a_record(app: Flask, world: World) -> None:
    told = mediation(world)
    assert Phone(app, "worker").do("mediations.report", told)["outcome"] == "applied"
    with app.app_context(), transaction() as session:
        note_look(session, world.people["leader"], "visit_plan", world.care_plan, "phone")  # type: ignore[arg-type]
        note_look(session, world.people["leader"], "record", UUID(str(told["id"])), "photo")
    auditor = at_desk(app, "auditor")
    with app.app_context(), reading() as session:
        door = session.get_one(Household, world.households[0]).door
    for kind, subject, line in (
        ("household", door, "走访安排"),
        ("person", "worker", "照片"),
        ("record", str(told["id"]), "照片"),
    ):
        answer = about(auditor, kind, subject)
        assert answer.status_code == 200 and "leader" in answer.text and line in answer.text, (kind, answer.text)
    assert "没有。" in about(auditor, "person", "worker3").text
    questions = noted(app, "/office/audit/about")
    assert [q.details["subject_kind"] for q in questions] == ["household", "person", "record", "person"]
    assert questions[1].object_id == world.people["worker"]
    assert all(q.person_id == world.people["auditor"] for q in questions)


def test_what_a_user_saw_took_out_and_did(app: Flask, world: World) -> None:
    asked = correction()
    assert Phone(app, "worker2").do("corrections.ask", asked)["outcome"] == "applied"
    town = at_desk(app, "town")
    assert "138****" in town.get("/office/corrections").text or "****" in town.get("/office/corrections").text
    revealed = town.form(f"/office/corrections/{asked['id']}/reveal")
    assert revealed.status_code == 200
    town.form(f"/office/corrections/{asked['id']}", answer="refused", words="与登记一致")
    with app.app_context(), transaction() as session:
        note_export(
            session, county_code=COUNTY, person_id=world.people["town"], list_name="tasks", narrowed={}, file_format="csv",
            row_count=7, is_personal=True, purpose="季度例会",
        )  # fmt: skip
    answer = at_desk(app, "auditor").form("/office/audit/by", subject="town", **days())
    assert answer.status_code == 200
    for words in ("本人电话号码", "季度例会", "7 条", "更正申请", "登录"):
        assert words in answer.text, words


def test_a_question_about_nobody_is_an_entry_too_and_other_counties_are_nobody(app: Flask, world: World) -> None:
    auditor = at_desk(app, "auditor")
    for kind, subject in (("person", "nobody"), ("household", "无此门牌99号"), ("record", "no-id")):
        assert about(auditor, kind, subject).status_code == 422
    assert len(noted(app, "/office/audit/about")) == 3
    assert all(q.object_id is None and q.details for q in noted(app, "/office/audit/about"))
    assert auditor.form("/office/audit/by", subject="town", since="2026-11-29", until="2026-11-01").status_code == 422
    auditor.get("/office/exports")
    assert len(noted(app, "exports.seen")) == 1


def test_an_act_that_was_refused_leaves_no_line_and_one_that_was_done_leaves_one(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    county.form("/office/matters/gas-number", phone="")
    before = len(noted(app, "/office/matters/gas-number"))
    form = {"name": "photos", "value": "1", "document_no": "示〔2026〕40号", "from_day": clock.today().isoformat()}
    county.form("/office/retention", **form)
    assert noted(app, "/office/retention") == [] and before <= 1
    county.form("/office/retention", **{**form, "value": "365"})
    (line,) = noted(app, "/office/retention")
    assert line.person_id == world.people["county"] and line.county_code == COUNTY
