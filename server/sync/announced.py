"""What phones said they still have to send: shown to the worker and the grid by kind and time until it comes.

When a phone's storage is wiped after the announcement, these lines are what is left; the page says that later ones
cannot be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.people.models import Device, Person
from server.people.rules import Holder
from server.platform import streams
from server.sync.models import Announced
from server.sync.rules import PAST_THE_LEADER

# Who opened what, who read which message, and who was told to do what outside the list, is nobody else's business here,
# not even by kind and time: the list lies in the grid's stream.
NOT_TOLD = frozenset({"looks.note", "messages.read"}) | PAST_THE_LEADER


# As in every room that a push goes through: what each asks is made once, since making a statement costs as much as running it.
_LISTS_OF = (
    sa.select(Announced)
    .where(Announced.person_id == sa.bindparam("person_id", type_=sa.Uuid))
    .order_by(Announced.device_id)
    .with_for_update()
)


def announce(session: Session, device_id: UUID, holder: Holder, items: Sequence[Mapping[str, Any]]) -> None:
    """Keep the newest list of one phone, where the person works today; an empty one ends it."""
    lines = [
        {"id": str(i["id"]), "lane": i["lane"], "seq": i["seq"], "name": i["name"], "made_at": i["made_at"]}
        for i in items
        if i["name"] not in NOT_TOLD
    ]
    stream = _stream(holder)
    found = {a.device_id: a for a in _lists_of(session, holder.person_id)}.get(device_id)
    if found is None:
        if not lines:
            return
        found = Announced(device_id=device_id, person_id=holder.person_id, stream=stream, items=[], at=0, version=0)
        session.add(found)
    if found.stream != stream:
        _move(session, found, stream)
    if found.items != lines:
        _keep(session, found, lines)


def arrived(session: Session, person_id: UUID, mutation_ids: Iterable[UUID]) -> None:
    """These have come, from whichever phone of the person: take them off every list that names them."""
    come = {str(i) for i in mutation_ids}
    if not come:
        return
    for found in _lists_of(session, person_id):
        left = [i for i in found.items if i["id"] not in come]
        if len(left) < len(found.items):
            _keep(session, found, left)


def _lists_of(session: Session, person_id: UUID) -> list[Announced]:
    """One for each phone, locked in one order: two phones of a person may push at once."""
    return list(session.scalars(_LISTS_OF, {"person_id": person_id}))


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``announced``: who, since when, what by kind and time; a phone with nothing waiting has none."""
    statement = (
        sa.select(Announced, Person, Device.label)
        .join(Person, Person.id == Announced.person_id)
        .join(Device, Device.id == Announced.device_id)
        .where(Announced.device_id.in_(ids))
    )
    return {
        a.device_id: {
            "id": str(a.device_id),
            "version": a.version,
            "person_id": str(a.person_id),
            "person_name": person.name,
            "device_label": label,
            "at": a.at,
            "items": [{"id": i["id"], "name": i["name"], "made_at": i["made_at"]} for i in a.items],
        }
        for a, person, label in session.execute(statement)
        if a.items
    }


def _keep(session: Session, found: Announced, items: list[dict[str, Any]]) -> None:
    found.items = items
    found.at = clock.now()
    found.version += 1
    session.flush()
    if items:
        streams.put(session, found.stream, "announced", found.device_id)
    else:
        streams.gone(session, found.stream, "announced", found.device_id)


def _move(session: Session, found: Announced, stream: str) -> None:
    """The person works elsewhere now: the list leaves the one stream as it comes into the other."""
    if found.items:
        streams.moved(session, found.stream, stream, "announced", found.device_id)
        found.version += 1
    found.stream = stream


def _stream(holder: Holder) -> str:
    """The grid's stream, so that the leader sees it too; for others the person's own."""
    grids = sorted(holder.grids, key=str)
    return stream_keys.grid(grids[0]) if grids else stream_keys.person(holder.person_id)
