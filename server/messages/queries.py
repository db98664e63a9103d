"""Reads of the inbox: its rows as the phone gets them, and when messages ring in a county."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.messages import rules
from server.messages.models import Message, RingRule
from server.people.queries import names_of
from server.text import text

ABOUT_CALLOUTS = frozenset({"callout_help"})  # their ``record_id`` is a call-out, which on phones is no record


@dataclass(frozen=True)
class RuleInForce:
    """Minutes of the day in China, minutes to answer in; no ``document_no`` = as shipped, for demonstration."""

    quiet_from: int = rules.QUIET_FROM
    quiet_to: int = rules.QUIET_TO
    answer_minutes: int = rules.ANSWER_MINUTES
    document_no: str | None = None
    made_at: int | None = None


def ring_rules(session: Session, counties: Iterable[str]) -> dict[str, RuleInForce]:
    """The newest rule of each county, or the shipped one."""
    wanted = set(counties)
    found = {county: RuleInForce() for county in wanted}
    if wanted:
        rows = session.scalars(sa.select(RingRule).where(RingRule.county_code.in_(wanted)).order_by(RingRule.made_at))
        for row in rows:
            told = (row.quiet_from, row.quiet_to, row.answer_minutes, row.document_no, row.made_at)
            found[row.county_code] = RuleInForce(*told)
    return found


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``message``)."""
    found = list(session.scalars(sa.select(Message).where(Message.id.in_(ids))))
    names = names_of(session, [message.about_person for message in found if message.about_person])
    return {
        message.id: _row(message, names.get(message.about_person) if message.about_person else None)
        for message in found
    }


def _row(message: Message, name: str | None) -> dict[str, Any]:
    row = {
        "id": str(message.id),
        "version": message.version,
        "kind": message.kind,
        "at": message.at,
        "record_id": str(message.record_id) if message.record_id and message.kind not in ABOUT_CALLOUTS else None,
        "task_id": str(message.task_id) if message.task_id else None,
        "text_zh": words_of(message.kind, name, "zh"),
        "text_en": words_of(message.kind, name, "en"),
        "urgent": (message.urgent_why is not None or message.about_person is not None) or None,
        "quiet": message.quiet or None,
        "read": True if message.read_at is not None else None,
    }
    return {name: value for name, value in row.items() if value is not None}


def words_of(kind: str, name: str | None, language: str) -> str:
    """In the app a line to a leader names the colleague; what goes outside never does."""
    return text(f"message.{kind}.about", language, name=name) if name else text(f"message.{kind}", language)
