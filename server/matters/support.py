"""What functional departments do for their matters: guidance, training, funds, supervision (Art. 9), and what is missing.

Art. 9 names no period. A county may set one by its own document; without it, a duty is missing while nothing at all is on
record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.matters import commands, queries
from server.matters.models import Department, MatterDepartment, MatterSupport
from server.matters.rules import LONGEST_TEMPORARY, MatterFacts, missing_support, on_list_since
from server.people.rules import Holder, may

ACTION, POLICY = "matter.support", "support_days"


@dataclass(frozen=True)
class Supported:
    """One matter of the list: the newest day of each duty on record, and what is missing."""

    matter: MatterFacts
    departments: list[str]
    newest: Mapping[str, date]
    missing: tuple[str, ...]


def provided(session: Session, county_code: str) -> dict[str, Any] | None:
    """``{document_no, days}`` of the county's document on the period, or None."""
    found: dict[str, Any] | None = queries.policy(session, POLICY).get(county_code)
    return found


def provide(session: Session, actor: Holder, document_no: str, days: int) -> None:
    """Set the period by the county's document; an empty number takes it away. ``not_allowed``, ``invalid``."""
    insist(may(actor, ACTION))
    if document_no and not 1 <= days <= 3 * LONGEST_TEMPORARY:
        raise Problem("invalid", fields=["days"])
    own = {"document_no": document_no, "days": days} if document_no else None
    commands.set_for_county(session, actor, POLICY, actor.county_code, own, document_no or None)


def write_down(session: Session, actor: Holder, told: Mapping[str, Any]) -> MatterSupport:
    """One act of a department for one matter. The form's id makes a form sent twice one row.

    Refuses with ``not_allowed``, ``matter_not_in_force``, ``unit_unknown`` (the department does not answer for the
    matter), ``invalid``, ``day_out_of_range`` (not yet), ``record_exists``.
    """
    county, today = actor.county_code, clock.today()
    insist(may(actor, ACTION))
    matter = queries.matter_in_force(session, county, told["code"], today)
    if matter is None:
        raise Problem("matter_not_in_force", matter=told["code"])
    if told["day"] > today:
        raise Problem("day_out_of_range")
    if (told["yuan"] is not None) != (told["kind"] == "funds"):
        raise Problem("invalid", fields=["yuan"])
    answers = sa.and_(MatterDepartment.matter_id == matter.id, Department.code == told["department"])
    join = sa.select(Department).join(MatterDepartment, MatterDepartment.department_id == Department.id)
    department = session.scalar(join.where(answers))
    if department is None:
        raise Problem("unit_unknown")
    if session.get(MatterSupport, told["id"]) is not None:
        raise Problem("record_exists")
    made = MatterSupport(
        id=told["id"], county_code=county, matter_code=matter.code, department_id=department.id, kind=told["kind"],
        day=told["day"], yuan=told["yuan"], words=told["words"], document_no=told["document_no"] or None,
        written_at=clock.now(), written_by=actor.person_id,
    )  # fmt: skip
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:  # the same form, sent twice at once
        raise Problem("record_exists") from error
    return made


def report(session: Session, county_code: str, today: date) -> list[Supported]:
    """Every matter in force, those at risk of withdrawal first. Urgent temporary ones are left out."""
    found = [one for one in queries.matters_in_force(session, county_code, today) if not one.is_temporary]
    names = queries.department_names(session, [one.id for one in found])
    newest = _newest(session, county_code)
    days = _days(session, county_code)
    entries = queries.matter_list(session, county_code)
    rows = [
        Supported(
            one, names.get(one.id, []), newest[one.code],
            missing_support(newest[one.code], on_list_since(entries, one), today, days),
        )
        for one in found
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-len(row.missing), row.matter.code))


def missing_of(session: Session, county_code: str, matter: MatterFacts, today: date) -> tuple[str, ...]:
    """What is missing for one matter."""
    since = on_list_since(queries.matter_list(session, county_code), matter)
    return missing_support(_newest(session, county_code)[matter.code], since, today, _days(session, county_code))


def of_matter(session: Session, county_code: str, code: str) -> list[tuple[MatterSupport, Department]]:
    """What is on record for a matter, the newest first."""
    statement = (
        sa.select(MatterSupport, Department)
        .join(Department, Department.id == MatterSupport.department_id)
        .where(MatterSupport.county_code == county_code, MatterSupport.matter_code == code)
        .order_by(MatterSupport.day.desc(), MatterSupport.written_at.desc())
    )
    return [(one, department) for one, department in session.execute(statement)]


def _newest(session: Session, county_code: str) -> defaultdict[str, dict[str, date]]:
    statement = (
        sa.select(MatterSupport.matter_code, MatterSupport.kind, sa.func.max(MatterSupport.day))
        .where(MatterSupport.county_code == county_code)
        .group_by(MatterSupport.matter_code, MatterSupport.kind)
    )
    found: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for code, kind, day in session.execute(statement):
        found[code][kind] = day
    return found


def _days(session: Session, county_code: str) -> int | None:
    own = provided(session, county_code)
    return int(own["days"]) if own else None
