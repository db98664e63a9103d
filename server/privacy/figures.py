"""Figures of people's data: what is in force in a county on a day, and a new one with its document."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import counties
from server.kernel import clock, ids
from server.kernel.problems import insist
from server.people.rules import Holder, Thing, may
from server.privacy import rules
from server.privacy.models import PrivacyFigure


def in_force(session: Session, county_code: str, day: date) -> dict[str, PrivacyFigure]:
    """By name, the newest figure of the county that has begun; a name that nobody has set is not in it."""
    statement = (
        sa.select(PrivacyFigure)
        .where(PrivacyFigure.county_code == county_code, PrivacyFigure.from_day <= day)
        .order_by(PrivacyFigure.from_day, PrivacyFigure.made_at, PrivacyFigure.id)
    )
    return {one.name: one for one in session.scalars(statement)}


def history(session: Session, county_code: str, most: int = 100) -> list[PrivacyFigure]:
    """All that were ever set, the newest first."""
    statement = sa.select(PrivacyFigure).where(PrivacyFigure.county_code == county_code)
    return list(session.scalars(statement.order_by(PrivacyFigure.made_at.desc(), PrivacyFigure.id.desc()).limit(most)))


def longest_of_all(session: Session, name: str, day: date) -> int | None:
    """For what all counties share: the longest of their figures; None while one county has none."""
    codes = {unit.county_code for unit in counties(session)}
    found = [in_force(session, code, day).get(name) for code in sorted(codes)]
    values = [one.value for one in found if one is not None]
    return max(values) if values and len(values) == len(codes) else None


def set_figure(session: Session, by: Holder, *, name: str, value: int, document_no: str, from_day: date) -> None:
    """Refuses with ``not_allowed``, ``invalid``, ``figure_out_of_bounds``, ``day_out_of_range``."""
    insist(may(by, "retention.set", Thing(county_code=by.county_code)))
    insist(rules.figure_fits(name, value, from_day, clock.today()))
    session.add(
        PrivacyFigure(
            id=ids.new_id(),
            county_code=by.county_code,
            name=name,
            value=value,
            document_no=document_no,
            from_day=from_day,
            made_by=by.person_id,
            made_at=clock.now(),
        )
    )
    session.flush()


def set_proposed(session: Session, by: Holder, document_no: str) -> None:
    """Every figure that has a proposal, from today on: for the demo, whose document says that it is one."""
    for name, figure in rules.FIGURES.items():
        if figure.proposal is not None:
            value, today = figure.proposal, clock.today()
            set_figure(session, by, name=name, value=value, document_no=document_no, from_day=today)
