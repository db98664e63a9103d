"""Office pages with several forms: what was typed in one stands in it after an error, and in no other form of the page."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.feedback.models import Clarification
from server.households.commands import add_household
from server.kernel.ids import new_id
from server.matters import drafting
from server.people.models import Appointment
from server.platform.db import db
from tests.builders import Browser, at_desk, signed_in, writing
from tests.feedback.objects import add_voices
from tests.findings.test_findings import DECISION, opened
from tests.matters.lists import NEW
from tests.sync.phone import hazard
from tests.sync.test_requests_of_departments import asked
from tests.sync.test_temporary_matters import provided, told
from tests.sync.test_typed_words_stay import GONE, WORDS, applied, day_after, is_left_over, stays, stays_beside
from tests.world import COUNTY, World

LONG = WORDS * 120


def sent(desk: Browser, path: str, **form: str) -> None:
    assert desk.form(path, **form).status_code == 303, path


def numbered(desk: Browser, path: str, **form: str) -> str:
    """The id of what a form makes."""
    number = str(new_id())
    sent(desk, path, id=number, **form)
    return number


# -- people and what they have -----------------------------------------------------------------------------------------


def test_a_question_of_the_auditor_keeps_its_days_and_whom_it_is_about(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "auditor"), "/office/audit"
    span = {"subject": "town", "since": day_after(0), "until": day_after(-9)}
    stays(desk, page, f"{page}/by", span)
    stays(desk, page, f"{page}/about", {"kind": "household", **span})


def test_the_number_of_one_person_of_a_board_stays(app: Flask, world: World) -> None:
    page = f"/office/boards/{world.areas['grid']}"
    stays(at_desk(app, "town"), page, f"{page}/phones/{world.people['worker']}", {"phone": "1" * 31})


def test_the_end_of_a_cover_stays_with_the_person(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "county"), "/office/covers"
    cover = {"username": "worker", "kind": "accident", "from_day": day_after(0), "last_day": day_after(9)}
    number = numbered(desk, page, **cover)
    query = "?username=worker"
    stays(desk, page + query, f"{page}/{number}/end{query}", {"last_day": day_after(-9)})
    stays(desk, page, page, {**cover, "username": "nobody", "insurer": WORDS})
    stays(desk, page, f"{page}/rules", {"document_no": LONG, "social_owner": "town", "warn_days": "9"})


def test_the_day_a_thing_came_back_stays(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "county"), "/office/equipment"
    number, _ = (numbered(desk, page, username="worker", thing="雨衣", issued_on=day_after(0)) for _ in range(2))
    stays(desk, page, f"{page}/{number}/return", {"returned_on": day_after(-9)})


def test_a_decision_on_praise_keeps_its_words(app: Flask, world: World) -> None:
    page, praise = "/office/commendations", {"of_what": "person", "username": "worker", "words": "台风天转移老人"}
    number, _ = (numbered(at_desk(app, "village"), page, **praise) for _ in range(2))
    desk, typed = at_desk(app, "county"), {"document_no": "示1", "decision_words": LONG}
    stays(desk, page, f"{page}/{number}", typed, decision="declined")
    sent(desk, f"{page}/{number}", decision="declined", decision_words="先写的")
    answer = desk.form(f"{page}/{number}", decision="declined", decision_words="后写的")
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_each_act_on_somebody_keeps_its_own_fields(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "town"), f"/office/staff/{world.people['worker']}"
    with writing(app) as session:
        post = session.scalars(sa.select(Appointment.id).where(Appointment.person_id == world.people["worker"])).one()
    place, since = {"place": f"grid:{world.areas['grid']}"}, {"from_day": day_after(3), "document_no": LONG}
    until = {"last_day": day_after(4), "document_no": LONG}
    for act, typed in {
        f"posts/{post}/move": place | since,
        f"posts/{post}/end": until,
        "appoint": {"role": "grid_adviser", **place, **since, **until},
        "suspend": since,
        "leave": {"kind": "retired", **until},
    }.items():
        stays(desk, page, f"{page}/{act}", typed)
    sent(desk, f"{page}/suspend", from_day=day_after(0))
    stays(desk, page, f"{page}/return", since)


# -- what people say, and what is decided of it ------------------------------------------------------------------------


def test_each_step_of_feedback_keeps_its_own_words(app: Flask, world: World) -> None:
    made, desk = add_voices(app, world), at_desk(app, "town")
    with app.app_context():
        settled = db.session().get_one(Clarification, made["clarification"]).feedback_id
    asked_back = {"clarification_id": str(made["clarification"]), "form": "letter", "circle": "网格", "words": LONG}
    page = f"/office/feedback/{settled}"
    stays(desk, page, page, asked_back, step="clarify")
    stays(desk, page, page, {"words": LONG}, step="note")
    page = f"/office/feedback/{made['feedback']}"
    stays(desk, page, page, {"words": LONG}, step="note")
    stays(desk, page, page, {"words": LONG}, step="hand_up")
    stays(desk, page, page, {"outcome": "unfounded", "answer": LONG, "facts": WORDS}, step="settle")


def test_evidence_and_decision_of_a_finding_keep_their_own_words(app: Flask, world: World) -> None:
    record = hazard(world)
    assert applied(app, "leader", "hazards.report", record)
    desk, page = at_desk(app, "county"), opened(app, world, "leader")
    stays(desk, page, f"{page}/evidence", {"words": LONG, "record_id": str(record["id"])})
    stays(desk, page, f"{page}/decision", {"decision": "confirmed", "document_no": "示1", "words": LONG})
    assert desk.form(f"{page}/evidence", words=LONG).text.count('id="words-wrong"') == 0
    sent(signed_in(app, "leader"), page.replace("findings", "heard/finding"), words="那天我在")
    sent(desk, f"{page}/decision", **DECISION)
    answer = desk.form(f"{page}/evidence", words="后写的")
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_a_hold_and_its_end_keep_their_own_documents(app: Flask, world: World) -> None:
    made, desk, page = add_voices(app, world), at_desk(app, "county"), "/office/holds"
    stays(desk, page, f"{page}/{made['hold']}/lift", {"document_no": LONG})
    held = {"kind": "feedback", "object_id": str(made["feedback"]), "reason": WORDS, "document_no": LONG}
    stays(desk, page, page, held)


def test_a_step_of_an_incident_keeps_its_words(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "secadmin"), "/office/incidents"
    first = {"found_day": day_after(0), "found_time": "00:00"}
    one, _ = (numbered(desk, page, kind="drill", title="演练", **first) for _ in range(2))
    stays(desk, page, f"{page}/{one}", {"step": "closed", "words": WORDS})
    for step in ("contained", "assessed", "reported", "reviewed", "closed"):
        sent(desk, f"{page}/{one}", step=step, words="停用账号")
    answer = desk.form(f"{page}/{one}", step="recovered", words="后写的")
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_why_a_request_is_declined_can_still_be_read(app: Flask, world: World) -> None:
    path, desk = asked(app, world), at_desk(app, "town")
    stays(desk, path, path, {"words": LONG}, decision="decline")
    sent(desk, path, decision="decline", words="先写的")
    answer = desk.form(path, decision="decline", words="后写的")
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


# -- matters, visits, borders ------------------------------------------------------------------------------------------


def test_each_form_of_a_list_keeps_its_own_fields(app: Flask, world: World) -> None:
    desk, page = at_desk(app, "county"), "/office/matters/list"
    sent(desk, page)
    with writing(app) as session:
        draft = drafting.open_draft(session, COUNTY)
        assert draft is not None
        base = f"{page}/{draft.id}"
    new = {name: value for name, value in NEW.items() if value is not None}
    for code in ("HAZ-21", "HAZ-22"):
        sent(desk, f"{base}/adjust", **{**new, "code": code})
    with writing(app) as session:
        one, _ = drafting.adjustments_of(session, UUID(base.rpartition("/")[2]))
        consent = f"{base}/adjustments/{one.id}/consent"
    opinion = {"department": "fire", "asked_on": day_after(0), "answer": "agrees", "words": LONG, "document_no": "示1"}
    stays(desk, page, consent, {"consent_document": LONG})
    stays(desk, page, f"{base}/withdraw", {"code": "HAZ-09", "proposed_by": "建设", "reason": LONG})
    stays(desk, page, f"{base}/opinions", opinion)
    stays(desk, page, f"{base}/publish", {"from_day": day_after(3), "list_document": LONG})
    sent(desk, f"{base}/drop")
    answer = desk.form(f"{base}/opinions", **{**opinion, "words": "后写的"})
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_a_temporary_matter_and_the_document_it_needs_keep_their_own_numbers(app: Flask, world: World) -> None:
    page, document = "/office/temporary", {"document_no": LONG, "most_days": "9"}
    stays(at_desk(app, "county"), page, f"{page}/document", document)
    desk = provided(app)
    stays(desk, page, f"{page}/document", document)
    matter = {name: value for name, value in told(name_zh="").items() if name not in ("id", "departments")}
    stays(desk, page, page, matter)


def test_visits_are_planned_behind_one_door_of_two(app: Flask, world: World) -> None:
    desk, page, grid = at_desk(app, "town"), "/office/visit-plans", str(world.areas["grid"])
    behind = {"grid_id": grid, "door": "横港路1号"}
    beside = {"id": new_id(), "micro_grid_id": world.areas["micro2"], "door": behind["door"]}
    with writing(app) as session:
        known = {"contact_name": "李户主", "contact_phone": ""}
        add_household(session, COUNTY, world.areas["grid"], {**beside, **known})
    plan = {"matter_code": "VIS-08", "due": day_after(-9), "every_days": "30", "for_role": "micro_grid_leader"}
    before = desk.form(page, **behind)
    stays_beside(before, desk, page, f"{page}/households/{beside['id']}", plan, **behind)


@pytest.mark.parametrize("step", ["draw", "split", "move", "merge", "draw_micro"])
def test_each_operation_on_a_border_keeps_its_own_fields(app: Flask, world: World, step: str) -> None:
    desk, grid, other = at_desk(app, "town"), str(world.areas["grid"]), str(world.areas["other_grid"])
    begun = desk.form(f"/office/grids/{world.areas['town']}/drafts", effect_day=day_after(1))
    page = begun.headers["Location"].partition("?")[0]
    line = {"points": WORDS, "snap_m": "20"}
    typed = {
        "draw": {"name": "东", "parent_id": str(world.areas["village"]), "special": "yes", "trim": "yes", **line},
        "split": {"area_id": other, "name": "北", **line},
        "move": {"area_id": other, "other_id": grid, **line},
        "merge": {"area_id": other, "area_ids": grid},
        "draw_micro": {"name": "微", "parent_id": other, "trim": "yes", **line},
    }[step]
    stays(desk, page, f"{page}/steps", typed, step=step, version=GONE)
