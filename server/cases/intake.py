"""A case that no record stands behind: an office takes in what came by telephone, from the hotline or another platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.areas.queries import place_of_grid
from server.cases import rules
from server.cases.commands import begin
from server.cases.models import CaseFile
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.matters.queries import matter_in_force
from server.people.rules import Holder, Thing, may


def take_in(session: Session, by: Holder, told: Mapping[str, Any]) -> CaseFile:
    """A matter in force, a grid, a few words, and the number that it has elsewhere (once in a source).

    Refuses with ``complaint_elsewhere`` (about staff: it goes another way), ``grid_unknown``, ``not_found``, ``not_allowed``,
    ``matter_not_in_force``, ``no_case_of_this`` (class S), ``level_unfit``, ``ref_taken``, ``day_out_of_range``, ``invalid``.
    """
    insist(rules.may_take_in(told["about"], told["source"], told["external_ref"]))
    place = place_of_grid(session, told["grid_id"])
    if place is None:  # none, or closed meanwhile
        raise Problem("grid_unknown")
    county = place.county_code
    insist(may(by, "case.take_in", Thing(county_code=county, grid_id=told["grid_id"], units=place.units)))
    matter = matter_in_force(session, county, told["matter_code"], clock.today())
    if matter is None:
        raise Problem("matter_not_in_force")
    if matter.data_class == "S":
        raise Problem("no_case_of_this")
    insist(rules.level_fits(told["level"], rules.levels_of(matter.start_level, matter.max_level)))
    reference = told["external_ref"] or None
    if reference is not None and _is_taken(session, county, told["source"], reference):
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
        begin(session, by, case, told["level"], told["given_day"])
    except IntegrityError as error:  # of two offices at once, the second
        raise Problem("ref_taken") from error
    return case


def _is_taken(session: Session, county_code: str, source: str, reference: str) -> bool:
    same = sa.select(CaseFile.id).where(
        CaseFile.county_code == county_code, CaseFile.source == source, CaseFile.external_ref == reference
    )
    return session.scalar(same) is not None
