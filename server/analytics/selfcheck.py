"""减负自查: what the county must ask itself under the national rule on apps for the grassroots (国办函〔2026〕12号).

Five things that the rule forbids, each with what keeps it here; and in figures, by the unit that assigns, what was asked of
workers. Never by person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_of_county
from server.duties.hazards.models import Hazard
from server.kernel import clock
from server.matters.models import Matter, TemporaryMatter
from server.matters.queries import matters_in_force, policy
from server.messages.models import Delivery, Message
from server.messages.queries import RuleInForce, ring_rules
from server.orders.models import OutsideOrder
from server.people.rules import Holder
from server.records.models import Record
from server.tasks.models import Refusal, Task, TaskRequest
from server.tasks.rules import STOOD, UPHELD

MINUTE_MS, DAY_MINUTES, CHINA_MINUTES = 60_000, 1440, 480

# What the rule forbids → the tests that would turn red if the product did it (tests/analytics looks that they are there).
KEPT_BY: dict[str, tuple[str, ...]] = {
    "asking": (
        "tests/sync/test_temporary_matters.py::test_off_until_the_countys_own_document_provides_for_it",
        "tests/journeys/test_tasks.py::test_a_refusal_takes_two_taps_offline_and_the_county_rules",
    ),
    "ranking": (
        "tests/house/test_figures.py::test_every_count_by_person_is_known",
        "tests/analytics/test_selfcheck.py::test_no_figure_is_of_a_person",
        "tests/analytics/test_figures.py::test_behind_fewer_than_five_workers_no_figure_is_told",
    ),
    "forcing": ("tests/journeys/test_entered_at_the_desk.py::test_a_visit_from_paper_is_confirmed_with_one_tap",),
    "traces": (
        "tests/matters/test_policies.py::test_needed_photos_name_their_reason_and_document",
        "tests/matters/test_starter.py::test_photos_are_optional_or_forbidden_never_needed",
        "tests/callouts/test_rules.py::test_a_position_is_kept_only_from_within_an_open_call_out",
    ),
    "commerce": ("tests/platform/test_answers.py::test_pages_may_load_nothing_from_elsewhere_and_nothing_inline",),
}


@dataclass
class UnitLoad:
    """What one unit asked of workers since a day."""

    name: str = ""
    tasks: int = 0
    urgent: int = 0
    requests: int = 0
    figures_asked: int = 0
    refusals_upheld: int = 0
    refusals_stood: int = 0
    orders_upheld: int = 0

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self) if one.name != "name")


@dataclass(frozen=True)
class NeededPhoto:
    """A matter that asks for a photo, and why it may."""

    code: str
    name_zh: str
    name_en: str | None
    reason: str
    document_no: str


@dataclass(frozen=True)
class Temporary:
    """A temporary matter (临时事项) that was published."""

    code: str
    name_zh: str
    name_en: str | None
    consent_by: str
    document_no: str
    published_at: int


@dataclass(frozen=True)
class Sheet:
    """The whole page."""

    since: date
    loads: list[UnitLoad]
    needed_photos: list[NeededPhoto]
    temporary: list[Temporary]
    at_night: int
    quiet: RuleInForce
    told_by_others: int
    reported_twice: int
    track: str


def sheet(session: Session, holder: Holder, since: date) -> Sheet:
    """Of the holder's county, since a day."""
    county = holder.county_code
    quiet = ring_rules(session, [county])[county]
    return Sheet(
        since=since,
        loads=_loads(session, county, clock.start_of(since)),
        needed_photos=_needed_photos(session, county),
        temporary=_temporary(session, county, clock.start_of(since)),
        at_night=_at_night(session, county, clock.start_of(since), quiet),
        quiet=quiet,
        told_by_others=_count(session, Record.entered_by.is_not(None), county, since),
        reported_twice=_reported_twice(session, county, since),
        track=str(policy(session, "track")),
    )


def _loads(session: Session, county: str, start: int) -> list[UnitLoad]:
    found: dict[UUID, UnitLoad] = defaultdict(UnitLoad)
    refused = sa.select(Task.assigned_unit, sa.func.count()).join(Refusal, Refusal.task_id == Task.id)
    refused = refused.where(Refusal.county_code == county, Refusal.ruled_at >= start).group_by(Task.assigned_unit)
    requests = sa.select(TaskRequest.asked_unit, sa.func.count()).where(
        TaskRequest.county_code == county, TaskRequest.asked_at >= start
    )
    statements: dict[str, sa.Select[*tuple[Any, ...]]] = {
        "tasks": sa.select(Task.assigned_unit, sa.func.count())
        .where(Task.county_code == county, Task.assigned_at >= start)
        .group_by(Task.assigned_unit),
        "urgent": sa.select(Message.urgent_unit, sa.func.count(Message.task_id.distinct()))
        .where(Message.county_code == county, Message.at >= start, Message.task_id.is_not(None))
        .group_by(Message.urgent_unit),
        "requests": requests.group_by(TaskRequest.asked_unit),
        "figures_asked": requests.where(TaskRequest.figures.is_not(None)).group_by(TaskRequest.asked_unit),
        "refusals_upheld": refused.where(Refusal.ruling == UPHELD),
        "refusals_stood": refused.where(Refusal.ruling == STOOD),
        "orders_upheld": sa.select(OutsideOrder.given_unit, sa.func.count())
        .where(OutsideOrder.county_code == county, OutsideOrder.ruled_at >= start, OutsideOrder.ruling == UPHELD)
        .group_by(OutsideOrder.given_unit),
    }
    for name, statement in statements.items():
        for unit_id, count in session.execute(statement):
            if unit_id is not None:
                setattr(found[unit_id], name, count)
    units = units_of_county(session, county)
    for unit in units:
        if unit.id in found:
            found[unit.id].name = unit.name_zh
    return [found[unit.id] for unit in units if unit.id in found and not found[unit.id].is_empty]


def _needed_photos(session: Session, county: str) -> list[NeededPhoto]:
    needed = [entry.id for entry in matters_in_force(session, county, clock.today()) if entry.photo_policy == "needed"]
    statement = sa.select(Matter).where(Matter.id.in_(needed)).order_by(Matter.code)
    return [
        NeededPhoto(one.code, one.name_zh, one.name_en, one.photo_reason or "", one.photo_document or "")
        for one in session.scalars(statement)
    ]


def _temporary(session: Session, county: str, start: int) -> list[Temporary]:
    statement = sa.select(TemporaryMatter).where(
        TemporaryMatter.county_code == county, TemporaryMatter.published_at >= start
    )
    return [
        Temporary(one.code, one.name_zh, one.name_en, one.consent_by, one.document_no, one.published_at or 0)
        for one in session.scalars(statement.order_by(TemporaryMatter.published_at))
    ]


def _at_night(session: Session, county: str, start: int, quiet: RuleInForce) -> int:
    """Messages that left the house in the quiet hours, emergency mode among them."""
    minute = (Delivery.ended_at // MINUTE_MS + CHINA_MINUTES) % DAY_MINUTES
    if quiet.quiet_from <= quiet.quiet_to:
        within = sa.and_(minute >= quiet.quiet_from, minute < quiet.quiet_to)
    else:
        within = sa.or_(minute >= quiet.quiet_from, minute < quiet.quiet_to)
    statement = sa.select(sa.func.count()).where(
        Delivery.county_code == county,
        Delivery.state == "delivered",
        Delivery.channel != "call_list",
        Delivery.reason.is_(None),
        Delivery.made_at >= start,
        within,
    )
    return session.scalar(statement) or 0


def _count(session: Session, what: sa.ColumnElement[bool], county: str, since: date) -> int:
    statement = sa.select(sa.func.count()).select_from(Record).where(Record.county_code == county, Record.day >= since)
    return session.scalar(statement.where(what)) or 0


def _reported_twice(session: Session, county: str, since: date) -> int:
    """Hazards that joined one which was there already: told once more, nothing typed twice."""
    statement = sa.select(sa.func.count()).select_from(Hazard).join(Record, Record.id == Hazard.record_id)
    return (
        session.scalar(statement.where(Record.county_code == county, Record.day >= since, Hazard.same_as.is_not(None)))
        or 0
    )
