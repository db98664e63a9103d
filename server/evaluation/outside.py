"""Facts from outside as a sheet (XLSX), with their source: trainings, findings, return visits, adoptions, ``external.…``.

All rows or none: a row that is off is said by its line. What the app knows by itself cannot come this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import sqlalchemy as sa
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from server.evaluation.commands import add_outside_fact
from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.models import OutsideFact
from server.evaluation.rule_set import Refused, number
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people.models import Person
from server.people.rules import Holder, may
from server.platform.sheet_reader import look_at_sizes, plain

MET, UNMET, YES = "met", "unmet", "yes"
NEEDED = ("username", "day", "fact")
WORDS = ("category", "level", "value", "finding", "approver", "evidence", "subject")
COLUMNS = (*NEEDED, "outcome", *WORDS, "drawn")
MOST_ROWS, LONGEST = 5_000, 200
NAME = re.compile(r"external\.[a-z][a-z0-9_]{0,30}")
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass
class Line:
    """One row of the sheet as it was read, with its faults."""

    number: int
    username: str
    day: date | None
    fact: str
    told: dict[str, Any]
    faults: list[str] = field(default_factory=list)


def read(content: bytes, headings: Mapping[str, str], words: Mapping[str, str]) -> list[Line]:
    """The rows of the first sheet; ``headings``: text of a heading → column; ``words``: what people write → ``met``, ``unmet``,
    ``yes``.

    Problems ``too_large``, ``import_unreadable``, ``import_columns``, ``import_empty``.
    """
    look_at_sizes(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=30))
    except Exception as error:  # whatever a broken or hostile file makes the reader do
        raise Problem("import_unreadable") from error
    places = (
        {headings[text]: at for at, cell in enumerate(rows[0]) if (text := plain(cell.value)) in headings}
        if rows
        else {}
    )
    if not set(NEEDED) <= set(places):
        raise Problem("import_columns")
    found = [
        _line(at, row, places, words) for at, row in enumerate(rows[1:], 2) if any(plain(cell.value) for cell in row)
    ]
    if not found:
        raise Problem("import_empty")
    if len(found) > MOST_ROWS:
        raise Problem("too_large", most_rows=MOST_ROWS)
    return found


def _line(at: int, row: Sequence[Any], places: Mapping[str, int], words: Mapping[str, str]) -> Line:
    cells = {name: row[place] for name, place in places.items() if place < len(row)}
    said = {name: plain(cell.value) for name, cell in cells.items()}
    said |= {name: words.get(said[name], said[name]) for name in ("outcome", "drawn") if said.get(name)}
    line = Line(at, said.get("username", ""), _day(cells.get("day")), said.get("fact", ""), _told(said))
    if any(cell.data_type == "f" for cell in cells.values()):
        line.faults.append("formula")
    if line.day is None or not date(2000, 1, 1) <= line.day <= clock.today():
        line.faults.append("day")
    known = KNOWN_FACTS.get(line.fact)
    is_ours = line.fact in (
        "marks",
        "findings",
    )  # by a rater, and by the room that hears whoever is concerned (Art. 13)
    is_given = known is not None and not known.app
    if is_ours or not (is_given or NAME.fullmatch(line.fact)):
        line.faults.append("fact")
    line.faults += _off(said)
    return line


def _off(said: Mapping[str, str]) -> list[str]:
    faults = ["outcome"] if said.get("outcome", "") not in ("", MET, UNMET) else []
    faults += [name for name in ("category", "level") if said.get(name) and not CODE.fullmatch(said[name])]
    faults += [name for name in WORDS if len(said.get(name, "")) > LONGEST]
    try:
        number(said.get("value") or "0")
    except Refused:
        faults.append("value")
    return faults


def _told(said: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: said[name] for name in WORDS if said.get(name)}
    told["outcome"] = said.get("outcome") or MET
    if said.get("drawn") == YES:
        told["drawn"] = True
    return told


def _day(cell: Any) -> date | None:
    if cell is None:
        return None
    value = cell.value
    return value.date() if isinstance(value, datetime) else clock.parse_day(plain(value))


def take_in(session: Session, by: Holder, lines: Sequence[Line], *, source: str, document_no: str | None) -> list[Line]:
    """Keep every row, or answer those that are off. Refuses with ``not_allowed``, ``invalid`` (no source)."""
    insist(may(by, "evaluation.set"))
    if not source:
        raise Problem("invalid", fields=["source"])
    people = _people(session, by.county_code, {line.username for line in lines})
    for line in lines:
        if line.username not in people:
            line.faults.append("username")
    faulty = [line for line in lines if line.faults]
    if faulty:
        return faulty
    for line in lines:
        assert line.day is not None
        add_outside_fact(
            session, by.county_code, by.person_id, person_id=people[line.username], day=line.day, kind=line.fact,
            told=line.told, source=source, document_no=document_no,
        )  # fmt: skip
    return []


def _people(session: Session, county_code: str, usernames: set[str]) -> dict[str, UUID]:
    own = sa.select(Person.username, Person.id).where(Person.county_code == county_code)
    return {row.username: row.id for row in session.execute(own) if row.username in usernames}


def take_back(session: Session, by: Holder, fact_id: UUID) -> None:
    """A row that was wrong counts no more; sheets already made keep it until an objection. Refuses with ``not_found``."""
    insist(may(by, "evaluation.set"))
    found = session.get(OutsideFact, fact_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    if found.taken_back_at is None:
        found.taken_back_at = clock.now()


def blank(headings: Sequence[str], example: Sequence[str]) -> bytes:
    """A workbook to fill in, with one line as an example."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(list(headings))
    sheet.append(list(example))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 18
    for column in range(1, len(headings) + 1):
        for row in range(2, 502):
            sheet.cell(row, column).number_format = "@"
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()
