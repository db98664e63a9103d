"""The inbox as a desk reads it: the own lines, the newest first, and the office page to which each leads.

Rooms above say where a task, a case or a call-out stands (``add_places``): they alone know who may open it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.messages.models import Message
from server.messages.queries import words_of
from server.people.queries import names_of
from server.people.registry import office_pages
from server.people.rules import Holder, may
from server.platform.language import language
from server.platform.lists import Asked, Leaf, ListShape, leaf

INBOX = "/office/messages"
SHAPE = ListShape("inbox", INBOX)
MOST_COUNTED = 100
# where a kind stands whose line names nothing of its own, or nothing that the reader may open
LISTS = {
    "callout_opened": "/office/callouts", "callout_help": "/office/callouts", "to_call": "/office/calls",
    "paper_waits": "/office/heard", "cover_lacking": "/office/covers", "order_ruled": "/office/orders",
    "record_disputed": "/office/review",
}  # fmt: skip
LISTS_OF = {"case_": "/office/cases", "task_": "/office/tasks", "refusal_": "/office/tasks"}  # by the kind's beginning

Places = Callable[[Session, Holder, Sequence[Message]], Mapping[UUID, str]]
_places: list[Places] = []


def add_places(find: Places) -> None:
    """A room says under which address of the office some of these messages' things lie, for whoever may open them."""
    if find not in _places:
        _places.append(find)


@dataclass(frozen=True)
class Line:
    """One message; ``path`` is the office page it leads to, or None."""

    id: UUID
    words: str
    at: int
    is_unread: bool
    is_urgent: bool
    path: str | None


def unread_count(session: Session, person_id: UUID) -> int:
    """How many wait, ``MOST_COUNTED`` at the most: it stands on every page of the office."""
    unread = sa.select(Message.id).where(Message.person_id == person_id, Message.read_at.is_(None))
    return session.scalar(sa.select(sa.func.count()).select_from(unread.limit(MOST_COUNTED).subquery())) or 0


def lines(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """A page of the holder's own messages."""
    own = sa.select(Message).where(Message.person_id == holder.person_id)
    found = leaf(session, own.order_by(Message.at.desc(), Message.id.desc()), asked)
    messages: list[Message] = [row[0] for row in found.rows]
    names = names_of(session, [one.about_person for one in messages if one.about_person])
    paths = _paths(session, holder, messages)
    return Leaf([_line(one, names, paths) for one in messages], found.has_more)


def _line(one: Message, names: Mapping[UUID, str], paths: Mapping[UUID, str]) -> Line:
    name: Any = names.get(one.about_person) if one.about_person else None
    is_urgent = one.urgent_why is not None or one.about_person is not None
    return Line(one.id, words_of(one.kind, name, language()), one.at, one.read_at is None, is_urgent, paths.get(one.id))


def _paths(session: Session, holder: Holder, messages: Sequence[Message]) -> dict[UUID, str]:
    open_to = {one.path for one in office_pages() if one.action is None or may(holder, one.action)}
    found = {one.id: path for one in messages if (path := _list_of(one.kind)) in open_to}
    for find in _places:
        found.update(find(session, holder, messages))
    return found


def _list_of(kind: str) -> str:
    beginning = next((path for start, path in LISTS_OF.items() if kind.startswith(start)), "")
    return LISTS.get(kind, beginning)
