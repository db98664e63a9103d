"""The office's pages of the settings of the whole city: what counts, by which document, and a form for each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters import queries, terms
from server.matters.rules import DAYS_OF, FARTHEST, HOURS, NEAR, TERMS
from server.matters.schemas import TermForm
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.language import language, say
from server.platform.problem_json import problem_of

PATH = "/office/terms"
blueprint = Blueprint("terms", __name__, url_prefix=PATH)
FORM = TermForm()

add_office_page(PATH, "nav.terms", terms.SET, order=46)


@blueprint.get("")
@door("office", action=terms.SET)
def shown() -> Any:
    """What counts today, and every change."""
    session = db.session()
    return page(
        "office/terms.html",
        now=terms.in_force(session),
        history=terms.history(session),
        names=_names(),
        said_value=_said,
    )


@blueprint.get("/<name>")
@door("office", action=terms.SET)
def one(name: str) -> Any:
    return _form(name)


@blueprint.post("/<name>")
@door("office", action=terms.SET)
def set_one(name: str) -> Any:
    """Shows ``invalid``; ``not_found``."""
    _insist_known(name)
    try:
        told = typed(FORM)
        with transaction() as session:
            terms.set_term(
                session, signed_in().holder, name, told["value"], told["matter"], told["document_no"], clock.today()
            )
    except (ValidationError, Problem) as error:
        return _form(name, problem_of(error))
    return redirect(f"{PATH}?done=saved", 303)


def _form(name: str, problem: Problem | None = None) -> Any:
    _insist_known(name)
    session = db.session()
    counts = terms.in_force(session)[name]
    names = _names()
    return page(
        "office/term.html",
        problem,
        name=name,
        now=counts,
        typed_now="" if name == NEAR else _typed(name, counts[0].value),
        history=terms.history(session, (name,)),
        least_most=DAYS_OF.get(name),
        farthest=FARTHEST,
        matters=[("", say("terms.every_other")), *sorted(names.items())] if name == NEAR else [],
        names=names,
        said_value=_said,
    )


def _insist_known(name: str) -> None:
    if name not in TERMS:
        raise Problem("not_found")


def _names() -> dict[str, str]:
    """Code and name of each hazard matter, and the bare code of what has left the list and still has a figure."""
    session, wants_english = db.session(), language() == "en"
    found = {code: code for code in queries.policy(session, NEAR) if code}
    for code, (name_zh, name_en) in queries.hazard_names(session, clock.today()).items():
        found[code] = f"{code} {name_en if wants_english and name_en else name_zh}"
    return found


def _typed(name: str, value: Any) -> str:
    """As the form takes it again."""
    return " ".join("-".join(span) for span in value) if name == HOURS else str(value)


def _said(name: str, value: Any) -> str:
    """A value in words."""
    if name == HOURS:
        return _typed(name, value)
    if name == NEAR:
        return say("terms.own_none") if value is None else say("terms.metres", n=value) if value else say("terms.off")
    return say("terms.days" if name == "closed_household_days" else "terms.working_days", n=value)
