"""What changes the county's switch and its rule sets, and what a person or a desk adds to the facts. Never commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import editing, queries, rules, staff
from server.evaluation.canonical import digest
from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.lint import lint
from server.evaluation.models import EvaluationRun, EvaluationSetting, ManualMark, OutsideFact, RuleSet
from server.evaluation.rule_set import Refused, compiled, number
from server.evaluation.schemas import read_rule_set
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.models import Person
from server.people.rules import Holder, may
from server.platform import streams

RULE_SET = "rule_set"


def set_evaluation(session: Session, by: Holder, told: Mapping[str, Any]) -> EvaluationSetting:
    """Switch on or off, with the number of the document that says so, and its terms. Refuses with ``not_allowed``."""
    insist(may(by, "evaluation.set"))
    return note_setting(session, by.county_code, by.person_id, told)


def note_setting(session: Session, county_code: str, by: UUID | None, told: Mapping[str, Any]) -> EvaluationSetting:
    setting = EvaluationSetting(id=new_id(), county_code=county_code, by_person=by, at=clock.now(), **told)
    session.add(setting)
    session.flush()
    return setting


# -- rule sets ---------------------------------------------------------------------------------------------------------


def save_draft(
    session: Session, by: Holder, body: str, set_id: UUID | None = None, version: int | None = None
) -> RuleSet:
    """Keep a draft that reads as a rule set, new or over the version that was seen.

    Raises ``rule_set.Refused`` for what is none; refuses with ``not_allowed``, ``not_found``, ``rule_set_frozen``, ``stale``.
    """
    insist(may(by, "evaluation.set"))
    told = read_rule_set(body.encode())
    compiled(told)
    if set_id is None:
        found = RuleSet(id=new_id(), county_code=by.county_code, state=rules.DRAFT, version=0)
        session.add(found)
    else:
        found = set_to_change(session, by, set_id)
        if found.state != rules.DRAFT:
            raise Problem("rule_set_frozen")
        if found.version != version:
            raise Problem("stale")
    _write(found, told, body)
    found.made_by, found.made_at = by.person_id, clock.now()
    session.flush()
    return found


def _write(found: RuleSet, told: Mapping[str, Any], body: str) -> None:
    found.title, found.body, found.sha256 = told["title_zh"], body, digest(told)
    found.role, found.period_type = told["role"], told["period"]
    found.valid_from = date.fromisoformat(told["valid_from"])
    found.valid_to = date.fromisoformat(told["valid_to"]) if "valid_to" in told else None
    found.version += 1


def change_indicators(
    session: Session, by: Holder, set_id: UUID, version: int | None, form: Mapping[str, str]
) -> RuleSet:
    """Indicators of a draft as a form edits, adds or removes them (``editing.edited``); the base score follows.

    Raises and refuses as ``save_draft``.
    """
    found = set_to_change(session, by, set_id)
    told = editing.edited(json.loads(found.body), form)
    read_rule_set(editing.as_text(told).encode())
    return save_draft(session, by, editing.as_text(editing.with_full_marks(told)), set_id, version)


def publish(session: Session, by: Holder, set_id: UUID, version: int) -> RuleSet:
    """Freeze a draft as issued; the one that it follows, of the same role and areas, ends the day before.

    Refuses with ``not_allowed``, ``not_found``, ``stale``, ``rule_set_frozen``, ``references_lacking``, ``rule_set_refused``,
    ``rule_set_backdated``.
    """
    insist(may(by, "evaluation.set"))
    found = set_to_change(session, by, set_id)
    told = read_rule_set(found.body.encode())
    if found.version != version:
        raise Problem("stale")
    insist(rules.may_publish(state=found.state, refused=[fault.code for fault in lint(told).refused]))
    _insist_on_new_days(session, found, told)
    _follow(session, found, told)
    found.state, found.published_by, found.published_at = rules.PUBLISHED, by.person_id, clock.now()
    found.version += 1
    session.flush()
    streams.put(session, stream_keys.county(found.county_code), RULE_SET, found.id)
    return found


def _insist_on_new_days(session: Session, found: RuleSet, told: Mapping[str, Any]) -> None:
    """People are told the rules before they work under them: no set reaches into days of another that has a unit of its
    areas. Refuses with ``rule_set_backdated``."""
    others = sa.select(RuleSet).where(
        RuleSet.county_code == found.county_code, RuleSet.role == found.role, RuleSet.state != rules.DRAFT
    )
    units = staff.units_evaluated(session, found.county_code, told["areas"])
    same = [
        one
        for one in session.scalars(others.order_by(RuleSet.id).with_for_update())
        if units & staff.units_evaluated(session, one.county_code, read_rule_set(one.body.encode())["areas"])
    ]
    ran_until = sa.select(EvaluationRun.to_day).where(EvaluationRun.rule_set_id.in_([one.id for one in same]))
    kinds = {kind for one in same for kind in (one.period_type, found.period_type)}
    now_running = [rules.period_of(kind, clock.today()).from_day for kind in kinds]
    insist(rules.may_begin(found.valid_from, session.scalars(ran_until), now_running))


def _follow(session: Session, found: RuleSet, told: Mapping[str, Any]) -> None:
    earlier = sa.select(RuleSet).where(
        RuleSet.county_code == found.county_code,
        RuleSet.role == found.role,
        RuleSet.state == rules.PUBLISHED,
        sa.or_(RuleSet.valid_to.is_(None), RuleSet.valid_to >= found.valid_from),
    )
    for one in session.scalars(earlier.with_for_update()):
        if sorted(read_rule_set(one.body.encode())["areas"]) == sorted(told["areas"]):
            one.state, one.valid_to = rules.RETIRED, found.valid_from - timedelta(days=1)
            one.version += 1
            streams.put(session, stream_keys.county(one.county_code), RULE_SET, one.id)


def set_to_change(session: Session, by: Holder, set_id: UUID) -> RuleSet:
    found = session.get(RuleSet, set_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    return found


# -- marks and facts from outside --------------------------------------------------------------------------------------


def mark(session: Session, by: Holder, set_id: UUID, period: rules.Period, told: Mapping[str, Any]) -> ManualMark:
    """One rater's mark with its reason, until the period is run; a later one counts in its place. A retired set is marked
    for the last period that is its own, and no more.

    Refuses with ``not_allowed``, ``not_found``, ``day_out_of_range``, ``own_record``, ``invalid``, ``mark_too_high``,
    ``run_exists``.
    """
    found = session.get(RuleSet, set_id)
    if found is None or found.county_code != by.county_code or found.state == rules.DRAFT:
        raise Problem("not_found")
    insist(may(by, "evaluation.mark"))
    if not rules.covers(found.valid_from, found.valid_to, period):
        raise Problem("day_out_of_range")
    if told["person_id"] not in queries.people_below(session, by, found.role, period):
        raise Problem("not_found")
    if told["person_id"] == by.person_id:
        raise Problem("own_record")
    indicator = _marked(found, told["indicator"], told["rater"])
    try:
        value = number(told["mark"])
    except Refused:
        raise Problem("invalid", fields=["mark"]) from None
    insist(rules.mark_fits(value, Fraction(indicator["scale"]), told["reason"]))
    if _run_of(session, set_id, period) is not None:
        raise Problem("run_exists")
    made = ManualMark(
        id=new_id(), county_code=found.county_code, rule_set_id=set_id, period=period.label, person_id=told["person_id"],
        indicator=told["indicator"], rater=told["rater"], mark=told["mark"], reason=told["reason"],
        by_person=by.person_id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _marked(found: RuleSet, code: str, rater: str) -> Mapping[str, Any]:
    body = read_rule_set(found.body.encode())
    for one in body["indicators"]:
        if one["code"] == code and one["type"] == "manual_mark" and rater in one["raters"]:
            return dict(one)
    raise Problem("invalid", fields=["indicator"])


def _run_of(session: Session, set_id: UUID, period: rules.Period) -> EvaluationRun | None:
    same = sa.select(EvaluationRun).where(EvaluationRun.rule_set_id == set_id, EvaluationRun.period == period.label)
    return session.scalars(same).first()


def add_outside_fact(
    session: Session, county_code: str, by: UUID | None, *, person_id: UUID, day: date, kind: str,
    told: Mapping[str, Any], source: str, document_no: str | None = None,
) -> OutsideFact:  # fmt: skip
    """A fact that no record holds, with its source. Refuses with ``not_found``, ``invalid`` (a fact the app makes itself)."""
    person = session.get(Person, person_id)
    if person is None or person.county_code != county_code:
        raise Problem("not_found")
    known = KNOWN_FACTS.get(kind)
    if (known is None or known.app) and not kind.startswith("external."):
        raise Problem("invalid", fields=["kind"])
    made = OutsideFact(
        id=new_id(), county_code=county_code, person_id=person_id, day=day, kind=kind, told=dict(told), source=source,
        document_no=document_no, by_person=by, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
