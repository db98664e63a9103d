"""Courses, meetings, who was there, what their tests said, and who is trained for which matter (Arts. 9, 21)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.matters.commands import set_for_county
from server.matters.queries import matters_in_force, open_departments, policy
from server.people.models import Person
from server.people.rules import Holder, may
from server.workforce import rules
from server.workforce.models import Attendance, Course
from server.workforce.writing import add_once, insist_new

KEEP, POLICY = "training.keep", "training_rule"


def add_course(session: Session, actor: Holder, told: Mapping[str, Any]) -> Course:
    """A course or meeting. Refuses with ``not_allowed``, ``unit_unknown``, ``invalid``, ``record_exists``."""
    insist(may(actor, KEEP))
    departments = {one.code: one.id for one in open_departments(session)}
    if told["department"] and told["department"] not in departments:
        raise Problem("unit_unknown")
    if not set(told["topics"]) <= set(topics_of_county(session, actor.county_code)):
        raise Problem("invalid", fields=["topics"])
    if told["last_day"] is not None and told["last_day"] < told["day"]:
        raise Problem("invalid", fields=["last_day"])
    insist_new(session, Course, told["id"])
    same = ("id", "kind", "title", "day", "pass_mark", "last_day")
    made = Course(
        **{name: told[name] for name in same}, topics=sorted(set(told["topics"])), county_code=actor.county_code,
        department_id=departments.get(told["department"]), document_no=told["document_no"] or None, made_at=clock.now(),
        made_by=actor.person_id,
    )  # fmt: skip
    add_once(session, made)
    return made


def note_attendance(session: Session, actor: Holder, course_id: UUID, text: str) -> int:
    """Who was there, one line a person; who stands there already gets the new mark. All or none. Returns how many.

    Refuses with ``not_found``, ``not_allowed``, ``person_unknown`` (with the faulty lines), ``day_out_of_range``.
    """
    course = one_course(session, actor, course_id)
    session.get(Course, course_id, with_for_update=True, populate_existing=True)  # two lists at once follow each other
    if course.day > clock.today():
        raise Problem("day_out_of_range")
    told, faulty = rules.attendance_of(text)
    names = [username for _line, username, _mark in told]
    known = {p.username: p.id for p in session.scalars(_of_county(course.county_code, names))}
    faulty += [line for line, username, _mark in told if username not in known]
    if faulty or not told:
        raise Problem("person_unknown", fields=["people"], lines=sorted(faulty))
    if course.pass_mark is not None and any(mark is None for _line, _username, mark in told):
        raise Problem("invalid", fields=["people"])
    held = sa.select(Attendance).where(Attendance.course_id == course.id)
    rows = {one.person_id: one for one in session.scalars(held)}
    for _line, username, mark in told:
        person_id = known[username]
        row = rows.setdefault(person_id, Attendance(course_id=course.id, person_id=person_id))
        row.mark = mark if course.pass_mark is not None else None
        row.passed = rules.passes(course.pass_mark, mark)
        row.written_at, row.written_by = clock.now(), actor.person_id
        session.add(row)
    session.flush()
    return len(set(names))


def set_rule(session: Session, actor: Holder, document_no: str, from_day: date | None) -> None:
    """From a day on class-S work is refused to whoever lacks training, by the county's document. ``not_allowed``,
    ``invalid``."""
    insist(may(actor, KEEP))
    if document_no and from_day is None:
        raise Problem("invalid", fields=["rule_from"])
    own = {"document_no": document_no, "from": str(from_day)} if document_no else None
    set_for_county(session, actor, POLICY, actor.county_code, own, document_no or None)


def rule_of(session: Session, county_code: str) -> dict[str, Any] | None:
    """``{document_no, from}`` of the county's document, or None: training is warned of, never refused for."""
    found: dict[str, Any] | None = policy(session, POLICY).get(county_code)
    return found


def is_kept(session: Session, county_code: str, day: date) -> bool:
    """Whether the county's document on training is in force."""
    rule = rule_of(session, county_code)
    return rule is not None and date.fromisoformat(rule["from"]) <= day


def untrained(
    session: Session, person_ids: Collection[UUID], training: str | None, day: date
) -> dict[UUID, tuple[str, ...]]:
    """Of these people those who lack training that a matter asks for, with what they lack."""
    wanted = rules.topics_of(training)
    if not wanted or not person_ids:
        return {}
    statement = (
        sa.select(Attendance.person_id, Course.topics, Course.day, Course.last_day)
        .join(Course, Course.id == Attendance.course_id)
        .where(Attendance.person_id.in_(list(person_ids)), Attendance.passed.is_(True))
    )
    held: dict[UUID, list[tuple[str, date, date | None]]] = defaultdict(list)
    for person_id, topics, first, last in session.execute(statement):
        held[person_id] += [(topic, first, last) for topic in topics]
    found = {one: rules.untrained(wanted, held[one], day) for one in person_ids}
    return {one: missing for one, missing in found.items() if missing}


def insist_trained(
    session: Session, county_code: str, person_ids: Collection[UUID], data_class: str, training: str | None, day: date
) -> dict[UUID, tuple[str, ...]]:
    """What to warn of. Problem ``training_lacking`` for class S, where the county's document asks for it."""
    lacking = untrained(session, person_ids, training, day)
    required = is_kept(session, county_code, day)
    for missing in lacking.values():
        insist(rules.training_lets(data_class, missing, required))
    return lacking


def courses_of(session: Session, county_code: str) -> list[tuple[Course, int, int]]:
    """The county's newest courses, with how many were there and for how many it counts."""
    counts = (
        sa.select(
            Attendance.course_id, sa.func.count().label("n"),
            sa.func.sum(sa.case((Attendance.passed.is_(True), 1), else_=0)).label("passed"),
        )
        .group_by(Attendance.course_id)
        .subquery()
    )  # fmt: skip
    statement = (
        sa.select(Course, counts.c.n, counts.c.passed)
        .outerjoin(counts, counts.c.course_id == Course.id)
        .where(Course.county_code == county_code)
        .order_by(Course.day.desc(), Course.id.desc())
        .limit(200)
    )
    return [(course, n or 0, passed or 0) for course, n, passed in session.execute(statement)]


def one_course(session: Session, actor: Holder, course_id: UUID) -> Course:
    """Problem ``not_found``, ``not_allowed``."""
    insist(may(actor, KEEP))
    found = session.get(Course, course_id)
    if found is None or found.county_code != actor.county_code:
        raise Problem("not_found")
    return found


def attendance(session: Session, course_id: UUID) -> list[tuple[Attendance, Person]]:
    """By name."""
    statement = sa.select(Attendance, Person).join(Person, Person.id == Attendance.person_id)
    rows = session.execute(statement.where(Attendance.course_id == course_id))
    return sorted(((one, person) for one, person in rows), key=lambda found: found[1].name)


def passed_by(session: Session, person_id: UUID) -> list[Course]:
    """The courses that count for one person, the newest first."""
    statement = sa.select(Course).join(Attendance, Attendance.course_id == Course.id)
    own = statement.where(Attendance.person_id == person_id, Attendance.passed.is_(True))
    return list(session.scalars(own.order_by(Course.day.desc(), Course.id)))


def topics_of_county(session: Session, county_code: str) -> list[str]:
    """Every training that a matter in force asks for."""
    found = matters_in_force(session, county_code, clock.today())
    return sorted({topic for matter in found for topic in rules.topics_of(matter.training)})


def _of_county(county_code: str, usernames: Sequence[str]) -> sa.Select[Person]:
    return sa.select(Person).where(Person.county_code == county_code, Person.username.in_(usernames))
