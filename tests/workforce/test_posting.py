"""Staff by forms: hired with a code, appointed, moved, suspended, gone; unsent work arrives; the gap is shown."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from server.kernel import clock
from server.kernel.ids import new_id
from server.people.models import Appointment, Person
from server.platform.audit import AuditEvent
from server.records.models import Record
from server.text import text
from server.workforce.staff_rules import fits, gap, is_suspended
from tests.builders import Browser, at_desk, signed_in
from tests.county import looking
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard

PATH = "/office/staff"
CODE = re.compile(r'data-testid="reset-code">(\d{4}) (\d{4})<')


def today() -> date:
    return clock.today()


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def form(world: Any, **more: Any) -> dict[str, str]:
    told = {
        "id": str(new_id()), "username": "zhang01", "name": "张三", "phone": "13800000001", "role": "full_time_worker",
        "place": f"grid:{world.areas['grid']}", "from_day": today().isoformat(), "document_no": "示〔2026〕3号",
        "unified": "yes",
    }  # fmt: skip
    return {**told, **more}


def posts(app: Any, person: UUID) -> list[Appointment]:
    with looking(app) as session:
        own = (
            sa.select(Appointment).where(Appointment.person_id == person).order_by(Appointment.from_day, Appointment.id)
        )
        return list(session.scalars(own))


def post_of(app: Any, world: Any, username: str) -> Appointment:
    return posts(app, world.people[username])[-1]


def test_hired_with_a_code_signs_in_and_is_on_the_leaders_phone(app, world) -> None:
    desk, told = at_desk(app, "town"), form(world)
    shown = desk.form(f"{PATH}/new", **told)
    code = "".join(CODE.search(shown.text).groups())
    again = desk.form(f"{PATH}/new", **told)
    assert CODE.search(again.text) and "".join(CODE.search(again.text).groups()) != code, (
        "a form sent twice: a new code"
    )
    code = "".join(CODE.search(again.text).groups())
    with looking(app) as session:
        person = session.scalars(sa.select(Person).where(Person.username == "zhang01")).one()
        assert person.recruited_unified is True and person.password_hash is None
        acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.act == f"{PATH}/new")).all()
        assert len(acts) == 2, "each is in the audit log"
    browser = Browser(app)
    reset = {"username": "zhang01", "code": code, "new_password": "gridwalk-test"}
    assert browser.call("POST", "/api/v1/session/reset", reset).status_code == 204
    assert [role["role"] for role in browser.sign_in("zhang01").json["roles"]] == ["full_time_worker"]
    assert desk.form(f"{PATH}/{person.id}/code").status_code == 403, "whoever has a password needs no first code"
    named = {row["name"]: row["roles"] for row in Phone(app, "leader").pull()["staff"].values()}
    assert named["张三"] == ["full_time_worker"]
    page = desk.get(f"{PATH}/{person.id}").text
    assert text("staff.act.hired", "zh") in page and "示〔2026〕3号" in page


@pytest.mark.parametrize("more, status, code", [
    ({"username": "worker"}, 409, "username_taken"), ({"username": "A b"}, 422, "invalid"),
    ({"role": "micro_grid_leader"}, 422, "place_unfit"), ({"role": "grid_leader", "place": "grid:x"}, 422, "place_unfit"),
    ({"role": "county_authority", "place": "unit:{county}"}, 403, "not_allowed"),
    ({"role": "auditor", "place": "unit:{county}"}, 403, "not_allowed"),
    ({"role": "village_committee", "place": "unit:{town}"}, 422, "place_unfit"),
    ({"place": "grid:{grid_b}"}, 403, "not_allowed"), ({"from_day": "2031-01-01"}, 422, "day_out_of_range"),
    ({"last_day": "2026-01-01"}, 422, "invalid"),
])  # fmt: skip
def test_what_cannot_be_so_takes_nobody_on(app, world, more, status, code) -> None:
    add_strangers(app, world)
    with looking(app) as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(Person))
    told = form(world, **{name: value.format(**world.areas) for name, value in more.items()})
    answer = at_desk(app, "town").form(f"{PATH}/new", **told)
    assert (answer.status_code, text(f"problem.{code}.title", "zh") in answer.text) == (status, True)
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == before


def test_what_a_moved_worker_did_before_still_arrives(app, world) -> None:
    worker, person = Phone(app, "worker"), world.people["worker"]
    worker.push()
    told = worker.mutation("hazards.report", hazard(world))
    post, desk = post_of(app, world, "worker"), at_desk(app, "town")
    moved = {"place": f"grid:{world.areas['other_grid']}", "from_day": today().isoformat()}
    answer = desk.form(f"{PATH}/{person}/posts/{post.id}/move", **moved)
    assert answer.headers["Location"] == f"{PATH}/{person}?done=moved"
    old, new = posts(app, person)
    assert (old.to_day, new.grid_id, new.from_day) == (today(), world.areas["other_grid"], today())
    assert worker.push(told).json["results"][0]["outcome"] == "applied"
    with looking(app) as session:
        record = session.scalars(sa.select(Record).where(Record.author_id == person)).one()
        assert record.grid_id == world.areas["grid"], "where it was done"
    worker.sign_in()
    assert [role["grid_id"] for role in worker.answer["roles"]] == [str(world.areas["other_grid"])]
    names = {row["name"] for row in Phone(app, "leader").pull()["staff"].values()}
    assert "张worker" not in names
    assert desk.form(f"{PATH}/{person}/posts/{post.id}/move", **moved).status_code == 404, "that post is over"


def test_what_somebody_gone_has_not_sent_waits_for_the_office(app, world) -> None:
    worker, person = Phone(app, "worker"), world.people["worker"]
    worker.push()
    told = worker.mutation("hazards.report", hazard(world))
    desk = at_desk(app, "town")
    last = (today() - timedelta(days=1)).isoformat()
    answer = desk.form(f"{PATH}/{person}/leave", kind="resigned", last_day=last)
    assert answer.headers["Location"] == f"{PATH}/{person}?done=left"
    result = worker.push(told).json["results"][0]
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "no_longer_in_post")
    assert worker.client.get("/api/v1/sync/pull").json["wipe"] is True, "handed over, then emptied"
    assert "张worker" in desk.get("/office/outboxes").text
    assert desk.form(f"{PATH}/{person}/leave", kind="resigned", last_day=last).status_code == 409
    back = {"role": "full_time_worker", "place": f"grid:{world.areas['grid']}", "from_day": today().isoformat()}
    assert desk.form(f"{PATH}/{person}/appoint", **back).status_code == 303, "taken on again"
    assert signed_in(app, "worker").get("/api/v1/session").json["roles"] != []


def test_posts_go_on_until_the_last_day_and_the_gap_is_shown(app, world) -> None:
    desk, person, last = at_desk(app, "town"), world.people["leader"], in_days(5)
    assert desk.form(f"{PATH}/{person}/leave", kind="retired", last_day=last).status_code == 303
    assert signed_in(app, "leader").get("/api/v1/session").json["restricted"] is False
    shown = desk.get(PATH).text
    day = text("page.day", "zh", day=today() + timedelta(days=6))
    gone = text("staff.gap_from", "zh", role=text("role.grid_leader", "zh"), day=day)
    assert shown.count(gone) == 1
    told = form(world, role="grid_leader", from_day=in_days(8))
    assert desk.form(f"{PATH}/new", **told).status_code == 200
    until = text("staff.gap_until", "zh", day=text("page.day", "zh", day=today() + timedelta(days=8)))
    assert until in desk.get(PATH).text and gone in desk.get(f"{PATH}/{person}").text


def test_a_suspension_rests_all_posts_and_gives_them_back(app, world) -> None:
    desk, person, phone = at_desk(app, "town"), world.people["worker"], Phone(app, "worker")
    assert desk.form(f"{PATH}/{person}/suspend", from_day=today().isoformat(), document_no="示4").status_code == 303
    assert phone.client.get("/api/v1/session").json["restricted"] is True
    assert desk.form(f"{PATH}/{person}/suspend", from_day=today().isoformat()).status_code == 409
    again = form(world)
    assert desk.form(f"{PATH}/{person}/appoint", **again).status_code == 409, "no way around it"
    assert text("staff.is_suspended", "zh") in desk.get(f"{PATH}/{person}").text
    assert desk.form(f"{PATH}/{person}/return", from_day=in_days(-2)).status_code == 422, "before it began"
    assert desk.form(f"{PATH}/{person}/return", from_day=today().isoformat()).status_code == 303
    assert phone.client.get("/api/v1/session").json["restricted"] is False
    old, new = posts(app, person)
    assert (old.to_day, new.from_day, new.to_day, new.grid_id) == (today(), today(), None, world.areas["grid"])
    assert desk.form(f"{PATH}/{person}/return", from_day=today().isoformat()).status_code == 409


def test_a_stand_in_is_named_and_never_why(app, world) -> None:
    absence = {"id": str(new_id()), "person_id": str(world.people["worker"]), "kind": "sick", "from_day": in_days(0),
               "to_day": in_days(3), "stand_in_id": str(world.people["worker2"])}  # fmt: skip
    phone = Phone(app, "leader")
    done = phone.do("absences.save", absence)
    assert done["outcome"] == "applied", done
    shown = at_desk(app, "town").get(PATH).text
    assert text("staff.stand_in", "zh", name="张worker2") in shown and "sick" not in shown


def test_nobody_changes_what_is_not_theirs(app, world) -> None:
    add_strangers(app, world)
    town_b, town, county = (at_desk(app, name) for name in ("town_b", "town", "county"))
    worker, last = world.people["worker"], today().isoformat()
    for path in ("", "/leave", "/suspend"):
        answer = town_b.get(f"{PATH}/{worker}") if not path else town_b.form(f"{PATH}/{worker}{path}", last_day=last)
        assert answer.status_code in (404, 422) and "张worker" not in answer.text
    assert town_b.form(f"{PATH}/{worker}/leave", kind="resigned", last_day=last).status_code == 404
    assert town.form(f"{PATH}/{world.people['town']}/leave", kind="resigned", last_day=last).status_code == 403
    both = {"role": "town_government", "place": f"unit:{world.areas['town']}", "from_day": today().isoformat()}
    assert town.form(f"{PATH}/{worker}/appoint", **both).status_code == 403, "a town gives no town's post"
    assert county.form(f"{PATH}/{worker}/appoint", **both).status_code == 303
    assert town.form(f"{PATH}/{worker}/leave", kind="resigned", last_day=last).status_code == 403
    assert town.form(f"{PATH}/{worker}/posts/{post_of(app, world, 'worker').id}/end", last_day=last).status_code == 403
    assert len([one for one in posts(app, worker) if one.to_day is None]) == 2


def test_the_same_post_twice_is_one(app, world) -> None:
    desk, worker = at_desk(app, "town"), world.people["worker"]
    told = {
        "role": "grid_adviser",
        "place": f"grid:{world.areas['grid']}",
        "from_day": in_days(1),
        "last_day": in_days(9),
    }
    assert [desk.form(f"{PATH}/{worker}/appoint", **told).status_code for _ in range(2)] == [303, 303]
    assert len(posts(app, worker)) == 2
    later = {**told, "from_day": in_days(3)}
    assert desk.form(f"{PATH}/{worker}/appoint", **later).status_code == 409
    assert desk.form(f"{PATH}/{worker}/unified", unified="no").status_code == 303
    page = desk.get(f"{PATH}/{worker}").text
    assert text("staff.act.not_unified", "zh") in page and text("staff.later", "zh") in page


def test_by_account_the_office_finds_its_own(app, world) -> None:
    add_strangers(app, world)
    desk = at_desk(app, "town")
    assert desk.get(f"{PATH}?username=worker").headers["Location"] == f"{PATH}/{world.people['worker']}"
    lost = desk.get(f"{PATH}?username=worker_b")
    assert lost.status_code == 422 and text("problem.person_unknown.title", "zh") in lost.text
    shown = desk.get(f"{PATH}?role=grid_leader").text
    assert "张leader2" in shown and "张worker3" not in shown
    assert text("staff.none", "zh") in desk.get(f"{PATH}?state=over").text


def test_gaps_and_suspensions_as_rules() -> None:
    day, one = date(2026, 6, 1), timedelta(days=1)
    assert gap([], day) == (day, None) and gap([(day, None)], day) is None
    assert gap([(day - one, day + one), (day + one, None)], day) is None
    assert gap([(day - one, day + one), (day + 3 * one, None)], day) == (day + one, day + 3 * one)
    assert gap([(day - one, day + 4 * one), (day, day + 2 * one)], day) == (day + 4 * one, None)
    assert is_suspended(["hired", "suspended"]) and not is_suspended(["suspended", "returned"])
    assert not is_suspended(["suspended", "resigned"]) and is_suspended(["suspended", "ended"])
    assert fits("auditor", in_grid=False, in_micro=False, unit_kind="county")
    assert not fits("auditor", in_grid=True, in_micro=False, unit_kind="village")
