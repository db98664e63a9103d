"""Office page of consents: who agreed to which words, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.ids import new_id, parse_id
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.privacy import consents
from server.privacy.rules import CONSENT_FORMS
from server.privacy.schemas import ConsentForm

blueprint = Blueprint("consents", __name__, url_prefix="/office/consents")
FORM = ConsentForm()

add_office_page("/office/consents", "nav.consents", "consent.note", order=32)


@blueprint.get("")
@door("office", action="consent.note")
def list_consents() -> Any:
    """``?record`` fills in the number of a record, as the page of records links here."""
    return _shown()


@blueprint.post("")
@door("office", action="consent.note")
def note() -> Any:
    """Shows ``invalid``, ``not_found``, ``not_allowed``, ``day_out_of_range``."""
    try:
        form = typed(FORM)
        with transaction() as session:
            consents.note(session, signed_in().holder, form)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":  # the same form twice is one consent
            return _shown(problem)
    return redirect("/office/consents?done=noted", 303)


@blueprint.post("/<uuid:consent_id>/withdraw")
@door("office", action="consent.note")
def withdraw(consent_id: UUID) -> Any:
    """Shows ``not_found``, ``consent_withdrawn``."""
    try:
        with transaction() as session:
            erased = consents.withdraw(session, signed_in().holder, consent_id).erased_at
    except Problem as problem:
        return _shown(problem)
    return redirect(f"/office/consents?done={'withdrawn' if erased else 'held'}", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    named = parse_id(request.args.get("record", ""))
    return page(
        "office/consents.html",
        problem,
        rows=consents.for_the_office(session, holder),
        purposes=consents.purposes(),
        forms=CONSENT_FORMS,
        object_id=str(named) if named else "",
        new_id=new_id(),
        today=clock.today(),
    )
