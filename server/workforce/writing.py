"""A form's row goes in once: the form carries the row's id, so that sending it twice, even at the same moment, is one row."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.kernel.problems import Problem
from server.platform.db import Base


def insist_new(session: Session, table: type[Base], key: UUID) -> None:
    """Problem ``record_exists``."""
    if session.get(table, key) is not None:
        raise Problem("record_exists")


def add_once(session: Session, row: Base) -> None:
    """Problem ``record_exists`` where another has written it meanwhile."""
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Problem("record_exists") from error
