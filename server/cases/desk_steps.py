"""Which steps of a case an office may take now: what the page offers. The commands ask again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.queries import names_of_units
from server.cases import joint, queries, rules
from server.cases.models import CaseFile
from server.cases.steps import rank_above
from server.kernel import clock
from server.people.rules import Holder, may
from server.platform.worktime import GIVEN
from server.records.models import Record

ACTION_OF = {  # who takes a step: the permission table's action
    **dict.fromkeys(("assigned", "helper_added", "closed", "whistled", "handed_up", "handed_down"), "case.assign"),
    **dict.fromkeys(("reminded", "reopened", "verified", "sent_back"), "case.assign"),
    **dict.fromkeys(("arrived", "suspended", "resumed", "reported"), "case.work"),
    "helped": "case.help",
    "not_ours": "case.contest",
    **dict.fromkeys(("whistle_met", "ordered", "order_met", "order_unmet"), "case.order"),
    **dict.fromkeys(("duty_moved", "duty_stays"), "case.rule_duty"),
}


@dataclass(frozen=True)
class OpenHere:
    """``steps`` by name; the own ``orders`` to check; names of units; which steps ask for a day written by hand."""

    steps: frozenset[str]
    orders: tuple[UUID, ...]
    unit_names: dict[UUID, str]
    given_day_for: frozenset[str]


def open_to(session: Session, holder: Holder, case: CaseFile) -> OpenHere:
    thing, rank = queries.thing_of(session, case), rank_above(session, holder, case)
    fitting = {step for step in rules.steps_open(case.state) if step in ACTION_OF}
    steps = {step for step in fitting if may(holder, ACTION_OF[step], thing)}
    allowed = queries.levels_of_matter(session, case.county_code, case.matter_code)
    steps -= {step for step in ("handed_up", "handed_down") if not rules.may_hand(step, case.level, allowed, rank)}
    if not rules.may_whistle(case.level, rank, is_department=True, is_called=False):
        steps.discard("whistled")
    if not rules.may_remind(rank, rules.rank_of_kind(queries.kind_of_unit(session, case.made_by_unit))):
        steps.discard("reminded")
    record = session.get(Record, case.record_id) if case.record_id is not None else None
    if record is not None:
        steps -= {"verified", "sent_back"}
    if record is None or record.kind != "hazard":
        steps.discard("ordered")
    mine = holder.office_units("department")
    if not joint.open_whistles(session, case.id, mine):
        steps.discard("whistle_met")
    orders = joint.orders_of(session, case.id)
    own = tuple(order.id for order in orders if order.unit_id in mine and not order.is_rectified)
    if not own:
        steps -= {"order_met", "order_unmet"}
    units = {call.unit_id for call in joint.whistles_of(session, case.id)} | {order.unit_id for order in orders}
    return OpenHere(frozenset(steps), own, names_of_units(session, units), _by_hand(session, case))


def _by_hand(session: Session, case: CaseFile) -> frozenset[str]:
    """The steps after which a level's term is one whose last day is written by hand."""
    after = {step: rules.next_level(step, case.level) for step in ("handed_up", "handed_down")} | {
        "reopened": case.level
    }
    today = clock.today()
    return frozenset(
        step
        for step, level in after.items()
        if level and queries.level_in_force(session, case.county_code, level, today).unit in GIVEN
    )
