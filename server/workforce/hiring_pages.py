"""The office page that takes on staff from a sheet: upload, preview with errors by row, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, request

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform import staged
from server.platform.config import current_settings
from server.platform.db import reading, transaction
from server.platform.language import language, say
from server.platform.sheet_reader import MOST_BYTES, read_rows
from server.platform.sheets import TYPES, WRITERS
from server.text import LANGUAGES, text
from server.workforce import hiring
from server.workforce.staff_rules import FIELDS, StaffRow

PATH, PLACE = "/office/staff/import", "staff_import"
blueprint = Blueprint("staff_import", __name__, url_prefix=PATH)
MOST_ROWS, SHOWN = 5_000, 200

add_office_page(PATH, "nav.staff_import", hiring.ACTION, order=31)


@blueprint.get("")
@door("office", action=hiring.ACTION)
def start() -> Any:
    return _shown(taken=request.args.get("taken", type=int))


@blueprint.get("/sheet.xlsx")
@door("office", action=hiring.ACTION)
def sheet() -> Response:
    """An empty sheet with the headings, and one line that shows how it is filled in."""
    lang = language()
    example = (
        "worker001",
        text("staff_import.example", lang),
        "",
        text("role.full_time_worker", lang),
        "330424102001001",
        clock.today().isoformat(),
    )
    headings = [text(f"staff_import.column.{name}", lang) for name in FIELDS]
    answer = Response(WRITERS["xlsx"]([], headings, [example]), mimetype=TYPES["xlsx"])
    answer.headers["Content-Disposition"] = 'attachment; filename="staff.xlsx"'
    return answer


@blueprint.post("")
@door("office", action=hiring.ACTION)
def preview() -> Any:
    """Shows ``too_large``, ``import_unreadable``, ``import_columns``, ``import_empty``, or the rows with their faults."""
    here = signed_in()
    try:
        uploaded = request.files.get("file")
        content = uploaded.stream.read(MOST_BYTES + 1) if uploaded else b""
        rows = _read(content)
        with reading() as session:
            rows = hiring.checked(session, here.holder, rows)
    except Problem as problem:
        return _shown(problem)
    faulty = [row for row in rows if row.faults]
    token = "" if faulty else staged.keep(_folder(), here.person_id, content, PLACE)
    return _shown(rows=(faulty or rows)[:SHOWN], count=len(rows), faulty=len(faulty), token=token)


@blueprint.post("/confirm")
@door("office", action=hiring.ACTION)
def confirm() -> Any:
    """Everybody or nobody; the file is gone either way. Shows ``import_gone``, ``import_faulty``."""
    here, token = signed_in(), request.form.get("token", "")
    try:
        content = staged.fetch(_folder(), here.person_id, token, PLACE)
        staged.drop(_folder(), token)
        with transaction() as session:
            taken = hiring.take_on(session, here.holder, _read(content))
    except Problem as problem:
        return _shown(problem)
    return redirect(f"{PATH}?taken={taken}", 303)


@blueprint.post("/cancel")
@door("office", action=hiring.ACTION)
def cancel() -> Any:
    """Forget the file of this person. Shows ``import_gone``."""
    here, token = signed_in(), request.form.get("token", "")
    try:
        staged.fetch(_folder(), here.person_id, token, PLACE)
    except Problem as problem:
        return _shown(problem)
    staged.drop(_folder(), token)
    return redirect(PATH, 303)


def _read(content: bytes) -> list[StaffRow]:
    """A sheet's headings may be in either language."""
    headings = {text(f"staff_import.column.{name}", lang): name for lang in LANGUAGES for name in FIELDS}
    return hiring.rows_of(read_rows(content, headings, most_rows=MOST_ROWS, days=("from_day",)))


def _shown(problem: Problem | None = None, **values: Any) -> Any:
    codes = (*hiring.IN_GRID, hiring.IN_MICRO)
    values |= {"most": MOST_ROWS, "fields": FIELDS, "role_codes": codes, "roles": [say(f"role.{one}") for one in codes]}
    return page("office/staff_import.html", problem, **values)


def _folder() -> Path:
    """Where an uploaded file waits for the yes."""
    return current_settings().data_dir / "tmp"
