"""A list of the office as a file: what for (of personal data), who and when in the file and in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, Schema, ValidationError

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import signed_in
from server.people.pages.frame import typed, written_moment
from server.people.queries import person
from server.platform.db import db, transaction
from server.platform.exports import note_export
from server.platform.fields import Choice, Text
from server.platform.language import say
from server.platform.lists import MOST_EXPORTED, Asked, ListShape
from server.platform.problem_json import problem_of
from server.platform.sheets import FORMATS, TYPES, WRITERS, Cell

Rows = list[Sequence[Cell]]


class ExportForm(Schema):
    """The form below a list."""

    class Meta:
        unknown = EXCLUDE  # how the list is narrowed, and the page's hidden token

    file_format = Choice(*FORMATS, required=True)
    purpose = Text(200, load_default="")


FORM = ExportForm()


def export(
    shape: ListShape,
    headings: Sequence[str],
    rows_of: Callable[[Asked], Rows],
    shown: Callable[[Problem], Any],
    *,
    is_personal: bool,
) -> Any:
    """The whole list as it is narrowed. ``headings`` are keys of words; ``shown`` draws the page with a problem.

    Shows ``invalid``, ``reason_needed`` (personal data without a purpose), ``list_too_long``.
    """
    try:
        form = typed(FORM)
        if is_personal and not form["purpose"]:
            raise Problem("reason_needed", fields=["purpose"])
        asked = shape.read(request.form)
        rows = rows_of(asked)
        if len(rows) > MOST_EXPORTED:
            raise Problem("list_too_long", most=MOST_EXPORTED)
        content = WRITERS[form["file_format"]](_about(shape, form["purpose"]), [say(key) for key in headings], rows)
        _note(asked, form, len(rows), is_personal)
    except (ValidationError, Problem) as error:
        return shown(problem_of(error))
    name = f"{shape.name}-{clock.today().isoformat()}.{form['file_format']}"
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(content, mimetype=TYPES[form["file_format"]], headers=headers)


def _about(shape: ListShape, purpose: str) -> list[str]:
    """The lines on top of the file: which list, who took it out, when, what for."""
    name = person(db.session(), signed_in().person_id).name
    lines = [say(f"{shape.name}.title"), say("lists.by", name=name, at=written_moment(clock.now()))]
    return [*lines, say("lists.for", purpose=purpose)] if purpose else lines


def _note(asked: Asked, form: dict[str, Any], count: int, is_personal: bool) -> None:
    holder = signed_in().holder
    with transaction() as session:
        note_export(
            session,
            county_code=holder.county_code,
            person_id=holder.person_id,
            list_name=asked.shape.name,
            narrowed=asked.narrowed,
            file_format=form["file_format"],
            row_count=count,
            is_personal=is_personal,
            purpose=form["purpose"] or None,
        )
