"""Office page of facts from outside: a sheet with its source, what came last, taken back where it was wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request

from server.evaluation import outside, sheets
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.fields import Text
from server.platform.language import say
from server.platform.problem_json import problem_of
from server.platform.sheet_reader import MOST_BYTES
from server.platform.sheets import TYPES
from server.text import LANGUAGES, text

blueprint = Blueprint("outside_facts", __name__, url_prefix="/office/evaluation/facts")
SOURCE, DOCUMENT = Text(200), Text(80)
EXAMPLE = ("worker", "2026-01-15", "trainings", "met", "privacy")

add_office_page("/office/evaluation/facts", "nav.outside_facts", "evaluation.set", order=54)


@blueprint.get("")
@door("office", action="evaluation.set")
def facts() -> Any:
    return _shown()


@blueprint.get("/sheet.xlsx")
@door("office", action="evaluation.set")
def blank() -> Response:
    headings = [say(f"outside_facts.column.{name}") for name in outside.COLUMNS]
    about = {"Content-Disposition": "attachment; filename=facts.xlsx"}
    return Response(outside.blank(headings, EXAMPLE), mimetype=TYPES["xlsx"], headers=about)


@blueprint.post("")
@door("office", action="evaluation.set", longest_body=MOST_BYTES + 65_536)
def take_in() -> Any:
    """Shows the lines that are off, ``import_unreadable``, ``import_columns``, ``import_empty``, ``too_large``, ``invalid``."""
    uploaded = request.files.get("file")
    content = uploaded.stream.read(MOST_BYTES + 1) if uploaded else b""
    try:
        lines = outside.read(content, _headings(), _words())
        with transaction() as session:
            source = SOURCE.deserialize(request.form.get("source", ""))
            document = DOCUMENT.deserialize(request.form.get("document_no", "")) or None
            faulty = outside.take_in(session, signed_in().holder, lines, source=source, document_no=document)
    except Exception as error:
        if not isinstance(error, (Problem, ValueError)):
            raise
        return _shown(problem_of(error))
    if faulty:
        return _shown(Problem("import_faulty"), faulty[:50])
    return redirect("/office/evaluation/facts?done=taken", 303)


@blueprint.post("/<uuid:fact_id>/take-back")
@door("office", action="evaluation.set")
def take_back(fact_id: UUID) -> Any:
    with transaction() as session:
        outside.take_back(session, signed_in().holder, fact_id)
    return redirect("/office/evaluation/facts?done=back", 303)


def _headings() -> dict[str, str]:
    """Headings in either language, and the plain names."""
    return {
        **{text(f"outside_facts.column.{name}", lang): name for name in outside.COLUMNS for lang in LANGUAGES},
        **{name: name for name in outside.COLUMNS},
    }


def _words() -> dict[str, str]:
    """What people write in either language, and the plain words."""
    plain = (outside.MET, outside.UNMET, outside.YES)
    return {text(f"outside_facts.word.{word}", lang): word for word in plain for lang in LANGUAGES}


def _shown(problem: Problem | None = None, faulty: Any = ()) -> Any:
    found = sheets.outside_facts(db.session(), signed_in().holder.county_code)
    return page("office/evaluation_facts.html", problem, found=found, faulty=faulty)
