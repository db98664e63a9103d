"""Writes about boards: area in words, work telephones, dated notes, posting places and their confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import Grid, OrgUnit
from server.badges.rules import number_may_be
from server.boards import queries
from server.boards.models import BoardArea, BoardNote, PostingPlace, WorkPhone
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, Thing, may
from server.platform.db import upsert


def set_area(session: Session, actor: Holder | None, grid_id: UUID, words_zh: str, words_en: str = "") -> None:
    """What the area is called in words. ``actor`` None: set-up. Problems ``not_found``, ``not_allowed``."""
    _kept(session, actor, grid_id, "board.keep")
    words = {"grid_id": grid_id, "words_zh": words_zh, "words_en": words_en or None}
    upsert(session, BoardArea, [{**words, **_by(actor)}], ["grid_id"])


def set_work_phone(session: Session, actor: Holder | None, grid_id: UUID, person_id: UUID, phone: str) -> None:
    """The work telephone of somebody in post in the grid; empty takes it off the board. ``actor`` None: set-up.

    Problems ``not_found``, ``not_allowed``, ``invalid``.
    """
    grid = _kept(session, actor, grid_id, "board.keep")
    board = queries.boards_of(session, [grid], clock.today())[0]
    if person_id not in {member.person_id for member in board.members}:
        raise Problem("not_found")
    if not phone:
        session.execute(sa.delete(WorkPhone).where(WorkPhone.person_id == person_id))
        return
    insist(number_may_be(phone))
    upsert(session, WorkPhone, [{"person_id": person_id, "phone": phone, **_by(actor)}], ["person_id"])


def _by(actor: Holder | None) -> dict[str, Any]:
    return {"set_by": actor.person_id if actor else None, "set_at": clock.now()}


def write_note(session: Session, actor: Holder, grid_id: UUID, words: str, day: date) -> BoardNote:
    """Further information on one grid's board, with its date. Problems ``not_found``, ``not_allowed``."""
    _kept(session, actor, grid_id, "board.keep")
    return _note(session, actor, words, day, grid_id=grid_id)


def write_note_for_all(session: Session, actor: Holder, unit_id: UUID, words: str, day: date) -> BoardNote:
    """The same on the boards of all grids of a town. Problems ``not_found``, ``not_allowed``."""
    insist(may(actor, "board.keep", _thing_of_unit(session, unit_id)))
    return _note(session, actor, words, day, org_unit_id=unit_id)


def remove_note(session: Session, actor: Holder, note_id: UUID) -> BoardNote:
    """It leaves the board, and the posters are out of date. Problems ``not_found``, ``not_allowed``."""
    note = session.get(BoardNote, note_id, with_for_update=True, populate_existing=True)
    if note is None:
        raise Problem("not_found")
    if note.grid_id is not None:
        _kept(session, actor, note.grid_id, "board.keep")
    elif note.org_unit_id is not None:
        insist(may(actor, "board.keep", _thing_of_unit(session, note.org_unit_id)))
    note.removed_at = note.removed_at or clock.now()
    session.flush()
    return note


def add_place(session: Session, actor: Holder | None, grid_id: UUID, name: str) -> PostingPlace:
    """One more place where the poster is to hang; nobody has confirmed it yet. ``actor`` None: set-up.

    Problems ``not_found``, ``not_allowed``.
    """
    _kept(session, actor, grid_id, "board.keep")
    session.get_one(Grid, grid_id, with_for_update=True)  # of a button pressed twice, the second finds the first
    here = sa.select(PostingPlace).where(PostingPlace.grid_id == grid_id, PostingPlace.removed_at.is_(None))
    there = session.scalars(here.where(PostingPlace.name == name)).first()
    if there is not None:
        return there
    place = PostingPlace(id=new_id(), grid_id=grid_id, name=name, added_by=actor.person_id if actor else None)
    session.add(place)
    session.flush()
    return place


def confirm_place(session: Session, actor: Holder | None, place_id: UUID, mark: str) -> PostingPlace:
    """The poster with this mark hangs there. ``actor`` None: set-up.

    Problems ``not_found``, ``not_allowed``, ``stale`` when the board has changed since that poster.
    """
    place = _place(session, actor, place_id, "board.confirm")
    grid = session.get_one(Grid, place.grid_id)
    if queries.boards_of(session, [grid], clock.today())[0].mark != mark:
        raise Problem("stale")
    place.confirmed_mark, place.confirmed_at = mark, clock.now()
    place.confirmed_by = actor.person_id if actor else None
    session.flush()
    return place


def place_seen(session: Session, actor: Holder, place_id: UUID) -> PostingPlace:
    """The place, when the office may confirm there. Problems ``not_found``, ``not_allowed``."""
    return _place(session, actor, place_id, "board.confirm")


def remove_place(session: Session, actor: Holder, place_id: UUID) -> PostingPlace:
    """No poster hangs there any more. Problems ``not_found``, ``not_allowed``."""
    place = _place(session, actor, place_id, "board.keep")
    place.removed_at = clock.now()
    session.flush()
    return place


def _kept(session: Session, actor: Holder | None, grid_id: UUID, action: str) -> Grid:
    if actor is not None:
        return queries.grid_for(session, actor, grid_id, action)
    grid = session.get(Grid, grid_id)
    if grid is None:
        raise Problem("not_found")
    return grid


def _place(session: Session, actor: Holder | None, place_id: UUID, action: str) -> PostingPlace:
    place = session.get(PostingPlace, place_id, with_for_update=True, populate_existing=True)
    if place is None or place.removed_at is not None:
        raise Problem("not_found")
    _kept(session, actor, place.grid_id, action)
    return place


def _note(session: Session, actor: Holder, words: str, day: date, **whose: UUID) -> BoardNote:
    same = sa.select(BoardNote).filter_by(words=words, day=day, removed_at=None, **whose)
    there = session.scalars(same).first()
    if there is not None:
        return there
    note = BoardNote(id=new_id(), words=words, day=day, written_by=actor.person_id, **whose)
    session.add(note)
    session.flush()
    return note


def _thing_of_unit(session: Session, unit_id: UUID) -> Thing:
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise Problem("not_found")
    return Thing(county_code=unit.county_code, units=tuple(above.id for above in areas.ancestors(session, unit_id)))
