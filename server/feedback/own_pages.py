"""For whoever is signed in, on a phone's width as well: say something (Art. 14), and be heard on what concerns oneself.

What is shown here of a complaint is what its handler wrote for the person meant, once there is an outcome: never who
complained, in which words, or that there is one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, request
from marshmallow import ValidationError

from server.feedback import commands, queries, rules
from server.feedback.intake import receive
from server.feedback.schemas import HeardForm, StaffForm
from server.feedback.stamps import id_of, new_stamp
from server.findings import commands as findings
from server.findings import queries as finding_queries
from server.findings.schemas import HearingForm
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.queries import person
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("own_feedback", __name__, url_prefix="/office")
FORM, HEARD, HEARING = StaffForm(), HeardForm(), HearingForm()

add_office_page("/office/voice", "nav.voice", None, order=85)
add_office_page("/office/heard", "nav.heard", None, order=86)


@blueprint.get("/voice")
@door("phone")
def voice() -> Any:
    _leave_no_name_in_the_log()
    return _voice()


@blueprint.post("/voice")
@door("phone")
def say() -> Any:
    """To the competent department at least. The receipt; or the form again, with ``invalid``."""
    try:
        told = typed(FORM)
        told |= {"name": "", "phone": ""}
        own = signed_in()
        _leave_no_name_in_the_log()
        with transaction() as session:
            if told["signed"]:
                me = person(session, own.person_id)
                told |= {"name": me.name, "phone": me.phone or ""}
            start = queries.county_unit_of(session, own.holder.posts[0].org_unit_id)
            kept = receive(session, told, feedback_id=id_of(told["stamp"]), start=start, channel=rules.STAFF)
    except (ValidationError, Problem) as error:
        return _voice(problem_of(error))
    return page("office/voice_sent.html", found=kept)


def _leave_no_name_in_the_log() -> None:
    """Who says something without a name is not told by the request log either."""
    g.person_id = None


@blueprint.get("/heard")
@door("signed_in")
def heard() -> Any:
    return _heard()


@blueprint.post("/heard/clarification/<uuid:clarification_id>")
@door("signed_in")
def hear_clarification(clarification_id: UUID) -> Any:
    """The person meant speaks or wants silence. Shows ``step_done``, ``invalid``; Problem ``not_found``."""
    try:
        told = typed(HEARD)
        with transaction() as session:
            wants_silence = told["silence"] is not None
            commands.hear(session, signed_in().holder, clarification_id, told["words"], wants_silence=wants_silence)
    except (ValidationError, Problem) as error:
        return _heard(_own(error))
    return redirect("/office/heard?done=said", 303)


@blueprint.post("/heard/finding/<uuid:finding_id>")
@door("signed_in")
def hear_finding(finding_id: UUID) -> Any:
    """The person concerned answers. Shows ``step_done``, ``invalid``; Problem ``not_found``."""
    try:
        told = typed(HEARING)
        with transaction() as session:
            findings.answer(session, signed_in().holder, finding_id, told["words"])
    except (ValidationError, Problem) as error:
        return _heard(_own(error))
    return redirect("/office/heard?done=said", 303)


def _own(error: Exception) -> Problem:
    problem = problem_of(error)
    if problem.code == "not_found":
        raise problem
    return problem


def _voice(problem: Problem | None = None) -> Any:
    holder = signed_in().holder
    session = db.session()
    grids = queries.grids_named(session, holder.grids)
    stamp = request.form.get("stamp") or new_stamp()
    return page("office/voice.html", problem, grids=grids, stamp=stamp, kinds=rules.KINDS, abouts=rules.ABOUT)


def _heard(problem: Problem | None = None) -> Any:
    session, me = db.session(), signed_in().person_id
    return page(
        "office/heard.html",
        problem,
        clarifications=queries.concerning(session, me),
        findings=finding_queries.concerning(session, me),
    )
