"""A list of the office: what it may be narrowed to, its orders, and the page that is asked for.

One shape for every list, and one macro draws it (``templates/parts/lists.html``). No list is ordered by a count of anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

MOST_EXPORTED = 5_000


@dataclass(frozen=True)
class ListShape:
    """``name`` begins the keys of its words; ``filters``: name → what may be chosen; the first of ``sorts`` is the usual one."""

    name: str
    path: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sorts: tuple[str, ...] = ("newest",)
    page: int = 50

    def read(self, told: Mapping[str, str]) -> Asked:
        """From the address or a form; what may not be chosen counts as not said."""
        chosen = {name: told.get(name, "") for name, choices in self.filters.items() if told.get(name, "") in choices}
        sort, number = told.get("sort", ""), told.get("page", "")
        return Asked(
            self,
            chosen,
            sort if sort in self.sorts else self.sorts[0],
            max(1, int(number[:6])) if number.isascii() and number.isdigit() else 1,
        )


@dataclass(frozen=True)
class Asked:
    """What the list shows: narrowed to what (nothing: all), in which order, which page (from 1)."""

    shape: ListShape
    chosen: Mapping[str, str]
    sort: str
    number: int = 1

    @property
    def narrowed(self) -> dict[str, str]:
        """What an address or an export says of it, the page apart."""
        return {**self.chosen, "sort": self.sort}

    @property
    def query(self) -> str:
        """What the address of a row's form says of it, so that its answer shows the list as it stood."""
        return urlencode({**self.narrowed, "page": self.number})

    def at(self, number: int) -> str:
        """The address of another page of the same list."""
        return f"{self.shape.path}?{replace(self, number=number).query}"


@dataclass(frozen=True)
class Leaf:
    """One page of a list."""

    rows: list[Any]
    has_more: bool


def leaf(session: Session, statement: sa.Select[*tuple[Any, ...]], asked: Asked) -> Leaf:
    """The page asked for, of a statement that is ordered already."""
    size = asked.shape.page
    found = session.execute(statement.offset((asked.number - 1) * size).limit(size + 1)).all()
    return Leaf(list(found[:size]), len(found) > size)
