"""A set tried on a past period before anybody is scored by it: which lines decide, what changes. Figures alone, no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import queries, rules, staff
from server.evaluation.models import RuleSet
from server.evaluation.rule_set import compiled, show
from server.evaluation.schemas import read_rule_set
from server.evaluation.score import Sheet, score

MOST_TRIED = 400  # of a larger county every so-many-th: the page must answer at once
BATCH = 100


@dataclass(frozen=True)
class LineTried:
    """What one line does: ``spread`` lies between the fewest and the most points; ``idle`` people had nothing to count."""

    indicator: str
    title_zh: str
    title_en: str
    most: str
    average: str
    spread: str
    idle: int
    is_same_for_all: bool


@dataclass(frozen=True)
class Tried:
    """``people`` of ``everybody``; with fewer than five no figures. ``changed``: whose grade differs from the set in force."""

    period: str
    people: int
    everybody: int
    grades: Sequence[tuple[str, int]] = ()
    average: str | None = None
    lines: Sequence[LineTried] = ()
    against: str | None = None
    changed: int = 0


def simulate(session: Session, found: RuleSet, period: rules.Period) -> Tried:
    """Nothing is kept. Raises ``rule_set.Refused`` when a number in the facts is none."""
    body = read_rule_set(found.body.encode())
    everybody = staff.people_evaluated(session, found.county_code, found.role, body["areas"], period)
    step = max(1, -(-len(everybody) // MOST_TRIED))
    people = [person for person, _ in everybody[::step]]
    if len(people) < rules.SMALLEST_UNIT:
        return Tried(period.label, len(people), len(everybody))
    sheets = _sheets(session, found, body, period, people)
    in_force = _in_force(session, found, period)
    told = read_rule_set(in_force.body.encode()) if in_force else None
    before = _sheets(session, in_force, told, period, people) if in_force and told else {}
    totals = [Fraction(sheet["total"]) for sheet in sheets.values() if sheet["total"] is not None]
    return Tried(
        period.label,
        len(people),
        len(everybody),
        _grades(body, sheets.values()),
        show(round(sum(totals, Fraction(0)) / len(totals), 1)) if totals else None,
        [_line(one, [s["lines"][at] for s in sheets.values()]) for at, one in enumerate(_first(sheets)["lines"])],
        in_force.title if in_force else None,
        sum(_is_other(sheet, before.get(person)) for person, sheet in sheets.items()) if in_force else 0,
    )


def _first(sheets: Mapping[UUID, Sheet]) -> Sheet:
    return next(iter(sheets.values()))


def _sheets(
    session: Session, found: RuleSet, body: Mapping[str, Any], period: rules.Period, people: Sequence[UUID]
) -> dict[UUID, Sheet]:
    ready = compiled(body)
    made: dict[UUID, Sheet] = {}
    for start in range(0, len(people), BATCH):
        scope = queries.scope_of(session, found.county_code, found.role, period, people[start : start + BATCH])
        facts = queries.facts_of(session, scope, body, rule_set_id=found.id)
        made |= {person: score(one, ready, found.sha256) for person, one in facts.items()}
    return made


def _in_force(session: Session, found: RuleSet, period: rules.Period) -> RuleSet | None:
    """Another set of the same role and kind of period that counted in the period."""
    same = sa.select(RuleSet).where(
        RuleSet.county_code == found.county_code,
        RuleSet.role == found.role,
        RuleSet.period_type == found.period_type,
        RuleSet.state != rules.DRAFT,
        RuleSet.id != found.id,
        RuleSet.valid_from <= period.from_day,
        sa.or_(RuleSet.valid_to.is_(None), RuleSet.valid_to >= period.from_day),
    )
    return session.scalars(same.order_by(RuleSet.published_at.desc()).limit(1)).first()


def _grades(body: Mapping[str, Any], sheets: Any) -> list[tuple[str, int]]:
    count = Counter(sheet["grade"] for sheet in sheets)
    return [(grade["code"], count[grade["code"]]) for grade in body["grades"]]


def _is_other(sheet: Sheet, before: Sheet | None) -> bool:
    return before is not None and sheet["grade"] != before["grade"]


def _line(one: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> LineTried:
    points = [Fraction(line["points"]) for line in lines]
    spread = max(points) - min(points)
    return LineTried(
        one["indicator"],
        one["title_zh"],
        one["title_en"],
        one["own_max"],
        show(round(sum(points, Fraction(0)) / len(points), 1)),
        show(spread),
        sum(line["state"] != "scored" for line in lines),
        spread == 0,
    )
