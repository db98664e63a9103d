"""The office page that brings households in from a sheet: upload, preview with errors by row, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, request

from server.households import importing, staging, workbook
from server.households.rules import ImportRow
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.config import current_settings
from server.platform.db import db, reading, transaction
from server.platform.language import language
from server.text import LANGUAGES, text

blueprint = Blueprint("household_import", __name__, url_prefix="/office/households/import")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200

add_office_page("/office/households/import", "nav.household_import", "household.import", order=30)


@blueprint.get("")
@door("office", action="household.import")
def start() -> Any:
    return page("office/household_import.html", most=workbook.MOST_ROWS, taken=request.args.get("taken", type=int))


@blueprint.get("/sheet.xlsx")
@door("office", action="household.import")
def sheet() -> Response:
    """An empty sheet with the codes of the town's micro-grids beside it."""
    lang = language()
    named = importing.named_micro_grids(db.session(), signed_in().holder)
    headings = [text(f"household_import.column.{name}", lang) for name in workbook.FIELDS]
    notes = [text(f"household_import.codes.{part}", lang) for part in ("sheet", "code", "name")]
    answer = Response(workbook.blank(headings, named, notes), mimetype=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="households.xlsx"'
    return answer


@blueprint.post("")
@door("office", action="household.import")
def preview() -> Any:
    """Shows ``too_large``, ``import_unreadable``, ``import_columns``, ``import_empty``, or the rows with their faults."""
    here = signed_in()
    try:
        uploaded = request.files.get("file")
        content = uploaded.stream.read(workbook.MOST_BYTES + 1) if uploaded else b""
        rows = workbook.read(content, _headings())
        with reading() as session:
            rows = importing.checked(session, here.holder, rows)
    except Problem as problem:
        return page("office/household_import.html", problem, most=workbook.MOST_ROWS)
    faulty = [row for row in rows if row.faults]
    token = "" if faulty else staging.keep(folder(), here.person_id, content)
    shown = (faulty or rows)[:SHOWN]
    return page(
        "office/household_import.html",
        most=workbook.MOST_ROWS,
        rows=shown,
        count=len(rows),
        faulty=len(faulty),
        token=token,
    )


@blueprint.post("/confirm")
@door("office", action="household.import")
def confirm() -> Any:
    """All rows or none; the file is gone either way. Shows ``import_gone``, ``import_faulty``."""
    here, token = signed_in(), request.form.get("token", "")
    try:
        content = staging.fetch(folder(), here.person_id, token)
        staging.drop(folder(), token)
        rows: list[ImportRow] = workbook.read(content, _headings())
        with transaction() as session:
            taken = importing.take_in(session, here.holder, rows)
    except Problem as problem:
        return page("office/household_import.html", problem, most=workbook.MOST_ROWS)
    return redirect(f"/office/households/import?taken={taken}", 303)


@blueprint.post("/cancel")
@door("office", action="household.import")
def cancel() -> Any:
    """Forget the file of this person."""
    here, token = signed_in(), request.form.get("token", "")
    try:
        staging.fetch(folder(), here.person_id, token)
    except Problem as problem:
        return page("office/household_import.html", problem, most=workbook.MOST_ROWS)
    staging.drop(folder(), token)
    return redirect("/office/households/import", 303)


def _headings() -> dict[str, str]:
    """A sheet's headings may be in either language."""
    return {text(f"household_import.column.{name}", lang): name for lang in LANGUAGES for name in workbook.FIELDS}


def folder() -> Path:
    """Where an uploaded file waits for the yes."""
    return current_settings().data_dir / "tmp"
