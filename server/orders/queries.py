"""Reads of orders outside the list: the person's own rows, and what the competent department has to rule on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_of_county
from server.orders.models import OutsideOrder
from server.people.queries import names_of
from server.people.rules import Holder, may
from server.photos.queries import named_photos
from server.platform.lists import MOST_EXPORTED, Asked, Leaf, ListShape, leaf
from server.tasks.queries import WAITS
from server.tasks.rules import GROUNDS, RULINGS

KIND = "outside_order"
SHAPE = ListShape(
    "orders",
    "/office/orders",
    {"status": (WAITS, *RULINGS), "ground": tuple(str(ground) for ground in GROUNDS)},
    ("waiting", "newest"),
    page=20,
)
_WAITS = OutsideOrder.ruling.is_(None)
SORTS: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {
    "waiting": (sa.case((_WAITS, 0), else_=1), sa.case((_WAITS, OutsideOrder.at), else_=-OutsideOrder.at)),
    "newest": (OutsideOrder.at.desc(),),
}


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``outside_order``): in the person's own stream alone."""
    found = list(session.scalars(sa.select(OutsideOrder).where(OutsideOrder.id.in_(ids))))
    photos = named_photos(session, KIND, [one.id for one in found])
    return {one.id: _row(one, photos.get(one.id, {})) for one in found}


def _row(one: OutsideOrder, photos: dict[str, bool]) -> dict[str, Any]:
    row = {
        "id": str(one.id),
        "version": one.version,
        "giver": one.giver,
        "words": one.words,
        "ground": one.ground,
        "at": one.at,
        "rule_by": one.rule_by.isoformat(),
        "photos": [{"sha256": sha256, "role": "scene", "held": held} for sha256, held in photos.items()],
        "ruling": one.ruling,
        "ruled_at": one.ruled_at,
        "ruling_words": one.ruling_words,
    }
    return {name: value for name, value in row.items() if value is not None}


def may_see(session: Session, holder: Holder, order_id: UUID) -> bool:
    """The person who told it, and the competent department of the county (pictures ask here)."""
    found = session.get(OutsideOrder, order_id)
    if found is None:
        return False
    is_theirs_to_rule = found.county_code == holder.county_code and bool(may(holder, "order.rule"))
    return found.person_id == holder.person_id or is_theirs_to_rule


def for_the_office(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """What the competent department rules on: what waits, the oldest on top; then what is ruled, the newest on top."""
    leaf_found = leaf(session, _listed(holder, asked), asked)
    found = [row[0] for row in leaf_found.rows]
    names = names_of(session, [one.person_id for one in found])
    photos = named_photos(session, KIND, [one.id for one in found])
    units = {unit.id: unit.name_zh for unit in units_of_county(session, holder.county_code)}
    rows = [
        {
            "order": one,
            "person": names[one.person_id],
            "photos": [sha256 for sha256, held in photos.get(one.id, {}).items() if held],
            "unit": units.get(one.given_unit) if one.given_unit else None,
        }
        for one in found
    ]
    return Leaf(rows, leaf_found.has_more)


def to_export(session: Session, holder: Holder, asked: Asked) -> list[tuple[OutsideOrder, str]]:
    """With the unit that was named by the ruling; who told it, of whom, and in which words is in no file."""
    found = session.scalars(_listed(holder, asked).limit(MOST_EXPORTED + 1)).all()
    units = {unit.id: unit.name_zh for unit in units_of_county(session, holder.county_code)}
    return [(one, units.get(one.given_unit, "") if one.given_unit else "") for one in found]


def _listed(holder: Holder, asked: Asked) -> sa.Select[OutsideOrder]:
    statement = sa.select(OutsideOrder).where(OutsideOrder.county_code == holder.county_code)
    if "status" in asked.chosen:
        ruling = asked.chosen["status"]
        statement = statement.where(OutsideOrder.ruling.is_(None) if ruling == WAITS else OutsideOrder.ruling == ruling)
    if "ground" in asked.chosen:
        statement = statement.where(OutsideOrder.ground == int(asked.chosen["ground"]))
    return statement.order_by(*SORTS[asked.sort], OutsideOrder.id)
