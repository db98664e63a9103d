"""What is kept by class, and how it is forgotten: what is due, whose hold would stop it, and what is deleted.

Statistics stay (that there was a visit on a day, in a grid); words, names and pictures go. A class is listed here once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.information.models import Information
from server.duties.mediations.models import Mediation, MediationStep
from server.duties.visits.models import Visit
from server.kernel import clock, stream_keys
from server.photos.commands import let_go
from server.photos.models import PhotoLink
from server.platform import streams
from server.platform.anchors import cleared_through, close_through, set_anchor
from server.platform.chain import SOURCES, AuditEntry
from server.platform.db import upsert
from server.privacy.models import CorrectionRequest, DataRequest, Forgotten
from server.records.models import Record, RecordPhoto, RecordStep

BATCH = 200
AFTER_ALL = uuid.UUID(int=0)


@dataclass(frozen=True)
class Due:
    """One thing whose time is over, and the ids by which a hold may name it."""

    id: uuid.UUID
    named: frozenset[uuid.UUID]


@dataclass(frozen=True)
class Keeping:
    """One class. ``due(session, county, cutoff_ms, after, most)``: by id · ``forget(session, ids)``."""

    name: str
    due: Callable[[Session, str, int, uuid.UUID, int], list[Due]]
    forget: Callable[[Session, Sequence[uuid.UUID]], None]


_also: list[Callable[[Session, Sequence[uuid.UUID]], None]] = []
_more: list[Keeping] = []


def also_forget(command: Callable[[Session, Sequence[uuid.UUID]], None]) -> None:
    """Another room has a copy of the same words, or something that goes with them; plugged by ``app.py``."""
    if command not in _also:
        _also.append(command)


def add(keeping: Keeping) -> None:
    """A class of a higher room; plugged by ``app.py``."""
    _more[:] = [one for one in _more if one.name != keeping.name] + [keeping]


def keepings() -> list[Keeping]:
    return [*_OWN, *_more]


def mark(session: Session, name: str, ids: Sequence[uuid.UUID]) -> None:
    """That it was done: these are not due again."""
    rows = [{"name": name, "object_id": one, "at": clock.now()} for one in ids]
    upsert(session, Forgotten, rows, ["name", "object_id"], update=[])


def not_yet(name: str, column: Any) -> Any:
    return ~sa.exists().where(Forgotten.name == name, Forgotten.object_id == column)


def _records(
    name: str, *which: Any, is_marked: bool = True
) -> Callable[[Session, str, int, uuid.UUID, int], list[Due]]:
    """Finished records of a kind, each once if it ``is_marked`` (photos may arrive late).

    A hold names the record, or the household that it is about.
    """
    home = sa.func.coalesce(Visit.household_id, Information.household_id)
    also = (not_yet(name, Record.id),) if is_marked else ()

    def due(session: Session, county_code: str, cutoff: int, after: uuid.UUID, most: int) -> list[Due]:
        statement = (
            sa.select(Record.id, home)
            .outerjoin(Visit, Visit.record_id == Record.id)
            .outerjoin(Information, Information.record_id == Record.id)
            .where(Record.county_code == county_code, Record.finished_at <= cutoff, Record.id > after, *which)
            .where(*also)
            .order_by(Record.id)
            .limit(most)
        )
        return [Due(one, frozenset({one, about or one})) for one, about in session.execute(statement)]

    return due


_HAS_PHOTO = sa.exists().where(PhotoLink.kind == "record", PhotoLink.object_id == Record.id)


def _drop_photos(name: str) -> Callable[[Session, Sequence[uuid.UUID]], None]:
    def forget(session: Session, ids: Sequence[uuid.UUID]) -> None:
        let_go(session, "record", ids)
        session.execute(sa.delete(RecordPhoto).where(RecordPhoto.record_id.in_(ids)))
        mark(session, name, ids)

    return forget


def _drop_visits(name: str) -> Callable[[Session, Sequence[uuid.UUID]], None]:
    def forget(session: Session, ids: Sequence[uuid.UUID]) -> None:
        session.execute(sa.update(Visit).where(Visit.record_id.in_(ids)).values(ticks=[], needs=[], note=""))
        _drop_history(session, name, ids)

    return forget


def _drop_mediations(session: Session, ids: Sequence[uuid.UUID]) -> None:
    emptied = {"parties": [], "unsuited": [], "note": ""}
    session.execute(sa.update(Mediation).where(Mediation.record_id.in_(ids)).values(emptied))
    session.execute(sa.update(MediationStep).where(MediationStep.mediation_id.in_(ids)).values(words=""))
    _drop_history(session, "mediations", ids)


def _drop_history(session: Session, name: str, ids: Sequence[uuid.UUID]) -> None:
    session.execute(sa.update(RecordStep).where(RecordStep.record_id.in_(ids)).values(words=None, was=None))
    session.execute(sa.update(Record).where(Record.id.in_(ids)).values(review_words=None))
    forget_copies(session, ids)
    mark(session, name, ids)


def forget_copies(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """What other rooms hold of it: the phone's message, word for word; positions that were filed in a case."""
    for command in _also:
        command(session, ids)


def _due_requests(session: Session, county_code: str, cutoff: int, after: uuid.UUID, most: int) -> list[Due]:
    found: list[Due] = []
    for model in (DataRequest, CorrectionRequest):
        statement = (
            sa.select(model.id)
            .where(model.county_code == county_code, model.answered_at <= cutoff, model.id > after)
            .where(not_yet("request_words", model.id))
            .order_by(model.id)
            .limit(most)
        )
        found += [Due(one, frozenset({one})) for one in session.scalars(statement)]
    return sorted(found, key=lambda one: one.id.bytes)[:most]


def _drop_requests(session: Session, ids: Sequence[uuid.UUID]) -> None:
    emptied = {"asker_name": "", "asker_contact": "", "words": "", "answer_words": "", "household_id": None}
    session.execute(sa.update(DataRequest).where(DataRequest.id.in_(ids)).values(emptied))
    for one in session.scalars(sa.select(CorrectionRequest).where(CorrectionRequest.id.in_(ids))):
        one.words, one.answer_words, one.version = "", "", one.version + 1
        streams.put(session, stream_keys.person(one.person_id), "correction_request", one.id)
    mark(session, "request_words", ids)


_IS_VISIT, _IS_HAZARD, _IS_CARE = Record.kind == "visit", Record.kind == "hazard", Record.data_class == "S"

_OWN = [
    Keeping("photos", _records("photos", ~_IS_HAZARD, _HAS_PHOTO, is_marked=False), _drop_photos("photos")),
    Keeping(
        "hazard_photos",
        _records("hazard_photos", _IS_HAZARD, _HAS_PHOTO, is_marked=False),
        _drop_photos("hazard_photos"),
    ),
    Keeping("visits", _records("visits", _IS_VISIT, ~_IS_CARE), _drop_visits("visits")),
    Keeping("care_visits", _records("care_visits", _IS_VISIT, _IS_CARE), _drop_visits("care_visits")),
    Keeping("mediations", _records("mediations", Record.kind == "mediation"), _drop_mediations),
    Keeping("request_words", _due_requests, _drop_requests),
]


# -- the audit log, which all counties share ---------------------------------------------------------------------------


def last_linked_before(session: Session, cutoff: int) -> int:
    """The newest number that was linked at or before this time; 0 for none."""
    return session.scalar(sa.select(sa.func.max(AuditEntry.seq)).where(AuditEntry.linked_at <= cutoff)) or 0


def due_audit_rows(session: Session, through: int, after: int, most: int) -> list[tuple[int, str, Due]]:
    """Rows beside the chain up to a number: number, source, and the ids by which a hold may name it."""
    found: list[tuple[int, str, Due]] = []
    for name, source in SOURCES.items():
        model = source.model
        told = [model.chain_seq, model.id, model.person_id]
        told += [model.object_id] if hasattr(model, "object_id") else []
        statement = sa.select(*told).where(model.chain_seq > after, model.chain_seq <= through)
        for seq, one, *named in session.execute(statement.order_by(model.chain_seq).limit(most)):
            found.append((seq, name, Due(one, frozenset({one, *(n for n in named if n)}))))
    return sorted(found, key=lambda row: row[0])[:most]


def forget_audit_rows(session: Session, through: int, rows: Sequence[tuple[str, uuid.UUID]], now: int) -> None:
    """An anchor says up to where rows may be missing, then they go."""
    if through > cleared_through(session):
        set_anchor(session, "rows", through, now)
    for name, source in SOURCES.items():
        ids = [one for found, one in rows if found == name]
        if ids:
            session.execute(sa.delete(source.model).where(source.model.id.in_(ids)))


def close_audit_chain(session: Session, through: int, now: int) -> int:
    """Entries whose rows are to be gone anyway, behind an anchor that closes their part."""
    last = min(through, cleared_through(session))
    return close_through(session, last, now) if last else 0
