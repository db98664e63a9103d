"""Correction requests: asked by the person, answered in words by the town's office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.problems import Problem, insist
from server.messages.commands import ring
from server.people.rules import FIELD_ROLES, Holder, may
from server.platform import streams
from server.privacy import queries, rules
from server.privacy.models import CorrectionRequest
from server.records.models import Record
from server.records.rules import Act


def ask(session: Session, act: Act, told: Mapping[str, Any]) -> CorrectionRequest:
    """Whoever carries a phone asks about themselves, a record of their own among it.

    Refuses with ``not_found``, ``not_allowed``, ``record_exists``.
    """
    named = told["record_id"]
    record = session.get(Record, named) if named else None
    if named and (record is None or record.author_id != act.person_id):
        raise Problem("not_found")
    post = next((p for p in act.holder.posts if p.role in FIELD_ROLES and p.acting_for is None), None)
    if post is None:
        raise Problem("not_allowed")
    if session.get(CorrectionRequest, told["id"]) is not None:
        raise Problem("record_exists")
    request = CorrectionRequest(
        id=told["id"],
        county_code=act.holder.county_code,
        person_id=act.person_id,
        org_unit_id=post.org_unit_id,
        about=told["about"],
        record_id=named,
        words=told["words"],
        asked_at=act.acted_at,
    )
    session.add(request)
    _tell(session, request)
    return request


def answer(session: Session, by: Holder, request_id: UUID, said: str, words: str) -> CorrectionRequest:
    """``explained``, ``corrected`` or ``refused``, with words; the person is told.

    Refuses with ``not_found``, ``not_allowed``, ``correction_answered``, ``invalid``.
    """
    request = session.get(CorrectionRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise Problem("not_found")
    insist(may(by, "correction.answer", queries.thing_of(session, request)))
    insist(rules.may_answer(request.answer, words))
    request.answer, request.answer_words = said, words
    request.answered_by, request.answered_at = by.person_id, clock.now()
    request.version += 1
    _tell(session, request)
    ring(session, request.person_id, "correction_answered", at=clock.now())
    return request


def _tell(session: Session, request: CorrectionRequest) -> None:
    session.flush()
    streams.put(session, stream_keys.person(request.person_id), "correction_request", request.id)


def add_once(session: Session, made: Any) -> None:
    """A row whose id the form has brought: sent twice, even at once, it is one row. Refuses with ``record_exists``."""
    if session.get(type(made), made.id) is not None:
        raise Problem("record_exists")
    try:
        session.add(made)
        session.flush()
    except IntegrityError as error:  # the same form, sent twice at once
        raise Problem("record_exists") from error
