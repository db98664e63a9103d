"""Courses, attendance, tests, validity, and a task or plan whose matter asks for training (Arts. 9, 21)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.households.models import Household
from server.households.plans import add_plan
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.matters.queries import matter_in_force
from server.messages.models import Message
from server.people.queries import holder_of
from server.text import text
from server.workforce import training
from server.workforce.rules import attendance_of, passes, topics_of, training_lets, untrained
from tests.builders import at_desk, writing
from tests.sync.phone import Phone
from tests.world import COUNTY, World

DAY = date(2026, 6, 1)
TOPIC = "九小场所消防要点"  # what HAZ-01 asks for


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}$")


def course(**more: Any) -> dict[str, Any]:
    told = {
        "id": new_id(), "kind": "course", "title": "消防培训", "topics": [TOPIC], "department": "fire",
        "day": clock.today(), "pass_mark": None, "last_day": None, "document_no": "",
    }  # fmt: skip
    return {**told, **more}


def test_what_a_matter_asks_for_is_split_as_the_list_writes_it() -> None:
    assert topics_of("个人信息保护;民政救助政策") == ("个人信息保护", "民政救助政策")
    assert topics_of("甲； 乙；") == ("甲", "乙") and topics_of(None) == () == topics_of("")


def test_training_is_valid_from_its_day_to_its_last() -> None:
    held = [("甲", DAY, DAY + timedelta(days=1)), ("乙", DAY, None)]
    assert untrained(["甲", "乙"], held, DAY) == ()
    assert untrained(["甲", "乙"], held, DAY + timedelta(days=1)) == ()
    assert untrained(["甲", "乙"], held, DAY + timedelta(days=2)) == ("甲",)
    assert untrained(["甲"], held, DAY - timedelta(days=1)) == ("甲",)


def test_class_s_is_refused_others_are_warned_of() -> None:
    assert training_lets("P", ["甲"], True) and training_lets("S", [], True) and training_lets("S", ["甲"], False)
    assert training_lets("S", ["甲"], True).code == "training_lacking"
    assert passes(None, None) and passes(60, 60) and not passes(60, 59) and not passes(60, None)


def test_a_list_of_people_is_read_line_by_line() -> None:
    read = attendance_of("worker 80\n\n worker2，59 \nworker3\nworker4 101\na b c\n")
    assert read == ([(1, "worker", 80), (3, "worker2", 59), (4, "worker3", None)], [5, 6])


def test_who_passed_the_test_is_trained_until_it_lapses(session, acts, world) -> None:
    actor, today = acts.holder("county"), clock.today()
    made = training.add_course(session, actor, course(pass_mark=60, last_day=today + timedelta(days=5)))
    assert training.note_attendance(session, actor, made.id, "worker 60\nworker2 59\nworker 61") == 2
    people = [world.people[name] for name in ("worker", "worker2")]
    assert training.untrained(session, people, TOPIC, today) == {world.people["worker2"]: (TOPIC,)}
    assert len(training.untrained(session, people, TOPIC, today + timedelta(days=6))) == 2
    assert training.courses_of(session, COUNTY) == [(made, 2, 1)]
    with refused("invalid"):
        training.note_attendance(session, actor, made.id, "worker2")


@pytest.mark.parametrize("people", ["nobody", "worker\nnobody", "worker 80 90", " \n"])
def test_a_faulty_line_writes_nothing_down(session, acts, people) -> None:
    actor = acts.holder("county")
    made = training.add_course(session, actor, course())
    with refused("person_unknown"):
        training.note_attendance(session, actor, made.id, people)
    assert training.attendance(session, made.id) == []


@pytest.mark.parametrize("more, code", [
    ({"department": "nobody"}, "unit_unknown"),
    ({"topics": ["没有的"]}, "invalid"),
    ({"last_day": date(2020, 1, 1)}, "invalid"),
])  # fmt: skip
def test_what_a_course_cannot_be(session, acts, more, code) -> None:
    with refused(code):
        training.add_course(session, acts.holder("county"), course(**more))


def test_a_course_to_come_has_no_attendance_yet(session, acts) -> None:
    actor = acts.holder("county")
    made = training.add_course(session, actor, course(day=clock.today() + timedelta(days=1)))
    with refused("day_out_of_range"):
        training.note_attendance(session, actor, made.id, "worker")
    with refused("not_allowed"):
        training.add_course(session, acts.holder("town"), course())


def in_force(session, actor) -> None:
    training.set_rule(session, actor, "示〔2026〕60号", clock.today())


def test_a_care_plan_of_class_s_needs_a_trained_team_once_the_document_says_so(session, acts, world) -> None:
    actor, today = acts.holder("county"), clock.today()
    care = next(
        found for code in ("VIS-01", "VIS-02", "VIS-03", "VIS-04", "VIS-05")
        if (found := matter_in_force(session, COUNTY, code, today)) and found.data_class == "S" and found.training
    )  # fmt: skip
    household = session.get_one(Household, world.households[1])
    more = {"matter": care, "target": household, "due": today, "for_role": "full_time_worker", "team_id": world.team}
    add_plan(session, **more)
    in_force(session, actor)
    with refused("training_lacking"):
        add_plan(session, **more)
    made = training.add_course(session, actor, course(topics=list(topics_of(care.training))))
    training.note_attendance(session, actor, made.id, "worker\nleader")
    add_plan(session, **more)


def task(world: World) -> dict[str, Any]:
    return {
        "id": str(new_id()), "grid_id": str(world.areas["grid"]), "person_id": str(world.people["worker"]),
        "matter_code": "HAZ-01", "words": "看看", "due_day": clock.today().isoformat(),
    }  # fmt: skip


def test_whoever_gives_a_task_to_somebody_untrained_is_warned(app, world) -> None:
    leader = Phone(app, "leader")
    assert leader.do("tasks.assign", task(world))["outcome"] == "applied"

    def warned() -> int:
        with writing(app) as session:
            own = sa.and_(Message.kind == "task_untrained", Message.person_id == world.people["leader"])
            return session.scalar(sa.select(sa.func.count()).select_from(Message).where(own)) or 0

    assert warned() == 0, "no document asks for it"
    with writing(app) as session:
        actor = holder_of(session, world.people["county"], clock.today())
        in_force(session, actor)
        made = training.add_course(session, actor, course()).id
    assert leader.do("tasks.assign", task(world))["outcome"] == "applied"
    assert warned() == 1
    form = at_desk(app, "town").client.get("/office/tasks/new?matter_code=HAZ-01").text
    assert text("tasks.untrained", "zh") in form and TOPIC in form
    desk = at_desk(app, "county")
    assert desk.form(f"/office/training/{made}", people="worker\nworker2\nnobody").status_code == 422
    assert desk.form(f"/office/training/{made}", people="worker").status_code == 303
    assert leader.do("tasks.assign", task(world))["outcome"] == "applied"
    assert warned() == 1
