"""A case that no record stands behind: an office takes in what came by telephone, from the hotline or another
platform, what a resident asks for at its window, and what a mediation needs from others (never a word of the parties)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import place_of_grid
from server.areas.rules import tier_of
from server.cases import queries, rules
from server.cases.commands import begin
from server.cases.models import CaseFile
from server.cases.steps import tell_unit
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.matters.queries import matter_in_force
from server.people.rules import Holder, Thing, may

_delivered: list[Callable[[Session, str, str, str], Collection[str]]] = []


def delivered_by(check: Callable[[Session, str, str, str], Collection[str]]) -> None:
    """A room above knows what a connector brings to a county: ``check(session, county, form, field)`` gives the values."""
    _delivered[:] = [check]


def sources_asked(session: Session, county_code: str) -> tuple[str, ...]:
    """Where a case may be said to come from: what a connector brings is asked of nobody (Art. 16)."""
    brought = {value for check in _delivered for value in check(session, county_code, "case_intake", "source")}
    return tuple(source for source in rules.SOURCES if source not in brought)


def take_in(session: Session, by: Holder, told: Mapping[str, Any]) -> CaseFile:
    """A matter in force, a grid, a few words, and the number that it has elsewhere (once in a source).

    Refuses with ``complaint_elsewhere`` (about staff: it goes another way), ``grid_unknown``, ``not_found``, ``not_allowed``,
    ``matter_not_in_force``, ``no_case_of_this`` (class S), ``level_unfit``, ``ref_taken``, ``day_out_of_range``, ``invalid``,
    ``connector_fills``.
    """
    insist(rules.may_take_in(told["about"], told["source"], told["external_ref"]))
    place = place_of_grid(session, told["grid_id"])
    if place is None:  # none, or closed meanwhile
        raise Problem("grid_unknown")
    county = place.county_code
    insist(may(by, "case.take_in", Thing(county_code=county, grid_id=told["grid_id"], units=place.units)))
    if told["source"] not in sources_asked(session, county):
        raise Problem("connector_fills")
    unit = queries.office_above(session, by, told["grid_id"])
    return _begun(session, county, told, by.person_id, unit)


def hand_in(session: Session, told: Mapping[str, Any]) -> CaseFile:
    """What another system hands in, by nobody of the house; the town above the grid is told. It never is about staff: such
    matters are no entry of the list. Refuses with ``grid_unknown``, ``matter_not_in_force``, ``no_case_of_this``,
    ``level_unfit``, ``ref_taken``, ``day_out_of_range``.
    """
    place = place_of_grid(session, told["grid_id"])
    if place is None:
        raise Problem("grid_unknown")
    above = (session.get_one(OrgUnit, unit) for unit in place.units)
    town = next((unit.id for unit in above if tier_of(unit.kind) == "town"), None)
    case = _begun(session, place.county_code, {**told, "source": rules.PLATFORM, "given_day": None}, None, town)
    tell_unit(session, case, town, "case_handed_in", case.opened_at)
    return case


def _begun(
    session: Session, county: str, told: Mapping[str, Any], by: UUID | None, made_by_unit: UUID | None
) -> CaseFile:
    matter = matter_in_force(session, county, told["matter_code"], clock.today())
    if matter is None:
        raise Problem("matter_not_in_force")
    if matter.data_class == "S":
        raise Problem("no_case_of_this")
    insist(rules.level_fits(told["level"], rules.levels_of(matter.start_level, matter.max_level)))
    reference = told["external_ref"] or None
    if reference is not None and of_reference(session, county, told["source"], reference) is not None:
        raise Problem("ref_taken")
    case = CaseFile(
        id=ids.new_id(),
        county_code=county,
        grid_id=told["grid_id"],
        source=told["source"],
        external_ref=reference,
        place_words=told["place_words"] or None,
        told_words=told["told_words"],
        matter_code=matter.code,
    )
    try:
        begin(session, case, told["level"], told["given_day"], by, made_by_unit)
    except IntegrityError as error:  # of two at once, the second
        raise Problem("ref_taken") from error
    return case


def of_reference(session: Session, county_code: str, source: str, reference: str) -> CaseFile | None:
    """The case of a number that another platform gave."""
    return session.scalar(
        sa.select(CaseFile).where(
            CaseFile.county_code == county_code, CaseFile.source == source, CaseFile.external_ref == reference
        )
    )
